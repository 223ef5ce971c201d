// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// MoveFromAzurerm returns the mover of resources that azurerm has in its state as sourceType.
// Convert returns the model of that state, which has a version of azurerm's schema; Terraform refreshes it
// after the move. An error stops the move; a [diagnostic.Refusal] says why in its own words.
func MoveFromAzurerm[Source, M any, P Model[M]](noun Noun, sourceType string,
	convert func(schemaVersion int64, source Source) (P, error),
) []resource.StateMover {
	return []resource.StateMover{{StateMover: func(ctx context.Context,
		req resource.MoveStateRequest, resp *resource.MoveStateResponse,
	) {
		if req.SourceTypeName != sourceType ||
			!strings.HasSuffix(req.SourceProviderAddress, "/hashicorp/azurerm") {
			return // Another mover may know it.
		}
		var source Source
		if req.SourceRawState == nil || json.Unmarshal(req.SourceRawState.JSON, &source) != nil {
			resp.Diagnostics.Append(notMoved(noun, req,
				errors.New("values that cannot be read")).Diagnostic())
			return
		}
		target, err := convert(req.SourceSchemaVersion, source)
		if err != nil {
			resp.Diagnostics.Append(notMoved(noun, req, err).Diagnostic())
			return
		}
		resp.Diagnostics.Append(resp.TargetState.Set(ctx, target)...)
		resp.Diagnostics.Append(setIdentity(ctx, resp.TargetIdentity, target.Identifier())...)
	}}}
}

// notMoved names the source and the target: Terraform shows no address of either.
func notMoved(noun Noun, req resource.MoveStateRequest, err error) diagnostic.Refusal {
	refusal, ok := errors.AsType[diagnostic.Refusal](err)
	if !ok {
		refusal.Found = err.Error()
	}
	refusal.Found = fmt.Sprintf("%s, in the state of an %s (version %d of its schema) that a moved block moves to an %s",
		refusal.Found, req.SourceTypeName, req.SourceSchemaVersion, noun.Type)
	refusal.Title = diagnostic.Summary(diagnostic.Move, noun.Title)
	if refusal.Remedy == "" {
		refusal.Remedy = "Import it instead"
	}
	return refusal
}

// MovedTags returns tags as azurerm's state has them.
func MovedTags(moved map[string]string) types.Map {
	if len(moved) == 0 {
		return types.MapNull(types.StringType)
	}
	tags := make(map[string]attr.Value, len(moved))
	for name, value := range moved {
		tags[name] = types.StringValue(value)
	}
	return types.MapValueMust(types.StringType, tags)
}

// NoTimeouts returns the timeouts of a resource, which has all four, whose configuration is unknown, as
// it is during a move.
func NoTimeouts() timeouts.Value {
	return timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{
		"create": types.StringType, "read": types.StringType,
		"update": types.StringType, "delete": types.StringType,
	})}
}
