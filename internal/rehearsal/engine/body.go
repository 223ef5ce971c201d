// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// ReadBody decodes the body and checks it against the operation's documented shape. The engine calls
// it before a type's Write or a route's Serve; a type with a Serve of its own calls it itself.
func (r *Request) ReadBody() error {
	if err := json.Unmarshal(r.Raw, &r.Body); err != nil || r.Body == nil {
		var syntax *json.SyntaxError
		if len(r.Raw) == 0 || !errors.As(err, &syntax) {
			return Gatewayf(http.StatusBadRequest, "InvalidRequestContent",
				"The request content was invalid and could not be deserialized: a JSON object is "+
					"required.")
		}
		return Gatewayf(http.StatusBadRequest, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: '%v'.", err)
	}
	r.Sent = r.Body
	return r.checkShape()
}

// readOptionalBody calls [Request.ReadBody] if the request has, or needs, a body.
func (r *Request) readOptionalBody() error {
	if len(r.Raw) == 0 && (!r.documented || !r.operation.NeedsBody) {
		return nil
	}
	return r.ReadBody()
}

// take reads the parts of a body that all resources have.
func (r *Resource) take(body map[string]any) error {
	if location, ok := body["location"].(string); ok && location != "" {
		r.Location = NormalizeLocation(location)
	}
	if kind, ok := body["kind"].(string); ok {
		r.Kind = kind
	}
	if sku, ok := body["sku"].(map[string]any); ok {
		r.SKU = sku
	}
	if tags, ok := body["tags"].(map[string]any); ok {
		r.Tags = map[string]string{}
		for name, value := range tags {
			text, ok := value.(string)
			if !ok {
				return Gatewayf(http.StatusBadRequest, "InvalidTagValueType",
					"The tag '%s' has a value that is no string.", name)
			}
			r.Tags[name] = text
		}
	}
	return nil
}

// Show returns the resource as an answer shows it at the request's version.
func (r *Request) Show(t *ResourceType, resource *Resource) map[string]any {
	shown := resource.Clone()
	if t.View != nil {
		t.View(r, shown)
	}
	body := map[string]any{"id": shown.ID, "name": shown.Name, "type": t.Name}
	set := func(name string, value any, ok bool) {
		if ok {
			body[name] = value
		}
	}
	location := shown.Location
	if t.DisplayLocation {
		location = DisplayLocation(location)
	}
	set("location", location, location != "")
	set("kind", shown.Kind, shown.Kind != "")
	set("sku", shown.SKU, shown.SKU != nil)
	set("tags", shown.Tags, shown.Tags != nil)
	set("identity", shown.Identity, shown.Identity != nil)
	set("properties", shown.Properties, shown.Properties != nil)
	set("systemData", shown.SystemData, shown.SystemData != nil)
	return body
}

// canonical spells the identifier of a new resource as answers do: with the caller's names, and with
// Azure's segments and type.
func canonical(id ID, t *ResourceType) ID {
	if t.Untracked {
		return id
	}
	_, rest, _ := id.provider()
	types := strings.Split(t.Name, "/")
	var path strings.Builder
	path.WriteString(string(id.GroupID()) + "/providers/" + types[0])
	for i, name := range types[1:] {
		path.WriteString("/" + name + "/" + rest[2*i+2])
	}
	return ID(path.String())
}
