// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

func TestClient_asksNothingBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	fake := &fakeAzure{}
	newClient(t, signedIn(fake))
	if fake.tokens != 0 || len(fake.requests) != 0 {
		t.Errorf("New made %d token requests and %d others", fake.tokens, len(fake.requests))
	}
}

func TestClient_marksEveryRequest(t *testing.T) {
	t.Parallel()
	fake := &fakeAzure{answer: func(*http.Request) *http.Response {
		return answer(http.StatusOK, `{"name":"rg","location":"westus2"}`)
	}}
	client := newClient(t, signedIn(fake))
	groups, err := client.ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := groups.Get(t.Context(), "rg", nil); err != nil {
			t.Fatal(err)
		}
	}
	var correlation []string
	for _, req := range fake.requests {
		if !strings.HasPrefix(req.Header.Get("User-Agent"), "terraform-provider-azuremedia/test azsdk-go-") {
			t.Errorf("user agent %q", req.Header.Get("User-Agent"))
		}
		if req.URL.Host != "management.azure.com" {
			t.Errorf("host %q", req.URL.Host)
		}
		correlation = append(correlation, req.Header.Get("x-ms-correlation-request-id"))
	}
	if correlation[0] == "" || correlation[0] != correlation[1] {
		t.Errorf("correlation IDs %q: want the same one twice", correlation)
	}
}

func TestClient_logsNoSecret(t *testing.T) {
	t.Parallel()
	fake := &fakeAzure{answer: func(*http.Request) *http.Response {
		return answer(http.StatusOK, `{"keys":[{"keyName":"key1","value":"topsecret"}]}`,
			"x-ms-request-id", "the-request")
	}}
	client := newClient(t, signedIn(fake))
	accounts, err := client.StorageAccounts(subscription)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if _, err := accounts.ListKeys(tflogtest.RootLogger(t.Context(), &log), "rg", "sa", nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"POST", "/storageAccounts/sa/listKeys", "the-request", "200"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, &log)
		}
	}
	for _, secret := range []string{"topsecret", "hunter2", "Bearer", "e30."} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, &log)
		}
	}
}

func TestWithoutRetry_sendsOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		once bool
		want int
	}{{"default", false, 4}, {"without retry", true, 1}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			fake := &fakeAzure{answer: func(*http.Request) *http.Response {
				return answer(http.StatusInternalServerError, "", "x-ms-retry-after-ms", "1")
			}}
			accounts, err := newClient(t, signedIn(fake)).StorageAccounts(subscription)
			if err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			if test.once {
				ctx = azure.WithoutRetry(ctx)
			}
			if _, err := accounts.ListKeys(ctx, "rg", "sa", nil); err == nil {
				t.Error("no error")
			}
			if got := len(fake.requests); got != test.want {
				t.Errorf("sent %d times, want %d", got, test.want)
			}
		})
	}
}

