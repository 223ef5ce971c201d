// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const (
	vaultName  = "contoso-kv"
	secretName = "storage-key"
	secretPath = vaultName + "/" + secretName
)

// newSecret is a world with the storage account "contoso" and a vault, and the configuration of a rotation with
// a secret.
func newSecret(t *testing.T, changes ...acctest.Value) (*world, acctest.Value) {
	t.Helper()
	w := newWorld(t)
	w.newStorage("contoso")
	secret := acctest.Value{"key_vault_id": w.Vault(vaultName), "name": secretName}
	for _, change := range changes {
		secret = with(secret, change)
	}
	w.calls()
	return w, acctest.Value{"storage_account_id": w.storage("contoso"), "secrets": []any{secret}}
}

// held returns the key whose value the newest version of the secret has, as an application reads it.
func (w *world) held() string {
	w.t.Helper()
	secret, err := w.Secrets(vaultName).GetSecret(context.WithoutCancel(w.t.Context()), secretName, "", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for name, value := range w.keys("contoso") {
		if strings.Contains(*secret.Value, value) {
			return name
		}
	}
	return "none"
}

// keys returns the values of the keys by name.
func (w *world) keys(name string) map[string]string {
	w.t.Helper()
	listed, err := w.accounts().ListKeys(context.WithoutCancel(w.t.Context()), fixture.Group, name, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	values := map[string]string{}
	for _, key := range listed.Keys {
		values[*key.KeyName] = *key.Value
	}
	return values
}

// setSecret sets the secret by hand.
func (w *world) setSecret(value string, tags map[string]*string) {
	w.t.Helper()
	_, err := w.Secrets(vaultName).SetSecret(context.WithoutCancel(w.t.Context()), secretName,
		azsecrets.SetSecretParameters{Value: &value, Tags: tags}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
}

// versions returns whether each version is enabled, the oldest first.
func (w *world) versions() (enabled []bool) {
	w.t.Helper()
	var found []*azsecrets.SecretProperties
	err := azure.EachPage(context.WithoutCancel(w.t.Context()), w.Secrets(vaultName).NewListSecretPropertiesVersionsPager(secretName, nil),
		func(page azsecrets.ListSecretPropertiesVersionsResponse) { found = append(found, page.Value...) })
	if err != nil {
		w.t.Fatal(err)
	}
	slices.SortFunc(found, func(a, b *azsecrets.SecretProperties) int {
		return a.Attributes.Created.Compare(*b.Attributes.Created)
	})
	for _, one := range found {
		enabled = append(enabled, *one.Attributes.Enabled)
	}
	return enabled
}

func (w *world) wantHeld(key string) {
	w.t.Helper()
	if held := w.held(); held != key {
		w.t.Errorf("the secret holds %s, want %s", held, key)
	}
}

// TestSecrets_rotation leads a secret through a whole rotation: it always holds the key that is not regenerated
// next, and each change of it settles for a day.
func TestSecrets_rotation(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t, acctest.Value{
		"content_type": "storage key", "expires_after": "P180D", "tags": acctest.Value{"team": "media"},
		"disable_old_versions": true,
	})
	object := w.apply(acctest.Object{}, config)
	if settling := object.State["settling_time"]; settling != "P1D" {
		t.Errorf("the settling time is %v", settling)
	}
	w.wantHeld("key2")
	secret, err := w.Secrets(vaultName).GetSecret(t.Context(), secretName, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"team": "media", "CredentialId": "key2", "ProviderAddress": w.storage("contoso"), "CredentialFormat": "key",
	} {
		if got := azure.Deref(secret.Tags[name]); got != want {
			t.Errorf("the tag %s is %q, want %q", name, got, want)
		}
	}
	if *secret.ContentType != "storage key" || secret.Attributes.Expires.Sub(*secret.Attributes.Created) != 180*day {
		t.Errorf("the secret is %+v with %+v", secret.ContentType, secret.Attributes)
	}

	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	plan := w.plan(object, config)
	wantSaid(t, plan.Diagnostics, "Storage Key Rotation Settling", "key2 was synced at", "key1 follows 24 hours later")
	object = w.apply(object, config)
	w.wantCalls("listKeys contoso", "listKeys contoso") // The test's own and the first sync's.

	w.Advance(25 * hours)
	plan = w.plan(object, config)
	wantSaid(t, plan.Diagnostics, planned, "regenerate key1 of contoso and sync 1 dependent: Key Vault secret "+secretPath,
		"Key Vault secret "+secretPath+" has held key2 since ")
	object = w.apply(object, config)
	w.wantCalls(regenerate, "listKeys contoso")
	wantPhase(t, object, "settling")
	w.wantHeld("key1")
	w.calls()

	w.Advance(23 * hours)
	w.wantEmpty(object, config)
	w.Advance(2 * hours)
	object = w.apply(object, config)
	w.wantCalls(regenerate, "listKeys contoso")
	wantPhase(t, object, "complete")
	w.wantHeld("key2")
	if got := w.versions(); !slices.Equal(got, []bool{false, true, true}) {
		t.Errorf("the versions are enabled: %v", got)
	}
}

// TestSecrets_connectionString has a secret hold a connection string, which names the addresses of the account.
func TestSecrets_connectionString(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t, acctest.Value{"holds": "connection_string"})
	object := w.apply(acctest.Object{}, config)
	w.wantHeld("key2")
	read := func() string {
		t.Helper()
		secret, err := w.Secrets(vaultName).GetSecret(t.Context(), secretName, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		return *secret.Value
	}
	if got, want := read(), "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey="+
		w.keys("contoso")["key2"]+";EndpointSuffix=core.windows.net"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	config["secrets"].([]any)[0].(acctest.Value)["endpoint_suffix"] = "core.chinacloudapi.cn"
	wantSaid(t, w.plan(object, config).Diagnostics, planned,
		"holds a connection string, and is to hold a connection string for core.chinacloudapi.cn")
	w.apply(object, config)
	if got := read(); !strings.HasSuffix(got, ";EndpointSuffix=core.chinacloudapi.cn") {
		t.Errorf("got %s", got)
	}
}

// TestSecrets_stale has the secret fall behind in each way that its newest version shows. Each is said, and put
// right without a regenerate.
func TestSecrets_stale(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t)
	object := w.apply(acctest.Object{}, config)
	secrets := w.Secrets(vaultName)
	newest := func() *azsecrets.Secret {
		got, err := secrets.GetSecret(context.WithoutCancel(t.Context()), secretName, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		return &got.Secret
	}
	update := func(change azsecrets.UpdateSecretPropertiesParameters) {
		if _, err := secrets.UpdateSecretProperties(t.Context(), secretName, newest().ID.Version(), change, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, stale := range []struct {
		says    string
		happens func()
	}{
		{"does not tell which key it holds: somebody else has set it", func() { w.setSecret("by hand", nil) }},
		{"is disabled", func() {
			update(azsecrets.UpdateSecretPropertiesParameters{SecretAttributes: &azsecrets.SecretAttributes{Enabled: to.Ptr(false)}})
		}},
		{"expired at", func() {
			update(azsecrets.UpdateSecretPropertiesParameters{SecretAttributes: &azsecrets.SecretAttributes{
				Expires: to.Ptr(w.Client.TimeOf("").Add(time.Hour)),
			}})
			w.Advance(2 * hours)
		}},
		{"key2 was regenerated at", func() { w.regenerate("contoso", "key2") }},
		{"does not tell which key it holds", func() {
			update(azsecrets.UpdateSecretPropertiesParameters{Tags: map[string]*string{"other": to.Ptr("x")}})
		}},
		{"does not exist yet", func() {
			if _, err := secrets.DeleteSecret(t.Context(), secretName, nil); err != nil {
				t.Fatal(err)
			}
			w.Advance(91 * day)
		}},
	} {
		w.Advance(time.Hour)
		stale.happens()
		w.calls()
		plan := w.plan(object, config)
		wantSaid(t, plan.Diagnostics, planned, stale.says, "sync the keys of contoso to 1 dependent: Key Vault secret "+secretPath)
		object = w.apply(object, config)
		w.wantCalls("listKeys contoso")
		w.wantHeld("key2")
	}
}

// TestSecrets_elsewhere has a key regenerated elsewhere that the secret does not hold: it keeps its version.
func TestSecrets_elsewhere(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t)
	object := w.apply(acctest.Object{}, config)
	w.regenerate("contoso", "key1")
	object = w.apply(object, config)
	w.wantHeld("key2")
	if got := w.versions(); len(got) != 1 {
		t.Errorf("there are %d versions, want one", len(got))
	}
	wantPhase(t, object, "complete")
}

// TestSecrets_emergency has an emergency in the middle of a rotation, when the secret holds the key that is
// regenerated first: the secret gets the other key before.
func TestSecrets_emergency(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t)
	object := w.apply(acctest.Object{}, config)
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	w.Advance(25 * hours)
	object = w.apply(object, config)
	w.wantHeld("key1")
	w.calls()
	config["emergency"] = true
	plan := w.plan(object, config)
	wantSaid(t, plan.Diagnostics, planned, "A dependent holds key1 alone, and gets key2 before key1 is regenerated")
	object = w.apply(object, config)
	w.wantCalls("listKeys contoso", regenerate, "listKeys contoso", regenerate, "listKeys contoso")
	w.wantHeld("key2")
	wantPhase(t, object, "complete")
	if got := w.versions(); len(got) != 5 {
		t.Errorf("there are %d versions", len(got))
	}
}

// TestSecrets_alternate rotates one key at a time, and then both: the secret holds the key that both begins
// with, and gets the other one a settling time before.
func TestSecrets_alternate(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t)
	config["strategy"] = "alternate"
	object := w.apply(acctest.Object{}, config)
	w.wantHeld("key2")
	for i, holds := range []string{"key1", "key2", "key1"} {
		w.Advance(25 * hours)
		config["rotate_when_changed"] = acctest.Value{"n": string(rune('a' + i))}
		object = w.apply(object, config)
		w.wantHeld(holds)
		wantPhase(t, object, "complete")
	}
	w.Advance(25 * hours)
	config["strategy"], config["rotate_when_changed"] = "both", acctest.Value{"n": "z"}
	w.calls()
	object = w.apply(object, config)
	w.wantCalls("listKeys contoso")
	w.wantHeld("key2")
	w.Advance(23 * hours)
	w.wantEmpty(object, config)
	w.Advance(2 * hours)
	w.calls()
	w.apply(object, config)
	w.wantCalls(regenerate, "listKeys contoso")
	w.wantHeld("key1")
}

// TestSecrets_deleted has the secret be deleted and recoverable: no plan that would sync it can succeed.
func TestSecrets_deleted(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t)
	object := w.apply(acctest.Object{}, config)
	if _, err := w.Secrets(vaultName).DeleteSecret(t.Context(), secretName, nil); err != nil {
		t.Fatal(err)
	}
	plan := w.plan(object, config)
	if warned := plan.Diagnostics.Text(); !strings.Contains(warned, "az keyvault secret recover --vault-name "+vaultName) {
		t.Errorf("a plan that changes nothing says: %s", warned)
	}
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	w.Advance(25 * hours)
	refused := w.proto.Plan(resourceType, object, config).Diagnostics.Errors()
	if len(refused) != 1 {
		t.Errorf("the plan is not refused: %s", refused.Text())
	}
	wantSaid(t, refused, "Secret Cannot Be Renewed (ROT010)", secretPath+", which is deleted", "az keyvault secret recover",
		"az keyvault secret purge", "Nothing was changed.")
	if _, err := w.Secrets(vaultName).RecoverDeletedSecret(t.Context(), secretName, nil); err != nil {
		t.Fatal(err)
	}
	w.apply(object, config)
	w.wantHeld("key1")
}

