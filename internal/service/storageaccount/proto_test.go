// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// config is a configuration with some attributes added or set to something else.
func config(changes acctest.Value) acctest.Value {
	configured := acctest.Value{
		"name": "contoso", "resource_group_name": "media", "location": "westus2",
		"tags": acctest.Value{"a": "1"},
	}
	for name, value := range changes {
		configured[name] = value
	}
	return configured
}

// says fails the test unless everything was said.
func says(t *testing.T, diags acctest.Diagnostics, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(diags.Text(), text) {
			t.Errorf("lacks %q:\n%s", text, diags.Text())
		}
	}
}

// TestUpdate_leavesWhatOthersSet changes one attribute at a time, of an account whose every other
// property has been changed by somebody else between the plan and the apply.
func TestUpdate_leavesWhatOthersSet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		attribute string
		value     any
		changed   func(armstorage.Account) any
		want      any
	}{
		{"account_replication_type", "GRS", func(a armstorage.Account) any { return *a.SKU.Name }, armstorage.SKUNameStandardGRS},
		{"min_tls_version", "TLS1_0", func(a armstorage.Account) any { return *a.Properties.MinimumTLSVersion }, armstorage.MinimumTLSVersionTLS10},
		{"https_traffic_only_enabled", false, func(a armstorage.Account) any { return *a.Properties.EnableHTTPSTrafficOnly }, false},
		{"allow_nested_items_to_be_public", true, func(a armstorage.Account) any { return *a.Properties.AllowBlobPublicAccess }, true},
		{"shared_access_key_enabled", false, func(a armstorage.Account) any { return *a.Properties.AllowSharedKeyAccess }, false},
		{
			"public_network_access_enabled", false,
			func(a armstorage.Account) any { return *a.Properties.PublicNetworkAccess }, armstorage.PublicNetworkAccessDisabled,
		},
		{
			"key_expiration_period_in_days", 30,
			func(a armstorage.Account) any { return *a.Properties.KeyPolicy.KeyExpirationPeriodInDays }, int32(30),
		},
		{"tags", acctest.Value{"b": "2"}, func(a armstorage.Account) any { return *a.Tags["b"] }, "2"},
	} {
		t.Run(test.attribute, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			proto, them := w.Proto(), otherClient(t, w.Azure)
			created := proto.Create(resourceType, config(nil))
			reader := them.identity("reader")
			w.Vault("keys")
			w.Key("keys", "storage")

			plan := proto.Plan(resourceType, created, config(acctest.Value{test.attribute: test.value}))
			them.update(armstorage.AccountUpdateParameters{
				Identity: &armstorage.Identity{
					Type:                   to.Ptr(armstorage.IdentityTypeSystemAssignedUserAssigned),
					UserAssignedIdentities: map[string]*armstorage.UserAssignedIdentity{reader: {}},
				},
			})
			w.Grant("keys", *them.show().Identity.PrincipalID)
			them.update(armstorage.AccountUpdateParameters{
				Tags: map[string]*string{"a": to.Ptr("1"), "policy": to.Ptr("theirs")},
				Properties: &armstorage.AccountPropertiesUpdateParameters{
					AccessTier: to.Ptr(armstorage.AccessTierCool),
					KeyPolicy:  &armstorage.KeyPolicy{KeyExpirationPeriodInDays: to.Ptr[int32](90)},
					Encryption: &armstorage.Encryption{
						KeySource: to.Ptr(armstorage.KeySourceMicrosoftKeyvault),
						KeyVaultProperties: &armstorage.KeyVaultProperties{
							KeyName: to.Ptr("storage"), KeyVaultURI: to.Ptr("https://keys.vault.azure.net/"),
						},
					},
					NetworkRuleSet: &armstorage.NetworkRuleSet{
						DefaultAction: to.Ptr(armstorage.DefaultActionDeny),
						IPRules:       []*armstorage.IPRule{{IPAddressOrRange: to.Ptr("203.0.113.7")}},
					},
				},
			})
			before := them.show()
			if _, diags := proto.Apply(plan); len(diags) > 0 {
				t.Fatal(diags.Text())
			}

			after := them.show()
			if got := test.changed(after); got != test.want {
				t.Errorf("%s is %v, want %v", test.attribute, got, test.want)
			}
			if *after.Tags["policy"] != "theirs" {
				t.Error("a tag of theirs is lost")
			}
			if diff := cmp.Diff(before.Identity, after.Identity); diff != "" {
				t.Errorf("the identity was touched: %s", diff)
			}
			for attribute, property := range map[string]func(*armstorage.AccountProperties) any{
				"":                              func(p *armstorage.AccountProperties) any { return p.AccessTier },
				"key_expiration_period_in_days": func(p *armstorage.AccountProperties) any { return p.KeyPolicy },
				"encryption":                    func(p *armstorage.AccountProperties) any { return p.Encryption },
				"network_rules":                 func(p *armstorage.AccountProperties) any { return p.NetworkRuleSet },
			} {
				if attribute == test.attribute {
					continue
				}
				if diff := cmp.Diff(property(before.Properties), property(after.Properties)); diff != "" {
					t.Errorf("a property of theirs was touched: %s", diff)
				}
			}
		})
	}
}

