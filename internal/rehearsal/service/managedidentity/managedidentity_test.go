// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package managedidentity_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/resourcestest"
)

const version = "?api-version=2023-01-31"

// options makes clients of the SDK come to a cloud of tests.
func options(c *resourcestest.Cloud) *arm.ClientOptions {
	return &arm.ClientOptions{ClientOptions: azcore.ClientOptions{Transport: c}}
}

// owner signs the subscription's owner in.
func owner(t *testing.T, c *resourcestest.Cloud) azcore.TokenCredential {
	t.Helper()
	credential, err := azidentity.NewClientSecretCredential(
		c.Tenant, c.Owner.AppID, c.Owner.Secret, &azidentity.ClientSecretCredentialOptions{
			ClientOptions: azcore.ClientOptions{Transport: c},
		})
	if err != nil {
		t.Fatal(err)
	}
	return credential
}

func TestTheSDKLeadsAnIdentityThroughItsLife(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	c.Group(t, "media")
	ctx := t.Context()
	client, err := armmsi.NewUserAssignedIdentitiesClient(c.Subscription.Name(),
		owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	made, err := client.CreateOrUpdate(ctx, "media", "keys", armmsi.Identity{
		Location: to.Ptr("West Europe"), Tags: map[string]*string{"a": to.Ptr("b")},
		Properties: &armmsi.UserAssignedIdentityProperties{
			PrincipalID: to.Ptr("00000000-0000-0000-0000-000000000001"),
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Transact(t, func(tx *engine.Tx) {
		principal, ok := c.Directory.Principal(tx, *made.Properties.PrincipalID)
		want := entra.Principal{
			ObjectID: *made.Properties.PrincipalID, AppID: *made.Properties.ClientID,
			TenantID: *made.Properties.TenantID, Name: "keys", Kind: entra.ManagedIdentity,
			ResourceID: engine.ID(*made.ID),
		}
		if !ok || principal != want {
			t.Errorf("the principal is %+v, want %+v", principal, want)
		}
	})
	updated, err := client.Update(ctx, "media", "keys", armmsi.IdentityUpdate{
		Tags: map[string]*string{"c": to.Ptr("d")},
	}, nil)
	if err != nil || len(updated.Tags) != 1 ||
		*updated.Properties.PrincipalID != *made.Properties.PrincipalID {
		t.Errorf("PATCH: %+v %v", updated.Identity, err)
	}
	again, err := client.CreateOrUpdate(ctx, "media", "KEYS", armmsi.Identity{
		Location: to.Ptr("westeurope"),
	}, nil)
	if err != nil || *again.Properties.PrincipalID != *made.Properties.PrincipalID ||
		*again.Properties.ClientID != *made.Properties.ClientID || *again.ID != *made.ID {
		t.Errorf("PUT again: %+v %v", again.Identity, err)
	}
	if _, err := client.Delete(ctx, "media", "keys", nil); err != nil {
		t.Fatal(err)
	}
	c.Transact(t, func(tx *engine.Tx) {
		if _, ok := c.Directory.Principal(tx, *made.Properties.PrincipalID); ok {
			t.Error("the principal outlives the identity")
		}
	})
	if _, err := client.Delete(ctx, "media", "keys", nil); err != nil {
		t.Errorf("DELETE again: %v", err)
	}
}

func TestNamesAreChecked(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	group := c.Group(t, "media")
	for name, status := range map[string]int{
		"abc": 201, "1-_": 201, strings.Repeat("a", 128): 201,
		"ab": 400, "-abc": 400, "a.b": 400, strings.Repeat("a", 129): 400,
	} {
		answer := c.As(t, c.Owner, http.MethodPut, string(group)+
			"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"+name+version,
			`{"location":"westeurope"}`)
		if answer.Status != status {
			t.Errorf("%s: %d %v, want %d", name, answer.Status, answer.Body, status)
		}
	}
}

// hosts registers a type of resources that can have identities.
func hosts(c *resourcestest.Cloud) {
	c.Register(&engine.ResourceType{
		Name: "Microsoft.Test/hosts", HasIdentity: true,
		Write: func(_ *engine.Request, _, _ *engine.Resource) (engine.Outcome, error) {
			return engine.Outcome{}, nil
		},
	})
}

func withIdentity(kind string, ids ...engine.ID) string {
	listed := map[string]any{}
	for _, id := range ids {
		listed[string(id)] = map[string]any{}
	}
	raw, err := json.Marshal(map[string]any{
		"location": "westeurope",
		"identity": map[string]any{"type": kind, "userAssignedIdentities": listed},
	})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestResourcesGetSystemAssignedIdentities(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	hosts(c)
	host := string(c.Group(t, "media")) + "/providers/Microsoft.Test/hosts/h"
	answer := c.As(t, c.Owner, http.MethodPut, host+version, withIdentity("SystemAssigned"))
	principal := answer.Text("identity", "principalId")
	if answer.Status != http.StatusCreated || principal == "" ||
		answer.Text("identity", "tenantId") != c.Tenant {
		t.Fatalf("%d %v", answer.Status, answer.Body)
	}
	identity, err := armmsi.NewSystemAssignedIdentitiesClient(owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	got, err := identity.GetByScope(t.Context(), strings.TrimPrefix(host, "/"), nil)
	if err != nil || *got.Properties.PrincipalID != principal || *got.Properties.ClientID == "" {
		t.Errorf("%v %v", got, err)
	}
	answer = c.As(t, c.Owner, http.MethodPut, host+version, withIdentity("SystemAssigned"))
	if again := answer.Text("identity", "principalId"); again != principal {
		t.Errorf("PUT changed the principal from %s to %s", principal, again)
	}
	c.As(t, c.Owner, http.MethodPatch, host+version, `{"identity":{"type":"None"}}`)
	c.Transact(t, func(tx *engine.Tx) {
		if _, ok := c.Directory.Principal(tx, principal); ok {
			t.Error("the principal outlives the identity")
		}
	})
	if _, err := identity.GetByScope(t.Context(), strings.TrimPrefix(host, "/"), nil); err == nil {
		t.Error("the identity that was switched off is shown")
	}
}

func TestResourcesTakeUserAssignedIdentities(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	hosts(c)
	group := c.Group(t, "media")
	identity, principal := c.Identity(t, group, "keys")
	host := string(group) + "/providers/Microsoft.Test/hosts/h"
	answer := c.As(t, c.Owner, http.MethodPut, host+version, withIdentity("UserAssigned", identity))
	if got := answer.Text("identity", "userAssignedIdentities", string(identity),
		"principalId"); answer.Status != http.StatusCreated || got != principal {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
	tests := map[string]struct {
		id   engine.ID
		code string
	}{
		"missing":   {identity + "x", "FailedIdentityOperation"},
		"a group":   {group, "LinkedInvalidPropertyId"},
		"no ID":     {"keys", "LinkedInvalidPropertyId"},
		"something": {"/subscriptions/s/resourceGroups/g/providers/A.B/c/d", "LinkedInvalidPropertyId"},
	}
	for name, test := range tests {
		answer := c.As(t, c.Owner, http.MethodPut, host+version,
			withIdentity("UserAssigned", test.id))
		if answer.Status != http.StatusBadRequest || answer.Code() != test.code {
			t.Errorf("%s: %d %v, want %s", name, answer.Status, answer.Body, test.code)
		}
	}
}

// Giving an identity to a resource takes a permission on the identity.
func TestAssigningAnIdentityTakesPermission(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	hosts(c)
	hostGroup, identityGroup := c.Group(t, "hosts"), c.Group(t, "identities")
	identity, _ := c.Identity(t, identityGroup, "keys")
	host := string(hostGroup) + "/providers/Microsoft.Test/hosts/h"
	assign := func(scope engine.ID, role string) {
		c.Transact(t, func(tx *engine.Tx) {
			c.Authorization.Assign(tx, scope, role, c.Stranger.ObjectID)
		})
	}
	assign(hostGroup, authorization.Contributor)
	answer := c.As(t, c.Stranger, http.MethodPut, host+version,
		withIdentity("UserAssigned", identity))
	want := fmt.Sprintf("The client '%s' with object id '%s' has permission to perform action "+
		"'Microsoft.Test/hosts/write' on scope '%s'; however, it does not have permission to "+
		"perform action(s) 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the "+
		"linked scope(s) '%s' (respectively) or the linked scope(s) are invalid.",
		c.Stranger.AppID, c.Stranger.ObjectID, host, identity)
	if answer.Status != http.StatusForbidden || answer.Code() != "LinkedAuthorizationFailed" ||
		answer.Text("error", "message") != want {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
	assign(identity, authorization.ManagedIdentityOperator)
	answer = c.As(t, c.Stranger, http.MethodPut, host+version, withIdentity("UserAssigned", identity))
	if answer.Status != http.StatusCreated {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
}
