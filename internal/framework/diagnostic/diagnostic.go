// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package diagnostic holds what a person reads when something goes wrong: what was being done to which
// resource, what Azure answered, what to do now, and whether anything was changed. It knows no noun and
// sends no requests.
//
// [FromError] renders an error of Azure's; [Refuse] what the provider refuses by itself; [FromViolation]
// a broken rule. Errors that are refusals or broken rules can travel as errors: FromError shows them as
// such.
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

// Act is the operation that failed. With a noun it is the summary of a diagnostic: "Resource Group Not
// Created".
type Act string

// The acts.
const (
	Create Act = "Created"
	Read   Act = "Read"
	Update Act = "Updated"
	Delete Act = "Deleted"
	Import Act = "Imported"
	Move   Act = "Moved"
	List   Act = "Listed"
	Invoke Act = "Completed" // An action.
)

// during returns the act as it is being done.
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
	case List:
		return "Listing"
	case Invoke:
		return "Running"
	default:
		return string(a)
	}
}

// timeout returns the attribute that limits how long the act may take.
func (a Act) timeout() string {
	switch a {
	case Create:
		return "timeouts.create"
	case Update:
		return "timeouts.update"
	case Delete:
		return "timeouts.delete"
	case Read, Import, Move, List:
		return "timeouts.read"
	default:
		return "timeouts"
	}
}

// Subject is the resource that an act is about.
type Subject struct {
	Noun string // What a person calls it, in title case: "Resource Group".
	Type string // Its Terraform type: "azuremedia_resource_group".
	ID   string // Its resource ID, or the name that is known of it.
}

// Summary returns the summary of a diagnostic about a failed act.
func Summary(act Act, noun string) string {
	return noun + " Not " + string(act)
}

// FromError returns that an act failed. An error that is a [Refusal] or a [rule.Violation] is shown as
// such.
func FromError(act Act, subject Subject, err error) diag.Diagnostic {
	if refusal, ok := errors.AsType[Refusal](err); ok {
		return refusal.Diagnostic()
	}
	if violation, ok := errors.AsType[rule.Violation](err); ok {
		return FromViolation(violation)
	}
	if shown, ok := errors.AsType[failure](err); ok {
		return shown.Diagnostic
	}
	return report(act, subject, err, outcome(act, err))
}

// failure is a diagnostic on its way through a function that returns an error.
type failure struct{ diag.Diagnostic }

func (f failure) Error() string { return f.Summary() + "\n" + f.Detail() }

// Failure returns the first error among the diagnostics as an error, which [FromError] shows as it
// is, or nil if there is none.
func Failure(diags diag.Diagnostics) error {
	for _, found := range diags.Errors() {
		return failure{found}
	}
	return nil
}

// FromErrorBefore returns that an act failed before anything was changed: what it reads first could not be read.
func FromErrorBefore(act Act, subject Subject, err error) diag.Diagnostic {
	return report(act, subject, err, NothingChanged)
}

// FromErrorAfter returns that an act failed after a part was done. The sentence says which part.
func FromErrorAfter(done string, act Act, subject Subject, err error) diag.Diagnostic {
	rest := " Apply again to do the rest."
	if act == Invoke {
		rest = "" // An action is not invoked by every apply.
	}
	return report(act, subject, err, done+rest)
}

// CreationFailed returns that a creation failed which Azure had accepted. The state has the resource, which nothing
// uses yet.
func CreationFailed(subject Subject, err error) diag.Diagnostic {
	return report(Create, subject, err, "Azure accepted the creation, so the state has the resource. The next apply "+
		"deletes it and creates it anew.")
}

// CreationUnfinished returns a warning that a part of a creation failed after the resource was created. An error
// would have Terraform delete the resource and create it anew.
func CreationUnfinished(done string, subject Subject, err error) diag.Diagnostic {
	shown := FromErrorAfter(done, Create, subject, err)
	return diag.NewWarningDiagnostic(subject.Noun+" Not Complete", shown.Detail())
}

