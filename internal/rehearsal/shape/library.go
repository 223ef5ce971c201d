// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed shapes.json
var embedded []byte

// loaded reads shapes.json when it is first needed. Most runs of the provider
// never rehearse and never pay for it.
//
//nolint:gochecknoglobals // It remembers a constant, not a state.
var loaded = sync.OnceValue(func() *library {
	l, err := load(embedded)
	if err != nil {
		// The file is generated and embedded: only a broken build gets here.
		panic(err)
	}
	return l
})

// library is the content of shapes.json.
type library struct {
	nodes []node
	types map[string]*typeEntry // By lower-case name.
}

type typeEntry struct {
	Name     string                               `json:"name"`
	Versions map[string]map[string]operationEntry `json:"versions"`
	Served   []int                                `json:"served"`

	served []servedEntry
}

// servedEntry lists the versions that have the shapes of a documented one.
type servedEntry struct {
	Versions []string `json:"versions"`
	As       string   `json:"as"`
	Lenient  bool     `json:"lenient"`
}

type operationEntry struct {
	ID          string `json:"id"`
	Method      string `json:"method"`
	Path        string `json:"path"`
	Request     *int   `json:"request"`
	NeedsBody   bool   `json:"needsBody"`
	Response    *int   `json:"response"`
	Statuses    []int  `json:"statuses"`
	LongRunning bool   `json:"longRunning"`
}

// The kinds of JSON value that a shape can ask for.
const (
	kindObject  = "object"
	kindMap     = "map"
	kindArray   = "array"
	kindString  = "string"
	kindInteger = "integer"
	kindNumber  = "number"
	kindBoolean = "boolean"
	kindAny     = "any"
)

// node is the shape of one JSON value.
type node struct {
	Kind      string            `json:"kind"`
	Name      string            `json:"name"`
	RawFields map[string]string `json:"fields"`
	Item      *int              `json:"item"`
	Enum      []string          `json:"enum"`
	// AsSent keeps the request's spelling of an enum value.
	AsSent bool `json:"asSent"`

	item   *node
	fields map[string]field // By lower-case name.
}

// field is a field of an object.
type field struct {
	name      string
	node      *node
	required  bool
	readOnly  bool
	writeOnly bool
}

func load(content []byte) (*library, error) {
	var file struct {
		Shapes []node        `json:"shapes"`
		Served []servedEntry `json:"served"`
		Types  []*typeEntry  `json:"types"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, fmt.Errorf("reading shapes: %w", err)
	}

	l := &library{nodes: file.Shapes, types: make(map[string]*typeEntry, len(file.Types))}
	for i := range l.nodes {
		n := &l.nodes[i]
		if n.Item != nil {
			n.item = &l.nodes[*n.Item]
		}
		n.fields = make(map[string]field, len(n.RawFields))
		for name, raw := range n.RawFields {
			f, err := l.field(name, raw)
			if err != nil {
				return nil, err
			}
			n.fields[strings.ToLower(name)] = f
		}
		n.RawFields = nil
	}
	for _, t := range file.Types {
		for _, list := range t.Served {
			t.served = append(t.served, file.Served[list])
		}
		l.types[strings.ToLower(t.Name)] = t
	}
	return l, nil
}

func (l *library) operation(t *typeEntry, version Version, entry operationEntry) Operation {
	o := Operation{
		Version:     version,
		Type:        t.Name,
		ID:          entry.ID,
		Method:      entry.Method,
		Path:        entry.Path,
		NeedsBody:   entry.NeedsBody,
		Statuses:    entry.Statuses,
		LongRunning: entry.LongRunning,
	}
	if entry.Request != nil {
		o.request = &l.nodes[*entry.Request]
	}
	if entry.Response != nil {
		o.response = &l.nodes[*entry.Response]
	}
	return o
}

// field reads a field as the generator writes it, such as "12 required".
func (l *library) field(name, raw string) (field, error) {
	index, words, _ := strings.Cut(raw, " ")
	shape, err := strconv.Atoi(index)
	if err != nil || shape < 0 || shape >= len(l.nodes) {
		return field{}, fmt.Errorf("reading shapes: field %s is %q", name, raw)
	}
	return field{
		name:      name,
		node:      &l.nodes[shape],
		required:  strings.Contains(words, "required"),
		readOnly:  strings.Contains(words, "readOnly"),
		writeOnly: strings.Contains(words, "writeOnly"),
	}, nil
}

// field finds a field by any spelling of its name.
func (n *node) field(name string) (field, bool) {
	if n == nil {
		return field{}, false
	}
	f, ok := n.fields[strings.ToLower(name)]
	return f, ok
}

// names lists the documented names of an object's fields, sorted.
func (n *node) names() []string {
	names := make([]string, 0, len(n.fields))
	for _, f := range n.fields {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return names
}
