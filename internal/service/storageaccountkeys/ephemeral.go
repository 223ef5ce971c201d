// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package storageaccountkeys holds the ephemeral azuremedia_storage_account_keys: the access keys of a storage
// account and a shared access signature, which Terraform writes into no state and no plan.
package storageaccountkeys

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*Ephemeral)(nil)

// Ephemeral is azuremedia_storage_account_keys.
type Ephemeral struct{ base.Ephemeral }

// NewEphemeralResource returns the ephemeral resource.
func NewEphemeralResource() ephemeral.EphemeralResource {
	return &Ephemeral{base.NewEphemeral(base.Noun{
		Type:  "azuremedia_storage_account_keys",
		Title: "Storage Account Keys",
	}, ephemeralSchema)}
}

// Open lists the keys as they are now, and signs.
func (e *Ephemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	base.Open(ctx, req, resp, e.open)
}

func (e *Ephemeral) open(ctx context.Context, m *model) diag.Diagnostics {
	id := m.StorageAccountID.ValueString()
	failed := func(err error) diag.Diagnostics {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, e.Subject(id), err)}
	}
	accounts, at, err := azure.Open(id, azure.StorageAccountType, e.Client.StorageAccounts)
	if err != nil {
		return failed(err)
	}
	account, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return failed(err)
	}
	if !azure.DerefOr(azure.Deref(account.Properties).AllowSharedKeyAccess, true) {
		return diag.Diagnostics{diagnostic.Refuse(path.Root("storage_account_id"), diagnostic.Refusal{
			Title:    "Access Keys Switched Off",
			Found:    fmt.Sprintf("the storage account %s, which refuses its access keys (%s)", at.Name, id),
			Required: "a storage account that takes them",
			Why:      "A key or a signature of it would be refused wherever it is used",
			Remedy: "Use an identity with a role on the data instead, or switch the keys on " +
				"(shared_access_key_enabled of the azuremedia_storage_account)",
		})}
	}
	listed, err := accounts.ListKeys(ctx, at.ResourceGroupName, at.Name, nil)
	if azure.IsForbidden(err) {
		cause, _ := diagnostic.Explain(id, err)
		return diag.Diagnostics{diagnostic.Refusal{
			Title:    "Storage Account Keys Not Read",
			Found:    fmt.Sprintf("a login that may not list the keys of the storage account %s (%s). %s", at.Name, id, cause),
			Required: "the permission Microsoft.Storage/storageAccounts/listkeys/action",
			Remedy: "Give the identity that runs Terraform the role Storage Account Key Operator Service Role on the " +
				"storage account; a new grant takes some minutes to take effect",
		}.Diagnostic()}
	}
	if err != nil {
		return failed(err)
	}
	name := azure.Deref(account.Name) // As Azure spells it, which the signature must.
	m.show(name, e.Client.Cloud().StorageSuffix, listed.Keys)
	if m.SAS == nil {
		return nil
	}
	if err := m.sign(name, listed.Keys, e.Client); err != nil {
		return failed(err)
	}
	return nil
}

// show shows the keys.
func (m *model) show(name, suffix string, keys []*armstorage.AccountKey) {
	for _, key := range keys {
		value := azure.Deref(key.Value)
		connection := types.StringValue(fmt.Sprintf(
			"DefaultEndpointsProtocol=https;AccountName=%s;AccountKey=%s;EndpointSuffix=%s", name, value, suffix))
		switch azure.Deref(key.KeyName) {
		case key1:
			m.Key1, m.Key1ConnectionString = types.StringValue(value), connection
			m.Key1CreatedAt = attribute.TimeOrNull(azure.Deref(key.CreationTime))
		case key2:
			m.Key2, m.Key2ConnectionString = types.StringValue(value), connection
			m.Key2CreatedAt = attribute.TimeOrNull(azure.Deref(key.CreationTime))
		}
	}
}

// sign signs with one of the keys.
func (m *model) sign(name string, keys []*armstorage.AccountKey, client *azure.Client) error {
	wanted := key1
	if chosen := m.SAS.Key.ValueString(); chosen != "" {
		wanted = chosen
	}
	validFor, _ := attribute.DurationOf(m.SAS.ValidFor)
	sas := azure.AccountSAS{
		Account:  name,
		Services: services().of(m.SAS.Services), ResourceTypes: resourceTypes().of(m.SAS.ResourceTypes),
		Permissions: permissions().of(m.SAS.Permissions),
		Expiry:      client.TimeOf(m.StorageAccountID.ValueString()).Add(validFor),
	}
	for _, key := range keys {
		if strings.EqualFold(azure.Deref(key.KeyName), wanted) {
			token, err := sas.Sign(azure.Deref(key.Value))
			m.SASToken, m.SASExpiresAt = types.StringValue(token.Encode()), attribute.TimeOrNull(sas.Expiry)
			return err
		}
	}
	return fmt.Errorf("the storage account %s has no %s", name, wanted)
}
