// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// TestCheckRotationPolicy holds policies against CMK019 and CMK020.
func TestCheckRotationPolicy(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	policy := func(expire, after, before string) customerkey.RotationPolicy {
		var parsed [3]customerkey.Duration
		for i, text := range []string{expire, after, before} {
			parsed[i], _ = customerkey.ParseDuration(text)
		}
		return customerkey.RotationPolicy{ExpireAfter: parsed[0], TimeAfterCreation: parsed[1], TimeBeforeExpiry: parsed[2]}
	}
	aged := func(age, left time.Duration) (key customerkey.Key) {
		key.Created = rule.Known(now.Add(-age))
		key.Expires = rule.Known(time.Time{})
		if left > 0 {
			key.Expires = rule.Known(now.Add(left))
		}
		return key
	}
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		policy customerkey.RotationPolicy
		dated  bool
		newest customerkey.Key
		want   string // The rule and a part of what was found, or nothing.
	}{
		"nothing by itself":               {policy("P28D", "", ""), true, customerkey.Key{}, ""},
		"expiry beside it":                {policy("P1Y", "", "P60D"), true, customerkey.Key{}, "CMK019 a date beside a rotation policy"},
		"expiry beside the age":           {policy("", "P60D", ""), true, customerkey.Key{}, "CMK019 a date beside a rotation policy"},
		"before expiry":                   {policy("P365D", "", "P60D"), false, customerkey.Key{}, ""},
		"a week after creation":           {policy("P37D", "", "P30D"), false, customerkey.Key{}, ""},
		"a little less":                   {policy("P36D", "", "P30D"), false, customerkey.Key{}, "CMK020 due 6 days after a version was created"},
		"at once":                         {policy("P30D", "", "P30D"), false, customerkey.Key{}, "CMK020 due 0 days after a version was created"},
		"before it is there":              {policy("P30D", "", "P40D"), false, customerkey.Key{}, "CMK020 due -10 days after a version was created"},
		"in a short month":                {policy("P1M", "", "P27D"), false, customerkey.Key{}, "CMK020 due 4 days after a version was created"},
		"an age alone":                    {policy("", "P7D", ""), false, customerkey.Key{}, ""},
		"an age a week before expiry":     {policy("P37D", "P30D", ""), false, customerkey.Key{}, ""},
		"an age too close to expiry":      {policy("P36D", "P30D", ""), false, customerkey.Key{}, "CMK020 due 6 days before a version expires"},
		"an age after expiry":             {policy("P30D", "P60D", ""), false, customerkey.Key{}, "CMK020 due -30 days before a version expires"},
		"younger than the age":            {policy("", "P30D", ""), false, aged(29*day, 0), ""},
		"as old as the age":               {policy("", "P30D", ""), false, aged(30*day, 0), "CMK020 the newest version, of 2026-01-30, was due on 2026-03-01"},
		"far from its expiry":             {policy("P90D", "", "P30D"), false, aged(80*day, 31*day), ""},
		"close to its expiry":             {policy("P90D", "", "P30D"), false, aged(80*day, 29*day), "CMK020 was due on 2026-02-28"},
		"without expiry, it is never due": {policy("P90D", "", "P30D"), false, aged(80*day, 0), ""},
		"unknown dates":                   {policy("P90D", "", "P30D"), false, customerkey.Key{}, ""},
	} {
		var got string
		for _, violation := range customerkey.CheckRotationPolicy(test.policy, test.dated, test.newest, now).Violations {
			got += string(violation.Rule.ID) + " " + violation.Found + violation.Remedy
		}
		id, found, _ := strings.Cut(test.want, " ")
		if (test.want == "") != (got == "") || !strings.HasPrefix(got, id) || !strings.Contains(got, found) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
