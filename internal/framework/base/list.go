// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

// Query says how `terraform query` finds the resources of a noun. F is the model of its filters.
type Query[F any] struct {
	// Resource returns the resource. Its import and its Read fill in what Terraform asks for beside the
	// identity, so that a configuration that is generated from a result plans nothing.
	Resource func() resource.Resource
	// Description says what the list finds.
	Description string
	// Filters are the arguments beside those of the scope.
	Filters map[string]schema.Attribute
	// Find adds the resources that pass the filters, in the order of their IDs where Azure has no order.
	// Its context shares what is read: one list of Azure's answers for all resources in it.
	Find func(ctx context.Context, client *azure.Client, filters *F, found *Finds) error
}

// Finds takes what a [Query] finds.
type Finds struct {
	add  func(id, name string) bool
	warn func(diag.Diagnostic)
}

// Add adds a resource by its ID, which a person knows by the name. It reports false when no more are wanted.
func (f *Finds) Add(id, name string) bool { return f.add(id, name) }

// Warn adds a warning, of what could not be listed for instance.
func (f *Finds) Warn(warning diag.Diagnostic) { f.warn(warning) }

// Hidden warns of something that the caller may not see, in which there may be more to find.
func (f *Finds) Hidden(what, reason string) {
	f.warn(diagnostic.Refusal{
		Title: "Not Everything Listed",
		Found: what + ", which could not be read: " + reason,
		Why:   "The list leaves out what may be found there",
		Remedy: "Query with a login that may read it, or narrow the list by its filters to what this login may " +
			"read",
	}.Warn(path.Empty()))
}

// Scope is the part of every list's filters that says where to look. A model of filters embeds it.
type Scope struct {
	SubscriptionID    types.String        `tfsdk:"subscription_id"`
	ResourceGroupName attribute.NameValue `tfsdk:"resource_group_name"`
}

func (s *Scope) scope() *Scope { return s }

// Subscription returns the subscription to look in.
func (s *Scope) Subscription(client *azure.Client) string {
	if id := s.SubscriptionID.ValueString(); id != "" {
		return id
	}
	return client.SubscriptionID()
}

// Has reports whether an ID is in the scope.
func (s *Scope) Has(client *azure.Client, id string) bool {
	return strings.EqualFold(azure.SubscriptionOf(id), s.Subscription(client)) &&
		(s.ResourceGroupName.IsNull() || strings.EqualFold(azure.GroupOf(id), s.ResourceGroupName.ValueString()))
}

func scopeAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"subscription_id": schema.StringAttribute{
			MarkdownDescription: "The ID of the subscription to look in. Default: that of the provider block.",
			Optional:            true,
		},
		"resource_group_name": schema.StringAttribute{
			MarkdownDescription: "Lists only what is in this resource group.",
			CustomType:          attribute.NameType{},
			Optional:            true,
			Validators:          []validator.String{attribute.ValidName(naming.ResourceGroup())},
		},
	}
}

var _ list.ListResourceWithConfigure = (*List[Scope])(nil)

// List is a list resource. It is named after the resource that it lists.
type List[F any] struct {
	query  Query[F]
	noun   Noun
	client *azure.Client
	// configure passes on to the listed resource what the provider passes to this one.
	configure resource.ConfigureRequest
}

// NewList returns the list resource of a query.
func NewList[F any](query Query[F]) list.ListResource {
	return &List[F]{query: query, noun: nounOf(query.Resource())}
}

// nounOf returns the noun of a resource that embeds [Resource].
func nounOf(listed resource.Resource) Noun {
	embedding, ok := listed.(interface{ itself() *Resource })
	if !ok {
		panic(fmt.Sprintf("%T does not embed base.Resource", listed))
	}
	return embedding.itself().noun
}

func (r *Resource) itself() *Resource { return r }

func (l *List[F]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = l.noun.Type
}

func (l *List[F]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest,
	resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = schema.Schema{MarkdownDescription: l.query.Description, Attributes: scopeAttributes()}
	maps.Copy(resp.Schema.Attributes, l.query.Filters)
}

func (l *List[F]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.client, l.configure = client(req.ProviderData, &resp.Diagnostics), req
}

