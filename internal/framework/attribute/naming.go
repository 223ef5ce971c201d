// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

// ValidName accepts the names that a service accepts (rule ACC003).
func ValidName(format naming.Format) validator.String { return validName{format} }

type validName struct{ format naming.Format }

func (v validName) Description(context.Context) string { return "must be " + v.format.Required }

func (v validName) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v validName) ValidateString(_ context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if !isKnown(req.ConfigValue) {
		return
	}
	for _, violation := range v.format.Check(req.ConfigValue.ValueString()) {
		violation.Attribute = "" // The framework knows the path.
		resp.Diagnostics.Append(diag.WithPath(req.Path, diagnostic.FromViolation(violation)))
	}
}
