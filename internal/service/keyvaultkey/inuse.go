// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// usable holds what decides whether an account can use a key, and whether the key stays the same.
type usable struct {
	id        types.String
	versioned types.String
	name      attribute.NameValue
	vault     attribute.ResourceIDValue
	enabled   types.Bool
	opts      types.Set
}

func (u *usable) read(ctx context.Context,
	get func(context.Context, path.Path, any) diag.Diagnostics,
) (diags diag.Diagnostics) {
	for name, value := range map[string]any{
		"id": &u.id, "versioned_id": &u.versioned, "name": &u.name, "key_vault_id": &u.vault,
		"enabled": &u.enabled, "key_opts": &u.opts,
	} {
		diags.Append(get(ctx, path.Root(name), value)...)
	}
	return diags
}

// permits reports whether the operations include one, or may do so.
func (u *usable) permits(operation string) bool {
	return u.opts.IsUnknown() || slices.ContainsFunc(u.operations(), func(permitted string) bool {
		return permitted == operation
	})
}

func (u *usable) operations() []string {
	var names []string
	for _, element := range u.opts.Elements() {
		if text, ok := element.(types.String); ok {
			names = append(names, text.ValueString())
		}
	}
	return names
}

// warnInUse warns of a plan that takes a key away from accounts that use it. It asks Azure about
// accounts only if the plan does that.
func (r *Resource) warnInUse(ctx context.Context, state *tfsdk.State, plan *tfsdk.Plan,
) diag.Diagnostics {
	var before, after usable
	diags := before.read(ctx, state.GetAttribute)
	diags.Append(after.read(ctx, plan.GetAttribute)...)
	key, err := protection.ParseKeyID(r.Client, before.versioned.ValueString())
	if diags.HasError() || err != nil {
		return diags // Nothing uses a key that is being created.
	}

	replaced := !after.name.Equal(before.name) || !after.vault.Equal(before.vault)
	planned := disabling(&before, &after)
	if !replaced && planned == "" {
		return nil
	}
	// A caller who may not list accounts can still plan.
	uses, err := r.uses(ctx, key, before.vault.ValueString(), protection.Planned)
	if err != nil {
		return nil
	}
	violation, found := customerkey.Disabling(key, planned, uses)
	if replaced {
		violation, found = customerkey.Replacing(key, uses)
	}
	if found {
		diags.Append(diagnostic.FromViolation(violation))
	}
	return diags
}

// disabling returns the change of a plan that stops accounts from using a key, as a phrase.
func disabling(before, after *usable) string {
	if before.enabled.ValueBool() && !after.enabled.IsUnknown() && !after.enabled.ValueBool() {
		return "enabled = false"
	}
	for _, needed := range []string{"wrapKey", "unwrapKey"} {
		if before.permits(needed) && !after.permits(needed) {
			return "key_opts without " + needed
		}
	}
	return ""
}

// refuseInUse refuses to delete a key that accounts use (CMK014). Terraform destroys first what refers
// to the key, so what the same apply detaches is detached by now.
func (r *Resource) refuseInUse(ctx context.Context, state *model) error {
	key, err := protection.ParseKeyID(r.Client, state.Identifier())
	if err != nil {
		return nil //nolint:nilerr // No account can use what is not the identifier of a key.
	}
	uses, err := r.uses(ctx, key, state.KeyVaultID.ValueString(), protection.NewSurvey)
	if err != nil {
		return err
	}
	if violation, found := customerkey.Deleting(key, uses); found {
		return violation
	}
	return nil
}

// uses returns how accounts that can access the key use it, in the subscriptions of the provider and
// of the vault.
func (r *Resource) uses(ctx context.Context, key customerkey.KeyID, vaultID string,
	survey func(context.Context, *azure.Client, ...string) (protection.Survey, error),
) ([]customerkey.Use, error) {
	found, err := survey(ctx, r.Client, azure.SubscriptionOf(vaultID))
	if err != nil {
		return nil, err
	}
	accounts, err := protection.WithAccess(ctx, r.Client, found.ByKey(key))
	return protection.Uses(key, accounts), err
}
