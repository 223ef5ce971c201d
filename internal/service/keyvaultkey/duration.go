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

// atLeast accepts durations of a number of days or more, up to a century.
type atLeast struct{ days int }

const century = 100 * 365 // In days.

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
	d, ok := customerkey.ParseDuration(text)
	refusal := diagnostic.Refusal{
		Title:    "Invalid Duration",
		Found:    strconv.Quote(text),
		Required: v.Description(ctx),
		Why:      "Key Vault refuses others (Configure key auto-rotation in Azure Key Vault)",
		Remedy:   "Write it like P90D or P1Y",
	}
	switch {
	case ok && d.LeastDays() > century:
		refusal.Required, refusal.Why = "P100Y or shorter", "A time that far off is a mistake"
	case ok && d.LeastDays() >= v.days:
		return
	}
	resp.Diagnostics.Append(diagnostic.Refuse(req.Path, refusal))
}
