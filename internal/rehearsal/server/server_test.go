// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

// served is a rehearsal that is served, and a client that trusts it.
type served struct {
	t     testing.TB
	ready server.Ready
	http  *http.Client
	token map[string]string // by audience
	// stop ends the server and returns what it says.
	stop func() error
}

func start(tb testing.TB, options server.Options) *served {
	tb.Helper()
	if options.Listen == "" {
		options.Listen = "127.0.0.1:0"
	}
	running, err := server.Start(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(tb.Context())
	ended := make(chan error, 1)
	go func() { ended <- running.Wait(ctx) }()
	s := &served{t: tb, ready: running.Ready(), token: map[string]string{}}
	stopped := false
	s.stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		s.http.CloseIdleConnections()
		cancel()
		return <-ended
	}
	content, err := os.ReadFile(s.ready.CAFile)
	if err != nil {
		tb.Fatal(err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(content) {
		tb.Fatalf("no certificate in %s", content)
	}
	main := strings.TrimPrefix(s.ready.ResourceManager, "https://")
	s.http = &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted},
		// Azure's hosts are found at the server, as a line in /etc/hosts would have it.
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if !strings.HasPrefix(address, "localhost:") && !strings.HasPrefix(address, "127.") && !strings.HasPrefix(address, "[::1]") {
				address = main
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}}
	tb.Cleanup(func() { _ = s.stop() })
	return s
}

// send sends a request, with a token for the audience where one is named.
func (s *served) send(method, address, body, audience string) (int, map[string]any) {
	s.t.Helper()
	status, content, err := s.try(method, address, body, audience)
	if err != nil {
		s.t.Fatal(err)
	}
	return status, content
}

func (s *served) try(method, address, body, audience string) (int, map[string]any, error) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if audience != "" {
		request.Header.Set("Authorization", "Bearer "+s.signIn(audience))
	}
	if strings.Contains(body, "grant_type=") {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if strings.HasPrefix(address, s.ready.Control) {
		request.Header.Set("X-Rehearsal-Token", s.ready.ControlToken)
	}
	response, err := s.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, err
	}
	var content map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &content); err != nil {
			s.t.Fatalf("%s %s: %d %v: %s", method, address, response.StatusCode, err, raw)
		}
	}
	return response.StatusCode, content, nil
}

func (s *served) signIn(audience string) string {
	s.t.Helper()
	if token := s.token[audience]; token != "" {
		return token
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {s.ready.ClientID},
		"client_secret": {s.ready.ClientSecret}, "scope": {audience + "/.default"},
	}
	status, content := s.send("POST", s.ready.AuthorityHost+"/"+s.ready.TenantID+"/oauth2/v2.0/token", form.Encode(), "")
	token, _ := content["access_token"].(string)
	if status != http.StatusOK || token == "" {
		s.t.Fatalf("signing in: %d %v", status, content)
	}
	s.token[audience] = token
	return token
}

const arm, vaults = "https://management.azure.com", "https://vault.azure.net"

// group makes a resource group and returns its URL below a host.
func (s *served) group(host string) string {
	s.t.Helper()
	group := host + "/subscriptions/" + s.ready.SubscriptionID + "/resourceGroups/rg"
	if status, content := s.send("PUT", group+"?api-version=2021-04-01", `{"location":"westus2"}`, arm); status >= 300 {
		s.t.Fatalf("making a group at %s: %d %v", host, status, content)
	}
	return group
}

// vault makes a vault and returns its URI.
func (s *served) vault(name string) string {
	s.t.Helper()
	at := s.group(s.ready.ResourceManager) + "/providers/Microsoft.KeyVault/vaults/" + name + "?api-version=2023-07-01"
	status, content := s.send("PUT", at, `{"location":"westus2","properties":{"tenantId":"`+s.ready.TenantID+
		`","sku":{"family":"A","name":"standard"},"enableRbacAuthorization":false,"accessPolicies":[{"tenantId":"`+s.ready.TenantID+
		`","objectId":"`+s.ready.ObjectID+`","permissions":{"keys":["all"]}}]}}`, arm)
	if status >= 300 {
		s.t.Fatalf("making a vault: %d %v", status, content)
	}
	_, content = s.send("GET", at, "", arm)
	properties, _ := content["properties"].(map[string]any)
	uri, _ := properties["vaultUri"].(string)
	return uri
}

