// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package streaming holds the assets, streaming locators and streaming endpoints of media accounts, and
// serves the endpoints' own host names, where players fetch files. A rotation of storage keys in the
// wrong order, or too fast, breaks here what it would break in Azure. It must not import Video
// Analyzer.
//
// Behind each endpoint there are several origins. Each uses the storage keys of the last sync that it has
// taken over, and takes over a new one at its own moment within six hours. For each request it signs a
// URL of the blob with the first of its two keys, and with the second if the first is refused; the
// Blob endpoint checks them. The codes of failures are those of "Streaming
// Endpoint (Origin) errors" (stream-streaming-endpoint-error-codes-reference.md). How Azure's origins
// share the work, and how long each takes, is not public: that part is rehearsal's own.
package streaming

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
)

// OriginHeader names the origin of an answer. In a request it chooses one, as does the query parameter
// "origin" for clients that cannot send headers.
const OriginHeader = "X-Rehearsal-Origin"

// NotePrefix begins the journal's notes on an origin whose storage refused one of its keys. The origin
// then tries the other one.
const NotePrefix = "origin "

// Service is what media accounts deliver: assets, streaming locators and streaming endpoints in
// Resource Manager, and the host names of the endpoints.
type Service struct {
	media     *mediaservices.Service
	endpoints *engine.ResourceType
}

// New adds assets, locators and streaming endpoints to an engine. It comes after all services that
// answer at the loopback address itself: there, what begins with a GUID is taken for a locator.
func New(e *engine.Engine, accounts *mediaservices.Service) *Service {
	s := &Service{media: accounts}
	s.endpoints = s.endpointType()
	for _, nested := range []*engine.ResourceType{s.assetType(), s.locatorType(), s.endpoints} {
		nested.NextLink, nested.Versions = "@odata.nextLink", versions()
		nested.Admit, nested.Answer = accounts.Admit, microsoftmedia.Answer
		e.Register(nested)
	}
	accounts.OnCreation(addEndpoint)
	s.addRoutes(e)
	e.HandleHost(engine.Host{
		Domain: Domain,
		Loopback: func(path string) bool {
			_, _, ok := parsePath(path)
			return ok
		},
		Serve:  s.serve,
		Refuse: refuse,
	})
	return s
}

// versions returns the api-versions of what is in an account. Of these types no documents are stored:
// their shapes are written by hand after the examples of the documents of 2022-08-01
// (AssetsAndAssetFilters.json, StreamingPoliciesAndStreamingLocators.json, streamingservice.json),
// as far as streaming needs them.
func versions() []string {
	return []string{
		"2018-07-01", "2020-05-01", "2021-05-01", "2021-06-01", "2021-11-01", "2022-08-01", "2023-01-01",
	}
}

// addRoutes adds the routes by which clients follow the operations on endpoints.
func (s *Service) addRoutes(e *engine.Engine) {
	const account = "GET /subscriptions/{subscription}/resourceGroups/{group}/providers/" +
		"Microsoft.Media/mediaservices/{account}"
	for path, serve := range map[string]engine.Handler{
		"/streamingendpointoperations/{operation}":                      engine.ServeOperationStatus,
		"/streamingendpoints/{endpoint}/operationlocations/{operation}": engine.ServeOperationResult,
	} {
		e.Handle(engine.Route{
			Pattern: account + path,
			Serve: func(r *engine.Request) (*engine.Response, error) {
				r.AnswerAs(s.endpoints)
				return serve(r)
			},
		})
	}
}

// parsePath takes the path of a file apart, "/LOCATOR/FILE".
func parsePath(path string) (locator, file string, ok bool) {
	locator, file, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	_, err := uuid.Parse(locator)
	return locator, file, err == nil && len(locator) == 36 && file != ""
}