// TestSecrets_forbidden takes the permission to list secrets away: no key is regenerated that one may hold.
func TestSecrets_forbidden(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t)
	object := w.apply(acctest.Object{}, config)
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	w.Advance(25 * hours)
	due := w.plan(object, config)
	w.permitSecrets(armkeyvault.SecretPermissionsSet, armkeyvault.SecretPermissionsGet)
	w.proto.NextRun()
	refused := w.proto.Plan(resourceType, object, config).Diagnostics.Errors()
	if len(refused) != 1 || !strings.Contains(refused.Text(), "secrets list permission") {
		t.Errorf("the plan is not refused: %s", refused.Text())
	}
	w.calls()
	left, diags := w.proto.Apply(due)
	if len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), "secrets list permission") {
		t.Errorf("the apply is not refused: %s", diags.Text())
	}
	w.wantCalls()
	w.permitSecrets(armkeyvault.SecretPermissionsList)
	left, diags = w.fail(left, config)
	if !strings.Contains(diags.Text(), "secrets set permission") || !strings.Contains(diags.Text(), secretPath) {
		t.Errorf("the sync says: %s", diags.Text())
	}
	w.permitSecrets(armkeyvault.SecretPermissionsAll)
	w.apply(left, config)
	w.wantHeld("key1")
}

