// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

func TestOpen_beginsOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	first, again := open(t, path), open(t, path)
	if diff := cmp.Diff(first.Access(), again.Access()); diff != "" {
		t.Errorf("the second start changed the access (-first +second):\n%s", diff)
	}
	access := first.Access()
	for name, value := range map[string]string{
		"tenant": access.TenantID, "subscription": access.SubscriptionID,
		"client": access.ClientID, "secret": access.ClientSecret, "object": access.ObjectID,
	} {
		if value == "" {
			t.Errorf("no %s", name)
		}
	}
	if other := open(t, "").Access(); other.TenantID == access.TenantID {
		t.Error("two rehearsals share a tenant")
	}
}

// TestAddSubscription adds a subscription from several processes at once. Its resources are apart from those
// of the first one, and a subscription that nobody added is not there.
func TestAddSubscription(t *testing.T) {
	t.Parallel()
	const second = "aaaaaaaa-2222-3333-4444-555555555555"
	path := filepath.Join(t.TempDir(), "data")
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			azure := open(t, path)
			for id, want := range map[string]rehearsal.Subscription{
				strings.ToUpper(second):       {ID: second, Name: "Second"},
				azure.Access().SubscriptionID: {ID: azure.Access().SubscriptionID, Name: "Rehearsal"},
			} {
				if added, err := azure.AddSubscription(t.Context(), id, "Second"); err != nil || added != want {
					t.Errorf("added %v, want %v: %v", added, want, err)
				}
				if found, err := azure.FindSubscription(t.Context(), id); err != nil || found != want.ID {
					t.Errorf("found %q, want %q: %v", found, want.ID, err)
				}
			}
		})
	}
	users.Wait()
	azure := open(t, path)
	if added, err := azure.AddSubscription(t.Context(), "media", ""); err == nil || !strings.Contains(err.Error(), "not a GUID") {
		t.Errorf("added %q: %v", added, err)
	}
	if found, err := azure.FindSubscription(t.Context(), "cccccccc-2222-3333-4444-555555555555"); err != nil || found != "" {
		t.Errorf("found %q: %v", found, err)
	}
	if found, err := azure.Subscriptions(t.Context()); err != nil || len(found) != 2 {
		t.Errorf("the subscriptions are %v: %v", found, err)
	}
	ask := func(method, path, body string) rehearsal.Answer {
		t.Helper()
		answer, err := azure.Ask(t.Context(), rehearsal.Question{
			Method: method, URL: path + "?api-version=2021-04-01", Body: []byte(body),
		})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	group := "/subscriptions/" + second + "/resourceGroups/rg"
	if made := ask("PUT", group, `{"location": "westeurope"}`); made.Status != http.StatusCreated ||
		!strings.Contains(string(made.Body), group) {
		t.Errorf("making a group answers %d %s", made.Status, made.Body)
	}
	for id, want := range map[string]int{second: 1, azure.Access().SubscriptionID: 0} {
		listed := ask("GET", "/subscriptions/"+id+"/resourceGroups", "")
		if got := strings.Count(string(listed.Body), `"westeurope"`); listed.Status != http.StatusOK || got != want {
			t.Errorf("%s lists %d groups, want %d: %s", id, got, want, listed.Body)
		}
	}
	if listed := ask("GET", "/subscriptions", ""); strings.Count(string(listed.Body), `"subscriptionId"`) != 2 {
		t.Errorf("the subscriptions are %s", listed.Body)
	}
	unknown := ask("GET", "/subscriptions/bbbbbbbb-2222-3333-4444-555555555555/resourceGroups", "")
	if unknown.Status != http.StatusNotFound || !strings.Contains(string(unknown.Body), "SubscriptionNotFound") {
		t.Errorf("a subscription that nobody added answers %d %s", unknown.Status, unknown.Body)
	}
}

func TestOpen_beginsOnceForManyAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	found := make(chan rehearsal.Access)
	const many = 8
	for range many {
		go func() {
			azure, err := rehearsal.Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				found <- rehearsal.Access{}
				return
			}
			found <- azure.Access()
		}()
	}
	first := <-found
	for range many - 1 {
		if other := <-found; other != first {
			t.Errorf("found %+v and %+v", first, other)
		}
	}
}

func TestOpen_namesAFileThatIsNoRehearsal(t *testing.T) {
	t.Parallel()
	if _, err := rehearsal.Open(t.Context(), t.TempDir()); err == nil {
		t.Error("opened a folder")
	}
}

func TestAzure_letsItsServicePrincipalIn(t *testing.T) {
	t.Parallel()
	azure := open(t, "")
	path := "/subscriptions/" + azure.Access().SubscriptionID +
		"/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01"
	status, body := call(t, azure, "GET", path, signIn(t, azure))
	if assignments, _ := body["value"].([]any); status != http.StatusOK || len(assignments) != 1 {
		t.Errorf("got %d %v", status, body)
	}
	if status, body := call(t, azure, "GET", path, ""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d %v", status, body)
	}
}

func signIn(t *testing.T, azure *rehearsal.Azure) string {
	t.Helper()
	access := azure.Access()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {access.ClientID},
		"client_secret": {access.ClientSecret}, "scope": {"https://management.azure.com/.default"},
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://login.microsoftonline.com/"+access.TenantID+"/oauth2/v2.0/token",
		strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body := send(t, azure, request)
	token, _ := body["access_token"].(string)
	if status != http.StatusOK || token == "" {
		t.Fatalf("signing in: %d %v", status, body)
	}
	return token
}

func call(
	t *testing.T, azure *rehearsal.Azure, method, path, token string,
) (status int, body map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method,
		"https://management.azure.com"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return send(t, azure, request)
}

func send(
	t *testing.T, azure *rehearsal.Azure, request *http.Request,
) (status int, body map[string]any) {
	t.Helper()
	response, err := (&http.Client{Transport: azure}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
	}
	return response.StatusCode, body
}

func open(t *testing.T, path string, options ...engine.Option) *rehearsal.Azure {
	t.Helper()
	azure, err := rehearsal.Open(t.Context(), path, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = azure.Close() })
	return azure
}
