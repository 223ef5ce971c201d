// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Move takes an account over from azurerm: it reads the state as a Source, and writes the model that
// convert makes of it and of the ID in Azure's own casing.
func Move[Source, Model any](ctx context.Context, resourceType string,
	req resource.MoveStateRequest, resp *resource.MoveStateResponse,
	convert func(source Source, id string) Model,
) {
	required := "the state of an account that azurerm 3 made"
	var source Source
	var identified struct {
		ID string `json:"id"`
	}
	if !attribute.ReadMoved(req, &source) || !attribute.ReadMoved(req, &identified) {
		resp.Diagnostics.Append(NotMoved("a state of "+req.SourceTypeName+" that cannot be read",
			required, "import the account instead"))
		return
	}
	id, err := azure.CanonicalID(identified.ID, resourceType)
	if err != nil {
		resp.Diagnostics.Append(NotMoved(err.Error(), required, "import the account instead"))
		return
	}
	resp.Diagnostics.Append(resp.TargetState.Set(ctx, convert(source, id))...)
	resp.Diagnostics.Append(
		attribute.SetIdentity(ctx, resp.TargetIdentity, attribute.NewResourceID(id))...)
}

// NotMoved says why an account cannot be taken over from azurerm.
func NotMoved(found, required, remedy string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Account Not Moved", fmt.Sprintf(
		"Found: %s.\nRequired: %s.\nRemedy: %s.\n\n%s",
		found, required, remedy, diagnostic.NothingChanged))
}
