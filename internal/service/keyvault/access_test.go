// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"net/http"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// managed are the permissions that the caller is given.
func managed(more ...string) []string {
	return append([]string{
		"get", "list", "create", "update", "delete", "recover", "rotate", "getrotationpolicy", "setrotationpolicy",
	}, more...)
}

// assigned are the roles of a principal on the vault.
func assigned(w *fixture.World, principal string) int {
	count := 0
	for _, assignment := range w.Assignments(w.ID(azure.VaultType, "keys")) {
		if *assignment.Properties.PrincipalID == principal {
			count++
		}
	}
	return count
}

func TestAccess_goesOverFromPoliciesToRolesAndBack(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	policies, roles := config(nil), config(acctest.Value{"rbac_authorization_enabled": true})
	object := proto.Create(resourceType, policies)
	if diff := cmp.Diff(managed(), permissions(w.ShowVault("keys"), w.Owner())); diff != "" {
		t.Errorf("the caller's access policy: %s", diff)
	}
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, stranger, "get")
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, w.Owner(), "wrapKey")
	settled(t, proto, object, policies)

	for range 2 {
		object = proto.Update(object, roles)
		settled(t, proto, object, roles)
		w.Key("keys", "media") // The role counts.
		if assigned(w, w.Owner()) != 1 {
			t.Errorf("the caller has %d roles", assigned(w, w.Owner()))
		}
		// What else the caller was given, and what others were, waits for the way back.
		if diff := cmp.Diff([]string{"wrapKey"}, permissions(w.ShowVault("keys"), w.Owner())); diff != "" {
			t.Errorf("the caller's access policy: %s", diff)
		}
		object = proto.Update(object, policies)
		settled(t, proto, object, policies)
		w.Key("keys", "media")
		if assigned(w, w.Owner()) != 0 {
			t.Error("the caller keeps the role")
		}
		if diff := cmp.Diff([]string{"get"}, permissions(w.ShowVault("keys"), stranger)); diff != "" {
			t.Errorf("their access policy: %s", diff)
		}
	}
}

func TestAccess_isNeverGoneWhileItGoesOver(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	roles := config(acctest.Value{"rbac_authorization_enabled": true})
	object := proto.Create(resourceType, config(nil))
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: "PATCH", Path: "*/vaults/keys", Status: 409, Code: "ScopeLocked",
	}); err != nil {
		t.Fatal(err)
	}
	_, diags := proto.Apply(proto.Plan(resourceType, object, roles))
	says(t, diags, "Key Vault Not Updated", "ScopeLocked")
	w.Key("keys", "media") // It still works the old way.
	read, _ := proto.Read(object)
	settled(t, proto, proto.Update(read, roles), roles)
}

func TestAccess_isGivenBackToDrift(t *testing.T) {
	t.Parallel()
	for _, byRole := range []bool{false, true} {
		w := fixture.New(t)
		proto := w.Proto()
		configured := config(acctest.Value{"rbac_authorization_enabled": byRole})
		object := proto.Create(resourceType, configured)
		settled(t, proto, object, configured)
		if byRole {
			w.Unassign(*w.Assignments(w.ID(azure.VaultType, "keys"))[0].ID)
		} else {
			w.Policy("keys", armkeyvault.AccessPolicyUpdateKindReplace, w.Owner(), "get", "list")
		}
		read, _ := proto.Read(object)
		if read.State["caller_key_access_enabled"] != false {
			t.Errorf("by role %t: it is not noticed", byRole)
		}
		settled(t, proto, proto.Update(read, configured), configured)
		w.Key("keys", "media")
	}
}

func TestAccess_byARoleOfSomebodyElses(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	without := config(acctest.Value{"rbac_authorization_enabled": true, "caller_key_access_enabled": false})
	with := config(acctest.Value{"rbac_authorization_enabled": true})
	object := proto.Create(resourceType, without)
	w.Assign(w.ID(azure.VaultType, "keys"), w.Owner(), customerkey.RoleCryptoOfficerID)
	settled(t, proto, object, without) // Nobody plans to take away what was given elsewhere.

	object = proto.Update(object, with)
	settled(t, proto, object, with)
	object = proto.Update(object, without)
	settled(t, proto, object, without)
	if assigned(w, w.Owner()) != 1 {
		t.Error("somebody else's assignment was deleted")
	}
	if plan := proto.Plan(resourceType, object, nil); len(plan.Diagnostics) > 0 {
		t.Fatal(plan.Diagnostics.Text())
	}
}

