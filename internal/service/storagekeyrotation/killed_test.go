// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestAccRotation_killed runs a whole rotation, and a creation that begins one, by the real command line, with the real provider as
// a program of its own, against an Azure on a port. For every call that changes something, the provider is
// killed at it twice, before it takes effect and after, and for every fifth of the others once (for each of
// them with SOAK=full). Then applies go on until the plan is empty. Streaming works all the while, and each
// key is regenerated once.
func TestAccRotation_killed(t *testing.T) {
	t.Parallel()
	command, provider := acctest.CommandLine(t), buildProvider(t)
	halves := rehearsed(t, command, provider)
	table := &table{}
	t.Cleanup(func() { t.Log(table.String()) })
	k := 0
	for _, half := range halves {
		for i, call := range half.calls {
			k++
			moments := []bool{false}
			if slices.Contains([]string{"POST regenerateKey", "POST syncStorageKeys", "PUT " + secretName}, call) {
				moments = append(moments, true)
			} else if k%5 != 0 && os.Getenv("SOAK") != "full" {
				continue
			}
			for _, after := range moments {
				row := &outcome{k: k, half: half, call: call, after: after}
				t.Run(fmt.Sprintf("%d %s", k, row.moment()), func(t *testing.T) {
					t.Parallel()
					converges(t, command, provider, occurrenceOf(half.calls, i), row)
					table.add(row)
				})
			}
		}
	}
}

// half is one of the two applies of a rotation, or a creation that begins one: where it starts, its
// configuration, the calls that it makes, and how often each key is regenerated from there.
type half struct {
	name          string
	folder        string
	trigger, more string
	calls         []string
	want          [2]int
}

// rehearsed goes through a rotation once without a kill, and through a creation that begins one, and keeps
// what each half starts from.
func rehearsed(t *testing.T, command, provider string) []half {
	t.Helper()
	begun := func() *project {
		p := open(t, t.TempDir(), &calls{t: t, terraform: command, provider: provider})
		p.configure(ground)
		p.must()
		p.makeVault()
		write(t, filepath.Join(p.folder, stateFile), `{"version": 4, "serial": 100, "lineage": "ground"}`, 0o600)
		return p
	}
	creation := half{name: "creation", trigger: "1", more: "rotate_on_create = true", want: [2]int{1, 1}}
	begun().trace(&creation)
	p := begun()
	secret := withSecret(p.server.Ready().SubscriptionID)
	p.configure(rotating(p.server.Ready().SubscriptionID, "1", secret))
	p.must()
	p.advance(7)
	first := half{name: "key1", trigger: "2", more: secret, want: [2]int{1, 1}}
	second := half{name: "key2", trigger: "2", more: secret, want: [2]int{0, 1}}
	p = p.trace(&first)
	p.advance(7)
	p = p.trace(&second)
	if p.phase() != "complete" || !p.empty() {
		t.Fatalf("the rotation ends %s", p.phase())
	}
	p.close()
	return []half{creation, first, second}
}

// trace closes the project, keeps what a half starts from, and goes on with another: it applies the half and
// takes down the calls that it makes.
func (p *project) trace(half *half) *project {
	p.t.Helper()
	p.close()
	half.folder = p.t.TempDir()
	for _, name := range []string{dataFile, stateFile} {
		content, err := os.ReadFile(filepath.Join(p.folder, name))
		if err != nil {
			p.t.Fatal(err)
		}
		write(p.t, filepath.Join(half.folder, name), string(content), 0o600)
	}
	p = open(p.t, p.folder, p.calls)
	p.configure(rotating(p.server.Ready().SubscriptionID, half.trigger, half.more))
	p.calls.take()
	p.must()
	half.calls = p.calls.take()
	return p
}

func (p *project) must() {
	p.t.Helper()
	if output, ok := p.apply(); !ok {
		p.t.Fatalf("applying: %s", output)
	}
}

// outcome is what came of a kill.
type outcome struct {
	k          int
	half       half
	call       string
	after      bool
	applies    int
	key1, key2 int
	looks      int // at which every origin streamed
	ends       string
}

func (o *outcome) moment() string {
	if o.after {
		return "after"
	}
	return "before"
}

