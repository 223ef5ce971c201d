// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// rotationPolicy says when a key gets a new version by itself and how long that one is valid.
type rotationPolicy struct {
	Actions []lifetimeAction `json:"lifetimeActions"`
	// Expiry is the time that a version made by a rotation is valid for, or "".
	Expiry  string    `json:"expiryTime,omitempty"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// lifetimeAction is what is done at a point in the life of a version.
type lifetimeAction struct {
	Trigger struct {
		AfterCreate  string `json:"timeAfterCreate,omitempty"`
		BeforeExpiry string `json:"timeBeforeExpiry,omitempty"`
	} `json:"trigger"`
	Action struct {
		Type string `json:"type"`
	} `json:"action"`
}

const (
	actionRotate = "Rotate"
	actionNotify = "Notify"
)

// defaultPolicy is what a key without a policy shows: a notice 30 days before it expires.
func defaultPolicy() *rotationPolicy {
	var notice lifetimeAction
	notice.Trigger.BeforeExpiry = "P30D"
	notice.Action.Type = actionNotify
	return &rotationPolicy{Actions: []lifetimeAction{notice}}
}

// sentPolicy is a policy as requests have it.
type sentPolicy struct {
	Actions    []lifetimeAction `json:"lifetimeActions"`
	Attributes struct {
		Expiry string `json:"expiryTime"`
	} `json:"attributes"`
}

// policy returns what was sent as a policy that can be followed.
func (s sentPolicy) policy(now time.Time) (*rotationPolicy, *engine.Error) {
	policy := &rotationPolicy{
		Actions: s.Actions, Expiry: s.Attributes.Expiry, Created: now, Updated: now,
	}
	if len(policy.Actions) == 0 {
		policy.Actions = defaultPolicy().Actions
	}
	return policy, policy.check()
}

func (p *rotationPolicy) shown(id string) map[string]any {
	attributes := map[string]any{}
	if p.Expiry != "" {
		attributes["expiryTime"] = p.Expiry
	}
	if !p.Created.IsZero() {
		attributes["created"], attributes["updated"] = p.Created.Unix(), p.Updated.Unix()
	}
	return map[string]any{
		"id": id + "/rotationpolicy", "lifetimeActions": p.Actions, "attributes": attributes,
	}
}

// The least times of a policy (Configure key auto-rotation in Azure Key Vault; OpenAPI,
// KeyRotationPolicyAttributes).
const (
	leastExpiry  = 28 // days of validity
	leastTrigger = 7  // days from creation, and before expiry
)

// check refuses a policy that cannot be followed.
func (p *rotationPolicy) check() *engine.Error {
	if p.Expiry != "" {
		if expiry, is := parseDuration(p.Expiry); !is || !expiry.atLeast(leastExpiry) {
			return badParameter("The expiryTime '%s' of the rotation policy is no ISO 8601 duration "+
				"of at least %d days.", p.Expiry, leastExpiry)
		}
	}
	seen := map[string]bool{}
	for i := range p.Actions {
		action := &p.Actions[i]
		kind, refused := action.check(p.Expiry)
		if refused != nil {
			return refused
		}
		if seen[kind] {
			return badParameter("The rotation policy has more than one action %s.", kind)
		}
		seen[kind] = true
	}
	return nil
}

// check refuses an action that has no moment, and returns its kind.
func (a *lifetimeAction) check(expiry string) (string, *engine.Error) {
	for _, kind := range []string{actionRotate, actionNotify} {
		if strings.EqualFold(a.Action.Type, kind) {
			a.Action.Type = kind
		}
	}
	text, after := a.Trigger.AfterCreate, a.Trigger.AfterCreate != ""
	if !after {
		text = a.Trigger.BeforeExpiry
	}
	when, is := parseDuration(text)
	switch {
	case a.Action.Type != actionRotate && a.Action.Type != actionNotify:
		return "", badParameter("'%s' is no action of a rotation policy.", a.Action.Type)
	case after && a.Trigger.BeforeExpiry != "":
		return "", badParameter("The trigger of the action %s has two times.", a.Action.Type)
	case !is:
		return "", badParameter("The trigger of the action %s has no ISO 8601 duration: '%s'.",
			a.Action.Type, text)
	case after && a.Action.Type == actionNotify:
		return "", badParameter("timeAfterCreate only applies to the action %s.", actionRotate)
	case a.Action.Type == actionRotate && !when.atLeast(leastTrigger):
		return "", badParameter("A key is rotated at the earliest %d days after its creation and "+
			"at the latest %d days before it expires.", leastTrigger, leastTrigger)
	case a.Action.Type == actionRotate && !after && expiry == "":
		return "", badParameter("The action %s before expiry needs an expiryTime.", actionRotate)
	}
	return a.Action.Type, nil
}

// rotationDue is when the policy has the key rotated next, and whether it ever does.
func (k *key) rotationDue() (time.Time, bool) {
	if k.Policy == nil || k.Deleted != nil {
		return time.Time{}, false
	}
	latest := k.latest()
	for _, action := range k.Policy.Actions {
		if action.Action.Type != actionRotate {
			continue
		}
		if when, is := parseDuration(action.Trigger.AfterCreate); is {
			return when.after(latest.Created), true
		}
		if when, is := parseDuration(action.Trigger.BeforeExpiry); is && latest.Expires != nil {
			return when.before(time.Unix(*latest.Expires, 0)), true
		}
	}
	return time.Time{}, false
}

// scheduleRotation has the key looked at when its policy asks for a new version. Whatever changes
// that moment schedules anew; a look that comes too early does nothing.
func (k *key) scheduleRotation(tx *engine.Tx) {
	if due, ever := k.rotationDue(); ever {
		if due.Before(tx.Now()) {
			due = tx.Now()
		}
		tx.Schedule(due, rotationTimer, k.Vault+"/"+k.Name)
	}
}

// rotateDueKey is called when a key's rotation may be due.
func rotateDueKey(tx *engine.Tx, subject string) {
	vault, name, _ := strings.Cut(subject, "/")
	found := loadKey(tx, vault, name)
	if found == nil || vaultNamed(tx, vault) == nil {
		return
	}
	due, ever := found.rotationDue()
	if !ever || tx.Now().Before(due) {
		return
	}
	if err := found.rotate(tx); err != nil {
		// Only a lack of randomness stands behind this; the next look is at the next change.
		return
	}
}

// rotate adds a version like the latest one, valid for as long as the policy says.
func (k *key) rotate(tx *engine.Tx) error {
	latest := k.latest()
	next := &version{
		Type: latest.Type, Size: latest.Size, Curve: latest.Curve,
		Operations: latest.Operations, Enabled: true, Tags: latest.Tags,
	}
	if k.Policy != nil {
		if validity, is := parseDuration(k.Policy.Expiry); is {
			expires := validity.after(tx.Now()).Unix()
			next.Expires = &expires
		}
	}
	if err := next.generate(); err != nil {
		return err
	}
	k.add(tx, next)
	return nil
}

// The operations on rotation policies, and the rotation that is asked for.

func serveRotate(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	if err := found.key.rotate(c.Tx); err != nil {
		return nil, err
	}
	return c.answer(c.bundle(found.key, found.key.latest()))
}

func serveGetPolicy(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	policy := found.key.Policy
	if policy == nil {
		policy = defaultPolicy()
	}
	return c.answer(policy.shown(found.key.id(c.Tx)))
}

func serveSetPolicy(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	var sent sentPolicy
	if err := c.read(&sent); err != nil {
		return nil, err
	}
	policy, refused := sent.policy(c.Now())
	if refused != nil {
		return nil, refused
	}
	if before := found.key.Policy; before != nil {
		policy.Created = before.Created
	}
	found.key.Policy = policy
	found.key.scheduleRotation(c.Tx)
	found.key.save(c.Tx)
	return c.answer(policy.shown(found.key.id(c.Tx)))
}
