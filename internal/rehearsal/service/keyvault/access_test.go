// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/resourcestest"
)

func TestTheChallenge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("asking", nil)
	foreign := map[string]any{
		"tenantId": "99999999-9999-9999-9999-999999999999", "accessPolicies": []any{},
	}
	w.vault("foreign", foreign)
	const message = "AKV10000: Request is missing a Bearer or PoP token."
	ask := func(vault, token string) (int, string, http.Header) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost,
			"https://"+vault+".vault.azure.net/keys/k/create?api-version=7.4", nil)
		if token != "" {
			r.Header.Set("Authorization", token)
		}
		answer := w.Send(t, r)
		if answer.Code() != "Unauthorized" {
			t.Errorf("%s: %v", token, answer.Body)
		}
		return answer.Status, answer.Text("error", "message"), answer.Header
	}
	for _, test := range []struct{ vault, token, message string }{
		{"asking", "", message},
		{"asking", "Basic abc", message},
		{"asking", "Bearer abc", "AKV10046: Unable to resolve the key used for signature validation."},
		{
			"asking", "Bearer " + w.token(w.Owner, "https://management.azure.com/"),
			"AKV10022: Invalid audience. Expected https://vault.azure.net, found: " +
				"https://management.azure.com/.",
		},
		{
			"foreign", "Bearer " + w.token(w.Owner, keyvault.Audience),
			"AKV10032: Invalid issuer. Expected one of " +
				"https://sts.windows.net/99999999-9999-9999-9999-999999999999/, found " +
				"https://sts.windows.net/" + w.Tenant + "/.",
		},
	} {
		status, reply, header := ask(test.vault, test.token)
		if status != http.StatusUnauthorized || reply != test.message {
			t.Errorf("%s with %s: %d %s", test.vault, test.token, status, reply)
		}
		tenant := w.Tenant
		if test.vault == "foreign" {
			tenant = "99999999-9999-9999-9999-999999999999"
		}
		challenge := `Bearer authorization="https://login.microsoftonline.com/` + tenant +
			`", resource="https://vault.azure.net"`
		if got := header.Get("WWW-Authenticate"); got != challenge {
			t.Errorf("the challenge is %s, want %s", got, challenge)
		}
		if header.Get("X-Ms-Keyvault-Region") != "westeurope" ||
			header.Get("X-Ms-Keyvault-Service-Version") == "" {
			t.Errorf("the headers are %v", header)
		}
	}
	old := w.token(w.Owner, keyvault.Audience)
	w.advance(2 * time.Hour)
	status, _, header := ask("asking", "Bearer "+old)
	if status != http.StatusUnauthorized ||
		!strings.Contains(header.Get("WWW-Authenticate"), `error="insufficient_claims", claims="`) {
		t.Errorf("an expired token: %d %v", status, header)
	}
}

// operation is a call that needs a permission of the access policies, or a data action of roles.
type operation struct{ permission, action, method, path, body string }

