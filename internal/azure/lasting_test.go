// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestClassOf_listsEveryCodeOnceWithItsSource reads the whole table, whatever the status says.
func TestClassOf_listsEveryCodeOnceWithItsSource(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range azure.Refusals() {
		name := strings.ToLower(row.Code)
		if seen[name] || row.Code == "" || row.Source == "" || row.Class == azure.Unclassed {
			t.Errorf("%+v is listed twice, or lacks a part", row)
		}
		seen[name] = true
		for _, err := range []error{
			&azure.Error{Status: http.StatusConflict, Code: row.Code},
			&azure.Error{Status: http.StatusBadRequest, Code: row.Code},
			&azure.Error{Status: http.StatusOK, Code: name},
			&azure.Error{Status: http.StatusForbidden, Code: "Conflict", InnerCode: row.Code},
			fmt.Errorf("wrapped: %w", &azure.Error{Code: row.Code}),
		} {
			if got := azure.ClassOf(err); got != row.Class {
				t.Errorf("%v is %s, want %s", err, got, row.Class)
			}
		}
	}
}

// TestClassOf_tellsWhatPassesFromWhatLasts names the refusals that people meet, as Azure answers them.
func TestClassOf_tellsWhatPassesFromWhatLasts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status      int
		code, inner string
		want        azure.Class
		source      string
	}{
		{409, "ScopeLocked", "", azure.Lasting, "hashicorp/terraform-provider-azurerm issue 17478"},
		{403, "RequestDisallowedByPolicy", "", azure.Lasting, "Azure/terraform-azurerm-caf-enterprise-scale issue 771"},
		{403, "AuthorizationFailed", "", azure.Lasting, "Resource Manager"},
		{403, "LinkedAuthorizationFailed", "", azure.Lasting, "Resource Manager"},
		{409, "MissingSubscriptionRegistration", "", azure.Lasting, "recorded"},
		{409, "StorageAccountAlreadyTaken", "", azure.Lasting, "recorded"},
		{409, "QuotaExceeded", "", azure.Lasting, "Resource Manager"},
		{400, "InvalidRequestContent", "", azure.Lasting, "Azure/azure-cli issue 24007"},
		{403, "Forbidden", "ForbiddenByFirewall", azure.Lasting, "Key Vault"},
		{409, "Conflict", "ObjectIsDeletedButRecoverable", azure.Lasting, "Azure/azure-sdk-for-cpp"},
		{401, "Whatever", "", azure.Lasting, "the status"},

		{409, "OperationInProgress", "", azure.Busy, "recorded"},
		{409, "AnotherOperationInProgress", "", azure.Busy, "Resource Manager"},
		{409, "ConflictError", "", azure.Busy, "Azure/AzureKeyVault issue 6"},
		{409, "Conflict", "ObjectIsBeingDeleted", azure.Busy, "Azure/azure-sdk-for-cpp"},
		{409, "Whatever", "", azure.Busy, "the status"},
		{409, "", "", azure.Busy, "the status"},
		{429, "SubscriptionRequestsThrottled", "", azure.Throttled, "recorded"},
		{429, "", "", azure.Throttled, "the status"},
		{400, "PrincipalNotFound", "", azure.Propagating, "MicrosoftDocs/azure-docs issue 103085"},

		{500, "InternalServerError", "", azure.ServerFault, "the status"},
		{503, "ServerBusy", "", azure.ServerFault, "the status"},
		{408, "RequestTimeout", "", azure.ServerFault, "the status"},

		{400, "BadRequest", "", azure.Unclassed, "says nothing by itself"},
		{404, "ResourceNotFound", "", azure.Unclassed, "says nothing by itself"},
		{403, "Forbidden", "", azure.Unclassed, "says nothing by itself"},
	} {
		t.Run(fmt.Sprint(test.status, " ", test.code, " ", test.inner), func(t *testing.T) {
			t.Parallel()
			err := ask(t, func() *http.Response {
				return answer(test.status, fmt.Sprintf(
					`{"error":{"code":%q,"message":"m","innererror":{"code":%q}}}`, test.code, test.inner))
			})
			if got := azure.ClassOf(err); got != test.want {
				t.Errorf("%v is %s, want %s (%s)", err, got, test.want, test.source)
			}
			passes := test.want == azure.Busy || test.want == azure.Throttled || test.want == azure.Propagating
			if azure.Passes(err) != passes || azure.Lasts(err) != (test.want == azure.Lasting) {
				t.Errorf("%v: passes %t, lasts %t", err, azure.Passes(err), azure.Lasts(err))
			}
		})
	}
	for _, err := range []error{nil, errors.New("no answer"), ask(t, func() *http.Response { return nil })} {
		if azure.Passes(err) || azure.Lasts(err) {
			t.Errorf("%v is taken for an answer of Azure's", err)
		}
	}
}

func TestLockedScopes_namesWhatAzureNames(t *testing.T) {
	t.Parallel()
	const group = "/subscriptions/s/resourceGroups/g"
	for _, test := range []struct {
		name, code, message string
		want                []string
	}{
		{
			"a group", "ScopeLocked", "The scope '" + group + "/providers/Microsoft.Media/mediaservices/a' cannot perform " +
				"delete operation because following scope(s) are locked: '" + group + "'. Please remove the lock and try again.",
			[]string{group},
		},
		{
			"several", "ScopeLocked", "The scope '/subscriptions/s/x' cannot perform write operation because following " +
				"scope(s) are locked: '" + group + "','/subscriptions/s'. Please remove the lock and try again.",
			[]string{group, "/subscriptions/s"},
		},
		{"none named", "ScopeLocked", "The scope is locked.", nil},
		{"no lock", "Conflict", "They are locked: '" + group + "'", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			refused := &azure.Error{Code: test.code, Message: test.message}
			if diff := cmp.Diff(test.want, refused.LockedScopes()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
