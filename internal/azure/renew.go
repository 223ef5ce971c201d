// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// renewPolicy sends a request whose token was refused once more, with a new one. azcore does so only
// for a challenge with claims.
type renewPolicy struct{ credential func() *credential }

// renewed marks a request that was sent with a new token already.
type renewed struct{}

const bearer = "Bearer "

func (p renewPolicy) Do(req *policy.Request) (*http.Response, error) {
	header := req.Raw().Header
	token, ok := strings.CutPrefix(header.Get("Authorization"), bearer)
	if !ok { // It is a request for a token, or for a challenge.
		return req.Next()
	}
	if newer := p.credential().newer(token); newer != "" {
		token = newer
		header.Set("Authorization", bearer+token)
	}
	resp, err := req.Next()
	if err != nil || resp.StatusCode != http.StatusUnauthorized || asksForClaims(resp) ||
		req.OperationValue(&renewed{}) {
		return resp, err
	}
	req.SetOperationValue(renewed{})
	newer := p.credential().renew(req.Raw().Context(), token)
	if newer == "" {
		return resp, nil
	}
	if err := req.RewindBody(); err != nil {
		return nil, err
	}
	header.Set("Authorization", bearer+newer)
	return req.Next()
}

// asksForClaims reports whether azcore answers the challenge of a refusal.
func asksForClaims(resp *http.Response) bool {
	challenge := strings.Join(resp.Header.Values("WWW-Authenticate"), ", ")
	return strings.Contains(challenge, `error="insufficient_claims"`) && strings.Contains(challenge, `claims="`)
}

// newer returns the token that has taken the place of a refused one, or "".
func (c *credential) newer(token string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.successors[token]
}

// renew returns a token to use instead of a refused one, or "" if there is none to be had. The
// credential that it opens has nothing in its cache.
func (c *credential) renew(ctx context.Context, refused string) string {
	c.renewing.Lock()
	defer c.renewing.Unlock()
	if newer := c.newer(refused); newer != "" {
		return newer
	}
	c.mu.Lock()
	options, ok := c.issued[refused]
	c.mu.Unlock()
	if !ok {
		return ""
	}
	opened, err := c.open()
	if err != nil {
		return ""
	}
	wanted := options
	wanted.Claims = c.bypass
	token, err := opened.GetToken(ctx, wanted)
	if err != nil || token.Token == refused {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.TokenCredential = opened
	c.issued[token.Token] = options
	c.successors[refused] = token.Token
	return token.Token
}
