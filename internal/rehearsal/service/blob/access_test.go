// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
)

const storageBlobDataOwner = authorization.StorageBlobDataOwner

// token is a token of the caller for storage.
func (r *rehearsal) token() (token string) {
	r.t.Helper()
	r.Transact(func(tx *engine.Tx) {
		var err error
		if token, err = r.Directory.Token(tx, r.Caller.ObjectID, "https://storage.azure.com"); err != nil {
			r.t.Fatal(err)
		}
	})
	return token
}

func TestSharedKey_isThePresentOne(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	read := func(key string) error {
		_, err := azure.withKey(key).DownloadStream(t.Context(), "films", "hello/world.txt", nil)
		return err
	}
	old := azure.keys()
	for i, name := range []string{"key1", "key2"} {
		if err := read(old[i]); err != nil {
			t.Fatal(err)
		}
		azure.regenerate(name)
		azure.wantCode(read(old[i]), http.StatusForbidden, "AuthenticationFailed")
		if err := read(azure.keys()[i]); err != nil {
			t.Errorf("with the new %s: %v", name, err)
		}
	}
}

func TestSharedKey_ofAnotherService(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	key := azure.keys()[0]
	const file = endpoint + "films/hello/world.txt"
	if got := azure.signed("GET", file, key); got.StatusCode != http.StatusOK {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	other := base64.StdEncoding.EncodeToString([]byte("no key of the account"))
	azure.wantRefusal(azure.signed("GET", file, other), http.StatusForbidden, "AuthenticationFailed",
		"Server used following string to sign: 'GET\n")
	header := func(signature, date string) *reply {
		return azure.send("GET", file, "", "Authorization", signature, "Date", date)
	}
	now := noon().Format(http.TimeFormat)
	azure.wantRefusal(header("SharedKey other:x", now), 403, "AuthenticationFailed", "is not the one of the endpoint")
	azure.wantRefusal(header("SharedKey store1:x", ""), 403, "AuthenticationFailed", "date header not specified")
	azure.wantRefusal(header("SharedKey store1:x", noon().Add(-time.Hour).Format(http.TimeFormat)), 403,
		"AuthenticationFailed", "date header too old")
	azure.wantRefusal(header("SharedKey store1:x", now), 403, "AuthenticationFailed", "RequestId:")
	azure.wantRefusal(header("SharedKeyLite store1:x", now), 403, "AuthenticationFailed", "SharedKeyLite")
	azure.wantRefusal(azure.send("GET", file, "", "X-Ms-Version", "new"), 400, "InvalidHeaderValue", "")
	// Clients do not know how far rehearsal's clock was advanced.
	azure.Advance(24 * time.Hour)
	if got := azure.signed("GET", file, key); got.StatusCode != http.StatusOK {
		t.Errorf("a day later: %d %s", got.StatusCode, got.body)
	}
}

// Windows does not mind hyphens when it sorts; others do.
func TestSharedKey_takesEitherOrderOfHeaders(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	key, err := base64.StdEncoding.DecodeString(azure.keys()[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, ordered := range map[string]string{
		"Windows": "x-ms-date:%s\nx-ms-meta-ab:1\nx-ms-meta-a-b:2\nx-ms-meta-b:3\n",
		"bytes":   "x-ms-date:%s\nx-ms-meta-a-b:2\nx-ms-meta-ab:1\nx-ms-meta-b:3\n",
	} {
		date := noon().Format(http.TimeFormat)
		text := "GET\n\n\n\n\n\n\n\n\n\n\n\n" + strings.ReplaceAll(ordered, "%s", date) + "/store1/films/hello/world.txt"
		got := azure.send("GET", endpoint+"films/hello/world.txt", "", "X-Ms-Date", date,
			"X-Ms-Meta-Ab", "1", "X-Ms-Meta-A-B", "2", "X-Ms-Meta-B", "3",
			"Authorization", "SharedKey store1:"+mac(key, text))
		if got.StatusCode != http.StatusOK {
			t.Errorf("in the order of %s: %d %s", name, got.StatusCode, got.body)
		}
	}
}

func TestSharedKey_canBeSwitchedOff(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	key := azure.keys()[0]
	azure.Want(azure.Call("PATCH", store1, version, `{"properties":{"allowSharedKeyAccess":false}}`), http.StatusOK)
	_, err := azure.withKey(key).DownloadStream(t.Context(), "films", "hello/world.txt", nil)
	azure.wantCode(err, http.StatusForbidden, "KeyBasedAuthenticationNotPermitted")
	url := azure.containerSAS(key, sas.ContainerPermissions{Read: true}, nil)
	azure.wantRefusal(azure.send("GET", strings.Replace(url, "films?", "films/hello/world.txt?", 1), ""),
		http.StatusForbidden, "KeyBasedAuthenticationNotPermitted", "Key based authentication")
	azure.Grant(store1, storageBlobDataOwner, azure.Caller.ObjectID)
	if got := azure.send("GET", endpoint+"films/hello/world.txt", "", "Authorization", "Bearer "+azure.token()); got.StatusCode != http.StatusOK {
		t.Errorf("with a token: %d %s", got.StatusCode, got.body)
	}
}

// containerSAS is a URL of the container films that the official client signed.
func (r *rehearsal) containerSAS(
	key string, permissions sas.ContainerPermissions, change func(*sas.BlobSignatureValues),
) string {
	r.t.Helper()
	values := sas.BlobSignatureValues{
		ContainerName: "films", Permissions: permissions.String(), ExpiryTime: noon().Add(time.Hour),
	}
	if change != nil {
		change(&values)
	}
	query, err := values.SignWithSharedKey(r.credential(key))
	if err != nil {
		r.t.Fatal(err)
	}
	return endpoint + "films?" + query.Encode()
}

func TestSAS_byTheOfficialClient(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	ctx := t.Context()
	key := azure.keys()[1]

	films, err := azblob.NewClientWithNoCredential(endpoint, azure.options())
	if err != nil {
		t.Fatal(err)
	}
	_, err = films.DownloadStream(ctx, "films", "hello/world.txt", nil)
	azure.wantCode(err, http.StatusUnauthorized, "NoAuthenticationInformation")

	// A SAS of the account, as the client signs it.
	service := azure.withKey(key).ServiceClient()
	url, err := service.GetSASURL(
		sas.AccountResourceTypes{Service: true, Container: true, Object: true},
		sas.AccountPermissions{Read: true, List: true, Create: true, Write: true}, noon().Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	client := azure.withURL(url)
	if _, err := client.CreateContainer(ctx, "more", nil); err != nil {
		t.Error(err)
	}
	if _, err := client.UploadBuffer(ctx, "more", "x", []byte("y"), nil); err != nil {
		t.Error(err)
	}
	if _, err := client.NewListContainersPager(nil).NextPage(ctx); err != nil {
		t.Error(err)
	}
	_, err = client.DeleteBlob(ctx, "more", "x", nil)
	azure.wantCode(err, http.StatusForbidden, "AuthorizationPermissionMismatch")

	// A SAS of the container and one of the blob.
	container := service.NewContainerClient("films")
	if url, err = container.GetSASURL(sas.ContainerPermissions{Read: true, List: true}, noon().Add(time.Hour), nil); err != nil {
		t.Fatal(err)
	}
	ofContainer := azure.send("GET", strings.Replace(url, "films?", "films/hello/world.txt?", 1), "")
	if url, err = container.NewBlobClient("hello/world.txt").GetSASURL(sas.BlobPermissions{Read: true}, noon().Add(time.Hour), nil); err != nil {
		t.Fatal(err)
	}
	ofBlob := azure.send("GET", url, "")
	for _, got := range []*reply{ofContainer, ofBlob} {
		if got.StatusCode != http.StatusOK || got.body != "Hello, world" {
			t.Errorf("%d %s", got.StatusCode, got.body)
		}
	}
	azure.wantRefusal(azure.send("GET", strings.Replace(url, "world.txt", "other.txt", 1), ""), 403,
		"AuthenticationFailed", "Signature did not match. String to sign used was r\n")
	azure.regenerate("key2")
	azure.wantRefusal(azure.send("GET", url, ""), http.StatusForbidden, "AuthenticationFailed", "Signature did not match")
}

func TestSAS_rules(t *testing.T) {
	azure := start(t, "{}")
	azure.filled()
	key := azure.keys()[0]
	all := sas.ContainerPermissions{Read: true, Write: true, Create: true, Delete: true, List: true}
	at := func(path, url string) string { return strings.Replace(url, "films?", path, 1) }
	account := func(services, types string) string {
		values := sas.AccountSignatureValues{
			Permissions: "rwlc", ResourceTypes: types, ExpiryTime: noon().Add(time.Hour),
		}
		query, err := values.SignWithSharedKey(azure.credential(key))
		if err != nil {
			t.Fatal(err)
		}
		encoded := query.Encode()
		if services != "b" { // the client signs for blobs only
			encoded = strings.Replace(encoded, "ss=b", "ss="+services, 1)
		}
		return endpoint + "films?" + encoded
	}
	for name, test := range map[string]struct {
		method, url string
		status      int
		code, words string
	}{
		"expired": {
			"GET", at("films/x?", azure.containerSAS(key, all, func(v *sas.BlobSignatureValues) { v.ExpiryTime = noon() })),
			403, "AuthenticationFailed", "not valid in the specified time frame",
		},
		"not yet": {
			"GET", at("films/x?", azure.containerSAS(key, all, func(v *sas.BlobSignatureValues) { v.StartTime = noon().Add(time.Minute) })),
			403, "AuthenticationFailed", "not valid in the specified time frame",
		},
		"from elsewhere": {
			"GET", at("films/x?", azure.containerSAS(key, all, func(v *sas.BlobSignatureValues) {
				v.IPRange = sas.IPRange{Start: []byte{10, 0, 0, 1}, End: []byte{10, 0, 0, 9}}
			})),
			403, "AuthorizationSourceIPMismatch", "using this source IP",
		},
		"no permission": {
			"GET", at("films/x?", azure.containerSAS(key, sas.ContainerPermissions{List: true}, nil)),
			403, "AuthorizationPermissionMismatch", "using this permission",
		},
		"create is not write": {
			"PUT", at("films/hello/world.txt?", azure.containerSAS(key, sas.ContainerPermissions{Create: true}, nil)),
			403, "AuthorizationPermissionMismatch", "using this permission",
		},
		"not the container itself": {
			"DELETE", at("films?restype=container&", azure.containerSAS(key, all, nil)),
			403, "AuthorizationFailure", "",
		},
		"another container":      {"GET", at("other/x?", azure.containerSAS(key, all, nil)), 403, "AuthenticationFailed", "did not match"},
		"altered":                {"GET", at("films/x?", strings.Replace(azure.containerSAS(key, sas.ContainerPermissions{List: true}, nil), "sp=l", "sp=rl", 1)), 403, "AuthenticationFailed", "did not match"},
		"another type":           {"GET", at("films/x?", account("b", "c")), 403, "AuthorizationResourceTypeMismatch", "using this resource type"},
		"altered service":        {"GET", at("films/x?", account("q", "o")), 403, "AuthenticationFailed", "did not match"},
		"an old version":         {"GET", endpoint + "films/x?sv=2012-02-12&sr=b&sp=r&sig=x", 403, "AuthenticationFailed", "does not check"},
		"of a directory":         {"GET", endpoint + "films/x?sv=2021-12-02&sr=d&sp=r&sig=x", 403, "AuthenticationFailed", "does not check"},
		"of a delegation":        {"GET", endpoint + "films/x?sv=2021-12-02&sr=b&skoid=x&sp=r&sig=x", 403, "AuthenticationFailed", "does not check"},
		"a list with a blob's":   {"GET", at("films?restype=container&comp=list&", azure.containerSAS(key, all, func(v *sas.BlobSignatureValues) { v.BlobName, v.Permissions = "x", "r" })), 403, "AuthenticationFailed", "did not match"},
		"fine, but there is not": {"GET", at("films/x?", azure.containerSAS(key, all, nil)), 404, "BlobNotFound", ""},
	} {
		t.Run(name, func(t *testing.T) {
			azure := &rehearsal{azure.Azure, t}
			azure.wantRefusal(azure.send(test.method, test.url, "", "X-Ms-Blob-Type", "BlockBlob"), test.status, test.code, test.words)
		})
	}
	inside := azure.containerSAS(key, all, func(v *sas.BlobSignatureValues) {
		v.IPRange, v.ContentType = sas.IPRange{Start: []byte{127, 0, 0, 1}}, "video/mp4"
		v.StartTime = noon()
	})
	got := azure.send("GET", at("films/hello/world.txt?", inside), "")
	if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("%d %s %s", got.StatusCode, got.Header.Get("Content-Type"), got.body)
	}
	// The time is rehearsal's.
	azure.Advance(time.Hour)
	azure.wantRefusal(azure.send("GET", at("films/x?", azure.containerSAS(key, all, nil)), ""), 403,
		"AuthenticationFailed", "Current [Sun, 01 Mar 2026 13:00:00 UTC]")
}

// The texts of older versions lack what came later.
func TestSAS_olderVersions(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	key, err := base64.StdEncoding.DecodeString(azure.keys()[0])
	if err != nil {
		t.Fatal(err)
	}
	const se = "2026-03-02"
	for sv, after := range map[string]string{
		"2015-04-05": "\n\n\n\n\n",
		"2018-11-09": "\nc\n\n\n\n\n\n",
		"2020-12-06": "\nc\n\n\n\n\n\n\n",
	} {
		text := "r\n\n" + se + "\n/blob/store1/films\n\n\n\n" + sv + after
		got := azure.send("GET", endpoint+"films/hello/world.txt?sp=r&sr=c&se="+se+"&sv="+sv+"&sig="+escaped(mac(key, text)), "")
		if got.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", sv, got.StatusCode, got.body)
		}
	}
	for sv, after := range map[string]string{"2015-04-05": "\n", "2020-12-06": "\n\n"} {
		text := "store1\nr\nbq\no\n\n" + se + "\n\n\n" + sv + after
		got := azure.send("GET", endpoint+"films/hello/world.txt?sp=r&ss=bq&srt=o&se="+se+"&sv="+sv+"&sig="+escaped(mac(key, text)), "")
		if got.StatusCode != http.StatusOK {
			t.Errorf("the account's of %s: %d %s", sv, got.StatusCode, got.body)
		}
	}
	for query, words := range map[string]string{
		"sp=r&sr=c&se=soon&sv=2015-04-05":                          "has to be a valid time",
		"sp=r&sr=c&se=2026-03-02T12:00Z&st=long-ago&sv=2015-04-05": "has to be a valid time",
	} {
		st, end := "", "soon"
		if strings.Contains(query, "st=") {
			st, end = "long-ago", "2026-03-02T12:00Z"
		}
		text := "r\n" + st + "\n" + end + "\n/blob/store1/films\n\n\n\n2015-04-05\n\n\n\n\n"
		azure.wantRefusal(azure.send("GET", endpoint+"films/x?"+query+"&sig="+escaped(mac(key, text)), ""), 403,
			"AuthenticationFailed", words)
	}
	text := "store1\nr\nq\no\n\n" + se + "\n\n\n2015-04-05\n"
	azure.wantRefusal(azure.send("GET", endpoint+"films/x?sp=r&ss=q&srt=o&se="+se+"&sv=2015-04-05&sig="+escaped(mac(key, text)), ""),
		403, "AuthorizationServiceMismatch", "using this service")
}

// What rehearsal's services sign, the official client reads.
func TestSAS_ofAnotherService(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	key, err := base64.StdEncoding.DecodeString(azure.keys()[0])
	if err != nil {
		t.Fatal(err)
	}
	given := blob.SAS{Account: "store1", Container: "films", Permissions: "rl", Start: noon(), Expiry: noon().Add(time.Hour)}
	azure.Transact(func(tx *engine.Tx) {
		if url := given.BlobURL(tx, "hello/world.txt", key); !strings.HasPrefix(url, endpoint+"films/hello/world.txt?") {
			t.Errorf("the URL of a blob is %s", url)
		}
		parts, err := sas.ParseURL(given.URL(tx, key))
		if err != nil {
			t.Fatal(err)
		}
		if parts.ContainerName != "films" || parts.SAS.Permissions() != "rl" || !parts.SAS.ExpiryTime().Equal(noon().Add(time.Hour)) {
			t.Errorf("the client reads %+v", parts)
		}
	})
	if got := azure.send("GET", endpoint+"films/hello/world.txt?"+given.Sign(key).Encode(), ""); got.StatusCode != http.StatusOK {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}

// credential is the caller's token for storage.
type credential struct{ token string }

func (c credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: c.token, ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func TestToken_takesARole(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	client, err := azblob.NewClient(endpoint, credential{azure.token()}, azure.options())
	if err != nil {
		t.Fatal(err)
	}
	read := func() error {
		_, err := client.DownloadStream(t.Context(), "films", "hello/world.txt", nil)
		return err
	}
	// Even the owner of the subscription has no access to data.
	azure.wantCode(read(), http.StatusForbidden, "AuthorizationPermissionMismatch")
	azure.Grant(store1+"/blobServices/default/containers/films", authorization.StorageBlobDataReader, azure.Caller.ObjectID)
	if err := read(); err != nil {
		t.Error(err)
	}
	_, err = client.UploadBuffer(t.Context(), "films", "x", nil, nil)
	azure.wantCode(err, http.StatusForbidden, "AuthorizationPermissionMismatch")
	azure.Grant(store1, authorization.StorageBlobDataContributor, azure.Caller.ObjectID)
	if _, err := client.UploadBuffer(t.Context(), "films", "x", nil, nil); err != nil {
		t.Error(err)
	}
	if _, err := client.CreateContainer(t.Context(), "more", nil); err != nil {
		t.Error(err)
	}
	refused := azure.send("GET", endpoint+"films/x", "", "Authorization", "Bearer none")
	azure.wantRefusal(refused, http.StatusUnauthorized, "InvalidAuthenticationInfo", "www-authenticate")
	if challenge := refused.Header.Get("Www-Authenticate"); !strings.Contains(challenge, "resource_id=https://storage.azure.com") {
		t.Errorf("challenge %q", challenge)
	}
}

func TestAnonymous(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	const file = endpoint + "films/hello/world.txt"
	azure.wantRefusal(azure.send("GET", file, ""), http.StatusConflict, "PublicAccessNotPermitted", "Public access is not permitted")
	azure.wantRefusal(azure.send("GET", endpoint+"?comp=list", ""), http.StatusUnauthorized, "NoAuthenticationInformation", "")
	azure.Want(azure.Call("PATCH", store1, version, `{"properties":{"allowBlobPublicAccess":true}}`), http.StatusOK)
	azure.wantRefusal(azure.send("GET", file, ""), http.StatusNotFound, "ResourceNotFound", "does not exist")

	azure.Grant(store1, storageBlobDataOwner, azure.Caller.ObjectID)
	owner := "Bearer " + azure.token()
	azure.send("PUT", endpoint+"open?restype=container", "", "Authorization", owner, "X-Ms-Blob-Public-Access", "blob")
	azure.send("PUT", endpoint+"open/x", "y", "Authorization", owner, "X-Ms-Blob-Type", "BlockBlob")
	if got := azure.send("GET", endpoint+"open/x", ""); got.StatusCode != http.StatusOK || got.body != "y" {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	azure.wantRefusal(azure.send("GET", endpoint+"open?restype=container&comp=list", ""), 404, "ResourceNotFound", "")
	shown := azure.send("HEAD", endpoint+"open?restype=container", "", "Authorization", owner)
	if shown.Header.Get("X-Ms-Blob-Public-Access") != "blob" {
		t.Errorf("%d %v", shown.StatusCode, shown.Header)
	}
	missing := azure.send("HEAD", endpoint+"none?restype=container", "", "Authorization", owner)
	if missing.StatusCode != http.StatusNotFound || missing.body != "" || missing.Header.Get("X-Ms-Error-Code") != "ContainerNotFound" {
		t.Errorf("%d %q", missing.StatusCode, missing.body)
	}
	azure.Want(azure.Call("PATCH", store1, version, `{"properties":{"allowBlobPublicAccess":false}}`), http.StatusOK)
	azure.wantRefusal(azure.send("PUT", endpoint+"again?restype=container", "", "Authorization", owner,
		"X-Ms-Blob-Public-Access", "blob"), http.StatusConflict, "PublicAccessNotPermitted", "")
}

func TestJournal_hasTheCodeAndNoSignature(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.send("GET", endpoint+"films/x?sv=2021-12-02&sr=b&sp=r&sig=secret", "")
	azure.Transact(func(tx *engine.Tx) {
		entries := tx.Journal(0)
		last := entries[len(entries)-1]
		if last.Code != "AuthenticationFailed" || last.Status != 403 || strings.Contains(last.Query, "secret") {
			t.Errorf("%+v", last)
		}
	})
}
