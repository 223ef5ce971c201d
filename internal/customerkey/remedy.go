// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// What follows are the exact commands of the Azure command line that put things right. A
// name that is not known is left as a word in capitals for a person to fill in.

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

// grantAccess is the command that grants what the vault's way of deciding asks for.
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

// assignIdentity is the command that gives the account the identity, as one more way to do it,
// for the kinds of accounts whose command line has one.
func assignIdentity(f Facts) string {
	account := " --resource-group " + orElse(resourceGroup(f.Target.ID), "GROUP") +
		" --name " + orElse(lastSegment(f.Target.ID), "ACCOUNT")
	userAssigned := f.Identity.Kind == UserAssignedIdentity

	switch f.Target.Kind.ResourceType {
	case MediaServices().ResourceType:
		command := ", or az ams account identity assign" + account
		if userAssigned {
			return command + " --user-assigned " + orElse(f.Identity.ID, "IDENTITY_ID")
		}
		return command + " --system-assigned"

	case BatchAccount().ResourceType:
		// An account has one type of identity at a time: this takes the place of another.
		command := ", or az batch account identity assign" + account
		if userAssigned {
			return command + " --user-assigned " + orElse(f.Identity.ID, "IDENTITY_ID")
		}
		return command + " --system-assigned"

	case StorageAccount().ResourceType:
		// This command replaces the kinds of identities that the account has.
		system, _ := f.Target.SystemAssigned.Value()
		listed, _ := f.Target.UserAssigned.Value()
		var kinds []string
		if system || !userAssigned {
			kinds = append(kinds, string(SystemAssignedIdentity))
		}
		if userAssigned || len(listed) > 0 {
			kinds = append(kinds, string(UserAssignedIdentity))
		}
		command := ", or az storage account update" + account + " --identity-type " + strings.Join(kinds, ",")
		if userAssigned {
			command += " --user-identity-id " + orElse(f.Identity.ID, "IDENTITY_ID")
		}
		return command

	default:
		return ""
	}
}

// identityAttribute is the attribute of an account that gives it identities of the kind.
func identityAttribute(identity Identity) string {
	if identity.Kind == UserAssignedIdentity {
		return "identity.identity_ids"
	}
	return "identity.type"
}

// vaultName names the vault as a person and the command line do.
func (f Facts) vaultName() string {
	if f.Vault.ID != "" {
		return quote(lastSegment(f.Vault.ID))
	}
	return orElse(f.KeyID.VaultName, "VAULT")
}

func (f Facts) vaultArgument() string { return "--vault-name " + f.vaultName() }

func (f Facts) keyArguments() string {
	return f.vaultArgument() + " --name " + orElse(f.KeyID.Name, "KEY")
}

// principal names the identity in a sentence.
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

// orElse is the word as one of a command, or the placeholder where there is no word.
func orElse(word, placeholder string) string {
	if word == "" {
		return placeholder
	}
	return quote(word)
}

// plain is what no shell takes for anything but text.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:@-]+$`)

// quote makes a text one word of a command: names in Azure may hold parentheses.
func quote(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
