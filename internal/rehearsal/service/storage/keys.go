// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
)

const listKeysPermission = "Microsoft.Storage/storageAccounts/listkeys/action"

// secrets are the data of a storage account that only callers with permission to list its keys see.
type secrets struct {
	Keys    [2]accessKey      `json:"keys"`
	Kerb    *[2]accessKey     `json:"kerb,omitempty"`
	AtRest  envelope.Envelope `json:"atRest"`
	Rotated time.Time         `json:"rotated"` // when a customer's key last wrapped anew
	// Former are the latest access keys that were replaced, to know who still holds one.
	Former []formerKey `json:"former,omitempty"`
	// Services are the settings of the account's services that somebody changed.
	Services map[string]map[string]any `json:"services,omitempty"`
}

// accessKey is one of the two 512-bit keys that sign requests to the account, or one of the two
// that Active Directory knows it by.
type accessKey struct {
	Value   []byte    `json:"value"`
	Created time.Time `json:"created"`
}

func secretsOf(account *engine.Resource) *secrets {
	known := new(secrets)
	account.Reveal(known)
	return known
}

// newKey returns a random access key, so that a signature with it proves what it proves in Azure.
func newKey(now time.Time) accessKey {
	value := make([]byte, 64)
	_, _ = rand.Read(value) // never fails: crypto/rand ends the program instead
	return accessKey{Value: value, Created: now}
}

// showKeyTimes keeps the readable creation times in step with the keys.
func showKeyTimes(account *engine.Resource, keys [2]accessKey) {
	account.Set("keyCreationTime.key1", timestamp(keys[0].Created))
	account.Set("keyCreationTime.key2", timestamp(keys[1].Created))
}

// needKerb creates the keys of directory authentication for Azure Files.
func needKerb(account *engine.Resource, known *secrets, now time.Time) {
	const option = "azureFilesIdentityBasedAuthentication.directoryServiceOptions"
	if account.String(option) == "AD" && known.Kerb == nil {
		known.Kerb = &[2]accessKey{newKey(now), newKey(now)}
	}
}

func listKeys(r *engine.Request, account *engine.Resource) (*engine.Response, error) {
	return keyList(secretsOf(account), strings.EqualFold(r.Query["$expand"], "kerb")), nil
}

// keyList returns the answer to listKeys and regenerateKey. The keys' permissions are "FULL", spelled so
// (recorded; the OpenAPI document has "Full").
func keyList(known *secrets, kerb bool) *engine.Response {
	var list []any
	add := func(names string, keys *[2]accessKey) {
		for i, key := range keys {
			list = append(list, map[string]any{
				"creationTime": timestamp(key.Created),
				"keyName":      names + strconv.Itoa(i+1),
				"value":        base64.StdEncoding.EncodeToString(key.Value),
				"permissions":  "FULL",
			})
		}
	}
	add("key", &known.Keys)
	if kerb && known.Kerb != nil {
		add("kerb", known.Kerb)
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{"keys": list}}
}

// regenerateKey replaces one key. The old value is invalid when the call returns.
func regenerateKey(r *engine.Request, account *engine.Resource) (*engine.Response, error) {
	name, _ := r.Body["keyName"].(string)
	known := secretsOf(account)
	var replaced *accessKey
	switch strings.ToLower(name) {
	case "key1":
		replaced = &known.Keys[0]
	case "key2":
		replaced = &known.Keys[1]
	case "kerb1":
		replaced = known.kerb(0)
	case "kerb2":
		replaced = known.kerb(1)
	}
	if replaced == nil {
		return nil, engine.Ownf(http.StatusBadRequest, "InvalidKeyName",
			"The storage account '%s' has no key named '%s'.", account.Name, name)
	}
	known.retire(name, replaced.Value, r.Now())
	*replaced = newKey(r.Now())
	showKeyTimes(account, known.Keys)
	account.Hide(known)
	r.Save(account)
	return keyList(known, strings.HasPrefix(strings.ToLower(name), "kerb")), nil
}

// kerb returns one of the keys for directory authentication, or nil if it is not enabled.
func (s *secrets) kerb(i int) *accessKey {
	if s.Kerb == nil {
		return nil
	}
	return &s.Kerb[i]
}

// formerKey is an access key that was replaced, as far as it has to be known again.
type formerKey struct {
	Name     string    `json:"name"`
	Digest   []byte    `json:"digest"`
	Replaced time.Time `json:"replaced"`
}

// mostFormer is how many replaced keys an account remembers.
const mostFormer = 100

func (s *secrets) retire(name string, value []byte, now time.Time) {
	digest := sha256.Sum256(value)
	s.Former = append(s.Former, formerKey{strings.ToLower(name), digest[:], now})
	s.Former = s.Former[max(0, len(s.Former)-mostFormer):]
}

// Was reports whether a value was an access key of a storage account, and is none any more.
func (*Service) Was(account *engine.Resource, value []byte) bool {
	digest := sha256.Sum256(value)
	return slices.ContainsFunc(secretsOf(account).Former,
		func(former formerKey) bool { return bytes.Equal(former.Digest, digest[:]) })
}

// Regenerated returns when an access key of a storage account was regenerated, the latest time last.
func (*Service) Regenerated(account *engine.Resource, name string) []time.Time {
	times := []time.Time{}
	for _, former := range secretsOf(account).Former {
		if former.Name == name {
			times = append(times, former.Replaced)
		}
	}
	return times
}
