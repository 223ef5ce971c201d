// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

func TestAKeyIsShownAsRecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("showing", map[string]any{"softDeleteRetentionInDays": 7})
	made := want(t, w.data(http.MethodPost, "showing", "keys/n/create?api-version=7.5",
		`{"kty":"RSA","attributes":{"nbf":1772000000,"exp":1899000000},"tags":{"a":"b"}}`),
		http.StatusOK)
	kid := made.Text("key", "kid")
	if version, ok := strings.CutPrefix(kid, "https://showing.vault.azure.net/keys/n/"); !ok ||
		len(version) != 32 {
		t.Errorf("the identifier is %s", kid)
	}
	attributes := map[string]any{
		"enabled": true, "created": float64(start.Unix()), "updated": float64(start.Unix()),
		"nbf": 1772000000.0, "exp": 1899000000.0,
		"recoveryLevel": "CustomizedRecoverable+Purgeable", "recoverableDays": 7.0,
		"exportable": false, "hsmPlatform": "0",
	}
	wanted := map[string]any{
		"key": map[string]any{
			"kid": kid, "kty": "RSA", "e": "AQAB",
			"key_ops": []any{"encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"},
		},
		"attributes": attributes,
		"tags":       map[string]any{"a": "b"},
	}
	modulus := cmpopts.IgnoreMapEntries(func(name string, _ any) bool { return name == "n" })
	if diff := cmp.Diff(wanted, made.Body, modulus); diff != "" {
		t.Errorf("the key (-want +got):\n%s", diff)
	}
	if length := len(made.Text("key", "n")); length != 342 {
		t.Errorf("the modulus has %d characters, want 342 for 2048 bits", length)
	}
	if !w.heard(keyvault.KeyVersionAdded, "https://showing.vault.azure.net/keys/n") {
		t.Error("nobody heard of the version")
	}
	// The same key by every way to name it.
	for _, path := range []string{"keys/n", "keys/n/", "Keys/N/" + kid[len(kid)-32:]} {
		shown := want(t, w.data(http.MethodGet, "showing", path+"?api-version=7.5", ""), http.StatusOK)
		if diff := cmp.Diff(made.Body, shown.Body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	// Older versions know fewer attributes.
	for version, missing := range map[string][]string{
		"7.0": {"recoverableDays", "exportable", "hsmPlatform"},
		"7.1": {"exportable", "hsmPlatform"}, "7.2": {"exportable", "hsmPlatform"},
		"7.3": {"hsmPlatform"}, "7.4": {"hsmPlatform"}, "2025-07-01": nil,
	} {
		shown := w.data(http.MethodGet, "showing", "keys/n?api-version="+version, "")
		got, _ := shown.Body["attributes"].(map[string]any)
		for name := range attributes {
			if _, ok := got[name]; ok == slices.Contains(missing, name) {
				t.Errorf("at %s %s is shown: %v", version, name, ok)
			}
		}
	}
}

func TestRecoveryLevels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, test := range []struct {
		change map[string]any
		level  string
	}{
		{nil, "Recoverable+Purgeable"},
		{map[string]any{"enablePurgeProtection": true}, "Recoverable"},
		{map[string]any{"softDeleteRetentionInDays": 89}, "CustomizedRecoverable+Purgeable"},
		{
			map[string]any{"softDeleteRetentionInDays": 7, "enablePurgeProtection": true},
			"CustomizedRecoverable",
		},
	} {
		name := fmt.Sprintf("level%d", i)
		w.vault(name, test.change)
		made := w.data(http.MethodPost, name, "keys/k/create", ec)
		if got := made.Text("attributes", "recoveryLevel"); got != test.level {
			t.Errorf("%v: %s, want %s", test.change, got, test.level)
		}
	}
}

func TestWhatKeysAVaultMakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("making", nil)
	w.vault("premium", map[string]any{"sku": map[string]any{"family": "A", "name": "Premium"}})
	for _, test := range []struct {
		vault, body string
		status      int
		code        string
	}{
		{"making", `{"kty":"ec","crv":"P-384"}`, 200, ""},
		{"making", `{"kty":"EC","crv":"P-521","key_ops":["sign"]}`, 200, ""},
		{"making", `{"kty":"RSA-HSM"}`, 400, "BadParameter"},
		{"making", `{"kty":"EC-HSM"}`, 400, "BadParameter"},
		{"premium", `{"kty":"EC-HSM"}`, 200, ""},
		{"premium", `{"kty":"oct-HSM"}`, 400, "BadParameter"},
		{"premium", `{"kty":"oct"}`, 400, "BadParameter"},
		{"making", `{"kty":"DSA"}`, 400, "BadParameter"},
		{"making", `{}`, 400, "BadParameter"},
		{"making", ``, 400, "BadParameter"},
		{"making", `{"kty":"EC"`, 400, "BadParameter"},
		{"making", `{"kty":"RSA","key_size":1024}`, 400, "BadParameter"},
		{"making", `{"kty":"RSA","public_exponent":3}`, 501, "NotImplemented"},
		{"making", `{"kty":"EC","crv":"P-256K"}`, 501, "NotImplemented"},
		{"making", `{"kty":"EC","attributes":{"exportable":true}}`, 501, "NotImplemented"},
		{"making", `{"kty":"EC","release_policy":{"data":"e30"}}`, 501, "NotImplemented"},
		{"making", `{"kty":"EC","key_ops":["wrapKey"]}`, 400, "BadParameter"},
		{"making", `{"kty":"EC","attributes":{"nbf":2,"exp":2}}`, 400, "BadParameter"},
		{"making", `{"kty":"EC","attribute":{}}`, 400, "BadParameter"},
		{"making", `{"kty":"EC","attributes":{"enabled":"yes"}}`, 400, "BadParameter"},
	} {
		answer := w.data(http.MethodPost, test.vault, "keys/k/create", test.body)
		if answer.Status != test.status || answer.Code() != test.code {
			t.Errorf("%s in %s: %d %v", test.body, test.vault, answer.Status, answer.Body)
		}
	}
	hsm := w.data(http.MethodGet, "premium", "keys/k?api-version=7.6", "")
	if hsm.Text("key", "kty") != "EC-HSM" || hsm.Text("attributes", "hsmPlatform") != "2" ||
		hsm.Text("key", "crv") != "P-256" || len(hsm.Text("key", "x")) != 43 {
		t.Errorf("the HSM key is %v", hsm.Body)
	}
	// A newer version may know a field that the documents do not.
	answer := w.data(http.MethodPost, "making", "keys/k/create?api-version=2027-01-01",
		`{"kty":"EC","novelty":true}`)
	if answer.Status != http.StatusOK || !strings.Contains(w.notes(), "novelty") {
		t.Errorf("a field of a newer version: %d, noted %q", answer.Status, w.notes())
	}
	refused(t, w.data(http.MethodPost, "making", "keys/my_key/create", ec), 400, "BadParameter", "",
		"The request URI contains an invalid name: my_key")
}

func TestAKeyIsChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	vault := w.vault("changing", nil)
	first := w.key("changing", "k", ec)
	version := first[len(first)-32:]
	w.advance(time.Second)
	w.key("changing", "k", ec)
	w.published = nil
	changed := want(t, w.data(http.MethodPatch, "changing", "keys/k/"+version,
		`{"attributes":{"enabled":false,"exp":1899000000},"key_ops":["verify"],"tags":{"x":"y"}}`),
		http.StatusOK)
	if !w.heard(keyvault.AccessChanged, string(vault)) {
		t.Error("nobody heard of the change")
	}
	wanted := map[string]any{
		"enabled": false, "exp": 1899000000.0, "created": float64(start.Unix()),
		"updated": float64(start.Unix() + 1), "recoveryLevel": "Recoverable+Purgeable",
		"recoverableDays": 90.0, "exportable": false,
	}
	if diff := cmp.Diff(wanted, changed.Body["attributes"]); diff != "" {
		t.Errorf("the attributes (-want +got):\n%s", diff)
	}
	if changed.Text("key", "kid") != first || changed.Text("tags", "x") != "y" {
		t.Errorf("changed %v", changed.Body)
	}
	// The latest version, by no version, is another one and is as it was.
	latest := want(t, w.data(http.MethodPatch, "changing", "keys/k/", `{}`), http.StatusOK)
	attributes, _ := latest.Body["attributes"].(map[string]any)
	if attributes["enabled"] != true || latest.Text("key", "kid") == first {
		t.Errorf("the latest version is %v", latest.Body)
	}
	for path, body := range map[string]string{
		"keys/k":                  `{"key_ops":["wrapKey"]}`,
		"keys/k/":                 `{"attributes":{"nbf":1899000001,"exp":1899000000}}`,
		"keys/none":               `{}`,
		"keys/k/" + version[:31]:  `{}`,
		"keys/k/" + version + "x": `{"attributes":[]}`,
	} {
		if answer := w.data(http.MethodPatch, "changing", path, body); answer.Status < 400 {
			t.Errorf("%s %s: %d", path, body, answer.Status)
		}
	}
}

func TestKeysAreListedInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("paging", nil)
	wanted := []string{}
	for i := range 5 {
		name := fmt.Sprintf("k%d", i)
		w.key("paging", name, ec)
		wanted = append(wanted, "https://paging.vault.azure.net/keys/"+name)
	}
	want(t, w.data(http.MethodDelete, "paging", "keys/k3", ""), http.StatusOK)
	wanted = slices.Delete(wanted, 3, 4)
	if got := w.pages("paging", "keys?maxresults=2"); !slices.Equal(got, wanted) {
		t.Errorf("listed %v, want %v", got, wanted)
	}
	if got := w.pages("paging", "deletedkeys"); len(got) != 1 {
		t.Errorf("deleted %v", got)
	}
	versions := []string{}
	for range 3 {
		versions = append(versions, w.key("paging", "many", ec))
	}
	slices.Sort(versions)
	if got := w.pages("paging", "keys/many/versions?maxresults=2"); !slices.Equal(got, versions) {
		t.Errorf("listed %v, want %v", got, versions)
	}
	empty := w.data(http.MethodGet, "paging", "keys?$skiptoken="+"eg", "")
	if diff := cmp.Diff(map[string]any{"value": []any{}, "nextLink": nil}, empty.Body); diff != "" {
		t.Errorf("an empty list (-want +got):\n%s", diff)
	}
	for _, query := range []string{"maxresults=0", "maxresults=26", "maxresults=x", "$skiptoken=*"} {
		if answer := w.data(http.MethodGet, "paging", "keys?"+query, ""); answer.Status != 400 {
			t.Errorf("%s: %d", query, answer.Status)
		}
	}
}

// pages reads a list to its end and returns the identifiers in it.
func (w *world) pages(vault, path string) []string {
	w.t.Helper()
	var kids []string
	for {
		page := want(w.t, w.data(http.MethodGet, vault, path, ""), http.StatusOK)
		for _, item := range page.Value() {
			var kid string
			shown, _ := item.(map[string]any)
			_ = engine.Read(shown, "kid", &kid) || engine.Read(shown, "id", &kid)
			kids = append(kids, kid)
		}
		if page.Body["nextLink"] == nil {
			return kids
		}
		var ok bool
		prefix := "https://" + vault + ".vault.azure.net:443/"
		if path, ok = strings.CutPrefix(page.Text("nextLink"), prefix); !ok {
			w.t.Fatalf("the link to the next page is %v", page.Body["nextLink"])
		}
	}
}

func TestADeletedKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	vault := w.vault("deleting", nil)
	kid := w.key("deleting", "k", ec)
	w.published = nil
	deleted := want(t, w.data(http.MethodDelete, "deleting", "keys/k", ""), http.StatusOK)
	if !w.heard(keyvault.AccessChanged, string(vault)) {
		t.Error("nobody heard of the deletion")
	}
	if deleted.Text("recoveryId") != "https://deleting.vault.azure.net/deletedkeys/k" ||
		deleted.Body["deletedDate"] != float64(start.Unix()) ||
		deleted.Body["scheduledPurgeDate"] != float64(start.AddDate(0, 0, 90).Unix()) ||
		deleted.Text("key", "kid") != kid {
		t.Errorf("deleted %v", deleted.Body)
	}
	const gone = "A key with (name/id) %s was not found in this key vault. If you recently deleted " +
		"this key you may be able to recover it using the correct recovery command. For help " +
		"resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
	version := kid[len(kid)-32:]
	refused(t, w.data(http.MethodGet, "deleting", "keys/k", ""), 404, "KeyNotFound", "",
		fmt.Sprintf(gone, "k"))
	refused(t, w.data(http.MethodGet, "deleting", "keys/k/"+version, ""), 404, "KeyNotFound", "",
		fmt.Sprintf(gone, "k/"+version))
	refused(t, w.data(http.MethodDelete, "deleting", "keys/k", ""), 404, "KeyNotFound", "",
		fmt.Sprintf(gone, "k"))
	refused(t, w.data(http.MethodPost, "deleting", "keys/k/create", ec), 409, "Conflict",
		"ObjectIsDeletedButRecoverable", "Key k is currently in a deleted but recoverable state, "+
			"and its name cannot be reused; in this state, the key can only be recovered or purged.")
	again := want(t, w.data(http.MethodGet, "deleting", "deletedkeys/k", ""), http.StatusOK)
	if diff := cmp.Diff(deleted.Body, again.Body); diff != "" {
		t.Errorf("the deleted key (-want +got):\n%s", diff)
	}

	recovered := want(t, w.data(http.MethodPost, "deleting", "deletedkeys/k/recover", ""), 200)
	if !w.heard(keyvault.AccessChanged, string(vault)) || recovered.Text("key", "kid") != kid {
		t.Errorf("recovered %v", recovered.Body)
	}
	want(t, w.data(http.MethodGet, "deleting", "keys/k/"+version, ""), http.StatusOK)
	refused(t, w.data(http.MethodPost, "deleting", "deletedkeys/k/recover", ""), 400,
		"MethodNotAllowed", "RequestNotAllowedOnNonDeletedObject", "Key k exists already.")
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		refused(t, w.data(method, "deleting", "deletedkeys/k", ""), 404, "KeyNotFound", "",
			"Deleted Key not found: k")
	}

	want(t, w.data(http.MethodDelete, "deleting", "keys/k", ""), http.StatusOK)
	want(t, w.data(http.MethodDelete, "deleting", "deletedkeys/k", ""), http.StatusNoContent)
	want(t, w.data(http.MethodGet, "deleting", "deletedkeys/k", ""), http.StatusNotFound)
	w.key("deleting", "k", ec)
}

func TestADeletedKeyUnderPurgeProtection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("keeping", map[string]any{
		"softDeleteRetentionInDays": 7, "enablePurgeProtection": true,
	})
	w.key("keeping", "k", ec)
	want(t, w.data(http.MethodDelete, "keeping", "keys/k", ""), http.StatusOK)
	refused(t, w.data(http.MethodDelete, "keeping", "deletedkeys/k", ""), 403, "Forbidden", "",
		"Operation \"purge\" is not allowed because purge protection is enabled for this vault. "+
			"Key Vault service will automatically purge it after the retention period has passed."+
			"\nVault: keeping;location=westeurope")
	// A key that was recovered and deleted again has a retention of its own.
	w.advance(5 * 24 * time.Hour)
	want(t, w.data(http.MethodPost, "keeping", "deletedkeys/k/recover", ""), http.StatusOK)
	want(t, w.data(http.MethodDelete, "keeping", "keys/k", ""), http.StatusOK)
	w.advance(7*24*time.Hour - time.Second)
	want(t, w.data(http.MethodGet, "keeping", "deletedkeys/k", ""), http.StatusOK)
	w.advance(time.Second)
	want(t, w.data(http.MethodGet, "keeping", "deletedkeys/k", ""), http.StatusNotFound)
	w.key("keeping", "k", ec)
}

