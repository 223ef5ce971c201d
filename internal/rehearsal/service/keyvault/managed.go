// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/rotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// Keys as Resource Manager shows them: the same keys as at the vault's host name, to read and to
// create, for callers who may manage the vault but not use its keys.
const (
	managedKeyType     = Type + "/keys"
	managedVersionType = managedKeyType + "/versions"
)

func registerManagedKeys(e *engine.Engine) {
	e.Register(&engine.ResourceType{Name: managedKeyType, Serve: serveManagedKey})
	e.Register(&engine.ResourceType{Name: managedVersionType, Serve: serveManagedVersion})
}

// managed is a request about a key in Resource Manager.
type managed struct {
	*engine.Request
	vault *engine.Resource
	// key and version are what the path names, "" where it names a list.
	key, version string
}

func manage(r *engine.Request, verb string) (*managed, error) {
	id := vaults.Of(r.ID)
	if id == "" {
		id = vaults.Of(r.ID + "/x") // a list
	}
	if err := r.Permit(managedKeyType+"/"+verb, id); err != nil {
		return nil, err
	}
	vault := r.Resource(id)
	if vault == nil {
		return nil, engine.Gatewayf(http.StatusNotFound, "ParentResourceNotFound",
			"Can not perform requested operation on nested resource. Parent resource '%s' not "+
				"found.", "vaults/"+id.Name())
	}
	m := &managed{Request: r, vault: vault}
	below := segments(strings.TrimPrefix(r.ID.Key(), id.Key()))
	spelled := segments(string(r.ID))
	spelled = spelled[len(spelled)-len(below):]
	if len(spelled) > 1 {
		m.key = spelled[1]
	}
	if len(spelled) > 3 {
		m.version = spelled[3]
	}
	return m, nil
}

func serveManagedKey(r *engine.Request) (*engine.Response, error) {
	verb := "read"
	if r.HTTP.Method == http.MethodPut {
		verb = "write"
	}
	m, err := manage(r, verb)
	if err != nil {
		return nil, err
	}
	switch {
	case r.HTTP.Method == http.MethodPut:
		return m.create()
	case m.key == "":
		shown := []any{}
		keys.each(r.Tx, m.vault.Name, func(o *object) {
			if o.Deleted == nil {
				shown = append(shown, m.show(o, o.latest()))
			}
		})
		return r.Page(shown, "nextLink"), nil
	}
	found, refused := findVersion(r.Tx, m.vault, keys, m.key, "")
	if refused != nil {
		return nil, refused
	}
	return &engine.Response{Status: http.StatusOK, Body: m.show(found.object, found.version)}, nil
}

func serveManagedVersion(r *engine.Request) (*engine.Response, error) {
	m, err := manage(r, "versions/read")
	if err != nil {
		return nil, err
	}
	found, refused := findVersion(r.Tx, m.vault, keys, m.key, m.version)
	if refused != nil {
		return nil, refused
	}
	if m.version != "" {
		return &engine.Response{Status: http.StatusOK, Body: m.show(found.object, found.version)}, nil
	}
	shown := []any{}
	for _, v := range found.object.Versions {
		shown = append(shown, m.show(found.object, v))
	}
	return r.Page(shown, "nextLink"), nil
}

// sentManagedKey is the body of a creation.
type sentManagedKey struct {
	Tags       map[string]string `json:"tags"`
	Properties struct {
		Attributes sentAttributes `json:"attributes"`
		Type       string         `json:"kty"`
		Operations []string       `json:"keyOps"`
		Size       int            `json:"keySize"`
		Curve      string         `json:"curveName"`
		Release    any            `json:"release_policy"`
		Rotation   *rotation.Sent `json:"rotationPolicy"`
	} `json:"properties"`
}

// create makes the first version of a key. A key that is there stays as it is (OpenAPI,
// Keys_CreateIfNotExist).
func (m *managed) create() (*engine.Response, error) {
	existing := keys.load(m.Tx, m.vault.Name, m.key)
	if existing != nil && existing.Deleted == nil {
		return &engine.Response{
			Status: http.StatusOK, Body: m.show(existing, existing.latest()),
		}, nil
	}
	if err := m.ReadBody(); err != nil {
		return nil, err
	}
	var sent sentManagedKey
	encoded, err := json.Marshal(m.Body)
	if err == nil {
		err = json.Unmarshal(encoded, &sent)
	}
	if err != nil {
		return nil, badRequest("The request body has a value that does not fit: %v", err)
	}
	if !validName.MatchString(m.key) {
		return nil, badRequest("The name '%s' is no name of a key.", m.key)
	}
	var policy *rotation.Policy
	if sent.Properties.Rotation != nil {
		if policy, err = sent.Properties.Rotation.Policy(m.Now()); err != nil {
			return nil, badRequest("The rotation policy cannot be followed: %v.", err)
		}
	}
	created, made, err := createKey(m.Tx, m.vault, m.key, sentKey{
		Type: sent.Properties.Type, Size: sent.Properties.Size, Curve: sent.Properties.Curve,
		Operations: sent.Properties.Operations, Release: sent.Properties.Release,
		sentFacts: sentFacts{Attributes: sent.Properties.Attributes, Tags: sent.Tags},
	})
	if err != nil {
		return nil, err
	}
	if policy != nil {
		created.Policy = policy
		created.scheduleRotation(m.Tx)
		created.save(m.Tx)
	}
	return &engine.Response{Status: http.StatusOK, Body: m.show(created, made)}, nil
}

// show returns a key as Resource Manager shows it.
func (m *managed) show(o *object, v *version) map[string]any {
	attributes := map[string]any{
		"enabled": v.Enabled, "created": v.Created.Unix(), "updated": v.Updated.Unix(),
		"recoveryLevel": vaults.RecoveryLevel(m.vault), "exportable": false,
	}
	properties := map[string]any{
		"attributes": attributes, "kty": v.Type, "keyOps": slices.Clone(v.Operations),
		// The port is as in the examples of the OpenAPI document.
		"keyUri": withPort(o.id(m.Tx)), "keyUriWithVersion": withPort(o.versionID(m.Tx, v)),
	}
	set := func(object map[string]any, name string, value any, ok bool) {
		if ok {
			object[name] = value
		}
	}
	set(attributes, "nbf", v.NotBefore, v.NotBefore != nil)
	set(attributes, "exp", v.Expires, v.Expires != nil)
	set(properties, "keySize", v.Size, v.Size != 0)
	set(properties, "curveName", v.Curve, v.Curve != "")
	if o.Policy != nil {
		properties["rotationPolicy"] = o.Policy.ShownInResourceManager()
	}
	id, name, kind := keys.scope(m.vault, o.Name), o.Name, managedKeyType
	if m.version != "" || strings.Contains(m.ID.Key(), "/versions") {
		id, name, kind = id+"/versions/"+engine.ID(v.ID), v.ID, managedVersionType
	}
	body := map[string]any{
		"id": id, "name": name, "type": kind, "location": m.vault.Location, "properties": properties,
	}
	set(body, "tags", v.Tags, len(v.Tags) > 0)
	return body
}

// badRequest returns a refusal of Resource Manager's side, in rehearsal's words.
func badRequest(format string, args ...any) *engine.Error {
	return engine.Ownf(http.StatusBadRequest, "BadRequest", format, args...)
}
