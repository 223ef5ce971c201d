// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// slow has operations take twenty seconds of rehearsal's clock.
func slow() engine.Option {
	return engine.WithPace(engine.Pace{Operation: 20 * time.Second, RetryAfter: 1500 * time.Millisecond})
}

const asyncToy = `{"location":"westus2","properties":{"async":"yes"}}`

func TestOperation_isFollowedToItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slow())
	created := w.want(w.call("PUT", toy, asyncToy), http.StatusCreated)
	status, result := created.Header().Get("Azure-AsyncOperation"), created.Header().Get("Location")
	for name, want := range map[string]string{"Retry-After": "2", "X-Ms-Retry-After-Ms": "1500"} {
		if got := created.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	poll := func(url string) answer { return w.send("GET", url, "", "Bearer token") }
	running := w.want(poll(status), http.StatusOK)
	if running.text("status") != "InProgress" || running.text("startTime") != "2026-03-01T12:00:00Z" ||
		running.at("endTime") != nil || running.Header().Get("Retry-After") == "" {
		t.Errorf("running: %s %v", running.Body, running.Header())
	}
	waiting := w.want(poll(result), http.StatusAccepted)
	if waiting.Body.Len() > 0 || waiting.Header().Get("Location") != result {
		t.Errorf("waiting: %s, Location %q, want %q", waiting.Body, waiting.Header().Get("Location"), result)
	}
	if got := w.call("GET", toy, "").text("properties.provisioningState"); got != "InProgress" {
		t.Errorf("the toy is %s", got)
	}
	w.refused(w.call("PATCH", toy, `{}`), http.StatusConflict, "OperationInProgress", "")
	w.refused(w.call("PUT", toy, asyncToy), http.StatusConflict, "OperationInProgress", "")

	w.advance(19 * time.Second)
	w.want(poll(result), http.StatusAccepted)
	w.advance(time.Hour)
	over := w.want(poll(status), http.StatusOK)
	if over.text("status") != "Succeeded" || over.text("endTime") != "2026-03-01T12:00:20Z" {
		t.Errorf("over: %s", over.Body)
	}
	if got := w.want(poll(result), http.StatusOK); got.text("properties.provisioningState") != "Succeeded" {
		t.Errorf("result: %s", got.Body)
	}
	w.want(w.call("PATCH", toy, `{"properties":{"async":null}}`), http.StatusOK)
}

func TestOperation_withoutPaceIsOverWhenSomebodyLooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.want(w.call("PUT", toy, `{"location":"westus2","properties":{"async":"empty"}}`), http.StatusCreated)
	if created.Body.Len() > 0 {
		t.Errorf("body %s", created.Body)
	}
	if got := w.call("GET", toy, "").text("properties.provisioningState"); got != "Succeeded" {
		t.Errorf("the toy is %s", got)
	}
}

func TestOperation_deletes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slow())
	w.want(w.call("PUT", toy, asyncToy), http.StatusCreated)
	w.advance(time.Minute)
	deleting := w.want(w.call("DELETE", toy, ""), http.StatusAccepted)
	w.want(w.call("GET", toy, ""), http.StatusOK)
	w.advance(time.Minute)
	w.want(w.call("GET", toy, ""), http.StatusNotFound)
	gone := w.want(w.send("GET", deleting.Header().Get("Location"), "", "Bearer token"), http.StatusOK)
	if gone.Body.Len() > 0 {
		t.Errorf("body %s", gone.Body)
	}
}

func TestOperation_losesAgainstADeletion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slow())
	w.want(w.call("PUT", toy, asyncToy), http.StatusCreated)
	w.advance(10 * time.Second)
	w.want(w.call("DELETE", toy, ""), http.StatusAccepted)
	w.advance(15 * time.Second) // the creation is over, the deletion is not
	if got := w.call("GET", toy, "").text("properties.provisioningState"); got != "InProgress" {
		t.Errorf("the toy is %s while it is being deleted", got)
	}
	w.advance(15 * time.Second)
	w.want(w.call("GET", toy, ""), http.StatusNotFound)
}

