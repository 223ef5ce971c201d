// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// usable holds what decides whether an account can use a key, and whether the key stays the same.
type usable struct {
	id        types.String
	versioned types.String
	name      attribute.NameValue
	vault     attribute.ResourceIDValue
	enabled   types.Bool
	opts      types.Set
	notBefore timetypes.RFC3339
	expires   timetypes.RFC3339
}

func (u *usable) read(ctx context.Context,
	get func(context.Context, path.Path, any) diag.Diagnostics,
) (diags diag.Diagnostics) {
	for name, value := range map[string]any{
		"id": &u.id, "versioned_id": &u.versioned, "name": &u.name, "key_vault_id": &u.vault,
		"enabled": &u.enabled, "key_opts": &u.opts,
		"not_before_date": &u.notBefore, "expiration_date": &u.expires,
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

// facts returns what the rules are held against, as far as it is known. A new version has no dates but
// these.
func (u *usable) facts(adds bool) (known customerkey.Key) {
	if !u.enabled.IsUnknown() {
		known.Enabled = rule.Known(u.enabled.ValueBool())
	}
	if !u.opts.IsUnknown() {
		known.Operations = rule.Known(u.operations())
	}
	known.NotBefore, known.Expires = plannedDate(u.notBefore, adds), plannedDate(u.expires, adds)
	return known
}

// plannedDate returns a date of a key. One that is null is not managed, and leaves an existing version its own.
func plannedDate(value timetypes.RFC3339, adds bool) rule.Fact[time.Time] {
	if at := instant(value); at != nil {
		return rule.Known(*at)
	}
	if adds && value.IsNull() {
		return rule.Known(time.Time{})
	}
	return rule.Fact[time.Time]{}
}

// differs reports whether a plan changes whether accounts can use the key.
func (u *usable) differs(before *usable) bool {
	return !u.enabled.Equal(before.enabled) || !u.opts.Equal(before.opts) ||
		!u.notBefore.Equal(before.notBefore) || !u.expires.Equal(before.expires)
}

// checkUse notes how a plan leaves the key, and warns of a plan that takes it away from accounts that
// use it. It asks Azure about accounts only if the plan does that.
func (r *Resource) checkUse(ctx context.Context, state *tfsdk.State, plan *tfsdk.Plan, adds bool,
) diag.Diagnostics {
	var before, after usable
	diags := before.read(ctx, state.GetAttribute)
	diags.Append(after.read(ctx, plan.GetAttribute)...)
	key, err := protection.ParseKeyID(r.Client, before.versioned.ValueString())
	if diags.HasError() || err != nil {
		return diags // Nothing uses a key that is being created.
	}

	intents := protection.IntentsOf(r.Client)
	planned := disabling(&before, &after)
	replaced := !after.name.Equal(before.name) || !after.vault.Equal(before.vault)
	switch {
	case replaced:
	case adds:
		intents.Changes(key.Versionless(), after.facts(adds))
	case after.differs(&before):
		intents.Changes(key, after.facts(adds))
	}
	if !replaced && planned == "" {
		return nil
	}
	// A caller who may not list accounts can still plan.
	found, err := protection.Planned(ctx, r.Client, azure.SubscriptionOf(before.vault.ValueString()))
	if err != nil {
		return nil
	}
	accounts := found.ByKey(key)
	if replaced { // What the plan detaches or destroys, Terraform does before it destroys the key.
		accounts = intents.Staying(accounts)
	}
	uses, err := r.uses(ctx, key, accounts)
	if err != nil {
		return nil
	}
	violation, inUse := customerkey.Disabling(key, planned, uses)
	if replaced {
		violation, inUse = customerkey.Replacing(key, uses)
	}
	if inUse {
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
	accounts, err := removal(state, key).Losing(ctx, r.Client)
	if err != nil {
		return err
	}
	if violation, inUse := customerkey.Deleting(key, protection.Uses(key, accounts)); inUse {
		return violation
	}
	return nil
}

// warnInUse warns of a plan that destroys a key that accounts use (CMK014). A caller who may not list accounts
// can still plan.
func (r *Resource) warnInUse(ctx context.Context, state *model) diag.Diagnostics {
	key, err := protection.ParseKeyID(r.Client, state.Identifier())
	if err != nil {
		return nil
	}
	accounts, err := removal(state, key).Staying(ctx, r.Client)
	if err != nil {
		return nil
	}
	if violation, inUse := customerkey.Destroying(key, protection.Uses(key, accounts)); inUse {
		return diag.Diagnostics{diagnostic.FromViolation(violation)}
	}
	return nil
}

// removal returns who loses access without the key.
func removal(state *model, key customerkey.KeyID) protection.Removal {
	return protection.Removal{
		SubscriptionID: azure.SubscriptionOf(state.KeyVaultID.ValueString()),
		Affected: func(_ context.Context, survey protection.Survey) ([]protection.Account, error) {
			return survey.ByKey(key), nil
		},
	}
}

// uses returns how the accounts use the key that can access it.
func (r *Resource) uses(ctx context.Context, key customerkey.KeyID, accounts []protection.Account,
) ([]customerkey.Use, error) {
	able, err := protection.WithAccess(ctx, r.Client, accounts)
	return protection.Uses(key, able), err
}
