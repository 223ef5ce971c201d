// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package application runs programs that use a storage account as its owners' programs do: with the key or
// connection string that a secret of Key Vault holds, read by an identity and cached for a time. It asks
// rehearsal's services as any client, and must not be imported by them.
package application

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// Application is a program that signs its requests to a storage account with what a secret holds.
type Application struct {
	ID string `json:"id"` // given by [Applications.Add]
	// Secret is the secret's identifier; without a version, the newest is read.
	Secret string `json:"secret"`
	// Account is the name of the storage account. A connection string names its own.
	Account string `json:"account,omitempty"`
	// Identity is the principal that reads the secret: to add an application, its object ID, its
	// application ID, or the resource ID of a managed identity.
	Identity string `json:"identity"`
	// Cache is how long the application works with what it has read before it reads the secret again.
	Cache fault.Duration `json:"cache"`
}

// Record is what became of an application.
type Record struct {
	Application

	// Up reports whether the last check succeeded, Reason says why it did not, and Since is since when
	// that has been so.
	Up     bool      `json:"up"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since"`
	// Version is the identifier of the version that the application works with, read at Read.
	Version string    `json:"version,omitempty"`
	Read    time.Time `json:"read,omitzero"`
	Checks  int       `json:"checks"`
	// FirstFailure is nil while the application has been up the whole time.
	FirstFailure *Failure `json:"firstFailure,omitempty"`
}

// Failure is a check that failed.
type Failure struct {
	Time   time.Time `json:"time"`
	Reason string    `json:"reason"`
}

// kept is an application as it is kept, with the value that it has cached and never shows.
type kept struct {
	Record

	Value string `json:"value"`
}

const (
	prefix   = "application/"
	countKey = "applicationcount"
	timer    = "application.check"
	// interval is how long a check is put off at most.
	interval = time.Hour
)

// Applications are those of one rehearsal.
type Applications struct{ directory *entra.Directory }

// New lets an engine run applications. Each is checked when it is added, after every request that may have
// changed something, every hour, and when its cache is over.
func New(e *engine.Engine, directory *entra.Directory) *Applications {
	a := &Applications{directory: directory}
	e.OnTimer(timer, "application uses its key", a.checkDue)
	e.Intercept(a.intercept)
	return a
}

// Add adds an application and checks it.
func (a *Applications) Add(ctx context.Context, tx *engine.Tx, added Application) (Record, error) {
	if !keyvault.IsSecretID(tx, added.Secret) {
		return Record{}, fmt.Errorf("%q is not the identifier of a secret, "+
			"such as https://VAULT.vault.azure.net/secrets/NAME", added.Secret)
	}
	if added.Cache < 0 {
		return Record{}, fmt.Errorf("a cache time of %v is negative", added.Cache)
	}
	identity, ok := a.identify(tx, added.Identity)
	if !ok {
		return Record{}, fmt.Errorf("there is no principal %q", added.Identity)
	}
	var number int
	tx.Load(countKey, &number)
	number++
	tx.Store(countKey, number)
	added.ID, added.Identity = strconv.Itoa(number), identity
	app := &kept{Record: Record{Application: added, Up: true, Since: tx.Now()}}
	a.check(ctx, tx, app)
	app.schedule(tx)
	return app.Record, nil
}

// identify returns the object ID of the principal that id names in one of three ways.
func (a *Applications) identify(tx *engine.Tx, id string) (string, bool) {
	for _, p := range a.directory.Principals(tx) {
		if strings.EqualFold(id, p.ObjectID) || strings.EqualFold(id, p.AppID) ||
			id != "" && p.ResourceID.Is(engine.ID(id)) {
			return p.ObjectID, true
		}
	}
	return "", false
}

// List returns the records of the applications, in the order in which they were added.
func (*Applications) List(tx *engine.Tx) []Record {
	records := []Record{}
	for _, app := range all(tx) {
		records = append(records, app.Record)
	}
	return records
}

// Remove removes an application.
func (*Applications) Remove(tx *engine.Tx, id string) error {
	if !tx.Load(key(id), new(kept)) {
		return fmt.Errorf("there is no application %q", id)
	}
	tx.Erase(key(id))
	return nil
}

func all(tx *engine.Tx) []*kept {
	var apps []*kept
	tx.Each(prefix, func(_ string, decode func(any)) {
		app := new(kept)
		decode(app)
		apps = append(apps, app)
	})
	return apps
}

// key keeps the applications in the order of their numbers.
func key(id string) string { return fmt.Sprintf("%s%012s", prefix, id) }

// intercept checks every application after a request that may have changed something.
func (a *Applications) intercept(r *engine.Request) engine.Interception {
	if r.HTTP.Method == http.MethodGet || r.HTTP.Method == http.MethodHead {
		return engine.Interception{}
	}
	return engine.Interception{Handled: func(*engine.Response) {
		for _, app := range all(r.Tx) {
			a.check(r.HTTP.Context(), r.Tx, app)
		}
	}}
}

// checkDue checks an application when its time has come.
func (a *Applications) checkDue(tx *engine.Tx, id string) {
	app := new(kept)
	if !tx.Load(key(id), app) {
		return // removed
	}
	a.check(context.Background(), tx, app)
	app.schedule(tx)
}

// schedule schedules the next check.
func (k *kept) schedule(tx *engine.Tx) {
	next := tx.Now().Add(interval)
	if over := k.Read.Add(time.Duration(k.Cache)); over.After(tx.Now()) && over.Before(next) {
		next = over
	}
	tx.Schedule(next, timer, k.ID)
}

// check has the application do its work once, and keeps what came of it.
func (a *Applications) check(ctx context.Context, tx *engine.Tx, app *kept) {
	err := a.work(ctx, tx, app)
	app.Checks++
	if up := err == nil; up != app.Up {
		app.Up, app.Since = up, tx.Now()
	}
	app.Reason = ""
	if err != nil {
		app.Reason = err.Error()
		if app.FirstFailure == nil {
			app.FirstFailure = &Failure{Time: tx.Now(), Reason: app.Reason}
		}
	}
	tx.Store(key(app.ID), app)
}
