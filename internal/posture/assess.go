// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package posture

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// day is the unit of the ages of keys.
const day = 24 * time.Hour

// Assess checks an account and its storage accounts against every rule.
func Assess(account Account, required Requirements, now time.Time) Report {
	a := assessment{required: required, now: now}
	a.encrypted(account.Encrypted, required.CustomerKey)
	for _, storage := range account.Storage {
		if storage.Unread != "" {
			a.unread(storage)
			continue
		}
		if !storage.Alone {
			a.encrypted(storage.Encrypted, required.StorageCustomerKey)
		}
		a.secondLayer(storage)
		a.sharedKeys(storage)
		a.secrets(storage)
	}
	slices.SortStableFunc(a.Findings, func(one, other Finding) int {
		return weight(one.Severity) - weight(other.Severity)
	})
	return a.Report
}

// assessment is one run over the facts.
type assessment struct {
	Report
	required Requirements
	now      time.Time
}

func (a *assessment) find(subject string, id rule.ID, severity rule.Severity,
	violation rule.Violation,
) {
	violation.Rule, violation.Severity = Rule(id), severity
	a.Findings = append(a.Findings, Finding{Violation: violation, Subject: subject})
}

func (a *assessment) unread(storage Storage) {
	a.find(storage.ID, POS012, rule.Error, rule.Violation{
		Found:    storage.Unread,
		Required: "a storage account that this login may read",
		Why:      "Nobody can say that it complies without seeing it",
		Remedy: "Read the posture with a login that has the role Reader on " + storage.ID + ", or " +
			"detach the storage account if it is gone",
	})
}

// encrypted judges the first layer: whose key protects the account, and for how long.
func (a *assessment) encrypted(e Encrypted, required bool) {
	if e.CustomerKey == nil {
		a.systemKey(e, required)
		return
	}
	checked := customerkey.Check(e.CustomerKey.Facts, a.now)
	if e.CustomerKey.Lost {
		a.lost(e)
		a.stillBroken(e, checked)
	} else {
		for _, violation := range checked.Violations {
			a.broken(e, violation)
		}
		a.version(e)
	}
	if unseen := e.CustomerKey.Unseen(a.now); len(unseen) > 0 {
		a.unseen(e, unseen)
	}
}

func (a *assessment) systemKey(e Encrypted, required bool) {
	a.find(e.ID, POS001, unlessWaived(required), rule.Violation{
		Found:    "a " + e.Kind.Name + " on the system's key",
		Required: "a " + e.Kind.Name + " on a key of your own",
		Why:      "The owner of the key decides who can read the data, and until when",
		Remedy:   "Attach a key of your own with azuremedia_customer_key_attachment",
	})
}

// lost finds that the account has lost its key (CMK012). Where the version in use is disabled and the
// service has not noticed yet, there is still time: that is POS006.
func (a *assessment) lost(e Encrypted) {
	cause := e.CustomerKey.Diagnosis.Violation()
	if e.CustomerKey.Status != "" || e.CustomerKey.Diagnosis.Cause() != customerkey.VersionDisabled {
		a.find(e.ID, customerkey.CMK012, rule.Error, cause)
		return
	}
	a.find(e.ID, POS006, rule.Error, rule.Violation{
		Found:    cause.Found,
		Required: "a version in use that is enabled",
		Why: "The service unwraps with this version until it has moved to another one: as soon as it " +
			"has to, access is lost",
		Remedy: e.CustomerKey.Diagnosis.Findings[0].Remedy + ". Disable it once the newest version is in use",
	})
}

// stillBroken finds the broken rules of a lost key that are not about access to it: those about the
// key and the vault.
func (a *assessment) stillBroken(e Encrypted, checked rule.Report) {
	for _, violation := range checked.Violations {
		switch violation.Rule.ID {
		case customerkey.CMK002, customerkey.CMK003, customerkey.CMK005, customerkey.CMK006, customerkey.CMK007:
			a.broken(e, violation)
		}
	}
}

