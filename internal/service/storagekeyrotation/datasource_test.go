// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestDataSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.newStorage("contoso")
	w.Advance(10 * day)
	w.regenerate("contoso", "key2")
	w.Advance(80*day + hours)
	config := acctest.Value{"storage_account_id": w.storage("contoso")}
	for name, test := range map[string]struct {
		interval any
		due      bool
		overdue  bool
	}{
		"no interval": {},
		"not due":     {interval: "P91D", due: true},
		"overdue":     {interval: "P89DT23H", due: true, overdue: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown, diags := w.proto.ReadData(resourceType, with(config, acctest.Value{
				"rotation_interval": test.interval,
			}))
			wantSilence(t, diags)
			if shown["key1_age_in_days"] != 90.0 || shown["key2_age_in_days"] != 80.0 {
				t.Errorf("the ages are %v and %v", shown["key1_age_in_days"], shown["key2_age_in_days"])
			}
			if shown["overdue"] != test.overdue || (shown["next_rotation_at"] != nil) != test.due {
				t.Errorf("overdue %v, due at %v", shown["overdue"], shown["next_rotation_at"])
			}
			if gap := between(t, shown, "key1_created_at", "observed_at"); gap < 90*day || gap > 91*day {
				t.Errorf("observed after %s", gap)
			}
		})
	}
	_, diags := w.proto.ReadData(resourceType, acctest.Value{"storage_account_id": w.storage("nobody")})
	wantSaid(t, diags, "Storage Key Rotation Not Read", w.storage("nobody"))
}

// TestValidation holds configurations against what can be said without Azure.
func TestValidation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct {
		config  acctest.Value
		summary string
		texts   []string
	}{
		"settling time too short": {
			acctest.Value{"settling_time": "PT5H59M"},
			"Settling Time Too Short (ROT002)",
			[]string{
				"Found: a settling time of PT5H59M", "Required: PT6H or longer", "A client that still uses the old first key fails",
				"emergency = true", "Nothing was changed",
			},
		},
		"settling time": {
			acctest.Value{"settling_time": "6h"},
			"Invalid Duration",
			[]string{`Found: "6h"`, "at least PT6H", "P90D or PT6H"},
		},
		"interval too short": {
			acctest.Value{"rotation_interval": "PT11H"}, "Invalid Duration", []string{"at least PT12H"},
		},
		"interval of nothing": {
			acctest.Value{"rotation_interval": "PT"}, "Invalid Duration", []string{`"PT"`},
		},
		"strategy": {acctest.Value{"strategy": "either"}, "Value Not Allowed", nil},
		"address": {
			acctest.Value{"verify": []any{acctest.Value{"url": "ftp://x"}}},
			"Value Not Allowed",
			[]string{"https://"},
		},
		"body": {
			acctest.Value{"verify": []any{acctest.Value{"url": "https://x", "expected_body": "("}}},
			"Invalid Regular Expression",
			[]string{`Found: "("`, "RE2", "missing closing"},
		},
		"header": {
			acctest.Value{"verify": []any{acctest.Value{
				"url": "https://x", "expected_headers": acctest.Value{"Server": "["},
			}}}, "Invalid Regular Expression", []string{`Found: "["`},
		},
		"attempts": {
			acctest.Value{"verify": []any{acctest.Value{"url": "https://x", "attempts": 0}}},
			"Value Not Allowed", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantSaid(t, w.proto.Validate(resourceType, with(w.rotation(), test.config)), test.summary, test.texts...)
		})
	}
	wantSilence(t, w.proto.Validate(resourceType, with(w.rotation(), acctest.Value{
		"settling_time": "P1DT2H30M", "rotation_interval": "P90D", "strategy": "alternate",
		"verify": []any{acctest.Value{
			"url": "https://x", "expected_body": acctest.Unknown{},
			"expected_headers": acctest.Value{"Server": "^x$", "Via": acctest.Unknown{}},
		}},
	})))
}
