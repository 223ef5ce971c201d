// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// noun is a way by which a configuration asks for a customer-managed key. All of them must say the
// same about a rule, at the same moment and with the same severity.
type noun struct {
	// kind is the kind of account, as [kinds] calls it.
	kind string
	// inline is the resource whose encryption attribute has the key; it is empty for the attachment.
	inline string
}

func nouns() map[string]noun {
	return map[string]noun{
		"attachment to a Media Services account": {kind: "media"},
		"attachment to a Video Analyzer account": {kind: "video analyzer"},
		"attachment to a storage account":        {kind: "storage"},
		"attachment to a Batch account":          {kind: "batch"},
		"encryption of a Media Services account": {kind: "media", inline: "azuremedia_account"},
		"encryption of a Video Analyzer account": {kind: "video analyzer", inline: "azuremedia_video_analyzer"},
	}
}

// world has an account of the noun's kind that reads its key as a user-assigned identity.
func (n noun) world(t *testing.T) world {
	t.Helper()
	w := newWorldOf(t, n.kind)
	if w.identity == "" {
		w.identity, w.reader = w.Identity("reader")
		w.kind.identify(&w, w.identity)
		w.grant()
	}
	return w
}

func (n noun) resource() string {
	if n.inline != "" {
		return n.inline
	}
	return attachment
}

// config asks for a key that an identity reads.
func (n noun) config(w world, key, identity string) acctest.Value {
	if n.inline == "" {
		return acctest.Value{
			"account_id": w.account, "key_vault_key_id": key, "user_assigned_identity_id": identity,
		}
	}
	config := acctest.Value{
		"name": "contoso", "resource_group_name": fixture.Group, "location": fixture.Location,
		"identity": acctest.Value{"type": "UserAssigned", "identity_ids": []any{w.identity}},
		"encryption": acctest.Value{
			"type": "CustomerKey", "key_vault_key_id": key, "user_assigned_identity_id": identity,
		},
	}
	storage := w.ID(azure.StorageAccountType, "contoso")
	if n.kind == "media" {
		config["storage_accounts"] = []any{acctest.Value{"id": storage, "is_primary": true}}
		config["tags"] = acctest.Value{"owner": "somebody else"}
	} else {
		config["storage_account"] = acctest.Value{"id": storage, "user_assigned_identity_id": w.identity}
	}
	return config
}

// protected has the noun protect the account with the key of the world.
func (n noun) protected(t *testing.T, w world, proto *acctest.Proto) acctest.Object {
	t.Helper()
	config := n.config(w, versionless(w.key), w.identity)
	if n.inline == "" {
		return proto.Create(attachment, config)
	}
	imported, diags := proto.ImportByID(n.inline, w.account)
	if len(diags) == 0 {
		imported, diags = proto.Read(imported)
	}
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	return proto.Update(imported, config)
}

// of returns the diagnostics as the attachment would say them.
func (n noun) of(diags acctest.Diagnostics) string {
	return strings.ReplaceAll(diags.Text(), `AttributeName("encryption").`, "")
}

// brokenRule breaks one rule by the key that an account is to change to.
type brokenRule struct {
	rule string
	// arrange returns the key's identifier, and the identity that is to read it if it is another.
	arrange func(w world) (key, identity string)
	// through changes the answers of Azure on their way, where no vault can be made that breaks the rule.
	through func(*http.Request, []byte) []byte
	// sameRegion says that only the kinds of account break the rule that need a vault in their region.
	sameRegion bool
	// warned says that the plan warns, because another resource may put it right in the same apply.
	warned bool
	// listed says that the encryption of an account is refused at once, because the account's own plan
	// lists the identities.
	listed bool
	found  string
}

