// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// drill is a way to lose access to a key, and the way back.
type drill struct {
	// name is the title of the drill's section in the guide, templates/guides/recovery.md.
	name string
	// arrange is called before the key is attached.
	arrange func(*world)
	// lose does what somebody else did, in the vault, the directory or Resource Manager.
	lose  func(*world)
	cause customerkey.Cause
	texts []string
	// prepare is what the remedy says is to be done before its command is run.
	prepare func(*world)
	// final says that no command brings the key back. What remains is to delete the account.
	final bool
	// untold says that the loss cannot be seen unless the account tells of it.
	untold bool
}

// retention is how long the vaults of these tests keep what was deleted, which is what a vault does
// that nobody told otherwise.
const retention = 90 * 24 * time.Hour

func drills() []drill {
	vaultID := func(w *world) string { return w.ID(azure.VaultType, "keys") }
	backUp := func(w *world) { w.backup = w.BackupKey("keys", "media") }
	purgeKey := func(w *world) {
		w.DeleteKey("keys", "media")
		w.Advance(retention)
	}
	return []drill{
		{
			name:  "The key was disabled",
			lose:  func(w *world) { w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)}) },
			cause: customerkey.KeyDisabled,
			texts: []string{"The key media is disabled", "az keyvault key set-attributes", "--enabled true"},
		},
		{
			name: "The version in use was disabled",
			lose: func(w *world) {
				w.Key("keys", "media")
				w.UpdateKey("keys", "media", version(w.key), azkeys.KeyAttributes{Enabled: to.Ptr(false)})
			},
			cause: customerkey.VersionDisabled,
			texts: []string{"which the account runs on, is disabled, though a newer one is not", "--enabled true"},
		},
		{
			name:  "The key was deleted",
			lose:  func(w *world) { w.DeleteKey("keys", "media") },
			cause: customerkey.KeyDeleted,
			texts: []string{"The key media was deleted", "az keyvault key recover --vault-name keys --name media"},
		},
		{
			name:    "The key was purged, and there is a backup",
			arrange: backUp,
			lose:    purgeKey,
			cause:   customerkey.KeyPurged,
			texts:   []string{"The key media is gone for good", "az keyvault key restore --vault-name keys"},
		},
		{
			name:  "The key was purged",
			lose:  purgeKey,
			cause: customerkey.KeyPurged,
			texts: []string{"The key media is gone for good", "the account can only be deleted"},
			final: true,
		},
		{
			name:  "The vault was deleted",
			lose:  func(w *world) { w.DeleteVault("keys") },
			cause: customerkey.VaultDeleted,
			texts: []string{"The vault keys was deleted", "az keyvault recover --name keys"},
		},
		{
			name:    "The vault was purged, and there is a backup",
			arrange: backUp,
			lose: func(w *world) {
				w.DeleteVault("keys")
				w.Advance(retention)
			},
			cause: customerkey.VaultPurged,
			texts: []string{"The vault keys is gone for good", "create a vault of the same name"},
			prepare: func(w *world) {
				w.Vault("keys")
				w.grant()
			},
		},
		{
			name:  "The access policy was removed",
			lose:  func(w *world) { w.Revoke("keys", w.principal()) },
			cause: customerkey.GrantRemoved,
			texts: []string{
				"lacks get, wrapKey, unwrapKey", "azuremedia_customer_key_grant", "az keyvault set-policy",
			},
			untold: true, // The owner's policy might be that of a group.
		},
		{
			name: "The role assignment was removed",
			arrange: func(w *world) {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{EnableRbacAuthorization: to.Ptr(true)})
				w.Assign(vaultID(w), w.Owner(), customerkey.RoleCryptoOfficerID)
				w.assignment = w.Assign(vaultID(w)+"/keys/media", w.principal(),
					customerkey.RoleCryptoServiceEncryptionUserID)
			},
			lose:  func(w *world) { w.Unassign(w.assignment) },
			cause: customerkey.GrantRemoved,
			texts: []string{"lacks get, wrapKey, unwrapKey", "az role assignment create"},
		},
		{
			name:    "The user-assigned identity was deleted",
			arrange: func(w *world) { w.readAs("reader") },
			lose:    func(w *world) { w.DeleteIdentity("reader") },
			cause:   customerkey.IdentityRemoved,
			texts:   []string{"The account has lost the identity that it reads its key with", "found no user-assigned identity"},
			final:   true,
		},
		{
			name: "The firewall of the vault was closed",
			lose: func(w *world) {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{NetworkACLs: &armkeyvault.NetworkRuleSet{
					Bypass:        to.Ptr(armkeyvault.NetworkRuleBypassOptionsNone),
					DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionDeny),
				}})
			},
			cause:  customerkey.VaultFirewall,
			texts:  []string{"blocks everyone", "--bypass AzureServices"},
			untold: true, // One of its rules may let the service in.
		},
	}
}

