// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rule_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

func example() rule.Rule {
	return rule.Rule{
		ID:       "EXA001",
		Name:     "Example Must Exemplify",
		Title:    "Example Exemplifies Nothing",
		Sentence: "An example exemplifies this | or that.",
		Source:   "A document,\nits sentence",
		Found:    []rule.Moment{rule.Apply, rule.Plan},
	}
}

func broken() rule.Violation {
	return rule.Violation{
		Rule:      example(),
		Severity:  rule.Error,
		Attribute: "example_id",
		Found:     "nothing",
		Required:  "something",
		Why:       "Azure wants it",
		Remedy:    "Write something",
	}
}

func TestViolation_saysEverything(t *testing.T) {
	t.Parallel()
	violation := broken()

	var err error = violation
	var asViolation rule.Violation
	if !errors.As(err, &asViolation) {
		t.Fatal("a violation is an error that errors.As finds again")
	}
	for _, text := range []struct{ name, got, want string }{
		{
			"Error", violation.Error(),
			"EXA001: Example Exemplifies Nothing: found nothing; required: something; Write something",
		},
		{"Summary", violation.Summary(), "Example Exemplifies Nothing (EXA001)"},
		{"Summary with a title of its own", titled(violation).Summary(), "Example Missing (EXA001)"},
		{
			"Detail", violation.Detail(),
			"Found: nothing.\nRequired: something.\nWhy: Azure wants it.\nRemedy: Write something.\nRule: " + violation.Rule.URL(),
		},
		{
			"Detail without a why", withoutWhy(violation).Detail(),
			"Found: nothing.\nRequired: something.\nRemedy: Write something.\nRule: " + violation.Rule.URL(),
		},
	} {
		if diff := cmp.Diff(text.want, text.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text.name, diff)
		}
	}
}

func withoutWhy(v rule.Violation) rule.Violation {
	v.Why = ""
	return v
}

func titled(v rule.Violation) rule.Violation {
	v.Title = "Example Missing"
	return v
}

func TestViolation_underAParent(t *testing.T) {
	t.Parallel()
	if got := broken().Under("encryption").Attribute; got != "encryption.example_id" {
		t.Errorf("nested attribute is %q", got)
	}
	whole := broken()
	whole.Attribute = ""
	if got := whole.Under("encryption").Attribute; got != "encryption" {
		t.Errorf("attribute of a violation without one is %q", got)
	}
}

func TestList_get(t *testing.T) {
	t.Parallel()
	list := rule.List{{ID: "EXA000"}, example()}
	if got := list.Get("EXA001").String(); got != "EXA001: Example Must Exemplify" {
		t.Errorf("EXA001 is %q", got)
	}
	if diff := cmp.Diff(rule.Rule{ID: "EXA009"}, list.Get("EXA009")); diff != "" {
		t.Errorf("a rule that is not there (-want +got):\n%s", diff)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	var report rule.Report
	if !report.Passed() {
		t.Error("an empty report has passed")
	}

	warning := broken()
	warning.Severity = rule.Warning
	report.Break(warning)
	if !report.Passed() {
		t.Error("a warning alone does not fail a report")
	}

	report.Await(example(), "the example")
	report.Await(example(), "the example")
	report.Await(example(), "its sequel")
	if report.Passed() || len(report.Pending) != 2 {
		t.Errorf("what is pending is said once each, and has not passed: %v", report.Pending)
	}

	var whole rule.Report
	whole.Await(example(), "the example")
	whole.Break(broken())
	whole.Merge(report)
	if len(whole.Errors()) != 1 || len(whole.Warnings()) != 1 || len(whole.Pending) != 2 {
		t.Errorf("merged report is %+v", whole)
	}
	if whole.Passed() {
		t.Error("an error fails a report")
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	want := "| Rule | What is required | Error | Found at | Source |\n" +
		"|---|---|---|---|---|\n" +
		"| <a id=\"exa001\"></a>**EXA001** Example Must Exemplify | An example exemplifies this \\| or that. " +
		"| Example Exemplifies Nothing | plan, apply | A document, its sentence |\n"
	if diff := cmp.Diff(want, rule.Catalogue(rule.List{example()})); diff != "" {
		t.Errorf("catalogue (-want +got):\n%s", diff)
	}
}
