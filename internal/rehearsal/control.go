// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/resources"
)

// Advance moves rehearsal's clock forward and runs everything that becomes due.
func (a *Azure) Advance(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("advancing the clock by %v: time only moves forward", d)
	}
	err := a.engine.Transact(func(tx *engine.Tx) error {
		if d > lastDay().Sub(tx.Now()) {
			return fmt.Errorf("advancing the clock by %v: rehearsal ends on %s", d, lastDay().Format(time.DateOnly))
		}
		tx.Advance(d)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = a.Now(ctx)
	return err
}

// lastDay is how far the clock goes. Keys that rotate every week have made thousands of versions then.
func lastDay() time.Time { return time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC) }

// Now returns the time by rehearsal's clock.
func (a *Azure) Now(_ context.Context) (now time.Time, err error) {
	err = a.transact("reading the clock", func(tx *engine.Tx) { now = tx.Now() })
	return now, err
}

// Journal returns the requests to this Azure, oldest first.
func (a *Azure) Journal(_ context.Context) ([]engine.Entry, error) {
	entries := []engine.Entry{}
	err := a.transact("reading the journal", func(tx *engine.Tx) {
		entries = append(entries, tx.Journal(0)...)
	})
	return entries, err
}

// State lists the contents of this Azure.
type State struct {
	Time      time.Time  `json:"time"`
	Access    Access     `json:"access"`
	Resources []Resource `json:"resources"`
}

