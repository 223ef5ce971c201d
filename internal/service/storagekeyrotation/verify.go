// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
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
	url      string // Empty for the Blob service of the storage account.
	signed   bool   // It is requested with the key of each secret.
	status   int
	headers  map[string]*regexp.Regexp
	body     *regexp.Regexp // nil accepts any body.
	attempts int
}

// newCheck returns a check whose expressions have been validated.
func newCheck(m verifyModel) (check, error) {
	c := check{
		url:      m.URL.ValueString(),
		signed:   m.Signed.ValueBool(),
		status:   int(cmp.Or(m.ExpectedStatus.ValueInt64(), defaultStatus)), // An action has no defaults.
		headers:  map[string]*regexp.Regexp{},
		attempts: int(cmp.Or(m.Attempts.ValueInt64(), defaultAttempts)),
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
	URL   string // Without its query, which can hold a signature, and with the secret that signed it.
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
	var blobs string
	if slices.ContainsFunc(a.checks, func(c check) bool { return c.signed && c.url == "" }) {
		var err error
		if blobs, err = a.blobService(ctx); err != nil {
			return err
		}
	}
	g, ctx := azure.Together(ctx)
	for _, c := range a.checks {
		if !c.signed {
			g.Go(func() error { return a.verifyOne(ctx, c, withoutQuery(c.url)) })
			continue
		}
		c.url = cmp.Or(c.url, blobs)
		for _, one := range a.dependents.holders {
			if proof, ok := one.kind.(keyholder.Proof); ok {
				g.Go(func() error { return a.verifySigned(ctx, c, one, proof) })
			}
		}
	}
	return g.Wait()
}

// blobService returns what a signed verification requests where no address is configured (Storage, Get Blob
// Service Properties).
func (a *account) blobService(ctx context.Context) (string, error) {
	accounts, at, err := azure.Open(a.id, azure.StorageAccountType, a.client.StorageAccounts)
	if err != nil {
		return "", err
	}
	found, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	endpoints := azure.Deref(azure.Deref(found.Properties).PrimaryEndpoints)
	return azure.Deref(endpoints.Blob) + "?restype=service&comp=properties", err
}

// signedFor is how long a signature of a verification is valid.
const signedFor = time.Hour

// verifySigned requests an address with a signature by the key that a secret holds.
func (a *account) verifySigned(ctx context.Context, c check, one holder, proof keyholder.Proof) error {
	key, err := proof.HeldKey(ctx)
	if err != nil {
		return &UntoldError{one, err}
	}
	shown := withoutQuery(c.url) + ", signed with the key that the " + one.name() + " holds"
	signature, err := azure.AccountSAS{
		Account: azure.NameOf(a.id), Services: "bfqt", ResourceTypes: "sco", Permissions: "rl",
		Expiry: a.client.TimeOf(a.id).Add(signedFor),
	}.Sign(key)
	if err != nil {
		return &VerificationError{URL: shown, Found: "cannot be requested: the secret does not hold a key"}
	}
	separator := "?"
	if strings.Contains(c.url, "?") {
		separator = "&"
	}
	c.url += separator + signature.Encode()
	return a.verifyOne(ctx, c, shown)
}

// verifyOne requests an address until it answers as expected or its attempts are used up.
func (a *account) verifyOne(ctx context.Context, c check, shown string) error {
	for attempt := 1; ; attempt++ {
		found := c.request(ctx, a.client.HTTP())
		if found == "" {
			return nil
		}
		if attempt >= c.attempts {
			failed := &VerificationError{URL: shown, Found: found}
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
		code := http.StatusText(resp.StatusCode)
		if storage := resp.Header.Get("x-ms-error-code"); storage != "" {
			code = storage
		}
		return fmt.Sprintf("answers %d %s instead of %d", resp.StatusCode, code, c.status)
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
