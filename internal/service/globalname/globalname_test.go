// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package globalname_test

import (
	"context"
	"errors"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/globalname"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("ours")
	diags := func(available bool, err error) func(*azure.Client) func(context.Context) (mediaaccount.Availability, error) {
		return func(*azure.Client) func(context.Context) (mediaaccount.Availability, error) {
			return func(context.Context) (mediaaccount.Availability, error) {
				return mediaaccount.Availability{Available: available, Reason: "AlreadyExists", Message: "Taken."}, err
			}
		}
	}
	for _, test := range []struct {
		name, vault string
		client      *azure.Client
		ask         func(*azure.Client) func(context.Context) (mediaaccount.Availability, error)
		want        []string
	}{
		{"free", "free", w.Client, diags(true, nil), nil},
		{"another's", "theirs", w.Client, diags(false, nil), []string{"Name Not Available (ACC003)"}},
		{"our own", "OURS", w.Client, diags(false, nil), nil},
		{"no answer", "any", w.Client, diags(false, errors.New("the line is dead")), []string{"Key Vault Not Read"}},
		{"not for this caller to ask", "ours", stranger(t, w), asksAzure, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := globalname.Check(t.Context(), test.client,
				diagnostic.Subject{Noun: "Key Vault", Type: "azuremedia_key_vault", ID: test.vault},
				mediaaccount.KeyVaultName(), azure.VaultType, test.ask(test.client))
			var summaries []string
			for _, one := range found {
				summaries = append(summaries, one.Summary())
			}
			if diff := cmp.Diff(test.want, summaries); diff != "" {
				t.Errorf("found (-want +got):\n%s\n%v", diff, found)
			}
		})
	}
}

// stranger is a client that may do nothing in the subscription.
func stranger(t *testing.T, w *fixture.World) *azure.Client {
	t.Helper()
	access, err := w.Rehearsal().AddPrincipal(t.Context(), "stranger")
	if err != nil {
		t.Fatal(err)
	}
	client, err := azure.New(azure.Config{
		Environment: azure.Rehearsal, SubscriptionID: access.SubscriptionID, TenantID: access.TenantID,
		ClientID: access.ClientID, ClientSecret: access.ClientSecret, Transport: w.Transport(),
		KeepProvidersUnregistered: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func asksAzure(client *azure.Client) func(context.Context) (mediaaccount.Availability, error) {
	return func(ctx context.Context) (mediaaccount.Availability, error) {
		vaults, err := client.Vaults(client.SubscriptionID())
		if err != nil {
			return mediaaccount.Availability{}, err
		}
		answer, err := vaults.CheckNameAvailability(ctx, armkeyvault.VaultCheckNameAvailabilityParameters{
			Name: to.Ptr("ours"), Type: to.Ptr(azure.VaultType),
		}, nil)
		return mediaaccount.Availability{Available: azure.Deref(answer.NameAvailable)}, err
	}
}
