// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// listResources answers with the resources of all types in a subscription or a group that the caller may
// read, with the fields that all types have.
func (s *Service) listResources(r *engine.Request) (*engine.Response, error) {
	scope := r.ID.SubscriptionID()
	if group := r.ID.GroupID(); group != "" {
		scope = group
		if r.Resource(group) == nil {
			return nil, engine.Gatewayf(http.StatusNotFound, "ResourceGroupNotFound",
				"Resource group '%s' could not be found.", r.ID.Group())
		}
	}
	wanted, err := parseFilter(r)
	if err != nil {
		return nil, err
	}
	expand := strings.ToLower(r.Query["$expand"])
	return r.PageOf(scope, "", "nextLink", func(resource *engine.Resource) any {
		t := s.engine.Type(resource.Type)
		if t == nil || t.Untracked || resource.Location == "" || !wanted(resource) ||
			r.Permit(t.Name+"/read", resource.ID) != nil {
			return nil
		}
		body := map[string]any{}
		for name, value := range r.Show(t, resource) {
			switch name {
			case "id", "name", "type", "kind", "sku", "tags", "identity":
				body[name] = value
			}
		}
		body["name"] = listedName(resource)
		body["location"] = resource.Location // the short name, whatever the type itself shows
		if strings.Contains(expand, "createdtime") {
			body["createdTime"] = engine.Timestamp(resource.Created)
		}
		if strings.Contains(expand, "changedtime") {
			body["changedTime"] = engine.Timestamp(resource.Modified)
		}
		if strings.Contains(expand, "provisioningstate") {
			body["provisioningState"] = provisioningState(resource)
		}
		return body
	}), nil
}

// listedName returns the name of a resource in the list of all types. That of a nested one begins with the
// names of its parents, "media1/default".
func listedName(resource *engine.Resource) string {
	name := resource.Name
	for parent := resource.ID.Parent(); parent != ""; parent = parent.Parent() {
		name = parent.Name() + "/" + name
	}
	return name
}

func provisioningState(resource *engine.Resource) string {
	if state := resource.String("provisioningState"); state != "" {
		return state
	}
	return engine.Succeeded
}

// parseFilter reads $filter: terms "property eq 'value'" and "property ne 'value'", joined by
// "and" or by "or", which binds less.
func parseFilter(r *engine.Request) (func(*engine.Resource) bool, error) {
	text := strings.TrimSpace(r.Query["$filter"])
	if text == "" {
		return func(*engine.Resource) bool { return true }, nil
	}
	var alternatives [][]term
	for _, alternative := range regexp.MustCompile(`(?i)\s+or\s+`).Split(text, -1) {
		var terms []term
		for _, one := range regexp.MustCompile(`(?i)\s+and\s+`).Split(alternative, -1) {
			parsed, known := parseTerm(one)
			if !known {
				r.Note("unknown filter %q", one)
				return nil, engine.Gatewayf(http.StatusBadRequest, "InvalidFilterInQueryString",
					"Invalid $filter '%s' specified in the query string.", text)
			}
			terms = append(terms, parsed)
		}
		alternatives = append(alternatives, terms)
	}
	return func(resource *engine.Resource) bool {
		for _, terms := range alternatives {
			if allHold(terms, resource) {
				return true
			}
		}
		return false
	}, nil
}

type term struct {
	property, value string
	not             bool
}

func parseTerm(text string) (term, bool) {
	parts := regexp.MustCompile(`(?i)^\(*\s*(\w+)\s+(eq|ne)\s+'([^']*)'\s*\)*$`).
		FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return term{}, false
	}
	parsed := term{
		property: strings.ToLower(parts[1]), value: parts[3],
		not: strings.EqualFold(parts[2], "ne"),
	}
	switch parsed.property {
	case "resourcetype", "name", "location", "resourcegroup", "tagname", "tagvalue":
		return parsed, true
	}
	return term{}, false
}

// allHold reports whether every term holds for the resource. A tag's value is that of the tag
// which another of the terms names.
func allHold(terms []term, resource *engine.Resource) bool {
	tag := ""
	for _, t := range terms {
		if t.property == "tagname" {
			tag = t.value
		}
	}
	for _, t := range terms {
		if t.holds(resource, tag) == t.not {
			return false
		}
	}
	return true
}

func (t term) holds(resource *engine.Resource, tag string) bool {
	switch t.property {
	case "resourcetype":
		return strings.EqualFold(resource.Type, t.value)
	case "name":
		return strings.EqualFold(listedName(resource), t.value)
	case "location":
		return resource.Location == engine.NormalizeLocation(t.value)
	case "resourcegroup":
		return strings.EqualFold(resource.ID.Group(), t.value)
	}
	for name, value := range resource.Tags {
		// Tag names are compared without regard to case, values with it.
		if t.property == "tagname" && strings.EqualFold(name, t.value) {
			return true
		}
		if t.property == "tagvalue" && strings.EqualFold(name, tag) && value == t.value {
			return true
		}
	}
	return false
}
