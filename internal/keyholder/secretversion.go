// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// secretVersion is a version of a secret without its value.
type secretVersion struct {
	id               string
	enabled          bool
	created, expires time.Time // Zero where it does not expire.
	contentType      string
	tags             map[string]string
}

// versions returns the versions of the secret, the newest first; none where there is no such secret.
func (s secretKind) versions(ctx context.Context, secrets *azsecrets.Client) (versions []secretVersion, err error) {
	err = azure.EachPage(ctx, secrets.NewListSecretPropertiesVersionsPager(s.Name, nil),
		func(page azsecrets.ListSecretPropertiesVersionsResponse) {
			for _, one := range page.Value {
				versions = append(versions, versionOf(azure.Deref(one)))
			}
		})
	if azure.IsNotFound(err) {
		err = nil
	}
	if err == nil && len(versions) == 0 {
		if _, gone := secrets.GetDeletedSecret(ctx, s.Name, nil); gone == nil {
			return nil, &DeletedSecretError{s.Secret}
		}
	}
	// Their order in the list says nothing (Key Vault, GetSecretVersions).
	slices.SortFunc(versions, func(a, b secretVersion) int { return b.created.Compare(a.created) })
	return versions, err
}

func versionOf(one azsecrets.SecretProperties) secretVersion {
	attributes := azure.Deref(one.Attributes)
	tags := map[string]string{}
	for name, value := range one.Tags {
		tags[name] = azure.Deref(value)
	}
	return secretVersion{
		id: one.ID.Version(), enabled: azure.Deref(attributes.Enabled), created: azure.Deref(attributes.Created),
		expires: azure.Deref(attributes.Expires), contentType: azure.Deref(one.ContentType), tags: tags,
	}
}

// DeletedSecretError says that a secret is deleted and can be recovered: until then nobody can set it.
type DeletedSecretError struct{ Secret Secret }

// Error implements error.
func (e *DeletedSecretError) Error() string {
	return fmt.Sprintf("the secret %s is deleted, and its name cannot be used until it is recovered (`%s`) or purged",
		e.Secret.Path(), e.Command("recover"))
}

// Command returns the Azure CLI command that recovers or purges the secret.
func (e *DeletedSecretError) Command(verb string) string {
	return fmt.Sprintf("az keyvault secret %s --vault-name %s --name %s", verb, e.Secret.vault(), e.Secret.Name)
}

// copied returns what the newest version holds.
func (s secretKind) copied(versions []secretVersion, storageAccountID string) Copy {
	if len(versions) == 0 {
		return Copy{Lacks: "does not exist yet"}
	}
	newest := versions[0]
	held := Copy{
		Key: keyrotation.Key(newest.tags[TagKey]), Since: newest.created, AccountID: newest.tags[TagAccount],
		Lacks: s.amiss(newest, storageAccountID),
	}
	created, err := time.Parse(time.RFC3339Nano, newest.tags[TagCreated])
	held.Created = created
	switch {
	case held.Lacks != "":
	case len(versions) > 1 && newest.created.Equal(versions[1].created):
		held.Lacks = "has two versions of the same second, so that nobody can tell which is the newest"
	case err != nil, held.Key != keyrotation.Key1 && held.Key != keyrotation.Key2:
		held.Lacks = "has a newest version that does not tell which key it holds: somebody else has set it, or " +
			"changed its tags"
	}
	return held
}

// amiss says what is wrong with a version for the storage account, whichever key it holds.
func (s secretKind) amiss(version secretVersion, storageAccountID string) string {
	account, format := version.tags[TagAccount], version.tags[TagFormat]
	switch {
	case !version.enabled:
		return "has a newest version that is disabled"
	case !version.expires.IsZero() && !s.client.TimeOf(s.VaultURI).Before(version.expires):
		return "has a newest version that expired at " + version.expires.UTC().Format(time.RFC3339)
	case account == "":
		return "has a newest version that does not tell which key it holds: somebody else has set it, or " +
			"changed its tags"
	case !azure.SameID(account, storageAccountID):
		return "has a newest version with a key of another storage account, " + azure.NameOf(account)
	case !s.AsFound && format != s.format():
		return fmt.Sprintf("holds a %s, and is to hold a %s", format, s.format())
	case s.ContentType != "" && version.contentType != s.ContentType:
		return fmt.Sprintf("has the content type %q, and is to have %q", version.contentType, s.ContentType)
	case s.Lifetime > 0 && version.expires.IsZero():
		return "has a newest version that never expires"
	}
	for name, value := range s.Tags {
		if version.tags[name] != value {
			return fmt.Sprintf("has another value for the tag %s than is configured", name)
		}
	}
	return ""
}

// format returns the form of the value for the tags, such as "connection string for core.windows.net".
func (s Secret) format() string {
	switch {
	case !s.ConnectionString:
		return "key"
	case s.EndpointSuffix == "":
		return "connection string"
	default:
		return "connection string for " + s.EndpointSuffix
	}
}

// Holds reports whether the copy is of the key that was made at a time, to the millisecond: not all answers have more.
func (c Copy) Holds(created time.Time) bool {
	return c.Lacks == "" && c.Created.Truncate(time.Millisecond).Equal(created.Truncate(time.Millisecond))
}
