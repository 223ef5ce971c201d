// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package rehearsal is a local Azure: Entra ID, Resource Manager, Key Vault, Storage and the services
// whose accounts use them, as an [http.Handler] and an [http.RoundTripper] over a data file and a
// clock. It must not import anything of the provider.
package rehearsal

import (
	"context"
	"fmt"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/batch"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/machinelearning"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/managedidentity"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/videoanalyzer"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/resources"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// Azure is a rehearsal of Azure. It is safe for concurrent use.
type Azure struct {
	engine    *engine.Engine
	store     store.Store
	access    Access
	directory *entra.Directory
	roles     *authorization.Service
	resources *resources.Service
	faults    *fault.Faults
	streaming *streaming.Service
	envelopes envelopes

	applications *application.Applications
}

// Access is what a client needs to sign in to the subscription that every rehearsal begins with.
// Its service principal owns the subscription, by a role assignment like any other.
type Access struct {
	TenantID       string `json:"tenant_id"`
	SubscriptionID string `json:"subscription_id"`
	ClientID       string `json:"client_id"`
	ClientSecret   string `json:"client_secret"`
	ObjectID       string `json:"object_id"`
}

// Open opens the rehearsal in a data file, or in memory for "". It creates the file if there is none;
// other processes may use it at the same time. A new Azure holds a tenant, a subscription, and the
// service principal of [Azure.Access].
func Open(_ context.Context, dataFile string, options ...engine.Option) (*Azure, error) {
	var documents store.Store = new(store.Memory)
	if dataFile != "" {
		file, err := store.OpenFile(dataFile, store.DefaultWait)
		if err != nil {
			return nil, fmt.Errorf("opening rehearsal: %w", err)
		}
		documents = file
	}
	a := &Azure{store: documents, engine: engine.New(documents, options...)}
	a.addServices()
	if err := a.engine.Transact(a.begin); err != nil {
		return nil, fmt.Errorf("opening rehearsal: %w", err)
	}
	return a, nil
}

// addServices creates the services, each with those that it builds on.
func (a *Azure) addServices() {
	e := a.engine
	a.directory = entra.New(e)
	a.roles = authorization.New(e, a.directory)
	e.Guard(a.directory.Authenticate, a.roles.Authorize)
	a.resources = resources.New(e, a.directory)
	managedidentity.New(e, a.directory)
	a.faults = fault.New(e)
	vaults := keyvault.New(e, a.directory, a.roles)
	accounts := storage.New(e, vaults)
	blob.New(e, accounts, a.directory, a.roles)
	batches := batch.New(e, vaults, accounts, a.directory)
	workspaces := machinelearning.New(e, accounts, a.directory)
	mediaServices := mediaservices.New(e, vaults, accounts, a.roles, a.directory)
	analyzers := videoanalyzer.New(e, vaults, accounts, a.roles, mediaServices)
	a.envelopes = newEnvelopes(vaults, accounts, batches, workspaces, mediaServices, analyzers)
	a.streaming = streaming.New(e, mediaServices)
	a.applications = application.New(e, a.directory)
}

const accessKey = "rehearsal/access"

// begin creates the contents of a new Azure, or reads them if they exist.
func (a *Azure) begin(tx *engine.Tx) error {
	tx.Index()
	if tx.Load(accessKey, &a.access) {
		return nil
	}
	principal := a.directory.AddServicePrincipal(tx, "rehearsal")
	subscription := a.resources.AddSubscription(tx, "", "Rehearsal")
	a.roles.Assign(tx, subscription, authorization.Owner, principal.ObjectID)
	a.access = Access{
		TenantID:       a.directory.TenantID(tx),
		SubscriptionID: subscription.Subscription(),
		ClientID:       principal.AppID,
		ClientSecret:   principal.Secret,
		ObjectID:       principal.ObjectID,
	}
	tx.Store(accessKey, a.access)
	return nil
}

// Access returns what a client signs in with.
func (a *Azure) Access() Access { return a.access }

// ServeHTTP implements [http.Handler]. The request's Host says which of Azure's hosts is meant.
func (a *Azure) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.engine.ServeHTTP(w, r) }

// Close closes the data file. Its contents stay.
func (a *Azure) Close() error { return a.store.Close() }