func TestEncryptionAndSignatures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("using", nil)
	first := w.key("using", "r", rsa)
	w.key("using", "e", ec)
	operate := func(path, body string) map[string]any {
		return want(t, w.data(http.MethodPost, "using", path, body), http.StatusOK).Body
	}
	for _, pair := range [][2]string{{"encrypt", "decrypt"}, {"wrapkey", "unwrapKey"}} {
		for _, algorithm := range []string{"RSA1_5", "RSA-OAEP", "RSA-OAEP-256"} {
			ok := operate("keys/r/"+pair[0], w.json(map[string]any{
				"alg": algorithm, "value": "c2VjcmV0",
			}))
			version := first[len(first)-32:]
			back := operate("keys/r/"+version+"/"+pair[1], w.json(map[string]any{
				"alg": algorithm, "value": ok["value"],
			}))
			if ok["kid"] != first || back["value"] != "c2VjcmV0" {
				t.Errorf("%s with %s: %v, %v", pair[0], algorithm, ok, back)
			}
		}
	}
	digest := strings.Repeat("QUJD", 10) + "QUI" // 32 bytes
	for key, algorithm := range map[string]string{"r": "PS256", "e": "ES256"} {
		signed := operate("keys/"+key+"/sign", w.json(map[string]any{
			"alg": algorithm, "value": digest,
		}))
		for value, valid := range map[string]bool{digest: true, strings.ToLower(digest): false} {
			verified := operate("keys/"+key+"/verify", w.json(map[string]any{
				"alg": algorithm, "digest": value, "value": signed["value"],
			}))
			if verified["value"] != valid {
				t.Errorf("%s of %s: %v", algorithm, value, verified)
			}
		}
	}
	for path, body := range map[string]string{
		"keys/r/encrypt":   `{"alg":"A128GCM","value":"c2VjcmV0"}`,
		"keys/r/wrapkey":   `{"alg":"RSA-OAEP","value":"***"}`,
		"keys/r/unwrapkey": `{"alg":"RSA-OAEP","value":"c2VjcmV0"}`,
		"keys/r/sign":      `{"alg":"RS256","value":"c2VjcmV0"}`,
		"keys/e/sign":      `{"alg":"RS256","value":"` + digest + `"}`,
		"keys/e/verify":    `{"alg":"ES256","digest":"***","value":""}`,
		"keys/r/verify":    `{"alg":"RS256","digest":"***","value":""}`,
		"keys/r/decrypt":   `{"alg":"RSA-OAEP"}`,
	} {
		if answer := w.data(http.MethodPost, "using", path, body); answer.Code() != "BadParameter" {
			t.Errorf("%s %s: %d %v", path, body, answer.Status, answer.Body)
		}
	}
	want(t, w.data(http.MethodPost, "using", "keys/none/sign", `{"alg":"RS256","value":""}`), 404)
	want(t, w.data(http.MethodPost, "using", "keys/none/verify",
		`{"alg":"RS256","value":"","digest":""}`), 404)
}

func TestTheStateOfAKeyDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("states", nil)
	w.key("states", "k", rsa)
	wrapped := w.data(http.MethodPost, "states", "keys/k/wrapkey",
		`{"alg":"RSA-OAEP","value":"c2VjcmV0"}`).Text("value")
	use := func(operation string) (string, string) {
		value := wrapped
		if operation == "wrapKey" || operation == "encrypt" {
			value = "c2VjcmV0"
		}
		body := map[string]any{"alg": "RSA-OAEP", "value": value}
		switch operation {
		case "sign":
			body = map[string]any{"alg": "RS256", "value": strings.Repeat("QUJD", 10) + "QUI"}
		case "verify":
			body = map[string]any{"alg": "RS256", "value": "", "digest": strings.Repeat("QUJD", 10) + "QUI"}
		}
		answer := w.data(http.MethodPost, "states", "keys/k/"+operation, w.json(body))
		return answer.Text("error", "innererror", "code"), answer.Text("error", "message")
	}
	noon := start.Unix()
	hour := int64(time.Hour / time.Second)
	for _, test := range []struct {
		change string
		// protect and restore are the codes for what protects something new, and for what gives
		// back or proves what was protected before.
		protect, restore, message string
	}{
		{`{"attributes":{"enabled":true}}`, "", "", ""},
		{
			`{"attributes":{"enabled":false}}`, "KeyDisabled", "KeyDisabled",
			"Operation %s is not allowed on a disabled key.",
		},
		{
			fmt.Sprintf(`{"attributes":{"enabled":true,"exp":%d}}`, noon), "KeyExpired", "",
			"Operation %s is not allowed on an expired key.",
		},
		{fmt.Sprintf(`{"attributes":{"nbf":%d,"exp":%d}}`, noon, noon+1), "", "", ""},
		{
			fmt.Sprintf(`{"attributes":{"nbf":%d,"exp":%d}}`, noon+1, noon+hour), "KeyNotYetValid", "",
			"Operation %s is not allowed on a key that is not yet valid.",
		},
		{
			fmt.Sprintf(`{"attributes":{"nbf":%d},"key_ops":[]}`, noon),
			"KeyOperationForbidden", "KeyOperationForbidden",
			"Operation %s is not permitted on this key.",
		},
	} {
		want(t, w.data(http.MethodPatch, "states", "keys/k", test.change), http.StatusOK)
		for operation, wanted := range map[string]string{
			"wrapKey": test.protect, "encrypt": test.protect, "sign": test.protect,
			"unwrapKey": test.restore, "decrypt": test.restore, "verify": test.restore,
		} {
			code, message := use(operation)
			if code != wanted {
				t.Errorf("%s after %s: %q, want %q", operation, test.change, code, wanted)
			}
			if code != "" && message != fmt.Sprintf(test.message, operation) {
				t.Errorf("%s after %s: %s", operation, test.change, message)
			}
		}
		// Whatever its state, a key can be read.
		want(t, w.data(http.MethodGet, "states", "keys/k", ""), http.StatusOK)
	}
}

