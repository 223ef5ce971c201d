// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// warning returns the warning of a rule about a storage account and its dependents.
type warning func(storageID string, dependents []mediaaccount.Dependent) rule.Violation

// warn warns of a plan that takes a storage account, or its keys, away from accounts, unless the same
// plan destroys them. A caller who may not list accounts can still plan.
func (r *Resource) warn(ctx context.Context, id string, broken rule.ID,
	concerns func(keyholder.Dependent) bool, violation warning,
) (diags diag.Diagnostics) {
	// A list that failed is among what was not seen.
	survey, _ := keyholder.Planned(ctx, r.Client, azure.SubscriptionOf(id))
	found, err := survey.On(ctx, id)
	if err != nil {
		return nil // The apply looks again.
	}
	if broken == mediaaccount.ACC007 {
		secrets, _ := keyholder.SearchSecrets(ctx, r.Client, azure.SubscriptionOf(id)) // The same of secrets.
		found = append(found, secrets.On(id)...)
	}
	intents := protection.IntentsOf(r.Client)
	found = slices.DeleteFunc(found, func(one keyholder.Dependent) bool {
		return !concerns(one) || intents.Destroyed(one.ID)
	})
	if len(found) > 0 {
		diags.Append(diagnostic.FromViolation(violation(id, dependents(found))))
	}
	if unlisted := survey.Unlisted(); len(unlisted) > 0 {
		diags.Append(diagnostic.FromViolation(mediaaccount.UnseenDependents(broken, id, unlisted)))
	}
	return diags
}

// refuse refuses a call that takes a storage account, or its keys, away from accounts. Terraform
// destroys and detaches first what refers to the storage account, so what the same apply removes is
// gone by now. Accounts that the caller may not see do not stand in the way. Secrets with a key stand in the way of
// what takes the keys away from an account that stays.
func (r *Resource) refuse(ctx context.Context, id string, broken rule.ID, concerns func(keyholder.Dependent) bool,
	violation warning,
) error {
	survey, err := keyholder.NewSurvey(ctx, r.Client, azure.SubscriptionOf(id))
	if err != nil {
		return err
	}
	found, err := survey.On(ctx, id)
	if err != nil {
		return err
	}
	found, err = keyholder.Still(ctx, found)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(one keyholder.Dependent) bool { return !concerns(one) })
	if broken == mediaaccount.ACC007 {
		secrets, err := keyholder.SearchSecrets(ctx, r.Client, azure.SubscriptionOf(id))
		if err != nil {
			return err
		}
		found = append(found, secrets.On(id)...)
	}
	if len(found) == 0 {
		return nil
	}
	refused := violation(id, dependents(found))
	if unlisted := survey.Unlisted(); len(unlisted) > 0 {
		refused.Found += "; more " + mediaaccount.MayDepend(unlisted)
	}
	return refused
}

func anyDependent(keyholder.Dependent) bool       { return true }
func usesKeys(dependent keyholder.Dependent) bool { return dependent.UsesKeys }
func dependents(found []keyholder.Dependent) []mediaaccount.Dependent {
	facts := make([]mediaaccount.Dependent, 0, len(found))
	for _, one := range found {
		facts = append(facts, one.Facts())
	}
	return facts
}
