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

// kind is a kind of object in a vault, as identifiers and access policies spell it.
type kind string

// The kinds.
const (
	keys    kind = "keys"
	secrets kind = "secrets"
)

func kinds() []kind { return []kind{keys, secrets} }

// noun returns the kind's word for one object, "key".
func (k kind) noun() string { return strings.TrimSuffix(string(k), "s") }

// title returns the same as operations and codes have it, "Key".
func (k kind) title() string {
	noun := k.noun()
	return strings.ToUpper(noun[:1]) + noun[1:]
}

// purgeTimer purges a deleted object when its retention is over.
func (k kind) purgeTimer() string { return "keyvault.purge" + k.noun() }

// object is a key or a secret in a vault with all its versions.
type object struct {
	Kind     kind       `json:"-"` // by the key of the document
	Vault    string     `json:"vault"`
	Name     string     `json:"name"`
	Versions []*version `json:"versions"` // in the order in which they were made
	Deleted  *deletion  `json:"deleted,omitempty"`
	// Policy is a key's rotation policy.
	Policy *rotation.Policy `json:"policy,omitempty"`
}

// version is one version of an object.
type version struct {
	ID        string            `json:"id"`
	Enabled   bool              `json:"enabled"`
	NotBefore *int64            `json:"notBefore,omitempty"` // in seconds of Unix time
	Expires   *int64            `json:"expires,omitempty"`
	Created   time.Time         `json:"created"`
	Updated   time.Time         `json:"updated"`
	Tags      map[string]string `json:"tags,omitempty"`

	keyPart
	secretPart
}

// deletion holds when an object was deleted and when it will be purged.
type deletion struct {
	At    time.Time `json:"at"`
	Purge time.Time `json:"purge"`
}

func (k kind) documents(vault string) string {
	return "keyvault/" + k.noun() + "/" + strings.ToLower(vault) + "/"
}

func (k kind) document(vault, name string) string { return k.documents(vault) + strings.ToLower(name) }

// load returns an object of the kind, deleted or not, or nil.
func (k kind) load(tx *engine.Tx, vault, name string) *object {
	loaded := &object{Kind: k}
	if !tx.Load(k.document(vault, name), loaded) {
		return nil
	}
	return loaded
}

// each calls fn for every object of the kind in a vault, deleted or not, in the order of their names.
func (k kind) each(tx *engine.Tx, vault string, fn func(*object)) {
	tx.Each(k.documents(vault), func(_ string, decode func(any)) {
		loaded := &object{Kind: k}
		decode(loaded)
		fn(loaded)
	})
}

// scope is the resource ID of an object, which role assignments can name, or that of the vault for "".
func (k kind) scope(vault *engine.Resource, name string) engine.ID {
	if name == "" {
		return vault.ID
	}
	return vault.ID + "/" + engine.ID(k) + "/" + engine.ID(name)
}

func (o *object) save(tx *engine.Tx) { tx.Store(o.Kind.document(o.Vault, o.Name), o) }

// latest returns the version that an identifier without a version stands for.
func (o *object) latest() *version { return o.Versions[len(o.Versions)-1] }

// version returns a version, the latest where id is "", or nil.
func (o *object) version(id string) *version {
	if id == "" {
		return o.latest()
	}
	for _, v := range o.Versions {
		if strings.EqualFold(v.ID, id) {
			return v
		}
	}
	return nil
}

// id returns the identifier of the object without a version.
func (o *object) id(tx *engine.Tx) string {
	return tx.Addresses().URI(tx, vaults.Domain, o.Vault) + string(o.Kind) + "/" + o.Name
}

// versionID returns the identifier of a version of the object.
func (o *object) versionID(tx *engine.Tx, v *version) string { return o.id(tx) + "/" + v.ID }

// add makes the version the object's latest, and publishes that of a key.
func (o *object) add(tx *engine.Tx, v *version) {
	v.ID = strings.ReplaceAll(tx.NewID(), "-", "")
	v.Created, v.Updated = tx.Now(), tx.Now()
	o.Versions = append(o.Versions, v)
	o.scheduleRotation(tx)
	o.save(tx)
	if o.Kind == keys {
		tx.Publish(KeyVersionAdded, o.id(tx))
	}
}

// delete soft-deletes the object.
func (o *object) delete(tx *engine.Tx, vault *engine.Resource) {
	o.Deleted = &deletion{At: tx.Now(), Purge: tx.Now().Add(vaults.Retention(vault))}
	o.save(tx)
	tx.Schedule(o.Deleted.Purge, o.Kind.purgeTimer(), o.Vault+"/"+o.Name)
	o.publish(tx, vault)
}

// recover undoes the soft deletion.
func (o *object) recover(tx *engine.Tx, vault *engine.Resource) {
	o.Deleted = nil
	o.scheduleRotation(tx)
	o.save(tx)
	o.publish(tx, vault)
}

// publish says that the use of a key may have changed. No service uses secrets.
func (o *object) publish(tx *engine.Tx, vault *engine.Resource) {
	if o.Kind == keys {
		tx.Publish(AccessChanged, string(vault.ID))
	}
}

// purge removes the object for good.
func (o *object) purge(tx *engine.Tx) { tx.Erase(o.Kind.document(o.Vault, o.Name)) }

// purgeDue is called when the retention of a deleted object of the kind may be over.
func (k kind) purgeDue(tx *engine.Tx, subject string) {
	vault, name, _ := strings.Cut(subject, "/")
	due := k.load(tx, vault, name)
	if due != nil && due.Deleted != nil && !tx.Now().Before(due.Deleted.Purge) {
		due.purge(tx)
	}
}

// contents are the objects in a vault as its vault sees them.
type contents struct{}

// Recovered implements [vaults.Contents]: what stood still with the vault goes on.
func (contents) Recovered(tx *engine.Tx, vault string) {
	keys.each(tx, vault, func(o *object) { o.scheduleRotation(tx) })
}

// Purged implements [vaults.Contents].
func (contents) Purged(tx *engine.Tx, vault string) {
	for _, k := range kinds() {
		k.each(tx, vault, func(o *object) { o.purge(tx) })
	}
}
