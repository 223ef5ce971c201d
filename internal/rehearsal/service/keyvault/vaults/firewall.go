// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaults

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// LetsIn reports whether the vault's firewall lets a caller at an address in.
func LetsIn(vault *engine.Resource, address string) bool {
	return Public(vault) && (!denies(vault) || listed(vault, address))
}

// LetsServicesIn reports whether Microsoft's services come through the vault's firewall. That Media
// Services is one of those that bypass it the documentation says in one place and not in another:
// that it is, is rehearsal's choice.
func LetsServicesIn(vault *engine.Resource) bool {
	if strings.EqualFold(vault.String("networkAcls.bypass"), "None") {
		return Public(vault) && !denies(vault)
	}
	return true
}

// Public reports whether the vault answers at its public address at all.
func Public(vault *engine.Resource) bool {
	return !strings.EqualFold(vault.String("publicNetworkAccess"), "Disabled")
}

func denies(vault *engine.Resource) bool {
	return strings.EqualFold(vault.String("networkAcls.defaultAction"), "Deny")
}

// listed reports whether a rule of the firewall lets the address in.
func listed(vault *engine.Resource, address string) bool {
	from, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, rule := range ipRules(vault) {
		if prefix, refused := parseRange(rule); refused == nil && prefix.Contains(from) {
			return true
		}
	}
	return false
}

// parseRange reads an address or a range of addresses: an IPv4 address range in CIDR notation,
// such as '124.56.78.91' (simple IP address) or '124.56.78.0/24' (OpenAPI, IPRule).
func parseRange(rule string) (netip.Prefix, error) {
	if !strings.Contains(rule, "/") {
		rule += "/32"
	}
	prefix, err := netip.ParsePrefix(rule)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("reading an IP rule: %w", err)
	}
	if !prefix.Addr().Is4() {
		return netip.Prefix{}, fmt.Errorf("reading an IP rule: %s is not IPv4", rule)
	}
	return prefix, nil
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
