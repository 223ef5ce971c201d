// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// storeworld is a storage account with both kinds of identities and a second layer, a vault, a key in
// it and grants: nothing is missing for an attachment.
type storeworld struct {
	world
	accounts *armstorage.AccountsClient
	ctx      context.Context //nolint:containedctx // It is the test's own, and outlives its steps.
	t        *testing.T
	reader   string // The ID of the user-assigned identity.
	readerID string // Its object ID.
	began    time.Time
}

func newStore(t *testing.T) *storeworld {
	t.Helper()
	w := &storeworld{world: world{World: fixture.New(t)}, ctx: context.WithoutCancel(t.Context()), t: t}
	var err error
	if w.accounts, err = w.Client.StorageAccounts(w.SubscriptionID()); err != nil {
		t.Fatal(err)
	}
	w.account, w.began = w.ID(azure.StorageAccountType, "contoso"), w.now()
	w.reader, w.readerID = w.Identity("reader")
	creation, err := w.accounts.BeginCreate(w.ctx, fixture.Group, "contoso", armstorage.AccountCreateParameters{
		Location: to.Ptr(fixture.Location), Kind: to.Ptr(armstorage.KindStorageV2),
		SKU:  &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
		Tags: map[string]*string{"owner": to.Ptr("somebody else")},
		Identity: &armstorage.Identity{
			Type:                   to.Ptr(armstorage.IdentityTypeSystemAssignedUserAssigned),
			UserAssignedIdentities: map[string]*armstorage.UserAssignedIdentity{w.reader: {}},
		},
		Properties: &armstorage.AccountPropertiesCreateParameters{
			KeyPolicy: &armstorage.KeyPolicy{KeyExpirationPeriodInDays: to.Ptr[int32](90)},
			Encryption: &armstorage.Encryption{
				KeySource:                       to.Ptr(armstorage.KeySourceMicrosoftStorage),
				RequireInfrastructureEncryption: to.Ptr(true),
			},
		},
	}, nil)
	if err == nil {
		_, err = azure.Await(w.ctx, creation)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Vault("keys")
	w.key = w.Key("keys", "media")
	w.grantBoth("keys")
	return w
}

// grantBoth lets both identities of the account use the keys of a vault.
func (w *storeworld) grantBoth(vault string) {
	w.Grant(vault, w.systemID())
	w.Grant(vault, w.readerID)
}

// systemID is the object ID of the account's system-assigned identity.
func (w *storeworld) systemID() string { return azure.Deref(w.show().Identity.PrincipalID) }

func (w *storeworld) show() armstorage.Account {
	w.t.Helper()
	got, err := w.accounts.GetProperties(w.ctx, fixture.Group, "contoso", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return got.Account
}

func (w *storeworld) update(parameters armstorage.AccountUpdateParameters) {
	w.t.Helper()
	if _, err := w.accounts.Update(w.ctx, fixture.Group, "contoso", parameters, nil); err != nil {
		w.t.Fatal(err)
	}
}

// runsOn is the key that the account was given, and the identity that it reads it with.
func (w *storeworld) runsOn() (key, identity string) {
	encryption := w.show().Properties.Encryption
	if *encryption.KeySource != armstorage.KeySourceMicrosoftKeyvault {
		return "", ""
	}
	given := encryption.KeyVaultProperties
	key = strings.TrimSuffix(*given.KeyVaultURI, "/") + "/keys/" + *given.KeyName
	if version := azure.Deref(given.KeyVersion); version != "" {
		key += "/" + version
	}
	return key, azure.Deref(azure.Deref(encryption.EncryptionIdentity).EncryptionUserAssignedIdentity)
}

func (w *storeworld) patches() int { return len(w.Requests("PATCH", "/storageAccounts/contoso")) }

// changed is a configuration with another key and identity; "" is the system-assigned one.
func (w *storeworld) changed(key, identity string) acctest.Value {
	config := with(w.config(), "key_vault_key_id", key)
	if identity != "" {
		config = with(config, "user_assigned_identity_id", identity)
	}
	return config
}

// TestStorage attaches a storage account in every way, and destroys the attachment again: nothing of
// the account but its encryption is ever touched (CMK014).
func TestStorage(t *testing.T) {
	t.Parallel()
	for name, as := range map[string]struct{ user, pinned bool }{
		"system-assigned, following": {false, false},
		"system-assigned, pinned":    {false, true},
		"user-assigned, following":   {true, false},
		"user-assigned, pinned":      {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newStore(t)
			key, identity, principal := versionless(w.key), "", w.systemID()
			if as.pinned {
				key = w.key
			}
			if as.user {
				identity, principal = w.reader, w.readerID
			}
			config := w.changed(key, identity)
			before := w.show()
			proto := w.Proto()
			plan := proto.Plan(attachment, acctest.Object{}, config)
			if len(plan.Diagnostics) > 0 {
				t.Fatal(plan.Diagnostics.Text())
			}
			made, diags := proto.Apply(plan)
			if len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			want := acctest.Value{
				"id": w.account, "account_id": w.account, "key_vault_key_id": key,
				"user_assigned_identity_id": nil, "wait_for_current_version": false,
				"follows_latest_version": !as.pinned, "status": nil,
				"current_key_id": w.key, "current_key_version": version(w.key), "timeouts": nil,
			}
			if as.user {
				want["user_assigned_identity_id"] = identity
			}
			if diff := cmp.Diff(want, made.State); diff != "" {
				t.Errorf("attached (-want +got):\n%s", diff)
			}
			unchanged(t, made, proto.Plan(attachment, made, config))

			imported, diags := proto.ImportByID(attachment, strings.ToLower(w.account))
			if len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			if imported.Identity["id"] != w.account {
				t.Errorf("imported with the identity %v", imported.Identity)
			}
			delete(want, "id")
			for name, value := range want {
				if imported.State[name] != value {
					t.Errorf("imported %s: %v, want %v", name, imported.State[name], value)
				}
			}
			unchanged(t, imported, w.Proto().Plan(attachment, imported, config))

			shown, diags := proto.ReadData(attachment, acctest.Value{"account_id": w.account})
			if len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			for name, want := range map[string]any{
				"type": "CustomerKey", "reachable": true, "outdated": false, "status": nil,
				"key_vault_key_id": key, "current_key_version": version(w.key),
				"current_key_expires_at": nil,
				"follows_latest_version": !as.pinned, "identity_principal_id": principal,
				"key_vault_id": w.ID(azure.VaultType, "keys"),
			} {
				if shown[name] != want {
					t.Errorf("shown %s: %v, want %v", name, shown[name], want)
				}
			}

			w.since(shown, 0)

			if _, diags := proto.Apply(w.Proto().Plan(attachment, made, nil)); len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			if diff := cmp.Diff(before, w.show(), cmpopts.IgnoreFields(armstorage.EncryptionService{}, "LastEnabledTime")); diff != "" {
				t.Errorf("after it all the account is another (-before +after):\n%s", diff)
			}
			if patches := w.patches(); patches != 2 {
				t.Errorf("%d PATCHes, want one to attach and one to revert", patches)
			}
			if puts := len(w.Requests("PUT", "/storageAccounts/contoso")); puts != 1 {
				t.Errorf("%d PUTs, want the one of whoever made the account", puts)
			}
		})
	}
}

// TestStorage_changesInPlace changes key, vault and identity by one PATCH each: the account never
// goes over Microsoft's key.
func TestStorage_changesInPlace(t *testing.T) {
	t.Parallel()
	w := newStore(t)
	w.Vault("others")
	w.grantBoth("others")
	second, other := w.Key("keys", "second"), w.Key("others", "media")
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	for _, step := range []struct{ name, key, identity string }{
		{"pinned", w.key, ""},
		{"another identity", w.key, w.reader},
		{"following again", versionless(w.key), w.reader},
		{"another key", versionless(second), w.reader},
		{"another vault", other, w.reader},
		{"the system-assigned identity", other, ""},
		{"everything at once", versionless(w.key), w.reader},
	} {
		config, patches := w.changed(step.key, step.identity), w.patches()
		plan := proto.Plan(attachment, made, config)
		if len(plan.Replace) > 0 || len(plan.Diagnostics) > 0 {
			t.Fatalf("%s: replaces %v: %s", step.name, plan.Replace, plan.Diagnostics.Text())
		}
		changed, diags := proto.Apply(plan)
		if len(diags) > 0 {
			t.Fatalf("%s: %s", step.name, diags.Text())
		}
		if key, identity := w.runsOn(); key != step.key || !azure.SameID(identity, step.identity) {
			t.Errorf("%s: the account is on %s by %q", step.name, key, identity)
		}
		if now := w.patches(); now != patches+1 {
			t.Errorf("%s: %d PATCHes, want one", step.name, now-patches)
		}
		made, _ = proto.Read(changed)
		unchanged(t, made, proto.Plan(attachment, made, config))
	}
	if account := w.show(); *account.Tags["owner"] != "somebody else" || len(account.Identity.UserAssignedIdentities) != 1 ||
		*account.Properties.KeyPolicy.KeyExpirationPeriodInDays != 90 ||
		!*account.Properties.Encryption.RequireInfrastructureEncryption {
		t.Errorf("touched what is somebody else's: %+v", account)
	}
}

// TestStorage_vaultElsewhere: unlike that of a media account, the vault of a storage account may be in
// another region and another subscription (CMK005).
func TestStorage_vaultElsewhere(t *testing.T) {
	t.Parallel()
	w := newStore(t)
	w.Vault("far", func(p *armkeyvault.VaultCreateOrUpdateParameters) { p.Location = to.Ptr("northeurope") })
	w.grantBoth("far")
	proto := w.Proto()
	for name, key := range map[string]string{
		"another region": versionless(w.Key("far", "media")), "another subscription": versionless(w.elsewhere("other")),
	} {
		plan := proto.Plan(attachment, acctest.Object{}, with(w.config(), "key_vault_key_id", key))
		if len(plan.Diagnostics) > 0 {
			t.Fatalf("%s: %s", name, plan.Diagnostics.Text())
		}
		made, diags := proto.Apply(plan)
		if len(diags) > 0 {
			t.Fatalf("%s: %s", name, diags.Text())
		}
		if now, _ := w.runsOn(); now != key {
			t.Errorf("%s: the account is on %s", name, now)
		}
		again := proto.Plan(attachment, made, with(w.config(), "key_vault_key_id", key))
		if len(again.Diagnostics) > 0 {
			t.Errorf("%s: %s", name, again.Diagnostics.Text())
		}
		unchanged(t, made, again)
		if _, diags := proto.Apply(proto.Plan(attachment, made, nil)); len(diags) > 0 {
			t.Fatalf("%s: %s", name, diags.Text())
		}
	}
}

// elsewhere makes a vault in another subscription, and a key in it that the account may use.
func (w *storeworld) elsewhere(vault string) (key string) {
	w.t.Helper()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	added, err := w.Rehearsal().AddSubscription(w.ctx, "", "Elsewhere")
	must(err)
	subscription := added.ID
	groups, err := w.Client.ResourceGroups(subscription)
	must(err)
	_, err = groups.CreateOrUpdate(w.ctx, fixture.Group, armresources.ResourceGroup{Location: to.Ptr("westus2")}, nil)
	must(err)
	vaults, err := w.Client.Vaults(subscription)
	must(err)
	tenant := to.Ptr(w.Rehearsal().Access().TenantID)
	entry := func(principal string, permissions ...armkeyvault.KeyPermissions) *armkeyvault.AccessPolicyEntry {
		return &armkeyvault.AccessPolicyEntry{
			TenantID: tenant, ObjectID: to.Ptr(principal),
			Permissions: &armkeyvault.Permissions{Keys: to.SliceOfPtrs(permissions...)},
		}
	}
	creation, err := vaults.BeginCreateOrUpdate(w.ctx, fixture.Group, vault, armkeyvault.VaultCreateOrUpdateParameters{
		Location: to.Ptr("westus2"),
		Properties: &armkeyvault.VaultProperties{
			TenantID: tenant, EnablePurgeProtection: to.Ptr(true), EnableRbacAuthorization: to.Ptr(false),
			SKU: &armkeyvault.SKU{Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNameStandard)},
			AccessPolicies: []*armkeyvault.AccessPolicyEntry{
				entry(w.Owner(), armkeyvault.KeyPermissionsAll),
				entry(w.systemID(), armkeyvault.KeyPermissionsGet, armkeyvault.KeyPermissionsWrapKey, armkeyvault.KeyPermissionsUnwrapKey),
			},
		},
	}, nil)
	must(err)
	_, err = azure.Await(w.ctx, creation)
	must(err)
	return w.Key(vault, "media")
}

