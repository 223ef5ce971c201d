// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// service is the Azure of the test: colors by ID, or an error.
type service struct {
	colors map[string]string
	err    error
	left   time.Duration // Until the deadline of the last call.
}

func (s *service) note(ctx context.Context) {
	deadline, _ := ctx.Deadline()
	s.left = deadline.Sub(time.Unix(0, 0)) - now().Sub(time.Unix(0, 0))
}

func (s *service) get(ctx context.Context, id string) (string, error) {
	s.note(ctx)
	color, ok := s.colors[id]
	if s.err == nil && !ok {
		return "", &azure.Error{Status: 404, Code: "ResourceNotFound"}
	}
	return color, s.err
}

func (s *service) delete(ctx context.Context, state *widgetModel) error {
	s.note(ctx)
	if _, err := s.get(ctx, state.Identifier()); err != nil {
		return err
	}
	delete(s.colors, state.Identifier())
	return nil
}

func now() time.Time { return time.Now() } //nolint:forbidigo // It is compared with a context's deadline.

// What embeds a base.Resource or a base.DataSource has these interfaces without a method of its own.
var (
	_ resource.ResourceWithConfigure     = (*widget)(nil)
	_ resource.ResourceWithIdentity      = (*widget)(nil)
	_ resource.ResourceWithImportState   = (*widget)(nil)
	_ datasource.DataSourceWithConfigure = (*widgetData)(nil)
)

// widget is a noun that has nothing but what base gives it.
type widget struct {
	base.Resource
	service *service
}

type widgetModel struct {
	base.Common
	Name  attribute.NameValue `tfsdk:"name"`
	Color types.String        `tfsdk:"color"`
}

func (m *widgetModel) observe(color string) {
	m.Name = attribute.NewName(m.Identifier()[strings.LastIndex(m.Identifier(), "/")+1:])
	m.Color = types.StringValue(color)
}

func noun() base.Noun {
	return base.Noun{
		Type:          "test_widget",
		Title:         "Test Widget",
		ResourceTypes: []string{azure.VaultType, azure.StorageAccountType},
		Schema: func() schema.Schema {
			return schema.Schema{Attributes: map[string]schema.Attribute{
				"id": attribute.ID(), "name": attribute.Name("The name."), "color": attribute.Computed("The color."),
			}}
		},
		Timeouts: base.Timeouts{Create: 90 * time.Minute, Read: 5 * time.Minute, Update: time.Hour, Delete: time.Hour},
	}
}

func (w *widget) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan widgetModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx, cancel := w.Deadline(ctx, diagnostic.Create, plan.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	w.service.note(ctx)
	plan.ID = attribute.NewResourceID(idOf(plan.Name.ValueString()))
	w.service.colors[plan.Identifier()] = "red"
	plan.observe("red")
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (w *widget) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Read(ctx, &w.Resource, req, resp, w.service.get, (*widgetModel).observe)
}

func (w *widget) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

func (w *widget) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	base.Delete(ctx, &w.Resource, req, resp, w.service.delete)
}

// sold is the state of azurerm's widget.
type sold struct {
	Name string `json:"name"`
}

func (w *widget) MoveState(context.Context) []resource.StateMover {
	return base.MoveFromAzurerm(noun(), "azurerm_widget", func(version int64, from sold) (*widgetModel, error) {
		if version > 1 {
			return nil, diagnostic.Refusal{Found: "a newer widget", Remedy: "Wait for a newer provider"}
		}
		if from.Name == "" {
			return nil, errors.New("a widget without a name")
		}
		moved := &widgetModel{Common: base.Common{
			ID: attribute.NewResourceID(idOf(from.Name)), Timeouts: base.NoTimeouts(),
		}}
		moved.observe("blue")
		return moved, nil
	})
}

// widgetData is the data source of the noun.
type widgetData struct {
	base.DataSource
	service *service
}

type widgetDataModel struct {
	ID    types.String `tfsdk:"id"`
	Color types.String `tfsdk:"color"`
}

func widgetDataSchema() dataschema.Schema {
	return dataschema.Schema{Attributes: map[string]dataschema.Attribute{
		"id": dataschema.StringAttribute{Required: true}, "color": dataschema.StringAttribute{Computed: true},
	}}
}

func (w *widgetData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	base.ReadData(ctx, &w.DataSource, req, resp, func(ctx context.Context, shown *widgetDataModel) diag.Diagnostics {
		color, err := w.service.get(ctx, shown.ID.ValueString())
		shown.Color = types.StringValue(color)
		if err != nil {
			return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, w.Subject(shown.ID.ValueString()), err)}
		}
		return nil
	})
}

