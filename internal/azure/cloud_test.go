// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// served is a custom cloud behind one loopback address. It notes the hosts that it is asked for.
type served struct {
	address string
	caFile  string

	mu    sync.Mutex
	hosts []string
}

// serve serves a cloud with one resource group.
func serve(t *testing.T) *served {
	t.Helper()
	return serveOver(t, false, nil, func(*http.Request) *http.Response { return answer(http.StatusOK, `{"name":"rg"}`) })
}

// serveOver serves a cloud by one version of HTTP, under a name that httptest's certificate has:
// example.com. Its listener may be wrapped.
func serveOver(t *testing.T, http2 bool, wrap func(net.Listener) net.Listener, answers func(*http.Request) *http.Response) *served {
	t.Helper()
	s := &served{caFile: filepath.Join(t.TempDir(), "ca.pem")}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.hosts = append(s.hosts, r.Host)
		s.mu.Unlock()
		r.URL.Host = r.Host
		var resp *http.Response
		if strings.Contains(r.URL.Path, "oauth2") || strings.Contains(r.URL.Path, "openid") {
			resp = entra(r)
		} else {
			resp = answers(r)
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := io.Copy(w, resp.Body); err != nil {
			t.Error(err)
		}
	}))
	server.EnableHTTP2 = http2
	if wrap != nil {
		server.Listener = wrap(server.Listener)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	s.address = server.Listener.Addr().String()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(s.caFile, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// customCloud is the configuration of a cloud that is served at the address.
func customCloud(s *served) azure.Config {
	config := signedIn(nil)
	config.Environment = azure.Public
	config.Endpoint = azure.Endpoint{
		ResourceManager: "https://example.com/",
		AuthorityHost:   "https://example.com/",
		ConnectTo:       s.address,
		CAFile:          s.caFile,
	}
	return config
}

func TestEndpoint_dialsOneAddressUnderEveryName(t *testing.T) {
	t.Parallel()
	cloud := serve(t)
	groups, err := newClient(t, customCloud(cloud)).ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := groups.Get(t.Context(), "rg", nil); err != nil {
		t.Fatal(err)
	}
	want := []string{"example.com", "example.com", "example.com"} // Discovery, token, group.
	if diff := cmp.Diff(want, cloud.hosts); diff != "" {
		t.Error(diff)
	}
}

func TestEndpoint_stillChecksCertificates(t *testing.T) {
	t.Parallel()
	cloud := serve(t)
	for _, test := range []struct {
		name   string
		change func(*azure.Config)
		want   string
	}{
		{"an unknown authority", func(c *azure.Config) { c.Endpoint.CAFile = "" }, "unknown authority"},
		{
			"another name",
			func(c *azure.Config) { c.Endpoint.AuthorityHost = "https://login.elsewhere.test/" },
			"login.elsewhere.test",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := customCloud(cloud)
			test.change(&config)
			groups, err := newClient(t, config).ResourceGroups(subscription)
			if err != nil {
				t.Fatal(err)
			}
			_, err = groups.Get(azure.WithoutRetry(t.Context()), "rg", nil)
			if err == nil || !strings.Contains(err.Error(), "x509") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want a refusal of the certificate", err)
			}
		})
	}
}

func TestCloudOf_namesEveryCloud(t *testing.T) {
	t.Parallel()
	suffixes := map[azure.Environment]string{}
	for _, environment := range azure.Environments() {
		cloud, err := azure.CloudOf(environment)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{
			cloud.ResourceManager, cloud.ResourceManagerAudience, cloud.AuthorityHost, cloud.StorageSuffix,
		} {
			if name == "" {
				t.Errorf("%s: a name is missing: %+v", environment, cloud)
			}
		}
		suffixes[environment] = cloud.VaultURI("v")
	}
	want := map[azure.Environment]string{
		azure.Public:       "https://v.vault.azure.net/",
		azure.Custom:       "https://v.vault.azure.net/",
		azure.Rehearsal:    "https://v.vault.azure.net/",
		azure.USGovernment: "https://v.vault.usgovcloudapi.net/",
		azure.China:        "https://v.vault.azure.cn/",
	}
	if diff := cmp.Diff(want, suffixes); diff != "" {
		t.Error(diff)
	}
}

func TestEndpoint_replacesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	config := signedIn(&fakeAzure{})
	config.Environment = azure.China
	config.Endpoint.KeyVaultSuffix = ".vault.example."
	got := newClient(t, config).Cloud()
	want, err := azure.CloudOf(azure.China)
	if err != nil {
		t.Fatal(err)
	}
	want.KeyVaultSuffix = "vault.example"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// asserted runs a request with an ID token, and returns the assertion that Entra ID was given.
func asserted(t *testing.T, change func(*azure.Config)) (string, error) {
	t.Helper()
	var assertion string
	fake := &fakeAzure{answer: func(*http.Request) *http.Response {
		return answer(http.StatusOK, `{"name":"rg"}`)
	}}
	config := signedIn(roundTripper(func(req *http.Request) (*http.Response, error) {
		if strings.HasSuffix(req.URL.Path, "/token") {
			if err := req.ParseForm(); err != nil {
				return nil, err
			}
			assertion = req.PostForm.Get("client_assertion")
		}
		return fake.RoundTrip(req)
	}))
	config.ClientSecret, config.UseOIDC = "", true
	change(&config)
	groups, err := newClient(t, config).ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	_, err = groups.Get(t.Context(), "rg", nil)
	return assertion, err
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestOIDC_signsInWithTheIDToken(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer ask" ||
			r.URL.Query().Get("audience") != "api://AzureADTokenExchange" ||
			r.URL.Query().Get("kept") != "yes" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"value":"from a service"}`)
	}))
	t.Cleanup(service.Close)
	for _, test := range []struct {
		want   string
		change func(*azure.Config)
	}{
		{"from the block", func(c *azure.Config) { c.OIDCToken = "from the block" }},
		{"from a file", func(c *azure.Config) { c.OIDCTokenFilePath = file }},
		{"from a service", func(c *azure.Config) {
			c.OIDCRequestURL, c.OIDCRequestToken = service.URL+"?kept=yes", "ask"
		}},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			got, err := asserted(t, test.change)
			if err != nil || got != test.want {
				t.Errorf("got %q and %v, want %q", got, err, test.want)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		_, err := asserted(t, func(c *azure.Config) {
			c.OIDCRequestURL, c.OIDCRequestToken = service.URL, "hunter2"
		})
		if err == nil || !strings.Contains(err.Error(), "403") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want the service's refusal without the token", err)
		}
	})
}
