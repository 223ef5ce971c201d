// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// groups returns a client of resource groups in an Azure that answers as told.
func groups(t *testing.T, answers func(*http.Request) *http.Response,
) (*azure.Client, *armresources.ResourceGroupsClient, *fakeAzure) {
	t.Helper()
	fake := &fakeAzure{answer: answers}
	client := newClient(t, signedIn(fake))
	opened, err := client.ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	return client, opened, fake
}

// TestCarryOut stops a run while a change is under way: that one is carried to its end, no other begins, Azure is
// still read, and waits end.
func TestCarryOut(t *testing.T) {
	t.Parallel()
	run, stop := context.WithCancel(t.Context())
	ctx := azure.CarryOut(run)
	client, opened, fake := groups(t, func(req *http.Request) *http.Response {
		if req.Method == http.MethodPut {
			stop()
			if req.Context().Err() != nil {
				t.Error("the change is broken off")
			}
		}
		return answer(http.StatusOK, "{}")
	})
	group := armresources.ResourceGroup{Location: to.Ptr("westus2")}
	if _, err := opened.CreateOrUpdate(ctx, "g", group, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := opened.CreateOrUpdate(ctx, "h", group, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("another change: %v", err)
	} else if _, ok := errors.AsType[*azure.StoppedError](err); !ok {
		t.Errorf("another change: %v", err)
	}
	if _, err := opened.Get(ctx, "g", nil); err != nil {
		t.Errorf("a read: %v", err)
	}
	if len(fake.requests) != 2 {
		t.Errorf("%d requests were sent", len(fake.requests))
	}
	if err := client.Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("a wait ends with %v", err)
	}
	unlock, err := client.Lock(t.Context(), locked)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := client.Lock(ctx, locked); !errors.Is(err, context.Canceled) {
		t.Errorf("a lock is waited for: %v", err)
	}
}

// TestLookAfter reads where an error leaves open what Azure did, and only there.
func TestLookAfter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		answers []int
		want    bool
	}{
		{"a refusal", []int{409}, false},
		{"a fault", []int{500, 500, 500, 500}, true},
		{"a refusal after a fault", []int{500, 409}, true},
		{"a refusal after too many requests", []int{429, 409}, false},
		{"success", []int{503, 201}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			left := test.answers
			_, opened, _ := groups(t, func(*http.Request) *http.Response {
				status := left[0]
				left = left[1:]
				return answer(status, "{}", "x-ms-retry-after-ms", "1")
			})
			_, err := opened.CreateOrUpdate(t.Context(), "g", armresources.ResourceGroup{}, nil)
			stopped, stop := context.WithCancel(t.Context())
			stop()
			looked := false
			_, found := azure.LookAfter(stopped, err, func(ctx context.Context) (int, error) {
				looked = true
				return 0, ctx.Err()
			})
			if looked != test.want || found != test.want {
				t.Errorf("looked %t, found %t after %v", looked, found, err)
			}
		})
	}
	for _, err := range []error{nil, &azure.StoppedError{Err: context.Canceled}} {
		if _, found := azure.LookAfter(t.Context(), err, func(context.Context) (int, error) { return 0, nil }); found {
			t.Errorf("looked after %v", err)
		}
	}
	accepted := &azure.AcceptedError{Err: &azure.Error{Status: http.StatusForbidden}}
	if azure.IsRefused(accepted) || !azure.IsAccepted(accepted) {
		t.Error("a refused poll counts as a refusal of what Azure accepted")
	}
}
