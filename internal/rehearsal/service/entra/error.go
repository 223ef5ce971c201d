// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// refusal is an error of the token endpoints: an OAuth 2.0 error (RFC 6749, section 5.2) with
// Entra ID's own number.
type refusal struct {
	status  int
	oauth   string // "invalid_client"
	number  int    // of the AADSTS code
	message string
}

func refuse(oauth string, number int, format string, args ...any) *refusal {
	return &refusal{
		status: http.StatusBadRequest, oauth: oauth, number: number,
		message: fmt.Sprintf(format, args...),
	}
}

// refuseClient returns the refusal of credentials, which has a status of its own.
func refuseClient(number int, format string, args ...any) *refusal {
	refused := refuse("invalid_client", number, format, args...)
	refused.status = http.StatusUnauthorized
	return refused
}

// answer returns the refusal as the endpoint sends it.
func (f *refusal) answer(r *engine.Request) *engine.Response {
	r.Note("AADSTS%d: %s", f.number, f.message)
	trace, correlation := r.NewID(), correlationID(r)
	at := r.Now().Format("2006-01-02 15:04:05Z")
	return &engine.Response{Status: f.status, Body: map[string]any{
		"error": f.oauth,
		"error_description": fmt.Sprintf(
			"AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
			f.number, f.message, trace, correlation, at),
		"error_codes":    []int{f.number},
		"timestamp":      at,
		"trace_id":       trace,
		"correlation_id": correlation,
		"error_uri": fmt.Sprintf("%s/error?code=%d",
			engine.PublicCloud{}.Authority(), f.number),
	}}
}

// correlationID returns the client's own number for what it does, where it has one.
func correlationID(r *engine.Request) string {
	if id, err := uuid.Parse(r.HTTP.Header.Get("Client-Request-Id")); err == nil {
		return id.String()
	}
	return r.NewID()
}

func tenantNotFound(tenant string) *refusal {
	return refuse("invalid_request", 90002,
		"Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing "+
			"into the correct cloud. Check with your subscription administrator, this may happen "+
			"if there are no active subscriptions for the tenant.", tenant)
}

func missingParameter(name string) *refusal {
	return refuse("invalid_request", 900144,
		"The request body must contain the following parameter: '%s'.", name)
}
