// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

type policyModel struct {
	ExpireAfter        types.String    `tfsdk:"expire_after"`
	NotifyBeforeExpiry types.String    `tfsdk:"notify_before_expiry"`
	Automatic          *automaticModel `tfsdk:"automatic"`
}

type automaticModel struct {
	TimeAfterCreation types.String `tfsdk:"time_after_creation"`
	TimeBeforeExpiry  types.String `tfsdk:"time_before_expiry"`
}

// expiry returns when a version that is added now expires; nil if it does not.
func (p *policyModel) expiry(now time.Time) *time.Time {
	after, ok := customerkey.ParseDuration(p.ExpireAfter.ValueString())
	if !ok {
		return nil
	}
	at := after.From(now)
	return &at
}

// setsExpiry reports whether the expiry of a version follows from the policy. A client that adds a
// version computes the expiry a moment before, so they may differ a little.
func (p *policyModel) setsExpiry(version azkeys.KeyAttributes) bool {
	if p == nil || version.Created == nil || version.Expires == nil {
		return false
	}
	given := p.expiry(*version.Created)
	return given != nil && given.Sub(*version.Expires).Abs() < time.Minute
}

// rule returns the policy as the rules know it. What is unknown is left out.
func (p *policyModel) rule() (policy customerkey.RotationPolicy) {
	if p == nil || p.Automatic == nil {
		return policy
	}
	policy.ExpireAfter, _ = customerkey.ParseDuration(p.ExpireAfter.ValueString())
	policy.TimeAfterCreation, _ = customerkey.ParseDuration(p.Automatic.TimeAfterCreation.ValueString())
	policy.TimeBeforeExpiry, _ = customerkey.ParseDuration(p.Automatic.TimeBeforeExpiry.ValueString())
	return policy
}

// made reports whether the expiry of a version is the one that Key Vault gave it, which rotates the key by
// itself.
func (p *policyModel) made(version azkeys.KeyAttributes) bool {
	if p == nil || p.Automatic == nil {
		return false
	}
	return p.ExpireAfter.IsNull() && version.Expires == nil || p.setsExpiry(version)
}

// checkPolicy checks a rotation policy that is planned to change, or to go with an expiry (CMK019, CMK020).
// Adds says that the plan adds a version, for which the policy is not due.
func (r *Resource) checkPolicy(ctx context.Context, state *tfsdk.State, plan *tfsdk.Plan, adds bool,
) (diags diag.Diagnostics) {
	var before, after struct {
		expires timetypes.RFC3339
		policy  types.Object
	}
	diags.Append(plan.GetAttribute(ctx, path.Root("expiration_date"), &after.expires)...)
	diags.Append(plan.GetAttribute(ctx, path.Root("rotation_policy"), &after.policy)...)
	if !state.Raw.IsNull() {
		diags.Append(state.GetAttribute(ctx, path.Root("expiration_date"), &before.expires)...)
		diags.Append(state.GetAttribute(ctx, path.Root("rotation_policy"), &before.policy)...)
	}
	changes := !after.policy.Equal(before.policy)
	if diags.HasError() || after.policy.IsNull() || after.policy.IsUnknown() ||
		!changes && after.expires.Equal(before.expires) {
		return diags
	}
	var policy policyModel
	diags.Append(after.policy.As(ctx, &policy, basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: true})...)
	newest, id := customerkey.Key{}, base.IDOf(ctx, *state)
	if id != "" && changes && !adds {
		newest = r.newestDates(ctx, id)
	}
	return append(diags, diagnostic.FromReport(customerkey.CheckRotationPolicy(policy.rule(),
		!after.expires.IsNull(), newest, r.Client.TimeOf(id)))...)
}

// newestDates returns the dates of the newest version of a key, which are unknown if the vault does not tell.
func (r *Resource) newestDates(ctx context.Context, keyID string) (key customerkey.Key) {
	id, err := protection.ParseKeyID(r.Client, keyID)
	if err != nil {
		return key
	}
	newest, err := r.newest(ctx, id.VaultURI, id.Name)
	if err != nil {
		return key
	}
	attributes := azure.Deref(newest.Attributes)
	key.Created = rule.Known(azure.Deref(attributes.Created))
	key.Expires = rule.Known(azure.Deref(attributes.Expires))
	return key
}

