// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// read shows in the state what the grant gives now. The error is base.ErrGone if an import finds nothing.
// A grant that gives nothing any more stays in the state: the next plan completes it, or moves it where an
// interrupted apply has moved it already.
func (r *Resource) read(ctx context.Context, state *model) error {
	importing := state.KeyVaultID.IsNull() // It knows nothing but the ID.
	if importing {
		imported, err := parseID(state.Identifier())
		if err != nil {
			return err
		}
		state.KeyVaultID = attribute.NewResourceID(imported.vaultID)
		state.PrincipalID = attribute.NewName(imported.principalID)
		if imported.keyName != "" {
			state.KeyName = attribute.NewName(imported.keyName)
		}
	}
	vault, err := r.vault(ctx, state.KeyVaultID.ValueString())
	if azure.IsNotFound(err) && !importing {
		returns, unknown := protection.ReturnsWithVault(ctx, r.Client, state.KeyVaultID.ValueString())
		if returns && state.Mode.ValueString() == string(byRole) {
			state.KeyPermissions = textSet(nil) // A vault comes back without its role assignments.
		}
		if returns || unknown != nil {
			return unknown
		}
	}
	if err != nil {
		return err
	}
	if !state.Mode.IsNull() && state.Mode.ValueString() != string(modeOf(vault)) {
		state.KeyPermissions = textSet(nil)
		return nil
	}
	held, assignmentID, err := r.held(ctx, state.grant(), vault)
	if err == nil && len(held) == 0 && importing {
		err = base.ErrGone
	}
	state.observe(modeOf(vault), held, assignmentID)
	return err
}

// held returns what the grant gives, in the way that the vault grants access.
func (r *Resource) held(ctx context.Context, g grant, vault armkeyvault.Vault,
) (permissions []string, assignmentID string, err error) {
	if modeOf(vault) == byPolicy {
		return vaultaccess.Held(vault, g.principalID, customerkey.RequiredKeyPermissions()), "", nil
	}
	assignmentID, err = r.role(g).Find(ctx)
	if err != nil || assignmentID == "" {
		return nil, "", err
	}
	return customerkey.RequiredKeyPermissions(), assignmentID, nil
}

// existing looks for a grant that exists before it is created. It refuses to take over one that somebody else may
// have made. One that this apply itself brought about, or that is exactly what this resource grants, is taken up: a
// role assignment by the name that follows from the grant, or an access policy of nothing else.
func (r *Resource) existing(ctx context.Context, g grant) (takenUp bool, diags diag.Diagnostics) {
	vault, err := r.vault(ctx, g.vaultID)
	var held []string
	var assignmentID string
	if err == nil {
		held, assignmentID, err = r.held(ctx, g, vault)
	}
	_, made := vaultaccess.MadeOf(r.Client).For(g.vaultID, g.principalID)
	switch {
	case err != nil:
		return false, diag.Diagnostics{diagnostic.FromErrorBefore(diagnostic.Create, r.Subject(g.id()), err)}
	case modeOf(vault) == byPolicy && g.keyName != "": // What the policy gives is not for one key.
		return false, diag.Diagnostics{policyForOneKey()}
	case len(missing(held)) > 0 || made || protection.IntentsOf(r.Client).Recovering(g.vaultID):
		return false, nil
	case assignmentID != "" && azure.SameID(assignmentID, r.role(g).ID()):
		return true, diag.Diagnostics{diagnostic.TakenUp(r.Subject(g.id()), "as the role assignment that this resource makes")}
	case assignmentID == "" && vaultaccess.HoldsOnly(vault, g.principalID, customerkey.RequiredKeyPermissions()):
		return true, diag.Diagnostics{diagnostic.TakenUp(r.Subject(g.id()), "as exactly the access policy that this resource makes")}
	default:
		return false, diag.Diagnostics{diagnostic.AlreadyExists(r.Subject(g.id()))}
	}
}

