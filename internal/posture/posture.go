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

// Account is an account with its storage accounts.
type Account struct {
	Encrypted
	Storage []Storage
}

// Encrypted is an account whose own key another key wraps.
type Encrypted struct {
	ID   string
	Kind customerkey.Kind
	// CustomerKey is the wrapping key; it is nil while the system key wraps.
	CustomerKey *Key
}

// Key is a customer's key in use, with the facts about it.
type Key struct {
	customerkey.Facts
	Following customerkey.Following
	// Lost says that the service cannot reach the key.
	Lost bool
	// Status is the service's own report about that; it is empty while the service has access.
	Status string
	// Monitored says that the service reports a status at all: storage accounts have none.
	Monitored bool
	// Diagnosis says why the key is lost; it means nothing otherwise.
	Diagnosis customerkey.Diagnosis
	// GrantMayBeIndirect says that a group may have the permissions that the identity seems to lack.
	GrantMayBeIndirect bool
}

// Storage is a storage account of an account.
type Storage struct {
	Encrypted
	// Alone says that it is the account itself, and that its use by others is not judged.
	Alone bool
	// Unread says why the storage account could not be read; it is empty where it was read.
	Unread string
	// ByKeys says that the account reaches it with its access keys, not with a managed identity.
	ByKeys bool
	// InfrastructureEncryption says that it has its second layer.
	InfrastructureEncryption bool
	// SharedKeyAccess says that it accepts requests signed with its access keys.
	SharedKeyAccess bool
	// Key1 and Key2 are when the access keys were made.
	Key1, Key2 rule.Fact[time.Time]
	// KeyPolicy is their maximum age by its key expiration policy; zero without a policy.
	KeyPolicy time.Duration
	// Stale says of each secret that holds a key which is none of the present ones, with its name and why.
	Stale []string
	// UnlistedSecrets are the vaults whose secrets could not be listed, and why.
	UnlistedSecrets []string
}

// Requirements are the requirements of a posture that can be waived.
type Requirements struct {
	// CustomerKey requires a customer's key on the account, StorageCustomerKey on every storage
	// account.
	CustomerKey, StorageCustomerKey bool
	// InfrastructureEncryption requires the second layer of every storage account.
	InfrastructureEncryption bool
	// MaxKeyAge is the maximum age of access keys. Zero leaves it to each storage account's policy.
	MaxKeyAge time.Duration
}

// Finding is a broken rule, and the account that breaks it.
//
//nolint:errname // It is a violation, which is a finding first.
type Finding struct {
	rule.Violation
	// Subject is the ID of the account or the storage account.
	Subject string
}

// Report holds the findings: errors first, then warnings, then notes.
type Report struct{ Findings []Finding }

// Compliant reports whether no finding is an error. Anything unknown is an error.
func (r Report) Compliant() bool { return r.count(rule.Error) == 0 }

// Known reports whether everything could be read.
func (r Report) Known() bool {
	for _, finding := range r.Findings {
		if finding.Rule.ID == POS012 || finding.Rule.ID == POS013 {
			return false
		}
	}
	return true
}

// Summary returns the report in one sentence.
func (r Report) Summary() string {
	verdict := "The encryption complies"
	switch {
	case !r.Compliant():
		verdict = "The encryption does not comply"
	case len(r.Findings) == 0:
		return verdict + "."
	}
	var counts []string
	for _, counted := range []struct {
		severity rule.Severity
		noun     string
	}{{rule.Error, "error"}, {rule.Warning, "warning"}, {Info, "note"}} {
		switch n := r.count(counted.severity); n {
		case 0:
		case 1:
			counts = append(counts, "1 "+counted.noun)
		default:
			counts = append(counts, fmt.Sprintf("%d %ss", n, counted.noun))
		}
	}
	text := verdict + ": " + strings.Join(counts, ", ")
	if !r.Known() {
		text += "; not everything could be read"
	}
	return text + "."
}

func (r Report) count(severity rule.Severity) int {
	count := 0
	for _, finding := range r.Findings {
		if finding.Severity == severity {
			count++
		}
	}
	return count
}

// Summary returns the wrapping key in one sentence.
func (e Encrypted) Summary() string {
	switch {
	case e.CustomerKey == nil:
		return "The " + e.Kind.Name + " is on the system's key."
	case e.CustomerKey.Lost:
		return e.CustomerKey.Diagnosis.Findings[0].Sentence + "."
	case e.CustomerKey.KeyID.IsZero():
		return "The " + e.Kind.Name + " is on a customer's key outside of Key Vault, which cannot be read."
	default:
		return e.CustomerKey.Following.Sentence()
	}
}

// Unseen returns the facts about the key that could not be read. A lost key has those of its
// diagnosis.
func (k *Key) Unseen(now time.Time) []string {
	if k == nil {
		return nil
	}
	if k.Lost {
		return k.Diagnosis.Unseen
	}
	var unseen []string
	for _, pending := range customerkey.Check(k.Facts, now).Pending {
		unseen = append(unseen, pending.Missing)
	}
	return unseen
}

// Reachable returns whether the service reaches the key. It is unknown where a fact could not be read,
// and where the grant or the firewall leaves it open and the service reports nothing.
func (k *Key) Reachable(now time.Time) rule.Fact[bool] {
	if k.Lost {
		return rule.Known(false)
	}
	report := customerkey.Check(k.Facts, now)
	open := func(v rule.Violation) bool { return v.Rule.ID == customerkey.CMK009 && !k.Monitored }
	if len(report.Pending) > 0 || slices.ContainsFunc(report.Violations, open) {
		return rule.Fact[bool]{}
	}
	return rule.Known(true)
}

// Expires returns when the version in use expires, or the version that the identifier means where the
// one in use is unknown; the zero time is never.
func (k *Key) Expires() rule.Fact[time.Time] {
	if _, known := k.InUse.Expires.Value(); known {
		return k.InUse.Expires
	}
	return k.Key.Expires
}

// runsOnAnother reports whether the version in use is known, and not the one that the identifier
// means.
func (k *Key) runsOnAnother() bool {
	inUse, known := k.InUse.Version.Value()
	meant, alsoKnown := k.Key.Version.Value()
	return known && alsoKnown && !strings.EqualFold(inUse, meant)
}
