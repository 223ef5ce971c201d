// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

const grant = "azuremedia_customer_key_grant"

// world is an identity and a vault.
type world struct {
	*fixture.World
	vault, principal string
}

func newWorld(t *testing.T, vault ...func(*armkeyvault.VaultCreateOrUpdateParameters)) world {
	t.Helper()
	w := world{World: fixture.New(t)}
	w.vault = w.Vault("keys", vault...)
	_, w.principal = w.Identity("reader")
	return w
}

func (w world) config() acctest.Value {
	return acctest.Value{"key_vault_id": w.vault, "principal_id": w.principal}
}

// held are the permissions of a principal's access policy.
func (w world) held(principal string) []string {
	var held []string
	for _, entry := range w.ShowVault("keys").Properties.AccessPolicies {
		if strings.EqualFold(*entry.ObjectID, principal) {
			for _, permission := range entry.Permissions.Keys {
				held = append(held, string(*permission))
			}
		}
	}
	slices.Sort(held)
	return held
}

// assigned are the principals that the role is assigned to, at exactly a scope.
func (w world) assigned(scope string) []string {
	var principals []string
	for _, assignment := range w.Assignments(scope) {
		if strings.HasSuffix(*assignment.Properties.RoleDefinitionID, customerkey.RoleCryptoServiceEncryptionUserID) {
			principals = append(principals, *assignment.Properties.PrincipalID)
		}
	}
	return principals
}

func unchanged(t *testing.T, before acctest.Object, plan acctest.Plan) {
	t.Helper()
	if len(plan.Diagnostics) > 0 {
		t.Error(plan.Diagnostics.Text())
	}
	if diff := cmp.Diff(before.State, plan.State); diff != "" {
		t.Errorf("planned to change (-before +planned):\n%s", diff)
	}
}

func permissions() []any { return []any{"get", "unwrapKey", "wrapKey"} }

func TestGrant_byPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(grant, w.config())
	if diff := cmp.Diff(acctest.Value{
		"id": w.vault + "/objectId/" + w.principal, "key_vault_id": w.vault, "principal_id": w.principal,
		"key_name": nil, "mode": "access_policy", "key_permissions": permissions(),
		"role_assignment_id": nil, "retained_ids": nil, "timeouts": nil,
	}, sorted(made.State)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"get", "unwrapKey", "wrapKey"}, w.held(w.principal)); diff != "" {
		t.Error(diff)
	}
	read, diags := proto.Read(made)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	unchanged(t, read, proto.Plan(grant, read, w.config()))

	gone, diags := proto.Apply(proto.Plan(grant, read, nil))
	if gone.State != nil || len(diags) > 0 {
		t.Fatalf("%v: %s", gone.State, diags.Text())
	}
	if held := w.held(w.principal); held != nil {
		t.Errorf("left: %v", held)
	}
	if held := w.held(w.Owner()); len(held) == 0 {
		t.Error("the owner's policy went as well")
	}
}

// sorted is a state whose set is in order.
func sorted(state acctest.Value) acctest.Value {
	if set, ok := state["key_permissions"].([]any); ok {
		slices.SortFunc(set, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	return state
}

func TestGrant_byRole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, key, scope string }{
		{"vault", "", ""},
		{"key", "media", "/keys/media"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, fixture.ByRoles)
			w.Key("keys", "media")
			config := w.config()
			if test.key != "" {
				config["key_name"] = test.key
			}
			proto := w.Proto()
			made := proto.Create(grant, config)
			assignment, _ := made.State["role_assignment_id"].(string)
			if made.State["mode"] != "role_assignment" || assignment == "" ||
				made.State["id"] != w.vault+test.scope+"/objectId/"+w.principal {
				t.Errorf("%v", made.State)
			}
			if diff := cmp.Diff([]string{w.principal}, w.assigned(w.vault+test.scope)); diff != "" {
				t.Error(diff)
			}
			read, diags := proto.Read(made)
			if len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			unchanged(t, read, proto.Plan(grant, read, config))

			if gone, diags := proto.Apply(proto.Plan(grant, read, nil)); gone.State != nil || len(diags) > 0 {
				t.Fatalf("%v: %s", gone.State, diags.Text())
			}
			if left := w.assigned(w.vault + test.scope); left != nil {
				t.Errorf("left: %v", left)
			}

			// The name follows from the grant, so that the same grant has the same name again.
			if again := proto.Create(grant, config).State["role_assignment_id"]; again != assignment {
				t.Errorf("named %s, and then %s", assignment, again)
			}
		})
	}
}

