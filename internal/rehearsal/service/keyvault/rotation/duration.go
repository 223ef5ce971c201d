// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rotation

import (
	"regexp"
	"strconv"
	"time"
)

// duration is a duration as ISO 8601 writes it, "P90D". A month and a year are as long as the
// calendar makes them.
type duration struct {
	years, months, days int
	rest                time.Duration
}

var durationPattern = regexp.MustCompile(
	`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?` +
		`(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,5})S)?)?$`)

// parseDuration reads a duration and reports whether it is one, and longer than nothing.
func parseDuration(text string) (duration, bool) {
	parts := durationPattern.FindStringSubmatch(text)
	if parts == nil {
		return duration{}, false
	}
	var numbers [7]int
	for i := range numbers {
		// The pattern leaves short runs of digits, and nothing for what is not there.
		numbers[i], _ = strconv.Atoi(parts[i+1])
	}
	d := duration{
		years: numbers[0], months: numbers[1], days: 7*numbers[2] + numbers[3],
		rest: time.Duration(numbers[4])*time.Hour + time.Duration(numbers[5])*time.Minute +
			time.Duration(numbers[6])*time.Second,
	}
	return d, d != duration{}
}

// after returns the moment that lies so long after t.
func (d duration) after(t time.Time) time.Time {
	return t.AddDate(d.years, d.months, d.days).Add(d.rest)
}

// before returns the moment that lies so long before t.
func (d duration) before(t time.Time) time.Time {
	return t.AddDate(-d.years, -d.months, -d.days).Add(-d.rest)
}

// atLeast reports whether the duration is so many days or longer, with the shortest months.
func (d duration) atLeast(days int) bool {
	return d.years*365+d.months*28+d.days+int(d.rest/(24*time.Hour)) >= days
}
