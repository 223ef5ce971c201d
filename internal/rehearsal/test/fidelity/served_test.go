// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package fidelity_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

// way is how a client finds a served rehearsal.
type way string

const (
	// byName is for clients whose hosts are pointed at this machine: they use Azure's names.
	byName way = "by Azure's host names"
	// byAddress is for all others: they use loopback addresses, vaults' and blobs' included.
	byAddress way = "by loopback addresses"
)

// served is a rehearsal that is served over TLS on a loopback port, and its client.
type served struct {
	server.Ready
	t         *testing.T
	way       way
	validator *openapi.Validator
	http      *http.Client
	// Manager and Login are the origins of Resource Manager and of Entra ID.
	Manager, Login string
	Control        *server.Client
}

// serve starts a rehearsal. When the test ends it fails if an exchange was not as documented, or if
// a request asked for what Azure does not have.
func serve(t *testing.T, found way) *served {
	t.Helper()
	running, err := server.Start(t.Context(), server.Options{
		Listen: "127.0.0.1:0", LoopbackURIs: found == byAddress,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &served{Ready: running.Ready(), t: t, way: found, validator: openapi.NewValidator(t)}
	s.Manager, s.Login = s.ResourceManager, s.AuthorityHost
	if found == byName {
		s.Manager, s.Login = "https://management.azure.com", "https://login.microsoftonline.com"
	}
	transport := s.transport()
	t.Cleanup(transport.CloseIdleConnections)
	s.http = &http.Client{
		Transport: s.validator.RoundTripper(transport),
		// As the pipelines of Azure's clients have it.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if s.Control, err = server.NewClient(s.Ready.Control); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.checkJournal)
	return s
}

// transport trusts rehearsal's certificate authority and nothing else. By name it dials rehearsal
// whatever the host: what a line in /etc/hosts and a listener at port 443 do for clients of which
// nothing can be configured.
func (s *served) transport() *http.Transport {
	s.t.Helper()
	certificate, err := os.ReadFile(s.CAFile)
	if err != nil {
		s.t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(certificate) {
		s.t.Fatalf("there is no certificate in %s", s.CAFile)
	}
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}
	if s.way == byName {
		at := strings.TrimPrefix(s.ResourceManager, "https://")
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, at)
		}
	}
	return transport
}

// checkJournal finds the requests that Azure would not have understood. Refusals in words of
// rehearsal's own are not among them.
func (s *served) checkJournal() {
	s.t.Helper()
	entries, err := s.Control.Journal(context.WithoutCancel(s.t.Context()))
	if err != nil {
		s.t.Error(err)
	}
	for _, entry := range entries {
		for _, note := range entry.Notes {
			if note != engine.NoteOwnWords {
				s.t.Errorf("%s %s: %s", entry.Method, entry.Path, note)
			}
		}
	}
}

// advance lets time pass.
func (s *served) advance(d time.Duration) {
	s.t.Helper()
	if err := s.Control.Advance(s.t.Context(), d); err != nil {
		s.t.Fatal(err)
	}
}

// options are what the official clients are told: where Azure is. Nothing else differs from what
// they are told in Azure.
func (s *served) options() azcore.ClientOptions {
	return azcore.ClientOptions{
		Transport: s.http,
		Cloud: cloud.Configuration{
			ActiveDirectoryAuthorityHost: s.Login,
			Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
				cloud.ResourceManager: {Endpoint: s.Manager, Audience: "https://management.azure.com"},
			},
		},
	}
}

func (s *served) armOptions() *arm.ClientOptions {
	return &arm.ClientOptions{ClientOptions: s.options()}
}

// credential signs in with the secret of the service principal.
func (s *served) credential() azcore.TokenCredential {
	s.t.Helper()
	credential, err := azidentity.NewClientSecretCredential(s.TenantID, s.ClientID, s.ClientSecret,
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions: s.options(),
			// Microsoft's directory of authorities knows no loopback address.
			DisableInstanceDiscovery: s.way == byAddress,
		})
	if err != nil {
		s.t.Fatal(err)
	}
	return credential
}

// answer is what Azure said to a request that no client library made.
type answer struct {
	Status int
	Header http.Header
	Raw    []byte
}

// at returns what is at the dotted path of the answer's body, or nil.
func (a *answer) at(path string) any {
	var value any
	if json.Unmarshal(a.Raw, &value) != nil {
		return nil
	}
	for name := range strings.SplitSeq(path, ".") {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

// text returns the text at the dotted path of the answer's body, or "".
func (a *answer) text(path string) string {
	text, _ := a.at(path).(string)
	return text
}

// token signs in at the v1 endpoint, as the tutorial does, and returns the access token.
func (s *served) token(resource string) string {
	s.t.Helper()
	reply := s.send(http.MethodPost, s.Login+"/"+s.TenantID+"/oauth2/token", map[string]string{
		"Content-Type": "application/x-www-form-urlencoded",
	}, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {s.ClientID},
		"client_secret": {s.ClientSecret}, "resource": {resource},
	}.Encode())
	token := reply.text("access_token")
	if reply.Status != http.StatusOK || token == "" {
		s.t.Fatalf("no token for %s: %d %s", resource, reply.Status, reply.Raw)
	}
	return token
}

// arm sends a request to Resource Manager and expects one of the statuses.
func (s *served) arm(method, path, version, body string, statuses ...int) *answer {
	s.t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	origin := s.Manager
	if strings.HasPrefix(path, "https://") {
		origin = "" // an address that Resource Manager has given
	} else {
		path += separator + "api-version=" + version
	}
	reply := s.send(method, origin+path, map[string]string{
		"Authorization": "Bearer " + s.token("https://management.core.windows.net/"),
		"Content-Type":  "application/json",
	}, body)
	for _, status := range statuses {
		if reply.Status == status {
			return reply
		}
	}
	s.t.Fatalf("%s %s at %s: status %d, want %v: %s", method, path, version, reply.Status, statuses, reply.Raw)
	return nil
}

func (s *served) send(method, address string, header map[string]string, body string) *answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := s.http.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return &answer{Status: response.StatusCode, Header: response.Header, Raw: bytes.TrimSpace(raw)}
}
