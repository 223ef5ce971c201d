// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// world is an Azure with accounts of every kind in two groups, on keys of two vaults.
type world struct {
	*fixture.World
	t         *testing.T
	reader    string // The ID of a user-assigned identity.
	principal string // Its object ID.
	first     customerkey.KeyID
	newest    customerkey.KeyID
}

const elsewhere = "elsewhere" // The second group.

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: fixture.New(t), t: t}
	groups, err := w.Client.ResourceGroups(w.SubscriptionID())
	w.must(err)
	_, err = groups.CreateOrUpdate(t.Context(), elsewhere, armresources.ResourceGroup{Location: to.Ptr(fixture.Location)}, nil)
	w.must(err)
	w.Vault("keys")
	w.Vault("others")
	w.first = customerkey.ReadKeyID(w.Key("keys", "media"))
	second := customerkey.ReadKeyID(w.Key("keys", "second"))
	other := customerkey.ReadKeyID(w.Key("others", "media"))
	w.reader, w.principal = w.Identity("reader")
	w.Grant("keys", w.principal)

	following := w.Account("following", "", w.reader)
	w.Grant("keys", w.Principal("following"))
	w.attach(following, w.first.Versionless(), "")
	pinned := w.Account("pinned", w.reader)
	w.attach(pinned, w.first, w.reader)
	w.Account("unattached", "", w.reader)
	analyzer := w.VideoAnalyzer("analyzer", w.ID(azure.StorageAccountType, "following"), w.reader, w.principal)
	w.attach(analyzer, w.first.Versionless(), w.reader)
	batchAccount := w.BatchAccount("batch", "")
	w.Grant("keys", *w.ShowBatchAccount("batch").Identity.PrincipalID)
	w.attach(batchAccount, second.Versionless(), "")
	store, itself := w.store("distant")
	w.Grant("others", itself)
	w.attach(store, other.Versionless(), "")
	w.newest = customerkey.ReadKeyID(w.Rotate("keys", "media"))
	return w
}

// attach attaches a key to an account of any kind.
func (w *world) attach(id string, key customerkey.KeyID, identity string) {
	w.t.Helper()
	kind, err := protection.Of(w.Client, id)
	w.must(err)
	_, err = kind.Attach(w.t.Context(), id, protection.Attachment{Key: key, UserAssignedIdentityID: identity})
	w.must(err)
}

// store makes a storage account with a system-assigned identity in the second group.
func (w *world) store(name string) (id, principal string) {
	w.t.Helper()
	stores, err := w.Client.StorageAccounts(w.SubscriptionID())
	w.must(err)
	creation, err := stores.BeginCreate(w.t.Context(), elsewhere, name, armstorage.AccountCreateParameters{
		Location: to.Ptr(fixture.Location), Kind: to.Ptr(armstorage.KindStorageV2),
		SKU:      &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
		Identity: &armstorage.Identity{Type: to.Ptr(armstorage.IdentityTypeSystemAssigned)},
	}, nil)
	w.must(err)
	made, err := azure.Await(w.t.Context(), creation)
	w.must(err)
	return *made.ID, *made.Identity.PrincipalID
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func names(accounts []protection.Account) []string {
	found := []string{}
	for _, account := range accounts {
		found = append(found, azure.NameOf(account.ID))
	}
	slices.Sort(found)
	return found
}

// TestSurvey_showsAsMuchAsReading holds the lists against the accounts themselves.
func TestSurvey_showsAsMuchAsReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	found, err := protection.NewSurvey(t.Context(), w.Client)
	w.must(err)
	kinds := map[string]bool{}
	for _, listed := range found.Accounts {
		read, err := protection.Read(t.Context(), w.Client, listed.ID)
		w.must(err)
		if diff := cmp.Diff(read, listed, cmp.Exporter(func(reflect.Type) bool { return true }),
			cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Errorf("%s (-read +listed):\n%s", listed.ID, diff)
		}
		if listed.Encryption.CustomerKey {
			kinds[listed.Kind.Name] = true
		}
	}
	if len(kinds) != len(protection.Kinds()) || len(found.Unseen) > 0 {
		t.Errorf("of the kinds %v, unseen %v", kinds, found.Unseen)
	}
}

