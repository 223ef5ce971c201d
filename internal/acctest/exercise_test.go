// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// thing is a schema with an argument, a nested one, and an attribute that is computed.
func thing() *tfprotov6.Schema {
	return &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
		{Name: "id", Type: tftypes.String, Computed: true},
		{Name: "name", Type: tftypes.String, Required: true},
		{Name: "rules", Optional: true, NestedType: &tfprotov6.SchemaObject{
			Nesting:    tfprotov6.SchemaObjectNestingModeSet,
			Attributes: []*tfprotov6.SchemaAttribute{{Name: "port", Type: tftypes.Number, Optional: true}},
		}},
	}}}
}

// doings is a record of a plan, and of an apply of what it planned.
func doings(t *testing.T, before, after Value, replace ...string) *record {
	t.Helper()
	r := &record{resources: kindsOf(map[string]*tfprotov6.Schema{"thing": thing()})}
	encode := func(value Value) *tfprotov6.DynamicValue {
		encoded, err := toTerraform(thing().ValueType(), value)
		if err != nil {
			t.Fatal(err)
		}
		dynamic, err := tfprotov6.NewDynamicValue(thing().ValueType(), encoded)
		if err != nil {
			t.Fatal(err)
		}
		return &dynamic
	}
	var paths []*tftypes.AttributePath
	for _, name := range replace {
		paths = append(paths, tftypes.NewAttributePath().WithAttributeName(name))
	}
	r.plan(
		&tfprotov6.PlanResourceChangeRequest{TypeName: "thing", PriorState: encode(before)},
		&tfprotov6.PlanResourceChangeResponse{PlannedState: encode(after), RequiresReplace: paths})
	r.saw(r.resources["thing"], encode(after), encode(after))
	return r
}

func TestExercise_saysWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	ports := func(ports ...any) []any {
		rules := make([]any, len(ports))
		for i, port := range ports {
			rules[i] = Value{"port": port}
		}
		return rules
	}
	one := Value{"id": "1", "name": "one", "rules": ports(1, 2)}
	other := Value{"id": "1", "name": "other", "rules": ports(1, 3)}
	for name, test := range map[string]struct {
		before, after Value
		replace       []string
		exercise      Exercise
		missed        []string
	}{
		"nothing": {one, other, []string{"name"}, Exercise{Replaces: []string{"name"}}, nil},
		"a change": {
			one,
			Value{"id": "1", "name": "one", "rules": ports(2, 1)},
			nil,
			Exercise{},
			[]string{
				"resource thing: name: no test changes it",
				"resource thing: rules.port: no test changes it",
			},
		},
		"a value": {
			one,
			Value{"name": "other"},
			nil,
			Exercise{},
			[]string{
				"resource thing: id: no test has it with a value",
				"resource thing: rules: no test has it with a value",
				"resource thing: rules.port: no test has it with a value",
			},
		},
		"a value for a reason": {
			one,
			Value{"name": "other"},
			nil,
			Exercise{Except: map[string]string{"id": "-", "rules": "-", "rules.port": "-"}},
			nil,
		},
		"an update that replaced": {
			one, other,
			[]string{"rules"},
			Exercise{},
			[]string{"resource thing: rules.port: it replaced the resource, and was to be changed in place"},
		},
		"a replacement that updated": {
			one, other, nil,
			Exercise{Replaces: []string{"name"}},
			[]string{"resource thing: name: it was changed in place, and was to replace the resource"},
		},
		"one of two ways": {
			one, other, nil,
			Exercise{Either: []string{"name"}},
			[]string{"resource thing: name: it is to be changed in place and by a replacement, and a test sees one only"},
		},
		"what there is not": {
			one, other, nil, Exercise{Replaces: []string{"size"}}, []string{"resource thing has no size"},
		},
		"an unknown value": {
			one,
			Value{"id": "1", "name": Unknown{}, "rules": ports(1, 3)},
			nil,
			Exercise{},
			[]string{"resource thing: name: no test changes it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.exercise.Resource = "thing"
			missed := test.exercise.missed(doings(t, test.before, test.after, test.replace...))
			if diff := cmp.Diff(test.missed, missed); diff != "" {
				t.Errorf("missed (-want +got):\n%s", diff)
			}
		})
	}
	if missed := (Exercise{DataSource: "other"}).missed(&record{}); len(missed) != 1 {
		t.Errorf("a data source that no test uses: %q", missed)
	}
}
