// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Listed is a resource that a list found. Its state is nil unless it was asked for.
type Listed struct {
	Object
	Name string
}

// Query is what `terraform query` asks of a list.
type Query struct {
	Config  Value
	Limit   int64 // 0 for all.
	Include bool  // Whether the results have the resource, and not its identity alone.
}

// List lists resources, as `terraform query` of Terraform 1.14 does.
func (p *Proto) List(resourceType string, query Query) (found []Listed, diags Diagnostics) {
	p.t.Helper()
	p.goOn()
	server, ok := p.server.(Server)
	if !ok {
		p.t.Fatalf("%T lists no resources", p.server)
	}
	schema, ok := p.schemas.ListResourceSchemas[resourceType]
	if !ok {
		p.t.Fatalf("there is no list of %s", resourceType)
	}
	if query.Config == nil {
		query.Config = Value{}
	}
	config := p.encode(schema, query.Config)
	validated, err := server.ValidateListResourceConfig(p.context(),
		&tfprotov6.ValidateListResourceConfigRequest{TypeName: resourceType, Config: config})
	p.must(err)
	if diags = validated.Diagnostics; len(diags.Errors()) > 0 {
		return nil, diags
	}
	stream, err := server.ListResource(p.context(), &tfprotov6.ListResourceRequest{
		TypeName: resourceType, Config: config, Limit: query.Limit, IncludeResource: query.Include,
	})
	p.must(err)
	for result := range stream.Results {
		diags = append(diags, result.Diagnostics...)
		if result.Identity == nil {
			continue
		}
		one := Listed{Name: result.DisplayName, Object: Object{
			Type: resourceType, Identity: p.decodeIdentity(resourceType, result.Identity),
		}}
		if result.Resource != nil {
			one.State = p.decode(p.resource(resourceType), result.Resource)
		}
		found = append(found, one)
	}
	return found, diags
}

// Generated returns the configuration that Terraform generates of a resource: all that it can set, except
// what belongs to Terraform itself.
func (p *Proto) Generated(object Object) Value {
	p.t.Helper()
	return generated(p.resource(object.Type).Block.Attributes, object.State)
}

func generated(attributes []*tfprotov6.SchemaAttribute, state Value) Value {
	config := Value{}
	for _, attribute := range attributes {
		if !attribute.Required && !attribute.Optional || attribute.Name == "timeouts" {
			continue
		}
		value := state[attribute.Name]
		if nested, ok := value.(Value); ok && attribute.NestedType != nil {
			value = generated(attribute.NestedType.Attributes, nested)
		}
		if elements, ok := value.([]any); ok && attribute.NestedType != nil {
			var all []any
			for _, element := range elements {
				if one, ok := element.(Value); ok {
					all = append(all, generated(attribute.NestedType.Attributes, one))
				}
			}
			value = all
		}
		config[attribute.Name] = value
	}
	return config
}

// Open validates the configuration of an ephemeral resource and opens it.
func (p *Proto) Open(ephemeralResource string, config Value) (Value, Diagnostics) {
	p.t.Helper()
	schema, ok := p.schemas.EphemeralResourceSchemas[ephemeralResource]
	if !ok {
		p.t.Fatalf("there is no ephemeral resource %s", ephemeralResource)
	}
	p.goOn()
	encoded := p.encode(schema, config)
	validated, err := p.server.ValidateEphemeralResourceConfig(p.context(),
		&tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: ephemeralResource, Config: encoded})
	p.must(err)
	if diags := Diagnostics(validated.Diagnostics); len(diags.Errors()) > 0 {
		return nil, diags
	}
	resp, err := p.server.OpenEphemeralResource(p.context(),
		&tfprotov6.OpenEphemeralResourceRequest{TypeName: ephemeralResource, Config: encoded})
	p.must(err)
	return p.decode(schema, resp.Result), append(validated.Diagnostics, resp.Diagnostics...)
}

// Invoke validates the configuration of an action, plans it and invokes it. It returns what the action tells of its
// progress.
func (p *Proto) Invoke(actionType string, config Value) (progress []string, diags Diagnostics) {
	p.t.Helper()
	server, ok := p.server.(Server)
	if !ok {
		p.t.Fatalf("%T invokes no actions", p.server)
	}
	action, ok := p.schemas.ActionSchemas[actionType]
	if !ok {
		p.t.Fatalf("there is no action %s", actionType)
	}
	p.goOn()
	encoded := p.encode(action.Schema, config)
	validated, err := server.ValidateActionConfig(p.context(),
		&tfprotov6.ValidateActionConfigRequest{ActionType: actionType, Config: encoded})
	p.must(err)
	if diags = validated.Diagnostics; len(diags.Errors()) > 0 {
		return nil, diags
	}
	planned, err := server.PlanAction(p.context(), &tfprotov6.PlanActionRequest{
		ActionType: actionType, Config: encoded, ClientCapabilities: &tfprotov6.PlanActionClientCapabilities{},
	})
	p.must(err)
	if diags = append(diags, planned.Diagnostics...); len(diags.Errors()) > 0 {
		return nil, diags
	}
	stream, err := server.InvokeAction(p.context(), &tfprotov6.InvokeActionRequest{
		ActionType: actionType, Config: encoded, ClientCapabilities: &tfprotov6.InvokeActionClientCapabilities{},
	})
	p.must(err)
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = append(diags, event.Diagnostics...)
		}
	}
	return progress, diags
}
