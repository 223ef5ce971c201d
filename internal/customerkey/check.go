// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// The attributes at fault, by their names in an attachment.
const (
	AttributeTarget   = "account_id"
	AttributeKey      = "key_vault_key_id"
	AttributeIdentity = "user_assigned_identity_id"
)

// ExpiryNotice is how long before the expiry of a key [Check] warns of it.
const ExpiryNotice = 30 * 24 * time.Hour

// KeyTypes returns the types of keys that can protect an account (CMK002).
func KeyTypes() []string { return []string{"RSA", "RSA-HSM"} }

// KeySizes returns the sizes of keys, in bits, that can protect an account (CMK003).
func KeySizes() []int { return []int{2048, 3072, 4096} }

// Check checks the facts against the rules CMK002 to CMK010 at a time. An unknown fact leaves its rule
// pending, unless another fact breaks the rule.
func Check(facts Facts, now time.Time) rule.Report {
	c := check{Facts: facts, now: now}
	if c.keyExists() {
		c.keyType()
		c.keySize()
		c.keyEnabled()
		c.keyDates()
		c.keyOperations()
	}
	if c.Vault.Presence != SoftDeleted && c.Vault.Presence != Absent {
		c.vaultRegion()
		c.vaultProtection()
		c.firewall()
	}
	c.identity()
	c.grant()
	c.identifier()
	return c.report
}

// check is one run over the facts.
type check struct {
	Facts
	now    time.Time
	report rule.Report
}

// keyExists reports whether the key may exist: the other checks of the key need it.
func (c *check) keyExists() bool {
	violation := rule.Violation{
		Rule:      Rule(CMK004),
		Severity:  rule.Error,
		Attribute: AttributeKey,
		Required:  "a key that exists",
		Why:       "The account's own key is wrapped with this key, which the vault has to hold",
	}
	switch {
	case c.Vault.Presence == SoftDeleted:
		violation.Title = "Key Vault Deleted"
		violation.Found = fmt.Sprintf("the vault %s deleted, but recoverable", c.vaultName())
		violation.Remedy = "Recover the vault with its keys: " + recoverVault(c.Facts)
	case c.Vault.Presence == Absent:
		violation.Title = "Key Vault Not Found"
		violation.Found = fmt.Sprintf("no vault %s", c.vaultName())
		violation.Remedy = "Create the vault and the key first, or correct the identifier"
	case c.Key.Presence == SoftDeleted:
		violation.Title = "Key Deleted"
		violation.Found = fmt.Sprintf("the key %s deleted, but recoverable", c.KeyID.Name)
		violation.Remedy = "Recover the key with its versions: " + recoverKey(c.Facts)
	case c.Key.Presence == Absent && c.KeyID.Pinned():
		violation.Title = "Key Version Not Found"
		violation.Found = fmt.Sprintf("no key %s of version %s", c.KeyID.Name, c.KeyID.Version)
		violation.Remedy = "Correct the version, or leave it out to follow the newest one"
	case c.Key.Presence == Absent:
		violation.Title = "Key Not Found"
		violation.Found = fmt.Sprintf("no key %s in the vault", c.KeyID.Name)
		violation.Remedy = "Create the key first, or correct the identifier"
	case c.Key.Presence == Present:
		return true
	default:
		c.report.Await(Rule(CMK004), "whether the key exists")
		return true
	}
	c.report.Break(violation)
	return false
}

func (c *check) keyType() {
	found, known := c.Key.Type.Value()
	if !known {
		c.report.Await(Rule(CMK002), "the type of the key")
		return
	}
	if slices.ContainsFunc(KeyTypes(), func(t string) bool { return strings.EqualFold(t, found) }) {
		return
	}
	c.report.Break(rule.Violation{
		Rule:      Rule(CMK002),
		Severity:  rule.Error,
		Attribute: AttributeKey,
		Found:     "a key of type " + found,
		Required:  "a key of type RSA or RSA-HSM",
		Why:       "The service wraps the account's own key with RSA, which other keys cannot do",
		Remedy:    "Create an RSA key and use its identifier: " + createKey(c.Facts),
	})
}

