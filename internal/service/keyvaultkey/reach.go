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
	return azure.IsForbidden(err) || r.shutOut(ctx, vaultID, err)
}

// shutOut reports whether a vault that exists cannot be reached from here, whatever the permissions.
func (r *Resource) shutOut(ctx context.Context, vaultID string, err error) bool {
	if !azure.IsUnreachable(err) {
		return azure.HasCode(err, "ForbiddenByFirewall", "ForbiddenByConnection")
	}
	_, unseen := r.vaultURI(ctx, vaultID)
	return unseen == nil
}

// leftBehind warns of a key that was not deleted because its vault cannot be reached. That must not stop the
// destruction of everything: the vault is destroyed through Resource Manager, and the key goes with it.
func leftBehind(state *model, err error) diag.Diagnostic {
	vault := azure.NameOf(state.KeyVaultID.ValueString())
	cause, _ := diagnostic.Explain(state.Identifier(), err)
	return diag.NewWarningDiagnostic("Key Vault Key Not Deleted", fmt.Sprintf("The key %s stays in the vault %s, which "+
		"cannot be reached from here, and Terraform no longer manages it. If the vault is destroyed as well, nothing is "+
		"to be done: the key goes with it. Otherwise delete it from where the vault lets you in: az keyvault key "+
		"delete --vault-name %s --name %s.\n\n%s\n\n%s", state.Name.ValueString(), vault, vault,
		state.Name.ValueString(), cause, state.Identifier()))
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
