// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestValidate breaks what needs no Azure to be found.
func TestValidate(t *testing.T) {
	t.Parallel()
	const group = "/subscriptions/s/resourceGroups/g/providers/"
	const store = group + "Microsoft.Storage/storageAccounts/a"
	const identity = group + "Microsoft.ManagedIdentity/userAssignedIdentities/i"
	const key = "https://keys.vault.azure.net/keys/video"
	proto := acctest.New(t).Proto()
	for _, test := range []struct {
		name  string
		more  acctest.Value
		texts []string // None is no error.
	}{
		{"all right", nil, nil},
		{
			"what is not known",
			acctest.Value{"storage_account": acctest.Unknown{}, "identity": acctest.Unknown{}, "encryption": acctest.Unknown{}},
			nil,
		},
		{
			"identities that are not known",
			acctest.Value{"identity": acctest.Value{"type": "UserAssigned", "identity_ids": []any{acctest.Unknown{}}}},
			nil,
		},
		{
			"no identities, which is what an empty set means",
			acctest.Value{
				"identity":        acctest.Value{"type": "UserAssigned", "identity_ids": []any{}},
				"storage_account": acctest.Value{"id": store},
			},
			[]string{"Missing Identity IDs", `"identity").AttributeName("identity_ids")`, "List a user-assigned identity"},
		},
		{
			"null beside an identity",
			acctest.Value{"identity": acctest.Value{"type": "UserAssigned", "identity_ids": []any{nil, identity}}},
			nil,
		},
		{
			"a name that Azure refuses",
			acctest.Value{"name": "Contoso-Video"},
			[]string{"(ACC003)", `"name"`, "the Video Analyzer account name", "3 to 24 lower-case letters and digits"},
		},
		{
			"something else than storage",
			acctest.Value{"storage_account": acctest.Value{"id": identity}},
			[]string{"Invalid Storage Account ID", `"storage_account").AttributeName("id")`, "/Microsoft.Storage/storageAccounts/<name>"},
		},
		{
			"an identity that the account does not have",
			acctest.Value{"storage_account": acctest.Value{"id": store, "user_assigned_identity_id": identity + "2"}},
			[]string{"Identity Not Listed", `"storage_account").AttributeName("user_assigned_identity_id")`, "identity.identity_ids"},
		},
		{
			"no customer's key",
			acctest.Value{"encryption": acctest.Value{"type": "CustomerKey", "user_assigned_identity_id": identity}},
			[]string{"Missing Customer-Managed Key", `"encryption").AttributeName("key_vault_key_id")`},
		},
		{
			"nobody who reads the key",
			acctest.Value{"encryption": acctest.Value{"type": "CustomerKey", "key_vault_key_id": key}},
			[]string{"Missing User-Assigned Identity", `"encryption").AttributeName("user_assigned_identity_id")`, "no system-assigned identity"},
		},
		{
			"a customer's key beside the system's",
			acctest.Value{"encryption": acctest.Value{"type": "SystemKey", "key_vault_key_id": key}},
			[]string{"Unexpected Customer-Managed Key", `"encryption"`},
		},
		{
			"no key at all",
			acctest.Value{"encryption": acctest.Value{
				"type": "CustomerKey", "key_vault_key_id": "https://keys.vault.azure.net/secrets/video",
				"user_assigned_identity_id": identity,
			}},
			[]string{"(CMK010)", `"encryption").AttributeName("key_vault_key_id")`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := acctest.Value{
				"name": "contosovideo", "resource_group_name": "media", "location": "westus2",
				"identity":        acctest.Value{"type": "UserAssigned", "identity_ids": []any{identity}},
				"storage_account": acctest.Value{"id": store, "user_assigned_identity_id": strings.ToUpper(identity)},
			}
			for name, value := range test.more {
				config[name] = value
			}
			diags := proto.Validate(resourceType, config)
			if test.texts == nil {
				silent(t, "validation", diags)
				return
			}
			says(t, diags, test.texts...)
		})
	}
	system := proto.Validate(resourceType, acctest.Value{
		"name": "contosovideo", "resource_group_name": "media", "location": "westus2",
		"identity":        acctest.Value{"type": "SystemAssigned", "identity_ids": []any{identity}},
		"storage_account": acctest.Value{"id": store},
	})
	if !strings.Contains(system.Text(), "UserAssigned") {
		t.Errorf("a system-assigned identity: %s", system.Text())
	}
}

