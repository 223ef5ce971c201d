// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

const (
	inGroup  = "/subscriptions/s/resourceGroups/g/providers/"
	account  = inGroup + "Microsoft.Media/mediaservices/contoso"
	vaultID  = inGroup + "Microsoft.KeyVault/vaults/keys"
	identity = inGroup + "Microsoft.ManagedIdentity/userAssignedIdentities/reader"
	version  = "https://keys.vault.azure.net/keys/media/0123456789abcdef0123456789abcdef"
)

// broken returns facts that break the rules of which a plan may put each right.
func broken() customerkey.Facts {
	return customerkey.Facts{
		Target: customerkey.Target{
			ID: account, Kind: customerkey.MediaServices(),
			SystemAssigned: rule.Known(false), UserAssigned: rule.Known([]string(nil)),
		},
		KeyID: customerkey.ReadKeyID(version).Versionless(),
		Key: customerkey.Key{
			Presence: customerkey.Present, Enabled: rule.Known(false),
			Operations: rule.Known([]string{"sign"}), Expires: rule.Known(time.Unix(1, 0)),
		},
		Vault: customerkey.Vault{
			ID: vaultID, Presence: customerkey.Present, PurgeProtection: rule.Known(false),
		},
		Identity: customerkey.Identity{
			Kind: customerkey.UserAssignedIdentity, ID: identity,
			Presence: customerkey.Present, PrincipalID: rule.Known("p"),
		},
		Grant: customerkey.Grant{
			Get: customerkey.Denied, WrapKey: customerkey.Denied, UnwrapKey: customerkey.Denied,
		},
	}
}

// left returns the rules that are broken after what a plan does.
func left(now customerkey.Facts, plans func(*Intents)) string {
	intents := IntentsOf(nil)
	plans(intents)
	var rules []string
	for _, violation := range customerkey.Check(intents.after(now), time.Unix(1000, 0)).Errors() {
		rules = append(rules, string(violation.Rule.ID))
	}
	return strings.Join(rules, " ")
}

// TestIntents_putRight has one plan after the other put one rule right, and no other.
func TestIntents_putRight(t *testing.T) {
	t.Parallel()
	newest := customerkey.ReadKeyID(version)
	another := customerkey.ReadKeyID(strings.Replace(version, "0123", "abcd", 1))
	usable := customerkey.Key{
		Enabled: rule.Known(true), Operations: rule.Known([]string{"wrapKey", "unwrapKey"}),
		Expires: rule.Known(time.Unix(1, 0).AddDate(1, 0, 0)),
	}
	const all = "CMK004 CMK004 CMK004 CMK007 CMK008 CMK009"
	const keyRight = "CMK007 CMK008 CMK009"
	for name, test := range map[string]struct {
		plans func(*Intents)
		want  string
	}{
		"nothing":                     {func(*Intents) {}, all},
		"the key":                     {func(i *Intents) { i.Changes(newest, usable) }, keyRight},
		"a new version of the key":    {func(i *Intents) { i.Changes(newest.Versionless(), usable) }, keyRight},
		"a part of the key":           {func(i *Intents) { i.Changes(newest, customerkey.Key{Enabled: usable.Enabled}) }, "CMK004 CMK004 CMK007 CMK008 CMK009"},
		"another key":                 {func(i *Intents) { i.Changes(customerkey.ReadKeyID("https://keys.vault.azure.net/keys/other"), usable) }, all},
		"the vault":                   {func(i *Intents) { i.Secures(strings.ToUpper(vaultID)) }, "CMK004 CMK004 CMK004 CMK008 CMK009"},
		"another vault":               {func(i *Intents) { i.Secures(vaultID + "2") }, all},
		"the identity":                {func(i *Intents) { i.Identifies(given(account, rule.Known([]string{"/x", identity}))) }, "CMK004 CMK004 CMK004 CMK007 CMK009"},
		"another identity":            {func(i *Intents) { i.Identifies(given(account, rule.Known([]string{"/x"}))) }, all},
		"identities that are unknown": {func(i *Intents) { i.Identifies(given(account, rule.Fact[[]string]{})) }, all},
		"the identity elsewhere":      {func(i *Intents) { i.Identifies(given(account+"2", rule.Known([]string{identity}))) }, all},
		"a grant of all keys":         {func(i *Intents) { i.Grants(strings.ToUpper(vaultID), "P", "") }, "CMK004 CMK004 CMK004 CMK007 CMK008"},
		"a grant of the key":          {func(i *Intents) { i.Grants(vaultID, "p", "Media") }, "CMK004 CMK004 CMK004 CMK007 CMK008"},
		"a grant of another key":      {func(i *Intents) { i.Grants(vaultID, "p", "other") }, all},
		"a grant to somebody else":    {func(i *Intents) { i.Grants(vaultID, "q", "") }, all},
		"a grant elsewhere":           {func(i *Intents) { i.Grants(vaultID+"2", "p", "") }, all},
		"a grant in an unknown vault": {func(i *Intents) { i.Grants("", "p", "") }, all},
		"a grant to somebody unknown": {func(i *Intents) { i.Grants(vaultID, "", "") }, all},
		"a grant to somebody unknown, of an account that gets identities": {func(i *Intents) {
			i.Grants(vaultID, "", "")
			i.Identifies(given(account, rule.Fact[[]string]{}))
		}, "CMK004 CMK004 CMK004 CMK007 CMK008"},
		"everything": {func(i *Intents) {
			i.Changes(newest, usable)
			i.Secures(vaultID)
			i.Identifies(given(account, rule.Known([]string{identity})))
			i.Grants(vaultID, "p", "")
		}, ""},
	} {
		if got := left(broken(), test.plans); got != test.want {
			t.Errorf("%s: left %s, want %s", name, got, test.want)
		}
	}
	pinned := broken()
	pinned.KeyID = newest
	for id, want := range map[customerkey.KeyID]string{newest: keyRight, another: all, newest.Versionless(): all} {
		if got := left(pinned, func(i *Intents) { i.Changes(id, usable) }); got != want {
			t.Errorf("a pinned key, and %s: left %s, want %s", id, got, want)
		}
	}
	system := broken()
	system.Identity = customerkey.Identity{Kind: customerkey.SystemAssignedIdentity}
	if got := left(system, func(i *Intents) {
		i.Identifies(customerkey.Target{ID: account, SystemAssigned: rule.Known(true)})
	}); strings.Contains(got, "CMK008") {
		t.Errorf("a system-assigned identity: left %s", got)
	}
}