// setPolicy writes the rotation policy, unless the configuration does not manage it.
func (r *Resource) setPolicy(ctx context.Context, id customerkey.KeyID, policy *policyModel) error {
	if policy == nil {
		return nil
	}
	keys, err := r.Client.Keys(id.VaultURI)
	if err != nil {
		return err
	}
	_, err = keys.UpdateKeyRotationPolicy(ctx, id.Name, policy.wire(), nil)
	return err
}

// readPolicy returns the rotation policy if the configuration manages it. An import takes over the one
// that exists, if the caller may see it.
func (r *Resource) readPolicy(ctx context.Context, id customerkey.KeyID, prior *policyModel,
	importing bool,
) (*policyModel, error) {
	if prior == nil && !importing {
		return nil, nil
	}
	keys, err := r.Client.Keys(id.VaultURI)
	if err != nil {
		return nil, err
	}
	policy, err := keys.GetKeyRotationPolicy(ctx, id.Name, nil)
	switch {
	case importing && azure.IsVaultDenied(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	shown := flattenPolicy(policy.KeyRotationPolicy)
	if importing && shown.equal(flattenPolicy(azkeys.KeyRotationPolicy{})) {
		return nil, nil // Every key has it.
	}
	return shown, nil
}

// usualNotice is how long before expiry Key Vault sends an event if the policy does not say.
const usualNotice = "P30D"

// flattenPolicy writes the policy.
func flattenPolicy(policy azkeys.KeyRotationPolicy) *policyModel {
	shown := &policyModel{
		ExpireAfter:        types.StringPointerValue(azure.Deref(policy.Attributes).ExpiryTime),
		NotifyBeforeExpiry: types.StringValue(usualNotice),
	}
	for _, action := range policy.LifetimeActions {
		trigger := azure.Deref(action.Trigger)
		switch azure.Deref(azure.Deref(action.Action).Type) {
		case azkeys.KeyRotationPolicyActionRotate:
			shown.Automatic = &automaticModel{
				TimeAfterCreation: types.StringPointerValue(trigger.TimeAfterCreate),
				TimeBeforeExpiry:  types.StringPointerValue(trigger.TimeBeforeExpiry),
			}
		case azkeys.KeyRotationPolicyActionNotify:
			shown.NotifyBeforeExpiry = types.StringPointerValue(trigger.TimeBeforeExpiry)
		}
	}
	return shown
}

// wire returns the policy to send, without the usual notice: Key Vault refuses one if there is no
// expiry.
func (p *policyModel) wire() azkeys.KeyRotationPolicy {
	policy := azkeys.KeyRotationPolicy{
		Attributes: &azkeys.KeyRotationPolicyAttributes{
			ExpiryTime: p.ExpireAfter.ValueStringPointer(),
		},
		LifetimeActions: []*azkeys.LifetimeAction{},
	}
	add := func(kind azkeys.KeyRotationPolicyAction, afterCreation, beforeExpiry types.String) {
		policy.LifetimeActions = append(policy.LifetimeActions, &azkeys.LifetimeAction{
			Action: &azkeys.LifetimeActionType{Type: &kind},
			Trigger: &azkeys.LifetimeActionTrigger{
				TimeAfterCreate:  afterCreation.ValueStringPointer(),
				TimeBeforeExpiry: beforeExpiry.ValueStringPointer(),
			},
		})
	}
	if p.Automatic != nil {
		add(azkeys.KeyRotationPolicyActionRotate,
			p.Automatic.TimeAfterCreation, p.Automatic.TimeBeforeExpiry)
	}
	if p.NotifyBeforeExpiry.ValueString() != usualNotice {
		add(azkeys.KeyRotationPolicyActionNotify, types.StringNull(), p.NotifyBeforeExpiry)
	}
	return policy
}

func (p *policyModel) equal(other *policyModel) bool {
	if p == nil || other == nil {
		return p == other
	}
	automatic := p.Automatic == nil && other.Automatic == nil ||
		p.Automatic != nil && other.Automatic != nil &&
			p.Automatic.TimeAfterCreation.Equal(other.Automatic.TimeAfterCreation) &&
			p.Automatic.TimeBeforeExpiry.Equal(other.Automatic.TimeBeforeExpiry)
	return automatic && p.ExpireAfter.Equal(other.ExpireAfter) &&
		p.NotifyBeforeExpiry.Equal(other.NotifyBeforeExpiry)
}
