// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyworld sets up accounts, vaults, keys and grants for the tests of what is about
// customers' keys. All of it is somebody else's doing: the provider under test finds it there.
package keyworld

import (
	"context"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/media"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Group and Location are where everything is unless a test says otherwise.
const (
	Group    = "media"
	Location = "westus2"
)

// World is the Azure of a test, with a resource group in it.
type World struct {
	*acctest.Azure
	Client *azure.Client
	t      *testing.T
	ctx    context.Context //nolint:containedctx // It is the test's own, and outlives its steps.
}

// New opens the world of a test.
func New(t *testing.T, options ...engine.Option) *World {
	t.Helper()
	w := Of(t, acctest.New(t, options...))
	groups, err := w.Client.ResourceGroups(w.SubscriptionID())
	w.must(err)
	_, err = groups.CreateOrUpdate(w.ctx, Group, armresources.ResourceGroup{Location: to.Ptr(Location)}, nil)
	w.must(err)
	return w
}

// Of is the world of a test whose Azure is open already.
func Of(t *testing.T, opened *acctest.Azure) *World {
	t.Helper()
	return &World{
		Azure: opened, Client: opened.Client(), t: t, ctx: context.WithoutCancel(t.Context()),
	}
}

// Advance lets time pass. Nobody keeps a token that long.
func (w *World) Advance(d time.Duration) {
	w.t.Helper()
	w.Azure.Advance(d)
	w.Client = w.Azure.Client()
}

// Owner is whom a world signs in as: the owner of the subscription.
func (w *World) Owner() string { return w.Rehearsal().Access().ObjectID }

// ID is the ID of something in the group.
func (w *World) ID(resourceType, name string) string {
	return azure.ID(w.SubscriptionID(), Group, resourceType, name)
}

// Account makes a media account, and the storage account beneath it. Its identities are named by
// their IDs; "" stands for the system-assigned one.
func (w *World) Account(name string, identities ...string) string {
	w.t.Helper()
	storage, err := w.Client.StorageAccounts(w.SubscriptionID())
	w.must(err)
	creation, err := storage.BeginCreate(w.ctx, Group, name, armstorage.AccountCreateParameters{
		Location: to.Ptr(Location), Kind: to.Ptr(armstorage.KindStorageV2),
		SKU: &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
	}, nil)
	w.must(err)
	_, err = azure.Await(w.ctx, creation)
	w.must(err)

	return w.RecreateAccount(name, identities...)
}

// RecreateAccount makes a media account above a storage account that is there already.
func (w *World) RecreateAccount(name string, identities ...string) string {
	w.t.Helper()
	beginning, err := w.accounts().BeginCreate(w.ctx, Group, name, media.Account{
		Location: to.Ptr(Location),
		Tags:     map[string]*string{"owner": to.Ptr("somebody else")},
		Identity: identityOf(identities),
		Properties: &media.AccountProperties{StorageAccounts: []*media.StorageAccount{{
			ID: to.Ptr(w.ID(azure.StorageAccountType, name)), Type: to.Ptr(media.Primary),
		}}},
	})
	w.must(err)
	_, err = azure.Await(w.ctx, beginning)
	w.must(err)
	return w.ID(azure.MediaAccountType, name)
}

// ShowAccount reads a media account.
func (w *World) ShowAccount(name string) media.Account {
	w.t.Helper()
	account, err := w.accounts().Get(w.ctx, Group, name)
	w.must(err)
	return account
}

// UpdateAccount changes a media account.
func (w *World) UpdateAccount(name string, update media.AccountUpdate) {
	w.t.Helper()
	w.must(w.TryUpdateAccount(name, update))
}

// TryUpdateAccount changes a media account, which may be refused.
func (w *World) TryUpdateAccount(name string, update media.AccountUpdate) error {
	w.t.Helper()
	changing, err := w.accounts().BeginUpdate(w.ctx, Group, name, update)
	if err != nil {
		return err
	}
	_, err = azure.Await(w.ctx, changing)
	return err
}

// Identify gives a media account other identities.
func (w *World) Identify(name string, identities ...string) {
	w.t.Helper()
	identity := identityOf(identities)
	for id := range w.ShowAccount(name).Identity.UserAssignedIdentities {
		if _, stays := identity.UserAssignedIdentities[id]; !stays {
			if identity.UserAssignedIdentities == nil {
				identity.UserAssignedIdentities = map[string]*media.UserAssignedIdentity{}
			}
			identity.UserAssignedIdentities[id] = nil
		}
	}
	w.UpdateAccount(name, media.AccountUpdate{Identity: identity})
}

// DeleteAccount deletes a media account.
func (w *World) DeleteAccount(name string) {
	w.t.Helper()
	w.must(w.accounts().Delete(w.ctx, Group, name))
}

// Principal is the object ID of a media account's system-assigned identity.
func (w *World) Principal(account string) string {
	w.t.Helper()
	return azure.Deref(azure.Deref(w.ShowAccount(account).Identity).PrincipalID)
}

// Identity makes a user-assigned identity.
func (w *World) Identity(name string) (id, principal string) {
	w.t.Helper()
	identities, err := w.Client.UserAssignedIdentities(w.SubscriptionID())
	w.must(err)
	made, err := identities.CreateOrUpdate(w.ctx, Group, name, armmsi.Identity{Location: to.Ptr(Location)}, nil)
	w.must(err)
	return azure.Deref(made.ID), azure.Deref(azure.Deref(made.Properties).PrincipalID)
}

// DeleteIdentity deletes a user-assigned identity.
func (w *World) DeleteIdentity(name string) {
	w.t.Helper()
	identities, err := w.Client.UserAssignedIdentities(w.SubscriptionID())
	w.must(err)
	_, err = identities.Delete(w.ctx, Group, name, nil)
	w.must(err)
}

// Vault makes a vault with purge protection, in which access policies decide and the owner may do
// everything with keys, unless the test changes that.
func (w *World) Vault(name string, changes ...func(*armkeyvault.VaultCreateOrUpdateParameters)) string {
	w.t.Helper()
	tenant := w.Rehearsal().Access().TenantID
	parameters := armkeyvault.VaultCreateOrUpdateParameters{
		Location: to.Ptr(Location),
		Properties: &armkeyvault.VaultProperties{
			TenantID: to.Ptr(tenant),
			SKU: &armkeyvault.SKU{
				Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNamePremium),
			},
			EnablePurgeProtection:   to.Ptr(true),
			EnableRbacAuthorization: to.Ptr(false),
			AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
				TenantID: to.Ptr(tenant), ObjectID: to.Ptr(w.Owner()),
				Permissions: &armkeyvault.Permissions{
					Keys: []*armkeyvault.KeyPermissions{
						to.Ptr(armkeyvault.KeyPermissionsAll), to.Ptr(armkeyvault.KeyPermissionsPurge),
					},
				},
			}},
		},
	}
	for _, change := range changes {
		change(&parameters)
	}
	vaults := w.vaults()
	creation, err := vaults.BeginCreateOrUpdate(w.ctx, Group, name, parameters, nil)
	w.must(err)
	_, err = azure.Await(w.ctx, creation)
	w.must(err)
	id := w.ID(azure.VaultType, name)
	if azure.Deref(parameters.Properties.EnableRbacAuthorization) {
		w.Assign(id, w.Owner(), customerkey.RoleCryptoOfficerID)
	}
	return id
}

