// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"encoding/hex"
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
	link := t.NextLink
	if link == "" {
		link = "nextLink"
	}
	return r.PageOf(scope, t.Name, link, func(resource *Resource) any { return r.Show(t, resource) }), nil
}

// Page answers with one page of a list. The query parameter $skiptoken selects the page, $top limits
// its length.
func (r *Request) Page(all []any, link string) *Response {
	start, err := strconv.Atoi(r.Query["$skiptoken"])
	if err != nil || start < 0 || start > len(all) {
		start = 0
	}
	end := start + r.pageLength()
	if end >= len(all) {
		return r.page(all[start:], link, "")
	}
	return r.page(all[start:end], link, strconv.Itoa(end))
}

func (r *Request) pageLength() int {
	if top, err := strconv.Atoi(r.Query["$top"]); err == nil && top > 0 {
		return min(top, pageSize)
	}
	return pageSize
}

// page answers with a page, and with a link to the next one if there is a token for it.
func (r *Request) page(shown []any, link, token string) *Response {
	body := map[string]any{"value": shown}
	if token != "" {
		next := *r.HTTP.URL
		query := next.Query()
		query.Set("$skiptoken", token)
		body[link] = r.Origin() + next.EscapedPath() + "?" + query.Encode()
	}
	return &Response{Status: http.StatusOK, Body: body}
}

// PageOf answers with one page of a list as [Request.Page] does: of the resources at or below scope, of one
// type or of all where it is "". It reads no others. show returns what the list shows of a resource, or
// nil if it leaves it out.
func (r *Request) PageOf(
	scope ID, resourceType, link string, show func(*Resource) any,
) *Response {
	part := resourcePrefix
	if resourceType != "" {
		part = indexKey(resourceType, "")
	}
	after := ""
	decoded, err := hex.DecodeString(r.Query["$skiptoken"])
	if last := ID(decoded); err == nil && last.Within(scope) {
		after = part + string(last)
	}
	shown, last, token := []any{}, ID(""), ""
	r.overlay.Scan(part+scope.Key(), after, func(key string, _ []byte) bool {
		id := ID(key[len(part):])
		resource := r.Resource(id)
		if resource == nil || !id.Within(scope) {
			return true
		}
		switch body := show(resource); {
		case body == nil:
		case len(shown) == r.pageLength():
			token = hex.EncodeToString([]byte(last))
		default:
			shown, last = append(shown, body), id
		}
		return token == ""
	})
	return r.page(shown, link, token)
}
