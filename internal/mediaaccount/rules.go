// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package mediaaccount holds what Azure requires of a Media Services or Video Analyzer account
// and of the storage accounts under it, and what every kind of account that depends on a storage
// account requires of that one, as pure functions over facts. The rules are data:
// [Rules] is the one list from which errors, tests and documentation take them.
package mediaaccount

import "github.com/azuremedia/terraform-provider-azuremedia/internal/rule"

// The rules of media accounts.
const (
	ACC001 rule.ID = "ACC001"
	ACC002 rule.ID = "ACC002"
	ACC004 rule.ID = "ACC004"
	ACC005 rule.ID = "ACC005"
	ACC006 rule.ID = "ACC006"
	ACC007 rule.ID = "ACC007"
)

// Rule returns the rule with the ID.
func Rule(id rule.ID) rule.Rule { return Rules().Get(id) }

// Rules returns every rule of media accounts, in order.
func Rules() rule.List {
	return rule.List{
		{
			ID:    ACC001,
			Name:  "One Primary Storage Account",
			Title: "Primary Storage Account Missing",
			Sentence: "An account lists no storage account twice; a Media Services account has exactly " +
				"one primary storage account, which cannot be removed or changed.",
			Source: `Media Services, Azure Storage accounts: "You must have one Primary storage account and ` +
				`you can have any number of Secondary storage accounts associated with your Media Services ` +
				`account."`,
			Found: []rule.Moment{rule.Schema, rule.Plan, rule.Rehearsal},
		},
		{
			ID:    ACC002,
			Name:  "Storage That Media Accounts Support",
			Title: "Storage Account Not Supported",
			Sentence: "Storage accounts are of general purpose (v1 or v2) and standard performance; Media " +
				"Services takes none with a hierarchical namespace; a blob-only storage account can only " +
				"be a secondary one of Media Services.",
			Source: `Media Services, Azure Storage accounts: "Media Services supports General-purpose v2 (GPv2) ` +
				`or General-purpose v1 (GPv1) accounts only."; OpenAPI document 2023-01-01, ` +
				`StorageAccount.id: "the primary storage account must be a Standard Storage account", "Blob ` +
				`only storage accounts can be added as secondary storage accounts."; of Video Analyzer ` +
				`2021-11-01-preview, StorageAccount.id: "Video Analyzer relies on tables, queues, and blobs."`,
			Found: []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:    ACC004,
			Name:  "Replaced Or Updated In Place",
			Title: "Account Cannot Be Updated In Place",
			Sentence: "A change of location or name replaces the account; everything else is updated in " +
				"place, and never touches what another resource or tool owns.",
			Source: "OpenAPI document 2023-01-01, Mediaservices_Update: MediaServiceUpdate has no location",
			Found:  []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    ACC005,
			Name:  "Limits Of The Service",
			Title: "Limit Of The Service Exceeded",
			Sentence: "At most 100 storage accounts to a media account and 100 media accounts to a " +
				"subscription; storage is in the account's subscription, unless Media Services accesses " +
				"it with a managed identity; the caller may list the keys of each storage account, unless " +
				"Video Analyzer accesses it with a managed identity.",
			Source: `Media Services, Quotas and limits: "You can have up to 100 storage accounts. All storage ` +
				`accounts must be in the same Azure subscription."; its table of account limits: 100 accounts ` +
				`in a single subscription, fixed`,
			Found: []rule.Moment{rule.Plan, rule.Apply, rule.Rehearsal},
		},
		{
			ID:    ACC006,
			Name:  "Storage Outlives Its Accounts",
			Title: "Storage Account Still In Use",
			Sentence: "A storage account that a Media Services, Video Analyzer, Batch or Machine Learning " +
				"account has attached, by its access keys or by identity, is neither deleted nor replaced; " +
				"what Azure upgrades in place is an update.",
			Source: `Azure Storage, Delete Storage Account: "Data stored in a deleted storage account cannot be ` +
				`recovered"; OpenAPI document 2023-01-01, ` +
				`StorageAccount.type: each Media Services account has a primary storage account`,
			Found: []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    ACC007,
			Name:  "Access Keys Stay Allowed While They Are Used",
			Title: "Access Keys Still In Use",
			Sentence: "Access with the keys of a storage account is not switched off while an account " +
				"accesses it with a copy of them, or a Key Vault secret holds one.",
			Source: `Azure Storage, Prevent Shared Key authorization: "When you disallow Shared Key authorization ` +
				`for a storage account, Azure Storage rejects all subsequent requests to that account that are ` +
				`authorized with the account access keys."`,
			Found: []rule.Moment{rule.Plan, rule.Apply},
		},
	}
}
