// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/rotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// rotationTimer rotates a key when its policy is due.
const rotationTimer = "keyvault.rotation"

// rotationDue returns when the policy next rotates the key, and whether it ever does.
func (k *key) rotationDue() (time.Time, bool) {
	if k.Policy == nil || k.Deleted != nil {
		return time.Time{}, false
	}
	return k.Policy.Due(k.latest().Created, moment(k.latest().Expires))
}

// scheduleRotation schedules the key's next rotation. Every change of that moment schedules anew; a timer
// that is too early does nothing.
func (k *key) scheduleRotation(tx *engine.Tx) {
	if due, ever := k.rotationDue(); ever {
		if due.Before(tx.Now()) {
			due = tx.Now()
		}
		if !due.After(k.latest().Created) { // No version is rotated in the moment of its creation, for ever.
			due = k.latest().Created.AddDate(0, 0, rotation.LeastDays)
		}
		tx.Schedule(due, rotationTimer, k.Vault+"/"+k.Name)
	}
}

// rotateDueKey rotates a key whose rotation is due.
func rotateDueKey(tx *engine.Tx, subject string) {
	vault, name, _ := strings.Cut(subject, "/")
	found := loadKey(tx, vault, name)
	if found == nil || vaults.Named(tx, vault) == nil {
		return
	}
	due, ever := found.rotationDue()
	if !ever || tx.Now().Before(due) {
		return
	}
	found.rotate(tx)
}

// rotate adds a version like the latest one, valid for as long as the policy says. A clock that
// is advanced by years makes many versions that nobody uses.
func (k *key) rotate(tx *engine.Tx) {
	latest := k.latest()
	next := &version{
		Type: latest.Type, Size: latest.Size, Curve: latest.Curve,
		Operations: latest.Operations, Enabled: true, Tags: latest.Tags,
	}
	if k.Policy != nil {
		if expires, ever := k.Policy.Expires(tx.Now()); ever {
			seconds := expires.Unix()
			next.Expires = &seconds
		}
	}
	k.add(tx, next)
}

// The operations on rotation policies, and the rotation that is asked for.

func serveRotate(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	found.key.rotate(c.Tx)
	return c.answer(c.bundle(found.key, found.key.latest()))
}

func (c *call) answerPolicy(k *key, policy *rotation.Policy) (*engine.Response, error) {
	return c.answer(policy.Shown(k.id(c.Tx) + "/rotationpolicy"))
}

func serveGetPolicy(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	if found.key.Policy == nil {
		return c.answerPolicy(found.key, rotation.Default())
	}
	return c.answerPolicy(found.key, found.key.Policy)
}

func serveSetPolicy(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	var sent rotation.Sent
	if err := c.read(&sent); err != nil {
		return nil, err
	}
	policy, err := sent.Policy(c.Now())
	if err != nil {
		return nil, badParameter("The rotation policy cannot be followed: %v.", err)
	}
	if before := found.key.Policy; before != nil {
		policy.Created = before.Created
	}
	found.key.Policy = policy
	found.key.scheduleRotation(c.Tx)
	found.key.save(c.Tx)
	return c.answerPolicy(found.key, policy)
}
