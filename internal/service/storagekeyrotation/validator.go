// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// interval accepts a duration that is long enough, and no longer than ten years.
type interval struct {
	atLeast  time.Duration
	settling bool // It is the settling time, to which ROT002 applies.
}

const longestInterval = 3650 * 24 * time.Hour

func (v interval) Description(context.Context) string {
	return fmt.Sprintf("an ISO 8601 duration of days, hours and minutes, at least PT%dH and at most P%dD",
		int(v.atLeast.Hours()), int(longestInterval.Hours()/24))
}

func (v interval) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v interval) ValidateString(ctx context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	length, ok := keyrotation.ParseInterval(text)
	switch {
	case ok && length >= v.atLeast && length <= longestInterval:
	case ok && v.settling && length < v.atLeast:
		violation := diagnostic.FromViolation(rule.Violation{
			Rule:     keyrotation.Rule(keyrotation.ROT002),
			Severity: rule.Error,
			Found:    "a settling time of " + text,
			Required: "PT6H or longer",
			Why:      "A client that still uses the old first key fails once the second is regenerated",
			Remedy:   "Set 6 hours or more; if a key has leaked and cannot wait, set emergency = true",
		})
		resp.Diagnostics.Append(diag.WithPath(req.Path, violation))
	default:
		resp.Diagnostics.Append(diagnostic.Refuse(req.Path, diagnostic.Refusal{
			Title:    "Invalid Duration",
			Found:    strconv.Quote(text),
			Required: "it " + v.Description(ctx),
			Remedy:   "Write it like P90D or PT6H",
		}))
	}
}

// checksHaveAddress refuses a verification without an address to request.
type checksHaveAddress struct{}

func (checksHaveAddress) Description(context.Context) string {
	return "every element has url, or is signed"
}

func (v checksHaveAddress) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (checksHaveAddress) ValidateList(ctx context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	var secrets types.Set
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, secretsPath(), &secrets)...)
	for _, element := range req.ConfigValue.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsNull() || object.IsUnknown() {
			continue
		}
		signed, _ := object.Attributes()["signed"].(types.Bool)
		if signed.ValueBool() && !secrets.IsUnknown() && len(secrets.Elements()) == 0 {
			resp.Diagnostics.Append(diagnostic.Refuse(req.Path, diagnostic.Refusal{
				Title:    "Nothing To Sign With",
				Found:    "signed = true without secrets",
				Required: "secrets, whose keys sign the request",
				Remedy:   "Add the secrets that hold the keys, or remove signed",
			}))
		}
		if object.Attributes()["url"].IsNull() && !signed.IsUnknown() && !signed.ValueBool() {
			resp.Diagnostics.Append(diagnostic.Refuse(req.Path, diagnostic.Refusal{
				Title:    "Missing Attribute",
				Found:    fmt.Sprintf("an element of %s without url", req.Path),
				Required: "url in every element, or signed = true",
				Remedy:   "Write the address to request, or set signed to request the Blob service with the key of each secret",
			}))
		}
	}
}

// expression accepts a regular expression.
type expression struct{}

func (expression) Description(context.Context) string { return "must be a regular expression" }

func (v expression) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (expression) ValidateString(_ context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() {
		checkExpression(req.Path, req.ConfigValue.ValueString(), &resp.Diagnostics)
	}
}

// expressions accepts a map of regular expressions.
type expressions struct{}

func (expressions) Description(context.Context) string { return "must be regular expressions" }

func (v expressions) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (expressions) ValidateMap(_ context.Context, req validator.MapRequest,
	resp *validator.MapResponse,
) {
	for name, element := range req.ConfigValue.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			checkExpression(req.Path.AtMapKey(name), text.ValueString(), &resp.Diagnostics)
		}
	}
}

func checkExpression(at path.Path, text string, diags *diag.Diagnostics) {
	if _, err := regexp.Compile(text); err != nil {
		diags.Append(diagnostic.Refuse(at, diagnostic.Refusal{
			Title:    "Invalid Regular Expression",
			Found:    strconv.Quote(text),
			Required: "a regular expression in RE2 syntax",
			Why:      err.Error(),
			Remedy:   "Correct it; a backslash is written twice in a quoted text",
		}))
	}
}

// dependentIDs accepts the IDs of accounts that hold storage keys.
type dependentIDs struct{}

func (dependentIDs) Description(context.Context) string {
	return "must be the resource IDs of accounts that hold a copy of storage keys"
}

func (v dependentIDs) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (dependentIDs) ValidateSet(_ context.Context, req validator.SetRequest,
	resp *validator.SetResponse,
) {
	for _, element := range req.ConfigValue.Elements() {
		id, ok := element.(attribute.ResourceIDValue)
		if !ok || id.IsUnknown() || id.IsNull() { // Null is refused in every set.
			continue
		}
		if _, err := keyholder.Of(nil, id.ValueString()); err != nil {
			resp.Diagnostics.Append(diag.WithPath(req.Path, diagnostic.FromViolation(rule.Violation{
				Rule:     keyrotation.Rule(keyrotation.ROT003),
				Severity: rule.Error,
				Found:    fmt.Sprintf("%q", id.ValueString()),
				Required: "the ID of an account that holds a copy of the keys",
				Why:      err.Error(),
				Remedy:   "Refer to the id attribute of the account",
			})))
		}
	}
}
