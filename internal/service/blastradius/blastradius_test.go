// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blastradius_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const dataSource = "azuremedia_blast_radius"

// world is an Azure with accounts of every kind, on one key and one storage account, and with one of each
// subject on which nobody depends.
type world struct {
	*fixture.World
	t *testing.T
	// pinned and newest are versions of the key, of which the first is in use by one account alone.
	pinned, newest string
	reader         string // The ID of the identity that reads it, and principal its object ID.
	principal      string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: fixture.New(t), t: t}
	w.Vault("keys")
	w.pinned = w.Key("keys", "media")
	w.reader, w.principal = w.Identity("reader")
	w.Grant("keys", w.principal)
	w.attach(w.Account("contoso", w.reader), w.pinned, w.reader)
	w.newest = w.Rotate("keys", "media")

	storage := w.ID(azure.StorageAccountType, "contoso")
	w.VideoAnalyzer("analyzer", storage, w.reader, w.principal)
	w.attach(w.BatchAccount("batch", storage), w.key(), "")
	w.Grant("keys", *w.ShowBatchAccount("batch").Identity.PrincipalID)
	w.Workspace("learning", storage, "AccessKey")

	w.Vault("spare", fixture.WithoutPurgeProtection)
	w.Key("spare", "spare")
	w.Identity("spare")
	return w
}

func (w *world) key() string { return w.pinned[:strings.LastIndexByte(w.pinned, '/')] }

func (w *world) attach(id, key, identity string) {
	w.t.Helper()
	kind, err := protection.Of(w.Client, id)
	w.must(err)
	if principal := w.systemPrincipal(id); identity == "" && principal != "" {
		w.Grant("keys", principal)
	}
	_, err = kind.Attach(w.t.Context(), id, protection.Attachment{Key: customerkey.ReadKeyID(key), UserAssignedIdentityID: identity})
	w.must(err)
}

func (w *world) systemPrincipal(id string) string {
	w.t.Helper()
	account, err := protection.Read(w.t.Context(), w.Client, id)
	w.must(err)
	return account.SystemPrincipalID
}

