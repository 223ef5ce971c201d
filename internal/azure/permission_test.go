// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const storageAccount = "/subscriptions/" + subscription +
	"/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/store"

func TestPermissions_readsTheCallersRoles(t *testing.T) {
	t.Parallel()
	fake := &fakeAzure{answer: func(*http.Request) *http.Response {
		return answer(http.StatusOK,
			`{"value":[{"actions":["*"],"notActions":["Microsoft.Storage/*"]},{"actions":["*/read"]}]}`)
	}}
	got, err := newClient(t, signedIn(fake)).Permissions(t.Context(), storageAccount, azure.StorageAccountType)
	if err != nil {
		t.Fatal(err)
	}
	want := []azure.Permission{
		{Actions: []string{"*"}, NotActions: []string{"Microsoft.Storage/*"}},
		{Actions: []string{"*/read"}, NotActions: []string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
	if path := fake.requests[0].URL.Path; !strings.HasSuffix(path,
		"/storageAccounts/store/providers/Microsoft.Authorization/permissions") {
		t.Errorf("asked %s", path)
	}
}

func TestPermissions_refusesAnotherTypesID(t *testing.T) {
	t.Parallel()
	_, err := newClient(t, signedIn(&fakeAzure{})).
		Permissions(t.Context(), storageAccount, azure.VaultType)
	if _, ok := errors.AsType[*azure.IDError](err); !ok {
		t.Errorf("got %v", err)
	}
}
