// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package microsoftmedia holds what the accounts of Microsoft.Media have in common, those of Media
// Services and those of Video Analyzer: their names, the identities they act with, their account
// key and copies of storage keys, how a change is undone, and the headers of an answer. It must not
// import the packages of either kind.
//
// Where a comment says "recorded", the behaviour is that of the traffic of Microsoft's own client
// tests.
package microsoftmedia

import (
	"encoding/json"
	"maps"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Bad returns a 400 BadRequest worded by rehearsal, because no public source has Azure's words.
func Bad(format string, args ...any) *engine.Error {
	return engine.Ownf(http.StatusBadRequest, "BadRequest", format, args...)
}

// Answer gives an answer the headers of Microsoft.Media (recorded).
func Answer(r *engine.Request, response *engine.Response) {
	response.Header.Set("Server", "Microsoft-HTTPAPI/2.0")
	if response.Body == nil {
		return
	}
	response.Header.Set("Odata-Version", "4.0")
	contentType := "application/json; odata.metadata=minimal"
	if r.HTTP.Header.Get("Accept") == "" {
		contentType += "; odata.streaming=true" // the answer to the Go SDK's poller
	}
	response.Header.Set("Content-Type", contentType)
}

// Busy returns the refusal of a change while another one is in progress. The code is the one of streaming
// endpoints (recorded, "… on the Origin"); no public source has the account's.
func Busy() *engine.Error {
	return engine.Ownf(http.StatusConflict, "OperationInProgress",
		"There is another operation already in progress on the account.")
}

// Stamp writes into the account's systemData who created or changed it.
func Stamp(r *engine.Request, old, next *engine.Resource) {
	now := engine.Timestamp(r.Now())
	data := map[string]any{}
	if old == nil {
		data["createdBy"], data["createdByType"], data["createdAt"] = r.Caller.AppID, "Application", now
	} else {
		maps.Copy(data, old.SystemData)
	}
	data["lastModifiedBy"], data["lastModifiedByType"] = r.Caller.AppID, "Application"
	data["lastModifiedAt"] = now
	next.SystemData = data
}

// Before is an account before an operation, to be restored if the operation fails (own choice: no public
// source has what becomes of an update that fails).
type Before struct {
	Properties map[string]any  `json:"properties"`
	Hidden     json.RawMessage `json:"hidden"`
}

// Remember returns the account before an update, or nil before its creation.
func Remember(old *engine.Resource) *Before {
	if old == nil {
		return nil
	}
	return &Before{Properties: old.Properties, Hidden: old.Hidden}
}

// Restore puts the account back.
func (b *Before) Restore(account *engine.Resource) {
	account.Properties, account.Hidden = b.Properties, b.Hidden
}

// Operation starts the operation that completes a change of an account. Clients follow it at the
// operations of the name ("mediaServices"). A change is answered with 202, a creation with 201.
func Operation(r *engine.Request, account *engine.Resource, name string) engine.Outcome {
	account.Set("provisioningState", engine.InProgress)
	place := "/subscriptions/" + account.ID.Subscription() +
		"/providers/Microsoft.Media/locations/" + account.Location + "/" + name
	outcome := engine.Outcome{Async: &engine.Async{
		StatusPath: place + "OperationStatuses/{operation}",
		ResultPath: place + "OperationResults/{operation}",
	}}
	if r.HTTP.Method == http.MethodPatch {
		outcome.Status = http.StatusAccepted
	}
	return outcome
}

// HandleOperations adds the routes that [Operation] leads to.
func HandleOperations(e *engine.Engine, name string, kind *engine.ResourceType) {
	const place = "GET /subscriptions/{subscription}/providers/Microsoft.Media/locations/{location}/"
	e.Handle(engine.Route{
		Pattern: place + name + "OperationStatuses/{operation}",
		Serve:   ServeAs(kind, engine.ServeOperationStatus),
	})
	e.Handle(engine.Route{
		Pattern: place + name + "OperationResults/{operation}",
		Serve:   ServeAs(kind, engine.ServeOperationResult),
	})
}

// ServeAs gives the answers of a route the headers of a type's answers.
func ServeAs(kind *engine.ResourceType, serve engine.Handler) engine.Handler {
	return func(r *engine.Request) (*engine.Response, error) {
		r.AnswerAs(kind)
		return serve(r)
	}
}
