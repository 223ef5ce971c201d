// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package posture judges the encryption of an account and of its storage accounts: which key protects
// each, for how long, and what a person should know or do. It imports no Terraform, no HTTP and no
// azure.
//
// Facts go in and findings come out, each with the ID of a rule. The rules of keys and vaults come from
// package customerkey. A fact that could not be read is a finding as well: it never counts as
// compliant.
package posture

import (
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// The rules that only a posture can break.
const (
	POS001 rule.ID = "POS001"
	POS002 rule.ID = "POS002"
	POS003 rule.ID = "POS003"
	POS004 rule.ID = "POS004"
	POS005 rule.ID = "POS005"
	POS006 rule.ID = "POS006"
	POS007 rule.ID = "POS007"
	POS008 rule.ID = "POS008"
	POS009 rule.ID = "POS009"
	POS010 rule.ID = "POS010"
	POS011 rule.ID = "POS011"
	POS012 rule.ID = "POS012"
	POS013 rule.ID = "POS013"
	POS014 rule.ID = "POS014"
)

// The documents that the rules come from. Their statements are quoted word for word.
const (
	policy          = "Azure Policy, built-in: "
	bringYourOwnKey = "Media Services, Bring your own key: "
	accessKeys      = "Azure Storage, Manage account access keys: "
	sharedKey       = "Azure Storage, Prevent Shared Key authorization: "
)

// Info is the severity of a finding that asks for no action.
const Info rule.Severity = "info"

// Rule returns the rule with the ID, of a posture or of customer-managed keys.
func Rule(id rule.ID) rule.Rule {
	if own := Rules().Get(id); own.Name != "" {
		return own
	}
	return customerkey.Rule(id)
}

// Rules returns the rules that only a posture can break, in order.
func Rules() rule.List {
	plan := []rule.Moment{rule.Plan}
	return rule.List{
		{
			ID:    POS001,
			Name:  "A Key Of Your Own",
			Title: "System Key In Use",
			Sentence: "A customer's key wraps the key of the account, and that of each of its storage " +
				"accounts.",
			Source: policy + `"Azure Media Services accounts should use customer-managed keys to encrypt ` +
				`data at rest"; "Storage accounts should use customer-managed key for encryption"`,
			Found: plan,
		},
		{
			ID:    POS002,
			Name:  "Infrastructure Encryption",
			Title: "No Infrastructure Encryption",
			Sentence: "Every storage account of an account has infrastructure encryption, its second " +
				"layer; the account's own second layer is automatic.",
			Source: policy + `"Storage accounts should have infrastructure encryption"; Azure Storage, Enable ` +
				`infrastructure encryption: "data is encrypted twice"`,
			Found: plan,
		},
		{
			ID:       POS003,
			Name:     "Pinned To The Newest Version",
			Title:    "Pinned Behind The Newest Version",
			Sentence: "A key that is pinned to a version is pinned to the newest one.",
			Source: bringYourOwnKey + `"When you use only a key name, Media Services will use the latest ` +
				`key version", and with a version it does not`,
			Found: plan,
		},
		{
			ID:    POS004,
			Name:  "Time To Move To The Newest Version",
			Title: "Newest Version Not In Use Yet",
			Sentence: "A service that follows the newest version of a key runs on it, after minutes " +
				"for Media Services and Video Analyzer, and after a day for storage.",
			Source: `Azure Storage, Customer-managed keys: "Azure Storage checks the key vault daily for a ` +
				`new version of the key."`,
			Found: plan,
		},
		{
			ID:       POS005,
			Name:     "On The Newest Version In Time",
			Title:    "Late For The Newest Version",
			Sentence: "A service that follows the newest version of a key has moved to it in its documented time.",
			Source: bringYourOwnKey + `"New versions of customer keys are automatically detected, and the ` +
				`account key is re-encrypted."`,
			Found: plan,
		},
		{
			ID:    POS006,
			Name:  "Version In Use Enabled",
			Title: "Version In Use Disabled",
			Sentence: "The version in use is enabled. If it is not, nothing shows that until the service " +
				"needs it again, and then access is lost.",
			Source: `Azure Storage, Customer-managed keys: "When you rotate a key, be sure to wait 24 hours ` +
				`before disabling the older version."`,
			Found: plan,
		},
		{
			ID:    POS007,
			Name:  "Age Of Storage Keys",
			Title: "Storage Key Too Old",
			Sentence: "Neither access key of a storage account is older than allowed, by the posture's own " +
				"limit or else by the storage account's key expiration policy. Keys may be of any age " +
				"while shared key access is off.",
			Source: policy + `"Storage account keys should not be expired"`,
			Found:  plan,
		},
		{
			ID:       POS008,
			Name:     "Known Age Of Storage Keys",
			Title:    "Age Of Storage Key Unknown",
			Sentence: "Azure shows when each access key of a storage account was made.",
			Source: `Azure Storage, Configure an expiration policy: "If the keyCreationTime property of the ` +
				`storage account has a null value for either of the account access keys (key1 and key2), ` +
				`you will need to rotate them."`,
			Found: plan,
		},
		{
			ID:       POS009,
			Name:     "Shared Keys Off Where Not Needed",
			Title:    "Shared Keys Accepted Without Need",
			Sentence: "A storage account that its account reaches with a managed identity accepts no access keys.",
			Source: sharedKey + `"Microsoft recommends that you disallow Shared Key authorization"; ` + policy +
				`"Storage accounts should prevent shared key access"`,
			Found: plan,
		},
		{
			ID:       POS010,
			Name:     "Storage Reached By Managed Identity",
			Title:    "Storage Reached With Shared Keys",
			Sentence: "An account reaches its storage with a managed identity, and holds none of its access keys.",
			Source:   sharedKey + `"Microsoft recommends that you disallow Shared Key authorization"`,
			Found:    plan,
		},
		{
			ID:    POS011,
			Name:  "A Limit To The Age Of Storage Keys",
			Title: "No Limit To The Age Of Storage Keys",
			Sentence: "Access keys in use have a maximum age, by the posture or by the storage account's key " +
				"expiration policy.",
			Source: accessKeys + `"Microsoft recommends that you set a key expiration policy"`,
			Found:  plan,
		},
		{
			ID:    POS012,
			Name:  "Every Storage Account Read",
			Title: "Storage Account Unknown",
			Sentence: "Every storage account of an account can be read; one that cannot is unknown, " +
				"and never counts as compliant.",
			Source: "Microsoft Entra, role Reader: a posture is read with it, on the account and on each " +
				"storage account, in whichever subscription that is",
			Found: plan,
		},
		{
			ID:    POS013,
			Name:  "The Whole Key Seen",
			Title: "Key Not Fully Seen",
			Sentence: "The facts about a customer's key can be read: its vault, the key itself, the " +
				"identity and its grant.",
			Source: "Key Vault, Azure RBAC guide, role Key Vault Reader; access policies: permission get on keys",
			Found:  plan,
		},
		{
			ID:    POS014,
			Name:  "Secrets Hold Present Keys",
			Title: "Secret Behind Its Storage Account",
			Sentence: "A Key Vault secret that tells by its tags that it holds an access key of the storage account holds a " +
				"present one.",
			Source: "Key Vault, Automate the rotation of a secret for resources that have two sets of authentication " +
				"credentials: the tags of the secret",
			Found: plan,
		},
	}
}

// Weight is the severity of a broken rule in a posture.
type Weight struct {
	Rule     rule.ID
	Severity rule.Severity
	// When says in which case, where the severity differs between cases.
	When string
}

// Weights returns the severity of every rule that a posture can break. A posture complies as long as it
// breaks none with severity error; anything unknown is one of those.
func Weights() []Weight {
	const waived = "where the requirement is waived"
	return []Weight{
		{POS001, rule.Error, ""},
		{POS001, Info, waived},
		{POS002, rule.Error, ""},
		{POS002, Info, waived},
		{POS003, rule.Warning, ""},
		{POS004, Info, ""},
		{POS005, rule.Warning, ""},
		{POS006, rule.Error, ""},
		{POS007, rule.Error, ""},
		{POS008, rule.Error, "where the age is limited"},
		{POS008, Info, "where it is not"},
		{POS009, rule.Warning, ""},
		{POS010, Info, ""},
		{POS011, Info, ""},
		{POS012, rule.Error, ""},
		{POS013, rule.Error, ""},
		{POS014, rule.Error, ""},
		{POS014, rule.Warning, "where secrets could not be listed"},
		{customerkey.CMK002, rule.Error, ""},
		{customerkey.CMK003, rule.Error, ""},
		{customerkey.CMK004, rule.Error, ""},
		{
			customerkey.CMK004, rule.Warning, "where the key expires within 30 days, or the newest version " +
				"is not in use yet",
		},
		{customerkey.CMK005, rule.Error, ""},
		{customerkey.CMK006, rule.Error, ""},
		{customerkey.CMK007, rule.Error, ""},
		{customerkey.CMK008, rule.Error, ""},
		{customerkey.CMK009, rule.Error, ""},
		{
			customerkey.CMK009, rule.Warning, "where a Media Services or Video Analyzer account reports no loss of " +
				"access: it may have access through a group, or past a firewall",
		},
		{customerkey.CMK012, rule.Error, ""},
	}
}
