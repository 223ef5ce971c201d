// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package soak_test

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// run is a resource in an Azure of its own, driven as Terraform drives it.
type run struct {
	t        *testing.T
	w        *fixture.World
	scenario scenario
	stage    stage
	access   *fixture.Access
	before   []string // What Azure had.
	striker  *striker

	object  acctest.Object
	tainted bool
}

// start furnishes an Azure, and takes the steps before one.
func start(t *testing.T, s scenario, steps int) *run {
	t.Helper()
	r := &run{t: t, w: fixture.New(t), scenario: s, striker: new(striker)}
	r.stage = s.furnish(r.w)
	r.access = r.w.WatchAccess(r.stage.accounts...)
	r.w.Wrap(func(through http.RoundTripper) http.RoundTripper {
		return acctest.RoundTripper(func(req *http.Request) (*http.Response, error) { return r.striker.trip(req, through) })
	})
	r.before = r.inventory()
	for i, step := range r.stage.steps[:steps+1] {
		if step.before != nil {
			step.before(r.w)
		}
		if i == steps {
			break
		}
		if diags, _ := r.apply(step.config); len(diags.Errors()) > 0 {
			t.Fatalf("the step %s: %s", step.name, diags.Text())
		}
	}
	return r
}

// apply refreshes, plans and applies a configuration; nil destroys. It does with the answers what Terraform does:
// of a provider that was killed, it knows nothing. It returns the errors, and whether anything was planned.
func (r *run) apply(config acctest.Value) (diags acctest.Diagnostics, changed bool) {
	proto := r.provider()
	next := r.object
	if next.State != nil {
		next, diags = proto.Read(next)
		if r.striker.isDead() || len(diags.Errors()) > 0 {
			return dead(diags), false
		}
		if next.State == nil {
			next, r.tainted = acctest.Object{}, false
		}
	}
	if config == nil && next.State == nil {
		r.object = next
		return diags, false
	}
	prior := next
	if r.tainted && config != nil {
		prior = acctest.Object{}
	}
	plan := proto.Plan(r.scenario.kind, prior, config)
	if r.striker.isDead() || len(plan.Diagnostics.Errors()) > 0 {
		return dead(plan.Diagnostics), false
	}
	r.object = next
	replaces := config != nil && next.State != nil && (r.tainted || len(plan.Replace) > 0)
	if !replaces && config != nil && same(plan.State, next.State) {
		return plan.Diagnostics, false
	}
	proto = r.provider()
	if replaces || config == nil {
		if diags = r.carryOut(proto, r.object, nil); len(diags.Errors()) > 0 || config == nil {
			return diags, true
		}
	}
	return r.carryOut(proto, r.object, config), true
}

// carryOut plans again and applies, and keeps what Terraform keeps.
func (r *run) carryOut(proto *acctest.Proto, prior acctest.Object, config acctest.Value) acctest.Diagnostics {
	plan := proto.Plan(r.scenario.kind, prior, config)
	if r.striker.isDead() || len(plan.Diagnostics.Errors()) > 0 {
		return dead(plan.Diagnostics)
	}
	made, diags := proto.Apply(plan)
	if r.striker.isDead() { // Terraform keeps the attributes of before alone.
		r.object = acctest.Object{Type: prior.Type, State: prior.State, Identity: prior.Identity}
		return dead(diags)
	}
	failed := len(diags.Errors()) > 0
	switch {
	case made.State == nil && failed && prior.State != nil: // Terraform keeps what it had.
	case made.State == nil:
		r.object, r.tainted = acctest.Object{}, false
	default:
		r.object, r.tainted = made, failed && (prior.State == nil || r.tainted)
	}
	if !failed && config != nil {
		for name, planned := range plan.State {
			if !consistent(planned, made.State[name]) {
				r.t.Errorf("inconsistent result after apply: %s was planned as %v and is %v", name, planned, made.State[name])
			}
		}
	}
	return diags
}

// provider starts a provider, as Terraform does for each plan and each apply.
func (r *run) provider() *acctest.Proto {
	proto := r.w.Proto()
	if r.striker.isDue() {
		r.striker.arm(func() {
			_, _ = proto.Server().StopProvider(r.t.Context(), &tfprotov6.StopProviderRequest{})
		})
	}
	return proto
}

func (s *striker) isDead() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

// dead returns at least one error.
func dead(diags acctest.Diagnostics) acctest.Diagnostics {
	if len(diags.Errors()) > 0 {
		return diags
	}
	return append(diags, &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: "Plugin did not respond",
	})
}

var unordered = cmp.Options{
	cmpopts.SortSlices(func(a, b any) bool { return fmt.Sprint(a) < fmt.Sprint(b) }),
	cmpopts.EquateEmpty(),
}

func same(a, b any) bool { return cmp.Equal(a, b, unordered) }

