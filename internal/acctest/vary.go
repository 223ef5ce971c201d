// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"maps"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Replaces plans one change of a configuration after the other, each of which has to replace the
// resource, and for no other reason than the argument that was changed.
func (p *Proto) Replaces(object Object, config, changes Value) {
	p.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		changed := maps.Clone(config)
		changed[name] = changes[name]
		plan := p.Plan(object.Type, object, changed)
		want := []string{`AttributeName("` + name + `")`}
		if diff := cmp.Diff(want, plan.Replace); diff != "" || len(plan.Diagnostics.Errors()) > 0 {
			p.t.Errorf("changing %s (-want to replace +got):\n%s%s", name, diff, plan.Diagnostics.Text())
		}
	}
}

// Timeouts makes a resource with timeouts of its own and changes them, which is Terraform's
// business alone: it is done in place, and Azure is not told.
func (a *Azure) Timeouts(proto *Proto, resourceType string, config Value) Object {
	a.t.Helper()
	within := func(duration string) Value {
		configured, timeouts := maps.Clone(config), Value{}
		for _, attribute := range proto.resource(resourceType).Block.Attributes {
			if attribute.Name == "timeouts" {
				for _, operation := range attribute.NestedType.Attributes {
					timeouts[operation.Name] = duration
				}
			}
		}
		configured["timeouts"] = timeouts
		return configured
	}
	made := proto.Create(resourceType, within("50m"))
	proto = a.Proto() // Terraform plans a resource once in a run.
	before := a.changes()
	plan := proto.Plan(resourceType, made, within("40m"))
	changed, diags := proto.Apply(plan)
	if len(plan.Replace) > 0 || len(diags) > 0 {
		a.t.Errorf("changing the timeouts of %s: replaced by %v, said %s", resourceType, plan.Replace, diags.Text())
	}
	if sent := a.changes() - before; sent > 0 {
		a.t.Errorf("changing the timeouts of %s sent %d requests that change something", resourceType, sent)
	}
	want := maps.Clone(made.State)
	want["timeouts"] = within("40m")["timeouts"]
	if diff := cmp.Diff(want, changed.State); diff != "" {
		a.t.Errorf("changing the timeouts of %s changed more (-want +got):\n%s", resourceType, diff)
	}
	return changed
}

// changes counts the requests so far that change something in Azure.
func (a *Azure) changes() int {
	a.t.Helper()
	return len(slices.DeleteFunc(a.journal(), func(entry engine.Entry) bool {
		return !slices.Contains([]string{"PUT", "PATCH", "DELETE"}, entry.Method)
	}))
}
