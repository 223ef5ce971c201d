// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

// Proto drives a provider as Terraform does, in the test's own process. It sees what the CLI does not
// show, or what only newer versions of Terraform ask for: warnings, resource identity, private state.
// It does not check what Terraform itself checks.
type Proto struct {
	t       testing.TB
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
	log     *bytes.Buffer

	block Value // The provider's block, once it is configured.
	// How much others have changed, now and when the run began. Both are nil and 0 where nobody counts.
	others func() int64
	known  int64
}

// Object is a resource in the form in which Terraform keeps it.
type Object struct {
	Type     string
	State    Value
	Private  []byte
	Identity map[string]string
}

// Diagnostics are the messages of the provider.
type Diagnostics []*tfprotov6.Diagnostic

// Text returns all messages, for a test to search.
func (d Diagnostics) Text() string {
	var text strings.Builder
	for _, diagnostic := range d {
		text.WriteString(diagnostic.Severity.String() + ": " + diagnostic.Summary + "\n" +
			diagnostic.Detail + "\n" + diagnostic.Attribute.String() + "\n")
	}
	return text.String()
}

// Errors returns the messages that stop Terraform.
func (d Diagnostics) Errors() Diagnostics { return d.of(tfprotov6.DiagnosticSeverityError) }

// Warnings returns the messages that do not.
func (d Diagnostics) Warnings() Diagnostics { return d.of(tfprotov6.DiagnosticSeverityWarning) }

func (d Diagnostics) of(severity tfprotov6.DiagnosticSeverity) Diagnostics {
	var found Diagnostics
	for _, diagnostic := range d {
		if diagnostic.Severity == severity {
			found = append(found, diagnostic)
		}
	}
	return found
}

// NewProto starts a provider and does not configure it yet.
func NewProto(tb testing.TB, factory func() (tfprotov6.ProviderServer, error)) *Proto {
	tb.Helper()
	server, err := factory()
	if err != nil {
		tb.Fatalf("starting the provider: %v", err)
	}
	schemas, err := server.GetProviderSchema(tb.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		tb.Fatalf("asking for the schemas: %v", err)
	}
	if diags := Diagnostics(schemas.Diagnostics); len(diags) > 0 {
		tb.Fatalf("the schemas are not in order: %s", diags.Text())
	}
	return &Proto{t: tb, server: server, schemas: schemas}
}

// Schemas returns all schemas of the provider.
func (p *Proto) Schemas() *tfprotov6.GetProviderSchemaResponse { return p.schemas }

// Server returns the provider's server, for calls that the driver has no method for.
func (p *Proto) Server() tfprotov6.ProviderServer { return p.server }

// Configure gives the provider its block, and begins a run: what the nouns of a run share, such as the
// accounts that were listed, is made anew.
func (p *Proto) Configure(block Value) Diagnostics {
	p.t.Helper()
	p.block = block
	if p.others != nil {
		p.known = p.others()
	}
	resp, err := p.server.ConfigureProvider(p.context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0",
		Config:           p.encode(p.schemas.Provider, block),
	})
	p.must(err)
	return resp.Diagnostics
}

// goOn begins another run if others have changed something: a run takes it for granted for a minute that what
// it has read stays as it is.
func (p *Proto) goOn() {
	p.t.Helper()
	if p.others != nil && p.others() != p.known {
		p.NextRun()
	}
}

// NextRun begins another run, which knows nothing of what was read in the one before.
func (p *Proto) NextRun() {
	p.t.Helper()
	if diags := p.Configure(p.block); len(diags) > 0 {
		p.t.Fatalf("configuring the provider: %s", diags.Text())
	}
}

// Validate validates the configuration of a resource.
func (p *Proto) Validate(resourceType string, config Value) Diagnostics {
	p.t.Helper()
	resp, err := p.server.ValidateResourceConfig(p.context(),
		&tfprotov6.ValidateResourceConfigRequest{
			TypeName: resourceType,
			Config:   p.encode(p.resource(resourceType), config),
		})
	p.must(err)
	return resp.Diagnostics
}

// Plan is what the provider plans for a resource.
type Plan struct {
	Object
	config      Value
	prior       Object
	Replace     []string // The attributes that require a replacement.
	Diagnostics Diagnostics
}

// Plan plans a resource: a new one if the prior object is the zero value, a destroyed one if the
// configuration is nil.
func (p *Proto) Plan(resourceType string, prior Object, config Value) Plan {
	p.t.Helper()
	p.goOn()
	schema := p.resource(resourceType)
	resp, err := p.server.PlanResourceChange(p.context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName:         resourceType,
		PriorState:       p.encode(schema, prior.State),
		Config:           p.encode(schema, config),
		ProposedNewState: p.encode(schema, proposed(schema.Block.Attributes, prior.State, config)),
		PriorPrivate:     prior.Private,
		PriorIdentity:    p.encodeIdentity(resourceType, prior.Identity),
	})
	p.must(err)
	plan := Plan{
		Object: Object{
			Type: resourceType, Private: resp.PlannedPrivate,
			State:    p.decode(schema, resp.PlannedState),
			Identity: p.decodeIdentity(resourceType, resp.PlannedIdentity),
		},
		config: config, prior: prior, Diagnostics: resp.Diagnostics,
	}
	for _, at := range resp.RequiresReplace {
		plan.Replace = append(plan.Replace, at.String())
	}
	return plan
}

