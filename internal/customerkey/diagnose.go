// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Cause is why an account cannot reach its key.
type Cause string

// The causes, in the order in which [Diagnose] looks for them: an earlier one hides a later one, or
// makes it irrelevant.
const (
	VaultDeleted    Cause = "vault deleted"
	VaultPurged     Cause = "vault purged"
	KeyDeleted      Cause = "key deleted"
	KeyPurged       Cause = "key purged"
	IdentityRemoved Cause = "identity removed"
	GrantRemoved    Cause = "grant removed"
	VaultFirewall   Cause = "vault firewall"
	KeyDisabled     Cause = "key disabled"
	VersionDisabled Cause = "key version disabled"
	KeyExpired      Cause = "key expired"
	CauseUnknown    Cause = "unknown"
)

// Finding is one cause, as a sentence, and the remedy that restores access.
type Finding struct {
	Cause    Cause
	Sentence string
	Remedy   string
	// Final says that Azure documents no way to restore access, except a backup of the key where the
	// key was purged.
	Final bool
}

// Diagnosis says why an account cannot reach its key (CMK012).
type Diagnosis struct {
	// Target is the account.
	Target Target
	// Findings holds at least one finding. The first one is the cause; the others must be fixed as
	// well.
	Findings []Finding
	// Unseen lists the facts that this login could not read.
	Unseen []string
}

// Cause returns the cause of the first finding.
func (d Diagnosis) Cause() Cause { return d.Findings[0].Cause }

// Violation returns the diagnosis as a violation of CMK012.
func (d Diagnosis) Violation() rule.Violation {
	sentences, remedies := make([]string, 0, len(d.Findings)), make([]string, 0, len(d.Findings))
	for _, finding := range d.Findings {
		sentences = append(sentences, finding.Sentence)
		remedies = append(remedies, finding.Remedy)
	}
	return rule.Violation{
		Rule:      Rule(CMK012),
		Severity:  rule.Error,
		Attribute: AttributeKey,
		Found:     strings.Join(sentences, ". "),
		Required:  "a key that the account can reach",
		Why:       "Until it can, " + d.Target.without(),
		Remedy:    strings.Join(remedies, ". ") + ". Once access is back, the next plan is clean",
	}
}

// Diagnose finds out why an account cannot reach its key. It judges the version in use, or the version
// that the identifier means where the one in use is unknown.
func Diagnose(facts Facts, now time.Time) Diagnosis {
	d := diagnose{Facts: facts, now: now, inUse: facts.InUse}
	if d.inUse.Presence == PresenceUnknown {
		d.inUse = facts.Key
	}
	if d.vaultIsThere() && d.keyIsThere() {
		d.keyWorks()
	}
	d.identityIsThere()
	d.grantIsThere()
	d.vaultLetsIn()
	return d.result()
}

// diagnose is one run of [Diagnose], which sorts its findings at the end.
type diagnose struct {
	Facts
	now    time.Time
	inUse  Key
	found  map[Cause]Finding
	unseen []string
}

func (d *diagnose) find(finding Finding) {
	if d.found == nil {
		d.found = map[Cause]Finding{}
	}
	d.found[finding.Cause] = finding
}

func (d *diagnose) result() Diagnosis {
	result := Diagnosis{Target: d.Target, Unseen: d.unseen}
	for _, cause := range []Cause{
		VaultDeleted, VaultPurged, KeyDeleted, KeyPurged, IdentityRemoved, GrantRemoved,
		VaultFirewall, KeyDisabled, VersionDisabled, KeyExpired,
	} {
		if finding, found := d.found[cause]; found {
			result.Findings = append(result.Findings, finding)
		}
	}
	if len(result.Findings) > 0 {
		return result
	}

	unknown := Finding{
		Cause: CauseUnknown,
		Sentence: "The account cannot reach its key, though vault, key, identity and grant look right: " +
			"access may just have been restored",
		Remedy: "Wait a few minutes and plan again; if the state stays, ask Azure support",
	}
	if len(d.unseen) > 0 {
		unknown.Sentence = "The account cannot reach its key, for an unknown reason: " +
			"this login could not read " + strings.Join(d.unseen, ", ")
		unknown.Remedy = "Plan with a login that may read them, or check them in the portal"
	}
	result.Findings = []Finding{unknown}
	return result
}

func (d *diagnose) vaultIsThere() bool {
	switch d.Vault.Presence {
	case SoftDeleted:
		d.find(Finding{
			Cause:    VaultDeleted,
			Sentence: fmt.Sprintf("The vault %s was deleted; it can be recovered with its keys", d.vaultName()),
			Remedy:   "Recover it: " + recoverVault(d.Facts),
		})
		return false
	case Absent:
		d.find(Finding{
			Cause:    VaultPurged,
			Sentence: fmt.Sprintf("The vault %s is gone for good, and its keys with it", d.vaultName()),
			Remedy: "Only a backup of the key helps: create a vault of the same name, and restore " +
				"the key into it (" + restoreKey(d.Facts) + "). Without one what the key protects " +
				"is lost, and the account can only be deleted",
			Final: true,
		})
		return false
	case PresenceUnknown:
		d.unseen = append(d.unseen, "the vault")
	case Present:
	}
	return true
}

