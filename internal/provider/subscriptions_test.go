// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// TestDependentSubscriptions has a vault in a subscription of its own, with a provider block of its own. The
// account that reads its key there is in another subscription, which the block names or the login sees: it is
// found when its grant is to go.
func TestDependentSubscriptions(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	account := w.Proto().Create("azuremedia_storage_account", acctest.Value{
		"name": "contosostore", "resource_group_name": fixture.Group, "location": fixture.Location,
		"identity": acctest.Value{"type": "SystemAssigned"},
	})
	identity, _ := account.State["identity"].(acctest.Value)
	if _, err := w.Rehearsal().AddSubscription(t.Context(), subscriptionID, "Security"); err != nil {
		t.Fatal(err)
	}
	security := func(dependent ...any) *acctest.Proto {
		return w.Configured(acctest.Value{"subscription_id": subscriptionID, "dependent_subscription_ids": dependent})
	}
	proto := security()
	proto.Create("azuremedia_resource_group", acctest.Value{"name": "security", "location": fixture.Location})
	vault := proto.Create("azuremedia_key_vault", acctest.Value{
		"name": "keys", "resource_group_name": "security", "location": fixture.Location,
	})
	key := proto.Create("azuremedia_key_vault_key", acctest.Value{"name": "media", "key_vault_id": vault.State["id"]})
	grant := proto.Create("azuremedia_customer_key_grant", acctest.Value{
		"key_vault_id": vault.State["id"], "principal_id": identity["principal_id"],
	})
	attached := w.Proto().Create("azuremedia_customer_key_attachment", acctest.Value{
		"account_id": w.ID(azure.StorageAccountType, "contosostore"), "key_vault_key_id": key.State["versionless_id"],
	})

	own := w.Proto()
	there := acctest.Value{"subscription_id": subscriptionID, "in_use": true}
	listed, diags := own.List(grant.Type, acctest.Query{Config: there, Include: true})
	if len(diags) > 0 || len(listed) != 1 || listed[0].Identity["id"] != grant.Identity["id"] || listed[0].State == nil {
		t.Errorf("the list of another subscription finds %v: %s", listed, diags.Text())
	}
	if here, diags := own.List(vault.Type, acctest.Query{}); len(here)+len(diags) > 0 {
		t.Errorf("the list of this subscription finds %v: %s", here, diags.Text())
	}
	for name, proto := range map[string]*acctest.Proto{
		"configured": security(w.SubscriptionID()),
		"discovered": security(),
	} {
		plan := proto.Plan("azuremedia_customer_key_grant", grant, nil)
		if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Warnings()) != 1 || !strings.Contains(text, "contosostore") {
			t.Errorf("%s, planned without a warning: %s", name, text)
		}
		kept, diags := proto.Apply(plan)
		if kept.State == nil || !strings.Contains(diags.Text(), "(CMK016)") {
			t.Errorf("%s: %v: %s", name, kept.State, diags.Text())
		}
	}
	if plan := security(subscriptionID).Plan("azuremedia_customer_key_grant", grant, nil); len(plan.Diagnostics) > 0 {
		t.Errorf("a subscription that is not named was looked at: %s", plan.Diagnostics.Text())
	}

	// What another provider block changes in the same run, a list that was read before does not show.
	proto = security()
	plan := proto.Plan("azuremedia_customer_key_grant", grant, nil)
	own = w.Proto()
	if _, diags := own.Apply(own.Plan(attached.Type, attached, nil)); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if gone, diags := proto.Apply(plan); gone.State != nil || len(diags) > 0 {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
}

// TestSubscriptions_ofAServicePrincipal has two provider blocks of a service principal that has rights in one
// subscription alone. What it makes is in the subscription of its block; the other one refuses it, as Azure does.
func TestSubscriptions_ofAServicePrincipal(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	if _, err := w.Rehearsal().AddSubscription(t.Context(), subscriptionID, "Security"); err != nil {
		t.Fatal(err)
	}
	somebody, err := w.Rehearsal().AddPrincipal(t.Context(), "security")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.Rehearsal().Ask(t.Context(), rehearsal.Question{
		Method: "PUT", URL: "/subscriptions/" + subscriptionID +
			"/providers/Microsoft.Authorization/roleAssignments/33333333-0000-0000-0000-000000000001?api-version=2022-04-01",
		Body: fmt.Appendf(nil, `{"properties":{"principalId":%q,"principalType":"ServicePrincipal","roleDefinitionId":`+
			`"/subscriptions/%s/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c"}}`,
			somebody.ObjectID, subscriptionID),
	})
	if err != nil || answer.Refused() {
		t.Fatalf("%d %s, %v", answer.Status, answer.Body, err)
	}
	block := func(subscription string) *acctest.Proto {
		return w.Configured(acctest.Value{
			"subscription_id": subscription, "client_id": somebody.ClientID, "client_secret": somebody.ClientSecret,
		})
	}
	group := acctest.Value{"name": "security", "location": fixture.Location}
	made := block(strings.ToUpper(subscriptionID)).Create("azuremedia_resource_group", group)
	if id, _ := made.State["id"].(string); !strings.HasPrefix(id, "/subscriptions/"+subscriptionID+"/") {
		t.Errorf("made %s", id)
	}
	other := block(w.SubscriptionID())
	plan := other.Plan("azuremedia_resource_group", acctest.Object{}, group)
	diags := plan.Diagnostics
	if len(diags.Errors()) == 0 {
		_, diags = other.Apply(plan)
	}
	if text := diags.Text(); len(diags.Errors()) == 0 || !strings.Contains(text, "AuthorizationFailed") || !strings.Contains(text, somebody.ObjectID) {
		t.Errorf("in the other subscription: %s", text)
	}
	// The credentials of a real Azure are no service principal of rehearsal's: its owner signs in.
	w.Configured(acctest.Value{"client_id": "44444444-0000-0000-0000-000000000001", "client_secret": "real"}).
		Create("azuremedia_resource_group", group)
}
