// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyedaccount_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyedaccount"
)

const (
	media   = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Media/mediaServices/a"
	version = "0123456789abcdef0123456789abcdef"
	key     = "https://keys.vault.azure.net/keys/media"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		media:                  "",
		strings.ToUpper(media): "",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a": "this version of the provider",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a":               "no customer key",
		"a": "is not the resource ID of an account",
	} {
		kind, err := keyedaccount.Of(nil, id)
		switch {
		case want == "" && (err != nil || kind.ResourceType() != azure.MediaAccountType):
			t.Errorf("%s: %v, %v", id, kind, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: want %q, got %v", id, want, err)
		}
	}
}

func TestForbidden(t *testing.T) {
	t.Parallel()
	kind, err := keyedaccount.Of(nil, media)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		err  error
		want bool
	}{
		{&azure.Error{Status: 400, Code: "BadRequest", Message: "Access to the Customer Key was forbidden."}, true},
		{&azure.Error{Status: 200, Code: "BadRequest", Message: "Access to the Customer Key was forbidden."}, true},
		{&azure.Error{Status: 400, Code: "BadRequest", Message: "The storage account is gone."}, false},
		{&azure.Error{Status: 403, Code: "AuthorizationFailed", Message: "Access to the Customer Key was forbidden."}, false},
		{errors.New("no answer"), false},
		{nil, false},
	} {
		if got := kind.Forbidden(test.err); got != test.want {
			t.Errorf("%v: %t", test.err, got)
		}
	}
}

func TestEncryption_is(t *testing.T) {
	t.Parallel()
	const identity = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
	attached := func(key, identity string) keyedaccount.Encryption {
		return keyedaccount.Encryption{
			CustomerKey: true,
			Attachment:  keyedaccount.Attachment{KeyID: key, UserAssignedIdentityID: identity},
		}
	}
	for _, test := range []struct {
		name       string
		encryption keyedaccount.Encryption
		key        string
		identity   string
		want       bool
	}{
		{"same", attached(key, ""), key, "", true},
		{"another spelling", attached("https://KEYS.vault.azure.net/keys/Media", identity), key, strings.ToUpper(identity), true},
		{"another version", attached(key+"/"+version, ""), key, "", false},
		{"another identity", attached(key, identity), key, "", false},
		{"no identifier", attached("x", ""), "x", "", true},
		{"the system key", keyedaccount.Encryption{}, "", "", false},
	} {
		got := test.encryption.Is(keyedaccount.Attachment{KeyID: test.key, UserAssignedIdentityID: test.identity})
		if got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

func TestEncryption_currentVersion(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"": "", "x": "", key: "", key + "/" + version: version} {
		if got := (keyedaccount.Encryption{CurrentKeyID: id}).CurrentVersion(); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}
