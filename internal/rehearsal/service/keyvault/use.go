// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/material"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// Reason is why a key cannot be used.
type Reason string

// The reasons.
const (
	VaultMissing          Reason = "VaultMissing" // never created, or purged
	VaultDeleted          Reason = "VaultDeleted" // and recoverable
	Firewall              Reason = "Firewall"
	AccessDenied          Reason = "AccessDenied"
	KeyMissing            Reason = "KeyMissing" // the key or the version
	KeyDeleted            Reason = "KeyDeleted" // and recoverable
	KeyDisabled           Reason = "KeyDisabled"
	NotYetValid           Reason = "NotYetValid"
	KeyExpired            Reason = "KeyExpired"
	OperationNotPermitted Reason = "OperationNotPermitted"
)

// UnusableError is the cause of a refusal to use a key: the key, its vault or the access to it.
// [ReasonOf] finds it.
type UnusableError struct {
	Reason Reason
	// Permission is what the principal lacks, "wrapKey", with AccessDenied.
	Permission string
}

// Error implements error.
func (u *UnusableError) Error() string { return "the key cannot be used: " + string(u.Reason) }

// ReasonOf returns why a key could not be used, or "" if err has another cause.
func ReasonOf(err error) Reason {
	var unusable *UnusableError
	if errors.As(err, &unusable) {
		return unusable.Reason
	}
	return ""
}

func because(reason Reason, refused *engine.Error) *engine.Error {
	refused.Cause = &UnusableError{Reason: reason}
	return refused
}

// KeyID holds the parts of a key's identifier.
type KeyID struct {
	// Vault is the vault's name, Key the key's.
	Vault, Key string
	// Version is "" where the identifier names none.
	Version string
}

// ParseKeyID takes the identifier of a key apart, "https://NAME.vault.azure.net/keys/KEY" with or
// without a version, and reports whether it is one.
func ParseKeyID(tx *engine.Tx, id string) (KeyID, bool) { return parseID(tx, keys, id) }

// IsSecretID reports whether id identifies a secret, with or without a version.
func IsSecretID(tx *engine.Tx, id string) bool {
	_, ok := parseID(tx, secrets, id)
	return ok
}

func parseID(tx *engine.Tx, k kind, id string) (KeyID, bool) {
	parsed, err := url.Parse(id)
	if err != nil {
		return KeyID{}, false
	}
	segments := strings.Split(strings.Trim(parsed.Path, "/"), "/")
	found := KeyID{Vault: tx.Addresses().Account(tx, vaults.Domain, parsed.Host)}
	if parsed.Scheme != "https" || found.Vault == "" ||
		len(segments) < 2 || len(segments) > 3 || !strings.EqualFold(segments[0], string(k)) {
		return KeyID{}, false
	}
	if found.Key = segments[1]; found.Key == "" {
		return KeyID{}, false
	}
	if len(segments) == 3 {
		found.Version = segments[2]
	}
	return found, true
}

// Is reports whether both name the same key, in whichever version.
func (k KeyID) Is(other KeyID) bool {
	return strings.EqualFold(k.Vault, other.Vault) && strings.EqualFold(k.Key, other.Key)
}

// wrapAlgorithm is the algorithm that rehearsal's services wrap with. That of Azure's services is not
// documented.
const wrapAlgorithm = material.RSAOAEP256

// Wrap wraps plaintext with a key for a service that acts as principal, and returns the version used:
// the one that keyID names, or the latest. The vault's firewall must let the service in, the principal
// needs get and wrapKey, and the key must be usable.
func (s *Service) Wrap(
	tx *engine.Tx, principal, keyID string, plaintext []byte,
) (kid string, wrapped []byte, refused *engine.Error) {
	found, refused := s.reach(tx, principal, keyID, permissionGet, permissionWrapKey)
	if refused != nil {
		return "", nil, refused
	}
	wrapped, refused = found.use(tx, wrapKey, func(k *material.Key) ([]byte, error) {
		return k.Encrypt(wrapAlgorithm, plaintext)
	})
	return found.id, wrapped, refused
}