func TestAccess_takesBackOnlyItsOwn(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	with, without := config(nil), config(acctest.Value{"caller_key_access_enabled": false})
	object := proto.Create(resourceType, with)
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, w.Owner(), "wrapKey", "unwrapKey")
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, stranger, "get")

	object = proto.Update(object, without)
	settled(t, proto, object, without)
	if diff := cmp.Diff([]string{"wrapKey", "unwrapKey"}, permissions(w.ShowVault("keys"), w.Owner())); diff != "" {
		t.Errorf("the caller's access policy: %s", diff)
	}
	// No document says whether Azure removes permissions or policies.
	if sent := w.Requests(http.MethodPut, "/accessPolicies/remove"); len(sent) > 0 {
		t.Error("a policy that others have a part in was sent to be removed")
	}
	object = proto.Update(object, with)
	settled(t, proto, object, with)
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindReplace, w.Owner(), managed()...)
	object = proto.Update(object, without)
	if policies := w.ShowVault("keys").Properties.AccessPolicies; len(policies) != 1 || *policies[0].ObjectID != stranger {
		t.Errorf("the policies are %v", policies)
	}
	// Even where somebody else has taken it back before.
	object.State["caller_key_access_enabled"] = true
	settled(t, proto, proto.Update(object, without), without)
}

func TestAccess_byAnApplicationIsAnothers(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	object := proto.Create(resourceType, config(acctest.Value{"caller_key_access_enabled": false}))
	tenant := w.Rehearsal().Access().TenantID
	w.UpdateVault("keys", armkeyvault.VaultPatchProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
		TenantID: to.Ptr(tenant), ObjectID: to.Ptr(w.Owner()), ApplicationID: to.Ptr(stranger),
		Permissions: &armkeyvault.Permissions{Keys: []*armkeyvault.KeyPermissions{to.Ptr(armkeyvault.KeyPermissionsAll)}},
	}}})
	object.State["caller_key_access_enabled"] = true
	read, _ := proto.Read(object)
	if read.State["caller_key_access_enabled"] != false {
		t.Error("a policy that goes by way of an application is taken for the caller's")
	}
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, w.Owner(), "all")
	if read, _ = proto.Read(object); read.State["caller_key_access_enabled"] != true {
		t.Error("a policy with everything is not enough")
	}
}

// A grant in the same apply changes the vault's policies as well, and Azure refuses a second change
// at a time.
func TestAccess_waitsForAnotherChangeOfThePolicies(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	with, without := config(nil), config(acctest.Value{"caller_key_access_enabled": false})
	object := proto.Create(resourceType, without)
	for _, configured := range []acctest.Value{with, without} {
		if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: "PUT", Path: "*/accessPolicies/*", Status: 409, Code: "ConflictError",
		}); err != nil {
			t.Fatal(err)
		}
		object = proto.Update(object, configured)
		settled(t, proto, object, configured)
	}
}

// TestAccess_toSecrets grants the caller access to secrets by a policy, moves it to a role with the vault, and
// takes it away. What somebody else has granted stays.
func TestAccess_toSecrets(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	sets := func() error {
		_, err := w.Secrets("keys").SetSecret(t.Context(), "s", azsecrets.SetSecretParameters{Value: to.Ptr("x")}, nil)
		return err
	}
	object := proto.Create(resourceType, config(nil))
	if sets() == nil {
		t.Error("without access, a secret is set")
	}
	for _, step := range []struct {
		name    string
		changes acctest.Value
		allowed bool
	}{
		{"by a policy", acctest.Value{"caller_secret_access_enabled": true}, true},
		{"by a role", acctest.Value{"caller_secret_access_enabled": true, "rbac_authorization_enabled": true}, true},
		{"by a policy again", acctest.Value{"caller_secret_access_enabled": true}, true},
		{"taken away", nil, false},
	} {
		configured := config(step.changes)
		object = proto.Update(object, configured)
		settled(t, proto, object, configured)
		if err := sets(); (err == nil) != step.allowed {
			t.Errorf("%s: setting a secret: %v", step.name, err)
		}
	}
	// Who may by somebody else's grant may still: an import takes nothing for its own.
	policy := w.ShowVault("keys").Properties.AccessPolicies[0]
	policy.Permissions.Secrets = to.SliceOfPtrs(armkeyvault.SecretPermissionsAll)
	w.UpdateVault("keys", armkeyvault.VaultPatchProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{policy}})
	imported, _ := proto.ImportByID(resourceType, w.ID(azure.VaultType, "keys"))
	imported, _ = proto.Read(imported)
	if imported.State["caller_secret_access_enabled"] != false {
		t.Error("the import takes somebody else's grant for its own")
	}
}
