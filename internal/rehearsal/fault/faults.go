// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package fault

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Faults are those of one rehearsal.
type Faults struct{ levels levels }

// NotePrefix begins the remark in the journal about a request that a fault applied to.
const NotePrefix = "fault "

const (
	faultPrefix = "fault/"
	countKey    = "faultcount"
)

// New adds the injection of faults to an engine, without any fault.
func New(e *engine.Engine) *Faults {
	f := &Faults{}
	e.Intercept(f.intercept)
	return f
}

// Add adds a fault and returns it with its defaults.
func (*Faults) Add(tx *engine.Tx, added Fault) (Fault, error) {
	added, err := added.prepared()
	if err != nil {
		return Fault{}, err
	}
	var number int
	tx.Load(countKey, &number)
	number++
	tx.Store(countKey, number)
	added.ID = strconv.Itoa(number)
	save(tx, added)
	if added.Kind == DelayedGrants {
		tx.SetGrantDelay(time.Duration(added.Delay))
	}
	return added, nil
}

// List returns the faults, used ones included, in the order in which they were added.
func (*Faults) List(tx *engine.Tx) []Fault {
	faults := []Fault{}
	tx.Each(faultPrefix, func(_ string, decode func(any)) {
		var f Fault
		decode(&f)
		faults = append(faults, f)
	})
	return faults
}

// Clear removes the fault with this ID, or all for "", and returns how many it removed.
func (all *Faults) Clear(tx *engine.Tx, id string) (int, error) {
	cleared := 0
	for _, f := range all.List(tx) {
		if id != "" && f.ID != id {
			continue
		}
		cleared++
		tx.Erase(key(f.ID))
		if f.Kind == DelayedGrants {
			tx.SetGrantDelay(0)
		}
	}
	if id != "" && cleared == 0 {
		return 0, fmt.Errorf("there is no fault %q", id)
	}
	return cleared, nil
}

func save(tx *engine.Tx, f Fault) { tx.Store(key(f.ID), f) }

// key keeps the faults in the order of their numbers.
func key(id string) string { return fmt.Sprintf("%s%012s", faultPrefix, id) }

// intercept applies the first unused fault that chooses the request, besides the limits.
func (all *Faults) intercept(r *engine.Request) engine.Interception {
	var held engine.Interception
	for _, f := range all.List(r.Tx) {
		if !f.chooses(r.HTTP, r.Host) || f.spent() {
			continue
		}
		if f.Kind == Limits { // Nothing is written for each request.
			if held = f.hold(r, &all.levels); held.Refuse != nil {
				return held
			}
			continue
		}
		if f.Kind == FailOperation {
			return engine.Interception{Handled: func(*engine.Response) { failOperation(r, f) }}
		}
		strikes := f.strikes()
		save(r.Tx, f)
		if strikes {
			r.Note(NotePrefix+"%s: %s", f.ID, f.Kind)
			struck := f.strike(r)
			if struck.Handled == nil {
				struck.Handled = held.Handled
			}
			return struck
		}
	}
	return held
}

// strike returns what the fault does to the request.
func (f *Fault) strike(r *engine.Request) engine.Interception {
	switch f.Kind {
	case Throttle, Error:
		return engine.Interception{Refuse: f.refusal(r)}
	case ErrorAfter:
		return engine.Interception{Handled: func(response *engine.Response) {
			*response = *r.Refusal(f.refusal(r))
		}}
	case Lost:
		return engine.Interception{Answer: func(http.ResponseWriter) bool {
			panic(http.ErrAbortHandler) // which net/http takes for what it is
		}}
	case Reset:
		return engine.Interception{
			Refuse: engine.Errorf(http.StatusServiceUnavailable, "ConnectionReset", "reset"),
			Answer: reset,
		}
	case Slow:
		return engine.Interception{Answer: func(http.ResponseWriter) bool {
			f.wait(r.HTTP)
			return false
		}}
	case ExpiredToken:
		r.ExpireTokens()
		if f.WithoutClaims {
			r.WithoutClaims()
		}
	case FailOperation, DelayedGrants, Limits: // not for this request alone
	}
	return engine.Interception{}
}

// failOperation fails the operation that the request started, if any.
func failOperation(r *engine.Request, f Fault) {
	operation := r.Started()
	if operation == nil {
		return
	}
	if f.strikes() {
		operation.Fault = f.refusal(r)
		r.SaveOperation(operation)
		r.Note(NotePrefix+"%s: %s", f.ID, f.Kind)
	}
	save(r.Tx, f)
}

// refusal returns the answer of a fault that answers.
func (f *Fault) refusal(r *engine.Request) *engine.Error {
	code, message := f.Code, f.Message
	if f.Kind == Throttle && (code == "" || message == "") {
		usual := throttled(r, time.Duration(f.RetryAfter))
		if code == "" {
			code = usual.Code
		}
		if message == "" {
			message = usual.Message
		}
	}
	refused := engine.Errorf(f.Status, code, "%s", message)
	if f.RetryAfter > 0 {
		refused.Header = http.Header{}
		engine.Pace{RetryAfter: time.Duration(f.RetryAfter)}.AskToWait(refused.Header)
	}
	return refused
}

// throttled returns how the host refuses a client that asks too often: in its own words, or in those
// of Resource Manager (recorded).
func throttled(r *engine.Request, wait time.Duration) *engine.Error {
	if own := r.Throttled(); own != nil {
		return own
	}
	id := engine.ID(r.HTTP.URL.Path)
	return engine.Errorf(http.StatusTooManyRequests, "SubscriptionRequestsThrottled",
		"Number of requests for subscription '%s' and operation '%s/SUBSCRIPTIONS/RESOURCEGROUPS/"+
			"PROVIDERS/%s/' exceeded the backend storage limit. Please try again after '%d' seconds.",
		id.Subscription(), r.HTTP.Method, strings.ToUpper(id.Type()), int(math.Ceil(wait.Seconds())))
}

// wait waits for the delay, or until the client gives up.
func (f *Fault) wait(r *http.Request) {
	timer := time.NewTimer(time.Duration(f.Delay))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

// reset resets the connection, or closes it if it is shared by other requests.
func reset(w http.ResponseWriter) bool {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	connection, _, err := hijacker.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	under := connection
	if encrypted, ok := connection.(interface{ NetConn() net.Conn }); ok {
		under = encrypted.NetConn()
	}
	if lingering, ok := under.(interface{ SetLinger(seconds int) error }); ok {
		_ = lingering.SetLinger(0) // closing it now sends RST
	}
	_ = under.Close()
	return true
}
