// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// generator makes scripts. Everything in them comes from its random numbers.
type generator struct {
	*rand.Rand
	number int // Of the names so far.
}

// generate returns the script of a seed: an estate, and a number of steps.
func generate(seed uint64, steps int) script {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0))}
	s := script{begin: g.estate()}
	e := s.begin.clone()
	for len(s.steps) < steps {
		each := g.step(e)
		if change, ok := configured()[each.Do]; ok {
			next := e.clone()
			if !change(&next, each) {
				continue
			}
			e = next // As if nothing was refused.
		}
		s.steps = append(s.steps, each)
	}
	return s
}

// name returns a new name for what has a label.
func (g *generator) name(label string) string {
	g.number++
	return fmt.Sprintf("sim%sn%d", label, g.number)
}

// one returns one of several, in whose place the zero value stands if there are none.
func one[T any](g *generator, of []T) (chosen T) {
	if len(of) > 0 {
		chosen = of[g.IntN(len(of))]
	}
	return chosen
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// estate returns an estate of one to six accounts. What media accounts store in is an account as well.
func (g *generator) estate() estate {
	e := estate{
		Vaults: map[string]vault{}, Identities: map[string]identity{}, Keys: map[string]key{},
		Accounts: map[string]account{}, Rotations: map[string]rotation{},
	}
	for i := range 1 + g.IntN(2) {
		label := fmt.Sprintf("v%d", i+1)
		e.Vaults[label] = vault{Name: g.name(label), Roles: g.chance(50), Before: g.chance(50)}
	}
	for i := range 1 + g.IntN(2) {
		label := fmt.Sprintf("i%d", i+1)
		e.Identities[label] = identity{Name: g.name(label), Before: g.chance(50)}
	}
	for i := range 1 + g.IntN(3) {
		label := fmt.Sprintf("k%d", i+1)
		e.Keys[label] = key{Name: g.name(label), Vault: one(g, labels(e.Vaults)), Size: 2048, Before: g.chance(50)}
	}
	for range 1 + g.IntN(6) {
		label, each := g.account(e)
		e.Accounts[label] = each
	}
	for _, label := range labels(e.Accounts) {
		if e.Accounts[label].Kind == storage && g.chance(50) {
			e.Rotations["r"+label] = rotation{Storage: label, Every: one(g, []string{"", "P90D"})}
		}
	}
	return e
}

// account returns an account of a random kind, with a label that is new.
func (g *generator) account(e estate) (label string, a account) {
	a.Kind = one(g, []string{media, media, video, storage, storage, batch})
	stores := e.stores()
	switch {
	case len(stores) == 0:
		a.Kind = storage
	case a.Kind == video && len(e.Identities) == 0:
		a.Kind = media
	}
	initial := map[string]string{media: "m", video: "x", storage: "s", batch: "b"}[a.Kind]
	for i := 1; label == "" || has(e.Accounts, label); i++ {
		label = fmt.Sprintf("%s%d", initial, i)
	}
	a.Name, a.Before = g.name(label), g.chance(30)
	if a.Kind != storage {
		a.Storage = one(g, stores)
	}
	if a.Kind == video || a.Kind != batch && g.chance(50) {
		a.Identity = one(g, labels(e.Identities))
	}
	if g.chance(80) {
		a.Key = one(g, labels(e.Keys))
	}
	a.Pinned, a.Narrow = g.chance(15), g.chance(30)
	a.Inline = a.Key != "" && a.Identity != "" && (a.Kind == media || a.Kind == video) && g.chance(50)
	return label, a
}

// stores returns the labels of the storage accounts.
func (e estate) stores() []string {
	return slices.DeleteFunc(labels(e.Accounts), func(label string) bool { return e.Accounts[label].Kind != storage })
}

// step returns a random step for an estate.
func (g *generator) step(e estate) step {
	s := step{Do: one(g, []string{
		"rename", "rename", "rename", "before", "before", "add", "remove", "reorder", "move", "move", "new version", "resize", "switch",
		"use key", "use key", "read by", "read by", "pin", "narrow", "inline", "second", "rotate", "rotate", "rotation", "no rotation", "apply",
		"delete account", "disable key", "delete key", "new version outside", "delete vault", "revoke", "regenerate", "advance", "advance",
	})}
	switch s.Do {
	case "rename", "before":
		all := slices.Concat(labels(e.Vaults), labels(e.Identities), labels(e.Keys), labels(e.Accounts))
		s.Label = one(g, all)
		if s.Do == "rename" {
			s.Arg = g.name(s.Label)
		}
	case "add":
		s.Add = new(addition)
		s.Label, s.Add.Account = g.account(e)
	case "remove", "delete account", "pin", "narrow", "inline", "revoke":
		s.Label = one(g, labels(e.Accounts))
	case "reorder":
		s.Number = 1 + g.IntN(1000)
	case "move":
		s.Label, s.Arg = one(g, labels(e.Keys)), one(g, labels(e.Vaults))
	case "new version", "disable key", "delete key", "new version outside":
		s.Label = one(g, labels(e.Keys))
	case "resize":
		s.Label, s.Number = one(g, labels(e.Keys)), one(g, []int{2048, 3072})
	case "switch", "delete vault":
		s.Label = one(g, labels(e.Vaults))
	case "use key":
		s.Label, s.Arg = one(g, labels(e.Accounts)), one(g, append(labels(e.Keys), ""))
	case "read by":
		s.Label, s.Arg = one(g, labels(e.Accounts)), one(g, append(labels(e.Identities), ""))
	case "second":
		s.Label, s.Arg = one(g, labels(e.Accounts)), one(g, append(e.stores(), ""))
	case "rotate", "no rotation":
		s.Label = one(g, labels(e.Rotations))
	case "rotation":
		s.Arg = one(g, e.stores())
		s.Label = "r" + s.Arg
	case "regenerate":
		s.Label, s.Arg = one(g, e.stores()), one(g, []string{"key1", "key2"})
	case "advance":
		s.Number = one(g, []int{1, 5, 7, 7, 24, 7 * 24, 50 * 24, 95 * 24})
	}
	switch {
	case g.chance(45):
		s.Disturb = g.disturbance()
	case g.chance(10) && s.Do != "switch": // A vault that switches cannot tell when a new role acts.
		s.Disturb = &disturbance{Fault: fault.Fault{Kind: fault.DelayedGrants}}
	case g.chance(20):
		s.Beside = 10
	}
	return s
}

// disturbance returns something that happens during an apply.
func (g *generator) disturbance() *disturbance {
	d := &disturbance{At: 1 + g.IntN(4), After: g.chance(50)}
	switch g.IntN(4) {
	case 0:
		d.Kill = true
	case 1:
		d.Stop = true
	default:
		d.At = 0
		d.Fault = fault.Fault{
			Kind: one(g, []fault.Kind{
				fault.Throttle, fault.Error, fault.ErrorAfter, fault.Lost, fault.Reset, fault.FailOperation, fault.ExpiredToken,
			}),
			Host: one(g, []string{"management.azure.com", "management.azure.com", "*.vault.azure.net"}), Method: one(g, []string{"PUT", "PATCH", "DELETE", "POST", "GET", ""}), Skip: g.IntN(4),
			Times: one(g, []int{1, 1, 1, 5}),
		}
	}
	return d
}
