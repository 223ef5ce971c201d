// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package videoanalyzer is Microsoft.Media/videoAnalyzers in rehearsal: Video Analyzer accounts with
// their storage and their encryption. It must not import Media Services. Where a comment says "recorded", the
// behaviour is that of the traffic of Microsoft's own client tests (the .NET SDK's
// VideoAnalyzerCreateTest at 2021-11-01-preview).
package videoanalyzer

import (
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// Type is the type of a Video Analyzer account.
const Type = "Microsoft.Media/videoAnalyzers"

// operations is what the operations of accounts are called in paths.
const operations = "videoAnalyzer"

// asynchronousSince is the first api-version in which PATCH starts an operation. PUT is documented
// to do so as well, but answered when the work was done (recorded).
const asynchronousSince = "2021-11-01-preview"

// Grants tells what the accounts' identities are allowed.
type Grants interface {
	// Allowed reports whether a principal may do an action at scope.
	Allowed(tx *engine.Tx, objectID, action string, scope engine.ID) bool
	// AllowedData reports whether a principal may do an action on the data at scope.
	AllowedData(tx *engine.Tx, objectID, dataAction string, scope engine.ID) bool
}

// Names answers checkNameAvailability for all of Microsoft.Media.
type Names interface {
	// AddNames adds the accounts of another type.
	AddNames(other microsoftmedia.Naming)
}

// Service is Video Analyzer.
type Service struct {
	keys    *microsoftmedia.Keeper
	storage microsoftmedia.StorageAccounts
	grants  Grants
}

// New adds Video Analyzer to an engine. Customers' keys are used through vaults; stored are the
// storage accounts under the accounts.
func New(
	e *engine.Engine, vaults microsoftmedia.Vaults, stored microsoftmedia.StorageAccounts,
	grants Grants, names Names,
) *Service {
	s := &Service{
		keys:    &microsoftmedia.Keeper{Type: Type, Vaults: vaults, Reveal: revealAccountKey},
		storage: stored, grants: grants,
	}
	naming := microsoftmedia.Naming{Type: Type, Noun: "Video Analyzer"}
	kind := &engine.ResourceType{
		Name:            Type,
		DisplayLocation: true,
		HasIdentity:     true,
		NextLink:        "@odata.nextLink",
		CheckName:       naming.Check,
		Busy:            microsoftmedia.Busy(),
		Terms:           microsoftmedia.Terms(),
		Write: func(r *engine.Request, old, next *engine.Resource) (engine.Outcome, error) {
			if old == nil {
				if taken := naming.CheckFree(r.Tx, next.Name); taken != nil {
					return engine.Outcome{}, taken
				}
			}
			return s.write(r, old, next)
		},
		Complete: s.complete,
		View:     s.view,
		Answer:   microsoftmedia.Answer,
		Routes: map[string]engine.Action{
			"POST syncStorageKeys": {Serve: s.syncStorageKeys},
		},
	}
	e.Register(kind)
	names.AddNames(naming)
	microsoftmedia.HandleOperations(e, operations, kind)
	s.keys.Follow(e)
	return s
}
