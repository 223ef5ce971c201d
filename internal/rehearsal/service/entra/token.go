// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// lifetime is how long a token is valid. Entra ID says 3599 seconds.
const lifetime = 3599 * time.Second

// claims are what an access token for an application says.
type claims struct {
	jwt.RegisteredClaims

	// Audience is one string: that a list of one may stand for it (RFC 7519, section 4.1.3) is
	// something that clients who read tokens do not know.
	Audience         string `json:"aud"`
	AppID            string `json:"appid"`
	AppIDAcr         string `json:"appidacr"`
	IdentityProvider string `json:"idp"`
	IdentityType     string `json:"idtyp"`
	ObjectID         string `json:"oid"`
	ManagedResource  string `json:"xms_mirid,omitempty"`
	TenantID         string `json:"tid"`
	Unique           string `json:"uti"`
	Version          string `json:"ver"`
}

// issuer is who a tenant's tokens are issued by. Both token endpoints issue tokens of the first
// generation for Azure's own services, because those ask for them.
func issuer(tenantID string) string { return "https://sts.windows.net/" + tenantID + "/" }

// Token returns an access token of a principal for an audience, "https://vault.azure.net". It is
// what the token endpoints answer, and what a service uses that acts for a managed identity.
func (d *Directory) Token(tx *engine.Tx, objectID, audience string) (string, error) {
	principal, ok := d.Principal(tx, objectID)
	if !ok {
		return "", fmt.Errorf("there is no principal with object ID %q", objectID)
	}
	return d.issue(tx, principal, audience, "1")
}

func (d *Directory) issue(
	tx *engine.Tx, principal Principal, audience, acr string,
) (string, error) {
	signer, err := d.signer(tx)
	if err != nil {
		return "", err
	}
	key, err := d.private(signer)
	if err != nil {
		return "", err
	}
	iss := issuer(principal.TenantID)
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: iss, Subject: principal.ObjectID,
			IssuedAt:  jwt.NewNumericDate(tx.Now()),
			NotBefore: jwt.NewNumericDate(tx.Now()),
			ExpiresAt: jwt.NewNumericDate(tx.Now().Add(lifetime)),
		},
		Audience: audience, AppID: principal.AppID, AppIDAcr: acr, IdentityProvider: iss, IdentityType: "app",
		ObjectID: principal.ObjectID, ManagedResource: string(principal.ResourceID),
		TenantID: principal.TenantID,
		Unique:   base64.RawURLEncoding.EncodeToString(random(16)), Version: "1.0",
	})
	token.Header["kid"], token.Header["x5t"] = signer.ID, signer.ID
	signed, err := token.SignedString(key)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return signed, nil
}

// Authenticate implements [engine.Authenticate]: it checks the bearer token's signature, its
// time, its issuer and its audience, which counts with and without a slash at its end. The
// refusals are Resource Manager's; a service with words of its own reads the code.
func (d *Directory) Authenticate(
	tx *engine.Tx, header http.Header, audiences ...string,
) (engine.Caller, *engine.Error) {
	authorization := header.Get("Authorization")
	if authorization == "" {
		return engine.Caller{}, d.unauthorized(tx, "AuthenticationFailed",
			"Authentication failed. The 'Authorization' header is missing.", "invalid_token",
			"The authentication failed because of missing 'Authorization' header.")
	}
	scheme, encoded, _ := strings.Cut(authorization, " ")
	if encoded = strings.TrimSpace(encoded); !strings.EqualFold(scheme, "Bearer") || encoded == "" {
		return engine.Caller{}, d.invalid(tx, "AuthenticationFailed",
			"Authentication failed. The 'Authorization' header is provided in an invalid format.")
	}
	reply, refused := d.verify(tx, encoded)
	if refused != nil {
		return engine.Caller{}, refused
	}
	if !accepted(reply.Audience, audiences) {
		allowed := make([]string, 0, 2*len(audiences))
		for _, audience := range audiences {
			audience = strings.TrimSuffix(audience, "/")
			allowed = append(allowed, "'"+audience+"/'", "'"+audience+"'")
		}
		return engine.Caller{}, d.invalid(tx, "InvalidAuthenticationTokenAudience",
			"The access token has been obtained for wrong audience or resource '%s'. It should "+
				"exactly match with one of the allowed audiences %s.",
			reply.Audience, strings.Join(allowed, ","))
	}
	return engine.Caller{
		TenantID: reply.TenantID, ObjectID: reply.ObjectID, AppID: reply.AppID,
	}, nil
}

