// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

// samples is a provider of test_sample.
type samples struct{}

func (samples) Metadata(_ context.Context, _ provider.MetadataRequest,
	resp *provider.MetadataResponse,
) {
	resp.TypeName = "test"
}

func (samples) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (samples) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (samples) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (samples) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &sample{base.NewResource(base.Noun{Type: "test_sample", Title: "Sample", Schema: sampleSchema})}
	}}
}

// sample is a resource that has every shared attribute and nothing else. Azure, to it, answers in a
// spelling of its own.
type sample struct{ base.Resource }

type sampleModel struct {
	base.Common
	Name          attribute.NameValue       `tfsdk:"name"`
	ResourceGroup attribute.NameValue       `tfsdk:"resource_group_name"`
	Location      attribute.LocationValue   `tfsdk:"location"`
	Tags          types.Map                 `tfsdk:"tags"`
	Account       attribute.ResourceIDValue `tfsdk:"account_id"`
	Key           attribute.KeyIDValue      `tfsdk:"key_id"`
	Made          types.String              `tfsdk:"made"`
	Identity      types.Object              `tfsdk:"identity"`
}

func sampleSchema() schema.Schema {
	return schema.Schema{Attributes: map[string]schema.Attribute{
		"id":                  attribute.ID(),
		"name":                attribute.Name("The name."),
		"resource_group_name": attribute.ResourceGroupName(),
		"location":            attribute.Location(),
		"tags":                attribute.Tags(),
		"account_id":          attribute.ReferenceID("The account."),
		"key_id":              attribute.KeyID("The key."),
		"made":                attribute.Computed("Made up."),
		"identity":            attribute.Identity(),
	}}
}

func (*sample) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	var plan sampleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	plan.ID, plan.Made = attribute.NewResourceID(id), types.StringValue("up")
	resp.Diagnostics.Append(plan.observe(ctx)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (s *sample) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Refresh(ctx, &s.Resource, req, resp, func(ctx context.Context, state *sampleModel) error {
		resp.Diagnostics.Append(state.observe(ctx)...)
		return nil
	})
}

