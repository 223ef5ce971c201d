// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"net/http"
	"strings"
)

// Class says what becomes of a request that Azure refused, if it is sent again unchanged.
type Class string

// The classes. Codes and statuses decide, never messages: Azure rewords those.
const (
	// Unclassed refusals last as far as anybody knows. Media Services, Video Analyzer and Batch refuse
	// a key under a code that says nothing: package protection knows what they mean.
	Unclassed Class = "unclassed"
	// Lasting refusals are repeated until somebody deletes a lock, grants a permission, raises a quota
	// or corrects the request.
	Lasting Class = "lasting"
	// Busy refusals pass when another change of the same resource has ended.
	Busy Class = "busy"
	// Throttled refusals pass when fewer requests are sent.
	Throttled Class = "throttled"
	// Propagating refusals pass when all of Azure knows an identity that was made a moment ago.
	Propagating Class = "propagating"
	// ServerFault may pass, but leaves open whether Azure carried out the request. The pipeline has
	// repeated it already; reading the resource shows what became of it.
	ServerFault Class = "server fault"
)

// ClassOf returns the class of an error. It is [Unclassed] if no answer of Azure's is the cause.
func ClassOf(err error) Class {
	answer, ok := AsError(err)
	if !ok {
		return Unclassed
	}
	for _, code := range []string{answer.InnerCode, answer.Code} { // The inner code says more.
		for _, known := range refusals() {
			if strings.EqualFold(known.code, code) {
				return known.class
			}
		}
	}
	return classOfStatus(answer.Status)
}

// Passes reports whether Azure may accept the same request in a few minutes. It is false for a server
// fault: the pipeline has repeated the request, and more of the same takes as long as the fault does.
func Passes(err error) bool {
	switch ClassOf(err) {
	case Busy, Throttled, Propagating:
		return true
	default:
		return false
	}
}

// Lasts reports whether the table says that Azure refuses the same request again.
func Lasts(err error) bool { return ClassOf(err) == Lasting }

// classOfStatus returns the class of an answer whose code the table does not list.
func classOfStatus(status int) Class {
	switch status {
	case http.StatusUnauthorized:
		return Lasting
	case http.StatusConflict:
		return Busy
	case http.StatusTooManyRequests:
		return Throttled
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ServerFault
	default:
		return Unclassed
	}
}

// refusal is a row of the table: a code, its class, and where it is documented or was recorded.
type refusal struct {
	code   string
	class  Class
	source string
}

// The sources of the table.
const (
	sourceLocks       = "Resource Manager, Lock your resources; hashicorp/terraform-provider-azurerm issue 17478"
	sourceManager     = "Resource Manager, Troubleshoot common deployment errors"
	sourceRecorded    = "recorded traffic of Microsoft's own clients"
	sourceRoles       = "Azure RBAC, Troubleshoot Azure RBAC"
	sourceStorage     = "Storage resource provider, Common error codes"
	sourceVault       = "Key Vault, Common error codes"
	sourceVaultClient = "Key Vault, REST error codes; tests of Azure/azure-sdk-for-cpp"
	sourceBatch       = "Batch, Management API error codes; Azure/azure-cli issue 24007"
)

