// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package soak_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/soak"
)

// TestSoak has calls of every operation of every resource go wrong, and applies again until nothing is left to do.
// The short form kills the provider before and after every change, and stops it at every change. With SOAK=full,
// every call goes wrong in every way, and the table is written anew.
func TestSoak(t *testing.T) {
	t.Parallel()
	found, full := &results{}, os.Getenv("SOAK") == "full"
	t.Cleanup(func() {
		if !t.Failed() {
			found.check(t, full)
		}
	})
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for at, step := range start(t, s, 0).stage.steps {
				calls, regenerations := traced(t, s, at)
				for _, one := range planned(calls, full) {
					t.Run(fmt.Sprintf("%s/%s %d/%s", step.name, one.call, one.nth, one.strike.name), func(t *testing.T) {
						t.Parallel()
						result := survives(t, s, at, one, regenerations)
						found.add(soak.Row{
							Resource: s.name, Operation: step.name, Call: one.call, Strike: one.strike.name,
							Survived: count(result.survived), Imported: count(result.imported), Total: 1,
						})
					})
				}
			}
		})
	}
}

// check writes the table of a whole run, and holds the rows of the short form against it, of the scenarios that ran.
func (r *results) check(t *testing.T, full bool) {
	t.Helper()
	found := r.sorted()
	if full {
		if err := os.WriteFile("table.tsv", []byte(soak.Write(found)), 0o600); err != nil {
			t.Error(err)
		}
		return
	}
	kept, err := soak.Rows()
	if err != nil {
		t.Error(err)
	}
	kept = slices.DeleteFunc(kept, func(row soak.Row) bool {
		ran := slices.ContainsFunc(found, func(one soak.Row) bool { return one.Resource == row.Resource })
		interrupts := slices.ContainsFunc(interruptions(), func(one strike) bool { return one.name == row.Strike })
		return !ran || !interrupts || !writes(row.Call)
	})
	if diff := gocmp.Diff(kept, found); diff != "" {
		t.Errorf("the table is another one: run make soak (-table +found):\n%s", diff)
	}
}

// TestScenarios covers every resource of the provider, and the table every scenario, in which nothing is lost.
func TestScenarios(t *testing.T) {
	t.Parallel()
	kinds, named := map[string]bool{}, map[string]bool{}
	for _, s := range scenarios() {
		kinds[s.kind], named[s.name] = true, true
	}
	for kind := range acctest.New(t).Proto().Schemas().ResourceSchemas {
		if !kinds[kind] {
			t.Errorf("no scenario has an %s", kind)
		}
	}
	rows, err := soak.Rows()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if delete(named, row.Resource); row.Survived != row.Total || row.Strike == soak.Stopped && row.Imported > 0 {
			t.Errorf("lost: %+v", row)
		}
	}
	for name := range named {
		t.Errorf("the table lacks the %s: run make soak", name)
	}
}

// struck is a call, the nth of its name, that something happens to.
type struck struct {
	call   string
	nth    int
	strike strike
}

// planned returns what happens to which calls. A read that is repeated is struck once.
func planned(calls []string, full bool) (all []struck) {
	seen := map[string]int{}
	for _, call := range calls {
		seen[call]++
		changes := writes(call)
		if !changes && (!full || seen[call] > 1) {
			continue
		}
		strikes := interruptions()
		if full {
			strikes = append(strikes, faults()...)
		}
		for _, one := range strikes {
			if changes || !one.changes && (!one.sent || one.stops) {
				all = append(all, struck{call, seen[call], one})
			}
		}
	}
	return all
}

// traced takes a step, and returns the calls that it makes and how often keys have been regenerated then.
func traced(t *testing.T, s scenario, at int) (calls []string, regenerations int) {
	t.Helper()
	r := start(t, s, at)
	r.striker.call = "none of these"
	if diags, _ := r.apply(r.stage.steps[at].config); len(diags.Errors()) > 0 {
		t.Fatalf("%s: %s", r.stage.steps[at].name, diags.Text())
	}
	return r.striker.order, r.regenerated()
}

// survives takes a step in which a call goes wrong, and whatever is left to do after it.
func survives(t *testing.T, s scenario, at int, one struck, regenerations int) outcome {
	t.Helper()
	r := start(t, s, at)
	r.striker.strike, r.striker.call, r.striker.nth = one.strike, one.call, one.nth
	config := r.stage.steps[at].config
	diags, _ := r.apply(config)
	if !r.striker.hit {
		t.Fatalf("the call was not made: %s", diags.Text())
	}
	result := r.converges(config, regenerations)
	if result.imported && one.strike.stops {
		t.Error("what was stopped needs an import")
	}
	if t.Failed() {
		t.Logf("it was said: %s", diags.Text())
	}
	return result
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// results are the rows so far.
type results struct {
	mu   sync.Mutex
	rows []soak.Row
}

// add adds the numbers of a row to those of the same call and strike.
func (r *results) add(row soak.Row) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.rows {
		if known := &r.rows[i]; known.Resource == row.Resource && known.Operation == row.Operation &&
			known.Call == row.Call && known.Strike == row.Strike {
			known.Survived, known.Imported, known.Total = known.Survived+row.Survived, known.Imported+row.Imported, known.Total+row.Total
			return
		}
	}
	r.rows = append(r.rows, row)
}

// sorted returns the rows in the order of the scenarios and their steps.
func (r *results) sorted() []soak.Row {
	order := map[string]int{}
	for i, s := range scenarios() {
		order[s.name] = i
	}
	steps := []string{"create", "update", "rotation", "rotation, first half", "rotation, second half", "destroy"}
	slices.SortFunc(r.rows, func(a, b soak.Row) int {
		return cmp.Or(cmp.Compare(order[a.Resource], order[b.Resource]),
			cmp.Compare(slices.Index(steps, a.Operation), slices.Index(steps, b.Operation)),
			cmp.Compare(a.Call, b.Call), cmp.Compare(a.Strike, b.Strike))
	})
	return r.rows
}
