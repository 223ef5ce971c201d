// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package armmedia is the client of Microsoft.Media, for which no Go SDK is maintained. It is
// written as the SDK's clients are, on azcore's pipeline and pollers, so that callers need not
// know the difference.
//
// All fields of its types are pointers or maps: what is nil is not sent, so that an update touches
// nothing that it does not name, and [azcore.NullValue] sends an explicit null.
package armmedia

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

const (
	moduleName    = "azuremedia/media"
	moduleVersion = "v1.0.0"
)

// kind is what one kind of account is called on the wire, and the one version of the service that
// is spoken for it.
type kind struct{ resourceType, apiVersion string }

// client has the operations that all kinds of account share.
type client[Account, Update any] struct {
	kind           kind
	subscriptionID string
	inner          *arm.Client
}

func newClient[Account, Update any](kind kind, subscriptionID string,
	credential azcore.TokenCredential, options *arm.ClientOptions,
) (client[Account, Update], error) {
	if subscriptionID == "" {
		return client[Account, Update]{}, errors.New("a client of Microsoft.Media needs a subscription")
	}
	inner, err := arm.NewClient(moduleName, moduleVersion, credential, options)
	if err != nil {
		return client[Account, Update]{}, fmt.Errorf("opening Microsoft.Media: %w", err)
	}
	return client[Account, Update]{kind, subscriptionID, inner}, nil
}

// Get reads an account.
func (c client[Account, Update]) Get(ctx context.Context, group, name string) (Account, error) {
	var account Account
	err := c.call(ctx, http.MethodGet, c.accountPath(group, name), nil, &account, http.StatusOK)
	return account, err
}

// BeginCreate writes a whole account. Depending on its version and on what there is to do, the
// service does it at once or later: the poller copes with both.
func (c client[Account, Update]) BeginCreate(ctx context.Context, group, name string,
	account Account,
) (*runtime.Poller[Account], error) {
	return c.begin(ctx, http.MethodPut, group, name, account)
}

// BeginUpdate changes what the update names, and nothing else.
func (c client[Account, Update]) BeginUpdate(ctx context.Context, group, name string,
	update Update,
) (*runtime.Poller[Account], error) {
	return c.begin(ctx, http.MethodPatch, group, name, update)
}

// Delete deletes an account. An account that is not there is no error.
func (c client[Account, Update]) Delete(ctx context.Context, group, name string) error {
	return c.call(ctx, http.MethodDelete, c.accountPath(group, name), nil, nil,
		http.StatusOK, http.StatusNoContent)
}

// Page is one page of a list.
type Page[Account any] struct {
	Value    []Account `json:"value"`
	NextLink string    `json:"@odata.nextLink"`
}

// NewListByResourceGroupPager lists the accounts in a resource group.
func (c client[Account, Update]) NewListByResourceGroupPager(group string,
) *runtime.Pager[Page[Account]] {
	return c.pager(c.groupPath(group) + "/providers/" + c.kind.resourceType)
}

// NewListBySubscriptionPager lists the accounts in the subscription.
func (c client[Account, Update]) NewListBySubscriptionPager() *runtime.Pager[Page[Account]] {
	return c.pager(c.subscriptionPath() + "/providers/" + c.kind.resourceType)
}

// NameAvailability says whether a name can be given to a new account, and why not.
type NameAvailability struct {
	NameAvailable bool   `json:"nameAvailable"`
	Reason        string `json:"reason"` // AlreadyExists or Invalid.
	Message       string `json:"message"`
}

// CheckNameAvailability asks whether a new account can have the name.
func (c client[Account, Update]) CheckNameAvailability(ctx context.Context, location, name string,
) (NameAvailability, error) {
	var answer NameAvailability
	err := c.call(ctx, http.MethodPost,
		c.subscriptionPath()+"/providers/Microsoft.Media/locations/"+url.PathEscape(location)+
			"/checkNameAvailability",
		map[string]string{"name": name, "type": c.kind.resourceType}, &answer, http.StatusOK)
	return answer, err
}

func (c client[Account, Update]) begin(ctx context.Context, method, group, name string, body any,
) (*runtime.Poller[Account], error) {
	resp, err := c.send(ctx, method, c.accountPath(group, name), body,
		http.StatusOK, http.StatusCreated, http.StatusAccepted)
	if err != nil {
		return nil, err
	}
	return runtime.NewPoller[Account](resp, c.inner.Pipeline(), nil)
}

func (c client[Account, Update]) pager(path string) *runtime.Pager[Page[Account]] {
	return runtime.NewPager(runtime.PagingHandler[Page[Account]]{
		More: func(page Page[Account]) bool { return page.NextLink != "" },
		Fetcher: func(ctx context.Context, last *Page[Account]) (Page[Account], error) {
			var page Page[Account]
			if last == nil {
				return page, c.call(ctx, http.MethodGet, path, nil, &page, http.StatusOK)
			}
			req, err := runtime.NewRequest(ctx, http.MethodGet, last.NextLink)
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

// call sends a request whose answer is all there is to it. The answer's body is read into the
// last parameter, unless that is nil.
func (c client[Account, Update]) call(ctx context.Context, method, path string, body, answer any,
	expected ...int,
) error {
	resp, err := c.send(ctx, method, path, body, expected...)
	if err != nil {
		return err
	}
	if answer == nil {
		_, err = runtime.Payload(resp) // Read to the end, so that the connection is used again.
		return err
	}
	return runtime.UnmarshalAsJSON(resp, answer)
}

func (c client[Account, Update]) send(ctx context.Context, method, path string, body any,
	expected ...int,
) (*http.Response, error) {
	req, err := runtime.NewRequest(ctx, method, runtime.JoinPaths(c.inner.Endpoint(), path))
	if err != nil {
		return nil, err
	}
	query := req.Raw().URL.Query()
	query.Set("api-version", c.kind.apiVersion)
	req.Raw().URL.RawQuery = query.Encode()
	req.Raw().Header.Set("Accept", "application/json")
	if body != nil {
		if err := runtime.MarshalAsJSON(req, body); err != nil {
			return nil, fmt.Errorf("writing the request: %w", err)
		}
	}
	return c.do(req, expected...)
}

func (c client[Account, Update]) do(req *policy.Request, expected ...int) (*http.Response, error) {
	resp, err := c.inner.Pipeline().Do(req)
	if err != nil {
		return nil, err
	}
	if !runtime.HasStatusCode(resp, expected...) {
		return nil, runtime.NewResponseError(resp)
	}
	return resp, nil
}

func (c client[Account, Update]) subscriptionPath() string {
	return "/subscriptions/" + url.PathEscape(c.subscriptionID)
}

func (c client[Account, Update]) groupPath(group string) string {
	return c.subscriptionPath() + "/resourceGroups/" + url.PathEscape(group)
}

func (c client[Account, Update]) accountPath(group, name string) string {
	return c.groupPath(group) + "/providers/" + c.kind.resourceType + "/" + url.PathEscape(name)
}
