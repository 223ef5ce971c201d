// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

const (
	dataSource = "azuremedia_encryption_posture"
	day        = 24 * time.Hour

	// The built-in roles Reader and Storage Blob Data Contributor.
	reader          = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	dataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
)

// world is an account with both layers, above a storage account with both layers, on one key.
type world struct {
	*fixture.World
	t   *testing.T
	ctx context.Context //nolint:containedctx // It is the test's own, and outlives its steps.
	// account and storage are the IDs, following the identifier of the key without a version, and
	// version the version that is in use.
	account, storage, vault, following, version string
}

// newWorld makes one that nothing is wrong with.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := bare(t)
	w.attach(w.account, w.following)
	w.attach(w.storage, w.following)
	return w
}

// bare makes one in which the keys are yet to be attached.
func bare(t *testing.T) *world {
	t.Helper()
	w := &world{World: fixture.New(t), t: t, ctx: context.WithoutCancel(t.Context())}
	w.storage = w.store("contoso")
	w.account = w.RecreateAccount("contoso", "")
	w.vault = w.Vault("keys")
	w.following, w.version = parted(w.Key("keys", "media"))
	w.Grant("keys", w.Principal("contoso"))
	w.Grant("keys", w.storagePrincipal("contoso"))
	return w
}

// parted is a key's identifier without its version, and the version.
func parted(key string) (following, version string) {
	at := strings.LastIndexByte(key, '/')
	return key[:at], key[at+1:]
}

// store makes a storage account with its second layer and a system-assigned identity.
func (w *world) store(name string, changes ...func(*armstorage.AccountCreateParameters)) string {
	w.t.Helper()
	return w.storeIn(w.SubscriptionID(), name, changes...)
}

func (w *world) storeIn(subscription, name string, changes ...func(*armstorage.AccountCreateParameters),
) string {
	w.t.Helper()
	parameters := armstorage.AccountCreateParameters{
		Location: to.Ptr(fixture.Location), Kind: to.Ptr(armstorage.KindStorageV2),
		SKU:      &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
		Identity: &armstorage.Identity{Type: to.Ptr(armstorage.IdentityTypeSystemAssigned)},
		Properties: &armstorage.AccountPropertiesCreateParameters{Encryption: &armstorage.Encryption{
			KeySource:                       to.Ptr(armstorage.KeySourceMicrosoftStorage),
			RequireInfrastructureEncryption: to.Ptr(true),
		}},
	}
	for _, change := range changes {
		change(&parameters)
	}
	accounts, err := w.Client.StorageAccounts(subscription)
	w.must(err)
	creation, err := accounts.BeginCreate(w.ctx, fixture.Group, name, parameters, nil)
	w.must(err)
	_, err = azure.Await(w.ctx, creation)
	w.must(err)
	return azure.ID(subscription, fixture.Group, azure.StorageAccountType, name)
}

// withoutSecondLayer makes a storage account as most are.
func withoutSecondLayer(parameters *armstorage.AccountCreateParameters) {
	parameters.Properties.Encryption = nil
}

func (w *world) updateStorage(name string, properties armstorage.AccountPropertiesUpdateParameters) {
	w.t.Helper()
	accounts, err := w.Client.StorageAccounts(w.SubscriptionID())
	w.must(err)
	_, err = accounts.Update(w.ctx, fixture.Group, name,
		armstorage.AccountUpdateParameters{Properties: &properties}, nil)
	w.must(err)
}

func (w *world) deleteStorage(name string) {
	w.t.Helper()
	accounts, err := w.Client.StorageAccounts(w.SubscriptionID())
	w.must(err)
	_, err = accounts.Delete(w.ctx, fixture.Group, name, nil)
	w.must(err)
}

func (w *world) storagePrincipal(name string) string {
	w.t.Helper()
	accounts, err := w.Client.StorageAccounts(w.SubscriptionID())
	w.must(err)
	got, err := accounts.GetProperties(w.ctx, fixture.Group, name, nil)
	w.must(err)
	return azure.Deref(azure.Deref(got.Identity).PrincipalID)
}

// beneath has the account have these storage accounts as well.
func (w *world) beneath(ids ...string) {
	w.t.Helper()
	list := []*armmedia.StorageAccount{{ID: to.Ptr(w.storage), Type: to.Ptr(armmedia.Primary)}}
	for _, id := range ids {
		list = append(list, &armmedia.StorageAccount{ID: to.Ptr(id), Type: to.Ptr(armmedia.Secondary)})
	}
	w.UpdateAccount("contoso", armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{StorageAccounts: list}})
}

