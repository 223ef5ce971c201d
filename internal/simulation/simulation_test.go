// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestMain(m *testing.M) {
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_AZUREMEDIA"} {
		_ = os.Setenv(name, "OFF") // What the providers log would be among what the tests print.
	}
	m.Run()
}

// settings are those of a run, from the environment.
type settings struct {
	seed    uint64 // Of the first life; each further life has the next one.
	lives   int
	steps   int
	seconds int // For how long lives begin, or 0 for as many as lives says.
	shrink  time.Duration
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// TestAccSimulation lives lives, two side by side. SIMULATE_SEED, SIMULATE_LIVES, SIMULATE_STEPS and SIMULATE_SECONDS
// say which, and make simulate sets them.
func TestAccSimulation(t *testing.T) {
	t.Parallel()
	terraform := acctest.CommandLine(t)
	s := settings{
		seed: uint64(number(t, "SIMULATE_SEED", 1)), lives: number(t, "SIMULATE_LIVES", 4), steps: number(t, "SIMULATE_STEPS", 6),
		seconds: number(t, "SIMULATE_SECONDS", 0), shrink: time.Duration(number(t, "SIMULATE_SHRINK_SECONDS", 120)) * time.Second,
	}
	ctx := t.Context()
	if s.seconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(s.seconds)*time.Second)
		defer cancel()
	}
	var begun, lives, steps, skipped atomic.Int64
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for ctx.Err() == nil {
				n := begun.Add(1) - 1
				if s.seconds == 0 && n >= int64(s.lives) {
					return
				}
				seed := s.seed + uint64(n)
				l, err := live(t, terraform, generate(seed, s.steps)) //nolint:contextcheck // A life has the context of the test.
				lives.Add(1)
				steps.Add(int64(l.done))
				skipped.Add(int64(l.skipped))
				if err != nil {
					t.Error(report(t, terraform, s, seed, l, err)) //nolint:contextcheck // The same.
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%d lives from seed %d, %d steps, %d skipped", lives.Load(), s.seed, steps.Load(), skipped.Load())
}

// TestAccLives lives lives that have failed once, as small as they were found, and the plain life of a rotation.
func TestAccLives(t *testing.T) {
	t.Parallel()
	terraform := acctest.CommandLine(t)
	alone := func(v vault, k key, a account) estate {
		return estate{
			Vaults: map[string]vault{"v1": v}, Identities: map[string]identity{"i1": {Name: "simi1"}, "i2": {Name: "simi2"}},
			Keys: map[string]key{"k1": k}, Accounts: map[string]account{"s1": a}, Rotations: map[string]rotation{},
		}
	}
	byPolicies, used := vault{Name: "simv1", Before: true}, key{Name: "simk1", Vault: "v1", Size: 2048, Before: true}
	reads := account{Kind: storage, Name: "sims1", Identity: "i1", Key: "k1"}
	narrow := reads
	narrow.Narrow = true
	streams := estate{
		Accounts:  map[string]account{"s1": {Kind: storage, Name: "sims1"}, "m1": {Kind: media, Name: "simm1", Storage: "s1"}},
		Rotations: map[string]rotation{"rs1": {Storage: "s1"}},
	}
	cut := func(at int) *disturbance { return &disturbance{Kill: true, At: at, After: true} }
	for name, lived := range map[string]script{
		"rotation": {streams, []step{{Do: "rotate", Label: "rs1"}, {Do: "advance", Number: 7}, {Do: "advance", Number: 7}}},
		// The state keeps the vault that was to be replaced.
		"replacement killed": {alone(byPolicies, used, reads), []step{{Do: "rename", Label: "v1", Arg: "simv2", Disturb: cut(1)}}},
		// The role that the vault assigned before it switched is nobody's, since the grant moves to one key.
		"switch killed": {alone(byPolicies, used, narrow), []step{{Do: "switch", Label: "v1", Disturb: cut(1)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if l, err := live(t, terraform, lived); err != nil {
				t.Errorf("%s\n%v", strings.Join(l.story, "\n"), err)
			}
		})
	}
}

// report shrinks the script of a seed, and tells what happens in the smallest one.
func report(t *testing.T, terraform string, s settings, seed uint64, l *life, err error) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), s.shrink)
	defer cancel()
	class, tries := classOf(err), 0
	first := err
	smallest := shrink(ctx, script{l.script.begin, l.script.steps[:min(l.done+l.skipped, len(l.script.steps))]}, func(smaller script) bool {
		tries++
		again, failed := live(t, terraform, smaller)
		if classOf(failed) != class {
			return false
		}
		l, err = again, failed
		return true
	})
	var text strings.Builder
	fmt.Fprintf(&text, "seed %d: %v\n\nReplay it with: make simulate SEED=%d LIVES=1 STEPS=%d\nThe smallest life of the kind, after %d tries, "+
		"has %d steps:\n", seed, first, seed, s.steps, tries, len(smallest.steps))
	for _, each := range l.story {
		text.WriteString(each + "\n")
	}
	fmt.Fprintf(&text, "\n%v\n", err)
	return text.String()
}
