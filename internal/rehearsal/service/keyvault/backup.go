// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// A backup is a key or a secret with all its versions, sealed so that nobody but Key Vault can open it
// (OpenAPI, BackupKey: "the returned key material is either protected to a Azure Key Vault HSM or to
// Azure Key Vault itself"). It opens again in every vault of its subscription. That it opens in no other
// geography either, rehearsal leaves out: it does not know which regions make one.

// backup is the content of a backup before it is sealed.
type backup struct {
	Subscription string `json:"subscription"`
	Kind         kind   `json:"kind"`
	Object       object `json:"object"`
}

// backupSecret is where what seals the backups is kept.
const backupSecret = "keyvault/backupsecret"

// errBackup reports a value that is not a backup of this Key Vault.
var errBackup = errors.New("not a backup")

// seal returns what seals and opens backups. It is made with the first backup.
func seal(tx *engine.Tx) (cipher.AEAD, error) {
	secret := make([]byte, 32)
	if !tx.Load(backupSecret, &secret) {
		if _, err := rand.Read(secret); err != nil {
			return nil, fmt.Errorf("making the secret of backups: %w", err)
		}
		tx.Store(backupSecret, secret)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("reading the secret of backups: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (b backup) seal(tx *engine.Tx) ([]byte, error) {
	sealer, err := seal(tx)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("writing a backup: %w", err)
	}
	return sealer.Seal(nil, nil, content, nil), nil //nolint:gosec // The sealer makes its own nonce.
}

func openBackup(tx *engine.Tx, sealed []byte) (backup, error) {
	opener, err := seal(tx)
	if err != nil {
		return backup{}, err
	}
	content, err := opener.Open(nil, nil, sealed, nil)
	if err != nil {
		return backup{}, errBackup
	}
	var opened backup
	if err := json.Unmarshal(content, &opened); err != nil {
		return backup{}, fmt.Errorf("reading a backup: %w", err)
	}
	return opened, nil
}

func serveBackup(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	if c.route.kind == keys {
		for _, v := range found.object.Versions {
			found.object.material(c.Tx, v)
		}
	}
	sealed, err := backup{
		Subscription: c.vault.ID.Subscription(), Kind: c.route.kind, Object: *found.object,
	}.seal(c.Tx)
	if err != nil {
		return nil, err
	}
	return c.answer(map[string]any{"value": encoded(sealed)})
}

// serveRestore brings a key or secret back with all its versions and their identifiers (OpenAPI,
// RestoreKey). Which rotation policy a key has then is not documented: here it keeps its own.
func serveRestore(c *call) (*engine.Response, error) {
	var sent struct {
		Value string `json:"value"`
	}
	if err := c.read(&sent); err != nil {
		return nil, err
	}
	sealed, ok := decoded(sent.Value)
	if !ok {
		return nil, badParameter("The value is not base64url.")
	}
	restored, err := openBackup(c.Tx, sealed)
	switch {
	case errors.Is(err, errBackup), err == nil && restored.Kind != c.route.kind:
		return nil, badParameter("Backup blob contains invalid or corrupt data.")
	case err != nil:
		return nil, err
	case restored.Subscription != c.vault.ID.Subscription():
		return nil, badParameter("The backup is from a vault of another subscription.")
	}
	o := restored.Object
	o.Kind, o.Vault = restored.Kind, c.vault.Name
	if refused := nameInUse(o.Kind.load(c.Tx, c.vault.Name, o.Name)); refused != nil {
		return nil, refused
	}
	o.recover(c.Tx, c.vault)
	return c.answer(c.bundle(&o, o.latest()))
}

// nameInUse refuses to restore an object whose name is in use, by a deleted one too (OpenAPI, RestoreKey:
// "If the key name is not available in the target Key Vault, the RESTORE operation will be
// rejected").
func nameInUse(existing *object) *engine.Error {
	switch {
	case existing == nil:
		return nil
	case existing.Deleted != nil:
		return existing.recoverable()
	default:
		return engine.Ownf(http.StatusConflict, "Conflict",
			"There is a %s named %s in the vault already.", existing.Kind.noun(), existing.Name)
	}
}

// recoverable returns the refusal to use the name of a deleted object.
func (o *object) recoverable() *engine.Error {
	refused := engine.Errorf(http.StatusConflict, "Conflict",
		"%s %s is currently in a deleted but recoverable state, and its name cannot be "+
			"reused; in this state, the %s can only be recovered or purged.",
		o.Kind.title(), o.Name, o.Kind.noun())
	refused.Inner = "ObjectIsDeletedButRecoverable"
	return refused
}
