// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package authorization_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/resourcestest"
)

const (
	lockVersion = "?api-version=2020-05-01"
	locks       = "/providers/Microsoft.Authorization/locks"
)

// estate is a subscription with a group, and an identity in it.
type estate struct {
	*resourcestest.Cloud
	t                             *testing.T
	subscription, group, identity string
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	c := resourcestest.New(t)
	e := &estate{Cloud: c, t: t, subscription: string(c.Subscription)}
	e.group = e.subscription + "/resourceGroups/media"
	e.identity = e.group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
	e.want(http.StatusCreated, e.touchGroup())
	e.want(http.StatusCreated, e.touch())
	return e
}

func (e *estate) ask(method, path, body string) resourcestest.Answer {
	return e.As(e.t, e.Owner, method, path, body)
}

func (e *estate) want(status int, answer resourcestest.Answer) {
	e.t.Helper()
	if answer.Status != status {
		e.t.Errorf("answers %d, want %d: %s", answer.Status, status, answer.Body)
	}
}

func (e *estate) touchGroup() resourcestest.Answer {
	return e.ask("PUT", e.group+"?api-version=2021-04-01", `{"location":"westus2"}`)
}

func (e *estate) touch() resourcestest.Answer {
	return e.ask("PUT", e.identity+"?api-version=2023-01-31", `{"location":"westus2"}`)
}

func (e *estate) lock(scope, name, level string) {
	e.t.Helper()
	answer := e.ask("PUT", scope+locks+"/"+name+lockVersion, fmt.Sprintf(`{"properties":{"level":%q,"notes":"Keep."}}`, level))
	if answer.Status != http.StatusCreated && answer.Status != http.StatusOK {
		e.t.Fatalf("locking %s: %d %s", scope, answer.Status, answer.Body)
	}
}

func (e *estate) unlock(scope, name string) {
	e.t.Helper()
	e.want(http.StatusOK, e.ask("DELETE", scope+locks+"/"+name+lockVersion, ""))
}

// locked wants the refusal of an operation at a scope because of locks.
func (e *estate) locked(answer resourcestest.Answer, scope, operation string, at ...string) {
	e.t.Helper()
	want := fmt.Sprintf("The scope '%s' cannot perform %s operation because following scope(s) are locked: '%s'. Please remove the lock and try again.",
		scope, operation, strings.Join(at, "','"))
	if answer.Status != http.StatusConflict || answer.Code() != "ScopeLocked" || answer.Text("error", "message") != want {
		e.t.Errorf("answers %d %s\nwant %s", answer.Status, answer.Body, want)
	}
}

func (e *estate) remove(path, version string) resourcestest.Answer {
	return e.ask("DELETE", path+"?api-version="+version, "")
}

func TestLocks_keepFromDeletion(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"CanNotDelete", "ReadOnly"} {
		for _, at := range []string{"subscription", "group", "identity"} {
			t.Run(level+" at the "+at, func(t *testing.T) {
				t.Parallel()
				e := newEstate(t)
				scope := map[string]string{"subscription": e.subscription, "group": e.group, "identity": e.identity}[at]
				e.lock(scope, "keep", level)
				e.locked(e.remove(e.identity, "2023-01-31"), e.identity, "delete", scope)
				// A group does not go with something in it that is locked.
				e.locked(e.remove(e.group, "2021-04-01"), e.group, "delete", scope)
				if level == "ReadOnly" {
					e.locked(e.touch(), e.identity, "write", scope)
				} else {
					e.want(http.StatusOK, e.touch())
				}
				if level == "ReadOnly" && at != "identity" {
					e.locked(e.touchGroup(), e.group, "write", scope)
				} else {
					e.want(http.StatusOK, e.touchGroup())
				}
				e.want(http.StatusOK, e.ask("GET", e.identity+"?api-version=2023-01-31", ""))
				// Locks themselves can always be changed.
				e.lock(scope, "keep", "CanNotDelete")
				e.want(http.StatusOK, e.touch())
				e.unlock(scope, "keep")
				e.want(http.StatusNoContent, e.ask("DELETE", scope+locks+"/keep"+lockVersion, ""))
				e.want(http.StatusOK, e.remove(e.identity, "2023-01-31"))
			})
		}
	}
}

func TestLocks_nameEveryLockedScope(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.lock(e.identity, "one", "CanNotDelete")
	e.lock(e.identity, "two", "ReadOnly")
	e.lock(e.subscription, "all", "CanNotDelete")
	e.locked(e.remove(e.group, "2021-04-01"), e.group, "delete", e.subscription, e.identity)
	e.locked(e.touch(), e.identity, "write", e.identity)
	// Roles that are assigned below a lock stay assigned.
	name := "11111111-0000-0000-0000-000000000001"
	if answer := put(t, e.Cloud, e.Subscription, name, assignment(authorization.Owner, e.Stranger.ObjectID, "")); answer.Status != http.StatusCreated {
		t.Fatalf("%d %s", answer.Status, answer.Body)
	}
	e.locked(e.ask("DELETE", e.subscription+assignments+"/"+name+version, ""), e.subscription+assignments+"/"+name, "delete", e.subscription)
}

