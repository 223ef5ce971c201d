// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package machinelearning

import (
	"net/http"
	"reflect"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// write creates or changes a workspace.
func (s *Service) write(r *engine.Request, old, next *engine.Resource) (engine.Outcome, error) {
	if refused := s.check(r, old, next); refused != nil {
		return engine.Outcome{}, refused
	}
	setDefaults(r, old, next)
	if old != nil && r.HTTP.Method == http.MethodPatch {
		if usesKey(old) != usesKey(next) {
			if refused := s.fetchKey(r.Tx, next); refused != nil {
				return engine.Outcome{}, refused
			}
		}
		return engine.Outcome{}, nil
	}
	state := "Creating"
	if old != nil {
		state = "Updating"
	}
	next.Set("provisioningState", state)
	return engine.Outcome{Status: http.StatusAccepted, Empty: true, Async: async(next)}, nil
}

// check refuses a workspace, or a change of one, that is not valid.
func (s *Service) check(r *engine.Request, old, next *engine.Resource) *engine.Error {
	for _, property := range []string{"storageAccount", "keyVault", "applicationInsights"} {
		if next.String(property) == "" {
			// Azure/azure-rest-api-specs issue 15878
			missing := invalid("Missing dependent resources in workspace json")
			missing.Own = false
			return missing
		}
	}
	if next.Identity == nil || next.Identity.Type == "None" {
		// Azure/azure-sdk-for-js issue 10473 has the words, no source the code.
		return invalid("Make sure to create your workspace using a client which support MSI")
	}
	if _, _, found := s.storage.Keys(r.Tx, storageOf(next)); !found {
		return invalid("The storage account '%s' was not found.", storageOf(next))
	}
	if old == nil {
		return nil
	}
	for _, property := range []string{"storageAccount", "keyVault"} {
		// "This cannot be changed once the workspace has been created" (the OpenAPI document).
		if !engine.ID(old.String(property)).Is(engine.ID(next.String(property))) {
			return invalid("The %s of a workspace cannot be changed once it has been created.", property)
		}
	}
	// An update has no encryption to name (the OpenAPI document): a workspace keeps the key that it
	// was made with.
	if !reflect.DeepEqual(old.Properties["encryption"], next.Properties["encryption"]) {
		return invalid("The encryption of a workspace cannot be changed once it has been created.")
	}
	return nil
}

// setDefaults fills in what the caller left out. What a customer's key protects in a workspace lies
// in services that rehearsal does not have: the encryption is shown as it was sent.
func setDefaults(r *engine.Request, old, next *engine.Resource) {
	if old == nil {
		next.Set("workspaceId", r.NewID())
	} else {
		next.Set("workspaceId", old.Properties["workspaceId"])
		next.Default(authMode, old.Properties[authMode]) // which older versions cannot name
	}
	next.Default("friendlyName", next.Name)
	next.Default("hbiWorkspace", false)
	next.Default("v1LegacyMode", false)
	next.Default("publicNetworkAccess", "Enabled")
	next.Default("allowPublicAccessWhenBehindVnet", false)
	next.Default("discoveryUrl", "https://"+next.Location+".api.azureml.ms/discovery")
	next.Default("provisioningState", engine.Succeeded)
	next.Default(authMode, byKey)
}

// complete ends a creation, an update or a resync: the workspace reads the key.
func (s *Service) complete(
	tx *engine.Tx, workspace *engine.Resource, _ *engine.Operation,
) *engine.Error {
	workspace.Set("provisioningState", engine.Succeeded)
	return s.fetchKey(tx, workspace)
}

// sinceAuthMode is the first api-version here that shows how a workspace goes to its storage. Older
// stable ones do not have the property; azurerm sends this one.
const sinceAuthMode = "2024-10-01"

// view changes the workspace into what an answer at its version shows.
func view(r *engine.Request, shown *engine.Resource) {
	if shown.Pending != "" && shown.String("provisioningState") == engine.Succeeded {
		shown.Set("provisioningState", "Deleting")
	}
	if r.APIVersion < sinceAuthMode {
		shown.Set(authMode, nil)
	}
}

func remove(_ *engine.Request, workspace *engine.Resource) (engine.Outcome, error) {
	return engine.Outcome{Async: async(workspace)}, nil
}
