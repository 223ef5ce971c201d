// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"cmp"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// attach has somebody else attach a key.
func (w world) attach(key string) {
	w.UpdateAccount("contoso", armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
		Encryption: &armmedia.Encryption{
			Type:               to.Ptr(armmedia.CustomerKey),
			KeyVaultProperties: &armmedia.KeyVaultProperties{KeyIdentifier: to.Ptr(key)},
		},
	}})
}

// revert has somebody else return to the system key.
func (w world) revert() {
	w.UpdateAccount("contoso", armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
		Encryption: &armmedia.Encryption{Type: to.Ptr(armmedia.SystemKey)},
	}})
}

func TestCreate_takesNothingOverSilently(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, attached string }{
		{"another key", "https://keys.vault.azure.net/keys/theirs"},
		{"the same key, pinned", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Key("keys", "theirs")
			attached := cmp.Or(test.attached, w.key)
			w.attach(attached)

			proto := w.Proto()
			plan := proto.Plan(attachment, acctest.Object{}, w.config())
			_, refused := proto.Apply(plan)
			for _, diags := range []acctest.Diagnostics{plan.Diagnostics.Warnings(), refused.Errors()} {
				text := diags.Text()
				for _, want := range []string{
					"Customer Key Attached Already", "another customer-managed key", attached, "account_id",
					"to = azuremedia_customer_key_attachment.this", "id = \"" + w.account + "\"",
				} {
					if !strings.Contains(text, want) {
						t.Errorf("lacks %q:\n%s", want, text)
					}
				}
			}
			if !strings.Contains(refused.Text(), nothingChanged) {
				t.Errorf("does not say that nothing was changed:\n%s", refused.Text())
			}
			if _, key := w.encryption(); key != attached {
				t.Errorf("the account was moved to %s", key)
			}

			// The import that the message speaks of, and the change after it.
			imported, diags := proto.ImportByIdentity(attachment, map[string]string{"id": w.account})
			if len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			if diff := gocmp.Diff(acctest.Value{
				"id": w.account, "account_id": w.account, "key_vault_key_id": attached,
				"user_assigned_identity_id": nil, "wait_for_current_version": false,
				"follows_latest_version": test.attached != "", "status": nil,
				"current_key_id": imported.State["current_key_id"], "current_key_version": imported.State["current_key_version"],
				"timeouts": nil,
			}, imported.State); diff != "" {
				t.Errorf("imported (-want +got):\n%s", diff)
			}
			w.Proto().Update(imported, w.config())
			if _, key := w.encryption(); key != versionless(w.key) {
				t.Errorf("the account is on %s", key)
			}
		})
	}
}

// TestCreate_takesUpItsOwn: an apply that was killed attached this very key, and the state does not have it.
func TestCreate_takesUpItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Proto().Create(attachment, w.config())
	proto := w.Proto()
	plan := proto.Plan(attachment, acctest.Object{}, w.config())
	made, diags := proto.Apply(plan)
	for _, diags := range []acctest.Diagnostics{plan.Diagnostics, diags} {
		if len(diags) != 1 || len(diags.Errors()) > 0 || diags[0].Summary != "Customer Key Attachment Taken Up" {
			t.Errorf("%s", diags.Text())
		}
	}
	proto = w.Proto()
	read, _ := proto.Read(made)
	unchanged(t, read, proto.Plan(attachment, read, w.config()))
}

// TestCreate_refusesAnAccountThatIsNotThere, by an ID that is known to be of none.
func TestCreate_refusesAnAccountThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	diags := w.Proto().Plan(attachment, acctest.Object{}, with(w.config(), "account_id",
		w.ID(azure.MediaAccountType, "nobody"))).Diagnostics
	if len(diags) != 1 || diags[0].Summary != "Account Not Found" || !strings.Contains(diags.Text(), nothingChanged) {
		t.Error(diags.Text())
	}
}