func TestLocks_areListed(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.lock(e.subscription, "above", "CanNotDelete")
	e.lock(e.group, "at", "ReadOnly")
	e.lock(e.identity, "below", "CanNotDelete")
	for path, want := range map[string]string{
		e.subscription + locks + lockVersion:                        "above at below",
		e.group + locks + lockVersion:                               "above at below",
		e.group + locks + lockVersion + "&$filter=atScope()":        "above at",
		e.identity + locks + lockVersion:                            "above at below",
		e.subscription + locks + lockVersion + "&$filter=atScope()": "above",
		e.group + locks + "/at" + lockVersion:                       "at",
	} {
		answer := e.ask("GET", path, "")
		e.want(http.StatusOK, answer)
		var names []string
		for _, one := range append(answer.Value(), any(answer.Body)) {
			if name, ok := one.(map[string]any)["name"].(string); ok {
				names = append(names, name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s lists %q, want %q: %s", path, got, want, answer.Body)
		}
	}
	// A lock goes with its scope.
	e.unlock(e.subscription, "above")
	e.unlock(e.group, "at")
	e.unlock(e.identity, "below")
	e.lock(e.identity, "gone", "CanNotDelete")
	e.unlock(e.identity, "gone")
	e.want(http.StatusNotFound, e.ask("GET", e.group+locks+"/at"+lockVersion, ""))
}

func TestLocks_refuse(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	for code, path := range map[string]string{
		"ResourceGroupNotFound": e.subscription + "/resourceGroups/none" + locks + "/x" + lockVersion,
		"ResourceNotFound":      e.group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/none" + locks + "/x" + lockVersion,
	} {
		if answer := e.ask("PUT", path, `{"properties":{"level":"ReadOnly"}}`); answer.Code() != code {
			t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
		}
	}
	at := e.group + locks + "/x" + lockVersion
	for code, body := range map[string]string{
		"InvalidLockLevel":      `{"properties":{"level":"NotSpecified"}}`,
		"InvalidLockNotes":      `{"properties":{"level":"ReadOnly","notes":"` + strings.Repeat("x", 513) + `"}}`,
		"InvalidRequestContent": `{}`,
	} {
		if answer := e.ask("PUT", at, body); answer.Status != http.StatusBadRequest || answer.Code() != code {
			t.Errorf("%s: %d %s", body, answer.Status, answer.Body)
		}
	}
	// A contributor may not lock, nor unlock.
	const contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	put(t, e.Cloud, e.Subscription, "11111111-0000-0000-0000-000000000002", assignment(contributor, e.Stranger.ObjectID, ""))
	e.lock(e.group, "keep", "ReadOnly")
	for _, method := range []string{"PUT", "DELETE"} {
		answer := e.As(t, e.Stranger, method, e.group+locks+"/keep"+lockVersion, `{"properties":{"level":"CanNotDelete"}}`)
		if answer.Status != http.StatusForbidden || answer.Code() != "AuthorizationFailed" {
			t.Errorf("%s by a contributor: %d %s", method, answer.Status, answer.Body)
		}
	}
}

// The examples that Microsoft publishes get the answers that they document.
func TestLocks_examples(t *testing.T) {
	t.Parallel()
	examples, err := openapi.Examples("locks", "2020-05-01")
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) < 12 {
		t.Errorf("only %d examples", len(examples))
	}
	for _, example := range examples {
		t.Run(example.File, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			names := strings.NewReplacer("subscriptionId", e.Subscription.Subscription(), "resourcegroupname", "media")
			example := example.Rewrite(names)
			at := e.subscription
			if strings.HasSuffix(example.Operation, "AtResourceGroupLevel") {
				at = e.group
			}
			name, ok := example.Parameters["lockName"].(string)
			if !ok {
				name = "testlock"
			}
			if !strings.Contains(example.Operation, "CreateOrUpdate") {
				e.lock(at, name, "ReadOnly")
			}
			request, err := example.Request(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var body []byte
			if request.Body != nil {
				if body, err = io.ReadAll(request.Body); err != nil {
					t.Fatal(err)
				}
			}
			answer := e.ask(request.Method, request.URL.RequestURI(), string(body))
			if !example.Documents(answer.Status) {
				t.Errorf("answers %d: %v", answer.Status, answer.Body)
			}
			for _, one := range append(answer.Value(), any(answer.Body)) {
				if shown, _ := one.(map[string]any); shown["name"] != nil {
					if level := shown["properties"].(map[string]any)["level"]; shown["id"] != at+locks+"/"+name || level != "ReadOnly" {
						t.Errorf("shows %v", shown)
					}
				}
			}
		})
	}
}
