// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

// kindly is how tests make an account of a kind, named contoso, and what is to be known about it.
type kindly struct {
	resourceType string
	// system says that the account reads its key as itself unless the test says otherwise.
	system bool
	// tells says that the account tells by a status that it does not reach its key.
	tells bool
	// one says that the account has identities of one type at a time.
	one bool
	// identify gives the account these identities; "" stands for the system-assigned one.
	identify func(w *world, identities ...string)
	// remove deletes the account, and create makes it again.
	remove, create func(w *world)
}

// kinds are all kinds of accounts that a key can be attached to.
func kinds() map[string]kindly {
	return map[string]kindly{
		"media": {
			resourceType: azure.MediaAccountType, system: true, tells: true,
			identify: func(w *world, identities ...string) { w.Identify("contoso", identities...) },
			remove:   func(w *world) { w.DeleteAccount("contoso") },
			create:   func(w *world) { w.RecreateAccount("contoso", "") },
		},
		"video analyzer": {
			resourceType: azure.VideoAnalyzerType, tells: true,
			identify: identifyAnalyzer,
			remove: func(w *world) {
				w.must(w.analyzers().Delete(w.t.Context(), fixture.Group, "contoso"))
			},
			create: createAnalyzer,
		},
		"batch": {
			resourceType: azure.BatchAccountType, system: true, one: true,
			identify: identifyBatch,
			remove: func(w *world) {
				_, err := w.batches().BeginDelete(w.t.Context(), fixture.Group, "contoso", nil)
				w.must(err)
				w.Advance(time.Minute)
			},
			create: createBatch,
		},
		"storage": {
			resourceType: azure.StorageAccountType, system: true,
			identify: identifyStorage,
			remove: func(w *world) {
				w.DeleteAccount("contoso") // Which depends on it.
				_, err := w.stores().Delete(w.t.Context(), fixture.Group, "contoso", nil)
				w.must(err)
			},
			create: func(w *world) {
				w.Account("contoso", "")
				identifyStorage(w, "")
			},
		},
	}
}

// newWorldOf is [newWorld] with an account of a kind.
func newWorldOf(t *testing.T, name string) world {
	t.Helper()
	w := newWorld(t)
	w.t, w.kind = t, kinds()[name]
	w.account = w.ID(w.kind.resourceType, "contoso")
	switch {
	case name == "media":
	case name == "batch":
		w.kind.create(&w)
		w.grant()
	case w.kind.system:
		w.kind.identify(&w, "")
		w.grant()
	default:
		w.identity, w.reader = w.Identity("reader")
		w.kind.create(&w)
		w.grant()
	}
	return w
}

