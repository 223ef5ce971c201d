// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/shape"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

// flawed lists what the documents say against their own examples, by file and
// finding. Rehearsal has no part in these, so the validator stays strict.
func flawed() map[string]string {
	return map[string]string{
		"header Location is missing":             "examples leave headers out",
		"header Retry-After is missing":          "examples leave headers out",
		"header Azure-AsyncOperation is missing": "examples leave headers out",
		"nothing to poll":                        "examples leave headers out",
		`response reason: value is not one of the allowed values ["Invalid","AlreadyExists"]`: "" +
			"the examples of Video Analyzer's name check answer with reason None",
		"PrivateEndpointConnections_CreateOrUpdate (status 201): response properties.provisioningState": "" +
			"one example has InProgress, which the shared type does not have",
		"Keys (status 200): response": "the examples of Machine Learning's keys have null for most of them",
	}
}

func TestExamples_areValid(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, e := range allExamples(t) {
		for _, status := range slices.Sorted(maps.Keys(e.Responses)) {
			if status == 0 {
				continue
			}
			v, err := openapi.New()
			if err != nil {
				t.Fatal(err)
			}
			for _, finding := range replay(t, v, e, status) {
				known := false
				for flaw := range flawed() {
					if strings.Contains(finding, flaw) {
						known, used[flaw] = true, true
					}
				}
				if !known {
					t.Errorf("%s: %s", e.File, finding)
				}
			}
			if unknown := v.Unknown(); len(unknown) > 0 {
				t.Errorf("%s: no operation for %v", e.File, unknown)
			}
		}
	}
	for flaw := range flawed() {
		if !used[flaw] {
			t.Errorf("no example has this flaw any more: %s", flaw)
		}
	}
}