func TestUpdate_changesIdentitiesOneByOne(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto, them := w.Proto(), otherClient(t, w.Azure)
	one, two, foreign := them.identity("one"), them.identity("two"), them.identity("foreign")
	identified := func(kind string, ids ...any) acctest.Value {
		identity := acctest.Value{"type": kind}
		if len(ids) > 0 {
			identity["identity_ids"] = ids
		}
		return config(acctest.Value{"identity": identity})
	}
	created := proto.Create(resourceType, identified("UserAssigned", one, two))

	respelt := identified("UserAssigned", strings.ToUpper(two), strings.ToLower(one))
	if plan := proto.Plan(resourceType, created, respelt); !cmp.Equal(plan.State, created.State) {
		t.Errorf("another spelling of the IDs is planned: %s", cmp.Diff(created.State, plan.State))
	}

	plan := proto.Plan(resourceType, created, identified("UserAssigned", two))
	them.update(armstorage.AccountUpdateParameters{Identity: &armstorage.Identity{
		Type:                   to.Ptr(armstorage.IdentityTypeUserAssigned),
		UserAssignedIdentities: map[string]*armstorage.UserAssignedIdentity{foreign: {}},
	}})
	updated, diags := proto.Apply(plan)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	// What came between shows in the next plan, for a person to decide about; it is not taken away.
	if diff := cmp.Diff([]string{foreign, two}, listed(them.show())); diff != "" {
		t.Errorf("identities in Azure: %s", diff)
	}

	updated, _ = proto.Read(updated)
	updated = proto.Update(updated, identified("SystemAssigned, UserAssigned", two))
	if diff := cmp.Diff([]string{two}, listed(them.show())); diff != "" {
		t.Errorf("identities in Azure: %s", diff)
	}
	principal := updated.State["identity"].(acctest.Value)["principal_id"]
	if principal != *them.show().Identity.PrincipalID {
		t.Errorf("the principal is %v", principal)
	}
	updated = proto.Update(updated, identified("SystemAssigned"))
	if got := updated.State["identity"].(acctest.Value)["principal_id"]; got != principal {
		t.Errorf("the principal has become %v", got)
	}
	if got := them.show().Identity; *got.Type != armstorage.IdentityTypeSystemAssigned || len(got.UserAssignedIdentities) > 0 {
		t.Errorf("the identity is %v", got)
	}
}

