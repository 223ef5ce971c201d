// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaaccount

import (
	"fmt"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// The attributes that violations name, as the accounts call them.
const (
	AttributeStorage         = "storage_accounts" // Of a Media Services account.
	AttributeAnalyzerStorage = "storage_account"  // Of a Video Analyzer account.
	AttributeAuthentication  = "storage_authentication_type"
	AttributeSharedKeys      = "shared_access_key_enabled" // Of a storage account.
)

// The limits of the service (Media Services, Quotas and limits).
const (
	MostStorageAccounts = 100
	MostAccounts        = 100
)

// Kind is a kind of media account.
type Kind struct {
	// Name is the name of the kind in a sentence.
	Name string
	// ResourceType is the type in Resource Manager.
	ResourceType string
	// Roles says that storage accounts are primary or secondary. Without roles, every storage account
	// must be fit to be a primary one.
	Roles bool
	// Storage is the attribute for its storage accounts.
	Storage string
	// AnySubscription allows storage in another subscription if the account accesses it with a managed
	// identity.
	AnySubscription bool
	// KeysListable requires the caller who attaches storage to be allowed to list its keys, even where
	// the account accesses it with a managed identity.
	KeysListable bool
	// Flat forbids storage with a hierarchical namespace.
	Flat bool
	// Limited allows a subscription at most [MostAccounts] accounts.
	Limited bool
}

// MediaServices returns the kind of Media Services accounts.
func MediaServices() Kind {
	return Kind{
		Name: "Media Services account", ResourceType: "Microsoft.Media/mediaServices",
		Roles: true, Storage: AttributeStorage,
		AnySubscription: true, KeysListable: true, Flat: true, Limited: true,
	}
}

// VideoAnalyzer returns the kind of Video Analyzer accounts. Its documents require storage in the
// account's subscription, and say nothing about who may list keys, about namespaces or about limits.
func VideoAnalyzer() Kind {
	return Kind{
		Name: "Video Analyzer account", ResourceType: "Microsoft.Media/videoAnalyzers",
		Storage: AttributeAnalyzerStorage,
	}
}

// Authentication is how an account accesses its storage.
type Authentication string

// The ways to access storage, in Azure's words.
const (
	AuthenticationSystem          Authentication = "System"
	AuthenticationManagedIdentity Authentication = "ManagedIdentity"
)

// Facts are what the rules judge. What is left out is unknown.
type Facts struct {
	Kind Kind
	// Storage lists the storage accounts that the account is to have.
	Storage []Storage
	// Primary is the ID of the primary storage account that the account has now: known and empty for a
	// new account.
	Primary rule.Fact[string]
	// PrimaryGoes says that the same plan destroys or replaces that storage account.
	PrimaryGoes    bool
	Authentication rule.Fact[Authentication]
	SubscriptionID rule.Fact[string]
	// Siblings counts the other accounts of the kind in the subscription. It is known only for a new
	// account.
	Siblings rule.Fact[int]
}

// NeedKeys reports whether the caller may have to list the keys of the storage accounts: where the
// service requires it of every caller, and where the service may fetch the keys.
func (f Facts) NeedKeys() bool {
	authentication, _ := f.Authentication.Value()
	return f.Kind.KeysListable || authentication != AuthenticationManagedIdentity
}

// Storage is a storage account under a media account.
type Storage struct {
	ID      rule.Fact[string]
	Primary rule.Fact[bool]
	// AccountKind is the storage account's own kind, such as "StorageV2".
	AccountKind rule.Fact[string]
	// SKU is the storage account's SKU, such as "Standard_LRS".
	SKU rule.Fact[string]
	// Hierarchical says whether it has a hierarchical namespace (Data Lake Storage Gen2).
	Hierarchical rule.Fact[bool]
	// KeysListable says whether the caller may list its keys.
	KeysListable rule.Fact[bool]
}

// CheckConfiguration returns what breaks the rules that need no Azure to be checked: ACC001 and
// the number of storage accounts of ACC005.
func CheckConfiguration(facts Facts) rule.Report {
	c := check{Facts: facts}
	c.onePrimary()
	c.noneTwice()
	c.notTooMany()
	return c.report
}

// Check returns what breaks the rules ACC001, ACC002 and ACC005.
func Check(facts Facts) rule.Report {
	c := check{Facts: facts, report: CheckConfiguration(facts)}
	c.primaryStays()
	for _, storage := range c.Storage {
		c.storageKind(storage)
		c.storageSubscription(storage)
		c.storageKeys(storage)
	}
	c.notTooManySiblings()
	return c.report
}

// check is one run over the facts.
type check struct {
	Facts
	report rule.Report
}

// breakRule records a violation. An empty title leaves the rule's own.
func (c *check) breakRule(id rule.ID, title, attribute, found, required, why, remedy string) {
	c.report.Break(rule.Violation{
		Rule: Rule(id), Title: title, Severity: rule.Error, Attribute: attribute,
		Found: found, Required: required, Why: why, Remedy: remedy,
	})
}

func (c *check) onePrimary() {
	if !c.Kind.Roles {
		return
	}
	primaries, unknown := 0, false
	for _, storage := range c.Storage {
		primary, known := storage.Primary.Value()
		unknown = unknown || !known
		if primary {
			primaries++
		}
	}
	if primaries == 1 && !unknown {
		return
	}
	if primaries <= 1 && unknown {
		c.report.Await(Rule(ACC001), "which storage account is the primary one")
		return
	}
	title := ""
	if primaries > 1 {
		title = "More Than One Primary Storage Account"
	}
	c.breakRule(ACC001, title, c.Kind.Storage,
		fmt.Sprintf("%d primary storage accounts among %d", primaries, len(c.Storage)),
		"exactly one primary storage account",
		"The account keeps its own data in the primary storage account",
		"Mark exactly one of the storage accounts as the primary one")
}

func (c *check) noneTwice() {
	seen := map[string]bool{}
	for _, storage := range c.Storage {
		id, known := storage.ID.Value()
		if !known {
			c.report.Await(Rule(ACC001), "the IDs of the storage accounts")
			continue
		}
		// Resource IDs are case-insensitive (Azure Resource Manager, common rules).
		if seen[strings.ToLower(id)] {
			c.breakRule(ACC001, "Storage Account Listed Twice", c.Kind.Storage,
				"the storage account "+id+" more than once",
				"each storage account once",
				"An account attaches a storage account only once",
				"Remove one of the two; IDs that differ only in case are the same")
		}
		seen[strings.ToLower(id)] = true
	}
}

// primaryStays checks that the account keeps the primary storage account that it has.
func (c *check) primaryStays() {
	current, known := c.Primary.Value()
	if !c.Kind.Roles || known && current == "" {
		return
	}
	if !known {
		c.report.Await(Rule(ACC001), "the primary storage account that the account has now")
		return
	}
	if c.PrimaryGoes {
		c.breakRule(ACC001, "Primary Storage Account Cannot Be Changed", c.Kind.Storage,
			"the primary storage account "+current+" destroyed or replaced by this plan",
			"the primary storage account that the account was created with",
			"The account keeps its own data there, and the service cannot move it",
			"Leave the storage account as it is. To have another one, by hand: create a second storage account and "+
				"a second account beside these two, copy the assets there, move the players, and only then remove "+
				"both of the first")
		return
	}
	for _, storage := range c.Storage {
		id, idKnown := storage.ID.Value()
		primary, roleKnown := storage.Primary.Value()
		switch {
		case roleKnown && !primary:
		case !idKnown || !roleKnown:
			c.report.Await(Rule(ACC001), "which storage account is the primary one")
			return
		case strings.EqualFold(id, current):
			return
		}
	}
	c.breakRule(ACC001, "Primary Storage Account Cannot Be Changed", c.Kind.Storage,
		"the primary storage account "+current+" removed or made secondary",
		"the primary storage account that the account was created with",
		"The account keeps its own data there, and the service cannot move it",
		"Keep it as the primary one and add others as secondary ones, or create another account")
}

func (c *check) storageKind(storage Storage) {
	name := storage.name()
	kind, kindKnown := storage.AccountKind.Value()
	sku, skuKnown := storage.SKU.Value()
	hierarchical, hierarchicalKnown := storage.Hierarchical.Value()
	primary, roleKnown := storage.Primary.Value()
	if !c.Kind.Roles {
		primary, roleKnown = true, true
	}
	refuse := func(found string) {
		required := "a storage account of general purpose (StorageV2 or Storage) and standard performance"
		if c.Kind.Flat {
			required += ", without hierarchical namespace"
		}
		c.breakRule(ACC002, "", c.Kind.Storage, found, required,
			"The service keeps tables and queues beside the blobs, at standard performance",
			"Use another storage account: this one cannot be converted")
	}

	switch {
	case slices.Contains([]string{"BlockBlobStorage", "FileStorage"}, kind):
		refuse(fmt.Sprintf("the storage account %s of kind %s, which is premium storage", name, kind))
		return
	case strings.HasPrefix(strings.ToLower(sku), "premium"):
		refuse(fmt.Sprintf("the storage account %s of SKU %s, which is premium storage", name, sku))
		return
	case hierarchical && c.Kind.Flat:
		refuse(fmt.Sprintf("the storage account %s with a hierarchical namespace", name))
		return
	case kind == "BlobStorage" && !c.Kind.Roles:
		refuse(fmt.Sprintf("the blob-only storage account %s", name))
		return
	case kind == "BlobStorage" && primary:
		refuse(fmt.Sprintf("the blob-only storage account %s as the primary one", name))
		return
	}
	if !kindKnown || !skuKnown || c.Kind.Flat && !hierarchicalKnown ||
		kind == "BlobStorage" && !roleKnown {
		c.report.Await(Rule(ACC002), "the kind and the SKU of the storage account "+name)
	}
}

func (c *check) notTooMany() {
	if len(c.Storage) > MostStorageAccounts {
		c.breakRule(ACC005, "", c.Kind.Storage,
			fmt.Sprintf("%d storage accounts", len(c.Storage)),
			fmt.Sprintf("at most %d storage accounts", MostStorageAccounts),
			"The service sets this limit",
			"Spread the storage accounts over several accounts")
	}
}

func (c *check) notTooManySiblings() {
	siblings, known := c.Siblings.Value()
	if !c.Kind.Limited || !known || siblings < MostAccounts {
		return
	}
	c.breakRule(ACC005, "", "",
		fmt.Sprintf("%d accounts in the subscription already", siblings),
		fmt.Sprintf("at most %d accounts in a subscription", MostAccounts),
		"The service sets this limit, and does not raise it",
		"Create the account in another subscription, or delete one that is no longer used")
}

func (c *check) storageSubscription(storage Storage) {
	authentication, authenticationKnown := c.Authentication.Value()
	if authentication == AuthenticationManagedIdentity && c.Kind.AnySubscription {
		return
	}
	subscription, subscriptionKnown := c.SubscriptionID.Value()
	id, idKnown := storage.ID.Value()
	if !subscriptionKnown || !idKnown {
		c.report.Await(Rule(ACC005), "the subscriptions of the account and its storage accounts")
		return
	}
	found := subscriptionOf(id)
	if found == "" || strings.EqualFold(found, subscription) {
		return
	}
	if !c.Kind.AnySubscription {
		c.breakRule(ACC005, "Storage Account In Another Subscription", c.Kind.Storage,
			fmt.Sprintf("the storage account %s in the subscription %s", storage.name(), found),
			"a storage account in the account's own subscription, "+subscription,
			"A "+c.Kind.Name+" and its storage must be in the same subscription",
			"Use storage of the same subscription")
		return
	}
	if !authenticationKnown {
		c.report.Await(Rule(ACC005), "how the account accesses its storage")
		return
	}
	c.breakRule(ACC005, "Storage Account In Another Subscription", AttributeAuthentication,
		fmt.Sprintf("the storage account %s in the subscription %s, accessed with its keys",
			storage.name(), found),
		"a storage account in the account's own subscription, "+subscription,
		"With storage authentication System the service fetches the keys itself, which it can do "+
			"only in the account's subscription",
		`Set storage_authentication_type = "ManagedIdentity", or use storage of the same subscription`)
}

// storageKeys checks that the caller may list the keys of storage where that is needed.
func (c *check) storageKeys(storage Storage) {
	if !c.NeedKeys() {
		return
	}
	if _, known := c.Authentication.Value(); !known && !c.Kind.KeysListable {
		c.report.Await(Rule(ACC005), "how the account accesses its storage")
		return
	}
	listable, known := storage.KeysListable.Value()
	if !known {
		c.report.Await(Rule(ACC005), "whether the keys of the storage account "+storage.name()+
			" can be listed")
		return
	}
	if listable {
		return
	}
	id, _ := storage.ID.Value()
	c.breakRule(ACC005, "Login Cannot List Storage Keys", c.Kind.Storage,
		"a login that may not list the keys of the storage account "+storage.name(),
		"the action Microsoft.Storage/storageAccounts/listkeys/action on the storage account",
		"The service attaches a storage account only for a caller who may list its keys",
		"Grant the action, for example with the role Storage Account Key Operator Service Role on "+id)
}

// name returns the name of the storage account for a sentence.
func (s Storage) name() string {
	id, known := s.ID.Value()
	if !known {
		return "that does not exist yet"
	}
	return lastSegment(id)
}

func lastSegment(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// subscriptionOf returns the subscription in a resource ID, or "".
func subscriptionOf(id string) string {
	segments := strings.Split(id, "/")
	if len(segments) < 3 || segments[0] != "" || !strings.EqualFold(segments[1], "subscriptions") {
		return ""
	}
	return segments[2]
}
