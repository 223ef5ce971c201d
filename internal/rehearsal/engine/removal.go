// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"errors"
	"net/http"
	"strings"
)

func (e *Engine) remove(r *Request, t *ResourceType, old *Resource) (*Response, error) {
	if err := r.lost(t); err != nil {
		return nil, err
	}
	var outcome Outcome
	if t.Remove != nil {
		var err error
		if outcome, err = t.Remove(r, old); err != nil {
			return nil, err
		}
	}
	status := http.StatusOK
	if outcome.Status != 0 {
		status = outcome.Status
	}
	if outcome.Async != nil {
		header := r.begin(t, old, outcome.Async)
		r.Save(old)
		return &Response{Status: http.StatusAccepted, Header: header}, nil
	}
	e.forget(r.Tx, old)
	r.Remove(old.ID)
	return &Response{Status: status}, nil
}

// Delete removes, at once, a resource that goes together with a deleted one. Its type may prepare or
// refuse that as if the caller had deleted it.
func (r *Request) Delete(resource *Resource) error {
	inner := *r
	inner.ID, inner.Body = resource.ID, nil
	if t := r.engine.Type(resource.Type); t != nil && t.Remove != nil {
		if _, err := t.Remove(&inner, resource); err != nil {
			return err
		}
	}
	r.engine.forget(r.Tx, resource)
	r.Remove(resource.ID)
	return nil
}

// RemoveAll deletes the resources of a group in an order that they allow. If one of them cannot be
// deleted, the group and all its resources stay.
func (r *Request) RemoveAll(group *Resource) error {
	for {
		var blocked []*Resource
		var reasons []*Error
		progress := false
		for _, inside := range r.Resources(group.ID, "") {
			if inside.ID.Is(group.ID) || inside.ID.Parent() != "" || r.Resource(inside.ID) == nil {
				continue
			}
			var refused *Error
			switch err := r.Delete(inside); {
			case errors.As(err, &refused):
				blocked, reasons = append(blocked, inside), append(reasons, refused)
			case err != nil:
				return err
			default:
				progress = true
			}
		}
		switch {
		case len(blocked) == 0:
			return nil
		case !progress:
			return deletionBlocked(group, blocked, reasons)
		}
	}
}

// deletionBlocked returns Resource Manager's refusal to delete a group. Azure refuses at the end of the
// operation, rehearsal at once.
func deletionBlocked(group *Resource, blocked []*Resource, reasons []*Error) *Error {
	var names []string
	for _, resource := range blocked {
		_, rest, _ := resource.ID.provider()
		names = append(names, strings.Join(rest, "/"))
	}
	refused := Ownf(http.StatusConflict, "ResourceGroupDeletionBlocked",
		"Deletion of resource group '%s' failed as resources with identifiers '%s' could not be "+
			"deleted. The provisioning state of the resource group will be rolled back.",
		group.Name, strings.Join(names, ","))
	refused.Gateway = true
	refused.Details = reasons
	return refused
}

// forget drops the identities that vanish with a resource.
func (e *Engine) forget(tx *Tx, resource *Resource) {
	for _, gone := range tx.Resources(resource.ID, "") {
		if gone.Identity.System() && e.identities != nil {
			e.identities.Forget(tx, gone.Identity.PrincipalID)
		}
	}
}
