// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package diagnostic turns what goes wrong into what a person reads: what was being done to
// which object, what Azure said, what to do now, and whether anything was changed.
package diagnostic

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Act is what could not be done. Together with a noun it makes the summary of a diagnostic, which
// never varies otherwise: "Resource Group Not Created".
type Act string

// The acts.
const (
	Create Act = "Created"
	Read   Act = "Read"
	Update Act = "Updated"
	Delete Act = "Deleted"
	Import Act = "Imported"
	Move   Act = "Moved"
)

// during is the act while it is being done.
func (a Act) during() string {
	switch a {
	case Create:
		return "Creating"
	case Read:
		return "Reading"
	case Update:
		return "Updating"
	case Delete:
		return "Deleting"
	case Import:
		return "Importing"
	case Move:
		return "Moving"
	default:
		return string(a)
	}
}

// timeout is the attribute that limits how long the act may take.
func (a Act) timeout() string {
	switch a {
	case Create:
		return "timeouts.create"
	case Update:
		return "timeouts.update"
	case Delete:
		return "timeouts.delete"
	case Read, Import, Move:
		return "timeouts.read"
	default:
		return "timeouts"
	}
}

// Subject is the object that an act is about.
type Subject struct {
	Noun string // What a person calls it, in title case: "Resource Group".
	Type string // Its Terraform type: "azuremedia_resource_group".
	ID   string // Its resource ID, or the name that is known of it.
}

// Summary is the summary of every diagnostic that says that the act failed.
func Summary(act Act, noun string) string {
	return noun + " Not " + string(act)
}

// FromError says that an act failed. An error that is a [Refusal] or a [rule.Violation] is shown as
// such.
func FromError(act Act, subject Subject, err error) diag.Diagnostic {
	if refusal, ok := errors.AsType[Refusal](err); ok {
		return refusal.Diagnostic()
	}
	if violation, ok := errors.AsType[rule.Violation](err); ok {
		return FromViolation(violation)
	}
	return report(act, subject, err, outcome(act, err))
}

// FromErrorAfter says that an act failed of which a part had been done already. The sentence says
// which part, so that nobody needs to guess what was changed.
func FromErrorAfter(done string, act Act, subject Subject, err error) diag.Diagnostic {
	return report(act, subject, err, done+" Apply again to do the rest.")
}

// AlreadyExists says that an object is not created because it is there already, and how to manage
// the one that is there.
func AlreadyExists(subject Subject) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		subject.Noun+" Already Exists",
		paragraphs(
			fmt.Sprintf("Azure has %s already, and it is not in this configuration's state.",
				subject.ID),
			fmt.Sprintf("To manage the one that is there, import it, with its own address in "+
				"place of \"this\":\n\n"+
				"  import {\n    to = %s.this\n    id = %q\n  }\n\n"+
				"To have another one, choose another name.", subject.Type, subject.ID),
			NothingChanged,
		))
}

// RefuseExisting takes the outcome of looking for an object that is about to be created. It is
// silent if the object is not there.
func RefuseExisting(subject Subject, err error) diag.Diagnostics {
	switch {
	case err == nil:
		return diag.Diagnostics{AlreadyExists(subject)}
	case azure.IsNotFound(err):
		return nil
	default:
		return diag.Diagnostics{FromError(Create, subject, err)}
	}
}

// ProviderBug says that something happened which cannot happen.
func ProviderBug(what string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		"Provider Bug",
		paragraphs(
			what,
			"This is an error in the provider. Please report it with the steps that led here, "+
				"to https://github.com/azuremedia/terraform-provider-azuremedia/issues.",
		))
}

// NothingChanged ends a diagnostic that came before any change.
const NothingChanged = "Nothing was changed."

const maybeChanged = "It is not known whether Azure carried it out. The next plan reads the " +
	"object and shows what is left to do."

// report writes the paragraphs of a failed act.
func report(act Act, subject Subject, err error, outcome string) diag.Diagnostic {
	doing := fmt.Sprintf("%s the %s %s.",
		act.during(), strings.ToLower(subject.Noun), subject.ID)
	diags, remedy := explain(act, err)
	return diag.NewErrorDiagnostic(
		Summary(act, subject.Noun), paragraphs(doing, diags, remedy, outcome))
}

// explain says what the cause is and what to do about it.
func explain(act Act, err error) (diags, remedy string) {
	var credential *azure.CredentialError
	if errors.As(err, &credential) {
		return fmt.Sprintf("No token could be had with %s: %v", credential.Method, credential.Err),
			"Check the provider block's credentials and the ARM_* environment variables; " +
				"`az login` renews the Azure CLI's login."
	}
	if answer, ok := azure.AsError(err); ok {
		return answered(answer), advise(answer)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "The time allowed for it ran out.",
			fmt.Sprintf("Apply again; if it regularly takes this long, raise %s.", act.timeout())
	case errors.Is(err, context.Canceled):
		return "It was interrupted.", "Apply again."
	default:
		return fmt.Sprintf("It failed before Azure answered: %v", err),
			"Check the network between here and Azure, and apply again."
	}
}

// outcome says whether a failed act changed anything.
func outcome(act Act, err error) string {
	var credential *azure.CredentialError
	switch {
	case act == Read, act == Import, act == Move, azure.IsRefused(err), errors.As(err, &credential):
		return NothingChanged
	default:
		return maybeChanged
	}
}

// answered says what Azure said, with what its support asks for.
func answered(answer *azure.Error) string {
	text := fmt.Sprintf("Azure answered %d %s", answer.Status, http.StatusText(answer.Status))
	if answer.Status < http.StatusBadRequest {
		text = "Azure accepted it and failed later"
	}
	if answer.Code != "" {
		text += ", code " + answer.Code
	}
	if answer.InnerCode != "" {
		text += " (" + answer.InnerCode + ")"
	}
	if answer.Message != "" {
		text += ":\n" + answer.Message
	} else {
		text += "."
	}
	var marks []string
	if answer.RequestID != "" {
		marks = append(marks, "request ID "+answer.RequestID)
	}
	if answer.CorrelationID != "" {
		marks = append(marks, "correlation ID "+answer.CorrelationID)
	}
	if len(marks) > 0 {
		text += "\n(" + strings.Join(marks, ", ") + ")"
	}
	return text
}

func paragraphs(texts ...string) string {
	var written []string
	for _, text := range texts {
		if text != "" {
			written = append(written, text)
		}
	}
	return strings.Join(written, "\n\n")
}
