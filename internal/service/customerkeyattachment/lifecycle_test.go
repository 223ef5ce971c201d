// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// watcher sees every write to an account, and what wraps the account's key after it.
type watcher struct {
	through http.RoundTripper
	path    string
	// protects reports whether a customer's key does.
	protects func() bool

	mu       sync.Mutex
	writes   int
	reverts  int // Writes that name the key of the system.
	exposed  int // Looks at the account that found it on the key of the system.
	watching bool
}

func (w *watcher) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer, err := w.through.RoundTrip(request)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watching && !w.protects() {
		w.exposed++
	}
	if request.Method != http.MethodGet && strings.HasSuffix(strings.ToLower(request.URL.Path), w.path) {
		w.writes++
		if bytes.Contains(body, []byte("SystemKey")) || bytes.Contains(body, []byte("Microsoft.Storage\"")) {
			w.reverts++
		}
	}
	return answer, err
}

// TestLifecycle leads an attachment of every kind of account through its life: pinned and following,
// by one identity and another, to another key and another vault. Each is one write in place, no write
// names the system key, and at no moment the account runs on it: a watcher looks after every request.
// Only the destruction returns the account to it, which proves that the watcher would see it.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	for name := range kinds() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldOf(t, name)
			if w.kind.one {
				t.Skip("The identity is the account's business: it has one, and reads every key with it.")
			}
			second, principal := w.Identity("second")
			known := []string{second}
			if w.identity != "" {
				known = append(known, w.identity)
			}
			if w.kind.system {
				known = append(known, "")
			}
			w.kind.identify(&w, known...)
			w.Vault("others")
			for _, vault := range []string{"keys", "others"} {
				w.Grant(vault, principal)
			}
			other := w.Key("keys", "other")
			elsewhere := w.Key("others", "media")
			watch := &watcher{through: w.Transport(), path: w.path(), protects: w.protects}
			proto := w.protoOver(t, watch)
			made := proto.Create(attachment, w.config())
			if !w.protects() {
				t.Fatal("not attached")
			}

			watch.watching, watch.writes = true, 0
			for _, step := range []struct{ name, key, identity string }{
				{"pinned", w.key, w.identity},
				{"another identity", w.key, second},
				{"following again", versionless(w.key), second},
				{"another key", versionless(other), second},
				{"another vault", elsewhere, second},
				{"back at once", versionless(w.key), w.identity},
			} {
				config := with(w.config(), "key_vault_key_id", step.key)
				delete(config, "user_assigned_identity_id")
				if step.identity != "" {
					config["user_assigned_identity_id"] = step.identity
				}
				plan := proto.Plan(attachment, made, config)
				if len(plan.Replace) > 0 || len(plan.Diagnostics) > 0 {
					t.Fatalf("%s: replaces %v: %s", step.name, plan.Replace, plan.Diagnostics.Text())
				}
				changed, diags := proto.Apply(plan)
				if len(diags) > 0 {
					t.Fatalf("%s: %s", step.name, diags.Text())
				}
				if watch.writes != 1 {
					t.Errorf("%s: %d writes, want one", step.name, watch.writes)
				}
				watch.writes = 0
				read, _ := proto.Read(changed)
				unchanged(t, read, proto.Plan(attachment, read, config))
				if wants, has := w.attached(); wants != step.key || !azure.SameID(has, step.identity) {
					t.Errorf("%s: the account is on %s by %q", step.name, wants, has)
				}
				imported, diags := proto.ImportByID(attachment, w.account)
				if len(diags) > 0 {
					t.Fatalf("%s: importing: %s", step.name, diags.Text())
				}
				unchanged(t, imported, proto.Plan(attachment, imported, config))
				made = read
			}
			if watch.reverts > 0 || watch.exposed > 0 {
				t.Errorf("%d writes named the system key, and the account was seen on it %d times", watch.reverts, watch.exposed)
			}

			account := w.ShowAccount("contoso")
			if name == "media" && (azure.Deref(account.Tags["owner"]) != "somebody else" ||
				len(account.Identity.UserAssignedIdentities) != 1 || len(account.Properties.StorageAccounts) != 1) {
				t.Errorf("touched what is somebody else's: %+v", account)
			}
			gone, diags := proto.Apply(proto.Plan(attachment, made, nil))
			if gone.State != nil || len(diags) > 0 {
				t.Fatalf("%v: %s", gone.State, diags.Text())
			}
			if watch.reverts != 1 || watch.exposed == 0 || w.protects() {
				t.Errorf("the watcher is blind: %d reverts, exposed %d times", watch.reverts, watch.exposed)
			}
		})
	}
}

