// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The parts of a Swagger 2.0 document that a shape is made from.
type (
	swaggerDocument struct {
		Info struct {
			Version string `json:"version"`
		} `json:"info"`
		Paths       map[string]map[string]swaggerOperation `json:"paths"`
		Definitions map[string]*swaggerSchema              `json:"definitions"`
	}

	swaggerOperation struct {
		ID         string `json:"operationId"`
		Parameters []struct {
			In       string         `json:"in"`
			Required bool           `json:"required"`
			Schema   *swaggerSchema `json:"schema"`
		} `json:"parameters"`
		Responses map[string]struct {
			Schema *swaggerSchema `json:"schema"`
		} `json:"responses"`
		LongRunning bool `json:"x-ms-long-running-operation"`
	}

	swaggerSchema struct {
		Ref        string                    `json:"$ref"`
		Type       string                    `json:"type"`
		Properties map[string]*swaggerSchema `json:"properties"`
		Required   []string                  `json:"required"`
		Items      *swaggerSchema            `json:"items"`
		Additional json.RawMessage           `json:"additionalProperties"`
		Enum       []any                     `json:"enum"`
		ReadOnly   bool                      `json:"readOnly"`
		Mutability []string                  `json:"x-ms-mutability"`
	}
)

// walk turns the schemas of one operation into shapes.
type walk struct {
	library   *library
	doc       *swaggerDocument
	operation string
	open      []string // Definitions that are being written, outermost first.
}

// shape returns the index of the shape of a schema. The name is that of the
// definition that the schema is, if it is one.
func (w *walk) shape(schema *swaggerSchema, name string) (int, error) {
	if schema.Ref != "" {
		name := strings.TrimPrefix(schema.Ref, "#/definitions/")
		// Only error details contain themselves; nothing depends on their depth.
		if slices.Contains(w.open, name) {
			return w.library.intern(shapeEntry{Kind: "any"})
		}
		w.open = append(w.open, name)
		defer func() { w.open = w.open[:len(w.open)-1] }()
		return w.shape(w.doc.Definitions[name], name)
	}

	entry := shapeEntry{Kind: schema.Type}
	switch {
	case len(schema.Properties) > 0:
		entry.Kind = "object"
		entry.Name = name[strings.LastIndex(name, ".")+1:]
		entry.Fields = map[string]string{}
		for _, field := range slices.Sorted(maps.Keys(schema.Properties)) {
			property := schema.Properties[field]
			index, err := w.shape(property, "")
			if err != nil {
				return 0, err
			}
			words := []string{strconv.Itoa(index)}
			if slices.Contains(schema.Required, field) && !waived(w.operation, name, field) {
				words = append(words, "required")
			}
			if property.ReadOnly || slices.Equal(property.Mutability, []string{"read"}) {
				words = append(words, "readOnly")
			}
			if len(property.Mutability) > 0 && !slices.Contains(property.Mutability, "read") {
				words = append(words, "writeOnly")
			}
			entry.Fields[field] = strings.Join(words, " ")
		}

	case schema.Type == "array":
		index, err := w.shape(schema.Items, "")
		if err != nil {
			return 0, err
		}
		entry.Item = &index

	case len(schema.Additional) > 0 && schema.Additional[0] == '{':
		var item swaggerSchema
		if err := json.Unmarshal(schema.Additional, &item); err != nil {
			return 0, err
		}
		index, err := w.shape(&item, "")
		if err != nil {
			return 0, err
		}
		entry.Kind, entry.Item = "map", &index

	case schema.Type == "object" || schema.Type == "":
		entry.Kind = "any"
	}

	for _, value := range schema.Enum {
		if text, ok := value.(string); ok {
			entry.Enum = append(entry.Enum, text)
		}
	}
	entry.AsSent = len(entry.Enum) > 0 && slices.Contains(w.open, keptAsSent)
	return w.library.intern(entry)
}
