// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package functions holds the provider's functions. They send nothing to Azure and need no configuration,
// and must not import protection.
package functions

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// ofTexts is a function of texts. A text that may be null is empty then.
type ofTexts struct {
	name       string
	definition function.Definition
	result     func(texts []string) (attr.Value, error)
}

// argumentError says which argument is at fault.
type argumentError struct {
	at int64
	error
}

func (f ofTexts) Metadata(_ context.Context, _ function.MetadataRequest,
	resp *function.MetadataResponse,
) {
	resp.Name = f.name
}

func (f ofTexts) Definition(_ context.Context, _ function.DefinitionRequest,
	resp *function.DefinitionResponse,
) {
	resp.Definition = f.definition
}

func (f ofTexts) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	given := make([]*string, len(f.definition.Parameters))
	targets := make([]any, len(given))
	for i := range given {
		targets[i] = &given[i]
	}
	if resp.Error = req.Arguments.Get(ctx, targets...); resp.Error != nil {
		return
	}
	texts := make([]string, len(given))
	for i, text := range given {
		texts[i] = azure.Deref(text)
	}
	result, err := f.result(texts)
	if err != nil {
		wrong, _ := errors.AsType[argumentError](err)
		resp.Error = function.NewArgumentFuncError(wrong.at, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, result)
}

// NewNormalizeLocation returns the function normalize_location.
func NewNormalizeLocation() function.Function {
	return ofTexts{
		name: "normalize_location",
		definition: function.Definition{
			Summary: "Returns the name of an Azure region.",
			MarkdownDescription: "Returns the name of an Azure region: both `West US 2` and `westus2` " +
				"become `westus2`, so that regions can be compared.",
			Parameters: []function.Parameter{function.StringParameter{
				Name:                "location",
				MarkdownDescription: "The region, by name or display name.",
			}},
			Return: function.StringReturn{},
		},
		result: func(texts []string) (attr.Value, error) {
			return types.StringValue(customerkey.NormalizeLocation(texts[0])), nil
		},
	}
}

// NewParseKeyID returns the function parse_key_id.
func NewParseKeyID() function.Function {
	parts := map[string]attr.Type{
		"vault_uri":      types.StringType,
		"vault_name":     types.StringType,
		"name":           types.StringType,
		"version":        types.StringType,
		"versionless_id": types.StringType,
	}
	return ofTexts{
		name: "parse_key_id",
		definition: function.Definition{
			Summary: "Splits the identifier of a Key Vault key into its parts.",
			MarkdownDescription: "Splits the identifier of a Key Vault key into `vault_uri`, " +
				"`vault_name`, `name`, `version` and `versionless_id`. The version is null where the " +
				"identifier has none and the newest version is followed; the name of the vault is " +
				"null where its address does not tell it.",
			Parameters: []function.Parameter{keyIDParameter()},
			Return:     function.ObjectReturn{AttributeTypes: parts},
		},
		result: func(texts []string) (attr.Value, error) {
			id, err := parseKeyID(texts[0])
			return types.ObjectValueMust(parts, map[string]attr.Value{
				"vault_uri":      types.StringValue(id.VaultURI),
				"vault_name":     attribute.TextOrNull(id.VaultName),
				"name":           types.StringValue(id.Name),
				"version":        attribute.TextOrNull(id.Version),
				"versionless_id": types.StringValue(id.Versionless().String()),
			}), err
		},
	}
}

// NewVersionlessKeyID returns the function versionless_key_id.
func NewVersionlessKeyID() function.Function {
	return ofTexts{
		name: "versionless_key_id",
		definition: function.Definition{
			Summary: "Removes the version from the identifier of a Key Vault key.",
			MarkdownDescription: "Removes the version from the identifier of a Key Vault key. An account " +
				"that is encrypted with the result follows the newest version of the key.",
			Parameters: []function.Parameter{keyIDParameter()},
			Return:     function.StringReturn{},
		},
		result: func(texts []string) (attr.Value, error) {
			id, err := parseKeyID(texts[0])
			return types.StringValue(id.Versionless().String()), err
		},
	}
}

// parseKeyID reads a key's identifier; its error reads as every violation of a rule does.
func parseKeyID(text string) (customerkey.KeyID, error) {
	id, err := customerkey.ParseKeyID(text)
	if wrong, ok := errors.AsType[*customerkey.KeyIDError](err); ok {
		violation := wrong.Violation()
		return id, errors.New(violation.Summary() + "\n\n" + violation.Detail())
	}
	return id, err
}

func keyIDParameter() function.Parameter {
	return function.StringParameter{
		Name: "id",
		MarkdownDescription: "The identifier of a Key Vault key, with or without a version, such " +
			"as `https://example.vault.azure.net/keys/media`.",
	}
}
