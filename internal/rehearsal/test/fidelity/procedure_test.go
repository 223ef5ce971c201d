// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package fidelity_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/mediaservices/armmediaservices/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
)

const (
	region = "westus2"
	group  = "media"
	vault  = "bring-your-own"
	key    = "account-key"
)

// The documented procedure, by the official clients and nothing else: storage, an account with an
// identity of its own, a vault with a key, access by a policy of the vault, the key attached, a new
// version followed, access lost and found, all deleted.
func TestTheOfficialClientsBringAKey(t *testing.T) {
	t.Parallel()
	for _, found := range []way{byName, byAddress} {
		t.Run(string(found), func(t *testing.T) {
			t.Parallel()
			p := start(t, serve(t, found))
			storage := p.createStorage("bringstore")
			account := p.createAccount("bringmedia", storage,
				&armmediaservices.MediaServiceIdentity{Type: to.Ptr("SystemAssigned")})
			p.createVault(false)
			first := p.createKey()

			// Too early: nobody let the account's identity use the key yet.
			_, err := p.attach("bringmedia", p.versionless(first), nil)
			p.refused(err, http.StatusBadRequest, "BadRequest", "Access to the Customer Key was forbidden.")

			identity := *account.Identity.PrincipalID
			p.permit(identity)
			p.attachByTutorial("bringmedia", storage, first)
			p.attachAndFollow("bringmedia", first, nil)
			p.loseAndFind("bringmedia", storage,
				func() { p.changePolicy(armkeyvault.AccessPolicyUpdateKindRemove, identity) },
				func() { p.permit(identity) })
			p.destroy("bringmedia", "bringstore")
			p.wantUndocumented()
		})
	}
}

// The same with what came later: an identity that the user brings, and access by roles.
func TestTheOfficialClientsBringAKeyAndAnIdentity(t *testing.T) {
	t.Parallel()
	for _, found := range []way{byName, byAddress} {
		t.Run(string(found), func(t *testing.T) {
			t.Parallel()
			p := start(t, serve(t, found))
			storage := p.createStorage("bringstore")
			identityID, principal := p.createIdentity("reader")
			account := p.createAccount("bringmedia", storage, &armmediaservices.MediaServiceIdentity{
				Type: to.Ptr("UserAssigned"),
				UserAssignedIdentities: map[string]*armmediaservices.UserAssignedManagedIdentity{
					identityID: {},
				},
			})
			for id, identity := range account.Identity.UserAssignedIdentities {
				if !strings.EqualFold(id, identityID) || *identity.PrincipalID != principal {
					t.Errorf("the account has the identity %s of %s", id, *identity.PrincipalID)
				}
			}
			p.createVault(true)
			// Who owns a vault may not use its keys: that is a role of its own.
			_, err := p.keys().CreateKey(t.Context(), key, rsa(), nil)
			p.refused(err, http.StatusForbidden, "Forbidden", "")
			p.assign(p.ObjectID, "14b46e9e-c2b7-41b4-b07b-48a6ebf60603") // Key Vault Crypto Officer
			first := p.createKey()

			as := &armmediaservices.ResourceIdentity{
				UserAssignedIdentity: &identityID, UseSystemAssignedIdentity: to.Ptr(false),
			}
			_, err = p.attach("bringmedia", p.versionless(first), as)
			p.refused(err, http.StatusBadRequest, "BadRequest", "Access to the Customer Key was forbidden.")
			const encryptionUser = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
			assignment := p.assign(principal, encryptionUser)
			p.attachAndFollow("bringmedia", first, as)
			p.loseAndFind("bringmedia", storage,
				func() { p.unassign(assignment) },
				func() { p.assign(principal, encryptionUser) })
			p.destroy("bringmedia", "bringstore")
			p.wantUndocumented()
		})
	}
}

// procedure is the official clients, signed in.
type procedure struct {
	*served
	credential azcore.TokenCredential
	accounts   *armmediaservices.Client
	storage    *armstorage.AccountsClient
	vaults     *armkeyvault.VaultsClient
	roles      *armauthorization.RoleAssignmentsClient
	vaultURI   string
}

