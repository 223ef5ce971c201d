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
func (o *object) rotationDue() (time.Time, bool) {
	if o.Policy == nil || o.Deleted != nil {
		return time.Time{}, false
	}
	return o.Policy.Due(o.latest().Created, moment(o.latest().Expires))
}

// scheduleRotation schedules the key's next rotation. Every change of that moment schedules anew; a timer
// that is too early does nothing.
func (o *object) scheduleRotation(tx *engine.Tx) {
	if due, ever := o.rotationDue(); ever {
		if due.Before(tx.Now()) {
			due = tx.Now()
		}
		if !due.After(o.latest().Created) { // No version is rotated in the moment of its creation, for ever.
			due = o.latest().Created.AddDate(0, 0, rotation.LeastDays)
		}
		tx.Schedule(due, rotationTimer, o.Vault+"/"+o.Name)
	}
}

// rotateDueKey rotates a key whose rotation is due.
func rotateDueKey(tx *engine.Tx, subject string) {
	vault, name, _ := strings.Cut(subject, "/")
	found := keys.load(tx, vault, name)
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
func (o *object) rotate(tx *engine.Tx) {
	latest := o.latest()
	next := &version{Enabled: true, Tags: latest.Tags, keyPart: latest.keyPart}
	next.Private = nil
	if o.Policy != nil {
		if expires, ever := o.Policy.Expires(tx.Now()); ever {
			seconds := expires.Unix()
			next.Expires = &seconds
		}
	}
	o.add(tx, next)
}

// The operations on rotation policies, and the rotation that is asked for.

func serveRotate(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	found.object.rotate(c.Tx)
	return c.answer(c.bundle(found.object, found.object.latest()))
}

func (c *call) answerPolicy(o *object, policy *rotation.Policy) (*engine.Response, error) {
	return c.answer(policy.Shown(o.id(c.Tx) + "/rotationpolicy"))
}

func serveGetPolicy(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	if found.object.Policy == nil {
		return c.answerPolicy(found.object, rotation.Default())
	}
	return c.answerPolicy(found.object, found.object.Policy)
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
	if before := found.object.Policy; before != nil {
		policy.Created = before.Created
	}
	found.object.Policy = policy
	found.object.scheduleRotation(c.Tx)
	found.object.save(c.Tx)
	return c.answerPolicy(found.object, policy)
}