func TestKeysInResourceManager(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.vault("managed", nil)
	body := `{"tags":{"a":"b"},"properties":{"kty":"EC","curveName":"P-384","keyOps":["sign"],
		"attributes":{"exp":1899000000},
		"rotationPolicy":{"attributes":{"expiryTime":"P90D"},
			"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P30D"},"action":{"type":"rotate"}}]}}}`
	made := want(t, w.arm(http.MethodPut, id+"/keys/Key", body), http.StatusOK)
	versioned := made.Text("properties", "keyUriWithVersion")
	kid := strings.Replace(versioned, ":443", "", 1)
	wanted := map[string]any{
		"id": string(id) + "/keys/Key", "name": "Key", "type": "Microsoft.KeyVault/vaults/keys",
		"location": "westeurope", "tags": map[string]any{"a": "b"},
		"properties": map[string]any{
			"attributes": map[string]any{
				"enabled": true, "created": float64(start.Unix()), "updated": float64(start.Unix()),
				"exp": 1899000000.0, "recoveryLevel": "Recoverable+Purgeable", "exportable": false,
			},
			"kty": "EC", "curveName": "P-384", "keyOps": []any{"sign"},
			"keyUri": "https://managed.vault.azure.net:443/keys/Key", "keyUriWithVersion": versioned,
			"rotationPolicy": map[string]any{
				"attributes": map[string]any{
					"expiryTime": "P90D",
					"created":    float64(start.Unix()), "updated": float64(start.Unix()),
				},
				"lifetimeActions": []any{map[string]any{
					"trigger": map[string]any{"timeBeforeExpiry": "P30D"},
					"action":  map[string]any{"type": "rotate"},
				}},
			},
		},
	}
	if diff := cmp.Diff(wanted, made.Body); diff != "" {
		t.Errorf("the key (-want +got):\n%s", diff)
	}
	if w.data(http.MethodGet, "managed", "keys/key", "").Text("key", "kid") != kid {
		t.Error("the vault does not know the key")
	}
	// A key that is there stays as it is.
	again := want(t, w.arm(http.MethodPut, id+"/keys/key", `{"properties":{"kty":"EC"}}`), 200)
	if diff := cmp.Diff(wanted, again.Body); diff != "" {
		t.Errorf("created again (-want +got):\n%s", diff)
	}
	if got := w.arm(http.MethodGet, id+"/keys/KEY", ""); !cmp.Equal(wanted, got.Body) {
		t.Errorf("got %v", got.Body)
	}
	newest := w.key("managed", "key", ec)
	versions := want(t, w.arm(http.MethodGet, id+"/keys/key/versions", ""), http.StatusOK)
	if len(versions.Value()) != 2 {
		t.Errorf("versions: %v", versions.Body)
	}
	version := newest[len(newest)-32:]
	one := want(t, w.arm(http.MethodGet, id+"/keys/key/versions/"+engine.ID(version), ""), 200)
	if one.Text("name") != version || one.Text("id") != string(id)+"/keys/Key/versions/"+version ||
		one.Text("type") != "Microsoft.KeyVault/vaults/keys/versions" {
		t.Errorf("a version: %v", one.Body)
	}
	if list := w.arm(http.MethodGet, id+"/keys", ""); len(list.Value()) != 1 {
		t.Errorf("keys: %v", list.Body)
	}
	for _, test := range []struct {
		method, path, body string
		status             int
	}{
		{http.MethodGet, "/keys/none", "", 404},
		{http.MethodGet, "/keys/none/versions", "", 404},
		{http.MethodGet, "/keys/key/versions/none", "", 404},
		{http.MethodPut, "/keys/new", `{"properties":{"kty":"RSA-HSM"}}`, 400},
		{http.MethodPut, "/keys/new", `{"properties":{"type":"EC"}}`, 400},
		{http.MethodPut, "/keys/new", ``, 400},
		{http.MethodPut, "/keys/n_w", `{"properties":{"kty":"EC"}}`, 400},
		{http.MethodPut, "/keys/new", `{"properties":{"kty":"EC","keySize":"x"}}`, 400},
		{http.MethodPut, "/keys/new", `{"properties":{"kty":"EC","rotationPolicy":{
			"lifetimeActions":[{"trigger":{"timeAfterCreate":"soon"},"action":{"type":"rotate"}}]}}}`, 400},
		{http.MethodDelete, "/keys/key", "", 404},
		{http.MethodDelete, "/keys/key/versions/" + version, "", 404},
	} {
		answer := w.arm(test.method, id+engine.ID(test.path), test.body)
		if answer.Status != test.status {
			t.Errorf("%s %s %s: %d %v", test.method, test.path, test.body, answer.Status, answer.Body)
		}
	}
	refused(t, w.arm(http.MethodGet, w.vaultID("none")+"/keys/k", ""), 404, "ParentResourceNotFound",
		"", "Can not perform requested operation on nested resource. Parent resource "+
			"'vaults/none' not found.")
	stranger := w.As(t, w.Stranger, http.MethodGet, string(id)+"/keys?api-version="+vaultVersion, "")
	if stranger.Code() != "AuthorizationFailed" {
		t.Errorf("a stranger lists keys: %v", stranger.Body)
	}
}
