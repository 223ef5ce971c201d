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

// analyzer is what the resource and the data source show of an account.
type analyzer struct {
	ID                  attribute.ResourceIDValue `tfsdk:"id"`
	Name                attribute.NameValue       `tfsdk:"name"`
	ResourceGroupName   attribute.NameValue       `tfsdk:"resource_group_name"`
	Location            attribute.LocationValue   `tfsdk:"location"`
	StorageAccount      types.Object              `tfsdk:"storage_account"`
	Identity            types.Object              `tfsdk:"identity"`
	PublicNetworkAccess types.Bool                `tfsdk:"public_network_access_enabled"`
	Encryption          types.Object              `tfsdk:"encryption"`
	Tags                types.Map                 `tfsdk:"tags"`
	Endpoints           types.List                `tfsdk:"endpoints"`
	ProvisioningState   types.String              `tfsdk:"provisioning_state"`
}

// model is the resource.
type model struct {
	analyzer
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// observe takes over what Azure says about the account. The ID stays what it is.
func (a *analyzer) observe(wire armmedia.VideoAnalyzer) {
	importing := attribute.Imported(a.Name)
	a.Name = attribute.NewName(azure.Deref(wire.Name))
	a.ResourceGroupName = attribute.NewName(azure.GroupOf(a.ID.ValueString()))
	a.Location = attribute.NewLocation(azure.Deref(wire.Location))
	a.Tags = attribute.ManagedTags(wire.Tags, a.Tags, importing)
	a.Identity = attribute.FlattenUserIdentity(
		media.ObservedIdentity(wire.Identity, a.Identity))

	properties := azure.Deref(wire.Properties)
	a.StorageAccount = observedStorage(properties.StorageAccounts, a.StorageAccount)
	a.Encryption = media.ObservedEncryption(properties.Encryption)
	a.PublicNetworkAccess = types.BoolValue(
		azure.Deref(properties.PublicNetworkAccess) != armmedia.Disabled)
	a.Endpoints = observedEndpoints(properties.Endpoints)
	a.ProvisioningState = types.StringValue(string(azure.Deref(properties.ProvisioningState)))
}

// complete fills in what the plan left to Azure, and keeps everything else as it was planned: what
// Azure has beyond that is for the next plan to show.
func (a *analyzer) complete(ctx context.Context, wire armmedia.VideoAnalyzer) {
	observed := *a
	observed.observe(wire)
	a.Encryption = media.Filled(ctx, a.Encryption, observed.Encryption)
	if a.Endpoints.IsUnknown() {
		a.Endpoints = observed.Endpoints
	}
	if a.ProvisioningState.IsUnknown() {
		a.ProvisioningState = observed.ProvisioningState
	}
}

// keyed is what the rules of customers' keys are about.
func (a *analyzer) keyed() media.Keyed {
	return media.Keyed{
		ID: a.ID, Location: a.Location, Identity: a.Identity, Encryption: a.Encryption,
	}
}

// failed reports whether the last change of the account failed after Azure had accepted it.
func (a *analyzer) failed() bool {
	return a.ProvisioningState.ValueString() == string(armmedia.Failed)
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

// storageIn reads the attribute. One that is null or not known has nothing but nulls.
func storageIn(object types.Object) storage {
	parts := object.Attributes()
	var s storage
	s.ID, _ = parts["id"].(attribute.ResourceIDValue)
	s.UserAssignedIdentityID, _ = parts["user_assigned_identity_id"].(attribute.ResourceIDValue)
	return s
}

// observedStorage is the storage account that the prior attribute names, in its spelling, or the
// first one where it names none that Azure has.
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

// respelt is an ID in the spelling of the prior one, if both are the same. "" is null.
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
