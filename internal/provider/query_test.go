// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestQuery_everyResource lists every resource of an estate: by identity alone, and with all that an import
// reads. The configuration that Terraform generates from it plans nothing.
func TestQuery_everyResource(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	want := map[string][]string{}
	for kind, objects := range everyKind(w, 2) {
		for _, one := range objects {
			want[kind] = append(want[kind], one.Identity["id"])
		}
	}
	proto := w.Proto()
	lists := slices.Sorted(maps.Keys(proto.Schemas().ListResourceSchemas))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(proto.Schemas().ResourceSchemas)), lists); diff != "" {
		t.Errorf("the lists (-resources +lists):\n%s", diff)
	}
	for _, kind := range lists {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			proto := w.Proto()
			bare, diags := proto.List(kind, acctest.Query{})
			var ids []string
			for _, one := range bare {
				ids = append(ids, one.Identity["id"])
				if one.State != nil || one.Name == "" {
					t.Errorf("%q shows %v", one.Name, one.State)
				}
			}
			slices.Sort(ids)
			slices.Sort(want[kind])
			if diff := cmp.Diff(want[kind], ids); diff != "" || len(diags) > 0 {
				t.Errorf("(-want +got):\n%s\n%s", diff, diags.Text())
			}
			whole, diags := proto.List(kind, acctest.Query{Include: true})
			if len(whole) != len(bare) || len(diags) > 0 {
				t.Fatalf("%d of %d: %s", len(whole), len(bare), diags.Text())
			}
			for _, one := range whole {
				imported, diags := proto.ImportByIdentity(kind, one.Identity)
				if diff := cmp.Diff(imported.State, one.State); diff != "" || len(diags) > 0 {
					t.Errorf("%s (-imported +listed):\n%s\n%s", one.Name, diff, diags.Text())
				}
				config := proto.Generated(one.Object)
				if diags := proto.Validate(kind, config); len(diags) > 0 {
					t.Errorf("%s generates what is not valid: %s", one.Name, diags.Text())
				}
				plan := proto.Plan(kind, imported, config)
				if diff := cmp.Diff(imported.State, plan.State); diff != "" || len(plan.Diagnostics.Errors()) > 0 {
					t.Errorf("%s plans (-state +plan):\n%s\n%s", one.Name, diff, plan.Diagnostics.Text())
				}
			}
			if limited, _ := proto.List(kind, acctest.Query{Limit: 1}); len(limited) != 1 {
				t.Errorf("%d with a limit of 1", len(limited))
			}
			nowhere := acctest.Query{Config: acctest.Value{"resource_group_name": "nowhere"}}
			if found, diags := proto.List(kind, nowhere); len(found)+len(diags) > 0 {
				t.Errorf("in a group that is not there: %v %s", found, diags.Text())
			}
		})
	}
}

// TestQuery_calls holds what a list of whole resources costs: the pages of lists, and requests for each only
// where no list shows it.
func TestQuery_calls(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	const size = 3
	estateOf(w, size)
	for _, kind := range slices.Sorted(maps.Keys(w.Proto().Schemas().ListResourceSchemas)) {
		want, limited := 1, 1
		switch kind {
		case "azuremedia_customer_key_attachment":
			want, limited = 4, 4 // A list for each kind of account.
		case "azuremedia_key_vault_key":
			want, limited = 1+3*size, 4 // The vaults; of each the list of keys, the key and its policy.
		}
		for limit, want := range map[int64]int{0: want, 1: limited} {
			proto := w.Proto()
			calls := w.Calls(func() { proto.List(kind, acctest.Query{Include: true, Limit: limit}) })
			if len(calls) != want {
				t.Errorf("%s with the limit %d: %d calls, want %d:\n%s", kind, limit, len(calls), want, strings.Join(calls, "\n"))
			}
			again := w.Calls(func() { proto.List(kind, acctest.Query{}) })
			if kind != "azuremedia_key_vault_key" && len(again) > 0 {
				t.Errorf("another list of %s asks again: %v", kind, again)
			}
		}
	}
}