// store makes a storage account that nobody uses.
func (w *world) store(name string) string {
	w.t.Helper()
	stores, err := w.Client.StorageAccounts(w.SubscriptionID())
	w.must(err)
	creation, err := stores.BeginCreate(w.t.Context(), fixture.Group, name, armstorage.AccountCreateParameters{
		Location: to.Ptr(fixture.Location), Kind: to.Ptr(armstorage.KindStorageV2),
		SKU: &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
	}, nil)
	w.must(err)
	made, err := azure.Await(w.t.Context(), creation)
	w.must(err)
	return *made.ID
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// subject is what a test asks about, and the answer: a line for each account.
type subject struct {
	id, kind, name string
	accounts       []string
	summary        string
}

// subjects are of every kind, each once with somebody who depends on it and once with nobody.
func (w *world) subjects() map[string]subject {
	w.t.Helper()
	spare := w.ID(azure.VaultType, "spare")
	_, unused := w.Identity("unused")
	w.Grant("spare", unused)
	version := func(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }
	const yes, no = "recoverable", "final"
	return map[string]subject{
		"key": {
			w.key(), "key", "media",
			[]string{"Batch account batch by key: " + yes, "Media Services account contoso by key: " + yes},
			"2 accounts depend on the key media; the loss can be undone.",
		},
		"unused_key": {
			"https://spare.vault.azure.net/keys/spare", "key", "spare", nil, "No account depends on the key spare.",
		},
		"version": {
			w.pinned, "key version", "media/" + version(w.pinned),
			[]string{"Batch account batch by key version: " + yes, "Media Services account contoso by key version: " + yes},
			"2 accounts depend on the key version media/" + version(w.pinned) + "; the loss can be undone.",
		},
		"newest_version": { // A Batch account does not tell which version it uses.
			w.newest, "key version", "media/" + version(w.newest),
			[]string{"Batch account batch by key version: " + yes},
			"The Batch account batch depends on the key version media/" + version(w.newest) + "; the loss can be undone.",
		},
		"vault": {
			w.ID(azure.VaultType, "keys"), "vault", "keys",
			[]string{"Batch account batch by vault: " + yes, "Media Services account contoso by vault: " + yes},
			"2 accounts depend on the vault keys; the loss can be undone.",
		},
		"unused_vault": {spare, "vault", "spare", nil, "No account depends on the vault spare."},
		"grant": {
			w.ID(azure.VaultType, "keys") + "/objectId/" + w.principal, "grant", w.principal + " in keys",
			[]string{"Media Services account contoso by grant: " + yes},
			"The Media Services account contoso depends on the grant " + w.principal + " in keys; the loss can be undone.",
		},
		"unused_grant": {
			spare + "/objectId/" + unused, "grant", unused + " in spare", nil,
			"No account depends on the grant " + unused + " in spare.",
		},
		"identity": {
			w.reader, "identity", "reader",
			[]string{"Media Services account contoso by identity: " + no, "Video Analyzer account analyzer by managed identity: " + yes},
			"2 accounts depend on the identity reader; nothing certain undoes the loss of 1 of them.",
		},
		"unused_identity": {
			w.ID(azure.UserAssignedIdentityType, "spare"), "identity", "spare", nil, "No account depends on the identity spare.",
		},
		"storage": {
			w.ID(azure.StorageAccountType, "contoso"), "storage account", "contoso",
			[]string{
				"Media Services account contoso by access keys: " + no, "Video Analyzer account analyzer by managed identity: " + no,
				"Batch account batch by access keys: " + no, "Machine Learning workspace learning by access keys: " + no,
			},
			"4 accounts depend on the storage account contoso; nothing certain undoes the loss.",
		},
		"unused_storage": {
			w.store("unused"), "storage account", "unused", nil, "No account depends on the storage account unused.",
		},
	}
}

// TestAccBlastRadius asks about every kind of subject, on which somebody or nobody depends.
func TestAccBlastRadius(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var data strings.Builder
	var checks []statecheck.StateCheck
	for name, subject := range w.subjects() {
		fmt.Fprintf(&data, "data %q %q {\n  resource_id = %q\n}\n", dataSource, name, subject.id)
		shown := check.Resource("data." + dataSource + "." + name)
		checks = append(checks,
			shown.Has("kind", knownvalue.StringExact(subject.kind)),
			shown.Has("name", knownvalue.StringExact(subject.name)),
			shown.Has("known", knownvalue.Bool(true)),
			shown.Has("accounts", knownvalue.ListSizeExact(len(subject.accounts))),
			shown.Has("summary", knownvalue.StringExact(subject.summary)),
		)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps:                    []resource.TestStep{{Config: w.Config(data.String()), ConfigStateChecks: checks}},
	})
}

// read returns what is shown of a subject.
func (w *world) read(proto *acctest.Proto, id string, arguments acctest.Value) acctest.Value {
	w.t.Helper()
	config := acctest.Value{"resource_id": id}
	for name, value := range arguments {
		config[name] = value
	}
	shown, diags := proto.ReadData(dataSource, config)
	if len(diags) > 0 {
		w.t.Fatal(diags.Text())
	}
	return shown
}

// lines returns the accounts as a [subject] has them.
func lines(shown acctest.Value) (found []string) {
	accounts, _ := shown["accounts"].([]any)
	for _, one := range accounts {
		account, _ := one.(acctest.Value)
		undone := "unknown"
		if certain, ok := account["recoverable"].(bool); ok {
			undone = map[bool]string{true: "recoverable", false: "final"}[certain]
		}
		found = append(found, fmt.Sprintf("%s %s by %s: %s", account["kind"], account["name"], account["depends_by"], undone))
	}
	return found
}

