// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// The titles of messages about a rotation that breaks no rule.
const (
	plannedTitle    = "Storage Key Rotation Planned"
	settlingTitle   = "Storage Key Rotation Settling"
	unfinishedTitle = "Storage Key Rotation Unfinished"
	abandonedTitle  = "Storage Key Rotation Abandoned"
	overdueTitle    = "Storage Key Rotation Overdue"
)

// resumes ends the message of every interruption.
const resumes = "The next plan says what is left to do, and the next apply does it (ROT006)."

// plannedWarning says what the apply will do, and why.
func plannedWarning(opened *account, step keyrotation.Step, created keyrotation.Keys[time.Time],
	skipped []string,
) diag.Diagnostic {
	name := azure.NameOf(opened.id)
	var does, why string
	switch step.Action {
	case keyrotation.Sync:
		does = fmt.Sprintf("This apply will sync the keys of %s to %s", name, syncTargets(opened.dependents))
		why = "This apply does not regenerate a key for it (ROT005). If another configuration rotates these " +
			"keys too, remove one of the two rotations (ROT007)"
	case keyrotation.Regenerate:
		does = fmt.Sprintf("This apply will regenerate %s of %s and sync %s", step.Key, name,
			syncTargets(opened.dependents))
		why = fmt.Sprintf("%s keeps working meanwhile (ROT001)", step.Key.Other())
	case keyrotation.Verify:
		does = fmt.Sprintf("This apply will request the addresses in verify, for %s", name)
		why = "If one does not answer as expected, the keys stay as they are (ROT004)"
	case keyrotation.Wait:
		does = fmt.Sprintf("This apply will wait until %s, for %s",
			step.Until.UTC().Format(time.RFC3339), name)
		why = "The settling time is not over (ROT002)"
	case keyrotation.Nothing:
	}
	paragraphs := []string{does + ".", step.Reason + ". " + why + "."}
	paragraphs = append(paragraphs, lastReads(opened.dependents.found(), created)...)
	paragraphs = append(paragraphs, skipped...)
	return diag.NewWarningDiagnostic(plannedTitle,
		strings.Join(append(paragraphs, "Storage account: "+opened.id), "\n\n"))
}

// syncTargets names the dependents that a sync reaches, and those that may be among them.
func syncTargets(d *dependents) string {
	var names []string
	for _, one := range d.holders {
		if answer, ok := d.answers[one.id]; !ok || answer.err != nil || answer.UsesKeys {
			names = append(names, one.name())
		}
	}
	switch len(names) {
	case 0:
		return "no dependent"
	case 1:
		return "1 dependent: " + names[0]
	default:
		return fmt.Sprintf("%d dependents: %s", len(names), strings.Join(names, ", "))
	}
}

// lastReads say when the dependents that report it last read the keys, and which they hold.
func lastReads(found []keyholder.Dependent, created keyrotation.Keys[time.Time]) (notes []string) {
	for _, one := range found {
		if one.Kind.HoldsOneKey() && one.Copy.Holds(created.Of(one.Copy.Key)) {
			notes = append(notes, fmt.Sprintf("%s has held %s since %s.", one.Name(), one.Copy.Key,
				one.Copy.Since.UTC().Format(time.RFC3339)))
		}
		if one.LastSync.IsZero() {
			continue
		}
		note := fmt.Sprintf("%s last read the keys at %s", one.Name(), one.LastSync.UTC().Format(time.RFC3339))
		if one.Behind(created.Key1, created.Key2) {
			note += ", and is behind"
		}
		notes = append(notes, note+".")
	}
	return notes
}

// skippedNotes say which dependents are not synced, and why.
func skippedNotes(found []keyholder.Dependent) (notes []string) {
	for _, one := range found {
		switch {
		case !one.Attached:
			notes = append(notes, fmt.Sprintf("%s is skipped: it does not have this storage account, so it "+
				"holds no copy of the keys. Remove it from dependent_ids (ROT003): %s", one.Name(), one.ID))
		case !one.UsesKeys:
			notes = append(notes, fmt.Sprintf("%s is skipped: it reaches the storage account with a "+
				"managed identity and holds no copy of the keys (ROT003): %s", one.Name(), one.ID))
		}
	}
	return notes
}