// permitSecrets replaces what the owner may do with secrets.
func (w *world) permitSecrets(permissions ...armkeyvault.SecretPermissions) {
	w.t.Helper()
	policy := w.ShowVault(vaultName).Properties.AccessPolicies[0]
	policy.Permissions.Secrets = to.SliceOfPtrs(permissions...)
	w.UpdateVault(vaultName, armkeyvault.VaultPatchProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{policy}})
}

// leastRole is what a rotation with a secret needs, and why. The guide to storage keys in Key Vault has it.
func leastRole() map[string]bool {
	return map[string]bool{ // Whether it is a data action.
		"Microsoft.Storage/storageAccounts/read":                 false,
		"Microsoft.Storage/storageAccounts/listKeys/action":      false,
		"Microsoft.Storage/storageAccounts/regenerateKey/action": false,
		"Microsoft.KeyVault/vaults/read":                         false,
		"Microsoft.KeyVault/vaults/secrets/readMetadata/action":  true,
		"Microsoft.KeyVault/vaults/secrets/setSecret/action":     true,
		"Microsoft.KeyVault/vaults/secrets/update/action":        true,
		"Microsoft.KeyVault/vaults/secrets/getSecret/action":     true,
	}
}

// TestSecrets_leastRole rotates with the least role. Without one of its actions, an error names that action.
func TestSecrets_leastRole(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../docs/guides/storage-keys-in-key-vault.md")
	if err != nil {
		t.Fatal(err)
	}
	for missing := range leastRole() {
		if !strings.Contains(string(guide), "| `"+missing+"`") {
			t.Errorf("the guide does not name %s", missing)
		}
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			w, config := newSecret(t, acctest.Value{"disable_old_versions": true})
			w.byRoles()
			config["verify"] = []any{acctest.Value{"signed": true, "attempts": 1}}
			run := func(proto *acctest.Proto) (said string) {
				t.Helper()
				object := acctest.Object{}
				for i := range 4 {
					config["rotate_when_changed"] = acctest.Value{"n": string(rune('a' + i/2))}
					proto.NextRun()
					var diags acctest.Diagnostics
					if object.State != nil {
						if object, diags = proto.Read(object); len(diags.Errors()) > 0 {
							return diags.Text()
						}
					}
					plan := proto.Plan(resourceType, object, config)
					if said = plan.Diagnostics.Errors().Text(); said != "" {
						return said
					}
					if object, diags = proto.Apply(plan); len(diags.Errors()) > 0 || strings.Contains(diags.Text(), "Unfinished") {
						return diags.Text()
					}
					w.Azure.Advance(25 * hours)
				}
				wantPhase(t, object, "complete")
				return ""
			}
			if said := run(w.may(leastRole(), missing)); !strings.Contains(strings.ToLower(said), strings.ToLower(missing)) {
				t.Errorf("without %s: %s", missing, said)
			}
			if missing == "Microsoft.Storage/storageAccounts/read" { // Once is enough.
				if said := run(w.may(leastRole(), "")); said != "" {
					t.Errorf("with the least role: %s", said)
				}
			}
		})
	}
}

