// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package facts_test

import (
	"context"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7" // The built-in role Reader.

func parse(t *testing.T, key string) customerkey.KeyID {
	t.Helper()
	id, err := customerkey.ParseKeyID(key)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// stranger is somebody who may do only what they are assigned.
func stranger(t *testing.T, w *fixture.World, roles ...string) *azure.Client {
	t.Helper()
	access, err := w.Rehearsal().AddPrincipal(t.Context(), "stranger")
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range roles {
		w.Assign("/subscriptions/"+w.SubscriptionID(), access.ObjectID, role)
	}
	client, err := azure.New(azure.Config{
		Environment: azure.Rehearsal, SubscriptionID: access.SubscriptionID, TenantID: access.TenantID,
		ClientID: access.ClientID, ClientSecret: access.ClientSecret, Transport: w.Transport(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestRead_isUnknownWherePermissionIsMissing: less is known, and nothing fails.
func TestRead_isUnknownWherePermissionIsMissing(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	w.Vault("roles", fixture.ByRoles)
	id, principal := w.Identity("reader")
	w.Grant("keys", principal)
	key := parse(t, w.Key("keys", "media"))
	other := parse(t, w.Key("roles", "media"))
	for _, test := range []struct {
		name          string
		roles         []string
		key           customerkey.KeyID
		vault, inside customerkey.Presence
		identity      customerkey.Presence
		grantKnown    bool
	}{
		{"nothing", nil, key, customerkey.PresenceUnknown, customerkey.PresenceUnknown, customerkey.PresenceUnknown, false},
		{"reader", []string{reader}, key, customerkey.Present, customerkey.PresenceUnknown, customerkey.Present, true},
		{"reader of roles", []string{reader}, other, customerkey.Present, customerkey.PresenceUnknown, customerkey.Present, true},
		{
			"crypto user",
			[]string{customerkey.RoleCryptoUserID},
			other,
			customerkey.PresenceUnknown, customerkey.Present, customerkey.PresenceUnknown, false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer, err := facts.New(stranger(t, w, test.roles...)).Read(t.Context(), facts.Question{
				Key:      test.key,
				Identity: customerkey.Identity{Kind: customerkey.UserAssignedIdentity, ID: id},
			})
			if err != nil {
				t.Fatal(err)
			}
			if answer.Vault.Presence != test.vault || answer.Key.Presence != test.inside ||
				answer.Identity.Presence != test.identity || answer.Grant.Known() != test.grantKnown {
				t.Errorf("vault %v, key %v, identity %v, grant %v", answer.Vault.Presence, answer.Key.Presence,
					answer.Identity.Presence, answer.Grant)
			}
		})
	}
}

// TestRead_presence of vaults, keys and versions that are gone in one way or another.
func TestRead_presence(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	w.Vault("deleted")
	ok := w.Key("keys", "media")
	gone := w.Key("keys", "gone")
	w.Key("deleted", "media")
	w.DeleteKey("keys", "gone")
	w.DeleteVault("deleted")
	for _, test := range []struct {
		key           string
		vault, inside customerkey.Presence
	}{
		{ok, customerkey.Present, customerkey.Present},
		{ok[:strings.LastIndexByte(ok, '/')], customerkey.Present, customerkey.Present},
		{ok[:len(ok)-32] + strings.Repeat("0", 32), customerkey.Present, customerkey.Absent},
		{gone, customerkey.Present, customerkey.SoftDeleted},
		{"https://keys.vault.azure.net/keys/none", customerkey.Present, customerkey.Absent},
		{"https://deleted.vault.azure.net/keys/media", customerkey.SoftDeleted, customerkey.PresenceUnknown},
		{"https://nowhere.vault.azure.net/keys/media", customerkey.Absent, customerkey.PresenceUnknown},
	} {
		answer, err := facts.New(w.Client).Read(t.Context(), facts.Question{Key: parse(t, test.key)})
		if err != nil {
			t.Fatalf("%s: %v", test.key, err)
		}
		if answer.Vault.Presence != test.vault || answer.Key.Presence != test.inside {
			t.Errorf("%s: vault %v, key %v", test.key, answer.Vault.Presence, answer.Key.Presence)
		}
	}
}

// TestRead_key tells everything about a key.
func TestRead_key(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	older := parse(t, w.Key("keys", "media", func(p *azkeys.CreateKeyParameters) {
		p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeRSAHSM), to.Ptr[int32](3072)
		p.KeyOps = []*azkeys.KeyOperation{to.Ptr(azkeys.KeyOperationWrapKey)}
	}))
	newer := parse(t, w.Key("keys", "media"))
	answer, err := facts.New(w.Client).Read(t.Context(), facts.Question{
		Key: older, InUse: newer, WithNewest: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	size, _ := answer.Key.Size.Value()
	kind, _ := answer.Key.Type.Value()
	operations, _ := answer.Key.Operations.Value()
	inUse, _ := answer.InUse.Version.Value()
	if size != 3072 || kind != "RSA-HSM" || answer.Newest != newer.Version || inUse != newer.Version {
		t.Errorf("%d bits of %s, newest %s, in use %s", size, kind, answer.Newest, inUse)
	}
	if diff := cmp.Diff([]string{"wrapKey"}, operations); diff != "" {
		t.Error(diff)
	}
}

// TestGrant reads what is granted, however it is.
func TestGrant(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	policies, roles := w.Vault("keys"), w.Vault("roles", fixture.ByRoles)
	w.Key("roles", "media")
	subscription := "/subscriptions/" + w.SubscriptionID()
	group := subscription + "/resourceGroups/" + fixture.Group
	custom := customRole(t, w, []string{"Microsoft.KeyVault/vaults/keys/*"}, []string{"Microsoft.KeyVault/vaults/keys/wrap/action"})
	const all = "get wrapKey unwrapKey"
	for _, test := range []struct {
		name   string
		vault  string
		grant  func(principal string)
		denied string
	}{
		{"no policy", policies, func(string) {}, all},
		{"policy", policies, func(p string) { w.Grant("keys", p) }, ""},
		{
			"part of a policy", policies, func(p string) {
				w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, p, "get")
			}, "wrapKey unwrapKey",
		},
		{"no role", roles, func(string) {}, all},
		{"policy in a vault of roles", roles, func(p string) { w.Policy("roles", armkeyvault.AccessPolicyUpdateKindAdd, p, "get") }, all},
		{"role in a vault of policies", policies, func(p string) { w.Assign(policies, p, customerkey.RoleCryptoUserID) }, all},
		{"at the key", roles, func(p string) {
			w.Assign(roles+"/keys/media", p, customerkey.RoleCryptoServiceEncryptionUserID)
		}, ""},
		{"at another key", roles, func(p string) {
			w.Assign(roles+"/keys/other", p, customerkey.RoleCryptoServiceEncryptionUserID)
		}, all},
		{"at the vault", roles, func(p string) { w.Assign(roles, p, customerkey.RoleCryptoUserID) }, ""},
		{"at the group", roles, func(p string) { w.Assign(group, p, customerkey.RoleCryptoOfficerID) }, ""},
		{"at the subscription", roles, func(p string) {
			w.Assign(subscription, p, customerkey.RoleCryptoServiceEncryptionUserID)
		}, ""},
		{"another role", roles, func(p string) { w.Assign(roles, p, reader) }, all},
		{"custom role", roles, func(p string) { w.Assign(roles, p, custom) }, "wrapKey"},
	} {
		_, principal := w.Identity("i" + strings.ReplaceAll(test.name, " ", ""))
		test.grant(principal)
		grant, err := facts.New(w.Client).Grant(t.Context(), test.vault, "media", principal)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if denied := strings.Join(grant.Denied(), " "); denied != test.denied || !grant.Known() {
			t.Errorf("%s: denied %q, want %q; known %t", test.name, denied, test.denied, grant.Known())
		}
	}
}

// customRole makes a role and returns the GUID of its definition.
func customRole(t *testing.T, w *fixture.World, actions, except []string) string {
	t.Helper()
	definitions, err := w.Client.RoleDefinitions()
	if err != nil {
		t.Fatal(err)
	}
	name, scope := uuid.NewString(), "/subscriptions/"+w.SubscriptionID()
	if _, err := definitions.CreateOrUpdate(t.Context(), scope, name, armauthorization.RoleDefinition{
		Properties: &armauthorization.RoleDefinitionProperties{
			RoleName: to.Ptr("custom"), RoleType: to.Ptr("CustomRole"),
			AssignableScopes: []*string{to.Ptr(scope)},
			Permissions: []*armauthorization.Permission{{
				DataActions: to.SliceOfPtrs(actions...), NotDataActions: to.SliceOfPtrs(except...),
			}},
		},
	}, nil); err != nil {
		t.Fatal(err)
	}
	return name
}

func canceled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// TestRead_failsOverOtherErrors: what went wrong on the way is no unknown fact.
func TestRead_failsOverOtherErrors(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	key := parse(t, w.Key("keys", "media"))
	if _, err := facts.New(w.Client).Read(canceled(t), facts.Question{Key: key}); err == nil {
		t.Error("a cancelled question was answered")
	}
	_, err := facts.New(w.Client).Read(t.Context(), facts.Question{
		Key: key, Identity: customerkey.Identity{Kind: customerkey.UserAssignedIdentity, ID: "x"},
	})
	if err == nil {
		t.Error("an identity of no ID was found")
	}
}

// TestRead_identities completes who reads the key.
func TestRead_identities(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	id, principal := w.Identity("reader")
	account := facts.Account{SystemPrincipalID: "system"}
	for _, test := range []struct {
		name     string
		account  facts.Account
		identity customerkey.Identity
		presence customerkey.Presence
		want     rule.Fact[string]
	}{
		{"none", account, customerkey.Identity{}, customerkey.PresenceUnknown, rule.Fact[string]{}},
		{
			"system", account,
			customerkey.Identity{Kind: customerkey.SystemAssignedIdentity},
			customerkey.Present, rule.Known("system"),
		},
		{
			"no system",
			facts.Account{},
			customerkey.Identity{Kind: customerkey.SystemAssignedIdentity},
			customerkey.PresenceUnknown,
			rule.Fact[string]{},
		},
		{
			"user", account,
			customerkey.Identity{Kind: customerkey.UserAssignedIdentity, ID: id},
			customerkey.Present, rule.Known(principal),
		},
		{
			"no user", account,
			customerkey.Identity{Kind: customerkey.UserAssignedIdentity, ID: id + "x"},
			customerkey.Absent,
			rule.Fact[string]{},
		},
	} {
		answer, err := facts.New(w.Client).Read(t.Context(), facts.Question{Account: test.account, Identity: test.identity})
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if answer.Identity.Presence != test.presence || answer.Identity.PrincipalID != test.want {
			t.Errorf("%s: %v", test.name, answer.Identity)
		}
	}
}

// harbour has a vault at a port of this machine.
type harbour struct{ engine.PublicCloud }

func (harbour) URI(*engine.Tx, engine.Domain, string) string { return "https://localhost:9001/" }

func (harbour) Account(_ *engine.Tx, _ engine.Domain, host string) string {
	return map[string]string{"localhost:9001": "docked"}[host]
}

// TestRead_findsAVaultByItsAddress: one on this machine, whose address does not tell its name.
func TestRead_findsAVaultByItsAddress(t *testing.T) {
	t.Parallel()
	w := fixture.New(t, engine.WithAddresses(harbour{}))
	id := w.Vault("docked")
	access := w.Rehearsal().Access()
	client, err := azure.New(azure.Config{
		Environment: azure.Rehearsal, SubscriptionID: access.SubscriptionID, TenantID: access.TenantID,
		ClientID: access.ClientID, ClientSecret: access.ClientSecret, Transport: w.Transport(),
		Endpoint: azure.Endpoint{KeyVaultSuffix: customerkey.LoopbackSuffix},
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := facts.New(client).Read(t.Context(),
		facts.Question{Key: parse(t, "https://localhost:9001/keys/media")})
	if err != nil {
		t.Fatal(err)
	}
	if !azure.SameID(answer.Vault.ID, id) || answer.Key.Presence != customerkey.Absent {
		t.Errorf("vault %q, key %v", answer.Vault.ID, answer.Key.Presence)
	}
}
