// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// What answers show of a key or secret: the bundle of one, the item of a list, and the same of deleted
// ones.

// bundle returns a key with its public half, or a secret without its value (recorded).
func (c *call) bundle(o *object, v *version) map[string]any {
	id := o.versionID(c.Tx, v)
	if o.Kind == secrets {
		return c.item(id, v)
	}
	shown := map[string]any{
		"kid": id, "kty": v.Type, "key_ops": v.Operations,
	}
	set := func(name string, value []byte) {
		if value != nil {
			shown[name] = encoded(value)
		}
	}
	public := o.material(c.Tx, v).Public()
	set("n", public.N)
	set("e", public.E)
	set("x", public.X)
	set("y", public.Y)
	if v.Curve != "" {
		shown["crv"] = v.Curve
	}
	body := map[string]any{"key": shown, "attributes": c.attributes(v)}
	if len(v.Tags) > 0 {
		body["tags"] = v.Tags
	}
	return body
}

// item returns a key or secret as lists have it, under the identifier id.
func (c *call) item(id string, v *version) map[string]any {
	body := map[string]any{"attributes": c.attributes(v)}
	if c.route.kind == keys {
		body["kid"] = id
	} else {
		body["id"] = id
	}
	if v.ContentType != nil {
		body["contentType"] = *v.ContentType
	}
	if len(v.Tags) > 0 {
		body["tags"] = v.Tags
	}
	return body
}

// deleted adds to a bundle or an item of a deleted object when it was deleted, when it will be purged
// and how it is recovered.
func (c *call) deleted(o *object, body map[string]any) map[string]any {
	body["recoveryId"] = c.Addresses().URI(c.Tx, vaults.Domain, o.Vault) +
		"deleted" + string(o.Kind) + "/" + o.Name
	body["deletedDate"] = o.Deleted.At.Unix()
	body["scheduledPurgeDate"] = o.Deleted.Purge.Unix()
	return body
}

// attributes are shown as far as the version asked for has them.
func (c *call) attributes(v *version) map[string]any {
	shown := map[string]any{
		"enabled": v.Enabled, "created": v.Created.Unix(), "updated": v.Updated.Unix(),
		"recoveryLevel": vaults.RecoveryLevel(c.vault),
	}
	if v.NotBefore != nil {
		shown["nbf"] = *v.NotBefore
	}
	if v.Expires != nil {
		shown["exp"] = *v.Expires
	}
	if c.since(1) {
		shown["recoverableDays"] = vaults.RetentionDays(c.vault)
	}
	if c.route.kind == keys && c.since(3) {
		shown["exportable"] = false
	}
	if c.route.kind == keys && c.since(5) {
		shown["hsmPlatform"] = "0"
		if v.isHSM() {
			shown["hsmPlatform"] = "2"
		}
	}
	return shown
}

// since reports whether the version asked for is 7.minor or newer; those with a date are newer
// than all with a number.
func (c *call) since(minor int) bool {
	number, _, _ := strings.Cut(c.APIVersion, "-")
	major, after, numbered := strings.Cut(number, ".")
	if !numbered {
		return true
	}
	asked, err := strconv.Atoi(after)
	return err != nil || major != "7" || asked >= minor
}

func encoded(value []byte) string { return base64.RawURLEncoding.EncodeToString(value) }

// decoded reads base64url, with its padding or without.
func decoded(value string) ([]byte, bool) {
	bytes, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(value, "="))
	return bytes, err == nil
}

// pageLength is how many entries a page has at most (OpenAPI, maxresults).
const pageLength = 25

// entry is an entry of a list and what the list is ordered by.
type entry struct {
	order string
	shown map[string]any
}

// page answers with the entries after the one that $skiptoken tells of. entries are in their
// order.
func (c *call) page(entries []entry) (*engine.Response, error) {
	length := pageLength
	if sent, ok := c.Query["maxresults"]; ok {
		asked, err := strconv.Atoi(sent)
		if err != nil || asked < 1 || asked > pageLength {
			return nil, badParameter("maxresults is a number from 1 to %d, not '%s'.",
				pageLength, sent)
		}
		length = asked
	}
	after, ok := decoded(c.Query["$skiptoken"])
	if !ok {
		return nil, badParameter("The $skiptoken is not one of Key Vault's.")
	}
	value := []any{}
	var link any
	last := string(after)
	for _, e := range entries {
		if e.order <= string(after) {
			continue
		}
		if len(value) == length {
			link = c.link(last, length)
			break
		}
		value = append(value, e.shown)
		last = e.order
	}
	return &engine.Response{
		Status: http.StatusOK, Body: map[string]any{"value": value, "nextLink": link},
	}, nil
}

// withPort writes the port of a vault's own host name out.
func withPort(uri string) string {
	return strings.Replace(uri, string(vaults.Domain)+"/", string(vaults.Domain)+":443/", 1)
}

// link leads to the page after the entry last. Key Vault writes the port out (recorded).
func (c *call) link(last string, length int) string {
	base := withPort(c.Addresses().URI(c.Tx, vaults.Domain, c.vault.Name))
	return strings.TrimSuffix(base, "/") + c.HTTP.URL.Path + "?api-version=" + c.APIVersion +
		"&$skiptoken=" + encoded([]byte(last)) + "&maxresults=" + strconv.Itoa(length)
}
