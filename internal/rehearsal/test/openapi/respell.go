// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

// respell returns a request's body with the documented spelling of names and
// enum values, without nulls, and without the fields that only the answer has:
// Azure's services match in any case, take null for absent in what they do not
// need, and ignore what a client read and sends back.
func respell(route *routers.Route, body []byte) ([]byte, error) {
	schema := requestSchema(route.Operation)
	if schema == nil || len(bytes.TrimSpace(body)) == 0 {
		return body, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return body, nil //nolint:nilerr // The validator finds what is not JSON.
	}
	var answer *openapi3.Schema
	if route.Method == http.MethodPut || route.Method == http.MethodPatch {
		answer = answerSchema(route.Operation)
	}
	respelled, err := json.Marshal(respellValue(schema, answer, value))
	if err != nil {
		return nil, fmt.Errorf("encoding request body: %w", err)
	}
	return respelled, nil
}

func respellValue(schema, answer *openapi3.Schema, value any) any {
	switch value := value.(type) {
	case map[string]any:
		fields := make(map[string]any, len(value))
		for key, field := range value {
			name, known := property(schema, key)
			_, read := property(answer, key)
			switch {
			case known != nil && field == nil, known == nil && read != nil:
				continue
			case known == nil:
				fields[key] = field
			default:
				fields[name] = respellValue(known, read, field)
			}
		}
		return fields

	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = respellValue(itemOf(schema), itemOf(answer), item)
		}
		return items

	case string:
		if schema != nil {
			for _, documented := range schema.Enum {
				if text, ok := documented.(string); ok && strings.EqualFold(text, value) {
					return text
				}
			}
		}
		return value

	default:
		return value
	}
}

// property finds the schema of a field by any spelling of its name.
func property(schema *openapi3.Schema, key string) (string, *openapi3.Schema) {
	if schema == nil {
		return key, nil
	}
	for name, property := range schema.Properties {
		if strings.EqualFold(name, key) {
			return name, property.Value
		}
	}
	if additional := schema.AdditionalProperties.Schema; additional != nil {
		return key, additional.Value
	}
	return key, nil
}

func itemOf(schema *openapi3.Schema) *openapi3.Schema {
	if schema == nil || schema.Items == nil {
		return nil
	}
	return schema.Items.Value
}
