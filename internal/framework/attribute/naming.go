// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
)

// ValidName accepts the names that a service accepts (rule ACC003).
func ValidName(naming mediaaccount.Naming) validator.String { return validName{naming} }

type validName struct{ naming mediaaccount.Naming }

func (v validName) Description(context.Context) string { return "must be " + v.naming.Required }

func (v validName) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v validName) ValidateString(_ context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if !isKnown(req.ConfigValue) {
		return
	}
	for _, violation := range v.naming.Check(req.ConfigValue.ValueString()) {
		violation.Attribute = "" // The framework knows the path.
		resp.Diagnostics.Append(diag.WithPath(req.Path, diagnostic.FromViolation(violation)))
	}
}
