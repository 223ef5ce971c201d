// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Refusal is what the provider refuses before anything is changed: a broken rule that has no ID.
// Every text is a phrase or a sentence without the full stop at its end; one that is empty is left
// out.
//
//nolint:errname // It is first of all a refusal; that it serves as an error comes second.
type Refusal struct {
	// Title states the fault in title case: "Key Never Valid".
	Title    string
	Found    string
	Required string
	Why      string
	Remedy   string
}

// Refuse returns the refusal as an error at an attribute.
func Refuse(at path.Path, refusal Refusal) diag.Diagnostic {
	return diag.WithPath(at, refusal.Diagnostic())
}

// Diagnostic returns the refusal as an error about the whole resource.
func (r Refusal) Diagnostic() diag.Diagnostic {
	return diag.NewErrorDiagnostic(r.Title, paragraphs(r.detail(), NothingChanged))
}

// Warn returns the refusal as a warning at an attribute.
func (r Refusal) Warn(at path.Path) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(at, r.Title, r.detail())
}

// Error returns the refusal as text.
func (r Refusal) Error() string { return r.Title + "\n" + r.detail() }

// detail returns the lines of a broken rule.
func (r Refusal) detail() string {
	return rule.Violation{
		Found: r.Found, Required: r.Required, Why: r.Why, Remedy: r.Remedy,
	}.Detail()
}
