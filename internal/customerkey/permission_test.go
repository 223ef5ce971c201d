// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

func everything() customerkey.Grant {
	return customerkey.Grant{Get: customerkey.Granted, WrapKey: customerkey.Granted, UnwrapKey: customerkey.Granted}
}

func nothing() customerkey.Grant {
	return customerkey.Grant{Get: customerkey.Denied, WrapKey: customerkey.Denied, UnwrapKey: customerkey.Denied}
}

func unknown() customerkey.Grant { return customerkey.Grant{} }

func TestGrantByPolicies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policies []customerkey.AccessPolicy
		want     customerkey.Grant
	}{
		"no policies": {nil, nothing()},
		"just what is needed": {
			[]customerkey.AccessPolicy{{ObjectID: principal, KeyPermissions: customerkey.RequiredKeyPermissions()}},
			everything(),
		},
		"spelt differently": {
			[]customerkey.AccessPolicy{{ObjectID: principal, KeyPermissions: []string{"Get", "WRAPKEY", "unwrapkey"}}},
			everything(),
		},
		"all": {[]customerkey.AccessPolicy{{ObjectID: principal, KeyPermissions: []string{"All"}}}, everything()},
		"another principal": {
			[]customerkey.AccessPolicy{{ObjectID: "33333333-3333-3333-3333-333333333333", KeyPermissions: []string{"all"}}},
			nothing(),
		},
		"only through an application": {
			[]customerkey.AccessPolicy{{ObjectID: principal, ApplicationID: "app", KeyPermissions: []string{"all"}}},
			nothing(),
		},
		"two policies together": {
			[]customerkey.AccessPolicy{
				{ObjectID: principal, KeyPermissions: []string{"get"}},
				{ObjectID: principal, KeyPermissions: []string{"wrapKey"}},
			},
			customerkey.Grant{Get: customerkey.Granted, WrapKey: customerkey.Granted, UnwrapKey: customerkey.Denied},
		},
		"neighbours of what is needed": {
			[]customerkey.AccessPolicy{{ObjectID: principal, KeyPermissions: []string{"list", "encrypt", "decrypt", "getrotationpolicy"}}},
			nothing(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, customerkey.GrantByPolicies(test.policies, principal)); diff != "" {
				t.Errorf("grant (-want +got):\n%s", diff)
			}
		})
	}
}

// permissions is a role definition with one block.
func permissions(dataActions []string, except ...string) rule.Fact[[]customerkey.ActionBlock] {
	return rule.Known([]customerkey.ActionBlock{{Actions: dataActions, NotActions: except}})
}

