// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rotation_test

import (
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/rotation"
)

var leap = time.Date(2028, time.January, 31, 12, 0, 0, 0, time.UTC)

func sent(kind, after, before, expiry string) rotation.Sent {
	var action rotation.Action
	action.Action.Type = kind
	action.Trigger.AfterCreate, action.Trigger.BeforeExpiry = after, before
	policy := rotation.Sent{Actions: []rotation.Action{action}}
	policy.Attributes.Expiry = expiry
	return policy
}

func TestWhenAPolicyIsDue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sent    rotation.Sent
		expires time.Time
		due     string
	}{
		{sent("Rotate", "P30D", "", ""), time.Time{}, "2028-03-01T12:00:00Z"},
		{sent("ROTATE", "P1M", "", ""), time.Time{}, "2028-03-02T12:00:00Z"},
		{sent("Rotate", "P1YT36H30M5S", "", ""), time.Time{}, "2029-02-02T00:30:05Z"},
		{sent("Rotate", "P2W", "", ""), time.Time{}, "2028-02-14T12:00:00Z"},
		{sent("Rotate", "", "P10D", "P90D"), leap.AddDate(0, 0, 40), "2028-03-01T12:00:00Z"},
		{sent("Rotate", "", "P10D", "P90D"), time.Time{}, ""},
		{sent("Notify", "", "P10D", "P90D"), leap.AddDate(0, 0, 40), ""},
		{rotation.Sent{}, leap.AddDate(0, 0, 40), ""},
	} {
		policy, err := test.sent.Policy(leap)
		if err != nil {
			t.Errorf("%+v: %v", test.sent, err)
			continue
		}
		due, ever := policy.Due(leap, test.expires)
		if got := due.Format(time.RFC3339); ever != (test.due != "") || ever && got != test.due {
			t.Errorf("%+v is due %s, %v, want %s", test.sent, got, ever, test.due)
		}
	}
}

func TestWhenAVersionExpires(t *testing.T) {
	t.Parallel()
	for expiry, want := range map[string]string{
		"": "", "P28D": "2028-02-28T12:00:00Z", "P1Y": "2029-01-31T12:00:00Z",
	} {
		var policy rotation.Sent
		policy.Attributes.Expiry = expiry
		made, err := policy.Policy(leap)
		if err != nil {
			t.Fatal(err)
		}
		expires, ever := made.Expires(leap)
		if got := expires.Format(time.RFC3339); ever != (want != "") || ever && got != want {
			t.Errorf("%q expires %s, %v, want %s", expiry, got, ever, want)
		}
	}
}

func TestPoliciesThatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	for _, policy := range []rotation.Sent{
		sent("Rotate", "P6D", "", ""), sent("Rotate", "", "P6D", "P90D"),
		sent("Rotate", "", "P30D", "P30D"), sent("Rotate", "", "P30D", "P36D"),
		sent("Rotate", "", "P30D", ""), sent("Rotate", "P30D", "P30D", "P90D"),
		sent("Rotate", "", "", "P90D"), sent("Rotate", "P30D", "", "P27D"),
		sent("Rotate", "P0D", "", ""), sent("Rotate", "PT", "", ""), sent("Rotate", "soon", "", ""),
		sent("Notify", "P30D", "", "P90D"), sent("Wake", "P30D", "", ""),
		{Actions: append(sent("Rotate", "P30D", "", "").Actions, sent("rotate", "P9D", "", "").Actions...)},
	} {
		if _, err := policy.Policy(leap); err == nil {
			t.Errorf("%+v can be followed", policy)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add("Rotate", "P30D", "", "P90D")
	f.Add("Notify", "", "P1Y2M3W4DT5H6M7S", "P9999Y")
	f.Fuzz(func(_ *testing.T, kind, after, before, expiry string) {
		if policy, err := sent(kind, after, before, expiry).Policy(leap); err == nil {
			policy.Due(leap, leap)
			policy.Expires(leap)
		}
	})
}
