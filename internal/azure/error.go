// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Error is Azure's answer to a request that it refused, or to the poll that found an accepted operation
// failed. Status then is that of the poll, usually 200.
type Error struct {
	Code          string
	InnerCode     string // Key Vault gives the precise cause here.
	Message       string
	Status        int
	RequestID     string
	CorrelationID string
	Method        string
	URL           string // Without its query, which may have a signature.
	OpenAttempt   bool   // Azure may have carried out an earlier attempt of the same request.
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

// sharedError is an error that several callers may look into at once: its answer has been read. The SDK reads the body
// of an answer anew each time, and writes it back.
type sharedError struct {
	error

	answer *Error
}

// shareable returns an error that several callers may look into at once.
func shareable(err error) error {
	if answer, ok := AsError(err); ok {
		return &sharedError{err, answer}
	}
	return err
}

func (e *sharedError) Unwrap() error { return e.error }

// As returns the answer that was read.
func (e *sharedError) As(target any) bool {
	answer, ok := target.(**Error)
	if ok {
		*answer = e.answer
	}
	return ok
}

// AsError returns Azure's answer in an error. It reports false if the cause is another one, such as the
// network, a canceled context or the credentials.
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
		found.OpenAttempt = raw.Header.Get(headerOpenAttempt) != ""
		if raw.Request != nil {
			found.Method = raw.Request.Method
			found.URL = withoutQuery(raw.Request.URL)
		}
		found.readBody(raw)
	}
	return found, true
}

// IsNotFound reports whether Azure says that the object, or its parent, does not exist. It is false
// for a 404 about the subscription, the tenant or the resource type, and for one without a code, which
// a proxy sends: forgetting a resource because of these would orphan it.
func IsNotFound(err error) bool {
	azureError, ok := AsError(err)
	if !ok || azureError.Status != http.StatusNotFound {
		return false
	}
	switch azureError.Code {
	case "", "SubscriptionNotFound", "InvalidSubscriptionId", "TenantNotFound":
		return false
	default:
		return !IsRetired(err)
	}
}

// IsRetired reports whether the cloud does not have a service, or no longer has it, and thus has none of
// its resources (Resource Manager, troubleshooting: InvalidResourceType, InvalidResourceNamespace,
// NoRegisteredProviderFound). A live service answers the same to an api-version that it does not have.
func IsRetired(err error) bool {
	return HasCode(err, "InvalidResourceType", "InvalidResourceNamespace", "NoRegisteredProviderFound")
}

// IsUnregistered reports whether the subscription is not registered for a service, and thus has none of
// its resources: "You can't unregister a resource provider when you still have resource types from that
// resource provider in your subscription" (Azure resource providers and types).
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

// IsHidden reports whether Azure shows the caller nothing: the object does not exist, or the caller may
// not read it. From another subscription or tenant, both can look the same.
func IsHidden(err error) bool {
	azureError, ok := AsError(err)
	return ok && slices.Contains(
		[]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, azureError.Status)
}

// IsUnreachable reports whether there was no connection to the host that a request went to: its name does not
// resolve, or nothing there answers. Credentials that could not be had are another cause.
func IsUnreachable(err error) bool {
	if _, ok := errors.AsType[*CredentialError](err); ok {
		return false
	}
	_, failed := errors.AsType[*net.OpError](err)
	_, unresolved := errors.AsType[*net.DNSError](err)
	return failed || unresolved
}

// IsVaultDenied reports whether a vault refused the caller because no access policy or role grants the
// request. The vault's firewall refuses with other codes.
func IsVaultDenied(err error) bool { return HasCode(err, "ForbiddenByRbac", "AccessDenied") }

// HasCode reports whether Azure's error has one of the codes, as its code or, as Key Vault does, as its
// inner code. Upper and lower case are the same.
func HasCode(err error, codes ...string) bool {
	azureError, ok := AsError(err)
	return ok && slices.ContainsFunc(codes, func(code string) bool {
		return strings.EqualFold(code, azureError.Code) ||
			strings.EqualFold(code, azureError.InnerCode)
	})
}

// IsRefused reports whether Azure refused the request outright and so changed nothing. It is false
// where that is open: after no answer, a server error, a time-out, an operation that Azure accepted
// and that failed later, or a refusal of another attempt than the first.
func IsRefused(err error) bool {
	azureError, ok := AsError(err)
	return ok && !azureError.OpenAttempt && !IsAccepted(err) && azureError.Status >= http.StatusBadRequest &&
		azureError.Status < http.StatusInternalServerError &&
		azureError.Status != http.StatusRequestTimeout
}

// readBody reads code and message from the three shapes of error body: Resource Manager's and Key
// Vault's {"error":{…}}, that of a failed operation, which has the same beside its status, and the bare
// {"code","message"} of older services.
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