// byRoles has roles decide in the vault.
func (w *world) byRoles() {
	w.t.Helper()
	w.UpdateVault(vaultName, armkeyvault.VaultPatchProperties{EnableRbacAuthorization: to.Ptr(true)})
}

// may returns the provider for somebody who may do all of these actions but one.
func (w *world) may(actions map[string]bool, but string) *acctest.Proto {
	w.t.Helper()
	var permission armauthorization.Permission
	for action, ofData := range actions {
		switch {
		case action == but:
		case ofData:
			permission.DataActions = append(permission.DataActions, &action)
		default:
			permission.Actions = append(permission.Actions, &action)
		}
	}
	return w.Permitted(permission)
}

// TestSecrets_owners refuses a secret that another rotation of the configuration has, and one with a key of
// another storage account, unless that is gone or this rotation had it.
func TestSecrets_owners(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t)
	object := w.apply(acctest.Object{}, config)
	w.newStorage("fabrikam")
	other := with(config, acctest.Value{"storage_account_id": w.storage("fabrikam")})
	w.plan(object, config)
	second := w.proto.Plan(resourceType, acctest.Object{}, other)
	wantSaid(t, second.Diagnostics.Errors(), "Secret Set Twice (ROT010)", secretPath, "the rotation of contoso")

	w.proto = w.Proto()
	second = w.proto.Plan(resourceType, acctest.Object{}, other)
	wantSaid(t, second.Diagnostics.Errors(), "Secret Of Another Storage Account (ROT010)", "holds a key of contoso")

	moved := w.plan(object, other)
	wantSilence(t, moved.Diagnostics.Errors())

	if _, err := w.accounts().Delete(t.Context(), fixture.Group, "contoso", nil); err != nil {
		t.Fatal(err)
	}
	w.apply(acctest.Object{}, other)
	secret, err := w.Secrets(vaultName).GetSecret(t.Context(), secretName, "", nil)
	if err != nil || *secret.Value != w.keys("fabrikam")["key2"] {
		t.Errorf("the secret does not hold the key of the new account: %v", err)
	}
}