// replay checks an example's request together with its answer of a status.
func replay(t *testing.T, v *openapi.Validator, e openapi.Example, status int) []string {
	t.Helper()
	request, err := e.Request(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var body []byte
	if request.Body != nil {
		if body, err = io.ReadAll(request.Body); err != nil {
			t.Fatal(err)
		}
	}
	answer := e.Responses[status]
	header := http.Header{}
	for name, value := range answer.Headers {
		header.Set(name, value)
	}
	if answer.Body == nil {
		return v.Check(request, body, status, header, nil)
	}
	header.Set("Content-Type", "application/json; odata.metadata=minimal")
	return v.Check(request, body, status, header, encode(t, answer.Body))
}

// The shapes that rehearsal refuses requests by fit Microsoft's own requests.
func TestExamples_fitTheShapes(t *testing.T) {
	t.Parallel()
	count := 0
	for _, e := range allExamples(t) {
		o := operation(t, e)
		if e.Body() == nil {
			if o.NeedsBody {
				t.Errorf("%s %s: %s has no body", e.Document, e.Version, e.File)
			}
			continue
		}
		count++
		for _, problem := range shape.Refused(o.CheckRequest(e.Body())) {
			t.Errorf("%s %s: %s: %s", e.Document, e.Version, e.File, problem)
		}
	}
	if count < 80 {
		t.Errorf("only %d requests have a body", count)
	}
}

// The fields that rehearsal takes out of its answers are not in Microsoft's.
func TestExamples_areLeftWholeByPruning(t *testing.T) {
	t.Parallel()
	for _, e := range allExamples(t) {
		for status, answer := range e.Responses {
			body, ok := answer.Body.(map[string]any)
			if !ok || status == 0 {
				continue
			}
			if diff := cmp.Diff(body, operation(t, e).Prune(body)); diff != "" {
				t.Errorf("%s %s: %s (-example +pruned):\n%s", e.Document, e.Version, e.File, diff)
			}
		}
	}
}

// A mistyped field is found wherever it is, by the shapes and by kin-openapi
// alike; they read the documents in two different ways.
func TestExamples_typosAreFound(t *testing.T) {
	t.Parallel()
	count := 0
	for _, e := range allExamples(t) {
		if e.Body() == nil || !e.Documents(http.StatusOK) {
			continue
		}
		for _, typo := range typos(e.Body(), "") {
			count++
			byShape := len(shape.Refused(operation(t, e).CheckRequest(typo.body))) > 0
			if free := isFree(typo.path); byShape == free {
				t.Errorf("%s %s: typo in %q of %s: refused %v, want %v",
					e.Document, e.Version, typo.path, e.File, byShape, !free)
			}

			v, err := openapi.New()
			if err != nil {
				t.Fatal(err)
			}
			mistyped := e
			for name, value := range e.Parameters {
				if cmp.Equal(value, e.Body()) {
					mistyped.Parameters = maps.Clone(e.Parameters)
					mistyped.Parameters[name] = typo.body
				}
			}
			byValidator := slices.ContainsFunc(replay(t, v, mistyped, http.StatusOK), func(f string) bool {
				return strings.Contains(f, `"tpyo" is unsupported`)
			})
			if byValidator != byShape {
				t.Errorf("%s %s: typo in %q of %s: validator %v, shapes %v",
					e.Document, e.Version, typo.path, e.File, byValidator, byShape)
			}
		}
	}
	if count < 250 {
		t.Errorf("only %d typos tried", count)
	}
}

// isFree tells that the place takes any name.
func isFree(path string) bool {
	return strings.HasSuffix(path, ".tags") || strings.HasSuffix(path, ".userAssignedIdentities")
}

type typo struct {
	path string
	body any
}

// typos returns a copy of a body for each object in it, with one field more.
func typos(value any, path string) []typo {
	var all []typo
	switch value := value.(type) {
	case map[string]any:
		mistyped := maps.Clone(value)
		mistyped["tpyo"] = nil // Fits any type.
		all = append(all, typo{path, mistyped})
		for key, field := range value {
			for _, inner := range typos(field, path+"."+key) {
				copied := maps.Clone(value)
				copied[key] = inner.body
				all = append(all, typo{inner.path, copied})
			}
		}
	case []any:
		for i, item := range value {
			for _, inner := range typos(item, fmt.Sprintf("%s[%d]", path, i)) {
				copied := slices.Clone(value)
				copied[i] = inner.body
				all = append(all, typo{inner.path, copied})
			}
		}
	}
	return all
}

func TestExample_replay(t *testing.T) {
	t.Parallel()
	examples, err := openapi.Examples("mediaservices", "2023-01-01")
	if err != nil {
		t.Fatal(err)
	}
	index := slices.IndexFunc(examples, func(e openapi.Example) bool {
		return e.File == "async-accounts-update.json"
	})
	e := examples[index].Rewrite(strings.NewReplacer("contososports", "other", "value3", "value4"))

	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		want := map[string]any{"tags": map[string]any{"key1": "value4"}}
		if diff := cmp.Diff(any(want), body); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
		path := "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/contosorg" +
			"/providers/Microsoft.Media/mediaservices/other"
		if r.Method != http.MethodPatch || r.Host != "management.azure.com" || r.URL.Path != path ||
			r.URL.RawQuery != "api-version=2023-01-01" || r.Header.Get("Authorization") != "Bearer t" {
			t.Errorf("request = %s %s %v", r.Method, r.URL, r.Header)
		}
		w.WriteHeader(http.StatusAccepted)
	})
	response, err := e.Replay(t.Context(), handler, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer t")
	})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if !e.Documents(response.StatusCode) || e.Documents(http.StatusOK) {
		t.Errorf("status = %d, documented are %v", response.StatusCode, e.Responses)
	}
}

func TestExample_dataPlane(t *testing.T) {
	t.Parallel()
	examples, err := openapi.Examples("keyvault-keys", "7.4")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		if e.Operation != "GetKeyVersions" {
			continue
		}
		request, err := e.Request(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := request.URL.String(); got != "https://myvault.vault.azure.net/keys/listkeyversionstest/versions"+
			"?api-version=7.4&maxresults=1" {
			t.Errorf("URL = %s", got)
		}
	}
}

func allExamples(t *testing.T) []openapi.Example {
	t.Helper()
	pairs, err := openapi.Documented()
	if err != nil {
		t.Fatal(err)
	}
	var all []openapi.Example
	for _, pair := range pairs {
		examples, err := openapi.Examples(pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, examples...)
	}
	if len(all) < 200 {
		t.Fatalf("only %d examples", len(all))
	}
	return all
}

// operation finds the shape of an example's operation.
func operation(t *testing.T, e openapi.Example) shape.Operation {
	t.Helper()
	typ, name := shape.KeyVault, e.Operation
	if !strings.HasPrefix(e.Document, "keyvault-") || e.Document == "keyvault-rm" {
		typ, name, _ = shape.Locate(e.Method, e.Path)
	}
	o, ok := shape.For(typ, e.Version, name)
	if !ok {
		t.Fatalf("%s has no %s at %s", typ, name, e.Version)
	}
	return o
}

func encode(t *testing.T, body any) []byte {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
