// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Gen writes shapes.json, the part of the OpenAPI documents that rehearsal
// needs while it runs: which api-versions there are, which operations each
// has, and the names and types of the fields that these take and give.
//
// Equal shapes are written once. Most definitions are the same in several
// api-versions, so five versions of a document cost little more than one.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/shape"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi/swagger"
)

func main() {
	testdata := flag.String("testdata", "../test/openapi/testdata", "folder of the OpenAPI documents")
	output := flag.String("output", "shapes.json", "file to write")
	flag.Parse()

	if err := generate(*testdata, *output); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(testdata, output string) error {
	l := &library{types: map[string]*typeEntry{}, interned: map[string]int{}}
	for _, d := range documents() {
		if err := l.add(testdata, d); err != nil {
			return fmt.Errorf("%s: %w", d.file, err)
		}
	}
	content, err := l.encode()
	if err != nil {
		return err
	}
	if present, err := os.ReadFile(output); err == nil && bytes.Equal(present, content) {
		return nil // A build that reads the file meanwhile finds it whole.
	}
	if err := os.WriteFile(output, content, 0o600); err != nil {
		return fmt.Errorf("writing shapes: %w", err)
	}
	return nil
}

// library is what shapes.json holds.
type library struct {
	types    map[string]*typeEntry // By lower-case name.
	served   []servedEntry
	shapes   []string
	interned map[string]int
}

type typeEntry struct {
	Name     string                               `json:"name"`
	Versions map[string]map[string]operationEntry `json:"versions"`
	// Served has the indices of the lists of versions that take another's shapes.
	Served []int `json:"served,omitempty"`
}

// servedEntry lists the versions that have the shapes of a documented one.
type servedEntry struct {
	Versions []string `json:"versions"`
	As       string   `json:"as"`
	Lenient  bool     `json:"lenient,omitempty"`
}

type operationEntry struct {
	ID          string `json:"id"`
	Method      string `json:"method"`
	Path        string `json:"path"`
	Request     *int   `json:"request,omitempty"`
	NeedsBody   bool   `json:"needsBody,omitempty"`
	Response    *int   `json:"response,omitempty"`
	Statuses    []int  `json:"statuses"`
	LongRunning bool   `json:"longRunning,omitempty"`
}

type shapeEntry struct {
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"`
	// Fields has for each name the index of the shape and what else is to know,
	// such as "12 required". As objects these would take half the time to read.
	Fields map[string]string `json:"fields,omitempty"`
	Item   *int              `json:"item,omitempty"`
	Enum   []string          `json:"enum,omitempty"`
	AsSent bool              `json:"asSent,omitempty"`
}

// add takes every operation of a document into the library.
func (l *library) add(testdata string, d document) error {
	bundled, err := swagger.Load(os.DirFS(testdata), d.file)
	if err != nil {
		return err
	}
	var doc swaggerDocument
	if err := convert(bundled, &doc); err != nil {
		return err
	}

	for definition, fields := range d.newer {
		for _, field := range fields {
			doc.Definitions[definition].Properties[field] = &swaggerSchema{Type: "string"}
		}
	}
	if len(d.served) > 0 {
		l.served = append(l.served,
			servedEntry{Versions: d.served, As: doc.Info.Version, Lenient: d.lenient})
	}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			if skipped(d, path) {
				continue
			}
			operation := doc.Paths[path][method]
			typ, name, ok := place(d, method, path, operation)
			if !ok {
				return fmt.Errorf("no resource type for %s %s", method, path)
			}
			if !d.takes(typ) {
				continue
			}
			entry, err := l.operation(&doc, operation)
			if err != nil {
				return err
			}
			entry.Method, entry.Path = strings.ToUpper(method), path
			if err := l.put(typ, d, doc.Info.Version, name, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// place names an operation: by resource type and verb in Resource Manager, by
// its operation identifier in a data plane.
func place(d document, method, path string, operation swaggerOperation) (typ, name string, ok bool) {
	if d.dataPlane != "" {
		return d.dataPlane, operation.ID, true
	}
	return shape.Locate(strings.ToUpper(method), path)
}

func (l *library) put(typ string, d document, version, name string, entry operationEntry) error {
	key := strings.ToLower(typ)
	t, ok := l.types[key]
	if !ok {
		t = &typeEntry{
			Name:     typ,
			Versions: map[string]map[string]operationEntry{},
		}
		l.types[key] = t
	}
	operations, ok := t.Versions[version]
	if !ok {
		operations = map[string]operationEntry{}
		t.Versions[version] = operations
	}
	if other, ok := operations[name]; ok {
		// The same list exists by subscription and by group; they answer alike.
		if !equalShape(other.Request, entry.Request) || !equalShape(other.Response, entry.Response) {
			return fmt.Errorf("%s and %s are both %s of %s and differ", other.ID, entry.ID, name, typ)
		}
		if len(other.Path) >= len(entry.Path) {
			return nil
		}
	}
	operations[name] = entry
	if list := len(l.served) - 1; len(d.served) > 0 && !slices.Contains(t.Served, list) {
		t.Served = append(t.Served, list)
	}
	return nil
}

func equalShape(a, b *int) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func (l *library) operation(doc *swaggerDocument, o swaggerOperation) (operationEntry, error) {
	entry := operationEntry{ID: o.ID, LongRunning: o.LongRunning}
	w := &walk{library: l, doc: doc, operation: o.ID}
	for _, parameter := range o.Parameters {
		if parameter.In != "body" {
			continue
		}
		index, err := w.shape(parameter.Schema, "")
		if err != nil {
			return operationEntry{}, err
		}
		entry.Request, entry.NeedsBody = &index, parameter.Required
	}

	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		response := o.Responses[status]
		code, ok := statusCode(status)
		if !ok {
			continue
		}
		entry.Statuses = append(entry.Statuses, code)
		if response.Schema == nil {
			continue
		}
		index, err := w.shape(response.Schema, "")
		if err != nil {
			return operationEntry{}, err
		}
		if entry.Response != nil && *entry.Response != index {
			return operationEntry{}, fmt.Errorf("%s has answers of two shapes", o.ID)
		}
		entry.Response = &index
	}
	slices.Sort(entry.Statuses)
	return entry, nil
}

// intern stores a shape once and returns its index.
func (l *library) intern(s shapeEntry) (int, error) {
	content, err := json.Marshal(s)
	if err != nil {
		return 0, fmt.Errorf("encoding shape: %w", err)
	}
	key := string(content)
	if index, ok := l.interned[key]; ok {
		return index, nil
	}
	index := len(l.shapes)
	l.shapes = append(l.shapes, key)
	l.interned[key] = index
	return index, nil
}

func statusCode(status string) (int, bool) {
	var code int
	_, err := fmt.Sscanf(status, "%d", &code)
	return code, err == nil
}

func convert(from, to any) error {
	content, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("encoding document: %w", err)
	}
	if err := json.Unmarshal(content, to); err != nil {
		return fmt.Errorf("decoding document: %w", err)
	}
	return nil
}
