// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package rotation holds the rotation policies of keys in Key Vault. It must not import the engine.
package rotation

import (
	"fmt"
	"strings"
	"time"
)

// Policy says when a key is rotated and how long the new version is valid.
type Policy struct {
	Actions []Action `json:"lifetimeActions"`
	// Expiry is the time that a version made by a rotation is valid for, or "".
	Expiry  string    `json:"expiryTime,omitempty"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// Action is an action at a point in the life of a version.
type Action struct {
	Trigger struct {
		AfterCreate  string `json:"timeAfterCreate,omitempty"`
		BeforeExpiry string `json:"timeBeforeExpiry,omitempty"`
	} `json:"trigger"`
	Action struct {
		Type string `json:"type"`
	} `json:"action"`
}

// The kinds of actions.
const (
	rotate = "Rotate"
	notify = "Notify"
)

// Default returns what a key without a policy shows: a notice 30 days before it expires.
func Default() *Policy {
	var notice Action
	notice.Trigger.BeforeExpiry = "P30D"
	notice.Action.Type = notify
	return &Policy{Actions: []Action{notice}}
}

// Sent is a policy as requests have it.
type Sent struct {
	Actions    []Action `json:"lifetimeActions"`
	Attributes struct {
		Expiry string `json:"expiryTime"`
	} `json:"attributes"`
}

// Policy returns the policy that was sent, or why it is not valid.
func (s Sent) Policy(now time.Time) (*Policy, error) {
	policy := &Policy{
		Actions: s.Actions, Expiry: s.Attributes.Expiry, Created: now, Updated: now,
	}
	if len(policy.Actions) == 0 {
		policy.Actions = Default().Actions
	}
	return policy, policy.check()
}

// The least times of a policy (Configure key auto-rotation in Azure Key Vault; OpenAPI,
// KeyRotationPolicyAttributes).
const (
	leastExpiry = 28 // days of validity
	// LeastDays is the least number of days from the creation of a version to its rotation, and from there to
	// its expiry.
	LeastDays = 7
)

// check returns an error for a policy that is not valid.
func (p *Policy) check() error {
	if p.Expiry != "" {
		if expiry, ok := parseDuration(p.Expiry); !ok || !expiry.atLeast(leastExpiry) {
			return fmt.Errorf("the expiryTime '%s' is no ISO 8601 duration of at least %d days",
				p.Expiry, leastExpiry)
		}
	}
	seen := map[string]bool{}
	for i := range p.Actions {
		action := &p.Actions[i]
		if err := action.check(p.Expiry); err != nil {
			return err
		}
		if seen[action.Action.Type] {
			return fmt.Errorf("there is more than one action %s", action.Action.Type)
		}
		seen[action.Action.Type] = true
	}
	return nil
}

// check returns an error for an action without a moment, and spells its kind as documented.
func (a *Action) check(expiry string) error {
	for _, kind := range []string{rotate, notify} {
		if strings.EqualFold(a.Action.Type, kind) {
			a.Action.Type = kind
		}
	}
	kind, text, after := a.Action.Type, a.Trigger.AfterCreate, a.Trigger.AfterCreate != ""
	if !after {
		text = a.Trigger.BeforeExpiry
	}
	when, ok := parseDuration(text)
	switch {
	case after && a.Trigger.BeforeExpiry != "":
		return fmt.Errorf("the trigger of the action %s has two times", kind)
	case !ok:
		return fmt.Errorf("the trigger of the action %s has no ISO 8601 duration: '%s'", kind, text)
	case after && kind == notify:
		return fmt.Errorf("timeAfterCreate only applies to the action %s", rotate)
	case kind == rotate && !when.atLeast(LeastDays):
		return fmt.Errorf("a key is rotated at the earliest %d days after its creation and at the "+
			"latest %d days before it expires", LeastDays, LeastDays)
	case kind == rotate && !after && expiry == "":
		return fmt.Errorf("the action %s before expiry needs an expiryTime", rotate)
	case kind == rotate && !after && tooSoon(when, expiry):
		return fmt.Errorf("a version that is valid for %s and rotated %s before it expires is rotated earlier than "+
			"%d days after its creation", expiry, text, LeastDays)
	case kind != rotate && kind != notify:
		return fmt.Errorf("'%s' is none of the actions %s and %s", kind, rotate, notify)
	}
	return nil
}

// tooSoon reports whether a version would be due for the next rotation too soon after its creation, or even
// then.
func tooSoon(before duration, expiry string) bool {
	validity, ok := parseDuration(expiry)
	created := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	return ok && before.before(validity.after(created)).Before(created.AddDate(0, 0, LeastDays))
}

// Due returns when the policy rotates a key whose latest version has these dates, and whether it ever
// does. The zero time is no expiry.
func (p *Policy) Due(created, expires time.Time) (time.Time, bool) {
	for _, action := range p.Actions {
		if action.Action.Type != rotate {
			continue
		}
		if when, ok := parseDuration(action.Trigger.AfterCreate); ok {
			return when.after(created), true
		}
		if when, ok := parseDuration(action.Trigger.BeforeExpiry); ok && !expires.IsZero() {
			return when.before(expires), true
		}
	}
	return time.Time{}, false
}

// Expires returns when a version made by a rotation now expires, and whether it does.
func (p *Policy) Expires(now time.Time) (time.Time, bool) {
	validity, ok := parseDuration(p.Expiry)
	return validity.after(now), ok
}

// Shown returns the policy as Key Vault shows it under an identifier.
func (p *Policy) Shown(id string) map[string]any {
	attributes := map[string]any{}
	if p.Expiry != "" {
		attributes["expiryTime"] = p.Expiry
	}
	if !p.Created.IsZero() {
		attributes["created"], attributes["updated"] = p.Created.Unix(), p.Updated.Unix()
	}
	return map[string]any{"id": id, "lifetimeActions": p.Actions, "attributes": attributes}
}

// ShownInResourceManager returns the policy as Resource Manager shows it: without an identifier, and
// with the actions in lower case.
func (p *Policy) ShownInResourceManager() map[string]any {
	lower := *p
	lower.Actions = append([]Action{}, p.Actions...)
	for i := range lower.Actions {
		lower.Actions[i].Action.Type = strings.ToLower(lower.Actions[i].Action.Type)
	}
	shown := lower.Shown("")
	delete(shown, "id")
	return shown
}
