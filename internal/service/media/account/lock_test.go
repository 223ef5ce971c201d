// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestAccAccount_locked changes and destroys an account under a lock. Both end at once, and name the lock.
func TestAccAccount_locked(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	const message = "The scope '/subscriptions/s/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia' " +
		"cannot perform delete operation because following scope(s) are locked: '/subscriptions/s/resourceGroups/media'. " +
		"Please remove the lock and try again."
	named := check.Says("code ScopeLocked", "Remove the lock", "The lock is on /subscriptions/s/resourceGroups/media",
		"az lock list --resource-group media", "az lock delete --ids LOCK_ID", "Nothing was changed")
	now := func() time.Time {
		at, err := azure.Rehearsal().Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	refuse := func(method string) {
		if _, err := azure.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: method, Path: "*/mediaservices/*", Times: -1,
			Status: http.StatusConflict, Code: "ScopeLocked", Message: message,
		}); err != nil {
			t.Fatal(err)
		}
	}
	var before time.Time
	plain, tagged := azure.Config(account(one, "")), azure.Config(account(one, `tags = { a = "1" }`))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: plain},
			{
				PreConfig: func() { refuse(http.MethodPatch); refuse(http.MethodDelete); before = now() },
				Config:    tagged, ExpectError: named,
			},
			{Config: plain, Destroy: true, ExpectError: named},
			{
				PreConfig: func() {
					if waited := now().Sub(before); waited > time.Minute {
						t.Errorf("waited %s for a lock", waited)
					}
					for _, method := range []string{http.MethodPatch, http.MethodDelete} {
						if sent := azure.Requests(method, "/mediaservices/contosomedia"); len(sent) != 1 {
							t.Errorf("sent %s %d times", method, len(sent))
						}
					}
					if _, err := azure.Rehearsal().ClearFaults(t.Context(), ""); err != nil {
						t.Fatal(err)
					}
				},
				Config: tagged,
			},
		},
	})
}
