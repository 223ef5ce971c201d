// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const (
	tenant       = "11111111-1111-1111-1111-111111111111"
	subscription = "22222222-2222-2222-2222-222222222222"
)

// fakeAzure answers requests in place of Azure: Entra ID by itself, everything else as told.
type fakeAzure struct {
	answer func(*http.Request) *http.Response
	// numbered gives each token a number, in the claim n.
	numbered bool

	mu       sync.Mutex
	requests []*http.Request
	tokens   int
	issued   int
}

func (f *fakeAzure) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasPrefix(req.URL.Host, "login.") {
		f.mu.Lock()
		f.tokens++
		number := 0
		if f.numbered {
			if strings.HasSuffix(req.URL.Path, "/token") {
				f.issued++
			}
			number = f.issued
		}
		f.mu.Unlock()
		return entraToken(req, number), nil
	}
	f.mu.Lock()
	f.requests = append(f.requests, req)
	f.mu.Unlock()
	resp := f.answer(req)
	if resp == nil {
		return nil, io.ErrUnexpectedEOF
	}
	resp.Request = req
	return resp, nil
}

// entra answers discovery and hands out tokens with the caller's claims.
func entra(req *http.Request) *http.Response { return entraToken(req, 0) }

// entraToken is [entra] with a number in the token.
func entraToken(req *http.Request, number int) *http.Response {
	host := "https://" + req.URL.Host + "/" + tenant
	if strings.HasSuffix(req.URL.Path, "/openid-configuration") {
		return answer(http.StatusOK, fmt.Sprintf(`{"token_endpoint":"%s/oauth2/v2.0/token",
			"authorization_endpoint":"%s/oauth2/v2.0/authorize","issuer":"%s/v2.0"}`, host, host, host))
	}
	claims := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"tid":%q,"oid":"caller","n":%d}`, tenant, number))
	return answer(http.StatusOK, `{"token_type":"Bearer","expires_in":3600,
		"access_token":"e30.`+claims+`.c2ln"}`)
}

// numberOf returns the number of the token that a request is sent with.
func numberOf(t *testing.T, req *http.Request) int {
	t.Helper()
	var claims struct{ N int }
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(req.Header.Get("Authorization"), ".")[1])
	if err == nil {
		err = json.Unmarshal(payload, &claims)
	}
	if err != nil {
		t.Error(err)
	}
	return claims.N
}

// answer is a response with a JSON body. Headers come in pairs.
func answer(status int, body string, headers ...string) *http.Response {
	resp := &http.Response{
		StatusCode: status,
		Status:     fmt.Sprintf("%d %s", status, http.StatusText(status)),
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
	}
	for i := 0; i+1 < len(headers); i += 2 {
		resp.Header.Set(headers[i], headers[i+1])
	}
	return resp
}

// signedIn is a configuration with which nothing is wrong.
func signedIn(transport http.RoundTripper) azure.Config {
	return azure.Config{
		Environment:    azure.Rehearsal,
		SubscriptionID: subscription,
		TenantID:       tenant,
		ClientID:       "client",
		ClientSecret:   "hunter2",
		UserAgent:      "terraform-provider-azuremedia/test",
		Transport:      transport,
	}
}

func newClient(t *testing.T, config azure.Config) *azure.Client {
	t.Helper()
	client, err := azure.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// fixedClock stands still until it is moved.
type fixedClock struct{ now time.Time }

func (c *fixedClock) Now() time.Time { return c.now }

func (c *fixedClock) Wait(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}