// TestPlan_breaksOneRule breaks one rule, and finds it while planning, before and after there is an
// account.
func TestPlan_breaksOneRule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		arrange func(w *world) acctest.Value
		// created says that only a creation can break the rule.
		created bool
		texts   []string
	}{
		{
			name: "premium storage",
			arrange: func(w *world) acctest.Value {
				return storedIn(w.storage("premium", acctest.Value{"account_tier": "Premium"}), w.identity)
			},
			texts: []string{"(ACC002)", `"storage_account"`, "premium of SKU Premium_LRS", "standard performance"},
		},
		{
			name: "blob-only storage",
			arrange: func(w *world) acctest.Value {
				return storedIn(w.storage("blobs", acctest.Value{"account_kind": "BlobStorage"}), w.identity)
			},
			texts: []string{"(ACC002)", `"storage_account"`, "the blob-only storage account blobs"},
		},
		{
			name: "storage in another subscription",
			arrange: func(w *world) acctest.Value {
				return storedIn(strings.ReplaceAll(w.store, w.SubscriptionID(), "99999999-9999-9999-9999-999999999999"), w.identity)
			},
			texts: []string{"(ACC005)", `"storage_account"`, "99999999-9999-9999-9999-999999999999", "A Video Analyzer account and its storage"},
		},
		{
			name: "a name that somebody has", created: true,
			arrange: func(w *world) acctest.Value { w.elsewhere("contosovideo"); return nil },
			texts:   []string{"(ACC003)", `"name"`, "the Video Analyzer account name", "Already in use by another account"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var created acctest.Object
			if !test.created {
				created = w.proto.Create(resourceType, w.config(nil))
			}
			more := test.arrange(w)
			fresh := acctest.Value{"name": "another"}
			if test.created {
				fresh = acctest.Value{}
			}
			for name, value := range more {
				fresh[name] = value
			}
			says(t, w.proto.Plan(resourceType, acctest.Object{}, w.config(fresh)).Diagnostics, test.texts...)
			if !test.created {
				says(t, w.proto.Plan(resourceType, created, w.config(more)).Diagnostics, test.texts...)
			}
		})
	}
}

func storedIn(id string, identity any) acctest.Value {
	return acctest.Value{"storage_account": acctest.Value{"id": id, "user_assigned_identity_id": identity}}
}