func given(id string, users rule.Fact[[]string]) customerkey.Target {
	return customerkey.Target{ID: id, UserAssigned: users}
}

// TestIntents_staying counts an account that is detached or destroyed as one that leaves, and any other as one
// that stays.
func TestIntents_staying(t *testing.T) {
	t.Parallel()
	var accounts []Account
	for _, name := range []string{"detached", "destroyed", "identified", "untouched"} {
		var one Account
		one.ID = inGroup + "Microsoft.Media/mediaservices/" + name
		accounts = append(accounts, one)
	}
	client := &azure.Client{}
	var nouns sync.WaitGroup
	for _, plan := range []func(*Intents){
		func(i *Intents) { i.Detaches(strings.ToUpper(accounts[0].ID)) },
		func(i *Intents) { i.Destroys(accounts[1].ID) },
		func(i *Intents) { i.Identifies(given(accounts[2].ID, rule.Known([]string{identity}))) },
	} {
		nouns.Go(func() { plan(IntentsOf(client)) })
	}
	nouns.Wait()
	var staying []string
	for _, one := range IntentsOf(client).Staying(accounts) {
		staying = append(staying, azure.NameOf(one.ID))
	}
	if diff := cmp.Diff([]string{"identified", "untouched"}, staying); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := IntentsOf(&azure.Client{}).Staying(accounts); len(got) != len(accounts) {
		t.Errorf("another plan shares the intents: %d stay", len(got))
	}
}

// TestIntents_owners has what removes an attachment leave the key to another owner, whichever is planned first.
func TestIntents_owners(t *testing.T) {
	t.Parallel()
	accounts := []Account{{Account: facts.Account{Target: customerkey.Target{ID: "/a"}}}}
	intents := IntentsOf(nil)
	intents.Holds("/A", "one")
	if intents.Leaves("/a", "two") == false || intents.Left("/a", "one") || len(intents.Staying(accounts)) != 1 {
		t.Error("one holds the key that two leaves")
	}
	if intents.Leaves("/a", "one") || intents.Left("/a", "one") || !intents.Left("/a", "two") || len(intents.Staying(accounts)) != 0 {
		t.Error("one leaves the key itself")
	}
	intents.Holds("/a", "two")
	if len(intents.Staying(accounts)) != 1 || !intents.Left("/a", "two") {
		t.Error("two holds the key that one has left")
	}
	intents.Attached("/a")
	if intents.Left("/a", "two") {
		t.Error("the key is attached again")
	}
	intents.Destroys("/a")
	if len(intents.Staying(accounts)) != 0 {
		t.Error("the account is destroyed")
	}
}