// TestClient_knowsTheTimeOfEachService, whatever the clocks of others say.
func TestClient_knowsTheTimeOfEachService(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	ahead := map[string]time.Duration{} // By a part of the URL.
	fake := &fakeAzure{answer: func(r *http.Request) *http.Response {
		now := date
		for part, by := range ahead {
			if strings.Contains(r.URL.String(), part) {
				now = now.Add(by)
			}
		}
		return answer(http.StatusOK, `{}`, "Date", now.Format(http.TimeFormat))
	}}
	clock := &fixedClock{now: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	config := signedIn(otherDates{fake, "login.", date.Add(7 * time.Hour)})
	config.Clock = clock
	client := newClient(t, config)
	const storage, vault = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a", "https://v.vault.azure.net/"
	at := func(service string, want time.Time, jump time.Duration) {
		t.Helper()
		if got := client.ClockOf(service); !got.Now.Equal(want) || got.Jump != jump || !client.TimeOf(service).Equal(want) {
			t.Errorf("%s: %s after a jump of %s, want %s after %s", service, got.Now, got.Jump, want, jump)
		}
	}
	at(storage, clock.now, 0) // Before any answer: the machine's.
	groups, err := client.ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := client.StorageAccounts(subscription)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := client.Keys(vault)
	if err != nil {
		t.Fatal(err)
	}
	get := func() {
		t.Helper()
		_, failed := groups.Get(t.Context(), "rg", nil)
		_, failed2 := accounts.GetProperties(t.Context(), "rg", "sa", nil)
		_, failed3 := keys.GetKey(t.Context(), "k", "", nil)
		if err := errors.Join(failed, failed2, failed3); err != nil {
			t.Fatal(err)
		}
	}
	ahead["/resourcegroups/rg?"], ahead["vault.azure.net"] = time.Hour, 2*time.Hour
	get()
	at(storage, date, 0)
	at(strings.ToLower(storage), date, 0)
	at("https://V.vault.azure.net", date.Add(2*time.Hour), 0)
	at("https://unseen.vault.azure.net/", date, 0) // It goes by the latest answer of Resource Manager.
	at("", date.Add(time.Hour), 0)
	if err := client.Wait(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	at(storage, date.Add(time.Hour), 0)

	date = date.Add(time.Hour)
	ahead["Microsoft.Storage"] = -3 * time.Hour // A clock may be put back.
	get()
	at(storage, date.Add(-3*time.Hour), -3*time.Hour)
	at(vault, date.Add(2*time.Hour), 0)
}

// otherDates gives the answers of the hosts with a prefix another Date.
type otherDates struct {
	http.RoundTripper
	prefix string
	date   time.Time
}

func (d otherDates) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := d.RoundTripper.RoundTrip(req)
	if err == nil && strings.HasPrefix(req.URL.Host, d.prefix) {
		resp.Header.Set("Date", d.date.Format(http.TimeFormat))
	}
	return resp, err
}

func TestClient_readsTheCallerFromItsToken(t *testing.T) {
	t.Parallel()
	got, err := newClient(t, signedIn(&fakeAzure{})).Caller(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := (azure.Caller{TenantID: tenant, ObjectID: "caller"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestClient_keepsTheKeysClientOfAVault(t *testing.T) {
	t.Parallel()
	client := newClient(t, signedIn(&fakeAzure{}))
	one, err := client.Keys("https://V.vault.azure.net/")
	if err != nil {
		t.Fatal(err)
	}
	other, err := client.Keys("https://v.vault.azure.net")
	if err != nil {
		t.Fatal(err)
	}
	if one != other {
		t.Error("the same vault got two clients, and would be challenged twice")
	}
}

func TestClient_opensEveryService(t *testing.T) {
	t.Parallel()
	client := newClient(t, signedIn(&fakeAzure{}))
	if client.SubscriptionID() != subscription {
		t.Errorf("the subscription is %q", client.SubscriptionID())
	}
	open := func(opened any, err error) {
		t.Helper()
		if err != nil || opened == nil {
			t.Errorf("got %v and %v", opened, err)
		}
	}
	open(client.Resources(subscription))
	open(client.Providers(subscription))
	open(client.UserAssignedIdentities(subscription))
	open(client.RoleAssignments(subscription))
	open(client.RoleDefinitions())
	open(client.Vaults(subscription))
	open(client.MediaAccounts(subscription))
}

func TestNew_signsInInEveryWay(t *testing.T) {
	t.Parallel()
	certificate, tokenFile := clientCertificate(t), filepath.Join(t.TempDir(), "token")
	for _, test := range []struct {
		name   string
		change func(*azure.Config)
	}{
		{"certificate", func(c *azure.Config) { c.ClientCertificatePath = certificate }},
		{"managed identity", func(c *azure.Config) { c.UseMSI, c.ClientID = true, "" }},
		{"user-assigned identity", func(c *azure.Config) { c.UseMSI = true }},
		{"Kubernetes", func(c *azure.Config) {
			c.UseAKSWorkloadIdentity, c.OIDCTokenFilePath = true, tokenFile
		}},
		{"Azure CLI", func(c *azure.Config) { c.UseCLI = true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := signedIn(&fakeAzure{})
			config.ClientSecret = ""
			test.change(&config)
			newClient(t, config)
		})
	}
}

// clientCertificate writes a certificate and its key to a file.
func clientCertificate(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	content := append(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	path := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestClient_waitsUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	client := newClient(t, signedIn(&fakeAzure{}))
	if err := client.Wait(t.Context(), time.Nanosecond); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestNew_namesTheWrongSetting(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		change  func(*azure.Config)
		setting string
		problem string
	}{
		{
			"no subscription",
			func(c *azure.Config) { c.SubscriptionID = "" },
			"subscription_id", "missing",
		},
		{
			"unknown environment",
			func(c *azure.Config) { c.Environment = "mars" },
			"environment", `"mars"`,
		},
		{
			"two ways to sign in",
			func(c *azure.Config) { c.UseMSI = true },
			"use_msi", "client_secret",
		},
		{
			"no way to sign in",
			func(c *azure.Config) { c.ClientSecret = "" },
			"use_cli", "no way to sign in",
		},
		{
			"secret without tenant",
			func(c *azure.Config) { c.TenantID = "" },
			"tenant_id", "a client secret needs it",
		},
		{
			"secret without client",
			func(c *azure.Config) { c.ClientID = "" },
			"client_id", "a client secret needs it",
		},
		{
			"certificate that is not there",
			func(c *azure.Config) { c.ClientSecret, c.ClientCertificatePath = "", "/no/such.pem" },
			"client_certificate_path", "/no/such.pem",
		},
		{
			"OIDC without a token",
			func(c *azure.Config) { c.ClientSecret, c.UseOIDC = "", true },
			"use_oidc", "no ID token",
		},
		{
			"bad address",
			func(c *azure.Config) { c.Transport, c.Endpoint.ConnectTo = nil, "127.0.0.1" },
			"endpoint.connect_to", "127.0.0.1",
		},
		{
			"CA file that is not there",
			func(c *azure.Config) { c.Transport, c.Endpoint.CAFile = nil, "/no/such.pem" },
			"endpoint.ca_file", "/no/such.pem",
		},
		{
			"CA file without certificates",
			func(c *azure.Config) { c.Transport, c.Endpoint.CAFile = nil, "client_test.go" },
			"endpoint.ca_file", "no certificate",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := signedIn(&fakeAzure{})
			test.change(&config)
			_, err := azure.New(config)
			var wrong *azure.SettingError
			if !errors.As(err, &wrong) {
				t.Fatalf("got %v, want a SettingError", err)
			}
			if !strings.HasPrefix(wrong.Error(), test.setting+": ") {
				t.Errorf("reads %q", wrong)
			}
			if wrong.Setting != test.setting || !strings.Contains(wrong.Problem, test.problem) {
				t.Errorf("got %q: %q, want %q: …%q…",
					wrong.Setting, wrong.Problem, test.setting, test.problem)
			}
		})
	}
}
