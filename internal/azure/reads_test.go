// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const inGroup = "/subscriptions/" + subscription + "/resourceGroups/media/providers/"

// estate is an Azure with vaults and Batch accounts, each of which carries the number of times that the
// estate was changed.
type estate struct {
	*fakeAzure
	client *azure.Client

	mu      sync.Mutex
	changes int
	now     time.Time
	during  func(path string) // Runs while a read is under way, after its answer is made.
	refused map[string]int    // The status to refuse a path with.
	hidden  map[string]bool   // What lists do not have.
	onPages bool              // Whether lists have one item on each page.
	asked   []string          // Method and path of each request, without the group's.
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	e := &estate{now: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), refused: map[string]int{}, hidden: map[string]bool{}}
	e.fakeAzure = &fakeAzure{answer: e.serve}
	e.client = newClient(t, signedIn(e.fakeAzure))
	return e
}

func (e *estate) serve(req *http.Request) *http.Response {
	path := strings.Replace(req.URL.Path, inGroup, "", 1)
	path = strings.Replace(path, "/subscriptions/"+subscription+"/providers/", "all ", 1)
	e.mu.Lock()
	e.asked = append(e.asked, req.Method+" "+path)
	if req.Method != http.MethodGet && !strings.Contains(path, "checkNameAvailability") {
		e.changes++
	}
	answer := answer(http.StatusOK, e.body(req, path), "Date", e.now.Format(http.TimeFormat))
	if status := e.refused[path]; status != 0 {
		answer = refusal(status)
	}
	during := e.during
	e.mu.Unlock()
	if during != nil {
		during(path)
	}
	return answer
}

func refusal(status int) *http.Response {
	return answer(status, `{"error":{"code":"AuthorizationFailed","message":"No."}}`)
}

func (e *estate) body(req *http.Request, path string) string {
	kind, isList := strings.CutPrefix(path, "all ")
	if !isList {
		return e.item(path)
	}
	var items []string
	for _, name := range []string{"one", "two", "three"} {
		if !e.hidden[name] {
			items = append(items, e.item(kind+"/"+name))
		}
	}
	if !e.onPages {
		return `{"value":[` + strings.Join(items, ",") + `]}`
	}
	page := 0
	_, _ = fmt.Sscan(req.URL.Query().Get("page"), &page)
	next := ""
	if page+1 < len(items) {
		next = fmt.Sprintf(`,"nextLink":"https://%s%s?api-version=1&page=%d"`, req.URL.Host, req.URL.Path, page+1)
	}
	return `{"value":[` + items[page] + `]` + next + `}`
}

func (e *estate) item(path string) string {
	return fmt.Sprintf(`{"id":"%s%s","location":"%d"}`, strings.ToUpper(inGroup), path, e.changes)
}

// requests returns what was asked since the last time.
func (e *estate) requests() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	asked := e.asked
	e.asked = nil
	return asked
}

// read reads a vault, or a Batch account, and returns how often the estate had changed before.
func (e *estate) read(t *testing.T, ctx context.Context, path string) string { //nolint:revive // As helpers of tests do.
	t.Helper()
	name := path[strings.LastIndex(path, "/")+1:]
	if strings.HasPrefix(path, azure.VaultType) {
		vaults, err := e.client.Vaults(subscription)
		if err != nil {
			t.Fatal(err)
		}
		got, err := vaults.Get(ctx, "media", name, nil)
		if err != nil {
			t.Fatal(err)
		}
		return *got.Location
	}
	accounts, err := e.client.BatchAccounts(subscription)
	if err != nil {
		t.Fatal(err)
	}
	got, err := accounts.Get(ctx, "media", name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return *got.Location
}

const (
	vaultOne = azure.VaultType + "/one"
	vaultTwo = azure.VaultType + "/two"
	batchOne = azure.BatchAccountType + "/one"
	batchTwo = azure.BatchAccountType + "/two"
)

func TestShared_readsOnce(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t), azure.Shared(t.Context())
	for range 3 {
		e.read(t, ctx, vaultOne)
	}
	if diff := cmp.Diff([]string{"GET " + vaultOne}, e.requests()); diff != "" {
		t.Errorf("shared reads (-want +got):\n%s", diff)
	}
	// What polls, waits, or is about to change something is not answered from before.
	for range 2 {
		e.read(t, t.Context(), vaultOne)
		e.read(t, azure.Anew(ctx), vaultOne)
	}
	if got := e.requests(); len(got) != 4 {
		t.Errorf("reads that share nothing asked %q", got)
	}
}

