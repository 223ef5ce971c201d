// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

func TestPut_createsAndReplaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.want(w.call("PUT", strings.ToLower(group)+"/providers/toy.works/TOYS/Bear",
		`{"location":"West US 2","tags":{"a":"1","b":"2"},"properties":{"size":3,"secret":"hush"}}`),
		http.StatusCreated)
	want := map[string]any{
		"id": subscription + "/resourceGroups/rg/providers/Toy.Works/toys/Bear", "name": "Bear",
		"type": "Toy.Works/toys", "location": "West US 2", "tags": map[string]any{"a": "1", "b": "2"},
		"properties": map[string]any{"size": float64(3), "color": "brown", "seenAt": version},
	}
	if diff := cmp.Diff(want, created.body); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if server := created.Header().Get("Server"); server != "toys" {
		t.Errorf("the type's own header is missing: %q", server)
	}

	replaced := w.want(w.call("PUT", toys+"/BEAR",
		`{"location":"westus2","tags":{"c":"3"},"properties":{}}`), http.StatusOK)
	delete(want["properties"].(map[string]any), "size")
	want["tags"] = map[string]any{"c": "3"}
	if diff := cmp.Diff(want, replaced.body); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	if got := w.want(w.call("GET", toy, ""), http.StatusOK); !cmp.Equal(got.body, want) {
		t.Errorf("read: %s", cmp.Diff(want, got.body))
	}
	w.want(w.call("HEAD", toy, ""), http.StatusNoContent)
}

