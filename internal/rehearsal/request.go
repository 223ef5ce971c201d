// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// Question is a request to Azure, as `az rest` takes it.
type Question struct {
	Method string `json:"method"`
	// URL is a URL under Azure's own names, or a path of Resource Manager. In it and in the body the
	// words of [Azure.placeholders] stand for what a file of requests cannot know.
	URL  string          `json:"url"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Answer is an answer of Azure, a refusal included.
type Answer struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body,omitempty"`
	// Operation and Location are where the operation is followed that the request began.
	Operation string `json:"operation,omitempty"`
	Location  string `json:"location,omitempty"`
}

// Refused reports whether the answer is a refusal.
func (a Answer) Refused() bool { return a.Status >= http.StatusBadRequest }

// placeholders replaces the words that stand for the IDs of the rehearsal and of its owner.
func (a *Azure) placeholders() *strings.Replacer {
	return strings.NewReplacer("{subscriptionId}", a.access.SubscriptionID, "{tenantId}", a.access.TenantID,
		"{clientId}", a.access.ClientID, "{objectId}", a.access.ObjectID)
}

// Ask sends a request as the owner of the subscription. It does not go over a network, so firewalls
// treat it as coming from this machine.
func (a *Azure) Ask(ctx context.Context, question Question) (Answer, error) {
	filled := a.placeholders()
	address, err := url.Parse(filled.Replace(question.URL))
	if err != nil {
		return Answer{}, fmt.Errorf("reading the URL: %w", err)
	}
	if address.Host == "" {
		address.Scheme, address.Host = "https", managementHost
	}
	var token string
	if err := a.engine.Transact(func(tx *engine.Tx) (err error) {
		token, err = a.directory.Token(tx, a.access.ObjectID, audienceOf(address.Hostname()))
		return err
	}); err != nil {
		return Answer{}, fmt.Errorf("signing in: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, strings.ToUpper(question.Method), address.String(),
		strings.NewReader(filled.Replace(string(question.Body))))
	if err != nil {
		return Answer{}, fmt.Errorf("writing the request: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	if len(question.Body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := a.RoundTrip(request)
	if err != nil {
		return Answer{}, fmt.Errorf("asking %s: %w", address.Host, err)
	}
	defer func() { _ = response.Body.Close() }()
	answer := Answer{
		Status: response.StatusCode, Operation: response.Header.Get("Azure-Asyncoperation"),
		Location: response.Header.Get("Location"),
	}
	if answer.Body, err = io.ReadAll(response.Body); err != nil {
		return Answer{}, fmt.Errorf("reading the answer: %w", err)
	}
	if len(answer.Body) > 0 && !json.Valid(answer.Body) { // XML of a blob endpoint, for one.
		answer.Body, err = json.Marshal(string(answer.Body))
	}
	return answer, err
}

const managementHost = "management.azure.com"

// audienceOf returns the audience of tokens for a host.
func audienceOf(host string) string {
	switch {
	case vaults.Domain.Holds(host):
		return keyvault.Audience
	case storage.BlobDomain.Holds(host):
		return blob.Audience
	default:
		return "https://" + managementHost
	}
}
