// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// closing returns who loses access to a key when the firewall turns away the services of Azure.
func closing(state *model) protection.Removal {
	closing := removal(state)
	closing.Access = customerkey.NetworkAccess(state.Identifier())
	return closing
}

// closes reports whether a plan has the firewall turn away the services of Azure. Where the configuration does
// not manage who bypasses it, Azure tells.
func (r *Resource) closes(ctx context.Context, state, plan *model) bool {
	if state.admitsServices() && !plan.admitsServices() {
		return true
	}
	if !plan.NetworkACLs.IsNull() || !plan.isPrivate() || state.isPrivate() {
		return false
	}
	vault, err := r.get(ctx, state.Identifier())
	network := azure.Deref(azure.Deref(vault.Properties).NetworkACLs)
	return err == nil && azure.Deref(network.Bypass) == armkeyvault.NetworkRuleBypassOptionsNone &&
		azure.Deref(network.DefaultAction) != armkeyvault.NetworkRuleActionDeny
}

// admitsServices reports whether the firewall lets in the services of Azure that Microsoft trusts, or may
// do so: what the plan does not know or the configuration does not manage is taken for open.
func (m *model) admitsServices() bool {
	bypass, known := m.NetworkACLs.Attributes()["bypass"].(attrText)
	if !known || bypass.IsUnknown() || bypass.ValueString() == string(armkeyvault.NetworkRuleBypassOptionsAzureServices) {
		return true
	}
	return !m.isPrivate() && !m.denies()
}

// isPrivate reports whether the vault has no public address, as far as that is known.
func (m *model) isPrivate() bool {
	return !m.PublicNetworkAccess.IsUnknown() && !m.PublicNetworkAccess.ValueBool()
}

// denies reports whether the firewall turns away whom no rule lets in, as far as that is known.
func (m *model) denies() bool {
	action, known := m.NetworkACLs.Attributes()["default_action"].(attrText)
	return known && action.ValueString() == string(armkeyvault.NetworkRuleActionDeny)
}

// admits reports whether the vault lets an address in, or may do so.
func (m *model) admits(address netip.Addr) bool {
	switch {
	case m.isPrivate():
		return false
	case !m.denies():
		return true
	}
	ranges, known := m.NetworkACLs.Attributes()["ip_rules"].(types.Set)
	if !known || ranges.IsUnknown() {
		return true
	}
	for _, element := range ranges.Elements() {
		text, ok := element.(attribute.IPRangeValue)
		if !ok || text.IsUnknown() || attribute.InIPRange(text, address) {
			return true
		}
	}
	return false
}

// warnShutOut warns of a plan that shuts out the address from which these credentials reach the vault.
func (r *Resource) warnShutOut(ctx context.Context, state, plan *model) (diags diag.Diagnostics) {
	if plan.isPrivate() == state.isPrivate() && plan.NetworkACLs.Equal(state.NetworkACLs) {
		return nil
	}
	address, known := r.callerAddress(ctx, state.VaultURI.ValueString())
	if !known || address.IsPrivate() || !state.admits(address) || plan.admits(address) {
		return nil
	}
	diags.AddAttributeWarning(path.Root("network_acls"), "Key Vault Closed To These Credentials", fmt.Sprintf(
		"Found: the vault %s, planned not to let in %s, from which these credentials reach it.\n"+
			"Why: Its keys can then be neither read nor changed from here; the state shows them as they were last "+
			"seen.\nRemedy: Add %q to ip_rules of network_acls; or run Terraform from where the vault lets it in.\n\n%s",
		plan.Name.ValueString(), address, address, state.Identifier()))
	return diags
}

// callerAddress returns the address from which the caller reaches a vault, as far as it reaches it. A vault
// tells it in every answer, also to somebody who does not sign in.
func (r *Resource) callerAddress(ctx context.Context, vaultURI string) (netip.Addr, bool) {
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, vaultURI+"keys?api-version=7.4", http.NoBody)
	if err != nil {
		return netip.Addr{}, false
	}
	answer, err := r.Client.HTTP().Do(asked)
	if err != nil {
		return netip.Addr{}, false
	}
	defer func() { _ = answer.Body.Close() }() // Only the header is of interest.
	for _, part := range strings.Split(answer.Header.Get("X-Ms-Keyvault-Network-Info"), ";") {
		if text, found := strings.CutPrefix(part, "addr="); found {
			address, err := netip.ParseAddr(text)
			return address, err == nil
		}
	}
	return netip.Addr{}, false
}
