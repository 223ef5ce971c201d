// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaultaccess_test

import (
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

const (
	reader = "99999999-0000-0000-0000-000000000001"
	other  = "99999999-0000-0000-0000-000000000002"
)

func policy(w *fixture.World) vaultaccess.Policy {
	return vaultaccess.Policy{
		Client: w.Client, VaultID: w.ID(azure.VaultType, "keys"),
		TenantID: w.Rehearsal().Access().TenantID, PrincipalID: reader,
	}
}

// held returns the key permissions that a principal has of those that the tests grant.
func held(w *fixture.World, principal string) []string {
	return vaultaccess.Held(w.ShowVault("keys"), principal, []string{"get", "list", "wrapKey"})
}

// conflict makes the vault refuse the next changes of its policies.
func conflict(t *testing.T, w *fixture.World, times int) {
	t.Helper()
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: "PUT", Path: "*/accessPolicies/*", Status: 409,
		Code: "ConflictError", Times: times,
	}); err != nil {
		t.Fatal(err)
	}
}

func TestPolicy_keepsWhatOthersGranted(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, other, "get")
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, reader, "list")
	backoff := azure.NewBackoff(w.Client, time.Hour)

	if err := policy(w).Add(t.Context(), []string{"wrapKey", "get"}, backoff); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"get", "list", "wrapKey"}, held(w, reader)); diff != "" {
		t.Errorf("after Add (-want +got):\n%s", diff)
	}
	if err := policy(w).Remove(t.Context(), []string{"GET", "wrapKey"}, backoff); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"list"}, held(w, reader)); diff != "" {
		t.Errorf("after Remove (-want +got):\n%s", diff)
	}
	for range 2 { // The second time there is nothing left to remove.
		if err := policy(w).Remove(t.Context(), []string{"list"}, backoff); err != nil {
			t.Fatal(err)
		}
	}
	for _, entry := range w.ShowVault("keys").Properties.AccessPolicies {
		if *entry.ObjectID == reader {
			t.Errorf("an empty policy is left: %v", entry)
		}
	}
	if diff := cmp.Diff([]string{"get"}, held(w, other)); diff != "" {
		t.Errorf("somebody else's policy (-want +got):\n%s", diff)
	}
}

func TestPolicy_waitsForAnotherChange(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	backoff := azure.NewBackoff(w.Client, time.Hour)
	for name, change := range map[string]func() error{
		"Add":    func() error { return policy(w).Add(t.Context(), []string{"get", "list"}, backoff) },
		"reduce": func() error { return policy(w).Remove(t.Context(), []string{"list"}, backoff) },
	} {
		if name == "reduce" {
			w.Policy("keys", armkeyvault.AccessPolicyUpdateKindReplace, reader, "get", "list")
		}
		conflict(t, w, 2)
		if err := change(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	conflict(t, w, 1)
	err := policy(w).Add(t.Context(), []string{"get"}, azure.NewBackoff(w.Client, 0))
	if !azure.IsConflict(err) {
		t.Errorf("without any time to wait: %v", err)
	}
}

func TestPolicy_ofAVaultThatIsGone(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	if err := policy(w).Remove(t.Context(), []string{"get"}, azure.NewBackoff(w.Client, 0)); err != nil {
		t.Error(err)
	}
}

func TestRole_findsWhateverNameItHas(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	vault := w.Vault("keys")
	key := customerkey.KeyScope(vault, "media")
	role := func(scope string) vaultaccess.Role {
		return vaultaccess.Role{
			Client: w.Client, VaultID: vault, Scope: scope, PrincipalID: w.Owner(),
			RoleID: customerkey.RoleCryptoOfficerID, Name: vaultaccess.AssignmentName(scope, "a"),
		}
	}
	find := func(scope string) string {
		id, err := role(scope).Find(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	theirs := w.Assign(vault, w.Owner(), customerkey.RoleCryptoOfficerID)
	w.Assign(key, w.Owner(), customerkey.RoleCryptoUserID) // Another role.
	if at, below := find(vault), find(key); at != theirs || below != "" {
		t.Errorf("found %q at the vault and %q at the key", at, below)
	}

	made, err := role(key).Assign(t.Context(), azure.NewBackoff(w.Client, time.Hour))
	if err != nil || !azure.SameID(made, role(key).ID()) || !azure.SameID(made, find(key)) {
		t.Fatalf("assigned %q: %v", made, err)
	}
	for range 2 {
		if err := role(key).Unassign(t.Context(), made); err != nil {
			t.Error(err)
		}
	}
	if at, below := find(vault), find(key); at != theirs || below != "" {
		t.Errorf("after Unassign, found %q at the vault and %q at the key", at, below)
	}
}

// Another name would assign the role again, beside the assignment that an earlier apply made.
func TestAssignmentName_staysWhatItIs(t *testing.T) {
	t.Parallel()
	const want = "24ea0d6c-2aaf-5c57-b59d-c33aa61d8d88"
	if got := vaultaccess.AssignmentName("/subscriptions/S/vaults/V", "role", "PRINCIPAL"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestHoldsOnly tells a policy of exactly some key permissions from those that have less, or more.
func TestHoldsOnly(t *testing.T) {
	t.Parallel()
	wanted := []string{"get", "wrapKey", "unwrapKey"}
	for name, test := range map[string]struct {
		permissions []string
		secrets     []*armkeyvault.SecretPermissions
		want        bool
	}{
		"exactly":      {[]string{"unwrapKey", "Get", "wrapKey"}, nil, true},
		"less":         {[]string{"get", "wrapKey"}, nil, false},
		"more":         {append([]string{"list"}, wanted...), nil, false},
		"everything":   {[]string{"all"}, nil, false},
		"secrets also": {wanted, []*armkeyvault.SecretPermissions{to.Ptr(armkeyvault.SecretPermissionsGet)}, false},
	} {
		entry := vaultaccess.Entry("tenant", reader, test.permissions)
		entry.Permissions.Secrets = test.secrets
		vault := armkeyvault.Vault{Properties: &armkeyvault.VaultProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{entry}}}
		if got := vaultaccess.HoldsOnly(vault, reader, wanted); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
		if vaultaccess.HoldsOnly(vault, other, wanted) {
			t.Errorf("%s: somebody else", name)
		}
	}
}
