// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package vaults holds the vaults of Microsoft.KeyVault in Resource Manager: their rules, access
// policies and firewall, and how they are deleted, recovered and purged. It must not import package
// keyvault, which holds the keys in them.
package vaults

import (
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Type is the type of a vault.
const Type = "Microsoft.KeyVault/vaults"

// Domain is the domain of the vaults' host names.
const Domain engine.Domain = ".vault.azure.net"

// AccessChanged is the topic for the resource ID of a vault when a change of the vault may affect who
// can use its keys.
const AccessChanged = "keyvault.AccessChanged"

// Contents follows what happens to a vault.
type Contents interface {
	// Recovered is called when a deleted vault is back.
	Recovered(tx *engine.Tx, name string)
	// Purged is called when a vault is gone for good.
	Purged(tx *engine.Tx, name string)
}

// grantTimer announces that an access policy has come into effect.
const grantTimer = "keyvault.grant"

// Register adds the vaults to an engine.
func Register(e *engine.Engine, contents Contents) {
	s := &service{contents: contents}
	e.Register(&engine.ResourceType{
		Name:      Type,
		Created:   http.StatusOK, // recorded: Key Vault does not tell creation from change
		CheckName: checkName,
		// Recorded in scylladb/scylla-cluster-tests issue 13184 and azurerm pull request 32261.
		Busy: engine.Errorf(http.StatusConflict, "ConflictError",
			"A conflict occurred that prevented the operation from completing. The operation failed "+
				"because the Key Vault '{name}' changed from the point the operation began. This can "+
				"happen if parallel operations are being performed on the Key Vault. To prevent this "+
				"error, serialize the operations so that only one operation is performed on the Key "+
				"Vault at a time. Follow this link for more information: "+
				"https://go.microsoft.com/fwlink/?linkid=2147741"),
		Write:  s.write,
		View:   viewVault,
		Remove: removeVault,
		Answer: askToWait,
		Routes: map[string]engine.Action{
			"PUT accessPolicies/{kind}": {
				Permission: "Microsoft.KeyVault/vaults/accessPolicies/write",
				Serve:      updatePolicies,
			},
		},
	})
	e.Handle(engine.Route{
		Pattern: "POST /subscriptions/{subscription}/providers/Microsoft.KeyVault/" +
			"checkNameAvailability",
		Permission: "Microsoft.KeyVault/checkNameAvailability/read",
		Serve:      checkNameAvailability,
	})
	s.registerDeleted(e)
	e.OnTimer(grantTimer, "access policies take effect", func(tx *engine.Tx, id string) { tx.Publish(AccessChanged, id) })
}

type service struct {
	contents Contents
}

// Of returns the vault of an identifier, such as that of a key, or "".
func Of(id engine.ID) engine.ID {
	for ; id.Type() != ""; id = id.Parent() {
		if id.Type() == strings.ToLower(Type) {
			return id
		}
	}
	return ""
}

const (
	provisioning   = "provisioningState"
	registeringDNS = "RegisteringDns"

	// rolesByDefault is the version from which new vaults leave access to roles unless told
	// otherwise.
	rolesByDefault = "2026-02-01"
)

// write creates or changes a vault.
func (s *service) write(r *engine.Request, old, next *engine.Resource) (engine.Outcome, error) {
	if strings.EqualFold(next.String("createMode"), "recover") && r.HTTP.Method == http.MethodPut {
		return engine.Outcome{}, s.recover(r, old, next)
	}
	next.Set("createMode", nil)
	if old == nil {
		if refused := nameTaken(r.Tx, next); refused != nil {
			return engine.Outcome{}, refused
		}
	}
	keepLasting(r, old, next)
	if refused := checkVault(r, old, next); refused != nil {
		return engine.Outcome{}, refused
	}
	setDefaults(next)
	dateGrants(r.Tx, next)
	stamp(r, old, next)
	// Subscribers must see the change.
	r.Save(next)
	r.Store(nameDocument(next.Name), next.ID)
	r.Publish(AccessChanged, string(next.ID))
	return engine.Outcome{}, nil
}

// keepLasting keeps what a PUT that does not mention it leaves alone: "when null or not specified,
// … the value of this property will not change" (OpenAPI, VaultProperties).
func keepLasting(r *engine.Request, old, next *engine.Resource) {
	lasting := []string{
		"enableSoftDelete", "softDeleteRetentionInDays", "enablePurgeProtection",
		"enableRbacAuthorization",
	}
	for _, name := range lasting {
		var sent any
		if !next.Read(name, &sent) {
			delete(next.Properties, name) // null
			if old != nil && old.Properties[name] != nil {
				next.Set(name, old.Properties[name])
			}
		}
	}
	next.Default("enableRbacAuthorization", old == nil && r.APIVersion >= rolesByDefault)
}

func setDefaults(vault *engine.Resource) {
	vault.Default("enableSoftDelete", true)
	vault.Default("softDeleteRetentionInDays", defaultRetention)
	vault.Default("enabledForDeployment", false)
	vault.Default("publicNetworkAccess", "Enabled")
	vault.Default("accessPolicies", []any{})
	if vault.Tags == nil {
		vault.Tags = map[string]string{}
	}
	var rules struct {
		Bypass  string `json:"bypass"`
		Default string `json:"defaultAction"`
		IPs     []struct {
			Value string `json:"value"`
		} `json:"ipRules"`
		Networks []any `json:"virtualNetworkRules"`
	}
	if !vault.Read("networkAcls", &rules) {
		vault.Set("networkAcls", nil)
		return
	}
	vault.Default("networkAcls.bypass", "AzureServices")
	vault.Default("networkAcls.defaultAction", "Allow")
	ranges := []any{}
	for _, rule := range rules.IPs {
		if prefix, refused := parseRange(rule.Value); refused == nil {
			ranges = append(ranges, map[string]any{"value": prefix.String()})
		}
	}
	vault.Set("networkAcls.ipRules", ranges)
	vault.Default("networkAcls.virtualNetworkRules", []any{})
}

// viewVault makes of a stored vault what answers show (recorded).
func viewVault(r *engine.Request, shown *engine.Resource) {
	uri := r.Addresses().URI(r.Tx, Domain, shown.Name)
	shown.Set(provisioning, engine.Succeeded)
	if r.HTTP.Method == http.MethodPut && shown.Created.Equal(r.Now()) {
		shown.Set(provisioning, registeringDNS)
		uri = strings.TrimSuffix(uri, "/")
	}
	shown.Set("vaultUri", uri)
	if !PurgeProtected(shown) {
		shown.Set("enablePurgeProtection", nil)
	}
	if strings.EqualFold(shown.String("networkAcls.bypass"), "AzureServices") &&
		!denies(shown) && len(ipRules(shown)) == 0 && len(subnets(shown)) == 0 {
		shown.Set("networkAcls", nil)
	}
}

// askToWait tells a client that polls the provisioningState of a new vault when to poll again. Key Vault
// leaves that to the client, and the Azure SDKs would wait half a minute.
func askToWait(r *engine.Request, response *engine.Response) {
	body, _ := response.Body.(map[string]any)
	properties, _ := body["properties"].(map[string]any)
	if properties[provisioning] == registeringDNS {
		r.Pace().AskToWait(response.Header)
	}
}

// stamp notes who created and changed a vault, and when (recorded).
func stamp(r *engine.Request, old, next *engine.Resource) {
	now := r.Now().Format("2006-01-02T15:04:05.000Z")
	data := map[string]any{
		"createdBy": r.Caller.AppID, "createdByType": "Application", "createdAt": now,
	}
	if old != nil && old.SystemData != nil {
		data = old.SystemData
	}
	data["lastModifiedBy"], data["lastModifiedByType"] = r.Caller.AppID, "Application"
	data["lastModifiedAt"] = now
	next.SystemData = data
}
