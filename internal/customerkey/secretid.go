// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import "strings"

// SecretID identifies a secret in a vault, whichever its version.
type SecretID struct {
	// VaultURI is the vault's address with a slash at its end; its host is in lower case.
	VaultURI string
	// Name is the secret's name.
	Name string
}

// String is the identifier as Key Vault writes it.
func (s SecretID) String() string { return s.VaultURI + "secrets/" + s.Name }

// ParseSecretID reads the identifier of a Key Vault secret that a person wrote, by the rules of
// [ParseKeyID]. It must name no version: a rotation makes new ones. The error is a [*KeyIDError].
func ParseSecretID(text string, suffixes ...string) (SecretID, error) {
	if len(suffixes) == 0 {
		suffixes = KnownSuffixes()
	}
	parser := keyIDParser{"secret", suffixes}
	id, err := parser.parse(text)
	switch {
	case err != nil:
		return SecretID{}, err
	case id.InManagedHSM():
		return SecretID{}, parser.refuse("a managed HSM", "Write a secret of a vault: a managed HSM holds keys alone")
	case id.Pinned():
		return SecretID{}, parser.refuse("one version of a secret",
			"Leave the version out: "+strings.TrimSuffix(text, "/"+id.Version))
	}
	return SecretID{id.VaultURI, id.Name}, nil
}
