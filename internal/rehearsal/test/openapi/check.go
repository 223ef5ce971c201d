// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// exchange is a request and its answer.
type exchange struct {
	request     *http.Request
	requestBody []byte
	status      int
	header      http.Header
	body        []byte
}

// finding is one way in which an exchange is not what a document says.
type finding struct {
	place   place
	pointer string // Dotted path in the body.
	field   string // The keyword of the schema that does not hold.
	text    string
}

// place is the part of an exchange that a finding is in.
type place string

const (
	inRequest  place = "request"
	inResponse place = "response"
)

// check compares an exchange with its operation.
func check(ctx context.Context, m match, e exchange) ([]finding, error) {
	route, err := m.route(e.request.Method)
	if err != nil {
		return nil, err
	}
	input, err := m.requestInput(ctx, route, e)
	if err != nil {
		return nil, err
	}

	var findings []finding
	// What the service refuses may be wrong in any way.
	if e.status < http.StatusBadRequest {
		err := openapi3filter.ValidateRequest(ctx, input)
		findings = append(findings, collect(inRequest, err)...)
	}
	findings = append(findings, checkStatus(route, e)...)
	findings = append(findings, checkPolling(m, route, e)...)
	err = openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 e.status,
		Header:                 e.header,
		Body:                   io.NopCloser(bytes.NewReader(e.body)),
		Options:                input.Options,
	})
	findings = append(findings, collect(inResponse, err)...)

	var kept []finding
	for _, f := range findings {
		if !m.tolerates(e, f) {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

// requestInput prepares a copy of the request for kin-openapi, which compares
// names literally, in the documented spelling.
func (m match) requestInput(
	ctx context.Context, route *routers.Route, e exchange,
) (*openapi3filter.RequestValidationInput, error) {
	request := e.request.Clone(ctx)
	body, err := respell(route, e.requestBody)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	request.ContentLength = int64(len(body))
	return &openapi3filter.RequestValidationInput{
		Request:    request,
		PathParams: m.params,
		Route:      route,
		Options: &openapi3filter.Options{
			MultiError:                 true,
			AuthenticationFunc:         openapi3filter.NoopAuthenticationFunc,
			ExcludeReadOnlyValidations: true, // Clients send back what they read.
			SkipSettingDefaults:        true,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{
				openapi3.DisableSchemaErrorDetails(), // Bodies may hold keys.
				openapi3.WithStringFormatValidator("uuid",
					openapi3.NewRegexpFormatValidator(uuidPattern)),
				openapi3.WithStringFormatValidator("date-time",
					openapi3.NewCallbackValidator(checkDateTime)),
			},
		},
	}, nil
}

const uuidPattern = `^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`

func checkDateTime(text string) error {
	_, err := time.Parse(time.RFC3339Nano, text)
	return err
}

// checkStatus finds statuses of success that are not documented. Any error is
// documented, as the default answer.
func checkStatus(route *routers.Route, e exchange) []finding {
	if e.status >= http.StatusBadRequest {
		return checkError(e)
	}
	if route.Operation.Responses.Status(e.status) != nil {
		return nil
	}
	return []finding{{inResponse, "", "status", fmt.Sprintf("status %d is not documented", e.status)}}
}

// checkError wants a code and a message in every error. The schemas require
// neither.
func checkError(e exchange) []finding {
	if e.request.Method == http.MethodHead {
		return nil
	}
	var body struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(e.body, &body); err != nil || body.Error.Code == "" || body.Error.Message == "" {
		return []finding{{inResponse, "error", "error", "an error without code or message"}}
	}
	return nil
}

// checkPolling wants the headers that clients poll by when the work of a
// long-running operation goes on.
func checkPolling(m match, route *routers.Route, e exchange) []finding {
	if !m.operation.LongRunning || e.status >= http.StatusBadRequest {
		return nil
	}
	var body struct {
		Properties struct{ ProvisioningState string }
	}
	// A body that is not JSON is found elsewhere.
	_ = json.Unmarshal(e.body, &body)
	if e.status != http.StatusAccepted && body.Properties.ProvisioningState != "InProgress" {
		return nil
	}

	var findings []finding
	documented := 0
	if response := route.Operation.Responses.Status(e.status); response != nil && response.Value != nil {
		for name := range response.Value.Headers {
			documented++
			if e.header.Get(name) == "" {
				findings = append(findings, finding{inResponse, name, "header", "header " + name + " is missing"})
			}
		}
	}
	if documented == 0 && e.header.Get("Location") == "" && e.header.Get("Azure-AsyncOperation") == "" {
		findings = append(findings, finding{inResponse, "Location", "header", "nothing to poll"})
	}
	return findings
}

// collect takes apart what kin-openapi returns.
func collect(where place, err error) []finding {
	var several openapi3.MultiError
	var schema *openapi3.SchemaError
	var request *openapi3filter.RequestError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &request) && request.Parameter != nil:
		return []finding{{where, request.Parameter.Name, "parameter", request.Error()}}
	case errors.As(err, &several):
		// A RequestError or ResponseError may wrap several, and hides them.
		var findings []finding
		for _, one := range several {
			findings = append(findings, collect(where, one)...)
		}
		return findings
	case errors.As(err, &schema):
		pointer := strings.Join(schema.JSONPointer(), ".")
		if match := unsupported.FindStringSubmatch(schema.Reason); match != nil {
			pointer = strings.TrimPrefix(pointer+"."+match[1], ".")
		}
		return []finding{{where, pointer, schema.SchemaField, schema.Reason}}
	default:
		return []finding{{where, "", "", err.Error()}}
	}
}

var unsupported = regexp.MustCompile(`^property "(.*)" is unsupported$`)