// ByRoles has roles decide in a vault.
func ByRoles(parameters *armkeyvault.VaultCreateOrUpdateParameters) {
	parameters.Properties.EnableRbacAuthorization = to.Ptr(true)
	parameters.Properties.AccessPolicies = nil
}

// WithoutPurgeProtection makes a vault that no account accepts.
func WithoutPurgeProtection(parameters *armkeyvault.VaultCreateOrUpdateParameters) {
	parameters.Properties.EnablePurgeProtection = nil
}

// ShowVault reads a vault.
func (w *World) ShowVault(name string) armkeyvault.Vault {
	w.t.Helper()
	got, err := w.vaults().Get(w.ctx, Group, name, nil)
	w.must(err)
	return got.Vault
}

// UpdateVault changes a vault.
func (w *World) UpdateVault(name string, properties armkeyvault.VaultPatchProperties) {
	w.t.Helper()
	_, err := w.vaults().Update(w.ctx, Group, name,
		armkeyvault.VaultPatchParameters{Properties: &properties}, nil)
	w.must(err)
}

// DeleteVault deletes a vault, which can be recovered.
func (w *World) DeleteVault(name string) {
	w.t.Helper()
	_, err := w.vaults().Delete(w.ctx, Group, name, nil)
	w.must(err)
}

