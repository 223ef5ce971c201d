// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey_test

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

func TestValidate_refusesWhatIsNoKey(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	vault := azure.ID("11111111-1111-1111-1111-111111111111", "media", azure.VaultType, "keys")
	configured := func(attribute string, value any) acctest.Value {
		config := acctest.Value{"name": "media", "key_vault_id": vault}
		config[attribute] = value
		return config
	}
	for _, name := range []string{"", "my_key", "my.key", strings.Repeat("k", 128)} {
		diags := proto.Validate(resourceType, configured("name", name))
		if len(diags) != 1 {
			t.Errorf("%q: %s", name, diags.Text())
		}
		says(t, diags, "Name Not Allowed (ACC003)", "Found: the key name", "Required: 1 to 127", "Remedy: ",
			"Nothing was changed.", `AttributeName("name")`)
	}
	policy := func(parts ...string) acctest.Value {
		made := acctest.Value{}
		for i := 0; i+1 < len(parts); i += 2 {
			made[parts[i]] = parts[i+1]
		}
		return made
	}
	automatic := func(expiry any, parts ...string) acctest.Value {
		return acctest.Value{"expire_after": expiry, "automatic": policy(parts...)}
	}
	for _, test := range []struct {
		attribute string
		value     any
		text      string
	}{
		{"key_vault_id", "keys", "Invalid Resource ID"},
		{
			"key_vault_id", strings.ReplaceAll(vault, "KeyVault/vaults", "Storage/storageAccounts"),
			"Required: the ID of a Microsoft.KeyVault/vaults, which looks like /subscriptions/<subscription ID>/",
		},
		{"key_type", "EC", `Required: "RSA" or "RSA-HSM".`},
		{"key_size", 1024, "Required: 2048, 3072 or 4096."},
		{"key_opts", []any{}, "one element or more"},
		{"key_opts", []any{"wrap"}, `"unwrapKey", "verify" or "wrapKey"`},
		{"not_before_date", "tomorrow", "RFC 3339"},
		{"tags", acctest.Value{"azuremedia-rotation": "x"}, "another text"},
		{"tags", acctest.Value{"long": strings.Repeat("x", 257)}, "a text of 0 to 256 characters"},
		{"rotation_policy", policy("expire_after", "P27D"), "Required: an ISO 8601 duration of years, months and days, P28D or longer."},
		{"rotation_policy", policy("expire_after", "90 days"), "Invalid Duration"},
		{"rotation_policy", policy("expire_after", "P"), "Invalid Duration"},
		{"rotation_policy", policy("notify_before_expiry", "P30D"), "Set expire_after too"},
		{"rotation_policy", automatic(nil), "time_after_creation"},
		{"rotation_policy", automatic(nil, "time_after_creation", "P6D"), "P7D or longer"},
		{"rotation_policy", automatic(nil, "time_before_expiry", "P30D"), "Set expire_after too"},
		{"rotation_policy", automatic("P1Y", "time_after_creation", "P30D", "time_before_expiry", "P30D"), "time_before_expiry"},
	} {
		diags := proto.Validate(resourceType, configured(test.attribute, test.value))
		if len(diags.Errors()) == 0 || !strings.Contains(diags.Text(), test.attribute) {
			t.Errorf("%s %v: %s", test.attribute, test.value, diags.Text())
		}
		says(t, diags, test.text)
	}
	if diags := proto.Validate(resourceType, configured("rotation_policy", acctest.Unknown{})); len(diags) > 0 {
		t.Errorf("a policy that is not known yet: %s", diags.Text())
	}
	if diags := proto.Validate(resourceType, configured("rotation_policy",
		automatic(acctest.Unknown{}, "time_before_expiry", "P1M"))); len(diags) > 0 {
		t.Errorf("an expiry that is not known yet: %s", diags.Text())
	}

	dates := configured("not_before_date", "2030-01-02T00:00:00+02:00")
	dates["expiration_date"] = "2030-01-01T22:00:00Z"
	const want = `ERROR: Key Never Valid
Found: 2030-01-01T22:00:00Z.
Required: a time after not_before_date, 2030-01-02T00:00:00+02:00.
Why: The key would expire before it can be used.
Remedy: Correct one of the two.

Nothing was changed.
AttributeName("expiration_date")
`
	if diff := cmp.Diff(want, proto.Validate(resourceType, dates).Text()); diff != "" {
		t.Errorf("said otherwise (-want +got):\n%s", diff)
	}
}

