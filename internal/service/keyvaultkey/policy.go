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

// expiry is when a version expires that is made now; nil if it does not.
func (p *policyModel) expiry(now time.Time) *time.Time {
	after, ok := parseDuration(p.ExpireAfter.ValueString())
	if !ok {
		return nil
	}
	at := after.from(now)
	return &at
}

// setPolicy writes the rotation policy. One that the configuration does not name is left as it is.
func (r *Resource) setPolicy(ctx context.Context, id customerkey.KeyID, policy *policyModel) error {
	if policy == nil {
		return nil
	}
	keys, err := r.client.Keys(id.VaultURI)
	if err != nil {
		return err
	}
	_, err = keys.UpdateKeyRotationPolicy(ctx, id.Name, policy.wire(), nil)
	return err
}

// readPolicy reads the rotation policy where the configuration manages one. An import takes over
// the one that is there, if it is the caller's to see.
func (r *Resource) readPolicy(ctx context.Context, id customerkey.KeyID, prior *policyModel,
	importing bool,
) (*policyModel, error) {
	if prior == nil && !importing {
		return nil, nil
	}
	keys, err := r.client.Keys(id.VaultURI)
	if err != nil {
		return nil, err
	}
	policy, err := keys.GetKeyRotationPolicy(ctx, id.Name, nil)
	switch {
	case importing && azure.HasCode(err, "AccessDenied", "ForbiddenByRbac"):
		return nil, nil
	case err != nil:
		return nil, err
	}
	shown := flattenPolicy(policy.KeyRotationPolicy, prior)
	if importing && shown.equal(&policyModel{}) {
		return nil, nil // It is what every key has.
	}
	return shown, nil
}

// flattenPolicy writes the policy. A notice 30 days before expiry is Key Vault's own where the
// policy names none, so that it only shows where it is managed here or differs from that.
func flattenPolicy(policy azkeys.KeyRotationPolicy, prior *policyModel) *policyModel {
	const usualNotice = "P30D"
	shown := &policyModel{
		ExpireAfter: types.StringPointerValue(azure.Deref(policy.Attributes).ExpiryTime),
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
			managed := prior != nil && !prior.NotifyBeforeExpiry.IsNull()
			if managed || azure.Deref(trigger.TimeBeforeExpiry) != usualNotice {
				shown.NotifyBeforeExpiry = types.StringPointerValue(trigger.TimeBeforeExpiry)
			}
		}
	}
	return shown
}

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
	if !p.NotifyBeforeExpiry.IsNull() {
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
