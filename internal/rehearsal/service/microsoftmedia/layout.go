// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package microsoftmedia

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Order is the order in which a service writes the members of its objects: their names, with a space
// around each. One list does for all of its objects.
type Order string

// Answer gives an answer the headers and the layout of Microsoft.Media (recorded).
func (o Order) Answer(r *engine.Request, response *engine.Response) {
	response.Header.Set("Server", "Microsoft-HTTPAPI/2.0")
	if response.Body == nil {
		return
	}
	response.Header.Set("Odata-Version", "4.0")
	contentType := "application/json; odata.metadata=minimal"
	if r.HTTP.Header.Get("Accept") == "" {
		contentType += "; odata.streaming=true" // as the Go SDK's poller hears
	}
	response.Header.Set("Content-Type", contentType)
	if response.Status < http.StatusBadRequest {
		if written, err := o.layout(response.Body); err == nil {
			response.Body = written
		}
	}
}

// layout writes an answer as Microsoft.Media does, to the byte: its members in their order, with
// a line break and two spaces for each level after each opening bracket and before each closing
// one, and no other space. The entries of userAssignedIdentities have none at all (recorded: the
// content lengths come out exactly).
func (o Order) layout(body any) ([]byte, error) {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, fmt.Errorf("encoding an answer: %w", err)
	}
	var value any
	decoder := json.NewDecoder(&encoded)
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading an encoded answer: %w", err)
	}
	var out bytes.Buffer
	o.write(&out, value, "\r\n", "")
	return out.Bytes(), nil
}

// write writes the value of a member, the lines of which begin with margin. Without a margin it is
// written in one line.
func (o Order) write(out *bytes.Buffer, value any, margin, member string) {
	inner := margin
	if margin != "" {
		inner += "  "
	}
	switch value := value.(type) {
	case map[string]any:
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		slices.SortFunc(names, o.compare)
		within := inner
		if member == "userAssignedIdentities" {
			within = ""
		}
		out.WriteString("{" + inner)
		for i, name := range names {
			if i > 0 {
				out.WriteByte(',')
			}
			o.write(out, name, "", "")
			out.WriteByte(':')
			o.write(out, value[name], within, name)
		}
		out.WriteString(margin + "}")
	case []any:
		out.WriteString("[" + inner)
		for i, item := range value {
			if i > 0 {
				out.WriteByte(',')
			}
			o.write(out, item, inner, "")
		}
		out.WriteString(margin + "]")
	default:
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(value) // what came from JSON goes back to it
		out.Truncate(out.Len() - 1)
	}
}

// compare puts the names that are not in the list, those of tags for one, after the others
// and in their alphabetical order.
func (o Order) compare(a, b string) int {
	return cmp.Or(cmp.Compare(o.rank(a), o.rank(b)), strings.Compare(a, b))
}

func (o Order) rank(name string) int {
	if at := strings.Index(string(o), " "+name+" "); at >= 0 {
		return at
	}
	return len(o)
}