func TestServer_answersUnderEveryName(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	for _, host := range []string{
		s.ready.ResourceManager, strings.Replace(s.ready.ResourceManager, "localhost", "127.0.0.1", 1), arm,
	} {
		s.group(host)
	}
	if status, content := s.send("GET", "https://login.microsoftonline.com/"+s.ready.TenantID+
		"/v2.0/.well-known/openid-configuration", "", ""); status != http.StatusOK {
		t.Errorf("discovery: %d %v", status, content)
	}
	if uri := s.vault("safe"); strings.TrimSuffix(uri, "/") != "https://safe.vault.azure.net" {
		t.Errorf("the vault is at %s", uri)
	}
	if status, content := s.send("POST", "https://safe.vault.azure.net/keys/key/create?api-version=7.4", `{"kty":"EC"}`, vaults); status != http.StatusOK {
		t.Errorf("a key: %d %v", status, content)
	}
	if status, _ := s.send("GET", arm+"/subscriptions?api-version=2022-12-01", "", ""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", status)
	}
}

func TestServer_isTrustedForItsNamesOnly(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	content, err := os.ReadFile(s.ready.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(content)
	authority, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !authority.IsCA || !authority.PermittedDNSDomainsCritical || len(authority.PermittedDNSDomains) == 0 {
		t.Errorf("the authority is not bound to its names: %v", authority.PermittedDNSDomains)
	}
	if _, _, err := s.try("GET", "https://example.com/", "", ""); err == nil {
		t.Error("the certificate is good for example.com")
	}
}

func TestServer_keepsItsDataAndItsAuthority(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	options := server.Options{
		DataFile: filepath.Join(folder, "data"), CAFile: filepath.Join(folder, "ca.pem"), LoopbackURIs: true,
	}
	first := start(t, options)
	uri := first.vault("safe")
	before, err := os.ReadFile(options.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	second := start(t, options)
	after, err := os.ReadFile(options.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the second start has another authority")
	}
	if second.ready.ClientSecret != first.ready.ClientSecret {
		t.Error("the second start has other credentials")
	}
	if again := second.vault("safe"); again != uri {
		t.Errorf("the vault moved from %s to %s", uri, again)
	}
	if status, content := second.send("GET", strings.TrimSuffix(uri, "/")+"/keys?api-version=7.4", "", vaults); status != http.StatusOK {
		t.Errorf("at its old address the vault answers %d %v", status, content)
	}
}

func TestServer_putsTheCAFileWhereItBelongs(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	kept := start(t, server.Options{DataFile: data})
	if kept.ready.CAFile != data+".ca.pem" {
		t.Errorf("CA file %s", kept.ready.CAFile)
	}
	passing := start(t, server.Options{})
	if err := passing.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(passing.ready.CAFile); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left behind", passing.ready.CAFile)
	}
}

func TestServer_loopbackURIs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, server.Options{LoopbackURIs: true, Log: slog.New(slog.NewTextHandler(&log, nil))})
	uri := s.vault("safe")
	other := s.vault("other")
	if !strings.HasPrefix(uri, "https://localhost:") || uri == other {
		t.Fatalf("the vaults are at %s and %s", uri, other)
	}
	base := strings.TrimSuffix(uri, "/")
	status, content := s.send("POST", base+"/keys/key/create?api-version=7.4", `{"kty":"EC"}`, vaults)
	if status != http.StatusOK {
		t.Fatalf("a key: %d %v", status, content)
	}
	key, _ := content["key"].(map[string]any)
	if id, _ := key["kid"].(string); !strings.HasPrefix(id, base+"/keys/key/") {
		t.Errorf("the key is %s", id)
	}
	if status, content := s.send("GET", "https://safe.vault.azure.net/keys/key?api-version=7.4", "", vaults); status != http.StatusOK {
		t.Errorf("by Azure's name: %d %v", status, content)
	}
	if status, _ := s.send("GET", strings.TrimSuffix(other, "/")+"/keys/key?api-version=7.4", "", vaults); status != http.StatusNotFound {
		t.Errorf("in the other vault: %d", status)
	}
}

func TestServer_breaksConnectionsOnDemand(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	client := s.control()
	for _, kind := range []fault.Kind{fault.Lost, fault.Reset} {
		if _, err := client.AddFault(t.Context(), fault.Fault{Kind: kind, Path: "*/resourceGroups/*"}); err != nil {
			t.Fatal(err)
		}
		at := arm + "/subscriptions/" + s.ready.SubscriptionID + "/resourceGroups/" + string(kind) + "?api-version=2021-04-01"
		if status, content, err := s.try("PUT", at, `{"location":"westus2"}`, arm); err == nil {
			t.Errorf("%s: answered %d %v", kind, status, content)
		}
		status, _ := s.send("GET", at, "", arm)
		if ok := status == http.StatusOK; ok != (kind == fault.Lost) {
			t.Errorf("%s: afterwards %d", kind, status)
		}
	}
}

