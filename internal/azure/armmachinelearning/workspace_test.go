// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package armmachinelearning_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmachinelearning"
)

const provider = "https://management.azure.com/subscriptions/s/providers/Microsoft.MachineLearningServices/"

// service answers each request by its method and URL, and keeps them in order.
type service struct {
	answers map[string]*http.Response
	got     []string
}

func (s *service) Do(req *http.Request) (*http.Response, error) {
	request := req.Method + " " + req.URL.String()
	s.got = append(s.got, request)
	resp := s.answers[request]
	if resp == nil {
		resp = answer(http.StatusNotFound, `{"error":{"code":"ResourceNotFound"}}`)
	}
	resp.Request = req
	return resp, nil
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

type token struct{}

func (token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "t", ExpiresOn: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func client(t *testing.T, s *service) *armmachinelearning.WorkspacesClient {
	t.Helper()
	c, err := armmachinelearning.NewWorkspacesClient("s", token{}, &arm.ClientOptions{
		ClientOptions: policy.ClientOptions{Transport: s, Retry: policy.RetryOptions{MaxRetries: -1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewListBySubscriptionPager_followsTheLink(t *testing.T) {
	t.Parallel()
	const first, second = provider + "workspaces?api-version=2025-06-01", provider + "workspaces?skip=1"
	s := &service{answers: map[string]*http.Response{
		"GET " + first: answer(http.StatusOK,
			`{"value":[{"id":"/w1","properties":{"storageAccount":"/s1"}}],"nextLink":"`+second+`"}`),
		"GET " + second: answer(http.StatusOK, `{"value":[{"id":"/w2"}]}`),
	}}
	var found []string
	for pages := client(t, s).NewListBySubscriptionPager(); pages.More(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, workspace := range page.Value {
			found = append(found, workspace.ID+" on "+workspace.Properties.StorageAccount)
		}
	}
	if diff := cmp.Diff([]string{"/w1 on /s1", "/w2 on "}, found); diff != "" {
		t.Errorf("workspaces (-want +got):\n%s", diff)
	}
}

func TestBeginResyncKeys_waitsForTheOperation(t *testing.T) {
	t.Parallel()
	const (
		resync = "POST https://management.azure.com/subscriptions/s/resourceGroups/g/providers/" +
			"Microsoft.MachineLearningServices/workspaces/w/resyncKeys?api-version=2025-06-01"
		operation = provider + "operations/1"
	)
	accepted := answer(http.StatusAccepted, "")
	accepted.Header.Set("Location", operation)
	s := &service{answers: map[string]*http.Response{
		resync: accepted, "GET " + operation: answer(http.StatusNoContent, ""),
	}}
	poller, err := client(t, s).BeginResyncKeys(t.Context(), "g", "w")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := poller.PollUntilDone(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{resync, "GET " + operation}, s.got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestNewWorkspacesClient_needsASubscription(t *testing.T) {
	t.Parallel()
	if _, err := armmachinelearning.NewWorkspacesClient("", token{}, nil); err == nil {
		t.Error("a client of no subscription was opened")
	}
}