// RecoverVault brings a vault back.
func (w *World) RecoverVault(name string) {
	w.t.Helper()
	recovery, err := w.vaults().BeginCreateOrUpdate(w.ctx, Group, name,
		armkeyvault.VaultCreateOrUpdateParameters{
			Location: to.Ptr(Location),
			Properties: &armkeyvault.VaultProperties{
				CreateMode: to.Ptr(armkeyvault.CreateModeRecover),
				TenantID:   to.Ptr(w.Rehearsal().Access().TenantID),
				SKU: &armkeyvault.SKU{
					Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNamePremium),
				},
			},
		}, nil)
	w.must(err)
	_, err = azure.Await(w.ctx, recovery)
	w.must(err)
}

// Policy changes the access policy of a principal.
func (w *World) Policy(vault string, kind armkeyvault.AccessPolicyUpdateKind, principal string,
	permissions ...string,
) {
	w.t.Helper()
	entry := &armkeyvault.AccessPolicyEntry{
		TenantID: to.Ptr(w.Rehearsal().Access().TenantID), ObjectID: to.Ptr(principal),
		Permissions: &armkeyvault.Permissions{},
	}
	for _, permission := range permissions {
		entry.Permissions.Keys = append(entry.Permissions.Keys, to.Ptr(armkeyvault.KeyPermissions(permission)))
	}
	_, err := w.vaults().UpdateAccessPolicy(w.ctx, Group, vault, kind,
		armkeyvault.VaultAccessPolicyParameters{Properties: &armkeyvault.VaultAccessPolicyProperties{
			AccessPolicies: []*armkeyvault.AccessPolicyEntry{entry},
		}}, nil)
	w.must(err)
}

// Grant lets a principal use the keys of a vault in which access policies decide.
func (w *World) Grant(vault, principal string) {
	w.t.Helper()
	w.Policy(vault, armkeyvault.AccessPolicyUpdateKindAdd, principal, customerkey.RequiredKeyPermissions()...)
}

// Revoke takes that back.
func (w *World) Revoke(vault, principal string) {
	w.t.Helper()
	w.Policy(vault, armkeyvault.AccessPolicyUpdateKindRemove, principal, customerkey.RequiredKeyPermissions()...)
}

// Assign assigns a role, by the GUID of its definition, and returns the assignment's ID.
func (w *World) Assign(scope, principal, role string) string {
	w.t.Helper()
	assignments, err := w.Client.RoleAssignments(w.SubscriptionID())
	w.must(err)
	made, err := assignments.Create(w.ctx, scope, uuid.NewString(),
		armauthorization.RoleAssignmentCreateParameters{
			Properties: &armauthorization.RoleAssignmentProperties{
				PrincipalID:   to.Ptr(principal),
				PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
				RoleDefinitionID: to.Ptr("/subscriptions/" + w.SubscriptionID() +
					"/providers/Microsoft.Authorization/roleDefinitions/" + role),
			},
		}, nil)
	w.must(err)
	return azure.Deref(made.ID)
}

// Unassign deletes a role assignment.
func (w *World) Unassign(id string) {
	w.t.Helper()
	assignments, err := w.Client.RoleAssignments(w.SubscriptionID())
	w.must(err)
	_, err = assignments.DeleteByID(w.ctx, id, nil)
	w.must(err)
}

