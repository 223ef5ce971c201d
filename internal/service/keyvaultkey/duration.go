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

// duration is a length of time as rotation policies have it. A year and a month are as long as the
// calendar makes them.
type duration struct{ years, months, days int }

var isoDuration = regexp.MustCompile(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?$`)

// parseDuration reads an ISO 8601 duration of years, months and days, longer than nothing.
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

// from is the time that lies so long after another.
func (d duration) from(t time.Time) time.Time { return t.AddDate(d.years, d.months, d.days) }

// leastDays is the number of days that the duration has at least, with the shortest months.
func (d duration) leastDays() int { return 365*d.years + 28*d.months + d.days }

// atLeast accepts durations of so many days or more.
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
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid Duration", fmt.Sprintf(
		"Found: %q.\nRequired: %s.\n"+
			"Why: Key Vault refuses others (Configure key auto-rotation in Azure Key Vault).\n"+
			"Remedy: write it like P90D or P1Y.\n\n%s",
		text, v.Description(ctx), diagnostic.NothingChanged))
}
