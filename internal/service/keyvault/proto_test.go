// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const stranger = "77777777-7777-7777-7777-777777777777"

// config is a configuration with some attributes added or set to something else.
func config(changes acctest.Value) acctest.Value {
	configured := acctest.Value{
		"name": "keys", "resource_group_name": "media", "location": "westus2",
		"tags": acctest.Value{"a": "1"},
	}
	for name, value := range changes {
		configured[name] = value
	}
	return configured
}

// reads fails the test unless exactly this was said. ID stands for the vault's.
func reads(t *testing.T, w *fixture.World, diags acctest.Diagnostics, want string) {
	t.Helper()
	got := strings.ReplaceAll(diags.Text(), w.ID(azure.VaultType, "keys"), "ID")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("said otherwise (-want +got):\n%s", diff)
	}
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

// settled fails the test unless a refresh and a plan find nothing to do.
func settled(t *testing.T, proto *acctest.Proto, object acctest.Object, configured acctest.Value) {
	t.Helper()
	read, diags := proto.Read(object)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	plan := proto.Plan(resourceType, read, configured)
	if diff := cmp.Diff(read.State, plan.State); diff != "" || len(plan.Diagnostics) > 0 {
		t.Errorf("something is still planned (-state +plan):\n%s%s", diff, plan.Diagnostics.Text())
	}
}

func TestUpdate_leavesWhatOthersSet(t *testing.T) {
	t.Parallel()
	closed := acctest.Value{"default_action": "Deny", "ip_rules": []any{"203.0.113.7"}}
	for _, test := range []struct {
		attribute string
		value     any
		changed   func(*armkeyvault.VaultProperties) any
		want      any
	}{
		{"sku_name", "premium", func(p *armkeyvault.VaultProperties) any { return *p.SKU.Name }, armkeyvault.SKUNamePremium},
		{"purge_protection_enabled", true, func(p *armkeyvault.VaultProperties) any { return *p.EnablePurgeProtection }, true},
		{"rbac_authorization_enabled", true, func(p *armkeyvault.VaultProperties) any { return *p.EnableRbacAuthorization }, true},
		{"public_network_access_enabled", false, func(p *armkeyvault.VaultProperties) any { return *p.PublicNetworkAccess }, "Disabled"},
		{"network_acls", closed, func(p *armkeyvault.VaultProperties) any { return *p.NetworkACLs.DefaultAction }, armkeyvault.NetworkRuleActionDeny},
		{"caller_key_access_enabled", true, func(p *armkeyvault.VaultProperties) any { return len(p.AccessPolicies) }, 2},
		{"tags", acctest.Value{"b": "2"}, nil, nil},
	} {
		t.Run(test.attribute, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			proto := w.Proto()
			begin := acctest.Value{"purge_protection_enabled": false, "caller_key_access_enabled": false}
			if test.attribute == "rbac_authorization_enabled" {
				begin["purge_protection_enabled"] = true
			}
			created := proto.Create(resourceType, config(begin))
			begin[test.attribute] = test.value
			plan := proto.Plan(resourceType, created, config(begin))

			w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, stranger, "get", "wrapKey")
			subnet := azure.ID(w.SubscriptionID(), "media", "Microsoft.Network/virtualNetworks", "net") + "/subnets/theirs"
			w.UpdateVault("keys", armkeyvault.VaultPatchProperties{
				EnabledForDeployment: to.Ptr(true),
				NetworkACLs: &armkeyvault.NetworkRuleSet{
					DefaultAction:       to.Ptr(armkeyvault.NetworkRuleActionAllow),
					Bypass:              to.Ptr(armkeyvault.NetworkRuleBypassOptionsAzureServices),
					VirtualNetworkRules: []*armkeyvault.VirtualNetworkRule{{ID: to.Ptr(subnet)}},
				},
			})
			tag(t, w, map[string]*string{"a": to.Ptr("1"), "policy": to.Ptr("theirs")})
			updated, diags := proto.Apply(plan)
			if len(diags) > 0 {
				t.Fatal(diags.Text())
			}

			after := w.ShowVault("keys")
			if test.changed == nil {
				if diff := cmp.Diff(map[string]*string{"b": to.Ptr("2"), "policy": to.Ptr("theirs")}, after.Tags); diff != "" {
					t.Errorf("tags in Azure: %s", diff)
				}
			} else if got := test.changed(after.Properties); got != test.want {
				t.Errorf("%s is %v, want %v", test.attribute, got, test.want)
			}
			if after.Tags["policy"] == nil {
				t.Error("a tag of theirs is lost")
			}
			if !*after.Properties.EnabledForDeployment {
				t.Error("a property of theirs was set back")
			}
			if rules := after.Properties.NetworkACLs.VirtualNetworkRules; len(rules) != 1 || !strings.EqualFold(*rules[0].ID, subnet) {
				t.Errorf("their network is lost: %v", rules)
			}
			if diff := cmp.Diff([]string{"get", "wrapKey"}, permissions(after, stranger)); diff != "" {
				t.Errorf("their access policy: %s", diff)
			}
			settled(t, proto, updated, config(begin))
		})
	}
}