// path is how the account's path ends.
func (w *world) path() string {
	return strings.ToLower(w.kind.resourceType[strings.LastIndexByte(w.kind.resourceType, '/'):]) + "/contoso"
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// encrypted is the account's encryption as rehearsal keeps it.
func (w *world) encrypted() map[string]any {
	w.t.Helper()
	state, err := w.Rehearsal().Show(w.t.Context())
	w.must(err)
	for _, found := range state.Resources {
		if azure.SameID(string(found.ID), w.account) {
			encryption, _ := found.Properties["encryption"].(map[string]any)
			return encryption
		}
	}
	return nil
}

// protects reports whether a customer's key protects the account.
func (w *world) protects() bool {
	encryption := w.encrypted()
	return encryption["type"] == "CustomerKey" || strings.EqualFold(fmt.Sprint(encryption["keySource"]), "Microsoft.KeyVault")
}

// attached is the key that the account was given, and the user-assigned identity that reads it.
func (w *world) attached() (key, identity string) {
	encryption := w.encrypted()
	text := func(object, name string) string {
		values, _ := encryption[object].(map[string]any)
		text, _ := values[name].(string)
		return text
	}
	identity = text("identity", "userAssignedIdentity")
	if w.kind.resourceType != azure.StorageAccountType {
		return text("keyVaultProperties", "keyIdentifier"), identity
	}
	key = text("keyvaultproperties", "keyvaulturi") + "keys/" + text("keyvaultproperties", "keyname")
	if version := text("keyvaultproperties", "keyversion"); version != "" {
		key += "/" + version
	}
	return key, identity
}

// itself is the object ID of the account's system-assigned identity.
func (w *world) itself() string {
	w.t.Helper()
	switch w.kind.resourceType {
	case azure.BatchAccountType:
		got, err := w.batches().Get(w.t.Context(), fixture.Group, "contoso", nil)
		w.must(err)
		return azure.Deref(azure.Deref(got.Identity).PrincipalID)
	case azure.MediaAccountType:
		return w.Principal("contoso")
	}
	got, err := w.stores().GetProperties(w.t.Context(), fixture.Group, "contoso", nil)
	w.must(err)
	return azure.Deref(azure.Deref(got.Identity).PrincipalID)
}

func (w *world) stores() *armstorage.AccountsClient {
	w.t.Helper()
	stores, err := w.Client.StorageAccounts(w.SubscriptionID())
	w.must(err)
	return stores
}

func identifyStorage(w *world, identities ...string) {
	w.t.Helper()
	system, users := false, map[string]*armstorage.UserAssignedIdentity{}
	for _, id := range identities {
		if id == "" {
			system = true
		} else {
			users[id] = &armstorage.UserAssignedIdentity{}
		}
	}
	identity := &armstorage.Identity{Type: to.Ptr(armstorage.IdentityTypeNone)}
	switch {
	case system && len(users) > 0:
		identity.Type = to.Ptr(armstorage.IdentityTypeSystemAssignedUserAssigned)
	case system:
		identity.Type = to.Ptr(armstorage.IdentityTypeSystemAssigned)
	case len(users) > 0:
		identity.Type = to.Ptr(armstorage.IdentityTypeUserAssigned)
	}
	if len(users) > 0 {
		identity.UserAssignedIdentities = users
	}
	_, err := w.stores().Update(w.t.Context(), fixture.Group, "contoso",
		armstorage.AccountUpdateParameters{Identity: identity}, nil)
	w.must(err)
}

func (w *world) batches() *armbatch.AccountClient {
	w.t.Helper()
	batches, err := w.Client.BatchAccounts(w.SubscriptionID())
	w.must(err)
	return batches
}

func createBatch(w *world) {
	w.t.Helper()
	creation, err := w.batches().BeginCreate(w.t.Context(), fixture.Group, "contoso", armbatch.AccountCreateParameters{
		Location: to.Ptr(fixture.Location),
		Identity: &armbatch.AccountIdentity{Type: to.Ptr(armbatch.ResourceIdentityTypeSystemAssigned)},
	}, nil)
	w.must(err)
	_, err = azure.Await(w.t.Context(), creation)
	w.must(err)
}

// identifyBatch gives the account the user-assigned identities, or its own where there are none.
func identifyBatch(w *world, identities ...string) {
	w.t.Helper()
	identity := &armbatch.AccountIdentity{Type: to.Ptr(armbatch.ResourceIdentityTypeSystemAssigned)}
	for _, id := range identities {
		if id != "" {
			identity.Type = to.Ptr(armbatch.ResourceIdentityTypeUserAssigned)
			identity.UserAssignedIdentities = map[string]*armbatch.UserAssignedIdentities{id: {}}
		}
	}
	_, err := w.batches().Update(w.t.Context(), fixture.Group, "contoso",
		armbatch.AccountUpdateParameters{Identity: identity}, nil)
	w.must(err)
}

func (w *world) analyzers() *armmedia.VideoAnalyzersClient {
	w.t.Helper()
	analyzers, err := w.Client.VideoAnalyzers(w.SubscriptionID())
	w.must(err)
	return analyzers
}

// createAnalyzer makes the account with the identity that reads its key: it has no other, and the
// same one reaches the account's storage.
func createAnalyzer(w *world) {
	w.t.Helper()
	storage := w.ID(azure.StorageAccountType, "contoso")
	for _, role := range []string{blobDataContributor, reader} {
		w.Assign(storage, w.reader, role)
	}
	creation, err := w.analyzers().BeginCreate(w.t.Context(), fixture.Group, "contoso", armmedia.VideoAnalyzer{
		Location: to.Ptr(fixture.Location),
		Identity: userAssigned(w.identity),
		Properties: &armmedia.VideoAnalyzerProperties{StorageAccounts: []*armmedia.StorageAccount{{
			ID:       to.Ptr(storage),
			Identity: &armmedia.ResourceIdentity{UserAssignedIdentity: to.Ptr(w.identity)},
		}}},
	})
	w.must(err)
	_, err = azure.Await(w.t.Context(), creation)
	w.must(err)
}

// The GUIDs of built-in roles (Azure built-in roles).
const (
	blobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
	reader              = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
)

func identifyAnalyzer(w *world, identities ...string) {
	w.t.Helper()
	update, err := w.analyzers().BeginUpdate(w.t.Context(), fixture.Group, "contoso",
		armmedia.VideoAnalyzerUpdate{Identity: userAssigned(identities...)})
	w.must(err)
	_, err = azure.Await(w.t.Context(), update)
	w.must(err)
}

func userAssigned(ids ...string) *armmedia.Identity {
	identity := &armmedia.Identity{
		Type: to.Ptr("UserAssigned"), UserAssignedIdentities: map[string]*armmedia.UserAssignedIdentity{},
	}
	for _, id := range ids {
		if id != "" {
			identity.UserAssignedIdentities[id] = &armmedia.UserAssignedIdentity{}
		}
	}
	return identity
}
