// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// on returns the dependents on a storage account, and holds each against the account itself.
func on(t *testing.T, survey keyholder.Survey, storageAccountID string) map[string]bool {
	t.Helper()
	dependents, err := survey.On(t.Context(), storageAccountID)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, one := range dependents {
		found[one.Name()] = one.UsesKeys
		read, err := one.Kind.Read(t.Context(), one.ID, one.StorageAccountID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(read, one, cmp.AllowUnexported(keyholder.Dependent{}), cmpopts.IgnoreFields(keyholder.Dependent{}, "Kind")); diff != "" || !one.Attached {
			t.Errorf("%s (-read +listed):\n%s", one.ID, diff)
		}
	}
	return found
}

// TestSurvey finds the accounts of every kind on a storage account, by its keys and by identity.
func TestSurvey(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Account("contoso")
	w.Account("fabrikam")
	contoso, fabrikam := w.ID(azure.StorageAccountType, "contoso"), w.ID(azure.StorageAccountType, "fabrikam")
	w.UpdateAccount("fabrikam", armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
		StorageAccounts: []*armmedia.StorageAccount{
			{ID: to.Ptr(fabrikam), Type: to.Ptr(armmedia.Primary)}, {ID: to.Ptr(contoso), Type: to.Ptr(armmedia.Secondary)},
		},
	}})
	w.BatchAccount("bykeys", contoso)
	w.BatchAccount("byidentity", contoso, func(p *armbatch.AccountCreateParameters) {
		p.Properties.AutoStorage.AuthenticationMode = to.Ptr(armbatch.AutoStorageAuthenticationModeBatchAccountManagedIdentity)
	})
	w.BatchAccount("without", "")
	w.Workspace("tailspin", contoso, "AccessKey")
	w.Workspace("wingtip", contoso, "Identity")
	w.Workspace("elsewhere", fabrikam, "AccessKey")

	var survey keyholder.Survey
	calls := func(name string, want []string, look func() error) {
		t.Helper()
		got := w.Calls(func() {
			if err := look(); err != nil {
				t.Fatal(err)
			}
		})
		slices.Sort(got)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	lists := []string{
		"GET Microsoft.Batch/batchAccounts", "GET Microsoft.MachineLearningServices/workspaces",
		"GET Microsoft.Media/mediaservices", "GET Microsoft.Media/videoAnalyzers",
	}
	planned := func() (err error) {
		if survey, err = keyholder.Planned(t.Context(), w.Client); err != nil {
			return err
		}
		for _, storage := range []string{contoso, fabrikam} {
			if _, err := survey.On(t.Context(), storage); err != nil {
				return err
			}
		}
		return nil
	}
	calls("a plan", append(slices.Clone(lists), "GET management.azure.com/subscriptions"), planned)
	calls("another plan of the run", nil, planned)
	calls("just before a change", lists, func() (err error) {
		survey, err = keyholder.NewSurvey(t.Context(), w.Client)
		return err
	})
	for storage, want := range map[string]map[string]bool{
		contoso: {
			"Media Services account contoso": true, "Media Services account fabrikam": true,
			"Batch account bykeys": true, "Batch account byidentity": false,
			"Machine Learning workspace tailspin": true, "Machine Learning workspace wingtip": false,
		},
		fabrikam:                                 {"Media Services account fabrikam": true, "Machine Learning workspace elsewhere": true},
		w.ID(azure.StorageAccountType, "nobody"): {},
	} {
		if diff := cmp.Diff(want, on(t, survey, storage)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", storage, diff)
		}
	}
}

// TestSurvey_fails names every list that fails, and shows the others all the same.
func TestSurvey_fails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		code   string
		unseen bool
		fails  bool
	}{
		"forbidden": {http.StatusForbidden, "AuthorizationFailed", true, false},
		"a failure": {http.StatusBadRequest, "BadRequest", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			w.Account("contoso")
			if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
				Kind: fault.Error, Method: http.MethodGet, Path: "*/batchAccounts", Times: -1,
				Status: test.status, Code: test.code,
			}); err != nil {
				t.Fatal(err)
			}
			survey, err := keyholder.Planned(t.Context(), w.Client)
			if (err != nil) != test.fails || (len(survey.Unseen) == 1) != test.unseen {
				t.Fatalf("unseen %v, error %v", survey.Unseen, err)
			}
			if kind := survey.Unseen[0].Kind.Noun(); kind != "Batch account" {
				t.Errorf("unseen: %s", kind)
			}
			if got := on(t, survey, w.ID(azure.StorageAccountType, "contoso")); !got["Media Services account contoso"] {
				t.Errorf("found %v", got)
			}
		})
	}
}

// leaner leaves out of lists how workspaces access their storage accounts.
type leaner struct{ through http.RoundTripper }

func (l leaner) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := l.through.RoundTrip(request)
	if err != nil || !strings.HasSuffix(request.URL.Path, "/workspaces") {
		return answer, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	body = bytes.ReplaceAll(body, []byte("systemDatastoresAuthMode"), []byte("somethingElse"))
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return answer, err
}

// TestSurvey_readsWhatAListLeavesOut reads the workspaces on the storage account, and no others.
func TestSurvey_readsWhatAListLeavesOut(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Account("contoso")
	w.Account("fabrikam")
	contoso := w.ID(azure.StorageAccountType, "contoso")
	w.Workspace("tailspin", contoso, "AccessKey")
	w.Workspace("wingtip", contoso, "Identity")
	w.Workspace("elsewhere", w.ID(azure.StorageAccountType, "fabrikam"), "AccessKey")
	access := w.Rehearsal().Access()
	client, err := azure.New(azure.Config{
		Environment: azure.Rehearsal, SubscriptionID: access.SubscriptionID, TenantID: access.TenantID,
		ClientID: access.ClientID, ClientSecret: access.ClientSecret,
		Transport: leaner{w.Transport()}, Clock: w.Clock(),
	})
	if err != nil {
		t.Fatal(err)
	}
	survey, err := keyholder.NewSurvey(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	var found map[string]bool
	calls := w.Calls(func() {
		dependents, err := survey.On(t.Context(), contoso)
		if err != nil {
			t.Fatal(err)
		}
		found = map[string]bool{}
		for _, one := range dependents {
			found[one.Name()] = one.UsesKeys
		}
	})
	want := map[string]bool{
		"Media Services account contoso": true, "Machine Learning workspace tailspin": true, "Machine Learning workspace wingtip": false,
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(calls) != 2 {
		t.Errorf("asked %v", calls)
	}
}

// TestStill leaves out an account that was deleted after the list.
func TestStill(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Account("contoso")
	storage := w.ID(azure.StorageAccountType, "contoso")
	w.BatchAccount("contosobatch", storage)
	survey, err := keyholder.NewSurvey(t.Context(), w.Client)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := survey.On(t.Context(), storage)
	if err != nil || len(listed) != 2 {
		t.Fatalf("%v: %v", listed, err)
	}
	w.DeleteBatchAccount("contosobatch")
	still, err := keyholder.Still(t.Context(), listed)
	if err != nil || len(still) != 1 || still[0].Name() != "Media Services account contoso" || !still[0].Bound {
		t.Errorf("%v: %v", still, err)
	}
}
