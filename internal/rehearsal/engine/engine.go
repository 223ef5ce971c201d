// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package engine holds what all services of rehearsal share: one transaction for each request, a
// clock that can be advanced and its timers, Resource Manager's tree of documents with its
// asynchronous operations, Azure's error bodies, and the journal. Services register their resource
// types and hosts with it; it must not import any of them.
package engine

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// Engine dispatches requests to the services registered with it.
type Engine struct {
	store     store.Store
	base      func() time.Time
	addresses Addresses

	types       map[string]*ResourceType // by lower-case type
	routes      []route                  // paths that belong to no resource type
	hosts       []Host
	timers      map[string]timerKind
	subscribers map[string][]func(*Tx, string)

	authenticate Authenticate
	authorize    Authorize
	identities   Identities
	interceptors []Interceptor
	locked       Locked
	pace         Pace

	ripening sync.Mutex // held by whoever runs timers
}

// Caller is the principal that makes a request, according to its token.
type Caller struct {
	TenantID string
	ObjectID string
	AppID    string
}

// Authenticate checks the bearer token of a request against the audiences that the endpoint
// accepts.
type Authenticate func(tx *Tx, header http.Header, audiences ...string) (Caller, *Error)

// Authorize reports whether the caller may do action ("Microsoft.Storage/storageAccounts/write")
// at scope.
type Authorize func(tx *Tx, caller Caller, action string, scope ID) bool

// Interceptor sees each request before it is handled, in the request's transaction: faults are
// injected by one. Its writes are kept even if the request fails.
type Interceptor func(r *Request) Interception

// Interception is what an interceptor does to a request. Its zero value does nothing.
type Interception struct {
	// Refuse answers in place of the service, which never sees the request.
	Refuse *Error
	// Handled may change the answer. It runs in the same transaction, and its writes are kept.
	Handled func(response *Response)
	// Answer runs after the transaction. It returns true if it has answered or closed the connection.
	Answer func(w http.ResponseWriter) bool
}

// Option changes an engine as it is made.
type Option func(*Engine)

// WithTime makes the clock follow base instead of the machine's clock. Advances are added to it.
func WithTime(base func() time.Time) Option { return func(e *Engine) { e.base = base } }

// WithAddresses puts the services at other addresses than Azure's.
func WithAddresses(a Addresses) Option { return func(e *Engine) { e.addresses = a } }

// Pace is how long asynchronous work takes.
type Pace struct {
	// Operation is the time that an operation takes by rehearsal's clock. With 0, it is in progress
	// in the answer that starts it and done in the next one.
	Operation time.Duration
	// RetryAfter is the interval at which clients are asked to poll: in Retry-After in whole
	// seconds and at least 1, in x-ms-retry-after-ms exactly.
	RetryAfter time.Duration
}

// WithPace sets how long asynchronous work takes.
func WithPace(p Pace) Option { return func(e *Engine) { e.pace = p } }

// New returns an engine without services on a store.
func New(s store.Store, options ...Option) *Engine {
	e := &Engine{
		store:       s,
		base:        time.Now, //nolint:forbidigo // this is the one clock
		addresses:   KeptAddresses{},
		types:       map[string]*ResourceType{},
		timers:      map[string]timerKind{},
		subscribers: map[string][]func(*Tx, string){},
		pace:        Pace{RetryAfter: 10 * time.Millisecond},
	}
	for _, option := range options {
		option(e)
	}
	e.OnTimer(operationTimer, "operation ends", completeOperation)
	return e
}

// Locked returns the scopes of the locks that keep something at scope from being changed or, with deletion, from
// being deleted.
type Locked func(tx *Tx, scope ID, deletion bool) []ID

// GuardLocks sets how Resource Manager finds locks. Without it there are none.
func (e *Engine) GuardLocks(locked Locked) { e.locked = locked }

// Guard sets how Resource Manager checks tokens and permissions.
func (e *Engine) Guard(authenticate Authenticate, authorize Authorize) {
	e.authenticate, e.authorize = authenticate, authorize
}

// Identities gives resources their managed identities.
type Identities interface {
	// SystemAssigned returns the principal of the resource's system-assigned identity, and creates
	// it if there is none yet.
	SystemAssigned(tx *Tx, resource *Resource) (principalID, tenantID string)
	// Forget removes the principal of a system-assigned identity that was switched off.
	Forget(tx *Tx, principalID string)
	// UserAssigned returns the user-assigned identity with this resource ID.
	UserAssigned(tx *Tx, id ID) (*UserIdentity, *Error)
}

// ManagedIdentities sets where resources get their identities.
func (e *Engine) ManagedIdentities(i Identities) { e.identities = i }

// Intercept adds an interceptor.
func (e *Engine) Intercept(i Interceptor) { e.interceptors = append(e.interceptors, i) }

// Register adds a resource type to Resource Manager.
func (e *Engine) Register(t *ResourceType) { e.types[strings.ToLower(t.Name)] = t }

// Type returns the resource type with this name, or nil.
func (e *Engine) Type(name string) *ResourceType { return e.types[strings.ToLower(name)] }

// Types returns every resource type.
func (e *Engine) Types() map[string]*ResourceType { return e.types }

// timerKind is what timers of a kind do, in words and by a function.
type timerKind struct {
	does   string
	handle func(tx *Tx, subject string)
}

// OnTimer calls handle with the subject of every timer of this kind when it becomes due. does says in a few
// words what happens then.
func (e *Engine) OnTimer(kind, does string, handle func(tx *Tx, subject string)) {
	e.timers[kind] = timerKind{does, handle}
}

// Subscribe calls handle for everything published under the topic.
func (e *Engine) Subscribe(topic string, handle func(tx *Tx, subject string)) {
	e.subscribers[topic] = append(e.subscribers[topic], handle)
}

// Transact runs fn in a transaction at the present time, after the timers that are due. If fn returns
// an error, its writes are dropped. If another transaction changes meanwhile what fn reads, fn runs
// again.
func (e *Engine) Transact(fn func(*Tx) error) error {
	var refused error
	err := e.transact(func(tx *Tx) {
		if refused = fn(tx); refused != nil {
			tx.overlay.Drop()
		}
	})
	return errors.Join(err, refused)
}

// transact runs fn in a transaction, several times if others are in its way; fn itself drops writes that
// must not be kept.
func (e *Engine) transact(fn func(*Tx)) error {
	for {
		due := false
		err := e.update(func(tx *Tx) {
			if due = tx.ripe(); !due {
				fn(tx)
			}
		})
		if err == nil && due {
			err = e.runTimers()
		}
		if err != nil || !due {
			return err
		}
	}
}

// update runs fn in a transaction of the store.
func (e *Engine) update(fn func(*Tx)) (err error) {
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case *CorruptError:
			err = failure
		default:
			panic(failure)
		}
	}()
	return e.store.Update(func(stored *store.Transaction) error {
		tx := &Tx{engine: e, stored: stored, overlay: store.NewOverlay(stored)}
		var offset time.Duration
		tx.Load(clockKey, &offset)
		tx.now = e.base().Add(offset).UTC().Truncate(tick)
		fn(tx)
		tx.overlay.Flush()
		return nil
	})
}

// timerSpell is how long timers run, by the machine's clock, until what they did is kept.
const timerSpell = 100 * time.Millisecond

// runTimers runs timers that are due, in one transaction at a time.
func (e *Engine) runTimers() error {
	e.ripening.Lock()
	defer e.ripening.Unlock()
	return e.update(func(tx *Tx) { tx.runTimers(timerSpell) })
}

// tick is the resolution of Azure's timestamps.
const tick = 100 * time.Nanosecond
