// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

// settle waits until the account runs on the pinned version of its key, or on the newest. If the
// account does not get there, settle returns how it was found last, and the reason. Terraform itself
// shows only that it is still at work: the log says what settle waits for, and how far it has come.
func (r *Resource) settle(ctx context.Context, plan *model, backoff *azure.Backoff,
) (protection.Account, diag.Diagnostics, error) {
	key := attribute.KeyOf(plan.KeyID)
	for passed := []string{}; ; {
		account, err := r.read(ctx, plan)
		if err != nil {
			return account, nil, err
		}
		following := customerkey.Following{
			Kind: account.Kind, Wanted: key, Current: account.Encryption.Current.Version,
		}
		if !key.Pinned() {
			if following.Newest, err = facts.New(r.Client).Newest(ctx, key); err != nil {
				return account, nil, err
			}
		}
		if !slices.Contains(passed, following.Current) {
			passed = append(passed, following.Current)
		}
		if following.Settled() {
			return account, nil, nil
		}
		tflog.Info(ctx, "waiting for the account to run on the expected version of its key", map[string]any{
			"account_id": account.ID, "key_vault_key_id": key.String(),
			"runs_on": following.Current, "expected": following.Expected(),
			"usually_within": following.Kind.FollowDelay(),
			"waited":         backoff.Spent(), "left": backoff.Left(),
		})
		if following.Expected() == "" || following.Kind.VersionUntold || !backoff.Wait(ctx,
			"the account to run on version "+following.Expected()+" of its key") {
			return account, diag.Diagnostics{notCurrent(plan, following, passed, backoff.Waited())}, nil
		}
	}
}

// notCurrent is a warning: the key is attached, and the service moves on by itself.
func notCurrent(plan *model, following customerkey.Following, passed []string, waited string,
) diag.Diagnostic {
	moves := "it did not change its version"
	if len(passed) > 1 {
		moves = "it moved through the versions " + strings.Join(passed, ", ")
	}
	if waited == "" {
		waited = "This apply did not wait"
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("wait_for_current_version"),
		"Customer Key Version Not Current",
		fmt.Sprintf("The key is attached to %s. %s %s: %s.\n\nThere is "+
			"nothing to apply again: the next refresh shows which version is in use. To wait longer, "+
			"raise timeouts.", plan.AccountID.ValueString(), following.Sentence(), waited, moves))
}

func versionNotKnown(err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Customer Key Version Not Known",
		"The key is attached, but the version in use could not be read: "+err.Error())
}