// broken takes over a broken rule of customer-managed keys, with the severity that it has in a posture:
//
//   - An expired key is an error, although an account that runs on it keeps working.
//   - A fault of a version that is not in use yet is a warning: it only keeps the service from moving
//     to it.
//   - A missing grant or a firewall is doubtful while a service that reports a loss of access reports
//     none, so a grant that may be indirect is a warning. Of a service that reports nothing, the doubt
//     is an error.
func (a *assessment) broken(e Encrypted, violation rule.Violation) {
	severity := violation.Severity
	switch violation.Rule.ID {
	case customerkey.CMK004:
		expires, known := e.CustomerKey.Key.Expires.Value()
		switch {
		case e.CustomerKey.runsOnAnother():
			severity = rule.Warning
		case known && !expires.IsZero() && !a.now.Before(expires):
			severity = rule.Error
		}
	case customerkey.CMK009:
		switch {
		case !e.CustomerKey.Monitored:
			severity = rule.Error
		case e.CustomerKey.GrantMayBeIndirect:
			severity = rule.Warning
		}
	}
	a.find(e.ID, violation.Rule.ID, severity, violation)
}

// version judges whether the newest version of the key is in use.
func (a *assessment) version(e Encrypted) {
	following := e.CustomerKey.Following
	if !following.Outdated() {
		return
	}
	found := strings.TrimSuffix(following.Sentence(), ".")
	if !following.FollowsLatest() {
		a.find(e.ID, POS003, rule.Warning, rule.Violation{
			Found:    found,
			Required: "the newest version, " + following.Newest,
			Why:      "An old version goes out of use, and somebody disables it some day",
			Remedy: "Name the newest version in key_vault_key_id of the attachment, or no version to " +
				"follow the newest one",
		})
		return
	}
	made, known := e.CustomerKey.Key.Created.Value()
	if !known || a.now.Sub(made) <= e.Kind.FollowsWithin {
		a.find(e.ID, POS004, Info, rule.Violation{
			Found:    found,
			Required: "the newest version, " + following.Newest,
			Why:      "Until then the version in use must neither be disabled nor deleted",
			Remedy:   "Wait: the service moves to it without a change",
		})
		return
	}
	a.find(e.ID, POS005, rule.Warning, rule.Violation{
		Found:    fmt.Sprintf("%s, and has had since %s to do so", found, made.UTC().Format(time.RFC3339)),
		Required: "the newest version, " + following.Newest,
		Why:      "Something keeps the service from wrapping its account key with the newest version",
		Remedy: "See that the newest version is enabled, is within its dates and permits wrapKey; " +
			"attaching the key again makes the service look for it at once",
	})
}

func (a *assessment) unseen(e Encrypted, unseen []string) {
	a.find(e.ID, POS013, rule.Error, rule.Violation{
		Found:    "unknown: " + strings.Join(unseen, ", "),
		Required: "a login that may read the key, its vault, its identity and the grant",
		Why:      "Nobody can say that it complies without seeing it",
		Remedy: "Give this login the roles Reader and Key Vault Reader on the vault, or the permission " +
			"get on keys in a vault with access policies",
	})
}

func (a *assessment) secondLayer(s Storage) {
	if s.InfrastructureEncryption {
		return
	}
	a.find(s.ID, POS002, unlessWaived(a.required.InfrastructureEncryption), rule.Violation{
		Found:    "a storage account without infrastructure encryption",
		Required: "a storage account with infrastructure encryption",
		Why:      "With it data is encrypted twice, with two algorithms and two keys, in case one is broken",
		Remedy: "Create another storage account with infrastructure_encryption_enabled = true and move " +
			"the data: it is chosen at creation only (CMK015)",
	})
}