func TestShared_listsWhatSeveralAskFor(t *testing.T) {
	t.Parallel()
	list := "GET all " + azure.VaultType
	three := azure.VaultType + "/three"
	for _, test := range []struct {
		name    string
		arrange func(*estate)
		want    []string
	}{
		{"one list for all", func(*estate) {}, []string{"GET " + vaultOne, list}},
		{"on all pages", func(e *estate) { e.onPages = true }, []string{"GET " + vaultOne, list, list, list}},
		{
			"what the list does not have is read by itself", func(e *estate) { e.hidden["three"] = true },
			[]string{"GET " + vaultOne, list, "GET " + three},
		},
		{
			"who may not list reads each", func(e *estate) { e.refused["all "+azure.VaultType] = http.StatusForbidden },
			[]string{"GET " + vaultOne, list, "GET " + vaultTwo, "GET " + three},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e, ctx := newEstate(t), azure.Shared(t.Context())
			test.arrange(e)
			for range 2 {
				for _, vault := range []string{vaultOne, vaultTwo, three} {
					e.read(t, ctx, vault)
				}
			}
			if diff := cmp.Diff(test.want, e.requests()); diff != "" {
				t.Errorf("asked (-want +got):\n%s", diff)
			}
		})
	}
}

// TestShared_isNeverOlderThanAChange by this client of what an answer shows, or of what that stands on.
func TestShared_isNeverOlderThanAChange(t *testing.T) {
	t.Parallel()
	all := []string{vaultOne, vaultTwo, batchOne, batchTwo}
	for _, test := range []struct {
		name   string
		change func(context.Context, *azure.Client) error
		anew   []string
	}{
		{"a vault, on which everything may stand", func(ctx context.Context, c *azure.Client) error {
			vaults, _ := c.Vaults(subscription)
			_, err := vaults.Update(ctx, "media", "one", armkeyvault.VaultPatchParameters{}, nil)
			return err
		}, all},
		{"a policy of a vault", func(ctx context.Context, c *azure.Client) error {
			vaults, _ := c.Vaults(subscription)
			_, err := vaults.UpdateAccessPolicy(ctx, "media", "one", armkeyvault.AccessPolicyUpdateKindAdd,
				armkeyvault.VaultAccessPolicyParameters{Properties: &armkeyvault.VaultAccessPolicyProperties{}}, nil)
			return err
		}, all},
		{"a key", func(ctx context.Context, c *azure.Client) error {
			keys, _ := c.Keys("https://one.vault.azure.net")
			_, err := keys.DeleteKey(ctx, "media", nil)
			return err
		}, all},
		{"a Batch account, on which nothing stands", func(ctx context.Context, c *azure.Client) error {
			accounts, _ := c.BatchAccounts(subscription)
			_, err := accounts.Update(ctx, "media", "one", armbatch.AccountUpdateParameters{}, nil)
			return err
		}, []string{batchOne}},
		{"the keys of a storage account", func(ctx context.Context, c *azure.Client) error {
			accounts, _ := c.StorageAccounts(subscription)
			_, err := accounts.RegenerateKey(ctx, "media", "one", armstorage.AccountRegenerateKeyParameters{KeyName: new(string)}, nil)
			return err
		}, nil},
		{"the keys that a Batch account holds", func(ctx context.Context, c *azure.Client) error {
			accounts, _ := c.BatchAccounts(subscription)
			_, err := accounts.SynchronizeAutoStorageKeys(ctx, "media", "two", nil)
			return err
		}, []string{batchTwo}},
		{"a question", func(ctx context.Context, c *azure.Client) error {
			vaults, _ := c.Vaults(subscription)
			_, err := vaults.CheckNameAvailability(ctx, armkeyvault.VaultCheckNameAvailabilityParameters{}, nil)
			return err
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e, ctx := newEstate(t), azure.Shared(t.Context())
			for _, one := range all {
				e.read(t, ctx, one)
			}
			_ = test.change(t.Context(), e.client) // The fake's answers fit few of them.
			e.requests()
			var anew []string
			for _, one := range all {
				if e.read(t, ctx, one) != "0" {
					anew = append(anew, one)
				}
			}
			if diff := cmp.Diff(test.anew, anew); diff != "" {
				t.Errorf("read anew (-want +got):\n%s\nasked %q", diff, e.requests())
			}
		})
	}
}

