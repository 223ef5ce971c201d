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
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// attribute returns the attribute that limits how long each operation may take.
func (t Timeouts) attribute(ctx context.Context) schema.Attribute {
	all := timeouts.Attributes(ctx, timeouts.Opts{
		Create: t.Create > 0, Read: t.Read > 0, Update: t.Update > 0, Delete: t.Delete > 0,
		CreateDescription: "How long creating may take, such as `30m` (default `" + short(t.Create) + "`).",
		ReadDescription:   "How long reading may take (default `" + short(t.Read) + "`).",
		UpdateDescription: "How long updating may take (default `" + short(t.Update) + "`).",
		DeleteDescription: "How long deleting may take (default `" + short(t.Delete) + "`).",
	})
	if nested, ok := all.(schema.SingleNestedAttribute); ok {
		for act, one := range nested.Attributes {
			if text, ok := one.(schema.StringAttribute); ok {
				text.Validators = []validator.String{validTimeout{least(act == "read")}}
				nested.Attributes[act] = text
			}
		}
	}
	return all
}

// longest is how long an operation may be given: who sets more means no limit at all.
const longest = 365 * 24 * time.Hour

// least returns the shortest timeout. A read that has no time for a slow answer would fail every plan, also one
// that gives it more.
func least(reading bool) time.Duration {
	if reading {
		return 30 * time.Second
	}
	return time.Second
}

// validTimeout accepts a duration in which an operation can end.
type validTimeout struct{ least time.Duration }

func (v validTimeout) Description(context.Context) string {
	return "a duration from " + v.least.String() + " to " + short(longest)
}

func (v validTimeout) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v validTimeout) ValidateString(ctx context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if limit, err := time.ParseDuration(text); err == nil && v.accepts(limit) {
		return
	}
	resp.Diagnostics.Append(diagnostic.Refuse(req.Path, diagnostic.Refusal{
		Title:    "Invalid Timeout",
		Found:    req.Path.String() + " = " + strconv.Quote(text),
		Required: v.Description(ctx),
		Remedy:   "Write it like 30m or 1h30m, or leave it out for the default",
	}))
}

func (v validTimeout) accepts(limit time.Duration) bool { return limit >= v.least && limit <= longest }

// short writes a duration as people do: 30m rather than 30m0s.
func short(d time.Duration) string {
	if d%time.Hour == 0 {
		return strconv.Itoa(int(d.Hours())) + "h"
	}
	return strconv.Itoa(int(d.Minutes())) + "m"
}

// Deadline returns a context that ends when the act must. An act that changes Azure finishes what it has begun
// when Terraform is stopped: see [azure.CarryOut].
func (r *Resource) Deadline(ctx context.Context, act diagnostic.Act, configured timeouts.Value,
	diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	limit, problems := r.limit(ctx, act, configured)
	diags.Append(problems...)
	switch act {
	case diagnostic.Create, diagnostic.Update, diagnostic.Delete:
		ctx = azure.CarryOut(ctx)
	case diagnostic.Read, diagnostic.Import, diagnostic.Move, diagnostic.List, diagnostic.Invoke:
	}
	return context.WithTimeoutCause(ctx, limit, azure.TimeUpError{Limit: limit})
}

// Backoff returns the backoff that the act's timeout allows for. Deadline has reported what is
// wrong with the configured one.
func (r *Resource) Backoff(ctx context.Context, act diagnostic.Act, configured timeouts.Value,
) *azure.Backoff {
	limit, _ := r.limit(ctx, act, configured)
	return azure.NewBackoff(r.Client, limit)
}

// limit returns the act's timeout. One in the state that is refused in a configuration counts as left out: the
// state may be older than the check.
func (r *Resource) limit(ctx context.Context, act diagnostic.Act, configured timeouts.Value,
) (time.Duration, diag.Diagnostics) {
	var otherwise time.Duration
	var read func(context.Context, time.Duration) (time.Duration, diag.Diagnostics)
	switch act {
	case diagnostic.Create:
		otherwise, read = r.noun.Timeouts.Create, configured.Create
	case diagnostic.Update:
		otherwise, read = r.noun.Timeouts.Update, configured.Update
	case diagnostic.Delete:
		otherwise, read = r.noun.Timeouts.Delete, configured.Delete
	default:
		otherwise, read = r.noun.Timeouts.Read, configured.Read
	}
	limit, diags := read(ctx, otherwise)
	if !(validTimeout{least(act == diagnostic.Read)}).accepts(limit) {
		limit = otherwise
	}
	return limit, diags
}