func TestValidate_refusesWhatTakesNoKey(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	const group = "/subscriptions/s/resourceGroups/g/providers/"
	for id, want := range map[string]string{
		group + "Microsoft.Web/sites/a":                                               "a Microsoft.Web/sites, whose key this provider cannot manage",
		group + "Microsoft.Storage/storageAccounts/a":                                 "",
		group + "Microsoft.Media/videoAnalyzers/a":                                    "",
		group + "Microsoft.Media/mediaservices/a":                                     "",
		"/SUBSCRIPTIONS/s/resourcegroups/g/PROVIDERS/microsoft.media/MEDIASERVICES/a": "",
	} {
		diags := proto.Validate(attachment, acctest.Value{
			"account_id": id, "key_vault_key_id": "https://keys.vault.azure.net/keys/media",
		})
		if want == "" && len(diags) > 0 || !strings.Contains(diags.Text(), want) {
			t.Errorf("%s: want %q, got %s", id, want, diags.Text())
		}
	}
}

// TestCreate_waitsForTheGrant: one that was made a moment ago takes minutes to act (CMK009).
func TestCreate_waitsForTheGrant(t *testing.T) {
	t.Parallel()
	w := world{World: fixture.New(t)}
	w.account = w.Account("contoso", "")
	w.Vault("keys")
	w.key = w.Key("keys", "media")
	w.delayGrants(t, 9*time.Minute)
	w.Grant("keys", w.Principal("contoso"))
	before := w.now()
	made := w.Proto().Create(attachment, w.config())
	if made.State["current_key_version"] != version(w.key) {
		t.Errorf("attached as %v", made.State)
	}
	if waited := w.now().Sub(before); waited < 9*time.Minute || waited > 11*time.Minute {
		t.Errorf("waited %s, but the grant acts after 9m", waited)
	}
}

// TestCreate_saysWhyItGaveUp: a grant that does not act within the timeout.
func TestCreate_saysWhyItGaveUp(t *testing.T) {
	t.Parallel()
	w := world{World: fixture.New(t)}
	w.account = w.Account("contoso", "")
	w.Vault("keys")
	w.key = w.Key("keys", "media")
	w.delayGrants(t, time.Hour)
	w.Grant("keys", w.Principal("contoso"))
	proto := w.Proto()
	plan := proto.Plan(attachment, acctest.Object{},
		with(w.config(), "timeouts", acctest.Value{"create": "5m"}))
	if len(plan.Diagnostics) > 0 {
		t.Fatal(plan.Diagnostics.Text())
	}
	made, diags := proto.Apply(plan)
	says(t, diags, "CMK009", "a grant that Azure does not act upon yet", nothingChanged,
		`Azure said "Access to the Customer Key was forbidden"`, "Waited 4m12s for Azure to act on the grant of the "+
			"account's system-assigned identity (object ID "+w.Principal("contoso")+") in the vault keys")
	if made.State != nil {
		t.Errorf("left in state: %v", made.State)
	}
}

// TestCreate_settlesWhatIsUncertain: an answer that got lost does not leave an attachment that
// nobody knows of.
func TestCreate_settlesWhatIsUncertain(t *testing.T) {
	t.Parallel()
	for kind, want := range map[fault.Kind]string{
		fault.ErrorAfter: "CustomerKey",
		fault.Error:      "SystemKey",
		// Rehearsal has done the work of an operation that fails: what the account shows counts.
		fault.FailOperation: "CustomerKey",
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proto := w.Proto()
			plan := proto.Plan(attachment, acctest.Object{}, w.config())
			if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
				Kind: kind, Method: "PATCH", Path: "*/mediaservices/contoso", Times: -1,
				RetryAfter: fault.Duration(time.Millisecond),
			}); err != nil {
				t.Fatal(err)
			}
			made, diags := proto.Apply(plan)
			if found, _ := w.encryption(); found != want || (found == "CustomerKey") != (made.State != nil) {
				t.Errorf("the account is on the %s, the state %v: %s", found, made.State, diags.Text())
			}
			if (made.State == nil) != (len(diags.Errors()) > 0) {
				t.Errorf("state %v: %s", made.State, diags.Text())
			}
		})
	}
}

