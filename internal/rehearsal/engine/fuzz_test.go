// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

func FuzzID(f *testing.F) {
	for _, seed := range []string{
		"", "/", "//", toy, toy + "/parts/eye", subscription, group + "/providers/", group + "/providers/Toy.Works",
		toy + "/providers/Microsoft.Authorization/roleAssignments/x", "/subscriptions", "providers/a/b/c",
		"/\xff\xff\xff/providers/a/b/c", // lower case is longer
		"0/providers//0////0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id := engine.ID(text)
		if !id.Is(id) || !id.Within(id) || !id.Is(engine.ID(strings.ToUpper(text))) && isASCII(text) {
			t.Errorf("%q is not itself", text)
		}
		if parent := id.Parent(); parent != "" && !id.Within(parent) {
			t.Errorf("%q is not within its parent %q", text, parent)
		}
		if scope := id.Scope(); scope != "" && id.Type() != "" && !id.Within(scope) {
			t.Errorf("%q is not within its scope %q", text, scope)
		}
		_, _ = id.GroupID().Type(), id.SubscriptionID().Name()
	})
}

func FuzzLocation(f *testing.F) {
	for _, seed := range []string{"", "West US 2", "westus2", " ", "WESTUS2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		short := engine.NormalizeLocation(text)
		if engine.NormalizeLocation(short) != short {
			t.Errorf("%q becomes %q and then %q", text, short, engine.NormalizeLocation(short))
		}
		if engine.NormalizeLocation(engine.DisplayLocation(short)) != short {
			t.Errorf("%q is shown as %q", short, engine.DisplayLocation(short))
		}
	})
}

// FuzzRequest sends Resource Manager what it has not seen before. Whatever it is, the answer is no
// defect.
func FuzzRequest(f *testing.F) {
	for _, seed := range []struct{ method, path, query, body string }{
		{"PUT", toy, "api-version=" + version, `{"location":"westus2"}`},
		{"PUT", account, "api-version=2023-01-01", `{"location":"westus2","properties":{"storageAccounts":[{"id":1}]}}`},
		{"PATCH", account, "api-version=2023-01-01", `{"identity":{"type":null}}`},
		{"GET", toys, "api-version=" + version + "&$skiptoken=-1&$top=0", ""},
		{"POST", toy + "/squeeze", "api%2Dversion=" + version, "[]"},
		{"DELETE", group, "api-version=2021-04-01", ""},
		{"GET", "/subscriptions//providers/", "api-version=x", ""},
	} {
		f.Add(seed.method, seed.path, seed.query, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		w := newWorld(t)
		w.want(w.call("PUT", toy, `{"location":"westus2"}`), http.StatusCreated)
		w.want(w.call("PUT", account+"?api-version=2023-01-01", `{"location":"westus2"}`), http.StatusCreated)
		request := httptest.NewRequestWithContext(t.Context(), "GET", "https://management.azure.com/", strings.NewReader(body))
		request.Method, request.URL = method, &url.URL{Path: path, RawQuery: query}
		request.Header.Set("Authorization", "Bearer token")
		answer := httptest.NewRecorder()
		w.engine.ServeHTTP(answer, request)
		if answer.Code == http.StatusInternalServerError {
			t.Errorf("%s %s?%s %s: %s", method, path, query, body, answer.Body)
		}
	})
}

func isASCII(text string) bool {
	for _, r := range text {
		if r > 127 {
			return false
		}
	}
	return true
}
