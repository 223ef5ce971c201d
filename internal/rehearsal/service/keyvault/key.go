// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/material"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/rotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// key is a key in a vault with all its versions.
type key struct {
	Vault    string           `json:"vault"`
	Name     string           `json:"name"`
	Versions []*version       `json:"versions"` // in the order in which they were made
	Policy   *rotation.Policy `json:"policy,omitempty"`
	Deleted  *deletion        `json:"deleted,omitempty"`
}

// purgeTimer purges a deleted key when its retention is over.
const purgeTimer = "keyvault.purgekey"

// version is one version of a key.
type version struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"` // RSA, RSA-HSM, EC or EC-HSM
	Size       int               `json:"size,omitempty"`
	Curve      string            `json:"curve,omitempty"`
	Operations []string          `json:"operations"`
	Enabled    bool              `json:"enabled"`
	NotBefore  *int64            `json:"notBefore,omitempty"` // in seconds of Unix time
	Expires    *int64            `json:"expires,omitempty"`
	Created    time.Time         `json:"created"`
	Updated    time.Time         `json:"updated"`
	Tags       map[string]string `json:"tags,omitempty"`
	// Private is the private key, PKCS #8, empty until it is needed. Rehearsal has no HSM: keys of an
	// HSM are kept here too.
	Private []byte `json:"private"`
}

// deletion holds when a key was deleted and when it will be purged.
type deletion struct {
	At    time.Time `json:"at"`
	Purge time.Time `json:"purge"`
}

// The operations that a key can permit.
const (
	encrypt   = "encrypt"
	decrypt   = "decrypt"
	sign      = "sign"
	verify    = "verify"
	wrapKey   = "wrapKey"
	unwrapKey = "unwrapKey"
)

const keyPrefix = "keyvault/key/"

func keysOf(vault string) string { return keyPrefix + strings.ToLower(vault) + "/" }

func keyDocument(vault, name string) string { return keysOf(vault) + strings.ToLower(name) }

// loadKey returns a key, deleted or not, or nil.
func loadKey(tx *engine.Tx, vault, name string) *key {
	loaded := new(key)
	if !tx.Load(keyDocument(vault, name), loaded) {
		return nil
	}
	return loaded
}

func (k *key) save(tx *engine.Tx) { tx.Store(keyDocument(k.Vault, k.Name), k) }

// eachKey calls fn for every key of a vault, deleted or not, in the order of their names.
func eachKey(tx *engine.Tx, vault string, fn func(*key)) {
	tx.Each(keysOf(vault), func(_ string, decode func(any)) {
		loaded := new(key)
		decode(loaded)
		fn(loaded)
	})
}

// latest returns the version that an identifier without a version stands for.
func (k *key) latest() *version { return k.Versions[len(k.Versions)-1] }

// version returns a version, the latest where id is "", or nil.
func (k *key) version(id string) *version {
	if id == "" {
		return k.latest()
	}
	for _, v := range k.Versions {
		if strings.EqualFold(v.ID, id) {
			return v
		}
	}
	return nil
}

// id returns the identifier of the key without a version.
func (k *key) id(tx *engine.Tx) string {
	return tx.Addresses().URI(tx, vaults.Domain, k.Vault) + "keys/" + k.Name
}

// versionID returns the identifier of a version of the key.
func (k *key) versionID(tx *engine.Tx, v *version) string { return k.id(tx) + "/" + v.ID }

// scope is the resource ID of the key, which role assignments can name.
func keyScope(vault *engine.Resource, name string) engine.ID {
	if name == "" {
		return vault.ID
	}
	return vault.ID + "/keys/" + engine.ID(name)
}

// add makes the version the key's latest and publishes that.
func (k *key) add(tx *engine.Tx, v *version) {
	v.ID = strings.ReplaceAll(tx.NewID(), "-", "")
	v.Created, v.Updated = tx.Now(), tx.Now()
	k.Versions = append(k.Versions, v)
	k.scheduleRotation(tx)
	k.save(tx)
	tx.Publish(KeyVersionAdded, k.id(tx))
}

// generate makes the secret part of the version, of its type and size or on its curve.
func (v *version) generate() error {
	var made *material.Key
	var err error
	if v.isRSA() {
		made, err = material.NewRSA(v.Size)
	} else {
		made, err = material.NewEC(v.Curve)
	}
	if err != nil {
		return err
	}
	v.Private, err = made.Encode()
	return err
}

// material returns the secret part of a version, and makes it if nobody has needed it before.
func (k *key) material(tx *engine.Tx, v *version) *material.Key {
	if len(v.Private) == 0 {
		if err := v.generate(); err != nil {
			panic(err) // the machine has no randomness
		}
		k.save(tx)
	}
	private, err := material.Parse(v.Private)
	if err != nil {
		panic(&engine.CorruptError{Key: keyDocument(k.Vault, k.Name), Err: err})
	}
	return private
}

func (v *version) isRSA() bool { return strings.HasPrefix(v.Type, "RSA") }

func (v *version) isHSM() bool { return strings.HasSuffix(v.Type, "-HSM") }

func (v *version) permits(operation string) bool { return slices.Contains(v.Operations, operation) }

// early reports whether the version is not yet valid, late whether it has expired.
func (v *version) early(now time.Time) bool {
	return v.NotBefore != nil && now.Before(time.Unix(*v.NotBefore, 0))
}

func (v *version) late(now time.Time) bool {
	return v.Expires != nil && !now.Before(time.Unix(*v.Expires, 0))
}

// delete soft-deletes the key.
func (k *key) delete(tx *engine.Tx, vault *engine.Resource) {
	k.Deleted = &deletion{At: tx.Now(), Purge: tx.Now().Add(vaults.Retention(vault))}
	k.save(tx)
	tx.Schedule(k.Deleted.Purge, purgeTimer, k.Vault+"/"+k.Name)
	tx.Publish(AccessChanged, string(vault.ID))
}

// recover undoes the soft deletion.
func (k *key) recover(tx *engine.Tx, vault *engine.Resource) {
	k.Deleted = nil
	k.scheduleRotation(tx)
	k.save(tx)
	tx.Publish(AccessChanged, string(vault.ID))
}

// purge removes the key for good.
func (k *key) purge(tx *engine.Tx) { tx.Erase(keyDocument(k.Vault, k.Name)) }

// purgeDueKey is called when the retention of a deleted key may be over.
func purgeDueKey(tx *engine.Tx, subject string) {
	vault, name, _ := strings.Cut(subject, "/")
	due := loadKey(tx, vault, name)
	if due != nil && due.Deleted != nil && !tx.Now().Before(due.Deleted.Purge) {
		due.purge(tx)
	}
}

// contents are the keys in a vault as its vault sees them.
type contents struct{}

// Recovered implements [vaults.Contents]: what stood still with the vault goes on.
func (contents) Recovered(tx *engine.Tx, vault string) {
	eachKey(tx, vault, func(k *key) { k.scheduleRotation(tx) })
}

// Purged implements [vaults.Contents].
func (contents) Purged(tx *engine.Tx, vault string) {
	eachKey(tx, vault, func(k *key) { k.purge(tx) })
}