// TestSecrets_verify proves the key that the secret holds before the other one is regenerated.
func TestSecrets_verify(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t, acctest.Value{"holds": "connection_string"})
	config["verify"] = []any{acctest.Value{"signed": true, "attempts": 1}}
	object := w.apply(acctest.Object{}, config)
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	w.Advance(25 * hours)
	object = w.apply(object, config)
	w.Advance(25 * hours)
	w.calls()
	due := w.plan(object, config)
	w.allowSharedKeys(false)
	left, diags := w.proto.Apply(due)
	wantSaid(t, diags.Errors(), "Verification Failed (ROT004)", "https://contoso.blob.core.windows.net/, signed with the key "+
		"that the Key Vault secret "+secretPath+" holds", "answers 403 KeyBasedAuthenticationNotPermitted instead of 200")
	w.wantCalls()
	if sig := "sig="; strings.Contains(diags.Text(), sig) {
		t.Errorf("the error shows a signature: %s", diags.Text())
	}
	w.allowSharedKeys(true)
	left = w.apply(left, config)
	wantPhase(t, left, "complete")
}

func (w *world) allowSharedKeys(allowed bool) {
	w.t.Helper()
	_, err := w.accounts().Update(context.WithoutCancel(w.t.Context()), fixture.Group, "contoso", armstorage.AccountUpdateParameters{
		Properties: &armstorage.AccountPropertiesUpdateParameters{AllowSharedKeyAccess: &allowed},
	}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestSecrets_refused has wrong configurations be refused before anything is asked.
func TestSecrets_refused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	vault := w.ID(azure.VaultType, vaultName)
	good := acctest.Value{"id": "https://contoso-kv.vault.azure.net/secrets/storage-key"}
	many := acctest.Value{}
	for i := range 12 {
		many[string(rune('a'+i))] = "x"
	}
	for name, test := range map[string]struct {
		secrets []any
		says    string
	}{
		"no name":         {[]any{acctest.Value{"key_vault_id": vault}}, "without both key_vault_id and name"},
		"both":            {[]any{with(good, acctest.Value{"name": "x"})}, "id alone, or key_vault_id and name"},
		"a version":       {[]any{acctest.Value{"id": good["id"].(string) + "/" + strings.Repeat("0", 32)}}, "Leave the version out"},
		"a key":           {[]any{acctest.Value{"id": "https://contoso-kv.vault.azure.net/keys/storage-key"}}, "the identifier of a key"},
		"its resource ID": {[]any{acctest.Value{"id": vault + "/secrets/storage-key"}}, "https://contoso-kv.vault.azure.net/secrets/storage-key"},
		"a bad name":      {[]any{acctest.Value{"key_vault_id": vault, "name": "storage_key"}}, "1 to 127 letters, digits and hyphens"},
		"twice":           {[]any{good, acctest.Value{"key_vault_id": vault, "name": "Storage-Key"}}, "twice"},
		"its own tags":    {[]any{with(good, acctest.Value{"tags": acctest.Value{"credentialid": "x"}})}, "Give the tag another name"},
		"many tags":       {[]any{with(good, acctest.Value{"tags": many})}, "11 tags or fewer"},
		"a suffix":        {[]any{with(good, acctest.Value{"endpoint_suffix": "core.windows.net"})}, "A key has no endpoints"},
	} {
		diags := w.proto.Validate(resourceType, acctest.Value{"storage_account_id": w.storage("contoso"), "secrets": test.secrets})
		if text := diags.Text(); len(diags.Errors()) == 0 || !strings.Contains(text, test.says) || !strings.Contains(text, "ROT010") {
			t.Errorf("%s: %s", name, text)
		}
	}
	diags := w.proto.Validate(resourceType, acctest.Value{
		"storage_account_id": w.storage("contoso"), "verify": []any{acctest.Value{"signed": true}},
	})
	wantSaid(t, diags, "Nothing To Sign With", "Add the secrets")
}

// TestSecrets_readers rotates the keys again and again under applications that read the secret once a day, each
// at another hour: not one request of theirs is refused.
func TestSecrets_readers(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]acctest.Value{
		"both":      {"rotation_interval": "P2D"},
		"alternate": {"strategy": "alternate", "rotation_interval": "P1D"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, secret := newSecret(t, acctest.Value{"holds": "connection_string", "disable_old_versions": true})
			config := with(secret, config)
			object := w.apply(acctest.Object{}, config)
			for range 3 {
				w.Azure.Advance(7 * hours)
				w.read(day)
			}
			for range 40 {
				w.Azure.Advance(5 * hours)
				object, _ = w.proto.Apply(w.plan(object, config))
			}
			if down := acctest.DownApplications(t.Context(), w.Rehearsal()); len(down) > 0 {
				t.Errorf("applications stopped: %v", down)
			}
			if made := len(w.versions()); made < 5 {
				t.Errorf("the secret has had %d versions", made)
			}
		})
	}
}