func start(t *testing.T, s *served) *procedure {
	t.Helper()
	p := &procedure{served: s, credential: s.credential()}
	var errs [5]error
	p.accounts, errs[0] = armmediaservices.NewClient(s.SubscriptionID, p.credential, s.armOptions())
	p.storage, errs[1] = armstorage.NewAccountsClient(s.SubscriptionID, p.credential, s.armOptions())
	p.vaults, errs[2] = armkeyvault.NewVaultsClient(s.SubscriptionID, p.credential, s.armOptions())
	p.roles, errs[3] = armauthorization.NewRoleAssignmentsClient(
		s.SubscriptionID, p.credential, s.armOptions())
	var groups *armresources.ResourceGroupsClient
	groups, errs[4] = armresources.NewResourceGroupsClient(
		s.SubscriptionID, p.credential, s.armOptions())
	p.must(errs[:]...)
	made, err := groups.CreateOrUpdate(t.Context(), group, armresources.ResourceGroup{
		Location: to.Ptr(region), Tags: map[string]*string{"for": to.Ptr("fidelity")},
	}, nil)
	p.must(err)
	if *made.Properties.ProvisioningState != "Succeeded" || *made.Tags["for"] != "fidelity" {
		t.Errorf("the group is %+v", made.ResourceGroup)
	}
	return p
}

func (p *procedure) must(errs ...error) {
	p.t.Helper()
	if err := errors.Join(errs...); err != nil {
		p.t.Fatal(err)
	}
}

// refused fails the test unless the error is Azure's refusal with this status and code, and a
// message with these words.
func (p *procedure) refused(err error, status int, code, message string) {
	p.t.Helper()
	var refusal *azcore.ResponseError
	if !errors.As(err, &refusal) || refusal.StatusCode != status || refusal.ErrorCode != code ||
		!strings.Contains(refusal.Error(), message) {
		p.t.Fatalf("error %v, want %d %s: %s", err, status, code, message)
	}
}

// createStorage creates a storage account and returns its ID.
func (p *procedure) createStorage(name string) string {
	p.t.Helper()
	ctx := p.t.Context()
	free, err := p.storage.CheckNameAvailability(ctx, armstorage.AccountCheckNameAvailabilityParameters{
		Name: &name, Type: to.Ptr("Microsoft.Storage/storageAccounts"),
	}, nil)
	p.must(err)
	if !*free.NameAvailable {
		p.t.Errorf("%s is not available: %s", name, *free.Message)
	}
	creation, err := p.storage.BeginCreate(ctx, group, name, armstorage.AccountCreateParameters{
		Kind: to.Ptr(armstorage.KindStorageV2), Location: to.Ptr(region),
		SKU:        &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
		Properties: &armstorage.AccountPropertiesCreateParameters{},
	}, nil)
	p.must(err)
	created, err := creation.PollUntilDone(ctx, nil)
	p.must(err)
	if *created.Properties.ProvisioningState != armstorage.ProvisioningStateSucceeded ||
		*created.Location != region {
		p.t.Errorf("the storage account is %+v", created.Account)
	}
	keys, err := p.storage.ListKeys(ctx, group, name, nil)
	p.must(err)
	if len(keys.Keys) != 2 || len(*keys.Keys[0].Value) != 88 {
		p.t.Errorf("the storage account has %d keys", len(keys.Keys))
	}
	return *created.ID
}

func (p *procedure) createIdentity(name string) (id, principal string) {
	p.t.Helper()
	client, err := armmsi.NewUserAssignedIdentitiesClient(
		p.SubscriptionID, p.credential, p.armOptions())
	p.must(err)
	made, err := client.CreateOrUpdate(p.t.Context(), group, name,
		armmsi.Identity{Location: to.Ptr(region)}, nil)
	p.must(err)
	return *made.ID, *made.Properties.PrincipalID
}

