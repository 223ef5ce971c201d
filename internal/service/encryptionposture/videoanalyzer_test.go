// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestPosture_videoAnalyzer reads the posture of an account of the other kind: on the system's key,
// on a customer's, and without its grant.
func TestPosture_videoAnalyzer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	identity, principal := w.Identity("reader")
	w.account = w.VideoAnalyzer("contosovideo", w.storage, identity, principal)
	arguments := acctest.Value{"max_key_age_days": 90}
	want := func(compliant bool, want ...found) acctest.Value {
		t.Helper()
		shown := w.posture(w.Proto(), arguments)
		if diff := cmp.Diff(want, findings(shown)); diff != "" || shown["compliant"] != compliant || shown["known"] != true {
			t.Errorf("compliant %v, known %v (-want +got):\n%s", shown["compliant"], shown["known"], diff)
		}
		return shown
	}

	shown := want(false, found{"POS001", "error", w.account}, found{"POS009", "warning", w.storage})
	if kind := in(shown, "account")["kind"]; kind != "Video Analyzer account" {
		t.Errorf("it is a %v", kind)
	}

	w.Grant("keys", principal)
	w.attachAs(w.account, w.following, identity)
	shown = want(true, found{"POS009", "warning", w.storage})
	account, storage := in(shown, "account"), at(shown, "storage_accounts", 0)
	if account["type"] != "CustomerKey" || account["identity_type"] != "UserAssigned" ||
		account["user_assigned_identity_id"] != identity || account["second_layer"] != "Automatic" {
		t.Errorf("%v", account)
	}
	if storage["is_primary"] != true || storage["storage_authentication_type"] != "ManagedIdentity" ||
		storage["current_key_version"] != w.version {
		t.Errorf("%v", storage)
	}

	w.Revoke("keys", principal)
	w.Advance(day)
	shown = want(false, found{"CMK012", "error", w.account}, found{"POS009", "warning", w.storage})
	if text(in(shown, "account"), "status") == "" {
		t.Errorf("%v", shown)
	}
}
