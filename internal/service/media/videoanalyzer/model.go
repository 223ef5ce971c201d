// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// analyzer is the attributes that the resource and the data source show of an account.
type analyzer struct {
	media.Attributes
	StorageAccount types.Object `tfsdk:"storage_account"`
	Endpoints      types.List   `tfsdk:"endpoints"`
}

// model is the resource.
type model struct {
	analyzer
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// Limits returns the configured timeouts.
func (m *model) Limits() timeouts.Value { return m.Timeouts }

// observe takes over what Azure says about the account. The ID stays as it is.
func (a *analyzer) observe(wire armmedia.VideoAnalyzer) {
	a.ObserveTracked(a.Identifier(), wire.Name, wire.Location, wire.Tags)
	a.Identity = attribute.FlattenUserIdentity(
		media.ObservedIdentity(wire.Identity, a.Identity), a.Identity)

	properties := azure.Deref(wire.Properties)
	a.ObserveProperties(properties.Encryption, properties.PublicNetworkAccess,
		properties.ProvisioningState)
	a.StorageAccount = observedStorage(properties.StorageAccounts, a.StorageAccount)
	a.Endpoints = observedEndpoints(properties.Endpoints)
}

// fill takes from what was observed what the plan left to Azure.
func fill(_ context.Context, plan, observed *model) {
	if plan.Endpoints.IsUnknown() {
		plan.Endpoints = observed.Endpoints
	}
}

// storage is the storage_account attribute.
type storage struct {
	ID                     attribute.ResourceIDValue
	UserAssignedIdentityID attribute.ResourceIDValue
}

func storageTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"id":                        attribute.ResourceIDType{},
		"user_assigned_identity_id": attribute.ResourceIDType{},
	}
}

// storageIn reads the attribute. All parts of a null or unknown one are null.
func storageIn(object types.Object) storage {
	parts := object.Attributes()
	var s storage
	s.ID, _ = parts["id"].(attribute.ResourceIDValue)
	s.UserAssignedIdentityID, _ = parts["user_assigned_identity_id"].(attribute.ResourceIDValue)
	return s
}

// observedStorage returns the storage account that the prior attribute names, in its spelling, or
// else the first one that Azure has.
func observedStorage(wire []*armmedia.StorageAccount, prior types.Object) types.Object {
	if len(wire) == 0 {
		return types.ObjectNull(storageTypes())
	}
	before, found := storageIn(prior), wire[0]
	for _, attached := range wire {
		if azure.SameID(azure.Deref(attached.ID), before.ID.ValueString()) {
			found = attached
		}
	}
	return types.ObjectValueMust(storageTypes(), map[string]attr.Value{
		"id": respelt(azure.Deref(found.ID), before.ID),
		"user_assigned_identity_id": respelt(
			azure.Deref(azure.Deref(found.Identity).UserAssignedIdentity), before.UserAssignedIdentityID),
	})
}

// respelt returns an ID, in the spelling of the prior one if both are the same. "" becomes null.
func respelt(id string, prior attribute.ResourceIDValue) attribute.ResourceIDValue {
	switch found := attribute.NewResourceID(id); {
	case id == "":
		return attribute.ResourceIDValue{}
	case found.Same(prior):
		return prior
	default:
		return found
	}
}

func endpointType() types.ObjectType {
	return types.ObjectType{AttrTypes: map[string]attr.Type{
		"type": types.StringType, "url": types.StringType,
	}}
}

func observedEndpoints(wire []armmedia.VideoAnalyzerEndpoint) types.List {
	endpoints := make([]attr.Value, 0, len(wire))
	for _, endpoint := range wire {
		endpoints = append(endpoints, types.ObjectValueMust(endpointType().AttrTypes, map[string]attr.Value{
			"type": types.StringPointerValue(endpoint.Type),
			"url":  types.StringPointerValue(endpoint.EndpointURL),
		}))
	}
	return types.ListValueMust(endpointType(), endpoints)
}
