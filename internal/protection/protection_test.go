// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

const (
	media   = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Media/mediaServices/a"
	storage = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a"
	batch   = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a"
	version = "0123456789abcdef0123456789abcdef"
	key     = "https://keys.vault.azure.net/keys/media"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		media:                    azure.MediaAccountType,
		strings.ToUpper(media):   azure.MediaAccountType,
		storage:                  azure.StorageAccountType,
		strings.ToLower(storage): azure.StorageAccountType,
		batch:                    azure.BatchAccountType,
	} {
		if kind, err := protection.Of(nil, id); err != nil || kind.Traits().ResourceType != want {
			t.Errorf("%s: %v, %v", id, kind, err)
		}
	}
}

func TestOf_refuses(t *testing.T) {
	t.Parallel()
	const unread = "is not the resource ID of an account"
	for id, want := range map[string]string{
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/a": "whose key this provider cannot manage",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/a": "" +
			"a Machine Learning workspace, which gets its customer-managed key when it is created, and keeps it",
		"":                                     unread,
		"a":                                    unread,
		media + "/":                            unread,
		media + "/streamingEndpoints/x":        unread,
		"x" + media:                            unread,
		strings.Replace(media, "/g/", "//", 1): unread,
		strings.Replace(media, "/subscriptions/", "/subscription/", 1):   unread,
		strings.Replace(media, "/resourceGroups/", "/resourceGroup/", 1): unread,
	} {
		if _, err := protection.Of(nil, id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", id, want, err)
		}
	}
}

// TestKinds: the rows of the table say themselves of which kind they are, in the casing of Azure.
func TestKinds(t *testing.T) {
	t.Parallel()
	var found []string
	for _, kind := range protection.Kinds() {
		found = append(found, kind.ResourceType)
	}
	want := []string{
		azure.MediaAccountType, azure.VideoAnalyzerType, azure.StorageAccountType, azure.BatchAccountType,
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestForbidden(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		account string
		err     error
		want    bool
	}{
		{media, &azure.Error{Status: 400, Code: "BadRequest", Message: "Access to the Customer Key was forbidden."}, true},
		{media, &azure.Error{Status: 200, Code: "BadRequest", Message: "Access to the Customer Key was forbidden."}, true},
		{media, &azure.Error{Status: 400, Code: "BadRequest", Message: "The storage account is gone."}, false},
		{media, &azure.Error{Status: 403, Code: "AuthorizationFailed", Message: "Access to the Customer Key was forbidden."}, false},
		{media, errors.New("no answer"), false},
		{media, nil, false},
		{storage, &azure.Error{Status: 400, Code: "KeyVaultAuthenticationFailure"}, true},
		{storage, &azure.Error{Status: 400, Code: "MissingPrerequisites"}, false},
		{storage, &azure.Error{Status: 400, Code: "KeyVaultPolicyError"}, false},
		{storage, &azure.Error{Status: 500, Code: "KeyVaultAuthenticationFailure"}, false},
		{storage, errors.New("no answer"), false},
		{storage, nil, false},
		{batch, &azure.Error{Status: 400, Code: "AnyOfItsWords"}, true},
		{batch, &azure.Error{Status: 400, Code: "MissingRequiredProperty"}, false},
		{batch, &azure.Error{Status: 403, Code: "AuthorizationFailed"}, false},
		{batch, &azure.Error{Status: 500, Code: "InternalError"}, false},
		{batch, nil, false},
	} {
		kind, err := protection.Of(nil, test.account)
		if err != nil {
			t.Fatal(err)
		}
		if got := kind.Forbidden(test.err); got != test.want {
			t.Errorf("%s: %v: %t", kind.Traits().ResourceType, test.err, got)
		}
	}
}

func TestEncryption_is(t *testing.T) {
	t.Parallel()
	const identity = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
	attached := func(key, identity string) protection.Encryption {
		return protection.Encryption{
			CustomerKey: true,
			Attachment: protection.Attachment{
				Key: customerkey.ReadKeyID(key), UserAssignedIdentityID: identity,
			},
		}
	}
	for _, test := range []struct {
		name       string
		encryption protection.Encryption
		key        string
		identity   string
		want       bool
	}{
		{"same", attached(key, ""), key, "", true},
		{"another spelling", attached("https://KEYS.vault.azure.net/keys/Media", identity), key, strings.ToUpper(identity), true},
		{"another version", attached(key+"/"+version, ""), key, "", false},
		{"another identity", attached(key, identity), key, "", false},
		{"with a port", attached("https://keys.vault.azure.net:443/keys/media", ""), key, "", true},
		{"with a slash", attached(key+"/", ""), key, "", true},
		{"with a query", attached(key+"?api-version=7.4", ""), key, "", true},
		{"no identifier", attached("x", ""), "x", "", false},
		{"the system key", protection.Encryption{}, "", "", false},
	} {
		got := test.encryption.Is(protection.Attachment{
			Key: customerkey.ReadKeyID(test.key), UserAssignedIdentityID: test.identity,
		})
		if got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
