// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/resourcestest"
)

// world is an Azure with Key Vault and one resource group, at a time of its own.
type world struct {
	*resourcestest.Cloud

	t      *testing.T
	vaults *keyvault.Service
	group  engine.ID
	// published is what Key Vault published, "topic subject".
	published []string
}

// start is when the worlds of the tests begin.
var start = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, options ...engine.Option) *world {
	t.Helper()
	options = append(options, engine.WithTime(func() time.Time { return start }))
	w := &world{t: t, Cloud: resourcestest.New(t, options...)}
	w.vaults = keyvault.New(w.Engine, w.Directory, w.Authorization)
	for _, topic := range []string{keyvault.KeyVersionAdded, keyvault.AccessChanged} {
		w.Subscribe(topic, func(_ *engine.Tx, subject string) {
			w.published = append(w.published, topic+" "+subject)
		})
	}
	w.group = w.Group(t, "media")
	return w
}

// The versions that the tests speak, unless they are about versions.
const (
	vaultVersion = "2023-07-01"
	keyVersion   = "7.4"
)

func (w *world) vaultID(name string) engine.ID {
	return w.group + "/providers/Microsoft.KeyVault/vaults/" + engine.ID(name)
}

// arm sends a request to Resource Manager as the owner.
func (w *world) arm(method string, path engine.ID, body string) resourcestest.Answer {
	w.t.Helper()
	return w.As(w.t, w.Owner, method, string(path)+"?api-version="+vaultVersion, body)
}

// put writes a vault. Properties are added to those that every vault needs; nil takes one away.
func (w *world) put(name string, properties map[string]any) resourcestest.Answer {
	w.t.Helper()
	return w.arm(http.MethodPut, w.vaultID(name), w.vaultBody(properties))
}

func (w *world) vaultBody(properties map[string]any) string {
	w.t.Helper()
	all := engine.Merge(map[string]any{
		"tenantId":                w.Tenant,
		"sku":                     map[string]any{"family": "A", "name": "standard"},
		"accessPolicies":          []any{w.policy(w.Owner.ObjectID, everything...)},
		"enableRbacAuthorization": false,
	}, properties)
	return w.json(map[string]any{"location": "West Europe", "properties": all})
}

func (w *world) json(value any) string {
	w.t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(encoded)
}

// everything are the permissions of the owner of a vault.
var everything = []string{"keys/all", "secrets/all"}

// policy is an entry of the access policies. Permissions are to keys where they have no kind, "secrets/get".
func (w *world) policy(object string, permissions ...string) map[string]any {
	granted := map[string][]string{"keys": {}}
	for _, permission := range permissions {
		kind, name, ok := strings.Cut(permission, "/")
		if !ok {
			kind, name = "keys", permission
		}
		granted[kind] = append(granted[kind], name)
	}
	return map[string]any{"tenantId": w.Tenant, "objectId": object, "permissions": granted}
}

// vault makes a vault whose owner may do everything with its keys and secrets.
func (w *world) vault(name string, properties map[string]any) engine.ID {
	w.t.Helper()
	want(w.t, w.put(name, properties), http.StatusOK)
	return w.vaultID(name)
}

// token is a token of a principal.
func (w *world) token(sp entra.Credentials, audience string) string {
	w.t.Helper()
	var token string
	w.Transact(w.t, func(tx *engine.Tx) {
		var err error
		if token, err = w.Directory.Token(tx, sp.ObjectID, audience); err != nil {
			w.t.Fatal(err)
		}
	})
	return token
}

// data sends a request to a vault as the owner. The path may have a query.
func (w *world) data(method, vault, path, body string) resourcestest.Answer {
	w.t.Helper()
	return w.dataAs(w.Owner, method, vault, path, body)
}

func (w *world) dataAs(
	sp entra.Credentials, method, vault, path, body string,
) resourcestest.Answer {
	w.t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	if !strings.Contains(path, "api-version") {
		path += separator + "api-version=" + keyVersion
	}
	r := httptest.NewRequestWithContext(w.t.Context(), method,
		"https://"+vault+".vault.azure.net/"+path,
		strings.NewReader(body))
	r.RemoteAddr = "" // as in the process
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer "+w.token(sp, keyvault.Audience))
	return w.Send(w.t, r)
}

// key makes a key, or a version of one, and returns its identifier with the version. Keys on a
// curve cost less time than RSA keys.
func (w *world) key(vault, name, body string) string {
	w.t.Helper()
	made := want(w.t, w.data(http.MethodPost, vault, "keys/"+name+"/create", body), http.StatusOK)
	return made.Text("key", "kid")
}

// secret makes a secret, or a version of one, and returns its identifier with the version.
func (w *world) secret(vault, name, body string) string {
	w.t.Helper()
	return want(w.t, w.data(http.MethodPut, vault, "secrets/"+name, body), http.StatusOK).Text("id")
}

const (
	ec  = `{"kty":"EC"}`
	rsa = `{"kty":"RSA"}`
)

// advance moves the clock on and has what comes due happen.
func (w *world) advance(d time.Duration) {
	w.t.Helper()
	w.Transact(w.t, func(tx *engine.Tx) { tx.Advance(d) })
	w.Transact(w.t, func(*engine.Tx) {})
}

// heard reports whether Key Vault published something since it was last asked.
func (w *world) heard(topic, subject string) bool {
	defer func() { w.published = nil }()
	return slices.Contains(w.published, topic+" "+subject)
}

// notes are the remarks in the journal's last entry.
func (w *world) notes() string {
	w.t.Helper()
	var notes []string
	w.Transact(w.t, func(tx *engine.Tx) {
		entries := tx.Journal(0)
		notes = entries[len(entries)-1].Notes
	})
	return strings.Join(notes, "\n")
}

// want fails the test where an answer has another status, and returns the answer.
func want(t *testing.T, answer resourcestest.Answer, status int) resourcestest.Answer {
	t.Helper()
	if answer.Status != status {
		t.Fatalf("answered %d %v, want %d", answer.Status, answer.Body, status)
	}
	return answer
}

// refused fails the test where an answer is not this refusal. inner is the narrower code, and
// message the sentence or, where it ends with "…", what it begins with.
func refused(
	t *testing.T, answer resourcestest.Answer, status int, code, inner, message string,
) {
	t.Helper()
	got := fmt.Sprintf("%d %s %s", answer.Status, answer.Code(),
		answer.Text("error", "innererror", "code"))
	if wanted := fmt.Sprintf("%d %s %s", status, code, inner); got != wanted {
		t.Errorf("refused with %q, want %q: %v", got, wanted, answer.Body)
	}
	reply := answer.Text("error", "message")
	if beginning, ok := strings.CutSuffix(message, "…"); ok {
		if !strings.HasPrefix(reply, beginning) {
			t.Errorf("refused with\n%s\nwant\n%s", reply, message)
		}
	} else if reply != message {
		t.Errorf("refused with\n%s\nwant\n%s", reply, message)
	}
}