// tag sets the vault's tags, as somebody else.
func tag(t *testing.T, w *fixture.World, tags map[string]*string) {
	t.Helper()
	vaults, err := w.Client.Vaults(w.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vaults.Update(t.Context(), fixture.Group, "keys",
		armkeyvault.VaultPatchParameters{Tags: tags}, nil); err != nil {
		t.Fatal(err)
	}
}

// permissions are what the access policy of a principal gives.
func permissions(vault armkeyvault.Vault, principal string) []string {
	var names []string
	for _, policy := range vault.Properties.AccessPolicies {
		if *policy.ObjectID == principal {
			for _, permission := range policy.Permissions.Keys {
				names = append(names, string(*permission))
			}
		}
	}
	return names
}

func TestPlan_refusesWhatAVaultDoesNotAllow(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	created := proto.Create(resourceType, config(nil))
	for _, test := range []struct {
		change acctest.Value
		want   string
	}{
		{acctest.Value{"purge_protection_enabled": false}, `ERROR: Purge Protection Is Irreversible
Found: false.
Required: true, as on the vault ID.
Why: Azure lets nobody switch purge protection off.
Remedy: Set it to true, or use another vault.

Nothing was changed.
AttributeName("purge_protection_enabled")
`},
		{acctest.Value{"soft_delete_retention_days": 30}, `ERROR: Soft Delete Retention Is Fixed
Found: 30.
Required: 90, as on the vault ID.
Why: Azure lets nobody change the retention of a vault.
Remedy: Set it to 90, or use another vault.

Nothing was changed.
AttributeName("soft_delete_retention_days")
`},
		{acctest.Value{"location": "northeurope"}, `ERROR: Key Vault Name Stays Taken
Found: northeurope.
Required: westus2, as the vault ID has, or another name.
Why: This change replaces the vault, and a deleted vault keeps its name for 90 days, during which it can only be recovered where it was.
Remedy: Change the name as well, or leave the vault where it is.

Nothing was changed.
AttributeName("location")
`},
		{acctest.Value{"resource_group_name": "other"}, `ERROR: Key Vault Name Stays Taken
Found: other.
Required: media, as the vault ID has, or another name.
Why: This change replaces the vault, and a deleted vault keeps its name for 90 days, during which it can only be recovered where it was.
Remedy: Change the name as well, or leave the vault where it is.

Nothing was changed.
AttributeName("resource_group_name")
`},
		{acctest.Value{
			"name": "another", "location": "northeurope", "soft_delete_retention_days": 7, "purge_protection_enabled": false,
		}, ""},
		{acctest.Value{"location": "West US 2", "resource_group_name": "MEDIA"}, ""},
		{acctest.Value{"location": acctest.Unknown{}, "soft_delete_retention_days": acctest.Unknown{}}, ""},
	} {
		plan := proto.Plan(resourceType, created, config(test.change))
		reads(t, w, plan.Diagnostics, test.want)
	}
}

func TestPlan_findsATakenName(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	w.Vault("keys", func(p *armkeyvault.VaultCreateOrUpdateParameters) { p.Location = to.Ptr("northeurope") })
	w.DeleteVault("keys")
	elsewhere := proto.Plan(resourceType, acctest.Object{}, config(nil))
	says(t, elsewhere.Diagnostics, "ERROR: Key Vault Name Stays Taken", "Found: the name of the vault keys in northeurope, which was deleted on ",
		" and is purged on ", w.ID(azure.VaultType, "keys"), `set location = "northeurope" and resource_group_name = "media"`,
		"Nothing was changed.", `AttributeName("name")`)
	// As long as it is not known where the vault is to be, the name may be that of one to recover;
	// Azure's word stands.
	for _, unknown := range []string{"location", "resource_group_name"} {
		plan := proto.Plan(resourceType, acctest.Object{}, config(acctest.Value{unknown: acctest.Unknown{}}))
		says(t, plan.Diagnostics, "ERROR: Name Not Available (ACC003)", `Found: the key vault name "keys", which is not available`,
			"(AlreadyExists: The vault name 'keys' is already in use", "Required: a name that nobody else in Azure has.",
			"Remedy: Choose another name; if it is your own key vault that has it, import that one.", "az keyvault list-deleted",
			"Nothing was changed.", `AttributeName("name")`)
	}
	if plan := proto.Plan(resourceType, acctest.Object{}, config(acctest.Value{"name": acctest.Unknown{}})); len(plan.Diagnostics) > 0 {
		t.Error(plan.Diagnostics.Text())
	}
}

func TestValidate_refusesWhatIsNoVault(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	for _, name := range []string{"", "ab", "1keys", "keys-", "my--keys", "my_keys", strings.Repeat("x", 25)} {
		diags := proto.Validate(resourceType, config(acctest.Value{"name": name}))
		if len(diags) != 1 {
			t.Errorf("%q: %s", name, diags.Text())
		}
		says(t, diags, "Name Not Allowed (ACC003)", "Found: the key vault name", "Required: 3 to 24", "Remedy: ",
			"Nothing was changed.", `AttributeName("name")`)
	}
	network := func(ip string) acctest.Value {
		return acctest.Value{"default_action": "Deny", "ip_rules": []any{ip}}
	}
	for _, test := range []struct {
		attribute string
		value     any
	}{
		{"sku_name", "gold"},
		{"soft_delete_retention_days", 6},
		{"soft_delete_retention_days", 91},
		{"location", ""},
		{"network_acls", acctest.Value{"default_action": "Maybe"}},
		{"network_acls", acctest.Value{"default_action": "Deny", "bypass": "Everybody"}},
		{"network_acls", network("203.0.113")},
		{"network_acls", network("2001:db8::/32")},
		{"network_acls", network("203.0.113.7/33")},
	} {
		diags := proto.Validate(resourceType, config(acctest.Value{test.attribute: test.value}))
		if len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), test.attribute) {
			t.Errorf("%s %v: %s", test.attribute, test.value, diags.Text())
		}
	}
}

