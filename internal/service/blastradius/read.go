// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blastradius

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// survey asks who depends on the subject with an ID, in the subscriptions of the provider and the subject
// and in those that are listed.
type survey struct {
	client        *azure.Client
	id            string
	subscriptions []string
}

// name returns the name of what loses.
func (l loss) name() string { return cmp.Or(l.title, azure.NameOf(l.accountID)) }

// radius is the answer.
type radius struct {
	losses []loss
	unseen []string
}

// loss is what one account loses.
type loss struct {
	accountID, kind string
	// title is its name, where its ID is none of Resource Manager.
	title string
	// by says how the account depends on the subject.
	by string
	// keyID and version are the key that the account uses, as Azure spells it, and the version that it
	// reports.
	keyID, version string
	customerkey.Loss
}

// readKey finds the accounts that use a key or need one version of it. Who needs a version depends on
// whether it is the newest: if that cannot be seen, it may be.
func readKey(ctx context.Context, s survey) (radius, error) {
	key, err := protection.ParseKeyID(s.client, s.id)
	if err != nil {
		return radius{}, err
	}
	answer, err := facts.New(s.client).Read(ctx, facts.Question{Key: key, WithNewest: true})
	switch {
	case err != nil:
		return radius{}, err
	case answer.Vault.Presence == customerkey.Absent, answer.Key.Presence == customerkey.Absent:
		return radius{}, &azure.Error{Status: http.StatusNotFound, Code: "KeyNotFound"}
	}
	var unseen []string
	if answer.Vault.Presence == customerkey.PresenceUnknown {
		unseen = append(unseen, "the vault "+key.VaultName)
	}
	cause, by := customerkey.KeyDeleted, func(found protection.Survey) []protection.Account { return found.ByKey(key) }
	lost := customerkey.Facts{Vault: answer.Vault}
	if key.Pinned() {
		newest := answer.Newest == "" || answer.Newest == key.Version
		if answer.Newest == "" {
			unseen = append(unseen, "which version of the key "+key.Name+" is the newest")
		}
		cause, by = customerkey.VersionDisabled, func(found protection.Survey) []protection.Account {
			return found.ByVersion(key, newest)
		}
		lost.InUse = customerkey.Key{Version: rule.Known(key.Version)}
		lost.Key.Enabled = rule.Known(!newest)
	}
	return s.keys(ctx, azure.SubscriptionOf(answer.Vault.ID), cause, lost, unseen, by)
}

// readVault finds the accounts that use a key of a vault. The name of a vault that the caller may not read
// tells its address.
func readVault(ctx context.Context, s survey) (radius, error) {
	vault, uri, err := facts.New(s.client).Vault(ctx, s.id)
	unseen, err := s.unlessForbidden("the vault "+azure.NameOf(s.id), err)
	if err != nil {
		return radius{}, err
	}
	if len(unseen) > 0 {
		vault.ID, uri = s.id, s.client.Cloud().VaultURI(azure.NameOf(s.id))
	}
	answer, err := s.keys(ctx, azure.SubscriptionOf(s.id), customerkey.VaultDeleted, customerkey.Facts{Vault: vault}, unseen,
		func(found protection.Survey) []protection.Account { return found.ByVault(uri) })
	if err != nil {
		return answer, err
	}
	return s.secrets(ctx, answer, func(found keyholder.Secrets) []keyholder.Dependent { return found.In(uri) },
		"vault", customerkey.Loss{
			Effect:      "The applications that read it cannot read the storage key, and stop when what they have read is over",
			Recoverable: rule.Known(true),
			Recovery:    "Recover the vault, or set the secret in another vault and have the applications read it there",
		})
}

// readGrant finds the accounts that read their key by a grant, and by no other.
func readGrant(ctx context.Context, s survey) (radius, error) {
	vaultID, keyName, principalID, _ := vaultaccess.ParseGrantID(s.id)
	vault, err := vaultaccess.Vault(ctx, s.client, vaultID)
	if err != nil {
		return radius{}, err
	}
	byRole, assignmentID := vaultaccess.ByRole(vault), ""
	if byRole {
		scope := vaultID
		if keyName != "" {
			scope = customerkey.KeyScope(vaultID, keyName)
		}
		assignmentID, err = vaultaccess.GrantRole(s.client, vaultID, scope, principalID).Find(ctx)
	}
	unseen, err := s.unlessForbidden("the roles of "+principalID+" in the vault "+azure.NameOf(vaultID), err)
	if err != nil {
		return radius{}, err
	}
	held := vaultaccess.Held(vault, principalID, customerkey.RequiredKeyPermissions())
	if len(unseen) == 0 && (byRole && assignmentID == "" || !byRole && len(held) == 0) {
		return radius{}, &azure.Error{Status: http.StatusNotFound, Code: "GrantNotFound"}
	}
	lost := customerkey.Facts{
		Vault:    customerkey.Vault{ID: vaultID, RBAC: rule.Known(byRole)},
		Identity: customerkey.Identity{PrincipalID: rule.Known(principalID)},
	}
	var failed error
	found, err := s.keys(ctx, azure.SubscriptionOf(vaultID), customerkey.GrantRemoved, lost, unseen,
		func(found protection.Survey) []protection.Account {
			accounts := found.ByGrant(azure.Deref(azure.Deref(vault.Properties).VaultURI), principalID, keyName)
			if assignmentID != "" {
				accounts, failed = protection.WithoutGrant(ctx, s.client, accounts, vaultID, true, assignmentID)
			}
			return accounts
		})
	if err == nil {
		err = failed
	}
	return found, err
}

