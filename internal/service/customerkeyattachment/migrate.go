// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

var _ resource.ResourceWithMoveState = (*Resource)(nil)

// movedType is what azurerm calls the attachment of a key to a storage account.
const movedType = "azurerm_storage_account_customer_managed_key"

// moved is what all versions of azurerm's resource keep. The refresh that follows a move fills in
// the rest.
type moved struct {
	AccountID         string `json:"storage_account_id"`
	VaultURI          string `json:"key_vault_uri"`
	KeyName           string `json:"key_name"`
	KeyVersion        string `json:"key_version"`
	IdentityID        string `json:"user_assigned_identity_id"`
	FederatedClientID string `json:"federated_identity_client_id"`
	ManagedHSMKeyID   string `json:"managed_hsm_key_id"`
}

// MoveState takes over from azurerm what it attached, so that a moved block is all that a migration
// takes.
func (r *Resource) MoveState(context.Context) []resource.StateMover {
	return []resource.StateMover{{StateMover: moveFromAzurerm}}
}

func moveFromAzurerm(ctx context.Context, req resource.MoveStateRequest,
	resp *resource.MoveStateResponse,
) {
	if !attribute.FromAzurerm(req, movedType) {
		return // It is somebody else's.
	}
	var source moved
	if !attribute.ReadMoved(req, &source) {
		resp.Diagnostics.Append(notMoved("a state of "+movedType+" that cannot be read",
			"import the attachment instead"))
		return
	}
	target, refused := source.model()
	if refused != nil {
		resp.Diagnostics.Append(refused)
		return
	}
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, target)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.TargetIdentity, target.ID)...)
}

// model is the attachment as this provider keeps it.
func (m moved) model() (model, diag.Diagnostic) {
	id, err := azure.CanonicalID(m.AccountID, azure.StorageAccountType)
	switch {
	case err != nil:
		return model{}, notMoved(err.Error(), "import the attachment instead")
	case m.ManagedHSMKeyID != "" || strings.Contains(m.VaultURI, ".managedhsm."):
		return model{}, notMoved("a key in a managed HSM", "keep this one in azurerm: here keys are "+
			"those of a Key Vault (rule CMK010)")
	case m.FederatedClientID != "":
		return model{}, notMoved("a key in a vault of another tenant (federated_identity_client_id)",
			"keep this one in azurerm: a vault of another tenant cannot be held against the rules")
	case customerkey.ReadKeyID(m.keyID()).IsZero():
		return model{}, notMoved(fmt.Sprintf("no key: key_vault_uri %q and key_name %q", m.VaultURI, m.KeyName),
			"import the attachment instead")
	}
	target := model{
		AccountID: attribute.NewResourceID(id),
		Timeouts:  attribute.NoTimeouts(),
	}
	target.observe(protection.Encryption{
		KeyID: m.keyID(), Attachment: protection.Attachment{UserAssignedIdentityID: m.IdentityID},
	})
	return target, nil
}

func (m moved) keyID() string {
	id := strings.TrimSuffix(m.VaultURI, "/") + "/keys/" + m.KeyName
	if m.KeyVersion != "" {
		id += "/" + m.KeyVersion
	}
	return id
}

func notMoved(found, remedy string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Customer Key Attachment Not Moved", fmt.Sprintf(
		"Found: %s.\nRequired: a key of a Key Vault in the account's tenant, attached to a storage "+
			"account.\nRemedy: %s.\n\nNothing was changed.", found, remedy))
}
