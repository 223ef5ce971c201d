// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// backup asks for a backup of a key.
func (w *world) backup(vault, name string) string {
	w.t.Helper()
	return want(w.t, w.data(http.MethodPost, vault, "keys/"+name+"/backup", ""), http.StatusOK).Text("value")
}

func (w *world) restore(vault, value string) (kid string) {
	w.t.Helper()
	body := w.json(map[string]any{"value": value})
	return want(w.t, w.data(http.MethodPost, vault, "keys/restore", body), http.StatusOK).Text("key", "kid")
}

// lost makes a key, backs it up, and purges it.
func (w *world) lost(vault, name string) (value string) {
	w.t.Helper()
	w.key(vault, name, rsa)
	value = w.backup(vault, name)
	want(w.t, w.data(http.MethodDelete, vault, "keys/"+name, ""), http.StatusOK)
	want(w.t, w.data(http.MethodDelete, vault, "deletedkeys/"+name, ""), http.StatusNoContent)
	return value
}

// A key that was purged comes back with all its versions, and what it wrapped can be unwrapped.
func TestARestoredKeyUnwrapsWhatItWrapped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	vault := w.vault("keys", nil)
	first := w.key("keys", "media", rsa)
	var kid string
	var wrapped []byte
	secret := []byte("the key of an account")
	w.Transact(t, func(tx *engine.Tx) {
		var refused *engine.Error
		kid, wrapped, refused = w.vaults.Wrap(tx, w.Owner.ObjectID, strings.TrimSuffix(first, first[len(first)-33:]), secret)
		if refused != nil {
			t.Fatal(refused)
		}
	})
	newest := w.key("keys", "media", rsa)
	value := w.backup("keys", "media")
	want(t, w.data(http.MethodDelete, "keys", "keys/media", ""), http.StatusOK)
	want(t, w.data(http.MethodDelete, "keys", "deletedkeys/media", ""), http.StatusNoContent)
	unwrapped := func() (content []byte, refused *engine.Error) {
		w.Transact(t, func(tx *engine.Tx) {
			content, refused = w.vaults.Unwrap(tx, w.Owner.ObjectID, kid, wrapped)
		})
		return content, refused
	}
	if _, refused := unwrapped(); keyvault.ReasonOf(refused) != keyvault.KeyMissing {
		t.Errorf("unwrapped with a key that is purged: %v", refused)
	}

	w.published = nil
	if got := w.restore("keys", value); got != newest {
		t.Errorf("restored %s, want %s", got, newest)
	}
	if !w.heard(keyvault.AccessChanged, string(vault)) {
		t.Error("nobody was told of the restored key")
	}
	if content, refused := unwrapped(); refused != nil || !bytes.Equal(content, secret) {
		t.Errorf("unwrapped %q, %v", content, refused)
	}
}

// In another vault the identifier is another one, and the versions are the same.
func TestARestoredKeyInAnotherVault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("keys", nil)
	w.vault("others", nil)
	kid := w.key("keys", "media", ec)
	if got, wanted := w.restore("others", w.backup("keys", "media")), strings.Replace(kid, "//keys.", "//others.", 1); got != wanted {
		t.Errorf("restored %s, want %s", got, wanted)
	}
}

func TestWhatIsNotRestored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("keys", nil)
	w.vault("strict", map[string]any{"accessPolicies": []any{w.policy(w.Owner.ObjectID, "get", "create")}})
	w.key("keys", "media", ec)
	w.key("strict", "media", ec)
	body := w.json(map[string]any{"value": w.backup("keys", "media")})
	restore := func(vault, body string) (answered int, code, inner string) {
		answer := w.data(http.MethodPost, vault, "keys/restore", body)
		return answer.Status, answer.Code(), answer.Text("error", "innererror", "code")
	}
	for _, test := range []struct {
		name, vault, body, code, inner string
		status                         int
	}{
		{"the key is there", "keys", body, "Conflict", "", 409},
		{"no base64", "keys", `{"value":"!"}`, "BadParameter", "", 400},
		{"no backup", "keys", `{"value":"YmFja3Vw"}`, "BadParameter", "", 400},
		{"no permission", "strict", body, "Forbidden", "AccessDenied", 403},
	} {
		if status, code, inner := restore(test.vault, test.body); status != test.status || code != test.code || inner != test.inner {
			t.Errorf("%s: %d %s %s", test.name, status, code, inner)
		}
	}
	want(t, w.data(http.MethodDelete, "keys", "keys/media", ""), http.StatusOK)
	if status, _, inner := restore("keys", body); status != 409 || inner != "ObjectIsDeletedButRecoverable" {
		t.Errorf("over a deleted key: %d %s", status, inner)
	}
	refused(t, w.data(http.MethodPost, "strict", "keys/media/backup", ""), http.StatusForbidden,
		"Forbidden", "AccessDenied", "The user, group or application…")
	if answer := w.data(http.MethodPost, "keys", "keys/none/backup", ""); answer.Status != 404 {
		t.Errorf("backed up what is not there: %d", answer.Status)
	}
}