// drilled is an account of a kind that has lost its key.
func drilled(t *testing.T, kind string, d drill) (*world, *acctest.Proto, acctest.Object) {
	t.Helper()
	w := newWorldOf(t, kind)
	if d.arrange != nil {
		d.arrange(&w)
	}
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	d.lose(&w)
	return &w, proto, made
}

// remedied does what the remedy of a plan says: the first of its commands that is not one more way.
func (w *world) remedied(t *testing.T, d drill, remedy string) {
	t.Helper()
	if d.prepare != nil {
		d.prepare(w)
	}
	told := commands(remedy)
	if len(told) == 0 {
		t.Fatalf("no command in the remedy: %s", remedy)
	}
	w.az(t, told[0])
}

// remedyOf is what a diagnostic says is to be done.
func remedyOf(t *testing.T, diags acctest.Diagnostics) string {
	t.Helper()
	_, after, found := strings.Cut(diags[0].Detail, "Remedy: ")
	if !found {
		t.Fatalf("there is no remedy: %s", diags.Text())
	}
	return after
}

// TestDrill loses access in every way: the plan says which it is and what to do, an apply changes
// nothing, and after what the plan told to do the next one is clean (CMK012).
func TestDrill(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, kind string, d drill) {
		t.Helper()
		w, proto, made := drilled(t, kind, d)
		if d.untold && !w.kind.tells {
			w.suspected(t, d, proto, made)
			return
		}
		before := len(w.Requests("PATCH", w.path()))

		lost, diags := proto.Read(made)
		if len(diags) > 0 {
			t.Fatalf("reading: %s", diags.Text())
		}
		plan := proto.Plan(attachment, lost, w.config())
		says(t, plan.Diagnostics, "CMK012", append(d.texts, "WARNING", "a destroy goes on")...)
		if _, open := plan.State["status"].(acctest.Unknown); !open {
			t.Errorf("nothing is planned, so that nothing would be waited for: %v", plan.State)
		}
		mendable := d.cause == customerkey.IdentityRemoved && !w.locked()
		if !mendable {
			changed := proto.Plan(attachment, lost, with(w.config(), "key_vault_key_id", w.key))
			says(t, changed.Diagnostics.Errors(), "CMK012",
				append(d.texts, nothingChanged, "terraform destroy -refresh=false")...)
		}
		if destroy := proto.Plan(attachment, lost, nil); len(destroy.Diagnostics) > 0 {
			t.Errorf("planning to destroy: %s", destroy.Diagnostics.Text())
		}
		w.diagnosed(t, d)

		_, diags = proto.Apply(plan)
		says(t, diags, "CMK012", append(d.texts, "ERROR", nothingChanged)...)
		if patches := w.Requests("PATCH", w.path()); len(patches) > before {
			t.Errorf("%d PATCHes: nothing may be attempted", len(patches))
		}
		if mendable {
			w.mends(t, proto, lost)
			return
		}
		if d.final {
			w.starts(t, d, proto, lost)
			return
		}
		w.remedied(t, d, remedyOf(t, plan.Diagnostics))
		back, diags := proto.Read(lost)
		if len(diags) > 0 || back.State["status"] != nil {
			t.Fatalf("reading again: %v: %s", back.State, diags.Text())
		}
		plan = proto.Plan(attachment, back, w.config())
		if len(plan.Diagnostics) > 0 {
			t.Errorf("planning again: %s", plan.Diagnostics.Text())
		}
		unchanged(t, back, plan)
	})
}

