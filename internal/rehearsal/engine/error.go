// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"fmt"
	"net/http"
)

// Error is a refusal as Azure sends it: a status and the body
// {"error":{"code":…,"message":…}}. Every handler returns its refusals as one.
type Error struct {
	// Status is the HTTP status code.
	Status int `json:"-"`
	// Code is the error code, "ResourceNotFound".
	Code string `json:"code"`
	// Message is the sentence for a person.
	Message string `json:"message"`
	// Target names the subject of the error, if the service sends one.
	Target string `json:"target,omitempty"`
	// Details are the parts of an error that has several causes.
	Details []*Error `json:"details,omitempty"`
	// Inner is a narrower code, as Key Vault sends it in innererror.
	Inner string `json:"-"`
	// Header is sent along, Retry-After for one.
	Header http.Header `json:"-"`
	// Gateway says that Resource Manager itself refuses, not the service behind it.
	Gateway bool `json:"-"`
	// Own marks an answer that rehearsal has chosen, because no public source has Azure's. It shows
	// in the journal, not on the wire.
	Own bool `json:"-"`
	// Cause tells another service of rehearsal, as a type, why the request was refused. It is not on
	// the wire.
	Cause error `json:"-"`
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)
}

// Errorf returns a refusal of a service.
func Errorf(status int, code, format string, args ...any) *Error {
	return &Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Gatewayf returns a refusal of Resource Manager itself. The answer says so in the header
// x-ms-failure-cause.
func Gatewayf(status int, code, format string, args ...any) *Error {
	e := Errorf(status, code, format, args...)
	e.Gateway = true
	return e
}

// Ownf returns a refusal worded by rehearsal, because no public source has Azure's words.
func Ownf(status int, code, format string, args ...any) *Error {
	e := Errorf(status, code, format, args...)
	e.Own = true
	return e
}

// errorContent is the error as the answer contains it.
type errorContent struct {
	*Error
	InnerError *innerError `json:"innererror,omitempty"`
}

type innerError struct {
	Code string `json:"code"`
}

func (c errorContent) errorCode() string { return c.Code }

func (e *Error) body() map[string]any {
	content := errorContent{Error: e}
	if e.Inner != "" {
		content.InnerError = &innerError{Code: e.Inner}
	}
	return map[string]any{"error": content}
}
