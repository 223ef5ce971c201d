// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"net/http"
	"strconv"
)

const pageSize = 100

// list answers with the resources of a type within a scope, in pages.
func (e *Engine) list(r *Request, t *ResourceType) (*Response, error) {
	r.kind = t
	scope := r.ID.Scope()
	if parent := (r.ID + "/x").Parent(); parent != "" {
		scope = parent
	}
	if err := r.permit(t.action("read"), scope); err != nil {
		return nil, err
	}
	if group := scope.GroupID(); group != "" {
		if err := r.checkGroup(group, "read"); err != nil {
			return nil, err
		}
	}
	if scope != r.ID.Scope() && r.Resource(scope) == nil {
		return nil, parentNotFound(scope)
	}
	if err := t.admit(r, (r.ID + "/x").Parent()); err != nil {
		return nil, err
	}
	shown := []any{}
	for _, resource := range r.Resources(scope, t.Name) {
		shown = append(shown, r.Show(t, resource))
	}
	link := t.NextLink
	if link == "" {
		link = "nextLink"
	}
	return r.Page(shown, link), nil
}

// Page answers with one page of a list. The query parameter $skiptoken selects the page, $top limits
// its length.
func (r *Request) Page(all []any, link string) *Response {
	start, err := strconv.Atoi(r.Query["$skiptoken"])
	if err != nil || start < 0 || start > len(all) {
		start = 0
	}
	length := pageSize
	if top, err := strconv.Atoi(r.Query["$top"]); err == nil && top > 0 {
		length = min(top, pageSize)
	}
	body := map[string]any{"value": all[start:min(start+length, len(all))]}
	if start+length < len(all) {
		next := *r.HTTP.URL
		query := next.Query()
		query.Set("$skiptoken", strconv.Itoa(start+length))
		body[link] = r.Origin() + next.EscapedPath() + "?" + query.Encode()
	}
	return &Response{Status: http.StatusOK, Body: body}
}
