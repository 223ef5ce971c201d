// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// granted is a resource with its private records.
type granted struct {
	*model
	record added
	kept   []retained
}

// update grants what the plan has, and takes away or keeps what it no longer has. It returns the resource
// as it is then: as before, if nothing could be granted.
func (r *Resource) update(ctx context.Context, plan *model, before granted, backoff *azure.Backoff,
) (granted, diag.Diagnostics) {
	if plan.moves(before.model) {
		return r.move(ctx, plan, before, backoff)
	}
	after := granted{plan, before.record, before.kept}
	if plan.Mode.IsUnknown() {
		var diags diag.Diagnostics
		after.record, diags = r.grantMissing(ctx, diagnostic.Update, plan, r.adopted(ctx, before), backoff)
		if diags.HasError() {
			return before, diags
		}
		if !plan.Mode.Equal(before.Mode) {
			if err := r.revoke(ctx, before.access(before.record), backoff); err != nil {
				return before, diag.Diagnostics{diagnostic.FromErrorAfter("The identity was granted access in the "+
					"vault's new mode.", diagnostic.Update, r.Subject(plan.Identifier()), err)}
			}
		}
	}
	diags := r.awaitEffect(ctx, plan.grant(), backoff)
	follows := plan.RetainedIDs.IsUnknown()
	for _, one := range before.kept {
		switch {
		case follows:
			diags.Append(r.retire(ctx, &after, one.access(), backoff)...)
			continue
		case plan.retains(one):
			continue
		}
		if err := r.release(ctx, one, backoff); err != nil {
			diags.Append(diagnostic.FromError(diagnostic.Update, r.Subject(one.ID), err))
			continue
		}
		after.drop(one.ID)
	}
	if follows {
		plan.RetainedIDs = retainedIDs(after.kept)
	}
	return after, diags
}

// adopted returns the record of a grant whose vault may have switched from roles to access policies in an apply
// that was interrupted: a policy of exactly what a grant gives was made for the grant then.
func (r *Resource) adopted(ctx context.Context, before granted) added {
	if before.Mode.ValueString() != string(byRole) {
		return before.record
	}
	needed := customerkey.RequiredKeyPermissions()
	vault, err := r.vault(ctx, before.grant().vaultID)
	if err != nil || modeOf(vault) != byPolicy || !vaultaccess.HoldsOnly(vault, before.grant().principalID, needed) {
		return before.record
	}
	return before.record.and(needed)
}

// move grants access in the new place, and only then takes it away in the old one, where it is kept as
// long as accounts read their key by it.
func (r *Resource) move(ctx context.Context, plan *model, before granted, backoff *azure.Backoff,
) (granted, diag.Diagnostics) {
	after := granted{plan, nothingAdded(), append(slices.Clone(before.kept), retain(before.access(before.record)))}
	for _, one := range before.kept { // It moves back to where it was.
		if one.ID == plan.grant().id() {
			after.record = one.access().record
			after.drop(one.ID)
		}
	}
	r.takes(plan.grant().id())
	var diags diag.Diagnostics
	after.record, diags = r.grantMissing(ctx, diagnostic.Update, plan, after.record, backoff)
	if diags.HasError() {
		return before, diags
	}
	if len(after.record.KeyPermissions) == 0 {
		// All of it was there: an apply that was killed gave it, or a grant that moves elsewhere leaves it.
		after.record = added{}
	}
	diags.Append(r.awaitEffect(ctx, plan.grant(), backoff)...)
	diags.Append(r.retire(ctx, &after, before.access(before.record), backoff)...)
	plan.RetainedIDs = retainedIDs(after.kept)
	return after, diags
}

// retire takes access away that a grant no longer gives, and what the vault made of it when it switched. What accounts
// still read their key by, it keeps.
func (r *Resource) retire(ctx context.Context, after *granted, former access, backoff *azure.Backoff) (diags diag.Diagnostics) {
	for i, each := range append([]access{former}, r.madeFor(ctx, former)...) {
		if i > 0 {
			if each.id() == after.grant().id() {
				continue
			}
			after.kept = append(after.kept, retain(each))
		}
		kept, err := r.leave(ctx, each, backoff)
		if err != nil {
			diags.Append(diagnostic.NotRetired([]error{err})...)
		}
		if !kept {
			after.drop(each.id())
		}
	}
	return diags
}

// madeFor returns the access that the vault of a former grant gave its principal when it switched: in the same apply, or in
// one that was interrupted before the grant could follow.
func (r *Resource) madeFor(ctx context.Context, former access) []access {
	g := former.grant
	g.keyName = ""
	role := access{g, byRole, r.role(g).ID(), nothingAdded()}
	permissions, found := vaultaccess.MadeOf(r.Client).For(g.vaultID, g.principalID)
	switch {
	case found && len(permissions) > 0:
		return []access{{g, byPolicy, "", added{permissions}}}
	case found:
		return []access{role}
	}
	vault, err := r.vault(ctx, g.vaultID)
	needed := customerkey.RequiredKeyPermissions()
	switch {
	case err != nil || modeOf(vault) == former.mode:
		return nil
	case modeOf(vault) == byRole:
		return []access{role}
	case vaultaccess.HoldsOnly(vault, g.principalID, needed):
		return []access{{g, byPolicy, "", added{needed}}}
	default:
		return nil
	}
}

// taken holds the IDs of grants that resources move to in one apply.
type taken struct{ sync.Map }

func (r *Resource) taken() *taken { return azure.PerRun(r.Client, func() *taken { return new(taken) }) }

// takes notes that the resource moves to a grant, which another one may be about to leave.
func (r *Resource) takes(id string) { r.taken().Store(strings.ToLower(id), true) }

// isTaken reports whether another resource has moved to a grant in this apply.
func (r *Resource) isTaken(id string) bool {
	_, found := r.taken().Load(strings.ToLower(id))
	return found
}

// drop forgets what is retained under an ID.
func (g *granted) drop(id string) {
	g.kept = slices.DeleteFunc(slices.Clone(g.kept), func(one retained) bool { return azure.SameID(one.ID, id) })
}