// widgets is a provider of widgets.
type widgets struct{ service *service }

func (widgets) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "test"
}

func (widgets) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (widgets) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (w widgets) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource {
		return &widgetData{base.NewDataSource(noun(), widgetDataSchema), w.service}
	}}
}

func (w widgets) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource {
		return &widget{base.NewResource(noun()), w.service}
	}}
}

var (
	_ resource.ResourceWithConfigure     = (*widget)(nil)
	_ resource.ResourceWithIdentity      = (*widget)(nil)
	_ resource.ResourceWithImportState   = (*widget)(nil)
	_ resource.ResourceWithMoveState     = (*widget)(nil)
	_ datasource.DataSourceWithConfigure = (*widgetData)(nil)
)

func idOf(name string) string { return azure.ID("s", "g", azure.VaultType, name) }

func start(t *testing.T) (*acctest.Proto, *service) {
	t.Helper()
	colors := &service{colors: map[string]string{}}
	return acctest.NewProto(t, providerserver.NewProtocol6WithError(widgets{colors})), colors
}

// says fails the test unless there is one diagnostic that contains the texts.
func says(t *testing.T, diags acctest.Diagnostics, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if len(diags) != 1 || !strings.Contains(diags.Text(), text) {
			t.Errorf("lacks %q: %s", text, diags.Text())
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	proto, colors := start(t)
	created := proto.Create("test_widget", acctest.Value{"name": "w"})
	colors.colors[idOf("w")] = "green"
	read, diags := proto.Read(created)
	if read.State["color"] != "green" || read.Identity["id"] != idOf("w") || len(diags) > 0 {
		t.Errorf("got %v, identity %v: %s", read.State, read.Identity, diags.Text())
	}

	colors.err = &azure.Error{Status: 403, Code: "AuthorizationFailed"}
	failed, diags := proto.Read(created)
	says(t, diags, "Test Widget Not Read", "Reading the test widget "+idOf("w"), "AuthorizationFailed", "Nothing was changed.")
	if diff := cmp.Diff(created.State, failed.State); diff != "" {
		t.Errorf("a failed refresh changes the state: %s", diff)
	}

	for _, gone := range []error{base.ErrGone, &azure.Error{Status: 404, Code: "ResourceNotFound"}} {
		colors.err = gone
		// A Terraform that knows no identity sends none: the framework still wants it set.
		left, diags := proto.Read(acctest.Object{Type: created.Type, State: created.State})
		if left.State != nil || len(diags) > 0 {
			t.Errorf("%v leaves %v: %s", gone, left.State, diags.Text())
		}
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		err  error
		want []string
	}{
		{"deleted", nil, nil},
		{"gone before", base.ErrGone, nil},
		{"gone by Azure's word", &azure.Error{Status: 404, Code: "ResourceNotFound"}, nil},
		{
			"failed", &azure.Error{Status: 409, Code: "ScopeLocked"},
			[]string{"Test Widget Not Deleted", "Deleting the test widget " + idOf("w"), "ScopeLocked"},
		},
		{
			"refused",
			diagnostic.Refusal{Title: "Widget In Use", Found: "a user"},
			[]string{"ERROR: Widget In Use\nFound: a user.\n\nNothing was changed."},
		},
		{
			"forbidden by a rule",
			rule.Violation{
				Rule: rule.Rule{ID: "CMK014", Title: "Key In Use"}, Severity: rule.Error, Found: "an account",
			},
			[]string{"(CMK014)", "Found: an account.", "Nothing was changed."},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			proto, colors := start(t)
			created := proto.Create("test_widget", acctest.Value{"name": "w"})
			colors.err = test.err
			left, diags := proto.Apply(proto.Plan(created.Type, created, nil))
			if (left.State == nil) != (test.want == nil) || test.want == nil && len(diags) > 0 {
				t.Errorf("left %v: %s", left.State, diags.Text())
			}
			says(t, diags, test.want...)
			if _, ok := colors.colors[idOf("w")]; ok != (test.err != nil) {
				t.Errorf("it is in Azure: %t", ok)
			}
		})
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	proto, colors := start(t)
	colors.colors[idOf("w")] = "green"
	want := acctest.Value{"id": idOf("w"), "name": "w", "color": "green", "timeouts": nil}
	lower := strings.Replace(idOf("w"), "Microsoft.KeyVault", "microsoft.keyvault", 1)
	byID, diags := proto.ImportByID("test_widget", lower)
	byIdentity, more := proto.ImportByIdentity("test_widget", map[string]string{"id": lower})
	for _, imported := range []acctest.Object{byID, byIdentity} {
		if diff := cmp.Diff(want, imported.State); diff != "" || imported.Identity["id"] != idOf("w") {
			t.Errorf("identity %v: %s%s%s", imported.Identity, diff, diags.Text(), more.Text())
		}
	}
	unread, err := proto.Server().ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: "test_widget", ID: idOf("w"),
	})
	if err != nil || len(unread.ImportedResources) != 1 {
		t.Fatalf("got %v: %v", unread, err)
	}
	identity, err := unread.ImportedResources[0].Identity.IdentityData.Unmarshal(
		tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}})
	if err != nil || !strings.Contains(identity.String(), idOf("w")) {
		t.Errorf("the import itself sets the identity %s: %v", identity, err)
	}
	_, diags = proto.ImportByID("test_widget", "/subscriptions/s/resourceGroups/g")
	says(t, diags, "Invalid Import ID", `Found: "/subscriptions/s/resourceGroups/g".`,
		"/providers/Microsoft.KeyVault/vaults/<name> or /subscriptions/<subscription ID>/resourceGroups/<group>/providers/"+
			"Microsoft.Storage/storageAccounts/<name>.", "Nothing was changed.")
}

