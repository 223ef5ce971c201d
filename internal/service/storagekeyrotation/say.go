// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// The summaries of what is said about a rotation that breaks no rule.
const (
	plannedSummary    = "Storage Key Rotation Planned"
	settlingSummary   = "Storage Key Rotation Settling"
	unfinishedSummary = "Storage Key Rotation Unfinished"
	abandonedSummary  = "Storage Key Rotation Abandoned"
)

// resumes is what every interruption ends in.
const resumes = "The next plan says what is left, and the next apply does it (ROT006)."

// announce says what is planned: the step, why, and what follows from it.
func announce(id string, step keyrotation.Step, notes []string) diag.Diagnostics {
	var does string
	switch step.Action {
	case keyrotation.Sync:
		does = fmt.Sprintf("Every dependent of %s is told of its keys.\n\n%s. It is synced, and not "+
			"regenerated again for that (ROT005).", id, step.Reason)
	case keyrotation.Regenerate:
		does = fmt.Sprintf("%s of %s is regenerated, and every dependent told of it.\n\n%s. The "+
			"other key goes on working meanwhile (ROT001).", step.Key, id, step.Reason)
	case keyrotation.Verify:
		does = fmt.Sprintf("The addresses in verify are asked, for %s.\n\n%s. What fails leaves "+
			"the keys as they are (ROT004).", id, step.Reason)
	case keyrotation.Wait:
		does = fmt.Sprintf("The apply waits, for %s.\n\n%s (ROT002).", id, step.Reason)
	case keyrotation.Nothing:
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(plannedSummary,
		strings.Join(append([]string{does}, notes...), "\n\n"))}
}

// settling says when the rotation goes on.
func settling(step keyrotation.Step) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("phase"), settlingSummary, fmt.Sprintf(
		"%s (ROT002).\n\nUntil then there is nothing to apply. Plan again after that time: the next "+
			"step is then shown as a change.", step.Reason))
}

// hurried says what an emergency breaks.
func hurried() diag.Diagnostic {
	return diagnostic.FromViolation(rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT002),
		Title:     "Emergency Skips The Settling Time",
		Severity:  rule.Warning,
		Attribute: "emergency",
		Found:     "an emergency, in which both keys are regenerated one right after the other",
		Required:  "6 hours between the sync of the one and the regeneration of the other",
		Why: "What has not learnt of the first key when the second is regenerated, which can take " +
			"up to 6 hours, cannot reach its storage until it has: streaming stops there meanwhile",
		Remedy: "Go on if a key has leaked; otherwise set emergency = false",
	})
}

// notes say which dependents are left alone, and why.
func notes(uses []keyholder.Dependent) (diags []string) {
	for _, use := range uses {
		switch {
		case !use.Attached:
			diags = append(diags, fmt.Sprintf("The %s %s is left alone: it does not have this storage "+
				"account, so it holds no copy of the keys. Take it out of dependent_ids (ROT003).",
				use.Kind.Noun(), use.ID))
		case !use.UsesKeys:
			diags = append(diags, fmt.Sprintf("The %s %s is left alone: it comes at the storage with a "+
				"managed identity and holds no copy of the keys (ROT003).", use.Kind.Noun(), use.ID))
		}
	}
	return diags
}

// lastSyncs say when the dependents that can tell last read the keys.
func lastSyncs(uses []keyholder.Dependent, created keyrotation.Keys[time.Time]) (diags []string) {
	for _, use := range uses {
		if use.LastSync.IsZero() {
			continue
		}
		sentence := fmt.Sprintf("The %s %s says that it last read the keys at %s",
			use.Kind.Noun(), use.ID, use.LastSync.UTC().Format(time.RFC3339))
		if use.Behind(created.Key1, created.Key2) {
			sentence += ", and is behind"
		}
		diags = append(diags, sentence+".")
	}
	return diags
}

// neglected warns of dependents that nobody would tell, or of which nobody knows whether there are.
func neglected(title, found, why, remedy string) diag.Diagnostic {
	return diagnostic.FromViolation(rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT003),
		Title:     title,
		Severity:  rule.Warning,
		Attribute: "dependent_ids",
		Found:     found,
		Required:  "every account that holds a copy of the keys",
		Why:       why,
		Remedy:    remedy,
	})
}

