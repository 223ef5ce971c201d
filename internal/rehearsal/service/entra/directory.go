// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package entra is rehearsal's Entra ID: one tenant with its service principals and managed identities,
// the token endpoints of both generations with their discovery documents, the check of the tokens that
// they issue, and the part of Microsoft Graph that finds a principal. It must not import any other
// service.
package entra

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Directory is the tenant.
type Directory struct {
	engine *engine.Engine
	keys   memo[*rsa.PrivateKey] // by the ID of the signing key
	tokens memo[*claims]         // of tokens with a good signature, by the signing key's ID and the token
}

// New returns the directory of an engine and adds Entra ID's and Microsoft Graph's endpoints to
// it.
func New(e *engine.Engine) *Directory {
	d := &Directory{engine: e}
	e.HandleHost(d.tokenHost())
	e.HandleHost(d.graphHost())
	e.HandleHost(d.olderGraphHost())
	return d
}

// Kind is the kind of a principal.
type Kind string

// The kinds of principals. For role assignments both are service principals.
const (
	Application     Kind = "Application"
	ManagedIdentity Kind = "ManagedIdentity"
)

// Principal is a service principal or a managed identity.
type Principal struct {
	// ObjectID is the principal's ID in the tenant: what access policies and role assignments
	// name, and what tokens carry as "oid".
	ObjectID string `json:"objectId"`
	// AppID is the ID that it signs in with, also called client ID.
	AppID    string `json:"appId"`
	TenantID string `json:"tenantId"`
	Name     string `json:"name"`
	Kind     Kind   `json:"kind"`
	// ResourceID is the resource that a managed identity belongs to.
	ResourceID engine.ID `json:"resourceId,omitempty"`
}

// Credentials are the credentials of a service principal.
type Credentials struct {
	ObjectID string
	AppID    string
	Secret   string
}

// account is a principal as it is kept, with its secrets and certificates.
type account struct {
	Principal

	Secrets      []secret              `json:"secrets,omitempty"`
	Certificates [][]byte              `json:"certificates,omitempty"` // X.509, DER
	Federated    []FederatedCredential `json:"federated,omitempty"`
}

// secret is a client secret as it is kept: a salted digest. A plain digest does, as the secrets
// are 240 random bits of the directory's own making.
type secret struct {
	Salt    []byte    `json:"salt"`
	Digest  []byte    `json:"digest"`
	Expires time.Time `json:"expires"`
}

const (
	tenantKey       = "entra/tenant"
	principalPrefix = "entra/principal/"
	appPrefix       = "entra/app/"
)

// TenantID returns the ID of the tenant, and creates it at the first call.
func (d *Directory) TenantID(tx *engine.Tx) string {
	var id string
	if !tx.Load(tenantKey, &id) {
		id = tx.NewID()
		tx.Store(tenantKey, id)
	}
	return id
}

// AddServicePrincipal adds an application with its service principal and one secret, which is
// valid for as long as Azure's portal once called "never expires".
func (d *Directory) AddServicePrincipal(tx *engine.Tx, name string) Credentials {
	added := account{Principal: Principal{
		ObjectID: tx.NewID(), AppID: tx.NewID(), TenantID: d.TenantID(tx),
		Name: name, Kind: Application,
	}}
	d.save(tx, &added)
	never := time.Date(2299, 12, 31, 0, 0, 0, 0, time.UTC)
	return Credentials{
		ObjectID: added.ObjectID, AppID: added.AppID, Secret: d.AddSecret(tx, added.AppID, never),
	}
}

// AddManagedIdentity adds the principal of the identity of a resource, or of a user-assigned
// identity.
func (d *Directory) AddManagedIdentity(tx *engine.Tx, resourceID engine.ID) Principal {
	added := account{Principal: Principal{
		ObjectID: tx.NewID(), AppID: tx.NewID(), TenantID: d.TenantID(tx),
		Name: resourceID.Name(), Kind: ManagedIdentity, ResourceID: resourceID,
	}}
	d.save(tx, &added)
	return added.Principal
}

