// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	azcontent "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

func TestClient_putsAFileAndGetsItBack(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	ctx := t.Context()
	client := azure.withKey(azure.keys()[1])
	if _, err := client.CreateContainer(ctx, "films", &azblob.CreateContainerOptions{
		Metadata: map[string]*string{"owner": to.Ptr("me")},
	}); err != nil {
		t.Fatal(err)
	}
	_, err := client.CreateContainer(ctx, "films", nil)
	azure.wantCode(err, http.StatusConflict, "ContainerAlreadyExists")

	const name = "a folder/ünïcode & more.mp4"
	put, err := client.UploadBuffer(ctx, "films", name, []byte("Hello, world"), &azblob.UploadBufferOptions{
		HTTPHeaders: &azcontent.HTTPHeaders{
			BlobContentType: to.Ptr("video/mp4"), BlobCacheControl: to.Ptr("no-store"),
		},
		Metadata: map[string]*string{"title": to.Ptr("The Film"), "ti_tle": to.Ptr("x")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.DownloadStream(ctx, "films", name, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(got.Body)
	if err != nil || string(text) != "Hello, world" {
		t.Errorf("read %q, %v", text, err)
	}
	if *got.ContentType != "video/mp4" || *got.CacheControl != "no-store" || *got.ETag != *put.ETag ||
		*got.BlobType != azcontent.BlobTypeBlockBlob {
		t.Errorf("type %s, cache %s, etag %s", *got.ContentType, *got.CacheControl, *got.ETag)
	}
	buffer := make([]byte, 12)
	if _, err := client.DownloadBuffer(ctx, "films", name, buffer, &azblob.DownloadBufferOptions{
		BlockSize: 5, Concurrency: 1,
	}); err != nil || string(buffer) != "Hello, world" {
		t.Errorf("in ranges: %q, %v", buffer, err)
	}
	properties, err := client.ServiceClient().NewContainerClient("films").NewBlobClient(name).GetProperties(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *properties.ContentLength != 12 || *properties.Metadata["Title"] != "The Film" || len(properties.ContentMD5) != 16 {
		t.Errorf("length %d, metadata %v", *properties.ContentLength, properties.Metadata)
	}
	held, err := client.ServiceClient().NewContainerClient("films").GetProperties(ctx, nil)
	if err != nil || *held.Metadata["Owner"] != "me" {
		t.Errorf("the container's metadata %v, %v", held.Metadata, err)
	}
	if _, err := client.DeleteBlob(ctx, "films", name, nil); err != nil {
		t.Fatal(err)
	}
	_, err = client.DownloadStream(ctx, "films", name, nil)
	azure.wantCode(err, http.StatusNotFound, "BlobNotFound")
	if _, err := client.DeleteContainer(ctx, "films", nil); err != nil {
		t.Fatal(err)
	}
	_, err = client.UploadBuffer(ctx, "films", name, nil, nil)
	if !bloberror.HasCode(err, bloberror.ContainerNotFound) {
		t.Errorf("after the container's deletion: %v", err)
	}
}

func TestClient_lists(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	ctx := t.Context()
	client := azure.filled()
	for _, name := range []string{"a.txt", "hello/again.txt", "z.txt"} {
		if _, err := client.UploadBuffer(ctx, "films", name, []byte(name), &azblob.UploadBufferOptions{
			Metadata: map[string]*string{"name": to.Ptr(name)},
		}); err != nil {
			t.Fatal(err)
		}
	}
	names := func(options *azblob.ListBlobsFlatOptions) (pages [][]string) {
		t.Helper()
		for pager := client.NewListBlobsFlatPager("films", options); pager.More(); {
			page, err := pager.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var one []string
			for _, item := range page.Segment.BlobItems {
				one = append(one, *item.Name)
			}
			pages = append(pages, one)
		}
		return pages
	}
	for text, test := range map[string]struct {
		options azblob.ListBlobsFlatOptions
		want    [][]string
	}{
		"all":      {want: [][]string{{"a.txt", "hello/again.txt", "hello/world.txt", "z.txt"}}},
		"a prefix": {azblob.ListBlobsFlatOptions{Prefix: to.Ptr("hello/")}, [][]string{{"hello/again.txt", "hello/world.txt"}}},
		"in pages": {azblob.ListBlobsFlatOptions{MaxResults: to.Ptr(int32(3))}, [][]string{{"a.txt", "hello/again.txt", "hello/world.txt"}, {"z.txt"}}},
		"nothing":  {azblob.ListBlobsFlatOptions{Prefix: to.Ptr("q")}, [][]string{nil}},
	} {
		if diff := cmp.Diff(test.want, names(&test.options)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}

	films := client.ServiceClient().NewContainerClient("films")
	page, err := films.NewListBlobsHierarchyPager("/", &container.ListBlobsHierarchyOptions{
		Include: container.ListBlobsInclude{Metadata: true},
	}).NextPage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Segment.BlobPrefixes) != 1 || *page.Segment.BlobPrefixes[0].Name != "hello/" {
		t.Errorf("folders %v", page.Segment.BlobPrefixes)
	}
	if items := page.Segment.BlobItems; len(items) != 2 || *items[1].Metadata["name"] != "z.txt" ||
		*items[1].Properties.ContentLength != 5 {
		t.Errorf("blobs beside the folder: %v", items)
	}

	if _, err := client.CreateContainer(ctx, "archive", nil); err != nil {
		t.Fatal(err)
	}
	var found []string
	for pager := client.NewListContainersPager(&azblob.ListContainersOptions{
		MaxResults: to.Ptr(int32(1)), Include: azblob.ListContainersInclude{Metadata: true},
	}); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.ContainerItems {
			found = append(found, *item.Name)
		}
	}
	if diff := cmp.Diff([]string{"archive", "films"}, found); diff != "" {
		t.Errorf("containers (-want +got):\n%s", diff)
	}
	if _, err := client.ServiceClient().GetProperties(ctx, nil); err != nil {
		t.Error(err)
	}
	_, err = films.NewListBlobsFlatPager(&container.ListBlobsFlatOptions{MaxResults: to.Ptr(int32(-1))}).NextPage(ctx)
	azure.wantCode(err, http.StatusBadRequest, "OutOfRangeQueryParameterValue")
}

func TestConditions(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	ctx := t.Context()
	client := azure.filled()
	seen, err := client.DownloadStream(ctx, "films", "hello/world.txt", nil)
	if err != nil {
		t.Fatal(err)
	}
	when := func(match, noneMatch *azcore.ETag) *azblob.AccessConditions {
		return &azblob.AccessConditions{ModifiedAccessConditions: &azcontent.ModifiedAccessConditions{
			IfMatch: match, IfNoneMatch: noneMatch,
		}}
	}
	other, all := azcore.ETag(`"0xOTHER"`), azcore.ETagAny
	put := func(conditions *azblob.AccessConditions) error {
		_, err := client.UploadBuffer(ctx, "films", "hello/world.txt", []byte("new"),
			&azblob.UploadBufferOptions{AccessConditions: conditions})
		return err
	}
	azure.wantCode(put(when(nil, &all)), http.StatusConflict, "BlobAlreadyExists")
	azure.wantCode(put(when(&other, nil)), http.StatusPreconditionFailed, "ConditionNotMet")
	azure.wantCode(put(when(nil, seen.ETag)), http.StatusPreconditionFailed, "ConditionNotMet")
	same, err := client.DownloadStream(ctx, "films", "hello/world.txt",
		&azblob.DownloadStreamOptions{AccessConditions: when(nil, seen.ETag)})
	if err != nil || same.ErrorCode == nil || *same.ErrorCode != "ConditionNotMet" {
		t.Errorf("what has not changed: %v, %v", same.ErrorCode, err)
	}
	if err := put(when(seen.ETag, nil)); err != nil {
		t.Error(err)
	}
	_, err = client.DeleteBlob(ctx, "films", "hello/world.txt", &azblob.DeleteBlobOptions{AccessConditions: when(seen.ETag, nil)})
	azure.wantCode(err, http.StatusPreconditionFailed, "ConditionNotMet")
}

func TestPut_refusals(t *testing.T) {
	azure := start(t, `{"allowBlobPublicAccess":true}`)
	azure.filled()
	token := "Bearer " + azure.token()
	azure.Grant(store1, storageBlobDataOwner, azure.Caller.ObjectID)
	for name, test := range map[string]struct {
		method, path string
		header       []string
		status       int
		code         string
	}{
		"a bad checksum":     {"PUT", "films/x", []string{"X-Ms-Blob-Type", "BlockBlob", "Content-Md5", "x"}, 400, "InvalidMd5"},
		"another checksum":   {"PUT", "films/x", []string{"X-Ms-Blob-Type", "BlockBlob", "Content-Md5", "AAAAAAAAAAAAAAAAAAAAAA=="}, 400, "Md5Mismatch"},
		"no type":            {"PUT", "films/x", nil, 400, "MissingRequiredHeader"},
		"a page blob":        {"PUT", "films/x", []string{"X-Ms-Blob-Type", "PageBlob"}, 501, "NotImplemented"},
		"a copy":             {"PUT", "films/x", []string{"X-Ms-Blob-Type", "BlockBlob", "X-Ms-Copy-Source", "https://x/"}, 501, "NotImplemented"},
		"a block":            {"PUT", "films/x?comp=block", nil, 501, "NotImplemented"},
		"a bad name":         {"PUT", "No?restype=container", nil, 400, "InvalidResourceName"},
		"a bad level":        {"PUT", "other?restype=container", []string{"X-Ms-Blob-Public-Access", "all"}, 400, "InvalidHeaderValue"},
		"a range beyond":     {"GET", "films/hello/world.txt", []string{"Range", "bytes=99-"}, 416, "InvalidRange"},
		"no such container":  {"GET", "none?restype=container", nil, 404, "ContainerNotFound"},
		"nothing to list":    {"GET", "none?restype=container&comp=list", nil, 404, "ContainerNotFound"},
		"nothing to delete":  {"DELETE", "none?restype=container", nil, 404, "ContainerNotFound"},
		"no container there": {"GET", "none/x", nil, 404, "ContainerNotFound"},
		"no blob to delete":  {"DELETE", "films/x", nil, 404, "BlobNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			header := append([]string{"Authorization", token, "X-Ms-Version", "2021-12-02"}, test.header...)
			azure := &rehearsal{azure.Azure, t}
			azure.wantRefusal(azure.send(test.method, endpoint+test.path, "text", header...), test.status, test.code, "")
		})
	}
	// What is no range that the service knows is passed over.
	whole := azure.send("GET", endpoint+"films/hello/world.txt", "", "Authorization", token, "Range", "bytes=5-2")
	if whole.StatusCode != http.StatusOK || whole.body != "Hello, world" {
		t.Errorf("a range that is none: %d %q", whole.StatusCode, whole.body)
	}
}

func TestAccount_takesItsBlobsAlong(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	azure.Want(azure.Call("DELETE", store1, version, ""), http.StatusOK)
	azure.wantRefusal(azure.send("GET", endpoint+"films/hello/world.txt", ""), http.StatusNotFound, "ResourceNotFound", "")
	azure.Transact(func(tx *engine.Tx) {
		tx.Each("blob/", func(key string, _ func(any)) { t.Errorf("%s is still there", key) })
	})
}

// What is in a blob is under the account key, and that under the customer's.
func TestAccount_isOutOfReachWithItsKey(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	client := azure.filled()
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	key := vault.NewKey("k", azuretest.KeyOptions{})
	vault.Grant(azure.Call("GET", store1, version, "").Text("identity.principalId"))
	azure.Want(azure.Call("PATCH", store1, version, `{"properties":{"encryption":{"keySource":"Microsoft.Keyvault",
		"keyvaultproperties":{"keyname":"k","keyvaulturi":"https://vault1.vault.azure.net"}}}}`), http.StatusOK)
	read := func() error {
		_, err := client.DownloadStream(t.Context(), "films", "hello/world.txt", nil)
		return err
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	vault.Disable(key)
	for name, refused := range map[string]error{
		"Get Blob":            read(),
		"Get Blob Properties": second(blobOf(client).GetProperties(t.Context(), nil)),
		"Put Blob":            second(client.UploadBuffer(t.Context(), "films", "more.txt", []byte("more"), nil)),
		"List Blobs with metadata": second(client.NewListBlobsFlatPager("films", &azblob.ListBlobsFlatOptions{
			Include: container.ListBlobsInclude{Metadata: true},
		}).NextPage(t.Context())),
	} {
		t.Log(name)
		azure.wantCode(refused, http.StatusForbidden, "KeyVaultEncryptionKeyNotFound")
	}
	// What is not in Microsoft's list goes on.
	for name, err := range map[string]error{
		"Create Container": second(client.CreateContainer(t.Context(), "more", nil)),
		"List Containers":  second(client.NewListContainersPager(nil).NextPage(t.Context())),
		"List Blobs":       second(client.NewListBlobsFlatPager("films", nil).NextPage(t.Context())),
		"Delete Container": second(client.DeleteContainer(t.Context(), "more", nil)),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	vault.Enable(key)
	if err := read(); err != nil {
		t.Error(err)
	}
	vault.Delete()
	azure.wantCode(read(), http.StatusForbidden, "KeyVaultVaultNotFound")
}

// An account whose identity was deleted gets no token to show to the vault.
func TestAccount_isOutOfReachWithItsIdentity(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	client := azure.filled()
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	vault.NewKey("k", azuretest.KeyOptions{})
	reader, principal := azure.Identity("reader")
	vault.Grant(principal)
	azure.Want(azure.Call("PATCH", store1, version, `{"identity":{"type":"UserAssigned","userAssignedIdentities":{
		"`+reader+`":{}}},"properties":{"encryption":{"keySource":"Microsoft.Keyvault","identity":{
		"userAssignedIdentity":"`+reader+`"},"keyvaultproperties":{"keyname":"k",
		"keyvaulturi":"https://vault1.vault.azure.net"}}}}`), http.StatusOK)
	azure.Want(azure.Call("DELETE", reader, "2023-01-31", ""), http.StatusOK)
	_, err := client.DownloadStream(t.Context(), "films", "hello/world.txt", nil)
	azure.wantCode(err, http.StatusForbidden, "KeyVaultAccessTokenCannotBeAcquired")
}

// second is the error of a call, whatever else it returns.
func second[T any](_ T, err error) error { return err }

func blobOf(client *azblob.Client) *azcontent.Client {
	return client.ServiceClient().NewContainerClient("films").NewBlobClient("hello/world.txt")
}

func TestContent_isSealedAtRest(t *testing.T) {
	t.Parallel()
	azure := start(t, "{}")
	azure.filled()
	azure.Transact(func(tx *engine.Tx) {
		tx.Each("blob/content/", func(_ string, decode func(any)) {
			var kept struct{ Sealed []byte }
			decode(&kept)
			if len(kept.Sealed) == 0 || strings.Contains(string(kept.Sealed), "Hello") {
				t.Errorf("kept as %q", kept.Sealed)
			}
		})
	})
}
