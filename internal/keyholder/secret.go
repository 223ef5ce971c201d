// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// Secret is a Key Vault secret that holds one key of a storage account, and what it is to hold.
type Secret struct {
	// VaultID is the resource ID of its vault; it is empty where VaultURI is the vault's address.
	VaultID, VaultURI string
	Name              string
	// ConnectionString says that the secret holds a connection string instead of the key alone.
	ConnectionString bool
	// EndpointSuffix is that of the connection string, such as "core.windows.net"; where it is empty, the
	// addresses of the storage account tell it.
	EndpointSuffix string
	ContentType    string
	// Lifetime is how long after it was made a version expires; 0 is never.
	Lifetime time.Duration
	// Tags are the configured ones, beside those that tell which key a version holds.
	Tags map[string]string
	// DisablesOld says that a sync disables versions that another one replaced a settling time ago.
	DisablesOld bool
	// Settle is that settling time.
	Settle time.Duration
	// AsFound says that nobody wants anything of it: whatever it holds a key in is right.
	AsFound bool
}

// The tags that tell which key a version holds. Microsoft's tutorial for secrets with two sets of
// credentials has the first two (Key Vault, Automate the rotation of a secret for resources that have
// two sets of authentication credentials); the others prove which key of that name it is, and in what
// form, without a look at the value.
const (
	TagAccount = "ProviderAddress"
	TagKey     = "CredentialId"
	TagCreated = "CredentialCreatedAt"
	TagFormat  = "CredentialFormat"
)

// Tags returns the names of the tags that tell which key a version holds.
func Tags() []string { return []string{TagAccount, TagKey, TagCreated, TagFormat} }

// MostTags is how many tags a secret can have (Key Vault, About secrets: up to 15 tags).
const MostTags = 15

// ID returns what identifies the secret: its identifier or, where the vault's address is not known, its
// resource ID.
func (s Secret) ID() string {
	if s.VaultID != "" {
		return s.VaultID + "/secrets/" + s.Name
	}
	return s.VaultURI + "secrets/" + s.Name
}

// vault returns the name of the vault.
func (s Secret) vault() string {
	if s.VaultID != "" {
		return azure.NameOf(s.VaultID)
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(s.VaultURI, "https://"), ".")
	return strings.TrimSuffix(name, "/")
}

// Path returns vault and name of the secret, such as "contoso-kv/storage-key".
func (s Secret) Path() string { return s.vault() + "/" + s.Name }

// Kind returns what reads and syncs the secret.
func (s Secret) Kind(client *azure.Client) Kind { return secretKind{client, s} }

// secretKind reads and syncs a secret.
type secretKind struct {
	client *azure.Client
	Secret
}

func (secretKind) Noun() string          { return "Key Vault secret" }
func (secretKind) HoldsOneKey() bool     { return true }
func (secretKind) ReportsLastSync() bool { return false }

// SyncCommand sets the secret from the key. It leaves the tags to the next sync, which proves the key
// with them.
func (s secretKind) SyncCommand(_, storageAccountID string, kept keyrotation.Key) string {
	value := fmt.Sprintf("az storage account keys list --account-name %s --query \"[?keyName=='%s'].value\" -o tsv",
		azure.NameOf(storageAccountID), kept)
	if s.ConnectionString {
		value = fmt.Sprintf("az storage account show-connection-string --name %s --key %s --query connectionString -o tsv",
			azure.NameOf(storageAccountID), kept)
	}
	return fmt.Sprintf("az keyvault secret set --vault-name %s --name %s --value \"$(%s)\"", s.vault(), s.Name, value)
}

// Read reads which key the newest version holds, as its tags tell. The value is not read.
func (s secretKind) Read(ctx context.Context, id, storageAccountID string) (Dependent, error) {
	found := Dependent{ID: id, Kind: s, StorageAccountID: storageAccountID, Attached: true, UsesKeys: true}
	secrets, err := s.open(ctx)
	if err != nil {
		return found, err
	}
	versions, err := s.versions(ctx, secrets)
	if err != nil {
		return found, err
	}
	found.Copy = s.copied(versions, storageAccountID)
	return found, nil
}

