// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Creation says how a simple resource is created, one that a single request makes and a single answer describes.
type Creation[Answer, P any] struct {
	// At returns the ID of the planned resource.
	At func(plan P) string
	// Get reads the resource, which must not exist before.
	Get func(ctx context.Context, id string) (Answer, error)
	// Create makes it.
	Create func(ctx context.Context, id string, plan P) (Answer, error)
	// Works reports whether the resource works that an answer describes. It is nil where it works once it exists.
	Works func(Answer) bool
	// Observe copies an answer into the state.
	Observe func(P, Answer)
}

// Create creates a simple resource. The state has it as soon as Azure has accepted it. Where the answer is lost,
// Create looks whether it exists.
func Create[Answer, M any, P identified[M]](ctx context.Context, r *Resource, req resource.CreateRequest,
	resp *resource.CreateResponse, creation Creation[Answer, P],
) {
	plan := P(new(M))
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Create, plan.Limits(), &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	id := creation.At(plan)
	_, err := creation.Get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(r.Subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	answer, err := creation.Create(ctx, id, plan)
	found, exists := azure.LookAfter(ctx, err, func(ctx context.Context) (Answer, error) { return creation.Get(ctx, id) })
	switch {
	case exists && (creation.Works == nil || creation.Works(found)):
		answer, err = found, nil
	case exists || azure.IsAccepted(err):
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), attribute.NewResourceID(id))...)
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, id)...)
		resp.Diagnostics.Append(diagnostic.CreationFailed(r.Subject(id), err))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Create, r.Subject(id), err))
		return
	}
	plan.identify(id)
	creation.Observe(plan, answer)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, id)...)
}

// Update updates a simple resource: update brings Azure, and the plan where Azure's answer completes
// it, from the state to the plan.
func Update[M any, P Model[M]](ctx context.Context, r *Resource, req resource.UpdateRequest,
	resp *resource.UpdateResponse, update func(ctx context.Context, state, plan P) error,
) {
	plan, state := P(new(M)), P(new(M))
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Update, plan.Limits(), &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	id := state.Identifier()
	if err := update(ctx, state, plan); err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Update, r.Subject(id), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, id)...)
}

// identified is the pointer to a model that embeds [Common].
type identified[M any] interface {
	Model[M]
	identify(id string)
}

// identify sets the ID of a resource that was created.
func (c *Common) identify(id string) { c.ID = attribute.NewResourceID(id) }
