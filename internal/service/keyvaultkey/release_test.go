// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
)

// reader keeps the bodies of all requests to vaults.
type reader struct {
	through http.RoundTripper
	bodies  *[]string
}

func (r reader) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil && strings.HasSuffix(request.URL.Host, ".vault.azure.net") {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		*r.bodies = append(*r.bodies, string(body))
	}
	return r.through.RoundTrip(request)
}

// TestKey_neverLeavesTheVault leads a key through its life and reads what is asked of the vault: no
// request makes a key that can be released.
func TestKey_neverLeavesTheVault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var bodies []string
	access := w.Rehearsal().Access()
	proto := acctest.NewProto(t, func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(provider.New("test", provider.WithClock(w.Clock()),
			provider.WithRehearsal(func(context.Context, string) (provider.Rehearsal, error) {
				return provider.Rehearsal{
					Transport: reader{w.Transport(), &bodies}, TenantID: access.TenantID,
					SubscriptionID: access.SubscriptionID, ClientID: access.ClientID, ClientSecret: access.ClientSecret,
				}, nil
			}))())()
	})
	proto.Configure(acctest.Value{"environment": "rehearsal"})

	object := proto.Create(resourceType, w.config(acctest.Value{
		"key_type": "RSA-HSM", "rotation_policy": acctest.Value{"expire_after": "P90D"},
	}))
	object = proto.Update(object, w.config(acctest.Value{
		"key_type": "RSA-HSM", "enabled": false, "key_opts": []any{"wrapKey", "unwrapKey", "sign"},
		"expiration_date": "2199-12-31T22:00:00Z", "tags": acctest.Value{"a": "1"},
	}))
	object = proto.Update(object, w.config(rotated("1")))
	gone, diags := proto.Apply(proto.Plan(resourceType, object, nil))
	must(t, gone, diags)
	proto.Create(resourceType, w.config(nil)) // It is recovered.

	created := 0
	for _, body := range bodies {
		if strings.Contains(body, `"kty"`) {
			created++
		}
		for _, word := range []string{"release", "exportable"} {
			if strings.Contains(strings.ToLower(body), word) {
				t.Errorf("asked for a key that can be released: %s", body)
			}
		}
	}
	if created < 2 {
		t.Errorf("read %d requests for a version", created)
	}
}
