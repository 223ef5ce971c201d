// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"slices"
	"strings"
)

const (
	resourcePrefix = "resource"
	// Beside each resource there are entries of an index, whose keys say all: its type, a term, and the
	// key of its identifier. The empty term holds all resources of the type.
	indexPrefix = "index/"
	// indexed is there once everything is in the index.
	indexed = "indexed"
)

func indexKey(resourceType, term string) string {
	return indexPrefix + strings.ToLower(resourceType+"|"+term) + "|"
}

// nameTerm is the term under which a resource that is not nested is found by its name.
func nameTerm(name string) string { return "name " + name }

// terms returns the terms under which a resource is found.
func (e *Engine) terms(resource *Resource) []string {
	if resource.Type == "" {
		return nil
	}
	terms := []string{""}
	if resource.ID.Parent() == "" {
		terms = append(terms, nameTerm(resource.Name))
	}
	if t := e.Type(resource.Type); t != nil && t.Terms != nil {
		terms = append(terms, t.Terms(resource)...)
	}
	return terms
}

// Resource returns the resource with this identifier, or nil. Changes take effect with [Tx.Save].
func (tx *Tx) Resource(id ID) *Resource {
	resource := new(Resource)
	if !tx.Load(resourcePrefix+id.Key(), resource) {
		return nil
	}
	return resource
}

// Resources returns the resources at or below scope, of one type ("Microsoft.KeyVault/vaults") or
// of all where it is "".
func (tx *Tx) Resources(scope ID, resourceType string) []*Resource {
	if resourceType != "" {
		return tx.found(tx.under(scope, indexKey(resourceType, "")))
	}
	var found []*Resource
	tx.Each(resourcePrefix+scope.Key(), func(_ string, decode func(any)) {
		resource := new(Resource)
		if decode(resource); resource.ID.Within(scope) {
			found = append(found, resource)
		}
	})
	return found
}

// IDs returns the IDs of the resources of a type at scope or below it, in order.
func (tx *Tx) IDs(scope ID, resourceType string) []ID {
	return tx.under(scope, indexKey(resourceType, ""))
}

// Named returns the resources of a type with this name, in all subscriptions.
func (tx *Tx) Named(resourceType, name string) []*Resource {
	return tx.With("", resourceType, nameTerm(name))
}

// With returns the resources at or below scope that their type has indexed under a term.
func (tx *Tx) With(scope ID, resourceType, term string) []*Resource {
	return tx.found(tx.under(scope, indexKey(resourceType, term)))
}

// Count returns how many resources of a type are at or below scope.
func (tx *Tx) Count(scope ID, resourceType string) int {
	return len(tx.under(scope, indexKey(resourceType, "")))
}

// under returns the identifiers in a part of the index that are at or below scope.
func (tx *Tx) under(scope ID, part string) []ID {
	var ids []ID
	tx.overlay.Scan(part+scope.Key(), "", func(key string, _ []byte) bool {
		if id := ID(key[len(part):]); id.Within(scope) {
			ids = append(ids, id)
		}
		return true
	})
	return ids
}

func (tx *Tx) found(ids []ID) []*Resource {
	var found []*Resource
	for _, id := range ids {
		if resource := tx.Resource(id); resource != nil {
			found = append(found, resource)
		}
	}
	return found
}

// Save stores the resource.
func (tx *Tx) Save(resource *Resource) {
	terms := tx.engine.terms(resource)
	if t := tx.engine.Type(resource.Type); t != nil && t.Terms != nil {
		if old := tx.Resource(resource.ID); old != nil {
			for _, term := range tx.engine.terms(old) {
				if !slices.Contains(terms, term) {
					tx.Erase(indexKey(old.Type, term) + old.ID.Key())
				}
			}
		}
	}
	tx.Store(resourcePrefix+resource.ID.Key(), resource)
	for _, term := range terms {
		if key := indexKey(resource.Type, term) + resource.ID.Key(); tx.overlay.Get(key) == nil {
			tx.overlay.Put(key, []byte{})
		}
	}
}

// Remove removes the resource and all that is nested in it.
func (tx *Tx) Remove(id ID) {
	for _, resource := range tx.Resources(id, "") {
		tx.Erase(resourcePrefix + resource.ID.Key())
		for _, term := range tx.engine.terms(resource) {
			tx.Erase(indexKey(resource.Type, term) + resource.ID.Key())
		}
	}
}

// Index puts everything into the index that an earlier version stored without one.
func (tx *Tx) Index() {
	var done bool
	if tx.Load(indexed, &done) {
		return
	}
	for _, resource := range tx.Resources("", "") {
		tx.Save(resource)
	}
	tx.Store(indexed, true)
}