func TestCreate_takesNothingOver(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	configured := config(acctest.Value{
		"network_acls": acctest.Value{"default_action": "Deny", "ip_rules": []any{"203.0.113.0/24"}},
	})
	created := proto.Create(resourceType, configured)
	id := created.State["id"].(string)
	calls := w.Calls(func() {
		_, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, config(nil)))
		says(t, diags, "Key Vault Already Exists", "Azure has "+id+" already", "Nothing was changed.",
			"  import {\n    to = azuremedia_key_vault.this\n    id = \""+id+"\"\n  }")
	})
	if diff := cmp.Diff([]string{
		"POST Microsoft.KeyVault/checkNameAvailability",
		"GET Microsoft.KeyVault/deletedVaults", // Is it one to recover?
		"GET /resources",                       // Is it our own?
		"GET Microsoft.KeyVault/vaults/keys",
	}, calls, cmpopts.AcyclicTransformer("short", short)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}

	for _, by := range []func() (acctest.Object, acctest.Diagnostics){
		func() (acctest.Object, acctest.Diagnostics) {
			return proto.ImportByID(resourceType, strings.ToLower(id))
		},
		func() (acctest.Object, acctest.Diagnostics) {
			return proto.ImportByIdentity(resourceType, map[string]string{"id": strings.ToLower(id)})
		},
	} {
		imported, diags := by()
		if len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		if diff := cmp.Diff(created, imported, cmpopts.IgnoreFields(acctest.Object{}, "Private")); diff != "" {
			t.Errorf("the import differs: %s", diff)
		}
		settled(t, proto, imported, configured)
	}
	_, diags := proto.ImportByID(resourceType, "keys")
	says(t, diags, "Invalid Import ID", "/providers/Microsoft.KeyVault/vaults/<name>")
}