// TestBlastRadius holds every answer against what is expected, and counts the calls: one list for each kind
// of account, at most twice, however many accounts there are.
func TestBlastRadius(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, subject := range w.subjects() {
		proto := w.Proto()
		var shown acctest.Value
		calls := w.Calls(func() { shown = w.read(proto, subject.id, nil) })
		if diff := cmp.Diff(subject.accounts, lines(shown)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if shown["summary"] != subject.summary || shown["kind"] != subject.kind || shown["name"] != subject.name {
			t.Errorf("%s: %v, %v, %v", name, shown["kind"], shown["name"], shown["summary"])
		}
		for _, call := range calls {
			for _, account := range []string{"contoso", "batch", "analyzer", "learning"} {
				if strings.HasSuffix(call, "/"+account) && !strings.Contains(call, "storageAccounts/contoso") {
					t.Errorf("%s: a call for one account: %s", name, call)
				}
			}
		}
		if again := w.Calls(func() { w.read(proto, subject.id, nil) }); slices.ContainsFunc(again, func(call string) bool {
			return slices.Contains(calls, call) && strings.HasSuffix(call, "ccounts") || strings.HasSuffix(call, "/workspaces")
		}) {
			t.Errorf("%s lists the accounts again: %v", name, again)
		}
	}
}

// TestBlastRadius_says what happens to each account, and what undoes it.
func TestBlastRadius_says(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id, want := range map[string][]string{
		w.key(): {"az keyvault key recover --vault-name keys --name media, before its retention period ends."},
		w.pinned: {
			"It can only be read and deleted until it can access its key again.",
			"az keyvault key set-attributes --vault-name keys --name media --version ",
		},
		w.ID(azure.VaultType, "keys"):                              {"az keyvault recover --name keys, before its retention period ends."},
		w.ID(azure.VaultType, "keys") + "/objectId/" + w.principal: {"az keyvault set-policy --name keys --object-id " + w.principal},
		w.reader: {"None is documented", "It cannot access the storage account contoso."},
		w.ID(azure.StorageAccountType, "contoso"):                  {"cannot work with another storage account.", "Azure deletes the data"},
		strings.ToUpper(w.ID(azure.StorageAccountType, "contoso")): {"cannot work with another storage account."},
	} {
		text := fmt.Sprint(w.read(w.Proto(), id, nil))
		for _, sentence := range want {
			if !strings.Contains(text, sentence) {
				t.Errorf("%s: %q is not in\n%s", id, sentence, text)
			}
		}
	}
}

// TestBlastRadius_roles leaves out an account that has access by another role assignment as well.
func TestBlastRadius_roles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	vault := w.Vault("roles", fixture.ByRoles)
	key := w.Key("roles", "media")
	w.Assign(vault, w.principal, customerkey.RoleCryptoServiceEncryptionUserID)
	id, err := protection.Of(w.Client, w.ID(azure.MediaAccountType, "contoso"))
	w.must(err)
	_, err = id.Attach(t.Context(), w.ID(azure.MediaAccountType, "contoso"), protection.Attachment{
		Key: customerkey.ReadKeyID(key), UserAssignedIdentityID: w.reader,
	})
	w.must(err)
	grant := vault + "/objectId/" + w.principal
	if got := lines(w.read(w.Proto(), grant, nil)); len(got) != 1 {
		t.Errorf("the account reads its key by the grant: %v", got)
	}
	if got := fmt.Sprint(w.read(w.Proto(), vault, nil)); !strings.Contains(got, "role assignments do not come back") {
		t.Error(got)
	}
	w.Assign(customerkey.KeyScope(vault, "media"), w.principal, customerkey.RoleCryptoServiceEncryptionUserID)
	if got := lines(w.read(w.Proto(), grant, nil)); len(got) > 0 {
		t.Errorf("another assignment gives the same access: %v", got)
	}
	if got := lines(w.read(w.Proto(), vault+"/keys/media/objectId/"+w.principal, nil)); len(got) > 0 {
		t.Errorf("another assignment gives the same access: %v", got)
	}
}

