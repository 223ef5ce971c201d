// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
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
	after, ok := parseDuration(p.ExpireAfter.ValueString())
	if !ok {
		return nil
	}
	at := after.from(now)
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