// verify checks all of a token but its audience. The issuer comes first: all tenants of Azure sign
// with the same keys, so that a token of another one fails there, not at its signature.
func (d *Directory) verify(tx *engine.Tx, encoded string) (*claims, *engine.Error) {
	reply := new(claims)
	_, _, err := jwt.NewParser().ParseUnverified(encoded, reply)
	if own := issuer(d.TenantID(tx)); err == nil && reply.Issuer != "" && reply.Issuer != own {
		return nil, d.invalid(tx, "InvalidAuthenticationTokenTenant",
			"The access token is from the wrong issuer '%s'. It must match the tenant '%s' "+
				"associated with this subscription. Please use the authority (URL) '%s' to get the "+
				"token. Note, if the subscription is transferred to another tenant there is no "+
				"impact to the services, but information about new tenant could take time to "+
				"propagate (up to an hour). If you just transferred your subscription and see this "+
				"error message, please try back later.", reply.Issuer, own, d.authorizationURI(tx))
	}
	reply, err = d.signed(tx, encoded)
	if err == nil {
		err = jwt.NewValidator(jwt.WithTimeFunc(tx.TokenTime), jwt.WithExpirationRequired(),
			jwt.WithIssuer(issuer(d.TenantID(tx)))).Validate(reply)
	}
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return nil, d.expired(tx, reply.ExpiresAt.Time)
	case err != nil:
		return nil, d.invalid(tx, "InvalidAuthenticationToken", "The access token is invalid.")
	}
	return reply, nil
}

// signed returns the claims of a token that the tenant has signed. Clients send a token with many requests:
// its signature is checked once.
func (d *Directory) signed(tx *engine.Tx, encoded string) (*claims, error) {
	signer, err := d.signer(tx)
	if err != nil {
		return nil, err
	}
	key := signer.ID + " " + encoded
	if reply, ok := d.tokens.get(key); ok {
		return reply, nil
	}
	private, err := d.private(signer)
	if err != nil {
		return nil, err
	}
	reply := new(claims)
	_, err = jwt.ParseWithClaims(encoded, reply, func(*jwt.Token) (any, error) {
		return &private.PublicKey, nil
	}, jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithoutClaimsValidation())
	if err != nil {
		return nil, err
	}
	d.tokens.put(key, reply)
	return reply, nil
}

func accepted(sent string, audiences []string) bool {
	for _, audience := range audiences {
		if strings.EqualFold(strings.TrimRight(sent, "/"), strings.TrimRight(audience, "/")) {
			return true
		}
	}
	return false
}

// authorizationURI returns where a refusal sends the client for a token.
func (d *Directory) authorizationURI(tx *engine.Tx) string {
	authority := tx.Addresses().Authority()
	if authority == (engine.PublicCloud{}).Authority() {
		authority = "https://login.windows.net" // as Resource Manager still calls it
	}
	return authority + "/" + d.TenantID(tx)
}

func (d *Directory) unauthorized(
	tx *engine.Tx, code, message, reason, description string,
) *engine.Error {
	refused := engine.Gatewayf(http.StatusUnauthorized, code, "%s", message)
	refused.Header = http.Header{"Www-Authenticate": {fmt.Sprintf(
		`Bearer authorization_uri="%s", error="%s", error_description="%s"`,
		d.authorizationURI(tx), reason, description)}}
	return refused
}

func (d *Directory) invalid(tx *engine.Tx, code, format string, args ...any) *engine.Error {
	return d.unauthorized(tx, code, fmt.Sprintf(format, args...), "invalid_token",
		"Could not validate access token.")
}

// expired refuses a token whose time is over. A client whose own clock does not go by rehearsal's
// would hold on to its token, so the answer asks for a newer one in the way that Azure does where
// access was withdrawn early, with a claims challenge: the SDKs then fetch one.
func (d *Directory) expired(tx *engine.Tx, expiry time.Time) *engine.Error {
	const format = "1/2/2006 3:04:05 PM"
	refused := engine.Gatewayf(http.StatusUnauthorized, "ExpiredAuthenticationToken",
		"The access token expiry UTC time '%s' is earlier than current UTC time '%s'.",
		expiry.UTC().Format(format), tx.TokenTime().UTC().Format(format))
	refused.Header = http.Header{"Www-Authenticate": {fmt.Sprintf(
		`Bearer authorization_uri="%s"`, d.authorizationURI(tx)) + ClaimsChallenge(tx)}}
	return refused
}

// ClaimsChallenge returns the part of WWW-Authenticate that has a client fetch a newer token than the one
// that it has, or the part that only refuses the token.
func ClaimsChallenge(tx *engine.Tx) string {
	if !tx.TakesClaims() {
		return `, error="invalid_token", error_description="The access token has expired."`
	}
	return fmt.Sprintf(`, error="insufficient_claims", claims="%s"`, base64.StdEncoding.EncodeToString(fmt.Appendf(nil,
		`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, tx.Now().Unix())))
}