func TestSurvey_findsWhoDepends(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	found, err := protection.NewSurvey(t.Context(), w.Client)
	w.must(err)
	reader := w.principal
	const keys, others = "https://keys.vault.azure.net/", "https://others.vault.azure.net/"
	for name, test := range map[string]struct {
		got  []protection.Account
		want []string
	}{
		"a key, by any of its versions":     {found.ByKey(w.newest), []string{"analyzer", "following", "pinned"}},
		"a key in other letters":            {found.ByKey(customerkey.ReadKeyID("https://KEYS.vault.azure.net/keys/SECOND")), []string{"batch"}},
		"a key of the same name elsewhere":  {found.ByKey(customerkey.ReadKeyID(others + "keys/media")), []string{"distant"}},
		"a key of nobody":                   {found.ByKey(customerkey.ReadKeyID(keys + "keys/none")), nil},
		"the version that accounts run on":  {found.ByVersion(w.first, false), []string{"analyzer", "following", "pinned"}},
		"the newest version, as the newest": {found.ByVersion(w.newest, true), []string{"analyzer", "following"}},
		"the newest version, were it none":  {found.ByVersion(w.newest, false), nil},
		"a vault":                           {found.ByVault(keys), []string{"analyzer", "batch", "following", "pinned"}},
		"a vault without the slash":         {found.ByVault("https://others.vault.azure.net"), []string{"distant"}},
		"a grant of all keys":               {found.ByGrant(keys, reader, ""), []string{"analyzer", "pinned"}},
		"a grant of a key":                  {found.ByGrant(keys, w.Principal("following"), "MEDIA"), []string{"following"}},
		"a grant of another key":            {found.ByGrant(keys, w.Principal("following"), "second"), nil},
		"a grant that no account reads by":  {found.ByGrant(keys, w.Principal("unattached"), ""), nil},
		"a grant of the identity elsewhere": {found.ByGrant(others, reader, ""), nil},
		"a grant in other letters":          {found.ByGrant(keys, strings.ToUpper(reader), "media"), []string{"analyzer", "pinned"}},
		"an identity":                       {found.ByIdentity(strings.ToUpper(w.reader)), []string{"analyzer", "pinned"}},
		"an identity of nobody":             {found.ByIdentity(w.reader + "2"), nil},
	} {
		if diff := cmp.Diff(test.want, names(test.got), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestSurvey_batchWithSeveralIdentities takes every identity for the reader, where nothing tells which
// of them it is.
func TestSurvey_batchWithSeveralIdentities(t *testing.T) {
	t.Parallel()
	one, other := "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one", "/other"
	var account protection.Account
	account.Encryption.CustomerKey = true
	account.UserAssigned = rule.Known([]string{one, other})
	account.UserPrincipalIDs = map[string]string{strings.ToLower(one): "1", other: "2"}
	want := []protection.Reader{{IdentityID: one, PrincipalID: "1"}, {IdentityID: other, PrincipalID: "2"}}
	if diff := cmp.Diff(want, account.Readers()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	account.Encryption.UserAssignedIdentityID = strings.ToUpper(one)
	if got := account.Readers(); len(got) != 1 || got[0].PrincipalID != "1" {
		t.Errorf("the named reader: %v", got)
	}
	account.Encryption.UserAssignedIdentityID = ""
	account.SystemAssigned, account.SystemPrincipalID = rule.Known(true), "itself"
	if got := account.Readers(); len(got) != 1 || got[0] != (protection.Reader{PrincipalID: "itself"}) {
		t.Errorf("itself: %v", got)
	}
	account.Encryption.CustomerKey = false
	if got := account.Readers(); got != nil {
		t.Errorf("an account on the system key has readers: %v", got)
	}
}

// TestSurvey_costsOneListPerKind, whatever the number of accounts, and shares them within a plan until
// the run itself changes something.
func TestSurvey_costsOneListPerKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lists := []string{
		"GET Microsoft.Batch/batchAccounts", "GET Microsoft.Media/mediaservices",
		"GET Microsoft.Media/videoAnalyzers", "GET Microsoft.Storage/storageAccounts",
	}
	calls := func(name string, want []string, do func()) {
		t.Helper()
		got := w.Calls(do)
		slices.Sort(got)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	look := func() { _, err := protection.NewSurvey(t.Context(), w.Client); w.must(err) }
	plan := func() {
		for range 3 {
			_, err := protection.Planned(t.Context(), w.Client, strings.ToUpper(w.SubscriptionID()))
			w.must(err)
		}
	}
	first := append(slices.Clone(lists), "GET management.azure.com/subscriptions") // Which others there are, once a run.
	calls("a survey", first, look)
	for i := range 3 {
		w.Account(fmt.Sprintf("more%d", i))
	}
	calls("a survey of more accounts", lists, look)
	calls("three plans", lists, plan)
	calls("three more", nil, plan)
	w.DeleteAccount("unattached")
	calls("plans after a change", lists, plan)
	w.Client = w.Azure.Client()
	calls("plans of another run", first, plan)
	found, err := protection.Planned(t.Context(), w.Client)
	w.must(err)
	if slices.ContainsFunc(found.Accounts, func(account protection.Account) bool {
		return azure.SameID(account.ID, w.ID(azure.MediaAccountType, "unattached"))
	}) {
		t.Error("an account that was deleted is still there")
	}
}

func TestSurvey_saysWhatItDoesNotSee(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  fault.Fault
		unseen string
		fails  bool
	}{
		"forbidden": {
			fault.Fault{Path: "*/batchAccounts", Status: 403, Code: "AuthorizationFailed"},
			"Batch accounts in the subscription SUBSCRIPTION (AuthorizationFailed)", false,
		},
		"a subscription that is not seen": {
			fault.Fault{Path: "*/storageAccounts", Status: 404, Code: "SubscriptionNotFound"},
			"storage accounts in the subscription SUBSCRIPTION (SubscriptionNotFound)", false,
		},
		"a retired service": {fault.Fault{Path: "*/videoAnalyzers", Status: 404, Code: "InvalidResourceType"}, "", false},
		"a failure":         {fault.Fault{Path: "*/mediaservices", Status: 400, Code: "BadRequest"}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{World: fixture.New(t), t: t}
			test.fault.Kind, test.fault.Method, test.fault.Times = fault.Error, http.MethodGet, -1
			_, err := w.Rehearsal().AddFault(t.Context(), test.fault)
			w.must(err)
			found, err := protection.Planned(t.Context(), w.Client)
			if (err != nil) != test.fails {
				t.Fatal(err)
			}
			var got string
			for _, unseen := range found.Unseen {
				got += unseen.String()
			}
			if want := strings.ReplaceAll(test.unseen, "SUBSCRIPTION", w.SubscriptionID()); got != want {
				t.Errorf("unseen: %s\nwant    %s", got, want)
			}
			again := w.Calls(func() { _, _ = protection.Planned(t.Context(), w.Client) })
			if len(again) > 0 && !test.fails {
				t.Errorf("asked again: %v", again)
			}
		})
	}
}

// TestWithAccess leaves out an account that lost access.
func TestWithAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Revoke("keys", w.Principal("following"))
	found, err := protection.NewSurvey(t.Context(), w.Client)
	w.must(err)
	able, err := protection.WithAccess(t.Context(), w.Client, found.ByKey(w.first))
	w.must(err)
	if diff := cmp.Diff([]string{"analyzer", "pinned"}, names(able)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, use := range protection.Uses(w.first, able) {
		if pinned := azure.NameOf(use.AccountID) == "pinned"; use.Current != w.first.Version || use.Wanted.Pinned() != pinned {
			t.Errorf("%+v", use)
		}
	}
}