// byIdentity has the account come at its storage accounts by its identity.
func (w *world) byIdentity(ids ...string) {
	w.t.Helper()
	var list []*armmedia.StorageAccount
	for i, id := range append([]string{w.storage}, ids...) {
		w.Assign(id, w.Principal("contoso"), dataContributor)
		one := &armmedia.StorageAccount{
			ID: to.Ptr(id), Type: to.Ptr(armmedia.Primary),
			Identity: &armmedia.ResourceIdentity{UseSystemAssignedIdentity: to.Ptr(true)},
		}
		if i > 0 {
			one.Type = to.Ptr(armmedia.Secondary)
		}
		list = append(list, one)
	}
	w.UpdateAccount("contoso", armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
		StorageAccounts: list, StorageAuthentication: to.Ptr(armmedia.StorageByManagedIdentity),
	}})
}

// attach has an account, of whatever kind, use a key.
func (w *world) attach(id, key string) {
	w.t.Helper()
	w.attachAs(id, key, "")
}

// attachAs has it read the key with a user-assigned identity.
func (w *world) attachAs(id, key, identity string) {
	w.t.Helper()
	kind, err := protection.Of(w.Client, id)
	w.must(err)
	_, err = kind.Attach(w.ctx, id, protection.Attachment{Key: customerkey.ReadKeyID(key), UserAssignedIdentityID: identity})
	w.must(err)
}

// subscription adds another subscription, with a group of the same name in it.
func (w *world) subscription() string {
	w.t.Helper()
	added, err := w.Rehearsal().AddSubscription(w.ctx, "", "Elsewhere")
	w.must(err)
	groups, err := w.Client.ResourceGroups(added.ID)
	w.must(err)
	_, err = groups.CreateOrUpdate(w.ctx, fixture.Group,
		armresources.ResourceGroup{Location: to.Ptr(fixture.Location)}, nil)
	w.must(err)
	return added.ID
}

// login adds a principal that is a reader of some scopes, and nothing else.
func (w *world) login(scopes ...string) rehearsal.Access {
	w.t.Helper()
	access, err := w.Rehearsal().AddPrincipal(w.ctx, "auditor")
	w.must(err)
	for _, scope := range scopes {
		w.Assign(scope, access.ObjectID, reader)
	}
	return access
}

// as is the provider of another login.
func (w *world) as(access rehearsal.Access) *acctest.Proto {
	w.t.Helper()
	proto := acctest.NewProto(w.t, func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(provider.New("test",
			provider.WithRehearsal(func(context.Context, string) (provider.Rehearsal, error) {
				return provider.Rehearsal{
					Transport: w.Transport(), TenantID: access.TenantID, SubscriptionID: access.SubscriptionID,
					ClientID: access.ClientID, ClientSecret: access.ClientSecret,
				}, nil
			}))())()
	})
	proto.Configure(acctest.Value{"environment": "rehearsal"})
	return proto
}

// posture reads the posture, and fails the test if anything is said about it.
func (w *world) posture(proto *acctest.Proto, arguments acctest.Value) acctest.Value {
	w.t.Helper()
	config := acctest.Value{"account_id": w.account}
	maps.Copy(config, arguments)
	shown, diags := proto.ReadData(dataSource, config)
	if len(diags) > 0 {
		w.t.Fatal(diags.Text())
	}
	return shown
}

// found is what a test compares of the findings.
type found struct{ Rule, Severity, Subject string }

func findings(shown acctest.Value) []found {
	list, _ := shown["findings"].([]any)
	var all []found
	for _, one := range list {
		finding, _ := one.(acctest.Value)
		all = append(all, found{text(finding, "rule"), text(finding, "severity"), text(finding, "subject_id")})
	}
	return all
}

func text(value acctest.Value, name string) string {
	found, _ := value[name].(string)
	return found
}

// in is a nested object.
func in(shown acctest.Value, name string) acctest.Value {
	object, _ := shown[name].(acctest.Value)
	return object
}

// at is one element of a list.
func at(shown acctest.Value, list string, index int) acctest.Value {
	elements, _ := shown[list].([]any)
	if index >= len(elements) {
		return nil
	}
	object, _ := elements[index].(acctest.Value)
	return object
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
