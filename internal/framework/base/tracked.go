// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// Tracked is what the model of a tracked resource embeds beside [Common]: Azure's term for a
// resource that has a location and tags, in a resource group.
type Tracked struct {
	Name              attribute.NameValue     `tfsdk:"name"`
	ResourceGroupName attribute.NameValue     `tfsdk:"resource_group_name"`
	Location          attribute.LocationValue `tfsdk:"location"`
	Tags              types.Map               `tfsdk:"tags"`
}

// At returns the resource ID of the planned resource in a subscription.
func (t *Tracked) At(subscriptionID, resourceType string) string {
	return azure.ID(subscriptionID, t.ResourceGroupName.ValueString(), resourceType, t.Name.ValueString())
}

// Replaces reports whether a plan has another resource take the place of the one before: what names or
// places a resource cannot change.
func (t *Tracked) Replaces(before Tracked) bool {
	return !t.Name.Equal(before.Name) || !t.ResourceGroupName.Equal(before.ResourceGroupName) ||
		!t.Location.Equal(before.Location)
}

// ObserveTracked copies what Azure answers of every tracked resource into the model, and reports
// whether that completes an import. The resource group, which the answer lacks, comes from the ID.
func (t *Tracked) ObserveTracked(id string, name, location *string, tags map[string]*string) bool {
	importing := Imported(t.Name)
	t.Name = attribute.NewName(azure.Deref(name))
	t.ResourceGroupName = attribute.NewName(azure.GroupOf(id))
	t.Location = attribute.NewLocation(azure.Deref(location))
	t.Tags = attribute.ManagedTags(tags, t.Tags, importing)
	return importing
}
