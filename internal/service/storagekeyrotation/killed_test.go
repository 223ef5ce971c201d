// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestAccRotation_killed runs a whole rotation by the real command line, with the real provider as
// a program of its own, against an Azure on a port. For every call that the rotation makes, the
// provider is killed at it twice, before it takes effect and, where it has one, after. Then applies go on
// until the plan is empty. Streaming works all the while, and each key is regenerated once.
func TestAccRotation_killed(t *testing.T) {
	t.Parallel()
	command, provider := terraform(t), buildProvider(t)
	halves := rehearsed(t, command, provider)
	table := &table{}
	t.Cleanup(func() { t.Log(table.String()) })
	k := 0
	for _, half := range halves {
		for i, call := range half.calls {
			k++
			moments := []bool{false}
			if strings.HasPrefix(call, "POST regenerateKey") || strings.HasPrefix(call, "POST syncStorageKeys") {
				moments = append(moments, true)
			}
			for _, after := range moments {
				row := &outcome{k: k, half: half.name, call: call, after: after}
				t.Run(fmt.Sprintf("%d %s", k, row.moment()), func(t *testing.T) {
					t.Parallel()
					converges(t, command, provider, half.folder, i+1, row)
					table.add(row)
				})
			}
		}
	}
}

// half is one of the two applies of a rotation: where it starts, and the calls that it makes.
type half struct {
	name   string
	folder string
	calls  []string
}

// rehearsed goes through a rotation once without a kill, and keeps what it starts from.
func rehearsed(t *testing.T, command, provider string) []half {
	t.Helper()
	begin, settled := t.TempDir(), t.TempDir()
	made := &calls{t: t, terraform: command, provider: provider}
	p := open(t, t.TempDir(), made)
	p.configure(ground)
	p.must()
	if err := os.Remove(filepath.Join(p.folder, stateFile)); err != nil {
		t.Fatal(err)
	}
	p.configure(rotating(p.server.Ready().SubscriptionID, "1", ""))
	p.must()
	first := half{name: "key1", folder: begin}
	p = p.moved(begin)
	first.calls = p.trace()
	p.advance(7)
	second := half{name: "key2", folder: settled}
	p = p.moved(settled)
	second.calls = p.trace()
	if p.phase() != "complete" || !p.empty() {
		t.Fatalf("the rotation ends %s", p.phase())
	}
	p.close()
	return []half{first, second}
}

// moved closes the project, keeps a copy of it in a folder, and goes on with another.
func (p *project) moved(keep string) *project {
	p.t.Helper()
	p.close()
	for _, name := range []string{dataFile, stateFile} {
		content, err := os.ReadFile(filepath.Join(p.folder, name))
		if err != nil {
			p.t.Fatal(err)
		}
		write(p.t, filepath.Join(keep, name), string(content), 0o600)
	}
	return open(p.t, p.folder, p.calls)
}

// trace applies the rotation, and returns the calls that it makes.
func (p *project) trace() []string {
	p.t.Helper()
	p.configure(rotating(p.server.Ready().SubscriptionID, "2", ""))
	p.calls.take()
	p.must()
	return p.calls.take()
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
	half, call string
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
func converges(t *testing.T, command, provider, from string, at int, row *outcome) {
	t.Helper()
	made := &calls{t: t, terraform: command, provider: provider, killAt: at, after: row.after}
	p := copied(t, from, made)
	watch := watched(t, p.server.Azure())
	made.probe = watch.look
	p.configure(rotating(p.server.Ready().SubscriptionID, "2", ""))
	output, ok := p.apply()
	killed := made.lastKilled()
	foreseen := killed == row.call || lists(killed) && lists(row.call)
	if ok || !foreseen {
		t.Fatalf("the provider is killed at %q, want %q: %t\n%s", killed, row.call, ok, output)
	}
	row.call = killed
	// It is killed there once more: of the first time, Terraform has kept the attributes alone.
	made.killIn(at)
	p.apply()
	made.killIn(0)
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
	row.looks = watch.looks - watch.broken
	row.key1, row.key2 = watch.regenerations("key1"), watch.regenerations("key2")
	want := [2]int{1, 1}
	if row.half == "key2" {
		want[0] = 0 // It was regenerated before.
	}
	if [2]int{row.key1, row.key2} != want {
		t.Errorf("key1 is regenerated %d times and key2 %d times, want %v", row.key1, row.key2, want)
	}
}

// lists reports whether a call lists the accounts of a kind. The kinds are listed all at once, in
// whatever order.
func lists(call string) bool { return strings.HasPrefix(call, "GET Microsoft.") }

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
			row.k, row.half, row.call, row.moment(), row.applies, row.key1, row.key2, row.looks, row.ends)
	}
	return text.String()
}
