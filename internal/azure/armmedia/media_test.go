// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package armmedia_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

const (
	accounts = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Media/mediaservices"
	account  = accounts + "/acc"
	statuses = "https://management.azure.com/subscriptions/s/providers/Microsoft.Media/" +
		"locations/westus2/mediaServicesOperationStatuses/op?api-version=2023-01-01"
)

// script answers the requests of a test in turn, and fails the test if they are others.
type script struct {
	t       *testing.T
	steps   []step
	sent    []string // The bodies.
	version string   // That every request asks for.
}

type step struct {
	request string // Method and path.
	status  int
	body    string
	headers map[string]string
}

func (s *script) Do(req *http.Request) (*http.Response, error) {
	s.t.Helper()
	if len(s.steps) == 0 {
		return nil, fmt.Errorf("unexpected request %s %s", req.Method, req.URL)
	}
	next := s.steps[0]
	s.steps = s.steps[1:]
	if got := req.Method + " " + req.URL.Path; got != next.request {
		return nil, fmt.Errorf("got the request %s, want %s", got, next.request)
	}
	if got := req.URL.Query().Get("api-version"); got != s.version {
		s.t.Errorf("%s asks for the version %q", next.request, got)
	}
	body := []byte{}
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
	}
	s.sent = append(s.sent, string(body))
	header := http.Header{"Content-Type": {"application/json; odata.metadata=minimal"}}
	for name, value := range next.headers {
		header.Set(name, value)
	}
	return &http.Response{
		StatusCode: next.status, Status: http.StatusText(next.status), Header: header,
		Body: io.NopCloser(strings.NewReader(next.body)), Request: req,
	}, nil
}

// token is a credential that has one.
type token struct{}

