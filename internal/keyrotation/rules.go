// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import "github.com/azuremedia/terraform-provider-azuremedia/internal/rule"

// The rules of rotation.
const (
	ROT001 rule.ID = "ROT001"
	ROT002 rule.ID = "ROT002"
	ROT003 rule.ID = "ROT003"
	ROT004 rule.ID = "ROT004"
	ROT005 rule.ID = "ROT005"
	ROT006 rule.ID = "ROT006"
	ROT007 rule.ID = "ROT007"
	ROT008 rule.ID = "ROT008"
	ROT009 rule.ID = "ROT009"
	ROT010 rule.ID = "ROT010"
)

// Rule returns the rule with the ID.
func Rule(id rule.ID) rule.Rule { return Rules().Get(id) }

// rollKeys is the document that most of the rules come from.
const rollKeys = "Media Services, Update Media Services after rolling storage access keys: "

// Rules returns the rules of rotation.
func Rules() rule.List {
	return rule.List{
		{
			ID:    ROT001,
			Name:  "One Key After the Other",
			Title: "Second Key Regenerated Too Early",
			Sentence: "A rotation regenerates key1, syncs, settles, verifies, regenerates key2, " +
				"syncs and verifies; key2 is never regenerated before the new key1 was synced.",
			Source: rollKeys + "the order of its steps",
			Found:  []rule.Moment{rule.Apply},
		},
		{
			ID:    ROT002,
			Name:  "Six Hours to Settle",
			Title: "Settling Time Too Short",
			Sentence: "At least 6 hours by Azure's clock pass between the sync of one new key and " +
				"the regeneration of the other, except in an emergency.",
			Source: rollKeys + "\"Wait 6 hours. Verify the streaming scenarios are working\"",
			Found:  []rule.Moment{rule.Schema, rule.Plan, rule.Apply},
		},
		{
			ID:    ROT003,
			Name:  "Every Dependent Is Synced",
			Title: "Dependent Cannot Be Synced",
			Sentence: "Every dependent that uses the storage account's keys is synced after each " +
				"regeneration; one that uses a managed identity is skipped.",
			Source: rollKeys + "the keys are synchronized after each of them; Media Services, " +
				"Managed identities: no keys are used",
			Found: []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    ROT004,
			Name:  "Verification Comes Before the Second Key",
			Title: "Verification Failed",
			Sentence: "A verification that fails stops the rotation before the second key, and " +
				"the next apply resumes there.",
			Source: rollKeys + "\"Verify the streaming scenarios are working\"",
			Found:  []rule.Moment{rule.Apply},
		},
		{
			ID:    ROT005,
			Name:  "Regenerations Elsewhere Are Synced",
			Title: "Key Regenerated Elsewhere",
			Sentence: "The creation time shows a key that was regenerated elsewhere; the plan syncs it " +
				"and does not regenerate it again. The plan also syncs a dependent that last read the " +
				"keys before one of them was made.",
			Source: "Storage, Manage account access keys: keyCreationTime; Batch, AutoStorageProperties: " +
				"lastKeySync",
			Found: []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    ROT006,
			Name:  "An Interrupted Rotation Resumes",
			Title: "Rotation Interrupted",
			Sentence: "After an interruption anywhere, the next plan says what is left to do, and the " +
				"next apply does exactly that.",
			Source: "Storage, Manage account access keys: a regeneration takes effect at once",
			Found:  []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    ROT007,
			Name:  "One Rotation at a Time",
			Title: "Another Rotation Is Running",
			Sentence: "A configuration has one rotation of a storage account; two rotations never run at " +
				"once, and a run notices another one elsewhere before it regenerates a key.",
			Source: "Storage, Manage account access keys: two keys, one of which stays valid",
			Found:  []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:       ROT008,
			Name:     "Keys Stay Secret",
			Title:    "Storage Key Exposed",
			Sentence: "No storage key's value is in state, plans, diagnostics or logs.",
			Source:   "Storage, Manage account access keys: Protect your access keys",
			Found:    []rule.Moment{rule.Code},
		},
		{
			ID:    ROT009,
			Name:  "The Clock Agrees with the Keys",
			Title: "Clock Cannot Be Trusted",
			Sentence: "No key is regenerated while the clock of the storage account's service has jumped, " +
				"or contradicts the creation times of the keys or the last sync.",
			Source: "Storage, Manage account access keys: keyCreationTime; " + rollKeys + "\"Wait 6 hours\"",
			Found:  []rule.Moment{rule.Plan, rule.Apply},
		},
		{
			ID:    ROT010,
			Name:  "A Secret Holds the Other Key",
			Title: "Secret Cannot Be Renewed",
			Sentence: "A key that a Key Vault secret holds is never regenerated: the secret gets the other key " +
				"first, and its readers have the settling time to follow.",
			Source: "Key Vault, Automate the rotation of a secret for resources that have two sets of " +
				"authentication credentials; App Service, Use Key Vault references: \"within 24 hours\"",
			Found: []rule.Moment{rule.Schema, rule.Plan, rule.Apply},
		},
	}
}
