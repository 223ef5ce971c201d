// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// renewing is rehearsal for a provider that waits: hours pass in no time then, and the tokens that
// it holds are too old although it has just been given them. It is given new ones.
type renewing struct{ rehearsal *rehearsal.Azure }

func (r renewing) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := r.rehearsal.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized ||
		!strings.HasPrefix(req.Header.Get("Authorization"), "Bearer ") {
		return resp, err
	}
	token, err := r.token(req)
	if err != nil || token == "" {
		return resp, err
	}
	again := req.Clone(req.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	again.Header.Set("Authorization", "Bearer "+token)
	return r.rehearsal.RoundTrip(again)
}

// token asks for a token like the one that a request was made with; "" if there is none to be had.
func (r renewing) token(req *http.Request) (string, error) {
	var claims struct {
		Audience string `json:"aud"`
	}
	parts := strings.Split(req.Header.Get("Authorization"), ".")
	if len(parts) != 3 {
		return "", nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return "", err
	}
	access := r.rehearsal.Access()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {access.ClientID},
		"client_secret": {access.ClientSecret},
		"scope":         {strings.TrimSuffix(claims.Audience, "/") + "/.default"},
	}
	asked, err := http.NewRequestWithContext(req.Context(), http.MethodPost,
		"https://login.microsoftonline.com/"+access.TenantID+"/oauth2/v2.0/token",
		strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	asked.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := r.rehearsal.RoundTrip(asked)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }() // It was only read.
	var answer struct {
		Token string `json:"access_token"`
	}
	err = json.NewDecoder(resp.Body).Decode(&answer)
	return answer.Token, err
}
