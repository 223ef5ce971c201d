// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package account holds azuremedia_account: a Media Services account with its storage accounts. Its
// lifecycle is package media's; what only Media Services has stands here. The customer-managed key
// can be a part of the account, or an azuremedia_customer_key_attachment of its own: only that one
// can use a key that the account's system-assigned identity reads.
package account

import (
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// kind returns the kind of Media Services accounts.
func kind() media.Kind[armmedia.AccountProperties] {
	return media.Kind[armmedia.AccountProperties]{
		Title:        "Media Services Account",
		Type:         "azuremedia_account",
		ResourceType: azure.MediaAccountType,
		Schema:       resourceSchema,
		Rules:        mediaaccount.MediaServices(),
		Naming:       naming.MediaServices(),
		Open: func(client *azure.Client, subscriptionID string,
		) (media.Client[armmedia.AccountProperties], error) {
			return client.MediaAccounts(subscriptionID)
		},
		State: func(p armmedia.AccountProperties) *armmedia.ProvisioningState {
			return p.ProvisioningState
		},
		Encryption: func(p armmedia.AccountProperties) *armmedia.Encryption { return p.Encryption },
		Storage: func(p *armmedia.AccountProperties) *[]*armmedia.StorageAccount {
			return &p.StorageAccounts
		},
	}
}

var (
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithMoveState      = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
)

// Resource is azuremedia_account.
type Resource struct {
	media.Lifecycle[model, *model, armmedia.AccountProperties]
}

// NewListResource returns the list of accounts.
func NewListResource() list.ListResource {
	return media.NewListResource(kind(), NewResource, "Lists the Media Services accounts of a subscription. "+retired)
}

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{media.Lifecycle[model, *model, armmedia.AccountProperties]{
		Resource:        base.NewResource(kind().Noun()),
		Kind:            kind(),
		Attributes:      func(m *model) *media.Attributes { return &m.Attributes },
		Validate:        (*model).validate,
		Facts:           (*model).facts,
		StorageChanges:  (*model).storageChanges,
		StorageIDs:      path.Root("storage_accounts"),
		StorageComplete: true,
		Created:         (*model).created,
		Changed:         (*model).changed,
		Observe:         (*model).observe,
		Fill:            fill,
	}}
}
