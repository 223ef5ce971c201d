// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The types below are the document that `terraform providers schema -json` prints, as
// github.com/hashicorp/terraform-json describes it.
type (
	schemasDocument struct {
		FormatVersion string                     `json:"format_version"`
		Schemas       map[string]*providerSchema `json:"provider_schemas"`
	}

	providerSchema struct {
		Config             *schema                    `json:"provider"`
		Resources          map[string]*schema         `json:"resource_schemas,omitempty"`
		ResourceIdentities map[string]*identitySchema `json:"resource_identity_schemas,omitempty"`
		DataSources        map[string]*schema         `json:"data_source_schemas,omitempty"`
		EphemeralResources map[string]*schema         `json:"ephemeral_resource_schemas,omitempty"`
		ListResources      map[string]*schema         `json:"list_resource_schemas,omitempty"`
		Actions            map[string]*schema         `json:"action_schemas,omitempty"`
		Functions          map[string]*function       `json:"functions,omitempty"`
	}

	schema struct {
		Version int64  `json:"version"`
		Block   *block `json:"block"`
	}

	block struct {
		Attributes      map[string]*attribute   `json:"attributes,omitempty"`
		Blocks          map[string]*nestedBlock `json:"block_types,omitempty"`
		Description     string                  `json:"description,omitempty"`
		DescriptionKind string                  `json:"description_kind,omitempty"`
		Deprecated      bool                    `json:"deprecated,omitempty"`
	}

	nestedBlock struct {
		Nesting  string `json:"nesting_mode,omitempty"`
		Block    *block `json:"block,omitempty"`
		MinItems int64  `json:"min_items,omitempty"`
		MaxItems int64  `json:"max_items,omitempty"`
	}

	attribute struct {
		Type            json.RawMessage `json:"type,omitempty"`
		Nested          *nestedType     `json:"nested_type,omitempty"`
		Description     string          `json:"description,omitempty"`
		DescriptionKind string          `json:"description_kind,omitempty"`
		Deprecated      bool            `json:"deprecated,omitempty"`
		Required        bool            `json:"required,omitempty"`
		Optional        bool            `json:"optional,omitempty"`
		Computed        bool            `json:"computed,omitempty"`
		Sensitive       bool            `json:"sensitive,omitempty"`
		WriteOnly       bool            `json:"write_only,omitempty"`
	}

	nestedType struct {
		Attributes map[string]*attribute `json:"attributes,omitempty"`
		Nesting    string                `json:"nesting_mode,omitempty"`
	}

	identitySchema struct {
		Version    int64                         `json:"version"`
		Attributes map[string]*identityAttribute `json:"attributes,omitempty"`
	}

	identityAttribute struct {
		Type              json.RawMessage `json:"type,omitempty"`
		Description       string          `json:"description,omitempty"`
		RequiredForImport bool            `json:"required_for_import,omitempty"`
		OptionalForImport bool            `json:"optional_for_import,omitempty"`
	}

	function struct {
		Description        string               `json:"description,omitempty"`
		Summary            string               `json:"summary,omitempty"`
		DeprecationMessage string               `json:"deprecation_message,omitempty"`
		ReturnType         json.RawMessage      `json:"return_type"`
		Parameters         []*functionParameter `json:"parameters,omitempty"`
		VariadicParameter  *functionParameter   `json:"variadic_parameter,omitempty"`
	}

	functionParameter struct {
		Name        string          `json:"name,omitempty"`
		Description string          `json:"description,omitempty"`
		IsNullable  bool            `json:"is_nullable,omitempty"`
		Type        json.RawMessage `json:"type"`
	}
)

// schemasOf asks the provider itself for its schemas. The Terraform command line would do it too,
// but tells only of the kinds that its own version knows.
func schemasOf(ctx context.Context, server tfprotov6.ProviderServer) (*providerSchema, error) {
	answer, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, fmt.Errorf("asking for the schemas: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, fmt.Errorf("asking for the identity schemas: %w", err)
	}
	if err := problems(answer.Diagnostics, identities.Diagnostics); err != nil {
		return nil, err
	}

	document := &providerSchema{
		Config:             schemaOf(answer.Provider),
		Resources:          each(answer.ResourceSchemas, schemaOf),
		ResourceIdentities: each(identities.IdentitySchemas, identityOf),
		DataSources:        each(answer.DataSourceSchemas, schemaOf),
		EphemeralResources: each(answer.EphemeralResourceSchemas, schemaOf),
		ListResources:      each(answer.ListResourceSchemas, schemaOf),
		Actions: each(answer.ActionSchemas, func(a *tfprotov6.ActionSchema) *schema {
			return schemaOf(a.Schema)
		}),
		Functions: each(answer.Functions, functionOf),
	}
	return document, nil
}

