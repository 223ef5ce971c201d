// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// duration is a calendar duration of a rotation policy.
type duration struct{ years, months, days int }

var isoDuration = regexp.MustCompile(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?$`)

// parseDuration parses an ISO 8601 duration of years, months and days that is not zero.
func parseDuration(text string) (duration, bool) {
	parts := isoDuration.FindStringSubmatch(text)
	if parts == nil {
		return duration{}, false
	}
	var numbers [3]int
	for i := range numbers {
		numbers[i], _ = strconv.Atoi(parts[i+1]) // The expression has only digits, or nothing.
	}
	d := duration{numbers[0], numbers[1], numbers[2]}
	return d, d != duration{}
}

// from returns the time that is the duration after another.
func (d duration) from(t time.Time) time.Time { return t.AddDate(d.years, d.months, d.days) }

// leastDays returns the least number of days of the duration, with the shortest months.
func (d duration) leastDays() int { return 365*d.years + 28*d.months + d.days }

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
	if d, ok := parseDuration(text); ok && d.leastDays() >= v.days {
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
