// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azuretest

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

// AddGroups adds resource groups to the subscription.
func (a *Azure) AddGroups(names ...string) {
	a.t.Helper()
	a.Transact(func(tx *engine.Tx) {
		for _, name := range names {
			tx.Save(&engine.Resource{
				ID:   engine.ID("/subscriptions/" + Subscription + "/resourceGroups/" + name),
				Type: "Microsoft.Resources/resourceGroups", Name: name, Location: "westus2",
			})
		}
	})
}

// Replay sends the request of one of the examples that Microsoft publishes with its documents, and
// fails the test unless the answer has a status that the example has.
func (a *Azure) Replay(example openapi.Example) *Answer {
	a.t.Helper()
	request, err := example.Rewrite(strings.NewReplacer(
		"{subscription-id}", Subscription, "00000000-0000-0000-0000-000000000000", Subscription,
		"{managed-identity-name}", "id1", "/resourcegroups/", "/resourceGroups/",
	)).Request(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer any")
	response, err := a.RoundTrip(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	answer := &Answer{Status: response.StatusCode, Header: response.Header, Raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &answer.Body); err != nil {
			a.t.Fatal(err)
		}
	}
	if !example.Documents(answer.Status) {
		a.t.Errorf("%s: %s %s answers %d %s", example.File, request.Method, request.URL, answer.Status, raw)
	}
	return answer
}