// Principal returns the principal with this object ID.
func (d *Directory) Principal(tx *engine.Tx, objectID string) (Principal, bool) {
	var found account
	ok := tx.Load(principalPrefix+strings.ToLower(objectID), &found)
	return found.Principal, ok
}

// Principals returns all principals of the tenant.
func (d *Directory) Principals(tx *engine.Tx) []Principal {
	return d.principals(tx, func(Principal) bool { return true })
}

// ByAppID returns the principal with this application ID.
func (d *Directory) ByAppID(tx *engine.Tx, appID string) (Principal, bool) {
	found := d.account(tx, appID)
	if found == nil {
		return Principal{}, false
	}
	return found.Principal, true
}

// Remove removes a principal. Tokens that it holds are valid until they expire, as in Azure.
func (d *Directory) Remove(tx *engine.Tx, objectID string) {
	if principal, ok := d.Principal(tx, objectID); ok {
		tx.Erase(appPrefix + strings.ToLower(principal.AppID))
		tx.Erase(principalPrefix + strings.ToLower(principal.ObjectID))
	}
}

func (d *Directory) save(tx *engine.Tx, a *account) {
	tx.Store(principalPrefix+strings.ToLower(a.ObjectID), a)
	tx.Store(appPrefix+strings.ToLower(a.AppID), a.ObjectID)
}

// account returns the account with this application ID, or nil.
func (d *Directory) account(tx *engine.Tx, appID string) *account {
	var objectID string
	if !tx.Load(appPrefix+strings.ToLower(appID), &objectID) {
		return nil
	}
	found := new(account)
	if !tx.Load(principalPrefix+strings.ToLower(objectID), found) {
		return nil
	}
	return found
}

// AddSecret gives an application one more secret, valid until it expires, and returns it. Nothing
// can return it again.
func (d *Directory) AddSecret(tx *engine.Tx, appID string, expires time.Time) string {
	found := d.account(tx, appID)
	if found == nil {
		return ""
	}
	value, salt := random(30), random(16)
	text := base64.RawURLEncoding.EncodeToString(value)
	found.Secrets = append(found.Secrets, secret{
		Salt: salt, Digest: digest(salt, text), Expires: expires,
	})
	d.save(tx, found)
	return text
}

// AddCertificate lets an application sign in with assertions that the certificate's key signed.
func (d *Directory) AddCertificate(tx *engine.Tx, appID string, der []byte) {
	if found := d.account(tx, appID); found != nil {
		found.Certificates = append(found.Certificates, der)
		d.save(tx, found)
	}
}

// FederatedCredential lets tokens of another issuer sign an application in.
type FederatedCredential struct {
	Issuer   string `json:"issuer"`
	Subject  string `json:"subject"`
	Audience string `json:"audience"`
	// PublicKey is the issuer's RSA key, PKIX in DER. Entra ID would fetch it from the issuer;
	// rehearsal makes no requests.
	PublicKey []byte `json:"publicKey"`
}

// AddFederatedCredential lets an application sign in with the tokens of another issuer.
func (d *Directory) AddFederatedCredential(
	tx *engine.Tx, appID string, added FederatedCredential,
) {
	if found := d.account(tx, appID); found != nil {
		found.Federated = append(found.Federated, added)
		d.save(tx, found)
	}
}

func (s secret) is(text string) bool {
	return subtle.ConstantTimeCompare(s.Digest, digest(s.Salt, text)) == 1
}

func digest(salt []byte, text string) []byte {
	sum := sha256.Sum256(append(append([]byte{}, salt...), text...))
	return sum[:]
}

func random(length int) []byte {
	bytes := make([]byte, length)
	_, _ = rand.Read(bytes) // never fails: crypto/rand ends the process first
	return bytes
}