// TestGrant_keepsWhatOthersGranted: what somebody else gave the same identity is joined and left.
func TestGrant_keepsWhatOthersGranted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, w.principal, "list", "get")
	proto := w.Proto()
	made := proto.Create(grant, w.config())
	if diff := cmp.Diff([]string{"get", "list", "unwrapKey", "wrapKey"}, w.held(w.principal)); diff != "" {
		t.Error(diff)
	}
	if _, diags := proto.Apply(proto.Plan(grant, made, nil)); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if diff := cmp.Diff([]string{"get", "list"}, w.held(w.principal)); diff != "" {
		t.Errorf("somebody else's permissions (-want +got):\n%s", diff)
	}
}

// TestGrant_completes what somebody took away.
func TestGrant_completes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(grant, w.config())
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindRemove, w.principal, "wrapKey")
	read, _ := proto.Read(made)
	plan := proto.Plan(grant, read, w.config())
	if len(plan.Replace) > 0 {
		t.Errorf("replaces %v", plan.Replace)
	}
	back, diags := proto.Apply(plan)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if diff := cmp.Diff([]string{"get", "unwrapKey", "wrapKey"}, w.held(w.principal)); diff != "" {
		t.Error(diff)
	}
	if _, diags := proto.Apply(proto.Plan(grant, back, nil)); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if held := w.held(w.principal); held != nil {
		t.Errorf("left: %v", held)
	}
}

// TestGrant_isRevoked by somebody else: the next apply grants it again, in place.
func TestGrant_isRevoked(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			m := newMoving(t, byRoles)
			if id, ok := m.made.State["role_assignment_id"].(string); ok {
				m.Unassign(id)
			} else {
				m.Revoke("keys", m.principal)
			}
			read, diags := m.Proto().Read(m.made)
			if held, _ := read.State["key_permissions"].([]any); len(held) > 0 || len(diags) > 0 {
				t.Errorf("%v: %s", read.State, diags.Text())
			}
			proto := m.Proto()
			plan := proto.Plan(grant, read, m.config())
			back, diags := proto.Apply(plan)
			if len(plan.Diagnostics)+len(diags)+len(plan.Replace) > 0 {
				t.Fatal(diags.Text())
			}
			m.wantHolders(t, "granted again", m.principal)
			m.Detach("contoso")
			for _, state := range []acctest.Object{back, read} { // The second finds nothing to destroy.
				if _, diags := m.Proto().Apply(m.Proto().Plan(grant, state, nil)); len(diags) > 0 {
					t.Errorf("destroying: %s", diags.Text())
				}
				m.wantHolders(t, "destroyed")
			}
			if imported, diags := m.Proto().ImportByID(grant, m.formerID()); imported.State != nil || len(diags) > 0 {
				t.Errorf("imported what is gone: %v", imported.State)
			}
		})
	}
}

// TestGrant_isGone with its vault, which is purged in the end. Until then, both can come back.
func TestGrant_isGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := proto.Create(grant, w.config())
	w.DeleteVault("keys")
	if read, diags := proto.Read(made); read.State == nil || len(diags) > 0 {
		t.Errorf("not kept: %s", diags.Text())
	}
	w.Advance(91 * 24 * time.Hour)
	proto = w.Proto()
	if read, diags := proto.Read(made); read.State != nil || len(diags) > 0 {
		t.Errorf("still there: %v: %s", read.State, diags.Text())
	}
	if _, diags := proto.Apply(proto.Plan(grant, made, nil)); len(diags) > 0 {
		t.Errorf("destroying what is gone: %s", diags.Text())
	}
}

