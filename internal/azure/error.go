// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Error is what Azure said when it refused a request, or when an operation that it had accepted
// failed: then Status is that of the answer which told of the failure, usually 200.
type Error struct {
	Code          string
	InnerCode     string // Key Vault names the precise cause here.
	Message       string
	Status        int
	RequestID     string
	CorrelationID string
	Method        string
	URL           string // Without its query, which can hold a signature.
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s %s answered %d", e.Method, e.URL, e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// AsError finds what Azure said in an error. It reports false if no answer of Azure's is the
// cause: the network, a cancelled context or the credentials are.
func AsError(err error) (*Error, bool) {
	var own *Error
	if errors.As(err, &own) {
		return own, true
	}
	var response *azcore.ResponseError
	if !errors.As(err, &response) {
		return nil, false
	}
	found := &Error{Code: response.ErrorCode, Status: response.StatusCode}
	if raw := response.RawResponse; raw != nil {
		found.RequestID = firstHeader(raw.Header, "x-ms-request-id")
		found.CorrelationID = firstHeader(raw.Header, headerCorrelationID)
		if raw.Request != nil {
			found.Method = raw.Request.Method
			found.URL = withoutQuery(raw.Request.URL)
		}
		found.readBody(raw)
	}
	return found, true
}

// IsNotFound reports whether Azure says that the object, or what it lies in, does not exist.
// A 404 that speaks of the subscription or of the resource type is no such answer, nor is one
// without a code, which comes from something between here and Azure: to forget a resource for
// one of these would orphan it.
func IsNotFound(err error) bool {
	azureError, ok := AsError(err)
	if !ok || azureError.Status != http.StatusNotFound {
		return false
	}
	switch azureError.Code {
	case "", "SubscriptionNotFound", "InvalidSubscriptionId", "InvalidResourceNamespace",
		"InvalidResourceType", "NoRegisteredProviderFound", "TenantNotFound":
		return false
	default:
		return true
	}
}

// IsRetired reports whether Azure answers a list that the cloud has no such service, or has it no
// more, and thus no accounts of it (Resource Manager, troubleshooting: InvalidResourceType,
// InvalidResourceNamespace, NoRegisteredProviderFound). A service that lives answers so to an
// api-version that it has not.
func IsRetired(err error) bool {
	return HasCode(err, "InvalidResourceType", "InvalidResourceNamespace", "NoRegisteredProviderFound")
}

// IsUnregistered reports whether Azure answers that a subscription is not registered for a service.
// It has no resources of it then: "You can't unregister a resource provider when you still have
// resource types from that resource provider in your subscription" (Azure resource providers and
// types).
func IsUnregistered(err error) bool {
	return HasCode(err, "MissingSubscriptionRegistration", "SubscriptionNotRegistered")
}

// IsConflict reports whether Azure refused a request because of the object's present state.
func IsConflict(err error) bool {
	azureError, ok := AsError(err)
	return ok && azureError.Status == http.StatusConflict
}

// IsForbidden reports whether Azure refused a request because the caller lacks a permission.
func IsForbidden(err error) bool {
	azureError, ok := AsError(err)
	return ok && azureError.Status == http.StatusForbidden
}

// HasCode reports whether Azure's error carries one of the codes, as its code or, as Key Vault
// does, as its inner code. Codes are compared without regard to case.
func HasCode(err error, codes ...string) bool {
	azureError, ok := AsError(err)
	return ok && slices.ContainsFunc(codes, func(code string) bool {
		return strings.EqualFold(code, azureError.Code) ||
			strings.EqualFold(code, azureError.InnerCode)
	})
}

// IsRefused reports whether Azure refused the request outright, so that it changed nothing. It
// is false for an answer that leaves this open: none at all, a server error, a time-out, or an
// operation that was accepted and failed later.
func IsRefused(err error) bool {
	azureError, ok := AsError(err)
	return ok && azureError.Status >= http.StatusBadRequest &&
		azureError.Status < http.StatusInternalServerError &&
		azureError.Status != http.StatusRequestTimeout
}

// readBody takes code and message from the three shapes of error body: Resource Manager's and
// Key Vault's {"error":{…}}, that of a failed operation, which puts the same beside its status,
// and the bare {"code","message"} of older services.
func (e *Error) readBody(response *http.Response) {
	type detail struct {
		Code       string `json:"code"`
		Message    string `json:"message"`
		InnerError struct {
			Code string `json:"code"`
		} `json:"innererror"`
	}
	var body struct {
		detail
		Error  *detail `json:"error"`
		Status string  `json:"status"`
	}
	payload, err := runtime.Payload(response)
	if err != nil || json.Unmarshal(payload, &body) != nil {
		return
	}
	refusal := body.detail
	if body.Error != nil {
		refusal = *body.Error
	}
	e.InnerCode = refusal.InnerError.Code
	e.Message = strings.TrimSpace(refusal.Message)
	if e.Code == "" {
		e.Code = refusal.Code
	}
	if e.Message == "" && body.Status != "" {
		e.Message = "The operation ended in the state " + body.Status + "."
	}
}

func firstHeader(header http.Header, names ...string) string {
	for _, name := range names {
		if value := header.Get(name); value != "" {
			return value
		}
	}
	return ""
}