func (s *served) control() *server.Client {
	s.t.Helper()
	client, err := server.NewClient(s.ready.Control)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestControl(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	s.vault("safe")
	client := s.control()
	ctx := t.Context()
	if ready, err := client.Ready(ctx); err != nil || ready != s.ready {
		t.Errorf("ready: %+v, %v", ready, err)
	}
	before, err := client.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Advance(ctx, 6*time.Hour); err != nil {
		t.Fatal(err)
	}
	if after, err := client.Now(ctx); err != nil || after.Sub(before) < 6*time.Hour {
		t.Errorf("advanced from %v to %v, %v", before, after, err)
	}
	state, err := client.Show(ctx)
	if err != nil || state.Access != s.ready.Access || len(state.Resources) < 3 {
		t.Errorf("show: %+v, %v", state, err)
	}
	entries, err := client.Journal(ctx)
	if err != nil || len(entries) == 0 || entries[0].Method != http.MethodPost {
		t.Errorf("journal: %+v, %v", entries, err)
	}
	added, err := client.AddFault(ctx, fault.Fault{Kind: fault.Slow, Times: -1, Host: "nobody.example"})
	if err != nil || added.ID != "1" || added.Delay == 0 {
		t.Errorf("added: %+v, %v", added, err)
	}
	if faults, err := client.Faults(ctx); err != nil || len(faults) != 1 || faults[0] != added {
		t.Errorf("faults: %+v, %v", faults, err)
	}
	if cleared, err := client.ClearFaults(ctx, "1"); err != nil || cleared != 1 {
		t.Errorf("cleared %d, %v", cleared, err)
	}
	if cleared, err := client.ClearFaults(ctx, ""); err != nil || cleared != 0 {
		t.Errorf("cleared %d, %v", cleared, err)
	}
	guest, err := client.AddPrincipal(ctx, "guest")
	if err != nil || guest.ClientSecret == "" || guest.ClientID == s.ready.ClientID || guest.TenantID != s.ready.TenantID {
		t.Errorf("guest: %+v, %v", guest, err)
	}
	if principals, err := client.Principals(ctx); err != nil || len(principals) != 2 {
		t.Errorf("principals: %+v, %v", principals, err)
	}
	app, err := client.AddApplication(ctx, application.Application{
		Secret: "https://nowhere.vault.azure.net/secrets/key", Cache: fault.Duration(time.Hour),
	})
	if err != nil || app.ID != "1" || app.Up || app.FirstFailure == nil || app.Identity != s.ready.ObjectID {
		t.Errorf("application: %+v, %v", app, err)
	}
	if apps, err := client.Applications(ctx); err != nil || len(apps) != 1 || apps[0].Application != app.Application {
		t.Errorf("applications: %+v, %v", apps, err)
	}
	if err := client.RemoveApplication(ctx, app.ID); err != nil {
		t.Error(err)
	}
}

func TestControl_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	client := s.control()
	ctx := t.Context()
	_, unknown := client.AddFault(ctx, fault.Fault{Kind: "fire"})
	_, missing := client.ClearFaults(ctx, "77")
	_, unread := client.AddApplication(ctx, application.Application{Secret: "key"})
	for words, err := range map[string]error{
		`there is no application "77"`:         client.RemoveApplication(ctx, "77"),
		`"key" is not the identifier of a sec`: unread,
		`there is no fault "fire"`:             unknown,
		`there is no fault "77"`:               missing,
		"time only moves forward":              client.Advance(ctx, -time.Hour),
	} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("got %v, want %s", err, words)
		}
	}
	for body, status := range map[string]int{`{"duration":"6h"}`: 200, `{"hours":6}`: 400, `{"duration":"soon"}`: 400, ``: 400} {
		if got, content := s.send("POST", s.ready.Control+"/advance", body, ""); got != status {
			t.Errorf("advance %s: %d %v", body, got, content)
		}
	}
	if got, content := s.send("POST", s.ready.Control+"/faults", `{"kin":"slow"}`, ""); got != 400 {
		t.Errorf("fault: %d %v", got, content)
	}
	if got, content := s.send("POST", s.ready.Control+"/principals", `{`, ""); got != 400 {
		t.Errorf("principal: %d %v", got, content)
	}
}

