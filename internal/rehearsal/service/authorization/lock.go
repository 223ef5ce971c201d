// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package authorization

import (
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// The levels of management locks
// (https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
const (
	canNotDelete = "CanNotDelete"
	readOnly     = "ReadOnly"
)

// maxNotes is how long the notes of a lock may be (the OpenAPI document).
const maxNotes = 512

// lock is a management lock as it is kept: below its scope in the tree, so that it goes with the scope.
type lock struct {
	ID     engine.ID        `json:"-"`
	Level  string           `json:"level"`
	Notes  string           `json:"notes,omitempty"`
	Owners []map[string]any `json:"owners,omitempty"`
}

func registerLocks(e *engine.Engine, s *Service) {
	e.Register(&engine.ResourceType{
		Name: engine.LockType, Untracked: true, Serve: s.serveLocks,
	})
	e.GuardLocks(locked)
}

func locksID(scope engine.ID) engine.ID {
	return engine.ID(strings.TrimSuffix(string(scope), "/") + "/providers/" + engine.LockType)
}

// Lock is a management lock.
type Lock struct {
	ID    engine.ID `json:"id"`
	Scope engine.ID `json:"scope"`
	Level string    `json:"level"`
}

// Locks returns the management locks of the tenant.
func (*Service) Locks(tx *engine.Tx) []Lock {
	locks := []Lock{}
	for _, one := range locksIn(tx, "") {
		locks = append(locks, Lock{one.ID, one.ID.Scope(), one.Level})
	}
	return locks
}

// locksIn returns the locks in a part of the tree.
func locksIn(tx *engine.Tx, below engine.ID) []*lock {
	var all []*lock
	for _, document := range tx.Resources(below, engine.LockType) {
		one := &lock{ID: document.ID}
		document.Reveal(one)
		all = append(all, one)
	}
	return all
}

// locked implements [engine.Locked]. A lock at scope or above it counts, and for a deletion also one below it: what
// is locked cannot go with the whole.
func locked(tx *engine.Tx, scope engine.ID, deletion bool) []engine.ID {
	var found []*lock
	for _, at := range ancestry(scope) {
		found = append(found, locksIn(tx, locksID(at))...)
	}
	if deletion {
		found = append(found, locksIn(tx, scope)...)
	}
	var scopes []engine.ID
	for _, one := range found {
		if at := one.ID.Scope(); (deletion || one.Level == readOnly) && !slices.ContainsFunc(scopes, at.Is) {
			scopes = append(scopes, at)
		}
	}
	return scopes
}

// serveLocks answers everything about management locks.
func (s *Service) serveLocks(r *engine.Request) (*engine.Response, error) {
	scope := r.ID.Scope()
	listed := r.ID.Type() == ""
	at := r.ID
	if listed {
		at = scope
	}
	if err := r.Permit(engine.LockType+"/"+verb(r), at); err != nil {
		return nil, err
	}
	if err := exists(r, scope); err != nil {
		return nil, err
	}
	if listed {
		return listLocks(r, scope)
	}
	document := r.Resource(r.ID)
	switch r.HTTP.Method {
	case http.MethodPut:
		return putLock(r, document)
	case http.MethodDelete:
		if document == nil {
			return &engine.Response{Status: http.StatusNoContent}, nil
		}
		r.Remove(document.ID)
		return &engine.Response{Status: http.StatusOK}, nil
	}
	if document == nil {
		// Own choice of the code.
		return nil, engine.Ownf(http.StatusNotFound, "LockNotFound", "The lock '%s' could not be found.", r.ID.Name())
	}
	one := &lock{ID: document.ID}
	document.Reveal(one)
	return found(r, one.shown()), nil
}

// putLock makes a lock, or changes one. The codes of its refusals are rehearsal's own.
func putLock(r *engine.Request, old *engine.Resource) (*engine.Response, error) {
	next := &lock{ID: r.ID}
	if err := readProperties(r, next); err != nil {
		return nil, err
	}
	// The third level of the OpenAPI document locks nothing.
	if next.Level != canNotDelete && next.Level != readOnly {
		return nil, engine.Ownf(http.StatusBadRequest, "InvalidLockLevel",
			"The level '%s' of the lock is invalid: it is %s or %s.", next.Level, canNotDelete, readOnly)
	}
	if len(next.Notes) > maxNotes {
		return nil, engine.Ownf(http.StatusBadRequest, "InvalidLockNotes",
			"The notes of the lock are longer than %d characters.", maxNotes)
	}
	document := &engine.Resource{ID: r.ID, Type: engine.LockType, Name: r.ID.Name(), Created: r.Now(), Modified: r.Now()}
	status := http.StatusCreated
	if old != nil {
		status, document.ID, document.Created = http.StatusOK, old.ID, old.Created
		next.ID = old.ID
	}
	document.Hide(next)
	r.Save(document)
	return &engine.Response{Status: status, Body: next.shown()}, nil
}

func (l *lock) shown() map[string]any {
	properties := map[string]any{"level": l.Level}
	if l.Notes != "" {
		properties["notes"] = l.Notes
	}
	if len(l.Owners) > 0 {
		properties["owners"] = l.Owners
	}
	return map[string]any{"id": l.ID, "name": l.ID.Name(), "type": engine.LockType, "properties": properties}
}

// listLocks answers with the locks at a scope, above it and, unless the filter says otherwise, below it.
func listLocks(r *engine.Request, scope engine.ID) (*engine.Response, error) {
	conditions, err := parseFilter(r)
	if err != nil {
		return nil, err
	}
	var all []*lock
	for _, at := range ancestry(scope) {
		if !at.Is(scope) {
			all = append(all, locksIn(r.Tx, locksID(at))...)
		}
	}
	if conditions.atScope {
		all = append(all, locksIn(r.Tx, locksID(scope))...)
	} else {
		all = append(all, locksIn(r.Tx, scope)...)
	}
	shown := []any{}
	for _, one := range all {
		shown = append(shown, one.shown())
	}
	return r.Page(shown, "nextLink"), nil
}
