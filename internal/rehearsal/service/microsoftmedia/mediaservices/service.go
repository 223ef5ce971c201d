// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package mediaservices is Microsoft.Media in rehearsal: Media Services accounts with their storage
// accounts and their encryption. It must not import Video Analyzer. Where a comment says "recorded", the
// behaviour is that of the traffic of Microsoft's own client tests (azure-cli's recordings of its
// ams module; the Go SDK's TestAccountsTestSuite at 2021-11-01, the .NET SDK's at 2023-01-01).
package mediaservices

import (
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// Type is the type of a Media Services account. Answers spell it so (recorded), though the
// OpenAPI documents' examples say mediaServices.
const Type = "Microsoft.Media/mediaservices"

// operations is what the operations of accounts are called in paths.
const operations = "mediaServices"

// asynchronousSince is the first api-version in which PUT and PATCH start an operation instead
// of answering when the work is done.
const asynchronousSince = "2021-11-01"

// Service is Microsoft.Media.
type Service struct {
	keys    *microsoftmedia.Keeper
	storage microsoftmedia.StorageAccounts
	grants  Grants
	tokens  Tokens
	kind    *engine.ResourceType
	namings []microsoftmedia.Naming
	created []func(*engine.Tx, *engine.Resource)
}

// Grants tells what the account's identities are allowed.
type Grants interface {
	// AllowedData reports whether a principal may do an action on the data at scope.
	AllowedData(tx *engine.Tx, objectID, dataAction string, scope engine.ID) bool
}

// Tokens gives the account's identities tokens.
type Tokens interface {
	Token(tx *engine.Tx, objectID, audience string) (string, error)
}

// New adds Microsoft.Media to an engine. Customers' keys are used through vaults; accounts are
// the storage accounts under the media accounts.
func New(
	e *engine.Engine, vaults microsoftmedia.Vaults, accounts microsoftmedia.StorageAccounts,
	grants Grants, tokens Tokens,
) *Service {
	s := &Service{
		keys: &microsoftmedia.Keeper{
			Type: Type, Vaults: vaults, SystemAssigned: true, Reveal: revealAccountKey,
		},
		storage: accounts, grants: grants, tokens: tokens,
		namings: []microsoftmedia.Naming{naming()},
	}
	s.kind = &engine.ResourceType{
		Name:            Type,
		DisplayLocation: true,
		HasIdentity:     true,
		NextLink:        "@odata.nextLink",
		CheckName:       naming().Check,
		CheckIdentity:   checkIdentity,
		Busy:            microsoftmedia.Busy(),
		Terms:           microsoftmedia.Terms(),
		Write:           s.write,
		Complete:        s.complete,
		View:            s.view,
		Answer:          microsoftmedia.Answer,
		Routes: map[string]engine.Action{
			"POST syncStorageKeys": {Serve: s.syncStorageKeys},
		},
	}
	e.Register(s.kind)
	s.addRoutes(e)
	s.keys.Follow(e)
	return s
}

func (s *Service) addRoutes(e *engine.Engine) {
	const provider = "/subscriptions/{subscription}/providers/Microsoft.Media"
	e.Handle(engine.Route{
		Pattern:    "POST " + provider + "/locations/{location}/checkNameAvailability",
		Permission: "Microsoft.Media/locations/checkNameAvailability/action",
		Serve:      microsoftmedia.ServeAs(s.kind, s.checkNameAvailability),
	})
	microsoftmedia.HandleOperations(e, operations, s.kind)
	e.Handle(engine.Route{
		Pattern:    "GET " + provider + "/mediaservices/{account}",
		Permission: Type + "/read",
		Serve:      microsoftmedia.ServeAs(s.kind, s.getBySubscription),
	})
}

// OnCreation calls made with every new account, to add what every account has.
func (s *Service) OnCreation(made func(tx *engine.Tx, account *engine.Resource)) {
	s.created = append(s.created, made)
}

// Admit refuses requests for the contents of an account while its account key is out of reach, or while
// it is being created.
func (s *Service) Admit(r *engine.Request, account *engine.Resource) *engine.Error {
	if account.Pending != "" && secretsOf(account).Creating {
		return microsoftmedia.Busy()
	}
	return s.keys.Reachable(r.Tx, account)
}

// getBySubscription finds an account without its resource group. Only 2020-05-01 has it.
func (s *Service) getBySubscription(r *engine.Request) (*engine.Response, error) {
	if r.APIVersion == "2020-05-01" {
		for _, account := range r.Named(Type, r.Params["account"]) {
			if account.ID.Within(r.ID.SubscriptionID()) {
				return &engine.Response{Status: http.StatusOK, Body: r.Show(s.kind, account)}, nil
			}
		}
	}
	return nil, engine.Errorf(http.StatusNotFound, "NotFound", "The requested resource was not found.")
}

// checkIdentity fails as the service does where a space follows the comma of the type
// (Azure/azure-rest-api-specs issue 21905).
func checkIdentity(kind string) *engine.Error {
	if strings.Contains(kind, ",") && strings.Contains(kind, " ") {
		return engine.Errorf(http.StatusInternalServerError, "InternalServerError",
			"An internal server error occurred.")
	}
	return nil
}
