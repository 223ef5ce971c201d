// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"context"
	"errors"
	"slices"
)

// shrink returns the smallest script that it can find in the time of the context, and in which fails still reports
// true.
func shrink(ctx context.Context, s script, fails func(script) bool) script {
	for smaller := true; smaller && ctx.Err() == nil; {
		smaller = false
		for _, candidate := range candidates(s) {
			if ctx.Err() != nil {
				break
			}
			if fails(candidate) {
				s, smaller = candidate, true
				break
			}
		}
	}
	return s
}

// candidates returns scripts that are a little smaller: first those without half of the steps, last those that differ
// in a detail.
func candidates(s script) (smaller []script) {
	for size := len(s.steps); size > 0; size /= 2 {
		for from := 0; from < len(s.steps); from += size {
			steps := slices.Delete(slices.Clone(s.steps), from, min(from+size, len(s.steps)))
			smaller = append(smaller, script{s.begin, steps})
		}
	}
	for _, label := range labels(s.begin.Accounts) {
		if len(s.begin.users(label)) == 0 {
			smaller = append(smaller, script{s.begin.without(label), s.steps})
		}
	}
	for _, label := range labels(s.begin.Rotations) {
		e := s.begin.clone()
		delete(e.Rotations, label)
		smaller = append(smaller, script{e, s.steps})
	}
	if tidied := s.begin.tidied(); len(labels(tidied.Keys))+len(labels(tidied.Identities))+len(labels(tidied.Vaults)) <
		len(s.begin.Keys)+len(s.begin.Identities)+len(s.begin.Vaults) {
		smaller = append(smaller, script{tidied, s.steps})
	}
	for i := range s.steps {
		if s.steps[i].Disturb != nil {
			steps := slices.Clone(s.steps)
			steps[i].Disturb = nil
			smaller = append(smaller, script{s.begin, steps})
		}
	}
	return append(smaller, plainer(s)...)
}

// plainer returns scripts that begin with plainer accounts.
func plainer(s script) (smaller []script) {
	for _, label := range labels(s.begin.Accounts) {
		was := s.begin.Accounts[label]
		for _, change := range []func(*account){
			func(a *account) { a.Key, a.Inline = "", false },
			func(a *account) { a.Inline = false },
			func(a *account) { a.Pinned = false },
			func(a *account) { a.Narrow = false },
			func(a *account) { a.Before = false },
			func(a *account) { a.Second = "" },
			func(a *account) {
				if a.Kind != video && !a.Inline {
					a.Identity = ""
				}
			},
		} {
			each := was
			if change(&each); each != was {
				e := s.begin.clone()
				e.Accounts[label] = each
				smaller = append(smaller, script{e, s.steps})
			}
		}
	}
	return smaller
}

// classOf returns the class of a finding; other errors have their own text for one.
func classOf(err error) string {
	if is := new(finding); errors.As(err, &is) {
		return is.class
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