func TestGrant_takesNothingOverSilently(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			var w world
			if byRoles {
				w = newWorld(t, fixture.ByRoles)
				w.Assign(w.vault, w.principal, customerkey.RoleCryptoServiceEncryptionUserID)
			} else {
				w = newWorld(t)
				w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, w.principal, "get", "wrapKey", "unwrapKey", "list")
			}
			proto := w.Proto()
			id := w.vault + "/objectId/" + w.principal
			_, diags := proto.Apply(proto.Plan(grant, acctest.Object{}, w.config()))
			for _, want := range []string{
				"Customer Key Grant Already Exists", "to = azuremedia_customer_key_grant.this", id, "Nothing was changed.",
			} {
				if !strings.Contains(diags.Text(), want) {
					t.Errorf("lacks %q:\n%s", want, diags.Text())
				}
			}

			imported, diags := proto.ImportByID(grant, id)
			if len(diags) > 0 || imported.State == nil {
				t.Fatalf("importing: %s", diags.Text())
			}
			byIdentity, diags := proto.ImportByIdentity(grant, map[string]string{"id": id})
			if diff := cmp.Diff(sorted(imported.State), sorted(byIdentity.State)); diff != "" || len(diags) > 0 {
				t.Errorf("by identity: %s%s", diff, diags.Text())
			}
			unchanged(t, imported, w.Proto().Plan(grant, imported, w.config()))
			if _, diags := proto.Apply(proto.Plan(grant, imported, nil)); len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			if held := strings.Join(w.held(w.principal), ","); held != "" && held != "list" || w.assigned(w.vault) != nil {
				t.Errorf("left: %v, %v", held, w.assigned(w.vault))
			}
		})
	}
}

// TestGrant_takesUpItsOwn: an apply that was killed made exactly this grant, and the state does not have it.
func TestGrant_takesUpItsOwn(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		w := newWorld(t)
		if byRoles {
			w = newWorld(t, fixture.ByRoles)
		}
		w.Proto().Create(grant, w.config())
		proto := w.Proto()
		made, diags := proto.Apply(proto.Plan(grant, acctest.Object{}, w.config()))
		if len(diags.Errors()) > 0 || len(diags) != 1 || diags[0].Summary != "Customer Key Grant Taken Up" {
			t.Fatalf("roles=%t: %s", byRoles, diags.Text())
		}
		proto = w.Proto()
		read, diags := proto.Read(made)
		if len(diags) > 0 {
			t.Error(diags.Text())
		}
		unchanged(t, read, proto.Plan(grant, read, w.config()))
		if _, diags := proto.Apply(proto.Plan(grant, read, nil)); len(diags) > 0 {
			t.Error(diags.Text())
		}
		if w.held(w.principal) != nil || w.assigned(w.vault) != nil {
			t.Errorf("roles=%t: left: %v, %v", byRoles, w.held(w.principal), w.assigned(w.vault))
		}
	}
}

func TestImport_refusesWhatIsNoGrant(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	for _, id := range []string{
		"x", "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/keys/k",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/v/objectId/p",
	} {
		_, diags := proto.ImportByID(grant, id)
		if len(diags) != 1 || diags[0].Summary != "Invalid Import ID" || !strings.Contains(diags.Text(), "/objectId/<principal ID>") {
			t.Errorf("%s: %s", id, diags.Text())
		}
	}
}

