// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// recorded is what the tests of this process have had Terraform do: TestMain asks for what all of
// them have done together.
var recorded record

// record is what was done with the resources and data sources of a provider, by their types.
type record struct {
	mu          sync.Mutex
	resources   map[string]*recordedKind
	dataSources map[string]*recordedKind
}

// recordedKind is what was done with one of them, by the paths of its attributes: "identity.type".
type recordedKind struct {
	schema     *tfprotov6.Schema
	attributes map[string]*exercised
}

// exercised is what was done with an attribute.
type exercised struct {
	// argument says that a configuration can set it, leaf that nothing is nested in it.
	argument, leaf bool
	// configured and seen say that a configuration, or a state, had a value for it.
	configured, seen bool
	// inPlace and replaced say that it was changed by a plan, and how.
	inPlace, replaced bool
}

// recording is a provider whose doings are recorded.
type recording struct {
	Server
	record *record
}

// Server is the server of a provider, with what plugin-go does not yet count among what each has.
type Server interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
}

// recordOf starts to record what a provider does.
func recordOf(ctx context.Context, server tfprotov6.ProviderServer) (recording, error) {
	recorded.mu.Lock()
	defer recorded.mu.Unlock()
	if recorded.resources == nil {
		schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
		if err != nil {
			return recording{}, err
		}
		recorded.resources = kindsOf(schemas.ResourceSchemas)
		recorded.dataSources = kindsOf(schemas.DataSourceSchemas)
	}
	all, ok := server.(Server)
	if !ok {
		return recording{}, fmt.Errorf("%T lists no resources, or invokes no actions", server)
	}
	return recording{all, &recorded}, nil
}

func (r recording) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	resp, err := r.Server.PlanResourceChange(ctx, req)
	if err == nil && len(Diagnostics(resp.Diagnostics).Errors()) == 0 {
		r.record.plan(req, resp)
	}
	return resp, err
}

func (r recording) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	resp, err := r.Server.ApplyResourceChange(ctx, req)
	if err == nil && len(Diagnostics(resp.Diagnostics).Errors()) == 0 {
		r.record.saw(r.record.resources[req.TypeName], req.Config, resp.NewState)
	}
	return resp, err
}

func (r recording) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest,
) (*tfprotov6.ReadResourceResponse, error) {
	resp, err := r.Server.ReadResource(ctx, req)
	if err == nil {
		r.record.saw(r.record.resources[req.TypeName], nil, resp.NewState)
	}
	return resp, err
}

func (r recording) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest,
) (*tfprotov6.ReadDataSourceResponse, error) {
	resp, err := r.Server.ReadDataSource(ctx, req)
	if err == nil && len(Diagnostics(resp.Diagnostics).Errors()) == 0 {
		r.record.saw(r.record.dataSources[req.TypeName], req.Config, resp.State)
	}
	return resp, err
}

// saw records what had a value in a configuration that was applied, and in the state after it.
func (r *record) saw(kind *recordedKind, config, state *tfprotov6.DynamicValue) {
	configured, shown := kind.values(config), kind.values(state)
	r.mu.Lock()
	defer r.mu.Unlock()
	for path, attribute := range kind.attributes {
		attribute.configured = attribute.configured || len(configured[path]) > 0
		attribute.seen = attribute.seen || len(shown[path]) > 0
	}
}

// plan records which arguments are changed by a plan, and whether that replaces the resource.
func (r *record) plan(req *tfprotov6.PlanResourceChangeRequest,
	resp *tfprotov6.PlanResourceChangeResponse,
) {
	kind := r.resources[req.TypeName]
	before, after := kind.values(req.PriorState), kind.values(resp.PlannedState)
	if len(before) == 0 || len(after) == 0 { // It is created or destroyed.
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for path, attribute := range kind.attributes {
		if slices.Equal(before[path], after[path]) || slices.Contains(after[path], unknown) {
			continue
		}
		if replaced(resp.RequiresReplace, path) {
			attribute.replaced = true
		} else {
			attribute.inPlace = true
		}
	}
}

func replaced(required []*tftypes.AttributePath, path string) bool {
	return slices.ContainsFunc(required, func(at *tftypes.AttributePath) bool {
		return under(path, pathOf(at))
	})
}

// unknown stands for a value that is not known yet.
const unknown = "(unknown)"

// values are the values in an object, by the paths of their attributes, each path with all of its
// values where it lies within a list, a set or a map. What is null has none.
func (k *recordedKind) values(encoded *tfprotov6.DynamicValue) map[string][]string {
	if encoded == nil {
		return nil
	}
	object, err := encoded.Unmarshal(k.schema.ValueType())
	if err != nil {
		return nil // What the provider cannot have been given, no test has given it.
	}
	values := map[string][]string{}
	// The function that is called makes no errors.
	_ = tftypes.Walk(object, func(at *tftypes.AttributePath, value tftypes.Value) (bool, error) {
		path := pathOf(at)
		switch {
		case value.IsNull():
		case !value.IsKnown():
			values[path] = append(values[path], unknown)
		default:
			values[path] = append(values[path], value.String())
		}
		return true, nil
	})
	for _, all := range values {
		slices.Sort(all)
	}
	return values
}

// pathOf is the path of an attribute, whichever element of a list, a set or a map it lies in.
func pathOf(at *tftypes.AttributePath) string {
	var names []string
	for _, step := range at.Steps() {
		if name, ok := step.(tftypes.AttributeName); ok {
			names = append(names, string(name))
		}
	}
	return strings.Join(names, ".")
}

// kindsOf are the kinds with these schemas, nothing done with them yet.
func kindsOf(schemas map[string]*tfprotov6.Schema) map[string]*recordedKind {
	kinds := make(map[string]*recordedKind, len(schemas))
	for name, schema := range schemas {
		kinds[name] = &recordedKind{schema: schema, attributes: map[string]*exercised{}}
		kinds[name].add("", schema.Block.Attributes)
	}
	return kinds
}

func (k *recordedKind) add(around string, attributes []*tfprotov6.SchemaAttribute) {
	for _, attribute := range attributes {
		path := around + attribute.Name
		k.attributes[path] = &exercised{
			argument: attribute.Required || attribute.Optional,
			leaf:     attribute.NestedType == nil,
		}
		if attribute.NestedType != nil {
			k.add(path+".", attribute.NestedType.Attributes)
		}
	}
}