// refusals returns the table of codes. A code that it does not list is classed by its status.
func refusals() []refusal {
	return []refusal{
		// Somebody protects the resource.
		{"ScopeLocked", Lasting, sourceLocks},
		{"RequestDisallowedByPolicy", Lasting, sourceManager},
		{"RequestDisallowedByAzure", Lasting, sourceManager},
		{"DenyAssignmentAuthorizationFailed", Lasting, sourceRoles},
		{"AccountProtectedFromDeletion", Lasting, "Storage, Common REST API error codes"},
		{"ReadOnlyDisabledSubscription", Lasting, sourceManager},
		{"SubscriptionDisabled", Lasting, sourceStorage},

		// The caller lacks a permission.
		{"AuthorizationFailed", Lasting, sourceManager},
		{"LinkedAuthorizationFailed", Lasting, sourceManager},
		{"AuthenticationFailed", Lasting, sourceRecorded},
		{"AccessDenied", Lasting, sourceVaultClient},
		{"ForbiddenByPolicy", Lasting, sourceVault},
		{"ForbiddenByRbac", Lasting, sourceVault},
		{"ForbiddenByFirewall", Lasting, sourceVault},
		{"ForbiddenByConnection", Lasting, sourceVault},

		// There is no room left.
		{"QuotaExceeded", Lasting, sourceManager},
		{"ResourceQuotaExceeded", Lasting, sourceManager},
		{"OperationNotAllowed", Lasting, sourceManager},
		{"SubscriptionQuotaExceeded", Lasting, sourceBatch},
		{"RoleAssignmentLimitExceeded", Lasting, sourceRoles},
		{"SkuNotAvailable", Lasting, sourceManager},

		// The name is taken.
		{"StorageAccountAlreadyTaken", Lasting, sourceStorage},
		{"StorageAccountAlreadyExists", Lasting, sourceManager},
		{"StorageAccountInAnotherResourceGroup", Lasting, sourceManager},
		{"VaultAlreadyExists", Lasting, sourceRecorded},
		{"ObjectIsDeletedButRecoverable", Lasting, sourceVaultClient},
		{"AccountAlreadyExists", Lasting, sourceBatch},
		{"AccountNameAlreadyTaken", Lasting, sourceBatch},
		{"RoleAssignmentExists", Lasting, sourceRoles},
		{"ReservedResourceName", Lasting, sourceManager},

		// The request asks for what Azure does not do.
		{"MissingSubscriptionRegistration", Lasting, sourceRecorded},
		{"SubscriptionNotRegistered", Lasting, sourceManager},
		{"InvalidResourceLocation", Lasting, sourceManager},
		{"InvalidResourceGroupLocation", Lasting, sourceManager},
		{"LocationNotAvailableForResourceType", Lasting, sourceManager},
		{"InvalidRequestContent", Lasting, sourceBatch},
		{"MissingRequiredProperty", Lasting, sourceBatch},
		{"InvalidPropertyValue", Lasting, sourceBatch},
		{"StorageAccountTypeConversionNotAllowed", Lasting, sourceStorage},
		{"ResourceGroupDeletionBlocked", Lasting, sourceManager},

		// Another change of the same resource is at work.
		{"OperationInProgress", Busy, sourceRecorded},
		{"AnotherOperationInProgress", Busy, sourceManager},
		{"Conflict", Busy, sourceManager},
		{"ConflictError", Busy, sourceVault},
		{"StorageAccountOperationInProgress", Busy, sourceStorage},
		{"StorageAccountBeingCreated", Busy, sourceStorage},
		{"StorageAccountIsNotProvisioned", Busy, sourceStorage},
		{"ObjectIsBeingDeleted", Busy, sourceVaultClient},
		{"ResourceGroupBeingDeleted", Busy, sourceManager},

		// Too many requests were sent.
		{"SubscriptionRequestsThrottled", Throttled, sourceRecorded},
		{"TooManyRequests", Throttled, sourceStorage},
		{"Throttled", Throttled, sourceVaultClient},

		// Not all of Azure knows a new identity yet.
		{"PrincipalNotFound", Propagating, sourceRoles},
	}
}

// LockedScopes returns the scopes at which locks stopped a request, as far as Azure names them.
func (e *Error) LockedScopes() []string {
	_, named, ok := strings.Cut(e.Message, "are locked:")
	if !ok || !strings.EqualFold(e.Code, "ScopeLocked") {
		return nil
	}
	var scopes []string
	for _, part := range strings.Split(named, "'") {
		if strings.HasPrefix(part, "/subscriptions/") {
			scopes = append(scopes, part)
		}
	}
	return scopes
}