// refused says that a run ended early, and what that leaves.
func refused(id, syncs string, recorded keyrotation.Recorded, step keyrotation.Step, err error,
) diag.Diagnostic {
	var verification *VerificationError
	switch {
	case errors.As(err, &verification):
		left := "The second key was not touched"
		if recorded.Phase == keyrotation.Closing {
			left = "Both keys are new and synced"
		}
		return diagnostic.FromViolationAfter(left+". "+resumes, rule.Violation{
			Rule:      keyrotation.Rule(keyrotation.ROT004),
			Severity:  rule.Error,
			Attribute: "verify",
			Found:     fmt.Sprintf("that of %s: %s", verification.URL, verification.Found),
			Required:  "an answer as configured, before the second key is touched and at the end",
			Why: "What does not work now that one key is new may depend on the other one, or may " +
				"not have learnt of the new one",
			Remedy: "Find out why it does not answer as expected, then apply again; an account that has " +
				"not learnt of its keys is told by hand with:\n" + syncs,
		})
	case errors.Is(err, keyrotation.ErrRestless):
		return diagnostic.FromViolationAfter("Keys were regenerated and synced. "+resumes, rule.Violation{
			Rule:     keyrotation.Rule(keyrotation.ROT007),
			Severity: rule.Error,
			Found:    "that the keys of " + id + " keep being regenerated elsewhere at the same time",
			Required: "one rotation of a storage account at a time",
			Why:      "Two rotations that run at once can leave accounts with no working key",
			Remedy: "Stop the other one (the activity log of the storage account names it), then " +
				"apply again",
		})
	case step.Action == keyrotation.Regenerate:
		return diagnostic.FromErrorAfter(fmt.Sprintf("Whether %s was regenerated, its creation time "+
			"will tell: it is not regenerated twice. %s", step.Key, resumes),
			diagnostic.Update, subject(id), err)
	case step.Action == keyrotation.Sync:
		left := "Not every dependent has been told of the keys: one that has not goes on with the key " +
			"that is still the old one. "
		if untold := (*SyncError)(nil); errors.As(err, &untold) {
			left = fmt.Sprintf("The %s %s has not been told of the keys, and maybe others: it goes on with "+
				"the key that is still the old one. ", untold.Dependent.Kind.Noun(), untold.Dependent.ID)
		}
		return diagnostic.FromErrorAfter(left+resumes, diagnostic.Update, subject(id), err)
	}
	return diagnostic.FromErrorAfter(resumes, diagnostic.Update, subject(id), err)
}

// abandoned says what is left to do by hand where the resource is removed in the middle of a
// rotation.
func (r *Resource) abandoned(ctx context.Context, state model, recorded keyrotation.Recorded,
) diag.Diagnostics {
	id := state.StorageAccountID.ValueString()
	at, err := azure.ParseID(id, azure.StorageAccountType)
	if err != nil || !recorded.Adopted() {
		return nil
	}
	opened, diags := r.open(ctx, &state)
	observed, err := opened.Observe(ctx)
	if azure.IsNotFound(err) {
		return diags // What is gone needs no keys.
	}
	if err != nil {
		observed = keyrotation.Observed{Now: recorded.LastSync, Created: recorded.Created}
	}
	var found string
	var left []string
	sync := "sync the keys to every account that holds a copy of them:\n" + opened.syncs()
	step := keyrotation.Decide(observed, recorded, state.wanted(), false)
	unsynced := step.Action == keyrotation.Sync
	if unsynced {
		found, left = step.Reason, append(left, sync)
	}
	if due := recorded.SecondaryDue(state.wanted()); !due.IsZero() {
		second := recorded.SecondKey(state.wanted())
		if !unsynced {
			found = fmt.Sprintf("%s is new and synced, %s is still the old one; both work",
				second.Other(), second)
		}
		left = append(left, fmt.Sprintf("after %s, and once streaming has been verified, regenerate "+
			"%s:\n  az storage account keys renew --resource-group %s --account-name %s --key %s",
			due.UTC().Format(time.RFC3339), second, at.ResourceGroupName, at.Name, cliKey(second)), sync)
	}
	if len(left) == 0 {
		return diags
	}
	return append(diags, diag.NewWarningDiagnostic(abandonedSummary, fmt.Sprintf(
		"The rotation of %s is removed half-way: %s.\n\nRemoving it touches no key. What is left "+
			"to do by hand:\n\n- %s\n\nOr keep the resource, and apply until its phase is complete.",
		id, found, strings.Join(left, "\n- "))))
}

// syncs are the commands that tell dependents of the keys by hand.
func (a *account) syncs() string {
	var commands []string
	for _, id := range a.dependents {
		if kind, err := keyholder.Of(a.client, id); err == nil {
			commands = append(commands, "  "+kind.SyncCommand(id, a.id))
		}
	}
	if len(commands) == 0 {
		return "  (none is in dependent_ids)"
	}
	return strings.Join(commands, "\n")
}

// cliKey is what the Azure CLI calls a key.
func cliKey(key keyrotation.Key) string {
	if key == keyrotation.Key1 {
		return "primary"
	}
	return "secondary"
}