// TestGrant_followsTheVault: when the vault turns to roles, or back, so does the grant.
func TestGrant_followsTheVault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	state := proto.Create(grant, w.config())
	w.Assign(w.vault, w.Owner(), customerkey.RoleCryptoOfficerID)
	for _, step := range []struct {
		byRoles  bool
		mode     string
		policies []string
		roles    []string
	}{
		{true, "role_assignment", nil, []string{w.principal}},
		{false, "access_policy", []string{"get", "unwrapKey", "wrapKey"}, nil},
	} {
		w.UpdateVault("keys", armkeyvault.VaultPatchProperties{EnableRbacAuthorization: to.Ptr(step.byRoles)})
		read, diags := proto.Read(state)
		if len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		plan := proto.Plan(grant, read, w.config())
		if len(plan.Replace) > 0 {
			t.Errorf("replaces %v", plan.Replace)
		}
		next, diags := proto.Apply(plan)
		if len(diags) > 0 || next.State["mode"] != step.mode {
			t.Fatalf("%v: %s", next.State, diags.Text())
		}
		if diff := cmp.Diff(step.policies, w.held(w.principal)); diff != "" {
			t.Errorf("policies: %s", diff)
		}
		if diff := cmp.Diff(step.roles, w.assigned(w.vault)); diff != "" {
			t.Errorf("roles: %s", diff)
		}
		read, _ = proto.Read(next)
		unchanged(t, read, proto.Plan(grant, read, w.config()))
		state = next
	}
}

func TestGrant_ofOneKeyNeedsRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := w.config()
	config["key_name"] = "media"
	proto := w.Proto()
	_, diags := proto.Apply(proto.Plan(grant, acctest.Object{}, config))
	if len(diags) != 1 || diags[0].Summary != "Access Policy For One Key" ||
		!strings.Contains(diags.Text(), "key_name") || !strings.Contains(diags.Text(), "Nothing was changed.") {
		t.Error(diags.Text())
	}
	if held := w.held(w.principal); held != nil {
		t.Errorf("granted %v", held)
	}
}

func TestValidate_principal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := w.config()
	config["principal_id"] = "reader"
	if diags := w.Proto().Validate(grant, config); len(diags) != 1 || !strings.Contains(diags.Text(), "the ID of an object in Microsoft Entra ID") {
		t.Error(diags.Text())
	}
}

// TestGrant_refusesAVaultThatIsNotThere.
func TestGrant_refusesAVaultThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := w.config()
	config["key_vault_id"] = w.ID(azure.VaultType, "none")
	proto := w.Proto()
	_, diags := proto.Apply(proto.Plan(grant, acctest.Object{}, config))
	if len(diags) != 1 || diags[0].Summary != "Customer Key Grant Not Created" {
		t.Error(diags.Text())
	}
}

// TestAccGrant_severalAtOnce grants one vault's keys to several identities side by side.
func TestAccGrant_severalAtOnce(t *testing.T) {
	t.Parallel()
	opened := acctest.New(t)
	config := func(mode string) string {
		return opened.Config(fmt.Sprintf(`
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_key_vault" "test" {
  name                       = "keys"
  resource_group_name        = azuremedia_resource_group.test.name
  location                   = azuremedia_resource_group.test.location
  rbac_authorization_enabled = %s
}

resource "azuremedia_user_assigned_identity" "test" {
  count               = 4
  name                = "reader${count.index}"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location
}

resource "azuremedia_customer_key_grant" "test" {
  count        = 4
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_user_assigned_identity.test[count.index].principal_id
}
`, mode))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: opened.Factories(),
		CheckDestroy:             opened.Empty,
		Steps: []resource.TestStep{
			{Config: config("false")},
			{
				Config: config("true"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(grant+".test[0]", plancheck.ResourceActionUpdate),
				}},
			},
		},
	})
}

func TestGrant_timeouts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Timeouts(w.Proto(), grant, w.config())
}

// TestProtoGrant_ofOneKeyByPolicy is refused at plan, also where the identity has an access policy already: that
// one is for all keys, and no grant that exists.
func TestProtoGrant_ofOneKeyByPolicy(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	vault := w.Vault("keys")
	_, principal := w.Identity("reader")
	w.Grant("keys", principal)
	config := acctest.Value{"key_vault_id": vault, "principal_id": principal, "key_name": "media"}
	diags := w.Proto().Plan("azuremedia_customer_key_grant", acctest.Object{}, config).Diagnostics
	if !strings.Contains(diags.Errors().Text(), "key_name") || strings.Contains(diags.Text(), "Already Exists") {
		t.Errorf("got %s", diags.Text())
	}
}
