// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/material"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// sentAttributes are the attributes of a key or secret as requests have them.
type sentAttributes struct {
	Enabled    *bool  `json:"enabled"`
	NotBefore  *int64 `json:"nbf"`
	Expires    *int64 `json:"exp"`
	Exportable bool   `json:"exportable"`
}

// sentFacts are what the bodies of creations and updates have for keys and secrets alike.
type sentFacts struct {
	Attributes sentAttributes    `json:"attributes"`
	Tags       map[string]string `json:"tags"`
}

// sentKey is the body of a creation, and of an update, which has fewer fields.
type sentKey struct {
	sentFacts

	Type       string   `json:"kty"`
	Size       int      `json:"key_size"`
	Exponent   int      `json:"public_exponent"`
	Curve      string   `json:"crv"`
	Operations []string `json:"key_ops"`
	Release    any      `json:"release_policy"`
}

func serveCreateKey(c *call) (*engine.Response, error) {
	var sent sentKey
	if err := c.read(&sent); err != nil {
		return nil, err
	}
	created, made, err := createKey(c.Tx, c.vault, c.name, sent)
	if err != nil {
		return nil, err
	}
	return c.answer(c.bundle(created, made))
}

// createKey makes a key, or a new version of one, without its secret part.
func createKey(
	tx *engine.Tx, vault *engine.Resource, name string, sent sentKey,
) (*object, *version, error) {
	target := keys.load(tx, vault.Name, name)
	if target != nil && target.Deleted != nil {
		return nil, nil, target.recoverable()
	}
	made, refused := newVersion(vault, sent)
	if refused != nil {
		return nil, nil, refused
	}
	if !made.isRSA() && !material.HasCurve(made.Curve) {
		return nil, nil, engine.Ownf(http.StatusNotImplemented, "NotImplemented",
			"Rehearsal makes no keys on the curve %s.", made.Curve)
	}
	if target == nil {
		target = &object{Kind: keys, Vault: vault.Name, Name: name}
	}
	target.add(tx, made)
	return target, made, nil
}

// newVersion returns the version that was sent, without its private part.
func newVersion(vault *engine.Resource, sent sentKey) (*version, *engine.Error) {
	v := &version{Enabled: true, keyPart: keyPart{Type: sent.Type}}
	switch v.Type {
	case "RSA", "RSA-HSM":
		if v.Size = sent.Size; v.Size == 0 {
			v.Size = 2048
		}
		if !slices.Contains([]int{2048, 3072, 4096}, v.Size) {
			return nil, badParameter("Property key_size has the invalid value %d. RSA keys have "+
				"2048, 3072 or 4096 bits.", v.Size)
		}
		if sent.Exponent != 0 && sent.Exponent != 65537 {
			return nil, engine.Ownf(http.StatusNotImplemented, "NotImplemented",
				"Rehearsal makes RSA keys with the public exponent 65537 only.")
		}
	case "EC", "EC-HSM":
		if v.Curve = sent.Curve; v.Curve == "" {
			v.Curve = "P-256"
		}
	default:
		// Symmetric keys are Managed HSM's (About keys: key types and protection methods).
		return nil, badParameter("A vault has no keys of the type '%s'. Its keys are RSA, RSA-HSM, "+
			"EC or EC-HSM.", sent.Type)
	}
	if v.isHSM() && !vaults.Premium(vault) {
		return nil, badParameter("The key type %s needs a vault of the premium SKU.", v.Type)
	}
	if v.Operations = sent.Operations; v.Operations == nil {
		v.Operations = possible(v)
	}
	if sent.Attributes.Exportable || sent.Release != nil {
		return nil, engine.Ownf(http.StatusNotImplemented, "NotImplemented",
			"Rehearsal has no keys that can be exported.")
	}
	return v, v.changeKey(sent)
}

// possible returns the operations that a key of the version's type can do.
func possible(v *version) []string {
	if v.isRSA() {
		return []string{encrypt, decrypt, sign, verify, wrapKey, unwrapKey}
	}
	return []string{sign, verify}
}

// changeKey takes the attributes, operations and tags that were sent.
func (v *version) changeKey(sent sentKey) *engine.Error {
	if sent.Operations != nil {
		for _, operation := range sent.Operations {
			if !slices.Contains(possible(v), operation) {
				return badParameter("The key operation '%s' is not valid for the key type %s.",
					operation, v.Type)
			}
		}
		v.Operations = sent.Operations
	}
	return v.change(sent.sentFacts)
}

// maxTags is how many tags a key or secret has at most (About keys, About secrets: tags).
const maxTags = 15

// change takes the attributes and tags that were sent.
func (v *version) change(sent sentFacts) *engine.Error {
	if len(sent.Tags) > maxTags {
		return badParameter("There are %d tags. At most %d are allowed.", len(sent.Tags), maxTags)
	}
	if sent.Attributes.Enabled != nil {
		v.Enabled = *sent.Attributes.Enabled
	}
	if sent.Attributes.NotBefore != nil {
		v.NotBefore = sent.Attributes.NotBefore
	}
	if sent.Attributes.Expires != nil {
		v.Expires = sent.Attributes.Expires
	}
	if v.NotBefore != nil && v.Expires != nil && *v.NotBefore >= *v.Expires {
		return badParameter("It would expire before it becomes valid: nbf is %d, exp is %d.",
			*v.NotBefore, *v.Expires)
	}
	if sent.Tags != nil {
		v.Tags = sent.Tags
	}
	return nil
}

func serveGetKey(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	return c.answer(c.bundle(found.object, found.version))
}

