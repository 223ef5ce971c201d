// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/batch"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/machinelearning"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/videoanalyzer"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
)

// View is what the console shows: no key, no token and no value of a secret.
type View struct {
	Time time.Time    `json:"time"`
	Due  []engine.Due `json:"due"` // those of streams in the view from 0 only
	// Total counts the accounts. Accounts are those from From on: to look at all of a large estate takes
	// seconds, and the first of them are shown before that.
	Total    int             `json:"total"`
	From     int             `json:"from"`
	Accounts []ViewedAccount `json:"accounts"`
	// World is there in the view from 0 only.
	*World

	// Journal are the entries after the one that was asked for, and End is the number of the newest.
	Journal []engine.Entry `json:"journal"`
	End     int            `json:"end"`
}

// World is what of a view there is once, however many accounts there are.
type World struct {
	Keys         []keyvault.HeldKey   `json:"keys"`
	Secrets      []SecretCopy         `json:"secrets"`
	Applications []application.Record `json:"applications"`
	Streams      []streaming.Stream   `json:"streams"`
	Faults       []fault.Fault        `json:"faults"`
	Kinds        []fault.Description  `json:"kinds"`
	Locks        []authorization.Lock `json:"locks"`
}

// ViewedAccount is an account that a customer's key can protect, or that holds copies of storage keys.
type ViewedAccount struct {
	ID   engine.ID `json:"id"`
	Type string    `json:"type"`
	// Protected says whether a customer's key can protect it, Envelope which one does.
	Protected bool      `json:"protected"`
	Envelope  *Envelope `json:"envelope,omitempty"`
	// Keys are the access keys of a storage account.
	Keys   []AccessKey `json:"keys,omitempty"`
	Copies []Copy      `json:"copies,omitempty"`
}

// Envelope is the way from an account's own key to the customer's key, link by link.
type Envelope struct {
	AccountKey

	VaultID engine.ID `json:"vaultId,omitempty"`
	// ByRoles says that role assignments decide in the vault, and not its access policies. Missing are the
	// permissions that the identity lacks.
	ByRoles bool     `json:"byRoles"`
	Missing []string `json:"missing"`
	// Disabled says that the version is disabled.
	Disabled bool `json:"disabled"`
	// Broken is the link that keeps the account from its key, Why says so in words.
	Broken string `json:"broken,omitempty"`
	Why    string `json:"why,omitempty"`
}

// The links of an envelope that can be broken.
const (
	brokenVersion  = "version"
	brokenKey      = "key"
	brokenVault    = "vault"
	brokenGrant    = "grant"
	brokenIdentity = "identity"
)

// AccessKey is an access key of a storage account, without its value.
type AccessKey struct {
	Name        string      `json:"name"`
	Created     time.Time   `json:"created"`
	Regenerated []time.Time `json:"regenerated"`
}

// Copy is what an account holds of the keys of a storage account.
type Copy struct {
	Storage engine.ID `json:"storage"`
	Synced  time.Time `json:"synced"`
	// Holds are the names of the keys, Behind of those which it has an earlier value of.
	Holds  []string `json:"holds"`
	Behind []string `json:"behind"`
}

// SecretCopy is a secret that holds a key of a storage account.
type SecretCopy struct {
	ID      string    `json:"id"`
	Storage engine.ID `json:"storage"`
	// Key is the name of the key, or "" for an earlier value of one.
	Key string    `json:"key"`
	Set time.Time `json:"set"`
}

// mostDue is how many of the things that are due next a view has.
const mostDue = 25

