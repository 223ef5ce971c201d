// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keydependent"
)

// open is the storage account as the plan has it.
func (r *Resource) open(ctx context.Context, plan *model) (*account, diag.Diagnostics) {
	opened := &account{
		client:     r.client,
		id:         plan.StorageAccountID.ValueString(),
		dependents: plan.dependents(),
	}
	var configured []verifyModel
	diags := plan.Verify.ElementsAs(ctx, &configured, false)
	for _, one := range configured {
		c, err := newCheck(one)
		if err != nil {
			diags.Append(diagnostic.ProviderBug(err.Error()))
			continue
		}
		opened.checks = append(opened.checks, c)
	}
	return opened, diags
}

// run rolls the keys as far as they are to be rolled now. The record that it returns is to be kept
// even where there is an error.
func (r *Resource) run(ctx context.Context, opened *account, recorded keyrotation.Recorded,
	plan *model, waits bool,
) (keyrotation.Recorded, keyrotation.Step, error) {
	// Another rotation of the same account in this run waits its turn, and then finds by the keys'
	// creation times what this one has done (ROT007).
	unlock, err := r.client.Lock(ctx, opened.id)
	if err != nil {
		return recorded, keyrotation.Step{}, err
	}
	defer unlock()
	return keyrotation.Run(ctx, opened, recorded, plan.wanted(), waits, func(step keyrotation.Step) {
		tflog.Info(ctx, "rotating storage keys", map[string]any{
			"storage_account_id": opened.id, "step": string(step.Action), "key": string(step.Key),
			"reason": step.Reason,
		})
	})
}

// refused says that a run ended early, and what that leaves.
func refused(id string, step keyrotation.Step, err error) diag.Diagnostic {
	resumes := "The next apply looks at the keys' creation times and resumes there (ROT006)."
	var verification *VerificationError
	switch {
	case errors.As(err, &verification):
		return diagnostic.FromViolation(rule.Violation{
			Rule:      keyrotation.Rule(keyrotation.ROT004),
			Severity:  rule.Error,
			Attribute: "verify",
			Found:     fmt.Sprintf("that %s: %s", verification.URL, verification.Found),
			Required:  "an answer as configured, before the second key is touched and at the end",
			Why: "What does not work with the first key new might depend on the second, which " +
				"still is as it was",
			Remedy: "Find out why it does not answer, then apply again: " + resumes,
		})
	case errors.Is(err, keyrotation.ErrRestless):
		return diagnostic.FromViolation(rule.Violation{
			Rule:     keyrotation.Rule(keyrotation.ROT007),
			Severity: rule.Error,
			Found:    "that the keys of " + id + " are being regenerated elsewhere at the same time",
			Required: "one rotation at a time",
			Why:      "Two rotations that run at once can leave accounts with no working key",
			Remedy:   "Stop the other one, then apply again: " + resumes,
		})
	case step.Action == keyrotation.Regenerate:
		return diagnostic.FromErrorAfter(fmt.Sprintf("Whether %s was regenerated, its creation "+
			"time will tell. %s", step.Key, resumes), diagnostic.Update, subject(id), err)
	case step.Action == keyrotation.Sync:
		return diagnostic.FromErrorAfter("The dependants have not all been told of the keys yet: "+
			"until they are, they work with the other one. "+resumes,
			diagnostic.Update, subject(id), err)
	}
	return diagnostic.FromErrorAfter(resumes, diagnostic.Update, subject(id), err)
}

// warnings say what a person should know about what is planned: step is the next one.
func (r *Resource) warnings(ctx context.Context, opened *account, plan *model,
	recorded keyrotation.Recorded, step keyrotation.Step,
) (said diag.Diagnostics) {
	if step.Action == keyrotation.Wait && !plan.WaitForSettle.ValueBool() {
		said.AddAttributeWarning(path.Root("phase"), "Storage Key Rotation Settling", fmt.Sprintf(
			"%s.\n\nApply again after %s: the plan will then show the next step (ROT002).",
			step.Reason, step.Until.UTC().Format(time.RFC3339)))
		return said
	}
	if step.Action == keyrotation.Nothing {
		return nil
	}
	if plan.Emergency.ValueBool() && !recorded.Emergency {
		said.Append(diagnostic.FromViolation(rule.Violation{
			Rule:      keyrotation.Rule(keyrotation.ROT002),
			Severity:  rule.Warning,
			Attribute: "emergency",
			Found:     "an emergency rotation, which waits for nothing",
			Required:  "6 hours between the two keys",
			Why: "What has not learnt of the new key1 when key2 is regenerated, which can take up " +
				"to 6 hours, cannot reach its storage until it has: streaming stops there meanwhile",
			Remedy: "Go on if a key has leaked; otherwise set emergency = false",
		}))
	}
	if err := opened.look(ctx); err != nil {
		said.Append(dependentWarning("that the dependants cannot be read ("+err.Error()+")",
			"Which of them hold a copy of the keys is not known", "Make sure that they exist"))
	}
	for _, use := range opened.uses {
		switch {
		case !use.Attached:
			said.Append(dependentWarning("that "+use.ID+" does not have this storage account",
				"The account has no copy of its keys, so there is nothing to tell it of",
				"Leave it out of dependent_ids"))
		case !use.UsesKeys:
			said.Append(dependentWarning("that "+use.ID+" comes at the storage with a managed identity",
				"It holds no copy of the keys, so it is left alone",
				"Nothing needs to be done; it can be left out of dependent_ids"))
		}
	}
	said.Append(r.leftBehind(ctx, opened)...)
	return said
}

func dependentWarning(found, why, remedy string) diag.Diagnostic {
	return diagnostic.FromViolation(rule.Violation{
		Rule:      keyrotation.Rule(keyrotation.ROT003),
		Severity:  rule.Warning,
		Attribute: "dependent_ids",
		Found:     found,
		Required:  "the accounts that hold a copy of the keys",
		Why:       why,
		Remedy:    remedy,
	})
}

// leftBehind warns of accounts in the subscription that use the keys and would not be told.
func (r *Resource) leftBehind(ctx context.Context, opened *account) (said diag.Diagnostics) {
	at, err := azure.ParseID(opened.id, azure.StorageAccountType)
	if err != nil {
		return nil
	}
	for _, kind := range keydependent.Kinds(r.client) {
		ids, err := kind.List(ctx, at.SubscriptionID, opened.id)
		if err != nil {
			said.Append(dependentWarning("that the accounts of type "+kind.ResourceType()+
				" in the subscription cannot be listed ("+err.Error()+")",
				"One that uses the keys and is not told of new ones loses its storage",
				"Make sure that dependent_ids has them all"))
			continue
		}
		for _, id := range ids {
			if !slices.ContainsFunc(opened.dependents, func(known string) bool {
				return strings.EqualFold(known, id)
			}) {
				said.Append(dependentWarning("that "+id+" uses the keys and is not in dependent_ids",
					"It is not told of the new keys, and once both are new it cannot reach its storage",
					"Add it to dependent_ids"))
			}
		}
	}
	return said
}
