// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Source is the state of another provider's resource.
type Source struct {
	// Provider is the provider's address, such as registry.terraform.io/hashicorp/azurerm.
	Provider      string
	Type          string
	SchemaVersion int64
	State         map[string]any
}

// Move moves a resource here, as a moved block does. It is not refreshed yet.
func (p *Proto) Move(resourceType string, from Source) (Object, Diagnostics) {
	p.t.Helper()
	state, err := json.Marshal(from.State)
	p.must(err)
	resp, err := p.server.MoveResourceState(p.context(), &tfprotov6.MoveResourceStateRequest{
		TargetTypeName:        resourceType,
		SourceProviderAddress: from.Provider,
		SourceTypeName:        from.Type,
		SourceSchemaVersion:   from.SchemaVersion,
		SourceState:           &tfprotov6.RawState{JSON: state},
	})
	p.must(err)
	if diags := Diagnostics(resp.Diagnostics); len(diags.Errors()) > 0 {
		return Object{}, diags
	}
	return Object{
		Type: resourceType, State: p.decode(p.resource(resourceType), resp.TargetState),
		Private:  resp.TargetPrivate,
		Identity: p.decodeIdentity(resourceType, resp.TargetIdentity),
	}, resp.Diagnostics
}

// Upgrade upgrades a state that an older version of the provider has written.
func (p *Proto) Upgrade(resourceType string, version int64, state []byte) (Value, Diagnostics) {
	p.t.Helper()
	resp, err := p.server.UpgradeResourceState(p.context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: resourceType, Version: version, RawState: &tfprotov6.RawState{JSON: state},
	})
	p.must(err)
	return p.decode(p.resource(resourceType), resp.UpgradedState), resp.Diagnostics
}
