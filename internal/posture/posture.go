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

// Account is an account and the storage accounts beneath it.
type Account struct {
	Encrypted
	Storage []Storage
}

// Encrypted is something that has a key of its own, which another key wraps.
type Encrypted struct {
	ID   string
	Kind customerkey.Kind
	// CustomerKey is the key that wraps; it is nil while the system's key does.
	CustomerKey *Key
}

// Key is a customer's key in use, and everything that is known about it.
type Key struct {
	customerkey.Facts
	Following customerkey.Following
	// Lost says that the service cannot reach the key.
	Lost bool
	// Status is what the service itself says about that, which is nothing as long as all is well.
	Status string
	// Monitored says that the service says so at all: storage accounts have no status.
	Monitored bool
	// Diagnosis says why, and means nothing unless the key is lost.
	Diagnosis customerkey.Diagnosis
	// GrantMayBeIndirect says that what the identity seems to lack may be granted to a group.
	GrantMayBeIndirect bool
}

// Storage is a storage account beneath an account.
type Storage struct {
	Encrypted
	// Unread says why nothing is known about the storage account; it is empty where it was read.
	Unread string
	// ByKeys says that the account reaches it with its access keys, and not by managed identity.
	ByKeys bool
	// InfrastructureEncryption says that it has its second layer.
	InfrastructureEncryption bool
	// SharedKeyAccess says that it accepts requests that are signed with its access keys.
	SharedKeyAccess bool
	// Key1 and Key2 are when the access keys were made.
	Key1, Key2 rule.Fact[time.Time]
	// KeyPolicy is the age that its key expiration policy allows them; zero without a policy.
	KeyPolicy time.Duration
}

// Requirements are what a posture is held to, beyond what always holds.
type Requirements struct {
	// CustomerKey asks for a customer's key on the account, StorageCustomerKey for one on every
	// storage account.
	CustomerKey, StorageCustomerKey bool
	// InfrastructureEncryption asks for the second layer of every storage account.
	InfrastructureEncryption bool
	// MaxKeyAge is how old access keys may be. Zero leaves it to each storage account's own policy.
	MaxKeyAge time.Duration
}

// Finding is a broken rule, and whose encryption breaks it.
//
//nolint:errname // It is a violation, of which the same is to be said.
type Finding struct {
	rule.Violation
	// Subject is the ID of the account or the storage account.
	Subject string
}

// Report is everything that was found: errors first, then warnings, then the rest.
type Report struct{ Findings []Finding }

// Compliant reports whether nothing that was found is an error. What is unknown is one.
func (r Report) Compliant() bool { return r.count(rule.Error) == 0 }

// Known reports whether everything could be seen.
func (r Report) Known() bool {
	for _, finding := range r.Findings {
		if finding.Rule.ID == POS012 || finding.Rule.ID == POS013 {
			return false
		}
	}
	return true
}

// Summary says it all in a sentence.
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
		text += "; not everything could be seen"
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

// Summary says in a sentence what wraps.
func (e Encrypted) Summary() string {
	switch {
	case e.CustomerKey == nil:
		return "The " + e.Kind.Name + " is on the system's key."
	case e.CustomerKey.Lost:
		return e.CustomerKey.Diagnosis.Findings[0].Sentence + "."
	case e.CustomerKey.KeyID.IsZero():
		return "The " + e.Kind.Name + " is on a customer's key outside of Key Vault, which cannot be looked at."
	default:
		return e.CustomerKey.Following.Sentence()
	}
}

// Unseen lists what about the key could not be seen. What is lost needs no more than its cause.
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

// Reachable says whether the service reaches the key. It is not known where something could not be
// seen, nor where the grant or the firewall leaves it open and the service says nothing about it.
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

// Expires is when the version in use expires, or the one that the identifier means where it is not
// known which one that is; the zero time is never.
func (k *Key) Expires() rule.Fact[time.Time] {
	if _, known := k.InUse.Expires.Value(); known {
		return k.InUse.Expires
	}
	return k.Key.Expires
}

// runsOnAnother reports whether another version is known to be in use than the one that the
// identifier means.
func (k *Key) runsOnAnother() bool {
	inUse, known := k.InUse.Version.Value()
	meant, alsoKnown := k.Key.Version.Value()
	return known && alsoKnown && !strings.EqualFold(inUse, meant)
}
