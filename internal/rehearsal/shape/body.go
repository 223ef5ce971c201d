// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// Canonical returns a copy of a request's body in which field names and enum
// values are spelled as documented. Keys of free maps, such as tags, and
// fields that the operation does not know stay as they are. When a body has a
// field twice in different spellings, the documented spelling wins.
func (o Operation) Canonical(body any) any {
	r := rewriter{resource: o.resource(), canonical: true}
	return r.rewrite(o.request, o.response, body)
}

// DropReadOnly returns a copy of a request's body, spelled as [Operation.Canonical]
// spells it, without the fields that only the service sets.
func (o Operation) DropReadOnly(body any) any {
	r := rewriter{resource: o.resource(), canonical: true, dropReadOnly: true}
	return r.rewrite(o.request, o.response, body)
}

// Prune returns a copy of an answer's body with the fields of this version
// only. Values may be anything that JSON can show. In a version that may know
// more than its document nothing is taken away but what only requests have. It
// is nil for an operation that answers without a body.
func (o Operation) Prune(body map[string]any) map[string]any {
	if o.response == nil {
		return nil
	}
	r := rewriter{dropWriteOnly: true, dropUnknown: !o.Lenient}
	pruned, _ := r.rewrite(o.response, nil, body).(map[string]any)
	return pruned
}

// rewriter copies a body by its shape.
type rewriter struct {
	resource      bool // Fields of the answer are read-only in the request.
	canonical     bool
	dropReadOnly  bool
	dropWriteOnly bool
	dropUnknown   bool
}

func (r rewriter) rewrite(n, answer *node, value any) any {
	switch value := value.(type) {
	case map[string]any:
		switch {
		case value == nil:
			return value
		case n != nil && n.Kind == kindObject:
			return r.object(n, answer, value)
		case n != nil && n.Kind == kindMap:
			entries := make(map[string]any, len(value))
			for key, entry := range value {
				entries[key] = r.rewrite(n.item, answer.itemOf(), entry)
			}
			return entries
		default:
			return copied(value)
		}

	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = r.rewrite(n.itemOf(), answer.itemOf(), item)
		}
		return items

	case string:
		if r.canonical && n != nil && !n.AsSent {
			if documented := n.enumValue(value); documented != "" {
				return documented
			}
		}
		return value

	case nil, bool, float64, int, int32, int64, json.Number:
		return value

	default:
		return r.rewrite(n, answer, plain(value))
	}
}

// plain returns a value of a type of its own, such as a struct, as JSON shows it.
func plain(value any) any {
	content, err := json.Marshal(value)
	if err != nil {
		return nil // Nor could it be sent.
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return nil
	}
	return decoded
}

func (r rewriter) object(n, answer *node, value map[string]any) map[string]any {
	fields := make(map[string]any, len(value))
	for _, key := range slices.Sorted(maps.Keys(value)) {
		f, known := n.field(key)
		read, readable := answer.field(key)
		readBack := !known && readable && r.resource
		switch {
		case !known && !readBack && r.dropUnknown,
			known && f.writeOnly && r.dropWriteOnly,
			known && f.readOnly && r.dropReadOnly,
			readBack && r.dropReadOnly:
			continue
		case readBack:
			f = read
		case !known:
			fields[key] = copied(value[key])
			continue
		}
		if _, twice := value[f.name]; twice && f.name != key {
			continue
		}
		fields[f.name] = r.rewrite(f.node, read.node, value[key])
	}
	return fields
}

// copied returns a deep copy of a value without a shape.
func copied(value any) any {
	switch value := value.(type) {
	case map[string]any:
		fields := make(map[string]any, len(value))
		for key, field := range value {
			fields[key] = copied(field)
		}
		return fields
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = copied(item)
		}
		return items
	default:
		return value
	}
}
