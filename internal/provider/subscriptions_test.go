// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestDependentSubscriptions has a vault in a subscription of its own, whose provider block names the
// subscription of an account that reads its key there: then the account is seen when its grant is to go.
func TestDependentSubscriptions(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	account := w.Proto().Create("azuremedia_storage_account", acctest.Value{
		"name": "contosostore", "resource_group_name": fixture.Group, "location": fixture.Location,
		"identity": acctest.Value{"type": "SystemAssigned"},
	})
	identity, _ := account.State["identity"].(acctest.Value)
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
	w.Proto().Create("azuremedia_customer_key_attachment", acctest.Value{
		"account_id": w.ID(azure.StorageAccountType, "contosostore"), "key_vault_key_id": key.State["versionless_id"],
	})

	seen := security(w.SubscriptionID())
	plan := seen.Plan("azuremedia_customer_key_grant", grant, nil)
	if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Warnings()) != 1 || !strings.Contains(text, "contosostore") {
		t.Errorf("planned without a warning: %s", text)
	}
	kept, diags := seen.Apply(plan)
	if kept.State == nil || !strings.Contains(diags.Text(), "(CMK016)") {
		t.Errorf("%v: %s", kept.State, diags.Text())
	}
	unseen := security()
	if plan := unseen.Plan("azuremedia_customer_key_grant", grant, nil); len(plan.Diagnostics) > 0 {
		t.Errorf("a subscription that is not named was looked at: %s", plan.Diagnostics.Text())
	}
}
