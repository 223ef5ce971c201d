// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// NewParseKeyID returns the function parse_key_id.
func NewParseKeyID() function.Function { return parseKeyIDFunction{} }

type parseKeyIDFunction struct{}

func (parseKeyIDFunction) Metadata(_ context.Context, _ function.MetadataRequest,
	resp *function.MetadataResponse,
) {
	resp.Name = "parse_key_id"
}

func (parseKeyIDFunction) Definition(_ context.Context, _ function.DefinitionRequest,
	resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Splits the identifier of a Key Vault key into its parts.",
		MarkdownDescription: "Takes the identifier of a Key Vault key apart into `vault_uri`, " +
			"`vault_name`, `name`, `version` and `versionless_id`. The version is null where the " +
			"identifier has none and the newest version is followed; the name of the vault is " +
			"null where its address does not tell it.",
		Parameters: []function.Parameter{keyIDParameter()},
		Return:     function.ObjectReturn{AttributeTypes: parsedKeyIDTypes()},
	}
}

func parsedKeyIDTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"vault_uri":      types.StringType,
		"vault_name":     types.StringType,
		"name":           types.StringType,
		"version":        types.StringType,
		"versionless_id": types.StringType,
	}
}

func (parseKeyIDFunction) Run(ctx context.Context, req function.RunRequest,
	resp *function.RunResponse,
) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	id, problem := parseKeyID(text)
	if problem != nil {
		resp.Error = problem
		return
	}
	resp.Error = resp.Result.Set(ctx, types.ObjectValueMust(parsedKeyIDTypes(),
		map[string]attr.Value{
			"vault_uri":      types.StringValue(id.VaultURI),
			"vault_name":     attribute.TextOrNull(id.VaultName),
			"name":           types.StringValue(id.Name),
			"version":        attribute.TextOrNull(id.Version),
			"versionless_id": types.StringValue(id.Versionless().String()),
		}))
}