func TestGrantByRoles(t *testing.T) {
	t.Parallel()
	const group = "44444444-4444-4444-4444-444444444444"
	encryptionUser := permissions([]string{customerkey.ActionRead, customerkey.ActionWrap, customerkey.ActionUnwrap})
	at := func(scope string) []customerkey.RoleAssignment {
		return []customerkey.RoleAssignment{{Scope: scope, PrincipalID: principal, Permissions: encryptionUser}}
	}
	with := func(role rule.Fact[[]customerkey.ActionBlock]) []customerkey.RoleAssignment {
		return []customerkey.RoleAssignment{{Scope: vaultID, PrincipalID: principal, Permissions: role}}
	}

	for name, test := range map[string]struct {
		assignments []customerkey.RoleAssignment
		want        customerkey.Grant
	}{
		"none":         {nil, nothing()},
		"at the key":   {at(vaultID + "/keys/media"), everything()},
		"at the vault": {at(vaultID), everything()},
		"at the vault, in capitals": {at("/SUBSCRIPTIONS/11111111-1111-1111-1111-111111111111/RESOURCEGROUPS/MEDIA/" +
			"PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/CONTOSO-VAULT"), everything()},
		"at the group":                   {at("/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/media"), everything()},
		"at the subscription":            {at("/subscriptions/11111111-1111-1111-1111-111111111111/"), everything()},
		"at a management group":          {at("/providers/Microsoft.Management/managementGroups/root"), everything()},
		"at the root":                    {at("/"), everything()},
		"at another key":                 {at(vaultID + "/keys/media2"), nothing()},
		"at a vault with a longer name":  {at(vaultID + "2"), nothing()},
		"at a vault with a shorter name": {at(vaultID[:len(vaultID)-1]), nothing()},
		"for another principal": {
			[]customerkey.RoleAssignment{{Scope: vaultID, PrincipalID: "other", Permissions: encryptionUser}}, nothing(),
		},
		"for a group of the principal's": {
			[]customerkey.RoleAssignment{{Scope: vaultID, PrincipalID: group, Permissions: encryptionUser}}, everything(),
		},
		"every data action":    {with(permissions([]string{"*"})), everything()},
		"every action on keys": {with(permissions([]string{"microsoft.keyvault/vaults/keys/*"})), everything()},
		"every read": {
			with(permissions([]string{"Microsoft.KeyVault/*/read"})),
			customerkey.Grant{Get: customerkey.Granted, WrapKey: customerkey.Denied, UnwrapKey: customerkey.Denied},
		},
		"two asterisks": {
			with(permissions([]string{"*/keys/*/action"})),
			customerkey.Grant{Get: customerkey.Denied, WrapKey: customerkey.Granted, UnwrapKey: customerkey.Granted},
		},
		"every action of another service":       {with(permissions([]string{"Microsoft.Storage/*"})), nothing()},
		"an asterisk for nothing that is there": {with(permissions([]string{"*/secrets/*/action"})), nothing()},
		"everything except wrap": {
			with(permissions([]string{"*"}, customerkey.ActionWrap)),
			customerkey.Grant{Get: customerkey.Granted, WrapKey: customerkey.Denied, UnwrapKey: customerkey.Granted},
		},
		"an exception of one block, granted by another": {
			with(rule.Known([]customerkey.ActionBlock{
				{Actions: []string{"*"}, NotActions: []string{customerkey.ActionWrap}},
				{Actions: []string{customerkey.ActionWrap}},
			})),
			everything(),
		},
		"management only":          {with(permissions(nil)), nothing()},
		"a role that is not known": {with(rule.Fact[[]customerkey.ActionBlock]{}), unknown()},
		"a role that is not known beside one that grants": {
			append(with(rule.Fact[[]customerkey.ActionBlock]{}), at(vaultID)...), everything(),
		},
		"under a condition": {
			[]customerkey.RoleAssignment{
				{Scope: vaultID, PrincipalID: principal, Permissions: encryptionUser, Condition: "@Resource[...]"},
			},
			unknown(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := customerkey.GrantByRoles(test.assignments, customerkey.KeyScope(vaultID, "media"), principal, group)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("grant (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGrant_complete(t *testing.T) {
	t.Parallel()
	if !everything().Complete() || nothing().Complete() || unknown().Complete() {
		t.Error("only everything is complete")
	}
	if !everything().Known() || !nothing().Known() || unknown().Known() {
		t.Error("only what is decided is known")
	}
}

func TestPermits(t *testing.T) {
	t.Parallel()
	const action = "Microsoft.Storage/storageAccounts/listkeys/action"
	type block = customerkey.ActionBlock
	for name, test := range map[string]struct {
		blocks []block
		want   bool
	}{
		"no role":                  {nil, false},
		"everything":               {[]block{{Actions: []string{"*"}}}, true},
		"just that":                {[]block{{Actions: []string{"Microsoft.Storage/storageAccounts/listKeys/action"}}}, true},
		"a wildcard":               {[]block{{Actions: []string{"microsoft.storage/*/action"}}}, true},
		"a wildcard in the middle": {[]block{{Actions: []string{"*/listkeys/*"}}}, true},
		"reading":                  {[]block{{Actions: []string{"*/read"}}}, false},
		"a part of it":             {[]block{{Actions: []string{"Microsoft.Storage/storageAccounts/listkeys"}}}, false},
		"more than it":             {[]block{{Actions: []string{action + "/more"}}}, false},
		"all but that": {
			[]block{{Actions: []string{"*"}, NotActions: []string{"Microsoft.Storage/*/listkeys/*"}}}, false,
		},
		"all but that, and that by another role": {
			[]block{
				{Actions: []string{"*"}, NotActions: []string{"Microsoft.Storage/*"}},
				{Actions: []string{"Microsoft.Storage/*"}},
			}, true,
		},
	} {
		if got := customerkey.Permits(test.blocks, action); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
