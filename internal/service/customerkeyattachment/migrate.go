// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

var _ resource.ResourceWithMoveState = (*Resource)(nil)

// moved is azurerm's resource as its versions 3 to 5 keep it. The refresh that follows a move fills in
// the rest.
type moved struct {
	AccountID string `json:"storage_account_id"`
	// KeyID is the whole key since version 5; before, the key is in parts.
	KeyID             string `json:"key_vault_key_id"`
	VaultURI          string `json:"key_vault_uri"`
	KeyName           string `json:"key_name"`
	KeyVersion        string `json:"key_version"`
	IdentityID        string `json:"user_assigned_identity_id"`
	FederatedClientID string `json:"federated_identity_client_id"`
	ManagedHSMKeyID   string `json:"managed_hsm_key_id"`
}

// MoveState takes over what azurerm attached, so that a moved block is all that a migration takes.
func (r *Resource) MoveState(context.Context) []resource.StateMover {
	return base.MoveFromAzurerm(noun(), "azurerm_storage_account_customer_managed_key",
		func(_ int64, source moved) (*model, error) { return source.model() })
}

// model returns the attachment as this provider keeps it.
func (m moved) model() (*model, error) {
	id, err := azure.CanonicalID(m.AccountID, azure.StorageAccountType)
	switch {
	case err != nil:
		return nil, notMoved(err.Error(), "Import the attachment instead")
	case m.FederatedClientID != "":
		return nil, notMoved("a key in a vault of another tenant (federated_identity_client_id)",
			"Keep this one in azurerm: this provider cannot check a vault of another tenant")
	case customerkey.ReadKeyID(m.keyID()).IsZero():
		return nil, notMoved(fmt.Sprintf("no key for %s: key_vault_key_id is %q, key_vault_uri %q and key_name %q", m.AccountID,
			m.KeyID, m.VaultURI, m.KeyName), "Import the attachment instead")
	}
	target := &model{
		Common:    base.Common{Timeouts: base.NoTimeouts()},
		AccountID: attribute.NewResourceID(id),
	}
	target.observe(protection.Encryption{
		KeyID: m.keyID(), Attachment: protection.Attachment{UserAssignedIdentityID: m.IdentityID},
	})
	return target, nil
}

func (m moved) keyID() string {
	if whole := cmp.Or(m.KeyID, m.ManagedHSMKeyID); whole != "" {
		return whole
	}
	id := strings.TrimSuffix(m.VaultURI, "/") + "/keys/" + m.KeyName
	if m.KeyVersion != "" {
		id += "/" + m.KeyVersion
	}
	return id
}

func notMoved(found, remedy string) diagnostic.Refusal {
	return diagnostic.Refusal{
		Found: found, Remedy: remedy,
		Required: "a key of a Key Vault in the account's tenant, attached to a storage account",
	}
}
