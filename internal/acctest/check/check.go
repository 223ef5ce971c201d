// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package check holds the checks that acceptance tests make of plans, states and errors, in the words
// that the tests of every noun share. It imports neither the provider nor rehearsal.
package check

import (
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// Resource checks the resource that has this address.
type Resource string

// Does expects a plan to do this to the resource, and to pass more checks.
func (r Resource) Does(action plancheck.ResourceActionType, more ...plancheck.PlanCheck,
) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply: append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(string(r), action)}, more...),
	}
}

// Updates expects a plan to update the resource in place, and to pass more checks.
func (r Resource) Updates(more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return r.Does(plancheck.ResourceActionUpdate, more...)
}

// Plans expects a value in a plan, at an attribute that is named with dots.
func (r Resource) Plans(attribute string, value knownvalue.Check) plancheck.PlanCheck {
	return plancheck.ExpectKnownValue(string(r), At(attribute), value)
}

// PlansUnknown expects that a plan does not know the value of an attribute yet.
func (r Resource) PlansUnknown(attribute string) plancheck.PlanCheck {
	return plancheck.ExpectUnknownValue(string(r), At(attribute))
}

// Has expects a value in the state, at an attribute that is named with dots.
func (r Resource) Has(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(string(r), At(attribute), value)
}

// Unchanged expects a plan that does nothing to any resource.
func Unchanged() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
}

// At returns the path of an attribute that is named with dots.
func At(attribute string) tfjsonpath.Path {
	names := strings.Split(attribute, ".")
	path := tfjsonpath.New(names[0])
	for _, name := range names[1:] {
		path = path.AtMapKey(name)
	}
	return path
}

// Says matches an error that contains all phrases in this order, however Terraform breaks its lines.
func Says(phrases ...string) *regexp.Regexp {
	var pattern strings.Builder
	for _, phrase := range phrases {
		words := strings.Fields(phrase)
		for i := range words {
			words[i] = regexp.QuoteMeta(words[i])
		}
		pattern.WriteString(`(?s:.*)` + strings.Join(words, `[\s│]+`))
	}
	return regexp.MustCompile(pattern.String())
}