// settlingWarning says when the rotation goes on, if it waits.
func settlingWarning(step keyrotation.Step) (diags diag.Diagnostics) {
	if step.Action == keyrotation.Wait {
		diags.AddAttributeWarning(path.Root("phase"), settlingTitle, fmt.Sprintf("%s (ROT002).\n\nThere is nothing "+
			"to apply before that time. Plan again after it: the plan then shows the next step as a change.",
			step.Reason))
	}
	return diags
}

// overdueWarning says that a creation leaves keys that have reached their age.
func overdueWarning(id string, adopted keyrotation.Recorded, wanted keyrotation.Wanted, now time.Time, does string,
) (diags diag.Diagnostics) {
	since, overdue := adopted.Overdue(wanted, now)
	if !overdue || wanted.RotateOnCreate {
		return nil
	}
	overdueSince, starts := "overdue; Azure does not know since when", "with the next apply from this state"
	if !since.IsZero() {
		overdueSince = "overdue since " + since.UTC().Format(time.RFC3339)
	}
	wanted.Emergency = false
	next := keyrotation.Decide(keyrotation.Observed{Now: now, Created: adopted.Created}, adopted, wanted, false)
	if next.Action == keyrotation.Wait {
		starts = fmt.Sprintf("with the first apply from this state after %s, when the settling time of the sync is over",
			next.Until.UTC().Format(time.RFC3339))
	}
	diags.AddAttributeWarning(path.Root("rotation_interval"), overdueTitle, fmt.Sprintf("The rotation of the keys of %s "+
		"is %s. %s.\n\nThe rotation starts %s. A run without this state, as in a pipeline without a backend, creates "+
		"the resource again and never rotates: keep the state, and apply again.\n\nStorage account: %s",
		azure.NameOf(id), overdueSince, does, starts, id))
	return diags
}

// secondRotation says that the configuration rotates the keys of a storage account twice.
func secondRotation(id string, this, other base.Owner) diag.Diagnostic {
	return diagnostic.FromViolation(rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT007),
		Title:     "Storage Account Rotated Twice",
		Severity:  this.Conflicts(other),
		Attribute: "storage_account_id",
		Found: fmt.Sprintf("two azuremedia_storage_key_rotation resources for %s in this configuration: this one with "+
			"%s, the other one with %s", azure.NameOf(id), this.Description, other.Description),
		Required: "one rotation of a storage account",
		Why: "Each takes the keys that the other regenerates for keys that were regenerated elsewhere, and " +
			"neither syncs the dependents of the other",
		Remedy: "Give one of them the dependents of both and remove the other, which changes no key. " +
			"Storage account: " + id,
	})
}

// sharedSecret says that two rotations of the configuration have the same secret.
func sharedSecret(secret keyholder.Secret, this, other base.Owner) diag.Diagnostic {
	return diagnostic.FromViolation(rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT010),
		Title:     "Secret Set Twice",
		Severity:  this.Conflicts(other),
		Attribute: "secrets",
		Found: fmt.Sprintf("the secret %s in %s, and in %s", secret.Path(), this.Description,
			other.Description),
		Required: "each secret in one rotation",
		Why:      "A secret holds one value: each rotation would replace the key of the other",
		Remedy:   "Give one of the two another name",
	})
}

func (e *ForeignSecretError) violation() rule.Violation {
	one, other := e.Secret, e.Secret.Copy.AccountID
	return rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT010),
		Title:     "Secret Of Another Storage Account",
		Severity:  rule.Error,
		Attribute: "secrets",
		Found: fmt.Sprintf("%s, which holds a key of %s by the tag %s of its newest version", one.Name(),
			azure.NameOf(other), keyholder.TagAccount),
		Required: "a secret that holds a key of " + azure.NameOf(one.StorageAccountID) + ", or none",
		Why:      "The applications that read it would no longer reach " + azure.NameOf(other),
		Remedy: "Give the secret another name. If its readers are to change the storage account, set it by hand " +
			"to a key of the new one first, which leaves the tags out. The other storage account: " + other,
	}
}