// elsewhere has somebody in another subscription have an account of the name.
func (w *world) elsewhere(name string) {
	w.t.Helper()
	err := w.Rehearsal().Transact(func(tx *engine.Tx) error {
		tx.Save(&engine.Resource{
			ID: engine.ID("/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/theirs" +
				"/providers/Microsoft.Media/videoAnalyzers/" + name),
			Name: name, Type: "Microsoft.Media/videoAnalyzers", Location: "westus2",
		})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestStorage_thatIsNotThere is found when Azure is about to be told of it, and not by Azure.
func TestStorage_thatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	missing := w.config(storedIn(w.store+"x", w.identity))
	texts := []string{
		"Storage Account Not Found", `"storage_account").AttributeName("id")`, "videoonex", "Create it first",
	}
	_, diags := w.proto.Apply(w.proto.Plan(resourceType, acctest.Object{}, missing))
	says(t, diags, texts...)
	if puts := w.Requests(http.MethodPut, put); len(puts) > 0 {
		t.Error("an account was created on storage that is not there")
	}
	created := w.proto.Create(resourceType, w.config(nil))
	_, diags = w.proto.Apply(w.proto.Plan(resourceType, created, missing))
	says(t, diags, texts...)
	if patches := w.Requests(http.MethodPatch, put); len(patches) > 0 {
		t.Error("an account was moved to storage that is not there")
	}
}

// TestCreate_waitsForTheRoles: one that was assigned a moment ago takes minutes to act.
func TestCreate_waitsForTheRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Rehearsal().AddFault(t.Context(),
		fault.Fault{Kind: fault.DelayedGrants, Delay: fault.Duration(4 * time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	identity, principal := w.Identity("late")
	w.permit(w.store, principal)
	config := w.config(acctest.Value{
		"identity":        acctest.Value{"type": "UserAssigned", "identity_ids": []any{identity}},
		"storage_account": acctest.Value{"id": w.store, "user_assigned_identity_id": identity},
	})
	created := w.proto.Create(resourceType, config)
	if state := created.State["provisioning_state"]; state != "Succeeded" {
		t.Errorf("the account is %v", state)
	}
	if puts := w.Requests(http.MethodPut, put); len(puts) < 3 {
		t.Errorf("%d PUTs, want several until the roles act", len(puts))
	}
}

// TestStorage_saysWhichRolesAreMissing, for an account that is to be created and for one that is to
// be changed, which stays as it is.
func TestStorage_saysWhichRolesAreMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger, _ := w.Identity("stranger")
	identity := acctest.Value{"type": "UserAssigned", "identity_ids": []any{w.identity, stranger}}
	timeouts := acctest.Value{"create": "3m", "update": "3m"}
	config := w.config(acctest.Value{"identity": identity, "timeouts": timeouts})
	strange := acctest.Value{
		"identity":        identity,
		"storage_account": acctest.Value{"id": w.store, "user_assigned_identity_id": stranger},
		"timeouts":        timeouts,
	}
	texts := []string{
		"Storage Account Not Accessible", `"storage_account").AttributeName("user_assigned_identity_id")`,
		`Azure said "Storage account cannot be accessed"`, "Waited 2m12s for Azure to act on the roles at the storage account", "Storage Blob Data Contributor and Reader", stranger, w.store,
	}
	_, diags := w.proto.Apply(w.proto.Plan(resourceType, acctest.Object{}, w.config(strange)))
	says(t, diags, texts...)

	created := w.proto.Create(resourceType, config)
	_, diags = w.proto.Apply(w.proto.Plan(resourceType, created, w.config(strange)))
	says(t, diags, texts...)

	// The failed operation shows, and the next apply sends what is managed once more.
	failed, diags := w.proto.Read(created)
	silent(t, "reading", diags)
	if state := failed.State["provisioning_state"]; state != "Failed" {
		t.Fatalf("the account is %v", state)
	}
	mended := w.proto.Update(failed, config)
	if state := mended.State["provisioning_state"]; state != "Succeeded" {
		t.Errorf("after the next apply the account is %v", state)
	}
	silent(t, "the plan after that", w.proto.Plan(resourceType, mended, config).Diagnostics)
}

// TestUpdate_leavesAloneWhatOthersSet changes an account that somebody else has set things on.
func TestUpdate_leavesAloneWhatOthersSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(acctest.Value{"tags": acctest.Value{"a": "1"}}))
	theirs := w.storage("theirs", nil)
	w.patch(armmedia.VideoAnalyzerUpdate{
		Tags: map[string]*string{"a": to.Ptr("1"), "policy": to.Ptr("x")},
		Properties: &armmedia.VideoAnalyzerProperties{
			StorageAccounts: append([]*armmedia.StorageAccount{{ID: &theirs}}, w.show().Properties.StorageAccounts...),
		},
	})
	read, _ := w.proto.Read(created)
	if diff := cmp.Diff(created.State, read.State); diff != "" {
		t.Errorf("what others set shows as a difference: %s", diff)
	}
	other := w.storage("videotwo", nil)
	w.permit(other, w.principal)
	changed := storedIn(other, w.identity)
	changed["tags"] = acctest.Value{"a": "2"}
	w.proto.Update(read, w.config(changed))
	found := w.show()
	if diff := cmp.Diff(map[string]*string{"a": to.Ptr("2"), "policy": to.Ptr("x")}, found.Tags); diff != "" {
		t.Errorf("tags: %s", diff)
	}
	var stores []string
	for _, attached := range found.Properties.StorageAccounts {
		stores = append(stores, *attached.ID)
	}
	if diff := cmp.Diff([]string{other, theirs}, stores); diff != "" {
		t.Errorf("storage accounts: %s", diff)
	}
}

func TestCreate_refusesToTakeOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.proto.Create(resourceType, w.config(nil))
	_, diags := w.proto.Apply(w.proto.Plan(resourceType, acctest.Object{}, w.config(nil)))
	for _, want := range []string{
		"Video Analyzer Account Already Exists", "to = azuremedia_video_analyzer.this", w.id(), nothingChanged,
	} {
		if !strings.Contains(diags.Text(), want) {
			t.Errorf("lacks %q:\n%s", want, diags.Text())
		}
	}
	if puts := w.Requests(http.MethodPut, put); len(puts) != 1 {
		t.Errorf("%d PUTs, want 1", len(puts))
	}
}

// TestCreate_findsItsAccountAfterALostAnswer has Azure create the account and say nothing.
func TestCreate_findsItsAccountAfterALostAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Rehearsal().AddFault(t.Context(),
		fault.Fault{Kind: fault.Lost, Method: http.MethodPut, Path: "*" + put, Times: 10})
	if err != nil {
		t.Fatal(err)
	}
	created := w.proto.Create(resourceType, w.config(nil))
	if created.Identity["id"] != w.id() || created.State["provisioning_state"] != "Succeeded" {
		t.Errorf("the state after a lost answer: %v", created.State)
	}
	silent(t, "the next plan", w.proto.Plan(resourceType, created, w.config(nil)).Diagnostics)
}

