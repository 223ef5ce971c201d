// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

const headerCorrelationID = "x-ms-correlation-request-id"

// WithoutRetry returns a context whose requests are sent once. It is for requests that cannot be
// repeated safely, such as regenerating a key: azcore sends a POST up to three times more after a server
// error. Read to learn how a request without an answer ended.
func WithoutRetry(ctx context.Context) context.Context {
	return policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1})
}

// armOptions returns the options of every Resource Manager client.
func (c *Client) armOptions() *arm.ClientOptions {
	return &arm.ClientOptions{
		ClientOptions:         c.requests(),
		DisableRPRegistration: c.config.KeepProvidersUnregistered,
		AuxiliaryTenants:      c.config.AuxiliaryTenantIDs,
	}
}

// requests returns the pipeline of every request but those that sign in.
func (c *Client) requests() azcore.ClientOptions {
	options := c.pipeline()
	options.PerCallPolicies = append(options.PerCallPolicies, stopPolicy{}, readsPolicy{&c.reads})
	options.PerRetryPolicies = append(options.PerRetryPolicies, throttlePolicy{&c.buckets})
	return options
}

// pipeline returns the pipeline of every request, whichever client sends it.
func (c *Client) pipeline() azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud:     c.cloud.configuration(),
		Transport: c.transport,
		Retry:     policy.RetryOptions{ShouldRetry: isTransient},
		// The Azure SDK's own log is off unless its environment variable is set. Even then it has
		// no body, and only the listed headers and query parameters.
		Logging: policy.LogOptions{
			AllowedHeaders:     []string{headerCorrelationID, "Azure-AsyncOperation"},
			AllowedQueryParams: []string{"api-version"},
		},
		PerCallPolicies: []policy.Policy{
			userAgentPolicy{c.config.UserAgent},
			correlationPolicy{c.correlationID},
			encodingPolicy{},
			attemptsPolicy{},
		},
		PerRetryPolicies: []policy.Policy{
			attemptPolicy{},
			renewPolicy{func() *credential { return c.credential }},
			answerPolicy{},
			serverTimePolicy{c.time},
			logPolicy{c.clock},
		},
	}
}

// isTransient reports whether another attempt may succeed. An untrusted certificate stays untrusted, and
// an answer that makes no sense is sent again.
func isTransient(resp *http.Response, err error) bool {
	if err != nil {
		_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
		odd, ok := errors.AsType[*AnswerError](err)
		return !untrusted && (!ok || odd.cutOff())
	}
	class := classOfStatus(resp.StatusCode)
	return class == Throttled || class == ServerFault
}

// userAgentPolicy puts the provider's name before that of the Azure SDK.
type userAgentPolicy struct{ name string }

func (p userAgentPolicy) Do(req *policy.Request) (*http.Response, error) {
	if p.name != "" {
		header := req.Raw().Header
		if sdk := header.Get("User-Agent"); sdk != "" {
			header.Set("User-Agent", p.name+" "+sdk)
		} else {
			header.Set("User-Agent", p.name)
		}
	}
	return req.Next()
}

// correlationPolicy gives all requests of one run the same ID, by which Azure's activity log finds them.
type correlationPolicy struct{ id string }

func (p correlationPolicy) Do(req *policy.Request) (*http.Response, error) {
	if p.id != "" {
		req.Raw().Header.Set(headerCorrelationID, p.id)
	}
	return req.Next()
}

// serverTimePolicy reads the time of Azure's services from their answers.
type serverTimePolicy struct{ time *serverTime }

func (p serverTimePolicy) Do(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	if err == nil {
		p.time.observe(req.Raw().URL, resp.Header)
	}
	return resp, err
}

// logPolicy writes one line for each attempt into Terraform's log, without bodies, headers and queries:
// those of storage and Key Vault have secrets.
type logPolicy struct{ clock Clock }

func (p logPolicy) Do(req *policy.Request) (*http.Response, error) {
	ctx, began := req.Raw().Context(), p.clock.Now()
	resp, err := req.Next()
	fields := map[string]any{
		"method":      req.Raw().Method,
		"url":         withoutQuery(req.Raw().URL),
		"api_version": req.Raw().URL.Query().Get("api-version"),
		"duration_ms": p.clock.Now().Sub(began) / time.Millisecond,
	}
	if err != nil {
		fields["error"] = err.Error()
		tflog.Debug(ctx, "Azure did not answer", fields)
		return resp, err
	}
	fields["status"] = resp.StatusCode
	fields["request_id"] = resp.Header.Get("x-ms-request-id")
	tflog.Debug(ctx, "Azure answered", fields)
	return resp, nil
}

// withoutQuery returns a URL that may be shown. A query can have a shared access signature, and the
// user information of a URL a password.
func withoutQuery(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	return shown.String()
}
