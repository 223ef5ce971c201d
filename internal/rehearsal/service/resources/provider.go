// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/shape"
)

// The states of a namespace in a subscription.
const (
	registered    = "Registered"
	notRegistered = "NotRegistered"
	registering   = "Registering"
	unregistering = "Unregistering"
)

func (s *Service) listProviders(r *engine.Request) (*engine.Response, error) {
	shown := []any{}
	for _, namespace := range s.engine.Namespaces() {
		shown = append(shown, s.showProvider(r, namespace, ""))
	}
	return r.Page(shown, "nextLink"), nil
}

func (s *Service) serveProvider(r *engine.Request) (*engine.Response, error) {
	namespace, refused := s.namespace(r)
	if refused != nil {
		return nil, refused
	}
	return &engine.Response{Status: http.StatusOK, Body: s.showProvider(r, namespace, "")}, nil
}

// register registers a namespace in a subscription. The answer says "Registering", the next one
// "Registered".
func (s *Service) register(r *engine.Request) (*engine.Response, error) {
	return s.setRegistered(r, "register", registering, true)
}

func (s *Service) unregister(r *engine.Request) (*engine.Response, error) {
	return s.setRegistered(r, "unregister", unregistering, false)
}

func (s *Service) setRegistered(
	r *engine.Request, action, meanwhile string, ok bool,
) (*engine.Response, error) {
	namespace, refused := s.namespace(r)
	if refused != nil {
		return nil, refused
	}
	if err := r.Permit(namespace+"/"+action+"/action", r.ID.SubscriptionID()); err != nil {
		return nil, err
	}
	if !ok {
		if err := s.unused(r, namespace); err != nil {
			return nil, err
		}
	}
	subscription := r.ID.Subscription()
	if r.Registered(subscription, namespace) == ok {
		meanwhile = ""
	}
	r.SetRegistered(subscription, namespace, ok)
	return &engine.Response{
		Status: http.StatusOK, Body: s.showProvider(r, namespace, meanwhile),
	}, nil
}

// unused refuses to unregister a namespace that has resources.
func (s *Service) unused(r *engine.Request, namespace string) error {
	for _, resource := range r.Resources(r.ID.SubscriptionID(), "") {
		t := s.engine.Type(resource.Type)
		if t != nil && !t.Untracked && strings.HasPrefix(t.Name, namespace+"/") {
			return engine.Ownf(http.StatusConflict, "CannotUnregisterResourceProvider",
				"Cannot unregister resource provider '%s' because the subscription has resources "+
					"of its types: '%s'.", namespace, resource.ID)
		}
	}
	return nil
}

// namespace returns the one that the path names, as answers spell it.
func (s *Service) namespace(r *engine.Request) (string, *engine.Error) {
	for _, known := range s.engine.Namespaces() {
		if strings.EqualFold(known, r.Params["namespace"]) {
			return known, nil
		}
	}
	return "", engine.Gatewayf(http.StatusNotFound, "InvalidResourceNamespace",
		"The resource namespace '%s' is invalid.", r.Params["namespace"])
}

// showProvider returns a namespace with its types. state replaces the present one unless it is "".
func (s *Service) showProvider(r *engine.Request, namespace, state string) map[string]any {
	types := []any{}
	for _, t := range s.typesOf(namespace) {
		_, name, _ := strings.Cut(t.Name, "/")
		versions := shape.Versions(t.Name)
		slices.Reverse(versions) // newest first
		locations := []string{}
		if !t.Untracked {
			for _, location := range engine.Locations() {
				locations = append(locations, engine.DisplayLocation(location))
			}
		}
		types = append(types, map[string]any{
			"resourceType": name, "locations": locations,
			"apiVersions": append([]string{}, versions...), "capabilities": capabilities(t),
		})
	}
	shown := map[string]any{"namespace": namespace, "resourceTypes": types}
	subscription := r.ID.Subscription()
	if subscription == "" {
		return shown
	}
	shown["id"] = string(r.ID.SubscriptionID()) + "/providers/" + namespace
	shown["registrationPolicy"] = "RegistrationRequired"
	if state == "" {
		state = notRegistered
		if r.Registered(subscription, namespace) {
			state = registered
		}
	}
	shown["registrationState"] = state
	return shown
}

func capabilities(t *engine.ResourceType) string {
	var can []string
	if !t.Untracked {
		can = append(can, "SupportsTags", "SupportsLocation")
	}
	if t.HasIdentity {
		can = append(can, "SystemAssignedResourceIdentity")
	}
	if len(can) == 0 {
		return "None"
	}
	return strings.Join(can, ", ")
}

func (s *Service) typesOf(namespace string) []*engine.ResourceType {
	var types []*engine.ResourceType
	for _, t := range s.engine.Types() {
		if strings.HasPrefix(t.Name, namespace+"/") {
			types = append(types, t)
		}
	}
	slices.SortFunc(types, func(a, b *engine.ResourceType) int {
		return strings.Compare(a.Name, b.Name)
	})
	return types
}
