// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
)

// patches keeps the bodies of the PATCH requests that pass.
type patches struct {
	through http.RoundTripper
	bodies  []string
}

func (p *patches) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPatch {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		p.bodies = append(p.bodies, string(body))
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	return p.through.RoundTrip(request)
}

// TestUpdate_sendsWhatDiffers reads what is sent: only what differs, and of what Azure may take for
// the whole, the firewall, also what others have set.
func TestUpdate_sendsWhatDiffers(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	sent := &patches{through: w.Rehearsal()}
	access := w.Rehearsal().Access()
	proto := acctest.NewProto(t, func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(provider.New("test",
			provider.WithRehearsal(func(context.Context, string) (provider.Rehearsal, error) {
				return provider.Rehearsal{
					Transport: sent, TenantID: access.TenantID, SubscriptionID: access.SubscriptionID,
					ClientID: access.ClientID, ClientSecret: access.ClientSecret,
				}, nil
			}))())()
	})
	proto.Configure(acctest.Value{"environment": "rehearsal"})
	created := proto.Create(resourceType, config(nil))
	subnet := strings.ToLower(azure.ID(w.SubscriptionID(), "media", "Microsoft.Network/virtualNetworks", "net") + "/subnets/theirs")
	w.UpdateVault("keys", armkeyvault.VaultPatchProperties{NetworkACLs: &armkeyvault.NetworkRuleSet{
		DefaultAction:       to.Ptr(armkeyvault.NetworkRuleActionAllow),
		VirtualNetworkRules: []*armkeyvault.VirtualNetworkRule{{ID: to.Ptr(subnet)}},
	}})
	for _, test := range []struct {
		change acctest.Value
		want   []string
	}{
		{acctest.Value{"sku_name": "premium"}, []string{`{"properties":{"sku":{"family":"A","name":"premium"}}}`}},
		{acctest.Value{"tags": acctest.Value{"b": "2"}}, []string{`{"properties":{},"tags":{"b":"2"}}`}},
		{acctest.Value{"public_network_access_enabled": false}, []string{`{"properties":{"publicNetworkAccess":"Disabled"}}`}},
		{acctest.Value{"rbac_authorization_enabled": true}, []string{`{"properties":{"enableRbacAuthorization":true}}`}},
		{acctest.Value{"network_acls": acctest.Value{"default_action": "Deny"}}, []string{
			`{"properties":{"networkAcls":{"bypass":"AzureServices","defaultAction":"Deny","ipRules":[],` +
				`"virtualNetworkRules":[{"id":"` + subnet + `"}]}}}`,
		}},
		{nil, nil},
	} {
		sent.bodies = nil
		proto.Update(created, config(test.change))
		if diff := cmp.Diff(test.want, sent.bodies); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.change, diff)
		}
	}
}
