// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// retained is the private record of access that a resource granted before it moved, and which accounts
// still needed then. It goes when none of them does any more.
type retained struct {
	ID               string   `json:"id"`
	Mode             mode     `json:"mode"`
	RoleAssignmentID string   `json:"role_assignment_id,omitempty"`
	KeyPermissions   []string `json:"key_permissions"`
}

const retainedKey = "retained"

func retain(a access) retained {
	return retained{a.id(), a.mode, a.roleAssignmentID, a.record.owned()}
}

func (k retained) access() access {
	parsed, err := parseID(k.ID)
	if err != nil {
		return access{} // The ID is one that a grant of ours had.
	}
	return access{parsed, k.Mode, k.RoleAssignmentID, added{k.KeyPermissions}}
}

// retained returns what a state says is retained: by the private record or, where that is lost because the
// provider was killed during an apply, by the IDs alone.
func (r *Resource) retained(ctx context.Context, private base.PrivateState, state *model) (kept []retained, diags diag.Diagnostics) {
	diags = decode(ctx, private, retainedKey, &kept)
	for _, element := range state.RetainedIDs.Elements() {
		id, _ := element.(types.String)
		if slices.ContainsFunc(kept, func(one retained) bool { return one.ID == id.ValueString() }) {
			continue
		}
		one := retained{ID: id.ValueString(), Mode: byPolicy, KeyPermissions: customerkey.RequiredKeyPermissions()}
		if vault, err := r.vault(ctx, one.access().vaultID); err == nil && modeOf(vault) == byRole {
			_, one.RoleAssignmentID, err = r.held(ctx, one.access().grant, vault)
			one.Mode = byRole
			if err != nil {
				diags.Append(diagnostic.FromError(diagnostic.Read, r.Subject(one.ID), err))
			}
		}
		kept = append(kept, one)
	}
	return kept, diags
}

// retainedIDs returns the attribute: null if nothing is retained.
func retainedIDs(kept []retained) types.Set {
	if len(kept) == 0 {
		return types.SetNull(types.StringType)
	}
	var ids []string
	for _, one := range kept {
		ids = append(ids, one.ID)
	}
	return textSet(ids)
}

// exists reports whether what is retained gives anything. Nobody reads a key in a vault that was deleted. In a
// vault that grants access in the other way by now, nothing tells.
func (r *Resource) exists(ctx context.Context, kept retained) (bool, error) {
	a := kept.access()
	vault, err := r.vault(ctx, a.vaultID)
	switch {
	case azure.IsNotFound(err):
		return false, nil
	case err != nil:
		return false, err
	}
	held, _, err := r.held(ctx, a.grant, vault)
	return a.mode != modeOf(vault) || len(held) > 0, err
}

// stays returns what a plan keeps of what is retained. It warns of what accounts still need: the apply that
// kept it was to move them. What is gone already stays in the plan until a refresh shows that; what cannot
// be looked up counts as needed.
func (r *Resource) stays(ctx context.Context, kept []retained) (staying []retained, diags diag.Diagnostics) {
	for _, one := range kept {
		violation, needed, err := r.removal(one.access()).Planned(ctx, r.Client, false)
		if needed {
			violation.Required = "no account that reads its key by it, before it is taken away: until then it is kept"
			diags.Append(diagnostic.FromViolation(violation))
		}
		gone := false
		if !needed && err == nil {
			var exists bool
			exists, err = r.exists(ctx, one)
			gone = !exists
		}
		if needed || gone || err != nil {
			staying = append(staying, one)
		}
	}
	return staying, diags
}

// release takes away what is retained, unless accounts need it by now (CMK016).
func (r *Resource) release(ctx context.Context, kept retained, backoff *azure.Backoff) error {
	if err := r.removal(kept.access()).Refuse(ctx, r.Client); err != nil {
		return err
	}
	return r.revoke(ctx, kept.access(), backoff)
}

// leave takes access away from which a grant has moved or, if accounts still read their key by it,
// keeps it until the last of them has moved, in this apply or in a later one. What another resource moves to
// in the same apply, it leaves to that one.
func (r *Resource) leave(ctx context.Context, former access, backoff *azure.Backoff) (kept bool, err error) {
	if r.isTaken(former.id()) {
		return false, nil
	}
	removal := r.removal(former)
	accounts, err := removal.Losing(ctx, r.Client)
	if err != nil {
		return true, err
	}
	if len(accounts) == 0 {
		err := r.revoke(ctx, former, backoff)
		return err != nil, err
	}
	var ids []string
	for _, account := range accounts {
		ids = append(ids, account.ID)
	}
	protection.RetirementsOf(r.Client).Keep(ids, "the grant "+former.id(), removal.Affected,
		func(ctx context.Context) error { return r.revoke(ctx, former, backoff) })
	return true, nil
}