func (c *check) keySize() {
	found, known := c.Key.Size.Value()
	if !known {
		// Only RSA keys have a size that matters.
		if c.rsa() {
			c.report.Await(Rule(CMK003), "the size of the key")
		}
		return
	}
	if !c.rsa() || slices.Contains(KeySizes(), found) {
		return
	}
	c.report.Break(rule.Violation{
		Rule:      Rule(CMK003),
		Severity:  rule.Error,
		Attribute: AttributeKey,
		Found:     fmt.Sprintf("a key of %d bits", found),
		Required:  "a key of 2048, 3072 or 4096 bits",
		Why:       "The service supports RSA keys of these sizes only",
		Remedy:    "Create a key of a supported size: " + createKey(c.Facts),
	})
}

// rsa reports whether the key may be an RSA key.
func (c *check) rsa() bool {
	found, known := c.Key.Type.Value()
	return !known || strings.HasPrefix(strings.ToUpper(found), "RSA")
}

func (c *check) keyEnabled() {
	enabled, known := c.Key.Enabled.Value()
	if !known {
		c.report.Await(Rule(CMK004), "whether the key is enabled")
		return
	}
	if enabled {
		return
	}
	c.report.Break(rule.Violation{
		Rule:      Rule(CMK004),
		Title:     "Key Disabled",
		Severity:  rule.Error,
		Attribute: AttributeKey,
		Found:     "a disabled key" + c.ofVersion(),
		Required:  "a key that is enabled",
		Why:       "Key Vault neither wraps nor unwraps with a disabled key",
		Remedy:    "Enable it: " + enableKey(c.Facts, c.Key),
	})
}

// keyDates checks the key's activation and expiry. Outside of them Key Vault unwraps but does not wrap:
// an account that already runs on this version keeps working.
func (c *check) keyDates() {
	const why = "Outside of its dates a key unwraps but does not wrap: an account that runs on it " +
		"keeps working, but nobody can attach it, and no account can move to it"
	severity := rule.Error
	if c.runsOnKey() {
		severity = rule.Warning
	}

	if notBefore, known := c.Key.NotBefore.Value(); !known {
		c.report.Await(Rule(CMK004), "the activation date of the key")
	} else if c.now.Before(notBefore) {
		c.report.Break(rule.Violation{
			Rule:      Rule(CMK004),
			Title:     "Key Not Active Yet",
			Severity:  severity,
			Attribute: AttributeKey,
			Found:     "a key" + c.ofVersion() + " that is not active before " + moment(notBefore),
			Required:  "a key that is active now, " + moment(c.now),
			Why:       why,
			Remedy:    "Wait, or bring the date forward: " + activateKey(c.Facts, c.now),
		})
	}

	expires, known := c.Key.Expires.Value()
	violation := rule.Violation{
		Rule:      Rule(CMK004),
		Severity:  severity,
		Attribute: AttributeKey,
		Required:  "a key that expires later than now, " + moment(c.now),
		Why:       why,
		Remedy: "Create a new version (" + rotateKey(c.Facts) + "), or extend the expiry: " +
			extendKey(c.Facts, c.now),
	}
	switch {
	case !known:
		c.report.Await(Rule(CMK004), "the expiry date of the key")
		return
	case expires.IsZero():
		return
	case !c.now.Before(expires):
		violation.Title = "Key Expired"
		violation.Found = "a key" + c.ofVersion() + " that expired on " + moment(expires)
	case expires.Sub(c.now) <= ExpiryNotice:
		violation.Title = "Key Expires Soon"
		violation.Severity = rule.Warning
		violation.Found = "a key" + c.ofVersion() + " that expires on " + moment(expires)
		violation.Required = "a key that expires later than 30 days from now"
	default:
		return
	}
	c.report.Break(violation)
}

// runsOnKey reports whether the account is known to run on the checked version.
func (c *check) runsOnKey() bool {
	inUse, known := c.InUse.Version.Value()
	version, alsoKnown := c.Key.Version.Value()
	return known && alsoKnown && strings.EqualFold(inUse, version)
}

