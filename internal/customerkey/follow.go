// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"strings"
)

// Following describes how an account moves with the versions of its key (CMK011). Terraform has nothing
// to apply in any of its states.
type Following struct {
	Kind Kind
	// Wanted is the identifier that the account was given.
	Wanted KeyID
	// Current is the version that the service runs on, or empty where it does not report it.
	Current string
	// Newest is the newest version in the vault, or empty where it could not be read.
	Newest string
}

// FollowsLatest reports whether the service moves to new versions by itself.
func (f Following) FollowsLatest() bool { return !f.Wanted.Pinned() }

// Expected returns the version that the service runs on in the end, or "" where that is unknown.
func (f Following) Expected() string {
	if f.Wanted.Pinned() {
		return f.Wanted.Version
	}
	return f.Newest
}

// Settled reports whether the service is known to run on the expected version.
func (f Following) Settled() bool {
	return f.Current != "" && strings.EqualFold(f.Current, f.Expected())
}

// Outdated reports whether the service is known to run on another version than the newest.
func (f Following) Outdated() bool {
	return f.Current != "" && f.Newest != "" && !strings.EqualFold(f.Current, f.Newest)
}

// Sentence returns the description for a person.
func (f Following) Sentence() string {
	switch {
	case f.Current == "":
		return fmt.Sprintf("The service does not report which version of the key %s it runs on.", f.Wanted.Name)
	case f.FollowsLatest():
		return f.following()
	default:
		return f.pinned()
	}
}

func (f Following) following() string {
	const follows = "The account follows the newest version of the key %s and runs on %s"
	switch {
	case f.Newest == "":
		return fmt.Sprintf(follows+"; which version is the newest could not be read.", f.Wanted.Name, f.Current)
	case f.Outdated():
		return fmt.Sprintf(follows+"; it moves to the newer version %s by itself, within %s.",
			f.Wanted.Name, f.Current, f.Newest, f.Kind.FollowDelay())
	default:
		return fmt.Sprintf(follows+", which is the newest.", f.Wanted.Name, f.Current)
	}
}

func (f Following) pinned() string {
	const pinned = "The account is pinned to version %s of the key %s"
	switch {
	case !f.Settled():
		return fmt.Sprintf(pinned+", but still runs on %s.", f.Wanted.Version, f.Wanted.Name, f.Current)
	case f.Newest == "":
		return fmt.Sprintf(pinned+"; which version is the newest could not be read.",
			f.Wanted.Version, f.Wanted.Name)
	case f.Outdated():
		return fmt.Sprintf(pinned+"; the vault has the newer version %s, which it moves to when the "+
			"identifier names it, or names no version.", f.Wanted.Version, f.Wanted.Name, f.Newest)
	default:
		return fmt.Sprintf(pinned+", which is the newest.", f.Wanted.Version, f.Wanted.Name)
	}
}
