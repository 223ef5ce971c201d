// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

// through returns a client of the proxy that trusts what its users are told to trust, and more.
func through(t *testing.T, ready server.Ready, more *x509.Certificate) *http.Client {
	t.Helper()
	proxy, err := url.Parse(ready.Proxy)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := os.ReadFile(ready.CABundle)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(bundle)
	if more != nil {
		trusted.AddCert(more)
	}
	transport := &http.Transport{
		Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestProxy_leadsAzuresNamesToRehearsal(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	defer func() { _ = s.stop() }()
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "elsewhere")
	}))
	defer elsewhere.Close()
	client := through(t, s.ready, elsewhere.Certificate())
	for address, want := range map[string]string{
		"https://management.azure.com/subscriptions?api-version=2022-12-01": "The 'Authorization' header is missing",
		"https://MANAGEMENT.azure.com/subscriptions?api-version=2022-12-01": "The 'Authorization' header is missing",
		"https://none.vault.azure.net/keys":                                 "VaultNotFound",
		"https://login.microsoftonline.com/common/discovery/instance":       "error",
		elsewhere.URL: "elsewhere",
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		content, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if !strings.Contains(string(content), want) {
			t.Errorf("%s: %s %s", address, response.Status, content)
		}
	}
	// Nothing that is meant for Azure leaves this machine; the control interface stays behind its guard.
	for host, want := range map[string]string{
		"account.queue.core.windows.net:443": "502 Bad Gateway: rehearsal has no account.queue.core.windows.net",
		"Account.Table.core.windows.net:443": "502 Bad Gateway: rehearsal has no account.table.core.windows.net",
		"localhost:1":                        "502 Bad Gateway: dial tcp",
	} {
		if status := connect(t, s.ready, host); !strings.HasPrefix(status, want) {
			t.Errorf("%s: %s", host, status)
		}
	}
}

// connect asks the proxy for a connection, and returns the status of its answer.
func connect(t *testing.T, ready server.Ready, host string) string {
	t.Helper()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(ready.Proxy, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if _, err := io.WriteString(connection, "CONNECT "+host+" HTTP/1.1\r\nHost: "+host+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusOK {
		return response.Status
	}
	reason, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.Status + ": " + string(reason)
}

// A process reads its proxy once, so that this test needs a process of its own.
func TestProxy_goesByTheProxyOfThisMachine(t *testing.T) {
	const inside = "TEST_BEHIND_A_PROXY"
	if os.Getenv(inside) == "" {
		var asked []string
		upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method+" "+r.Host+" "+r.Header.Get("Proxy-Authorization"))
			if r.Host == "refused.example:443" {
				w.WriteHeader(http.StatusForbidden)
			}
		}))
		defer upstream.Close()
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		child := exec.CommandContext(t.Context(), program, "-test.run=^"+t.Name()+"$", "-test.v")
		child.Env = append(os.Environ(), inside+"=yes", "NO_PROXY=", "no_proxy=",
			"HTTPS_PROXY="+strings.Replace(upstream.URL, "http://", "http://me:secret@", 1))
		if output, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, output)
		}
		const want = "CONNECT elsewhere.example:443 Basic bWU6c2VjcmV0\nCONNECT refused.example:443 Basic bWU6c2VjcmV0"
		if got := strings.Join(asked, "\n"); got != want {
			t.Errorf("the proxy is asked for\n%s", got)
		}
		return
	}
	s := start(t, server.Options{})
	defer func() { _ = s.stop() }()
	if status := connect(t, s.ready, "elsewhere.example:443"); !strings.HasPrefix(status, "200") {
		t.Error(status)
	}
	if status := connect(t, s.ready, "refused.example:443"); !strings.HasPrefix(status, "502") {
		t.Error(status)
	}
	if status := connect(t, s.ready, "management.azure.com:443"); !strings.HasPrefix(status, "200") {
		t.Error(status)
	}
}

// The bundle has what programs of this machine trust besides rehearsal, each file once.
func TestBundle_keepsWhatIsTrusted(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"system.pem": "the system's", "node.pem": "of the company"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SSL_CERT_FILE", filepath.Join(folder, "system.pem"))
	t.Setenv("NODE_EXTRA_CA_CERTS", filepath.Join(folder, "node.pem"))
	t.Setenv("CURL_CA_BUNDLE", filepath.Join(folder, "system.pem"))
	t.Setenv("REQUESTS_CA_BUNDLE", filepath.Join(folder, "none.pem"))
	s := start(t, server.Options{})
	own, err := os.ReadFile(s.ready.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := os.ReadFile(s.ready.CABundle)
	if want := "of the company\nthe system's\n" + string(own); err != nil || string(bundle) != want {
		t.Errorf("%v: %s", err, bundle)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.ready.CABundle); err == nil {
		t.Error("the bundle is there after the end")
	}
}
