// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// TestNouns_neverJudgeWhatAzureHolds has Azure hold the identifier of the key in another spelling, or
// something that is no key at all: an account is read, planned and destroyed all the same.
func TestNouns_neverJudgeWhatAzureHolds(t *testing.T) {
	t.Parallel()
	const plain = "https://keys.vault.azure.net/keys/media"
	for name, test := range map[string]struct {
		held string
		// parts are the address and the name of the key, as a storage account has them.
		vault, key string
		// other says that it is not the same key.
		other bool
	}{
		"a port":  {"https://keys.vault.azure.net:443/keys/media", "https://keys.vault.azure.net:443/", "media", false},
		"a slash": {plain + "/", "https://keys.vault.azure.net", "media/", false},
		"a query": {plain + "?api-version=7.4", "https://keys.vault.azure.net/", "media?api-version=7.4", false},
		"no key":  {"https://keys.vault.azure.net/secrets/media", "https://keys.vault.azure.net/", "not a key", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for name, noun := range nouns() {
				w := noun.world(t)
				made := noun.protected(t, w, w.Proto())
				config := noun.config(w, plain, w.identity)
				held := test.held
				proto := w.protoThrough(t, func(request *http.Request, body []byte) []byte {
					if !strings.HasSuffix(strings.ToLower(request.URL.Path), w.path()) {
						return body
					}
					body = bytes.ReplaceAll(body, []byte(`"keyIdentifier":"`+plain+`"`), []byte(`"keyIdentifier":"`+held+`"`))
					body = bytes.ReplaceAll(body, []byte(`"keyvaulturi":"https://keys.vault.azure.net/"`), []byte(`"keyvaulturi":"`+test.vault+`"`))
					return bytes.ReplaceAll(body, []byte(`"keyname":"media"`), []byte(`"keyname":"`+test.key+`"`))
				})
				if noun.kind == "storage" {
					held = strings.TrimSuffix(test.vault, "/") + "/keys/" + test.key
				}

				read, diags := proto.Read(made)
				if len(diags) > 0 {
					t.Fatalf("%s: reading: %s", name, diags.Text())
				}
				want := plain
				if test.other {
					want = held
				}
				if got := keyIn(read); got != want {
					t.Errorf("%s: the state has %s, want %s", name, got, want)
				}
				plan := proto.Plan(noun.resource(), read, config)
				if len(plan.Diagnostics) > 0 {
					t.Errorf("%s: planning: %s", name, plan.Diagnostics.Text())
				}
				if diff := cmp.Diff(read.State, plan.State); (diff != "") != test.other {
					t.Errorf("%s: planned:\n%s", name, diff)
				}
				if shown, diags := proto.ReadData(attachment, acctest.Value{"account_id": w.account}); len(diags) > 0 ||
					shown["key_vault_key_id"] != held || (shown["follows_latest_version"] == nil) != test.other {
					t.Errorf("%s: the data source shows %v: %s", name, shown, diags.Text())
				}
				if imported, diags := proto.ImportByID(noun.resource(), w.account); len(diags) > 0 {
					t.Errorf("%s: importing: %s", name, diags.Text())
				} else if imported, diags = proto.Read(imported); len(diags) > 0 || keyIn(imported) != held {
					t.Errorf("%s: imported as %s: %s", name, keyIn(imported), diags.Text())
				} else if plan := w.Proto().Plan(noun.resource(), imported, config); len(plan.Diagnostics) > 0 {
					t.Errorf("%s: planning what was imported: %s", name, plan.Diagnostics.Text())
				}
				if noun.inline != "" {
					source := strings.Replace(noun.inline, "azuremedia_", "data.", 1)
					shown, diags := proto.ReadData(noun.inline, acctest.Value{"name": "contoso", "resource_group_name": "media"})
					if encryption, _ := shown["encryption"].(acctest.Value); len(diags) > 0 || encryption["key_vault_key_id"] != held {
						t.Errorf("%s shows %v: %s", source, encryption, diags.Text())
					}
				}
				if _, diags := proto.Apply(proto.Plan(noun.resource(), read, nil)); len(diags) > 0 {
					t.Errorf("%s: destroying: %s", name, diags.Text())
				}
			}
		})
	}
}

