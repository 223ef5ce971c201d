// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// Lifecycle validates, plans, creates, reads, updates and deletes the accounts of one kind. A
// kind's resource embeds it and fills in what differs: P is the pointer to its model, M, and
// Properties what the service keeps of an account.
type Lifecycle[M any, P base.Model[M], Properties any] struct {
	base.Resource
	Kind Kind[Properties]

	// Attributes returns the attributes that both kinds have.
	Attributes func(P) *Attributes
	// Validate refuses a configuration that contradicts itself.
	Validate func(config P) diag.Diagnostics
	// Facts returns what a plan or a state says of the storage accounts; ok is false as long as it
	// is unknown how many there are.
	Facts func(P) (facts mediaaccount.Facts, ok bool)
	// StorageChanges reports whether a plan sends the storage accounts.
	StorageChanges func(plan, state P) bool
	// StorageIDs is the attribute that holds the IDs of the storage accounts.
	StorageIDs path.Path
	// StorageComplete says that the attributes show every storage account, so that one which
	// something else attaches is a difference.
	StorageComplete bool
	// StorageForbidden reports whether Azure refused because the account cannot access its storage.
	// It is nil for a service that does not say so.
	StorageForbidden func(error) bool
	// ExplainStorage says what the account needs to access its storage. It goes with
	// StorageForbidden.
	ExplainStorage func(plan P, waited string) diag.Diagnostic
	// Created returns the account to send.
	Created func(plan P) armmedia.Resource[Properties]
	// Changed returns the update to send, without its tags, and reports whether anything changes,
	// the tags included.
	Changed func(plan, state P) (armmedia.Update[Properties], bool)
	// Observe takes over what Azure says about the account. The ID stays as it is.
	Observe func(P, armmedia.Resource[Properties])
	// Fill takes from what was observed the attributes of the kind that the plan left to Azure.
	Fill func(ctx context.Context, plan, observed P)
}

// ValidateConfig checks what needs no Azure to be checked.
func (l *Lifecycle[M, P, Properties]) ValidateConfig(ctx context.Context,
	req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	config := P(new(M))
	resp.Diagnostics.Append(req.Config.Get(ctx, config)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(l.Validate(config)...)
	}
}

// ModifyPlan checks what is known against Azure: the name, the storage accounts (ACC001 to ACC005)
// and the customer-managed key. Terraform plans again when it applies: by then nothing is unknown,
// and a fault is found before anything is changed.
func (l *Lifecycle[M, P, Properties]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	ctx = azure.Shared(ctx)
	if req.Plan.Raw.IsNull() {
		state := P(new(M))
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
		before := l.Attributes(state)
		protection.IntentsOf(l.Client).Destroys(before.Identifier())
		resp.Diagnostics.Append(l.ownership(before, before).Release(ctx, l.Client, resp.Private)...)
		return // Nothing stops a destroy (CMK013).
	}
	if l.Client == nil {
		return // The provider is not configured yet.
	}
	plan, state := P(new(M)), P(new(M))
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	}
	var configured types.Object
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(encryptionAttribute), &configured)...)
	managed := !configured.IsNull() // Otherwise an azuremedia_customer_key_attachment may own it.
	if managed && !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(l.own(ctx, resp.Private, l.Attributes(plan), l.Attributes(state))...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(l.checkNew(ctx, plan)...)
		return
	}
	l.Managed(l.Attributes(state).Identifier())
	if l.Attributes(plan).Replaces(l.Attributes(state).Tracked) {
		protection.IntentsOf(l.Client).Destroys(l.Attributes(state).Identifier())
		return // Terraform plans the creation that belongs to a replacement separately.
	}
	if l.Attributes(state).Failed() { // The next change may succeed.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx,
			path.Root("provisioning_state"), types.StringUnknown())...)
	}
	if managed && l.Attributes(state).Encryption.IsNull() { // It was imported, which leaves that open.
		if _, err := l.lookAgain(ctx, state); err != nil {
			resp.Diagnostics.Append(l.notRead(l.Attributes(state).Identifier(), err)...)
			return
		}
	}
	if _, changes := l.Changed(plan, state); changes {
		l.keys().Intend(l.Attributes(plan).keyed(), l.Attributes(state).keyed())
		kept, diags := base.KeptIdentities(ctx, req.Private)
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(l.checkChange(ctx, plan, state, managed, kept)...)
		return
	}
	if !managed {
		return
	}
	diags, lost := l.keys().CheckUnchanged(ctx, l.Attributes(state).keyed())
	resp.Diagnostics.Append(diags...)
	if lost || !EncryptionIn(l.Attributes(state).Encryption).Status.IsNull() {
		// An unknown status plans an update, which waits for access to come back.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx,
			path.Root(encryptionAttribute).AtName("status"), types.StringUnknown())...)
	}
}