// TestUpdate_ofWhatIsNotAzures does not ask the account for anything.
func TestUpdate_ofWhatIsNotAzures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	patches := len(w.Requests("PATCH", "/mediaservices/contoso"))
	proto.Update(made, with(w.config(), "timeouts", acctest.Value{"create": "1h"}))
	if now := len(w.Requests("PATCH", "/mediaservices/contoso")); now != patches {
		t.Errorf("%d PATCHes", now-patches)
	}
}

// TestFollowing is rule CMK011: what the service does by itself never is a difference.
func TestFollowing(t *testing.T) {
	t.Parallel()
	for _, pinned := range []bool{false, true} {
		name := map[bool]string{false: "following", true: "pinned"}[pinned]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			config := w.config()
			if pinned {
				config = with(config, "key_vault_key_id", w.key)
			}
			proto := w.Proto()
			state := proto.Create(attachment, config)
			newer := w.Key("keys", "media")
			for _, step := range []struct {
				after    time.Duration
				current  string
				outdated bool
				summary  string
			}{
				{0, version(w.key), true, map[bool]string{false: "moves to the newer version", true: "is pinned to version"}[pinned]},
				{
					5 * time.Minute, map[bool]string{false: version(newer), true: version(w.key)}[pinned], pinned,
					map[bool]string{false: "which is the newest", true: "the vault has the newer version"}[pinned],
				},
			} {
				w.Advance(step.after)
				read, diags := proto.Read(state)
				if len(diags) > 0 {
					t.Fatal(diags.Text())
				}
				if read.State["current_key_version"] != step.current {
					t.Errorf("after %s on %v, want %s", step.after, read.State["current_key_version"], step.current)
				}
				plan := proto.Plan(attachment, read, config)
				if len(plan.Diagnostics) > 0 {
					t.Error(plan.Diagnostics.Text())
				}
				unchanged(t, read, plan)
				state = read

				shown, diags := proto.ReadData(attachment, acctest.Value{"account_id": w.account})
				if len(diags) > 0 {
					t.Fatal(diags.Text())
				}
				summary, _ := shown["summary"].(string)
				if shown["outdated"] != step.outdated || shown["newest_key_version"] != version(newer) ||
					shown["current_key_version"] != step.current || shown["reachable"] != true ||
					shown["follows_latest_version"] == pinned || !strings.Contains(summary, step.summary) {
					t.Errorf("after %s shown as %v", step.after, shown)
				}
			}
		})
	}
}

// TestWaitForCurrentVersion waits until the service has noticed a new version.
func TestWaitForCurrentVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	state := proto.Create(attachment, w.config())
	newer := w.Key("keys", "media")
	before := w.now()
	waiting := with(w.config(), "wait_for_current_version", true)
	state = proto.Update(state, waiting)
	if waited := w.now().Sub(before); waited < 5*time.Minute || waited > 7*time.Minute {
		t.Errorf("waited %s, but the service notices after 5m", waited)
	}
	if shown := *w.ShowAccount("contoso").Properties.Encryption.KeyVaultProperties.CurrentKeyIdentifier; shown != newer {
		t.Errorf("on %s, want %s", shown, newer)
	}

	// A version that is not noticed in time is no error, for the service moves on by itself.
	w.Key("keys", "media")
	waiting = with(waiting, "timeouts", acctest.Value{"update": "2m"})
	plan := proto.Plan(attachment, state, waiting)
	_, diags := proto.Apply(plan)
	if len(diags.Warnings()) != 1 || len(diags.Errors()) > 0 ||
		!strings.Contains(diags.Text(), "Customer Key Version Not Current") ||
		!strings.Contains(diags.Text(), "moves to the newer version") ||
		!strings.Contains(diags.Text(), "Waited 1m21s for the account to run on version ") {
		t.Error(diags.Text())
	}
}

