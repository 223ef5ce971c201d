// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

func (l *Lifecycle[M, P, Properties]) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	plan, state := P(new(M)), P(new(M))
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	ctx, cancel := l.Deadline(ctx, diagnostic.Update, plan.Limits(), &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := l.Backoff(ctx, diagnostic.Update, plan.Limits())

	account, kept, diags := l.change(ctx, plan, state, backoff)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(base.KeepIdentities(ctx, resp.Private, kept)...)
	if resp.Diagnostics.HasError() {
		return
	}
	l.complete(ctx, plan, account)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, l.Attributes(plan).ID)...)
	resp.Diagnostics.Append(l.applied(ctx, req.Config, resp.Private, l.Attributes(plan))...)
}

// change carries out an update, and returns the account that Azure has then. Kept says that the account
// keeps an identity which the plan takes away.
func (l *Lifecycle[M, P, Properties]) change(ctx context.Context, plan, state P,
	backoff *azure.Backoff,
) (account armmedia.Resource[Properties], kept bool, diags diag.Diagnostics) {
	planned, before := l.Attributes(plan), l.Attributes(state)
	id := before.ID.ValueString()
	// An import leaves the encryption open, and an attachment that was removed may have taken the key away.
	if wanted := EncryptionIn(planned.Encryption); wanted.owned() != "" &&
		(before.Encryption.IsNull() || wanted.Status.IsUnknown() || protection.IntentsOf(l.Client).Left(id, "")) {
		if account, err := l.lookAgain(ctx, state); err != nil {
			return account, false, l.notRead(id, err)
		}
	}
	update, changes := l.Changed(plan, state)
	if !changes {
		account, diags = l.unchanged(ctx, id, planned.Encryption, backoff)
		return account, false, diags
	}
	diags.Append(l.missingStorage(ctx, id, plan, state)...)
	var now protection.Account
	encrypts := EncryptionChanges(planned.Encryption, before.Encryption)
	identity := update.Identity
	leaves := identity != nil && attribute.IdentityLeaves(planned.Identity, before.Identity)
	if encrypts || leaves {
		var err error
		if now, err = l.keys().Read(ctx, id); err != nil {
			diags.Append(diagnostic.FromError(diagnostic.Update, l.Subject(id), err))
		} else if encrypts {
			diags.Append(l.keys().Refuse(ctx, planned.keyed(), now)...)
		}
	}
	if diags.HasError() {
		return account, false, diags
	}
	var readers []string
	if leaves {
		readers = now.LeftOut(attribute.Identities(planned.Identity))
		update.Identity = WireIdentity(planned.Identity, before.Identity, readers...)
	}
	grant := l.keys().GrantWait(planned.keyed(), now, backoff)
	account, left, err := l.send(ctx, plan, state, update, backoff, grant.Passed, l.storageWait(backoff))
	switch {
	case err != nil:
		diags.Append(l.refused(ctx, diagnostic.Update, plan, grant, err, backoff))
		return account, false, diags
	case len(left) > 0 && l.StorageComplete:
		diags.Append(leftAttached(l.StorageIDs, id, left))
	}
	if len(readers) > 0 {
		protection.KeepIdentities(l.Client, id, readers, func(ctx context.Context) error {
			_, err := l.calls().Update(ctx, id, armmedia.Update[Properties]{Identity: identity}, backoff)
			return err
		})
	}
	diags.Append(diagnostic.NotRetired(protection.Retire(ctx, l.Client, id))...)
	return account, len(readers) > 0 && !encrypts, diags
}

// unchanged is the update that sends nothing: only the timeouts or what is managed changed, or the
// account waits for access to its key.
func (l *Lifecycle[M, P, Properties]) unchanged(ctx context.Context, id string,
	encryption types.Object, backoff *azure.Backoff,
) (account armmedia.Resource[Properties], diags diag.Diagnostics) {
	if EncryptionIn(encryption).Status.IsUnknown() {
		if diags := l.keys().Regain(ctx, id, backoff); diags.HasError() {
			return account, diags
		}
	}
	account, err := l.calls().Get(ctx, id)
	if err != nil {
		diags.Append(diagnostic.FromError(diagnostic.Read, l.Subject(id), err))
	}
	return account, diags
}

// send patches the account. Azure replaces tags and storage accounts as a whole, so send first
// reads the account and keeps what something else set since the plan was made. It returns the IDs
// of the storage accounts that it left attached.
func (l *Lifecycle[M, P, Properties]) send(ctx context.Context, plan, state P,
	update armmedia.Update[Properties], backoff *azure.Backoff, waits ...Wait,
) (updated armmedia.Resource[Properties], left []string, err error) {
	planned, before := l.Attributes(plan), l.Attributes(state)
	id := before.ID.ValueString()
	retags := !planned.Tags.Equal(before.Tags)
	attaches := update.Properties != nil && *l.Kind.Storage(update.Properties) != nil
	if retags || attaches {
		current, err := l.calls().Get(ctx, id)
		if err != nil {
			return updated, nil, err
		}
		if retags {
			update.Tags = attribute.MergedTags(current.Tags, before.Tags, planned.Tags)
		}
		if attaches {
			for _, foreign := range l.foreignStorage(current, plan, state) {
				list := l.Kind.Storage(update.Properties)
				*list = append(*list, foreign)
				left = append(left, azure.Deref(foreign.ID))
			}
		}
	}
	updated, err = l.calls().Update(ctx, id, update, backoff, waits...)
	return updated, left, err
}

// refused says why Azure refused an account or a change of one.
func (l *Lifecycle[M, P, Properties]) refused(ctx context.Context, act diagnostic.Act, plan P,
	grant *protection.GrantWait, err error, backoff *azure.Backoff,
) diag.Diagnostic {
	switch {
	case grant.Forbidden(err):
		return diagnostic.FromViolation(grant.Violation(ctx, err).Under(encryptionAttribute))
	case l.storageForbidden(err):
		return l.ExplainStorage(plan, backoff.Waited())
	default:
		return diagnostic.FromError(act, l.Subject(l.Attributes(plan).ID.ValueString()), err)
	}
}

// leftAttached warns of storage accounts that something else attached after the plan was made.
func leftAttached(at path.Path, id string, left []string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(at,
		"Storage Account Left Attached", fmt.Sprintf("While this plan waited to be applied, something "+
			"else attached storage accounts to %s:\n\n  %s\n\nThis apply left them attached. The next "+
			"plan shows them as a difference: add them to the configuration to keep them.",
			id, strings.Join(left, "\n  ")))
}
