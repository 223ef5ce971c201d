// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Duration is a calendar duration of a rotation policy.
type Duration struct{ years, months, days int }

var isoDuration = regexp.MustCompile(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?$`)

// ParseDuration parses an ISO 8601 duration of years, months and days that is not zero.
func ParseDuration(text string) (Duration, bool) {
	parts := isoDuration.FindStringSubmatch(text)
	if parts == nil {
		return Duration{}, false
	}
	var numbers [3]int
	for i := range numbers {
		numbers[i], _ = strconv.Atoi(parts[i+1]) // The expression has only digits, or nothing.
	}
	d := Duration{numbers[0], numbers[1], numbers[2]}
	return d, d != Duration{}
}

// From returns the time that is the duration after another.
func (d Duration) From(t time.Time) time.Time { return t.AddDate(d.years, d.months, d.days) }

// LeastDays returns the least number of days of the duration, with the shortest months.
func (d Duration) LeastDays() int { return 365*d.years + 28*d.months + d.days }

// before returns the time that is the duration before another.
func (d Duration) before(t time.Time) time.Time { return t.AddDate(-d.years, -d.months, -d.days) }

func (d Duration) isZero() bool { return d == Duration{} }

// leastInterval is the least time from the creation of a version to its rotation, and from there to its
// expiry.
const leastInterval = 7 * 24 * time.Hour

// RotationPolicy has Key Vault add new versions of a key by itself. A duration that is zero is not set.
type RotationPolicy struct{ ExpireAfter, TimeAfterCreation, TimeBeforeExpiry Duration }

func (p RotationPolicy) automatic() bool {
	return !p.TimeAfterCreation.isZero() || !p.TimeBeforeExpiry.isZero()
}

// due returns when the policy rotates a version with these dates, and whether it does. The zero time is no
// expiry.
func (p RotationPolicy) due(created, expires time.Time) (time.Time, bool) {
	switch {
	case !p.TimeAfterCreation.isZero():
		return p.TimeAfterCreation.From(created), true
	case p.TimeBeforeExpiry.isZero() || expires.IsZero():
		return time.Time{}, false
	default:
		return p.TimeBeforeExpiry.before(expires), true
	}
}

// The attributes of a key at fault.
const (
	attributeExpiration = "expiration_date"
	attributePolicy     = "rotation_policy.automatic"
)

// CheckRotationPolicy checks a rotation policy that is planned for a key (CMK019, CMK020). Dated says that the
// plan sets an expiry as well. The newest version has its dates if it is there and stays the newest.
func CheckRotationPolicy(policy RotationPolicy, dated bool, newest Key, now time.Time) (report rule.Report) {
	if !policy.automatic() {
		return report
	}
	if dated {
		report.Break(rule.Violation{
			Rule: Rule(CMK019), Severity: rule.Error, Attribute: attributeExpiration,
			Found:    "a date beside a rotation policy that has Key Vault add versions (rotation_policy.automatic)",
			Required: "the one or the other",
			Why: "Each version that Key Vault adds expires as the policy says (expire_after). An apply would set " +
				"this date again, and where it is near, Key Vault adds another version at once, for ever",
			Remedy: "Remove expiration_date, and set expire_after in rotation_policy; or remove automatic",
		})
	}
	if violation, broken := policy.interval(now.UTC()); broken {
		report.Break(violation)
		return report
	}
	created, known := newest.Created.Value()
	expires, _ := newest.Expires.Value()
	if due, rotates := policy.due(created, expires); known && rotates && !due.After(now) {
		report.Break(rule.Violation{
			Rule: Rule(CMK020), Severity: rule.Error, Attribute: attributePolicy,
			Found: fmt.Sprintf("a policy by which the newest version, of %s, was due on %s",
				created.UTC().Format(time.DateOnly), due.UTC().Format(time.DateOnly)),
			Required: "a policy that is not due for the newest version yet",
			Why:      "Key Vault adds a version as soon as it has the policy, and this plan does not show that",
			Remedy: "Have this apply add the version: change a value of rotate_when_changed. The policy then counts " +
				"from the new version",
		})
	}
	return report
}

// interval returns the violation if a version is rotated too soon after its creation, or too late before its
// expiry.
func (p RotationPolicy) interval(now time.Time) (violation rule.Violation, broken bool) {
	violation = rule.Violation{
		Rule: Rule(CMK020), Severity: rule.Error, Attribute: attributePolicy,
		Required: "a rotation 7 days or more after a version was created, and 7 days or more before it expires",
		Remedy:   "Raise expire_after, or lower the time in automatic",
	}
	expires := time.Time{}
	if !p.ExpireAfter.isZero() {
		expires = p.ExpireAfter.From(now)
	}
	due, rotates := p.due(now, expires)
	switch {
	case !rotates:
		return violation, false
	case due.Sub(now) < leastInterval:
		violation.Found = "a rotation that is due " + days(due.Sub(now)) + " after a version was created"
		violation.Why = "Each new version would be due for the next rotation at once"
	case !expires.IsZero() && expires.Sub(due) < leastInterval:
		violation.Title = "Rotation Too Close To The Expiry"
		violation.Found = "a rotation that is due " + days(expires.Sub(due)) + " before a version expires"
		violation.Why = "Accounts need days to move to a new version, and no account can be attached to an expired one"
	default:
		return violation, false
	}
	return violation, true
}

func days(d time.Duration) string { return fmt.Sprintf("%d days", int(d.Hours()/24)) }
