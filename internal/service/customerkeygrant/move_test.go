// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// moving is a grant by which the account contoso reads its key, and an attachment that does so.
type moving struct {
	world
	byRoles                 bool
	reader, other           string // The identities.
	otherPrincipal          string
	key                     string
	made, attached          acctest.Object
	attachment, configMoved acctest.Value
}

const attachmentType = "azuremedia_customer_key_attachment"

func newMoving(t *testing.T, byRoles bool) *moving {
	t.Helper()
	var modes []func(*armkeyvault.VaultCreateOrUpdateParameters)
	if byRoles {
		modes = append(modes, fixture.ByRoles)
	}
	m := &moving{world: newWorld(t, modes...), byRoles: byRoles}
	m.reader, _ = m.Identity("reader")
	m.other, m.otherPrincipal = m.Identity("other")
	account := m.Account("contoso", m.reader, m.other)
	m.key = m.Key("keys", "media")
	m.made = m.Proto().Create(grant, m.config())
	m.attachment = acctest.Value{
		"account_id": account, "key_vault_key_id": m.key, "user_assigned_identity_id": m.reader,
	}
	m.attached = m.Proto().Create(attachmentType, m.attachment)
	m.configMoved = acctest.Value{"key_vault_id": m.vault, "principal_id": m.otherPrincipal}
	return m
}

// holders are the principals that hold access by the grant, in order.
func (m *moving) holders() (holders []string) {
	for _, principal := range []string{m.principal, m.otherPrincipal} {
		if m.byRoles && slices.Contains(m.assigned(m.vault), principal) || !m.byRoles && len(m.held(principal)) == 3 {
			holders = append(holders, principal)
		}
	}
	return holders
}

func (m *moving) wantHolders(t *testing.T, when string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, m.holders()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// move plans the change and applies it. Neither says anything, and nothing is replaced.
func (m *moving) move(t *testing.T, proto *acctest.Proto) {
	t.Helper()
	plan := proto.Plan(grant, m.made, m.configMoved)
	if len(plan.Diagnostics)+len(plan.Replace) > 0 {
		t.Fatalf("replaces %v: %s", plan.Replace, plan.Diagnostics.Text())
	}
	var diags acctest.Diagnostics
	if m.made, diags = proto.Apply(plan); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if want := m.vault + "/objectId/" + m.otherPrincipal; m.made.State["id"] != want {
		t.Errorf("the ID is %v, want %s", m.made.State["id"], want)
	}
}

// apply plans a configuration of a resource and applies it, which says nothing.
func apply(t *testing.T, proto *acctest.Proto, resourceType string, prior acctest.Object, config acctest.Value,
) acctest.Object {
	t.Helper()
	plan := proto.Plan(resourceType, prior, config)
	applied, diags := proto.Apply(plan)
	if diags = append(plan.Diagnostics, diags...); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	return applied
}

func (m *moving) follow(t *testing.T, proto *acctest.Proto) {
	t.Helper()
	config := maps.Clone(m.attachment)
	config["user_assigned_identity_id"] = m.other
	m.attached = apply(t, proto, attachmentType, m.attached, config)
}

// retained returns the IDs in the state.
func (m *moving) retained() any { return m.made.State["retained_ids"] }

func (m *moving) formerID() string { return m.vault + "/objectId/" + m.principal }

// TestMove grants access to another identity, and takes it away from the former one when the account has
// followed in the same run.
func TestMove(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			m := newMoving(t, byRoles)
			proto := m.Proto()
			m.move(t, proto)
			m.wantHolders(t, "the account has not followed", m.principal, m.otherPrincipal)
			if diff := cmp.Diff([]any{m.formerID()}, m.retained()); diff != "" {
				t.Error(diff)
			}
			m.follow(t, proto)
			m.wantHolders(t, "the account has followed", m.otherPrincipal)
			read, diags := proto.Read(m.made)
			if read.State["retained_ids"] != nil || len(diags) > 0 {
				t.Errorf("%v: %s", read.State, diags.Text())
			}
			unchanged(t, read, m.Proto().Plan(grant, read, m.configMoved))

			proto = m.Proto()
			apply(t, proto, attachmentType, m.attached, nil)
			apply(t, proto, grant, read, nil)
			m.wantHolders(t, "destroyed")
		})
	}
}