// keyOperations checks the operations that the key permits. A key of another type permits none of
// them, and breaks CMK002 already.
func (c *check) keyOperations() {
	if !c.rsa() {
		return
	}
	operations, known := c.Key.Operations.Value()
	if !known {
		c.report.Await(Rule(CMK004), "the operations that the key permits")
		return
	}
	var missing []string
	for _, needed := range []string{PermissionWrapKey, PermissionUnwrapKey} {
		if !slices.ContainsFunc(operations, func(o string) bool { return strings.EqualFold(o, needed) }) {
			missing = append(missing, needed)
		}
	}
	if len(missing) == 0 {
		return
	}
	c.report.Break(rule.Violation{
		Rule:      Rule(CMK004),
		Severity:  rule.Error,
		Attribute: AttributeKey,
		Found:     "a key" + c.ofVersion() + " that does not permit " + strings.Join(missing, " and "),
		Required:  "a key that permits wrapKey and unwrapKey",
		Why:       "The service wraps and unwraps the account's own key with it",
		Remedy:    "Permit both: " + permitOperations(c.Facts, operations, missing),
	})
}

func (c *check) vaultRegion() {
	if c.Target.Kind.known() && !c.Target.Kind.SameRegion {
		return
	}
	vault, vaultKnown := c.Vault.Location.Value()
	account, accountKnown := c.Target.Location.Value()
	switch {
	case !c.Target.Kind.known():
		c.report.Await(Rule(CMK005), "the kind of the account")
	case !vaultKnown:
		c.report.Await(Rule(CMK005), "the region of the vault")
	case !accountKnown:
		c.report.Await(Rule(CMK005), "the region of the account")
	case !SameLocation(vault, account):
		c.report.Break(rule.Violation{
			Rule:      Rule(CMK005),
			Severity:  rule.Error,
			Attribute: AttributeKey,
			Found: fmt.Sprintf("a vault in %s for a %s in %s",
				NormalizeLocation(vault), c.Target.Kind.Name, NormalizeLocation(account)),
			Required: "a vault in " + NormalizeLocation(account),
			Why:      "A " + c.Target.Kind.Name + " only uses keys of its own region",
			Remedy: "Use a key in a vault in " + NormalizeLocation(account) +
				"; neither a vault nor an account can be moved to another region",
		})
	}
}

func (c *check) vaultProtection() {
	if on, known := c.Vault.SoftDelete.Value(); !known {
		c.report.Await(Rule(CMK006), "whether the vault has soft delete on")
	} else if !on {
		c.report.Break(rule.Violation{
			Rule:      Rule(CMK006),
			Severity:  rule.Error,
			Attribute: AttributeKey,
			Found:     fmt.Sprintf("the vault %s without soft delete", c.vaultName()),
			Required:  "a vault with soft delete on",
			Why:       "A key that is gone for good takes everything with it that it protects",
			Remedy: "Turn it on, which cannot be undone: az resource update --ids " +
				orElse(c.Vault.ID, "VAULT_ID") + " --set properties.enableSoftDelete=true",
		})
	}

	if on, known := c.Vault.PurgeProtection.Value(); !known {
		c.report.Await(Rule(CMK007), "whether the vault has purge protection on")
	} else if !on {
		c.report.Break(rule.Violation{
			Rule:      Rule(CMK007),
			Severity:  rule.Error,
			Attribute: AttributeKey,
			Found:     fmt.Sprintf("the vault %s without purge protection", c.vaultName()),
			Required:  "a vault with purge protection on",
			Why:       "A key that is gone for good takes everything with it that it protects",
			Remedy: "Turn it on, which cannot be undone (purge_protection_enabled = true, or " +
				turnOn(c.Facts, "--enable-purge-protection true") + ")",
		})
	}
}

