// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package rule defines a rule, a violation of it and a report of violations. It imports no other
// package of this module: the packages that own rules say which there are and what breaks them.
//
// A rule is one documented constraint of Azure with one home in code. The error that it raises,
// the test that breaks it and the documentation that is generated from it all carry its ID, so
// that each leads to the others.
package rule

import (
	"fmt"
	"slices"
	"strings"
)

// Moment is a point in the life of a configuration at which a broken rule can be found.
type Moment string

// The moments, from the earliest to the latest, and two that stand beside them.
const (
	Schema    Moment = "schema"    // Validation of the configuration, without Azure.
	Plan      Moment = "plan"      // A plan, which checks everything known by then against Azure.
	Apply     Moment = "apply"     // An apply, before its first change.
	Rehearsal Moment = "rehearsal" // Rehearsal refuses it as the service does.
	Code      Moment = "code"      // The provider cannot break the rule by construction.
)

// Moments returns every moment, the earliest first.
func Moments() []Moment {
	return []Moment{Schema, Plan, Apply, Rehearsal, Code}
}

// ID identifies a rule in errors, tests and documentation, such as "CMK002".
type ID string

// Rule is one documented constraint.
type Rule struct {
	ID ID
	// Name names the rule in a few words, for the guide to the rules.
	Name string
	// Title states the fault in a few words, for the summary of a diagnostic.
	Title string
	// Sentence states the requirement in one sentence.
	Sentence string
	// Source names the document behind the rule, and quotes its statement.
	Source string
	// Found lists the moments at which a violation is found.
	Found []Moment
}

// guide is the page that documents every rule, with an anchor for each.
const guide = "https://registry.terraform.io/providers/azuremedia/azuremedia/latest/docs/guides/rules"

// URL returns where the rule is documented, or nothing for what is no rule.
func (r Rule) URL() string {
	if r.ID == "" {
		return ""
	}
	return guide + "#" + r.anchor()
}

// anchor returns the name of the rule's place in the guide.
func (r Rule) anchor() string { return strings.ToLower(string(r.ID)) }

// FoundAt reports whether a violation is found at the moment.
func (r Rule) FoundAt(moment Moment) bool {
	return slices.Contains(r.Found, moment)
}

// String returns the ID and the name.
func (r Rule) String() string {
	return string(r.ID) + ": " + r.Name
}

// List is a set of rules that belong together, in the order in which they are documented.
type List []Rule

// Get returns the rule with the ID, or a rule with nothing but the ID where the list lacks it: a
// list and its IDs stand in one file, so only a mistake there can lose one.
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
	Error   Severity = "error"   // Azure would refuse it, or an account would lose access.
	Warning Severity = "warning" // It works today, and a person should decide.
)

// Violation is one broken rule: what was found, what is required, why, and what to do.
// Every text is a phrase or a sentence without the full stop at its end.
//
//nolint:errname // A violation is a finding first; that it serves as an error comes second.
type Violation struct {
	Rule Rule
	// Title states the fault where the rule's own title does not: a rule that can be broken in
	// several ways has one title for the usual way. It is empty otherwise. See [Violation.Fault].
	Title    string
	Severity Severity
	// Attribute is the dotted path of the Terraform attribute at fault within its resource. It is
	// empty where no single attribute is at fault. See [Violation.Under].
	Attribute string
	Found     string
	Required  string
	Why       string
	Remedy    string
}

// Error returns the whole violation in one line.
func (v Violation) Error() string {
	return fmt.Sprintf("%s: %s: found %s; required: %s; %s",
		v.Rule.ID, v.Fault(), v.Found, v.Required, v.Remedy)
}

// Fault returns the title of the fault: the violation's own, or else the rule's.
func (v Violation) Fault() string {
	if v.Title != "" {
		return v.Title
	}
	return v.Rule.Title
}

// Summary returns the title of the fault with the rule's ID, for the summary of a diagnostic.
func (v Violation) Summary() string {
	return fmt.Sprintf("%s (%s)", v.Fault(), v.Rule.ID)
}

// Detail returns what a person reads under the summary: one line for each of found, required,
// why and remedy, and where the rule is documented.
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
	if url := v.Rule.URL(); url != "" {
		text.WriteString("\nRule: " + url)
	}
	return text.String()
}

// Under returns the violation with its attribute below a parent, for a check of a nested object:
// an attachment's key_vault_key_id is encryption.key_vault_key_id in an account.
func (v Violation) Under(parent string) Violation {
	if v.Attribute == "" {
		v.Attribute = parent
		return v
	}
	v.Attribute = parent + "." + v.Attribute
	return v
}