// keyIn is the identifier of the key in the state of a noun.
func keyIn(object acctest.Object) string {
	state := object.State
	if encryption, ok := state["encryption"].(acctest.Value); ok {
		state = encryption
	}
	key, _ := state["key_vault_key_id"].(string)
	return key
}

// TestNouns_acceptEverySpellingOfAKey writes the key's identifier as Azure's own outputs do: with the
// port, or with a slash at the end. Azure is sent the plain identifier.
func TestNouns_acceptEverySpellingOfAKey(t *testing.T) {
	t.Parallel()
	const plain = "https://keys.vault.azure.net/keys/media"
	for _, written := range []string{"https://keys.vault.azure.net:443/keys/media", plain + "/"} {
		for name, noun := range nouns() {
			t.Run(name+" "+written, func(t *testing.T) {
				t.Parallel()
				w := noun.world(t)
				proto := w.Proto()
				made := noun.protected(t, w, proto)
				config := noun.config(w, written, w.identity)
				plan := proto.Plan(noun.resource(), made, config)
				if diff := cmp.Diff(made.State, plan.State); diff != "" || len(plan.Diagnostics) > 0 {
					t.Errorf("the same key in another spelling: %s%s", diff, plan.Diagnostics.Text())
				}
				// Another key, written in the same way.
				w.Key("keys", "second")
				config = noun.config(w, strings.Replace(written, "/media", "/second", 1), w.identity)
				made = proto.Update(made, config)
				if key, _ := w.attached(); key != "https://keys.vault.azure.net/keys/second" {
					t.Errorf("Azure was sent %s", key)
				}
				if key := keyIn(made); key != strings.Replace(written, "/media", "/second", 1) {
					t.Errorf("the state has %s, want it as written", key)
				}
				read, diags := proto.Read(made)
				plan = proto.Plan(noun.resource(), read, config)
				if diff := cmp.Diff(read.State, plan.State); diff != "" || len(diags)+len(plan.Diagnostics) > 0 {
					t.Errorf("the plan after that: %s%s%s", diff, diags.Text(), plan.Diagnostics.Text())
				}
			})
		}
	}
}

// TestKey_atALoopbackAddress: every place that takes a key's identifier accepts one of a local Azure.
func TestKey_atALoopbackAddress(t *testing.T) {
	t.Parallel()
	const loopback = "https://localhost:8443/keys/k"
	w := newWorld(t)
	proto := w.Proto()
	for resource, config := range map[string]acctest.Value{
		attachment: {"account_id": w.account, "key_vault_key_id": loopback},
		"azuremedia_account": {
			"name": "contosonew", "resource_group_name": "media", "location": "westus2",
			"storage_accounts": []any{acctest.Value{"id": w.ID(azure.StorageAccountType, "contoso"), "is_primary": true}},
			"identity":         acctest.Value{"type": "UserAssigned", "identity_ids": []any{w.ID(azure.UserAssignedIdentityType, "i")}},
			"encryption": acctest.Value{
				"type": "CustomerKey", "key_vault_key_id": loopback, "user_assigned_identity_id": w.ID(azure.UserAssignedIdentityType, "i"),
			},
		},
	} {
		if diags := proto.Validate(resource, config); len(diags) > 0 {
			t.Errorf("%s refuses it: %s", resource, diags.Text())
		}
	}
	if diags := proto.ValidateData("azuremedia_customer_key", acctest.Value{"key_vault_key_id": loopback}); len(diags) > 0 {
		t.Errorf("the data source refuses it: %s", diags.Text())
	}
	// This is what every noun asks once the cloud is known.
	if id, err := protection.ParseKeyID(w.Client, loopback); err != nil || id.String() != loopback {
		t.Errorf("it is read as %s: %v", id, err)
	}
}
