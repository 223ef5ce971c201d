// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage

import (
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/envelope"
)

const sourceStorage = "Microsoft.Storage"

// Vaults is Key Vault as storage accounts see it.
type Vaults interface{ envelope.Vaults }

// encrypt keeps the account key under the service's own key.
func (s *Service) encrypt(r *engine.Request, old, next *engine.Resource, known *secrets) *engine.Error {
	return nil
}
func (s *Service) followKeys(e *engine.Engine) {}
