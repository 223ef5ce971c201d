// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"runtime/debug"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// NewServer returns a function that creates servers of the provider.
func NewServer(version string, options ...Option) func() tfprotov6.ProviderServer {
	create := New(version, options...)
	return func() tfprotov6.ProviderServer {
		unguarded, ok := providerserver.NewProtocol6(create())().(server)
		if !ok {
			panic("the framework's server neither lists resources nor invokes actions")
		}
		return guarded{unguarded}
	}
}

// server is the server of a provider with all that this one has.
type server interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// guarded turns a panic into an error of the one resource that it happened in. Otherwise it would end the
// process, and Terraform would forget what all the others have just done.
type guarded struct{ server }

// guard calls a method of the provider. Where that panics, it returns the answer of failed.
func guard[Req, Resp any](ctx context.Context, call func(context.Context, *Req) (*Resp, error), req *Req, doing string,
	failed func([]*tfprotov6.Diagnostic) *Resp,
) (resp *Resp, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			resp, err = failed([]*tfprotov6.Diagnostic{crash(doing, cause, debug.Stack())}), nil
		}
	}()
	return call(ctx, req)
}

// crash returns the error of a panic.
func crash(doing string, cause any, stack []byte) *tfprotov6.Diagnostic {
	bug := diagnostic.Crashed(doing, cause, stack)
	return &tfprotov6.Diagnostic{
		Severity: tfprotov6.DiagnosticSeverityError, Summary: bug.Summary(), Detail: bug.Detail(),
	}
}

func (g guarded) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	return guard(ctx, g.server.ConfigureProvider, req, "being configured",
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ConfigureProviderResponse {
			return &tfprotov6.ConfigureProviderResponse{Diagnostics: d}
		})
}

func (g guarded) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return guard(ctx, g.server.ValidateResourceConfig, req, "checking the configuration of "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateResourceConfigResponse {
			return &tfprotov6.ValidateResourceConfigResponse{Diagnostics: d}
		})
}

func (g guarded) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return guard(ctx, g.server.UpgradeResourceState, req, "upgrading a state of "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.UpgradeResourceStateResponse {
			return &tfprotov6.UpgradeResourceStateResponse{Diagnostics: d}
		})
}

func (g guarded) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	return guard(ctx, g.server.ReadResource, req, "reading an "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ReadResourceResponse {
			return &tfprotov6.ReadResourceResponse{
				NewState: req.CurrentState, Private: req.Private, NewIdentity: req.CurrentIdentity, Diagnostics: d,
			}
		})
}

func (g guarded) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return guard(ctx, g.server.PlanResourceChange, req, "planning an "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.PlanResourceChangeResponse {
			return &tfprotov6.PlanResourceChangeResponse{
				PlannedState: req.PriorState, PlannedPrivate: req.PriorPrivate, Diagnostics: d,
			}
		})
}

func (g guarded) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return guard(ctx, g.server.ApplyResourceChange, req, "applying an "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ApplyResourceChangeResponse {
			return &tfprotov6.ApplyResourceChangeResponse{
				NewState: req.PriorState, Private: req.PlannedPrivate, Diagnostics: d,
			}
		})
}

func (g guarded) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return guard(ctx, g.server.ImportResourceState, req, "importing an "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ImportResourceStateResponse {
			return &tfprotov6.ImportResourceStateResponse{Diagnostics: d}
		})
}

func (g guarded) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest,
) (*tfprotov6.MoveResourceStateResponse, error) {
	return guard(ctx, g.server.MoveResourceState, req, "moving a state to an "+req.TargetTypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.MoveResourceStateResponse {
			return &tfprotov6.MoveResourceStateResponse{Diagnostics: d}
		})
}

func (g guarded) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest,
) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return guard(ctx, g.server.ValidateDataResourceConfig, req, "checking the configuration of "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateDataResourceConfigResponse {
			return &tfprotov6.ValidateDataResourceConfigResponse{Diagnostics: d}
		})
}

func (g guarded) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	return guard(ctx, g.server.ReadDataSource, req, "reading the data source "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ReadDataSourceResponse {
			return &tfprotov6.ReadDataSourceResponse{Diagnostics: d}
		})
}