// Apply applies a plan.
func (p *Proto) Apply(plan Plan) (Object, Diagnostics) {
	p.t.Helper()
	schema := p.resource(plan.Type)
	resp, err := p.server.ApplyResourceChange(p.context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName:        plan.Type,
		PriorState:      p.encode(schema, plan.prior.State),
		PlannedState:    p.encode(schema, plan.State),
		Config:          p.encode(schema, plan.config),
		PlannedPrivate:  plan.Private,
		PlannedIdentity: p.encodeIdentity(plan.Type, plan.Identity),
	})
	p.must(err)
	return Object{
		Type: plan.Type, State: p.decode(schema, resp.NewState), Private: resp.Private,
		Identity: p.decodeIdentity(plan.Type, resp.NewIdentity),
	}, resp.Diagnostics
}

// Create plans and applies a new resource, and fails the test on any error.
func (p *Proto) Create(resourceType string, config Value) Object {
	p.t.Helper()
	return p.Update(Object{Type: resourceType}, config)
}

// Update plans and applies a resource, and fails the test on any error.
func (p *Proto) Update(prior Object, config Value) Object {
	p.t.Helper()
	plan := p.Plan(prior.Type, prior, config)
	if diags := plan.Diagnostics.Errors(); len(diags) > 0 {
		p.t.Fatalf("planning %s: %s", prior.Type, diags.Text())
	}
	object, diags := p.Apply(plan)
	if len(diags.Errors()) > 0 {
		p.t.Fatalf("applying %s: %s", prior.Type, diags.Text())
	}
	return object
}

// Read refreshes a resource. Its state is nil afterwards if it is gone.
func (p *Proto) Read(object Object) (Object, Diagnostics) {
	p.t.Helper()
	p.goOn()
	schema := p.resource(object.Type)
	resp, err := p.server.ReadResource(p.context(), &tfprotov6.ReadResourceRequest{
		TypeName:        object.Type,
		CurrentState:    p.encode(schema, object.State),
		Private:         object.Private,
		CurrentIdentity: p.encodeIdentity(object.Type, object.Identity),
	})
	p.must(err)
	return Object{
		Type: object.Type, State: p.decode(schema, resp.NewState), Private: resp.Private,
		Identity: p.decodeIdentity(object.Type, resp.NewIdentity),
	}, resp.Diagnostics
}

// ImportByID imports a resource by its ID and reads it, as Terraform does.
func (p *Proto) ImportByID(resourceType, id string) (Object, Diagnostics) {
	p.t.Helper()
	return p.imported(&tfprotov6.ImportResourceStateRequest{TypeName: resourceType, ID: id})
}

// ImportByIdentity imports a resource by its identity and reads it, as Terraform 1.12 does.
func (p *Proto) ImportByIdentity(resourceType string, identity map[string]string,
) (Object, Diagnostics) {
	p.t.Helper()
	return p.imported(&tfprotov6.ImportResourceStateRequest{
		TypeName: resourceType,
		Identity: p.encodeIdentity(resourceType, identity),
	})
}

func (p *Proto) imported(req *tfprotov6.ImportResourceStateRequest) (Object, Diagnostics) {
	p.t.Helper()
	resp, err := p.server.ImportResourceState(p.context(), req)
	p.must(err)
	diags := Diagnostics(resp.Diagnostics)
	if len(diags.Errors()) > 0 || len(resp.ImportedResources) == 0 {
		return Object{}, diags
	}
	found := resp.ImportedResources[0]
	object, more := p.Read(Object{
		Type: found.TypeName, State: p.decode(p.resource(found.TypeName), found.State),
		Private:  found.Private,
		Identity: p.decodeIdentity(found.TypeName, found.Identity),
	})
	return object, append(diags, more...)
}

// ReadData reads a data source.
func (p *Proto) ReadData(dataSource string, config Value) (Value, Diagnostics) {
	p.t.Helper()
	schema, ok := p.schemas.DataSourceSchemas[dataSource]
	if !ok {
		p.t.Fatalf("there is no data source %s", dataSource)
	}
	p.goOn()
	resp, err := p.server.ReadDataSource(p.context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: dataSource, Config: p.encode(schema, config),
	})
	p.must(err)
	return p.decode(schema, resp.State), resp.Diagnostics
}