func operations() []operation {
	digest := strings.Repeat("QUJD", 10) + "QUI"
	policy := `{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},"action":{"type":"Rotate"}}]}`
	const value = `{"alg":"RSA1_5","value":"QUJD"}`
	return []operation{
		{"keys/get", "keys/read", "GET", "keys/k", ""},
		{"keys/list", "keys/read", "GET", "keys", ""},
		{"keys/create", "keys/create/action", "POST", "keys/new/create", ec},
		{"keys/update", "keys/update/action", "PATCH", "keys/k", "{}"},
		{"keys/delete", "keys/delete", "DELETE", "keys/spare", ""},
		{"keys/recover", "keys/recover/action", "POST", "deletedkeys/spare/recover", ""},
		{"keys/purge", "keys/purge/action", "DELETE", "deletedkeys/spare", ""},
		{"keys/backup", "keys/backup/action", "POST", "keys/new/backup", ""},
		{"keys/restore", "keys/restore/action", "POST", "keys/restore", `{"value":""}`},
		{"keys/rotate", "keys/rotate/action", "POST", "keys/new/rotate", ""},
		{"keys/getrotationpolicy", "keyrotationpolicies/read", "GET", "keys/k/rotationpolicy", ""},
		{"keys/setrotationpolicy", "keyrotationpolicies/write", "PUT", "keys/new/rotationpolicy", policy},
		{"keys/encrypt", "keys/encrypt/action", "POST", "keys/k/encrypt", value},
		{"keys/decrypt", "keys/decrypt/action", "POST", "keys/k/decrypt", value},
		{"keys/wrapKey", "keys/wrap/action", "POST", "keys/k/wrapkey", value},
		{"keys/unwrapKey", "keys/unwrap/action", "POST", "keys/k/unwrapkey", value},
		{
			"keys/sign", "keys/sign/action", "POST", "keys/k/sign",
			`{"alg":"RS256","value":"` + digest + `"}`,
		},
		{
			"keys/verify", "keys/verify/action", "POST", "keys/k/verify",
			`{"alg":"RS256","value":"QUJD","digest":"` + digest + `"}`,
		},
		{"secrets/get", "secrets/getSecret/action", "GET", "secrets/k", ""},
		{"secrets/list", "secrets/readMetadata/action", "GET", "secrets", ""},
		{"secrets/list", "secrets/readMetadata/action", "GET", "secrets/k/versions", ""},
		{"secrets/list", "secrets/readMetadata/action", "GET", "deletedsecrets", ""},
		{"secrets/set", "secrets/setSecret/action", "PUT", "secrets/new", `{"value":"v"}`},
		{"secrets/set", "secrets/update/action", "PATCH", "secrets/k", "{}"},
		{"secrets/delete", "secrets/delete", "DELETE", "secrets/spare", ""},
		{"secrets/get", "secrets/readMetadata/action", "GET", "deletedsecrets/spare", ""},
		{"secrets/recover", "secrets/recover/action", "POST", "deletedsecrets/spare/recover", ""},
		{"secrets/purge", "secrets/purge/action", "DELETE", "deletedsecrets/spare", ""},
		{"secrets/backup", "secrets/backup/action", "POST", "secrets/new/backup", ""},
		{"secrets/restore", "secrets/restore/action", "POST", "secrets/restore", `{"value":""}`},
	}
}

// objects makes what the operations are about.
func (w *world) objects(vault string) {
	w.t.Helper()
	for name, body := range map[string]string{"k": rsa, "spare": ec, "new": ec} {
		w.key(vault, name, body)
	}
	w.secrets(vault)
}

func (w *world) secrets(vault string) {
	w.t.Helper()
	for _, name := range []string{"k", "spare", "new"} {
		w.secret(vault, name, `{"value":"v"}`)
	}
}

func TestAccessPoliciesDecide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("policies", nil)
	w.objects("policies")
	for _, call := range operations() {
		kind, permission, _ := strings.Cut(call.permission, "/")
		others := []string{}
		for _, other := range operations() {
			if other.permission != call.permission {
				others = append(others, other.permission)
			}
		}
		for _, test := range []struct {
			granted []string
			allowed bool
		}{
			{[]string{call.permission}, true},
			{[]string{kind + "/all"}, true},
			{others, false},
			{nil, false},
		} {
			want(t, w.put("policies", map[string]any{"accessPolicies": []any{
				w.policy(w.Owner.ObjectID, everything...), w.policy(w.Stranger.ObjectID, test.granted...),
			}}), http.StatusOK)
			answer := w.dataAs(w.Stranger, call.method, "policies", call.path, call.body)
			if !test.allowed {
				refused(t, answer, http.StatusForbidden, "Forbidden", "AccessDenied", fmt.Sprintf(
					"The user, group or application 'appid=%s;oid=%s;iss=https://sts.windows.net/%s/' "+
						"does not have %s %s permission on key vault "+
						"'policies;location=westeurope'. For help resolving this issue, please see "+
						"https://go.microsoft.com/fwlink/?linkid=2125287",
					w.Stranger.AppID, w.Stranger.ObjectID, w.Tenant, kind, permission))
			} else if answer.Status == http.StatusForbidden {
				t.Errorf("%v does not allow %v: %v", test.granted, call, answer.Body)
			}
		}
	}
	// The portal writes permissions with capitals, and they come back so, which no document says.
	body := w.vaultBody(map[string]any{"accessPolicies": []any{
		w.policy(w.Stranger.ObjectID, "List"),
	}})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPut,
		"https://management.azure.com"+
			string(w.vaultID("policies"))+"?api-version="+vaultVersion, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+w.token(w.Owner, "https://management.azure.com"))
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, r)
	if !strings.Contains(recorder.Body.String(), `"keys":["List"]`) {
		t.Errorf("capitals came back as %s", recorder.Body)
	}
	want(t, w.dataAs(w.Stranger, http.MethodGet, "policies", "keys", ""), http.StatusOK)
	// An entry for an application that acts for a user is none for the application itself.
	entry := w.policy(w.Stranger.ObjectID, "all")
	entry["applicationId"] = w.Stranger.AppID
	want(t, w.put("policies", map[string]any{"accessPolicies": []any{entry}}), http.StatusOK)
	want(t, w.dataAs(w.Stranger, http.MethodGet, "policies", "keys", ""), http.StatusForbidden)
}