// Unwrap undoes [Service.Wrap] with the version that it returned. It needs the permission unwrapKey, and
// works outside of the key's dates too.
func (s *Service) Unwrap(
	tx *engine.Tx, principal, kid string, wrapped []byte,
) ([]byte, *engine.Error) {
	found, refused := s.reach(tx, principal, kid, permissionUnwrapKey)
	if refused != nil {
		return nil, refused
	}
	return found.use(tx, unwrapKey, func(k *material.Key) ([]byte, error) {
		return k.Decrypt(wrapAlgorithm, wrapped)
	})
}

// KeyFacts are the facts about a key and its vault that a service can read without using the key.
type KeyFacts struct {
	VaultID         engine.ID
	VaultLocation   string // short name, "westus2"
	SoftDelete      bool
	PurgeProtection bool

	// ID identifies the key without a version, VersionID the version that was asked for or the
	// newest, NewestID the newest.
	ID, VersionID, NewestID string

	Type       string // RSA, RSA-HSM, EC or EC-HSM
	Size       int    // in bits, of RSA keys
	Curve      string // of the others
	Enabled    bool
	Created    time.Time
	NotBefore  time.Time // the zero time is no date
	Expires    time.Time // the zero time is no date
	Operations []string
}

// Describe returns the facts about a key and its vault, whatever the grants. It refuses for the
// reasons VaultMissing, VaultDeleted, KeyMissing and KeyDeleted only.
func (s *Service) Describe(tx *engine.Tx, keyID string) (KeyFacts, *engine.Error) {
	id, vault, refused := findVault(tx, keyID)
	if refused != nil {
		return KeyFacts{}, refused
	}
	found, refused := findVersion(tx, vault, keys, id.Key, id.Version)
	if refused != nil {
		return KeyFacts{}, refused
	}
	return KeyFacts{
		VaultID: vault.ID, VaultLocation: vault.Location,
		SoftDelete: true, PurgeProtection: vaults.PurgeProtected(vault),
		ID: found.object.id(tx), VersionID: found.id,
		NewestID: found.object.versionID(tx, found.object.latest()),
		Type:     found.version.Type, Size: found.version.Size, Curve: found.version.Curve,
		Enabled:   found.version.Enabled,
		Created:   found.version.Created,
		NotBefore: moment(found.version.NotBefore), Expires: moment(found.version.Expires),
		Operations: found.version.Operations,
	}, nil
}

func moment(seconds *int64) time.Time {
	if seconds == nil {
		return time.Time{}
	}
	return time.Unix(*seconds, 0).UTC()
}

// reach finds the key for a service that acts as principal: the vault first, then the firewall,
// the grants, and only then whether there is such a key.
func (s *Service) reach(
	tx *engine.Tx, principal, keyID string, needed ...permission,
) (*located, *engine.Error) {
	id, vault, refused := findVault(tx, keyID)
	if refused != nil {
		return nil, refused
	}
	known, ok := s.directory.Principal(tx, principal)
	caller := engine.Caller{
		TenantID: s.directory.TenantID(tx), ObjectID: principal, AppID: known.AppID,
	}
	if !vaults.LetsServicesIn(vault) {
		return nil, because(Firewall, turnedAway(vault, caller, ""))
	}
	if !ok { // What is still granted to an identity that was deleted is of no use to anybody.
		return nil, because(AccessDenied, engine.Ownf(http.StatusUnauthorized, "Unauthorized",
			"There is no identity with the object ID '%s'.", principal))
	}
	for _, p := range needed {
		if refused := s.permit(tx, vault, caller, keys, p, id.Key); refused != nil {
			return nil, refused
		}
	}
	return findVersion(tx, vault, keys, id.Key, id.Version)
}

// findVault finds the vault of a key's identifier.
func findVault(tx *engine.Tx, keyID string) (KeyID, *engine.Resource, *engine.Error) {
	id, ok := ParseKeyID(tx, keyID)
	if !ok {
		return id, nil, because(KeyMissing, engine.Ownf(http.StatusBadRequest, "BadParameter",
			"%q is no identifier of a key.", keyID))
	}
	vault := vaults.Named(tx, id.Vault)
	switch {
	case vault != nil:
		return id, vault, nil
	case vaults.Deleted(tx, id.Vault):
		return id, nil, because(VaultDeleted, vaultNotFound(id.Vault))
	}
	return id, nil, because(VaultMissing, vaultNotFound(id.Vault))
}

