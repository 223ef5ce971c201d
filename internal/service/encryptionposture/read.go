// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/posture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// day is the unit of key expiration policies.
const day = 24 * time.Hour

// reading is an account, its storage accounts, and the keys that protect them.
type reading struct {
	subject subject
	key     facts.Answer
	storage []storageAccount
}

// storageAccount is one of the storage accounts of a subject.
type storageAccount struct {
	attached
	// unread says why it could not be read; it is empty where it was read.
	unread string
	protection.Account
	key  facts.Answer
	wire armstorage.AccountProperties
}

// read reads an account, and then, concurrently, its key and every storage account that it lists. It
// reads a vault, a key or an identity that several of them share once.
func read(ctx context.Context, client *azure.Client, id string) (reading, error) {
	at := slices.IndexFunc(kinds(), func(k kind) bool {
		_, err := azure.ParseID(id, k.resourceType)
		return err == nil
	})
	if at < 0 {
		return reading{}, fmt.Errorf("%s is not the ID of an account that has a posture", id)
	}
	account, err := kinds()[at].read(ctx, client, id)
	if err != nil {
		return reading{}, err
	}
	found := reading{subject: account, storage: make([]storageAccount, len(account.storage))}
	keys := facts.New(client)

	g, ctx := azure.Together(ctx)
	g.SetLimit(azure.ConcurrentReads)
	g.Go(func() (err error) {
		found.key, err = readKey(ctx, keys, account.Account)
		return err
	})
	for i, one := range account.storage {
		g.Go(func() (err error) {
			found.storage[i], err = readStorage(ctx, client, keys, account.ID, one)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return reading{}, err
	}
	for _, one := range found.storage {
		if one.alone {
			found.subject.Account, found.key = one.Account, one.key
		}
	}
	slices.SortFunc(found.storage, func(a, b storageAccount) int {
		if a.primary != b.primary {
			return map[bool]int{true: -1, false: 1}[a.primary]
		}
		return strings.Compare(strings.ToLower(a.id), strings.ToLower(b.id))
	})
	return found, nil
}

// readKey reads the facts about the customer's key of an account, where it has one.
func readKey(ctx context.Context, keys facts.Reader, account protection.Account,
) (facts.Answer, error) {
	if !account.Encryption.CustomerKey {
		return facts.Answer{}, nil
	}
	question := account.Question()
	question.WithNewest = true
	return keys.Read(ctx, question)
}

// readStorage reads a storage account of a subject. One that Azure withholds is no error, but unknown.
func readStorage(ctx context.Context, client *azure.Client, keys facts.Reader, subjectID string,
	one attached,
) (storageAccount, error) {
	found := storageAccount{attached: one}
	accounts, at, err := azure.Open(one.id, azure.StorageAccountType, client.StorageAccounts)
	if err != nil {
		return found, err
	}
	got, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	if answer, ok := azure.AsError(err); ok && azure.IsHidden(err) && !one.alone {
		found.unread = reason(answer, at, subjectID)
		return found, nil
	}
	if err != nil {
		return found, err
	}
	found.Account = protection.OfStorageAccount(one.id, got.Account)
	found.wire = azure.Deref(got.Properties)
	found.key, err = readKey(ctx, keys, found.Account)
	return found, err
}

// reason says why a storage account could not be read.
func reason(answer *azure.Error, at *arm.ResourceID, subjectID string) string {
	text := fmt.Sprintf("Azure answered %d %s", answer.Status, http.StatusText(answer.Status))
	if answer.Code != "" {
		text += ", code " + answer.Code
	}
	account, err := arm.ParseResourceID(subjectID)
	if err == nil && !strings.EqualFold(account.SubscriptionID, at.SubscriptionID) {
		text += "; it is in another subscription than its account, " + at.SubscriptionID
	}
	return text
}

// facts returns the reading as facts for the rules.
func (r reading) facts(now time.Time) posture.Account {
	read := posture.Account{Encrypted: encrypted(r.subject.Account, r.key, now)}
	for _, one := range r.storage {
		read.Storage = append(read.Storage, one.facts(now))
	}
	return read
}

func (s storageAccount) facts(now time.Time) posture.Storage {
	if s.unread != "" {
		return posture.Storage{Encrypted: posture.Encrypted{ID: s.id}, Unread: s.unread}
	}
	made := azure.Deref(s.wire.KeyCreationTime)
	return posture.Storage{
		Encrypted: encrypted(s.Account, s.key, now),
		Alone:     s.alone,
		ByKeys:    s.byKeys,
		InfrastructureEncryption: azure.Deref(
			azure.Deref(s.wire.Encryption).RequireInfrastructureEncryption),
		// Azure omits it from accounts on which nobody ever set it, which accept the keys.
		SharedKeyAccess: s.wire.AllowSharedKeyAccess == nil || *s.wire.AllowSharedKeyAccess,
		Key1:            fact(made.Key1),
		Key2:            fact(made.Key2),
		KeyPolicy:       time.Duration(azure.Deref(azure.Deref(s.wire.KeyPolicy).KeyExpirationPeriodInDays)) * day,
	}
}

func encrypted(account protection.Account, answer facts.Answer, now time.Time) posture.Encrypted {
	found := posture.Encrypted{ID: account.ID, Kind: account.Kind}
	if !account.Encryption.CustomerKey {
		return found
	}
	access := protection.Judge(account, answer, now)
	found.CustomerKey = &posture.Key{
		Facts: answer.Facts,
		Following: customerkey.Following{
			Kind: account.Kind, Wanted: answer.KeyID,
			Current: account.Encryption.Current.Version, Newest: answer.Newest,
		},
		Lost: access.Lost, Status: account.Encryption.Status, Monitored: !account.Kind.StatusUntold,
		Diagnosis:          access.Diagnosis,
		GrantMayBeIndirect: answer.GrantMayBeIndirect,
	}
	return found
}

func fact(at *time.Time) rule.Fact[time.Time] {
	if at == nil {
		return rule.Fact[time.Time]{}
	}
	return rule.Known(*at)
}

// lookForSecrets adds the secrets with keys that the storage accounts no longer have.
func lookForSecrets(ctx context.Context, client *azure.Client, found *posture.Account) error {
	var subscriptions []string
	for _, one := range found.Storage {
		subscriptions = append(subscriptions, azure.SubscriptionOf(one.ID))
	}
	secrets, err := keyholder.SearchSecrets(ctx, client, subscriptions...)
	if err != nil {
		return err
	}
	for i := range found.Storage {
		storage := &found.Storage[i]
		if storage.Unread != "" {
			continue
		}
		storage.UnlistedSecrets = secrets.Unlisted
		key1, _ := storage.Key1.Value()
		key2, _ := storage.Key2.Value()
		for _, one := range secrets.On(storage.ID) {
			if amiss := one.Copy.Stale(keyrotation.Keys[time.Time]{Key1: key1, Key2: key2}); amiss != "" {
				storage.Stale = append(storage.Stale, one.Name()+", which "+amiss)
			}
		}
	}
	return nil
}