// outdatedError says that a plan was made before something happened that leads to another apply.
func outdatedError(id string, regenerated bool) diag.Diagnostic {
	found := "a step of the rotation of %s that has come due after this plan was made"
	if regenerated {
		found = "a key of %s that was regenerated after this plan was made"
	}
	return diagnostic.FromViolation(rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT007),
		Title:     "Storage Key Rotation Outdated",
		Severity:  rule.Error,
		Attribute: "storage_account_id",
		Found:     fmt.Sprintf(found, azure.NameOf(id)),
		Required:  "what the plan was made for",
		Why:       "The apply would do something else than the plan shows",
		Remedy:    "Plan again, with a refresh: the new plan says what is left to do. Storage account: " + id,
	})
}

// describe tells a rotation from another one of the same storage account.
func describe(ctx context.Context, plan *model) string {
	described := syncTargets(&dependents{holders: plan.holders(ctx, nil)})
	if interval := plan.RotationInterval; !interval.IsNull() {
		described += " and rotation_interval = " + interval.String()
	}
	return described
}

// emergencyWarning says what an emergency risks where clients may take the settling time to follow.
func emergencyWarning(settle time.Duration) diag.Diagnostic {
	hours := fmt.Sprintf("%g hours", settle.Hours())
	return diagnostic.FromViolation(rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT002),
		Title:     "Emergency Skips The Settling Time",
		Severity:  rule.Warning,
		Attribute: "emergency",
		Found:     "an emergency, which regenerates both keys one right after the other",
		Required:  hours + " between the sync of one key and the regeneration of the other",
		Why: "A client that has not read the first new key when the second is regenerated, which can " +
			"take up to " + hours + ", cannot reach its storage until it has: streaming stops meanwhile",
		Remedy: "Go on if a key has leaked; otherwise set emergency = false",
	})
}

// unreadWarning says that a dependent could not be read.
func unreadWarning(err error, why string) diag.Diagnostic {
	return dependentWarning("Dependent Not Read", "a dependent that could not be read ("+cause(err)+")",
		why, "Check that it exists and that this login may read it")
}

// unlistedWarning says that accounts that may use the keys could not be listed.
func unlistedWarning(unseen keyholder.Unseen) diag.Diagnostic {
	return dependentWarning("Dependents Not Listed", fmt.Sprintf(
		"accounts of type %s in the subscription %s that could not be listed (%s)",
		unseen.Kind.ResourceType(), unseen.SubscriptionID, cause(unseen.Err)),
		"An account that is not synced cannot reach its storage once both keys are new",
		"Check that dependent_ids has all of them")
}

// cause returns an error as a phrase: Azure's code and message where it answered.
func cause(err error) string {
	if answer, ok := azure.AsError(err); ok {
		return fmt.Sprintf("Azure answered %d, code %s: %s", answer.Status, answer.Code,
			strings.TrimSuffix(answer.Message, "."))
	}
	return err.Error()
}

// undeclaredWarning says which accounts use the keys and are not in dependent_ids.
func undeclaredWarning(storageAccountID string, missing []keyholder.Dependent) diag.Diagnostic {
	var names, ids []string
	for _, one := range missing {
		names, ids = append(names, one.Name()), append(ids, fmt.Sprintf("%q", one.ID))
	}
	return dependentWarning("Dependent Not Declared",
		fmt.Sprintf("%s, with the keys of %s but not in dependent_ids", strings.Join(names, ", "),
			azure.NameOf(storageAccountID)),
		"An account that is not synced cannot reach its storage once both keys are new",
		"Add to dependent_ids: "+strings.Join(ids, ", "))
}

func dependentWarning(title, found, why, remedy string) diag.Diagnostic {
	return diagnostic.FromViolation(rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT003),
		Title:     title,
		Severity:  rule.Warning,
		Attribute: "dependent_ids",
		Found:     found,
		Required:  "every account that holds a copy of the keys in dependent_ids",
		Why:       why,
		Remedy:    remedy,
	})
}
