// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

type model struct {
	base.Common
	AccountID         attribute.ResourceIDValue `tfsdk:"account_id"`
	KeyID             attribute.KeyIDValue      `tfsdk:"key_vault_key_id"`
	IdentityID        attribute.ResourceIDValue `tfsdk:"user_assigned_identity_id"`
	Wait              types.Bool                `tfsdk:"wait_for_current_version"`
	CurrentKeyID      types.String              `tfsdk:"current_key_id"`
	CurrentKeyVersion types.String              `tfsdk:"current_key_version"`
	Status            types.String              `tfsdk:"status"`
	FollowsLatest     types.Bool                `tfsdk:"follows_latest_version"`
}

// attachment returns the attachment to make.
func (m *model) attachment() protection.Attachment {
	return protection.Attachment{
		Key: attribute.KeyOf(m.KeyID), UserAssignedIdentityID: m.IdentityID.ValueString(),
	}
}

// attaches reports whether both attach the same key to the same account for the same identity. An
// unknown value differs from every other.
func (m *model) attaches(other *model) bool {
	sameIdentity := m.IdentityID.IsNull() && other.IdentityID.IsNull() ||
		m.IdentityID.Same(other.IdentityID)
	return m.AccountID.Same(other.AccountID) && m.KeyID.Same(other.KeyID) && sameIdentity
}

// observe takes over what Azure says about the attachment. It keeps spellings that mean the same.
func (m *model) observe(encryption protection.Encryption) {
	m.ID = attribute.NewResourceID(m.AccountID.ValueString())
	if key := attribute.NewKeyID(encryption.KeyID); !m.KeyID.Same(key) {
		m.KeyID = key
	}
	identity := attribute.NewResourceID(encryption.UserAssignedIdentityID)
	switch {
	case encryption.UserAssignedIdentityID == "":
		m.IdentityID = attribute.ResourceIDValue{StringValue: types.StringNull()}
	case !m.IdentityID.Same(identity):
		m.IdentityID = identity
	}
	if m.Wait.IsNull() {
		m.Wait = types.BoolValue(false)
	}
	m.FollowsLatest = types.BoolValue(followsLatest(m.KeyID))
	m.CurrentKeyID = attribute.TextOrNull(encryption.CurrentKeyID)
	m.CurrentKeyVersion = attribute.TextOrNull(encryption.Current.Version)
	m.Status = attribute.TextOrNull(encryption.Status)
}

// observeUnknown takes over only what the plan left open, and keeps what the plan promised: the
// service may have moved to a new version since, which the next refresh shows (rule CMK011).
func (m *model) observeUnknown(encryption protection.Encryption) {
	planned := *m
	m.observe(encryption)
	if !planned.CurrentKeyID.IsUnknown() {
		m.CurrentKeyID = planned.CurrentKeyID
	}
	if !planned.CurrentKeyVersion.IsUnknown() {
		m.CurrentKeyVersion = planned.CurrentKeyVersion
	}
	if !planned.Status.IsUnknown() {
		m.Status = planned.Status
	}
}

// expectNews leaves open what the service says after the apply.
func (m *model) expectNews() {
	m.CurrentKeyID, m.CurrentKeyVersion = types.StringUnknown(), types.StringUnknown()
	m.Status = types.StringUnknown()
	m.FollowsLatest = types.BoolUnknown()
	if !m.KeyID.IsUnknown() {
		m.FollowsLatest = types.BoolValue(followsLatest(m.KeyID))
	}
}

func followsLatest(id attribute.KeyIDValue) bool {
	key := attribute.KeyOf(id)
	return !key.IsZero() && !key.Pinned()
}

// takesCustomerKey accepts the IDs of accounts that a key can be attached to.
type takesCustomerKey struct{}

func (takesCustomerKey) Description(context.Context) string {
	return "must be the ID of an account that a customer-managed key can protect"
}

func (v takesCustomerKey) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (takesCustomerKey) ValidateString(_ context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := protection.Of(nil, req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.Append(noSuchAccount(req.Path, err))
	}
}

func noSuchAccount(at path.Path, err error) diag.Diagnostic {
	refusal := diagnostic.Refusal{Title: "Account Takes No Customer Key", Found: err.Error()}
	if wrong, ok := errors.AsType[*protection.KindError](err); ok {
		refusal.Found, refusal.Required, refusal.Remedy = wrong.Found, wrong.Required, wrong.Remedy
	}
	return diagnostic.Refuse(at, refusal)
}
