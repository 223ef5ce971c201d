// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// IdentitySchema is the resource identity (Terraform 1.12 and later) of everything that has a
// resource ID: that ID.
func IdentitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"id": identityschema.StringAttribute{
				Description:       "The resource ID.",
				RequiredForImport: true,
			},
		},
	}
}

// SetIdentity writes the resource identity. It is set by Create, Read and Update alike, in Read
// before the resource may turn out to be gone: a Terraform that knows no identity sends none, and
// the framework then misses it after an update and even after a removal.
func SetIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity,
	id interface{ ValueString() string },
) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	return identity.SetAttribute(ctx, path.Root("id"), id.ValueString())
}

// Import takes the ID of a resource of one type, given as an ID or as a resource identity, and
// writes it into state in the casing that Azure documents. Read fills in the rest.
func Import(ctx context.Context, resourceType string, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	ImportAny(ctx, []string{resourceType}, req, resp)
}

// ImportAny is [Import] for what belongs to resources of several types.
func ImportAny(ctx context.Context, resourceTypes []string, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	given := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &given)...)
	}
	var forms []string
	for _, resourceType := range resourceTypes {
		id, err := azure.CanonicalID(given.ValueString(), resourceType)
		if err == nil {
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), NewResourceID(id))...)
			resp.Diagnostics.Append(SetIdentity(ctx, resp.Identity, NewResourceID(id))...)
			return
		}
		var wrong *azure.IDError
		if errors.As(err, &wrong) {
			forms = append(forms, wrong.Form())
		}
	}
	resp.Diagnostics.Append(badImportID(given.ValueString(), strings.Join(forms, " or ")))
}

func badImportID(given, form string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Invalid Import ID", fmt.Sprintf(
		"Found: %q.\nRequired: %s.\nRemedy: copy the resource ID from the portal's JSON view or "+
			"from `az resource list`.\n\nNothing was changed.", given, form))
}

// Imported reports whether Read is completing an import, when state holds nothing but the ID.
func Imported(name NameValue) bool { return name.IsNull() }