func TestRolesDecide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.vault("roles", nil)
	w.objects("roles")
	w.vault("roles", map[string]any{"enableRbacAuthorization": true})
	for _, call := range operations() {
		resource := strings.ToLower(string(id))
		segments := strings.Split(strings.TrimPrefix(call.path, "deleted"), "/")
		if len(segments) > 1 && segments[1] != "restore" {
			resource += "/" + segments[0] + "/" + segments[1]
		}
		// The owner of the subscription may manage the vault, not use its keys.
		refused(t, w.data(call.method, "roles", call.path, call.body),
			http.StatusForbidden, "Forbidden", "ForbiddenByRbac", fmt.Sprintf(
				"Caller is not authorized to perform action on resource.\r\nIf role assignments, "+
					"deny assignments or role definitions were changed recently, please observe "+
					"propagation time.\r\nCaller: appid=%s;oid=%s;iss=https://sts.windows.net/%s/"+
					"\r\nAction: 'Microsoft.KeyVault/vaults/%s'\r\nResource: '%s'\r\n"+
					"Assignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\n"+
					"Vault: roles;location=westeurope\r\n",
				w.Owner.AppID, w.Owner.ObjectID, w.Tenant, call.action, resource))
	}
	w.Transact(t, func(tx *engine.Tx) {
		w.Authorization.Assign(tx, id+"/keys/k", authorization.KeyVaultCryptoServiceEncryptionUser,
			w.Stranger.ObjectID)
	})
	want(t, w.dataAs(w.Stranger, http.MethodGet, "roles", "keys/k", ""), http.StatusOK)
	want(t, w.dataAs(w.Stranger, http.MethodGet, "roles", "keys/new", ""), http.StatusForbidden)
	want(t, w.dataAs(w.Stranger, http.MethodGet, "roles", "keys", ""), http.StatusForbidden)
	w.Transact(t, func(tx *engine.Tx) {
		w.Authorization.Assign(tx, w.Subscription, authorization.KeyVaultCryptoOfficer, w.Owner.ObjectID)
	})
	for _, call := range operations() {
		answer := w.data(call.method, "roles", call.path, call.body)
		if ofKeys := strings.HasPrefix(call.permission, "keys/"); ofKeys == (answer.Status == http.StatusForbidden) {
			t.Errorf("the officer, %v: %v", call, answer.Body)
		}
	}
}

// Each role allows the operations on secrets that it is documented to allow, at the vault and at one secret.
func TestRolesDecideAboutSecrets(t *testing.T) {
	t.Parallel()
	metadata := "secrets/readMetadata/action"
	for role, allowed := range map[string]func(action string) bool{
		authorization.KeyVaultAdministrator:  func(string) bool { return true },
		authorization.KeyVaultSecretsOfficer: func(string) bool { return true },
		authorization.KeyVaultSecretsUser: func(action string) bool {
			return action == metadata || action == "secrets/getSecret/action"
		},
		authorization.KeyVaultReader:        func(action string) bool { return action == metadata },
		authorization.KeyVaultCryptoOfficer: func(string) bool { return false },
		authorization.Owner:                 func(string) bool { return false },
	} {
		for _, scope := range []string{"", "/secrets/k"} {
			w := newWorld(t)
			id := w.vault("secretroles", nil)
			w.secrets("secretroles")
			w.vault("secretroles", map[string]any{"enableRbacAuthorization": true})
			w.Transact(t, func(tx *engine.Tx) {
				w.Authorization.Assign(tx, id+engine.ID(scope), role, w.Stranger.ObjectID)
			})
			for _, call := range operations() {
				if !strings.HasPrefix(call.permission, "secrets/") {
					continue
				}
				wanted := allowed(call.action) && (scope == "" || strings.HasPrefix(call.path, scope[1:]))
				answer := w.dataAs(w.Stranger, call.method, "secretroles", call.path, call.body)
				if (answer.Status != http.StatusForbidden) != wanted {
					t.Errorf("role %s at %q, %v: %d", role, scope, call, answer.Status)
				}
			}
		}
	}
}

func TestRoleAssignmentsChangeAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	roles := w.vault("byroles", map[string]any{"enableRbacAuthorization": true})
	policies := w.vault("bypolicy", nil)
	for _, scope := range []engine.ID{w.Subscription, w.group, roles, roles + "/keys/k"} {
		w.published = nil
		w.Transact(t, func(tx *engine.Tx) { tx.Publish(authorization.Changed, string(scope)) })
		if w.heard(keyvault.AccessChanged, string(policies)) {
			t.Errorf("a role at %s changes access by policy", scope)
		}
		w.Transact(t, func(tx *engine.Tx) { tx.Publish(authorization.Changed, string(scope)) })
		if !w.heard(keyvault.AccessChanged, string(roles)) {
			t.Errorf("a role at %s changes nothing", scope)
		}
	}
}

func TestAccessPoliciesTakeTheirTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("slow", nil)
	w.advance(time.Hour)
	w.Transact(t, func(tx *engine.Tx) { tx.SetGrantDelay(10 * time.Minute) })
	// What was granted before goes on; what is new takes its time, and a second write of it does
	// not begin that anew.
	grant := func() {
		want(t, w.put("slow", map[string]any{"accessPolicies": []any{
			w.policy(w.Owner.ObjectID, everything...), w.policy(w.Stranger.ObjectID, "list"),
		}}), http.StatusOK)
	}
	grant()
	want(t, w.data(http.MethodGet, "slow", "keys", ""), http.StatusOK)
	want(t, w.dataAs(w.Stranger, http.MethodGet, "slow", "keys", ""), http.StatusForbidden)
	w.advance(9 * time.Minute)
	grant()
	want(t, w.dataAs(w.Stranger, http.MethodGet, "slow", "keys", ""), http.StatusForbidden)
	w.published = nil
	w.advance(time.Minute)
	if !w.heard(keyvault.AccessChanged, string(w.vaultID("slow"))) {
		t.Error("nobody heard that the grant acts")
	}
	want(t, w.dataAs(w.Stranger, http.MethodGet, "slow", "keys", ""), http.StatusOK)
	// Taking away acts at once.
	want(t, w.put("slow", nil), http.StatusOK)
	want(t, w.dataAs(w.Stranger, http.MethodGet, "slow", "keys", ""), http.StatusForbidden)
}

func TestTheFirewall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rules := func(values ...string) []any {
		list := []any{}
		for _, value := range values {
			list = append(list, map[string]any{"value": value})
		}
		return list
	}
	const outside = "Client address is not authorized and caller is not a trusted service.\r\n" +
		"Client address: %s\r\nCaller: appid=%s;oid=%s;iss=https://sts.windows.net/%s/\r\n" +
		"Vault: wall;location=westeurope"
	for _, test := range []struct {
		from    string
		change  map[string]any
		allowed bool
	}{
		{"", map[string]any{"networkAcls": map[string]any{"defaultAction": "Deny"}}, false},
		{"", map[string]any{"networkAcls": map[string]any{
			"defaultAction": "Deny", "ipRules": rules("203.0.113.0/24", "127.0.0.1"),
		}}, true},
		{"198.51.100.9:5000", map[string]any{"networkAcls": map[string]any{
			"defaultAction": "Deny", "ipRules": rules("203.0.113.0/24", "127.0.0.1"),
		}}, false},
		{"203.0.113.9:5000", map[string]any{"networkAcls": map[string]any{
			"defaultAction": "deny", "ipRules": rules("203.0.113.0/24"),
		}}, true},
		{"[::1]:5000", map[string]any{"networkAcls": map[string]any{"defaultAction": "Deny"}}, false},
		{"", nil, true},
	} {
		w.vault("wall", test.change)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet,
			"https://wall.vault.azure.net/keys?api-version=7.4", nil)
		r.RemoteAddr = test.from
		r.Header.Set("Authorization", "Bearer "+w.token(w.Owner, keyvault.Audience))
		answer := w.Send(t, r)
		if test.allowed {
			want(t, answer, http.StatusOK)
			continue
		}
		from := "127.0.0.1"
		if test.from != "" {
			from = strings.Trim(strings.TrimSuffix(test.from, ":5000"), "[]")
		}
		refused(t, answer, http.StatusForbidden, "Forbidden", "ForbiddenByFirewall",
			fmt.Sprintf(outside, from, w.Owner.AppID, w.Owner.ObjectID, w.Tenant))
	}
	w.vault("wall", map[string]any{"publicNetworkAccess": "disabled"})
	refused(t, w.data(http.MethodGet, "wall", "keys", ""), http.StatusForbidden, "Forbidden",
		"ForbiddenByConnection", "Public network access is disabled and request is not from …")
	// The firewall is the data plane's: Resource Manager goes by it.
	want(t, w.arm(http.MethodGet, w.vaultID("wall")+"/keys", ""), http.StatusOK)
}

