// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const application = account + "/applications/app1"

// addPackage makes an application with a package, and uploads it to the URL that is given for it.
func (r *rehearsal) addPackage(application, of string) {
	r.t.Helper()
	r.Want(r.Call("PUT", application, version, `{"properties":{"allowUpdates":true}}`), http.StatusOK)
	made := r.Want(r.Call("PUT", application+"/versions/"+of, version, ""), http.StatusOK)
	if status := r.upload(made.Text("properties.storageUrl")); status != http.StatusCreated {
		r.t.Fatalf("uploading it: status %d", status)
	}
}

// upload writes a blob as whoever has its URL does.
func (r *rehearsal) upload(url string) int {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPut, url, strings.NewReader("zip"))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("X-Ms-Blob-Type", "BlockBlob")
	response, err := r.RoundTrip(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode
}

// A package is made, uploaded, activated and deleted.
func TestApplication(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	azure.create(account, withStorage(store1))
	azure.Want(azure.Call("PUT", application, version, `{"properties":{"allowUpdates":false}}`), http.StatusOK)
	const package1 = application + "/versions/1"
	made := azure.Want(azure.Call("PUT", package1, version, ""), http.StatusOK)
	if made.Text("properties.state") != "Pending" || !strings.Contains(made.Text("properties.storageUrl"), "sig=") {
		t.Errorf("made: %s", made.Raw)
	}
	activate := func() *azuretest.Answer {
		return azure.Call("POST", package1+"/activate", version, `{"format":"zip"}`)
	}
	azure.Refused(activate(), http.StatusConflict, "ApplicationPackageBlobNotFound", "has not been uploaded")
	if status := azure.upload(made.Text("properties.storageUrl")); status != http.StatusCreated {
		t.Errorf("uploading it: status %d", status)
	}
	if now := azure.Want(activate(), http.StatusOK); now.Text("properties.state") != "Active" ||
		now.At("properties.storageUrl") != nil {
		t.Errorf("activated: %s", now.Raw)
	}
	azure.Refused(azure.Call("PUT", package1, version, ""),
		http.StatusConflict, "ApplicationPackageAlreadyExists", "overwritten")
	azure.Refused(azure.Call("DELETE", application, version, ""),
		http.StatusConflict, "ApplicationPackagesExist", "deleted first")
	azure.Want(azure.Call("DELETE", package1, version, ""), http.StatusOK)
	azure.Want(azure.Call("DELETE", package1, version, ""), http.StatusNoContent)
	azure.Want(azure.Call("GET", package1, version, ""), http.StatusNotFound)
	azure.Want(azure.Call("PUT", package1, version, ""), http.StatusOK)
	azure.Refused(activate(), http.StatusConflict, "ApplicationPackageBlobNotFound", "") // The old one is gone.
}

// An account whose copies of the storage keys are old ones cannot make packages, nor use those that
// are there. It makes the URL with whichever of its copies still works.
func TestApplication_stale(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	azure.create(account, withStorage(store1))
	azure.regenerate("key1")
	azure.addPackage(application, "1")
	azure.regenerate("key2")
	azure.Refused(azure.Call("PUT", application+"/versions/2", version, ""),
		http.StatusConflict, "AutoStorageNotAccessible", "synchronize them")
	azure.Refused(azure.Call("POST", application+"/versions/1/activate", version, `{"format":"zip"}`),
		http.StatusConflict, "AutoStorageNotAccessible", "synchronize them")
	azure.Want(azure.Call("POST", account+"/syncAutoStorageKeys", version, ""), http.StatusNoContent)
	azure.Want(azure.Call("POST", application+"/versions/1/activate", version, `{"format":"zip"}`), http.StatusOK)
	azure.addPackage(application, "2")
}

// An account on managed identity gives URLs without a signature.
func TestApplication_byIdentity(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	made := azure.create(account, `{"location":"westus2","identity":{"type":"SystemAssigned"},"properties":{`+
		`"autoStorage":{"storageAccountId":"`+store1+`","authenticationMode":"BatchAccountManagedIdentity"}}}`)
	azure.Grant(store1, authorization.StorageBlobDataContributor, made.Text("identity.principalId"))
	azure.Want(azure.Call("PUT", application, version, `{}`), http.StatusOK)
	url := azure.Want(azure.Call("PUT", application+"/versions/1", version, ""), 200).Text("properties.storageUrl")
	if url == "" || strings.Contains(url, "?") {
		t.Errorf("the URL is %s", url)
	}
}

// What is in an account that does not reach its key is out of reach.
func TestApplication_inaccessible(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	key := vault.NewKey("k", azuretest.KeyOptions{})
	azure.create(account, `{"location":"westus2","identity":{"type":"SystemAssigned"},"properties":{`+
		`"autoStorage":{"storageAccountId":"`+store1+`"}}}`)
	vault.Grant(azure.Call("GET", account, version, "").Text("identity.principalId"))
	azure.addPackage(application, "1")
	azure.Want(azure.Call("PATCH", account, version, encryption(key)), http.StatusOK)
	vault.Disable(key)
	for _, path := range []string{application, account + "/applications", application + "/versions/1"} {
		azure.Refused(azure.Call("GET", path, version, ""),
			http.StatusForbidden, "CustomerKeyNotAccessible", "account deletion")
	}
}