// each runs a test for every drill, with an account of every kind.
func each(t *testing.T, test func(*testing.T, string, drill)) {
	t.Helper()
	for kind := range kinds() {
		for _, d := range drills() {
			if kind == "batch" && d.cause == customerkey.VersionDisabled {
				continue // Which version it runs on it does not tell, so that nobody can see it.
			}
			t.Run(kind+"/"+d.name, func(t *testing.T) {
				t.Parallel()
				test(t, kind, d)
			})
		}
	}
}

// mends gives an account that takes changes without its key another identity, and attaches the key
// with that.
func (w *world) mends(t *testing.T, proto *acctest.Proto, lost acctest.Object) {
	t.Helper()
	w.readAs("another")
	plan := proto.Plan(attachment, lost, w.config())
	if len(plan.Diagnostics) > 0 || len(plan.Replace) > 0 {
		t.Fatalf("replaces %v: %s", plan.Replace, plan.Diagnostics.Text())
	}
	back, diags := proto.Apply(plan)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	plan = proto.Plan(attachment, back, w.config())
	if len(plan.Diagnostics) > 0 {
		t.Error(plan.Diagnostics.Text())
	}
	unchanged(t, back, plan)
}

// suspected is a drill with an account that never tells whether it reaches its key, and a loss that
// cannot be seen for certain from elsewhere: the plan warns, and plans nothing.
func (w *world) suspected(t *testing.T, d drill, proto *acctest.Proto, made acctest.Object) {
	t.Helper()
	plan := proto.Plan(attachment, made, w.config())
	says(t, plan.Diagnostics, "CMK009", "WARNING")
	unchanged(t, made, plan)
	w.remedied(t, d, remedyOf(t, plan.Diagnostics))
	plan = proto.Plan(attachment, made, w.config())
	if len(plan.Diagnostics) > 0 {
		t.Errorf("planning again: %s", plan.Diagnostics.Text())
	}
}

// TestDrill_identityInUse tries to take the identity away that the key is read with: the service does
// not let go of it, so that nothing is lost.
func TestDrill_identityInUse(t *testing.T) {
	t.Parallel()
	for name, byItsOwn := range map[string]bool{"user-assigned": false, "system-assigned": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if !byItsOwn {
				w.readAs("reader")
			}
			proto := w.Proto()
			made := proto.Create(attachment, w.config())
			if err := w.TryUpdateAccount("contoso", armmedia.AccountUpdate{
				Identity: &armmedia.Identity{Type: to.Ptr("None")},
			}); err == nil || !azure.IsRefused(err) {
				t.Errorf("the identity was taken away: %v", err)
			}
			read, _ := proto.Read(made)
			unchanged(t, read, proto.Plan(attachment, read, w.config()))
		})
	}
}

// locked reports whether the account takes no change while it cannot reach its key.
func (w *world) locked() bool {
	kind, err := protection.Of(nil, w.account)
	w.must(err)
	return kind.Traits().LockedWithoutKey
}

// diagnosed reads the same from the data source.
func (w *world) diagnosed(t *testing.T, d drill) {
	t.Helper()
	shown, diags := w.Proto().ReadData(attachment, acctest.Value{"account_id": w.account})
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	causes, _ := shown["causes"].([]any)
	if shown["reachable"] != false || len(causes) == 0 {
		t.Fatalf("shown as reachable: %v", shown)
	}
	first, _ := causes[0].(acctest.Value)
	sentence, _ := first["sentence"].(string)
	remedy, _ := first["remedy"].(string)
	if first["cause"] != string(d.cause) || shown["summary"] != sentence {
		t.Errorf("cause %v, want %s", first, d.cause)
	}
	if final := d.final && (w.locked() || d.cause != customerkey.IdentityRemoved) || d.cause == customerkey.KeyPurged || d.cause == customerkey.VaultPurged; first["final"] != final {
		t.Errorf("final: %v, want %t", first["final"], final)
	}
	for _, text := range d.texts {
		if !strings.Contains(sentence+remedy, text) {
			t.Errorf("%q and %q lack %q", sentence, remedy, text)
		}
	}
}

