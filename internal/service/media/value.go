// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// ProvisioningState is where the last change of an account stands.
func ProvisioningState() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "Where the last change of the account stands: `InProgress`, " +
			"`Succeeded` or `Failed`.",
		Computed:      true,
		PlanModifiers: []planmodifier.String{staysSucceeded{}},
	}
}

// staysSucceeded plans that an account whose last change succeeded is in that state after the next
// one as well. Of any other state, only Azure knows what follows it.
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

// Filled is the planned object with what was unknown in it, which is texts, taken from the observed
// one.
func Filled(ctx context.Context, planned, observed types.Object) types.Object {
	if planned.IsUnknown() {
		return observed
	}
	if planned.IsNull() {
		return planned
	}
	values := planned.Attributes()
	for name, value := range values {
		if !value.IsUnknown() {
			continue
		}
		values[name] = types.StringNull()
		if known, ok := observed.Attributes()[name]; ok {
			values[name] = known
		}
	}
	return types.ObjectValueMust(planned.AttributeTypes(ctx), values)
}

// Refused is a configuration that contradicts itself, at the attribute that is named with dots.
func Refused(attribute, summary, found, required, remedy string) diag.Diagnostic {
	names := strings.Split(attribute, ".")
	at := path.Root(names[0])
	for _, name := range names[1:] {
		at = at.AtName(name)
	}
	return diag.NewAttributeErrorDiagnostic(at, summary, fmt.Sprintf(
		"Found: %s.\nRequired: %s.\nRemedy: %s.\n\n%s",
		found, required, remedy, diagnostic.NothingChanged))
}