// TestStorage_followsOnceADay is rule CMK011 at the pace of Azure Storage: the plan is empty before
// and after the service takes the new version by itself.
func TestStorage_followsOnceADay(t *testing.T) {
	t.Parallel()
	w := newStore(t)
	state := w.Proto().Create(attachment, w.config())
	expires := w.now().AddDate(0, 6, 0).Truncate(time.Second)
	newer := w.Key("keys", "media", func(p *azkeys.CreateKeyParameters) {
		p.KeyAttributes = &azkeys.KeyAttributes{Expires: &expires}
	})
	for _, step := range []struct {
		after   time.Duration
		version string
		expires any
		summary string
	}{
		{23 * time.Hour, version(w.key), nil, "within about a day"},
		{time.Hour, version(newer), expires.Format(time.RFC3339), "which is the newest"},
	} {
		w.Advance(step.after)
		proto := w.Proto()
		read, diags := proto.Read(state)
		if len(diags) > 0 || read.State["current_key_version"] != step.version {
			t.Fatalf("after %s on %v: %s", step.after, read.State["current_key_version"], diags.Text())
		}
		plan := proto.Plan(attachment, read, w.config())
		if len(plan.Diagnostics) > 0 {
			t.Error(plan.Diagnostics.Text())
		}
		unchanged(t, read, plan)
		shown, _ := proto.ReadData(attachment, acctest.Value{"account_id": w.account})
		summary, _ := shown["summary"].(string)
		if shown["current_key_expires_at"] != step.expires || !strings.Contains(summary, step.summary) {
			t.Errorf("after %s shown as %v", step.after, shown)
		}
		state = read
	}
	shown, _ := w.Proto().ReadData(attachment, acctest.Value{"account_id": w.account})
	w.since(shown, 24*time.Hour)
}

