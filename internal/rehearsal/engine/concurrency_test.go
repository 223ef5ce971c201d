// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// held makes a world whose requests with X-Hold wait, in the middle of their transaction, until they are let go.
func held(t *testing.T) (w *world, begun, letGo chan struct{}) {
	t.Helper()
	w = newWorld(t)
	w.engine.Register(&engine.ResourceType{
		Name: "Toy.Works/trains", Write: keep,
		Busy: engine.Errorf(http.StatusConflict, "ConflictError", "The train '{name}' changed."),
		Routes: map[string]engine.Action{
			"POST whistle": {Serve: func(r *engine.Request, train *engine.Resource) (*engine.Response, error) {
				train.Set("whistled", true)
				r.Save(train)
				return &engine.Response{Status: http.StatusOK}, nil
			}},
		},
	})
	begun, letGo = make(chan struct{}, 9), make(chan struct{})
	w.engine.Intercept(func(r *engine.Request) engine.Interception {
		if r.Query["hold"] == "" {
			return engine.Interception{}
		}
		return engine.Interception{Handled: func(*engine.Response) {
			begun <- struct{}{}
			<-letGo
		}}
	})
	return w, begun, letGo
}

const train = group + "/providers/Toy.Works/trains/express"

func TestConcurrency(t *testing.T) {
	t.Parallel()
	const hold = "?hold=1&api-version=" + version
	for name, test := range map[string]struct {
		before, slow, fast [3]string
		status             int
		code               string
		// kept are the properties in the end, of the resource that was made before.
		kept map[string]any
	}{
		"a reader sees one moment": {
			before: [3]string{"PUT", toy, `{"location":"westus2","properties":{"color":"red"}}`},
			slow:   [3]string{"GET", toy, ""},
			fast:   [3]string{"PATCH", toy, `{"properties":{"color":"blue"}}`},
			status: http.StatusOK, kept: map[string]any{"color": "blue"},
		},
		"writes one after the other": {
			before: [3]string{"PUT", toy, `{"location":"westus2"}`},
			slow:   [3]string{"PATCH", toy, `{"properties":{"ears":2}}`},
			fast:   [3]string{"PATCH", toy, `{"properties":{"color":"blue"}}`},
			status: http.StatusOK, kept: map[string]any{"color": "blue", "ears": 2.0},
		},
		"the last whole resource wins": {
			before: [3]string{"PUT", toy, `{"location":"westus2"}`},
			slow:   [3]string{"PUT", toy, `{"location":"westus2","properties":{"ears":2}}`},
			fast:   [3]string{"PATCH", toy, `{"properties":{"color":"blue"}}`},
			status: http.StatusOK, kept: map[string]any{"color": "brown", "ears": 2.0},
		},
		"a write where the service takes one at a time": {
			before: [3]string{"PUT", train, `{"location":"westus2"}`},
			slow:   [3]string{"PATCH", train, `{"properties":{"cars":2}}`},
			fast:   [3]string{"PATCH", train, `{"properties":{"color":"blue"}}`},
			status: http.StatusConflict, code: "ConflictError",
			kept: map[string]any{"color": "blue", "cars": nil},
		},
		"an action where the service takes one at a time": {
			before: [3]string{"PUT", train, `{"location":"westus2"}`},
			slow:   [3]string{"POST", train + "/whistle", ""},
			fast:   [3]string{"PATCH", train, `{"properties":{"color":"blue"}}`},
			status: http.StatusConflict, code: "ConflictError",
			kept: map[string]any{"color": "blue", "whistled": nil},
		},
		"a deletion where the service takes one at a time": {
			before: [3]string{"PUT", train, `{"location":"westus2"}`},
			slow:   [3]string{"DELETE", train, ""},
			fast:   [3]string{"PATCH", train, `{"properties":{"color":"blue"}}`},
			status: http.StatusConflict, code: "ConflictError", kept: map[string]any{"color": "blue"},
		},
		"a write beside one of another resource": {
			before: [3]string{"PUT", train, `{"location":"westus2"}`},
			slow:   [3]string{"PATCH", train, `{"properties":{"cars":2}}`},
			fast:   [3]string{"PUT", toy, `{"location":"westus2"}`},
			status: http.StatusOK, kept: map[string]any{"cars": 2.0},
		},
		"a write into a group that is gone": {
			before: [3]string{"PUT", toy, `{"location":"westus2"}`},
			slow:   [3]string{"PUT", toys + "/cat", `{"location":"westus2"}`},
			fast:   [3]string{"DELETE", group, ""},
			status: http.StatusNotFound, code: "ResourceGroupNotFound",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, begun, letGo := held(t)
			w.want(w.call(test.before[0], test.before[1], test.before[2]), http.StatusCreated)
			var slow answer
			var waiting sync.WaitGroup
			waiting.Go(func() { slow = w.call(test.slow[0], test.slow[1]+hold, test.slow[2]) })
			<-begun
			fast := w.call(test.fast[0], test.fast[1], test.fast[2])
			close(letGo)
			waiting.Wait()
			if fast.Code >= http.StatusBadRequest || slow.Code != test.status || slow.text("error.code") != test.code {
				t.Errorf("the fast one got %d, the slow one %d %s", fast.Code, slow.Code, slow.Body)
			}
			now := w.call("GET", test.before[1], "")
			for property, want := range test.kept {
				if got := now.at("properties." + property); got != want {
					t.Errorf("%s is %v, want %v", property, got, want)
				}
			}
			if test.code == "ConflictError" && slow.text("error.message") != "The train 'express' changed." {
				t.Errorf("says %s", slow.Body)
			}
		})
	}
}

// TestConcurrency_journal: requests that run beside each other have one entry each, numbered without a gap.
func TestConcurrency_journal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			w.call("PUT", toys+"/bear"+strconv.Itoa(i%7), `{"location":"westus2"}`)
		})
	}
	all.Wait()
	w.transact(func(tx *engine.Tx) {
		entries := tx.Journal(0)
		for i, entry := range entries {
			if entry.Number != i+1 {
				t.Errorf("entry %d has number %d", i, entry.Number)
			}
		}
		if len(entries) != 50 {
			t.Errorf("%d entries", len(entries))
		}
	})
}