func serveUpdateKey(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	var sent sentKey
	if err := c.read(&sent); err != nil {
		return nil, err
	}
	if refused := found.version.changeKey(sent); refused != nil {
		return nil, refused
	}
	c.update(found)
	return c.answer(c.bundle(found.object, found.version))
}

// update keeps a version that was changed.
func (c *call) update(changed *located) {
	changed.version.Updated = c.Now()
	changed.object.scheduleRotation(c.Tx)
	changed.object.save(c.Tx)
	changed.object.publish(c.Tx, c.vault)
}

// What is done with keys and secrets alike.

func serveDelete(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	found.object.delete(c.Tx, c.vault)
	return c.answer(c.deleted(found.object, c.bundle(found.object, found.version)))
}

func serveList(c *call) (*engine.Response, error) {
	var entries []entry
	c.route.kind.each(c.Tx, c.vault.Name, func(o *object) {
		if o.Deleted == nil {
			entries = append(entries, entry{strings.ToLower(o.Name), c.item(o.id(c.Tx), o.latest())})
		}
	})
	return c.page(entries)
}

// serveVersions lists versions in the order of their identifiers, which says nothing about
// which one is the newest: clients are not to rely on an order.
func serveVersions(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, v := range found.object.Versions {
		entries = append(entries, entry{v.ID, c.item(found.object.versionID(c.Tx, v), v)})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.order, b.order) })
	return c.page(entries)
}

// findDeleted returns the deleted object that the path names.
func (c *call) findDeleted() (*object, error) {
	found := c.route.kind.load(c.Tx, c.vault.Name, c.name)
	if found == nil || found.Deleted == nil {
		// The words are those of the Key Vault SDKs' recorded tests.
		title := c.route.kind.title()
		return nil, engine.Errorf(http.StatusNotFound, title+"NotFound",
			"Deleted %s not found: %s", title, c.name)
	}
	return found, nil
}

func serveListDeleted(c *call) (*engine.Response, error) {
	var entries []entry
	c.route.kind.each(c.Tx, c.vault.Name, func(o *object) {
		if o.Deleted != nil {
			shown := c.deleted(o, c.item(o.id(c.Tx), o.latest()))
			entries = append(entries, entry{strings.ToLower(o.Name), shown})
		}
	})
	return c.page(entries)
}

func serveGetDeleted(c *call) (*engine.Response, error) {
	found, err := c.findDeleted()
	if err != nil {
		return nil, err
	}
	return c.answer(c.deleted(found, c.bundle(found, found.latest())))
}

func serveRecover(c *call) (*engine.Response, error) {
	found := c.route.kind.load(c.Tx, c.vault.Name, c.name)
	if found != nil && found.Deleted == nil {
		refused := engine.Ownf(http.StatusBadRequest, "MethodNotAllowed",
			"%s %s exists already.", c.route.kind.title(), c.name)
		refused.Inner = "RequestNotAllowedOnNonDeletedObject"
		return nil, refused
	}
	found, err := c.findDeleted()
	if err != nil {
		return nil, err
	}
	found.recover(c.Tx, c.vault)
	return c.answer(c.bundle(found, found.latest()))
}

func servePurge(c *call) (*engine.Response, error) {
	found, err := c.findDeleted()
	if err != nil {
		return nil, err
	}
	if vaults.PurgeProtected(c.vault) {
		return nil, engine.Errorf(http.StatusForbidden, "Forbidden",
			"Operation \"purge\" is not allowed because purge protection is enabled for this "+
				"vault. Key Vault service will automatically purge it after the retention period "+
				"has passed.\nVault: %s;location=%s", c.vault.Name, c.vault.Location)
	}
	found.purge(c.Tx)
	return &engine.Response{Status: http.StatusNoContent}, nil
}

// What is done with the secret part of a key.

// sentValue is the body of an operation with a key.
type sentValue struct {
	Algorithm string `json:"alg"`
	Value     string `json:"value"`
	Digest    string `json:"digest"`
}

func (c *call) readValue() (sent sentValue, value []byte, err error) {
	if err := c.read(&sent); err != nil {
		return sent, nil, err
	}
	value, ok := decoded(sent.Value)
	if !ok {
		return sent, nil, badParameter("The value is not base64url.")
	}
	return sent, value, nil
}

// operate does the route's operation with the key and answers with what came of it.
func (c *call) operate(do func(*material.Key) ([]byte, error)) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	result, refused := found.use(c.Tx, c.route.operation, do)
	if refused != nil {
		return nil, refused
	}
	return c.answer(map[string]any{"kid": found.id, "value": encoded(result)})
}

func serveCipher(c *call) (*engine.Response, error) {
	sent, value, err := c.readValue()
	if err != nil {
		return nil, err
	}
	return c.operate(func(k *material.Key) ([]byte, error) {
		if c.route.operation == encrypt || c.route.operation == wrapKey {
			return k.Encrypt(sent.Algorithm, value)
		}
		return k.Decrypt(sent.Algorithm, value)
	})
}

func serveSign(c *call) (*engine.Response, error) {
	sent, value, err := c.readValue()
	if err != nil {
		return nil, err
	}
	return c.operate(func(k *material.Key) ([]byte, error) {
		return k.Sign(sent.Algorithm, value)
	})
}

func serveVerify(c *call) (*engine.Response, error) {
	sent, signature, err := c.readValue()
	if err != nil {
		return nil, err
	}
	digest, ok := decoded(sent.Digest)
	if !ok {
		return nil, badParameter("The digest is not base64url.")
	}
	var valid bool
	if _, err := c.operate(func(k *material.Key) ([]byte, error) {
		var err error
		valid, err = k.Verify(sent.Algorithm, digest, signature)
		return nil, err
	}); err != nil {
		return nil, err
	}
	return c.answer(map[string]any{"value": valid})
}
