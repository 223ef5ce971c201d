// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices

import (
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// revealAccountKey returns what an account hides of its account key, and what hides it again.
func revealAccountKey(account *engine.Resource) (held *microsoftmedia.AccountKey, hide func()) {
	known := secretsOf(account)
	return &known.AccountKey, func() { account.Hide(known) }
}

// Seal encrypts data with the account key.
func (s *Service) Seal(
	tx *engine.Tx, account *engine.Resource, text []byte,
) ([]byte, *engine.Error) {
	key, refused := s.keys.Open(tx, account)
	if refused != nil {
		return nil, refused
	}
	return envelope.Seal(key, text), nil
}

// Unseal undoes [Service.Seal].
func (s *Service) Unseal(
	tx *engine.Tx, account *engine.Resource, sealed []byte,
) ([]byte, *engine.Error) {
	key, refused := s.keys.Open(tx, account)
	if refused != nil {
		return nil, refused
	}
	text, sound := envelope.Unseal(key, sealed)
	if !sound {
		return nil, engine.Errorf(http.StatusInternalServerError, "InternalServerError",
			"What was to be read is not under the key of the account '%s'.", account.Name)
	}
	return text, nil
}
