// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// FromViolation returns a broken rule, at the attribute that breaks it. An error says that nothing was
// changed.
func FromViolation(violation rule.Violation) diag.Diagnostic {
	if violation.Severity == rule.Error {
		return FromViolationAfter(NothingChanged, violation)
	}
	return FromViolationAfter("", violation)
}

// FromViolationAfter returns a broken rule that was found after a part was done. The sentence says
// which part.
func FromViolationAfter(done string, violation rule.Violation) diag.Diagnostic {
	summary, detail := violation.Summary(), paragraphs(violation.Detail(), done)
	if violation.Attribute == "" {
		if violation.Severity == rule.Warning {
			return diag.NewWarningDiagnostic(summary, detail)
		}
		return diag.NewErrorDiagnostic(summary, detail)
	}
	at := Path(violation.Attribute)
	if violation.Severity == rule.Warning {
		return diag.NewAttributeWarningDiagnostic(at, summary, detail)
	}
	return diag.NewAttributeErrorDiagnostic(at, summary, detail)
}

// FromReport returns everything that a report found, errors first.
func FromReport(report rule.Report) diag.Diagnostics {
	var found diag.Diagnostics
	for _, violation := range append(report.Errors(), report.Warnings()...) {
		found.Append(FromViolation(violation))
	}
	return found
}

// Path returns the path of an attribute that is named with dots, as rules name it.
func Path(dotted string) path.Path {
	names := strings.Split(dotted, ".")
	at := path.Root(names[0])
	for _, name := range names[1:] {
		at = at.AtName(name)
	}
	return at
}
