// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"net/http"
	"strings"
	"time"
)

// ResourceType describes a type of resource: the defaults, checks, computed values and actions of its
// service. The engine does everything that Resource Manager does alike for all types.
type ResourceType struct {
	// Name is the type as answers spell it, "Microsoft.Media/mediaservices".
	Name string
	// Permission is the type as permissions spell it, where that differs from Name: that of a
	// resource group is "Microsoft.Resources/subscriptions/resourceGroups".
	Permission string
	// Versions are the api-versions of a type without an OpenAPI document, oldest first. nil takes any
	// version.
	Versions []string
	// Untracked types have no location and no tags, and need not be in a resource group: role
	// assignments, and the groups themselves.
	Untracked bool
	// DisplayLocation shows the location as "West US 2" instead of "westus2".
	DisplayLocation bool
	// HasIdentity says that the type can have managed identities.
	HasIdentity bool
	// NextLink is the name of the paging link in lists; "" stands for "nextLink".
	NextLink string
	// Created is the status of the answer to a PUT that made the resource; 0 stands for 201.
	Created int
	// CheckName refuses a name that the service does not allow.
	CheckName func(name string) *Error
	// CheckIdentity refuses an identity type that Resource Manager takes and the service does not.
	// nil takes them all.
	CheckIdentity func(kind string) *Error
	// Busy is the refusal of a write while an operation is in progress on the resource, and of one that
	// was at work when another write of the resource ended. nil does the latter one after the other.
	// "{name}" in its message stands for the resource's name.
	Busy *Error

	// Terms are further terms by which resources of the type are found with [Tx.With]. nil has none.
	Terms func(resource *Resource) []string

	// Write checks and completes next, the resource to be saved. With PUT it holds what was sent;
	// with PATCH, what was sent merged into old. old is nil on creation. The engine has set location,
	// tags, sku, kind and identity, and saves next.
	Write func(r *Request, old, next *Resource) (Outcome, error)
	// View changes a copy of the resource for an answer at the request's version. nil shows the
	// resource as it is stored.
	View func(r *Request, shown *Resource)
	// Admit refuses requests for a nested type or its list when the parent is in no state for them.
	// nil admits everything.
	Admit func(r *Request, parent *Resource) *Error
	// Remove refuses or prepares a deletion. nil allows it.
	Remove func(r *Request, resource *Resource) (Outcome, error)
	// Complete ends an operation on the resource; the operation fails with the error that it returns.
	// nil sets properties.provisioningState to Succeeded.
	Complete func(tx *Tx, resource *Resource, operation *Operation) *Error
	// Answer adds the headers that all answers of the service have. It is called for refusals of the
	// service too, but not for those of Resource Manager.
	Answer func(r *Request, response *Response)
	// Serve answers all requests for the type, single resources and lists, in place of the engine:
	// for types that apply to other resources, whose lists look up and down the tree. It checks
	// permissions itself and reads bodies with [Request.ReadBody].
	Serve Handler
	// Routes are the actions on a resource other than PUT, PATCH, GET, LIST and DELETE, by method and
	// path below it: "POST listKeys", "PUT accessPolicies/{kind}".
	Routes map[string]Action
}

// Action is an operation on a resource beyond the common ones.
type Action struct {
	// Permission is the action that the caller must be allowed; "" stands for the type, the
	// route's path and "/action".
	Permission string
	// Serve answers.
	Serve func(r *Request, resource *Resource) (*Response, error)
}

// Outcome says how to answer a write or a deletion.
type Outcome struct {
	// Async starts an operation; nil answers at once.
	Async *Async
	// Status replaces the usual status of the answer.
	Status int
	// Empty answers without a body.
	Empty bool
}

// Async says how clients follow an operation. "{operation}" in a path stands for its ID.
type Async struct {
	// StatusPath is the resource of the header Azure-AsyncOperation, ResultPath that of Location.
	// An empty path sends no header.
	StatusPath, ResultPath string
	// Duration is added to the engine's pace.
	Duration time.Duration
}

// action returns the permission for what a request does to a resource of the type.
func (t *ResourceType) action(verb string) string {
	if t.Permission != "" {
		return t.Permission + "/" + verb
	}
	return t.Name + "/" + verb
}

func (t *ResourceType) namespace() string {
	namespace, _, _ := strings.Cut(t.Name, "/")
	return namespace
}

func (t *ResourceType) busy() *Error {
	if t.Busy != nil {
		return t.Busy
	}
	return Ownf(http.StatusConflict, "OperationInProgress",
		"There is another operation already in progress on the resource.")
}

// route is a path that belongs to no resource type.
type route struct {
	method  string
	pattern []string // "{name}" takes any segment
	open    bool
	action  string
	handle  Handler
}

// Route describes a path of Resource Manager that belongs to no resource type.
type Route struct {
	// Pattern is the method and the path, "GET /subscriptions/{subscription}".
	Pattern string
	// Open routes need no token and no api-version.
	Open bool
	// Permission is the action that the caller must be allowed; "" lets every caller in.
	Permission string
	// Serve answers; the pattern's names are in the request's Params.
	Serve Handler
}

// Handle adds a path of Resource Manager that belongs to no resource type.
func (e *Engine) Handle(added Route) {
	method, path, _ := strings.Cut(added.Pattern, " ")
	e.routes = append(e.routes, route{
		method: method, pattern: segments(path), open: added.Open,
		action: added.Permission, handle: added.Serve,
	})
}

// AnswerAs makes the type's Answer complete the answer of a route.
func (r *Request) AnswerAs(t *ResourceType) { r.kind = t }

func (p route) match(method string, path []string) (map[string]string, bool) {
	if p.method != method {
		return nil, false
	}
	return match(p.pattern, path)
}

func match(pattern, path []string) (map[string]string, bool) {
	if len(pattern) != len(path) {
		return nil, false
	}
	params := map[string]string{}
	for i, segment := range pattern {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			params[strings.TrimSuffix(name, "}")] = path[i]
		} else if !strings.EqualFold(segment, path[i]) {
			return nil, false
		}
	}
	return params, true
}

func segments(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }
