// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// ImportState imports the ID of a resource of one of the noun's Azure types, in whatever casing.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	Import(ctx, req, resp, r.canonicalID)
}

// canonicalID returns the ID in the casing that Azure documents.
func (r *Resource) canonicalID(text string) (string, error) {
	var forms []string
	for _, resourceType := range r.noun.ResourceTypes {
		id, err := azure.CanonicalID(text, resourceType)
		if err == nil {
			return id, nil
		}
		if wrong, ok := errors.AsType[*azure.IDError](err); ok {
			forms = append(forms, wrong.Form())
		}
	}
	return "", diagnostic.Refusal{
		Required: strings.Join(forms, " or "),
		Remedy:   "Copy the resource ID from the portal's JSON view or from `az resource list`",
	}
}

// Import writes into the state the ID that it is given as an ID or as a resource identity, in the
// form that canonical returns; Read fills in the rest. An error that is a [diagnostic.Refusal] says
// what an ID has to be.
func Import(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse, canonical func(text string) (string, error),
) {
	given := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &given)...)
	}
	id, err := canonical(given.ValueString())
	if err != nil {
		refusal, ok := errors.AsType[diagnostic.Refusal](err)
		if !ok {
			refusal.Why = err.Error()
		}
		refusal.Title, refusal.Found = "Invalid Import ID", strconv.Quote(given.ValueString())
		resp.Diagnostics.Append(refusal.Diagnostic())
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, id)...)
}

// Imported reports whether Read is completing an import, when the state holds nothing but the ID.
func Imported(name attribute.NameValue) bool { return name.IsNull() }