// sharedKeys judges the access keys of a storage account that accepts them.
func (a *assessment) sharedKeys(s Storage) {
	if !s.SharedKeyAccess {
		return
	}
	switch {
	case s.Alone:
	case s.ByKeys:
		a.find(s.ID, POS010, Info, rule.Violation{
			Found:    "an account that reaches this storage account with its access keys",
			Required: "an account that reaches its storage by managed identity",
			Why:      "A holder of a key may do everything, and no log names the holder",
			Remedy: "Give the account an identity for its storage (storage_authentication_type = " +
				`"ManagedIdentity" of azuremedia_account, storage_account.user_assigned_identity_id of ` +
				"azuremedia_video_analyzer, autoStorage.authenticationMode of a Batch account), or see that the keys are " +
				"rotated: azuremedia_storage_key_rotation",
		})
	default:
		a.find(s.ID, POS009, rule.Warning, rule.Violation{
			Found:    "a storage account that accepts its access keys, which its account does not use",
			Required: "a storage account without shared key access",
			Why:      "A holder of a key may do everything, and no log names the holder",
			Remedy:   "Set shared_access_key_enabled = false on the storage account",
		})
	}

	limit, whose := a.limit(s)
	if limit == 0 {
		a.find(s.ID, POS011, Info, rule.Violation{
			Found:    "access keys without a maximum age",
			Required: "a maximum age of access keys",
			Why:      "A key that nobody rotates is known to more people every year",
			Remedy:   "Set max_key_age_days here, or key_expiration_period_in_days on the storage account",
		})
	}
	a.age(s, "key1", s.Key1, limit, whose)
	a.age(s, "key2", s.Key2, limit, whose)
}

// secrets judges the secrets that applications read the access keys from.
func (a *assessment) secrets(s Storage) {
	for _, stale := range s.Stale {
		a.find(s.ID, POS014, rule.Error, rule.Violation{
			Found:    stale,
			Required: "a secret that holds a present key of the storage account",
			Why:      "The storage account refuses every application that reads it",
			Remedy: "Rotate the keys with azuremedia_storage_key_rotation, with the secret in secrets, which renews it with the " +
				"next apply; or set it to a present key by hand",
		})
	}
	if len(s.UnlistedSecrets) > 0 {
		a.find(s.ID, POS014, rule.Warning, rule.Violation{
			Found:    strings.Join(s.UnlistedSecrets, ", ") + ", which could not be listed",
			Required: "secrets that this login may list",
			Why:      "One of them may hold a key that is no longer valid",
			Remedy:   "Read the posture with a login that has the role Key Vault Reader there",
		})
	}
}

// limit returns the maximum age of a storage account's access keys, and its source.
func (a *assessment) limit(s Storage) (limit time.Duration, whose string) {
	if a.required.MaxKeyAge > 0 {
		return a.required.MaxKeyAge, "max_key_age_days"
	}
	return s.KeyPolicy, "the storage account's key expiration policy"
}

func (a *assessment) age(s Storage, name string, made rule.Fact[time.Time], limit time.Duration,
	whose string,
) {
	created, known := made.Value()
	age := a.now.Sub(created)
	switch {
	case !known:
		a.find(s.ID, POS008, unlessWaived(limit > 0), rule.Violation{
			Found:    "a " + name + " of unknown age",
			Required: "a " + name + " with a creation time in Azure",
			Why:      "It is older than Azure's record of creation times, so it is years old",
			Remedy:   "Rotate the keys once: azuremedia_storage_key_rotation",
		})
	case limit > 0 && age > limit:
		a.find(s.ID, POS007, rule.Error, rule.Violation{
			Found: fmt.Sprintf("a %s that is %d days old, made on %s", name, int(age/day),
				created.UTC().Format(time.RFC3339)),
			Required: fmt.Sprintf("a %s of at most %d days, by %s", name, int(limit/day), whose),
			Why:      "A key that nobody rotates is known to more people every year",
			Remedy: "Rotate the keys with azuremedia_storage_key_rotation, which keeps the accounts that " +
				"use them working",
		})
	}
}

// unlessWaived returns the severity of a requirement: an error, or a note where it is waived.
func unlessWaived(required bool) rule.Severity {
	if required {
		return rule.Error
	}
	return Info
}

// weight sorts severities, the gravest first.
func weight(severity rule.Severity) int {
	return slices.Index([]rule.Severity{rule.Error, rule.Warning, Info}, severity)
}
