// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// assertionType is the only type of assertions there is (RFC 7523, section 2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// signIn identifies the client and checks its secret, its assertion signed with a registered
// certificate, or another issuer's token. acr names the method, as tokens do.
func (d *Directory) signIn(
	r *engine.Request, tenantID string, form url.Values,
) (principal Principal, acr string, refused *refusal) {
	client := form.Get("client_id")
	found := d.account(r.Tx, client)
	if found == nil || found.Kind != Application {
		return Principal{}, "", refuse("unauthorized_client", 700016,
			"Application with identifier '%s' was not found in the directory '%s'. This can "+
				"happen if the application has not been installed by the administrator of the "+
				"tenant or consented to by any user in the tenant. You may have sent your "+
				"authentication request to the wrong tenant.", client, tenantID)
	}
	switch {
	case form.Get("client_assertion") != "":
		acr = "2"
		refused = d.checkAssertion(r, found, form)
	case form.Get("client_secret") != "":
		acr = "1"
		refused = checkSecret(found, form.Get("client_secret"), r.Now())
	default:
		refused = refuseClient(7000218,
			"The request body must contain the following parameter: 'client_assertion' or "+
				"'client_secret'.")
	}
	return found.Principal, acr, refused
}

func checkSecret(a *account, sent string, now time.Time) *refusal {
	for _, kept := range a.Secrets {
		switch {
		case !kept.is(sent):
		case now.After(kept.Expires):
			return refuseClient(7000222,
				"The provided client secret keys for app '%s' are expired. Visit the Azure portal "+
					"to create new keys for your app: https://aka.ms/NewClientSecret, or consider "+
					"using certificate credentials for added security: "+
					"https://aka.ms/certCreds.", a.AppID)
		default:
			return nil
		}
	}
	return refuseClient(7000215,
		"Invalid client secret provided. Ensure the secret being sent in the request is the "+
			"client secret value, not the client secret ID, for a secret added to app '%s'.",
		a.AppID)
}

// checkAssertion checks a client assertion (RFC 7523).
func (d *Directory) checkAssertion(r *engine.Request, a *account, form url.Values) *refusal {
	if form.Get("client_assertion_type") != assertionType {
		return refuseClient(50027,
			"JWT token is invalid or malformed.")
	}
	encoded := form.Get("client_assertion")
	reply := new(jwt.RegisteredClaims)
	token, _, err := jwt.NewParser().ParseUnverified(encoded, reply)
	if err != nil {
		return refuseClient(50027, "JWT token is invalid or malformed.")
	}
	key, methods := any(nil), []string{"RS256", "PS256"}
	if strings.EqualFold(reply.Issuer, a.AppID) {
		key = a.certificateKey(token)
	} else {
		federated, refused := a.federation(reply)
		if refused != nil {
			return refused
		}
		key = federated
		methods = []string{"RS256"}
	}
	if key == nil {
		return refuseClient(700027,
			"The certificate with identifier used to sign the client assertion is not registered "+
				"on application. [Reason - The key was not found.]")
	}
	_, err = jwt.NewParser(
		jwt.WithValidMethods(methods), jwt.WithTimeFunc(r.ClientNow), jwt.WithLeeway(skew),
		jwt.WithExpirationRequired(),
	).Parse(encoded, func(*jwt.Token) (any, error) { return key, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired), errors.Is(err, jwt.ErrTokenNotValidYet):
		return refuseClient(700024,
			"Client assertion is not within its valid time range. Current time: %s, assertion "+
				"valid from %s, expiry time of assertion %s.", engine.Timestamp(r.ClientNow()),
			written(reply.NotBefore), written(reply.ExpiresAt))
	case err != nil:
		return refuseClient(700027, "Client assertion failed signature validation.")
	}
	if strings.EqualFold(reply.Issuer, a.AppID) && !d.meantForUs(r, reply.Audience) {
		return refuseClient(700023,
			"Client assertion audience claim does not match Realm issuer. Review the "+
				"documentation at "+
				"https://docs.microsoft.com/azure/active-directory/develop/"+
				"active-directory-certificate-credentials .")
	}
	return nil
}

// skew is how far a client's clock may be off.
const skew = 5 * time.Minute

func written(t *jwt.NumericDate) string {
	if t == nil {
		return "(none)"
	}
	return engine.Timestamp(t.Time)
}

// certificateKey returns the public key of the registered certificate that the assertion names by
// its thumbprint, or nil.
func (a *account) certificateKey(assertion *jwt.Token) any {
	older, _ := assertion.Header["x5t"].(string)
	newer, _ := assertion.Header["x5t#S256"].(string)
	for _, der := range a.Certificates {
		sum := sha256.Sum256(der)
		if urlEncoding(older) != thumbprint(der) &&
			urlEncoding(newer) != base64.RawURLEncoding.EncodeToString(sum[:]) {
			continue
		}
		if certificate, err := x509.ParseCertificate(der); err == nil {
			if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok {
				return key
			}
		}
	}
	return nil
}

// urlEncoding turns plain base64 into the encoding that thumbprints should have: some clients
// send the plain one.
func urlEncoding(thumbprint string) string {
	return strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(thumbprint)
}

// federation returns the public key of the issuer whose token an application signs in with.
func (a *account) federation(reply *jwt.RegisteredClaims) (any, *refusal) {
	for _, known := range a.Federated {
		if known.Issuer != reply.Issuer || known.Subject != reply.Subject {
			continue
		}
		for _, audience := range reply.Audience {
			if audience != known.Audience {
				continue
			}
			key, err := x509.ParsePKIXPublicKey(known.PublicKey)
			if err != nil {
				return nil, refuseClient(700027, "Client assertion failed signature validation.")
			}
			return key, nil
		}
	}
	return nil, refuseClient(70021,
		"No matching federated identity record found for presented assertion. Assertion Issuer: "+
			"'%s'. Assertion Subject: '%s'. Assertion Audience: '%s'. "+
			"https://docs.microsoft.com/azure/active-directory/develop/"+
			"workload-identity-federation",
		reply.Issuer, reply.Subject, strings.Join(reply.Audience, ","))
}

// meantForUs reports whether an assertion was made for this tenant's token endpoint.
func (d *Directory) meantForUs(r *engine.Request, audience []string) bool {
	tenant, _ := tenantOf(r.HTTP.URL.Path)
	hosts := append(authorityNames(), strings.ToLower(r.HTTP.Host))
	for _, one := range audience {
		at, err := url.Parse(strings.ToLower(one))
		if err != nil || at.Scheme != "https" {
			continue
		}
		named, _ := tenantOf(at.Path)
		for _, host := range hosts {
			if at.Host == host && (named == tenant || named == d.TenantID(r.Tx)) {
				return true
			}
		}
	}
	return false
}