// serve answers a request for a file. Failures are answers here, not errors: an origin that failed
// has had its turn all the same.
func (s *Service) serve(r *engine.Request) (*engine.Response, error) {
	if r.HTTP.Method != http.MethodGet && r.HTTP.Method != http.MethodHead {
		return nil, engine.Errorf(http.StatusMethodNotAllowed, "MethodNotAllowed",
			"A streaming endpoint answers GET and HEAD.")
	}
	id, file, ok := parsePath(r.HTTP.URL.Path)
	if !ok {
		return nil, failed(http.StatusBadRequest, badURLSyntax)
	}
	wanted, found := s.locate(r.Tx, id)
	if !found {
		return nil, failed(http.StatusNotFound, resourceNotFound)
	}
	if refused := s.admit(r, wanted); refused != nil {
		return nil, refused
	}
	origin, refused := choose(r, wanted.account.ID)
	if refused != nil {
		return nil, refused
	}
	response, err := s.fetch(r, wanted, file, origin)
	var failure *engine.Error
	if errors.As(err, &failure) {
		response, err = refuse(r, failure), nil
	}
	if err != nil {
		return nil, err
	}
	response.Header.Set(OriginHeader, strconv.Itoa(origin))
	return response, nil
}

// admit refuses requests that do not reach an origin.
func (s *Service) admit(r *engine.Request, wanted delivery) *engine.Error {
	if !engine.IsLoopback(r.Host) {
		account := s.accountAt(r.Tx, r.Host)
		if account == nil || !account.ID.Is(wanted.account.ID) {
			return failed(http.StatusNotFound, resourceNotFound)
		}
	}
	switch {
	case !isRunning(r.Tx, wanted.account.ID):
		return engine.Ownf(http.StatusServiceUnavailable, "StreamingEndpointStopped",
			"The streaming endpoint of the account '%s' is not running: start it.", wanted.account.Name)
	case r.Now().Before(wanted.start), !r.Now().Before(wanted.end):
		return failed(http.StatusNotFound, unauthorized)
	case !wanted.policy.download:
		return failed(http.StatusForbidden, outputFormatBlocked)
	}
	return nil
}

// fetch makes an origin read a file from the account's storage.
func (s *Service) fetch(
	r *engine.Request, wanted delivery, file string, origin int,
) (*engine.Response, error) {
	if refused := s.unlock(r.Tx, wanted); refused != nil {
		return nil, refused
	}
	asOf := r.Now().Add(-Lag(wanted.account.ID, origin))
	blobs, refused := s.media.Blobs(r.Tx, wanted.account, wanted.storage, asOf)
	if refused != nil {
		r.Note(NotePrefix+"%d has no way into the storage account: %s", origin, refused.Message)
		return nil, failed(http.StatusForbidden, storageAuthenticationFailed)
	}
	header := http.Header{}
	if span := r.HTTP.Header.Get("Range"); span != "" {
		header.Set("Range", span)
	}
	reply, err := blobs.Get(r.HTTP.Context(), r.Tx, r.HTTP.Method, wanted.container, file, header)
	if err != nil {
		return nil, fmt.Errorf("fetching a file for a player: %w", err)
	}
	if len(reply.Refusals) > 0 {
		r.Note(NotePrefix+"%d was refused by the storage account %s: %s",
			origin, blobs.Account, strings.Join(reply.Refusals, ", then "))
	}
	if reply.Status >= http.StatusBadRequest {
		return nil, reason(reply)
	}
	return pass(reply.Response), nil
}

// pass keeps the headers that a player may see.
func pass(from *engine.Response) *engine.Response {
	response := &engine.Response{Status: from.Status, Body: from.Body, Header: http.Header{}}
	for _, name := range []string{
		"Content-Type", "Content-Encoding", "Content-Language", "Content-Range", "Accept-Ranges",
		"Etag", "Last-Modified",
	} {
		if value := from.Header.Get(name); value != "" {
			response.Header.Set(name, value)
		}
	}
	response.Header.Set("Access-Control-Allow-Origin", "*")
	return response
}

// reason translates a refusal of the storage into an origin's failure.
func reason(reply *blob.Reply) *engine.Error {
	switch code := reply.Code(); {
	case code == "AuthenticationFailed", code == "InvalidAuthenticationInfo":
		return failed(http.StatusForbidden, storageAuthenticationFailed)
	case strings.HasPrefix(code, "Authorization"):
		return failed(http.StatusForbidden, storageInsufficientPermissions)
	case reply.Status == http.StatusForbidden:
		return failed(http.StatusForbidden, storageAuthenticationFailure)
	case reply.Status == http.StatusNotFound:
		return failed(http.StatusNotFound, storageResourceNotFound)
	case reply.Status == http.StatusRequestedRangeNotSatisfiable:
		return failed(http.StatusRequestedRangeNotSatisfiable, storageInvalidRange)
	}
	return failed(http.StatusInternalServerError, storageFailure)
}