// short leaves of a list of a subscription's resources that it is one.
func short(call string) string {
	if strings.HasSuffix(call, "/resources") {
		return "GET /resources"
	}
	return call
}

func TestImport_ofAnOpenVaultManagesNoFirewall(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	created := proto.Create(resourceType, config(nil))
	imported, diags := proto.ImportByID(resourceType, created.State["id"].(string))
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if imported.State["network_acls"] != nil {
		t.Errorf("manages %v", imported.State["network_acls"])
	}
	settled(t, proto, imported, config(nil))
}

// lists are the lists of accounts at plan and just before a change, in order.
// subscriptions are listed once a run: accounts in each of them may depend on a vault.
const subscriptions = "GET management.azure.com/subscriptions"

func lists() []string {
	return []string{
		"GET Microsoft.Batch/batchAccounts", "GET Microsoft.Batch/batchAccounts",
		"GET Microsoft.Media/mediaservices", "GET Microsoft.Media/mediaservices",
		"GET Microsoft.Media/videoAnalyzers", "GET Microsoft.Media/videoAnalyzers",
		"GET Microsoft.Storage/storageAccounts", "GET Microsoft.Storage/storageAccounts",
	}
}

// inOrder sorts the lists of accounts, which are sent at once, and leaves out what is waited for.
func inOrder(calls []string) []string {
	listed := 0
	for listed < len(calls) && slices.Contains(append(lists(), subscriptions), calls[listed]) {
		listed++
	}
	slices.Sort(calls[:listed])
	return append(calls[:listed:listed], slices.Compact(calls[listed:])...)
}