// Resource is one resource, with the fields that all types have.
type Resource struct {
	ID         engine.ID         `json:"id"`
	Type       string            `json:"type"`
	Location   string            `json:"location,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Properties map[string]any    `json:"properties,omitempty"`
	Operation  string            `json:"operation,omitempty"` // that is at work on it
}

// Show returns the contents of this Azure, resources in the order of their identifiers.
func (a *Azure) Show(_ context.Context) (State, error) {
	state := State{Access: a.access, Resources: []Resource{}}
	err := a.transact("reading the resources", func(tx *engine.Tx) {
		state.Time = tx.Now()
		for _, r := range tx.Resources("", "") {
			state.Resources = append(state.Resources, Resource{
				ID: r.ID, Type: r.Type, Location: r.Location, Tags: r.Tags,
				Properties: r.Properties, Operation: r.Pending,
			})
		}
	})
	return state, err
}

// AddFault adds a fault and returns it with its defaults.
func (a *Azure) AddFault(_ context.Context, added fault.Fault) (fault.Fault, error) {
	err := a.engine.Transact(func(tx *engine.Tx) (err error) {
		added, err = a.faults.Add(tx, added)
		return err
	})
	if err != nil {
		return fault.Fault{}, fmt.Errorf("adding a fault: %w", err)
	}
	return added, nil
}

// Faults returns the faults, used ones included.
func (a *Azure) Faults(_ context.Context) (faults []fault.Fault, err error) {
	err = a.transact("reading the faults", func(tx *engine.Tx) { faults = a.faults.List(tx) })
	return faults, err
}

// ClearFaults removes the fault with this ID, or all for "", and returns how many it removed.
func (a *Azure) ClearFaults(_ context.Context, id string) (cleared int, err error) {
	err = a.engine.Transact(func(tx *engine.Tx) (err error) {
		cleared, err = a.faults.Clear(tx, id)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("clearing faults: %w", err)
	}
	return cleared, nil
}

// AddPrincipal adds a service principal without permissions, and returns its credentials.
func (a *Azure) AddPrincipal(_ context.Context, name string) (Access, error) {
	access := a.access
	err := a.transact("adding a principal", func(tx *engine.Tx) {
		added := a.directory.AddServicePrincipal(tx, name)
		access.ClientID, access.ClientSecret = added.AppID, added.Secret
		access.ObjectID = added.ObjectID
	})
	return access, err
}

// Subscription is a subscription of the tenant.
type Subscription struct {
	ID   string `json:"subscription_id"`
	Name string `json:"name"`
}

// AddSubscription adds a subscription to the tenant, which the service principal of [Azure.Access] owns as well.
// Without an ID it gets a new one; one that is there stays as it is.
func (a *Azure) AddSubscription(_ context.Context, id, name string) (added Subscription, err error) {
	if id != "" && (uuid.Validate(id) != nil || len(id) != len(uuid.UUID{}.String())) {
		return added, fmt.Errorf("adding the subscription %q: its ID is not a GUID, such as %s", id, uuid.UUID{})
	}
	err = a.transact("adding a subscription", func(tx *engine.Tx) {
		resource := tx.Resource(engine.ID("/subscriptions/" + id))
		if id == "" || resource == nil {
			made := a.resources.AddSubscription(tx, strings.ToLower(id), name)
			a.roles.Assign(tx, made, authorization.Owner, a.access.ObjectID)
			resource = tx.Resource(made)
		}
		added = subscriptionOf(resource)
	})
	return added, err
}

// Subscriptions returns the subscriptions, in the order of their IDs.
func (a *Azure) Subscriptions(_ context.Context) ([]Subscription, error) {
	found := []Subscription{}
	err := a.transact("reading the subscriptions", func(tx *engine.Tx) {
		for _, resource := range tx.Resources("/subscriptions", resources.SubscriptionType) {
			found = append(found, subscriptionOf(resource))
		}
	})
	return found, err
}

func subscriptionOf(resource *engine.Resource) Subscription {
	return Subscription{ID: resource.Name, Name: resource.String("displayName")}
}

// FindSubscription returns the ID of a subscription as rehearsal writes it, or "" if there is no such one.
func (a *Azure) FindSubscription(_ context.Context, id string) (found string, err error) {
	err = a.transact("looking for a subscription", func(tx *engine.Tx) {
		if resource := tx.Resource(engine.ID("/subscriptions/" + id)); resource != nil {
			found = resource.Name
		}
	})
	return found, err
}

// Principals returns the service principals and managed identities.
func (a *Azure) Principals(_ context.Context) (principals []entra.Principal, err error) {
	err = a.transact("reading the principals", func(tx *engine.Tx) {
		principals = a.directory.Principals(tx)
	})
	return principals, err
}

// AddApplication adds an application that reads a secret of Key Vault, checks it, and returns its record.
// Without an identity it is the service principal of [Azure.Access] that reads.
func (a *Azure) AddApplication(
	ctx context.Context, added application.Application,
) (record application.Record, err error) {
	if added.Identity == "" {
		added.Identity = a.access.ObjectID
	}
	err = a.engine.Transact(func(tx *engine.Tx) (err error) {
		record, err = a.applications.Add(ctx, tx, added)
		return err
	})
	if err != nil {
		return application.Record{}, fmt.Errorf("adding an application: %w", err)
	}
	return record, nil
}

// Applications returns the records of the applications.
func (a *Azure) Applications(_ context.Context) (records []application.Record, err error) {
	err = a.transact("reading the applications", func(tx *engine.Tx) { records = a.applications.List(tx) })
	return records, err
}

// RemoveApplication removes the application with this ID.
func (a *Azure) RemoveApplication(_ context.Context, id string) error {
	err := a.engine.Transact(func(tx *engine.Tx) error { return a.applications.Remove(tx, id) })
	if err != nil {
		return fmt.Errorf("removing an application: %w", err)
	}
	return nil
}

// HasClient reports whether a service principal of this Azure has the client ID.
func (a *Azure) HasClient(ctx context.Context, clientID string) (bool, error) {
	principals, err := a.Principals(ctx)
	return slices.ContainsFunc(principals, func(p entra.Principal) bool {
		return p.Kind == entra.Application && strings.EqualFold(p.AppID, clientID)
	}), err
}

// Transact runs fn in a transaction, for a server that keeps documents of its own.
func (a *Azure) Transact(fn func(*engine.Tx) error) error { return a.engine.Transact(fn) }

// transact runs fn, which cannot fail, in a transaction.
func (a *Azure) transact(doing string, fn func(*engine.Tx)) error {
	err := a.engine.Transact(func(tx *engine.Tx) error { fn(tx); return nil })
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
