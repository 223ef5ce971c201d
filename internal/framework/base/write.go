// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Create creates a simple resource, one that a single request makes and a single answer describes:
// at returns the ID of the planned resource, get looks whether it exists already, which is refused,
// create makes it, and observe copies Azure's answer into the state. The state has the resource as soon as Azure
// has accepted it: see [AcceptedError].
func Create[Answer, M any, P identified[M]](ctx context.Context, r *Resource, req resource.CreateRequest,
	resp *resource.CreateResponse, at func(P) string,
	get func(ctx context.Context, id string) (Answer, error),
	create func(ctx context.Context, id string, plan P) (Answer, error), observe func(P, Answer),
) {
	plan := P(new(M))
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Create, plan.Limits(), &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	id := at(plan)
	_, err := get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(r.Subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	answer, err := create(ctx, id, plan)
	if accepted, ok := errors.AsType[AcceptedError](err); ok {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), attribute.NewResourceID(id))...)
		resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, id)...)
		resp.Diagnostics.Append(diagnostic.FromErrorAfter("Azure accepted the creation, so the state has the "+
			"resource. The next apply deletes it and creates it anew.", diagnostic.Create, r.Subject(id), accepted.Err))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Create, r.Subject(id), err))
		return
	}
	plan.identify(id)
	observe(plan, answer)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, id)...)
}

// AcceptedError is the error of a creation that Azure accepted, and whose end is not known or is a failure: the
// resource may exist.
type AcceptedError struct{ Err error }

func (e AcceptedError) Error() string { return e.Err.Error() }
func (e AcceptedError) Unwrap() error { return e.Err }

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
