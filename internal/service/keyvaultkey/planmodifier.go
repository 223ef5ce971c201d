// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
)

// sameInstant plans no change if a date is only spelt differently, in another time zone for instance.
type sameInstant struct{}

func (sameInstant) Description(context.Context) string {
	return "Another spelling of the same time is not a change."
}

func (m sameInstant) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameInstant) PlanModifyString(_ context.Context, req planmodifier.StringRequest,
	resp *planmodifier.StringResponse,
) {
	before, err := time.Parse(time.RFC3339, req.StateValue.ValueString())
	if err != nil {
		return
	}
	after, err := time.Parse(time.RFC3339, req.PlanValue.ValueString())
	if err == nil && sameSecond(&before, &after) {
		resp.PlanValue = req.StateValue
	}
}