// View returns what the console shows: so many accounts from one on, and the journal after an entry. A negative one
// counts from the end.
func (a *Azure) View(ctx context.Context, from, count, after int) (View, error) {
	var view View
	err := a.engine.Transact(func(tx *engine.Tx) error {
		view = View{Time: tx.Now(), Due: tx.Due(mostDue), From: from, End: tx.JournalEnd(), Accounts: []ViewedAccount{}}
		if after < 0 {
			after = max(0, view.End+after)
		}
		view.Journal = append([]engine.Entry{}, tx.Journal(after)...)
		ids := a.envelopes.viewed(tx)
		view.Total = len(ids)
		watch := a.envelopes.vaults.Watch(tx)
		for _, id := range ids[min(from, len(ids)):min(from+count, len(ids))] {
			view.Accounts = append(view.Accounts, a.envelopes.view(tx, tx.Resource(id), watch, a.directory))
		}
		if from > 0 {
			return nil
		}
		streams, err := a.streaming.Watch(ctx, tx)
		view.World = &World{
			Keys:    []keyvault.HeldKey{},
			Secrets: a.envelopes.secrets(tx), Applications: a.applications.List(tx), Streams: streams,
			Faults: a.faults.List(tx), Kinds: fault.Kinds(), Locks: a.roles.Locks(tx),
		}
		view.Due = append(view.Due, followed(streams)...)
		slices.SortStableFunc(view.Due, func(a, b engine.Due) int { return a.Time.Compare(b.Time) })
		keyvault.EachKey(tx, func(key keyvault.HeldKey) { view.Keys = append(view.Keys, key) })
		return err
	})
	if err != nil {
		return view, fmt.Errorf("reading what the console shows: %w", err)
	}
	return view, nil
}

// followed returns when the origins of streams take over the keys of the last sync.
func followed(streams []streaming.Stream) []engine.Due {
	var due []engine.Due
	for _, stream := range streams {
		for _, origin := range stream.Origins {
			if origin.Follows != nil {
				due = append(due, engine.Due{
					Time: *origin.Follows, Subject: string(stream.Account),
					What: fmt.Sprintf("origin %d takes over the new keys", origin.Number),
				})
			}
		}
	}
	return due
}

// viewed returns the IDs of the accounts of a view, those first that mostly have a customer's key.
func (envelopes) viewed(tx *engine.Tx) []engine.ID {
	var ids []engine.ID
	for _, name := range []string{
		mediaservices.Type, videoanalyzer.Type, storage.Type, batch.Type, machinelearning.Type,
	} {
		ids = append(ids, tx.IDs("", name)...)
	}
	return ids
}

func (e envelopes) view(
	tx *engine.Tx, account *engine.Resource, watch *keyvault.Watcher, directory *entra.Directory,
) ViewedAccount {
	shown := ViewedAccount{ID: account.ID, Type: account.Type}
	if user, ok := e.users[account.Type]; ok {
		shown.Protected = true
		if use := user.KeyUse(tx, account); use.Named.ID != "" {
			shown.Envelope = e.follow(tx, account, use, watch, directory)
		}
	}
	if account.Type == storage.Type {
		for _, name := range accessKeys() {
			shown.Keys = append(shown.Keys, AccessKey{name, madeAt(account, name), e.accounts.Regenerated(account, name)})
		}
	}
	if copier, ok := e.copiers[account.Type]; ok {
		for stored, held := range copier.Copies(tx, account) {
			shown.Copies = append(shown.Copies, e.compare(tx, stored, held))
		}
		slices.SortFunc(shown.Copies, func(a, b Copy) int { return strings.Compare(string(a.Storage), string(b.Storage)) })
	}
	return shown
}

// compare says how the copies of a storage account's keys stand to the keys.
func (e envelopes) compare(tx *engine.Tx, stored engine.ID, held envelope.Copies) Copy {
	compared := Copy{Storage: stored, Synced: held.Synced, Behind: []string{}}
	key1, key2, _ := e.accounts.Keys(tx, stored)
	present := [][]byte{key1, key2}
	for i, value := range held.Keys {
		name := accessKeys()[i]
		compared.Holds = append(compared.Holds, name)
		if !bytes.Equal(value, present[i]) {
			compared.Behind = append(compared.Behind, name)
		}
	}
	return compared
}