// TestBlastRadius_unseen shows what could not be read, and never takes it for nobody.
func TestBlastRadius_unseen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const elsewhere = "11111111-2222-3333-4444-555555555555"
	shown := w.read(w.Proto(), w.key(), acctest.Value{"subscription_ids": []any{elsewhere}})
	unseen, _ := shown["unseen"].([]any)
	if len(unseen) != 4 || shown["known"] != false || len(lines(shown)) != 2 ||
		!strings.HasSuffix(fmt.Sprint(shown["summary"]), "; not everything could be read.") ||
		!slices.Contains(unseen, any("Batch accounts in the subscription "+elsewhere+" (SubscriptionNotFound)")) {
		t.Errorf("got %v, %v", unseen, shown["summary"])
	}
	forbid := func(path string) {
		_, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: http.MethodGet, Path: path, Status: 403, Code: "AuthorizationFailed", Times: -1,
		})
		w.must(err)
	}
	forbid("*/workspaces")
	forbid("*/vaults/keys")
	forbid("*/userAssignedIdentities/reader")
	forbid("*/storageAccounts/contoso")
	for id, want := range map[string][]any{
		w.ID(azure.VaultType, "keys"): {"the vault keys"},
		w.reader: {
			"the identity reader", "Machine Learning workspaces in the subscription " + w.SubscriptionID() + " (AuthorizationFailed)",
		},
		w.ID(azure.StorageAccountType, "contoso"): {
			"the storage account contoso", "Machine Learning workspaces in the subscription " + w.SubscriptionID() + " (AuthorizationFailed)",
		},
	} {
		shown := w.read(w.Proto(), id, nil)
		if diff := cmp.Diff(want, shown["unseen"]); diff != "" || len(lines(shown)) < 2 {
			t.Errorf("%s (-want +got):\n%s\n%v", id, diff, lines(shown))
		}
	}
	if got := lines(w.read(w.Proto(), w.ID(azure.VaultType, "keys"), nil)); !strings.HasSuffix(got[0], "unknown") {
		t.Errorf("whether it can be undone is unknown: %v", got)
	}
}

// TestBlastRadius_refuses what is no subject, and what is not there.
func TestBlastRadius_refuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id, want := range map[string]string{
		w.ID(azure.MediaAccountType, "contoso"):                     "Nothing That Accounts Depend On",
		"contoso":                                                   "Nothing That Accounts Depend On",
		"https://keys.vault.azure.net/secrets/media":                "(CMK010)",
		"https://keys.vault.azure.net/keys/absent":                  "Found: no key with the ID ",
		"https://absent.vault.azure.net/keys/absent":                "Found: no key with the ID ",
		w.ID(azure.VaultType, "absent"):                             "Found: no vault with the ID ",
		w.ID(azure.VaultType, "spare") + "/objectId/" + w.principal: "Found: no grant with the ID ",
		w.ID(azure.UserAssignedIdentityType, "absent"):              "Found: no identity with the ID ",
		w.ID(azure.StorageAccountType, "absent"):                    "Found: no storage account with the ID ",
	} {
		proto := w.Proto()
		diags := proto.ValidateData(dataSource, acctest.Value{"resource_id": id})
		if len(diags) == 0 {
			_, diags = proto.ReadData(dataSource, acctest.Value{"resource_id": id})
		}
		if len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), want) {
			t.Errorf("%s: %s", id, diags.Text())
		}
	}
}

// TestBlastRadius_secrets finds the secrets that hold a storage key, by the storage account and by the vault.
func TestBlastRadius_secrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := w.store("shop")
	w.Vault("apps")
	for name, tags := range map[string]map[string]*string{
		"shop-key": {"ProviderAddress": &store, "CredentialId": to.Ptr("key1")}, "password": nil,
	} {
		_, err := w.Secrets("apps").SetSecret(t.Context(), name, azsecrets.SetSecretParameters{Value: to.Ptr("x"), Tags: tags}, nil)
		w.must(err)
	}
	for id, want := range map[string]string{
		store:                         "Key Vault secret apps/shop-key by storage key: final",
		w.ID(azure.VaultType, "apps"): "Key Vault secret apps/shop-key by vault: recoverable",
	} {
		if diff := cmp.Diff([]string{want}, lines(w.read(w.Proto(), id, nil))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
	policy := w.ShowVault("apps").Properties.AccessPolicies[0]
	policy.Permissions.Secrets = nil
	w.UpdateVault("apps", armkeyvault.VaultPatchProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{policy}})
	if unseen := fmt.Sprint(w.read(w.Proto(), store, nil)); !strings.Contains(unseen, "secrets in the vault apps (Forbidden)") {
		t.Errorf("nobody says that the secrets are hidden: %s", unseen)
	}
}