// since fails the test unless the account took its key that long after the world began.
func (w *storeworld) since(shown acctest.Value, after time.Duration) {
	w.t.Helper()
	text, _ := shown["current_key_since"].(string)
	since, err := time.Parse(time.RFC3339, text)
	if passed := since.Sub(w.began); err != nil || passed < after-time.Minute || passed > after+time.Minute {
		w.t.Errorf("on the key since %q, which is %s after the beginning, and not %s", text, passed, after)
	}
}

// TestStorage_waitsForTheVersion waits until the service looks at the key, if that is soon.
func TestStorage_waitsForTheVersion(t *testing.T) {
	t.Parallel()
	w := newStore(t)
	made := w.Proto().Create(attachment, w.config())
	newer := w.Key("keys", "media")
	w.Advance(24*time.Hour - 10*time.Minute)
	proto := w.Proto()
	_, diags := proto.Apply(proto.Plan(attachment, made, with(w.config(), "wait_for_current_version", true)))
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if now := w.show().Properties.Encryption.KeyVaultProperties; *now.CurrentVersionedKeyIdentifier != newer {
		t.Errorf("the account runs on %s", *now.CurrentVersionedKeyIdentifier)
	}
}

// TestStorage_rules breaks each rule alone, and reads what is said of a storage account.
func TestStorage_rules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rule    string
		arrange func(*storeworld) acctest.Value
		warned  bool
		texts   []string
	}{
		{
			"CMK002", func(w *storeworld) acctest.Value {
				return with(w.config(), "key_vault_key_id", versionless(w.Key("keys", "curve", func(p *azkeys.CreateKeyParameters) {
					p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
				})))
			},
			false,
			[]string{"a key of type EC", "RSA or RSA-HSM"},
		},
		{
			"CMK004", func(w *storeworld) acctest.Value {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
				return w.config()
			},
			true,
			[]string{"a disabled key", "--enabled true"},
		},
		{
			"CMK007", func(w *storeworld) acctest.Value {
				w.Vault("weak", fixture.WithoutPurgeProtection)
				w.grantBoth("weak")
				return with(w.config(), "key_vault_key_id", versionless(w.Key("weak", "media")))
			},
			true,
			[]string{"the vault weak without purge protection", "purge_protection_enabled = true"},
		},
		{
			"CMK008", func(w *storeworld) acctest.Value {
				w.update(armstorage.AccountUpdateParameters{Identity: &armstorage.Identity{
					Type: to.Ptr(armstorage.IdentityTypeNone),
				}})
				return w.config()
			},
			true,
			[]string{
				"no system-assigned identity on the account",
				"az storage account update --resource-group media --name contoso --identity-type SystemAssigned",
			},
		},
		{
			"CMK008", func(w *storeworld) acctest.Value {
				id, principal := w.Identity("other")
				w.Grant("keys", principal)
				return with(w.config(), "user_assigned_identity_id", id)
			},
			true,
			[]string{"which the account does not list", "--identity-type SystemAssigned,UserAssigned --user-identity-id"},
		},
		{
			"CMK009", func(w *storeworld) acctest.Value {
				w.Revoke("keys", w.systemID())
				return w.config()
			},
			true,
			[]string{"system-assigned identity without get, wrapKey, unwrapKey", "azuremedia_customer_key_grant"},
		},
		{
			"CMK010", func(w *storeworld) acctest.Value {
				return with(w.config(), "key_vault_key_id", "https://keys.vault.azure.net/secrets/media")
			},
			false,
			[]string{"the identifier of a secret", "https://VAULT.vault.azure.net/keys/NAME"},
		},
	} {
		t.Run(test.rule+" "+test.texts[0], func(t *testing.T) {
			t.Parallel()
			w := newStore(t)
			config := test.arrange(w)
			patches := w.patches()
			proto := w.Proto()
			plan := proto.Plan(attachment, acctest.Object{}, config)
			if !test.warned {
				says(t, plan.Diagnostics, test.rule, append(test.texts, nothingChanged, "ERROR")...)
				return
			}
			says(t, plan.Diagnostics, test.rule, append(test.texts, "WARNING", "If another resource does so in this apply")...)
			_, diags := proto.Apply(plan)
			says(t, diags.Errors(), test.rule, append(test.texts, nothingChanged)...)
			if key, _ := w.runsOn(); key != "" {
				t.Errorf("the account was attached to %s", key)
			}
			if test.rule != "CMK009" && w.patches() > patches { // The service itself is asked about a grant.
				t.Error("the account was asked to change")
			}
		})
	}
}

