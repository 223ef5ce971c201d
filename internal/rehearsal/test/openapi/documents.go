// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi/swagger"
)

//go:embed testdata
var testdata embed.FS

// document is one OpenAPI document.
type document struct {
	name    string // Its service's folder, or its file for those written here.
	version string
	root    fs.FS
	file    string
	paths   map[string]map[string]rawOperation
	// load converts the document to OpenAPI 3, when it is first needed.
	load func() (*openapi3.T, error)
}

// rawOperation is what is read of an operation as it stands in the file.
type rawOperation struct {
	ID       string `json:"operationId"`
	Examples map[string]struct {
		File string `json:"$ref"`
	} `json:"x-ms-examples"`
	LongRunning bool `json:"x-ms-long-running-operation"`
}

// documents lists the documents that describe operations.
//
//nolint:gochecknoglobals // It remembers constants, not a state.
var documents = sync.OnceValues(func() ([]*document, error) {
	root, err := fs.Sub(testdata, "testdata")
	if err != nil {
		return nil, fmt.Errorf("opening OpenAPI documents: %w", err)
	}
	var found []*document
	err = fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "examples" {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(file) != ".json" {
			return nil
		}
		d, err := open(root, file)
		if err == nil && len(d.paths) > 0 {
			found = append(found, d)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading OpenAPI documents: %w", err)
	}
	return found, nil
})

func open(root fs.FS, file string) (*document, error) {
	content, err := fs.ReadFile(root, file)
	if err != nil {
		return nil, err
	}
	var raw struct {
		Info struct {
			Version string `json:"version"`
		} `json:"info"`
		Paths map[string]map[string]rawOperation `json:"paths"`
	}
	if err := json.Unmarshal(content, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	_, name, _ := strings.Cut(strings.TrimSuffix(file, ".json"), "/") // Below its folder.
	name, _, _ = strings.Cut(name, "/")
	return &document{
		name:    name,
		version: raw.Info.Version,
		root:    root,
		file:    file,
		paths:   raw.Paths,
		load: sync.OnceValues(func() (*openapi3.T, error) {
			return convert(root, file)
		}),
	}, nil
}

// convert makes an OpenAPI 3 document in which every object is closed: what it
// does not name is not allowed.
func convert(root fs.FS, file string) (*openapi3.T, error) {
	bundled, err := swagger.Load(root, file)
	if err != nil {
		return nil, err
	}
	closeAll(bundled)

	content, err := json.Marshal(bundled)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var v2 openapi2.T
	if err := json.Unmarshal(content, &v2); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return nil, fmt.Errorf("converting %s: %w", file, err)
	}
	return v3, nil
}

// closeAll closes the schemas of a bundled document: its definitions, and those
// that stand in its operations.
func closeAll(bundled map[string]any) {
	for _, schema := range object(bundled["definitions"]) {
		closeObject(schema)
	}
	for _, methods := range object(bundled["paths"]) {
		for _, operation := range object(methods) {
			parameters, _ := object(operation)["parameters"].([]any)
			for _, parameter := range parameters {
				closeObject(object(parameter)["schema"])
			}
			for _, response := range object(object(operation)["responses"]) {
				closeObject(object(response)["schema"])
			}
		}
	}
}

// closeObject forbids other properties where a schema names some.
func closeObject(schema any) {
	fields := object(schema)
	if fields == nil {
		return
	}
	properties := object(fields["properties"])
	if _, open := fields["additionalProperties"]; !open && len(properties) > 0 {
		fields["additionalProperties"] = false
	}
	for _, property := range properties {
		closeObject(property)
	}
	closeObject(fields["items"])
	closeObject(fields["additionalProperties"])
}

func object(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}
