// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// keptOut reports whether a vault that exists keeps the caller out: by its firewall, for want of permission,
// or because no connection leads there.
func (r *Resource) keptOut(ctx context.Context, vaultID string, err error) bool {
	if !azure.IsUnreachable(err) {
		return azure.IsForbidden(err)
	}
	_, unseen := r.vaultURI(ctx, vaultID)
	return unseen == nil
}

// checkReach warns of a key that could not be read, because its vault keeps the caller out, and refuses to
// plan a change of it. A plan that changes whom the vault lets in may put that right.
func (r *Resource) checkReach(ctx context.Context, state tfsdk.State, plan tfsdk.Plan) (diags diag.Diagnostics) {
	var name attribute.NameValue
	var vaultID attribute.ResourceIDValue
	diags.Append(state.GetAttribute(ctx, path.Root("name"), &name)...)
	diags.Append(state.GetAttribute(ctx, path.Root("key_vault_id"), &vaultID)...)
	id, vault, intents := base.IDOf(ctx, state), vaultID.ValueString(), protection.IntentsOf(r.Client)
	err := intents.KeptOut(id)
	if diags.HasError() || err == nil || intents.Admitting(vault) {
		return diags
	}
	const title = "Key Vault Out Of Reach"
	cause, remedy := diagnostic.Explain(id, err)
	found := fmt.Sprintf("the key %s of the vault %s, which keeps these credentials out", name.ValueString(),
		azure.NameOf(vault))
	if plan.Raw.Equal(state.Raw) {
		diags.AddWarning(title, fmt.Sprintf("Found: %s. It is shown as it was last seen, and nothing about it "+
			"changes.\n\n%s\n\n%s\n\n%s", found, cause, remedy, id))
		return diags
	}
	diags.Append(diagnostic.Refusal{
		Title: title, Found: "a change of " + found,
		Required: "access to the vault, unless nothing about the key changes",
		Why:      "A key is read before it is changed. " + strings.TrimSuffix(cause, "."),
		Remedy:   strings.TrimSuffix(remedy, "."),
	}.Diagnostic())
	return diags
}
