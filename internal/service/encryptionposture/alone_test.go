// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
)

// TestPosture_storageAccount reads the posture of a storage account for itself: its own key, its second layer
// and the age of its access keys, and nothing about who uses it.
func TestPosture_storageAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account = w.storage
	proto := w.Proto()
	var shown acctest.Value
	calls := w.Calls(func() { shown = w.posture(proto, acctest.Value{"max_key_age_days": 90}) })
	reads := 0
	for _, call := range calls {
		if strings.HasSuffix(call, "Microsoft.Storage/storageAccounts/contoso") {
			reads++
		}
	}
	if diff := cmp.Diff([]found(nil), findings(shown)); diff != "" || shown["compliant"] != true || reads != 1 {
		t.Errorf("%v, read %d times (-want +got):\n%s", shown["compliant"], reads, diff)
	}
	account, itself := in(shown, "account"), at(shown, "storage_accounts", 0)
	if account["kind"] != "storage account" || account["second_layer"] != nil || account["current_key_version"] != w.version {
		t.Errorf("%v", account)
	}
	if itself["id"] != w.storage || itself["is_primary"] != nil || itself["storage_authentication_type"] != nil ||
		itself["infrastructure_encryption_enabled"] != true || fmt.Sprint(itself["key1_age_in_days"]) != "0" {
		t.Errorf("%v", itself)
	}

	w.Advance(91 * day)
	w.account = w.store("plain", withoutSecondLayer)
	waived := acctest.Value{"require_customer_key": false, "max_key_age_days": 90}
	want := []found{{"POS002", "error", w.account}, {"POS001", "info", w.account}}
	if diff := cmp.Diff(want, findings(w.posture(w.Proto(), waived))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.account = w.storage
	aged := []found{{"POS007", "error", w.storage}, {"POS007", "error", w.storage}}
	if diff := cmp.Diff(aged, findings(w.posture(w.Proto(), waived))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPosture_batch reads the posture of a Batch account and its auto-storage account. It reports neither its
// version nor whether it can access its key, so a missing grant is an error.
func TestPosture_batch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account = w.BatchAccount("batch", w.storage)
	principal := *w.ShowBatchAccount("batch").Identity.PrincipalID
	note := found{"POS010", "info", w.storage}
	want := func(want ...found) acctest.Value {
		t.Helper()
		shown := w.posture(w.Proto(), acctest.Value{"max_key_age_days": 90})
		if diff := cmp.Diff(want, findings(shown)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		return shown
	}
	want(found{"POS001", "error", w.account}, note)
	w.Grant("keys", principal)
	w.attach(w.account, w.following)
	shown := want(note)
	account, storage := in(shown, "account"), at(shown, "storage_accounts", 0)
	if account["kind"] != "Batch account" || account["type"] != "CustomerKey" || account["current_key_version"] != nil ||
		account["second_layer"] != nil || storage["is_primary"] != true || storage["storage_authentication_type"] != "System" {
		t.Errorf("%v\n%v", account, storage)
	}
	w.Revoke("keys", principal)
	want(found{"CMK009", "error", w.account}, note)
}

// TestAccPosture_everyKind reads the posture of an account of each kind.
func TestAccPosture_everyKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	identity, principal := w.Identity("reader")
	ids := map[string]string{
		"media": w.account, "storage": w.storage, "batch": w.BatchAccount("batch", w.storage),
		"video": w.VideoAnalyzer("video", w.storage, identity, principal),
	}
	var data strings.Builder
	var checks []statecheck.StateCheck
	for name, id := range ids {
		fmt.Fprintf(&data, "data %q %q {\n  account_id = %q\n}\n", dataSource, name, id)
		complies := knownvalue.Bool(name == "media" || name == "storage")
		checks = append(checks, check.Resource("data."+dataSource+"."+name).Has("compliant", complies))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps:                    []resource.TestStep{{Config: w.Config(data.String()), ConfigStateChecks: checks}},
	})
}

// TestPosture_secrets finds a secret with a key that the storage account no longer has, if it is asked to look.
func TestPosture_secrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.store("shop")
	w.account = id
	w.Vault("apps")
	made := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err := w.Secrets("apps").SetSecret(t.Context(), "shop-key", azsecrets.SetSecretParameters{
		Value: to.Ptr("x"), Tags: map[string]*string{
			keyholder.TagAccount: &id, keyholder.TagKey: to.Ptr("key1"), keyholder.TagCreated: to.Ptr(made.Format(time.RFC3339)),
		},
	}, nil)
	w.must(err)
	for _, looks := range []bool{false, true} {
		shown := fmt.Sprint(w.posture(w.Proto(), acctest.Value{"check_secrets": looks})["findings"])
		found := strings.Contains(shown, "Key Vault secret apps/shop-key, which holds a key1 that was made at 2026-01-01T00:00:00Z")
		if found != looks {
			t.Errorf("asked to look %t: %s", looks, shown)
		}
	}
}