func (d *diagnose) keyIsThere() bool {
	switch d.inUse.Presence {
	case SoftDeleted:
		d.find(Finding{
			Cause: KeyDeleted,
			Sentence: fmt.Sprintf("The key %s was deleted; it can be recovered with its versions",
				d.KeyID.Name),
			Remedy: "Recover it: " + recoverKey(d.Facts),
		})
		return false
	case Absent:
		sentence := fmt.Sprintf("The key %s is gone for good", d.KeyID.Name)
		if d.Key.Presence == Present {
			sentence = fmt.Sprintf("The version of the key %s that the account runs on is gone for good: "+
				"the vault now has a different key of that name", d.KeyID.Name)
		}
		d.find(Finding{
			Cause:    KeyPurged,
			Sentence: sentence,
			Remedy: "Only a backup of the key helps (" + restoreKey(d.Facts) + "). Without one what " +
				"the key protects is lost, and the account can only be deleted",
			Final: true,
		})
		return false
	case PresenceUnknown:
		d.unseen = append(d.unseen, "the key")
		return false
	case Present:
	}
	return true
}

func (d *diagnose) keyWorks() {
	if enabled, known := d.inUse.Enabled.Value(); !known {
		d.unseen = append(d.unseen, "whether the key is enabled")
	} else if !enabled {
		finding := Finding{
			Cause:    KeyDisabled,
			Sentence: fmt.Sprintf("The key %s is disabled", d.KeyID.Name),
			Remedy:   "Enable it: " + enableKey(d.Facts, d.inUse),
		}
		if newest, _ := d.Key.Enabled.Value(); newest {
			version, _ := d.inUse.Version.Value()
			finding.Cause = VersionDisabled
			finding.Sentence = fmt.Sprintf("Version %s of the key %s, which the account runs on, is "+
				"disabled, though a newer one is not: the account needs the old version once more to "+
				"move to the new one", version, d.KeyID.Name)
		}
		d.find(finding)
	}

	expires, known := d.inUse.Expires.Value()
	if known && !expires.IsZero() && !d.now.Before(expires) {
		d.find(Finding{
			Cause:    KeyExpired,
			Sentence: fmt.Sprintf("The key %s expired on %s", d.KeyID.Name, moment(expires)),
			Remedy:   "Extend the expiry: " + setAttributes(d.Facts, d.inUse) + " --expires " + moment(d.now.AddDate(1, 0, 0)),
		})
	}
}

func (d *diagnose) identityIsThere() {
	c := check{Facts: d.Facts, now: d.now}
	c.identity()
	for _, violation := range c.report.Violations {
		finding := Finding{
			Cause: IdentityRemoved,
			Sentence: fmt.Sprintf("The account has lost the identity that it reads its key with (%s): found %s",
				d.principal(), violation.Found),
			Remedy: "Give the account an identity (" + identityAttribute(d.Identity) + " of it" +
				assignIdentity(d.Facts) + "), let it use the key (" + grantAccess(d.Facts) + "), and attach " +
				"the key with it; an identity re-created under the same name is a different identity",
		}
		if d.Target.Kind.LockedWithoutKey {
			finding.Final = true
			finding.Remedy = "None is documented: an account that cannot reach its key refuses changes, also " +
				"of its identity, and an identity re-created under the same name is a different " +
				"identity. Ask Azure support, or delete the account and create it again"
		}
		d.find(finding)
	}
	if len(c.report.Pending) > 0 {
		d.unseen = append(d.unseen, "the identities of the account")
	}
}

func (d *diagnose) grantIsThere() {
	if d.Vault.Presence == SoftDeleted || d.Vault.Presence == Absent {
		return
	}
	if missing := d.Grant.Denied(); len(missing) > 0 {
		d.find(Finding{
			Cause: GrantRemoved,
			Sentence: fmt.Sprintf("%s lacks %s in the vault %s",
				upperFirst(d.principal()), strings.Join(missing, ", "), d.vaultName()),
			Remedy: "Grant it with azuremedia_customer_key_grant, or: " + grantAccess(d.Facts),
		})
	} else if !d.Grant.Known() {
		d.unseen = append(d.unseen, "what the identity may do with the key")
	}
}

func (d *diagnose) vaultLetsIn() {
	if d.Vault.Presence == SoftDeleted || d.Vault.Presence == Absent {
		return
	}
	network, known := d.Vault.Network.Value()
	switch {
	case !known:
		d.unseen = append(d.unseen, "the vault's firewall")
	case !network.turnsAway(d.Target.Kind):
	case network.TrustedServices:
		// Key Vault's list of trusted services does not name Media Services, though their
		// documentation says that the vault lets them in: it is the cause only where there is no
		// other.
		if len(d.found) == 0 && len(d.unseen) == 0 {
			d.find(Finding{
				Cause: VaultFirewall,
				Sentence: fmt.Sprintf("The firewall of the vault %s lets in trusted services only, and a %s "+
					"may not be one of them", d.vaultName(), d.Target.Kind.Name),
				Remedy: "Open it: " + turnOn(d.Facts, "--public-network-access Enabled --default-action Allow"),
			})
		}
	default:
		d.find(Finding{
			Cause: VaultFirewall,
			Sentence: fmt.Sprintf("The firewall of the vault %s blocks everyone, the services of Azure "+
				"included", d.vaultName()),
			Remedy: "Allow trusted services: " + turnOn(d.Facts, "--bypass AzureServices") + ", and if that is not " +
				"enough " + turnOn(d.Facts, "--public-network-access Enabled --default-action Allow"),
		})
	}
}

// upperFirst returns a phrase as the beginning of a sentence.
func upperFirst(phrase string) string { return strings.ToUpper(phrase[:1]) + phrase[1:] }
