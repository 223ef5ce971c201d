// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// schemasOf asks the provider for its schemas and returns them as `terraform providers schema -json`
// prints them. Terraform could do this too, but prints only the kinds of objects that its own version
// supports.
func schemasOf(ctx context.Context, server tfprotov6.ProviderServer) (*tfjson.ProviderSchema, error) {
	answer, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, fmt.Errorf("asking for the schemas: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, fmt.Errorf("asking for the identity schemas: %w", err)
	}
	if err := errorsOf(answer.Diagnostics, identities.Diagnostics); err != nil {
		return nil, err
	}
	return &tfjson.ProviderSchema{
		ConfigSchema:             schemaOf(answer.Provider),
		ResourceSchemas:          each(answer.ResourceSchemas, schemaOf),
		ResourceIdentitySchemas:  each(identities.IdentitySchemas, identityOf),
		DataSourceSchemas:        each(answer.DataSourceSchemas, schemaOf),
		EphemeralResourceSchemas: each(answer.EphemeralResourceSchemas, schemaOf),
		ListResourceSchemas:      each(answer.ListResourceSchemas, schemaOf),
		ActionSchemas:            each(answer.ActionSchemas, actionOf),
		Functions:                each(answer.Functions, functionOf),
	}, nil
}

// errorsOf returns the errors among some diagnostics.
func errorsOf(lists ...[]*tfprotov6.Diagnostic) error {
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

func schemaOf(s *tfprotov6.Schema) *tfjson.Schema {
	return &tfjson.Schema{Version: unsigned(s.Version), Block: blockOf(s.Block)}
}

func actionOf(a *tfprotov6.ActionSchema) *tfjson.ActionSchema {
	return &tfjson.ActionSchema{Block: blockOf(a.Schema.Block)}
}

func blockOf(b *tfprotov6.SchemaBlock) *tfjson.SchemaBlock {
	blocks := make(map[string]*tfjson.SchemaBlockType, len(b.BlockTypes))
	for _, nested := range b.BlockTypes {
		blocks[nested.TypeName] = &tfjson.SchemaBlockType{
			NestingMode: tfjson.SchemaNestingMode(strings.ToLower(nested.Nesting.String())),
			Block:       blockOf(nested.Block),
			MinItems:    unsigned(nested.MinItems),
			MaxItems:    unsigned(nested.MaxItems),
		}
	}
	return &tfjson.SchemaBlock{
		Attributes:      attributesOf(b.Attributes),
		NestedBlocks:    blocks,
		Description:     b.Description,
		DescriptionKind: descriptionKindOf(b.DescriptionKind),
		Deprecated:      b.Deprecated,
	}
}

func attributesOf(list []*tfprotov6.SchemaAttribute) map[string]*tfjson.SchemaAttribute {
	attributes := make(map[string]*tfjson.SchemaAttribute, len(list))
	for _, a := range list {
		converted := &tfjson.SchemaAttribute{
			Description:     a.Description,
			DescriptionKind: descriptionKindOf(a.DescriptionKind),
			Deprecated:      a.Deprecated,
			Required:        a.Required,
			Optional:        a.Optional,
			Computed:        a.Computed,
			Sensitive:       a.Sensitive,
			WriteOnly:       a.WriteOnly,
		}
		if a.NestedType != nil {
			converted.AttributeNestedType = &tfjson.SchemaNestedAttributeType{
				Attributes:  attributesOf(a.NestedType.Attributes),
				NestingMode: tfjson.SchemaNestingMode(strings.ToLower(a.NestedType.Nesting.String())),
			}
		} else {
			converted.AttributeType = typeOf(a.Type)
		}
		attributes[a.Name] = converted
	}
	return attributes
}

func identityOf(s *tfprotov6.ResourceIdentitySchema) *tfjson.IdentitySchema {
	attributes := make(map[string]*tfjson.IdentityAttribute, len(s.IdentityAttributes))
	for _, a := range s.IdentityAttributes {
		attributes[a.Name] = &tfjson.IdentityAttribute{
			IdentityType:      typeOf(a.Type),
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return &tfjson.IdentitySchema{Version: unsigned(s.Version), Attributes: attributes}
}

func functionOf(f *tfprotov6.Function) *tfjson.FunctionSignature {
	converted := &tfjson.FunctionSignature{
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

func parameterOf(p *tfprotov6.FunctionParameter) *tfjson.FunctionParameter {
	return &tfjson.FunctionParameter{
		Name:        p.Name,
		Description: p.Description,
		IsNullable:  p.AllowNullValue,
		Type:        typeOf(p.Type),
	}
}

func descriptionKindOf(kind tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	return tfjson.SchemaDescriptionKind(strings.ToLower(kind.String()))
}

// unsigned converts a version or a count, which the protocol carries with a sign and never uses it.
func unsigned(n int64) uint64 { return uint64(max(n, 0)) }

// typeOf converts a type by way of its JSON, which both libraries write alike.
func typeOf(t tftypes.Type) cty.Type {
	text, err := t.MarshalJSON() //nolint:staticcheck // deprecated for providers; this is the protocol's own form
	var converted cty.Type
	if err == nil {
		err = converted.UnmarshalJSON(text)
	}
	if err != nil {
		// Every type of a schema that the provider itself could answer with has a JSON form.
		panic(fmt.Sprintf("type %s: %v", t, err))
	}
	return converted
}