func TestDates_areKeptToTheSecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	configured := w.config(acctest.Value{"expiration_date": "2199-01-01T00:00:00.75Z"})
	object := proto.Create(resourceType, configured)
	w.settled(proto, object, configured)
	respelt := w.config(acctest.Value{"expiration_date": "2198-12-31T23:00:00-01:00"})
	if plan := proto.Plan(resourceType, object, respelt); !cmp.Equal(plan.State, object.State) {
		t.Errorf("another spelling is planned: %s", cmp.Diff(object.State, plan.State))
	}
}

func TestCreate_takesNothingOver(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]acctest.Value{
		"with an expiry": {"tags": acctest.Value{"a": "1"}, "expiration_date": "2199-01-01T00:00:00Z"},
		"with a policy": {"rotation_policy": acctest.Value{
			"expire_after": "P90D", "notify_before_expiry": "P20D",
			"automatic": acctest.Value{"time_after_creation": "P30D"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proto := w.Proto()
			configured := w.config(change)
			created := proto.Create(resourceType, configured)
			_, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, configured))
			says(t, diags, "Key Vault Key Already Exists", "Azure has "+identifier+" already", "Nothing was changed.",
				"  import {\n    to = azuremedia_key_vault_key.this\n    id = \""+identifier+"\"\n  }")
			versions(t, w.World, 1)

			for name, by := range map[string]func() (acctest.Object, acctest.Diagnostics){
				"ID": func() (acctest.Object, acctest.Diagnostics) { return proto.ImportByID(resourceType, identifier) },
				"versioned ID": func() (acctest.Object, acctest.Diagnostics) {
					return proto.ImportByID(resourceType, created.State["versioned_id"].(string))
				},
				"identity": func() (acctest.Object, acctest.Diagnostics) {
					return proto.ImportByIdentity(resourceType, map[string]string{"id": identifier})
				},
			} {
				imported, diags := by()
				must(t, imported, diags)
				if diff := cmp.Diff(created, imported, cmpopts.IgnoreFields(acctest.Object{}, "Private")); diff != "" {
					t.Errorf("the import by %s differs: %s", name, diff)
				}
				w.settled(proto, imported, configured)
			}
		})
	}
}

func TestImport_ofAPlainKeyManagesNoPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Key("keys", "media")
	configured := w.config(acctest.Value{
		"key_opts": []any{"decrypt", "encrypt", "sign", "unwrapKey", "verify", "wrapKey"},
	})
	proto := w.Proto()
	imported, diags := proto.ImportByID(resourceType, identifier)
	must(t, imported, diags)
	w.settled(proto, imported, configured)

	// Nor is one that the caller may not see.
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindReplace, w.Owner(), "get")
	imported, diags = proto.ImportByID(resourceType, identifier)
	must(t, imported, diags)
	w.settled(proto, imported, configured)
}

func TestImport_refusesWhatIsNoKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	for id, text := range map[string]string{
		"media": "Required: the identifier of a key, such as https://<vault>.vault.azure.net/keys/<name>.",
		"https://keys.vault.azure.net/secrets/media":  "Invalid Import ID",
		w.ID(azure.VaultType, "keys") + "/keys/media": identifier, // It names the right one.
	} {
		_, diags := proto.ImportByID(resourceType, id)
		says(t, diags, "Invalid Import ID", text, "Nothing was changed.")
	}
	_, diags := proto.ImportByID(resourceType, "https://elsewhere.vault.azure.net/keys/media")
	says(t, diags, "Key Vault Key Not Imported", "https://elsewhere.vault.azure.net/keys/media", w.SubscriptionID(),
		"Import it with a provider block that has the vault's subscription", "Nothing was changed.")
	w.strike(fault.Fault{Kind: fault.Error, Path: "*/resources", Status: 403, Code: "AuthorizationFailed"})
	w.strike(fault.Fault{Kind: fault.Error, Path: "*/vaults", Status: 403, Code: "AuthorizationFailed"})
	proto.NextRun()
	_, diags = proto.ImportByID(resourceType, identifier)
	says(t, diags, "Key Vault Key Not Imported", "AuthorizationFailed", "Nothing was changed.")
	if missing, diags := proto.ImportByID(resourceType, identifier); missing.State != nil {
		t.Errorf("imports a key that is not there: %v %s", missing.State, diags.Text())
	}
}

