// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package armclient sends requests to Resource Manager for the services that are called without
// the SDK's own client. It works as those clients do, on azcore's pipeline, pollers and pagers. It
// knows no service and must not import one.
package armclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

const version = "v1.0.0"

// Client sends requests about one subscription in one version of a service.
type Client struct {
	inner          *arm.Client
	subscriptionID string
	apiVersion     string
}

// New returns a client. The name stands for the service in the User-Agent header.
func New(name, subscriptionID, apiVersion string, credential azcore.TokenCredential,
	options *arm.ClientOptions,
) (Client, error) {
	if subscriptionID == "" {
		return Client{}, errors.New("a client of " + name + " needs a subscription")
	}
	inner, err := arm.NewClient(name, version, credential, options)
	if err != nil {
		return Client{}, fmt.Errorf("opening %s: %w", name, err)
	}
	return Client{inner, subscriptionID, apiVersion}, nil
}

// WithVersion returns a client that sends its requests in another version of the service.
func (c Client) WithVersion(apiVersion string) Client {
	c.apiVersion = apiVersion
	return c
}

// Subscription returns the path of the subscription.
func (c Client) Subscription() string {
	return "/subscriptions/" + url.PathEscape(c.subscriptionID)
}

// Group returns the path of a resource group in the subscription.
func (c Client) Group(group string) string {
	return c.Subscription() + "/resourceGroups/" + url.PathEscape(group)
}

// Resource returns the path of a resource in the subscription.
func (c Client) Resource(group, resourceType, name string) string {
	return c.Group(group) + "/providers/" + resourceType + "/" + url.PathEscape(name)
}

type silentKey struct{}

// Silent returns a context for requests that Azure answers without a body.
func Silent(ctx context.Context) context.Context {
	return context.WithValue(ctx, silentKey{}, true)
}

// IsSilent reports whether the context is for requests that Azure answers without a body.
func IsSilent(ctx context.Context) bool { return ctx.Value(silentKey{}) != nil }

// Call sends a request that Azure answers at once, and reads the body of the answer into answer
// unless that is nil. Another status than the expected ones is an error.
func (c Client) Call(ctx context.Context, method, path string, body, answer any,
	expected ...int,
) error {
	if answer == nil {
		ctx = Silent(ctx)
	}
	resp, err := c.send(ctx, method, path, body, expected...)
	if err != nil {
		return err
	}
	if answer == nil {
		_, err = runtime.Payload(resp) // Read to the end, so that the connection can be reused.
		return err
	}
	return runtime.UnmarshalAsJSON(resp, answer)
}

// Begin sends a request that the service performs at once or later. The poller copes with both.
func Begin[T any](ctx context.Context, c Client, method, path string, body any,
) (*runtime.Poller[T], error) {
	if reflect.TypeFor[T]().Size() == 0 {
		ctx = Silent(ctx)
	}
	resp, err := c.send(ctx, method, path, body,
		http.StatusOK, http.StatusCreated, http.StatusAccepted)
	if err != nil {
		return nil, err
	}
	return runtime.NewPoller[T](resp, c.inner.Pipeline(), nil)
}

// NewPager lists the path page by page. The link of a page leads to the next one; it is empty on
// the last page.
func NewPager[Page any](c Client, path string, link func(Page) string) *runtime.Pager[Page] {
	return runtime.NewPager(runtime.PagingHandler[Page]{
		More: func(page Page) bool { return link(page) != "" },
		Fetcher: func(ctx context.Context, last *Page) (Page, error) {
			var page Page
			if last == nil {
				return page, c.Call(ctx, http.MethodGet, path, nil, &page, http.StatusOK)
			}
			req, err := runtime.NewRequest(ctx, http.MethodGet, link(*last))
			if err != nil {
				return page, err
			}
			resp, err := c.do(req, http.StatusOK)
			if err != nil {
				return page, err
			}
			return page, runtime.UnmarshalAsJSON(resp, &page)
		},
	})
}

func (c Client) send(ctx context.Context, method, path string, body any, expected ...int,
) (*http.Response, error) {
	req, err := runtime.NewRequest(ctx, method, runtime.JoinPaths(c.inner.Endpoint(), path))
	if err != nil {
		return nil, err
	}
	query := req.Raw().URL.Query()
	query.Set("api-version", c.apiVersion)
	req.Raw().URL.RawQuery = query.Encode()
	req.Raw().Header.Set("Accept", "application/json")
	if body != nil {
		if err := runtime.MarshalAsJSON(req, body); err != nil {
			return nil, fmt.Errorf("writing the request: %w", err)
		}
	}
	return c.do(req, expected...)
}

func (c Client) do(req *policy.Request, expected ...int) (*http.Response, error) {
	resp, err := c.inner.Pipeline().Do(req)
	if err != nil {
		return nil, err
	}
	if !runtime.HasStatusCode(resp, expected...) {
		return nil, runtime.NewResponseError(resp)
	}
	return resp, nil
}