// readIdentity finds the accounts that read their key by a user-assigned identity.
func readIdentity(ctx context.Context, s survey) (radius, error) {
	identities, at, err := azure.Open(s.id, azure.UserAssignedIdentityType, s.client.UserAssignedIdentities)
	if err == nil {
		_, err = identities.Get(ctx, at.ResourceGroupName, at.Name, nil)
	}
	unseen, err := s.unlessForbidden("the identity "+azure.NameOf(s.id), err)
	if err != nil {
		return radius{}, err
	}
	lost := customerkey.Facts{Identity: customerkey.Identity{Kind: customerkey.UserAssignedIdentity, ID: s.id}}
	answer, err := s.keys(ctx, azure.SubscriptionOf(s.id), customerkey.IdentityRemoved, lost, unseen,
		func(found protection.Survey) []protection.Account { return found.ByIdentity(s.id) })
	if err != nil {
		return radius{}, err
	}
	users, err := s.storage(ctx, func(found keyholder.Survey) ([]keyholder.Dependent, error) {
		return found.ByIdentity(s.id), nil
	}, func(one keyholder.Dependent) (lost customerkey.Loss) {
		lost.Recoverable = rule.Known(true)
		lost.Effect, lost.Recovery = one.Facts().LosingIdentity(one.StorageAccountID)
		return lost
	})
	answer.losses = append(answer.losses, users.losses...)
	for _, one := range users.unseen {
		if !slices.Contains(answer.unseen, one) {
			answer.unseen = append(answer.unseen, one)
		}
	}
	return answer, err
}

// keys returns the accounts that lose access to their key for a cause, and everything else that a subject
// does not show.
func (s survey) keys(ctx context.Context, subscriptionID string, cause customerkey.Cause, lost customerkey.Facts,
	unseen []string, by func(protection.Survey) []protection.Account,
) (radius, error) {
	found, err := protection.Planned(ctx, s.client, append(slices.Clone(s.subscriptions), subscriptionID)...)
	if err != nil {
		return radius{}, err
	}
	answer := radius{unseen: unseen}
	for _, one := range found.Unseen {
		answer.unseen = append(answer.unseen, one.String())
	}
	for _, account := range by(found) {
		lost.Target, lost.KeyID = account.Target, account.Encryption.Key
		if reader := account.Encryption.Identity(); cause != customerkey.IdentityRemoved {
			lost.Identity.Kind, lost.Identity.ID = reader.Kind, reader.ID
		}
		answer.losses = append(answer.losses, loss{
			accountID: account.ID, kind: account.Kind.Name, by: kindOf(s.id).name,
			keyID: account.Encryption.KeyID, version: account.Encryption.Current.Version,
			Loss: customerkey.Losing(cause, lost, s.client.TimeOf(lost.KeyID.VaultURI)),
		})
	}
	return answer, nil
}

// readStorageAccount finds the accounts that a storage account is attached to.
func readStorageAccount(ctx context.Context, s survey) (radius, error) {
	accounts, at, err := azure.Open(s.id, azure.StorageAccountType, s.client.StorageAccounts)
	if err == nil {
		_, err = accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	}
	unseen, err := s.unlessForbidden("the storage account "+azure.NameOf(s.id), err)
	if err != nil {
		return radius{}, err
	}
	answer, err := s.storage(ctx, func(found keyholder.Survey) ([]keyholder.Dependent, error) {
		return found.On(ctx, s.id)
	}, func(one keyholder.Dependent) (lost customerkey.Loss) {
		lost.Recoverable = rule.Known(false)
		lost.Effect, lost.Recovery = one.Facts().Losing()
		return lost
	})
	answer.unseen = append(unseen, answer.unseen...)
	if err != nil {
		return answer, err
	}
	return s.secrets(ctx, answer, func(found keyholder.Secrets) []keyholder.Dependent { return found.On(s.id) },
		"storage key", customerkey.Loss{
			Effect: "The applications that read it no longer reach the storage account", Recoverable: rule.Known(false),
			Recovery: "None is certain: Azure promises to restore neither the storage account nor its keys",
		})
}

// secrets adds the secrets with storage keys that a subject takes away, or makes useless.
func (s survey) secrets(ctx context.Context, answer radius, by func(keyholder.Secrets) []keyholder.Dependent,
	dependsBy string, lost customerkey.Loss,
) (radius, error) {
	found, err := keyholder.SearchSecrets(ctx, s.client, append(slices.Clone(s.subscriptions), azure.SubscriptionOf(s.id))...)
	answer.unseen = append(answer.unseen, found.Unlisted...)
	for _, one := range by(found) {
		answer.losses = append(answer.losses, loss{accountID: one.ID, kind: one.Kind.Noun(), title: one.Title(), by: dependsBy, Loss: lost})
	}
	return answer, err
}

// storage returns what those lose who depend on a storage account or on the identity that accesses it.
func (s survey) storage(ctx context.Context, by func(keyholder.Survey) ([]keyholder.Dependent, error),
	losing func(keyholder.Dependent) customerkey.Loss,
) (radius, error) {
	found, err := keyholder.Planned(ctx, s.client, append(slices.Clone(s.subscriptions), azure.SubscriptionOf(s.id))...)
	if err != nil {
		return radius{}, err
	}
	dependents, err := by(found)
	answer := radius{unseen: found.Unlisted()}
	for _, one := range dependents {
		answer.losses = append(answer.losses, loss{
			accountID: one.ID, kind: one.Kind.Noun(), by: one.Facts().By(), Loss: losing(one),
		})
	}
	return answer, err
}

// unlessForbidden returns the error of reading the subject itself. One that the caller may not read is
// unseen, and accounts depend on it all the same.
func (survey) unlessForbidden(subject string, err error) (unseen []string, failed error) {
	if azure.IsForbidden(err) {
		return []string{subject}, nil
	}
	return nil, err
}