// TestDelete returns the account to the system key, and touches nothing else of it (CMK014).
func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	gone, diags := proto.Apply(proto.Plan(attachment, made, nil))
	if gone.State != nil || len(diags) > 0 {
		t.Fatalf("%v: %s", gone.State, diags.Text())
	}
	account := w.ShowAccount("contoso")
	if *account.Properties.Encryption.Type != armmedia.SystemKey ||
		azure.Deref(account.Tags["owner"]) != "somebody else" || *account.Identity.Type != "SystemAssigned" {
		t.Errorf("%+v", account)
	}
}

// TestDelete_ofWhatIsGone has nothing left to do.
func TestDelete_ofWhatIsGone(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(world){
		"account":    func(w world) { w.DeleteAccount("contoso") },
		"attachment": func(w world) { w.revert() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proto := w.Proto()
			made := proto.Create(attachment, w.config())
			lose(w)
			if _, diags := proto.Apply(proto.Plan(attachment, made, nil)); len(diags) > 0 {
				t.Error(diags.Text())
			}
			if read, diags := proto.Read(made); read.State != nil || len(diags) > 0 {
				t.Errorf("still there: %v: %s", read.State, diags.Text())
			}
		})
	}
}

// TestDelete_leavesTheAttachmentOfSomebodyElse, who has moved the account to another key.
func TestDelete_leavesTheAttachmentOfSomebodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	theirs := versionless(w.Key("keys", "theirs"))
	w.attach(theirs)
	_, diags := proto.Apply(proto.Plan(attachment, made, nil))
	if len(diags.Warnings()) != 1 || len(diags.Errors()) > 0 || !strings.Contains(diags.Text(), theirs) {
		t.Error(diags.Text())
	}
	if _, key := w.encryption(); key != theirs {
		t.Errorf("moved to %s", key)
	}
}

// TestDelete_stopsAtOtherRefusals: only lost access lets a destruction go on.
func TestDelete_stopsAtOtherRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: "PATCH", Path: "*/mediaservices/contoso", Times: -1,
		Status: 403, Code: "AuthorizationFailed", Message: "The client is not allowed to.",
	}); err != nil {
		t.Fatal(err)
	}
	gone, diags := proto.Apply(proto.Plan(attachment, made, nil))
	if gone.State == nil || !strings.Contains(diags.Text(), "Customer Key Attachment Not Deleted") {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
}

// TestDelete_stopsWhereTheLoginIsNotAllowedTo, even if the key seems to be out of reach as well.
func TestDelete_stopsWhereTheLoginIsNotAllowedTo(t *testing.T) {
	t.Parallel()
	w := newWorldOf(t, "storage")
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	w.Revoke("keys", w.principal())
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: "PATCH", Path: "*/storageaccounts/contoso", Times: -1,
		Status: 403, Code: "AuthorizationFailed", Message: "The client is not allowed to.",
	}); err != nil {
		t.Fatal(err)
	}
	gone, diags := proto.Apply(proto.Plan(attachment, made, nil))
	if gone.State == nil || !strings.Contains(diags.Text(), "Customer Key Attachment Not Deleted") {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
}

// TestUnchanged_costsFewCalls: an attachment that is as it should be.
func TestUnchanged_costsFewCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	before := len(w.Requests("GET", ""))
	read, _ := proto.Read(made)
	proto.Plan(attachment, read, w.config())
	if calls := len(w.Requests("GET", "")) - before; calls > 5 {
		t.Errorf("%d calls to refresh and plan, want the account twice, the key, and the vault in two", calls)
	}
}

