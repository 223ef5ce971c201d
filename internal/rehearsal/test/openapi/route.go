// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/shape"
)

// match is the documented operation that a request means.
type match struct {
	document  *document
	path      string
	operation rawOperation
	params    map[string]string
	version   shape.Version
}

// name returns how reports name the operation.
func (m match) name() string {
	return fmt.Sprintf("%s %s %s", m.document.name, m.version.Name, m.operation.ID)
}

// unmatched says why a request means no documented operation.
type unmatched string

const (
	noPath      unmatched = "no document has this path and method"
	noVersion   unmatched = "no document has this api-version"
	noOperation unmatched = "this api-version does not have the operation"
)

// find returns the operation that a request means, or why there is none.
func find(all []*document, r *http.Request) (match, unmatched) {
	version := r.URL.Query().Get("api-version")
	reason := noPath
	best, bestScore := match{}, -1
	for _, d := range all {
		for path, methods := range d.paths {
			operation, ok := methods[strings.ToLower(r.Method)]
			if !ok {
				continue
			}
			params, score, ok := matchPath(path, r.URL)
			if !ok {
				continue
			}
			resolved, ok := shape.Resolve(d.resourceType(r.Method, path), version)
			switch {
			case !ok:
				reason = noVersion
			case d.version != resolved.Documented:
				if reason == noPath {
					reason = noOperation
				}
			case score > bestScore:
				best, bestScore = match{d, path, operation, params, resolved}, score
			}
		}
	}
	if bestScore < 0 {
		return match{}, reason
	}
	return best, ""
}

// resourceType names the type of an operation as package shape does.
func (d *document) resourceType(method, path string) string {
	if d.name == "keyvault-keys" || d.name == "keyvault-secrets" {
		return shape.KeyVault
	}
	resourceType, _, _ := shape.Locate(method, path)
	return resourceType
}

// matchPath compares a path with a template. Fixed segments match in any case.
// The score counts them, so that "/keys/{name}/versions" wins over
// "/keys/{name}/{version}".
func matchPath(template string, u *url.URL) (params map[string]string, score int, ok bool) {
	want := strings.Split(strings.Trim(template, "/"), "/")
	got := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	params = map[string]string{}

	if want[0] == "{scope}" && len(got) >= len(want) {
		extra := len(got) - len(want) + 1
		params["scope"] = strings.Join(got[:extra], "/")
		want, got = want[1:], got[extra:]
	}
	// Clients leave the version of a key or secret empty to mean the newest.
	if len(got) == len(want)-1 && strings.HasSuffix(want[len(want)-1], "-version}") {
		got = append(got, "newest")
	}
	if len(want) != len(got) {
		return nil, 0, false
	}
	for i, segment := range want {
		switch {
		case strings.HasPrefix(segment, "{"):
			value, err := url.PathUnescape(got[i])
			if err != nil || value == "" {
				return nil, 0, false
			}
			params[strings.Trim(segment, "{}")] = value
		case strings.EqualFold(segment, got[i]):
			score++
		default:
			return nil, 0, false
		}
	}
	return params, score, true
}

// route gives kin-openapi what its own routers would give.
func (m match) route(method string) (*routers.Route, error) {
	spec, err := m.document.load()
	if err != nil {
		return nil, err
	}
	item := spec.Paths.Value(m.path)
	return &routers.Route{
		Spec:      spec,
		Path:      m.path,
		PathItem:  item,
		Method:    method,
		Operation: item.GetOperation(method),
	}, nil
}

// requestSchema returns the schema of an operation's request body, or nil.
func requestSchema(o *openapi3.Operation) *openapi3.Schema {
	if o.RequestBody == nil || o.RequestBody.Value == nil {
		return nil
	}
	return schemaOf(o.RequestBody.Value.Content)
}

// answerSchema returns the schema of an operation's first successful answer.
func answerSchema(o *openapi3.Operation) *openapi3.Schema {
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted} {
		if response := o.Responses.Status(status); response != nil && response.Value != nil {
			if schema := schemaOf(response.Value.Content); schema != nil {
				return schema
			}
		}
	}
	return nil
}

func schemaOf(content openapi3.Content) *openapi3.Schema {
	media := content.Get("application/json")
	if media == nil || media.Schema == nil {
		return nil
	}
	return media.Schema.Value
}