func listed(account armstorage.Account) []string {
	var ids []string
	for id := range account.Identity.UserAssignedIdentities {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func TestPlan_saysWhatAReplacementCosts(t *testing.T) {
	t.Parallel()
	proto := fixture.New(t).Proto()
	created := proto.Create(resourceType, config(nil))
	plan := proto.Plan(resourceType, created, config(acctest.Value{"infrastructure_encryption_enabled": true}))
	if len(plan.Replace) != 1 || !strings.Contains(plan.Replace[0], "infrastructure_encryption_enabled") {
		t.Errorf("replaced because of %v", plan.Replace)
	}
	const want = `WARNING: Infrastructure Encryption Cannot Be Changed (CMK015)
Found: a change of infrastructure encryption on ID.
Required: the choice made when the account was created.
Why: Azure can switch the second layer on only at creation, so this plan replaces the account and deletes everything stored in it.
Remedy: Leave the attribute as it was, or copy the data to a new account first.
Rule: https://registry.terraform.io/providers/azuremedia/azuremedia/latest/docs/guides/rules#cmk015
AttributeName("infrastructure_encryption_enabled")
`
	if diff := cmp.Diff(want, strings.ReplaceAll(plan.Diagnostics.Text(), created.State["id"].(string), "ID")); diff != "" {
		t.Errorf("said otherwise (-want +got):\n%s", diff)
	}
}

func TestPlan_refusesWhatOnlyAConversionDoes(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	created := proto.Create(resourceType, config(nil))
	plan := proto.Plan(resourceType, created, config(acctest.Value{"account_replication_type": "ZRS"}))
	const want = `ERROR: Storage Redundancy Needs Conversion
Found: ZRS.
Required: a redundancy that ID can be updated to from LRS.
Why: Azure copies an account to other zones, or back to one, only by a conversion, which takes hours to days.
Remedy: Convert it with ` + "`az storage account migration start --sku Standard_ZRS`" + `, then apply; or leave the attribute at LRS.

Nothing was changed.
AttributeName("account_replication_type")
`
	if diff := cmp.Diff(want, strings.ReplaceAll(plan.Diagnostics.Text(), created.State["id"].(string), "ID")); diff != "" {
		t.Errorf("said otherwise (-want +got):\n%s", diff)
	}
	for _, fine := range []acctest.Value{
		{"account_replication_type": "RAGRS"},
		{"account_replication_type": "ZRS", "name": "another"},
	} {
		if plan := proto.Plan(resourceType, created, config(fine)); len(plan.Diagnostics.Errors()) > 0 {
			t.Errorf("%v: %s", fine, plan.Diagnostics.Text())
		}
	}
}

func TestPlan_findsATakenName(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	elsewhere := engine.ID("/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/theirs" +
		"/providers/Microsoft.Storage/storageAccounts/contoso")
	if err := w.Rehearsal().Transact(func(tx *engine.Tx) error {
		tx.Save(&engine.Resource{ID: elsewhere, Type: "Microsoft.Storage/storageAccounts", Name: "contoso"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	plan := w.Proto().Plan(resourceType, acctest.Object{}, config(nil))
	const want = `ERROR: Name Not Available (ACC003)
Found: the storage account name "contoso", which is not available (AlreadyExists: The storage account named contoso is already taken).
Required: a name that nobody else in Azure has.
Why: The name becomes part of addresses that all of Azure shares.
Remedy: Choose another name; if it is your own storage account that has it, import that one.
Rule: https://registry.terraform.io/providers/azuremedia/azuremedia/latest/docs/guides/rules#acc003

Nothing was changed.
AttributeName("name")
`
	if diff := cmp.Diff(want, plan.Diagnostics.Text()); diff != "" {
		t.Errorf("said otherwise (-want +got):\n%s", diff)
	}
}

func TestValidate_refusesBadNames(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	for _, name := range []string{"", "ab", "Contoso", "con-toso", strings.Repeat("x", 25)} {
		diags := proto.Validate(resourceType, config(acctest.Value{"name": name}))
		if len(diags) != 1 {
			t.Errorf("%q: %s", name, diags.Text())
		}
		says(t, diags, "Name Not Allowed (ACC003)", "Found: ", "3 to 24 lower-case letters and digits",
			"Nothing was changed.", `AttributeName("name")`)
	}
	for attribute, value := range map[string]any{
		"account_kind": "Blob", "account_tier": "Cheap", "account_replication_type": "TRS",
		"key_expiration_period_in_days": -1,
		"min_tls_version":               "SSL3", "location": "", "identity": acctest.Value{"type": "UserAssigned"},
	} {
		diags := proto.Validate(resourceType, config(acctest.Value{attribute: value}))
		if len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), attribute) {
			t.Errorf("%s: %s", attribute, diags.Text())
		}
	}
}

func TestValidate_refusesTheAccountsKeyWhereThereIsNone(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	for _, service := range []string{"queue_encryption_key_type", "table_encryption_key_type"} {
		for kind, refused := range map[any]bool{
			nil: false, "StorageV2": false, "Storage": true, "BlockBlobStorage": true, acctest.Unknown{}: false,
		} {
			diags := proto.Validate(resourceType, config(acctest.Value{service: "Account", "account_kind": kind}))
			if refused != (len(diags) == 1) {
				t.Errorf("%s of %v: %s", service, kind, diags.Text())
			}
			if refused {
				says(t, diags, "Account Key Not Available", "Found: ", kind.(string), "Required: ", "Remedy: ",
					"Nothing was changed.", service)
			}
			diags = proto.Validate(resourceType, config(acctest.Value{service: "Service", "account_kind": kind}))
			if len(diags) > 0 {
				t.Errorf("the service's own key of %v: %s", kind, diags.Text())
			}
		}
	}
}

func TestCreate_takesNothingOver(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	plan := proto.Plan(resourceType, acctest.Object{}, config(nil))
	created := proto.Create(resourceType, config(acctest.Value{"identity": acctest.Value{"type": "SystemAssigned"}}))
	id := created.State["id"].(string)
	refused := func(diags acctest.Diagnostics) {
		t.Helper()
		says(t, diags, "Storage Account Already Exists", "Azure has "+id+" already", "Nothing was changed.",
			"  import {\n    to = azuremedia_storage_account.this\n    id = \""+id+"\"\n  }")
	}
	refused(proto.Plan(resourceType, acctest.Object{}, config(nil)).Diagnostics)
	calls := w.Calls(func() {
		_, diags := proto.Apply(plan)
		refused(diags)
	})
	again := w.Proto() // What has the name may be what the same plan replaces.
	again.Read(created)
	if diags := again.Plan(resourceType, acctest.Object{}, config(nil)).Diagnostics; len(diags) > 0 {
		t.Error(diags.Text())
	}
	if diff := cmp.Diff([]string{"GET Microsoft.Storage/storageAccounts/contoso"}, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}

	for _, by := range []func() (acctest.Object, acctest.Diagnostics){
		func() (acctest.Object, acctest.Diagnostics) {
			return proto.ImportByID(resourceType, strings.ToLower(id))
		},
		func() (acctest.Object, acctest.Diagnostics) {
			return proto.ImportByIdentity(resourceType, map[string]string{"id": strings.ToUpper(id)[:1] + id[1:]})
		},
	} {
		imported, diags := by()
		if len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		if diff := cmp.Diff(created, imported, cmpopts.IgnoreFields(acctest.Object{}, "Private")); diff != "" {
			t.Errorf("the import differs: %s", diff)
		}
		plan := proto.Plan(resourceType, imported, config(acctest.Value{"identity": acctest.Value{"type": "SystemAssigned"}}))
		if diff := cmp.Diff(imported.State, plan.State); diff != "" || len(plan.Diagnostics) > 0 {
			t.Errorf("something is planned after the import: %s%s", diff, plan.Diagnostics.Text())
		}
	}
	_, diags := proto.ImportByID(resourceType, "contoso")
	says(t, diags, "Invalid Import ID", "/providers/Microsoft.Storage/storageAccounts/<name>")
}

func TestCalls_areNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	const path = " Microsoft.Storage/storageAccounts/contoso"
	w := fixture.New(t)
	proto := w.Proto()
	var created, tagged acctest.Object
	var destroy acctest.Plan
	// One list for each kind of account that may depend on the storage account, at once.
	lists := []string{
		"GET Microsoft.Batch/batchAccounts", "GET Microsoft.MachineLearningServices/workspaces",
		"GET Microsoft.Media/mediaservices", "GET Microsoft.Media/videoAnalyzers",
	}
	for _, test := range []struct {
		name string
		do   func()
		want []string
	}{
		{"plan of what is new", func() { proto.Plan(resourceType, acctest.Object{}, config(nil)) }, []string{
			"POST Microsoft.Storage/checkNameAvailability",
		}},
		{"create", func() { created = proto.Create(resourceType, config(nil)) }, []string{
			"POST Microsoft.Storage/checkNameAvailability", "GET" + path, "PUT" + path,
			"GET Microsoft.Storage/locations/westus2/asyncoperations/{id}",
		}},
		{"refresh", func() { proto.Read(created) }, []string{"GET" + path}},
		{"plan without a change", func() { proto.Plan(resourceType, created, config(nil)) }, nil},
		{
			"update of tags", func() {
				tagged = proto.Update(created, config(acctest.Value{"tags": acctest.Value{"b": "2"}}))
			}, []string{"GET" + path, "PATCH" + path},
		},
		{"update", func() {
			proto.Update(tagged, config(acctest.Value{
				"tags": acctest.Value{"b": "2"}, "min_tls_version": "TLS1_1",
			}))
		}, []string{"PATCH" + path}},
		{"timeouts", func() {
			proto.Update(created, config(acctest.Value{"timeouts": acctest.Value{"read": "1m"}}))
		}, nil},
		{
			"update that keeps the keys", func() {
				created = proto.Update(created, config(acctest.Value{"https_traffic_only_enabled": false}))
			}, []string{"PATCH" + path},
		},
		{"plan to destroy", func() { destroy = proto.Plan(resourceType, created, nil) }, append(
			slices.Clone(lists), "GET management.azure.com/subscriptions",
		)},
		{"destroy", func() { proto.Apply(destroy) }, append(slices.Clone(lists), "DELETE"+path)},
	} {
		calls := w.Calls(test.do)
		if n := len(lists); len(calls) >= n && len(test.want) >= n && test.want[0] == lists[0] {
			slices.Sort(calls[:n])
		}
		// How often is asked whether an operation is over depends on the time that it takes.
		if diff := cmp.Diff(test.want, slices.Compact(calls)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestApply_saysWhatWentWrong(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	strike := func(method string) {
		if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: method, Path: "*/storageAccounts/contoso",
			Status: 409, Code: "ScopeLocked", Message: "The scope is locked.",
		}); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(act string, diags acctest.Diagnostics) {
		t.Helper()
		if len(diags) != 1 {
			t.Errorf("%d diagnostics", len(diags))
		}
		says(t, diags, "Storage Account Not "+act, "/storageAccounts/contoso", "ScopeLocked", "The scope is locked.",
			"Remove the lock", "Nothing was changed.")
	}
	missing := proto.Plan(resourceType, acctest.Object{}, config(acctest.Value{"resource_group_name": "nowhere"}))
	_, diags := proto.Apply(missing)
	says(t, diags, "Storage Account Not Created", "ResourceGroupNotFound", "Nothing was changed.")

	strike("PUT")
	_, diags = proto.Apply(proto.Plan(resourceType, acctest.Object{}, config(nil)))
	refused("Created", diags)
	created := proto.Create(resourceType, config(nil))
	strike("GET")
	_, diags = proto.Read(created)
	refused("Read", diags)
	for _, change := range []acctest.Value{{"min_tls_version": "TLS1_0"}, {"tags": acctest.Value{}}} {
		strike(map[bool]string{true: "GET", false: "PATCH"}[change["tags"] != nil])
		_, diags = proto.Apply(proto.Plan(resourceType, created, config(change)))
		refused("Updated", diags)
	}
	strike("DELETE")
	_, diags = proto.Apply(proto.Plan(resourceType, created, nil))
	refused("Deleted", diags)

	otherClient(t, w.Azure).remove()
	if _, diags := proto.Apply(proto.Plan(resourceType, created, nil)); len(diags) > 0 {
		t.Errorf("what is gone cannot be destroyed: %s", diags.Text())
	}
}