// TestQuery_readsEachKeyOnce asks which accounts are behind: each key costs a read, and nothing else is examined.
func TestQuery_readsEachKeyOnce(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	const size = 2
	estateOf(w, size)
	proto := w.Proto()
	calls := w.Calls(func() {
		proto.List("azuremedia_customer_key_attachment", acctest.Query{Config: acctest.Value{"behind": false}})
	})
	if len(calls) != 4+size {
		t.Errorf("%d calls, want a list for each kind of account and a read of each key:\n%s", len(calls), strings.Join(calls, "\n"))
	}
}

// TestQuery_filters asks the questions that the filters are for.
func TestQuery_filters(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	ctx := t.Context()
	keys, roles := w.Vault("keys"), w.Vault("roles", fixture.ByRoles)
	w.Vault("unsafe", fixture.WithoutPurgeProtection)
	first := w.Key("keys", "media")
	versionless := first[:strings.LastIndex(first, "/")]
	w.Key("keys", "idle")
	reader, principal := w.Identity("reader")
	_, idle := w.Identity("idle")
	w.Grant("keys", principal)
	w.Grant("keys", idle)
	w.Assign(roles, idle, customerkey.RoleCryptoServiceEncryptionUserID)
	w.Assign(roles+"/keys/one", principal, customerkey.RoleCryptoServiceEncryptionUserID)
	w.Assign(roles, principal, customerkey.RoleCryptoUserID) // Another role is no grant of this resource.
	w.Account("following", "")
	w.Grant("keys", w.Principal("following"))
	w.Attach("following", versionless, "")
	w.Account("pinned", reader)
	w.Attach("pinned", first, reader)
	w.Account("lost", "")
	w.Grant("keys", w.Principal("lost"))
	w.Attach("lost", versionless, "")
	w.Revoke("keys", w.Principal("lost"))
	w.Account("plain", "")
	w.Advance(100 * 24 * time.Hour)
	newest := w.Rotate("keys", "media")
	w.UpdateKey("keys", "idle", "", azkeys.KeyAttributes{Expires: to.Ptr(w.Client.TimeOf("").Add(10 * 24 * time.Hour))})
	stores, err := w.Client.StorageAccounts(w.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"key1", "key2"} {
		if _, err := stores.RegenerateKey(ctx, fixture.Group, "plain", armstorage.AccountRegenerateKeyParameters{KeyName: &key}, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.Proto().Create("azuremedia_storage_account", acctest.Value{
		"name": "young", "resource_group_name": fixture.Group, "location": fixture.Location,
		"tags": acctest.Value{"team": "media"}, "shared_access_key_enabled": false,
	})
	w.Advance(time.Hour)

	for _, test := range []struct {
		kind   string
		config acctest.Value
		want   []string
	}{
		{"account", nil, []string{"following", "lost", "pinned", "plain"}},
		{"account", acctest.Value{"encryption_type": "SystemKey"}, []string{"plain"}},
		{"account", acctest.Value{"encryption_type": "CustomerKey"}, []string{"following", "lost", "pinned"}},
		{"account", acctest.Value{"key_vault_key_id": versionless}, []string{"following", "lost", "pinned"}},
		{"account", acctest.Value{"key_vault_key_id": first}, []string{"lost", "pinned"}},
		{"account", acctest.Value{"key_vault_key_id": newest}, []string{"following"}},
		{"account", acctest.Value{"storage_account_id": strings.ToUpper(w.ID(azure.StorageAccountType, "lost"))}, []string{"lost"}},
		{"storage_account", acctest.Value{"encryption_type": "CustomerKey"}, nil},
		{"storage_account", acctest.Value{"keys_older_than": "P90D"}, []string{"following", "lost", "pinned"}},
		{"storage_account", acctest.Value{"keys_older_than": "PT30M"}, []string{"following", "lost", "pinned", "plain", "young"}},
		{"storage_account", acctest.Value{"shared_access_key_enabled": false}, []string{"young"}},
		{"storage_account", acctest.Value{"required_tags": acctest.Value{"TEAM": "media", "none": nil}}, []string{"young"}},
		{"storage_account", acctest.Value{"required_tags": acctest.Value{"team": "Media"}}, nil},
		{"storage_key_rotation", nil, []string{"following", "lost", "pinned", "plain"}},
		{"storage_key_rotation", acctest.Value{"never_rotated": true}, []string{"following", "lost", "pinned"}},
		{"storage_key_rotation", acctest.Value{"never_rotated": false}, []string{"plain"}},
		{"storage_key_rotation", acctest.Value{"keys_older_than": "P101D"}, nil},
		{"storage_key_rotation", acctest.Value{"keys_older_than": "P99D", "keys_held": true}, []string{"following", "lost", "pinned"}},
		{"storage_key_rotation", acctest.Value{"keys_held": false}, nil},
		{"customer_key_attachment", nil, []string{"following", "lost", "pinned"}},
		{"customer_key_attachment", acctest.Value{"key_vault_id": keys}, []string{"following", "lost", "pinned"}},
		{"customer_key_attachment", acctest.Value{"key_vault_id": roles}, nil},
		{"customer_key_attachment", acctest.Value{"key_vault_key_id": newest}, []string{"following"}},
		{"customer_key_attachment", acctest.Value{"behind": true}, []string{"lost", "pinned"}},
		{"customer_key_attachment", acctest.Value{"behind": false}, []string{"following"}},
		{"customer_key_attachment", acctest.Value{"without_access": true}, []string{"lost"}},
		{"customer_key_attachment", acctest.Value{"without_access": false, "behind": true}, []string{"pinned"}},
		{"customer_key_grant", acctest.Value{"principal_id": strings.ToUpper(principal)}, []string{"on keys", "on roles/one"}},
		{"customer_key_grant", acctest.Value{"principal_id": idle}, []string{"on keys", "on roles"}},
		{"customer_key_grant", acctest.Value{"key_vault_id": roles}, []string{"on roles", "on roles/one"}},
		{"customer_key_grant", acctest.Value{"in_use": false, "principal_id": principal}, []string{"on roles/one"}},
		{"customer_key_grant", acctest.Value{"in_use": true}, []string{"on keys", "on keys"}},
		{"user_assigned_identity", acctest.Value{"reads_key": true}, []string{"reader"}},
		{"user_assigned_identity", acctest.Value{"reads_key": false}, []string{"idle"}},
		{"key_vault", acctest.Value{"in_use": true}, []string{"keys"}},
		{"key_vault", acctest.Value{"purge_protection_enabled": false}, []string{"unsafe"}},
		{"key_vault_key", nil, []string{"keys/idle", "keys/media"}},
		{"key_vault_key", acctest.Value{"key_vault_id": roles}, nil},
		{"key_vault_key", acctest.Value{"in_use": false}, []string{"keys/idle"}},
		{"key_vault_key", acctest.Value{"older_than": "P90D"}, []string{"keys/idle"}},
		{"key_vault_key", acctest.Value{"expires_within": "P10D"}, []string{"keys/idle"}},
		{"key_vault_key", acctest.Value{"expires_within": "P9D"}, nil},
		{"resource_group", acctest.Value{"required_tags": acctest.Value{"team": "media"}}, nil},
		{"resource_group", acctest.Value{"resource_group_name": "MEDIA"}, []string{"media"}},
	} {
		name := fmt.Sprint(test.kind, test.config)
		listed, diags := w.Proto().List("azuremedia_"+test.kind, acctest.Query{Config: test.config, Include: true})
		var got []string
		for _, one := range listed {
			if test.kind == "customer_key_grant" {
				one.Name = one.Name[strings.Index(one.Name, "on "):]
			}
			got = append(got, one.Name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		// The caller may read neither the keys nor the secrets of all vaults.
		if _, held := test.config["keys_held"]; test.kind != "key_vault_key" && !held && len(diags) > 0 {
			t.Errorf("%s: %s", name, diags.Text())
		}
	}
}

// TestQuery_saysWhatItDoesNotSee lists what the caller may not: an error where nothing can be listed, a warning
// where something may be missing, and nothing where there is no such service.
func TestQuery_saysWhatItDoesNotSee(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path, code string
		status     int
		kind       string
		config     acctest.Value
		found      int
		errors     []string
		warnings   []string
	}{
		"the resources themselves": {
			path: "*/storageAccounts", status: 403, code: "AuthorizationFailed", kind: "storage_account",
			errors: []string{"Storage Accounts Not Listed", "Listing the storage accounts of /subscriptions/", "AuthorizationFailed"},
		},
		"a vault": {
			path: "*/keys", status: 403, code: "Forbidden", kind: "key_vault_key",
			warnings: []string{"Not Everything Listed", "the keys of the vaults keys", "Query with a login"},
		},
		"one kind of account": {
			path: "*/batchAccounts", status: 403, code: "AuthorizationFailed", kind: "customer_key_attachment", found: 1,
			warnings: []string{"Not Everything Listed", "Batch accounts in the subscription", "AuthorizationFailed"},
		},
		"the newest version of a key": {
			path: "/keys/media*", status: 400, code: "BadParameter", kind: "customer_key_attachment",
			config: acctest.Value{"behind": true}, warnings: []string{"the newest version of https://keys.vault.azure.net/keys/media", "BadParameter"},
		},
		"who uses a vault": {
			path: "*/batchAccounts", status: 403, code: "AuthorizationFailed", kind: "key_vault", found: 1,
			config: acctest.Value{"in_use": true}, warnings: []string{"Batch accounts in the subscription"},
		},
		"who holds keys": {
			path: "*/workspaces", status: 403, code: "AuthorizationFailed", kind: "storage_key_rotation", found: 1,
			config: acctest.Value{"keys_held": true}, warnings: []string{"Machine Learning workspaces in the subscription"},
		},
		"a service that is gone": {
			path: "*/videoAnalyzers", status: 404, code: "InvalidResourceType", kind: "video_analyzer",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			w.Vault("keys")
			key := w.Key("keys", "media")
			w.Account("contoso", "")
			w.Grant("keys", w.Principal("contoso"))
			w.Attach("contoso", key, "")
			if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
				Kind: fault.Error, Method: http.MethodGet, Path: test.path, Status: test.status, Code: test.code, Times: -1,
			}); err != nil {
				t.Fatal(err)
			}
			found, diags := w.Proto().List("azuremedia_"+test.kind, acctest.Query{Config: test.config, Include: true})
			if len(found) != test.found {
				t.Errorf("found %v", found)
			}
			for _, one := range []struct {
				diags acctest.Diagnostics
				texts []string
			}{{diags.Errors(), test.errors}, {diags.Warnings(), test.warnings}} {
				if len(one.texts) == 0 && len(one.diags) > 0 {
					t.Error(one.diags.Text())
				}
				for _, text := range one.texts {
					if !strings.Contains(one.diags.Text(), text) {
						t.Errorf("lacks %q: %s", text, diags.Text())
					}
				}
			}
		})
	}
}

// TestQuery_leavesOutKeysOfCertificates lists a key only if Key Vault does not manage it for a certificate.
func TestQuery_leavesOutKeysOfCertificates(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	w.Key("keys", "media")
	w.Wrap(func(through http.RoundTripper) http.RoundTripper {
		return acctest.RoundTripper(func(req *http.Request) (*http.Response, error) {
			resp, err := through.RoundTrip(req)
			if err != nil || req.URL.Path != "/keys" || resp.StatusCode != http.StatusOK {
				return resp, err
			}
			body, err := io.ReadAll(resp.Body)
			body = bytes.Replace(body, []byte(`"attributes"`), []byte(`"managed":true,"attributes"`), 1)
			resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			return resp, err
		})
	})
	if found, diags := w.Proto().List("azuremedia_key_vault_key", acctest.Query{}); len(found)+len(diags) > 0 {
		t.Errorf("found %v: %s", found, diags.Text())
	}
}
