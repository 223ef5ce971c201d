// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"net/http"
	"unicode/utf8"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// secretPart is what a version of a secret has and one of a key does not.
type secretPart struct {
	ContentType *string `json:"contentType,omitempty"`
	Value       string  `json:"value,omitempty"`
}

// The limits of a secret (About secrets).
const (
	maxSecret      = 25 * 1024 // bytes
	maxContentType = 255       // characters
)

// sentSecret is the body of a creation, and of an update, which has no value.
type sentSecret struct {
	sentFacts

	Value       string  `json:"value"`
	ContentType *string `json:"contentType"`
}

// changeSecret takes the attributes, content type and tags that were sent. The value of a version never
// changes.
func (v *version) changeSecret(sent sentSecret) *engine.Error {
	if sent.ContentType != nil {
		if length := utf8.RuneCountInString(*sent.ContentType); length > maxContentType {
			return badParameter("The contentType has %d characters. At most %d are allowed.",
				length, maxContentType)
		}
		v.ContentType = sent.ContentType
	}
	return v.change(sent.sentFacts)
}

// serveSetSecret makes a secret, or a new version of one.
func serveSetSecret(c *call) (*engine.Response, error) {
	var sent sentSecret
	if err := c.read(&sent); err != nil {
		return nil, err
	}
	if len(sent.Value) > maxSecret {
		return nil, badParameter("The value has %d bytes. At most %d are allowed.",
			len(sent.Value), maxSecret)
	}
	set := secrets.load(c.Tx, c.vault.Name, c.name)
	switch {
	case set == nil:
		set = &object{Kind: secrets, Vault: c.vault.Name, Name: c.name}
	case set.Deleted != nil:
		return nil, set.recoverable()
	}
	made := &version{Enabled: true, secretPart: secretPart{Value: sent.Value}}
	if refused := made.changeSecret(sent); refused != nil {
		return nil, refused
	}
	set.add(c.Tx, made)
	return c.answerValue(set, made)
}

// serveGetSecret answers outside of the version's dates too (About secrets: date-time controlled
// operations).
func serveGetSecret(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	if !found.version.Enabled {
		// The words are those of Azure/azure-sdk-for-js issue 24756.
		refused := engine.Errorf(http.StatusForbidden, "Forbidden",
			"Operation get is not allowed on a disabled secret.")
		refused.Inner = "SecretDisabled"
		return nil, refused
	}
	return c.answerValue(found.object, found.version)
}

// answerValue answers with a version and its value, which no other answers have.
func (c *call) answerValue(o *object, v *version) (*engine.Response, error) {
	body := c.bundle(o, v)
	body["value"] = v.Value
	return c.answer(body)
}

func serveUpdateSecret(c *call) (*engine.Response, error) {
	found, err := c.find()
	if err != nil {
		return nil, err
	}
	var sent sentSecret
	if err := c.read(&sent); err != nil {
		return nil, err
	}
	if refused := found.version.changeSecret(sent); refused != nil {
		return nil, refused
	}
	c.update(found)
	return c.answer(c.bundle(found.object, found.version))
}
