// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package base holds what every Terraform noun of this provider is built with: its name, its
// timeouts, its identity, and how it is imported, read, listed, deleted and moved. It knows no service of
// Azure and imports no noun.
//
// A resource says what it is in a [Noun] and embeds a [Resource] made of it, which brings Metadata,
// Schema, IdentitySchema, Configure and ImportState:
//
//	func noun() base.Noun {
//		return base.Noun{
//			Type:          "azuremedia_resource_group",
//			Title:         "Resource Group",
//			ResourceTypes: []string{azure.ResourceGroupType},
//			Schema:        resourceSchema, // Without "timeouts": the noun's are added.
//			Timeouts:      base.Timeouts{Create: 10 * time.Minute, …},
//		}
//	}
//
//	func NewResource() resource.Resource { return &Resource{base.NewResource(noun())} }
//
//	type Resource struct{ base.Resource }
//
// Its model embeds [Common]. Then Read and Delete are a call each:
//
//	base.Read(ctx, &r.Resource, req, resp, r.get, (*model).observe)
//	base.Delete(ctx, &r.Resource, req, resp, r.delete)
//
// Create and Update are written by hand, with [Resource.Deadline], [Resource.Backoff],
// [Resource.Subject] and [SetIdentity]. A resource whose ID is not that of an Azure resource
// overrides ImportState with a call of [Import]; one that can be moved from azurerm calls
// [MoveFromAzurerm]; one whose Read needs more than the ID calls [Refresh].
//
// A data source embeds a [DataSource], which takes the same noun, and reads with [ReadData]; an ephemeral resource
// embeds an [Ephemeral] and opens with [Open], an action an [Action] and runs with [Invoke]. A list is a [Query].
package base

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Noun says what a resource or a data source is.
type Noun struct {
	// Type is its Terraform type, such as "azuremedia_resource_group".
	Type string
	// Title is what a person calls it, in title case: "Resource Group".
	Title string
	// ResourceTypes are the Azure types whose IDs can be imported.
	ResourceTypes []string
	// Schema returns the schema of the resource, to which Timeouts add an attribute.
	Schema func() schema.Schema
	// Timeouts are how long each operation may take by default.
	Timeouts Timeouts
	// MutableID says that a change in place can change the ID.
	MutableID bool
}

// Timeouts are how long each operation may take unless the configuration says otherwise. An
// operation without a duration has no timeout to configure.
type Timeouts struct{ Create, Read, Update, Delete time.Duration }

// Subject returns one of the noun as diagnostics name it.
func (n Noun) Subject(id string) diagnostic.Subject {
	return diagnostic.Subject{Noun: n.Title, Type: n.Type, ID: id}
}

// Common is what the model of every resource embeds.
type Common struct {
	ID       attribute.ResourceIDValue `tfsdk:"id"`
	Timeouts timeouts.Value            `tfsdk:"timeouts"`
}

// Identifier returns the ID in the state.
func (c *Common) Identifier() string { return c.ID.ValueString() }

// Limits returns the configured timeouts.
func (c *Common) Limits() timeouts.Value { return c.Timeouts }

// Model is the pointer to a model that embeds [Common], or that has its methods.
type Model[M any] interface {
	*M
	Identifier() string
	Limits() timeouts.Value
}

// client returns the client in what the framework passes to Configure. It is nil until the
// provider is configured, as during validation, and then nothing may be sent to Azure.
func client(data any, diags *diag.Diagnostics) *azure.Client {
	if data == nil {
		return nil
	}
	found, ok := data.(*azure.Client)
	if !ok {
		diags.Append(diagnostic.ProviderBug(
			fmt.Sprintf("The provider passed a %T to a resource or data source.", data)))
	}
	return found
}