// TestStorage_takesAKeyOfAManagedHSM: of what is in it, nothing is known here. Rehearsal has none to attach it
// in. Other kinds of account take none (CMK010).
func TestStorage_takesAKeyOfAManagedHSM(t *testing.T) {
	t.Parallel()
	const key = "https://keys.managedhsm.azure.net/keys/media"
	w := newStore(t)
	proto := w.Proto()
	plan := proto.Plan(attachment, acctest.Object{}, with(w.config(), "key_vault_key_id", key))
	if len(plan.Diagnostics) > 0 || plan.State["key_vault_key_id"] != key {
		t.Errorf("%v: %s", plan.State, plan.Diagnostics.Text())
	}
	patches := w.patches()
	_, diags := proto.Apply(plan)
	if !strings.Contains(diags.Text(), "Rehearsal has no managed HSMs") || w.patches() != patches+1 {
		t.Errorf("the account was asked %d times: %s", w.patches()-patches, diags.Text())
	}

	media := newWorld(t)
	diags = media.Proto().Plan(attachment, acctest.Object{}, with(media.config(), "key_vault_key_id", key)).Diagnostics
	says(t, diags, "CMK010", "ERROR: Key In A Managed HSM", "a key in the managed HSM keys", "storage accounts take either",
		"type RSA-HSM in a vault of SKU premium", nothingChanged)
	if len(diags) != 1 {
		t.Error(diags.Text())
	}
}

