// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// IDOf accepts the IDs of resources of some types.
func IDOf(resourceTypes ...string) validator.String { return idOf{resourceTypes} }

type idOf struct{ resourceTypes []string }

func (v idOf) Description(context.Context) string {
	return "must be the ID of a " + strings.Join(v.resourceTypes, " or a ")
}

func (v idOf) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v idOf) ValidateString(_ context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if !isKnown(req.ConfigValue) || (resourceIDKind{}).check(req.ConfigValue.ValueString()) != nil {
		return // The attribute's type refuses what is not an ID.
	}
	var required []string
	for _, resourceType := range v.resourceTypes {
		_, err := azure.ParseID(req.ConfigValue.ValueString(), resourceType)
		wrong, ok := errors.AsType[*azure.IDError](err)
		if !ok {
			return
		}
		required = append(required, "the ID of a "+resourceType+", which looks like "+wrong.Form())
	}
	if len(required) > 1 {
		required = []string{"the ID of one of " + strings.Join(v.resourceTypes, ", ") + ", which looks like /subscriptions/" +
			"<subscription ID>/resourceGroups/<group>/providers/<type>/<name>"}
	}
	resp.Diagnostics.Append(diagnostic.Refuse(req.Path, diagnostic.Refusal{
		Title:    "Invalid Resource ID",
		Found:    req.ConfigValue.String(),
		Required: required[0],
		Remedy:   "Refer to the id attribute of such a resource",
	}))
}
