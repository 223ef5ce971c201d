// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// NewNormalizeLocation returns the function normalize_location.
func NewNormalizeLocation() function.Function { return normalizeLocationFunction{} }

type normalizeLocationFunction struct{}

func (normalizeLocationFunction) Metadata(_ context.Context, _ function.MetadataRequest,
	resp *function.MetadataResponse,
) {
	resp.Name = "normalize_location"
}

func (normalizeLocationFunction) Definition(_ context.Context, _ function.DefinitionRequest,
	resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Returns the name of an Azure region.",
		MarkdownDescription: "Returns the name of an Azure region: both `West US 2` and `westus2` " +
			"become `westus2`, so that regions can be compared.",
		Parameters: []function.Parameter{function.StringParameter{
			Name:                "location",
			MarkdownDescription: "The region, by name or display name.",
		}},
		Return: function.StringReturn{},
	}
}

func (normalizeLocationFunction) Run(ctx context.Context, req function.RunRequest,
	resp *function.RunResponse,
) {
	var location string
	if resp.Error = req.Arguments.Get(ctx, &location); resp.Error != nil {
		return
	}
	resp.Error = resp.Result.Set(ctx, customerkey.NormalizeLocation(location))
}
