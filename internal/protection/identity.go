// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"slices"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// LeftOut returns the identities by which the account reads its key and which are not among those that it
// is to have: the system-assigned one, if system says so, and the user-assigned ones with the IDs. In the
// answer, "" stands for the system-assigned one.
func (a Account) LeftOut(system bool, userAssignedIDs []string) (ids []string) {
	for _, reader := range a.Readers() {
		if id := reader.IdentityID; id == "" && !system || id != "" && !azure.ContainsID(userAssignedIDs, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// KeepIdentities notes that an account keeps identities by which it still reads its key. [Retire] takes
// them away with undo when the account reads its key by another one.
func KeepIdentities(client *azure.Client, accountID string, kept []string, undo func(context.Context) error) {
	RetirementsOf(client).Keep([]string{accountID}, "the former identity of the account "+azure.NameOf(accountID),
		func(_ context.Context, survey Survey) ([]Account, error) {
			return survey.where(func(account Account) bool {
				return azure.SameID(account.ID, accountID) && slices.ContainsFunc(account.Readers(), func(reader Reader) bool {
					return azure.ContainsID(kept, reader.IdentityID)
				})
			}), nil
		}, undo)
}

// StillRead warns that an account keeps an identity which its plan takes away, because it still reads its
// key by it (CMK008).
func StillRead(client *azure.Client, wanted Wanted) rule.Report {
	report := PlanIdentities(client, wanted)
	reader := "the system-assigned identity"
	if id := wanted.Identity.ID; id != "" {
		reader = "the identity " + azure.NameOf(id)
	}
	for i := range report.Violations {
		violation := &report.Violations[i]
		violation.Title, violation.Severity = "Identity Still In Use", rule.Warning
		violation.Found = "a plan that takes away " + reader + ", by which the account reads its key"
		violation.Required = "an account that reads its key by an identity that stays"
		violation.Remedy = "List the identity, or first have the account read its key by another one " +
			"(user_assigned_identity_id of its azuremedia_customer_key_attachment). Until then the account keeps it, " +
			"and each plan takes it away again"
	}
	return report
}

// Leaving is [StillRead] for an account as Azure has it now, with the identities that are planned for it.
func Leaving(ctx context.Context, client *azure.Client, accountID string) (rule.Report, error) {
	account, err := Read(ctx, client, accountID)
	if err != nil || !account.Encryption.CustomerKey {
		return rule.Report{}, err
	}
	return leaving(client, account), nil
}

// leaving is [StillRead] for an account whose attachment stays as it is. It knows the identities that were
// planned before.
func leaving(client *azure.Client, account Account) rule.Report {
	planned := IntentsOf(client).of(account.ID).identities
	if planned == nil {
		return rule.Report{}
	}
	wanted := Wanted{Account: account.Account, Identity: account.Encryption.Identity(), ListsIdentities: true}
	wanted.Account.SystemAssigned, wanted.Account.UserAssigned = planned.SystemAssigned, planned.UserAssigned
	return StillRead(client, wanted)
}