// createAccount creates a media account and returns it as it is read afterwards.
func (p *procedure) createAccount(
	name, storage string, identity *armmediaservices.MediaServiceIdentity,
) armmediaservices.MediaService {
	p.t.Helper()
	ctx := p.t.Context()
	creation, err := p.accounts.BeginCreateOrUpdate(ctx, group, name, armmediaservices.MediaService{
		Location: to.Ptr(region), Identity: identity,
		Properties: &armmediaservices.MediaServiceProperties{
			StorageAccounts: []*armmediaservices.StorageAccount{{
				ID: &storage, Type: to.Ptr(armmediaservices.StorageAccountTypePrimary),
			}},
		},
	}, nil)
	p.must(err)
	created, err := creation.PollUntilDone(ctx, nil)
	p.must(err)
	if *created.Properties.ProvisioningState != armmediaservices.ProvisioningStateSucceeded ||
		*created.Properties.Encryption.Type != armmediaservices.AccountEncryptionKeyTypeSystemKey ||
		*created.Location != "West US 2" {
		p.t.Errorf("the account is %+v", created.Properties)
	}
	return created.MediaService
}

// createVault creates the vault of customers' keys. Without roles the client gives itself a policy.
func (p *procedure) createVault(roles bool) {
	p.t.Helper()
	policies := []*armkeyvault.AccessPolicyEntry{}
	if !roles {
		policies = append(policies, p.policy(p.ObjectID, "get", "list", "create", "update", "rotate"))
	}
	creation, err := p.vaults.BeginCreateOrUpdate(p.t.Context(), group, vault,
		armkeyvault.VaultCreateOrUpdateParameters{
			Location: to.Ptr(region),
			Properties: &armkeyvault.VaultProperties{
				TenantID: &p.TenantID,
				SKU: &armkeyvault.SKU{
					Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNameStandard),
				},
				EnablePurgeProtection: to.Ptr(true), SoftDeleteRetentionInDays: to.Ptr[int32](7),
				EnableRbacAuthorization: &roles, AccessPolicies: policies,
			},
		}, nil)
	p.must(err)
	created, err := creation.PollUntilDone(p.t.Context(), nil)
	p.must(err)
	p.vaultURI = *created.Properties.VaultURI
	if byItsName := p.vaultURI == "https://"+vault+".vault.azure.net/"; byItsName != (p.way == byName) {
		p.t.Errorf("the vault is at %s", p.vaultURI)
	}
}

func (p *procedure) policy(object string, permissions ...armkeyvault.KeyPermissions,
) *armkeyvault.AccessPolicyEntry {
	entry := &armkeyvault.AccessPolicyEntry{
		TenantID: &p.TenantID, ObjectID: &object, Permissions: &armkeyvault.Permissions{},
	}
	for _, permission := range permissions {
		entry.Permissions.Keys = append(entry.Permissions.Keys, &permission)
	}
	return entry
}

// permit lets an identity use the keys of the vault: the three permissions that suffice.
func (p *procedure) permit(object string) {
	p.t.Helper()
	p.changePolicy(armkeyvault.AccessPolicyUpdateKindAdd, object)
}

func (p *procedure) changePolicy(change armkeyvault.AccessPolicyUpdateKind, object string) {
	p.t.Helper()
	_, err := p.vaults.UpdateAccessPolicy(p.t.Context(), group, vault, change,
		armkeyvault.VaultAccessPolicyParameters{Properties: &armkeyvault.VaultAccessPolicyProperties{
			AccessPolicies: []*armkeyvault.AccessPolicyEntry{
				p.policy(object, "get", "wrapKey", "unwrapKey"),
			},
		}}, nil)
	p.must(err)
}

// assign gives a principal a built-in role at the vault and returns the name of the assignment.
func (p *procedure) assign(principal, role string) string {
	p.t.Helper()
	// Names of assignments are GUIDs that the client makes up; one of the role and one of the
	// principal joined is as good as a new one.
	name := role[:18] + principal[18:]
	_, err := p.roles.Create(p.t.Context(), p.vaultID(), name,
		armauthorization.RoleAssignmentCreateParameters{
			Properties: &armauthorization.RoleAssignmentProperties{
				PrincipalID:   &principal,
				PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
				RoleDefinitionID: to.Ptr("/subscriptions/" + p.SubscriptionID +
					"/providers/Microsoft.Authorization/roleDefinitions/" + role),
			},
		}, nil)
	p.must(err)
	return name
}

func (p *procedure) unassign(name string) {
	p.t.Helper()
	_, err := p.roles.Delete(p.t.Context(), p.vaultID(), name, nil)
	p.must(err)
}

