// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaults

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// policyEntry is an access policy in the form in which it is kept and shown, with the permissions to
// certificates and storage that rehearsal keeps and does nothing with.
type policyEntry map[string]any

func (p policyEntry) identity() string {
	object, _ := p["objectId"].(string)
	application, _ := p["applicationId"].(string)
	return strings.ToLower(object + "/" + application)
}

// permissions returns what the entry grants, by kind: "keys".
func (p policyEntry) permissions() map[string][]string {
	kinds := map[string][]string{}
	sent, _ := p["permissions"].(map[string]any)
	for kind, list := range sent {
		entries, _ := list.([]any)
		for _, entry := range entries {
			if name, ok := entry.(string); ok {
				kinds[kind] = append(kinds[kind], name)
			}
		}
	}
	return kinds
}

func (p policyEntry) with(kinds map[string][]string) policyEntry {
	changed := maps.Clone(p)
	permissions := map[string]any{}
	for kind, names := range kinds {
		list := []any{}
		for _, name := range names {
			list = append(list, name)
		}
		permissions[kind] = list
	}
	changed["permissions"] = permissions
	return changed
}

func policyEntries(properties map[string]any) ([]policyEntry, bool) {
	list, ok := properties["accessPolicies"].([]any)
	var entries []policyEntry
	for _, item := range list {
		if entry, ok := item.(map[string]any); ok {
			entries = append(entries, entry)
		}
	}
	return entries, ok && len(entries) == len(list)
}

// updatePolicies adds to the access policies of a vault, replaces some of them, or takes from
// them, without touching those of other objects.
func updatePolicies(r *engine.Request, vault *engine.Resource) (*engine.Response, error) {
	properties, _ := r.Body["properties"].(map[string]any)
	sent, ok := policyEntries(properties)
	if !ok {
		return nil, badRequest("The parameter accessPolicies is not specified.")
	}
	change := map[string]func(present, sent policyEntry) policyEntry{
		"add": joined, "replace": replaced, "remove": reduced,
	}[strings.ToLower(r.Params["kind"])]
	if change == nil {
		return nil, ownBadRequest("'%s' is none of add, replace and remove.", r.Params["kind"])
	}
	next := vault.Clone()
	present, _ := policyEntries(next.Properties)
	next.Set("accessPolicies", changed(present, sent, change))
	if refused := checkPolicies(r, vault, next); refused != nil {
		return nil, refused
	}
	for _, entry := range sent {
		checked := &engine.Resource{Properties: map[string]any{"accessPolicies": []any{entry}}}
		if refused := checkPolicy(vault, policies(checked)[0]); refused != nil {
			return nil, refused
		}
	}
	next.Modified = r.Now()
	dateGrants(r.Tx, next)
	stamp(r, vault, next)
	r.Save(next)
	r.Publish(AccessChanged, string(next.ID))
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{
		"id":         string(next.ID) + "/accessPolicies/",
		"type":       Type + "/accessPolicies",
		"properties": map[string]any{"accessPolicies": next.Properties["accessPolicies"]},
	}}, nil
}

// changed applies a change to the entries of the objects that were sent; an entry that is nil
// afterwards is gone.
func changed(
	present, sent []policyEntry, change func(present, sent policyEntry) policyEntry,
) []any {
	for _, entry := range sent {
		at := slices.IndexFunc(present, func(p policyEntry) bool {
			return p.identity() == entry.identity()
		})
		switch {
		case at >= 0:
			present[at] = change(present[at], entry)
		default:
			present = append(present, change(nil, entry))
		}
		present = slices.DeleteFunc(present, func(p policyEntry) bool { return p == nil })
	}
	list := make([]any, 0, len(present))
	for _, entry := range present {
		list = append(list, map[string]any(entry))
	}
	return list
}

func replaced(_, sent policyEntry) policyEntry { return sent }

func joined(present, sent policyEntry) policyEntry {
	if present == nil {
		return sent
	}
	kinds := present.permissions()
	for kind, names := range sent.permissions() {
		for _, name := range names {
			if !containsFold(kinds[kind], name) {
				kinds[kind] = append(kinds[kind], name)
			}
		}
	}
	return present.with(kinds)
}

// reduced takes the permissions that were sent away. Of an entry that grants nothing any more
// nothing is left.
func reduced(present, sent policyEntry) policyEntry {
	if present == nil {
		return nil
	}
	kinds, left := present.permissions(), 0
	for kind := range kinds {
		kinds[kind] = slices.DeleteFunc(kinds[kind], func(name string) bool {
			return containsFold(sent.permissions()[kind], name)
		})
		left += len(kinds[kind])
	}
	if left == 0 {
		return nil
	}
	return present.with(kinds)
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