func TestCreate_recoversADeletedKey(t *testing.T) {
	t.Parallel()
	const recovered = "WARNING: Key Vault Key Recovered\nThe key " + identifier + " had been deleted and was still " +
		"recoverable. It was recovered, with all its versions, and is updated to match the configuration.\n\n"
	for _, test := range []struct {
		name          string
		before, after acctest.Value
		versions      int
		lost          bool
	}{
		{"as it was", nil, nil, 1, false},
		{"with other attributes", nil, acctest.Value{"enabled": false, "tags": acctest.Value{"a": "1"}}, 1, false},
		{"with another size", nil, acctest.Value{"key_size": 3072}, 2, false},
		{"made for the same rotation", rotated("1"), rotated("1"), 1, false},
		{"made for another rotation", rotated("1"), rotated("2"), 2, false},
		{"with a policy", nil, acctest.Value{"rotation_policy": acctest.Value{"expire_after": "P90D"}}, 1, false},
		{"and the answer is lost", nil, nil, 1, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proto := w.Proto()
			first := proto.Create(resourceType, w.config(test.before))
			_, diags := proto.Apply(proto.Plan(resourceType, first, nil))
			must(t, first, diags)
			if gone, _ := proto.Read(first); gone.State != nil {
				t.Fatal("it is still there")
			}
			if test.lost {
				w.strike(fault.Fault{Kind: fault.Lost, Path: "*/recover"})
			}
			object, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, w.config(test.after)))
			if diff := cmp.Diff(recovered, diags.Text()); diff != "" {
				t.Errorf("said otherwise (-want +got):\n%s", diff)
			}
			versions(t, w.World, test.versions)
			w.settled(proto, object, w.config(test.after))
		})
	}
}

func TestCreate_whereTheVaultWasRecoveredWithTheKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	object := proto.Create(resourceType, w.config(nil))
	w.DeleteVault("keys")
	// Its keys are not gone, unless something recreates the vault without them.
	kept, diags := proto.Read(object)
	if diff := cmp.Diff(object.State, kept.State); diff != "" || len(diags) > 0 {
		t.Fatalf("not kept: %s%s", diff, diags.Text())
	}
	says(t, proto.Plan(resourceType, kept, w.config(nil)).Diagnostics, "WARNING: Key Vault Deleted",
		"The vault keys was deleted on ", "az keyvault recover --name keys")
	_, diags = proto.Apply(proto.Plan(resourceType, acctest.Object{}, w.config(nil)))
	says(t, diags, "Key Vault Key Not Created", "ResourceNotFound", "Nothing was changed.")
	_, diags = proto.Apply(proto.Plan(resourceType, object, nil))
	must(t, object, diags) // What is gone with its vault is destroyed.
	// In Azure the vault's host name does not resolve any more: only the vault itself tells.
	w.strike(fault.Fault{Kind: fault.Error, Path: "/keys/media*", Status: http.StatusBadRequest, Times: 2})
	if kept, diags := proto.Read(object); kept.State == nil || len(diags) > 0 {
		t.Fatalf("not kept: %s", diags.Text())
	}
	_, diags = proto.Apply(proto.Plan(resourceType, object, nil))
	must(t, object, diags)

	w.RecoverVault("keys")
	_, diags = proto.Apply(proto.Plan(resourceType, acctest.Object{}, w.config(nil)))
	says(t, diags, "Key Vault Key Already Exists", "id = \""+identifier+"\"")
	imported, diags := proto.ImportByID(resourceType, identifier)
	must(t, imported, diags)
	w.settled(proto, imported, w.config(nil))
}

// TestAccess is about what stands between Terraform and the key.
func TestAccess(t *testing.T) {
	t.Parallel()
	const nothing = "Nothing was changed."
	for _, test := range []struct {
		name  string
		vault []func(*armkeyvault.VaultCreateOrUpdateParameters)
		close func(*fixture.World)
		texts []string
	}{
		{"firewall", nil, func(w *fixture.World) {
			w.UpdateVault("keys", armkeyvault.VaultPatchProperties{NetworkACLs: &armkeyvault.NetworkRuleSet{
				DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionDeny),
			}})
		}, []string{
			"ForbiddenByFirewall", "Client address: 127.0.0.1", "Allow the client address above in the vault's firewall",
		}},
		{"no public access", nil, func(w *fixture.World) {
			w.UpdateVault("keys", armkeyvault.VaultPatchProperties{PublicNetworkAccess: to.Ptr("Disabled")})
		}, []string{"ForbiddenByConnection", "public_network_access_enabled"}},
		{"no access policy", nil, func(w *fixture.World) {
			w.UpdateVault("keys", armkeyvault.VaultPatchProperties{AccessPolicies: []*armkeyvault.AccessPolicyEntry{}})
		}, []string{"AccessDenied", "does not have keys", "Grant the identity that runs Terraform the permission above"}},
		{
			"no role",
			[]func(*armkeyvault.VaultCreateOrUpdateParameters){fixture.ByRoles},
			func(w *fixture.World) {
				for _, assignment := range w.Assignments(w.ID(azure.VaultType, "keys")) {
					w.Unassign(*assignment.ID)
				}
			},
			[]string{"ForbiddenByRbac", "Microsoft.KeyVault/vaults/keys/", "Grant the identity that runs Terraform the permission above"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, test.vault...)
			proto := w.Proto()
			object := proto.Create(resourceType, w.config(nil))
			test.close(w.World)
			// A client without a token asks what the vault wants first.
			asked := func() int {
				return len(slices.DeleteFunc(w.Requests(http.MethodGet, "/keys/media/"), func(entry engine.Entry) bool {
					return entry.Status == http.StatusUnauthorized
				}))
			}
			before := asked()
			kept, diags := proto.Read(object)
			if diff := cmp.Diff(object.State, kept.State); diff != "" || len(diags) > 0 {
				t.Errorf("not kept: %s%s", diff, diags.Text())
			}
			unchanged := proto.Plan(resourceType, kept, w.config(nil))
			says(t, unchanged.Diagnostics, append(test.texts, "WARNING: Key Vault Out Of Reach", "the key media of the vault keys", identifier)...)
			if diff := cmp.Diff(kept.State, unchanged.State); diff != "" || len(unchanged.Diagnostics) != 1 {
				t.Errorf("planned: %s", diff)
			}
			changed := proto.Plan(resourceType, kept, w.config(acctest.Value{"enabled": false}))
			says(t, changed.Diagnostics, append(test.texts, "ERROR: Key Vault Out Of Reach", "a change of the key media", nothing)...)
			says(t, imported(proto), append(test.texts, "Key Vault Key Not Read", identifier, nothing)...)

			proto = w.Proto() // As if nothing was refreshed.
			_, diags = proto.Apply(proto.Plan(resourceType, object, w.config(acctest.Value{"enabled": false})))
			says(t, diags, append(test.texts, "Key Vault Key Not Updated", nothing)...)
			left, diags := proto.Apply(proto.Plan(resourceType, object, nil))
			if strings.Contains(test.texts[0], "ForbiddenByRbac") || strings.Contains(test.texts[0], "AccessDenied") {
				says(t, diags, append(test.texts, "ERROR: Key Vault Key Not Deleted", nothing)...)
			} else { // A destruction of everything goes on: the key goes with its vault.
				says(t, diags, test.texts[0], "WARNING: Key Vault Key Not Deleted", "The key media stays in the vault keys")
			}
			if (left.State == nil) != (len(diags.Errors()) == 0) {
				t.Errorf("in the state is %v", left.State)
			}
			_, diags = proto.Apply(proto.Plan(resourceType, acctest.Object{}, w.config(acctest.Value{"name": "other"})))
			says(t, diags, append(test.texts, "Key Vault Key Not Created", nothing)...)
			if times := asked() - before; times != 3 {
				t.Errorf("asked %d times: what is not on its way is not waited for", times)
			}
		})
	}
}

// imported are the diagnostics of an import: what it finds nobody has seen before.
func imported(proto *acctest.Proto) acctest.Diagnostics {
	_, diags := proto.ImportByID(resourceType, identifier)
	return diags
}

