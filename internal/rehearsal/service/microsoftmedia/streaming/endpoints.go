// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming

import (
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
)

const endpointType = mediaservices.Type + "/streamingEndpoints"

// The states of a streaming endpoint.
const (
	stopped  = "Stopped"
	starting = "Starting"
	running  = "Running"
	stopping = "Stopping"
)

func (s *Service) endpointType() *engine.ResourceType {
	return &engine.ResourceType{
		Name: endpointType, DisplayLocation: true, Busy: originBusy(),
		Write: func(*engine.Request, *engine.Resource, *engine.Resource) (engine.Outcome, error) {
			return engine.Outcome{}, onlyDefault()
		},
		Remove: func(*engine.Request, *engine.Resource) (engine.Outcome, error) {
			return engine.Outcome{}, onlyDefault()
		},
		Complete: completeEndpoint,
		Routes: map[string]engine.Action{
			"POST start": {Serve: s.switchEndpoint(starting, running)},
			"POST stop":  {Serve: s.switchEndpoint(stopping, stopped)},
		},
	}
}

func onlyDefault() *engine.Error {
	return engine.Ownf(http.StatusNotImplemented, "NotImplemented",
		"Rehearsal has the default streaming endpoint of each account only, which can be started and "+
			"stopped.")
}

// originBusy is recorded.
func originBusy() *engine.Error {
	return engine.Errorf(http.StatusConflict, "OperationInProgress",
		"There is another operation already in progress on the Origin.")
}

// addEndpoint gives a new account its default streaming endpoint, which is stopped (streaming-
// endpoint-concept.md). In host names Azure abbreviates regions in its own way, which is not public:
// rehearsal has their short names there.
func addEndpoint(tx *engine.Tx, account *engine.Resource) {
	now := engine.Timestamp(tx.Now())
	tx.Save(&engine.Resource{
		ID: endpointOf(account.ID), Type: endpointType, Name: "default", Location: account.Location,
		Tags: map[string]string{}, Created: tx.Now(), Modified: tx.Now(),
		Properties: map[string]any{
			"description": "", "scaleUnits": 0, "availabilitySetName": nil, "cdnEnabled": false,
			"cdnProvider": nil, "cdnProfile": "", "customhostNames": []any{}, "maxCacheAge": nil,
			"hostName":          hostName(account),
			"freeTrialEndTime":  "0001-01-01T00:00:00Z",
			"provisioningState": engine.Succeeded, "resourceState": stopped,
			"created": now, "lastModified": now,
		},
	})
}

func endpointOf(account engine.ID) engine.ID { return account + "/streamingEndpoints/default" }

// Domain is the domain of the endpoints' host names.
const Domain engine.Domain = ".streaming.media.azure.net"

// hostName returns the host name of an account's default streaming endpoint.
func hostName(account *engine.Resource) string {
	return Domain.Host(account.Name + "-" + account.Location)
}

// accountAt returns the account whose default streaming endpoint has this host name, or nil.
func (s *Service) accountAt(tx *engine.Tx, host string) *engine.Resource {
	name, _, _ := strings.Cut(host, "-")
	if account := s.media.Named(tx, name); account != nil && hostName(account) == host {
		return account
	}
	return nil
}

func isRunning(tx *engine.Tx, account engine.ID) bool {
	endpoint := tx.Resource(endpointOf(account))
	return endpoint != nil && endpoint.String("resourceState") == running
}

// switchEndpoint starts or stops an endpoint: by way of a state in between, to what it then is.
func (s *Service) switchEndpoint(
	by, to string,
) func(*engine.Request, *engine.Resource) (*engine.Response, error) {
	return func(r *engine.Request, endpoint *engine.Resource) (*engine.Response, error) {
		if endpoint.Pending != "" {
			return nil, originBusy()
		}
		if endpoint.String("resourceState") == to {
			return &engine.Response{Status: http.StatusOK}, nil
		}
		endpoint.Set("resourceState", by)
		endpoint.Set("provisioningState", engine.InProgress)
		return r.Begin(s.endpoints, endpoint, &engine.Async{
			StatusPath: string(endpoint.ID.Parent()) + "/streamingendpointoperations/{operation}",
			ResultPath: string(endpoint.ID) + "/operationlocations/{operation}",
		}), nil
	}
}

func completeEndpoint(
	tx *engine.Tx, endpoint *engine.Resource, _ *engine.Operation,
) *engine.Error {
	state := stopped
	if endpoint.String("resourceState") == starting {
		state = running
	}
	endpoint.Set("resourceState", state)
	endpoint.Set("provisioningState", engine.Succeeded)
	endpoint.Set("lastModified", engine.Timestamp(tx.Now()))
	return nil
}