// TestMove_anotherVault keeps the access in the former vault until the account has a key in the new one.
func TestMove_anotherVault(t *testing.T) {
	t.Parallel()
	m := newMoving(t, false)
	config := acctest.Value{"key_vault_id": m.Vault("others"), "principal_id": m.principal}
	key := m.Key("others", "media")
	proto := m.Proto()
	moved := apply(t, proto, grant, m.made, config)
	if diff := cmp.Diff([]any{m.formerID()}, moved.State["retained_ids"]); diff != "" {
		t.Error(diff)
	}
	m.wantHolders(t, "the account has not followed", m.principal)
	m.attachment["key_vault_key_id"] = key
	attached := apply(t, proto, attachmentType, m.attached, m.attachment)
	m.wantHolders(t, "the account has followed")
	if attached.State["key_vault_key_id"] != key {
		t.Errorf("%v", attached.State)
	}
}

// TestMove_swapped: two grants that exchange their identities leave each other what they move away from.
func TestMove_swapped(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			m := newMoving(t, byRoles)
			m.Detach("contoso")
			second := m.Proto().Create(grant, m.configMoved)
			proto := m.Proto()
			plans := []acctest.Plan{proto.Plan(grant, m.made, m.configMoved), proto.Plan(grant, second, m.config())}
			var swapped []acctest.Object
			for _, plan := range plans {
				next, diags := proto.Apply(plan)
				if diags = append(plan.Diagnostics, diags...); len(diags) > 0 {
					t.Fatal(diags.Text())
				}
				swapped = append(swapped, next)
			}
			m.wantHolders(t, "swapped", m.principal, m.otherPrincipal)
			for _, one := range swapped {
				apply(t, m.Proto(), grant, one, nil)
			}
			m.wantHolders(t, "destroyed")
		})
	}
}

// TestMove_unused takes the former access away at once if nobody reads a key by it.
func TestMove_unused(t *testing.T) {
	t.Parallel()
	m := newMoving(t, false)
	m.Detach("contoso")
	m.move(t, m.Proto())
	m.wantHolders(t, "nobody reads a key", m.otherPrincipal)
	if m.retained() != nil {
		t.Errorf("retained %v", m.retained())
	}
}

// TestMove_laterRun remembers what could not go in its run: it is said as long as the account needs it,
// and goes in the run after.
func TestMove_laterRun(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			m := newMoving(t, byRoles)
			m.move(t, m.Proto())
			read, _ := m.Proto().Read(m.made)
			plan := m.Proto().Plan(grant, read, m.configMoved)
			if text := plan.Diagnostics.Text(); len(plan.Diagnostics.Warnings()) != 1 || len(plan.Diagnostics) != 1 ||
				!strings.Contains(text, "until then it is kept") || !strings.Contains(text, "account contoso") {
				t.Error(text)
			}
			if diff := cmp.Diff(read.State, plan.State); diff != "" {
				t.Errorf("planned to change (-before +planned):\n%s", diff)
			}
			gone := m.Proto().Plan(grant, read, nil)
			if len(gone.Diagnostics.Warnings()) != 1 {
				t.Errorf("destroying: %s", gone.Diagnostics.Text())
			}
			if kept, diags := m.Proto().Apply(gone); kept.State == nil || len(diags.Errors()) != 1 {
				t.Errorf("destroyed: %s", diags.Text())
			}
			m.wantHolders(t, "refused", m.principal, m.otherPrincipal)

			m.follow(t, m.Proto())
			m.wantHolders(t, "followed in another run", m.principal, m.otherPrincipal)
			read, _ = m.Proto().Read(read)
			proto := m.Proto()
			plan = proto.Plan(grant, read, m.configMoved)
			if plan.State["retained_ids"] != nil || len(plan.Diagnostics) > 0 {
				t.Fatalf("%v: %s", plan.State, plan.Diagnostics.Text())
			}
			if _, diags := proto.Apply(plan); len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			m.wantHolders(t, "the run after", m.otherPrincipal)
		})
	}
}

