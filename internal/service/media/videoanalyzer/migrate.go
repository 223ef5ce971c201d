// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// movedType is the type of an account in azurerm, up to its version 3.
const movedType = "azurerm_video_analyzer"

// moved is the state of azurerm's resource. Its blocks are lists, even those that occur only once.
type moved struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	ResourceGroupName string `json:"resource_group_name"`
	Location          string `json:"location"`
	StorageAccounts   []struct {
		ID                     string `json:"id"`
		UserAssignedIdentityID string `json:"user_assigned_identity_id"`
	} `json:"storage_account"`
	Identity []struct {
		IdentityIDs []string `json:"identity_ids"`
	} `json:"identity"`
	Tags map[string]string `json:"tags"`
}

// MoveState takes an account over from azurerm, whole: a migration needs a moved block and nothing
// else.
func (r *Resource) MoveState(context.Context) []resource.StateMover {
	return base.MoveFromAzurerm(kind().Noun(), movedType, movedModel)
}

// movedModel returns the account as this provider keeps it. The refresh that follows fills in what
// azurerm did not know, such as the endpoints.
func movedModel(_ int64, m moved) (*model, error) {
	id, err := azure.CanonicalID(m.ID, azure.VideoAnalyzerType)
	if err != nil {
		return nil, err
	}
	target := &model{
		analyzer: analyzer{
			Attributes: media.Attributes{
				Tracked: base.Tracked{
					Name:              attribute.NewName(m.Name),
					ResourceGroupName: attribute.NewName(m.ResourceGroupName),
					Location:          attribute.NewLocation(m.Location),
					Tags:              base.MovedTags(m.Tags),
				},
				ID:         attribute.NewResourceID(id),
				Identity:   types.ObjectNull(attribute.UserIdentityTypes()),
				Encryption: types.ObjectNull(media.EncryptionTypes()),
			},
			StorageAccount: types.ObjectNull(storageTypes()),
			Endpoints:      types.ListNull(endpointType()),
		},
		Timeouts: base.NoTimeouts(),
	}
	if len(m.StorageAccounts) > 0 {
		from := m.StorageAccounts[0]
		target.StorageAccount = types.ObjectValueMust(storageTypes(), map[string]attr.Value{
			"id": attribute.NewResourceID(from.ID),
			"user_assigned_identity_id": respelt(
				from.UserAssignedIdentityID, attribute.ResourceIDValue{}),
		})
	}
	if len(m.Identity) > 0 {
		target.Identity = attribute.FlattenUserIdentity(attribute.NewManagedIdentity(
			attribute.UserAssigned, m.Identity[0].IdentityIDs, "", ""), types.Object{})
	}
	return target, nil
}