// consistent reports whether Terraform takes a value for the one that was planned.
func consistent(planned, got any) bool {
	switch planned := planned.(type) {
	case acctest.Unknown:
		return true
	case acctest.Value:
		found, ok := got.(acctest.Value)
		if !ok {
			return planned == nil
		}
		for name := range planned {
			if !consistent(planned[name], found[name]) {
				return false
			}
		}
		return true
	default:
		return same(planned, got) || reflect.ValueOf(planned).Kind() == reflect.Slice
	}
}

// importBlock is the block that a message prints.
var importBlock = regexp.MustCompile(`import \{\s+to = (\w+)\.this\s+id = "([^"]+)"\s+\}`)

// outcome is what became of a strike.
type outcome struct {
	survived, imported bool
	why                string
}

// converges applies until nothing is left to do, with the imports that messages ask for, and looks at what Azure has
// then, and after everything is destroyed.
func (r *run) converges(config acctest.Value, regenerations int) (result outcome) {
	defer r.settle(&result)
	r.striker.revive()
	r.striker.call = ""
	for applies := 1; ; applies++ {
		diags, changed := r.apply(config)
		block := importBlock.FindStringSubmatch(diags.Errors().Text())
		switch {
		case len(diags.Errors()) == 0 && !changed:
			return r.verify(result, config, regenerations)
		case applies == 5:
			return outcome{why: "it does not end: " + diags.Text()}
		case block != nil && block[1] == r.scenario.kind && r.object.State == nil:
			imported, diags := r.provider().ImportByID(block[1], block[2])
			if len(diags.Errors()) > 0 {
				return outcome{why: "the import that is printed does not work: " + diags.Text()}
			}
			r.object, r.tainted, result.imported = imported, false, true
		}
	}
}

// verify looks for what must not have happened.
func (r *run) verify(result outcome, config acctest.Value, regenerations int) outcome {
	result.survived = true
	if lost := r.access.Lost(); len(lost) > 0 {
		return outcome{why: "access was lost after " + lost[0]}
	}
	if n := r.regenerated(); n != regenerations {
		return outcome{why: fmt.Sprintf("keys were regenerated %d times instead of %d", n, regenerations)}
	}
	if config != nil {
		if diags, _ := r.apply(nil); len(diags.Errors()) > 0 {
			return outcome{why: "it cannot be destroyed: " + diags.Text()}
		}
	}
	if after := r.inventory(); !slices.Equal(r.before, after) {
		return outcome{why: "something is orphaned: " + cmp.Diff(r.before, after)}
	}
	return result
}

// settle makes a failed test of what did not survive.
func (r *run) settle(result *outcome) {
	if result.why != "" {
		r.t.Error(result.why)
	}
}

// regenerated returns how often Azure regenerated a storage key.
func (r *run) regenerated() (n int) {
	for _, entry := range r.w.Requests(http.MethodPost, "/regenerateKey") {
		if entry.Status < http.StatusBadRequest {
			n++
		}
	}
	return n
}

// inventory returns everything that can be orphaned: resources, role assignments, access policies and keys.
func (r *run) inventory() (found []string) {
	r.t.Helper()
	ctx, client := r.t.Context(), r.w.Azure.Client()
	must := func(err error) {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
	}
	resources, err := client.Resources(r.w.SubscriptionID())
	must(err)
	var vaults []string
	for pages := resources.NewListPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		must(err)
		for _, one := range page.Value {
			id := azure.Deref(one.ID)
			found = append(found, id)
			if strings.EqualFold(azure.Deref(one.Type), azure.VaultType) {
				vaults = append(vaults, id)
			}
		}
	}
	groups, err := client.ResourceGroups(r.w.SubscriptionID())
	must(err)
	for pages := groups.NewListPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		must(err)
		for _, one := range page.Value {
			found = append(found, azure.Deref(one.ID))
		}
	}
	assignments, err := client.RoleAssignments(r.w.SubscriptionID())
	must(err)
	for pages := assignments.NewListForSubscriptionPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		must(err)
		for _, one := range page.Value {
			found = append(found, azure.Deref(one.ID))
		}
	}
	for _, id := range vaults {
		vault := r.w.ShowVault(azure.NameOf(id))
		for _, entry := range vault.Properties.AccessPolicies {
			policy := "policy " + id + " " + azure.Deref(entry.ObjectID)
			for _, permission := range entry.Permissions.Keys {
				policy += " " + string(*permission)
			}
			found = append(found, policy)
		}
		for pages := r.w.Keys(azure.NameOf(id)).NewListKeyPropertiesPager(nil); pages.More(); {
			page, err := pages.NextPage(ctx)
			must(err)
			for _, key := range page.Value {
				found = append(found, string(*key.KID))
			}
		}
	}
	slices.Sort(found)
	return found
}
