// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package media is Microsoft.Media in rehearsal: Media Services accounts with the storage
// accounts under them and the encryption over them. Where a comment says "recorded", the
// behaviour is that of the traffic of Microsoft's own client tests (azure-cli's recordings of its
// ams module; the Go SDK's TestAccountsTestSuite at 2021-11-01, the .NET SDK's at 2023-01-01).
package media

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Type is the type of a Media Services account. Answers spell it so (recorded), though the
// OpenAPI documents' examples say mediaServices.
const Type = "Microsoft.Media/mediaservices"

// asynchronousSince is the first api-version in which PUT and PATCH start an operation instead
// of answering when the work is done.
const asynchronousSince = "2021-11-01"

// Service is Microsoft.Media.
type Service struct {
	vaults  Vaults
	storage StorageAccounts
	grants  Grants
	tokens  Tokens
	kind    *engine.ResourceType
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
	e *engine.Engine, vaults Vaults, accounts StorageAccounts, grants Grants, tokens Tokens,
) *Service {
	s := &Service{vaults: vaults, storage: accounts, grants: grants, tokens: tokens}
	s.kind = &engine.ResourceType{
		Name:            Type,
		DisplayLocation: true,
		HasIdentity:     true,
		NextLink:        "@odata.nextLink",
		CheckName:       checkName,
		Busy:            busy(),
		Write:           s.write,
		Complete:        s.complete,
		View:            s.view,
		Answer:          Answer,
		Routes: map[string]engine.Action{
			"POST syncStorageKeys": {Serve: s.syncStorageKeys},
		},
	}
	e.Register(s.kind)
	s.addRoutes(e)
	s.followKeys(e)
	return s
}

func (s *Service) addRoutes(e *engine.Engine) {
	const provider = "/subscriptions/{subscription}/providers/Microsoft.Media"
	e.Handle(engine.Route{
		Pattern:    "POST " + provider + "/locations/{location}/checkNameAvailability",
		Permission: "Microsoft.Media/locations/checkNameAvailability/action",
		Serve:      s.route(checkNameAvailability),
	})
	e.Handle(engine.Route{
		Pattern: "GET " + provider + "/locations/{location}/mediaServicesOperationStatuses/{operation}",
		Serve:   s.route(engine.ServeOperationStatus),
	})
	e.Handle(engine.Route{
		Pattern: "GET " + provider + "/locations/{location}/mediaServicesOperationResults/{operation}",
		Serve:   s.route(engine.ServeOperationResult),
	})
	e.Handle(engine.Route{
		Pattern:    "GET " + provider + "/mediaservices/{account}",
		Permission: Type + "/read",
		Serve:      s.route(s.getBySubscription),
	})
}

// OnCreation has made called with every account as it is made, to add what every account has.
func (s *Service) OnCreation(made func(tx *engine.Tx, account *engine.Resource)) {
	s.created = append(s.created, made)
}

// Admit refuses whatever is asked of what is in an account while the account key is out of reach,
// or the account is not there yet.
func (s *Service) Admit(r *engine.Request, account *engine.Resource) *engine.Error {
	if account.Pending != "" && secretsOf(account).Creating {
		return busy()
	}
	return s.reachable(r.Tx, account)
}

// getBySubscription finds an account without its resource group. Only 2020-05-01 has it.
func (s *Service) getBySubscription(r *engine.Request) (*engine.Response, error) {
	if r.APIVersion == "2020-05-01" {
		for _, account := range r.Resources(r.ID.SubscriptionID(), Type) {
			if strings.EqualFold(account.Name, r.Params["account"]) {
				return &engine.Response{Status: http.StatusOK, Body: r.Show(s.kind, account)}, nil
			}
		}
	}
	return nil, engine.Errorf(http.StatusNotFound, "NotFound", "The requested resource was not found.")
}

// route has the answers of a route headed as those of the service.
func (s *Service) route(serve engine.Handler) engine.Handler {
	return func(r *engine.Request) (*engine.Response, error) {
		r.AnswerAs(s.kind)
		return serve(r)
	}
}

// Answer gives an answer the headers and the layout of Microsoft.Media (recorded).
func Answer(r *engine.Request, response *engine.Response) {
	response.Header.Set("Server", "Microsoft-HTTPAPI/2.0")
	if response.Body == nil {
		return
	}
	response.Header.Set("Odata-Version", "4.0")
	contentType := "application/json; odata.metadata=minimal"
	if r.HTTP.Header.Get("Accept") == "" {
		contentType += "; odata.streaming=true" // as the Go SDK's poller hears
	}
	response.Header.Set("Content-Type", contentType)
	if response.Status < http.StatusBadRequest {
		if written, err := layout(response.Body); err == nil {
			response.Body = written
		}
	}
}

// busy is the refusal of a change while another is at work. The code is the one of streaming
// endpoints (recorded, "… on the Origin"); no public source has the account's.
func busy() *engine.Error {
	return engine.Ownf(http.StatusConflict, "OperationInProgress",
		"There is another operation already in progress on the account.")
}

// bad is a refusal in the manner of the service, 400 BadRequest with a sentence, where the
// sentence is rehearsal's own because no public source has Azure's.
func bad(format string, args ...any) *engine.Error {
	return engine.Ownf(http.StatusBadRequest, "BadRequest", format, args...)
}

// decode reads the body of a request to a route that is not a resource's.
func decode(r *engine.Request, into any) error {
	if err := json.Unmarshal(r.Raw, into); err != nil {
		return engine.Gatewayf(http.StatusBadRequest, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: '%v'.", err)
	}
	return nil
}