// TestSpellings are no differences.
func TestSpellings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	plan := proto.Plan(attachment, made, acctest.Value{
		"account_id":       strings.ToUpper(w.account),
		"key_vault_key_id": "https://KEYS.vault.azure.net/keys/Media",
	})
	if len(plan.Replace) > 0 || len(plan.Diagnostics) > 0 {
		t.Errorf("replaces %v: %s", plan.Replace, plan.Diagnostics.Text())
	}
	unchanged(t, made, plan)
}

// TestCreate_waitsForTheGrant_inAnOperation: the service may accept the change and fail later.
func TestCreate_waitsForTheGrant_inAnOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.FailOperation, Method: "PATCH", Path: "*/mediaservices/contoso", Times: 2,
		Code: "BadRequest", Message: "Access to the Customer Key was forbidden.",
	}); err != nil {
		t.Fatal(err)
	}
	made := w.Proto().Create(attachment, w.config())
	if patches := len(w.Requests("PATCH", "/mediaservices/contoso")); patches != 3 || made.State["status"] != nil {
		t.Errorf("%d PATCHes, want one after two that failed: %v", patches, made.State)
	}
}

// TestCreate_waitsForItsTurn: another change of the account is at work.
func TestCreate_waitsForItsTurn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	conflict := fault.Fault{
		Kind: fault.Error, Method: "PATCH", Path: "*/mediaservices/contoso", Times: 2,
		Status: http.StatusConflict, Code: "OperationInProgress", Message: "There is another operation already in progress.",
	}
	if _, err := w.Rehearsal().AddFault(t.Context(), conflict); err != nil {
		t.Fatal(err)
	}
	made := proto.Create(attachment, w.config())
	if _, err := w.Rehearsal().AddFault(t.Context(), conflict); err != nil {
		t.Fatal(err)
	}
	if gone, diags := proto.Apply(proto.Plan(attachment, made, nil)); gone.State != nil || len(diags) > 0 {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
}

// TestRead_saysWhatFailed, and keeps what is in state.
func TestRead_saysWhatFailed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: "GET", Path: "*/mediaservices/contoso", Times: -1,
		Status: http.StatusForbidden, Code: "AuthorizationFailed", Message: "The client is not allowed to.",
	}); err != nil {
		t.Fatal(err)
	}
	kept, diags := proto.Read(made)
	if kept.State == nil || !strings.Contains(diags.Text(), "Customer Key Attachment Not Read") {
		t.Errorf("%v: %s", kept.State, diags.Text())
	}
	for name, diags := range map[string]acctest.Diagnostics{
		"plan":   proto.Plan(attachment, made, w.config()).Diagnostics,
		"create": w.Proto().Plan(attachment, acctest.Object{}, w.config()).Diagnostics,
	} {
		if len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), "AuthorizationFailed") {
			t.Errorf("%s: %s", name, diags.Text())
		}
	}
	if _, diags := proto.ReadData(attachment, acctest.Value{"account_id": w.account}); len(diags.Errors()) != 1 {
		t.Errorf("data source: %s", diags.Text())
	}
	if gone, diags := proto.Apply(proto.Plan(attachment, made, nil)); gone.State == nil || len(diags.Errors()) != 1 {
		t.Errorf("destroyed: %s", diags.Text())
	}
}

// TestDataSource_ofTheSystemKey has no key to show.
func TestDataSource_ofTheSystemKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	shown, diags := proto.ReadData(attachment, acctest.Value{"account_id": w.account})
	if len(diags) > 0 || shown["type"] != "SystemKey" || shown["reachable"] != true ||
		shown["key_vault_key_id"] != nil || shown["summary"] != "The account runs on the system key." {
		t.Errorf("%v: %s", shown, diags.Text())
	}
	if _, diags := proto.ReadData(attachment, acctest.Value{
		"account_id": w.ID(azure.MediaAccountType, "nobody"),
	}); len(diags.Errors()) != 1 {
		t.Errorf("an account that is not there: %s", diags.Text())
	}
}
