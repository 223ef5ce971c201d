// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestSignIn_fromFiles signs in with a client ID and a secret that files hold, and with a certificate that the
// configuration holds itself.
func TestSignIn_fromFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, content := range map[string]string{"id": "client\n", "secret": "hunter2\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	certificate, err := os.ReadFile(clientCertificate(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*azure.Config){
		"files": func(c *azure.Config) {
			c.ClientID, c.ClientSecret = "", ""
			c.ClientIDFilePath, c.ClientSecretFilePath = filepath.Join(folder, "id"), filepath.Join(folder, "secret")
		},
		"a file beside the same value": func(c *azure.Config) { c.ClientSecretFilePath = filepath.Join(folder, "secret") },
		"a certificate": func(c *azure.Config) {
			c.ClientSecret, c.ClientCertificate = "", base64.StdEncoding.EncodeToString(certificate)
		},
	} {
		config := signedIn(&fakeAzure{})
		change(&config)
		if _, err := newClient(t, config).Caller(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, test := range map[string]struct {
		change   func(*azure.Config)
		setting  string
		problems string
	}{
		"no such file": {
			func(c *azure.Config) { c.ClientSecretFilePath = "/no/such" }, "client_secret_file_path", "/no/such",
		},
		"another value": {
			func(c *azure.Config) { c.ClientIDFilePath = filepath.Join(folder, "secret") }, "client_id_file_path", "another value",
		},
		"a certificate that is none": {
			func(c *azure.Config) { c.ClientSecret, c.ClientCertificate = "", "hunter2!" }, "client_certificate", "base64",
		},
		"two certificates": {
			func(c *azure.Config) {
				c.ClientSecret, c.ClientCertificate, c.ClientCertificatePath = "", "aGk=", "x.pem"
			},
			"client_certificate", "two certificates",
		},
		"a pipeline without a token": {
			func(c *azure.Config) { c.ClientSecret, c.UseOIDC, c.ADOServiceConnectionID = "", true, "connection" },
			"oidc_request_token", "ado_pipeline_service_connection_id needs it",
		},
		"an identity in other tenants": {
			func(c *azure.Config) { c.ClientSecret, c.UseMSI, c.AuxiliaryTenantIDs = "", true, []string{tenant} },
			"auxiliary_tenant_ids", "managed identity",
		},
		"a token service that is none": {
			func(c *azure.Config) { c.ClientSecret, c.UseMSI, c.MSIEndpoint = "", true, "here" }, "msi_endpoint", `"here"`,
		},
	} {
		config := signedIn(&fakeAzure{})
		test.change(&config)
		_, err := azure.New(config)
		wrong, ok := errors.AsType[*azure.SettingError](err)
		if !ok || wrong.Setting != test.setting || !strings.Contains(wrong.Error(), test.problems) ||
			strings.Contains(wrong.Error(), "hunter2!") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSignIn_ofAPipeline exchanges the ID token of an Azure DevOps service connection.
func TestSignIn_ofAPipeline(t *testing.T) {
	t.Setenv("SYSTEM_OIDCREQUESTURI", "https://dev.azure.com/contoso/oidctoken")
	fake := &fakeAzure{answer: func(req *http.Request) *http.Response {
		if req.URL.Query().Get("serviceConnectionId") != "connection" || req.Header.Get("Authorization") != "Bearer system" {
			return answer(http.StatusUnauthorized, `{}`)
		}
		return answer(http.StatusOK, `{"oidcToken":"e30.e30.c2ln"}`)
	}}
	config := signedIn(fake)
	config.ClientSecret, config.UseOIDC = "", true
	config.ADOServiceConnectionID, config.OIDCRequestToken = "connection", "system"
	if caller, err := newClient(t, config).Caller(t.Context()); err != nil || caller.ObjectID != "caller" {
		t.Errorf("got %+v: %v", caller, err)
	}
}

// TestSignIn_atAnotherTokenService asks the token service that is configured for a managed identity's token.
func TestSignIn_atAnotherTokenService(t *testing.T) {
	t.Parallel()
	fake := &fakeAzure{answer: func(*http.Request) *http.Response {
		return answer(http.StatusOK, `{"access_token":"e30.eyJvaWQiOiJpZGVudGl0eSJ9.c2ln","expires_in":"3600","token_type":"Bearer"}`)
	}}
	config := signedIn(fake)
	config.ClientSecret, config.UseMSI, config.MSIEndpoint = "", true, "http://tokens.example:8080/identity"
	if caller, err := newClient(t, config).Caller(t.Context()); err != nil || caller.ObjectID != "identity" {
		t.Errorf("got %+v: %v", caller, err)
	}
	for _, req := range fake.requests {
		if req.URL.Host != "tokens.example:8080" || req.URL.Path != "/identity" {
			t.Errorf("asked %s", req.URL)
		}
	}
}

// TestClient_speaksForOtherTenants sends tokens of the auxiliary tenants with each request of Resource Manager.
func TestClient_speaksForOtherTenants(t *testing.T) {
	t.Parallel()
	fake := &fakeAzure{answer: func(*http.Request) *http.Response { return answer(http.StatusOK, `{"name":"rg"}`) }}
	config := signedIn(fake)
	config.AuxiliaryTenantIDs, config.OmitCorrelationID = []string{"33333333-3333-3333-3333-333333333333"}, true
	groups, err := newClient(t, config).ResourceGroups(subscription)
	if err == nil {
		_, err = groups.Get(t.Context(), "rg", nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	sent := fake.requests[0].Header
	if !strings.HasPrefix(sent.Get("x-ms-authorization-auxiliary"), "Bearer ") || sent.Get("x-ms-correlation-request-id") != "" {
		t.Errorf("sent %v", sent)
	}
}

// TestCredentialError_refusal has the codes of Entra ID in words.
func TestCredentialError_refusal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"AADSTS7000215: Invalid client secret provided.": "The client secret is wrong",
		"AADSTS7000222: keys are expired":                "az ad app credential reset",
		"AADSTS90002: Tenant not found":                  "tenant_id",
		"AADSTS700016: Application not found":            "client_id",
		"AADSTS50034: The user account does not exist":   "az login",
		"AADSTS53003: Access has been blocked":           "conditional access",
		"AADSTS700024: Client assertion is not within":   "oidc_token_file_path",
		"AADSTS99999999: something new":                  "",
		"no route to host":                               "",
	} {
		refusal, ok := (&azure.CredentialError{Err: errors.New(text)}).Refusal()
		if ok != (want != "") || !strings.Contains(refusal.Problem+refusal.Remedy, want) {
			t.Errorf("%s: %+v", text, refusal)
		}
	}
}