// TestStorage_waitsForTheGrant: one that was made a moment ago takes minutes to act (CMK009).
func TestStorage_waitsForTheGrant(t *testing.T) {
	t.Parallel()
	w := newStore(t)
	w.Revoke("keys", w.systemID())
	w.delayGrants(t, 9*time.Minute)
	w.Grant("keys", w.systemID())
	before := w.now()
	made := w.Proto().Create(attachment, w.config())
	if made.State["current_key_version"] != version(w.key) {
		t.Errorf("attached as %v", made.State)
	}
	if waited := w.now().Sub(before); waited < 9*time.Minute || waited > 11*time.Minute {
		t.Errorf("waited %s, but the grant acts after 9m", waited)
	}
}

// TestStorage_inaccessible loses access by the key, by the grant and by the identity; the drills lose it in
// every way. A storage account has no status: that its key is out of reach is found by looking at
// the key (CMK012), and destroying the attachment goes on with a warning (CMK013).
func TestStorage_inaccessible(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cause         customerkey.Cause
		roles, user   bool
		lose, restore func(*storeworld)
	}{
		{
			cause:   customerkey.KeyDisabled,
			lose:    func(w *storeworld) { w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)}) },
			restore: func(w *storeworld) { w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(true)}) },
		},
		{
			cause: customerkey.GrantRemoved, roles: true,
			lose: func(w *storeworld) { w.Unassign(w.assignment) },
			restore: func(w *storeworld) {
				w.assignment = w.Assign(w.ID(azure.VaultType, "keys"), w.systemID(), customerkey.RoleCryptoServiceEncryptionUserID)
			},
		},
		{
			cause: customerkey.IdentityRemoved, user: true,
			lose: func(w *storeworld) { w.DeleteIdentity("reader") },
		},
	} {
		t.Run(string(test.cause), func(t *testing.T) {
			t.Parallel()
			w := newStore(t)
			config := w.config()
			if test.user {
				config = with(config, "user_assigned_identity_id", w.reader)
			}
			if test.roles {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{EnableRbacAuthorization: to.Ptr(true)})
				w.Assign(w.ID(azure.VaultType, "keys"), w.Owner(), customerkey.RoleCryptoOfficerID)
				test.restore(w)
			}
			proto := w.Proto()
			made := proto.Create(attachment, config)
			patches := w.patches()
			test.lose(w)

			lost, diags := proto.Read(made)
			if len(diags) > 0 || lost.State["status"] != nil {
				t.Fatalf("status %v: %s", lost.State["status"], diags.Text())
			}
			plan := proto.Plan(attachment, lost, config)
			says(t, plan.Diagnostics, "CMK012", "WARNING", "storage account contoso", "a destroy goes on")
			if !test.user { // Another identity may well put that right.
				another := proto.Plan(attachment, lost, with(config, "key_vault_key_id", w.key))
				says(t, another.Diagnostics.Errors(), "CMK012", "storage account contoso", nothingChanged)
			}
			if _, diags := proto.Apply(plan); !strings.Contains(diags.Errors().Text(), "CMK012") {
				t.Errorf("applied: %s", diags.Text())
			}
			if now := w.patches(); now > patches {
				t.Errorf("%d PATCHes: nothing may be attempted", now-patches)
			}
			shown, _ := proto.ReadData(attachment, acctest.Value{"account_id": w.account})
			causes, _ := shown["causes"].([]any)
			if shown["reachable"] != false || len(causes) == 0 || causes[0].(acctest.Value)["cause"] != string(test.cause) {
				t.Errorf("shown as %v", shown)
			}

			destroy := proto.Plan(attachment, lost, nil)
			if len(destroy.Diagnostics) > 0 {
				t.Errorf("planning to destroy: %s", destroy.Diagnostics.Text())
			}
			gone, diags := proto.Apply(destroy)
			says(t, diags, "CMK013", "WARNING", "it still runs on "+versionless(w.key))
			if key, _ := w.runsOn(); gone.State != nil || key != versionless(w.key) {
				t.Errorf("state %v, key %s", gone.State, key)
			}

			if test.restore == nil {
				return
			}
			test.restore(w)
			back, diags := proto.Read(lost)
			plan = w.Proto().Plan(attachment, back, config)
			if diags = slices.Concat(diags, plan.Diagnostics); len(diags) > 0 {
				t.Errorf("after the remedy: %s", diags.Text())
			}
			unchanged(t, back, plan)
		})
	}
}