// TestShared_doesNotKeepWhatAChangeOvertakes: an answer that was made before a change, and comes after it.
func TestShared_doesNotKeepWhatAChangeOvertakes(t *testing.T) {
	t.Parallel()
	for _, during := range []string{batchOne, "all " + azure.BatchAccountType} {
		t.Run(during, func(t *testing.T) {
			t.Parallel()
			e, ctx := newEstate(t), azure.Shared(t.Context())
			changed := false
			e.during = func(path string) {
				if path != during || changed {
					return
				}
				changed = true
				accounts, _ := e.client.BatchAccounts(subscription)
				if _, err := accounts.Update(t.Context(), "media", "one", armbatch.AccountUpdateParameters{}, nil); err != nil {
					t.Error(err)
				}
			}
			if during != batchOne {
				e.read(t, ctx, azure.BatchAccountType+"/three")
				e.read(t, ctx, batchTwo)
			}
			e.read(t, ctx, batchOne)
			if got := e.read(t, ctx, batchOne); got != "1" || !changed {
				t.Errorf("shows the account as of change %s", got)
			}
		})
	}
}

// TestShared_doesNotKeepAListThatAChangeOvertakes, though it keeps the items that did not change.
func TestShared_doesNotKeepAListThatAChangeOvertakes(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t), azure.Shared(t.Context())
	accounts, err := e.client.BatchAccounts(subscription)
	if err != nil {
		t.Fatal(err)
	}
	var changed sync.Once
	e.during = func(path string) {
		if strings.HasPrefix(path, "all ") {
			changed.Do(func() {
				if _, err := accounts.Update(t.Context(), "media", "one", armbatch.AccountUpdateParameters{}, nil); err != nil {
					t.Error(err)
				}
			})
		}
	}
	var shown string
	for range 2 {
		page, err := accounts.NewListPager(nil).NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		shown = *page.Value[0].Location
	}
	if shown != "1" {
		t.Errorf("the list shows the account as of change %s", shown)
	}
}

func TestShared_isBoundInTime(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t), azure.Shared(t.Context())
	e.read(t, ctx, vaultOne)
	e.now = e.now.Add(59 * time.Second)
	e.read(t, t.Context(), batchOne) // Any answer tells the time.
	e.read(t, ctx, vaultOne)
	e.now = e.now.Add(3 * time.Second)
	e.read(t, t.Context(), batchOne)
	e.read(t, ctx, vaultOne)
	want := []string{"GET " + vaultOne, "GET " + batchOne, "GET " + batchOne, "GET " + vaultOne}
	if diff := cmp.Diff(want, e.requests()); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestShared_doesNotKeepRefusals(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t), azure.Shared(t.Context())
	e.refused[vaultOne] = http.StatusNotFound
	vaults, err := e.client.Vaults(subscription)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := vaults.Get(ctx, "media", "one", nil); !azure.HasCode(err, "AuthorizationFailed") {
			t.Errorf("the error is %v", err)
		}
	}
	delete(e.refused, vaultOne)
	e.read(t, ctx, vaultOne)
	if got := e.requests(); len(got) != 3 {
		t.Errorf("asked %q", got)
	}
}

// TestShared_sendsATokenToNoOtherHost, whatever a list says.
func TestShared_sendsATokenToNoOtherHost(t *testing.T) {
	t.Parallel()
	e, ctx := newEstate(t), azure.Shared(t.Context())
	serve := e.answer
	e.answer = func(req *http.Request) *http.Response {
		if strings.Contains(req.URL.Path, "resourceGroups") || req.URL.Host == "elsewhere.example" {
			return serve(req)
		}
		return answer(http.StatusOK, `{"value":[],"nextLink":"https://elsewhere.example/next"}`)
	}
	e.read(t, ctx, vaultOne)
	e.read(t, ctx, vaultTwo)
	if slices.ContainsFunc(e.fakeAzure.requests, func(req *http.Request) bool { return req.URL.Host == "elsewhere.example" }) {
		t.Error("the list was followed to another host")
	}
}
