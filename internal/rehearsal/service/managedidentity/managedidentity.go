// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package managedidentity is rehearsal's Microsoft.ManagedIdentity: user-assigned identities, and the
// identities of other resources. It must not import the services of those resources.
package managedidentity

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
)

const (
	userAssigned   = "Microsoft.ManagedIdentity/userAssignedIdentities"
	systemAssigned = "Microsoft.ManagedIdentity/identities"
)

// Service answers for Microsoft.ManagedIdentity. It implements [engine.Identities].
type Service struct {
	directory *entra.Directory
}

// New adds Microsoft.ManagedIdentity to an engine, which from then on gives resources their
// identities by it.
func New(e *engine.Engine, directory *entra.Directory) *Service {
	s := &Service{directory: directory}
	e.ManagedIdentities(s)
	e.Register(&engine.ResourceType{
		Name: userAssigned, CheckName: checkName, Write: s.write, Remove: s.remove,
	})
	e.Register(&engine.ResourceType{Name: systemAssigned, Untracked: true, Serve: s.serveSystem})
	return s
}

// checkName checks a name against the naming rules
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules).
func checkName(name string) *engine.Error {
	if regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$`).MatchString(name) {
		return nil
	}
	return engine.Ownf(http.StatusBadRequest, "InvalidResourceName",
		"The resource name '%s' is invalid: it must have 3 to 128 letters, digits, hyphens and "+
			"underscores and begin with a letter or digit.", name)
}

// write creates the identity's principal together with the identity. Its properties are read-only: what a
// caller sends is ignored.
func (s *Service) write(
	r *engine.Request, old, next *engine.Resource,
) (engine.Outcome, error) {
	scope := next.String("isolationScope")
	if old != nil {
		next.Properties = old.Clone().Properties
	} else {
		principal := s.directory.AddManagedIdentity(r.Tx, next.ID)
		next.Properties = map[string]any{
			"tenantId":    principal.TenantID,
			"principalId": principal.ObjectID,
			"clientId":    principal.AppID,
		}
	}
	if scope != "" {
		next.Set("isolationScope", scope)
	}
	if next.Tags == nil {
		next.Tags = map[string]string{}
	}
	return engine.Outcome{}, nil
}

// remove removes the principal together with the identity. Resources that still have the identity go on
// naming it, but can no longer use it.
func (s *Service) remove(
	r *engine.Request, resource *engine.Resource,
) (engine.Outcome, error) {
	s.directory.Remove(r.Tx, resource.String("principalId"))
	return engine.Outcome{}, nil
}

// SystemAssigned implements [engine.Identities].
func (s *Service) SystemAssigned(
	tx *engine.Tx, resource *engine.Resource,
) (principalID, tenantID string) {
	principal := s.directory.AddManagedIdentity(tx, resource.ID)
	return principal.ObjectID, principal.TenantID
}

// Forget implements [engine.Identities].
func (s *Service) Forget(tx *engine.Tx, principalID string) {
	s.directory.Remove(tx, principalID)
}

// UserAssigned implements [engine.Identities].
func (s *Service) UserAssigned(
	tx *engine.Tx, id engine.ID,
) (*engine.UserIdentity, *engine.Error) {
	if !strings.EqualFold(id.Type(), userAssigned) {
		return nil, engine.Gatewayf(http.StatusBadRequest, "LinkedInvalidPropertyId",
			"Property id '%s' at path 'identity.userAssignedIdentities' is invalid. Expect fully "+
				"qualified resource Id that start with '/subscriptions/{subscriptionId}' or "+
				"'/providers/{resourceProviderNamespace}/'.", id)
	}
	resource := tx.Resource(id)
	if resource == nil {
		return nil, engine.Gatewayf(http.StatusBadRequest, "FailedIdentityOperation",
			"Failed to perform resource identity operation. Status: 'BadRequest'. Response: "+
				`'{"error":{"code":"BadRequest","message":"Resource '%s' was not found."}}'.`, id)
	}
	return &engine.UserIdentity{
		ClientID:    resource.String("clientId"),
		PrincipalID: resource.String("principalId"),
	}, nil
}

// serveSystem answers "{scope}/providers/Microsoft.ManagedIdentity/identities/default": the
// system-assigned identity of a resource, with its client ID, which the resource does not show.
func (s *Service) serveSystem(r *engine.Request) (*engine.Response, error) {
	if err := r.Permit(systemAssigned+"/read", r.ID.Scope()); err != nil {
		return nil, err
	}
	owner := r.Resource(r.ID.Scope())
	if r.HTTP.Method != http.MethodGet || r.ID.Name() != "default" ||
		owner == nil || !owner.Identity.System() {
		return nil, engine.Gatewayf(http.StatusNotFound, "ResourceNotFound",
			"The Resource '%s/%s' under resource group '%s' was not found. For more details "+
				"please go to https://aka.ms/ARMResourceNotFoundFix",
			systemAssigned, r.ID.Name(), r.ID.Group())
	}
	principal, _ := s.directory.Principal(r.Tx, owner.Identity.PrincipalID)
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{
		"id":       string(owner.ID) + "/providers/" + systemAssigned + "/default",
		"name":     "default",
		"type":     systemAssigned,
		"location": owner.Location,
		"tags":     map[string]string{},
		"properties": map[string]any{
			"tenantId": principal.TenantID, "principalId": principal.ObjectID,
			"clientId": principal.AppID,
		},
	}}, nil
}
