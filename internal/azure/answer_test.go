// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestClient_refusesOddAnswers that have a status of success: a typed error says what is odd.
func TestClient_refusesOddAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, body, problem string }{
		{"nothing", "", "no body"},
		{"spaces", " \r\n", "no body"},
		{"null", "null", "no body"},
		{"a page", "<html>Sign in</html>", "no JSON object"},
		{"a list", `[{"name":"rg"}]`, "no JSON object"},
		{"a text", `"rg"`, "no JSON object"},
		{"half of it", `{"name":"rg","tags":{"a":`, "no JSON object"},
		{"null in a list", `{"value":[{"name":"a"},null]}`, "null for an element"},
		{"null in a list of a property", `{"properties":{"accessPolicies":[{"permissions":{"keys":["get",null]}}]}}`, "null for an element"},
		{"null elsewhere", `{"name":"rg","tags":null,"list":[],"object":{"a":null},"nested":[[1],{"b":null}]}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fake := &fakeAzure{answer: func(*http.Request) *http.Response {
				return answer(http.StatusOK, test.body, "x-ms-request-id", "r-1")
			}}
			groups, err := newClient(t, signedIn(fake)).ResourceGroups(subscription)
			if err != nil {
				t.Fatal(err)
			}
			_, err = groups.Get(t.Context(), "rg", nil)
			if test.problem == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			odd, ok := errors.AsType[*azure.AnswerError](err)
			if !ok || !strings.Contains(odd.Problem, test.problem) || odd.Answer.RequestID != "r-1" ||
				odd.Answer.Status != http.StatusOK || !strings.HasSuffix(odd.Answer.URL, "/rg") {
				t.Errorf("got %#v: %v", odd, err)
			}
			if len(fake.requests) != 1 {
				t.Errorf("it was asked for %d times", len(fake.requests))
			}
			if _, refused := azure.AsError(err); refused {
				t.Error("it counts as a refusal")
			}
		})
	}
}

// TestClient_takesNoBodyWhereAzureSendsNone: a deletion, an operation without an outcome, a sync.
func TestClient_takesNoBodyWhereAzureSendsNone(t *testing.T) {
	t.Parallel()
	polled := false
	fake := &fakeAzure{}
	fake.answer = func(r *http.Request) *http.Response {
		if r.Method == http.MethodDelete && strings.Contains(r.URL.Path, "/resourcegroups/") {
			return answer(http.StatusAccepted, "", "Location", "https://management.azure.com/operationresults/1?api-version=1")
		}
		polled = polled || strings.HasPrefix(r.URL.Path, "/operationresults/")
		return answer(http.StatusOK, "")
	}
	client := newClient(t, signedIn(fake))
	groups, err := client.ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	deletion, err := groups.BeginDelete(t.Context(), "rg", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := azure.Await(t.Context(), deletion); err != nil || !polled {
		t.Errorf("polled %t: %v", polled, err)
	}
	media, err := client.MediaAccounts(subscription)
	if err != nil {
		t.Fatal(err)
	}
	if err := media.SyncStorageKeys(t.Context(), "rg", "m", "/s"); err != nil {
		t.Error(err)
	}
	if err := media.Delete(t.Context(), "rg", "m"); err != nil {
		t.Error(err)
	}
	accounts, err := client.StorageAccounts(subscription)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.ListKeys(t.Context(), "rg", "sa", nil); err == nil {
		t.Error("keys were read from no body")
	}
}

// TestClient_readsABrokenAnswerAgain, unless the request must be sent once.
func TestClient_readsABrokenAnswerAgain(t *testing.T) {
	t.Parallel()
	for _, once := range []bool{false, true} {
		sent := 0
		fake := &fakeAzure{answer: func(*http.Request) *http.Response {
			resp := answer(http.StatusOK, `{"name":"rg"}`)
			if sent++; sent == 1 {
				resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"na`), iotest.ErrReader(io.ErrUnexpectedEOF)))
			}
			return resp
		}}
		groups, err := newClient(t, signedIn(fake)).ResourceGroups(subscription)
		if err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		if once {
			ctx = azure.WithoutRetry(ctx)
		}
		_, err = groups.Get(ctx, "rg", nil)
		odd, cut := errors.AsType[*azure.AnswerError](err)
		if once != cut || cut && (!strings.Contains(odd.Problem, "broke off") || !errors.Is(err, io.ErrUnexpectedEOF)) {
			t.Errorf("once %t: %v", once, err)
		}
	}
}

// TestClient_saysThatNothingAnswered without the query, which may have a signature.
func TestClient_saysThatNothingAnswered(t *testing.T) {
	t.Parallel()
	fake := &fakeAzure{answer: func(*http.Request) *http.Response { return nil }}
	pages := runtime.NewPipeline("m", "v", runtime.PipelineOptions{}, azure.PipelineOf(newClient(t, signedIn(fake))))
	req, err := runtime.NewRequest(azure.WithoutRetry(t.Context()), http.MethodGet, "https://management.azure.com/x?sig=secret")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := pages.Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	lost, ok := errors.AsType[*azure.NoAnswerError](err)
	if !ok || lost.URL != "https://management.azure.com/x" || strings.Contains(err.Error(), "secret") ||
		!errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}
