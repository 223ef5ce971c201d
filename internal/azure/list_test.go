// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// lister lists its items, or fails, by subscription.
type lister struct {
	items  map[string][]string
	errs   map[string]error
	called *atomic.Int32
}

func (l lister) List(_ context.Context, subscriptionID string) ([]string, error) {
	l.called.Add(1)
	if err := l.errs[subscriptionID]; err != nil {
		return nil, err
	}
	return l.items[subscriptionID], nil
}

func TestListAll(t *testing.T) {
	t.Parallel()
	forbidden := &azure.Error{Status: 403, Code: "AuthorizationFailed"}
	for name, test := range map[string]struct {
		err error
		// unlisted says that the list is said to have failed, remembered that it is not asked again.
		unlisted, remembered, fails bool
	}{
		"shown":                    {nil, false, true, false},
		"forbidden":                {forbidden, true, true, false},
		"no such subscription":     {&azure.Error{Status: 404, Code: "SubscriptionNotFound"}, true, true, false},
		"not found":                {&azure.Error{Status: 404, Code: "ResourceNotFound"}, true, true, false},
		"no such version":          {&azure.Error{Status: 400, Code: "NoRegisteredProviderFound"}, true, true, false},
		"never used":               {&azure.Error{Status: 409, Code: "MissingSubscriptionRegistration"}, false, true, false},
		"a failure":                {&azure.Error{Status: 500, Code: "InternalServerError"}, true, false, true},
		"an answer that was lost":  {io.EOF, true, false, true},
		"a request that is no use": {&azure.Error{Status: 400, Code: "BadRequest"}, true, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			called := new(atomic.Int32)
			one := lister{map[string][]string{"s": {"a", "b"}, "t": {"c"}}, map[string]error{"t": test.err}, called}
			var memory azure.Memory[azure.Listing[string]]
			want := []string{"a", "b"}
			if test.err == nil {
				want = append(want, "c")
			}
			for range 2 {
				items, unlisted, err := azure.ListAll(t.Context(), &memory, []lister{one}, "s", "t", "S", "")
				if diff := cmp.Diff(want, items); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if len(unlisted) > 0 != test.unlisted || (err != nil) != test.fails || test.fails && !errors.Is(err, test.err) {
					t.Errorf("unlisted %v, error %v", unlisted, err)
				}
				for _, missing := range unlisted {
					if missing.SubscriptionID != "t" || !errors.Is(missing.Err, test.err) {
						t.Errorf("unlisted: %v", missing)
					}
				}
			}
			if asked := called.Load(); asked != 2 && test.remembered || asked != 3 && !test.remembered {
				t.Errorf("asked %d times", asked)
			}
		})
	}
}

func TestUnlessRetired(t *testing.T) {
	t.Parallel()
	for code, retired := range map[string]bool{
		"InvalidResourceType": true, "InvalidResourceNamespace": true, "NoRegisteredProviderFound": true,
		"ResourceNotFound": true, "SubscriptionNotFound": false, "AuthorizationFailed": false,
	} {
		err := &azure.Error{Status: 404, Code: code}
		if got := azure.UnlessRetired(err); (got == nil) != retired {
			t.Errorf("%s: %v", code, got)
		}
	}
	if err := azure.UnlessRetired(nil); err != nil {
		t.Error(err)
	}
}