// follow returns the envelope of an account, and where it is broken.
func (e envelopes) follow(
	tx *engine.Tx, account *engine.Resource, use envelope.Use, watch *keyvault.Watcher, directory *entra.Directory,
) *Envelope {
	principal, _ := directory.Principal(tx, use.Named.Principal)
	right := watch.Right(use.Named.Principal, use.KeyID)
	shown := &Envelope{
		AccountKey: e.describe(tx, account, use, principal.Name, watch),
		VaultID:    right.Vault, ByRoles: right.ByRoles, Missing: right.Missing,
	}
	if facts, refused := watch.Describe(use.KeyID); refused == nil {
		shown.Disabled = !facts.Enabled
	}
	if use.Refused != nil {
		reason, stranger := watch.Obstacle(use.Named.Principal, use.KeyID)
		shown.explain(reason, stranger, use.Refused)
	}
	return shown
}

// explain says where an envelope is broken, and why.
func (e *Envelope) explain(reason keyvault.Reason, stranger bool, refused *engine.Error) {
	about := func(format string, args ...any) { e.Why = fmt.Sprintf(format, args...) }
	version := e.Version[:min(len(e.Version), 8)]
	e.Broken = brokenVersion
	switch reason {
	case keyvault.VaultMissing:
		e.Broken = brokenVault
		about("There is no vault %s.", e.Vault)
	case keyvault.VaultDeleted:
		e.Broken = brokenVault
		about("The vault %s is deleted, and can be recovered.", e.Vault)
	case keyvault.Firewall:
		e.Broken = brokenVault
		about("The firewall of the vault %s lets no service of Azure in.", e.Vault)
	case keyvault.KeyMissing:
		about("The key %s has no version %s any more.", e.Key, version)
		if e.Newest == "" {
			e.Broken = brokenKey
			about("The vault %s has no key %s.", e.Vault, e.Key)
		}
	case keyvault.KeyDeleted:
		e.Broken = brokenKey
		about("The key %s is deleted, and can be recovered.", e.Key)
	case keyvault.KeyDisabled:
		about("The version %s of the key %s is disabled.", version, e.Key)
	case keyvault.OperationNotPermitted:
		about("The version %s of the key %s does not permit unwrapKey.", version, e.Key)
	case keyvault.AccessDenied:
		e.Broken = brokenGrant
		about("%s lacks %s in the vault %s.", e.who(), strings.Join(e.Missing, ", "), e.Vault)
		if stranger {
			e.Broken = brokenIdentity
			about("The identity that reads the key is deleted.")
		}
	default:
		e.Broken = brokenIdentity
		about("%s", strings.Join(strings.Fields(refused.Message), " "))
	}
}

func (e *Envelope) who() string {
	if e.Identity != "" {
		return e.Identity
	}
	return "The identity"
}

// secrets returns the secrets that hold keys of storage accounts.
func (e envelopes) secrets(tx *engine.Tx) []SecretCopy {
	found := []SecretCopy{}
	stores := sync.OnceValue(func() stores { return e.stores(tx) }) // Most vaults have no such secret.
	keyvault.EachSecret(tx, func(secret keyvault.HeldSecret) {
		name, value, err := application.Parse(tx, secret.Value)
		if err != nil {
			return
		}
		add := func(account *engine.Resource, key string) {
			found = append(found, SecretCopy{ID: secret.ID, Storage: account.ID, Key: key, Set: secret.Created})
		}
		switch held, ok := stores().keys[string(value)]; {
		case ok && (name == "" || name == held.account.Name):
			add(held.account, held.name)
		case name != "":
			if account := stores().accounts[name]; account != nil {
				add(account, "")
			}
		default:
			for _, account := range stores().accounts {
				if e.accounts.Was(account, value) {
					add(account, "")
				}
			}
		}
	})
	return found
}

// stores are the storage accounts by name, and their access keys by value.
type stores struct {
	accounts map[string]*engine.Resource
	keys     map[string]storeKey
}

// storeKey is an access key of a storage account.
type storeKey struct {
	account *engine.Resource
	name    string
}

func (e envelopes) stores(tx *engine.Tx) stores {
	found := stores{map[string]*engine.Resource{}, map[string]storeKey{}}
	for _, account := range tx.Resources("", storage.Type) {
		found.accounts[account.Name] = account
		key1, key2, _ := e.accounts.Keys(tx, account.ID)
		found.keys[string(key1)], found.keys[string(key2)] = storeKey{account, "key1"}, storeKey{account, "key2"}
	}
	return found
}