func (token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "t", ExpiresOn: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func client(t *testing.T, steps ...step) (*armmedia.AccountsClient, *script) {
	t.Helper()
	played := &script{t: t, steps: steps, version: armmedia.AccountAPIVersion}
	c, err := armmedia.NewAccountsClient("s", token{}, &arm.ClientOptions{
		ClientOptions: policy.ClientOptions{
			Transport: played,
			Retry:     policy.RetryOptions{MaxRetries: -1},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if len(played.steps) > 0 && !t.Failed() {
			t.Errorf("requests that were not sent: %+v", played.steps)
		}
	})
	return c, played
}

func TestBeginCreate_copesWithEveryWayOfAnswering(t *testing.T) {
	t.Parallel()
	const (
		working = `{"name":"acc","properties":{"provisioningState":"InProgress"}}`
		done    = `{"name":"acc","properties":{"provisioningState":"Succeeded",
			"encryption":{"type":"SystemKey"}}}`
	)
	async := map[string]string{"Azure-AsyncOperation": statuses, "x-ms-retry-after-ms": "1"}
	soon := map[string]string{"x-ms-retry-after-ms": "1"}
	status := "GET /subscriptions/s/providers/Microsoft.Media/locations/westus2/" +
		"mediaServicesOperationStatuses/op"
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"at once, as new", []step{{"PUT " + account, 201, done, nil}}},
		{"at once, over an old one", []step{{"PUT " + account, 200, done, nil}}},
		{
			"at once, by a version that has no state",
			[]step{{"PUT " + account, 200, `{"name":"acc","properties":{"encryption":{"type":"SystemKey"}}}`, nil}},
		},
		{"later, with an operation", []step{
			{"PUT " + account, 201, working, async},
			{status, 200, `{"name":"op","status":"InProgress"}`, soon},
			{status, 200, `{"name":"op","status":"Succeeded"}`, nil},
			{"GET " + account, 200, done, nil},
		}},
		{"later, with a state only", []step{
			{"PUT " + account, 201, working, soon},
			{"GET " + account, 200, working, soon},
			{"GET " + account, 200, done, nil},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := client(t, test.steps...)
			poller, err := c.BeginCreate(t.Context(), "rg", "acc", armmedia.Account{Location: to.Ptr("westus2")})
			if err != nil {
				t.Fatal(err)
			}
			got, err := poller.PollUntilDone(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if encryption := got.Properties.Encryption; encryption == nil ||
				*encryption.Type != armmedia.SystemKey {
				t.Errorf("got %+v, want the finished account", got.Properties)
			}
		})
	}
}

func TestBeginUpdate_sendsOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		update armmedia.AccountUpdate
		want   string
	}{
		{"nothing", armmedia.AccountUpdate{}, `{}`},
		{"tags", armmedia.AccountUpdate{Tags: map[string]*string{"a": to.Ptr("b")}}, `{"tags":{"a":"b"}}`},
		{"no tags", armmedia.AccountUpdate{Tags: map[string]*string{}}, `{"tags":{}}`},
		{
			"an identity that goes",
			armmedia.AccountUpdate{Identity: &armmedia.Identity{
				Type: to.Ptr("UserAssigned"),
				UserAssignedIdentities: map[string]*armmedia.UserAssignedIdentity{
					"stays": {}, "goes": nil,
				},
			}},
			`{"identity":{"type":"UserAssigned","userAssignedIdentities":{"goes":null,"stays":{}}}}`,
		},
		{
			"the customer's key",
			armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{Encryption: &armmedia.Encryption{
				Type:               to.Ptr(armmedia.CustomerKey),
				KeyVaultProperties: &armmedia.KeyVaultProperties{KeyIdentifier: to.Ptr("https://v/keys/k")},
				Identity:           &armmedia.ResourceIdentity{UseSystemAssignedIdentity: to.Ptr(true)},
			}}},
			`{"properties":{"encryption":{"identity":{"useSystemAssignedIdentity":true},
				"keyVaultProperties":{"keyIdentifier":"https://v/keys/k"},"type":"CustomerKey"}}}`,
		},
		{
			"the system's key, and no other",
			armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{Encryption: &armmedia.Encryption{
				Type:               to.Ptr(armmedia.SystemKey),
				KeyVaultProperties: azcore.NullValue[*armmedia.KeyVaultProperties](),
			}}},
			`{"properties":{"encryption":{"keyVaultProperties":null,"type":"SystemKey"}}}`,
		},
		{
			"an empty list",
			armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
				KeyDelivery: &armmedia.KeyDelivery{AccessControl: &armmedia.AccessControl{
					DefaultAction: to.Ptr(armmedia.Deny), IPAllowList: []*string{},
				}},
			}},
			`{"properties":{"keyDelivery":{"accessControl":{"defaultAction":"Deny","ipAllowList":[]}}}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, played := client(t, step{"PATCH " + account, 200, `{}`, nil})
			if _, err := c.BeginUpdate(t.Context(), "rg", "acc", test.update); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(canonical(t, test.want), canonical(t, played.sent[0])); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBeginUpdate_waitsForTheOperation(t *testing.T) {
	t.Parallel()
	c, _ := client(t,
		step{
			"PATCH " + account, 202, `{"properties":{"provisioningState":"InProgress"}}`,
			map[string]string{
				"Azure-AsyncOperation": statuses, "Location": "https://management.azure.com/result",
				"x-ms-retry-after-ms": "1",
			},
		},
		step{"GET /subscriptions/s/providers/Microsoft.Media/locations/westus2/" +
			"mediaServicesOperationStatuses/op", 200, `{"name":"op","status":"Failed",
			"error":{"code":"BadRequest","message":"Access to the Customer Key was forbidden."}}`, nil},
	)
	poller, err := c.BeginUpdate(t.Context(), "rg", "acc", armmedia.AccountUpdate{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = poller.PollUntilDone(t.Context(), nil)
	var refused *azcore.ResponseError
	if !errors.As(err, &refused) || refused.ErrorCode != "BadRequest" {
		t.Errorf("got %v, want the failure of the operation", err)
	}
}

func TestDelete_ofWhatIsGoneIsNoError(t *testing.T) {
	t.Parallel()
	c, _ := client(t, step{"DELETE " + account, 204, "", nil})
	if err := c.Delete(t.Context(), "rg", "acc"); err != nil {
		t.Error(err)
	}
}

func TestGet_ofAnAccountThatIsNotThere(t *testing.T) {
	t.Parallel()
	c, _ := client(t, step{"GET " + account, 404, `{"error":{"code":"ResourceNotFound"}}`, nil})
	_, err := c.Get(t.Context(), "rg", "acc")
	var refused *azcore.ResponseError
	if !errors.As(err, &refused) || refused.ErrorCode != "ResourceNotFound" {
		t.Errorf("got %v, want ResourceNotFound", err)
	}
}

func TestPagers_followTheLink(t *testing.T) {
	t.Parallel()
	const next = "https://management.azure.com/next?api-version=2023-01-01&$skiptoken=x"
	c, _ := client(t,
		step{"GET " + accounts, 200, `{"value":[{"name":"a"}],"@odata.nextLink":"` + next + `"}`, nil},
		step{"GET /next", 200, `{"value":[{"name":"b"}]}`, nil},
		step{"GET /subscriptions/s/providers/Microsoft.Media/mediaservices", 200, `{"value":[]}`, nil},
	)
	var names []string
	for pages := c.NewListByResourceGroupPager("rg"); pages.More(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range page.Value {
			names = append(names, *found.Name)
		}
	}
	if diff := cmp.Diff([]string{"a", "b"}, names); diff != "" {
		t.Error(diff)
	}
	if _, err := c.NewListBySubscriptionPager().NextPage(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCheckNameAvailability(t *testing.T) {
	t.Parallel()
	c, played := client(t, step{
		"POST /subscriptions/s/providers/Microsoft.Media/locations/westus2/checkNameAvailability",
		200, `{"nameAvailable":false,"reason":"AlreadyExists","message":"Taken."}`, nil,
	})
	got, err := c.CheckNameAvailability(t.Context(), "westus2", "acc")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(armmedia.NameAvailability{Reason: "AlreadyExists", Message: "Taken."}, got); diff != "" {
		t.Error(diff)
	}
	if want := `{"name":"acc","type":"Microsoft.Media/mediaservices"}`; played.sent[0] != want {
		t.Errorf("sent %s, want %s", played.sent[0], want)
	}
}

func TestSyncStorageKeys(t *testing.T) {
	t.Parallel()
	c, played := client(t, step{"POST " + account + "/syncStorageKeys", 200, "", nil})
	if err := c.SyncStorageKeys(t.Context(), "rg", "acc", "/subscriptions/s/x"); err != nil {
		t.Fatal(err)
	}
	if want := `{"id":"/subscriptions/s/x"}`; played.sent[0] != want {
		t.Errorf("sent %s, want %s", played.sent[0], want)
	}
}

func TestNewAccountsClient_needsASubscription(t *testing.T) {
	t.Parallel()
	if _, err := armmedia.NewAccountsClient("", token{}, nil); err == nil {
		t.Error("no error")
	}
}

// canonical is JSON without regard to its layout.
func canonical(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%q is not JSON: %v", text, err)
	}
	return value
}
