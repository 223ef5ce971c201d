// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

// media makes a storage account and a media account on it, and returns their URLs.
func (s *served) media() (storage, account string) {
	s.t.Helper()
	group := s.group(s.ready.ResourceManager)
	storage = group + "/providers/Microsoft.Storage/storageAccounts/store1"
	if status, content := s.send("PUT", storage+"?api-version=2023-01-01",
		`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2"}`, arm); status != http.StatusAccepted {
		s.t.Fatalf("making a storage account: %d %v", status, content)
	}
	account = group + "/providers/Microsoft.Media/mediaservices/media1"
	if status, content := s.send("PUT", account+"?api-version=2021-06-01",
		`{"location":"westus2","properties":{"storageAccounts":[{"id":"`+strings.TrimPrefix(storage, s.ready.ResourceManager)+
			`","type":"Primary"}]}}`, arm); status != http.StatusCreated {
		s.t.Fatalf("making a media account: %d %v", status, content)
	}
	return storage, account
}

func (s *served) stream(address string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := s.http.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// A stream is reached under Azure's name and, by its locator, under the server's own.
func TestServer_streams(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{LoopbackURIs: true})
	_, account := s.media()
	id := strings.TrimPrefix(account, s.ready.ResourceManager)
	client := s.control()
	address, err := client.Streaming(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host != "media1-westus2.streaming.media.azure.net" {
		t.Fatalf("the stream is at %s, %v", address, err)
	}
	for _, at := range []string{address, s.ready.ResourceManager + parsed.Path} {
		if status, body := s.stream(at); status != http.StatusOK || body != "This file is streamed by rehearsal.\n" {
			t.Errorf("%s: %d %s", at, status, body)
		}
	}
	if again, err := client.Streaming(t.Context(), id); err != nil || again != address {
		t.Errorf("a second time: %s, %v", again, err)
	}
	if _, err := client.Streaming(t.Context(), id+"x"); err == nil || !strings.Contains(err.Error(), "no Media Services account") {
		t.Errorf("of no account: %v", err)
	}
	if _, err := client.Streaming(t.Context(), ""); err == nil {
		t.Error("of nothing: no error")
	}
}

// Over a real connection, at a loopback port of its own, the Blob endpoint takes the official
// client's signatures.
func TestServer_blobsOnLoopback(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{LoopbackURIs: true})
	storage, _ := s.media()
	_, shown := s.send("GET", storage+"?api-version=2023-01-01", "", arm)
	properties, _ := shown["properties"].(map[string]any)
	endpoints, _ := properties["primaryEndpoints"].(map[string]any)
	endpoint, _ := endpoints["blob"].(string)
	if !strings.HasPrefix(endpoint, "https://localhost:") {
		t.Fatalf("the blob endpoint is %s", endpoint)
	}
	_, listed := s.send("POST", storage+"/listKeys?api-version=2023-01-01", "", arm)
	first, _ := listed["keys"].([]any)[0].(map[string]any)
	key, _ := first["value"].(string)
	credential, err := azblob.NewSharedKeyCredential("store1", key)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{endpoint, "https://store1.blob.core.windows.net/"} {
		client, err := azblob.NewClientWithSharedKeyCredential(at, credential, &azblob.ClientOptions{
			ClientOptions: policy.ClientOptions{Transport: s.http, Retry: policy.RetryOptions{MaxRetries: -1}},
		})
		if err != nil {
			t.Fatal(err)
		}
		const name = "a folder/ä file.txt"
		container := "films" + strings.Repeat("x", len(at)%7)
		if _, err := client.CreateContainer(t.Context(), container, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := client.UploadBuffer(t.Context(), container, name, []byte("Hello"), nil); err != nil {
			t.Fatal(err)
		}
		buffer := make([]byte, 5)
		if _, err := client.DownloadBuffer(t.Context(), container, name, buffer, nil); err != nil || string(buffer) != "Hello" {
			t.Errorf("%s: %q, %v", at, buffer, err)
		}
	}
}

// A certificate authority of an earlier version, which could not sign for all names, is replaced.
func TestServer_replacesAnAuthorityOfFewerNames(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	azure, err := rehearsal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), IsCA: true,
		BasicConstraintsValid: true, PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"localhost"},
	}
	old, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := azure.Transact(func(tx *engine.Tx) error {
		tx.Store("server/authority", map[string][]byte{"certificate": old, "key": secret})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := azure.Close(); err != nil {
		t.Fatal(err)
	}
	s := start(t, server.Options{DataFile: path})
	if status, _ := s.stream("https://any.streaming.media.azure.net/"); status != http.StatusBadRequest {
		t.Errorf("status %d", status)
	}
}
