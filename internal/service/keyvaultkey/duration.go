// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// atLeast accepts durations of a number of days or more.
type atLeast struct{ days int }

func (v atLeast) Description(context.Context) string {
	return fmt.Sprintf("an ISO 8601 duration of years, months and days, P%dD or longer", v.days)
}

func (v atLeast) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v atLeast) ValidateString(ctx context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if d, ok := customerkey.ParseDuration(text); ok && d.LeastDays() >= v.days {
		return
	}
	resp.Diagnostics.Append(diagnostic.Refuse(req.Path, diagnostic.Refusal{
		Title:    "Invalid Duration",
		Found:    strconv.Quote(text),
		Required: v.Description(ctx),
		Why:      "Key Vault refuses others (Configure key auto-rotation in Azure Key Vault)",
		Remedy:   "Write it like P90D or P1Y",
	}))
}