func (g guarded) ValidateEphemeralResourceConfig(ctx context.Context,
	req *tfprotov6.ValidateEphemeralResourceConfigRequest,
) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return guard(ctx, g.server.ValidateEphemeralResourceConfig, req, "checking the configuration of "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateEphemeralResourceConfigResponse {
			return &tfprotov6.ValidateEphemeralResourceConfigResponse{Diagnostics: d}
		})
}

func (g guarded) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest,
) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return guard(ctx, g.server.OpenEphemeralResource, req, "opening an "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.OpenEphemeralResourceResponse {
			return &tfprotov6.OpenEphemeralResourceResponse{Diagnostics: d}
		})
}

func (g guarded) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest,
) (*tfprotov6.CallFunctionResponse, error) {
	return guard(ctx, g.server.CallFunction, req, "calling the function "+req.Name,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.CallFunctionResponse {
			return &tfprotov6.CallFunctionResponse{Error: &tfprotov6.FunctionError{Text: d[0].Summary + ": " + d[0].Detail}}
		})
}

func (g guarded) ValidateListResourceConfig(ctx context.Context, req *tfprotov6.ValidateListResourceConfigRequest,
) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return guard(ctx, g.server.ValidateListResourceConfig, req, "checking the configuration of a list of "+req.TypeName,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateListResourceConfigResponse {
			return &tfprotov6.ValidateListResourceConfigResponse{Diagnostics: d}
		})
}

// ListResource guards the stream, which does the work.
func (g guarded) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest,
) (*tfprotov6.ListResourceServerStream, error) {
	doing := "listing " + req.TypeName
	crashed := func(d []*tfprotov6.Diagnostic) *tfprotov6.ListResourceServerStream {
		return &tfprotov6.ListResourceServerStream{
			Results: slices.Values([]tfprotov6.ListResourceResult{{Diagnostics: d}}),
		}
	}
	stream, err := guard(ctx, g.server.ListResource, req, doing, crashed)
	if err != nil {
		return stream, err
	}
	results, open := stream.Results, true
	stream.Results = func(push func(tfprotov6.ListResourceResult) bool) {
		defer func() {
			if cause := recover(); cause != nil && open {
				push(tfprotov6.ListResourceResult{Diagnostics: []*tfprotov6.Diagnostic{crash(doing, cause, debug.Stack())}})
			}
		}()
		results(func(result tfprotov6.ListResourceResult) bool {
			open = push(result)
			return open
		})
	}
	return stream, nil
}

func (g guarded) ValidateActionConfig(ctx context.Context, req *tfprotov6.ValidateActionConfigRequest,
) (*tfprotov6.ValidateActionConfigResponse, error) {
	return guard(ctx, g.server.ValidateActionConfig, req, "checking the configuration of "+req.ActionType,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.ValidateActionConfigResponse {
			return &tfprotov6.ValidateActionConfigResponse{Diagnostics: d}
		})
}

func (g guarded) PlanAction(ctx context.Context, req *tfprotov6.PlanActionRequest,
) (*tfprotov6.PlanActionResponse, error) {
	return guard(ctx, g.server.PlanAction, req, "planning an "+req.ActionType,
		func(d []*tfprotov6.Diagnostic) *tfprotov6.PlanActionResponse {
			return &tfprotov6.PlanActionResponse{Diagnostics: d}
		})
}

// InvokeAction listens to the action until it has ended, even if Terraform no longer does: an action that could not
// tell of its progress would stop half-way.
func (g guarded) InvokeAction(ctx context.Context, req *tfprotov6.InvokeActionRequest,
) (*tfprotov6.InvokeActionServerStream, error) {
	stream, err := g.server.InvokeAction(ctx, req)
	if err != nil {
		return stream, err
	}
	events, open := stream.Events, true
	stream.Events = func(push func(tfprotov6.InvokeActionEvent) bool) {
		events(func(event tfprotov6.InvokeActionEvent) bool {
			open = open && push(event)
			return true
		})
	}
	return stream, nil
}