func (*sample) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan sampleModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(plan.observe(ctx)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (*sample) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// observe spells everything as Azure might, and tells of the identity what only Azure knows.
func (m *sampleModel) observe(ctx context.Context) diag.Diagnostics {
	m.Name = attribute.NewName(strings.ToUpper(m.Name.ValueString()))
	m.ResourceGroup = attribute.NewName(strings.ToUpper(m.ResourceGroup.ValueString()))
	m.Location = attribute.NewLocation("West US 2")
	if !m.Account.IsNull() { // As it is after an import.
		m.Account = attribute.NewResourceID(strings.ToUpper(m.Account.ValueString()))
	}
	identity, diags := attribute.ExpandIdentity(ctx, m.Identity)
	if identity.SystemAssigned {
		identity.PrincipalID, identity.TenantID = "principal", "tenant"
	}
	for i, used := range identity.UserAssignedIDs {
		identity.UserAssignedIDs[i] = strings.ToUpper(used)
	}
	m.Identity = attribute.FlattenIdentity(identity, m.Identity)
	return diags
}

func start(t *testing.T) *acctest.Proto {
	t.Helper()
	return acctest.NewProto(t, providerserver.NewProtocol6WithError(samples{}))
}

// config is a configuration of test_sample with some changes.
func config(changes ...acctest.Value) acctest.Value {
	merged := acctest.Value{
		"name": "name", "resource_group_name": "rg", "location": "westus2", "account_id": id,
		"key_id": "https://vlt.vault.azure.net/keys/k",
	}
	for _, change := range changes {
		for name, value := range change {
			merged[name] = value
		}
	}
	return merged
}

func userAssigned(ids ...any) acctest.Value {
	return acctest.Value{"identity": acctest.Value{"type": "UserAssigned", "identity_ids": ids}}
}

func TestProtoSpelling_isNoChange(t *testing.T) {
	t.Parallel()
	proto := start(t)
	first := config(acctest.Value{"tags": acctest.Value{"a": "1"}}, userAssigned(id+"1", id+"2"))
	created := proto.Create("test_sample", first)
	for name, want := range first {
		if name == "identity" {
			continue
		}
		if diff := cmp.Diff(want, created.State[name]); diff != "" {
			t.Errorf("%s is not what the configuration says: %s", name, diff)
		}
	}
	read, diags := proto.Read(created)
	if diff := cmp.Diff(created.State, read.State); diff != "" || len(diags) > 0 {
		t.Errorf("reading changes the state: %s %s", diff, diags.Text())
	}
	plan := proto.Plan("test_sample", created, config(acctest.Value{
		"name": "NAME", "resource_group_name": "Rg", "location": "West US 2",
		"account_id": strings.ToLower(id), "key_id": "https://VLT.vault.azure.net/keys/K",
		"tags": acctest.Value{"a": "1"},
	}, userAssigned(strings.ToUpper(id+"2"), id+"1")))
	if diff := cmp.Diff(created.State, plan.State); diff != "" || len(plan.Replace) > 0 {
		t.Errorf("another spelling plans a change: %s %v", diff, plan.Replace)
	}
}

func TestProtoAnotherValue_isAChange(t *testing.T) {
	t.Parallel()
	proto := start(t)
	created := proto.Create("test_sample", config(userAssigned(id+"1")))
	for _, test := range []struct {
		name    string
		change  acctest.Value
		replace bool
	}{
		{"name", acctest.Value{"name": "other"}, true},
		{"resource_group_name", acctest.Value{"resource_group_name": "other"}, true},
		{"location", acctest.Value{"location": "northeurope"}, true},
		{"account_id", acctest.Value{"account_id": id + "2"}, false},
		{"key_id", acctest.Value{"key_id": "https://vlt.vault.azure.net/keys/other"}, false},
		{"identity", userAssigned(id + "2"), false},
		{"identity", userAssigned(id+"1", id+"2"), false},
	} {
		plan := proto.Plan("test_sample", created, config(userAssigned(id+"1"), test.change))
		if cmp.Diff(created.State[test.name], plan.State[test.name]) == "" {
			t.Errorf("%v plans no change", test.change)
		}
		if (len(plan.Replace) > 0) != test.replace {
			t.Errorf("%v replaces over %v, want %t", test.change, plan.Replace, test.replace)
		}
	}
}

// emptyIDs is a configuration with a set of identity IDs that means none.
func emptyIDs(ids ...any) acctest.Value {
	return config(acctest.Value{"identity": acctest.Value{
		"type": "SystemAssigned", "identity_ids": append([]any{}, ids...),
	}})
}

func TestProtoIdentity_plansItsPrincipal(t *testing.T) {
	t.Parallel()
	proto := start(t)
	of := func(kind string, ids ...any) acctest.Value {
		identity := acctest.Value{"type": kind}
		if len(ids) > 0 {
			identity["identity_ids"] = ids
		}
		return config(acctest.Value{"identity": identity})
	}
	for _, test := range []struct {
		name          string
		before, after acctest.Value
		want          any
	}{
		{"switched on", config(), of("SystemAssigned"), acctest.Unknown{}},
		{"stays on", of("SystemAssigned"), of("SystemAssigned, UserAssigned", id), "principal"},
		{"switched off", of("SystemAssigned, UserAssigned", id), of("UserAssigned", id), nil},
		{"switched on beside another", of("UserAssigned", id), of("SystemAssigned, UserAssigned", id), acctest.Unknown{}},
		{"stays on beside an empty set", of("SystemAssigned"), emptyIDs(), "principal"},
		{"stays on without the empty set", emptyIDs(), of("SystemAssigned"), "principal"},
		{"stays on beside null", emptyIDs(), emptyIDs(nil), "principal"},
		{"keeps a set with null", of("UserAssigned", id), of("UserAssigned", id, nil), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			created := proto.Create("test_sample", test.before)
			plan := proto.Plan("test_sample", created, test.after)
			identity, ok := plan.State["identity"].(acctest.Value)
			if !ok {
				t.Fatalf("no identity is planned: %v %s", plan.State, plan.Diagnostics.Text())
			}
			if diff := cmp.Diff(test.want, identity["principal_id"]); diff != "" {
				t.Error(diff)
			}
			updated := proto.Update(created, test.after)
			again := proto.Plan("test_sample", updated, test.after)
			if diff := cmp.Diff(updated.State, again.State); diff != "" {
				t.Errorf("a second plan differs: %s", diff)
			}
		})
	}
}

func TestProtoIdentity_isComplete(t *testing.T) {
	t.Parallel()
	proto := start(t)
	for _, test := range []struct {
		name     string
		identity acctest.Value
		want     string
	}{
		{"no IDs", acctest.Value{"type": "UserAssigned"}, "Missing Identity IDs"},
		{"an empty set", acctest.Value{"type": "UserAssigned", "identity_ids": []any{}}, "Missing Identity IDs"},
		{"nothing but null", acctest.Value{"type": "UserAssigned", "identity_ids": []any{nil}}, "Missing Identity IDs"},
		{"null beside an ID", acctest.Value{"type": "UserAssigned", "identity_ids": []any{nil, id}}, ""},
		{"null beside an ID to come", acctest.Value{"type": "UserAssigned", "identity_ids": []any{nil, acctest.Unknown{}}}, ""},
		{"an empty set beside the system's", acctest.Value{"type": "SystemAssigned", "identity_ids": []any{}}, ""},
		{"null beside the system's", acctest.Value{"type": "SystemAssigned", "identity_ids": []any{nil}}, ""},
		{"IDs to come beside the system's", acctest.Value{"type": "SystemAssigned", "identity_ids": acctest.Unknown{}}, ""},
		{"needless IDs", acctest.Value{"type": "SystemAssigned", "identity_ids": []any{id}}, "Unexpected Identity IDs"},
		{"an ID that is none", acctest.Value{"type": "UserAssigned", "identity_ids": []any{"x"}}, "Invalid Resource ID"},
		{"IDs to come", acctest.Value{"type": "UserAssigned", "identity_ids": acctest.Unknown{}}, ""},
		{"all is well", acctest.Value{"type": "SystemAssigned, UserAssigned", "identity_ids": []any{id}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			diags := proto.Validate("test_sample", config(acctest.Value{"identity": test.identity}))
			if test.want == "" && len(diags) > 0 || !strings.Contains(diags.Text(), test.want) {
				t.Errorf("got %q, want %q", diags.Text(), test.want)
			}
		})
	}
}