// Assignments lists the role assignments at exactly a scope.
func (w *World) Assignments(scope string) []*armauthorization.RoleAssignment {
	w.t.Helper()
	assignments, err := w.Client.RoleAssignments(w.SubscriptionID())
	w.must(err)
	var found []*armauthorization.RoleAssignment
	for pages := assignments.NewListForScopePager(scope, nil); pages.More(); {
		page, err := pages.NextPage(w.ctx)
		w.must(err)
		for _, assignment := range page.Value {
			if azure.SameID(azure.Deref(assignment.Properties.Scope), scope) {
				found = append(found, assignment)
			}
		}
	}
	return found
}

// Key makes a key, or a new version of it, and returns its identifier with the version.
func (w *World) Key(vault, name string, changes ...func(*azkeys.CreateKeyParameters)) string {
	w.t.Helper()
	parameters := azkeys.CreateKeyParameters{Kty: to.Ptr(azkeys.KeyTypeRSA), KeySize: to.Ptr[int32](2048)}
	for _, change := range changes {
		change(&parameters)
	}
	made, err := w.Keys(vault).CreateKey(w.ctx, name, parameters, nil)
	w.must(err)
	return string(*made.Key.KID)
}

// Rotate makes a new version of a key as the present one is, and returns its identifier.
func (w *World) Rotate(vault, name string) string {
	w.t.Helper()
	made, err := w.Keys(vault).RotateKey(w.ctx, name, nil)
	w.must(err)
	return string(*made.Key.KID)
}

// UpdateKey changes the attributes of a key's version, the newest one if it is "".
func (w *World) UpdateKey(vault, name, version string, attributes azkeys.KeyAttributes) {
	w.t.Helper()
	_, err := w.Keys(vault).UpdateKey(w.ctx, name, version,
		azkeys.UpdateKeyParameters{KeyAttributes: &attributes}, nil)
	w.must(err)
}

// DeleteKey deletes a key, which can be recovered.
func (w *World) DeleteKey(vault, name string) {
	w.t.Helper()
	_, err := w.Keys(vault).DeleteKey(w.ctx, name, nil)
	w.must(err)
}

// RecoverKey brings a key back.
func (w *World) RecoverKey(vault, name string) {
	w.t.Helper()
	_, err := w.Keys(vault).RecoverDeletedKey(w.ctx, name, nil)
	w.must(err)
}

// BackupKey backs a key up, with all its versions.
func (w *World) BackupKey(vault, name string) []byte {
	w.t.Helper()
	made, err := w.Keys(vault).BackupKey(w.ctx, name, nil)
	w.must(err)
	return made.Value
}

// RestoreKey brings a key back from its backup.
func (w *World) RestoreKey(vault string, backup []byte) {
	w.t.Helper()
	_, err := w.Keys(vault).RestoreKey(w.ctx, azkeys.RestoreKeyParameters{KeyBackup: backup}, nil)
	w.must(err)
}

// Keys is the client of a vault's keys.
func (w *World) Keys(vault string) *azkeys.Client {
	w.t.Helper()
	keys, err := w.Client.Keys(w.Client.Cloud().VaultURI(vault))
	w.must(err)
	return keys
}

func (w *World) accounts() *media.AccountsClient {
	w.t.Helper()
	accounts, err := w.Client.MediaAccounts(w.SubscriptionID())
	w.must(err)
	return accounts
}

func (w *World) vaults() *armkeyvault.VaultsClient {
	w.t.Helper()
	vaults, err := w.Client.Vaults(w.SubscriptionID())
	w.must(err)
	return vaults
}

func (w *World) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func identityOf(identities []string) *media.Identity {
	identity, system := &media.Identity{}, false
	for _, id := range identities {
		if id == "" {
			system = true
			continue
		}
		if identity.UserAssignedIdentities == nil {
			identity.UserAssignedIdentities = map[string]*media.UserAssignedIdentity{}
		}
		identity.UserAssignedIdentities[id] = &media.UserAssignedIdentity{}
	}
	switch user := identity.UserAssignedIdentities != nil; {
	case system && user:
		identity.Type = to.Ptr("SystemAssigned,UserAssigned")
	case system:
		identity.Type = to.Ptr("SystemAssigned")
	case user:
		identity.Type = to.Ptr("UserAssigned")
	default:
		identity.Type = to.Ptr("None")
	}
	return identity
}