// ValidateData validates the configuration of a data source.
func (p *Proto) ValidateData(dataSource string, config Value) Diagnostics {
	p.t.Helper()
	schema, ok := p.schemas.DataSourceSchemas[dataSource]
	if !ok {
		p.t.Fatalf("there is no data source %s", dataSource)
	}
	resp, err := p.server.ValidateDataResourceConfig(p.context(),
		&tfprotov6.ValidateDataResourceConfigRequest{
			TypeName: dataSource, Config: p.encode(schema, config),
		})
	p.must(err)
	return resp.Diagnostics
}

// Call calls a function of texts, of which some may be nil. Its error is nil if it has none.
func (p *Proto) Call(name string, arguments ...any) (any, *tfprotov6.FunctionError) {
	p.t.Helper()
	function, ok := p.schemas.Functions[name]
	if !ok {
		p.t.Fatalf("there is no function %s", name)
	}
	req := &tfprotov6.CallFunctionRequest{Name: name}
	for _, argument := range arguments {
		encoded, err := tfprotov6.NewDynamicValue(tftypes.String,
			tftypes.NewValue(tftypes.String, argument))
		p.must(err)
		req.Arguments = append(req.Arguments, &encoded)
	}
	resp, err := p.server.CallFunction(p.context(), req)
	p.must(err)
	if resp.Error != nil {
		return nil, resp.Error
	}
	terraform, err := resp.Result.Unmarshal(function.Return.Type)
	p.must(err)
	result, err := fromTerraform(terraform)
	p.must(err)
	return result, nil
}

// Log is what the provider logs from here on, a line of JSON for each entry.
func (p *Proto) Log() *bytes.Buffer {
	p.log = new(bytes.Buffer)
	return p.log
}

// context outlives the test's own, so that a clean-up can drive the provider as well.
func (p *Proto) context() context.Context {
	ctx := context.WithoutCancel(p.t.Context())
	if p.log != nil {
		ctx = tflogtest.RootLogger(ctx, p.log)
	}
	return ctx
}

func (p *Proto) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("the provider did not answer: %v", err)
	}
}

func (p *Proto) resource(resourceType string) *tfprotov6.Schema {
	p.t.Helper()
	schema, ok := p.schemas.ResourceSchemas[resourceType]
	if !ok {
		p.t.Fatalf("there is no resource %s", resourceType)
	}
	return schema
}

func (p *Proto) encode(schema *tfprotov6.Schema, value Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	var given any
	if value != nil {
		given = value
	}
	terraform, err := toTerraform(schema.ValueType(), given)
	if err != nil {
		p.t.Fatalf("writing %v: %v", value, err)
	}
	encoded, err := tfprotov6.NewDynamicValue(schema.ValueType(), terraform)
	p.must(err)
	return &encoded
}

func (p *Proto) decode(schema *tfprotov6.Schema, encoded *tfprotov6.DynamicValue) Value {
	p.t.Helper()
	if encoded == nil {
		return nil
	}
	terraform, err := encoded.Unmarshal(schema.ValueType())
	p.must(err)
	decoded, err := fromTerraform(terraform)
	p.must(err)
	value, _ := decoded.(Value)
	return value
}

// identityType is the type of a resource's identity.
func (p *Proto) identityType(resourceType string) tftypes.Type {
	p.t.Helper()
	resp, err := p.server.GetResourceIdentitySchemas(p.context(),
		&tfprotov6.GetResourceIdentitySchemasRequest{})
	p.must(err)
	schema, ok := resp.IdentitySchemas[resourceType]
	if !ok {
		p.t.Fatalf("the resource %s has no identity", resourceType)
	}
	return schema.ValueType()
}

func (p *Proto) encodeIdentity(resourceType string, identity map[string]string,
) *tfprotov6.ResourceIdentityData {
	p.t.Helper()
	if identity == nil {
		return nil
	}
	values := Value{}
	for name, value := range identity {
		values[name] = value
	}
	kind := p.identityType(resourceType)
	terraform, err := toTerraform(kind, values)
	p.must(err)
	encoded, err := tfprotov6.NewDynamicValue(kind, terraform)
	p.must(err)
	return &tfprotov6.ResourceIdentityData{IdentityData: &encoded}
}

func (p *Proto) decodeIdentity(resourceType string, identity *tfprotov6.ResourceIdentityData,
) map[string]string {
	p.t.Helper()
	if identity == nil || identity.IdentityData == nil {
		return nil
	}
	terraform, err := identity.IdentityData.Unmarshal(p.identityType(resourceType))
	p.must(err)
	decoded, err := fromTerraform(terraform)
	p.must(err)
	values, _ := decoded.(Value)
	if values == nil {
		return nil
	}
	texts := map[string]string{}
	for name, value := range values {
		if text, ok := value.(string); ok {
			texts[name] = text
		}
	}
	return texts
}