func TestReplace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(nil))
	for attribute, change := range map[string]struct{ spelt, other any }{
		"name":                {"contosovideo", "contoso"},
		"resource_group_name": {"MEDIA", "other"},
		"location":            {"West US 2", "northeurope"},
	} {
		plan := w.proto.Plan(resourceType, created, w.config(acctest.Value{attribute: change.spelt}))
		if len(plan.Diagnostics)+len(plan.Replace) > 0 {
			t.Errorf("%v replaces %v: %s", change.spelt, plan.Replace, plan.Diagnostics.Text())
		}
		plan = w.proto.Plan(resourceType, created, w.config(acctest.Value{attribute: change.other}))
		if len(plan.Diagnostics) > 0 || len(plan.Replace) != 1 {
			t.Errorf("%v replaces %v: %s", change.other, plan.Replace, plan.Diagnostics.Text())
		}
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(acctest.Value{"tags": acctest.Value{"a": "1"}}))
	want := acctest.Value{}
	for name, value := range created.State {
		want[name] = value
	}
	want["location"], want["timeouts"] = "West US 2", nil
	byID, diags := w.proto.ImportByID(resourceType, strings.ReplaceAll(w.id(), "videoAnalyzers", "VIDEOANALYZERS"))
	if diff := cmp.Diff(want, byID.State); len(diags) > 0 || diff != "" {
		t.Errorf("by ID: %s%s", diff, diags.Text())
	}
	byIdentity, diags := w.proto.ImportByIdentity(resourceType, map[string]string{"id": w.id()})
	if diff := cmp.Diff(want, byIdentity.State); len(diags) > 0 || diff != "" {
		t.Errorf("by identity: %s%s", diff, diags.Text())
	}
	_, diags = w.proto.ImportByID(resourceType, w.store)
	if !strings.Contains(diags.Text(), "Invalid Import ID") || !strings.Contains(diags.Text(), "videoAnalyzers") {
		t.Errorf("the ID of something else: %s", diags.Text())
	}
}

func TestDataSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Vault("keys")
	w.Key("keys", "video")
	w.Grant("keys", w.principal)
	created := w.proto.Create(resourceType, w.config(acctest.Value{
		"tags": acctest.Value{"a": "1"},
		"encryption": acctest.Value{
			"type": "CustomerKey", "key_vault_key_id": keyID, "user_assigned_identity_id": w.identity,
		},
	}))
	want := acctest.Value{}
	for name, value := range created.State {
		if name != "timeouts" {
			want[name] = value
		}
	}
	want["location"] = "West US 2"
	byName := acctest.Value{"name": "contosovideo", "resource_group_name": "media"}
	found, diags := w.proto.ReadData(resourceType, byName)
	if diff := cmp.Diff(want, found); len(diags) > 0 || diff != "" {
		t.Errorf("by name: %s%s", diff, diags.Text())
	}
	inCapitals := acctest.Value{"name": "CONTOSOVIDEO", "resource_group_name": "MEDIA"}
	found, diags = w.proto.ReadData(resourceType, inCapitals)
	if len(diags) > 0 || found["id"] != w.id() {
		t.Errorf("by name in capitals: want the ID as Azure spells it, got %v %s", found["id"], diags.Text())
	}
	w.Revoke("keys", w.principal)
	lost, diags := w.proto.ReadData(resourceType, acctest.Value{"id": w.id()})
	encryption, _ := lost["encryption"].(acctest.Value)
	if len(diags) > 0 || encryption["status"] == nil {
		t.Errorf("without the key: %v %s", encryption, diags.Text())
	}
	_, diags = w.proto.ReadData(resourceType, acctest.Value{"name": "nobody", "resource_group_name": "media"})
	if !strings.Contains(diags.Text(), "Video Analyzer Account Not Found") || !strings.Contains(diags.Text(), "az resource list") {
		t.Errorf("an account that is not there: %s", diags.Text())
	}
}

func TestRead_ofAnAccountThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(nil))
	if err := w.analyzers().Delete(t.Context(), "media", "contosovideo"); err != nil {
		t.Fatal(err)
	}
	gone, diags := w.proto.Read(created)
	silent(t, "reading", diags)
	if gone.State != nil {
		t.Errorf("still in the state: %v", gone.State)
	}
	_, diags = w.proto.Apply(w.proto.Plan(resourceType, created, nil))
	silent(t, "deleting what is gone", diags)
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Timeouts(w.proto, resourceType, w.config(nil))
}
