// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package naming_test

import (
	"context"
	"errors"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

func TestCheckFree(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("ours")
	answers := func(available bool, err error) func(*azure.Client) func(context.Context) (naming.Availability, error) {
		return func(*azure.Client) func(context.Context) (naming.Availability, error) {
			return func(context.Context) (naming.Availability, error) {
				return naming.Availability{Available: available, Reason: "AlreadyExists", Message: "Taken."}, err
			}
		}
	}
	for _, test := range []struct {
		name, vault string
		client      *azure.Client
		ask         func(*azure.Client) func(context.Context) (naming.Availability, error)
		want        string // The summary of the violation, or the error.
	}{
		{"free", "free", w.Client, answers(true, nil), ""},
		{"another's", "theirs", w.Client, answers(false, nil), "Name Not Available (ACC003)"},
		{"our own", "OURS", w.Client, answers(false, nil), ""},
		{"no answer", "any", w.Client, answers(false, errors.New("the line is dead")), "the line is dead"},
		{"not for this caller to ask", "ours", stranger(t, w), asksAzure, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			own, err := naming.KeyVault().CheckFree(t.Context(), test.client, azure.VaultType, test.vault,
				test.ask(test.client))
			if want := test.want == "" && test.name == "our own"; (own != "") != want {
				t.Errorf("%q has the name", own)
			}
			var got string
			if violation, ok := errors.AsType[rule.Violation](err); ok {
				got = violation.Summary()
			} else if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
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

func asksAzure(client *azure.Client) func(context.Context) (naming.Availability, error) {
	return func(ctx context.Context) (naming.Availability, error) {
		vaults, err := client.Vaults(client.SubscriptionID())
		if err != nil {
			return naming.Availability{}, err
		}
		answer, err := vaults.CheckNameAvailability(ctx, armkeyvault.VaultCheckNameAvailabilityParameters{
			Name: to.Ptr("ours"), Type: to.Ptr(azure.VaultType),
		}, nil)
		return naming.Availability{Available: azure.Deref(answer.NameAvailable)}, err
	}
}
