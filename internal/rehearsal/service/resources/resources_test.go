// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resources_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/resourcestest"
)

const version = "?api-version=2021-04-01"

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

func TestTheSDKLeadsAGroupThroughItsLife(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	ctx := t.Context()
	groups, err := armresources.NewResourceGroupsClient(c.Subscription.Name(),
		owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	if exists, err := groups.CheckExistence(ctx, "media", nil); err != nil || exists.Success {
		t.Fatalf("before: %v %v", exists, err)
	}
	made, err := groups.CreateOrUpdate(ctx, "media", armresources.ResourceGroup{
		Location: to.Ptr("West Europe"), Tags: map[string]*string{"team": to.Ptr("video")},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *made.ID != string(c.Subscription)+"/resourceGroups/media" || *made.Location != "westeurope" ||
		*made.Properties.ProvisioningState != "Succeeded" ||
		*made.Type != "Microsoft.Resources/resourceGroups" {
		t.Errorf("made %+v", made.ResourceGroup)
	}
	if exists, err := groups.CheckExistence(ctx, "media", nil); err != nil || !exists.Success {
		t.Errorf("after: %v %v", exists, err)
	}
	patched, err := groups.Update(ctx, "media", armresources.ResourceGroupPatchable{
		Tags: map[string]*string{"team": to.Ptr("audio")},
	}, nil)
	if err != nil || *patched.Tags["team"] != "audio" {
		t.Errorf("patched %v %v", patched, err)
	}
	c.Identity(t, c.Subscription+"/resourceGroups/media", "inside")
	poller, err := groups.BeginDelete(ctx, "media", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := poller.PollUntilDone(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if exists, err := groups.CheckExistence(ctx, "media", nil); err != nil || exists.Success {
		t.Errorf("in the end: %v %v", exists, err)
	}
}

// The SDK's clock knows nothing of an advanced one: it has to be told that its token is old.
func TestTheSDKGoesOnAfterTheClockWasAdvanced(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	groups, err := armresources.NewResourceGroupsClient(c.Subscription.Name(),
		owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := groups.CheckExistence(t.Context(), "media", nil); err != nil {
			t.Fatal(err)
		}
		c.Transact(t, func(tx *engine.Tx) { tx.Advance(6 * time.Hour) })
	}
}

func TestGroupsAreCheckedAsAzureDoes(t *testing.T) {
	c := resourcestest.New(t)
	c.Group(t, "there")
	tests := map[string]struct {
		name, body string
		status     int
		code       string
	}{
		"again":                {"there", `{"location":"West Europe"}`, 200, ""},
		"elsewhere":            {"there", `{"location":"eastus"}`, 409, "InvalidResourceGroupLocation"},
		"without a location":   {"new", `{}`, 400, "LocationRequired"},
		"nowhere":              {"new", `{"location":"atlantis"}`, 400, "LocationNotAvailableForResourceGroup"},
		"strange name":         {"a%26b", `{"location":"westeurope"}`, 400, "InvalidResourceGroup"},
		"full stop at the end": {"a.", `{"location":"westeurope"}`, 400, "InvalidResourceGroup"},
		"long name": {
			strings.Repeat("a", 91), `{"location":"westeurope"}`, 400,
			"InvalidResourceGroup",
		},
		"any letter": {"gruppe-%C3%A4_(1).x", `{"location":"westeurope"}`, 201, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := c.As(t, c.Owner, http.MethodPut,
				string(c.Subscription)+"/resourcegroups/"+test.name+version, test.body)
			if answer.Status != test.status || answer.Code() != test.code {
				t.Errorf("%d %v, want %d %s", answer.Status, answer.Body, test.status, test.code)
			}
		})
	}
}

func TestAGroupOnItsWayOutTakesNothingMore(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t, engine.WithPace(engine.Pace{Operation: time.Hour}))
	group := c.Group(t, "media")
	id, principal := c.Identity(t, group, "inside")
	answer := c.As(t, c.Owner, http.MethodDelete, string(group)+version, "")
	location := answer.Header.Get("Location")
	if answer.Status != http.StatusAccepted || answer.Header.Get("Retry-After") == "" ||
		!strings.HasPrefix(location, "https://management.azure.com"+string(c.Subscription)+
			"/operationresults/") {
		t.Fatalf("%d %v", answer.Status, answer.Header)
	}
	path := strings.TrimPrefix(location, "https://management.azure.com")
	if poll := c.As(t, c.Owner, http.MethodGet, path, ""); poll.Status != http.StatusAccepted {
		t.Errorf("poll: %d", poll.Status)
	}
	answer = c.As(t, c.Owner, http.MethodPut, string(id)+"?api-version=2023-01-31",
		`{"location":"westeurope"}`)
	if answer.Status != http.StatusConflict || answer.Code() != "ResourceGroupBeingDeleted" {
		t.Errorf("PUT in the group: %d %v", answer.Status, answer.Body)
	}
	answer = c.As(t, c.Owner, http.MethodGet, string(group)+version, "")
	if state := answer.Text("properties", "provisioningState"); state != "Deleting" {
		t.Errorf("the group is %s", state)
	}
	c.Transact(t, func(tx *engine.Tx) {
		if _, ok := c.Directory.Principal(tx, principal); ok {
			t.Error("the identity's principal outlives it")
		}
		tx.Advance(time.Hour)
	})
	poll := c.As(t, c.Owner, http.MethodGet, path, "")
	if poll.Status != http.StatusOK || poll.Body != nil {
		t.Errorf("last poll: %d %v", poll.Status, poll.Body)
	}
	answer = c.As(t, c.Owner, http.MethodGet, string(group)+version, "")
	if answer.Status != http.StatusNotFound || answer.Code() != "ResourceGroupNotFound" {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
	answer = c.As(t, c.Owner, http.MethodDelete, string(group)+version, "")
	if answer.Status != http.StatusNotFound || answer.Code() != "ResourceGroupNotFound" {
		t.Errorf("DELETE of nothing: %d %v", answer.Status, answer.Body)
	}
}

func TestADeletionThatIsRefusedInsideIsRefused(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	c.Register(&engine.ResourceType{
		Name: "Microsoft.Test/locked", Untracked: true,
		Write: func(_ *engine.Request, _, _ *engine.Resource) (engine.Outcome, error) {
			return engine.Outcome{}, nil
		},
		Remove: func(_ *engine.Request, _ *engine.Resource) (engine.Outcome, error) {
			return engine.Outcome{}, engine.Errorf(http.StatusConflict, "Locked", "It is locked.")
		},
	})
	group := c.Group(t, "media")
	c.Transact(t, func(tx *engine.Tx) {
		tx.Save(&engine.Resource{
			ID: group + "/providers/Microsoft.Test/locked/x", Type: "Microsoft.Test/locked", Name: "x",
		})
	})
	c.Identity(t, group, "inside")
	answer := c.As(t, c.Owner, http.MethodDelete, string(group)+version, "")
	if answer.Status != http.StatusConflict || answer.Code() != "ResourceGroupDeletionBlocked" {
		t.Fatalf("%d %v", answer.Status, answer.Body)
	}
	answer = c.As(t, c.Owner, http.MethodGet, string(group)+"/resources"+version, "")
	if len(answer.Value()) != 1 {
		t.Errorf("the rest of the group is gone: %v", answer.Body)
	}
}

func TestListsShowWhatTheFilterAndThePermissionsLeave(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	one, two := c.Group(t, "one"), c.Group(t, "two")
	c.Identity(t, one, "alpha")
	beta, _ := c.Identity(t, two, "beta")
	c.As(t, c.Owner, http.MethodPatch, string(beta)+"?api-version=2023-01-31",
		`{"tags":{"Team":"video"}}`)
	c.As(t, c.Owner, http.MethodPatch, string(two)+version, `{"tags":{"team":"video"}}`)
	const identities = "Microsoft.ManagedIdentity/userAssignedIdentities"
	list := func(scope engine.ID, kind, filter string) []string {
		t.Helper()
		at := version
		if strings.HasPrefix(kind, "/providers/") {
			at = "?api-version=2023-01-31"
		}
		path := string(scope) + kind + at + "&%24filter=" + url.QueryEscape(filter)
		answer := c.As(t, c.Owner, http.MethodGet, path, "")
		if answer.Status != http.StatusOK {
			t.Fatalf("%s: %d %v", filter, answer.Status, answer.Body)
		}
		names := []string{}
		for _, listed := range answer.Value() {
			resource, _ := listed.(map[string]any)
			names = append(names, fmt.Sprint(resource["name"]))
			if _, shown := resource["properties"]; shown && kind == "/resources" {
				t.Error("the list shows properties")
			}
		}
		return names
	}
	tests := []struct {
		scope        engine.ID
		kind, filter string
		want         []string
	}{
		{c.Subscription, "/resources", "", []string{"alpha", "beta"}},
		{one, "/resources", "", []string{"alpha"}},
		{c.Subscription, "/resources", "resourceType eq '" + identities + "'", []string{"alpha", "beta"}},
		{c.Subscription, "/resources", "resourceType eq 'Microsoft.Media/mediaservices'", []string{}},
		{
			c.Subscription, "/resources", "resourceType eq '" + identities + "' and name eq 'ALPHA'",
			[]string{"alpha"},
		},
		{c.Subscription, "/resources", "name eq 'alpha' or name eq 'beta'", []string{"alpha", "beta"}},
		{c.Subscription, "/resources", "name ne 'alpha'", []string{"beta"}},
		{c.Subscription, "/resources", "tagName eq 'team'", []string{"beta"}},
		{c.Subscription, "/resources", "tagName eq 'team' and tagValue eq 'video'", []string{"beta"}},
		{c.Subscription, "/resources", "tagName eq 'team' and tagValue eq 'audio'", []string{}},
		{c.Subscription, "/resources", "location eq 'West Europe'", []string{"alpha", "beta"}},
		{c.Subscription, "/resources", "resourceGroup eq 'two'", []string{"beta"}},
		{c.Subscription, "/resourcegroups", "", []string{"one", "two"}},
		{c.Subscription, "/resourceGroups", "tagName eq 'team' and tagValue eq 'video'", []string{"two"}},
		{one, "/providers/" + identities, "", []string{"alpha"}},
		{c.Subscription, "/providers/" + identities, "", []string{"alpha", "beta"}},
	}
	for _, test := range tests {
		got := list(test.scope, test.kind, test.filter)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s%s %s: %s", test.scope, test.kind, test.filter, diff)
		}
	}
	for _, kind := range []string{"/resources", "/resourcegroups"} {
		answer := c.As(t, c.Stranger, http.MethodGet, string(c.Subscription)+kind+version, "")
		if answer.Status != http.StatusOK || len(answer.Value()) != 0 {
			t.Errorf("a stranger sees in %s: %d %v", kind, answer.Status, answer.Body)
		}
		answer = c.As(t, c.Owner, http.MethodGet,
			string(c.Subscription)+kind+version+"&%24filter=x", "")
		if answer.Status != http.StatusBadRequest || answer.Code() != "InvalidFilterInQueryString" {
			t.Errorf("%s: %d %v", kind, answer.Status, answer.Body)
		}
	}
	answer := c.As(t, c.Owner, http.MethodGet,
		string(c.Subscription)+"/resourcegroups/none/resources"+version, "")
	if answer.Status != http.StatusNotFound {
		t.Errorf("a group that is not there: %d", answer.Status)
	}
}

func TestNestedResourcesAreListedByAllTheirNames(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	group := c.Group(t, "one")
	c.Register(&engine.ResourceType{Name: "Test.Toys/bears"})
	c.Register(&engine.ResourceType{Name: "Test.Toys/bears/hats"})
	c.Transact(t, func(tx *engine.Tx) {
		bear := group + "/providers/Test.Toys/bears/brown"
		tx.Save(&engine.Resource{ID: bear, Type: "Test.Toys/bears", Name: "brown", Location: "westus2"})
		tx.Save(&engine.Resource{
			ID: bear + "/hats/top", Type: "Test.Toys/bears/hats", Name: "top", Location: "westus2",
		})
	})
	for filter, want := range map[string]string{
		"": "brown,brown/top", "name eq 'Brown/Top'": "brown/top", "name eq 'top'": "",
	} {
		answer := c.As(t, c.Owner, http.MethodGet, string(group)+"/resources"+version+
			"&%24filter="+url.QueryEscape(filter), "")
		var names []string
		for _, listed := range answer.Value() {
			resource, _ := listed.(map[string]any)
			names = append(names, fmt.Sprint(resource["name"]))
		}
		if got := strings.Join(names, ","); got != want {
			t.Errorf("%q lists %s, want %s", filter, got, want)
		}
	}
}

func TestTheSDKListsAndReadsResourcesOfAllTypes(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	id, _ := c.Identity(t, c.Group(t, "media"), "alpha")
	client, err := armresources.NewClient(c.Subscription.Name(), owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	pager := client.NewListPager(&armresources.ClientListOptions{
		Expand: to.Ptr("createdTime,changedTime,provisioningState"), Top: to.Ptr[int32](1),
	})
	page, err := pager.NextPage(t.Context())
	if err != nil || len(page.Value) != 1 {
		t.Fatalf("%v %v", page, err)
	}
	if got := page.Value[0]; *got.ID != string(id) || got.CreatedTime == nil ||
		got.ChangedTime == nil || *got.ProvisioningState != "Succeeded" {
		t.Errorf("listed %+v", got)
	}
	got, err := client.GetByID(t.Context(), string(id), "2023-01-31", nil)
	if err != nil || *got.Name != "alpha" {
		t.Errorf("%v %v", got, err)
	}
	exists, err := client.CheckExistenceByID(t.Context(), string(id), "2023-01-31", nil)
	if err != nil || !exists.Success {
		t.Errorf("%v %v", exists, err)
	}
}

func TestTheTenantAndItsSubscriptions(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	const version = "?api-version=2022-12-01"
	answer := c.As(t, c.Owner, http.MethodGet, "/tenants"+version, "")
	if tenant, _ := answer.Value()[0].(map[string]any); tenant["tenantId"] != c.Tenant {
		t.Errorf("%v", answer.Body)
	}
	answer = c.As(t, c.Owner, http.MethodGet, "/subscriptions"+version, "")
	if len(answer.Value()) != 1 {
		t.Errorf("the owner sees %v", answer.Body)
	}
	answer = c.As(t, c.Stranger, http.MethodGet, "/subscriptions"+version, "")
	if answer.Status != http.StatusOK || len(answer.Value()) != 0 {
		t.Errorf("a stranger sees %v", answer.Body)
	}
	answer = c.As(t, c.Owner, http.MethodGet, string(c.Subscription)+version, "")
	if answer.Text("subscriptionId") != c.Subscription.Name() || answer.Text("state") != "Enabled" ||
		answer.Text("tenantId") != c.Tenant || answer.Text("displayName") != "Rehearsal" {
		t.Errorf("%v", answer.Body)
	}
	answer = c.As(t, c.Stranger, http.MethodGet, string(c.Subscription)+version, "")
	if answer.Status != http.StatusForbidden || answer.Code() != "AuthorizationFailed" {
		t.Errorf("a stranger gets %d %v", answer.Status, answer.Body)
	}
	answer = c.As(t, c.Owner, http.MethodGet, "/subscriptions/none"+version, "")
	if answer.Status != http.StatusNotFound || answer.Code() != "SubscriptionNotFound" {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
	answer = c.As(t, c.Owner, http.MethodGet, string(c.Subscription)+"/locations"+version, "")
	found := map[string]any{}
	for _, listed := range answer.Value() {
		location, _ := listed.(map[string]any)
		found[fmt.Sprint(location["name"])] = location["displayName"]
	}
	if found["westus2"] != "West US 2" {
		t.Errorf("locations: %v", found)
	}
}

func TestProvidersAreRegisteredAndUnregistered(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	ctx := t.Context()
	providers, err := armresources.NewProvidersClient(c.Subscription.Name(),
		owner(t, c), options(c))
	if err != nil {
		t.Fatal(err)
	}
	const namespace = "Microsoft.ManagedIdentity"
	state := func() string {
		t.Helper()
		got, err := providers.Get(ctx, "microsoft.managedidentity", nil)
		if err != nil {
			t.Fatal(err)
		}
		return *got.RegistrationState
	}
	if got := state(); got != "Registered" {
		t.Fatalf("in the beginning %s", got)
	}
	gone, err := providers.Unregister(ctx, namespace, nil)
	if err != nil || *gone.RegistrationState != "Unregistering" || state() != "NotRegistered" {
		t.Errorf("%v %v, then %s", gone, err, state())
	}
	group := c.Group(t, "media")
	id := string(group) + "/providers/" + namespace + "/userAssignedIdentities/alpha"
	answer := c.As(t, c.Owner, http.MethodPut, id+"?api-version=2023-01-31", `{"location":"eastus"}`)
	if answer.Status != http.StatusConflict || answer.Code() != "MissingSubscriptionRegistration" {
		t.Errorf("%d %v", answer.Status, answer.Body)
	}
	back, err := providers.Register(ctx, namespace, nil)
	if err != nil || *back.RegistrationState != "Registering" || state() != "Registered" {
		t.Errorf("%v %v, then %s", back, err, state())
	}
	if again, err := providers.Register(ctx, namespace, nil); err != nil ||
		*again.RegistrationState != "Registered" {
		t.Errorf("%v %v", again, err)
	}
	c.Identity(t, group, "alpha")
	if _, err := providers.Unregister(ctx, namespace, nil); err == nil {
		t.Error("a namespace with resources is unregistered")
	}
	answer = c.As(t, c.Stranger, http.MethodPost,
		string(c.Subscription)+"/providers/"+namespace+"/register"+version, "")
	if answer.Status != http.StatusForbidden {
		t.Errorf("a stranger registers: %d", answer.Status)
	}
	for _, path := range []string{"", "/register", "/unregister"} {
		method := http.MethodPost
		if path == "" {
			method = http.MethodGet
		}
		answer = c.As(t, c.Owner, method,
			string(c.Subscription)+"/providers/Microsoft.None"+path+version, "")
		if answer.Status != http.StatusNotFound || answer.Code() != "InvalidResourceNamespace" {
			t.Errorf("%s: %d %v", path, answer.Status, answer.Body)
		}
	}
	page, err := providers.NewListPager(nil).NextPage(ctx)
	if err != nil || len(page.Value) < 3 {
		t.Fatalf("%v %v", page, err)
	}
	for _, provider := range page.Value {
		if *provider.Namespace != namespace {
			continue
		}
		for _, listed := range provider.ResourceTypes {
			if *listed.ResourceType == "userAssignedIdentities" &&
				(len(listed.Locations) == 0 || len(listed.APIVersions) == 0) {
				t.Errorf("listed %+v", listed)
			}
		}
	}
	if _, err := providers.GetAtTenantScope(ctx, namespace, nil); err != nil {
		t.Error(err)
	}
}

func TestMetadataLeadsToWhereTheClientIs(t *testing.T) {
	t.Parallel()
	c := resourcestest.New(t)
	get := func(origin, version string) (int, string) {
		recorder := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet,
			origin+"/metadata/endpoints"+version, nil)
		c.ServeHTTP(recorder, r)
		return recorder.Code, recorder.Body.String()
	}
	const azure, local = "https://management.azure.com", "https://localhost:8443"
	tests := []struct{ origin, version, begins, has string }{
		{azure, "?api-version=2022-09-01", "{", `"loginEndpoint":"https://login.microsoftonline.com"`},
		{azure, "?api-version=2023-11-01", "{", `"resourceManager":"https://management.azure.com/"`},
		{azure, "?api-version=2019-05-01", "[", `"keyVaultDns":"vault.azure.net"`},
		{azure, "?api-version=2020-06-01", "[", `"storage":"core.windows.net"`},
		{azure, "?api-version=2015-01-01", "{", `"galleryEndpoint"`},
		{local, "?api-version=2022-09-01", "{", `"loginEndpoint":"https://localhost:8443"`},
		{local, "?api-version=2022-09-01", "{", `"resourceManager":"https://localhost:8443/"`},
		{local, "?api-version=2022-09-01", "{", `"microsoftGraphResourceId":"https://localhost:8443/"`},
		{
			"https://127.0.0.1:8443", "?api-version=2015-01-01", "{",
			`"loginEndpoint":"https://127.0.0.1:8443"`,
		},
	}
	for _, test := range tests {
		status, body := get(test.origin, test.version)
		if status != http.StatusOK || !strings.HasPrefix(body, test.begins) ||
			!strings.Contains(body, test.has) {
			t.Errorf("%s %s: %d %s has no %s", test.origin, test.version, status, body, test.has)
		}
	}
	if status, body := get(azure, ""); status != http.StatusBadRequest {
		t.Errorf("without a version: %d %s", status, body)
	}
}
