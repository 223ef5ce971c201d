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

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const (
	// attemptPause is the pause before another request of an address.
	attemptPause = 10 * time.Second
	// longestAnswer is how long an address may take to answer.
	longestAnswer = 30 * time.Second
	// longestBody is the part of an answer's body that is compared.
	longestBody = 1 << 20
)

// check is an address with its expected answer.
type check struct {
	url      string
	status   int
	headers  map[string]*regexp.Regexp
	body     *regexp.Regexp // nil accepts any body.
	attempts int
}

// newCheck returns a check whose expressions have been validated.
func newCheck(m verifyModel) (check, error) {
	c := check{
		url:      m.URL.ValueString(),
		status:   int(m.ExpectedStatus.ValueInt64()),
		headers:  map[string]*regexp.Regexp{},
		attempts: int(m.Attempts.ValueInt64()),
	}
	for name, element := range m.ExpectedHeaders.Elements() {
		text, ok := element.(types.String)
		if !ok || text.IsNull() {
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

// VerificationError says that an address did not answer as expected.
type VerificationError struct {
	URL   string // Without its query, which can hold a signature.
	Found string // What the address does, such as "gives no answer".
	// Waited says how long the address had to answer as expected; it is empty for a single attempt.
	Waited string
}

// Error implements error.
func (e *VerificationError) Error() string {
	return fmt.Sprintf("verifying: %s %s", e.URL, e.Found)
}

// Verify requests every address, all at once.
func (a *account) Verify(ctx context.Context) error {
	g, ctx := azure.Together(ctx)
	for _, c := range a.checks {
		g.Go(func() error { return a.verifyOne(ctx, c) })
	}
	return g.Wait()
}

// verifyOne requests an address until it answers as expected or its attempts are used up.
func (a *account) verifyOne(ctx context.Context, c check) error {
	for attempt := 1; ; attempt++ {
		found := c.request(ctx, a.client.HTTP())
		if found == "" {
			return nil
		}
		if attempt >= c.attempts {
			failed := &VerificationError{URL: withoutQuery(c.url), Found: found}
			if attempt > 1 {
				failed.Waited = azure.Waited(time.Duration(attempt-1)*attemptPause, "it to answer as expected") + ". "
			}
			return failed
		}
		if err := a.client.Wait(ctx, attemptPause); err != nil {
			return err
		}
	}
}

// request requests an address once, and returns how the answer differs from the expected one, or "".
func (c check) request(ctx context.Context, web *http.Client) string {
	ctx, cancel := context.WithTimeout(ctx, longestAnswer)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
	if err != nil {
		return "cannot be requested"
	}
	resp, err := web.Do(req)
	if err != nil {
		return "gives no answer (" + withoutAddress(err).Error() + ")"
	}
	defer func() { _ = resp.Body.Close() }() // Reading is over.
	if resp.StatusCode != c.status {
		return fmt.Sprintf("answers %d %s instead of %d", resp.StatusCode,
			http.StatusText(resp.StatusCode), c.status)
	}
	for name, expression := range c.headers {
		if !expression.MatchString(resp.Header.Get(name)) {
			return fmt.Sprintf("has a header %s that does not match %q", name, expression)
		}
	}
	if c.body == nil {
		return ""
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestBody))
	if err != nil {
		return "breaks off its answer"
	}
	if !c.body.Match(body) {
		return fmt.Sprintf("has a body that does not match %q", c.body)
	}
	return ""
}

// withoutAddress returns the cause in a failed request's error, without its address.
func withoutAddress(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// withoutQuery returns an address without its query, which can hold a signature.
func withoutQuery(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	return (&url.URL{Scheme: parsed.Scheme, Host: parsed.Host, Path: parsed.Path}).String()
}