// NotRetired returns warnings of access that an apply kept for an account until it had moved, and could
// not take away then.
func NotRetired(errs []error) (diags diag.Diagnostics) {
	for _, err := range errs {
		diags.AddWarning("Former Access Not Taken Away", paragraphs(
			"The account itself was changed as planned. What it no longer needs is still there: "+err.Error(),
			"The next apply takes it away."))
	}
	return diags
}

// AlreadyExists returns that a resource is not created because it exists, and how to import it.
func AlreadyExists(subject Subject) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		subject.Noun+" Already Exists",
		paragraphs(
			fmt.Sprintf("Azure has %s already, and it is not in this configuration's state.",
				subject.ID),
			fmt.Sprintf("To manage the existing one, import it, with its own address in place of "+
				"\"this\":\n\n"+
				"  import {\n    to = %s.this\n    id = %q\n  }\n\n"+
				"If the state has it under another address, write a moved block instead. To create another one, choose "+
				"another name.", subject.Type, subject.ID),
			"If an apply was interrupted that was to replace a resource with create_before_destroy, the state still has "+
				"the former one at that address, and Terraform ignores the import: delete the one above, which that apply "+
				"has made, and apply again.",
			NothingChanged,
		))
}

// TakenUp returns a warning that a resource is managed from now on which exists exactly as it would have been created.
func TakenUp(subject Subject, as string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(subject.Noun+" Taken Up", paragraphs(
		fmt.Sprintf("Azure has %s already, %s, and it is not in this configuration's state. An apply that was "+
			"killed has most likely made it. This apply takes it up as it is.", subject.ID, as),
		"If another configuration manages it as well, remove it from the state of one of them (terraform state rm): "+
			"each would take it away."))
}

// RefuseExisting returns the problem with a resource that is about to be created, from the error of
// reading it: nothing if it does not exist.
func RefuseExisting(subject Subject, err error) diag.Diagnostics {
	switch {
	case err == nil:
		return diag.Diagnostics{AlreadyExists(subject)}
	case azure.IsNotFound(err):
		return nil
	default:
		return diag.Diagnostics{FromErrorBefore(Create, subject, err)}
	}
}

// issues is where people report what went wrong.
const issues = "https://github.com/azuremedia/terraform-provider-azuremedia/issues"

// ProviderBug returns that something happened which must not.
func ProviderBug(what string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(
		"Provider Bug",
		paragraphs(
			what,
			"This is an error in the provider. Please report it with the steps that led here, to "+issues+".",
		))
}

// NothingChanged ends a diagnostic about a failure before any change.
const NothingChanged = "Nothing was changed."

// What a failed act may have changed.
const (
	unsent       = "The run was stopped before this change was sent to Azure."
	maybeCreated = "It is not known whether Azure created it. If it did, the next apply takes it up, or says how to import it."
	maybeChanged = "It is not known whether Azure carried it out. The next plan reads the " +
		"resource and shows what is left to do."
)

// report returns the paragraphs of a failed act.
func report(act Act, subject Subject, err error, outcome string) diag.Diagnostic {
	subjects := strings.ToLower(subject.Noun)
	if act == List {
		subjects += " of" // The ID is that of what has them.
	}
	doing := fmt.Sprintf("%s the %s %s.", act.during(), subjects, subject.ID)
	if wait, ok := errors.AsType[*azure.WaitError](err); ok {
		doing += " " + wait.Waited + "."
	}
	cause, remedy := explain(act, subject.ID, err)
	return diag.NewErrorDiagnostic(
		Summary(act, subject.Noun), paragraphs(doing, cause, remedy, outcome))
}

// Explain returns why the resource with the ID could not be read, and what to do about it.
func Explain(id string, err error) (cause, remedy string) { return explain(Read, id, err) }

