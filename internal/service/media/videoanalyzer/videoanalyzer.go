// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/globalname"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// keys holds customers' keys against the rules.
func (r *Resource) keys() media.Keys {
	return media.Keys{
		Client: r.Client, ResourceType: azure.VideoAnalyzerType, Subject: subject,
	}
}

// calls are the calls about accounts. Grants on a key or on storage that do not act yet are waited
// for.
func (r *Resource) calls() media.Calls[armmedia.VideoAnalyzer, armmedia.VideoAnalyzerUpdate] {
	return callsOf(r.Client, func(id string, err error) bool {
		return r.keys().Forbidden(id, err) || storageForbidden(err)
	})
}

func callsOf(client *azure.Client, passing func(id string, err error) bool,
) media.Calls[armmedia.VideoAnalyzer, armmedia.VideoAnalyzerUpdate] {
	return media.Calls[armmedia.VideoAnalyzer, armmedia.VideoAnalyzerUpdate]{
		ResourceType: azure.VideoAnalyzerType,
		In: func(subscriptionID string,
		) (media.Client[armmedia.VideoAnalyzer, armmedia.VideoAnalyzerUpdate], error) {
			return client.VideoAnalyzers(subscriptionID)
		},
		State: func(account armmedia.VideoAnalyzer) *armmedia.ProvisioningState {
			return azure.Deref(account.Properties).ProvisioningState
		},
		Passing: passing,
	}
}

// storageForbidden recognises that the account does not reach its storage, as the OpenAPI document's
// example of a failed operation has it: 400 BadRequest with this message. The code is that of every
// other mistake, so that only the message tells. A role that was assigned a moment ago is a reason
// for it that passes: Microsoft's own test of the service waits two minutes after it assigns them.
func storageForbidden(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && strings.EqualFold(answer.Code, "BadRequest") &&
		strings.HasPrefix(answer.Message, "Storage account cannot be accessed")
}

// update patches what was changed. Storage accounts and tags are sent as a whole: what Azure has is
// read before, so that what something else set is not lost.
func (r *Resource) update(ctx context.Context, state, plan analyzer,
	update armmedia.VideoAnalyzerUpdate, backoff *azure.Backoff,
) (armmedia.VideoAnalyzer, error) {
	id := state.ID.ValueString()
	retags := !plan.Tags.Equal(state.Tags)
	sendsStorage := update.Properties != nil && update.Properties.StorageAccounts != nil
	if retags || sendsStorage {
		current, err := r.calls().Get(ctx, id)
		if err != nil {
			return armmedia.VideoAnalyzer{}, err
		}
		if retags {
			update.Tags = attribute.MergedTags(current.Tags, state.Tags, plan.Tags)
		}
		if sendsStorage {
			update.Properties.StorageAccounts = append(update.Properties.StorageAccounts,
				foreignStorage(azure.Deref(current.Properties).StorageAccounts,
					state.StorageAccount, plan.StorageAccount)...)
		}
	}
	return r.calls().Update(ctx, id, update, backoff)
}

// checkCreation holds what is known of an account that is to be created against Azure: its name,
// its storage, and its key.
func (r *Resource) checkCreation(ctx context.Context, plan analyzer) diag.Diagnostics {
	var name, storage, key diag.Diagnostics
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if !plan.Name.IsUnknown() && !plan.Location.IsUnknown() {
			name = globalname.Check(gctx, r.Client, subject(plan.Name.ValueString()),
				mediaaccount.VideoAnalyzerName(), azure.VideoAnalyzerType,
				func(ctx context.Context) (mediaaccount.Availability, error) {
					return r.calls().Availability(ctx, r.Client.SubscriptionID(),
						plan.Location.ValueString(), plan.Name.ValueString())
				})
		}
		return nil
	})
	g.Go(func() error {
		storage = r.checkStorage(gctx, plan, plan.Name.ValueString(), r.Client.SubscriptionID())
		return nil
	})
	g.Go(func() error {
		key = r.keys().CheckNew(gctx, plan.keyed())
		return nil
	})
	_ = g.Wait() // What goes wrong is said.
	return append(append(name, storage...), key...)
}

// checkStorage holds what is known of the storage that an account is to have against the rules.
func (r *Resource) checkStorage(ctx context.Context, plan analyzer, id, subscriptionID string,
) diag.Diagnostics {
	if plan.StorageAccount.IsUnknown() {
		return nil
	}
	facts := plan.facts()
	facts.SubscriptionID = rule.Known(subscriptionID)
	if err := media.AskStorage(ctx, r.Client, facts); err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(id), err)}
	}
	return diagnostic.FromReport(mediaaccount.Check(facts))
}

// checkChange holds the storage that an account is to change to against the rules.
func (r *Resource) checkChange(ctx context.Context, plan, state analyzer) diag.Diagnostics {
	if plan.StorageAccount.Equal(state.StorageAccount) {
		return nil
	}
	id := state.ID.ValueString()
	at, err := azure.ParseID(id, azure.VideoAnalyzerType)
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(id), err)}
	}
	return r.checkStorage(ctx, plan, id, at.SubscriptionID)
}

// missingStorage refuses a storage account that the plan changes to and that is not there.
func (r *Resource) missingStorage(ctx context.Context, id string, plan, state analyzer,
) diag.Diagnostics {
	wanted := storageIn(plan.StorageAccount).ID
	if wanted.Same(storageIn(state.StorageAccount).ID) {
		return nil
	}
	return media.MissingStorage(ctx, r.Client, subject(id), "storage_account.id",
		[]string{wanted.ValueString()})
}

// storageOutOfReach says what the account needs to reach its storage, when the time to wait for it
// is up.
func storageOutOfReach(plan analyzer, waited string) diag.Diagnostic {
	planned := storageIn(plan.StorageAccount)
	if planned.UserAssignedIdentityID.IsNull() {
		return media.Refused("storage_account", "Storage Account Out Of Reach",
			`Azure said "Storage account cannot be accessed"`,
			"a storage account that exists, and whose keys the service can fetch",
			"look whether "+planned.ID.ValueString()+" is in order")
	}
	return media.Refused("storage_account.user_assigned_identity_id",
		"Storage Account Out Of Reach",
		`Azure said "Storage account cannot be accessed" for `+waited,
		"the roles Storage Blob Data Contributor and Reader at the storage account, for the identity "+
			planned.UserAssignedIdentityID.ValueString(),
		"assign the roles at "+planned.ID.ValueString()+
			"; a new assignment takes some minutes to act: apply again then, or raise timeouts")
}
