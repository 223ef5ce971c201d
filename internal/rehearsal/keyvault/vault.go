// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"net/http"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

func (s *Service) registerVaults(e *engine.Engine) {
	e.Register(&engine.ResourceType{
		Name:      Type,
		Created:   http.StatusOK, // recorded: Key Vault does not tell creation from change
		CheckName: checkName,
		Write:     writeVault,
		View:      viewVault,
		Remove:    removeVault,
		Answer:    askToWait,
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
}

const (
	provisioning   = "provisioningState"
	registeringDNS = "RegisteringDns"

	// rolesByDefault is the version from which new vaults leave access to roles unless told
	// otherwise.
	rolesByDefault = "2026-02-01"
)

// writeVault creates or changes a vault.
func writeVault(r *engine.Request, old, next *engine.Resource) (engine.Outcome, error) {
	if strings.EqualFold(next.String("createMode"), "recover") && r.HTTP.Method == http.MethodPut {
		return engine.Outcome{}, recoverVault(r, old, next)
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
	// Whoever hears of the change must see it.
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
	uri := r.Addresses().Vault(r.Tx, shown.Name)
	shown.Set(provisioning, engine.Succeeded)
	if r.HTTP.Method == http.MethodPut && shown.Created.Equal(r.Now()) {
		shown.Set(provisioning, registeringDNS)
		uri = strings.TrimSuffix(uri, "/")
	}
	shown.Set("vaultUri", uri)
	if !purgeProtected(shown) {
		shown.Set("enablePurgeProtection", nil)
	}
	if strings.EqualFold(shown.String("networkAcls.bypass"), "AzureServices") &&
		!denies(shown) && len(ipRules(shown)) == 0 && len(subnets(shown)) == 0 {
		shown.Set("networkAcls", nil)
	}
}

// askToWait tells a client that follows a creation by its provisioningState when to look again,
// where Key Vault leaves that to the client: the Azure SDKs would wait half a minute.
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

// The facts of a vault.

func byRoles(vault *engine.Resource) bool {
	var roles bool
	vault.Read("enableRbacAuthorization", &roles)
	return roles
}

func purgeProtected(vault *engine.Resource) bool {
	var on bool
	vault.Read("enablePurgeProtection", &on)
	return on
}

func premium(vault *engine.Resource) bool {
	return strings.EqualFold(vault.String("sku.name"), "premium")
}

const defaultRetention = 90

func retentionDays(vault *engine.Resource) int {
	days := defaultRetention
	vault.Read("softDeleteRetentionInDays", &days)
	return days
}

func retention(vault *engine.Resource) time.Duration {
	return time.Duration(retentionDays(vault)) * day
}

// recoveryLevel is what is said of the keys in the vault: how a deleted one can be had back, and
// whether it can be purged (recorded).
func recoveryLevel(vault *engine.Resource) string {
	level := "Recoverable"
	if retentionDays(vault) != defaultRetention {
		level = "CustomizedRecoverable"
	}
	if !purgeProtected(vault) {
		level += "+Purgeable"
	}
	return level
}

func ipRules(vault *engine.Resource) []string {
	var rules []struct {
		Value string `json:"value"`
	}
	vault.Read("networkAcls.ipRules", &rules)
	values := make([]string, 0, len(rules))
	for _, rule := range rules {
		values = append(values, rule.Value)
	}
	return values
}

func subnets(vault *engine.Resource) []any {
	var rules []any
	vault.Read("networkAcls.virtualNetworkRules", &rules)
	return rules
}