// TestMove_forgotten: a provider that is killed during an apply leaves the attributes, and loses the private
// state. What is retained is known all the same.
func TestMove_forgotten(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			m := newMoving(t, byRoles)
			m.move(t, m.Proto())
			m.made.Private = nil
			m.follow(t, m.Proto())
			for _, refreshed := range []bool{false, true} {
				state := m.made
				if refreshed {
					state, _ = m.Proto().Read(state)
				}
				if plan := m.Proto().Plan(grant, state, m.configMoved); plan.State["retained_ids"] != nil || len(plan.Diagnostics) > 0 {
					t.Errorf("%v: %s", plan.State, plan.Diagnostics.Text())
				}
			}
			apply(t, m.Proto(), grant, m.made, m.configMoved)
			m.wantHolders(t, "the run after", m.otherPrincipal)
		})
	}
}

// TestMove_andBack takes up what was retained, which is then taken away like any other grant of ours.
func TestMove_andBack(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			m := newMoving(t, byRoles)
			m.move(t, m.Proto())
			back := apply(t, m.Proto(), grant, m.made, m.config())
			if back.State["retained_ids"] != nil {
				t.Fatalf("%v", back.State)
			}
			m.wantHolders(t, "back", m.principal)
			m.Detach("contoso")
			apply(t, m.Proto(), grant, back, nil)
			m.wantHolders(t, "destroyed")
		})
	}
}

// TestMove_narrowed grants one key in place of all: the account that reads this key needs the former access
// no more, and one that reads another keeps it.
func TestMove_narrowed(t *testing.T) {
	t.Parallel()
	m := newMoving(t, true)
	config := m.config()
	config["key_name"] = "media"
	narrowed := apply(t, m.Proto(), grant, m.made, config)
	if narrowed.State["retained_ids"] != nil {
		t.Fatalf("%v", narrowed.State)
	}
	if vault, key := m.assigned(m.vault), m.assigned(customerkey.KeyScope(m.vault, "media")); len(vault) != 0 || len(key) != 1 {
		t.Errorf("assigned %v on the vault, %v on the key", vault, key)
	}
	widened := apply(t, m.Proto(), grant, narrowed, m.config())
	if widened.State["retained_ids"] != nil {
		t.Fatalf("%v", widened.State)
	}
	m.Account("fabrikam", m.reader)
	m.Attach("fabrikam", m.Key("keys", "other"), m.reader)
	narrowed = apply(t, m.Proto(), grant, widened, config)
	if diff := cmp.Diff([]any{m.formerID()}, narrowed.State["retained_ids"]); diff != "" {
		t.Error(diff)
	}
	if left := m.assigned(m.vault); len(left) != 1 {
		t.Errorf("assigned on the vault: %v", left)
	}
}

// TestMove_cut ends everything after each request that changes something, in a process that is killed, whose
// state stays as it was, and in one that is not. The account never loses access, and the next applies end where
// an undisturbed one does.
func TestMove_cut(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		for _, used := range []bool{false, true} {
			for _, killed := range []bool{false, true} {
				t.Run(fmt.Sprintf("roles=%t, used=%t, killed=%t", byRoles, used, killed), func(t *testing.T) {
					t.Parallel()
					for cut := 1; !newMoving(t, byRoles).cut(t, cut, used, killed); cut++ {
						if cut > 10 {
							t.Fatal("the change never ends")
						}
					}
				})
			}
		}
	}
}

// cut lets only some changes of Azure pass. Whole says that these were all.
func (m *moving) cut(t *testing.T, passing int, used, killed bool) (whole bool) {
	t.Helper()
	if !used {
		m.Detach("contoso")
	}
	access, restore := m.WatchAccess(fmt.Sprint(m.attachment["account_id"])), m.Cut(passing)
	proto := m.Proto()
	plan := proto.Plan(grant, m.made, m.configMoved)
	after, diags := proto.Apply(plan)
	restore()
	if m.made.Private = nil; !killed { // A kill loses the private state.
		m.made = after
	}
	proto = m.Proto()
	m.update(t, proto)
	if used {
		m.follow(t, proto)
	}
	m.update(t, m.Proto())
	m.wantHolders(t, fmt.Sprintf("after %d changes", passing), m.otherPrincipal)
	if used {
		access.Check(t)
	}
	return len(plan.Diagnostics)+len(diags) == 0
}

// update refreshes the grant and applies the change.
func (m *moving) update(t *testing.T, proto *acctest.Proto) {
	t.Helper()
	read, diags := proto.Read(m.made)
	plan := proto.Plan(grant, read, m.configMoved)
	updated, more := proto.Apply(plan)
	if diags = append(diags, more...); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	m.made = updated
}