func TestControl_isForThisMachinesPrograms(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	if status, _ := s.send("GET", s.ready.ResourceManager+"/_rehearsal/clock", "", ""); status != http.StatusOK {
		t.Errorf("over TLS: %d", status)
	}
	if status, _ := s.send("GET", arm+"/_rehearsal/clock", "", ""); status == http.StatusOK {
		t.Error("it answers under Azure's name")
	}
	for name, change := range map[string]func(*http.Request){
		"a web page":   func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"another name": func(r *http.Request) { r.Host = "evil.example" },
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.ready.Control+"/show", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		change(request)
		response, err := s.http.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", name, response.StatusCode)
		}
	}
}

func TestClient_saysWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "127.0.0.1:80", "ftp://127.0.0.1/", "http://"} {
		if _, err := server.NewClient(base); err == nil || !strings.Contains(err.Error(), "_rehearsal") {
			t.Errorf("%q: %v", base, err)
		}
	}
	s := start(t, server.Options{})
	short, err := server.NewClient(strings.TrimSuffix(s.ready.Control, "/_rehearsal"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := short.Now(t.Context()); err != nil {
		t.Errorf("without the path: %v", err)
	}
	wrong, err := server.NewClient(s.ready.Control + "/deeper")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Now(t.Context()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("at another path: %v", err)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := short.Now(t.Context()); err == nil || !strings.Contains(err.Error(), "control interface") {
		t.Errorf("after the end: %v", err)
	}
}

func TestStart_refuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // It ends with the test.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	foreign := filepath.Join(t.TempDir(), "foreign")
	if err := os.WriteFile(foreign, []byte("a text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		options server.Options
		words   string
	}{
		"no port":              {server.Options{Listen: "127.0.0.1"}, "missing port"},
		"a port by name":       {server.Options{Listen: "127.0.0.1:https"}, "no port number"},
		"everybody's address":  {server.Options{Listen: "0.0.0.0:0"}, "this machine only"},
		"all addresses":        {server.Options{Listen: ":0"}, "this machine only"},
		"a port that is taken": {server.Options{Listen: taken.Addr().String()}, "in use"},
		"a foreign data file":  {server.Options{DataFile: foreign}, foreign},
		"no folder for the CA": {server.Options{CAFile: filepath.Join(foreign, "ca.pem")}, "CA file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.options.Listen == "" {
				test.options.Listen = "127.0.0.1:0"
			}
			running, err := server.Start(t.Context(), test.options)
			if err == nil {
				_ = running.Close()
			}
			if err == nil || !strings.Contains(err.Error(), test.words) {
				t.Errorf("got %v, want %s", err, test.words)
			}
		})
	}
}

func TestStart_refusesAnAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	first := start(t, server.Options{DataFile: data, LoopbackURIs: true})
	at, err := url.Parse(first.vault("safe"))
	if err != nil {
		t.Fatal(err)
	}
	// The first one still holds the vault's port.
	running, err := server.Start(t.Context(), server.Options{Listen: "127.0.0.1:0", DataFile: data, LoopbackURIs: true})
	if err == nil {
		_ = running.Close()
	}
	if err == nil || !strings.Contains(err.Error(), at.Port()) || !strings.Contains(err.Error(), `vault "safe"`) {
		t.Errorf("got %v", err)
	}
}

func TestWait_letsRequestsEnd(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	s.signIn(arm)
	if _, err := s.control().AddFault(t.Context(), fault.Fault{Kind: fault.Slow, Delay: fault.Duration(300 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		_, _, err := s.try("GET", arm+"/subscriptions?api-version=2022-12-01", "", arm)
		answered <- err
	}()
	client := s.control()
	for {
		faults, err := client.Faults(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if faults[0].Struck == 1 {
			break // the request is under way
		}
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if err := <-answered; err != nil {
		t.Errorf("the request was cut off: %v", err)
	}
}

// TestServer_refusesASpaceInTheAddress over HTTP/2 too, which has no line that it would end.
func TestServer_refusesASpaceInTheAddress(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	transport, ok := s.http.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("%T", s.http.Transport)
	}
	for _, version := range []int{1, 2} {
		transport := transport.Clone()
		transport.ForceAttemptHTTP2 = version == 2
		for query, want := range map[string]int{"a=b c": http.StatusBadRequest, "a=b%20c": http.StatusUnauthorized} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.ready.ResourceManager+"/subscriptions", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			request.URL.RawQuery = query
			response, err := transport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			if err := response.Body.Close(); err != nil || response.StatusCode != want || response.ProtoMajor != version {
				t.Errorf("HTTP/%d, %s: %s by %s, want %d: %v", version, query, response.Status, response.Proto, want, err)
			}
		}
	}
}