func TestCalls_areNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	const path = " Microsoft.KeyVault/vaults/keys"
	w := fixture.New(t)
	proto := w.Proto()
	var object acctest.Object
	byRole := acctest.Value{"rbac_authorization_enabled": true}
	for _, test := range []struct {
		name string
		do   func()
		want []string
	}{
		{"plan of what is new", func() { proto.Plan(resourceType, acctest.Object{}, config(nil)) }, []string{
			"POST Microsoft.KeyVault/checkNameAvailability",
		}},
		{"create", func() { object = proto.Create(resourceType, config(nil)) }, []string{
			"POST Microsoft.KeyVault/checkNameAvailability", "GET" + path, "PUT" + path,
			"GET" + path, // Until the name is registered.
		}},
		{"refresh", func() { proto.Read(object) }, []string{"GET" + path}},
		{"plan without a change", func() { proto.Plan(resourceType, object, config(nil)) }, nil},
		{"update", func() { object = proto.Update(object, config(acctest.Value{"sku_name": "premium"})) }, []string{"PATCH" + path}},
		{"update of tags", func() {
			object = proto.Update(object, config(acctest.Value{"sku_name": "premium", "tags": acctest.Value{}}))
		}, []string{"GET" + path, "PATCH" + path}},
		{"over to roles", func() { object = proto.Update(object, config(byRole)) }, append(lists(), subscriptions,
			"PUT Microsoft.Authorization/roleAssignments/{id}", "GET"+path, "PATCH"+path, "GET"+path,
			"PUT"+path+"/accessPolicies/remove",
		)},
		{"refresh with roles", func() { proto.Read(object) }, []string{
			"GET" + path, "GET Microsoft.Authorization/roleAssignments",
		}},
		{"timeouts", func() {
			proto.Update(object, config(acctest.Value{
				"rbac_authorization_enabled": true, "timeouts": acctest.Value{"read": "1m"},
			}))
		}, nil},
		{"destroy", func() { proto.Apply(proto.Plan(resourceType, object, nil)) }, append(lists(),
			"DELETE Microsoft.Authorization/roleAssignments/{id}", "DELETE"+path,
		)},
	} {
		if diff := cmp.Diff(test.want, inOrder(w.Calls(test.do))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestApply_saysWhatWentWrong(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	strike := func(method, path string) {
		t.Helper()
		if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: method, Path: path,
			Status: 403, Code: "RequestDisallowedByPolicy", Message: "The policy forbids it.",
		}); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(act, outcome string, diags acctest.Diagnostics) {
		t.Helper()
		if len(diags) != 1 {
			t.Errorf("%d diagnostics", len(diags))
		}
		says(t, diags, "Key Vault Not "+act, w.ID(azure.VaultType, "keys"), "RequestDisallowedByPolicy",
			"The policy forbids it.", "Azure Policy above", outcome)
	}
	const nothing = "Nothing was changed."
	plan := proto.Plan(resourceType, acctest.Object{}, config(nil))
	strike("GET", "*/vaults/keys")
	_, diags := proto.Apply(plan)
	refused("Created", nothing, diags)
	strike("PUT", "*/vaults/keys")
	_, diags = proto.Apply(plan)
	refused("Created", nothing, diags)

	created := proto.Create(resourceType, config(nil))
	strike("GET", "*/vaults/keys")
	_, diags = proto.Read(created)
	refused("Read", nothing, diags)
	for _, test := range []struct {
		change                acctest.Value
		method, path, outcome string
	}{
		{acctest.Value{"sku_name": "premium"}, "PATCH", "*/vaults/keys", nothing},
		{acctest.Value{"tags": acctest.Value{}}, "GET", "*/vaults/keys", nothing},
		{acctest.Value{"rbac_authorization_enabled": true}, "PUT", "*/roleAssignments/*", nothing},
		{
			acctest.Value{"caller_key_access_enabled": false},
			"PUT", "*/accessPolicies/remove",
			"The vault itself was changed as planned. Apply again to do the rest.",
		},
	} {
		strike(test.method, test.path)
		_, diags = proto.Apply(proto.Plan(resourceType, created, config(test.change)))
		refused("Updated", test.outcome, diags)
	}
	strike("DELETE", "*/vaults/keys")
	_, diags = proto.Apply(proto.Plan(resourceType, created, nil))
	refused("Deleted", nothing, diags)

	w.DeleteVault("keys")
	if _, diags := proto.Apply(proto.Plan(resourceType, created, nil)); len(diags) > 0 {
		t.Errorf("what is gone cannot be destroyed: %s", diags.Text())
	}
	if gone, diags := proto.Read(created); gone.State != nil || len(diags) > 0 {
		t.Errorf("still in state: %v %s", gone.State, diags.Text())
	}
}

func TestPlan_changes(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	made := w.Timeouts(proto, resourceType, config(nil))
	proto.Replaces(made, config(nil), acctest.Value{"name": "other"})
	// In another place it needs another name as well, as the old vault keeps its own.
	for name, value := range map[string]string{"resource_group_name": "other", "location": "northeurope"} {
		moved := config(acctest.Value{"name": "other", name: value})
		plan := proto.Plan(resourceType, made, moved)
		if len(plan.Diagnostics) > 0 || len(plan.Replace) != 2 {
			t.Errorf("%s: replaced for %v: %s", name, plan.Replace, plan.Diagnostics.Text())
		}
	}
}
