// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Operation is a piece of asynchronous work.
type Operation struct {
	ID       string    `json:"id"`
	Resource ID        `json:"resource"`
	Type     string    `json:"type"`
	Method   string    `json:"method"`
	Version  string    `json:"version"`
	Location string    `json:"location"`
	Status   string    `json:"status"` // InProgress, Succeeded or Failed
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Code     string    `json:"code,omitempty"` // of the error, where it failed
	Message  string    `json:"message,omitempty"`
	// Fault is the error that the operation ends with, if a fault was injected.
	Fault *Error `json:"fault,omitempty"`
	// StatusPath and ResultPath are where clients follow it.
	StatusPath string `json:"statusPath,omitempty"`
	ResultPath string `json:"resultPath,omitempty"`
}

// The states of an operation.
const (
	InProgress = "InProgress"
	Succeeded  = "Succeeded"
	Failed     = "Failed"
)

const (
	operationPrefix = "operation/"
	operationTimer  = "operation"
)

// begin starts an operation on a resource and returns the headers by which a client follows it.
func (r *Request) begin(t *ResourceType, resource *Resource, async *Async) http.Header {
	id := r.NewID()
	operation := &Operation{
		ID: id, Resource: resource.ID, Type: t.Name, Method: r.HTTP.Method, Version: r.APIVersion,
		Location: resource.Location, Status: InProgress, Start: r.Now(),
		StatusPath: strings.ReplaceAll(async.StatusPath, "{operation}", id),
		ResultPath: strings.ReplaceAll(async.ResultPath, "{operation}", id),
	}
	resource.Pending = id
	r.started = id
	r.SaveOperation(operation)
	r.Schedule(r.Now().Add(r.engine.pace.Operation+async.Duration), operationTimer, id)
	return r.operationHeader(operation)
}

// Begin starts an operation other than a PUT, a PATCH or a DELETE on a resource, keeps the resource,
// and answers 202 with the headers by which a client follows it. The type's Complete ends it.
func (r *Request) Begin(t *ResourceType, resource *Resource, async *Async) *Response {
	header := r.begin(t, resource, async)
	r.Save(resource)
	return &Response{Status: http.StatusAccepted, Header: header}
}

// operationHeader returns the headers by which a client follows the operation.
func (r *Request) operationHeader(operation *Operation) http.Header {
	header := http.Header{}
	link := func(name, path string) {
		if path == "" {
			return
		}
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		header.Set(name, r.Origin()+path+separator+"api-version="+operation.Version)
	}
	link("Azure-Asyncoperation", operation.StatusPath)
	link("Location", operation.ResultPath)
	r.engine.pace.AskToWait(header)
	return header
}

// AskToWait adds the headers that tell a client when to poll again.
func (p Pace) AskToWait(header http.Header) {
	seconds := max(1, int(p.RetryAfter.Round(time.Second)/time.Second))
	header.Set("Retry-After", strconv.Itoa(seconds))
	header.Set("X-Ms-Retry-After-Ms", strconv.FormatInt(p.RetryAfter.Milliseconds(), 10))
}

// Pace returns how long asynchronous work takes, for services whose operations are not the engine's.
func (tx *Tx) Pace() Pace { return tx.engine.pace }

// Operation returns the operation with this ID, or nil.
func (tx *Tx) Operation(id string) *Operation {
	operation := new(Operation)
	if !tx.Load(operationPrefix+strings.ToLower(id), operation) {
		return nil
	}
	return operation
}

// Started returns the operation that the request began, or nil.
func (r *Request) Started() *Operation {
	if r.started == "" {
		return nil
	}
	return r.Operation(r.started)
}

// SaveOperation stores the operation.
func (tx *Tx) SaveOperation(operation *Operation) {
	tx.Store(operationPrefix+strings.ToLower(operation.ID), operation)
}

// completeOperation ends an operation that is due.
func completeOperation(tx *Tx, id string) {
	operation := tx.Operation(id)
	if operation == nil || operation.Status != InProgress {
		return
	}
	operation.Status = Succeeded
	operation.End = tx.Now()
	if failed := tx.engine.complete(tx, operation); failed != nil {
		operation.Status = Failed
		operation.Code, operation.Message = failed.Code, failed.Message
	}
	tx.SaveOperation(operation)
}

func (e *Engine) complete(tx *Tx, operation *Operation) *Error {
	t := e.Type(operation.Type)
	resource := tx.Resource(operation.Resource)
	if operation.Fault != nil {
		if resource != nil && resource.Pending == operation.ID {
			resource.Pending = ""
			resource.Set("provisioningState", Failed)
			tx.Save(resource)
		}
		return operation.Fault
	}
	if operation.Method == http.MethodDelete {
		if resource != nil {
			e.forget(tx, resource)
			tx.Remove(resource.ID)
		}
		return nil
	}
	if resource == nil || t == nil || resource.Pending != operation.ID {
		return nil // deleted while the operation was at work, or about to be
	}
	resource.Pending = ""
	var failed *Error
	if t.Complete != nil {
		failed = t.Complete(tx, resource, operation)
	} else {
		resource.Set("provisioningState", Succeeded)
	}
	tx.Save(resource)
	return failed
}

// ServeOperationStatus answers a GET of Azure-AsyncOperation: 200 with the state. The route's
// pattern names the operation {operation}.
func ServeOperationStatus(r *Request) (*Response, error) {
	operation := r.Operation(r.Params["operation"])
	if operation == nil {
		return nil, operationNotFound()
	}
	status := map[string]any{
		"name": operation.ID, "id": r.HTTP.URL.Path, "status": operation.Status,
		"startTime": Timestamp(operation.Start),
	}
	response := &Response{Status: http.StatusOK, Body: status}
	switch operation.Status {
	case InProgress:
		response.Header = r.operationHeader(operation)
		response.Header.Del("Azure-Asyncoperation")
		response.Header.Del("Location")
	case Failed:
		status["error"] = map[string]any{"code": operation.Code, "message": operation.Message}
		fallthrough
	default:
		status["endTime"] = Timestamp(operation.End)
	}
	return response, nil
}

// ServeOperationResult answers a GET of Location: 202 while the operation is at work, then 200
// with the resource, or 200 without a body where the resource is gone.
func ServeOperationResult(r *Request) (*Response, error) {
	operation := r.Operation(r.Params["operation"])
	if operation == nil {
		return nil, operationNotFound()
	}
	switch operation.Status {
	case InProgress:
		return &Response{Status: http.StatusAccepted, Header: r.operationHeader(operation)}, nil
	case Failed:
		return nil, Errorf(http.StatusBadRequest, operation.Code, "%s", operation.Message)
	}
	resource := r.Resource(operation.Resource)
	t := r.engine.Type(operation.Type)
	if resource == nil || t == nil || operation.Method == http.MethodDelete {
		return &Response{Status: http.StatusOK}, nil
	}
	return &Response{Status: http.StatusOK, Body: r.Show(t, resource)}, nil
}

func operationNotFound() *Error {
	return Errorf(http.StatusNotFound, "NotFound", "The requested resource was not found.")
}

// Timestamp returns a time as Azure writes it: UTC, up to seven digits of a fraction, trailing zeros
// cut.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.9999999Z") }