// explain returns the cause and what to do about it.
func explain(act Act, id string, err error) (cause, remedy string) {
	var credential *azure.CredentialError
	if errors.As(err, &credential) {
		return signIn(credential)
	}
	if answer, ok := azure.AsError(err); ok {
		return answered(answer), advise(answer, id)
	}
	if odd, ok := errors.AsType[*azure.AnswerError](err); ok {
		answer := odd.Answer
		return fmt.Sprintf("Azure answered %s %s with %d %s, but %s.%s", answer.Method, answer.URL, answer.Status,
				http.StatusText(answer.Status), odd.Problem, marks(&answer)),
			"Apply again. If the answer stays like that, look for a proxy between here and Azure that answers " +
				"itself; if there is none, give Azure support the IDs above."
	}
	if wrong, ok := errors.AsType[*azure.IDError](err); ok {
		return wrong.Error() + ".", "Write the ID of such a resource: refer to its id attribute, or copy it from the " +
			"portal's JSON view."
	}
	switch _, unanswered := errors.AsType[*azure.NoAnswerError](err); {
	case errors.Is(err, context.DeadlineExceeded):
		return "It ran out of time.",
			fmt.Sprintf("Apply again; if it often takes this long, raise %s.", act.timeout())
	case errors.Is(err, context.Canceled):
		return "The run was stopped.", "Apply again."
	case azure.IsUnreachable(err):
		return fmt.Sprintf("There was no connection: %v", err),
			"Check the network between here and Azure. If the resource has a private endpoint, run Terraform " +
				"where it can reach that."
	case unanswered:
		return fmt.Sprintf("There was no answer: %v", err),
			"Check the network between here and Azure, and apply again."
	default:
		return fmt.Sprintf("It failed: %v", err),
			"Apply again. If it fails again in the same way, report it to " + issues + ", with the lines that " +
				"TF_LOG=debug writes about it."
	}
}

// signIn says why signing in failed, and what to do about it. What Entra ID answered is in the log.
func signIn(failed *azure.CredentialError) (cause, remedy string) {
	if refusal, ok := failed.Refusal(); ok {
		return fmt.Sprintf("Could not get a token with %s. %s (AADSTS%d; TF_LOG=debug has the whole answer).", failed.Method,
			refusal.Problem, refusal.Code), refusal.Remedy
	}
	if len(failed.Unset) > 0 {
		return fmt.Sprintf("Could not get a token: none of %s is set, in the provider block or by its ARM_* variable, and the login "+
				"of the Azure CLI is of no use: %v", strings.Join(failed.Unset, ", "), failed.Err),
			"Sign in with `az login`, or set one of these. With environment = \"rehearsal\" no login is needed."
	}
	return fmt.Sprintf("Could not get a token with %s: %v", failed.Method, failed.Err),
		"Check the provider block's credentials and the ARM_* environment variables; " +
			"`az login` renews the Azure CLI's login."
}

// outcome returns whether a failed act changed anything.
func outcome(act Act, err error) string {
	var credential *azure.CredentialError
	_, wrongID := errors.AsType[*azure.IDError](err)
	_, stopped := errors.AsType[*azure.StoppedError](err)
	switch {
	case stopped:
		return unsent
	case wrongID, act == Read, act == Import, act == Move, act == List, azure.IsRefused(err), errors.As(err, &credential):
		return NothingChanged
	case act == Create:
		return maybeCreated
	default:
		return maybeChanged
	}
}

// answered returns Azure's answer, with the IDs that its support asks for.
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
	return text + marks(answer)
}

// marks returns the IDs of an answer, in a line of their own, or "".
func marks(answer *azure.Error) string {
	var marks []string
	if answer.RequestID != "" {
		marks = append(marks, "request ID "+answer.RequestID)
	}
	if answer.CorrelationID != "" {
		marks = append(marks, "correlation ID "+answer.CorrelationID)
	}
	if len(marks) == 0 {
		return ""
	}
	return "\n(" + strings.Join(marks, ", ") + ")"
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
