// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package rule says what a rule is, and what it says when it is broken.
//
// A rule is one documented constraint of Azure with one home in code. Its ID is carried by the
// error that it raises, by the test that breaks it and by the documentation that is generated
// from it, so that all three can be found from each other. The package is pure: which rules
// there are, and what breaks them, is the business of the packages that own them.
package rule

import (
	"fmt"
	"slices"
	"strings"
)

// Moment is a point in the life of a configuration at which a broken rule can be found.
type Moment string

// The moments, from the earliest to the latest, and the two places that stand beside them.
const (
	Schema    Moment = "schema"    // While the configuration is validated, without Azure.
	Plan      Moment = "plan"      // While planning: what is known is held against Azure.
	Apply     Moment = "apply"     // While applying, before the first change.
	Rehearsal Moment = "rehearsal" // Rehearsal refuses it as the service does.
	Code      Moment = "code"      // The provider cannot break it: it holds by construction.
)

// Moments returns every moment, the earliest first.
func Moments() []Moment {
	return []Moment{Schema, Plan, Apply, Rehearsal, Code}
}

// ID is what errors, tests and documentation call a rule, such as "CMK002".
type ID string

// Rule is one documented constraint.
type Rule struct {
	ID ID
	// Title names the rule in a few words, fit for the summary of a diagnostic.
	Title string
	// Sentence says what is required, as one sentence.
	Sentence string
	// Source is the document, and the statement in it, that the rule comes from.
	Source string
	// Found lists the moments at which a broken rule is found.
	Found []Moment
}

// FoundAt reports whether the rule is found at the moment.
func (r Rule) FoundAt(moment Moment) bool {
	return slices.Contains(r.Found, moment)
}

// String is the ID and the title.
func (r Rule) String() string {
	return string(r.ID) + ": " + r.Title
}

// List is a set of rules that belong together, in the order in which they are documented.
type List []Rule

// Get returns the rule with the ID. A list is written in the same file as its IDs, so that an
// ID that is not in it can only be a mistake there: Get then returns a rule with nothing but
// the ID, for its user to see which it was.
func (l List) Get(id ID) Rule {
	for _, r := range l {
		if r.ID == id {
			return r
		}
	}
	return Rule{ID: id}
}

// Severity says whether a violation forbids what was planned.
type Severity string

// The two severities.
const (
	Error   Severity = "error"   // Azure would refuse it, or it would lose access: nothing is done.
	Warning Severity = "warning" // It works today: a person should decide.
)

// Violation is one broken rule: what was found, what is required, why, and what to do.
// Every text is a phrase or a sentence without the full stop at its end.
//
//nolint:errname // It is first of all what broke a rule; that it serves as an error comes second.
type Violation struct {
	Rule     Rule
	Severity Severity
	// Attribute is the Terraform attribute at fault, dotted, relative to the resource; it is
	// empty where no single attribute is at fault. See [Violation.Under].
	Attribute string
	Found     string
	Required  string
	Why       string
	Remedy    string
}

// Error is the whole violation in one line.
func (v Violation) Error() string {
	return fmt.Sprintf("%s: found %s; required: %s; %s",
		v.Rule, v.Found, v.Required, v.Remedy)
}

// Summary is the rule's title with its ID, fit for the summary of a diagnostic.
func (v Violation) Summary() string {
	return fmt.Sprintf("%s (%s)", v.Rule.Title, v.Rule.ID)
}

// Detail is the violation as a person reads it under its summary: one line for each of found,
// required, why and remedy.
func (v Violation) Detail() string {
	var text strings.Builder
	for _, line := range []struct{ label, sentence string }{
		{"Found", v.Found},
		{"Required", v.Required},
		{"Why", v.Why},
		{"Remedy", v.Remedy},
	} {
		if line.sentence == "" {
			continue
		}
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		fmt.Fprintf(&text, "%s: %s.", line.label, line.sentence)
	}
	return text.String()
}

// Under returns the violation with its attribute below a parent, for a rule that is checked on
// behalf of a nested object: what an attachment calls key_vault_key_id is, in an account,
// encryption.key_vault_key_id.
func (v Violation) Under(parent string) Violation {
	if v.Attribute == "" {
		v.Attribute = parent
		return v
	}
	v.Attribute = parent + "." + v.Attribute
	return v
}
