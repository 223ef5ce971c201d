// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// IDOf accepts the IDs of resources of one type.
func IDOf(resourceType string) validator.String { return idOf{resourceType} }

type idOf struct{ resourceType string }

func (v idOf) Description(context.Context) string { return "must be the ID of a " + v.resourceType }

func (v idOf) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v idOf) ValidateString(_ context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if !isKnown(req.ConfigValue) || (resourceIDKind{}).check(req.ConfigValue.ValueString()) != nil {
		return // The attribute's type refuses what is no ID at all.
	}
	_, err := azure.ParseID(req.ConfigValue.ValueString(), v.resourceType)
	if wrong, ok := errors.AsType[*azure.IDError](err); ok {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid Resource ID", fmt.Sprintf(
			"Found: %q.\nRequired: the ID of a %s, which looks like %s.\n"+
				"Remedy: refer to the id attribute of such a resource.\n\n%s",
			wrong.ID, wrong.ResourceType, wrong.Form(), diagnostic.NothingChanged))
	}
}
