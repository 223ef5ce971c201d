// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blastradius

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

type model struct {
	ID              types.String   `tfsdk:"id"`
	ResourceID      types.String   `tfsdk:"resource_id"`
	SubscriptionIDs types.Set      `tfsdk:"subscription_ids"`
	Kind            types.String   `tfsdk:"kind"`
	Name            types.String   `tfsdk:"name"`
	Accounts        []accountModel `tfsdk:"accounts"`
	Unseen          []types.String `tfsdk:"unseen"`
	Known           types.Bool     `tfsdk:"known"`
	Summary         types.String   `tfsdk:"summary"`
}

// accountModel is an account that depends on the subject.
type accountModel struct {
	ID             types.String `tfsdk:"id"`
	Name           types.String `tfsdk:"name"`
	Kind           types.String `tfsdk:"kind"`
	SubscriptionID types.String `tfsdk:"subscription_id"`
	DependsBy      types.String `tfsdk:"depends_by"`
	KeyID          types.String `tfsdk:"key_vault_key_id"`
	CurrentVersion types.String `tfsdk:"current_key_version"`
	Effect         types.String `tfsdk:"effect"`
	Recoverable    types.Bool   `tfsdk:"recoverable"`
	Recovery       types.String `tfsdk:"recovery"`
}

func (m *model) observe(found radius) {
	id := m.ResourceID.ValueString()
	m.ID = m.ResourceID
	m.Kind = types.StringValue(kindOf(id).name)
	m.Name = types.StringValue(nameOf(id))
	m.Accounts, m.Unseen = []accountModel{}, []types.String{}
	for _, one := range found.unseen {
		m.Unseen = append(m.Unseen, types.StringValue(one))
	}
	m.Known = types.BoolValue(len(found.unseen) == 0)
	m.Summary = types.StringValue(found.summary("the " + kindOf(id).name + " " + nameOf(id)))
	for _, one := range found.losses {
		recoverable := types.BoolNull()
		if certain, known := one.Recoverable.Value(); known {
			recoverable = types.BoolValue(certain)
		}
		m.Accounts = append(m.Accounts, accountModel{
			ID:             types.StringValue(one.accountID),
			Name:           types.StringValue(one.name()),
			Kind:           types.StringValue(one.kind),
			SubscriptionID: types.StringValue(azure.SubscriptionOf(one.accountID)),
			DependsBy:      types.StringValue(one.by),
			KeyID:          attribute.TextOrNull(one.keyID),
			CurrentVersion: attribute.TextOrNull(one.version),
			Effect:         types.StringValue(one.Effect + "."),
			Recoverable:    recoverable,
			Recovery:       types.StringValue(one.Recovery + "."),
		})
	}
}

// nameOf returns the name of a subject: that of a key with its version, that of a grant with its
// principal.
func nameOf(id string) string {
	if key := customerkey.ReadKeyID(id); key.Pinned() {
		return key.Name + "/" + key.Version
	} else if !key.IsZero() {
		return key.Name
	}
	if vaultID, key, principal, ok := vaultaccess.ParseGrantID(id); ok {
		name := principal + " in " + azure.NameOf(vaultID)
		if key != "" {
			name += "/" + key
		}
		return name
	}
	return azure.NameOf(id)
}

// summary says in one sentence who depends on a subject.
func (r radius) summary(subject string) string {
	final := 0
	for _, one := range r.losses {
		if certain, _ := one.Recoverable.Value(); !certain {
			final++
		}
	}
	text := fmt.Sprintf("%d accounts depend on %s", len(r.losses), subject)
	switch len(r.losses) {
	case 0:
		text = "No account depends on " + subject
	case 1:
		text = fmt.Sprintf("The %s %s depends on %s", r.losses[0].kind, r.losses[0].name(), subject)
	}
	switch {
	case len(r.losses) == 0:
	case final == 0:
		text += "; the loss can be undone"
	case final == len(r.losses):
		text += "; nothing certain undoes the loss"
	default:
		text += fmt.Sprintf("; nothing certain undoes the loss of %d of them", final)
	}
	if len(r.unseen) > 0 {
		text += "; not everything could be read"
	}
	return text + "."
}
