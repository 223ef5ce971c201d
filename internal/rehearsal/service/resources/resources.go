// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package resources is rehearsal's Microsoft.Resources: subscriptions, resource groups, providers and
// their registration, the lists of resources of all types, and the metadata by which clients find the
// other endpoints. It must not import the services whose resources it lists.
package resources

import (
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
)

// Service answers for Microsoft.Resources.
type Service struct {
	engine    *engine.Engine
	directory *entra.Directory
}

const (
	// SubscriptionType is the type of a subscription.
	SubscriptionType = "Microsoft.Resources/subscriptions"
	groupType        = "Microsoft.Resources/resourceGroups"
	// groupPermission is the type of groups as permissions spell it.
	groupPermission = "Microsoft.Resources/subscriptions/resourceGroups"
)

// New adds Microsoft.Resources and Resource Manager's endpoint to an engine.
func New(e *engine.Engine, directory *entra.Directory) *Service {
	s := &Service{engine: e, directory: directory}
	e.HandleHost(e.ResourceManager())
	e.Register(s.groups())
	const subscription = "/subscriptions/{subscription}"
	for _, route := range []engine.Route{
		{Pattern: "GET /metadata/endpoints", Open: true, Serve: serveMetadata},
		{Pattern: "GET /tenants", Serve: s.listTenants},
		{Pattern: "GET /subscriptions", Serve: s.listSubscriptions},
		{
			Pattern: "GET " + subscription, Serve: s.serveSubscription,
			Permission: SubscriptionType + "/read",
		},
		{
			Pattern: "GET " + subscription + "/locations", Serve: listLocations,
			Permission: SubscriptionType + "/locations/read",
		},
		{Pattern: "GET " + subscription + "/resourcegroups", Serve: s.listGroups},
		{Pattern: "GET " + subscription + "/resources", Serve: s.listResources},
		{
			Pattern: "GET " + subscription + "/resourcegroups/{group}/resources",
			Serve:   s.listResources,
		},
		{
			Pattern: "GET " + subscription + "/operationresults/{operation}",
			Serve:   engine.ServeOperationResult,
		},
		{Pattern: "GET /providers", Serve: s.listProviders},
		{Pattern: "GET /providers/{namespace}", Serve: s.serveProvider},
		{
			Pattern: "GET " + subscription + "/providers", Serve: s.listProviders,
			Permission: "Microsoft.Resources/subscriptions/providers/read",
		},
		{
			Pattern: "GET " + subscription + "/providers/{namespace}", Serve: s.serveProvider,
			Permission: "Microsoft.Resources/subscriptions/providers/read",
		},
		{
			Pattern: "POST " + subscription + "/providers/{namespace}/register",
			Serve:   s.register,
		},
		{
			Pattern: "POST " + subscription + "/providers/{namespace}/unregister",
			Serve:   s.unregister,
		},
	} {
		e.Handle(route)
	}
	return s
}

// AddSubscription adds a subscription to the tenant and returns its identifier. With the name "" it has
// an ID of its own.
func (s *Service) AddSubscription(tx *engine.Tx, name, displayName string) engine.ID {
	if name == "" {
		name = tx.NewID()
	}
	added := &engine.Resource{
		ID: engine.ID("/subscriptions/" + name), Type: SubscriptionType, Name: name,
		Properties: map[string]any{"displayName": displayName},
		Created:    tx.Now(), Modified: tx.Now(),
	}
	tx.Save(added)
	return added.ID
}

func (s *Service) listTenants(r *engine.Request) (*engine.Response, error) {
	tenant := s.directory.TenantID(r.Tx)
	return r.Page([]any{map[string]any{
		"id": "/tenants/" + tenant, "tenantId": tenant, "countryCode": "US",
		"displayName": "Rehearsal", "defaultDomain": entra.Domain,
		"domains": []string{entra.Domain}, "tenantCategory": "Home", "tenantType": "AAD",
	}}, "nextLink"), nil
}

// listSubscriptions answers with the subscriptions in which the caller may read anything.
func (s *Service) listSubscriptions(r *engine.Request) (*engine.Response, error) {
	shown := []any{}
	for _, subscription := range r.Resources("/subscriptions", SubscriptionType) {
		if r.Permit(SubscriptionType+"/read", subscription.ID) == nil {
			shown = append(shown, s.showSubscription(r, subscription))
		}
	}
	return r.Page(shown, "nextLink"), nil
}

func (s *Service) serveSubscription(r *engine.Request) (*engine.Response, error) {
	return &engine.Response{
		Status: http.StatusOK, Body: s.showSubscription(r, r.Resource(r.ID)),
	}, nil
}

func (s *Service) showSubscription(
	r *engine.Request, subscription *engine.Resource,
) map[string]any {
	return map[string]any{
		"id": subscription.ID, "subscriptionId": subscription.Name,
		"tenantId": s.directory.TenantID(r.Tx), "displayName": subscription.String("displayName"),
		"state": "Enabled", "authorizationSource": "RoleBased", "managedByTenants": []any{},
		"subscriptionPolicies": map[string]any{
			"locationPlacementId": "Public_2014-09-01", "quotaId": "PayAsYouGo_2014-09-01",
			"spendingLimit": "Off",
		},
	}
}

func listLocations(r *engine.Request) (*engine.Response, error) {
	shown := []any{}
	for _, name := range engine.Locations() {
		display := engine.DisplayLocation(name)
		shown = append(shown, map[string]any{
			"id": string(r.ID.SubscriptionID()) + "/locations/" + name, "name": name,
			"type": "Region", "displayName": display, "regionalDisplayName": display,
			"metadata": map[string]any{"regionType": "Physical", "regionCategory": "Recommended"},
		})
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{"value": shown}}, nil
}