func problems(lists ...[]*tfprotov6.Diagnostic) error {
	var errs []error
	for _, list := range lists {
		for _, d := range list {
			if d.Severity == tfprotov6.DiagnosticSeverityError {
				errs = append(errs, fmt.Errorf("%s: %s", d.Summary, d.Detail))
			}
		}
	}
	return errors.Join(errs...)
}

func each[From, To any](from map[string]From, convert func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for name, one := range from {
		to[name] = convert(one)
	}
	return to
}

func schemaOf(s *tfprotov6.Schema) *schema {
	return &schema{Version: s.Version, Block: blockOf(s.Block)}
}

func blockOf(b *tfprotov6.SchemaBlock) *block {
	blocks := make(map[string]*nestedBlock, len(b.BlockTypes))
	for _, nested := range b.BlockTypes {
		blocks[nested.TypeName] = &nestedBlock{
			Nesting:  strings.ToLower(nested.Nesting.String()),
			Block:    blockOf(nested.Block),
			MinItems: nested.MinItems,
			MaxItems: nested.MaxItems,
		}
	}
	return &block{
		Attributes:      attributesOf(b.Attributes),
		Blocks:          blocks,
		Description:     b.Description,
		DescriptionKind: strings.ToLower(b.DescriptionKind.String()),
		Deprecated:      b.Deprecated,
	}
}

func attributesOf(list []*tfprotov6.SchemaAttribute) map[string]*attribute {
	attributes := make(map[string]*attribute, len(list))
	for _, a := range list {
		converted := &attribute{
			Description:     a.Description,
			DescriptionKind: strings.ToLower(a.DescriptionKind.String()),
			Deprecated:      a.Deprecated,
			Required:        a.Required,
			Optional:        a.Optional,
			Computed:        a.Computed,
			Sensitive:       a.Sensitive,
			WriteOnly:       a.WriteOnly,
		}
		if a.NestedType != nil {
			converted.Nested = &nestedType{
				Attributes: attributesOf(a.NestedType.Attributes),
				Nesting:    strings.ToLower(a.NestedType.Nesting.String()),
			}
		} else {
			converted.Type = typeOf(a.Type)
		}
		attributes[a.Name] = converted
	}
	return attributes
}

func identityOf(s *tfprotov6.ResourceIdentitySchema) *identitySchema {
	attributes := make(map[string]*identityAttribute, len(s.IdentityAttributes))
	for _, a := range s.IdentityAttributes {
		attributes[a.Name] = &identityAttribute{
			Type:              typeOf(a.Type),
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return &identitySchema{Version: s.Version, Attributes: attributes}
}

func functionOf(f *tfprotov6.Function) *function {
	converted := &function{
		Description:        f.Description,
		Summary:            f.Summary,
		DeprecationMessage: f.DeprecationMessage,
		ReturnType:         typeOf(f.Return.Type),
	}
	for _, p := range f.Parameters {
		converted.Parameters = append(converted.Parameters, parameterOf(p))
	}
	if f.VariadicParameter != nil {
		converted.VariadicParameter = parameterOf(f.VariadicParameter)
	}
	return converted
}

func parameterOf(p *tfprotov6.FunctionParameter) *functionParameter {
	return &functionParameter{
		Name:        p.Name,
		Description: p.Description,
		IsNullable:  p.AllowNullValue,
		Type:        typeOf(p.Type),
	}
}

// typeOf is the type as Terraform writes it in JSON: the protocol carries it in the same form.
func typeOf(t tftypes.Type) json.RawMessage {
	text, err := t.MarshalJSON() //nolint:staticcheck // deprecated for providers; this is the protocol's own form
	if err != nil {
		// Every type of a schema that the provider itself could answer with has a JSON form.
		panic(fmt.Sprintf("type %s: %v", t, err))
	}
	return text
}
