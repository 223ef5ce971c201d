// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"
)

const (
	// betweenAttempts is how long an address is left alone that did not answer as expected.
	betweenAttempts = 10 * time.Second
	// longestAnswer is how long an address may take to answer.
	longestAnswer = 30 * time.Second
	// longestBody is how much of an answer is looked at.
	longestBody = 1 << 20
)

// check is an address that has to answer.
type check struct {
	url      string
	status   int
	headers  map[string]*regexp.Regexp
	body     *regexp.Regexp // nil where any will do.
	attempts int
}

// newCheck reads a check whose expressions have been validated.
func newCheck(m verifyModel) (check, error) {
	c := check{
		url:      m.URL.ValueString(),
		status:   int(m.ExpectedStatus.ValueInt64()),
		headers:  map[string]*regexp.Regexp{},
		attempts: int(m.Attempts.ValueInt64()),
	}
	for name, element := range m.ExpectedHeaders.Elements() {
		text, ok := element.(types.String)
		if !ok {
			continue
		}
		expression, err := regexp.Compile(text.ValueString())
		if err != nil {
			return check{}, fmt.Errorf("reading what the header %s has to match: %w", name, err)
		}
		c.headers[name] = expression
	}
	if !m.ExpectedBody.IsNull() {
		expression, err := regexp.Compile(m.ExpectedBody.ValueString())
		if err != nil {
			return check{}, fmt.Errorf("reading what the body has to match: %w", err)
		}
		c.body = expression
	}
	return c, nil
}

// VerificationError says that an address did not answer as it has to.
type VerificationError struct {
	URL   string // Without its query, which can hold a signature.
	Found string
}

// Error implements error.
func (e *VerificationError) Error() string {
	return fmt.Sprintf("verifying %s: %s", e.URL, e.Found)
}

// Verify asks every address, all at once.
func (a *account) Verify(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, c := range a.checks {
		g.Go(func() error { return a.insist(ctx, c) })
	}
	return g.Wait()
}

// insist asks an address until it answers as it has to, or its attempts are used up.
func (a *account) insist(ctx context.Context, c check) error {
	for attempt := 1; ; attempt++ {
		found := c.ask(ctx, a.client.HTTP())
		if found == "" {
			return nil
		}
		if attempt >= c.attempts {
			return &VerificationError{URL: withoutQuery(c.url), Found: found}
		}
		if err := a.client.Wait(ctx, betweenAttempts); err != nil {
			return err
		}
	}
}

// ask asks an address once, and returns what is not as expected; empty where nothing is.
func (c check) ask(ctx context.Context, web *http.Client) string {
	ctx, cancel := context.WithTimeout(ctx, longestAnswer)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
	if err != nil {
		return "the address cannot be asked"
	}
	resp, err := web.Do(req)
	if err != nil {
		return "it gives no answer (" + withoutAddress(err).Error() + ")"
	}
	defer func() { _ = resp.Body.Close() }() // It was only read.
	if resp.StatusCode != c.status {
		return fmt.Sprintf("it answers %d %s, expected is %d", resp.StatusCode,
			http.StatusText(resp.StatusCode), c.status)
	}
	for name, expression := range c.headers {
		if !expression.MatchString(resp.Header.Get(name)) {
			return fmt.Sprintf("its header %s does not match %q", name, expression)
		}
	}
	if c.body == nil {
		return ""
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestBody))
	if err != nil {
		return "its answer breaks off"
	}
	if !c.body.Match(body) {
		return fmt.Sprintf("its body does not match %q", c.body)
	}
	return ""
}

// withoutAddress is what went wrong with a request, without the address that it was for.
func withoutAddress(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// withoutQuery is an address fit to be shown: a query can hold a signature.
func withoutQuery(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	return (&url.URL{Scheme: parsed.Scheme, Host: parsed.Host, Path: parsed.Path}).String()
}
