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

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// failure says why an apply ended early, and what state that leaves.
func (r *Resource) failure(opened *account, recorded keyrotation.Recorded, step keyrotation.Step,
	err error,
) diag.Diagnostic {
	return opened.failure(diagnostic.Update, r.Subject(opened.id), resumes, recorded, step, err)
}

// failure says why a run ended early, and what state that leaves; resumes, how it goes on.
func (a *account) failure(act diagnostic.Act, subject diagnostic.Subject, resumes string,
	recorded keyrotation.Recorded, step keyrotation.Step, err error,
) diag.Diagnostic {
	done := resumes
	if verification, ok := errors.AsType[*VerificationError](err); ok {
		left := "The second key was not regenerated. "
		if recorded.Phase == keyrotation.Closing {
			left = "Both keys are new and synced. "
		}
		return diagnostic.FromViolationAfter(left+resumes, verification.violation("Find out why the address does not "+
			"answer as expected, then apply again; to sync by hand an account that has not read its keys:\n"+
			a.dependents.syncCommands()))
	}
	if foreign, ok := errors.AsType[*ForeignSecretError](err); ok {
		return diagnostic.FromViolationAfter("No dependent was synced. "+resumes, foreign.violation())
	}
	if doubt, ok := errors.AsType[*keyrotation.ClockError](err); ok {
		left := "No key was regenerated. "
		if doubt.Regenerated != "" {
			left = fmt.Sprintf("%s was regenerated and not synced. ", doubt.Regenerated)
		}
		return diagnostic.FromViolationAfter(left+resumes, clockViolation(a, doubt, rule.Error))
	}
	if untold, ok := errors.AsType[*UntoldError](err); ok {
		return untold.diagnose("No key was regenerated that it may hold. " + resumes)
	}
	switch {
	case errors.Is(err, keyrotation.ErrRestless):
		return diagnostic.FromViolationAfter("Keys were regenerated and synced. "+resumes, rule.Violation{
			Rule:     keyrotation.Rule(keyrotation.ROT007),
			Severity: rule.Error,
			Found:    "keys that are regenerated elsewhere meanwhile, of " + a.id,
			Required: "one rotation of a storage account at a time",
			Why:      "Two rotations that run at once can leave accounts with no working key",
			Remedy: "Stop the other one (the activity log of the storage account names it), then " +
				"apply again",
		})
	case step.Action == keyrotation.Regenerate:
		done = fmt.Sprintf("The creation time of %s will show whether it was regenerated: it is never "+
			"regenerated twice. %s", step.Key, resumes)
	case step.Action == keyrotation.Sync:
		left := "Not every dependent was synced: one that was not keeps the key that is still the old one. "
		if unsynced, ok := errors.AsType[*SyncError](err); ok {
			left = fmt.Sprintf("%s was not synced, and maybe others: they keep the key that is still the "+
				"old one. Its ID: %s\n\n", unsynced.Dependent.Name(), unsynced.Dependent.ID)
		}
		done = left + resumes
	}
	return diagnostic.FromErrorAfter(done, act, subject, err)
}

// diagnose says why nobody knows which key a dependent holds, and what was done.
func (e *UntoldError) diagnose(done string) diag.Diagnostic {
	if deleted, ok := errors.AsType[*keyholder.DeletedSecretError](e); ok {
		return diagnostic.FromViolationAfter(done, rule.Violation{
			Rule:      keyrotation.Rule(keyrotation.ROT010),
			Severity:  rule.Error,
			Attribute: "secrets",
			Found:     e.Holder.name() + ", which is deleted and can be recovered",
			Required:  "a secret that can be set",
			Why:       "Nobody can read it, and its name cannot be used before it is recovered or purged",
			Remedy: fmt.Sprintf("Recover it with `%s`, or purge it with `%s`", deleted.Command("recover"),
				deleted.Command("purge")),
		})
	}
	return diagnostic.FromErrorAfter(done, diagnostic.Read,
		diagnostic.Subject{Noun: "Key Vault Secret", ID: e.Holder.id}, e)
}

// violation returns the broken rule, with what to do.
func (e *VerificationError) violation(remedy string) rule.Violation {
	return rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT004),
		Severity:  rule.Error,
		Attribute: "verify",
		Found:     fmt.Sprintf("%s, which %s", e.URL, e.Found),
		Required:  "the configured answer, before the second key is regenerated and at the end",
		Why: e.Waited + "A client that fails now that one key is new may depend on the other key, or may not " +
			"have read the new one",
		Remedy: remedy,
	}
}

// clockViolation says that the clock cannot be right by which a rotation waits.
func clockViolation(opened *account, doubt *keyrotation.ClockError, severity rule.Severity) rule.Violation {
	return rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT009),
		Severity:  severity,
		Attribute: "storage_account_id",
		Found:     "a clock of Azure that cannot be right for " + azure.NameOf(opened.id) + ": " + doubt.Problem,
		Required:  "a clock that goes evenly, and agrees with the creation times of the keys",
		Why: "By a clock that is ahead the second key would be regenerated before every account has read the first " +
			"one; by one that is behind, a new key looks old and would be regenerated again",
		Remedy: "Plan again later. If it stays like this, compare with `az storage account show --query " +
			"keyCreationTime --ids " + opened.id + "`; to record the keys as they are now, remove the rotation from " +
			"the state and import it, which changes no key",
	}
}

// abandonedWarning says what is left to do by hand where the plan removes the resource in the middle
// of a rotation.
func (r *Resource) abandonedWarning(ctx context.Context, state model, recorded keyrotation.Recorded,
	private base.PrivateState,
) diag.Diagnostics {
	id := state.StorageAccountID.ValueString()
	at, err := azure.ParseID(id, azure.StorageAccountType)
	if err != nil || !recorded.Adopted() {
		return nil
	}
	opened, diags := r.open(ctx, &state, private)
	opened.dependents.kept = recorded.Kept(state.wanted())
	observed, err := opened.Observe(ctx)
	if azure.IsNotFound(err) {
		return diags // A storage account that is gone needs no keys.
	}
	if err != nil {
		observed = keyrotation.Observed{Now: recorded.LastSync, Created: recorded.Created}
	}
	var found string
	var left []string
	sync := "sync every account that holds a copy of the keys:\n" + opened.dependents.syncCommands()
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
	return append(diags, diag.NewWarningDiagnostic(abandonedTitle, fmt.Sprintf(
		"This plan removes the rotation of %s half-way: %s.\n\nRemoving it changes no key. Left to do by "+
			"hand:\n\n- %s\n\nOr keep the resource, and apply until its phase is complete.\n\n"+
			"Storage account: %s", at.Name, found, strings.Join(left, "\n- "), id)))
}

// syncCommands returns the Azure CLI commands that sync the dependents by hand.
func (d *dependents) syncCommands() string {
	var commands []string
	for _, one := range d.holders {
		commands = append(commands, "  "+one.kind.SyncCommand(one.id, d.storageAccountID, d.kept))
	}
	if len(commands) == 0 {
		return "  (dependent_ids is empty)"
	}
	return strings.Join(commands, "\n")
}

// cliKey returns the Azure CLI's name of a key.
func cliKey(key keyrotation.Key) string {
	if key == keyrotation.Key1 {
		return "primary"
	}
	return "secondary"
}