// converges has the provider killed at a call, and applies until the plan is empty.
func converges(t *testing.T, command, provider string, at occurrence, row *outcome) {
	t.Helper()
	made := &calls{t: t, terraform: command, provider: provider, killAt: at, after: row.after}
	p := copied(t, row.half.folder, made)
	watch := watched(t, p.server.Azure())
	made.probe = watch.look
	if strings.Contains(row.half.more, "secrets") {
		p.read()
	}
	p.configure(rotating(p.server.Ready().SubscriptionID, row.half.trigger, row.half.more))
	output, ok := p.apply()
	if killed := made.lastKilled(); ok || killed != row.call {
		t.Fatalf("the provider is killed at %q, want %q: %t\n%s", killed, row.call, ok, output)
	}
	// It is killed there once more: of the first time, Terraform has kept the attributes alone.
	made.killIn(at)
	p.apply()
	made.killIn(occurrence{})
	for row.applies = 1; ; row.applies++ {
		if row.applies > 4 {
			t.Fatalf("after %d applies the rotation is not over: %s", row.applies-1, row.ends)
		}
		p.must()
		if row.ends = p.phase(); row.ends == "complete" {
			break
		}
		p.advance(7)
	}
	if !p.empty() {
		t.Error("the plan is not empty")
	}
	if down := acctest.DownApplications(t.Context(), p.server.Azure()); len(down) > 0 {
		t.Errorf("an application that reads the secret stopped: %v", down)
	}
	row.looks = watch.looks - watch.broken
	row.key1, row.key2 = watch.regenerations("key1"), watch.regenerations("key2")
	if [2]int{row.key1, row.key2} != row.half.want {
		t.Errorf("key1 is regenerated %d times and key2 %d times, want %v", row.key1, row.key2, row.half.want)
	}
}

// withSecret is a secret whose readers follow within six hours.
func withSecret(subscription string) string {
	return fmt.Sprintf("secrets = [{ key_vault_id = %q, name = %q }]\n  settling_time = \"PT6H\"",
		azure.ID(subscription, fixture.Group, azure.VaultType, vaultName), secretName)
}

// makeVault makes the vault of the secret.
func (p *project) makeVault() {
	p.t.Helper()
	ctx, access := context.WithoutCancel(p.t.Context()), p.server.Azure().Access()
	_, err := p.vaults().BeginCreateOrUpdate(ctx, fixture.Group, vaultName, armkeyvault.VaultCreateOrUpdateParameters{
		Location: to.Ptr(fixture.Location),
		Properties: &armkeyvault.VaultProperties{
			TenantID:                &access.TenantID,
			EnableRbacAuthorization: to.Ptr(false),
			SKU:                     &armkeyvault.SKU{Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNameStandard)},
			AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
				TenantID: &access.TenantID, ObjectID: &access.ObjectID,
				Permissions: &armkeyvault.Permissions{Secrets: to.SliceOfPtrs(armkeyvault.SecretPermissionsAll)},
			}},
		},
	}, nil)
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) vaults() *armkeyvault.VaultsClient {
	p.t.Helper()
	client, err := signedIn(p.server.Azure())
	if err != nil {
		p.t.Fatal(err)
	}
	vaults, err := client.Vaults(client.SubscriptionID())
	if err != nil {
		p.t.Fatal(err)
	}
	return vaults
}

// read adds an application that reads the secret every six hours.
func (p *project) read() {
	p.t.Helper()
	vault, err := p.vaults().Get(context.WithoutCancel(p.t.Context()), fixture.Group, vaultName, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = p.server.Azure().AddApplication(context.WithoutCancel(p.t.Context()), application.Application{
		Secret: *vault.Properties.VaultURI + "secrets/" + secretName, Account: "contoso", Cache: fault.Duration(6 * time.Hour),
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// table is the table of all kills.
type table struct {
	mu   sync.Mutex
	rows []*outcome
}

func (t *table) add(row *outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows = append(t.rows, row)
}

func (t *table) String() string {
	slices.SortFunc(t.rows, func(a, b *outcome) int {
		return cmp.Or(cmp.Compare(a.k, b.k), strings.Compare(b.moment(), a.moment()))
	})
	var text strings.Builder
	text.WriteString("\n| k | apply of | killed at | effect | applies | key1 | key2 | streams | ends |\n" +
		"|---|---|---|---|---|---|---|---|---|\n")
	for _, row := range t.rows {
		fmt.Fprintf(&text, "| %d | %s | %s | %s | %d | %d | %d | %d looks | %s |\n",
			row.k, row.half.name, row.call, row.moment(), row.applies, row.key1, row.key2, row.looks, row.ends)
	}
	return text.String()
}