// Create creates the account. The state has it as soon as Azure has: the next apply then replaces
// an account that does not come up, which holds nothing yet.
func (l *Lifecycle[M, P, Properties]) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	plan := P(new(M))
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	ctx, cancel := l.Deadline(ctx, diagnostic.Create, plan.Limits(), &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := l.Backoff(ctx, diagnostic.Create, plan.Limits())

	planned := l.Attributes(plan)
	id := azure.ID(l.Client.SubscriptionID(), planned.ResourceGroupName.ValueString(),
		l.Kind.ResourceType, planned.Name.ValueString())
	_, err := l.calls().Get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(l.Subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(l.missingStorage(ctx, id, plan, P(new(M)))...)
	resp.Diagnostics.Append(l.keys().Refuse(ctx, planned.keyed(), protection.Account{})...)
	if resp.Diagnostics.HasError() {
		return
	}

	planned.ID = attribute.NewResourceID(id)
	sent := l.Created(plan)
	grant := l.keys().GrantWait(planned.keyed(), protection.Account{}, backoff)
	account, err := l.calls().Create(ctx, id, sent, backoff, grant.Passed, l.storageWait(backoff))
	if err == nil || azure.IsAccepted(err) {
		resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, planned.ID)...)
	}
	switch {
	case azure.IsAccepted(err):
		l.complete(ctx, plan, sent)
		planned.ProvisioningState = types.StringValue(string(armmedia.InProgress))
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		resp.Diagnostics.Append(diagnostic.CreationFailed(l.Subject(id), err))
	case err != nil:
		resp.Diagnostics.Append(
			l.refused(ctx, diagnostic.Create, plan, grant, err, backoff))
	default:
		l.complete(ctx, plan, account)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		resp.Diagnostics.Append(l.applied(ctx, req.Config, resp.Private, planned)...)
	}
}

func (l *Lifecycle[M, P, Properties]) Read(ctx context.Context, req resource.ReadRequest,
	resp *resource.ReadResponse,
) {
	resp.Diagnostics.Append(base.Recognize(ctx, resp.Private)...)
	base.Read(ctx, &l.Resource, req, resp, l.calls().Get, func(state P, answer armmedia.Resource[Properties]) {
		importing := base.Imported(l.Attributes(state).Name)
		l.Observe(state, answer)
		if importing {
			l.Attributes(state).disown()
		}
	})
}

// complete fills in what the plan left to Azure, and keeps everything else as it was planned: the
// next plan shows what Azure has beyond that.
func (l *Lifecycle[M, P, Properties]) complete(ctx context.Context, plan P,
	account armmedia.Resource[Properties],
) {
	observed := *plan
	l.Observe(&observed, account)
	l.Attributes(plan).fill(ctx, l.Attributes(&observed))
	l.Fill(ctx, plan, &observed)
}

func (l *Lifecycle[M, P, Properties]) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	base.Delete(ctx, &l.Resource, req, resp, func(ctx context.Context, state P) error {
		return l.calls().Delete(ctx, state.Identifier(),
			l.Backoff(ctx, diagnostic.Delete, state.Limits()))
	})
	if !resp.Diagnostics.HasError() {
		gone := base.IDOf(ctx, req.State)
		resp.Diagnostics.Append(diagnostic.NotRetired(protection.Retire(ctx, l.Client, gone))...)
	}
}

// calls returns the calls about accounts.
func (l *Lifecycle[M, P, Properties]) calls() Calls[Properties] {
	return Calls[Properties]{Kind: l.Kind, Client: l.Client}
}

// keys returns the checks of customer-managed keys.
func (l *Lifecycle[M, P, Properties]) keys() Keys {
	return Keys{Client: l.Client, ResourceType: l.Kind.ResourceType, Subject: l.Subject}
}

func (l *Lifecycle[M, P, Properties]) storageForbidden(err error) bool {
	return l.StorageForbidden != nil && l.StorageForbidden(err)
}

// storageWait returns the wait for a role at the storage account to act.
func (l *Lifecycle[M, P, Properties]) storageWait(backoff *azure.Backoff) Wait {
	return func(ctx context.Context, refused error) bool {
		return l.storageForbidden(refused) &&
			backoff.Wait(ctx, "Azure to act on the roles at the storage account")
	}
}
