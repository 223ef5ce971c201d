// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Resource is what every resource embeds.
type Resource struct {
	// Client is nil until the provider is configured, as during validation.
	Client *azure.Client
	noun   Noun
}

// NewResource returns what a resource of the noun embeds.
func NewResource(noun Noun) Resource { return Resource{noun: noun} }

// Subject returns the resource as diagnostics name it.
func (r *Resource) Subject(id string) diagnostic.Subject { return r.noun.Subject(id) }

func (r *Resource) Metadata(_ context.Context, _ resource.MetadataRequest,
	resp *resource.MetadataResponse,
) {
	resp.TypeName = r.noun.Type
	resp.ResourceBehavior.MutableIdentity = r.noun.MutableID
}

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = r.noun.Schema()
	if _, ok := resp.Schema.Attributes["timeouts"]; !ok {
		resp.Schema.Attributes["timeouts"] = r.noun.Timeouts.attribute(ctx)
	}
}

// IdentitySchema makes the ID the resource identity, which Terraform 1.12 and later use.
func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest,
	resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"id": identityschema.StringAttribute{
				Description:       "The resource ID.",
				RequiredForImport: true,
			},
		},
	}
}

// ConfigValidators refuses what no list and no set can have.
func (r *Resource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{attribute.NoNullElements{}}
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest,
	resp *resource.ConfigureResponse,
) {
	r.Client = client(req.ProviderData, &resp.Diagnostics)
}

// SetIdentity writes the resource identity. Create, Read and Update all set it, Read before the
// resource may turn out to be gone: a Terraform that knows no identity sends none, and the
// framework then misses it after an update and even after a removal.
func SetIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity,
	id interface{ ValueString() string },
) diag.Diagnostics {
	return setIdentity(ctx, identity, id.ValueString())
}

// IDOf returns the ID in a state, for a plan that destroys or replaces the resource.
func IDOf(ctx context.Context, state tfsdk.State) string {
	var id *string // The framework refuses a types.String for an attribute of a type of its own.
	state.GetAttribute(ctx, path.Root("id"), &id)
	return azure.Deref(id)
}

func setIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity, id string) diag.Diagnostics {
	if identity == nil {
		return nil
	}
	return identity.SetAttribute(ctx, path.Root("id"), id)
}

// Read refreshes a resource whose state follows from one answer of Azure's: get requests it by the ID,
// and observe copies it into the state.
func Read[Answer, M any, P Model[M]](ctx context.Context, r *Resource, req resource.ReadRequest,
	resp *resource.ReadResponse, get func(ctx context.Context, id string) (Answer, error),
	observe func(P, Answer),
) {
	Refresh(ctx, r, req, resp, func(ctx context.Context, state P) error {
		answer, err := get(ctx, state.Identifier())
		if err == nil {
			observe(state, answer)
		}
		return err
	})
}

// ErrGone tells [Refresh] and [Delete] that the resource no longer exists if no answer of Azure's does.
var ErrGone = errors.New("the resource no longer exists")

func isGone(err error) bool { return azure.IsNotFound(err) || errors.Is(err, ErrGone) }

// Refresh refreshes a resource: refresh brings its state up to date. The resource leaves the state
// if the error says that it no longer exists.
func Refresh[M any, P Model[M]](ctx context.Context, r *Resource, req resource.ReadRequest,
	resp *resource.ReadResponse, refresh func(context.Context, P) error,
) {
	state := P(new(M))
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	resp.Diagnostics.Append(setIdentity(ctx, resp.Identity, state.Identifier())...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Read, state.Limits(), &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.Identifier()
	if r.Client != nil {
		r.Managed(id)
	}
	switch err := refresh(azure.Shared(ctx), state); {
	case isGone(err):
		resp.State.RemoveResource(ctx)
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, r.Subject(id), err))
	default:
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// Delete deletes a resource. One that no longer exists is deleted already. An error that is a
// [diagnostic.Refusal] or a violated rule is shown as such.
func Delete[M any, P Model[M]](ctx context.Context, r *Resource, req resource.DeleteRequest,
	resp *resource.DeleteResponse, remove func(context.Context, P) error,
) {
	state := P(new(M))
	resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Delete, state.Limits(), &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if err := remove(ctx, state); err != nil && !isGone(err) {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Delete, r.Subject(state.Identifier()), err))
	}
}