// starts is what remains where nothing brings the key back: the account is deleted, and another one
// of its name gets another key.
func (w *world) starts(t *testing.T, d drill, proto *acctest.Proto, lost acctest.Object) {
	t.Helper()
	gone, diags := proto.Apply(proto.Plan(attachment, lost, nil))
	says(t, diags, "CMK013", "WARNING")
	if gone.State != nil {
		t.Errorf("left in state: %v", gone.State)
	}
	if d.cause == customerkey.IdentityRemoved { // One of its name is another one.
		_, w.reader = w.Identity("reader")
		w.grant()
		says(t, proto.Plan(attachment, lost, w.config()).Diagnostics, "CMK012")
	}
	w.kind.remove(w)
	if w.kind.system {
		w.identity = ""
	} else if d.cause != customerkey.IdentityRemoved {
		w.identity, w.reader = w.Identity("another")
	}
	w.kind.create(w)
	w.grant()
	w.key = w.Key("keys", "another")
	proto = w.Proto()
	made := proto.Create(attachment, w.config())
	unchanged(t, made, proto.Plan(attachment, made, w.config()))
}

// TestDrill_whereTheAccountSaysNothing loses access to a key while the account says nothing about
// it: no recording of Azure's has a status.
func TestDrill_whereTheAccountSaysNothing(t *testing.T) {
	t.Parallel()
	for _, d := range drills() {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w, _, made := drilled(t, "media", d)
			proto := w.protoThrough(t, withoutStatus)
			lost, _ := proto.Read(made)
			if lost.State["status"] != nil {
				t.Fatalf("the status was not taken out: %v", lost.State)
			}
			plan := proto.Plan(attachment, lost, w.config())
			if d.untold {
				unchanged(t, lost, plan)
				return
			}
			says(t, plan.Diagnostics, "CMK012", d.texts...)
		})
	}
}

// TestDrill_healsInTheApply restores access between plan and apply, as another resource of the same
// apply does it: the apply goes through, and waits for a grant to act.
func TestDrill_healsInTheApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	w.Revoke("keys", w.principal())
	w.delayGrants(t, 4*time.Minute)
	lost, _ := proto.Read(made)
	plan := proto.Plan(attachment, lost, w.config())
	says(t, plan.Diagnostics, "CMK012")

	w.grant()
	before := w.now()
	back, diags := proto.Apply(plan)
	if len(diags) > 0 || back.State["status"] != nil {
		t.Fatalf("%v: %s", back.State, diags.Text())
	}
	if waited := w.now().Sub(before); waited < 4*time.Minute {
		t.Errorf("waited %s, but the grant acts after 4m", waited)
	}
	plan = proto.Plan(attachment, back, w.config())
	if len(plan.Diagnostics) > 0 {
		t.Error(plan.Diagnostics.Text())
	}
	unchanged(t, back, plan)
}

// TestDrill_destroys goes on with a warning, and leaves the account as it is (CMK013).
func TestDrill_destroys(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, kind string, d drill) {
		t.Helper()
		w, proto, made := drilled(t, kind, d)
		w.destroyed(t, d, proto, made)
	})
}

// TestDrill_destroys_whereTheAccountSaysNothing goes by what can be seen without it.
func TestDrill_destroys_whereTheAccountSaysNothing(t *testing.T) {
	t.Parallel()
	for _, d := range drills() {
		if d.untold {
			continue // The account says nothing, and neither does the vault.
		}
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			w, _, made := drilled(t, "media", d)
			w.destroyed(t, d, w.protoThrough(t, withoutStatus), made)
		})
	}
}

func (w *world) destroyed(t *testing.T, d drill, proto *acctest.Proto, made acctest.Object) {
	t.Helper()
	gone, diags := proto.Apply(proto.Plan(attachment, made, nil))
	if gone.State != nil {
		t.Errorf("left in state: %v", gone.State)
	}
	says(t, diags, "CMK013", append(d.texts[:1:1], "WARNING", "nothing was reverted",
		"None is needed if the account is destroyed as well")...)
	if !w.protects() {
		t.Error("the account runs on the key of the system")
	}
	w.kind.remove(w)
}
