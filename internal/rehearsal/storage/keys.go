// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/envelope"
)

const listKeysPermission = "Microsoft.Storage/storageAccounts/listkeys/action"

// secrets is what a storage account knows and shows to nobody who may not list its keys.
type secrets struct {
	Keys    [2]accessKey      `json:"keys"`
	AtRest  envelope.Envelope `json:"atRest"`
	Rotated time.Time         `json:"rotated"` // when a customer's key last wrapped anew
}

// accessKey is one of the two 512-bit keys that sign requests to the account.
type accessKey struct {
	Value   []byte    `json:"value"`
	Created time.Time `json:"created"`
}

// keyNames are the names of the access keys, in their order.
var keyNames = [2]string{"key1", "key2"} //nolint:gochecknoglobals // a constant that Go has no form for

func secretsOf(account *engine.Resource) *secrets {
	known := new(secrets)
	account.Reveal(known)
	return known
}

// newKey makes an access key. It is really random: a signature made with it proves what it proves
// in Azure.
func newKey(now time.Time) accessKey {
	value := make([]byte, 64)
	_, _ = rand.Read(value) // never fails: crypto/rand ends the program instead
	return accessKey{Value: value, Created: now}
}

// showKeyTimes keeps the readable creation times in step with the keys.
func showKeyTimes(account *engine.Resource, keys [2]accessKey) {
	for i, name := range keyNames {
		account.Set("keyCreationTime."+name, timestamp(keys[i].Created))
	}
}

func listKeys(r *engine.Request, account *engine.Resource) (*engine.Response, error) {
	return keyList(secretsOf(account)), nil
}

// keyList is the answer to listKeys and regenerateKey. An access key of an account without
// directory authentication has no more permissions than "FULL", spelled so (recorded; the
// OpenAPI document has "Full").
func keyList(known *secrets) *engine.Response {
	var list []any
	for i, name := range keyNames {
		list = append(list, map[string]any{
			"creationTime": timestamp(known.Keys[i].Created),
			"keyName":      name,
			"value":        base64.StdEncoding.EncodeToString(known.Keys[i].Value),
			"permissions":  "FULL",
		})
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{"keys": list}}
}

// regenerateKey replaces one access key. The old value is dead when the call returns.
func regenerateKey(r *engine.Request, account *engine.Resource) (*engine.Response, error) {
	name, _ := r.Body["keyName"].(string)
	known := secretsOf(account)
	for i := range keyNames {
		if !strings.EqualFold(name, keyNames[i]) {
			continue
		}
		known.Keys[i] = newKey(r.Now())
		showKeyTimes(account, known.Keys)
		account.Hide(known)
		r.Save(account)
		return keyList(known), nil
	}
	// kerb1 and kerb2 are names of keys too, but only where directory authentication for Azure
	// Files is switched on, which rehearsal does not have.
	return nil, engine.Ownf(http.StatusBadRequest, "InvalidKeyName",
		"The storage account '%s' has no key named '%s'. The keys are key1 and key2.",
		account.Name, name)
}
