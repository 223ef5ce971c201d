// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Ephemeral is what every ephemeral resource embeds: what it opens is in no state and no plan.
type Ephemeral struct {
	// Client is nil until the provider is configured, as during validation.
	Client *azure.Client
	noun   Noun
	schema func() schema.Schema
}

// NewEphemeral returns what an ephemeral resource of the noun embeds. Its schema is its own.
func NewEphemeral(noun Noun, ephemeralSchema func() schema.Schema) Ephemeral {
	return Ephemeral{noun: noun, schema: ephemeralSchema}
}

// Subject returns what the ephemeral resource opens as diagnostics name it.
func (e *Ephemeral) Subject(id string) diagnostic.Subject { return e.noun.Subject(id) }

func (e *Ephemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = e.noun.Type
}

func (e *Ephemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = e.schema()
}

// ConfigValidators refuses what no list and no set can have.
func (e *Ephemeral) ConfigValidators(context.Context) []ephemeral.ConfigValidator {
	return []ephemeral.ConfigValidator{attribute.NoNullElements{}}
}

func (e *Ephemeral) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.Client = client(req.ProviderData, &resp.Diagnostics)
}

// Open opens an ephemeral resource: open fills in the model, which holds the configuration.
func Open[M any](ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse,
	open func(context.Context, *M) diag.Diagnostics,
) {
	var shown M
	resp.Diagnostics.Append(req.Config.Get(ctx, &shown)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(open(azure.Shared(ctx), &shown)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, shown)...)
	}
}
