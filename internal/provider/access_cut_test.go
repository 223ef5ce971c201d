// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// chain is the resources of a configuration in the order in which Terraform changes them.
type chain struct {
	w             *fixture.World
	before, after []acctest.Value
	states        []acctest.Object
}

// newChain has an account read its key by one identity, and is to have it read by another: with the account go
// its grant and its attachment.
func newChain(t *testing.T, accountType, grantedBy string) *chain {
	t.Helper()
	w := fixture.New(t)
	var modes []func(*armkeyvault.VaultCreateOrUpdateParameters)
	if grantedBy == "roles" {
		modes = append(modes, fixture.ByRoles)
	}
	vault := w.Vault("keys", modes...)
	key := versionless(w.Key("keys", "media"))
	first, firstPrincipal := w.Identity("first")
	second, secondPrincipal := w.Identity("second")
	noun, id := "azuremedia_storage_account", w.ID(azure.StorageAccountType, "contosostore")
	more := acctest.Value{}
	if accountType == azure.MediaAccountType {
		w.Account("other")
		noun, id = "azuremedia_account", w.ID(azure.MediaAccountType, "contosostore")
		more["storage_accounts"] = []any{acctest.Value{"id": w.ID(azure.StorageAccountType, "other"), "is_primary": true}}
	}
	configs := func(identity, principal string) []acctest.Value {
		account := acctest.Value{
			"name": "contosostore", "resource_group_name": fixture.Group, "location": fixture.Location,
			"identity": acctest.Value{"type": "UserAssigned", "identity_ids": []any{identity}},
		}
		for name, value := range more {
			account[name] = value
		}
		return []acctest.Value{
			account,
			{"key_vault_id": vault, "principal_id": principal},
			{"account_id": id, "key_vault_key_id": key, "user_assigned_identity_id": identity},
		}
	}
	c := &chain{w: w, before: configs(first, firstPrincipal), after: configs(second, secondPrincipal)}
	for i, resourceType := range []string{noun, "azuremedia_customer_key_grant", "azuremedia_customer_key_attachment"} {
		c.states = append(c.states, w.Proto().Create(resourceType, c.before[i]))
	}
	return c
}

// apply plans the change of all resources and applies it, in one run. A run that is killed leaves the attributes of
// the resource that it was changing as they were, and loses its private state.
func (c *chain) apply(killed bool) (diags acctest.Diagnostics) {
	proto := c.w.Proto()
	var plans []acctest.Plan
	for i, state := range c.states {
		plan := proto.Plan(state.Type, state, c.after[i])
		diags = append(diags, plan.Diagnostics...)
		plans = append(plans, plan)
	}
	for i, plan := range plans {
		if len(diags.Errors()) > 0 {
			return diags
		}
		if cmp.Equal(plan.State, c.states[i].State) {
			continue
		}
		state, more := proto.Apply(plan)
		diags = append(diags, more...)
		if len(more) == 0 || !killed {
			c.states[i] = state
		} else {
			c.states[i].Private = nil
		}
	}
	return diags
}

// refresh reads all resources.
func (c *chain) refresh(t *testing.T) {
	t.Helper()
	for i, state := range c.states {
		read, diags := c.w.Proto().Read(state)
		if len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		c.states[i] = read
	}
}

// TestNobodyLosesAccess_killed has an account move to another identity, and kills that after each request that
// changes something. No account loses access, and the next runs end where an undisturbed one does.
func TestNobodyLosesAccess_killed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		accountType, grantedBy string
		killed                 bool
	}{
		{azure.MediaAccountType, "policies", true},
		{azure.MediaAccountType, "roles", false},
		{azure.StorageAccountType, "policies", false},
		{azure.StorageAccountType, "roles", true},
	} {
		t.Run(fmt.Sprintf("%s, %s, killed=%t", azure.NameOf(test.accountType), test.grantedBy, test.killed), func(t *testing.T) {
			t.Parallel()
			for passing, whole := 1, false; !whole; passing++ {
				if passing > 10 {
					t.Fatal("the change never ends")
				}
				c := newChain(t, test.accountType, test.grantedBy)
				account := fmt.Sprint(c.after[2]["account_id"])
				access, restore := c.w.WatchAccess(account), c.w.Cut(passing)
				whole = len(c.apply(test.killed)) == 0
				restore()
				for range 2 { // What was kept when the first run ended goes in the second.
					c.refresh(t)
					if diags := c.apply(false); len(diags.Errors()) > 0 {
						t.Fatalf("after %d changes: %s", passing, diags.Text())
					}
				}
				c.refresh(t)
				for i, state := range c.states {
					plan := c.w.Proto().Plan(state.Type, state, c.after[i])
					if diff := cmp.Diff(state.State, plan.State); diff != "" || len(plan.Diagnostics) > 0 {
						t.Errorf("after %d changes, %s: %s%s", passing, state.Type, diff, plan.Diagnostics.Text())
					}
				}
				first := fmt.Sprint(c.before[1]["principal_id"])
				if left := c.granted(first); left != "" {
					t.Errorf("after %d changes the first identity still has %s", passing, left)
				}
				access.Check(t)
			}
		})
	}
}

// granted returns what a principal may do with the keys of the vault.
func (c *chain) granted(principal string) (found string) {
	for _, entry := range c.w.ShowVault("keys").Properties.AccessPolicies {
		if strings.EqualFold(azure.Deref(entry.ObjectID), principal) {
			found += fmt.Sprint(" ", len(entry.Permissions.Keys), " permissions")
		}
	}
	for _, assignment := range c.w.Assignments(fmt.Sprint(c.after[1]["key_vault_id"])) {
		if strings.EqualFold(azure.Deref(assignment.Properties.PrincipalID), principal) {
			found += " a role"
		}
	}
	return found
}