func (c *check) identity() {
	violation := rule.Violation{
		Rule:      Rule(CMK008),
		Severity:  rule.Error,
		Attribute: AttributeIdentity,
		Required:  "an identity of the account itself",
		Why:       "The service reads the key with an identity of the account",
	}
	switch c.Identity.Kind {
	case SystemAssignedIdentity:
		on, known := c.Target.SystemAssigned.Value()
		switch {
		case c.Target.Kind.known() && !c.Target.Kind.SystemAssigned:
			violation.Found = "the system-assigned identity of a " + c.Target.Kind.Name
			violation.Required = "a user-assigned identity"
			violation.Why = "A " + c.Target.Kind.Name + " has user-assigned identities only"
			violation.Remedy = "List a user-assigned identity on the account, and name it here"
		case !known:
			c.report.Await(Rule(CMK008), "whether the account has a system-assigned identity")
			return
		case on:
			return
		default:
			violation.Found = "no system-assigned identity on the account"
			violation.Remedy = `Switch it on (identity = { type = "SystemAssigned" } on the account` +
				assignIdentity(c.Facts) + "), or name a user-assigned identity of the account"
		}
	case UserAssignedIdentity:
		listed, known := c.Target.UserAssigned.Value()
		switch {
		case c.Identity.Presence == Absent:
			violation.Found = "no user-assigned identity " + c.Identity.ID
			violation.Remedy = "Create the identity first, or correct its ID"
		case c.Identity.Replaced:
			violation.Found = "an identity " + c.Identity.ID + " re-created after the account was given " +
				"its predecessor, which was deleted"
			violation.Remedy = "Take it off the account (identity.identity_ids), apply, and list it again"
		case !known || c.Identity.ID == "":
			c.report.Await(Rule(CMK008), "the user-assigned identities of the account")
			return
		case slices.ContainsFunc(listed, func(id string) bool { return strings.EqualFold(id, c.Identity.ID) }):
			return
		default:
			violation.Found = fmt.Sprintf("the identity %s, which the account does not list", c.Identity.ID)
			violation.Remedy = "List it on the account (identity.identity_ids" + assignIdentity(c.Facts) + ")"
		}
	case IdentityUnknown:
		c.report.Await(Rule(CMK008), "the identity that reads the key")
		return
	}
	c.report.Break(violation)
}

func (c *check) grant() {
	if missing := c.Grant.Denied(); len(missing) > 0 {
		c.report.Break(rule.Violation{
			Rule:      Rule(CMK009),
			Severity:  rule.Error,
			Attribute: AttributeKey,
			Found:     fmt.Sprintf("%s without %s", c.principal(), strings.Join(missing, ", ")),
			Required:  "an identity that may get, wrapKey and unwrapKey the key",
			Why:       "The service reads the key and wraps the account's own key with this identity",
			Remedy:    "Grant it with azuremedia_customer_key_grant, or: " + grantAccess(c.Facts),
		})
		return
	}
	if !c.Grant.Known() {
		c.report.Await(Rule(CMK009), "what the identity may do with the key")
	}
}

// firewall warns of a vault that blocks everyone. It is no error, because the addresses and networks
// that the vault allows may be those of the service.
func (c *check) firewall() {
	network, known := c.Vault.Network.Value()
	if !known || network.TrustedServices || !network.turnsAway(c.Target.Kind) {
		return
	}
	c.report.Break(rule.Violation{
		Rule:      Rule(CMK009),
		Title:     "Key Vault Firewall Blocks The Service",
		Severity:  rule.Warning,
		Attribute: AttributeKey,
		Found:     fmt.Sprintf("a firewall of the vault %s that blocks the services of Azure", c.vaultName()),
		Required:  "a vault that the service can reach",
		Why:       "The service reaches the key over the network, from addresses of its own",
		Remedy:    "Allow trusted services: " + turnOn(c.Facts, "--bypass AzureServices"),
	})
}

func (c *check) identifier() {
	if c.KeyID.IsZero() {
		c.report.Await(Rule(CMK010), "the identifier of the key")
		return
	}
	if kind := c.Target.Kind; c.KeyID.InManagedHSM() && kind.known() && !kind.ManagedHSM {
		c.report.Break(rule.Violation{
			Rule: Rule(CMK010), Title: "Key In A Managed HSM", Severity: rule.Error, Attribute: AttributeKey,
			Found:    "a key in the managed HSM " + c.KeyID.VaultName,
			Required: "a key in a Key Vault",
			Why:      "A " + kind.Name + " reads its key from a Key Vault; of the kinds of account, storage accounts take either",
			Remedy:   "Use a key of type RSA-HSM in a vault of SKU premium: that is kept in hardware as well",
		})
	}
}

// ofVersion returns the checked version as a phrase, where it is known.
func (c *check) ofVersion() string {
	if version, known := c.Key.Version.Value(); known {
		return " of version " + version
	}
	return ""
}

// moment formats a time for a person and for the Azure CLI.
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }
