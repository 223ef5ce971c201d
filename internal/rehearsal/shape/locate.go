// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"net/http"
	"strings"
)

// Locate tells which resource type and operation a method and a path of
// Resource Manager mean, such as "Microsoft.Media/mediaservices" and "PUT".
// The names are spelled as they are in the path. Locate knows the grammar of
// paths and nothing of the documents: whether there is such a type, and such
// an operation in a version, only [For] can tell.
func Locate(method, path string) (resourceType, operation string, ok bool) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	if segments[0] == "{scope}" { // How documents spell "any resource".
		segments = segments[1:]
	}

	p := place{namespace: resourceManager, method: method}
	for i := 0; i < len(segments); i += 2 {
		key, rest := segments[i], segments[i+1:]
		if key == "" {
			return "", "", false
		}
		if strings.EqualFold(key, "providers") {
			if typ, op, ok := p.provider(rest); ok {
				return typ, op, true
			}
			p = place{namespace: rest[0], method: method, provided: true}
			continue
		}
		if len(rest) == 0 {
			return p.collectionOrAction(key)
		}
		p.types = append(p.types, key)
	}
	if len(p.types) == 0 {
		return "", "", false
	}
	return p.resourceType(), method, true
}

// resourceManager is the namespace of everything that no provider serves.
const resourceManager = "Microsoft.Resources"

// place is how far the reading of a path has come.
type place struct {
	method    string
	namespace string
	provided  bool // The path named the namespace.
	types     []string
}

// provider answers for paths that end at a resource provider.
func (p *place) provider(rest []string) (resourceType, operation string, ok bool) {
	const providers = resourceManager + "/providers"
	switch {
	case len(rest) == 0:
		return providers, List, true
	case len(rest) == 1:
		return providers, p.method, true
	case len(rest) == 2 && p.method == http.MethodPost &&
		(strings.EqualFold(rest[1], "register") || strings.EqualFold(rest[1], "unregister")):
		return providers, Action(rest[1]), true
	default:
		return "", "", false
	}
}

func (p *place) collectionOrAction(key string) (resourceType, operation string, ok bool) {
	switch p.method {
	case http.MethodGet:
		p.types = append(p.types, key)
		return p.resourceType(), List, true
	case http.MethodPost:
		return p.resourceType(), Action(key), true
	default:
		return "", "", false
	}
}

func (p *place) resourceType() string {
	switch {
	case len(p.types) == 0:
		return p.namespace
	case p.provided:
		return p.namespace + "/" + strings.Join(p.types, "/")
	default:
		return p.namespace + "/" + p.types[len(p.types)-1]
	}
}
