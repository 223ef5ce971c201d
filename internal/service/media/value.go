// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

// The descriptions that resources and data sources share.
const (
	provisioningState   = "The state of the last change of the account: `InProgress`, `Succeeded` or `Failed`."
	publicNetworkAccess = "Whether the account can be reached from the internet."
)

// ProvisioningState returns the attribute for the state of the last change of an account.
func ProvisioningState() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: provisioningState,
		Computed:            true,
		PlanModifiers:       []planmodifier.String{staysSucceeded{}},
	}
}

// PublicNetworkAccess returns the attribute that switches public network access.
func PublicNetworkAccess() schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: publicNetworkAccess + " Default: `true`.",
		Optional:            true,
		Computed:            true,
		Default:             booldefault.StaticBool(true),
	}
}

// staysSucceeded plans Succeeded to stay Succeeded. Only Azure knows what follows another state.
type staysSucceeded struct{}

func (staysSucceeded) Description(context.Context) string {
	return "Succeeded stays Succeeded."
}

func (m staysSucceeded) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (staysSucceeded) PlanModifyString(_ context.Context, req planmodifier.StringRequest,
	resp *planmodifier.StringResponse,
) {
	if req.PlanValue.IsUnknown() && req.StateValue.ValueString() == string(armmedia.Succeeded) {
		resp.PlanValue = req.StateValue
	}
}
