// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Kind is a kind of text with more than one spelling. Azure answers in its own; if it means the same as
// the configuration, there is no difference to plan.
type Kind interface {
	// name is what the kind is called.
	name() string
	// same reports whether two spellings mean the same.
	same(a, b string) bool
	// check returns what is wrong with a text that is none of the kind, if anything.
	check(text string) diag.Diagnostic
}

// StringType is the Terraform type of a kind of text.
type StringType[K Kind] struct{ basetypes.StringType }

// StringValue is a text of a kind. Its zero value is null.
type StringValue[K Kind] struct{ basetypes.StringValue }

// StringType and StringValue are what the framework wants them to be, for any kind.
var (
	_ basetypes.StringTypable                    = StringType[nameKind]{}
	_ basetypes.StringValuableWithSemanticEquals = StringValue[nameKind]{}
	_ xattr.ValidateableAttribute                = StringValue[nameKind]{}
)

func newString[K Kind](text string) StringValue[K] {
	return StringValue[K]{basetypes.NewStringValue(text)}
}

func (t StringType[K]) Equal(other attr.Type) bool {
	_, ok := other.(StringType[K])
	return ok
}

func (t StringType[K]) String() string {
	var kind K
	return "attribute." + kind.name()
}

func (t StringType[K]) ValueType(context.Context) attr.Value { return StringValue[K]{} }

func (t StringType[K]) ValueFromString(_ context.Context, in basetypes.StringValue,
) (basetypes.StringValuable, diag.Diagnostics) {
	return StringValue[K]{in}, nil
}

func (t StringType[K]) ValueFromTerraform(ctx context.Context, in tftypes.Value,
) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("a string came as %T", value)
	}
	return StringValue[K]{text}, nil
}

func (v StringValue[K]) Type(context.Context) attr.Type { return StringType[K]{} }

func (v StringValue[K]) Equal(other attr.Value) bool {
	text, ok := other.(StringValue[K])
	return ok && v.StringValue.Equal(text.StringValue)
}

// Same reports whether both are known and mean the same.
func (v StringValue[K]) Same(other StringValue[K]) bool {
	var kind K
	return isKnown(v) && isKnown(other) && kind.same(v.ValueString(), other.ValueString())
}

// StringSemanticEquals tells the framework to keep the spelling that it has.
func (v StringValue[K]) StringSemanticEquals(_ context.Context, other basetypes.StringValuable,
) (bool, diag.Diagnostics) {
	text, ok := other.(StringValue[K])
	return ok && v.Same(text), nil
}

// ValidateAttribute refuses a text that is none of the kind.
func (v StringValue[K]) ValidateAttribute(_ context.Context, req xattr.ValidateAttributeRequest,
	resp *xattr.ValidateAttributeResponse,
) {
	var kind K
	if !isKnown(v) {
		return
	}
	if problem := kind.check(v.ValueString()); problem != nil {
		resp.Diagnostics.Append(diag.WithPath(req.Path, problem))
	}
}

// validElement checks the elements of a collection: the framework asks only attributes themselves
// whether they are valid.
type validElement[K Kind] struct{}

func (validElement[K]) Description(context.Context) string {
	var kind K
	return "is a " + kind.name()
}

func (v validElement[K]) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (validElement[K]) ValidateString(ctx context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	var checked xattr.ValidateAttributeResponse
	StringValue[K]{req.ConfigValue}.ValidateAttribute(
		ctx, xattr.ValidateAttributeRequest{Path: req.Path}, &checked)
	resp.Diagnostics.Append(checked.Diagnostics...)
}

func isKnown(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }
