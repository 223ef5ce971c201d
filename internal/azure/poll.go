// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"reflect"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armclient"
)

// pollingInterval is how often Await polls an operation for which Azure names no interval. The SDK's
// default is half a minute, which is mostly spent on operations that have finished.
const pollingInterval = 5 * time.Second

// Await waits until an operation that Azure has accepted has finished. If the time of the context is up,
// the error says how long it waited. The error is an [AcceptedError].
func Await[T any](ctx context.Context, poller *runtime.Poller[T]) (T, error) {
	if reflect.TypeFor[T]().Size() == 0 {
		ctx = armclient.Silent(ctx)
	}
	result, err := poller.PollUntilDone(polling(ctx), &runtime.PollUntilDoneOptions{Frequency: pollingInterval})
	if err != nil {
		err = &AcceptedError{outOfTime(ctx, err)}
	}
	return result, err
}

// Deref returns what a pointer in an answer points to, or the zero value if Azure left it out.
func Deref[T any](pointer *T) T {
	if pointer == nil {
		var zero T
		return zero
	}
	return *pointer
}

// DerefOr returns what a pointer in an answer points to, or another value where Azure left it out.
func DerefOr[T any](pointer *T, otherwise T) T {
	if pointer == nil {
		return otherwise
	}
	return *pointer
}

// ConcurrentReads is how many resources are read at the same time: an account may have a hundred.
const ConcurrentReads = 8

// DerefAll returns what the pointers in an answer point to.
func DerefAll[T any](pointers []*T) []T {
	values := make([]T, 0, len(pointers))
	for _, pointer := range pointers {
		values = append(values, Deref(pointer))
	}
	return values
}