// TestAccess_isRestored by the plan of the vault: the key changes in the same apply.
func TestAccess_isRestored(t *testing.T) {
	t.Parallel()
	w := world{fixture.New(t), t}
	const vaultType = "azuremedia_key_vault"
	network := func(action string) acctest.Value {
		return acctest.Value{
			"name": "keys", "resource_group_name": fixture.Group, "location": fixture.Location,
			"network_acls": acctest.Value{"default_action": action},
		}
	}
	proto := w.Proto()
	vault := proto.Create(vaultType, network("Allow"))
	object := proto.Create(resourceType, w.config(nil))
	vault = proto.Update(vault, network("Deny"))

	proto = w.Proto()
	opening := proto.Plan(vaultType, vault, network("Allow"))
	kept, _ := proto.Read(object)
	changing := proto.Plan(resourceType, kept, w.config(acctest.Value{"enabled": false}))
	for _, plan := range []acctest.Plan{opening, changing} {
		if _, diags := proto.Apply(plan); len(plan.Diagnostics)+len(diags) > 0 {
			t.Errorf("%s%s", plan.Diagnostics.Text(), diags.Text())
		}
	}
}

// TestAccess_withoutAConnection to the vault, as from outside of its private endpoint. Where Resource Manager
// cannot be reached either, nothing is known.
func TestAccess_withoutAConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	object := w.Proto().Create(resourceType, w.config(nil))
	for _, test := range []struct{ cut, want string }{{"keys.vault.azure.net", ""}, {"azure", "Key Vault Key Not Read"}} {
		restore := w.Wrap(acctest.Losing(func(req *http.Request) error {
			if strings.Contains(req.URL.Host, test.cut) {
				return &net.DNSError{Err: "no such host", Name: req.URL.Host, IsNotFound: true}
			}
			return nil
		}))
		proto := w.Proto()
		restore()
		kept, diags := proto.Read(object)
		if test.want != "" {
			says(t, diags, test.want, "There was no connection")
			continue
		}
		must(t, kept, diags)
		says(t, proto.Plan(resourceType, kept, w.config(nil)).Diagnostics, "WARNING: Key Vault Out Of Reach",
			"There was no connection: ", "no such host", "private endpoint")
	}
}

// TestAccess_onItsWayIsWaitedFor is about a vault that was made, or that went over to another way
// of granting access, a moment before.
func TestAccess_onItsWayIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		w := world{fixture.New(t), t}
		w.strike(fault.Fault{Kind: fault.DelayedGrants})
		proto := w.Proto()
		vault := acctest.Value{
			"name": "keys", "resource_group_name": "media", "location": "westus2", "rbac_authorization_enabled": byRoles,
		}
		made := proto.Create("azuremedia_key_vault", vault)
		object := proto.Create(resourceType, w.config(nil))
		if asked := w.Requests(http.MethodPost, creation); len(asked) != 1 {
			t.Errorf("by roles %t: asked %d times for the key", byRoles, len(asked))
		}

		vault["rbac_authorization_enabled"] = !byRoles
		proto.Update(made, vault)
		impatient := w.config(acctest.Value{"enabled": false, "timeouts": acctest.Value{"update": "1m"}})
		_, diags := proto.Apply(proto.Plan(resourceType, object, impatient))
		says(t, diags, "Key Vault Key Not Updated", "403", "A new grant takes some minutes to take effect.", "Nothing was changed.")
		proto.Update(object, w.config(acctest.Value{"enabled": false}))
	}
}

