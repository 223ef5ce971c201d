// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package authorization_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/resourcestest"
)

const (
	version     = "?api-version=2022-04-01"
	assignments = "/providers/Microsoft.Authorization/roleAssignments"
	definitions = "/providers/Microsoft.Authorization/roleDefinitions"
)

// assignment is the body of a role assignment.
func assignment(role, principal, more string) string {
	return fmt.Sprintf(`{"properties":{"roleDefinitionId":%q,"principalId":%q%s}}`,
		definitions+"/"+role, principal, more)
}

func put(t *testing.T, c *resourcestest.Cloud, scope engine.ID, name, body string) resourcestest.Answer {
	t.Helper()
	return c.As(t, c.Owner, http.MethodPut, string(scope)+assignments+"/"+name+version, body)
}

func allowed(t *testing.T, c *resourcestest.Cloud, action string, scope engine.ID) (ok bool) {
	t.Helper()
	c.Transact(t, func(tx *engine.Tx) {
		ok = c.Authorization.Allowed(tx, c.Stranger.ObjectID, action, scope)
	})
	return ok
}

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

func TestTheSDKLeadsAnAssignmentThroughItsLife(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	ctx := t.Context()
	group := c.Group(t, "media")
	roles, err := armauthorization.NewRoleDefinitionsClient(owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	page, err := roles.NewListPager(strings.TrimPrefix(string(group), "/"),
		&armauthorization.RoleDefinitionsClientListOptions{
			Filter: to.Ptr("roleName eq 'Key Vault Crypto User'"),
		}).NextPage(ctx)
	if err != nil || len(page.Value) != 1 || *page.Value[0].Name != authorization.KeyVaultCryptoUser {
		t.Fatalf("%v %v", page, err)
	}
	role := page.Value[0]
	client, err := armauthorization.NewRoleAssignmentsClient(c.Subscription.Name(),
		owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	scope, name := strings.TrimPrefix(string(group), "/"), uuid.NewString()
	made, err := client.Create(ctx, scope, name, armauthorization.RoleAssignmentCreateParameters{
		Properties: &armauthorization.RoleAssignmentProperties{
			PrincipalID: to.Ptr(c.Stranger.ObjectID), RoleDefinitionID: role.ID,
			Description: to.Ptr("because"),
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := made.Properties; *got.Scope != string(group) || *got.RoleDefinitionID != *role.ID ||
		*got.PrincipalType != armauthorization.PrincipalTypeServicePrincipal ||
		*got.Description != "because" || *got.CreatedBy != c.Owner.ObjectID || got.CreatedOn == nil {
		t.Errorf("made %+v", got)
	}
	got, err := client.GetByID(ctx, strings.TrimPrefix(*made.ID, "/"), nil)
	if err != nil || *got.Name != name {
		t.Errorf("%v %v", got, err)
	}
	listed, err := client.NewListForScopePager(scope,
		&armauthorization.RoleAssignmentsClientListForScopeOptions{
			Filter: to.Ptr("principalId%20eq%20'" + c.Stranger.ObjectID + "'"), // The SDK sends it as it is.
		}).NextPage(ctx)
	if err != nil || len(listed.Value) != 1 {
		t.Errorf("%v %v", listed, err)
	}
	gone, err := client.Delete(ctx, scope, name, nil)
	if err != nil || *gone.ID != *made.ID {
		t.Errorf("%v %v", gone, err)
	}
	if _, err := client.Delete(ctx, scope, name, nil); err != nil {
		t.Errorf("DELETE again: %v", err)
	}
	answer := c.As(t, c.Owner, http.MethodGet, string(group)+assignments+"/"+name+version, "")
	if answer.Status != http.StatusNotFound || answer.Code() != "RoleAssignmentNotFound" {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
}

func TestAssignmentsAreCheckedAsAzureDoes(t *testing.T) {
	c := resourcestest.New(t)
	group := c.Group(t, "media")
	name, stranger := uuid.NewString(), c.Stranger.ObjectID
	reader := assignment(authorization.Reader, stranger, "")
	if answer := put(t, c, group, name, reader); answer.Status != http.StatusCreated {
		t.Fatalf("%d %v", answer.Status, answer.Body)
	}
	nobody := uuid.NewString()
	plain := func(id string) string { return strings.ReplaceAll(id, "-", "") }
	vault := group + "/providers/Microsoft.KeyVault/vaults/v"
	tests := map[string]struct {
		scope         engine.ID
		name, body    string
		status        int
		code, message string
	}{
		"the same again": {group, name, reader, 200, "", ""},
		"the same under another name": {
			group, uuid.NewString(), reader, 409, "RoleAssignmentExists",
			"The role assignment already exists. The ID of the existing role assignment is " +
				plain(name) + ".",
		},
		"another role under the same name": {
			group, name, assignment(authorization.Contributor, stranger, ""), 400,
			"RoleAssignmentUpdateNotPermitted",
			"Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
		},
		"another principal under the same name": {
			group, name, assignment(authorization.Reader, c.Owner.ObjectID, ""), 400,
			"RoleAssignmentUpdateNotPermitted",
			"Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
		},
		"a principal that is not there": {
			group, uuid.NewString(), assignment(authorization.Reader, nobody, ""), 400,
			"PrincipalNotFound",
			"Principal " + plain(nobody) + " does not exist in the directory " + c.Tenant +
				". Check that you have the correct principal ID. If you are creating this principal " +
				"and then immediately assigning a role, this error might be related to a " +
				"replication delay. In this case, set the role assignment principalType property " +
				"to a value, such as ServicePrincipal, User, or Group.  See " +
				"https://aka.ms/docs-principaltype",
		},
		"a principal that is not there yet": {
			group, uuid.NewString(),
			assignment(authorization.Reader, nobody, `,"principalType":"ServicePrincipal"`), 201, "", "",
		},
		"a principal of another type": {
			group, uuid.NewString(),
			assignment(authorization.Reader, stranger, `,"principalType":"User"`), 400,
			"UnmatchedPrincipalType", "The PrincipalId '" + plain(stranger) + "' has type " +
				"'ServicePrincipal' , which is different from specified PrinciaplType 'User'.",
		},
		"no principal": {
			group, uuid.NewString(), assignment(authorization.Reader, "x", ""), 400,
			"InvalidPrincipalId", "A valid principal ID must be provided for role assignment.",
		},
		"a role that is not there": {
			group, uuid.NewString(), assignment(nobody, stranger, ""), 404, "RoleDefinitionDoesNotExist",
			"The specified role definition with ID '" + plain(nobody) + "' does not exist.",
		},
		"a name that is no GUID": {
			group, "mine", reader, 400, "InvalidRoleAssignmentId",
			"The role assignment ID 'mine' is not valid. The role assignment ID must be a GUID.",
		},
		"a group that is not there": {
			c.Subscription + "/resourceGroups/none", uuid.NewString(), reader, 404,
			"ResourceGroupNotFound", "Resource group 'none' could not be found.",
		},
		"a vault that is not there": {
			vault, uuid.NewString(), reader, 404, "ResourceNotFound",
			"The Resource 'Microsoft.KeyVault/vaults/v' under resource group 'media' was not " +
				"found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
		},
		"a key of a vault that is not there": {
			vault + "/keys/k", uuid.NewString(), reader, 404, "ResourceNotFound",
			"The Resource 'Microsoft.KeyVault/vaults/v' under resource group 'media' was not " +
				"found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := put(t, c, test.scope, test.name, test.body)
			if answer.Status != test.status || answer.Code() != test.code ||
				answer.Text("error", "message") != test.message {
				t.Errorf("%d %v, want %d %s: %s", answer.Status, answer.Body,
					test.status, test.code, test.message)
			}
		})
	}
	for _, body := range []string{``, `{`, `[]`, `{}`, `{"properties":1}`} {
		if answer := put(t, c, group, uuid.NewString(), body); answer.Status != http.StatusBadRequest {
			t.Errorf("body %s: %d %v", body, answer.Status, answer.Body)
		}
	}
	for other, status := range map[string]int{name: 204, uuid.NewString(): 404} {
		if answer := c.As(t, c.Owner, http.MethodHead,
			string(group)+assignments+"/"+other+version, ""); answer.Status != status {
			t.Errorf("HEAD: %d, want %d", answer.Status, status)
		}
	}
}

func TestAnAssignmentCountsAtItsScopeAndBelow(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	group := c.Group(t, "media")
	identity, _ := c.Identity(t, group, "keys")
	const action = "Microsoft.ManagedIdentity/userAssignedIdentities/read"
	scopes := []engine.ID{c.Subscription, group, identity, identity + "/nested/x"}
	for i, at := range scopes[:3] {
		name := uuid.NewString()
		if answer := put(t, c, at, name, assignment(authorization.Reader, c.Stranger.ObjectID,
			"")); answer.Status != http.StatusCreated {
			t.Fatalf("%s: %d %v", at, answer.Status, answer.Body)
		}
		for j, scope := range scopes {
			if got, want := allowed(t, c, action, scope), j >= i; got != want {
				t.Errorf("assigned at %s, allowed at %s: %v", at, scope, got)
			}
		}
		if allowed(t, c, action, c.Subscription+"/resourceGroups/mediator") && i > 0 {
			t.Errorf("assigned at %s, it counts for a group with a longer name", at)
		}
		c.As(t, c.Owner, http.MethodDelete, string(at)+assignments+"/"+name+version, "")
		if allowed(t, c, action, scopes[3]) {
			t.Errorf("the assignment at %s outlives its deletion", at)
		}
	}
}

func TestRolesAllowWhatAzureDocuments(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	const keys = "Microsoft.KeyVault/vaults/keys/"
	tests := []struct {
		role, action string
		data, want   bool
	}{
		{authorization.Owner, "Microsoft.Authorization/roleAssignments/write", false, true},
		{authorization.Owner, keys + "wrap/action", true, false},
		{authorization.Contributor, "Microsoft.Media/mediaservices/write", false, true},
		{authorization.Contributor, "Microsoft.Authorization/roleAssignments/write", false, false},
		{authorization.Contributor, "microsoft.authorization/ROLEASSIGNMENTS/delete", false, false},
		{authorization.Contributor, "Microsoft.Authorization/roleAssignments/read", false, true},
		{authorization.Reader, "Microsoft.Media/mediaservices/read", false, true},
		{authorization.Reader, "Microsoft.Media/mediaservices/write", false, false},
		{authorization.Reader, "Microsoft.Storage/storageAccounts/listKeys/action", false, false},
		{
			authorization.UserAccessAdministrator, "Microsoft.Authorization/roleAssignments/write", false,
			true,
		},
		{authorization.UserAccessAdministrator, "Microsoft.Media/mediaservices/write", false, false},
		{authorization.KeyVaultAdministrator, keys + "create/action", true, true},
		{authorization.KeyVaultAdministrator, "Microsoft.KeyVault/vaults/write", false, false},
		{authorization.KeyVaultContributor, "Microsoft.KeyVault/vaults/write", false, true},
		{
			authorization.KeyVaultContributor, "Microsoft.KeyVault/locations/deletedVaults/purge/action",
			false, false,
		},
		{authorization.KeyVaultContributor, keys + "read", true, false},
		{authorization.KeyVaultCryptoOfficer, keys + "create/action", true, true},
		{
			authorization.KeyVaultCryptoOfficer, "Microsoft.KeyVault/vaults/keyrotationpolicies/write",
			true, true,
		},
		{
			authorization.KeyVaultCryptoOfficer, "Microsoft.KeyVault/vaults/secrets/getSecret/action",
			true, false,
		},
		{authorization.KeyVaultCryptoUser, keys + "wrap/action", true, true},
		{authorization.KeyVaultCryptoUser, keys + "create/action", true, false},
		{authorization.KeyVaultCryptoServiceEncryptionUser, keys + "unwrap/action", true, true},
		{authorization.KeyVaultCryptoServiceEncryptionUser, keys + "sign/action", true, false},
		{authorization.KeyVaultReader, keys + "read", true, true},
		{authorization.KeyVaultReader, keys + "wrap/action", true, false},
		{
			authorization.StorageAccountKeyOperatorServiceRole,
			"Microsoft.Storage/storageAccounts/regenerateKey/action", false, true,
		},
		{
			authorization.StorageAccountKeyOperatorServiceRole,
			"Microsoft.Storage/storageAccounts/write", false, false,
		},
		{
			authorization.StorageBlobDataContributor,
			"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write", true, true,
		},
		{
			authorization.StorageBlobDataReader,
			"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write", true, false,
		},
		{
			authorization.ManagedIdentityOperator,
			"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", false, true,
		},
		{
			authorization.ManagedIdentityContributor,
			"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action", false, false,
		},
		{
			authorization.MediaServicesAccountAdministrator, "Microsoft.Media/mediaservices/write", false,
			true,
		},
		{
			authorization.MediaServicesMediaOperator,
			"Microsoft.Media/mediaservices/streamingLocators/listContentKeys/action", false, false,
		},
		{
			authorization.MediaServicesMediaOperator,
			"Microsoft.Media/mediaservices/streamingLocators/write", false, true,
		},
	}
	for _, test := range tests {
		var got bool
		c.Transact(t, func(tx *engine.Tx) {
			id := c.Authorization.Assign(tx, c.Subscription, test.role, c.Stranger.ObjectID)
			check := c.Authorization.Allowed
			if test.data {
				check = c.Authorization.AllowedData
			}
			got = check(tx, c.Stranger.ObjectID, test.action, c.Subscription)
			tx.Remove(id)
		})
		if got != test.want {
			t.Errorf("role %s, %s (data: %v): %v", test.role, test.action, test.data, got)
		}
	}
}

func TestListsLookUpAndDown(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	group := c.Group(t, "media")
	identity, _ := c.Identity(t, group, "keys")
	other := c.Group(t, "other")
	for _, scope := range []engine.ID{c.Subscription, group, identity, other} {
		c.Transact(t, func(tx *engine.Tx) {
			c.Authorization.Assign(tx, scope, authorization.Reader, c.Stranger.ObjectID)
		})
	}
	mine := "principalId eq '" + c.Stranger.ObjectID + "'"
	tests := []struct {
		scope  engine.ID
		filter string
		want   []engine.ID
	}{
		{group, mine, []engine.ID{c.Subscription, group, identity}},
		{group, mine + " and atScope()", []engine.ID{c.Subscription, group}},
		{
			group, "atScope() and assignedTo('" + c.Stranger.ObjectID + "')",
			[]engine.ID{c.Subscription, group},
		},
		{identity, mine, []engine.ID{c.Subscription, group, identity}},
		{c.Subscription, mine, []engine.ID{c.Subscription, group, identity, other}},
		{c.Subscription, mine + " and atScope()", []engine.ID{c.Subscription}},
		{
			c.Subscription, "roleDefinitionId eq '" + authorization.Owner + "'",
			[]engine.ID{c.Subscription},
		},
		{group, "principalId eq '" + uuid.NewString() + "'", []engine.ID{}},
	}
	for _, test := range tests {
		answer := c.As(t, c.Owner, http.MethodGet, string(test.scope)+assignments+version+
			"&%24filter="+url.QueryEscape(test.filter), "")
		got := []engine.ID{}
		for _, listed := range answer.Value() {
			one, _ := listed.(map[string]any)
			properties, _ := one["properties"].(map[string]any)
			got = append(got, engine.ID(fmt.Sprint(properties["scope"])))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s: %s", test.scope, test.filter, diff)
		}
	}
	for _, filter := range []string{"x", "x eq 'y'"} {
		for _, kind := range []string{assignments, definitions} {
			answer := c.As(t, c.Owner, http.MethodGet, string(group)+kind+version+"&%24filter="+
				url.QueryEscape(filter), "")
			if answer.Status != http.StatusBadRequest {
				t.Errorf("%s %s: %d", kind, filter, answer.Status)
			}
		}
	}
	answer := c.As(t, c.Owner, http.MethodGet,
		string(c.Subscription)+"/resourceGroups/none"+assignments+version, "")
	if answer.Status != http.StatusNotFound {
		t.Errorf("a group that is not there: %d", answer.Status)
	}
}

func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	group := c.Group(t, "media")
	name := uuid.NewString()
	for _, request := range []struct{ method, path, action string }{
		{http.MethodPut, assignments + "/" + name, "Microsoft.Authorization/roleAssignments/write"},
		{http.MethodGet, assignments + "/" + name, "Microsoft.Authorization/roleAssignments/read"},
		{http.MethodDelete, assignments + "/" + name, "Microsoft.Authorization/roleAssignments/delete"},
		{http.MethodGet, assignments, "Microsoft.Authorization/roleAssignments/read"},
		{http.MethodGet, definitions, "Microsoft.Authorization/roleDefinitions/read"},
		{http.MethodPut, definitions + "/" + name, "Microsoft.Authorization/roleDefinitions/write"},
		{
			http.MethodGet, "/providers/Microsoft.Authorization/permissions",
			"Microsoft.Authorization/permissions/read",
		},
	} {
		answer := c.As(t, c.Stranger, request.method, string(group)+request.path+version,
			assignment(authorization.Owner, c.Stranger.ObjectID, ""))
		if answer.Status != http.StatusForbidden || answer.Code() != "AuthorizationFailed" ||
			!strings.Contains(answer.Text("error", "message"), "'"+request.action+"'") {
			t.Errorf("%s %s: %d %v", request.method, request.path, answer.Status, answer.Body)
		}
	}
}

func TestGrantsTakeTheirTime(t *testing.T) {
	t.Parallel()
	start := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	c := resourcestest.New(t, engine.WithTime(func() time.Time { return start }))
	var published []string
	c.Subscribe(authorization.Changed, func(_ *engine.Tx, scope string) {
		published = append(published, scope)
	})
	c.Transact(t, func(tx *engine.Tx) { tx.SetGrantDelay(5 * time.Minute) })
	group := c.Group(t, "media")
	// A version newer than the documents takes fields that nobody knows.
	c.As(t, c.Owner, http.MethodPut,
		string(group)+assignments+"/"+uuid.NewString()+"?api-version=2099-01-01",
		assignment(authorization.Reader, c.Stranger.ObjectID, `,"settled":true`))
	const action = "Microsoft.Media/mediaservices/read"
	if allowed(t, c, action, group) {
		t.Error("the assignment counts at once")
	}
	c.Transact(t, func(tx *engine.Tx) { tx.Advance(5*time.Minute - time.Millisecond) })
	before := len(published)
	if allowed(t, c, action, group) {
		t.Error("the assignment counts too early")
	}
	c.Transact(t, func(tx *engine.Tx) { tx.Advance(time.Second) })
	if !allowed(t, c, action, group) {
		t.Error("the assignment does not count after the delay")
	}
	if before != 1 || len(published) != 2 || published[1] != string(group) {
		t.Errorf("published %d times before and %v in all", before, published)
	}
}

func TestCustomRoles(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	ctx := t.Context()
	client, err := armauthorization.NewRoleDefinitionsClient(owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	group, name := c.Group(t, "media"), uuid.NewString()
	scope := strings.TrimPrefix(string(c.Subscription), "/")
	made, err := client.CreateOrUpdate(ctx, scope, name, armauthorization.RoleDefinition{
		Properties: &armauthorization.RoleDefinitionProperties{
			RoleName: to.Ptr("Key Rotator"), Description: to.Ptr("rotates"),
			AssignableScopes: []*string{to.Ptr(string(group))},
			Permissions: []*armauthorization.Permission{{
				Actions:    []*string{to.Ptr("Microsoft.Storage/*")},
				NotActions: []*string{to.Ptr("Microsoft.Storage/*/delete")},
			}},
		},
	}, nil)
	if err != nil || *made.Properties.RoleType != "CustomRole" {
		t.Fatalf("%v %v", made, err)
	}
	if answer := put(t, c, c.Subscription, uuid.NewString(),
		assignment(name, c.Stranger.ObjectID, "")); answer.Status != http.StatusNotFound {
		t.Errorf("it can be assigned above its scopes: %d %v", answer.Status, answer.Body)
	}
	assigned := uuid.NewString()
	if answer := put(t, c, group, assigned,
		assignment(name, c.Stranger.ObjectID, "")); answer.Status != http.StatusCreated {
		t.Fatalf("%d %v", answer.Status, answer.Body)
	}
	if !allowed(t, c, "Microsoft.Storage/storageAccounts/regenerateKey/action", group) ||
		allowed(t, c, "Microsoft.Storage/storageAccounts/delete", group) {
		t.Error("the role does not allow what it says")
	}
	path := string(c.Subscription) + definitions + "/"
	const permissions = `"permissions":[{"actions":["*/read"]}]`
	scopes := fmt.Sprintf(`"assignableScopes":[%q]`, group)
	tests := map[string]struct {
		method, name, body string
		status             int
		code               string
	}{
		"delete in use": {http.MethodDelete, name, "", 400, "RoleDefinitionHasAssignments"},
		"same name": {
			http.MethodPut, uuid.NewString(),
			`{"properties":{"roleName":"key rotator",` + permissions + `,` + scopes + `}}`, 409,
			"RoleDefinitionWithSameNameExists",
		},
		"no name": {
			http.MethodPut, uuid.NewString(),
			`{"properties":{` + permissions + `,` + scopes + `}}`, 400, "InvalidRoleDefinition",
		},
		"no scopes": {
			http.MethodPut, uuid.NewString(),
			`{"properties":{"roleName":"x",` + permissions + `}}`, 400, "MissingAssignableScopes",
		},
		"no permissions": {
			http.MethodPut, uuid.NewString(),
			`{"properties":{"roleName":"x",` + scopes + `}}`, 400, "MissingPermissions",
		},
		"no GUID": {http.MethodPut, "x", `{}`, 400, "InvalidRoleDefinitionId"},
		"built in": {
			http.MethodPut, authorization.Owner, `{}`, 403,
			"RoleDefinitionUpdateNotPermitted",
		},
		"delete built in": {
			http.MethodDelete, authorization.Owner, "", 403,
			"RoleDefinitionDeleteNotPermitted",
		},
		"nothing":        {http.MethodGet, uuid.NewString(), "", 404, "RoleDefinitionDoesNotExist"},
		"delete nothing": {http.MethodDelete, uuid.NewString(), "", 204, ""},
		"head":           {http.MethodHead, name, "", 204, ""},
	}
	for title, test := range tests {
		answer := c.As(t, c.Owner, test.method, path+test.name+version, test.body)
		if answer.Status != test.status || answer.Code() != test.code {
			t.Errorf("%s: %d %v, want %d %s", title, answer.Status, answer.Body, test.status, test.code)
		}
	}
	page, err := client.NewListPager(scope, &armauthorization.RoleDefinitionsClientListOptions{
		Filter: to.Ptr("type eq 'CustomRole'"),
	}).NextPage(ctx)
	if err != nil || len(page.Value) != 1 {
		t.Errorf("%v %v", page, err)
	}
	c.As(t, c.Owner, http.MethodDelete, string(group)+assignments+"/"+assigned+version, "")
	if _, err := client.Delete(ctx, scope, name, nil); err != nil {
		t.Error(err)
	}
}

func TestRolesAreThereWithoutASubscription(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	answer := c.As(t, c.Stranger, http.MethodGet, definitions+"/"+authorization.Owner+version, "")
	if answer.Status != http.StatusOK || answer.Text("properties", "roleName") != "Owner" ||
		answer.Text("id") != definitions+"/"+authorization.Owner {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
	answer = c.As(t, c.Stranger, http.MethodGet, definitions+version, "")
	if answer.Status != http.StatusOK || len(answer.Value()) < 20 {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
}

func TestTheSDKSeesWhatItMayDo(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	c.Group(t, "media")
	client, err := armauthorization.NewPermissionsClient(c.Subscription.Name(),
		owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	page, err := client.NewListForResourceGroupPager("media", nil).NextPage(t.Context())
	if err != nil || len(page.Value) != 1 || *page.Value[0].Actions[0] != "*" {
		t.Errorf("%v %v", page, err)
	}
}
