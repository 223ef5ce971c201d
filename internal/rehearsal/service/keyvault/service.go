// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyvault is Key Vault in rehearsal: the vaults of Microsoft.KeyVault in Resource Manager, the
// keys and secrets in them at the vaults' own host names, and the use of customers' keys by other
// services. It must not import those services.
package keyvault

import (
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// Type is the type of a vault.
const Type = vaults.Type

// What Key Vault publishes.
const (
	// KeyVersionAdded has as its subject the identifier, without a version, of a key that got a
	// new version: "https://NAME.vault.azure.net/keys/KEY".
	KeyVersionAdded = "keyvault.KeyVersionAdded"
	// AccessChanged has as its subject the resource ID of a vault. Something else than a new
	// version may have changed whether and by whom its keys can be used: grants, the firewall,
	// a key that was disabled, deleted or recovered, the vault itself.
	AccessChanged = vaults.AccessChanged
)

// Service is Key Vault.
type Service struct {
	directory *entra.Directory
	roles     *authorization.Service
	routes    []route
}

// New adds Key Vault to an engine.
func New(e *engine.Engine, directory *entra.Directory, roles *authorization.Service) *Service {
	s := &Service{directory: directory, roles: roles}
	vaults.Register(e, contents{})
	registerManagedKeys(e)
	s.routes = dataRoutes()
	e.HandleHost(engine.Host{
		Domain:   vaults.Domain,
		Loopback: ofDataPlane,
		Serve:    s.serveVault,
		// https://learn.microsoft.com/azure/key-vault/general/overview-throttling
		Throttled: engine.Errorf(http.StatusTooManyRequests, "Throttled",
			"Request was not processed because too many requests were received. Reason: "+
				"VaultRequestTypeLimitReached"),
	})
	for _, k := range kinds() {
		e.OnTimer(k.purgeTimer(), "deleted "+k.noun()+" is purged", k.purgeDue)
	}
	e.OnTimer(rotationTimer, "rotation policy acts", rotateDueKey)
	e.Subscribe(authorization.Changed, rolesChanged)
	return s
}

// rolesChanged passes on that a role assignment at scope has changed, for the vaults whose access
// roles decide about.
func rolesChanged(tx *engine.Tx, scope string) {
	at := engine.ID(scope)
	if vault := tx.Resource(vaults.Of(at)); vault != nil {
		tx.Publish(AccessChanged, string(vault.ID))
		return
	}
	for _, vault := range tx.Resources(at, Type) {
		if vaults.ByRoles(vault) {
			tx.Publish(AccessChanged, string(vault.ID))
		}
	}
}