// grantMissing grants what is missing in the way that the vault grants access, and shows it in the
// plan. It returns the record of all that was ever added to the access policy.
func (r *Resource) grantMissing(ctx context.Context, act diagnostic.Act, plan *model, record added,
	backoff *azure.Backoff,
) (added, diag.Diagnostics) {
	g := plan.grant()
	vault, err := r.vault(ctx, g.vaultID)
	if err != nil {
		return record, diag.Diagnostics{diagnostic.FromError(act, r.Subject(g.id()), err)}
	}
	by := modeOf(vault)
	if by == byPolicy && g.keyName != "" {
		return record, diag.Diagnostics{policyForOneKey()}
	}

	made, _ := vaultaccess.MadeOf(r.Client).For(g.vaultID, g.principalID)
	record = record.and(made)
	held, assignmentID, err := r.held(ctx, g, vault)
	if lacking := missing(held); err == nil && len(lacking) > 0 {
		if by == byPolicy {
			record = record.and(lacking)
			policy := r.policy(g)
			policy.TenantID = azure.Deref(azure.Deref(vault.Properties).TenantID)
			err = policy.Add(ctx, lacking, backoff)
		} else {
			assignmentID, err = r.role(g).Assign(ctx, backoff)
		}
	}
	if seen, ok := azure.LookAfter(ctx, err, func(ctx context.Context) (granted access, err error) {
		if vault, err = r.vault(ctx, g.vaultID); err == nil {
			held, granted.roleAssignmentID, err = r.held(ctx, g, vault)
		}
		return granted, err
	}); ok && len(missing(held)) == 0 {
		assignmentID, err = seen.roleAssignmentID, nil
	}
	if err != nil {
		return record, diag.Diagnostics{diagnostic.FromError(act, r.Subject(g.id()), err)}
	}
	plan.observe(by, customerkey.RequiredKeyPermissions(), assignmentID)
	return record, nil
}

// policyForOneKey refuses key_name in a vault in which access policies decide.
func policyForOneKey() diag.Diagnostic {
	return diagnostic.Refuse(path.Root("key_name"), diagnostic.Refusal{
		Title:    "Access Policy For One Key",
		Found:    "a vault that grants access by access policies",
		Required: "a vault that grants access by roles",
		Why:      "An access policy applies to all keys of its vault",
		Remedy:   "Remove key_name, or switch the vault to roles (rbac_authorization_enabled)",
	})
}

// policy returns the principal's access policy in the vault of the grant.
func (r *Resource) policy(g grant) vaultaccess.Policy {
	return vaultaccess.Policy{Client: r.Client, VaultID: g.vaultID, PrincipalID: g.principalID}
}

// role returns the role assignment of the grant.
func (r *Resource) role(g grant) vaultaccess.Role {
	return vaultaccess.GrantRole(r.Client, g.vaultID, g.scope(), g.principalID)
}

// awaitEffect waits until Azure shows the grant. The vault may take some minutes more to act by it,
// which only a user of the grant can see and has to wait for. Azure has accepted the grant, so
// awaitEffect only warns.
func (r *Resource) awaitEffect(ctx context.Context, g grant, backoff *azure.Backoff,
) diag.Diagnostics {
	for {
		seen, err := facts.New(r.Client).Grant(ctx, g.vaultID, g.keyName, g.principalID)
		switch {
		case err != nil:
			return diag.Diagnostics{diag.NewWarningDiagnostic("Customer Key Grant Not Seen",
				"Azure accepted the grant, but reading it back failed: "+err.Error()+
					"\n\nAn account that uses it waits until it takes effect.")}
		case seen.Complete() || len(seen.Denied()) == 0: // The caller may not see all of it.
			return nil
		case !backoff.Wait(ctx, "Azure to show the grant "+g.id()):
			return diag.Diagnostics{diag.NewWarningDiagnostic("Customer Key Grant Not Seen",
				"Azure accepted the grant, but does not show it yet. "+backoff.Waited()+
					".\n\nAn account that uses it waits until it takes effect.")}
		}
	}
}

// missing returns the required permissions that are not held.
func missing(held []string) []string {
	return slices.DeleteFunc(customerkey.RequiredKeyPermissions(), func(required string) bool {
		return slices.Contains(held, required)
	})
}
