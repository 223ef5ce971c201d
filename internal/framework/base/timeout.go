// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// attribute returns the attribute that limits how long each operation may take.
func (t Timeouts) attribute(ctx context.Context) schema.Attribute {
	return timeouts.Attributes(ctx, timeouts.Opts{
		Create: t.Create > 0, Read: t.Read > 0, Update: t.Update > 0, Delete: t.Delete > 0,
		CreateDescription: "How long creating may take, such as `30m` (default `" + short(t.Create) + "`).",
		ReadDescription:   "How long reading may take (default `" + short(t.Read) + "`).",
		UpdateDescription: "How long updating may take (default `" + short(t.Update) + "`).",
		DeleteDescription: "How long deleting may take (default `" + short(t.Delete) + "`).",
	})
}

// short writes a duration as people do: 30m rather than 30m0s.
func short(d time.Duration) string {
	if d%time.Hour == 0 {
		return strconv.Itoa(int(d.Hours())) + "h"
	}
	return strconv.Itoa(int(d.Minutes())) + "m"
}

// Deadline returns a context that ends when the act must.
func (r *Resource) Deadline(ctx context.Context, act diagnostic.Act, configured timeouts.Value,
	diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	limit, problems := r.limit(ctx, act, configured)
	diags.Append(problems...)
	return context.WithTimeoutCause(ctx, limit, azure.TimeUpError{Limit: limit})
}

// Backoff returns the backoff that the act's timeout allows for. Deadline has reported what is
// wrong with the configured one.
func (r *Resource) Backoff(ctx context.Context, act diagnostic.Act, configured timeouts.Value,
) *azure.Backoff {
	limit, _ := r.limit(ctx, act, configured)
	return azure.NewBackoff(r.Client, limit)
}

func (r *Resource) limit(ctx context.Context, act diagnostic.Act, configured timeouts.Value,
) (time.Duration, diag.Diagnostics) {
	defaults := r.noun.Timeouts
	switch act {
	case diagnostic.Create:
		return configured.Create(ctx, defaults.Create)
	case diagnostic.Update:
		return configured.Update(ctx, defaults.Update)
	case diagnostic.Delete:
		return configured.Delete(ctx, defaults.Delete)
	default:
		return configured.Read(ctx, defaults.Read)
	}
}