// TestStorage_takesNothingOverSilently: somebody else's attachment is imported, or left alone.
func TestStorage_takesNothingOverSilently(t *testing.T) {
	t.Parallel()
	w := newStore(t)
	theirs := w.Key("keys", "theirs")
	w.update(armstorage.AccountUpdateParameters{Properties: &armstorage.AccountPropertiesUpdateParameters{
		Encryption: &armstorage.Encryption{
			KeySource: to.Ptr(armstorage.KeySourceMicrosoftKeyvault),
			KeyVaultProperties: &armstorage.KeyVaultProperties{
				KeyVaultURI: to.Ptr("https://keys.vault.azure.net"), KeyName: to.Ptr("theirs"),
			},
		},
	}})
	proto := w.Proto()
	plan := proto.Plan(attachment, acctest.Object{}, w.config())
	_, refused := proto.Apply(plan)
	for _, diags := range []acctest.Diagnostics{plan.Diagnostics.Warnings(), refused.Errors()} {
		for _, want := range []string{"Customer Key Attached Already", versionless(theirs), w.account} {
			if !strings.Contains(diags.Text(), want) {
				t.Errorf("lacks %q:\n%s", want, diags.Text())
			}
		}
	}
	if key, _ := w.runsOn(); key != versionless(theirs) {
		t.Errorf("the account was moved to %s", key)
	}
	imported, diags := proto.ImportByIdentity(attachment, map[string]string{"id": w.account})
	if len(diags) > 0 || imported.State["key_vault_key_id"] != versionless(theirs) {
		t.Fatalf("imported %v: %s", imported.State, diags.Text())
	}
	w.Proto().Update(imported, w.config())
	if key, _ := w.runsOn(); key != versionless(w.key) {
		t.Errorf("the account is on %s", key)
	}
}
