// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"encoding/base64"
	"net/url"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestAccountSAS_isTheSDKs holds signatures for blobs against those of Microsoft's SDK, which signs for no other
// service.
func TestAccountSAS_isTheSDKs(t *testing.T) {
	t.Parallel()
	key := base64.StdEncoding.EncodeToString([]byte("a key of a storage account"))
	credential, err := azblob.NewSharedKeyCredential("contoso", key)
	if err != nil {
		t.Fatal(err)
	}
	expires := time.Date(2026, 12, 1, 12, 30, 0, 0, time.FixedZone("elsewhere", 3600))
	all := &sas.AccountPermissions{
		Read: true, Write: true, Delete: true, DeletePreviousVersion: true, PermanentDelete: true, List: true, Add: true,
		Create: true, Update: true, Process: true, FilterByTags: true, Tag: true, SetImmutabilityPolicy: true,
	}
	for name, test := range map[string]struct {
		resourceTypes, permissions string
		types                      *sas.AccountResourceTypes
		permits                    *sas.AccountPermissions
	}{
		"some": {
			"o",
			"rl",
			&sas.AccountResourceTypes{Object: true}, &sas.AccountPermissions{Read: true, List: true},
		},
		"all": {
			"sco", "rwdxylacupfti",
			&sas.AccountResourceTypes{Service: true, Container: true, Object: true}, all,
		},
	} {
		signed, err := azure.AccountSAS{
			Account: "contoso", Services: "b", ResourceTypes: test.resourceTypes, Permissions: test.permissions,
			Expiry: expires,
		}.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := sas.AccountSignatureValues{
			Version: signed.Get("sv"), Protocol: sas.ProtocolHTTPS, ExpiryTime: expires.UTC(),
			Permissions: test.permits.String(), ResourceTypes: test.types.String(),
		}.SignWithSharedKey(credential)
		if err != nil {
			t.Fatal(err)
		}
		want, err := url.ParseQuery(theirs.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, signed); diff != "" {
			t.Errorf("%s (-SDK +ours):\n%s", name, diff)
		}
	}
	if _, err := (azure.AccountSAS{}).Sign("not base64!"); err == nil {
		t.Error("a key that is none signs")
	}
}
