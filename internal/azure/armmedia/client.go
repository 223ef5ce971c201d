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

// Resource is an account of any kind: what Resource Manager keeps of every resource, and the
// properties of its kind.
type Resource[Properties any] struct {
	ID         *string            `json:"id,omitempty"`   // Read-only.
	Name       *string            `json:"name,omitempty"` // Read-only.
	Type       *string            `json:"type,omitempty"` // Read-only.
	Location   *string            `json:"location,omitempty"`
	Tags       map[string]*string `json:"tags,omitempty"`
	Identity   *Identity          `json:"identity,omitempty"`
	Properties *Properties        `json:"properties,omitempty"`
	SystemData *SystemData        `json:"systemData,omitempty"` // Read-only.
}

// Update changes an account: the service keeps what an update does not name.
type Update[Properties any] struct {
	Tags       map[string]*string `json:"tags,omitempty"`
	Identity   *Identity          `json:"identity,omitempty"`
	Properties *Properties        `json:"properties,omitempty"`
}

func (r Resource[Properties]) MarshalJSON() ([]byte, error) { return marshal(r) }
func (u Update[Properties]) MarshalJSON() ([]byte, error)   { return marshal(u) }

// client has the operations that all kinds of account share.
type client[Properties any] struct {
	kind           kind
	subscriptionID string
	inner          *arm.Client
}

func newClient[Properties any](kind kind, subscriptionID string,
	credential azcore.TokenCredential, options *arm.ClientOptions,
) (client[Properties], error) {
	if subscriptionID == "" {
		return client[Properties]{}, errors.New("a client of Microsoft.Media needs a subscription")
	}
	inner, err := arm.NewClient(moduleName, moduleVersion, credential, options)
	if err != nil {
		return client[Properties]{}, fmt.Errorf("opening Microsoft.Media: %w", err)
	}
	return client[Properties]{kind, subscriptionID, inner}, nil
}

// Get reads an account.
func (c client[Properties]) Get(ctx context.Context, group, name string) (Resource[Properties], error) {
	var account Resource[Properties]
	err := c.call(ctx, http.MethodGet, c.accountPath(group, name), nil, &account, http.StatusOK)
	return account, err
}

// BeginCreate writes a whole account. Depending on its version and on what there is to do, the
// service does it at once or later: the poller copes with both.
func (c client[Properties]) BeginCreate(ctx context.Context, group, name string,
	account Resource[Properties],
) (*runtime.Poller[Resource[Properties]], error) {
	return c.begin(ctx, http.MethodPut, group, name, account)
}

// BeginUpdate changes what the update names, and nothing else.
func (c client[Properties]) BeginUpdate(ctx context.Context, group, name string,
	update Update[Properties],
) (*runtime.Poller[Resource[Properties]], error) {
	return c.begin(ctx, http.MethodPatch, group, name, update)
}

// Delete deletes an account. An account that is not there is no error.
func (c client[Properties]) Delete(ctx context.Context, group, name string) error {
	return c.call(ctx, http.MethodDelete, c.accountPath(group, name), nil, nil,
		http.StatusOK, http.StatusNoContent)
}

// Page is one page of a list.
type Page[Properties any] struct {
	Value    []Resource[Properties] `json:"value"`
	NextLink string                 `json:"@odata.nextLink"`
}

// NewListByResourceGroupPager lists the accounts in a resource group.
func (c client[Properties]) NewListByResourceGroupPager(group string,
) *runtime.Pager[Page[Properties]] {
	return c.pager(c.groupPath(group) + "/providers/" + c.kind.resourceType)
}

// NewListBySubscriptionPager lists the accounts in the subscription.
func (c client[Properties]) NewListBySubscriptionPager() *runtime.Pager[Page[Properties]] {
	return c.pager(c.subscriptionPath() + "/providers/" + c.kind.resourceType)
}

// NameAvailability says whether a name can be given to a new account, and why not.
type NameAvailability struct {
	NameAvailable bool   `json:"nameAvailable"`
	Reason        string `json:"reason"` // AlreadyExists or Invalid.
	Message       string `json:"message"`
}

// CheckNameAvailability asks whether a new account can have the name.
func (c client[Properties]) CheckNameAvailability(ctx context.Context, location, name string,
) (NameAvailability, error) {
	var answer NameAvailability
	err := c.call(ctx, http.MethodPost,
		c.subscriptionPath()+"/providers/Microsoft.Media/locations/"+url.PathEscape(location)+
			"/checkNameAvailability",
		map[string]string{"name": name, "type": c.kind.resourceType}, &answer, http.StatusOK)
	return answer, err
}

func (c client[Properties]) begin(ctx context.Context, method, group, name string, body any,
) (*runtime.Poller[Resource[Properties]], error) {
	resp, err := c.send(ctx, method, c.accountPath(group, name), body,
		http.StatusOK, http.StatusCreated, http.StatusAccepted)
	if err != nil {
		return nil, err
	}
	return runtime.NewPoller[Resource[Properties]](resp, c.inner.Pipeline(), nil)
}

func (c client[Properties]) pager(path string) *runtime.Pager[Page[Properties]] {
	return runtime.NewPager(runtime.PagingHandler[Page[Properties]]{
		More: func(page Page[Properties]) bool { return page.NextLink != "" },
		Fetcher: func(ctx context.Context, last *Page[Properties]) (Page[Properties], error) {
			var page Page[Properties]
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
func (c client[Properties]) call(ctx context.Context, method, path string, body, answer any,
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

func (c client[Properties]) send(ctx context.Context, method, path string, body any,
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

func (c client[Properties]) do(req *policy.Request, expected ...int) (*http.Response, error) {
	resp, err := c.inner.Pipeline().Do(req)
	if err != nil {
		return nil, err
	}
	if !runtime.HasStatusCode(resp, expected...) {
		return nil, runtime.NewResponseError(resp)
	}
	return resp, nil
}

func (c client[Properties]) subscriptionPath() string {
	return "/subscriptions/" + url.PathEscape(c.subscriptionID)
}

func (c client[Properties]) groupPath(group string) string {
	return c.subscriptionPath() + "/resourceGroups/" + url.PathEscape(group)
}

func (c client[Properties]) accountPath(group, name string) string {
	return c.groupPath(group) + "/providers/" + c.kind.resourceType + "/" + url.PathEscape(name)
}
