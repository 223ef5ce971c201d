// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// These functions return the exact Azure CLI commands that fix a fault. A word in capitals stands for
// a name that is unknown, for a person to fill in.

func recoverVault(f Facts) string {
	return "az keyvault recover --name " + f.vaultName()
}

func recoverKey(f Facts) string {
	return "az keyvault key recover " + f.keyArguments()
}

func restoreKey(f Facts) string {
	return "az keyvault key restore " + f.vaultArgument() + " --file BACKUP"
}

func createKey(f Facts) string {
	return "az keyvault key create " + f.vaultArgument() + " --name NEW_NAME --kty RSA --size 3072"
}

func rotateKey(f Facts) string {
	return "az keyvault key rotate " + f.keyArguments()
}

func enableKey(f Facts, key Key) string {
	return setAttributes(f, key) + " --enabled true"
}

func activateKey(f Facts, now time.Time) string {
	return setAttributes(f, f.Key) + " --not-before " + moment(now)
}

func extendKey(f Facts, now time.Time) string {
	return setAttributes(f, f.Key) + " --expires " + moment(now.AddDate(1, 0, 0))
}

func permitOperations(f Facts, present, missing []string) string {
	return setAttributes(f, f.Key) + " --ops " +
		strings.Join(slices.Concat(present, missing), " ")
}

func setAttributes(f Facts, key Key) string {
	command := "az keyvault key set-attributes " + f.keyArguments()
	if version, known := key.Version.Value(); known {
		command += " --version " + quote(version)
	}
	return command
}

func turnOn(f Facts, argument string) string {
	return "az keyvault update --name " + f.vaultName() + " " + argument
}

// grantAccess returns the command that grants access to the key: an access policy or a role, by the
// vault's permission model.
func grantAccess(f Facts) string {
	principal, _ := f.Identity.PrincipalID.Value()
	principal = orElse(principal, "PRINCIPAL_ID")
	policy := "az keyvault set-policy --name " + f.vaultName() + " --object-id " + principal +
		" --key-permissions " + strings.Join(RequiredKeyPermissions(), " ")
	role := "az role assignment create --assignee-object-id " + principal +
		" --assignee-principal-type ServicePrincipal --role '" + RoleCryptoServiceEncryptionUser +
		"' --scope " + orElse(f.Vault.ID, "VAULT_ID")

	switch rbac, known := f.Vault.RBAC.Value(); {
	case !known:
		return role + " (for a vault with access policies: " + policy + ")"
	case rbac:
		return role
	default:
		return policy
	}
}

// assignIdentity returns the command that gives the account the identity, as an alternative at the end
// of a phrase, or "" where the kind of account has none.
func assignIdentity(f Facts) string {
	kind := f.Target.Kind
	if kind.IdentityCommand == "" {
		return ""
	}
	command := ", or " + kind.IdentityCommand + " --resource-group " +
		orElse(resourceGroup(f.Target.ID), "GROUP") + " --name " + orElse(lastSegment(f.Target.ID), "ACCOUNT")
	userAssigned := f.Identity.Kind == UserAssignedIdentity
	identity := orElse(f.Identity.ID, "IDENTITY_ID")
	switch {
	case kind.IdentityTypes && userAssigned:
		return command + " --identity-type " + identityTypes(f) + " --user-identity-id " + identity
	case kind.IdentityTypes:
		return command + " --identity-type " + identityTypes(f)
	case userAssigned:
		return command + " --user-assigned " + identity
	default:
		return command + " --system-assigned"
	}
}

// identityTypes returns the types of the identities that the account has, and of the one to add.
func identityTypes(f Facts) string {
	system, _ := f.Target.SystemAssigned.Value()
	listed, _ := f.Target.UserAssigned.Value()
	userAssigned := f.Identity.Kind == UserAssignedIdentity
	var types []string
	if system || !userAssigned {
		types = append(types, string(SystemAssignedIdentity))
	}
	if userAssigned || len(listed) > 0 {
		types = append(types, string(UserAssignedIdentity))
	}
	return strings.Join(types, ",")
}

// identityAttribute returns the attribute of an account that gives it identities of the type.
func identityAttribute(identity Identity) string {
	if identity.Kind == UserAssignedIdentity {
		return "identity.identity_ids"
	}
	return "identity.type"
}

// vaultName returns the name of the vault.
func (f Facts) vaultName() string {
	if f.Vault.ID != "" {
		return quote(lastSegment(f.Vault.ID))
	}
	return orElse(f.KeyID.VaultName, "VAULT")
}

func (f Facts) vaultArgument() string {
	if f.KeyID.InManagedHSM() {
		return "--hsm-name " + f.vaultName()
	}
	return "--vault-name " + f.vaultName()
}

func (f Facts) keyArguments() string {
	return f.vaultArgument() + " --name " + orElse(f.KeyID.Name, "KEY")
}

// principal returns the identity as a phrase.
func (f Facts) principal() string {
	switch f.Identity.Kind {
	case SystemAssignedIdentity:
		return "the account's system-assigned identity"
	case UserAssignedIdentity:
		return "the identity " + f.Identity.ID
	default:
		return "the account's identity"
	}
}

// GrantName returns the grant that the identity needs, as a phrase.
func (f Facts) GrantName() string {
	reader := f.principal()
	if principal, known := f.Identity.PrincipalID.Value(); known {
		reader += " (object ID " + principal + ")"
	}
	return "the grant of " + reader + " in the vault " + f.vaultName()
}

// orElse returns the word, quoted for a command, or the placeholder where it is empty.
func orElse(word, placeholder string) string {
	if word == "" {
		return placeholder
	}
	return quote(word)
}

// plain matches a text that no shell interprets.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:@-]+$`)

// quote quotes a text as one word of a command: names in Azure may hold parentheses.
func quote(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