// TestSecrets_emergencyStopsReaders shows what the warning about an emergency warns of: an application that
// reads the secret once a day stops until it reads it again.
func TestSecrets_emergencyStopsReaders(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t, acctest.Value{"holds": "connection_string"})
	object := w.apply(acctest.Object{}, config)
	w.read(day)
	w.apply(object, with(config, acctest.Value{"emergency": true}))
	running := func() bool {
		records, err := w.Rehearsal().Applications(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return records[0].Up
	}
	if running() {
		t.Error("the application works with a key that is regenerated")
	}
	w.Azure.Advance(day)
	if !running() {
		t.Error("the application does not come back")
	}
}

// read adds an application that reads the secret, and works with what it has read for a time.
func (w *world) read(cache time.Duration) {
	w.t.Helper()
	_, err := w.Rehearsal().AddApplication(context.WithoutCancel(w.t.Context()), application.Application{
		Secret: w.Client.Cloud().VaultURI(vaultName) + "secrets/" + secretName, Account: "contoso",
		Cache: fault.Duration(cache),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestSecrets_dataSource shows which key a secret holds, and whether that is a present one.
func TestSecrets_dataSource(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t, acctest.Value{"holds": "connection_string"})
	w.apply(acctest.Object{}, config)
	read := func() acctest.Value {
		t.Helper()
		shown, diags := w.proto.ReadData(resourceType, acctest.Value{
			"storage_account_id": w.storage("contoso"), "secret_ids": []any{"https://contoso-kv.vault.azure.net/secrets/storage-key"},
		})
		wantSilence(t, diags)
		return shown["dependents"].([]any)[0].(acctest.Value)
	}
	if shown := read(); shown["holds"] != "key2" || shown["behind"] != false || shown["last_synced_at"] == nil {
		t.Errorf("a secret that was synced: %v", shown)
	}
	w.regenerate("contoso", "key2")
	if shown := read(); shown["holds"] != "key2" || shown["behind"] != true {
		t.Errorf("a secret whose key was regenerated: %v", shown)
	}
	refused := w.proto.ValidateData(resourceType, acctest.Value{
		"storage_account_id": w.storage("contoso"), "secret_ids": []any{"https://contoso-kv.vault.azure.net/keys/k"},
	})
	wantSaid(t, refused, "Secret Cannot Be Renewed (ROT010)", "the identifier of a key")
}

// TestSecrets_changeInPlace changes every argument of a secret, and how a verification signs.
func TestSecrets_changeInPlace(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t, acctest.Value{
		"content_type": "storage key", "expires_after": "P180D", "tags": acctest.Value{"team": "media"},
		"disable_old_versions": true, "holds": "key",
	})
	config["verify"] = []any{acctest.Value{"signed": true}}
	object := w.apply(acctest.Object{}, config)
	config["secrets"] = []any{acctest.Value{
		"id":    "https://" + vaultName + ".vault.azure.net/secrets/other-key",
		"holds": "connection_string", "endpoint_suffix": "core.windows.net", "content_type": "a connection string", "expires_after": "P90D",
		"tags": acctest.Value{"team": "storage"}, "disable_old_versions": false,
	}}
	config["verify"] = []any{acctest.Value{"url": "https://contoso.blob.core.windows.net/", "expected_status": 400}}
	if plan := w.plan(object, config); len(plan.Replace) > 0 {
		t.Errorf("%v replaces the rotation", plan.Replace)
	}
	wantPhase(t, w.apply(object, config), "complete")
}
