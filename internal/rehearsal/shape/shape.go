// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package shape knows the JSON of Azure's operations: for each resource type,
// api-version and operation the fields that a request may have and that an
// answer shows, with their types, values and spelling.
//
// It is generated from Microsoft's OpenAPI documents, and for a few types from
// documents written in this project. It knows no rule of any service, and must
// not import the engine.
package shape

import (
	"net/http"
	"slices"
	"strings"
)

//go:generate go run ./gen

// List is the operation that reads a collection, the GET of a path that ends
// with a type rather than with a name.
const List = "LIST"

// Action names the operation that POSTs to an action of a resource.
func Action(name string) string { return http.MethodPost + " " + name }

// KeyVault is the type to ask for Key Vault's data plane. Its operations go by
// the identifiers of the document, such as "CreateKey" and "wrapKey".
const KeyVault = "keyvault"

// Operation is an operation of a resource type at an api-version.
type Operation struct {
	Version

	// Type is the resource type as Azure spells it.
	Type string
	// ID is the operation's identifier in the document.
	ID string
	// Method and Path are the HTTP method and the template of the path.
	Method, Path string
	// NeedsBody tells that a request without a body is incomplete.
	NeedsBody bool
	// Statuses are the documented status codes of success, lowest first.
	Statuses []int
	// LongRunning tells that the answer may come before the work is done.
	LongRunning bool

	request, response *node
}

// For finds an operation. In Resource Manager operations are named by their
// method ("GET", "PUT", "PATCH", "DELETE", "HEAD"), [List] or [Action]; the
// document's own identifier is understood for every type. Names are compared
// without regard to case.
func For(resourceType, version, operation string) (Operation, bool) {
	l := loaded()
	t, ok := l.types[strings.ToLower(resourceType)]
	if !ok {
		return Operation{}, false
	}
	resolved, ok := t.resolve(version)
	if !ok {
		return Operation{}, false
	}
	for name, entry := range t.Versions[resolved.Documented] {
		if strings.EqualFold(name, operation) || strings.EqualFold(entry.ID, operation) {
			return l.operation(t, resolved, entry), true
		}
	}
	return Operation{}, false
}

// Types lists the resource types, sorted.
func Types() []string {
	var names []string
	for _, t := range loaded().types {
		names = append(names, t.Name)
	}
	slices.Sort(names)
	return names
}

// Operations lists the names by which [For] finds the operations of a resource
// type at an api-version, sorted.
func Operations(resourceType, version string) []string {
	t, ok := loaded().types[strings.ToLower(resourceType)]
	if !ok {
		return nil
	}
	resolved, ok := t.resolve(version)
	if !ok {
		return nil
	}
	var names []string
	for name := range t.Versions[resolved.Documented] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// TakesBody tells that the operation's requests may have a body.
func (o Operation) TakesBody() bool { return o.request != nil }

// HasResponse tells that the operation's answers may have a body.
func (o Operation) HasResponse() bool { return o.response != nil }

// resource tells that the operation writes a resource of Resource Manager,
// which clients like to send back as they have read it.
func (o Operation) resource() bool {
	return o.Type != KeyVault && (o.Method == http.MethodPut || o.Method == http.MethodPatch)
}
