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
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armclient"
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
	inner        armclient.Client
	resourceType string
}

func newClient[Properties any](kind kind, subscriptionID string,
	credential azcore.TokenCredential, options *arm.ClientOptions,
) (client[Properties], error) {
	inner, err := armclient.New("azuremedia/media", subscriptionID, kind.apiVersion, credential, options)
	return client[Properties]{inner, kind.resourceType}, err
}

// Get reads an account.
func (c client[Properties]) Get(ctx context.Context, group, name string) (Resource[Properties], error) {
	var account Resource[Properties]
	err := c.inner.Call(ctx, http.MethodGet, c.account(group, name), nil, &account, http.StatusOK)
	return account, err
}

// BeginCreate writes a whole account. Depending on its version and on what there is to do, the
// service does it at once or later: the poller copes with both.
func (c client[Properties]) BeginCreate(ctx context.Context, group, name string,
	account Resource[Properties],
) (*runtime.Poller[Resource[Properties]], error) {
	return armclient.Begin[Resource[Properties]](ctx, c.inner, http.MethodPut,
		c.account(group, name), account)
}

// BeginUpdate changes what the update names, and nothing else.
func (c client[Properties]) BeginUpdate(ctx context.Context, group, name string,
	update Update[Properties],
) (*runtime.Poller[Resource[Properties]], error) {
	return armclient.Begin[Resource[Properties]](ctx, c.inner, http.MethodPatch,
		c.account(group, name), update)
}

// Delete deletes an account. An account that is not there is no error.
func (c client[Properties]) Delete(ctx context.Context, group, name string) error {
	return c.inner.Call(ctx, http.MethodDelete, c.account(group, name), nil, nil,
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
	return c.pager(c.inner.Group(group))
}

// NewListBySubscriptionPager lists the accounts in the subscription.
func (c client[Properties]) NewListBySubscriptionPager() *runtime.Pager[Page[Properties]] {
	return c.pager(c.inner.Subscription())
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
	err := c.inner.Call(ctx, http.MethodPost,
		c.inner.Subscription()+"/providers/Microsoft.Media/locations/"+url.PathEscape(location)+
			"/checkNameAvailability",
		map[string]string{"name": name, "type": c.resourceType}, &answer, http.StatusOK)
	return answer, err
}

func (c client[Properties]) pager(scope string) *runtime.Pager[Page[Properties]] {
	return armclient.NewPager(c.inner, scope+"/providers/"+c.resourceType,
		func(page Page[Properties]) string { return page.NextLink })
}

func (c client[Properties]) account(group, name string) string {
	return c.inner.Resource(group, c.resourceType, name)
}
