// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

var _ resource.ResourceWithMoveState = (*Resource)(nil)

// movedType is what azurerm called an account up to its version 3.
const movedType = "azurerm_video_analyzer"

// moved is the state of azurerm's resource. Its blocks are lists even where there is only one.
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

// MoveState takes an account over from azurerm, whole, so that a moved block is all that a
// migration takes.
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
		resp.Diagnostics.Append(notMoved("a state of " + movedType + " that cannot be read"))
		return
	}
	id, err := azure.CanonicalID(source.ID, azure.VideoAnalyzerType)
	if err != nil {
		resp.Diagnostics.Append(notMoved(err.Error()))
		return
	}
	target := source.model(id)
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, target)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.TargetIdentity, target.ID)...)
}

func notMoved(found string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Account Not Moved", fmt.Sprintf(
		"Found: %s.\nRequired: the state of an account that azurerm 3 made.\n"+
			"Remedy: import the account instead.\n\nNothing was changed.", found))
}

// model is the account as this provider keeps it. What azurerm did not know, such as the endpoints,
// the refresh that follows fills in.
func (m moved) model(id string) model {
	target := model{analyzer: analyzer{
		ID:                attribute.NewResourceID(id),
		Name:              attribute.NewName(m.Name),
		ResourceGroupName: attribute.NewName(m.ResourceGroupName),
		Location:          attribute.NewLocation(m.Location),
		StorageAccount:    types.ObjectNull(storageTypes()),
		Identity:          types.ObjectNull(attribute.UserIdentityTypes()),
		Encryption:        types.ObjectNull(media.EncryptionTypes()),
		Tags:              attribute.MovedTags(m.Tags),
		Endpoints:         types.ListNull(endpointType()),
	}}
	target.Timeouts = attribute.NoTimeouts()
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
			attribute.UserAssigned, m.Identity[0].IdentityIDs, "", ""))
	}
	return target
}