// List finds the resources one after the other, and no more than Terraform wants.
func (l *List[F]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	ctx = azure.Shared(ctx)
	var filters F
	if diags := req.Config.Get(ctx, &filters); diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		left, open := req.Limit, true
		say := func(diagnostics ...diag.Diagnostic) {
			open = open && push(list.ListResult{Diagnostics: diagnostics})
		}
		err := l.query.Find(ctx, l.client, &filters, &Finds{
			warn: func(warning diag.Diagnostic) { say(warning) },
			add: func(id, name string) bool {
				result, ok := l.result(ctx, req, id, name)
				if open && ok {
					open = push(result)
					left--
				}
				return open && (left > 0 || req.Limit <= 0)
			},
		})
		// A service that the subscription or the cloud does not have has nothing to list.
		if err = azure.UnlessRetired(err); err != nil && !azure.IsUnregistered(err) {
			say(diagnostic.FromError(diagnostic.List, l.subject(&filters), err))
		}
	}
}

// subject returns what is listed as diagnostics name it.
func (l *List[F]) subject(filters *F) diagnostic.Subject {
	subject := l.noun.Subject("")
	if stem, ok := strings.CutSuffix(subject.Noun, "y"); ok {
		subject.Noun = stem + "ies"
	} else {
		subject.Noun += "s"
	}
	if scoped, ok := any(filters).(interface{ scope() *Scope }); ok {
		subject.ID = "/subscriptions/" + scoped.scope().Subscription(l.client)
	}
	return subject
}

// result returns the result for the resource with an ID. It reports false if the resource is gone.
func (l *List[F]) result(ctx context.Context, req list.ListRequest, id, name string) (list.ListResult, bool) {
	result := req.NewListResult(ctx)
	result.DisplayName = name
	if len(l.noun.ResourceTypes) > 0 {
		canonical, err := (&Resource{noun: l.noun}).canonicalID(id)
		if err != nil {
			result.Diagnostics.Append(diagnostic.ProviderBug(fmt.Sprintf("%s lists %q.", l.noun.Type, id)))
			return result, true
		}
		id = canonical
	}
	result.Diagnostics.Append(setIdentity(ctx, result.Identity, id)...)
	if !req.IncludeResource {
		return result, true
	}
	state, diags := l.read(ctx, req, id)
	result.Diagnostics.Append(diags...)
	result.Resource.Raw = state.Raw
	return result, diags.HasError() || !state.Raw.IsNull()
}

// read imports a resource as Terraform does, and reads it.
func (l *List[F]) read(ctx context.Context, req list.ListRequest, id string) (tfsdk.State, diag.Diagnostics) {
	listed := l.query.Resource()
	var schemas resource.SchemaResponse
	listed.Schema(ctx, resource.SchemaRequest{}, &schemas)
	state := tfsdk.State{Schema: schemas.Schema, Raw: tftypes.NewValue(schemas.Schema.Type().TerraformType(ctx), nil)}
	identity := req.NewListResult(ctx).Identity
	importing, ok := listed.(interface {
		resource.ResourceWithConfigure
		resource.ResourceWithImportState
	})
	if !ok {
		return state, diag.Diagnostics{diagnostic.ProviderBug(fmt.Sprintf("%s cannot be imported.", l.noun.Type))}
	}
	var configured resource.ConfigureResponse
	importing.Configure(ctx, l.configure, &configured)
	imported := resource.ImportStateResponse{State: state, Identity: identity, Diagnostics: configured.Diagnostics}
	importing.ImportState(ctx, resource.ImportStateRequest{ID: id}, &imported)
	if imported.Diagnostics.HasError() {
		return state, imported.Diagnostics
	}
	reading := resource.ReadRequest{State: imported.State, Identity: imported.Identity}
	read := resource.ReadResponse{State: imported.State, Identity: imported.Identity, Diagnostics: imported.Diagnostics}
	fresh(&reading.Private)
	fresh(&read.Private)
	importing.Read(ctx, reading, &read)
	return read.State, read.Diagnostics
}

// fresh makes the private state of an operation, whose type has no other name.
func fresh[T any](private **T) { *private = new(T) }
