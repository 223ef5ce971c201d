// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package userassignedidentity_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// attach has an account read a key by the identity "reader".
func attach(w *fixture.World) {
	reader, principal := w.Identity("reader")
	w.Vault("keys")
	w.Grant("keys", principal)
	w.Account("contoso", reader)
	w.Attach("contoso", w.Key("keys", "media"), reader)
}

// TestInUse warns of a plan that takes the identity away from an account, and refuses the apply, until
// the account does not read its key by it any more (CMK017).
func TestInUse(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	config := acctest.Value{"name": "reader", "resource_group_name": fixture.Group, "location": fixture.Location}
	made := proto.Create(resourceType, config)
	if diags := proto.Plan(resourceType, made, nil).Diagnostics; len(diags) > 0 {
		t.Errorf("nobody uses it: %s", diags.Text())
	}
	attach(w)

	for name, test := range map[string]struct {
		config acctest.Value
		text   string
	}{
		"destroyed": {nil, "First create another identity beside it with a grant of its own"},
		"replaced": {
			acctest.Value{"name": "other", "resource_group_name": fixture.Group, "location": fixture.Location},
			"Add lifecycle { create_before_destroy = true } to the azuremedia_user_assigned_identity",
		},
	} {
		diags := w.Proto().Plan(resourceType, made, test.config).Diagnostics
		if len(diags) != 1 || len(diags.Warnings()) != 1 || diags[0].Summary != "Identity Still In Use (CMK017)" ||
			!strings.Contains(diags.Text(), "the Media Services account contoso (resource group media") ||
			!strings.Contains(diags.Text(), test.text) {
			t.Errorf("%s: %s", name, diags.Text())
		}
	}
	tagged := acctest.Value{"name": "reader", "resource_group_name": fixture.Group, "location": fixture.Location, "tags": acctest.Value{"a": "1"}}
	if diags := w.Proto().Plan(resourceType, made, tagged).Diagnostics; len(diags) > 0 {
		t.Errorf("warns of a change that keeps it: %s", diags.Text())
	}

	kept, diags := proto.Apply(proto.Plan(resourceType, made, nil))
	if kept.State == nil || len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), "(CMK017)") ||
		!strings.Contains(diags.Text(), "Nothing was changed.") ||
		len(w.Requests(http.MethodDelete, "/userAssignedIdentities/reader")) > 0 {
		t.Errorf("%v: %s", kept.State, diags.Text())
	}

	// An account that has lost access already does not stand in the way.
	w.Revoke("keys", made.State["principal_id"].(string))
	gone, diags := proto.Apply(w.Proto().Plan(resourceType, made, nil))
	if gone.State != nil || len(diags) > 0 {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
}

// TestInUse_whereNobodyMayList goes by what can be known, and says what cannot.
func TestInUse_whereNobodyMayList(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	made := w.Proto().Create(resourceType, acctest.Value{
		"name": "reader", "resource_group_name": fixture.Group, "location": fixture.Location,
	})
	attach(w)
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: http.MethodGet, Path: "*/mediaservices", Times: -1, Status: 403, Code: "AuthorizationFailed",
	}); err != nil {
		t.Fatal(err)
	}
	proto := w.Proto()
	plan := proto.Plan(resourceType, made, nil)
	gone, diags := proto.Apply(plan)
	if gone.State != nil || len(diags) > 0 {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
	unseen := "accounts may depend on it in Media Services accounts in the subscription " + w.SubscriptionID() +
		" (AuthorizationFailed), which could not be listed"
	if len(plan.Diagnostics) != 1 || !strings.Contains(plan.Diagnostics.Warnings().Text(), unseen) {
		t.Errorf("planned: %s", plan.Diagnostics.Text())
	}
}

// TestAccInUse renames an identity by which an account reads its key.
func TestAccInUse(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	config := func(name string) string {
		return w.Config(fmt.Sprintf(`
resource "azuremedia_user_assigned_identity" "test" {
  name                = %q
  resource_group_name = %q
  location            = %q
}
`, name, fixture.Group, fixture.Location))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config("reader")},
			{
				PreConfig:   func() { attach(w) },
				Config:      config("another"),
				ExpectError: check.Says("Identity Still In Use (CMK017)", "account contoso", "create another identity beside it", "Nothing was changed"),
			},
			{Config: config("reader"), ConfigPlanChecks: check.Unchanged()},
			{PreConfig: func() { w.Detach("contoso") }, Config: config("another")},
		},
	})
	if status := azure.Deref(w.ShowAccount("contoso").Properties.Encryption.Status); status != "" {
		t.Errorf("the account is %s", status)
	}
}
