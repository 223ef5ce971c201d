// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azuretest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
)

const (
	vaultVersion = "2023-07-01"
	keyVersion   = "7.4"
)

// VaultOptions are the differences of a vault from one that suits customers' keys.
type VaultOptions struct {
	Location          string // "westus2" where it is empty
	NoPurgeProtection bool
	// Firewall closes the vault to everybody.
	Firewall bool
	// Roles makes roles decide about access instead of access policies.
	Roles bool
	// Permissions are what [Vault.Grant] grants by policy, as JSON; all that is needed where it is
	// empty.
	Permissions string
}

// Vault is a vault under test. The caller may do everything with its keys.
type Vault struct {
	azure   *Azure
	id      engine.ID
	name    string
	options VaultOptions
	granted map[string]string // permissions by object ID
	closed  bool
}

// Vault creates a vault.
func (a *Azure) Vault(name string, options VaultOptions) *Vault {
	a.t.Helper()
	if options.Location == "" {
		options.Location = "westus2"
	}
	if options.Permissions == "" {
		options.Permissions = `["get","wrapKey","unwrapKey"]`
	}
	v := &Vault{
		azure: a, id: engine.ID(Group + "/providers/Microsoft.KeyVault/vaults/" + name), name: name,
		options: options,
		granted: map[string]string{a.Caller.ObjectID: `["all"]`},
	}
	v.put()
	if options.Roles {
		a.Grant(v.id, authorization.KeyVaultAdministrator, a.Caller.ObjectID)
	}
	return v
}

// put writes the vault as it is to be.
func (v *Vault) put() {
	v.azure.t.Helper()
	properties := map[string]any{
		"tenantId": v.azure.Caller.TenantID, "sku": map[string]any{"family": "A", "name": "premium"},
		"enableRbacAuthorization": v.options.Roles,
	}
	if !v.options.NoPurgeProtection {
		properties["enablePurgeProtection"] = true
	}
	var policies []any
	for object, permissions := range v.granted {
		policies = append(policies, map[string]any{
			"tenantId": v.azure.Caller.TenantID, "objectId": object,
			"permissions": map[string]any{"keys": json.RawMessage(permissions)},
		})
	}
	properties["accessPolicies"] = policies
	acls := map[string]any{"bypass": "AzureServices", "defaultAction": "Allow"}
	if v.options.Firewall || v.closed {
		// Tests come from a loopback address, the services from none that a rule could name.
		acls = map[string]any{
			"bypass": "None", "defaultAction": "Deny",
			"ipRules": []any{map[string]any{"value": "192.0.2.0/24"}},
		}
	}
	properties["networkAcls"] = acls
	v.call("PUT", map[string]any{"location": v.options.Location, "properties": properties})
}

func (v *Vault) call(method string, body any) {
	v.azure.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		v.azure.t.Fatal(err)
	}
	answer := v.azure.Call(method, string(v.id), vaultVersion, string(encoded))
	if answer.Status != http.StatusOK && answer.Status != http.StatusCreated {
		v.azure.t.Fatalf("%s %s: %d %s", method, v.id, answer.Status, answer.Raw)
	}
}

// Grant lets a principal use the keys of the vault.
func (v *Vault) Grant(principal string) {
	v.azure.t.Helper()
	if v.options.Roles {
		v.azure.Grant(v.id, authorization.KeyVaultCryptoServiceEncryptionUser, principal)
		return
	}
	v.granted[principal] = v.options.Permissions
	v.put()
}

// Revoke takes what [Vault.Grant] gave by policy.
func (v *Vault) Revoke(principal string) {
	v.azure.t.Helper()
	delete(v.granted, principal)
	v.put()
}

// Close makes the firewall block everybody, Open lets them in again.
func (v *Vault) Close() { v.closed = true; v.put() }

// Open undoes [Vault.Close].
func (v *Vault) Open() { v.closed = false; v.put() }

// Delete deletes the vault, which can be recovered.
func (v *Vault) Delete() {
	v.azure.t.Helper()
	v.azure.Want(v.azure.Call("DELETE", string(v.id), vaultVersion, ""), http.StatusOK)
}

// Recover undoes [Vault.Delete].
func (v *Vault) Recover() {
	v.azure.t.Helper()
	v.call("PUT", map[string]any{"location": v.options.Location, "properties": map[string]any{
		"createMode": "recover", "tenantId": v.azure.Caller.TenantID,
		"sku": map[string]any{"family": "A", "name": "premium"},
	}})
}

// KeyOptions are the differences of a key from one that suits.
type KeyOptions struct {
	Type               string // "RSA" where it is empty
	Size               int
	Disabled           bool
	NotBefore, Expires *time.Time
	Operations         string // JSON
}

// Key returns the identifier of a key without a version.
func (v *Vault) Key(name string) string { return "https://" + v.name + ".vault.azure.net/keys/" + name }

// NewKey makes a key, or a new version of it, and returns its identifier with the version.
func (v *Vault) NewKey(name string, options KeyOptions) string {
	v.azure.t.Helper()
	attributes := map[string]any{"enabled": !options.Disabled}
	if options.NotBefore != nil {
		attributes["nbf"] = options.NotBefore.Unix()
	}
	if options.Expires != nil {
		attributes["exp"] = options.Expires.Unix()
	}
	body := map[string]any{"kty": "RSA", "attributes": attributes}
	if options.Type != "" {
		body["kty"] = options.Type
	}
	if options.Size != 0 {
		body["key_size"] = options.Size
	}
	if options.Operations != "" {
		body["key_ops"] = json.RawMessage(options.Operations)
	}
	return v.data("POST", "keys/"+name+"/create", body).Text("key.kid")
}

// data makes a call to the vault itself. A vault whose firewall is closed is opened for it.
func (v *Vault) data(method, path string, body any) *Answer {
	v.azure.t.Helper()
	if shut := v.options.Firewall; shut {
		v.options.Firewall = false
		v.put()
		defer func() { v.options.Firewall = true; v.put() }()
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		v.azure.t.Fatal(err)
	}
	return v.azure.Want(v.azure.Send(method,
		"https://"+v.name+".vault.azure.net/"+path+"?api-version="+keyVersion, string(encoded)), http.StatusOK)
}

// Disable and Enable switch a version of a key, by its identifier.
func (v *Vault) Disable(version string) { v.enable(version, false) }

// Enable undoes [Vault.Disable].
func (v *Vault) Enable(version string) { v.enable(version, true) }

func (v *Vault) enable(version string, enabled bool) {
	v.azure.t.Helper()
	_, path, _ := strings.Cut(version, ".vault.azure.net/")
	v.data("PATCH", path, map[string]any{"attributes": map[string]any{"enabled": enabled}})
}

// DeleteKey deletes a key, which can be recovered.
func (v *Vault) DeleteKey(name string) { v.data("DELETE", "keys/"+name, nil) }

// RecoverKey undoes [Vault.DeleteKey].
func (v *Vault) RecoverKey(name string) { v.data("POST", "deletedkeys/"+name+"/recover", nil) }

// Identity makes a user-assigned identity and returns its resource ID and the object ID of its
// principal.
func (a *Azure) Identity(name string) (id, principal string) {
	a.t.Helper()
	id = Group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + name
	made := a.Want(a.Call("PUT", id, "2023-01-31", `{"location":"westus2"}`), http.StatusCreated)
	return id, made.Text("properties.principalId")
}
