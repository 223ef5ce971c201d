// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package swagger reads Microsoft's Swagger 2.0 documents into one piece each:
// every reference points into the document itself, parameters stand where they
// are used, and no schema is composed with allOf. It must not import the engine.
//
// The documents refer to one another by relative paths of the repository they
// come from. [Load] maps those paths onto the layout of the copy here; the
// copy's README lists the mapping.
package swagger

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Load reads one document and everything that it refers to. In the result the
// keys "paths" and "definitions" hold all that is left; a definition that came
// from another document is named after it, such as "v2.types.ErrorResponse".
func Load(fsys fs.FS, file string) (map[string]any, error) {
	b := &bundle{
		fsys:        fsys,
		root:        file,
		files:       map[string]map[string]any{},
		definitions: map[string]any{},
	}
	document, err := b.document(file)
	if err != nil {
		return nil, err
	}

	for name := range object(document["definitions"]) {
		if _, err := b.definition(file, name); err != nil {
			return nil, err
		}
	}
	paths, err := b.rewrite(file, document["paths"])
	if err != nil {
		return nil, err
	}
	for name := range b.definitions {
		b.definitions[name] = b.flatten(b.definitions[name])
	}

	bundled := map[string]any{
		"swagger":     "2.0",
		"info":        document["info"],
		"paths":       b.flatten(paths),
		"definitions": b.definitions,
	}
	for _, key := range []string{"consumes", "produces"} {
		if value, ok := document[key]; ok {
			bundled[key] = value
		}
	}
	return bundled, nil
}

// localPrefix begins every reference that is left after [Load].
const localPrefix = "#/definitions/"

// bundle gathers the definitions that a document needs.
type bundle struct {
	fsys        fs.FS
	root        string
	files       map[string]map[string]any
	definitions map[string]any
}

func (b *bundle) document(file string) (map[string]any, error) {
	if document, ok := b.files[file]; ok {
		return document, nil
	}
	content, err := fs.ReadFile(b.fsys, file)
	if err != nil {
		return nil, fmt.Errorf("reading OpenAPI document: %w", err)
	}
	var document map[string]any
	if err := json.Unmarshal(content, &document); err != nil {
		return nil, fmt.Errorf("reading OpenAPI document %s: %w", file, err)
	}
	b.files[file] = document
	return document, nil
}

// definition takes a definition into the bundle and returns its name there.
func (b *bundle) definition(file, name string) (string, error) {
	bundled := name
	if file != b.root {
		bundled = qualifier(file) + "." + name
	}
	if _, ok := b.definitions[bundled]; ok {
		return bundled, nil
	}

	document, err := b.document(file)
	if err != nil {
		return "", err
	}
	schema, ok := object(document["definitions"])[name]
	if !ok {
		return "", fmt.Errorf("%s has no definition %q", file, name)
	}
	b.definitions[bundled] = nil // Definitions may refer to themselves.
	rewritten, err := b.rewrite(file, schema)
	if err != nil {
		return "", err
	}
	b.definitions[bundled] = rewritten
	return bundled, nil
}

// rewrite returns a copy of a value in which references to definitions are
// local ones and references to parameters are replaced by the parameter.
func (b *bundle) rewrite(file string, value any) (any, error) {
	switch value := value.(type) {
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			rewritten, err := b.rewrite(file, item)
			if err != nil {
				return nil, err
			}
			items[i] = rewritten
		}
		return items, nil

	case map[string]any:
		if reference, ok := value["$ref"].(string); ok {
			return b.reference(file, reference, value)
		}
		fields := make(map[string]any, len(value))
		for key, field := range value {
			// Examples are read apart, and many of storage's are not here.
			if key == "x-ms-examples" {
				continue
			}
			rewritten, err := b.rewrite(file, field)
			if err != nil {
				return nil, err
			}
			fields[key] = rewritten
		}
		return fields, nil

	default:
		return value, nil
	}
}

func (b *bundle) reference(file, reference string, siblings map[string]any) (any, error) {
	location, pointer, _ := strings.Cut(reference, "#/")
	target := resolve(file, location)
	kind, name, _ := strings.Cut(pointer, "/")
	switch kind {
	case "definitions":
		bundled, err := b.definition(target, name)
		if err != nil {
			return nil, err
		}
		rewritten := maps.Clone(siblings)
		rewritten["$ref"] = localPrefix + bundled
		return rewritten, nil

	case "parameters":
		document, err := b.document(target)
		if err != nil {
			return nil, err
		}
		parameter, ok := object(document["parameters"])[name]
		if !ok {
			return nil, fmt.Errorf("%s has no parameter %q", target, name)
		}
		return b.rewrite(target, parameter)

	default:
		return nil, fmt.Errorf("%s: cannot follow reference %q", file, reference)
	}
}

// flatten replaces each allOf by the fields that it stands for.
func (b *bundle) flatten(value any) any {
	switch value := value.(type) {
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = b.flatten(item)
		}
		return items

	case map[string]any:
		flat := make(map[string]any, len(value))
		for key, field := range value {
			if key != "allOf" {
				flat[key] = b.flatten(field)
			}
		}
		parts, ok := value["allOf"].([]any)
		if !ok {
			return flat
		}
		properties := map[string]any{}
		var required []any
		for _, part := range parts {
			base := object(b.flatten(b.target(object(part))))
			maps.Copy(properties, object(base["properties"]))
			inherited, _ := base["required"].([]any)
			required = append(required, inherited...)
		}
		maps.Copy(properties, object(flat["properties"]))
		own, _ := flat["required"].([]any)
		for _, name := range own {
			if !slices.Contains(required, name) {
				required = append(required, name)
			}
		}
		flat["type"] = "object"
		flat["properties"] = properties
		if len(required) > 0 {
			flat["required"] = required
		}
		return flat

	default:
		return value
	}
}

// target follows the reference of a schema, if it is one.
func (b *bundle) target(schema map[string]any) any {
	reference, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	return b.definitions[strings.TrimPrefix(reference, localPrefix)]
}

// microsoft is the folder of Microsoft's documents.
const microsoft = "azure-specs"

// resolve maps a reference's path onto the layout of the copy.
func resolve(file, location string) string {
	switch {
	case location == "":
		return file
	case strings.Contains(location, "common-types/"):
		return path.Join(microsoft, location[strings.Index(location, "common-types/"):])
	case strings.Contains(location, "/Accounts/stable/"):
		_, rest, _ := strings.Cut(location, "/Accounts/stable/")
		return path.Join(microsoft, "mediaservices", rest)
	default:
		return path.Join(path.Dir(file), location)
	}
}

// qualifier names a document in the names of the definitions taken from it.
func qualifier(file string) string {
	directory, name := path.Split(strings.TrimSuffix(file, ".json"))
	return path.Base(directory) + "." + name
}

func object(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}