func TestCalls_areNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	const path = " keys.vault.azure.net/keys/media"
	// One for each kind of account that could use the key.
	accounts := []string{
		"GET Microsoft.Batch/batchAccounts", "GET Microsoft.Media/mediaservices",
		"GET Microsoft.Media/videoAnalyzers", "GET Microsoft.Storage/storageAccounts",
	}
	w := newWorld(t)
	proto := w.Proto()
	var object acctest.Object
	var destroy acctest.Plan
	managed := w.config(acctest.Value{"rotation_policy": acctest.Value{"expire_after": "P90D"}})
	for _, test := range []struct {
		name string
		do   func()
		want []string
	}{
		{"plan of what is new", func() { proto.Plan(resourceType, acctest.Object{}, w.config(nil)) }, []string{
			"GET keys.vault.azure.net/deletedkeys/media", // Is it one to recover?
			"GET" + path, // Does it exist?
		}},
		{"create", func() { object = proto.Create(resourceType, w.config(nil)) }, []string{
			"GET keys.vault.azure.net/deletedkeys/media", "GET" + path, "GET Microsoft.KeyVault/vaults/keys", "GET" + path, "POST" + path + "/create",
		}},
		{"refresh", func() { proto.Read(object) }, []string{"GET" + path}},
		{"plan without a change", func() { proto.Plan(resourceType, object, w.config(nil)) }, nil},
		{"update", func() { object = proto.Update(object, w.config(acctest.Value{"enabled": false})) }, append(
			slices.Clone(accounts), "GET management.azure.com/subscriptions", "GET"+path, "PATCH"+path+"/{id}",
		)},
		{"rotation", func() { object = proto.Update(object, w.config(rotated("1"))) }, []string{
			"GET" + path, "POST" + path + "/create",
		}},
		{"policy", func() { object = proto.Update(object, managed) }, []string{
			"GET" + path, "PUT" + path + "/rotationpolicy",
		}},
		{"refresh with a policy", func() { proto.Read(object) }, []string{"GET" + path, "GET" + path + "/rotationpolicy"}},
		{"plan to destroy", func() { destroy = proto.Plan(resourceType, object, nil) }, accounts},
		{"destroy", func() { proto.Apply(destroy) }, append(
			slices.Clone(accounts), "DELETE"+path, "GET keys.vault.azure.net/deletedkeys/media",
		)},
	} {
		calls := slices.Compact(w.Calls(test.do))
		if len(calls) >= len(accounts) && slices.Contains(accounts, calls[0]) {
			slices.Sort(calls[:len(accounts)]) // They are listed all at once.
		}
		if diff := cmp.Diff(test.want, calls); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestCreate_thatFailsHalfway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	configured := w.config(acctest.Value{"rotation_policy": acctest.Value{"expire_after": "P90D"}})
	w.strike(fault.Fault{Kind: fault.Error, Method: http.MethodPut, Path: "*/rotationpolicy", Status: 403, Code: "Forbidden"})
	half, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, configured))
	says(t, diags.Warnings(), "Key Vault Key Not Complete", "403", "The key itself was created. Apply again to do the rest.")
	if half.State["id"] != identifier || half.Identity["id"] != identifier || len(diags.Errors()) > 0 {
		t.Fatalf("it is not kept: %v: %s", half, diags.Text())
	}
	// An error would have Terraform replace the key.
	proto = w.Proto()
	read, diags := proto.Read(half)
	must(t, read, diags)
	w.settled(proto, proto.Update(read, configured), configured)
	versions(t, w.World, 1)
}

// TestCreate_recoversHalfway has the vault answer nothing more once it recovers a key: the state has the key, which is not
// replaced, and the next apply does the rest, the rotation among it.
func TestCreate_recoversHalfway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Key("keys", "media")
	w.DeleteKey("keys", "media")
	configured := w.config(acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	proto := w.Proto()
	plan := proto.Plan(resourceType, acctest.Object{}, configured)
	w.strike(fault.Fault{Kind: fault.Error, Method: http.MethodGet, Path: "/keys/media*", Status: 403, Code: "Forbidden", Times: -1, Skip: 1})
	half, diags := proto.Apply(plan)
	says(t, diags.Warnings(), "Key Vault Key Not Complete", "Azure accepted the recovery, so the state has the key.")
	if half.State["id"] != identifier || len(diags.Errors()) > 0 {
		t.Fatalf("it is not kept: %v: %s", half, diags.Text())
	}
	if _, err := w.Rehearsal().ClearFaults(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	proto = w.Proto()
	read, diags := proto.Read(half)
	must(t, read, diags)
	whole := proto.Update(read, configured)
	w.settled(proto, whole, configured)
	versions(t, w.World, 2)
}

func TestRead_ofAKeyThatIsNoneOfOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	w.Key("keys", "media", func(p *azkeys.CreateKeyParameters) {
		p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
	})
	imported, diags := proto.ImportByID(resourceType, identifier)
	must(t, imported, diags)
	if imported.State["key_type"] != "EC" || imported.State["key_size"] != 0.0 {
		t.Errorf("a curve is shown as %v of %v bits", imported.State["key_type"], imported.State["key_size"])
	}
	// Bringing it in line makes a version that can protect an account.
	object := proto.Update(imported, w.config(nil))
	if object.State["key_type"] != "RSA" {
		t.Errorf("the key is %v", object.State["key_type"])
	}
	versions(t, w.World, 2)
	w.settled(proto, object, w.config(nil))
}