// vaultNotFound stands in for a failure without an answer: in Azure, the host name of a missing vault
// does not resolve.
func vaultNotFound(name string) *engine.Error {
	return engine.Ownf(http.StatusNotFound, CodeVaultNotFound,
		"There is no vault %s. In Azure its host name would not resolve.", name)
}

// CodeVaultNotFound is the code of rehearsal's answer at the host name of a missing vault. In Azure that
// name does not resolve.
const CodeVaultNotFound = "VaultNotFound"

// located is a version of a key or secret that was found, with its identifier.
type located struct {
	object  *object
	version *version
	id      string
}

// findVersion finds an object in a vault in the version, the latest where version is "".
func findVersion(
	tx *engine.Tx, vault *engine.Resource, k kind, name, version string,
) (*located, *engine.Error) {
	found := k.load(tx, vault.Name, name)
	switch {
	case found == nil:
		return nil, because(KeyMissing, k.notFound(name, version))
	case found.Deleted != nil:
		return nil, because(KeyDeleted, k.notFound(name, version))
	}
	v := found.version(version)
	if v == nil {
		return nil, because(KeyMissing, k.notFound(name, version))
	}
	return &located{object: found, version: v, id: found.versionID(tx, v)}, nil
}

func (k kind) notFound(name, version string) *engine.Error {
	if version != "" {
		name += "/" + version
	}
	return engine.Errorf(http.StatusNotFound, k.title()+"NotFound",
		"A %[1]s with (name/id) %[2]s was not found in this key vault. If you recently deleted this "+
			"%[1]s you may be able to recover it using the correct recovery command. For help "+
			"resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182",
		k.noun(), name)
}

// fit refuses an operation that the version's state does not allow.
func (v *version) fit(operation string, now time.Time) *engine.Error {
	const status, code = http.StatusForbidden, "Forbidden"
	refuse := func(reason Reason, inner string, refused *engine.Error) *engine.Error {
		refused.Inner = inner
		return because(reason, refused)
	}
	switch {
	case !v.Enabled:
		return refuse(KeyDisabled, "KeyDisabled", engine.Errorf(status, code,
			"Operation %s is not allowed on a disabled key.", operation))
	case !v.permits(operation):
		// The words are those of Azure/azure-sdk-for-net issue 11518.
		return refuse(OperationNotPermitted, "KeyOperationForbidden", engine.Errorf(status, code,
			"Operation %s is not permitted on this key.", operation))
	case operation == decrypt || operation == unwrapKey || operation == verify:
		// These work outside of the key's dates (About keys: date-time controlled operations).
		return nil
	case v.early(now):
		return refuse(NotYetValid, "KeyNotYetValid", engine.Ownf(status, code,
			"Operation %s is not allowed on a key that is not yet valid.", operation))
	case v.late(now):
		return refuse(KeyExpired, "KeyExpired", engine.Ownf(status, code,
			"Operation %s is not allowed on an expired key.", operation))
	}
	return nil
}

// use does an operation with the secret part of the version, where its state allows it.
func (l *located) use(
	tx *engine.Tx, operation string, do func(*material.Key) ([]byte, error),
) ([]byte, *engine.Error) {
	if refused := l.version.fit(operation, tx.Now()); refused != nil {
		return nil, refused
	}
	result, err := do(l.object.material(tx, l.version))
	switch {
	case errors.Is(err, material.ErrAlgorithm):
		return nil, badParameter("The algorithm cannot be used with the key type %s.", l.version.Type)
	case err != nil:
		return nil, badParameter("The parameter is incorrect: %v", err)
	}
	return result, nil
}

// badParameter is Key Vault's refusal of what makes no sense, in rehearsal's words.
func badParameter(format string, args ...any) *engine.Error {
	return engine.Ownf(http.StatusBadRequest, "BadParameter", "%s", fmt.Sprintf(format, args...))
}