func TestWhatTheDataPlaneDoesNotHave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("lacking", nil)
	w.key("lacking", "k", ec)
	for call, wanted := range map[string]struct {
		status     int
		code, note string
	}{
		"PUT keys/k":                         {501, "NotImplemented", "ImportKey"},
		"POST keys/k/release":                {501, "NotImplemented", "release"},
		"POST rng":                           {501, "NotImplemented", "GetRandomBytes"},
		"GET secrets":                        {200, "", ""},
		"PUT secrets/k/v":                    {405, "MethodNotAllowed", "unknown route"},
		"GET certificates/c":                 {501, "NotImplemented", "certificates"},
		"GET certificates/contacts":          {404, "ContactsNotFound", "rehearsal's own"},
		"GET ":                               {405, "MethodNotAllowed", "unknown route"},
		"PATCH keys":                         {405, "MethodNotAllowed", "unknown route"},
		"POST keys/k/turn":                   {405, "MethodNotAllowed", "unknown route"},
		"GET keys?api-version=":              {400, "BadParameter", ""},
		"GET keys?api-version=6.0":           {400, "BadParameter", "unknown api-version"},
		"GET keys?api-version=yesterday":     {400, "BadParameter", "unknown api-version"},
		"GET keys?api-version=7.6":           {200, "", ""},
		"GET keys?api-version=7.6-preview.2": {200, "", ""},
		"GET keys?api-version=2025-07-01":    {200, "", ""},
	} {
		method, path, _ := strings.Cut(call, " ")
		answer := w.data(method, "lacking", path, "")
		if answer.Status != wanted.status || answer.Code() != wanted.code {
			t.Errorf("%s: %d %v", call, answer.Status, answer.Body)
		}
		if !strings.Contains(w.notes(), wanted.note) {
			t.Errorf("%s: the journal says %q, not %q", call, w.notes(), wanted.note)
		}
	}
	refused(t, w.data(http.MethodGet, "never", "keys", ""), http.StatusNotFound,
		keyvault.CodeVaultNotFound, "", "There is no vault never. In Azure its host name …")
}

// harbour has each vault at a port of its own.
type harbour struct{ engine.PublicCloud }

func (harbour) URI(*engine.Tx, engine.Domain, string) string { return "https://localhost:9001/" }

func (harbour) Account(_ *engine.Tx, _ engine.Domain, host string) string {
	if host == "localhost:9001" {
		return "docked"
	}
	return ""
}

func TestAVaultAtAPort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.WithAddresses(harbour{}))
	w.vault("docked", nil)
	send := func(method, url, body string) resourcestest.Answer {
		r := httptest.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		r.RemoteAddr = ""
		r.Header.Set("Authorization", "Bearer "+w.token(w.Owner, keyvault.Audience))
		r.Header.Set("Content-Type", "application/json")
		return w.Send(t, r)
	}
	for _, name := range []string{"a", "b"} {
		made := want(t, send(http.MethodPost,
			"https://localhost:9001/keys/"+name+"/create?api-version=7.4", ec), http.StatusOK)
		if kid := made.Text("key", "kid"); !strings.HasPrefix(kid, "https://localhost:9001/keys/"+name) {
			t.Errorf("the identifier is %s", kid)
		}
	}
	next := send(http.MethodGet, "https://localhost:9001/keys?api-version=7.4&maxresults=1", "").
		Text("nextLink")
	if page := want(t, send(http.MethodGet, next, ""), http.StatusOK); len(page.Value()) != 1 {
		t.Errorf("the second page is %v", page.Body)
	}
	if answer := send(http.MethodGet, "https://localhost:9002/keys?api-version=7.4", ""); answer.Code() !=
		keyvault.CodeVaultNotFound {
		t.Errorf("at another port: %v", answer.Body)
	}
	// The vault answers all paths at its address, as at its name in Azure, and none at another one.
	if answer := send(http.MethodGet, "https://localhost:9001/blobs", ""); answer.Code() != "BadParameter" {
		t.Errorf("an unknown path at the vault's port: %v", answer.Body)
	}
	if answer := send(http.MethodGet, "https://localhost:9002/blobs", ""); answer.Code() != "HostNotFound" {
		t.Errorf("an unknown path at another port: %v", answer.Body)
	}
}
