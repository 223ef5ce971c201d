// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"encoding/json"
	"maps"
	"strings"
	"time"
)

// Resource is one document of Resource Manager's tree.
type Resource struct {
	ID         ID                `json:"id"`
	Type       string            `json:"type"`
	Name       string            `json:"name"`
	Location   string            `json:"location,omitempty"` // short name, "westus2"
	Kind       string            `json:"kind,omitempty"`
	SKU        map[string]any    `json:"sku,omitempty"`
	Tags       map[string]string `json:"tags"` // nil where none were ever sent
	Identity   *Identity         `json:"identity,omitempty"`
	Properties map[string]any    `json:"properties,omitempty"`
	SystemData map[string]any    `json:"systemData,omitempty"`
	// Hidden is a document of the service that answers never show: keys, wrapped keys, progress.
	Hidden json.RawMessage `json:"hidden,omitempty"`
	// Pending is the operation in progress on the resource, or "".
	Pending  string    `json:"pending,omitempty"`
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`
}

// Identity is the managed identity of a resource.
type Identity struct {
	// Type is "None", "SystemAssigned", "UserAssigned" or "SystemAssigned,UserAssigned".
	Type string `json:"type"`
	// PrincipalID is the object ID of the system-assigned identity.
	PrincipalID string `json:"principalId,omitempty"`
	TenantID    string `json:"tenantId,omitempty"`
	// UserAssigned are the user-assigned identities by resource ID.
	UserAssigned map[string]*UserIdentity `json:"userAssignedIdentities,omitempty"`
}

// UserIdentity is a user-assigned identity as its resource shows it.
type UserIdentity struct {
	ClientID    string `json:"clientId,omitempty"`
	PrincipalID string `json:"principalId,omitempty"`
}

// System reports whether the system-assigned identity is switched on.
func (i *Identity) System() bool {
	return i != nil && strings.Contains(strings.ToLower(i.Type), "systemassigned")
}

// User returns the user-assigned identity with this resource ID, or nil.
func (i *Identity) User(id ID) *UserIdentity {
	if i == nil {
		return nil
	}
	for listed, identity := range i.UserAssigned {
		if id.Is(ID(listed)) {
			return identity
		}
	}
	return nil
}

// Clone returns a copy that shares nothing with the resource.
func (r *Resource) Clone() *Resource {
	encoded, err := json.Marshal(r)
	if err != nil {
		panic(err) // a document that came from JSON goes back to it
	}
	clone := new(Resource)
	if err := json.Unmarshal(encoded, clone); err != nil {
		panic(err)
	}
	return clone
}

// Hide keeps the service's own document with the resource.
func (r *Resource) Hide(document any) {
	encoded, err := json.Marshal(document)
	if err != nil {
		panic(err)
	}
	r.Hidden = encoded
}

// Reveal reads the service's own document into document, and leaves document as it is if there is none.
func (r *Resource) Reveal(document any) {
	if len(r.Hidden) == 0 {
		return
	}
	if err := json.Unmarshal(r.Hidden, document); err != nil {
		panic(err)
	}
}

// Read decodes the property at the dotted path into value and reports whether it is there.
func (r *Resource) Read(path string, value any) bool {
	return Read(r.Properties, path, value)
}

// Read decodes the value at the dotted path of a JSON object into value and reports whether it is
// there and fits.
func Read(object map[string]any, path string, value any) bool {
	var at any = object
	for _, name := range strings.Split(path, ".") {
		inside, isObject := at.(map[string]any)
		if !isObject {
			return false
		}
		if at = inside[name]; at == nil {
			return false
		}
	}
	encoded, err := json.Marshal(at)
	return err == nil && json.Unmarshal(encoded, value) == nil
}

// String returns the string at the dotted path of the properties, or "".
func (r *Resource) String(path string) string {
	var s string
	r.Read(path, &s)
	return s
}

// Set sets the property at the dotted path, making the objects on the way; nil removes it.
func (r *Resource) Set(path string, value any) {
	if r.Properties == nil {
		r.Properties = map[string]any{}
	}
	names := strings.Split(path, ".")
	at := r.Properties
	for _, name := range names[:len(names)-1] {
		inside, isObject := at[name].(map[string]any)
		if !isObject {
			if value == nil {
				return
			}
			inside = map[string]any{}
			at[name] = inside
		}
		at = inside
	}
	if last := names[len(names)-1]; value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
}

// Default sets the property at the dotted path where it is not set.
func (r *Resource) Default(path string, value any) {
	var present any
	if !r.Read(path, &present) {
		r.Set(path, value)
	}
}

// Merge changes an object as a JSON merge patch does (RFC 7396): objects are merged, null
// removes, anything else replaces.
func Merge(into, patch map[string]any) map[string]any {
	merged := maps.Clone(into)
	if merged == nil {
		merged = map[string]any{}
	}
	for name, value := range patch {
		switch value := value.(type) {
		case nil:
			delete(merged, name)
		case map[string]any:
			inside, _ := merged[name].(map[string]any)
			merged[name] = Merge(inside, value)
		default:
			merged[name] = value
		}
	}
	return merged
}
