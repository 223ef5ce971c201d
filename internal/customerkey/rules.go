// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package customerkey holds Azure's requirements of a customer-managed key, as pure functions over
// facts: the identifiers of keys, the fitness of a key for an account, the version that an account
// follows, and the reasons for a loss of access. It imports no Terraform, no HTTP and no azure.
//
// The rules are data: errors, tests and documentation take them from [Rules]. The caller gathers the
// facts; nothing here reads Azure or a clock.
package customerkey

import "github.com/azuremedia/terraform-provider-azuremedia/internal/rule"

// The rules of customer-managed keys.
const (
	CMK001 rule.ID = "CMK001"
	CMK002 rule.ID = "CMK002"
	CMK003 rule.ID = "CMK003"
	CMK004 rule.ID = "CMK004"
	CMK005 rule.ID = "CMK005"
	CMK006 rule.ID = "CMK006"
	CMK007 rule.ID = "CMK007"
	CMK008 rule.ID = "CMK008"
	CMK009 rule.ID = "CMK009"
	CMK010 rule.ID = "CMK010"
	CMK011 rule.ID = "CMK011"
	CMK012 rule.ID = "CMK012"
	CMK013 rule.ID = "CMK013"
	CMK014 rule.ID = "CMK014"
	CMK015 rule.ID = "CMK015"
	CMK016 rule.ID = "CMK016"
	CMK017 rule.ID = "CMK017"
	CMK018 rule.ID = "CMK018"
	CMK019 rule.ID = "CMK019"
	CMK020 rule.ID = "CMK020"
)

// The documents that the rules come from. Their statements are quoted word for word.
const (
	bringYourOwnKey = "Media Services, Bring your own key: "
	storageKeys     = "Azure Storage, Customer-managed keys: "
	autoRotation    = "Key Vault, Configure key auto-rotation: "
	// nothingWithoutAccess follows bringYourOwnKey.
	nothingWithoutAccess = `"The only supported operations are account GET, LIST and DELETE; all other ` +
		`requests (encoding, streaming, and so on) will fail until access to the account key is restored."`
)

// Rule returns the rule with the ID.
func Rule(id rule.ID) rule.Rule { return Rules().Get(id) }

