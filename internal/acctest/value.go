// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Value is an object of Terraform's, by attribute: a string, a bool, a number (int or float64), a
// []any, a nested Value, [Unknown], or nil for null. What is left out is null.
type Value map[string]any

// Unknown is a value that is not known yet.
type Unknown struct{}

// toTerraform writes a value as the type wants it.
func toTerraform(kind tftypes.Type, value any) (tftypes.Value, error) {
	switch value := value.(type) {
	case nil:
		return tftypes.NewValue(kind, nil), nil
	case Unknown:
		return tftypes.NewValue(kind, tftypes.UnknownValue), nil
	case int:
		return tftypes.NewValue(kind, big.NewFloat(float64(value))), nil
	case string, bool, float64:
		if err := tftypes.ValidateValue(kind, value); err != nil {
			return tftypes.Value{}, err
		}
		return tftypes.NewValue(kind, value), nil
	case []any:
		element, err := elementType(kind)
		if err != nil {
			return tftypes.Value{}, err
		}
		elements := make([]tftypes.Value, len(value))
		for i := range value {
			if elements[i], err = toTerraform(element, value[i]); err != nil {
				return tftypes.Value{}, err
			}
		}
		return tftypes.NewValue(kind, elements), nil
	case Value:
		return objectToTerraform(kind, value)
	default:
		return tftypes.Value{}, fmt.Errorf("a %T is no value of Terraform's", value)
	}
}

func objectToTerraform(kind tftypes.Type, value Value) (tftypes.Value, error) {
	parts := map[string]tftypes.Value{}
	switch kind := kind.(type) {
	case tftypes.Object:
		for name := range value {
			if _, ok := kind.AttributeTypes[name]; !ok {
				return tftypes.Value{}, fmt.Errorf("there is no attribute %q", name)
			}
		}
		for name, inner := range kind.AttributeTypes {
			part, err := toTerraform(inner, value[name])
			if err != nil {
				return tftypes.Value{}, fmt.Errorf("%s: %w", name, err)
			}
			parts[name] = part
		}
	case tftypes.Map:
		for name, inner := range value {
			part, err := toTerraform(kind.ElementType, inner)
			if err != nil {
				return tftypes.Value{}, fmt.Errorf("%s: %w", name, err)
			}
			parts[name] = part
		}
	default:
		return tftypes.Value{}, fmt.Errorf("an object is no %s", kind)
	}
	return tftypes.NewValue(kind, parts), nil
}

func elementType(kind tftypes.Type) (tftypes.Type, error) {
	switch kind := kind.(type) {
	case tftypes.List:
		return kind.ElementType, nil
	case tftypes.Set:
		return kind.ElementType, nil
	default:
		return nil, fmt.Errorf("a list is no %s", kind)
	}
}

// fromTerraform is the inverse of toTerraform.
func fromTerraform(value tftypes.Value) (any, error) {
	if !value.IsKnown() {
		return Unknown{}, nil
	}
	if value.IsNull() {
		return nil, nil
	}
	kind := value.Type()
	switch {
	case kind.Is(tftypes.String):
		var text string
		err := value.As(&text)
		return text, err
	case kind.Is(tftypes.Bool):
		var truth bool
		err := value.As(&truth)
		return truth, err
	case kind.Is(tftypes.Number):
		var number big.Float
		err := value.As(&number)
		float, _ := number.Float64()
		return float, err
	case kind.Is(tftypes.List{}), kind.Is(tftypes.Set{}):
		var elements []tftypes.Value
		if err := value.As(&elements); err != nil {
			return nil, err
		}
		decoded := make([]any, len(elements))
		for i := range elements {
			var err error
			if decoded[i], err = fromTerraform(elements[i]); err != nil {
				return nil, err
			}
		}
		return decoded, nil
	default:
		parts := map[string]tftypes.Value{}
		if err := value.As(&parts); err != nil {
			return nil, err
		}
		decoded := Value{}
		for name, part := range parts {
			inner, err := fromTerraform(part)
			if err != nil {
				return nil, err
			}
			decoded[name] = inner
		}
		return decoded, nil
	}
}

// proposed merges a configuration with the prior state as Terraform does before it asks for a
// plan: what is computed and not configured stays.
func proposed(attributes []*tfprotov6.SchemaAttribute, prior, config Value) Value {
	if config == nil {
		return nil
	}
	merged := Value{}
	for _, attribute := range attributes {
		configured, before := config[attribute.Name], prior[attribute.Name]
		inner, nested := configured.(Value)
		switch {
		case nested && attribute.NestedType != nil &&
			attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			priorInner, _ := before.(Value)
			merged[attribute.Name] = proposed(attribute.NestedType.Attributes, priorInner, inner)
		case configured == nil && attribute.Computed:
			merged[attribute.Name] = before
		default:
			merged[attribute.Name] = configured
		}
	}
	return merged
}