func (p *procedure) vaultID() string {
	return "/subscriptions/" + p.SubscriptionID + "/resourceGroups/" + group +
		"/providers/Microsoft.KeyVault/vaults/" + vault
}

func (p *procedure) keys() *azkeys.Client {
	p.t.Helper()
	client, err := azkeys.NewClient(p.vaultURI, p.credential, &azkeys.ClientOptions{
		ClientOptions: p.options(),
		// The resource of the challenge is Key Vault's name, whatever the vault's address.
		DisableChallengeResourceVerification: p.way == byAddress,
	})
	p.must(err)
	return client
}

func rsa() azkeys.CreateKeyParameters {
	return azkeys.CreateKeyParameters{Kty: to.Ptr(azkeys.KeyTypeRSA), KeySize: to.Ptr[int32](2048)}
}

// createKey creates the key, or a new version of it, and returns its identifier with the version.
func (p *procedure) createKey() string {
	p.t.Helper()
	created, err := p.keys().CreateKey(p.t.Context(), key, rsa(), nil)
	p.must(err)
	if kid := string(*created.Key.KID); !strings.HasPrefix(kid, p.vaultURI+"keys/"+key+"/") {
		p.t.Errorf("the key is %s", kid)
	}
	return string(*created.Key.KID)
}

func (p *procedure) versionless(version string) string {
	return version[:strings.LastIndex(version, "/")]
}

// attach attaches a key by PATCH and waits.
func (p *procedure) attach(account, keyID string, as *armmediaservices.ResourceIdentity,
) (*armmediaservices.AccountEncryption, error) {
	p.t.Helper()
	change, err := p.accounts.BeginUpdate(p.t.Context(), group, account,
		armmediaservices.MediaServiceUpdate{Properties: &armmediaservices.MediaServiceProperties{
			Encryption: &armmediaservices.AccountEncryption{
				Type:               to.Ptr(armmediaservices.AccountEncryptionKeyTypeCustomerKey),
				KeyVaultProperties: &armmediaservices.KeyVaultProperties{KeyIdentifier: &keyID},
				Identity:           as,
			},
		}}, nil)
	if err != nil {
		return nil, err
	}
	changed, err := change.PollUntilDone(p.t.Context(), nil)
	if err != nil {
		return nil, err
	}
	return changed.Properties.Encryption, nil
}

// attachByTutorial attaches a version of a key as the tutorial has it: by a PUT of the account at
// 2020-05-01, with a storage account of which it does not say that it is the primary one.
func (p *procedure) attachByTutorial(account, storage, version string) {
	p.t.Helper()
	id := "/subscriptions/" + p.SubscriptionID + "/resourceGroups/" + group +
		"/providers/Microsoft.Media/mediaservices/" + account
	p.arm(http.MethodPut, id, "2020-05-01", `{"identity":{"type":"SystemAssigned"},`+
		`"properties":{"storageAccounts":[{"id":"`+storage+`"}],"encryption":{"type":"CustomerKey",`+
		`"keyVaultProperties":{"keyIdentifier":"`+version+`"}}},"location":"`+region+`"}`, http.StatusOK)
	read := p.arm(http.MethodGet, id, "2020-05-01", "", http.StatusOK)
	if now := read.text("properties.encryption.keyVaultProperties.currentKeyIdentifier"); now != version {
		p.t.Errorf("currentKeyIdentifier %q, want %q", now, version)
	}
	if identity := read.at("properties.encryption.identity"); identity != nil {
		p.t.Errorf("2020-05-01 has no encryption.identity, but here it is %v", identity)
	}
}

// attachAndFollow attaches the key without a version and has the account follow a new one.
func (p *procedure) attachAndFollow(account, first string, as *armmediaservices.ResourceIdentity) {
	p.t.Helper()
	attached, err := p.attach(account, p.versionless(first), as)
	p.must(err)
	if now := *attached.KeyVaultProperties.CurrentKeyIdentifier; now != first {
		p.t.Errorf("currentKeyIdentifier %s, want %s", now, first)
	}
	if system := *attached.Identity.UseSystemAssignedIdentity; system != (as == nil) {
		p.t.Errorf("useSystemAssignedIdentity %t", system)
	}
	second := p.createKey()
	// A served rehearsal's clock runs by itself too: the minute is for a slow machine.
	p.advance(4 * time.Minute)
	if now := *p.encryption(account).KeyVaultProperties.CurrentKeyIdentifier; now != first {
		p.t.Errorf("too early: currentKeyIdentifier %s, want %s", now, first)
	}
	p.advance(time.Minute)
	if now := *p.encryption(account).KeyVaultProperties.CurrentKeyIdentifier; now != second {
		p.t.Errorf("currentKeyIdentifier %s, want %s", now, second)
	}
}

