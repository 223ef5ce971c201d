// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
)

// signsIn has a credential of the SDK fetch a token and checks that it is the service
// principal's.
func (w *world) signsIn(t *testing.T, credential azcore.TokenCredential, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{
		Scopes: []string{management + "/.default"},
	})
	if err != nil {
		t.Fatal(err)
	}
	caller, refused := w.authenticate(t, "Bearer "+token.Token, management)
	if refused != nil {
		t.Fatal(refused)
	}
	want := engine.Caller{TenantID: w.tenant, ObjectID: w.sp.ObjectID, AppID: w.sp.AppID}
	if caller != want {
		t.Errorf("the token is for %+v, want %+v", caller, want)
	}
}

func TestAzureIdentitySignsInWithASecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	credential, err := azidentity.NewClientSecretCredential(w.tenant, w.sp.AppID, w.sp.Secret,
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions: azcore.ClientOptions{Transport: w},
		})
	w.signsIn(t, credential, err)
}

func TestAzureIdentitySignsInAtLoopback(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	credential, err := azidentity.NewClientSecretCredential(w.tenant, w.sp.AppID, w.sp.Secret,
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions: azcore.ClientOptions{Transport: w, Cloud: cloud.Configuration{
				ActiveDirectoryAuthorityHost: "https://localhost:8443/",
			}},
			DisableInstanceDiscovery: true,
		})
	w.signsIn(t, credential, err)
}

func TestAzureIdentitySignsInWithACertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	certificate, key := w.certificate(t)
	credential, err := azidentity.NewClientCertificateCredential(w.tenant, w.sp.AppID,
		[]*x509.Certificate{certificate}, key, &azidentity.ClientCertificateCredentialOptions{
			ClientOptions: azcore.ClientOptions{Transport: w},
		})
	w.signsIn(t, credential, err)
}

// A client's clock knows nothing of how far rehearsal's was advanced, and its assertions live for
// ten minutes.
func TestACertificateSignsInAfterTheClockWasAdvanced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.advance(t, 6*time.Hour)
	certificate, key := w.certificate(t)
	credential, err := azidentity.NewClientCertificateCredential(w.tenant, w.sp.AppID,
		[]*x509.Certificate{certificate}, key, &azidentity.ClientCertificateCredentialOptions{
			ClientOptions: azcore.ClientOptions{Transport: w},
		})
	w.signsIn(t, credential, err)
}

func TestAzureIdentitySignsInWithAFederatedToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	private := w.federate(t)
	credential, err := azidentity.NewClientAssertionCredential(w.tenant, w.sp.AppID,
		func(context.Context) (string, error) {
			return w.assertion(t, private, map[string]any{}), nil
		}, &azidentity.ClientAssertionCredentialOptions{
			ClientOptions: azcore.ClientOptions{Transport: w},
		})
	w.signsIn(t, credential, err)
}

const (
	foreignIssuer  = "https://token.actions.githubusercontent.com"
	foreignSubject = "repo:azuremedia/infrastructure:ref:refs/heads/main"
	exchange       = "api://AzureADTokenExchange"
)

// federate lets the foreign issuer sign the service principal in.
func (w *world) federate(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	private, err := key()
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	w.transact(t, func(tx *engine.Tx) {
		w.directory.AddFederatedCredential(tx, w.sp.AppID, entra.FederatedCredential{
			Issuer: foreignIssuer, Subject: foreignSubject, Audience: exchange, PublicKey: public,
		})
	})
	return private
}

// assertion signs a token of the foreign issuer, written out by hand so that it shares nothing
// with the code that checks it.
func (w *world) assertion(t *testing.T, key *rsa.PrivateKey, changed map[string]any) string {
	t.Helper()
	var now time.Time
	w.transact(t, func(tx *engine.Tx) { now = tx.ClientNow() })
	claims := map[string]any{
		"iss": foreignIssuer, "sub": foreignSubject, "aud": exchange,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
	}
	header := map[string]any{"alg": "RS256", "typ": "JWT"}
	for name, value := range changed {
		if name == "x5t" || name == "alg" {
			header[name] = value
			continue
		}
		claims[name] = value
	}
	encode := func(part any) string {
		raw, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	signed := encode(header) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestAssertionsAreReallyChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	private := w.federate(t)
	w.certificate(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		assertion string
		want      string
	}{
		"signed by another key": {w.assertion(t, other, nil), "AADSTS700027"},
		"expired": {
			w.assertion(t, private, map[string]any{"exp": 1}),
			"AADSTS700024",
		},
		"not valid yet": {
			w.assertion(t, private, map[string]any{"nbf": int64(1) << 34}),
			"AADSTS700024",
		},
		"for somebody else": {
			w.assertion(t, private, map[string]any{"aud": "api://else"}),
			"AADSTS70021",
		},
		"of an unknown issuer": {
			w.assertion(t, private, map[string]any{"iss": "https://x"}),
			"AADSTS70021",
		},
		"about another subject": {
			w.assertion(t, private, map[string]any{"sub": "x"}),
			"AADSTS70021",
		},
		"of a certificate nobody registered": {
			w.assertion(t, private, map[string]any{"iss": w.sp.AppID, "x5t": "abc"}),
			"AADSTS700027",
		},
		"without a certificate": {
			w.assertion(t, private, map[string]any{"iss": w.sp.AppID}), "AADSTS700027",
		},
		"no token": {"nonsense", "AADSTS50027"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := w.post(t, w.second(), w.form("client_secret", "",
				"client_assertion", test.assertion, "client_assertion_type",
				"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
			description, _ := body["error_description"].(string)
			if status != 401 || !strings.HasPrefix(description, test.want+":") {
				t.Errorf("%d %q, want 401 %s", status, description, test.want)
			}
		})
	}
}

func TestACertificateAssertionForAnotherTenantIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	certificate, private := w.certificate(t)
	audience := authority + "/00000000-0000-0000-0000-000000000001/oauth2/v2.0/token"
	assertion := w.assertion(t, private, map[string]any{
		"iss": w.sp.AppID, "sub": w.sp.AppID, "aud": audience, "x5t": thumbprint(certificate),
	})
	status, body := w.post(t, w.second(), w.form("client_secret", "",
		"client_assertion", assertion, "client_assertion_type",
		"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
	if description := fmt.Sprint(body["error_description"]); status != 401 ||
		!strings.HasPrefix(description, "AADSTS700023:") {
		t.Errorf("%d %s, want 401 AADSTS700023", status, description)
	}
}
