// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rule

import "slices"

// Pending is a rule that cannot be decided yet.
type Pending struct {
	Rule Rule
	// Missing names the unknown fact, such as "the type of the key".
	Missing string
}

// Report is the outcome of a check of facts against rules. A rule stays pending while a fact that
// it needs is unknown, such as in a plan that creates the key.
type Report struct {
	Violations []Violation
	Pending    []Pending
}

// Break records a violation.
func (r *Report) Break(violation Violation) {
	r.Violations = append(r.Violations, violation)
}

// Await records that a rule lacks a fact. It records the same fact of a rule once.
func (r *Report) Await(rule Rule, missing string) {
	waits := func(p Pending) bool { return p.Rule.ID == rule.ID && p.Missing == missing }
	if !slices.ContainsFunc(r.Pending, waits) {
		r.Pending = append(r.Pending, Pending{Rule: rule, Missing: missing})
	}
}

// Breaks reports whether the report has a violation of the same rule, of the same severity.
func (r Report) Breaks(violation Violation) bool {
	return slices.ContainsFunc(r.Violations, func(found Violation) bool {
		return found.Rule.ID == violation.Rule.ID && found.Severity == violation.Severity
	})
}

// Merge adds another report's findings to this one's.
func (r *Report) Merge(other Report) {
	r.Violations = append(r.Violations, other.Violations...)
	for _, pending := range other.Pending {
		r.Await(pending.Rule, pending.Missing)
	}
}

// Errors returns the violations that forbid the plan.
func (r Report) Errors() []Violation { return r.of(Error) }

// Warnings returns the violations that a person has to judge.
func (r Report) Warnings() []Violation { return r.of(Warning) }

// Passed reports whether all facts were known and no violation forbids the plan.
func (r Report) Passed() bool {
	return len(r.Errors()) == 0 && len(r.Pending) == 0
}

func (r Report) of(severity Severity) []Violation {
	var found []Violation
	for _, violation := range r.Violations {
		if violation.Severity == severity {
			found = append(found, violation)
		}
	}
	return found
}