func (p *procedure) encryption(account string) *armmediaservices.AccountEncryption {
	p.t.Helper()
	got, err := p.accounts.Get(p.t.Context(), group, account, nil)
	p.must(err)
	return got.Properties.Encryption
}

// loseAndFind takes the account's access to its key away and gives it back. Meanwhile the account
// answers GET and LIST and refuses everything else.
func (p *procedure) loseAndFind(account, storage string, lose, find func()) {
	p.t.Helper()
	ctx := p.t.Context()
	tag := armmediaservices.MediaServiceUpdate{Tags: map[string]*string{"a": to.Ptr("b")}}
	sync := armmediaservices.SyncStorageKeysInput{ID: &storage}

	lose()
	if status := p.encryption(account).Status; status == nil {
		p.t.Error("encryption.status does not tell that the key is out of reach")
	}
	_, err := p.accounts.BeginUpdate(ctx, group, account, tag, nil)
	p.refused(err, http.StatusForbidden, "CustomerKeyInaccessible", "")
	_, err = p.accounts.SyncStorageKeys(ctx, group, account, sync, nil)
	p.refused(err, http.StatusForbidden, "CustomerKeyInaccessible", "")
	var listed []string
	for pages := p.accounts.NewListBySubscriptionPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		p.must(err)
		for _, one := range page.Value {
			listed = append(listed, *one.Name)
		}
	}
	if !slices.Equal(listed, []string{account}) {
		p.t.Errorf("listed %v", listed)
	}

	find()
	if status := p.encryption(account).Status; status != nil {
		p.t.Errorf("encryption.status %q although the key is in reach", *status)
	}
	_, err = p.accounts.SyncStorageKeys(ctx, group, account, sync, nil)
	p.must(err)
	change, err := p.accounts.BeginUpdate(ctx, group, account, tag, nil)
	p.must(err)
	changed, err := change.PollUntilDone(ctx, nil)
	p.must(err)
	if *changed.Tags["a"] != "b" || changed.Properties.Encryption.KeyVaultProperties == nil {
		p.t.Errorf("the account is %+v", changed.Properties)
	}
}

// destroy deletes in the tutorial's order: the account, the storage, the vault. The vault is kept
// for its retention, and nobody may purge it.
func (p *procedure) destroy(account, storage string) {
	p.t.Helper()
	ctx := p.t.Context()
	_, err := p.accounts.Delete(ctx, group, account, nil)
	p.must(err)
	_, err = p.accounts.Get(ctx, group, account, nil)
	p.refused(err, http.StatusNotFound, "ResourceNotFound", "")
	_, err = p.storage.Delete(ctx, group, storage, nil)
	p.must(err)
	_, err = p.vaults.Delete(ctx, group, vault, nil)
	p.must(err)
	deleted, err := p.vaults.GetDeleted(ctx, vault, region, nil)
	p.must(err)
	if !strings.EqualFold(*deleted.Properties.VaultID, p.vaultID()) {
		p.t.Errorf("the deleted vault is %s", *deleted.Properties.VaultID)
	}
	_, err = p.vaults.BeginPurgeDeleted(ctx, vault, region, nil)
	p.refused(err, http.StatusMethodNotAllowed, "MethodNotAllowed",
		"Operation 'DeletedVaultPurge' is not allowed.")
}

// wantUndocumented fails the test if a request that no OpenAPI document knows went to anything but
// Entra ID, which has none.
func (p *procedure) wantUndocumented() {
	p.t.Helper()
	for request := range p.validator.Unknown() {
		if !strings.Contains(request, "/oauth2/") && !strings.Contains(request, "/openid-configuration") &&
			!strings.Contains(request, "/discovery/instance") {
			p.t.Errorf("not in any OpenAPI document: %s", request)
		}
	}
}