func TestPatch_changesWhatItNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		patch      string
		tags       map[string]any
		properties map[string]any
	}{
		"nothing": {
			patch: `{}`, tags: map[string]any{"a": "1"},
			properties: map[string]any{"size": float64(3), "in": map[string]any{"x": "1", "y": "2"}},
		},
		"tags are replaced whole": {
			patch: `{"tags":{"b":"2"}}`, tags: map[string]any{"b": "2"},
			properties: map[string]any{"size": float64(3), "in": map[string]any{"x": "1", "y": "2"}},
		},
		"tags are emptied": {
			patch: `{"tags":{}}`, tags: map[string]any{},
			properties: map[string]any{"size": float64(3), "in": map[string]any{"x": "1", "y": "2"}},
		},
		"properties are merged, null removes": {
			patch: `{"properties":{"size":null,"in":{"x":"new"}}}`, tags: map[string]any{"a": "1"},
			properties: map[string]any{"in": map[string]any{"x": "new", "y": "2"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.want(w.call("PUT", toy, `{"location":"westus2","tags":{"a":"1"},
				"properties":{"size":3,"in":{"x":"1","y":"2"}}}`), http.StatusCreated)
			got := w.want(w.call("PATCH", toy, test.patch), http.StatusOK)
			test.properties["color"], test.properties["seenAt"] = "brown", version
			if diff := cmp.Diff(test.tags, got.at("tags")); diff != "" {
				t.Errorf("tags (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.properties, got.at("properties")); diff != "" {
				t.Errorf("properties (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDelete_isSaidTwiceWithoutHarm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(w.call("PUT", toy, `{"location":"westus2","identity":{"type":"SystemAssigned"}}`), http.StatusCreated)
	w.want(w.call("PUT", toy+"/parts/eye", `{}`), http.StatusCreated)
	w.want(w.call("DELETE", toy, ""), http.StatusOK)
	w.want(w.call("DELETE", toy, ""), http.StatusNoContent)
	w.refused(w.call("GET", toy, ""), http.StatusNotFound, "ResourceNotFound",
		"The Resource 'Toy.Works/toys/bear' under resource group 'rg' was not found.")
	w.refused(w.call("GET", toy+"/parts/eye", ""), http.StatusNotFound, "ParentResourceNotFound", "'toys/bear'")
	if len(w.lives) != 0 {
		t.Errorf("identities outlive their resource: %v", w.lives)
	}
}

// Every refusal of Resource Manager's own, each from a world in which one thing is wrong.
func TestResourceManager_refuses(t *testing.T) {
	t.Parallel()
	const made = `{"location":"westus2"}`
	for name, test := range map[string]struct {
		prepare            func(w *world)
		method, path, body string
		status             int
		code, words        string
	}{
		"no version": {
			method: "GET", path: toy + "?api-version=", status: 400,
			code: "MissingApiVersionParameter", words: "(?api-version=) is required",
		},
		"no such subscription": {
			method: "GET", path: "/subscriptions/none/resourceGroups/rg", status: 404,
			code: "SubscriptionNotFound", words: "'none'",
		},
		"no such group": {
			method: "PUT", path: strings.Replace(toy, "/rg/", "/other/", 1), body: made, status: 404,
			code: "ResourceGroupNotFound", words: "Resource group 'other' could not be found.",
		},
		"no such group for an action": {
			method: "POST", path: strings.Replace(toy, "/rg/", "/other/", 1) + "/squeeze", status: 404,
			code: "ResourceGroupNotFound", words: "'other'",
		},
		"no such group for a list": {
			method: "GET", path: strings.Replace(toys, "/rg/", "/other/", 1), status: 404,
			code: "ResourceGroupNotFound", words: "'other'",
		},
		"no such resource for a change": {
			method: "PATCH", path: toy, body: `{}`, status: 404, code: "ResourceNotFound",
			words: "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
		},
		"no such resource for an action": {
			method: "POST", path: toy + "/squeeze", status: 404, code: "ResourceNotFound",
		},
		"no parent": {
			method: "PUT", path: toy + "/parts/eye", body: `{}`, status: 404,
			code: "ParentResourceNotFound", words: "Parent resource 'toys/bear' not found.",
		},
		"no parent of a list": {
			method: "GET", path: toy + "/parts", status: 404, code: "ParentResourceNotFound",
		},
		"a group on its way out": {
			prepare: func(w *world) {
				w.transact(func(tx *engine.Tx) {
					leaving := tx.Resource(group)
					leaving.Set("provisioningState", "Deleting")
					tx.Save(leaving)
				})
			},
			method: "PUT", path: toy, body: made, status: 409, code: "ResourceGroupBeingDeleted",
		},
		"not registered": {
			prepare: func(w *world) {
				w.transact(func(tx *engine.Tx) {
					tx.SetRegistered("11111111-2222-3333-4444-555555555555", "toy.works", false)
				})
			},
			method: "PUT", path: toy, body: made, status: 409, code: "MissingSubscriptionRegistration",
			words: "The subscription is not registered to use namespace 'Toy.Works'.",
		},
		"a name that the service does not allow": {
			method: "PUT", path: toys + "/under_line", body: made, status: 400, code: "NameInvalid",
		},
		"no location": {
			method: "PUT", path: toy, body: `{}`, status: 400, code: "LocationRequired",
			words: "The location property is required for this definition.",
		},
		"no such location": {
			method: "PUT", path: toy, body: `{"location":"atlantis"}`, status: 400,
			code: "LocationNotAvailableForResourceType", words: "'atlantis' is not available for resource type 'Toy.Works/toys'",
		},
		"another location": {
			prepare: func(w *world) { w.want(w.call("PUT", toy, made), 201) },
			method:  "PUT", path: toy, body: `{"location":"eastus"}`, status: 409,
			code: "InvalidResourceLocation", words: "already exists in location 'westus2' in resource group 'rg'",
		},
		"no body": {
			method: "PUT", path: toy, status: 400, code: "InvalidRequestContent", words: "a JSON object is required",
		},
		"half a body": {
			method: "PUT", path: toy, body: `{"location":`, status: 400, code: "InvalidRequestContent",
			words: "unexpected end of JSON input",
		},
		"another kind of body": {
			method: "PUT", path: toy, body: `[]`, status: 400, code: "InvalidRequestContent",
		},
		"a tag that is no string": {
			method: "PUT", path: toy, body: `{"location":"westus2","tags":{"a":1}}`, status: 400,
			code: "InvalidTagValueType",
		},
		"not permitted": {
			prepare: func(w *world) { w.denied["Toy.Works/toys/write"] = true },
			method:  "PUT", path: toy, body: made, status: 403, code: "AuthorizationFailed",
			words: "does not have authorization to perform action 'Toy.Works/toys/write' over scope '" + toy + "'",
		},
		"an action not permitted": {
			prepare: func(w *world) { w.denied["Toy.Works/toys/squeeze/action"] = true },
			method:  "POST", path: toy + "/squeeze", status: 403, code: "AuthorizationFailed",
		},
		"an action with a permission of its own": {
			prepare: func(w *world) { w.denied["Toy.Works/toys/open"] = true },
			method:  "GET", path: toy + "/drawers/left", status: 403, code: "AuthorizationFailed",
		},
		"no such method": {
			method: "POST", path: toy, status: 405, code: "MethodNotAllowed",
		},
		"no such action": {
			method: "POST", path: toy + "/burn", status: 404, code: "InvalidResourceType",
			words: "The resource type 'toys/burn' could not be found in the namespace 'Toy.Works'",
		},
		"no such type": {
			method: "PUT", path: group + "/providers/Toy.Works/dolls/anna", body: made, status: 404,
			code: "InvalidResourceType", words: "'dolls'",
		},
		"no such namespace": {
			method: "GET", path: group + "/providers/Game.Works/dolls/anna", status: 404,
			code: "InvalidResourceNamespace", words: "The resource namespace 'Game.Works' is invalid.",
		},
		"no such path": {
			method: "GET", path: subscription + "/nothing", status: 404, code: "InvalidResource",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if test.prepare != nil {
				test.prepare(w)
			}
			got := w.call(test.method, test.path, test.body)
			w.refused(got, test.status, test.code, test.words)
			if own := test.code == "NameInvalid"; own == (got.Header().Get("X-Ms-Failure-Cause") == "gateway") {
				t.Errorf("x-ms-failure-cause %q", got.Header().Get("X-Ms-Failure-Cause"))
			}
		})
	}
}

func TestResourceManager_asksWhoItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused(w.send("GET", "https://management.azure.com"+toy+"?api-version="+version, "", ""),
		http.StatusUnauthorized, "AuthenticationFailed", "")
	if got := w.send("GET", "https://management.azure.com/metadata", "", ""); got.Body.String() != "open" {
		t.Errorf("an open route: %d %s", got.Code, got.Body)
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(w.call("PUT", toy, `{"location":"westus2","properties":{"secret":"hush"}}`), http.StatusCreated)
	squeezed := w.want(w.call("POST", toy+"/SQUEEZE", `{"hard":true}`), http.StatusOK)
	want := map[string]any{"says": "bear", "sent": map[string]any{"hard": true}, "secret": "hush"}
	if diff := cmp.Diff(want, squeezed.body); diff != "" {
		t.Errorf("squeeze (-want +got):\n%s", diff)
	}
	if got := w.call("GET", toy+"/drawers/left", "").text("drawer"); got != "left" {
		t.Errorf("drawer %q", got)
	}
}

func TestList_pages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var want []string
	for i := range 5 {
		name := fmt.Sprintf("toy%d", i)
		want = append(want, name)
		w.want(w.call("PUT", toys+"/"+name, `{"location":"westus2"}`), http.StatusCreated)
	}
	w.want(w.call("PUT", strings.Replace(toy, "/rg/", "/rg2/", 1), `{"location":"westus2"}`), http.StatusCreated)
	w.want(w.call("PUT", toys+"/toy0/parts/eye", `{}`), http.StatusCreated)
	var got []string
	pages := 0
	for next := toys + "?%24top=2"; next != ""; pages++ {
		page := w.want(w.call("GET", strings.TrimPrefix(next, "https://management.azure.com"), ""), http.StatusOK)
		next = page.text("nextLink")
		for _, item := range page.at("value").([]any) {
			got = append(got, item.(map[string]any)["name"].(string))
		}
	}
	if !slices.Equal(got, want) || pages != 3 {
		t.Errorf("%d pages with %v", pages, got)
	}
	for path, count := range map[string]int{
		subscription + "/providers/Toy.Works/toys": 6, toys: 5, toys + "/toy0/parts": 1, toys + "/toy1/parts": 0,
		toys + "?$skiptoken=99": 5, toys + "?$top=none": 5,
	} {
		if got := len(w.want(w.call("GET", path, ""), http.StatusOK).at("value").([]any)); got != count {
			t.Errorf("%s lists %d, want %d", path, got, count)
		}
	}
	w.denied["Toy.Works/toys/read"] = true
	w.refused(w.call("GET", toys, ""), http.StatusForbidden, "AuthorizationFailed", "")
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	const known = subscription + "/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/known"
	user := func(ids ...string) string {
		return `"userAssignedIdentities":{` + strings.Join(ids, ",") + `}`
	}
	one, two := `"`+known+`":{}`, `"`+known+`2":{}`
	for name, test := range map[string]struct {
		before, method, after string
		kind                  string
		users                 []string
		samePrincipal, lives  bool
	}{
		"none": {before: `null`, method: "PUT", after: `{"type":"None"}`, kind: "None"},
		"system stays the same by PUT": {
			before: `{"type":"SystemAssigned"}`, method: "PUT", after: `{"type":"systemassigned"}`,
			kind: "SystemAssigned", samePrincipal: true, lives: true,
		},
		"system is not touched by PATCH": {
			before: `{"type":"SystemAssigned"}`, method: "PATCH", after: ``,
			kind: "SystemAssigned", samePrincipal: true, lives: true,
		},
		"system is switched off": {
			before: `{"type":"SystemAssigned"}`, method: "PATCH", after: `{"type":"None"}`, kind: "None",
		},
		"system is left out of PUT": {
			before: `{"type":"SystemAssigned"}`, method: "PUT", after: ``, kind: "",
		},
		"user is added to system": {
			before: `{"type":"SystemAssigned"}`, method: "PATCH",
			after: `{"type":"SystemAssigned, UserAssigned",` + user(one) + `}`,
			kind:  "SystemAssigned,UserAssigned", users: []string{known}, samePrincipal: true, lives: true,
		},
		"PATCH adds to the users": {
			before: `{"type":"UserAssigned",` + user(one) + `}`, method: "PATCH",
			after: `{"type":"UserAssigned",` + user(two) + `}`,
			kind:  "UserAssigned", users: []string{known, known + "2"},
		},
		"PATCH removes with null, in any case": {
			before: `{"type":"UserAssigned",` + user(one, two) + `}`, method: "PATCH",
			after: `{"type":"UserAssigned",` + user(strings.ToUpper(`"`+known+`"`)+`:null`) + `}`,
			kind:  "UserAssigned", users: []string{known + "2"},
		},
		"PUT replaces the users": {
			before: `{"type":"UserAssigned",` + user(one) + `}`, method: "PUT",
			after: `{"type":"UserAssigned",` + user(two) + `}`, kind: "UserAssigned", users: []string{known + "2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.want(w.call("PUT", toy, `{"location":"westus2","identity":`+test.before+`}`), http.StatusCreated)
			body := `{"location":"westus2"}`
			if test.after != "" {
				body = `{"location":"westus2","identity":` + test.after + `}`
			}
			after := w.want(w.call(test.method, toy, body), http.StatusOK)
			if got := after.text("identity.type"); got != test.kind {
				t.Errorf("type %q, want %q", got, test.kind)
			}
			users, _ := after.at("identity.userAssignedIdentities").(map[string]any)
			if len(users) != len(test.users) {
				t.Errorf("users %v, want %v", users, test.users)
			}
			for _, id := range test.users {
				if user, _ := users[id].(map[string]any); user["principalId"] != "principal" {
					t.Errorf("user %s: %v", id, user)
				}
			}
			same := after.text("identity.principalId") == before.text("identity.principalId")
			if test.samePrincipal && !same {
				t.Error("the principal changed")
			}
			if lives := len(w.lives) == 1; lives != test.lives {
				t.Errorf("%d principals", len(w.lives))
			}
		})
	}
}

func TestIdentity_refuses(t *testing.T) {
	t.Parallel()
	const known = `"/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/known":{}`
	for name, test := range map[string]struct {
		identity string
		denied   string
		status   int
		code     string
	}{
		"a kind that there is not": {identity: `{"type":"Guest"}`, status: 400, code: "InvalidIdentityType"},
		"no user":                  {identity: `{"type":"UserAssigned"}`, status: 400, code: "LinkedInvalidPropertyId"},
		"an unknown user": {
			identity: `{"type":"UserAssigned","userAssignedIdentities":{"/subscriptions/s/stranger":{}}}`,
			status:   404, code: "FailedIdentityOperation",
		},
		"a user that the caller may not assign": {
			identity: `{"type":"UserAssigned","userAssignedIdentities":{` + known + `}}`,
			denied:   "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
			status:   403, code: "LinkedAuthorizationFailed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.denied[test.denied] = true
			got := w.call("PUT", toy, `{"location":"westus2","identity":`+test.identity+`}`)
			w.refused(got, test.status, test.code, "")
			w.want(w.call("GET", toy, ""), http.StatusNotFound)
		})
	}
}

func TestRemoveAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// aardvark is in the way of bear, and comes before it; both are gone once bear was tried again.
	w.want(w.call("PUT", toys+"/aardvark", `{"location":"westus2","properties":{"stuck":"bear"}}`), http.StatusCreated)
	w.want(w.call("PUT", toy, `{"location":"westus2","identity":{"type":"SystemAssigned"}}`), http.StatusCreated)
	w.want(w.call("PUT", toy+"/parts/eye", `{}`), http.StatusCreated)
	w.want(w.call("DELETE", group, ""), http.StatusOK)
	w.transact(func(tx *engine.Tx) {
		if left := tx.Resources(group, ""); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	})
	if len(w.lives) != 0 {
		t.Errorf("identities left: %v", w.lives)
	}

	second := strings.Replace(toys, "/rg/", "/rg2/", 1)
	w.transact(func(tx *engine.Tx) { tx.Save(&engine.Resource{ID: group, Name: "rg"}) })
	w.want(w.call("PUT", toy, `{"location":"westus2"}`), http.StatusCreated)
	w.want(w.call("PUT", second+"/cat", `{"location":"westus2","properties":{"stuck":"bear"}}`), http.StatusCreated)
	w.want(w.call("PUT", second+"/dog", `{"location":"westus2"}`), http.StatusCreated)
	blocked := w.call("DELETE", group+"2", "")
	w.refused(blocked, http.StatusConflict, "ResourceGroupDeletionBlocked", "'Toy.Works/toys/cat'")
	if details, _ := blocked.at("error.details").([]any); len(details) != 1 {
		t.Errorf("details: %s", blocked.Body)
	}
	w.want(w.call("GET", second+"/dog", ""), http.StatusOK)
}
