// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// The encryption of an account has one owner: its own argument, or an azuremedia_customer_key_attachment.

// ownership returns what there must be one owner of. The prior state is zero for a new account.
func (l *Lifecycle[M, P, Properties]) ownership(plan, state *Attributes) base.Ownership {
	id, name := state.Identifier(), plan.Name.ValueString()
	if id == "" && !plan.ResourceGroupName.IsUnknown() && name != "" {
		id = azure.ID(l.Client.SubscriptionID(), plan.ResourceGroupName.ValueString(), l.Kind.ResourceType, name)
	}
	return base.Ownership{
		At: path.Root(encryptionAttribute), Object: "the encryption of the account " + name, ID: id,
		Owner: "the encryption argument of an " + l.Kind.Type, Wanted: EncryptionIn(plan.Encryption).owned(),
		Present: EncryptionIn(state.Encryption).owned(),
		GiveUp: "remove encryption from the " + l.Kind.Type + ", which then shows what the account has and changes " +
			"nothing of it",
	}
}

// own claims the encryption of a planned account, and notes that no attachment may take its key away.
func (l *Lifecycle[M, P, Properties]) own(ctx context.Context, private base.PrivateState,
	plan, state *Attributes,
) diag.Diagnostics {
	owned := l.ownership(plan, state)
	token, diags := base.Token(ctx, private)
	diags.Append(owned.Claim(ctx, l.Client, private)...)
	if !diags.HasError() && state.Identifier() != "" && EncryptionIn(plan.Encryption).IsCustomerKey() {
		protection.IntentsOf(l.Client).Holds(owned.ID, token)
	}
	return diags
}

// applied notes the encryption that was applied, if the configuration has one.
func (l *Lifecycle[M, P, Properties]) applied(ctx context.Context, config tfsdk.Config, private base.PrivateState,
	done *Attributes,
) diag.Diagnostics {
	var configured types.Object
	diags := config.GetAttribute(ctx, path.Root(encryptionAttribute), &configured)
	owned := l.ownership(done, done)
	if configured.IsNull() {
		owned.Wanted = ""
	}
	diags.Append(owned.Applied(ctx, l.Client, private)...)
	return diags
}

// lookAgain brings the encryption in the state up to date, and returns the account.
func (l *Lifecycle[M, P, Properties]) lookAgain(ctx context.Context, state P,
) (account armmedia.Resource[Properties], err error) {
	account, err = l.calls().Get(ctx, l.Attributes(state).Identifier())
	if err == nil {
		observed := *state
		l.Observe(&observed, account)
		l.Attributes(state).Encryption = l.Attributes(&observed).Encryption
	}
	return account, err
}

// disown leaves the encryption of an account that is imported open, if it has a customer-managed key: an
// azuremedia_customer_key_attachment may own that, and a configuration that is generated from the state must
// not.
func (a *Attributes) disown() {
	if EncryptionIn(a.Encryption).IsCustomerKey() {
		a.Encryption = types.ObjectNull(EncryptionTypes())
	}
}