// open finds the address of the vault, and returns the client of its secrets.
func (s *secretKind) open(ctx context.Context) (*azsecrets.Client, error) {
	if s.VaultURI == "" {
		vaults, at, err := azure.Open(s.VaultID, azure.VaultType, s.client.Vaults)
		if err != nil {
			return nil, err
		}
		vault, err := vaults.Get(azure.Shared(ctx), at.ResourceGroupName, at.Name, nil)
		if err != nil {
			return nil, err
		}
		s.VaultURI = azure.Deref(azure.Deref(vault.Properties).VaultURI)
	}
	return s.client.Secrets(s.VaultURI)
}

// Sync sets the secret to the kept key, unless its newest version holds that already, and then disables old
// versions, if that is wanted. The value goes from Azure to Azure.
func (s secretKind) Sync(ctx context.Context, _, storageAccountID string, kept keyrotation.Key) error {
	secrets, err := s.open(ctx)
	if err != nil {
		return err
	}
	versions, err := s.versions(ctx, secrets)
	if err != nil {
		return err
	}
	value, created, err := s.value(ctx, storageAccountID, kept)
	if err != nil {
		return err
	}
	if held := s.copied(versions, storageAccountID); held.Key != kept || !held.Holds(created) {
		made, err := s.set(ctx, secrets, value, s.tags(storageAccountID, kept, created), versions)
		if err != nil {
			return err
		}
		versions = slices.Insert(versions, 0, made)
	}
	return s.disableOld(ctx, secrets, versions)
}

// tags returns the tags of a version with the key that was made at a time.
func (s Secret) tags(storageAccountID string, key keyrotation.Key, created time.Time) map[string]*string {
	tags := map[string]*string{
		TagAccount: to.Ptr(storageAccountID),
		TagKey:     to.Ptr(string(key)),
		TagCreated: to.Ptr(created.UTC().Format(time.RFC3339Nano)),
		TagFormat:  to.Ptr(s.format()),
	}
	for name, value := range s.Tags {
		tags[name] = to.Ptr(value)
	}
	return tags
}

// set makes a new version. Key Vault tells when a version was made in whole seconds: no two of them share one,
// so that their times tell which is the newest.
func (s secretKind) set(ctx context.Context, secrets *azsecrets.Client, value string, tags map[string]*string,
	versions []secretVersion,
) (secretVersion, error) {
	if len(versions) > 0 {
		for !s.client.TimeOf(s.VaultURI).Truncate(time.Second).After(versions[0].created) {
			if err := s.client.Wait(ctx, time.Second); err != nil {
				return secretVersion{}, err
			}
		}
	}
	sent := azsecrets.SetSecretParameters{Value: &value, Tags: tags, SecretAttributes: &azsecrets.SecretAttributes{
		Enabled: to.Ptr(true),
	}}
	if s.ContentType != "" {
		sent.ContentType = &s.ContentType
	}
	if s.Lifetime > 0 {
		sent.SecretAttributes.Expires = to.Ptr(s.client.TimeOf(s.VaultURI).Add(s.Lifetime).Truncate(time.Second))
	}
	made, err := secrets.SetSecret(ctx, s.Name, sent, nil)
	if err != nil {
		return secretVersion{}, err
	}
	return secretVersion{
		id: made.ID.Version(), enabled: true, created: azure.Deref(azure.Deref(made.Attributes).Created),
	}, nil
}

// disableOld disables the versions that another one replaced at least the settling time ago: their readers
// have read that one.
func (s secretKind) disableOld(ctx context.Context, secrets *azsecrets.Client, versions []secretVersion) error {
	if !s.DisablesOld {
		return nil
	}
	now := s.client.TimeOf(s.VaultURI)
	for i := 1; i < len(versions); i++ {
		if !versions[i].enabled || now.Before(versions[i-1].created.Add(s.Settle)) {
			continue
		}
		if _, err := secrets.UpdateSecretProperties(ctx, s.Name, versions[i].id, azsecrets.UpdateSecretPropertiesParameters{
			SecretAttributes: &azsecrets.SecretAttributes{Enabled: to.Ptr(false)},
		}, nil); err != nil {
			return fmt.Errorf("disabling the version %s: %w", versions[i].id, err)
		}
	}
	return nil
}
