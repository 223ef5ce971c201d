// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Example is one of the examples that Microsoft publishes with a document: the
// parameters of a request and an answer for each documented status.
type Example struct {
	// Document is the service's folder: "mediaservices", "videoanalyzer",
	// "storage", "keyvault-rm", "keyvault-keys" or "keyvault-secrets".
	Document string
	// Version and Operation are the api-version and the operation's identifier.
	Version, Operation string
	// File is the name of the example's file.
	File string
	// Method and Path are the operation's method and the template of its path.
	Method, Path string
	// Parameters are the request's parameters by name, its body among them.
	Parameters map[string]any
	// Responses are the answers by status; the default answer is under 0.
	Responses map[int]ExampleResponse

	body  string // The parameter that is the body.
	query []string
}

// ExampleResponse is one answer of an example.
type ExampleResponse struct {
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body"`
}

// Examples returns the examples of a document at a version, sorted by operation
// and file. Examples that the copy of the documents leaves out are left out.
func Examples(name, version string) ([]Example, error) {
	all, err := documents()
	if err != nil {
		return nil, err
	}
	var examples []Example
	for _, d := range all {
		if d.name != name || d.version != version {
			continue
		}
		found, err := d.examples()
		if err != nil {
			return nil, err
		}
		examples = append(examples, found...)
	}
	slices.SortFunc(examples, func(a, b Example) int {
		return strings.Compare(a.Operation+"/"+a.File, b.Operation+"/"+b.File)
	})
	return examples, nil
}

// Documented lists the documents and their versions as pairs for [Examples].
func Documented() ([][2]string, error) {
	all, err := documents()
	if err != nil {
		return nil, err
	}
	var pairs [][2]string
	for _, d := range all {
		if pair := [2]string{d.name, d.version}; !slices.Contains(pairs, pair) {
			pairs = append(pairs, pair)
		}
	}
	return pairs, nil
}

func (d *document) examples() ([]Example, error) {
	spec, err := d.load()
	if err != nil {
		return nil, err
	}
	var examples []Example
	for template, methods := range d.paths {
		for method, operation := range methods {
			for _, name := range slices.Sorted(maps.Keys(operation.Examples)) {
				file := path.Join(path.Dir(d.file), operation.Examples[name].File)
				if _, err := fs.Stat(d.root, file); err != nil {
					continue
				}
				e := Example{
					Document:  d.name,
					Version:   d.version,
					Operation: operation.ID,
					File:      path.Base(file),
					Method:    strings.ToUpper(method),
					Path:      template,
				}
				if err := e.read(d.root, file, spec); err != nil {
					return nil, err
				}
				examples = append(examples, e)
			}
		}
	}
	return examples, nil
}

func (e *Example) read(root fs.FS, file string, spec *openapi3.T) error {
	content, err := fs.ReadFile(root, file)
	if err != nil {
		return fmt.Errorf("reading example: %w", err)
	}
	var example struct {
		Parameters map[string]any             `json:"parameters"`
		Responses  map[string]ExampleResponse `json:"responses"`
	}
	if err := json.Unmarshal(content, &example); err != nil {
		return fmt.Errorf("reading example %s: %w", file, err)
	}
	e.Parameters = example.Parameters
	e.Responses = map[int]ExampleResponse{}
	for status, response := range example.Responses {
		code, _ := strconv.Atoi(status) // "default" is 0.
		e.Responses[code] = response
	}

	operation := spec.Paths.Value(e.Path).GetOperation(e.Method)
	for _, parameter := range operation.Parameters {
		if parameter.Value.In == openapi3.ParameterInQuery {
			e.query = append(e.query, parameter.Value.Name)
		}
	}
	if operation.RequestBody != nil {
		// Bodies have no names in OpenAPI 3; the conversion keeps the old one.
		e.body, _ = operation.RequestBody.Value.Extensions["x-originalParamName"].(string)
	}
	return nil
}

// Rewrite returns the example with every text of its parameters replaced, for
// a service in which other names and identifiers exist.
func (e Example) Rewrite(replacer *strings.Replacer) Example {
	parameters := make(map[string]any, len(e.Parameters))
	for name, value := range e.Parameters {
		parameters[name] = rewriteText(replacer, value)
	}
	e.Parameters = parameters
	return e
}

func rewriteText(replacer *strings.Replacer, value any) any {
	switch value := value.(type) {
	case string:
		return replacer.Replace(value)
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = rewriteText(replacer, item)
		}
		return items
	case map[string]any:
		fields := make(map[string]any, len(value))
		for key, field := range value {
			fields[replacer.Replace(key)] = rewriteText(replacer, field)
		}
		return fields
	default:
		return value
	}
}

// Body returns the request's body, decoded from JSON, or nil.
func (e Example) Body() any {
	if e.body == "" {
		return nil
	}
	return e.Parameters[e.body]
}

// Request makes the example's request.
func (e Example) Request(ctx context.Context) (*http.Request, error) {
	base := "https://management.azure.com"
	if vault, ok := e.Parameters["vaultBaseUrl"].(string); ok {
		base = strings.TrimSuffix(vault, "/")
	}
	segments := strings.Split(e.Path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			value, given := e.Parameters[name]
			if !given {
				return nil, fmt.Errorf("example %s has no %s", e.File, name)
			}
			segments[i] = url.PathEscape(fmt.Sprint(value))
		}
	}
	query := url.Values{"api-version": {e.Version}}
	for _, name := range e.query {
		if value, given := e.Parameters[name]; given && name != "api-version" {
			query.Set(name, fmt.Sprint(value))
		}
	}

	var body io.Reader
	if content := e.Body(); content != nil {
		encoded, err := json.Marshal(content)
		if err != nil {
			return nil, fmt.Errorf("encoding example %s: %w", e.File, err)
		}
		body = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, e.Method,
		base+strings.Join(segments, "/")+"?"+query.Encode(), body)
	if err != nil {
		return nil, fmt.Errorf("making request of example %s: %w", e.File, err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

// Replay sends the example's request to a handler and returns the answer. The
// edits, such as one that adds a token, are made before.
func (e Example) Replay(
	ctx context.Context, handler http.Handler, edits ...func(*http.Request),
) (*http.Response, error) {
	request, err := e.Request(ctx)
	if err != nil {
		return nil, err
	}
	for _, edit := range edits {
		edit(request)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}

// Documents tells whether the example has an answer of a status.
func (e Example) Documents(status int) bool {
	_, ok := e.Responses[status]
	return ok
}