func TestMove(t *testing.T) {
	t.Parallel()
	proto, _ := start(t)
	source := acctest.Source{
		Provider: "registry.terraform.io/hashicorp/azurerm", Type: "azurerm_widget", State: map[string]any{"name": "w"},
	}
	moved, diags := proto.Move("test_widget", source)
	want := acctest.Value{"id": idOf("w"), "name": "w", "color": "blue", "timeouts": nil}
	if diff := cmp.Diff(want, moved.State); diff != "" || moved.Identity["id"] != idOf("w") || len(diags) > 0 {
		t.Errorf("identity %v: %s%s", moved.Identity, diff, diags.Text())
	}
	change := func(change func(*acctest.Source)) acctest.Source {
		changed := source
		changed.State = maps.Clone(source.State)
		change(&changed)
		return changed
	}
	for name, test := range map[string]struct {
		from acctest.Source
		want []string
	}{
		"another type":     {change(func(s *acctest.Source) { s.Type = "azurerm_gadget" }), []string{"Unable to Move Resource State"}},
		"another provider": {change(func(s *acctest.Source) { s.Provider = "example.com/contoso/azurerm2" }), []string{"Unable to Move Resource State"}},
		"unreadable": {
			change(func(s *acctest.Source) { s.State["name"] = 1 }),
			[]string{"Test Widget Not Moved", "Found: values that cannot be read, in the state of an azurerm_widget (version 0 of its schema) that a moved block moves to an test_widget.", "Remedy: Import it instead."},
		},
		"no name": {change(func(s *acctest.Source) { s.State["name"] = "" }), []string{"Found: a widget without a name, in the state of an azurerm_widget (version 0 of its schema)", "Remedy: Import it instead."}},
		"too new": {change(func(s *acctest.Source) { s.SchemaVersion = 2 }), []string{"Test Widget Not Moved", "Found: a newer widget, in the state of an azurerm_widget (version 2 of its schema)", "Remedy: Wait for"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := proto.Move("test_widget", test.from)
			says(t, diags, test.want...)
		})
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	proto, colors := start(t)
	described := map[string]string{}
	for _, found := range proto.Schemas().ResourceSchemas["test_widget"].Block.Attributes {
		if found.Name == "timeouts" {
			for _, nested := range found.NestedType.Attributes {
				described[nested.Name] = nested.Description
			}
		}
	}
	for name, want := range map[string]string{"create": "`90m`", "read": "`5m`", "update": "`1h`", "delete": "`1h`"} {
		if !strings.Contains(described[name], want) {
			t.Errorf("%s lacks %s: %q", name, want, described[name])
		}
	}
	readOnly := noun()
	readOnly.Timeouts = base.Timeouts{Read: time.Minute}
	var of resource.SchemaResponse
	limited := base.NewResource(readOnly)
	limited.Schema(t.Context(), resource.SchemaRequest{}, &of)
	if limits := of.Schema.Attributes["timeouts"].GetType().TerraformType(t.Context()).String(); strings.Contains(limits, "create") || !strings.Contains(limits, "read") {
		t.Errorf("an operation without a default has a timeout: %s", limits)
	}

	within := func(act string, want time.Duration) {
		t.Helper()
		if colors.left > want || colors.left < want-time.Minute {
			t.Errorf("%s has %s, want %s", act, colors.left, want)
		}
	}
	created := proto.Create("test_widget", acctest.Value{"name": "w"})
	within("create", 90*time.Minute)
	if _, diags := proto.Read(created); len(diags) > 0 {
		t.Error(diags.Text())
	}
	within("read", 5*time.Minute)
	if _, diags := proto.ReadData("test_widget", acctest.Value{"id": idOf("w")}); len(diags) > 0 {
		t.Error(diags.Text())
	}
	within("read of the data source", 5*time.Minute)
	if _, diags := proto.Apply(proto.Plan(created.Type, created, nil)); len(diags) > 0 {
		t.Error(diags.Text())
	}
	within("delete", time.Hour)
	other := proto.Create("test_widget", acctest.Value{"name": "x", "timeouts": acctest.Value{"create": "20m", "delete": "10m"}})
	within("configured create", 20*time.Minute)
	if _, diags := proto.Apply(proto.Plan(other.Type, other, nil)); len(diags) > 0 {
		t.Error(diags.Text())
	}
	within("configured delete", 10*time.Minute)
	_, diags := proto.Apply(proto.Plan("test_widget", acctest.Object{}, acctest.Value{
		"name": "y", "timeouts": acctest.Value{"create": "soon"},
	}))
	if len(diags.Errors()) == 0 {
		t.Error("a timeout that is none is not reported")
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	limited := base.NewResource(noun())
	configured := func(limit string) timeouts.Value {
		of := base.NoTimeouts().AttributeTypes(t.Context())
		return timeouts.Value{Object: types.ObjectValueMust(of, map[string]attr.Value{
			"create": types.StringValue(limit), "read": types.StringNull(),
			"update": types.StringNull(), "delete": types.StringNull(),
		})}
	}
	var diags diag.Diagnostics
	for _, nonsense := range []string{"0s", "-1s", "1ns", "999999h"} { // From a state that an older version wrote.
		if left := limited.Backoff(t.Context(), diagnostic.Create, configured(nonsense)).Left(); left != "1h30m" {
			t.Errorf("the backoff has %s with a timeout of %s, want the noun's", left, nonsense)
		}
	}
	ctx, cancel := limited.Deadline(t.Context(), diagnostic.Create, configured("0s"), &diags)
	defer cancel()
	if ctx.Err() != nil || len(diags) > 0 {
		t.Errorf("got %v, want the noun's timeout: %v", ctx.Err(), diags)
	}
	early, cancel := limited.Deadline(t.Context(), diagnostic.Create, configured("1s"), &diags)
	defer cancel()
	end, _ := ctx.Deadline()
	if sooner, ok := early.Deadline(); !ok || end.Sub(sooner) < time.Hour || len(diags) > 0 {
		t.Errorf("ends at %v, the noun's timeout at %v, want the configured time: %v", sooner, end, diags)
	}
	if left := limited.Backoff(t.Context(), diagnostic.Update, configured("1s")).Left(); left == "1s" {
		t.Error("the timeout of another operation counts")
	}
	if left := limited.Backoff(t.Context(), diagnostic.Create, configured("10m")).Left(); left != "10m" {
		t.Errorf("the backoff has %s, want what is configured", left)
	}
	if left := limited.Backoff(t.Context(), diagnostic.Create, base.NoTimeouts()).Left(); left != "1h30m" {
		t.Errorf("the backoff has %s, want the noun's", left)
	}
	_, cancel = limited.Deadline(t.Context(), diagnostic.Create, configured("soon"), &diags)
	defer cancel()
	if !diags.HasError() {
		t.Error("a timeout that is none is not reported")
	}
}

func TestReadData(t *testing.T) {
	t.Parallel()
	proto, colors := start(t)
	colors.colors[idOf("w")] = "green"
	config := acctest.Value{"id": idOf("w")}
	shown, diags := proto.ReadData("test_widget", config)
	if diff := cmp.Diff(acctest.Value{"id": idOf("w"), "color": "green"}, shown); diff != "" {
		t.Errorf("%s%s", diff, diags.Text())
	}
	colors.err = &azure.Error{Status: 403, Code: "AuthorizationFailed"}
	shown, diags = proto.ReadData("test_widget", config)
	says(t, diags, "Test Widget Not Read", idOf("w"))
	if shown["color"] != nil {
		t.Errorf("an error shows %v", shown)
	}
}
