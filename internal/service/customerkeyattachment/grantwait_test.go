// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// patient is how long Azure may not list a new grant, and what polling adds to it.
const patient = 2*time.Minute + 30*time.Second

// elsewhere makes a key in another vault, by roles or by access policies. Nothing is granted there.
func elsewhere(w world, byRoles bool) (vault, key string) {
	if byRoles {
		vault = w.Vault("elsewhere", fixture.ByRoles)
	} else {
		vault = w.Vault("elsewhere")
	}
	return vault, versionless(w.Key("elsewhere", "second"))
}

// TestNouns_refuseAGrantThatWasNeverMade: it is waited for only as long as Azure may not list a new one.
func TestNouns_refuseAGrantThatWasNeverMade(t *testing.T) {
	t.Parallel()
	for name, noun := range nouns() {
		for _, byRoles := range []bool{false, true} {
			t.Run(name+map[bool]string{false: " by policies", true: " by roles"}[byRoles], func(t *testing.T) {
				t.Parallel()
				w := noun.world(t)
				proto := w.Proto()
				made := noun.protected(t, w, proto)
				vault, key := elsewhere(w, byRoles)
				plan := proto.Plan(noun.resource(), made, noun.config(w, key, w.identity))
				before := w.now()
				_, diags := proto.Apply(plan)
				says(t, diags.Errors(), "CMK009", "without get, wrapKey, unwrapKey", "Azure said ",
					"Waited 1m21s for Azure to list the grant of the identity "+w.identity+" (object ID "+w.reader+
						") in the vault elsewhere", "azuremedia_customer_key_grant", nothingChanged,
					map[bool]string{false: "az keyvault set-policy --name elsewhere", true: vault}[byRoles])
				if waited := w.now().Sub(before); waited > patient {
					t.Errorf("waited %s", waited)
				}
				if key, _ := w.attached(); key != versionless(w.key) {
					t.Errorf("the account was changed to %s", key)
				}
			})
		}
	}
}

// TestNouns_waitForAGrantThatIsMadeMeanwhile, as by a resource that the configuration does not depend on,
// and that takes minutes to act.
func TestNouns_waitForAGrantThatIsMadeMeanwhile(t *testing.T) {
	t.Parallel()
	for name, noun := range nouns() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := noun.world(t)
			made := noun.protected(t, w, w.Proto())
			vault, key := elsewhere(w, true)
			w.delayGrants(t, 9*time.Minute)
			w.Advance(10 * time.Minute) // The grants until here act.
			var changes atomic.Int32
			proto := w.protoOver(t, meddler{w.Transport(), func(request *http.Request) {
				if request.Method == http.MethodPatch && changes.Add(1) == 3 {
					w.Assign(vault, w.reader, customerkey.RoleCryptoServiceEncryptionUserID)
				}
			}})
			before := w.now()
			proto.Update(made, noun.config(w, key, w.identity))
			if waited := w.now().Sub(before); waited < 9*time.Minute || waited > 12*time.Minute {
				t.Errorf("waited %s, but the grant was made after some seconds and acts 9m later", waited)
			}
			if found, _ := w.attached(); found != key {
				t.Errorf("the account is on %s", found)
			}
		})
	}
}

// TestNouns_waitForAGrantThatCannotBeSeen, since it may be there, and say that they could not see it.
func TestNouns_waitForAGrantThatCannotBeSeen(t *testing.T) {
	t.Parallel()
	for name, noun := range nouns() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := noun.world(t)
			proto := w.Proto()
			made := noun.protected(t, w, proto)
			_, key := elsewhere(w, true)
			if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
				Kind: fault.Error, Method: http.MethodGet, Path: "*/roleAssignments", Times: -1,
				Status: http.StatusForbidden, Code: "AuthorizationFailed", Message: "The client is not allowed to.",
			}); err != nil {
				t.Fatal(err)
			}
			plan := proto.Plan(noun.resource(), made, with(noun.config(w, key, w.identity),
				"timeouts", acctest.Value{"update": "10m"}))
			if errors := plan.Diagnostics.Errors(); len(errors) > 0 {
				t.Fatal(errors.Text())
			}
			before := w.now()
			_, diags := proto.Apply(plan)
			says(t, diags.Errors(), "CMK009", "a grant that cannot be seen with these credentials", "Waited 9m12s for Azure to "+
				"act on the grant of the identity "+w.identity+" (object ID "+w.reader+") in the vault elsewhere", nothingChanged)
			if waited := w.now().Sub(before); waited < 9*time.Minute {
				t.Errorf("waited %s", waited)
			}
		})
	}
}

// TestRegain_refusesAGrantThatIsNotThere: the account lost access since somebody removed its grant, and an
// apply that has nothing else to do ends soon.
func TestRegain_refusesAGrantThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, fixture.ByRoles)
	grant := w.Assign(w.ID("Microsoft.KeyVault/vaults", "keys"), w.principal(), customerkey.RoleCryptoServiceEncryptionUserID)
	proto := w.Proto()
	made := proto.Create(attachment, w.config())
	w.Unassign(grant)
	plan := proto.Plan(attachment, made, w.config())
	before := w.now()
	_, diags := proto.Apply(plan)
	says(t, diags.Errors(), "CMK012", "get, wrapKey, unwrapKey", "Waited 1m21s for Azure to list the grant of the account's "+
		"system-assigned identity (object ID "+w.principal()+") in the vault keys", "azuremedia_customer_key_grant")
	if waited := w.now().Sub(before); waited > patient {
		t.Errorf("waited %s", waited)
	}
}

// TestAccAttachment_withoutAGrant leaves the grant out, which ends within two minutes, and then adds it.
func TestAccAttachment_withoutAGrant(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(map[bool]string{false: "policies", true: "roles"}[byRoles], func(t *testing.T) {
			t.Parallel()
			azure, somebody := opened(t)
			whole := procedure(byRoles, following, "")
			const from, until = `resource "azuremedia_customer_key_grant" "test" {`, `resource "azuremedia_customer_key_attachment"`
			head, rest, _ := strings.Cut(whole, from)
			_, tail, _ := strings.Cut(rest, until)
			without := strings.ReplaceAll(head+until+tail, "depends_on = [azuremedia_customer_key_grant.test]", "")
			var before time.Time
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: azure.Factories(),
				CheckDestroy:             azure.Empty,
				Steps: []resource.TestStep{
					{
						PreConfig: func() { before = somebody().now() },
						Config:    azure.Config(without),
						ExpectError: check.Says("CMK009", "without get, wrapKey, unwrapKey", "Waited 1m21s for Azure to list the grant of",
							"in the vault keys", "azuremedia_customer_key_grant", "Nothing was changed"),
					},
					{
						PreConfig: func() {
							// The creation of the rest takes its time as well.
							if took := somebody().now().Sub(before); took > patient+5*time.Minute {
								t.Errorf("the apply took %s", took)
							}
						},
						Config: azure.Config(whole),
					},
					{Config: azure.Config(whole), ConfigPlanChecks: check.Unchanged()},
				},
			})
		})
	}
}
