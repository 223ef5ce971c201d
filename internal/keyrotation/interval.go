// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseInterval reads an ISO 8601 duration of days, hours and minutes. Years and months have no fixed
// length.
func ParseInterval(text string) (time.Duration, bool) {
	parts := isoInterval.FindStringSubmatch(text)
	if parts == nil || strings.HasSuffix(text, "T") {
		return 0, false
	}
	var total time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		number, _ := strconv.Atoi(parts[i+1]) // The expression has only digits, or nothing.
		total += time.Duration(number) * unit
	}
	return total, total > 0
}

var isoInterval = regexp.MustCompile(`^P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?)?$`)

// Older reports whether one of the keys was made before a time. One whose time is not known was made before
// Azure kept the times.
func Older(created Keys[time.Time], than time.Time) bool {
	return created.Key1.Before(than) || created.Key2.Before(than)
}

// Rotated reports whether one of the keys is known to be newer than its storage account.
func Rotated(created Keys[time.Time], account time.Time) bool {
	since := account.Add(time.Minute)
	return created.Key1.After(since) || created.Key2.After(since)
}