func brokenRules() map[string]brokenRule {
	second := func(w world, changes ...func(*azkeys.CreateKeyParameters)) string {
		return versionless(w.Key("keys", "second", changes...))
	}
	elsewhere := func(w world, change ...func(*armkeyvault.VaultCreateOrUpdateParameters)) string {
		w.Vault("elsewhere", change...)
		w.Grant("elsewhere", w.reader)
		return versionless(w.Key("elsewhere", "second"))
	}
	return map[string]brokenRule{
		"type": {rule: "CMK002", found: "a key of type EC", arrange: func(w world) (string, string) {
			return second(w, func(p *azkeys.CreateKeyParameters) {
				p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
			}), ""
		}},
		"size": {
			rule: "CMK003", found: "bits",
			arrange: func(w world) (string, string) { return second(w), "" },
			through: func(request *http.Request, body []byte) []byte {
				if !strings.HasSuffix(request.URL.Path, "/keys/second/") {
					return body
				}
				at := bytes.Index(body, []byte(`"n":"`)) + len(`"n":"`)
				return append(bytes.Clone(body[:at]), body[at+171:]...)
			},
		},
		"no key": {rule: "CMK004", found: "no key none in the vault", arrange: func(world) (string, string) {
			return "https://keys.vault.azure.net/keys/none", ""
		}},
		"no vault": {rule: "CMK004", found: "no vault nokeys", arrange: func(world) (string, string) {
			return "https://nokeys.vault.azure.net/keys/media", ""
		}},
		"deleted key": {rule: "CMK004", found: "deleted, but recoverable", arrange: func(w world) (string, string) {
			key := second(w)
			w.DeleteKey("keys", "second")
			return key, ""
		}},
		"deleted vault": {
			rule: "CMK004", found: "the vault elsewhere deleted, but recoverable",
			arrange: func(w world) (string, string) {
				key := elsewhere(w)
				w.DeleteVault("elsewhere")
				return key, ""
			},
		},
		"disabled": {rule: "CMK004", warned: true, found: "a disabled key", arrange: func(w world) (string, string) {
			key := second(w)
			w.UpdateKey("keys", "second", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
			return key, ""
		}},
		"not active": {rule: "CMK004", warned: true, found: "that is not active before", arrange: func(w world) (string, string) {
			key := second(w)
			w.UpdateKey("keys", "second", "", azkeys.KeyAttributes{NotBefore: to.Ptr(w.now().Add(24 * time.Hour))})
			return key, ""
		}},
		"operations": {rule: "CMK004", warned: true, found: "does not permit unwrapKey", arrange: func(w world) (string, string) {
			return second(w, func(p *azkeys.CreateKeyParameters) {
				p.KeyOps = []*azkeys.KeyOperation{to.Ptr(azkeys.KeyOperationWrapKey)}
			}), ""
		}},
		"region": {rule: "CMK005", sameRegion: true, found: "a vault in northeurope", arrange: func(w world) (string, string) {
			return elsewhere(w, func(p *armkeyvault.VaultCreateOrUpdateParameters) {
				p.Location = to.Ptr("northeurope")
			}), ""
		}},
		"soft delete": {
			rule: "CMK006", warned: true, found: "the vault elsewhere without soft delete",
			arrange: func(w world) (string, string) { return elsewhere(w), "" },
			through: func(request *http.Request, body []byte) []byte {
				if !strings.HasSuffix(request.URL.Path, "/vaults/elsewhere") && !strings.HasSuffix(request.URL.Path, "/vaults") {
					return body
				}
				return bytes.ReplaceAll(body, []byte(`"enableSoftDelete":true`), []byte(`"enableSoftDelete":false`))
			},
		},
		"purge protection": {
			rule: "CMK007", warned: true, found: "the vault elsewhere without purge protection",
			arrange: func(w world) (string, string) { return elsewhere(w, fixture.WithoutPurgeProtection), "" },
		},
		"identity of something else": {
			rule: "CMK008", warned: true, listed: true, found: "which the account does not list",
			arrange: func(w world) (string, string) {
				id, principal := w.Identity("other")
				w.Grant("keys", principal)
				return second(w), id
			},
		},
		"no such identity": {
			rule: "CMK008", found: "no user-assigned identity",
			arrange: func(w world) (string, string) {
				return second(w), w.ID(azure.UserAssignedIdentityType, "none")
			},
		},
		"no grant": {
			rule: "CMK009", warned: true, found: "without get, wrapKey, unwrapKey",
			arrange: func(w world) (string, string) {
				w.Vault("elsewhere")
				return versionless(w.Key("elsewhere", "second")), ""
			},
		},
		"another cloud": {rule: "CMK010", found: `the host "keys.vault.azure.cn"`, arrange: func(world) (string, string) {
			return "https://keys.vault.azure.cn/keys/media", ""
		}},
	}
}

// severityOf returns how a noun says a broken rule while planning.
func (b brokenRule) severityOf(n noun) tfprotov6.DiagnosticSeverity {
	if b.warned && (!b.listed || n.inline == "") {
		return tfprotov6.DiagnosticSeverityWarning
	}
	return tfprotov6.DiagnosticSeverityError
}

// ids matches what differs from one world to the next: GUIDs, versions, times and the size of half a
// modulus.
var ids = regexp.MustCompile(`of 10\d\d bits|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|\d{4}-\d{2}-\d{2}T[0-9:]+Z`)

// TestNouns_sayTheSameOfEveryRule breaks each rule alone, through every noun: in the plan, and if that
// only warns in the apply, which must leave the account on its key.
func TestNouns_sayTheSameOfEveryRule(t *testing.T) {
	t.Parallel()
	for name, broken := range brokenRules() {
		t.Run(broken.rule+" "+name, func(t *testing.T) {
			t.Parallel()
			said := map[string]string{}
			for name, noun := range nouns() {
				w := noun.world(t)
				proto := w.Proto()
				made := noun.protected(t, w, proto)
				key, identity := broken.arrange(w)
				if identity == "" {
					identity = w.identity
				}
				if broken.through != nil {
					proto = w.protoThrough(t, broken.through)
				}
				plan := proto.Plan(noun.resource(), made, noun.config(w, key, identity))
				if broken.sameRegion && (noun.kind == "storage" || noun.kind == "batch") {
					if len(plan.Diagnostics) > 0 {
						t.Errorf("%s: %s", name, plan.Diagnostics.Text())
					}
					continue
				}
				severity := broken.severityOf(noun)
				says(t, plan.Diagnostics, broken.rule, broken.found)
				if found := plan.Diagnostics[0].Severity; found != severity {
					t.Errorf("%s: the plan says an %s, want %s:\n%s", name, found, severity, plan.Diagnostics.Text())
				}
				hint := strings.Contains(plan.Diagnostics.Text(), "terraform destroy -refresh=false")
				if wants := severity == tfprotov6.DiagnosticSeverityError; hint != wants {
					t.Errorf("%s: the way out is said: %t\n%s", name, hint, plan.Diagnostics.Text())
				}
				text := noun.of(plan.Diagnostics)
				if severity == tfprotov6.DiagnosticSeverityWarning {
					_, diags := proto.Apply(plan)
					says(t, diags.Errors(), broken.rule, broken.found)
					if quotes := strings.Contains(diags.Text(), "Azure said "); quotes != (broken.rule == "CMK009") {
						t.Errorf("%s: Azure is quoted: %t\n%s", name, quotes, diags.Text())
					}
					text += noun.of(diags.Errors())
				}
				if key, _ := w.attached(); key != versionless(w.key) {
					t.Errorf("%s: the account was changed to %s", name, key)
				}
				if !broken.listed {
					said[noun.kind+" "+noun.inline] = ids.ReplaceAllString(text, "ID")
				}
			}
			compareInline(t, said)
		})
	}
}

// compareInline fails the test if the encryption of an account says something otherwise than the
// attachment to an account of the same kind.
func compareInline(t *testing.T, said map[string]string) {
	t.Helper()
	for _, noun := range nouns() {
		if noun.inline == "" {
			continue
		}
		if diff := cmp.Diff(said[noun.kind+" "], said[noun.kind+" "+noun.inline]); diff != "" {
			t.Errorf("%s says it otherwise than the attachment:\n%s", noun.inline, diff)
		}
	}
}

// TestNouns_sayTheSameOfAKeyInUse has something go wrong with the key that an account uses, and reads
// what each noun says of it in a plan that changes nothing, and in one that changes the key.
func TestNouns_sayTheSameOfAKeyInUse(t *testing.T) {
	t.Parallel()
	disable := func(w world) {
		w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
	}
	for name, test := range map[string]struct {
		happens func(w world)
		// rule is what a plan warns of that changes nothing.
		rule, found string
		// lost says that the account cannot access its key, so that an update is planned.
		lost bool
		// untold is what the plan warns of instead if the account does not tell that access is lost: a
		// group may have the grant.
		untold string
	}{
		"nothing": {happens: func(world) {}},
		"it expires soon": {
			rule: "CMK004", found: "that expires on", happens: func(w world) {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Expires: to.Ptr(w.now().Add(240 * time.Hour))})
			},
		},
		"it expired": {
			rule: "CMK004", found: "that expired on", happens: func(w world) {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Expires: to.Ptr(w.now().Add(time.Hour))})
				w.Advance(2 * time.Hour)
			},
		},
		"it was disabled": {rule: "CMK012", found: "The key media is disabled", lost: true, happens: disable},
		"the grant was removed": {
			rule: "CMK012", found: "get, wrapKey, unwrapKey", lost: true,
			untold:  "CMK009",
			happens: func(w world) { w.Revoke("keys", w.reader) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := map[string]string{}
			for name, noun := range nouns() {
				w := noun.world(t)
				proto := w.Proto()
				config := noun.config(w, versionless(w.key), w.identity)
				second := noun.config(w, versionless(w.Key("keys", "second")), w.identity)
				made := noun.protected(t, w, proto)
				before := proto.Plan(noun.resource(), made, second)
				test.happens(w)

				rule, lost := test.rule, test.lost
				if test.untold != "" && !w.kind.tells {
					rule, lost = test.untold, false
				}
				// The plan is made from a state that knows nothing of it yet.
				plan := proto.Plan(noun.resource(), made, config)
				if rule == "" {
					if len(plan.Diagnostics) > 0 {
						t.Errorf("%s: %s", name, plan.Diagnostics.Text())
					}
				} else {
					says(t, plan.Diagnostics, rule, "WARNING", test.found)
				}
				if updates := cmp.Diff(made.State, plan.State) != ""; updates != lost {
					t.Errorf("%s: an update is planned: %t", name, updates)
				}
				text := noun.of(plan.Diagnostics)
				if lost {
					changed := proto.Plan(noun.resource(), made, second)
					says(t, changed.Diagnostics, rule, "ERROR", test.found, "terraform destroy -refresh=false")
					_, late := proto.Apply(before)
					says(t, late, rule, "ERROR", test.found)
					text += noun.of(changed.Diagnostics) + noun.of(late)
				}
				said[noun.kind+" "+noun.inline] = ids.ReplaceAllString(text, "ID")
			}
			compareInline(t, said)
		})
	}
}

// TestNouns_newHasNothingToDestroy breaks a rule by what does not exist yet.
func TestNouns_newHasNothingToDestroy(t *testing.T) {
	t.Parallel()
	for name, noun := range nouns() {
		w := noun.world(t)
		config := noun.config(w, "https://keys.vault.azure.net/keys/none", w.identity)
		if noun.inline != "" {
			config["name"] = "contosonew"
		}
		diags := w.Proto().Plan(noun.resource(), acctest.Object{}, config).Diagnostics
		says(t, diags, "CMK004", "ERROR", "no key none")
		if strings.Contains(diags.Text(), "terraform destroy") {
			t.Errorf("%s: %s", name, diags.Text())
		}
	}
}
