// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// encode writes the library with one shape or type on each line, so that a
// difference in version control can be read.
func (l *library) encode() ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("{\"shapes\":[\n")
	for i, shape := range l.shapes {
		out.WriteString(shape)
		out.WriteString(separator(i, len(l.shapes)))
	}
	out.WriteString("],\n\"served\":[\n")
	for i, served := range l.served {
		content, err := json.Marshal(served)
		if err != nil {
			return nil, fmt.Errorf("encoding versions: %w", err)
		}
		out.Write(content)
		out.WriteString(separator(i, len(l.served)))
	}
	out.WriteString("],\n\"types\":[\n")
	keys := slices.Sorted(maps.Keys(l.types))
	for i, key := range keys {
		content, err := json.Marshal(l.types[key])
		if err != nil {
			return nil, fmt.Errorf("encoding type: %w", err)
		}
		out.Write(content)
		out.WriteString(separator(i, len(keys)))
	}
	out.WriteString("]}\n")
	return out.Bytes(), nil
}

func separator(i, n int) string {
	if i == n-1 {
		return "\n"
	}
	return ",\n"
}
