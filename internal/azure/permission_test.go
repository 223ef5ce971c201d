// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const storageAccount = "/subscriptions/" + subscription +
	"/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/store"

func TestMayDo_readsTheCallersRoles(t *testing.T) {
	t.Parallel()
	const action = "Microsoft.Storage/storageAccounts/listkeys/action"
	for _, test := range []struct {
		name, permissions string
		want              bool
	}{
		{"no role", ``, false},
		{"everything", `{"actions":["*"],"notActions":[]}`, true},
		{"just that", `{"actions":["Microsoft.Storage/storageAccounts/listKeys/action"]}`, true},
		{"a wildcard", `{"actions":["microsoft.storage/*/action"]}`, true},
		{"a wildcard in the middle", `{"actions":["*/listkeys/*"]}`, true},
		{"reading", `{"actions":["*/read"]}`, false},
		{"a part of it", `{"actions":["Microsoft.Storage/storageAccounts/listkeys"]}`, false},
		{"more than it", `{"actions":["Microsoft.Storage/storageAccounts/listkeys/action/more"]}`, false},
		{"all but that", `{"actions":["*"],"notActions":["Microsoft.Storage/*/listkeys/*"]}`, false},
		{
			"all but that, and that by another role",
			`{"actions":["*"],"notActions":["Microsoft.Storage/*"]},{"actions":["Microsoft.Storage/*"]}`, true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fake := &fakeAzure{answer: func(*http.Request) *http.Response {
				return answer(http.StatusOK, `{"value":[`+test.permissions+`]}`)
			}}
			got, err := newClient(t, signedIn(fake)).
				MayDo(t.Context(), storageAccount, azure.StorageAccountType, action)
			if err != nil || got != test.want {
				t.Errorf("got %t, %v; want %t", got, err, test.want)
			}
			if path := fake.requests[0].URL.Path; !strings.HasSuffix(path,
				"/storageAccounts/store/providers/Microsoft.Authorization/permissions") {
				t.Errorf("asked %s", path)
			}
		})
	}
}

func TestMayDo_refusesAnotherTypesID(t *testing.T) {
	t.Parallel()
	_, err := newClient(t, signedIn(&fakeAzure{})).
		MayDo(t.Context(), storageAccount, azure.VaultType, "x")
	if _, ok := errors.AsType[*azure.IDError](err); !ok {
		t.Errorf("got %v", err)
	}
}