// TestWaiting_tellsHowFarItHasCome, in the log while it waits, and at the end where that came too
// soon.
func TestWaiting_tellsHowFarItHasCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	state := proto.Create(attachment, w.config())
	second := w.Key("keys", "media")
	log := proto.Log()
	waiting := with(with(w.config(), "wait_for_current_version", true), "timeouts", acctest.Value{"update": "2m"})
	_, diags := proto.Apply(proto.Plan(attachment, state, waiting))
	if len(diags) != 1 || len(diags.Warnings()) != 1 {
		t.Fatal(diags.Text())
	}
	for _, text := range []string{
		"runs on " + version(w.key), "it moves to the newer version " + version(second) + " by itself, within about 5 minutes",
		"Waited 1m21s for the account to run on version " + version(second) + " of its key: it did not change its version", "There is nothing to apply again", "raise timeouts",
	} {
		if !strings.Contains(diags.Text(), text) {
			t.Errorf("lacks %q:\n%s", text, diags.Text())
		}
	}

	var left []string
	for line := range strings.Lines(log.String()) {
		var entry map[string]string
		if err := json.Unmarshal([]byte(line), &entry); err == nil &&
			strings.HasPrefix(entry["@message"], "waiting for the account") {
			left = append(left, entry["left"])
			if entry["@level"] != "info" || entry["runs_on"] != version(w.key) || entry["expected"] != version(second) ||
				entry["usually_within"] != "about 5 minutes" || entry["account_id"] != w.account || entry["waited"] == "" {
				t.Errorf("logged %v", entry)
			}
		}
	}
	if len(left) < 3 || left[0] != "2m" || left[1] != "1m50s" {
		t.Errorf("logged how much time is left as %v", left)
	}
}

// TestWaiting_seesTheServiceMove, and be late all the same: somebody makes one more version.
func TestWaiting_seesTheServiceMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second, third := "", ""
	var once sync.Once
	proto := w.protoOver(t, meddler{w.Transport(), func(request *http.Request) {
		// Once the second version is noticed, there is a third.
		if strings.HasSuffix(strings.ToLower(request.URL.Path), "/mediaservices/contoso") && second != "" && w.current() == second {
			once.Do(func() { third = version(w.Key("keys", "media")) })
		}
	}})
	state := proto.Create(attachment, w.config())
	second = version(w.Key("keys", "media"))
	waiting := with(with(w.config(), "wait_for_current_version", true), "timeouts", acctest.Value{"update": "7m"})
	_, diags := proto.Apply(proto.Plan(attachment, state, waiting))
	if want := "it moved through the versions " + version(w.key) + ", " + second; len(diags) != 1 || !strings.Contains(diags.Text(), want) ||
		!strings.Contains(diags.Text(), "newer version "+third) {
		t.Errorf("want %q:\n%s", want, diags.Text())
	}
}

// meddler has something happen before each request.
type meddler struct {
	through http.RoundTripper
	meddle  func(*http.Request)
}

func (m meddler) RoundTrip(request *http.Request) (*http.Response, error) {
	m.meddle(request)
	return m.through.RoundTrip(request)
}

// TestPlan_warnsBeforeItHurts: the account reaches the version that it runs on, and could not move to
// the newest.
func TestPlan_warnsBeforeItHurts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		worry func(w *world)
		texts []string
	}{
		"the newest was disabled before the account moved to it": {
			func(w *world) {
				w.Key("keys", "media")
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
			},
			[]string{"a disabled key of version ", "--enabled true"},
		},
		"the newest is not active yet": {
			func(w *world) {
				w.Key("keys", "media")
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{NotBefore: to.Ptr(w.now().Add(time.Hour))})
			},
			[]string{"that is not active before", "--not-before"},
		},
		"the version in use expires": {
			func(w *world) {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Expires: to.Ptr(w.now().Add(24 * time.Hour))})
			},
			[]string{"that expires on", "az keyvault key rotate"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proto := w.Proto()
			made := proto.Create(attachment, w.config())
			test.worry(&w)
			read, _ := proto.Read(made)
			plan := proto.Plan(attachment, read, w.config())
			says(t, plan.Diagnostics, string(customerkey.CMK004), append(test.texts, "WARNING")...)
			unchanged(t, read, plan)
		})
	}
}

// current is the version that the account runs on.
func (w world) current() string {
	return version(*w.ShowAccount("contoso").Properties.Encryption.KeyVaultProperties.CurrentKeyIdentifier)
}