func TestOperation_fails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, slow())
	w.engine.Intercept(func(r *engine.Request) engine.Interception {
		return engine.Interception{Handled: func(*engine.Response) {
			if operation := r.Started(); operation != nil {
				operation.Fault = engine.Errorf(http.StatusConflict, "Broken", "It broke.")
				r.SaveOperation(operation)
			}
		}}
	})
	created := w.want(w.call("PUT", toy, asyncToy), http.StatusCreated)
	w.advance(time.Minute)
	failed := w.want(w.send("GET", created.Header().Get("Azure-AsyncOperation"), "", "Bearer token"), http.StatusOK)
	if failed.text("status") != "Failed" || failed.text("error.code") != "Broken" || failed.text("error.message") != "It broke." {
		t.Errorf("status: %s", failed.Body)
	}
	w.refused(w.send("GET", created.Header().Get("Location"), "", "Bearer token"), http.StatusBadRequest, "Broken", "It broke.")
	if got := w.call("GET", toy, "").text("properties.provisioningState"); got != "Failed" {
		t.Errorf("the toy is %s", got)
	}
	w.want(w.call("DELETE", toy, ""), http.StatusAccepted)
}

func TestOperation_isNotFoundWhereThereIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range []string{"status", "result"} {
		w.refused(w.call("GET", subscription+"/providers/Toy.Works/operations/none/"+kind, ""),
			http.StatusNotFound, "NotFound", "")
	}
}

func TestTimers_comeDueInOrderAtTheirMoments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.OnTimer("again", "", func(tx *engine.Tx, subject string) {
		w.told = append(w.told, tx.Now().Format(time.TimeOnly)+" "+subject)
		if tx.Now().Before(noon().Add(3 * time.Hour)) {
			tx.Schedule(tx.Now().Add(time.Hour), "again", subject)
		}
	})
	w.transact(func(tx *engine.Tx) {
		tx.Schedule(noon().Add(150*time.Minute), "tell", "late")
		tx.Schedule(noon().Add(time.Hour), "again", "hourly")
		tx.Schedule(noon().Add(30*time.Minute), "tell", "early")
		tx.Schedule(noon().Add(time.Minute), "nobody's", "unheard")
		tx.Schedule(noon().Add(100*time.Hour), "tell", "never")
	})
	w.advance(24 * time.Hour)
	w.transact(func(tx *engine.Tx) {
		if want := noon().Add(24 * time.Hour); !tx.Now().Equal(want) {
			t.Errorf("it is %v, want %v", tx.Now(), want)
		}
		if got := tx.ClientNow(); !got.Equal(noon()) {
			t.Errorf("for a client it is %v", got)
		}
	})
	want := []string{"12:30:00 early", "13:00:00 hourly", "14:00:00 hourly", "14:30:00 late", "15:00:00 hourly"}
	if !slices.Equal(w.told, want) {
		t.Errorf("told %v, want %v", w.told, want)
	}
}

func TestPublish_reachesSubscribersOfTheTopic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, topic := range []string{"sold", "sold", "lost"} {
		w.engine.Subscribe(topic, func(_ *engine.Tx, subject string) { w.told = append(w.told, topic+" "+subject) })
	}
	w.transact(func(tx *engine.Tx) { tx.Publish("sold", "bear") })
	if !slices.Equal(w.told, []string{"sold bear", "sold bear"}) {
		t.Errorf("told %v", w.told)
	}
}

func TestGrantDelay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.transact(func(tx *engine.Tx) {
		if tx.GrantDelay() != 0 {
			t.Errorf("begins with %v", tx.GrantDelay())
		}
		tx.SetGrantDelay(time.Minute)
	})
	w.transact(func(tx *engine.Tx) {
		if tx.GrantDelay() != time.Minute {
			t.Errorf("is %v", tx.GrantDelay())
		}
	})
}
