// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices

import (
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// naming returns the rules of the accounts' names. The OpenAPI documents' examples have Microsoft.Media/MediaService
// beside the type's own name.
func naming() microsoftmedia.Naming {
	return microsoftmedia.Naming{Type: Type, Noun: "Media Account", Called: []string{"mediaservice"}}
}

// accountLimit is how many media accounts a subscription may have
// (limits-quotas-constraints-reference.md).
const accountLimit = 100

// Named returns the account with this name, or nil.
func (*Service) Named(tx *engine.Tx, name string) *engine.Resource { return naming().Named(tx, name) }

// checkNew refuses an account whose name is in use elsewhere, and one too many.
func (*Service) checkNew(tx *engine.Tx, next *engine.Resource) *engine.Error {
	if taken := naming().CheckFree(tx, next.Name); taken != nil {
		return taken
	}
	if tx.Count(next.ID.SubscriptionID(), Type) >= accountLimit {
		return microsoftmedia.Bad("The subscription has %d Media Services accounts already, which is "+
			"the limit.", accountLimit)
	}
	return nil
}

// AddNames adds the accounts of another type to checkNameAvailability, which is one route for all of
// Microsoft.Media.
func (s *Service) AddNames(other microsoftmedia.Naming) { s.namings = append(s.namings, other) }

func (s *Service) checkNameAvailability(r *engine.Request) (*engine.Response, error) {
	return microsoftmedia.CheckAvailability(r, s.namings)
}