// Rules returns every rule of customer-managed keys, in order.
func Rules() rule.List {
	return rule.List{
		{
			ID:    CMK001,
			Name:  "API Version With Customer Keys",
			Title: "API Version Without Customer Keys",
			Sentence: "Customer keys need Media Services API 2020-05-01 or later: the provider speaks " +
				"one current version and never an older one.",
			Source: bringYourOwnKey + `"You can use your own key with Media Services when you use the ` +
				`Media Services 2020-05-01 or later API."`,
			Found: []rule.Moment{rule.Code},
		},
		{
			ID:       CMK002,
			Name:     "RSA Keys Only",
			Title:    "Key Type Not Supported",
			Sentence: "The key is of type RSA or RSA-HSM; EC, EC-HSM, oct and oct-HSM are refused.",
			Source:   bringYourOwnKey + `"EC keys are not supported."`,
			Found:    []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:       CMK003,
			Name:     "2048, 3072 Or 4096 Bits",
			Title:    "Key Size Not Supported",
			Sentence: "The key has 2048, 3072 or 4096 bits.",
			Source: bringYourOwnKey + `"Your key can be a 2048, 3072, or a 4096 RSA key, and both HSM and ` +
				`software keys are supported."`,
			Found: []rule.Moment{rule.Schema, rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:    CMK004,
			Name:  "A Key That Works",
			Title: "Key Not Usable",
			Sentence: "The key exists, is enabled, is within its activation and expiry dates, and " +
				"permits wrapKey and unwrapKey; an expiry within 30 days is a warning. An account " +
				"that already runs on a key outlives the key's dates, because unwrapping still works.",
			Source: `Key Vault, About keys: "Not-yet-valid and expired keys, outside the nbf / exp window, ` +
				`work for decrypt, release, unwrap, and verify operations"`,
			Found: []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:    CMK005,
			Name:  "Key Vault In The Account's Region",
			Title: "Key Vault In Another Region",
			Sentence: "The vault is in the region of the Media Services or Video Analyzer account; " +
				"a storage account may use a vault in another region or subscription.",
			Source: bringYourOwnKey + `"Media Services requires that the Key Vault is in the same region as ` +
				`the account"; ` + storageKeys + `"The storage account and the key vault or managed HSM can ` +
				`be in different Microsoft Entra tenants, regions, and subscriptions."`,
			Found: []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:       CMK006,
			Name:     "Soft Delete Of The Key Vault",
			Title:    "Key Vault Without Soft Delete",
			Sentence: "The vault has soft delete on.",
			Source: bringYourOwnKey + `"Media Services requires that the Key Vault ... has soft-delete and ` +
				`purge protection enabled."`,
			Found: []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:       CMK007,
			Name:     "Purge Protection Of The Key Vault",
			Title:    "Key Vault Without Purge Protection",
			Sentence: "The vault has purge protection on.",
			Source: bringYourOwnKey + `"Media Services requires that the Key Vault ... has soft-delete and ` +
				`purge protection enabled."`,
			Found: []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:    CMK008,
			Name:  "An Identity Of The Account",
			Title: "Identity Not On The Account",
			Sentence: "The identity that reads the key is one of the account's own: system-assigned " +
				"and switched on, or user-assigned and listed on the account. A Video Analyzer " +
				"account has user-assigned identities only.",
			Source: bringYourOwnKey + `"Media Services uses the Managed Identity of the Media Services account ` +
				`to read your key from a Key Vault owned by you."`,
			Found: []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:    CMK009,
			Name:  "Access To The Key",
			Title: "Identity Without Access To The Key",
			Sentence: "That identity may get, wrapKey and unwrapKey the key, by an access policy of " +
				"the vault or by a role such as " + RoleCryptoServiceEncryptionUser + "; a firewall of " +
				"the vault that turns away the services of Azure is a warning.",
			Source: "The recorded tests of the Azure command line, which grant these three; Key Vault, Azure " +
				"RBAC guide, role " + RoleCryptoServiceEncryptionUser,
			Found: []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:    CMK010,
			Name:  "Key Vault Key Identifier",
			Title: "Not A Key Vault Key Identifier",
			Sentence: "The identifier is the URI of a key in a Key Vault of the cloud or, for a storage account, " +
				"in a managed HSM, with or without version; secrets and certificates are refused.",
			Source: `Key Vault, About keys, secrets and certificates: "Objects are uniquely identified ` +
				`within Key Vault using a case-insensitive identifier called the object identifier."; ` +
				storageKeys + `"The storage account and the key vault or managed HSM can be in different ` +
				`Microsoft Entra tenants, regions, and subscriptions."`,
			Found: []rule.Moment{rule.Schema, rule.Plan},
		},
		{
			ID:    CMK011,
			Name:  "Key Version Followed Or Pinned",
			Title: "Newer Key Version Not In Use",
			Sentence: "Without a version in the identifier the service follows the newest one by itself, " +
				"and that never is a difference; with a version, a newer one is shown and not planned.",
			Source: bringYourOwnKey + `"When you use only a key name, Media Services will use the latest key ` +
				`version."; ` + storageKeys + `"Azure Storage checks the key vault daily for a new version ` +
				`of the key."`,
			Found: []rule.Moment{rule.Plan},
		},
		{
			ID:    CMK012,
			Name:  "Nothing Without The Key",
			Title: "Customer Key Inaccessible",
			Sentence: "While an account cannot reach its key nothing but reading and deleting it is " +
				"attempted; the plan says what was lost and what restores it.",
			Source: bringYourOwnKey + nothingWithoutAccess,
			Found:  []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:    CMK013,
			Name:  "Destroying While The Key Is Inaccessible",
			Title: "Account Not Reverted To The System Key",
			Sentence: "An account can be deleted while its key is inaccessible; destroying an attachment " +
				"then reverts nothing, says so in a warning, and goes on.",
			Source: bringYourOwnKey + `"However, the account can be deleted in this state."`,
			Found:  []rule.Moment{rule.Apply, rule.Rehearsal},
		},
		{
			ID:    CMK014,
			Name:  "Back To The System Key First",
			Title: "Key Still In Use",
			Sentence: "Destroying an attachment returns the account to the system key before the key, " +
				"the grant or the vault go; a key that an account still uses is not deleted.",
			Source: "OpenAPI document 2023-01-01, AccountEncryption.type: CustomerKey or SystemKey; follows from " +
				"CMK012, since an account without its key cannot be changed any more",
			Found: []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    CMK015,
			Name:  "Infrastructure Encryption Chosen At Creation",
			Title: "Infrastructure Encryption Cannot Be Changed",
			Sentence: "Infrastructure encryption of a storage account is chosen at its creation: " +
				"a change plans a replacement and says so.",
			Source: `Azure Storage, Enable infrastructure encryption: "Infrastructure encryption can't be ` +
				`enabled or disabled after the account has been created."`,
			Found: []rule.Moment{rule.Plan, rule.Rehearsal},
		},
		{
			ID:    CMK016,
			Name:  "Accounts Off The Grant First",
			Title: "Grant Still In Use",
			Sentence: "A grant by which an account reads its key is not revoked, unless the account has " +
				"the same access in another way.",
			Source: bringYourOwnKey + nothingWithoutAccess + "; follows from CMK009 and CMK012",
			Found:  []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:       CMK017,
			Name:     "Accounts Off The Identity First",
			Title:    "Identity Still In Use",
			Sentence: "An identity by which an account reads its key is not deleted.",
			Source:   bringYourOwnKey + nothingWithoutAccess + "; follows from CMK008 and CMK012",
			Found:    []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    CMK018,
			Name:  "Accounts Off The Key Vault First",
			Title: "Key Vault Still In Use",
			Sentence: "A vault from which an account reads its key is not deleted, and its firewall is not " +
				"closed to the services of Azure. Before it switches between roles and access policies, the " +
				"apply gives each account access in the new way.",
			Source: bringYourOwnKey + nothingWithoutAccess + "; follows from CMK009 and CMK012",
			Found:  []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    CMK019,
			Name:  "One Expiry For A Rotated Key",
			Title: "Expiry Contradicts The Rotation Policy",
			Sentence: "A key that Key Vault rotates by itself has no expiry of its own in the configuration: each " +
				"version expires as the rotation policy says.",
			Source: autoRotation + `"Expiry time: key expiration interval. It's used to set expiration date on ` +
				`newly rotated key."`,
			Found: []rule.Moment{rule.Plan},
		},
		{
			ID:    CMK020,
			Name:  "Time Between Two Rotations",
			Title: "Rotation Due Too Early",
			Sentence: "A rotation policy rotates a version 7 days or more after its creation and 7 days or more " +
				"before its expiry, and is not due for the newest version when it is set.",
			Source: autoRotation + `"Rotation time: key rotation interval, the minimum value is seven days from ` +
				`creation and seven days from expiration time"`,
			Found: []rule.Moment{rule.Plan},
		},
	}
}
