// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/seed"
)

// viewed is a small world as the console sees it.
type viewed struct {
	*rehearsal.Azure

	t *testing.T
}

func newViewed(t *testing.T, seeds ...string) *viewed {
	t.Helper()
	azure, err := rehearsal.Open(t.Context(), "", engine.WithTime(func() time.Time {
		return time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = azure.Close() })
	for _, name := range seeds {
		found, size, err := seed.Find(strings.Fields(name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := found.Plant(t.Context(), azure, size); err != nil {
			t.Fatal(err)
		}
	}
	return &viewed{azure, t}
}

func (v *viewed) ask(method, url, body string) json.RawMessage {
	v.t.Helper()
	answer, err := rehearsal.AskAndWait(v.t.Context(), v, rehearsal.Question{Method: method, URL: url, Body: json.RawMessage(body)})
	if err != nil || answer.Refused() {
		v.t.Fatalf("%s %s: %v %d %s", method, url, err, answer.Status, answer.Body)
	}
	return answer.Body
}

func (v *viewed) view() rehearsal.View {
	v.t.Helper()
	view, err := v.View(v.t.Context(), 0, 50, -500)
	if err != nil {
		v.t.Fatal(err)
	}
	return view
}

// account returns the first account of a type.
func (v *viewed) account(kind string) rehearsal.ViewedAccount {
	v.t.Helper()
	for _, account := range v.view().Accounts {
		if strings.HasSuffix(account.Type, kind) {
			return account
		}
	}
	v.t.Fatalf("no %s is viewed", kind)
	return rehearsal.ViewedAccount{}
}

const (
	byokGroup  = "/subscriptions/{subscriptionId}/resourceGroups/byok"
	byokVault  = byokGroup + "/providers/Microsoft.KeyVault/vaults/contoso-byok"
	vaultAsOf  = "?api-version=2023-07-01"
	keyAddress = "https://contoso-byok.vault.azure.net/keys/media"
)

func TestView_showsWhereAnEnvelopeIsBroken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind, broken, why string
		breaks            func(v *viewed, envelope *rehearsal.Envelope)
	}{
		"nothing": {kind: "mediaservices", breaks: func(*viewed, *rehearsal.Envelope) {}},
		"the grant": {"mediaservices", "grant", "contosobyok lacks get, wrapKey, unwrapKey in the vault contoso-byok.", func(v *viewed, e *rehearsal.Envelope) {
			v.ask("PUT", byokVault+"/accessPolicies/remove"+vaultAsOf, `{"properties":{"accessPolicies":[{"tenantId":"{tenantId}","objectId":"`+
				e.PrincipalID+`","permissions":{"keys":["get","wrapKey","unwrapKey"]}}]}}`)
		}},
		"the version": {"mediaservices", "version", " of the key media is disabled.", func(v *viewed, e *rehearsal.Envelope) {
			v.ask("PATCH", keyAddress+"/"+e.Version+"?api-version=7.4", `{"attributes":{"enabled":false}}`)
		}},
		"what the version may do": {"mediaservices", "version", " of the key media does not permit unwrapKey.", func(v *viewed, e *rehearsal.Envelope) {
			v.ask("PATCH", keyAddress+"/"+e.Version+"?api-version=7.4", `{"key_ops":["wrapKey"]}`)
		}},
		"the key": {"storageAccounts", "key", "The key media is deleted, and can be recovered.", func(v *viewed, _ *rehearsal.Envelope) {
			v.ask("DELETE", keyAddress+"?api-version=7.4", "")
		}},
		"the vault": {"storageAccounts", "vault", "The vault contoso-byok is deleted, and can be recovered.", func(v *viewed, _ *rehearsal.Envelope) {
			v.ask("DELETE", byokVault+vaultAsOf, "")
		}},
		"the firewall": {"storageAccounts", "vault", "The firewall of the vault contoso-byok lets no service of Azure in.", func(v *viewed, _ *rehearsal.Envelope) {
			v.ask("PATCH", byokVault+vaultAsOf, `{"properties":{"networkAcls":{"bypass":"None","defaultAction":"Deny"}}}`)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newViewed(t, "byok")
			test.breaks(v, v.account(test.kind).Envelope)
			found := v.account(test.kind).Envelope
			if found.Broken != test.broken || !strings.Contains(found.Why, test.why) || (found.Why == "") != (test.why == "") {
				t.Errorf("broken at %q: %q, want %q: %q", found.Broken, found.Why, test.broken, test.why)
			}
		})
	}
}

// TestView_showsWhoIsBehind: an account, a workspace, a secret and an application, after a key was regenerated.
func TestView_showsWhoIsBehind(t *testing.T) {
	t.Parallel()
	v := newViewed(t, "storage-batch-ml")
	const group = "/subscriptions/{subscriptionId}/resourceGroups/app/providers/"
	const store = group + "Microsoft.Storage/storageAccounts/contosoapp"
	v.ask("PUT", group+"Microsoft.KeyVault/vaults/contoso-app/accessPolicies/add"+vaultAsOf,
		`{"properties":{"accessPolicies":[{"tenantId":"{tenantId}","objectId":"{objectId}","permissions":{"secrets":["all"]}}]}}`)
	keys := v.values(store)
	const secrets = "https://contoso-app.vault.azure.net/secrets/"
	v.ask("PUT", secrets+"one?api-version=7.4", `{"value":"`+keys[0]+`"}`)
	v.ask("PUT", secrets+"two?api-version=7.4", `{"value":"DefaultEndpointsProtocol=https;AccountName=contosoapp;AccountKey=`+keys[1]+`;EndpointSuffix=core.windows.net"}`)
	v.ask("PUT", secrets+"other?api-version=7.4", `{"value":"a password"}`)
	if _, err := v.AddApplication(t.Context(), application.Application{Secret: secrets + "one", Account: "contosoapp", Cache: fault.Duration(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if batch := v.account("batchAccounts").Copies; len(batch) != 1 || len(batch[0].Behind) != 0 || batch[0].Synced.IsZero() {
		t.Errorf("before: %+v", batch)
	}
	if err := v.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	v.ask("POST", store+"/regenerateKey?api-version=2023-01-01", `{"keyName":"key1"}`)
	for _, kind := range []string{"batchAccounts", "workspaces"} {
		if copies := v.account(kind).Copies; len(copies) != 1 || strings.Join(copies[0].Behind, " ") != "key1" {
			t.Errorf("%s: %+v", kind, copies)
		}
	}
	view := v.view()
	held := map[string]string{}
	for _, secret := range view.Secrets {
		held[secret.ID[strings.LastIndex(secret.ID, "/")+1:]] = secret.Key
	}
	if len(held) != 2 || held["one"] != "" || held["two"] != "key2" {
		t.Errorf("secrets: %v", held)
	}
	if len(view.Applications) != 1 || view.Applications[0].Up {
		t.Errorf("applications: %+v", view.Applications)
	}
	if stored := v.account("storageAccounts").Keys; len(stored) != 2 || len(stored[0].Regenerated) != 1 || len(stored[1].Regenerated) != 0 {
		t.Errorf("the keys: %+v", stored)
	}
	v.ask("POST", group+"Microsoft.Batch/batchAccounts/contosobatch/syncAutoStorageKeys?api-version=2024-02-01", "")
	if batch := v.account("batchAccounts").Copies; len(batch[0].Behind) != 0 || !batch[0].Synced.Equal(view.Time) {
		t.Errorf("after a sync: %+v", batch)
	}
	v.hides(keys...)
}

// values returns the values of the access keys of a storage account.
func (v *viewed) values(store string) []string {
	v.t.Helper()
	var listed struct{ Keys []struct{ Value string } }
	if err := json.Unmarshal(v.ask("POST", store+"/listKeys?api-version=2023-01-01", ""), &listed); err != nil {
		v.t.Fatal(err)
	}
	return []string{listed.Keys[0].Value, listed.Keys[1].Value}
}

// hides fails if a view has one of these texts, or the credentials of the owner.
func (v *viewed) hides(secrets ...string) {
	v.t.Helper()
	content, err := json.Marshal(v.view())
	if err != nil {
		v.t.Fatal(err)
	}
	for _, secret := range append(secrets, v.Access().ClientSecret) {
		if strings.Contains(string(content), strings.ReplaceAll(secret, "+", `\u002b`)) || strings.Contains(string(content), secret) {
			v.t.Errorf("the view has the secret %s", secret)
		}
	}
}

// TestView_showsHowOriginsAnswer: six origins, each with the keys that it has taken over, and when the next is due.
func TestView_showsHowOriginsAnswer(t *testing.T) {
	t.Parallel()
	v := newViewed(t, "byok")
	media, store := v.account("mediaservices"), v.account("storageAccounts")
	if _, err := v.Streaming(t.Context(), string(media.ID)); err != nil {
		t.Fatal(err)
	}
	answering := func() (up, follows int) {
		for _, origin := range v.view().Streams[0].Origins {
			if origin.Up {
				up++
			}
			if origin.Follows != nil {
				follows++
			}
		}
		return up, follows
	}
	expect := func(when string, up, follows int) {
		t.Helper()
		if gotUp, gotFollows := answering(); gotUp != up || gotFollows != follows {
			t.Errorf("%s: %d answer and %d follow, want %d and %d", when, gotUp, gotFollows, up, follows)
		}
	}
	regenerate := func(key string) {
		v.ask("POST", string(store.ID)+"/regenerateKey?api-version=2023-01-01", `{"keyName":"`+key+`"}`)
	}
	expect("at first", 6, 0)
	regenerate("key1")
	v.ask("POST", string(media.ID)+"/syncStorageKeys?api-version=2021-06-01", `{"id":"`+string(store.ID)+`"}`)
	expect("after a sync", 6, 6)
	if due := v.view().Due; len(due) != 6 || !strings.HasSuffix(due[0].What, "takes over the new keys") {
		t.Errorf("due: %+v", due)
	}
	regenerate("key2")
	expect("without the settling time", 0, 6)
	if err := v.Advance(t.Context(), 3*time.Hour); err != nil {
		t.Fatal(err)
	}
	expect("half of it later", 3, 3)
	if err := v.Advance(t.Context(), 3*time.Hour); err != nil {
		t.Fatal(err)
	}
	expect("all of it later", 6, 0)
	v.hides(v.values(string(store.ID))...)
}

// TestView_isReadInParts: the accounts from one on, and the journal after an entry.
func TestView_isReadInParts(t *testing.T) {
	t.Parallel()
	v := newViewed(t, "estate 3")
	first, err := v.View(t.Context(), 0, 2, -3)
	if err != nil || first.Total != 6 || len(first.Accounts) != 2 || len(first.Journal) != 3 || first.World == nil {
		t.Fatalf("%v %d of %d accounts, %d entries", err, len(first.Accounts), first.Total, len(first.Journal))
	}
	rest, err := v.View(t.Context(), 2, 50, first.End)
	if err != nil || len(rest.Accounts) != 4 || len(rest.Journal) != 0 || rest.World != nil {
		t.Errorf("%v %d accounts, %d entries", err, len(rest.Accounts), len(rest.Journal))
	}
	if beyond, err := v.View(t.Context(), 7, 50, 0); err != nil || len(beyond.Accounts) != 0 || len(beyond.Journal) != first.End {
		t.Errorf("%v %d accounts, %d entries", err, len(beyond.Accounts), len(beyond.Journal))
	}
}
