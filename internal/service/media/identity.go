// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"sort"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// ObservedIdentity reads the identities from the wire. Their IDs are spelt as the prior attribute
// spells them: Azure answers with casings of its own.
func ObservedIdentity(wire *armmedia.Identity, prior types.Object) attribute.ManagedIdentity {
	if wire == nil {
		return attribute.ManagedIdentity{}
	}
	spelt := map[string]string{}
	for _, id := range IdentityIDs(prior) {
		spelt[strings.ToLower(id)] = id
	}
	ids := make([]string, 0, len(wire.UserAssignedIdentities))
	for id := range wire.UserAssignedIdentities {
		if known, ok := spelt[strings.ToLower(id)]; ok {
			id = known
		}
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return attribute.NewManagedIdentity(azure.Deref(wire.Type), ids,
		azure.Deref(wire.PrincipalID), azure.Deref(wire.TenantID))
}

// WireIdentity is the identity to send. In an update Azure keeps the user-assigned identities that
// are not named: those that were there before and are not wanted any more are sent as null.
func WireIdentity(wanted attribute.ManagedIdentity, before []string) *armmedia.Identity {
	wire := &armmedia.Identity{Type: to.Ptr(wanted.WireType())}
	users := map[string]*armmedia.UserAssignedIdentity{}
	for _, id := range wanted.UserAssignedIDs {
		users[id] = &armmedia.UserAssignedIdentity{}
	}
	for _, id := range before {
		if !hasID(wanted.UserAssignedIDs, id) {
			users[id] = nil
		}
	}
	if len(users) > 0 {
		wire.UserAssignedIdentities = users
	}
	return wire
}

func hasID(ids []string, wanted string) bool {
	for _, id := range ids {
		if strings.EqualFold(id, wanted) {
			return true
		}
	}
	return false
}

// IdentityIDs are the known IDs of the user-assigned identities in an identity attribute.
func IdentityIDs(object types.Object) []string {
	set, _ := object.Attributes()["identity_ids"].(types.Set)
	var ids []string
	for _, element := range set.Elements() {
		if id, ok := element.(attribute.ResourceIDValue); ok && !id.IsUnknown() {
			ids = append(ids, id.ValueString())
		}
	}
	return ids
}

// identitiesIn are the identities in an identity attribute, as far as they are known.
func identitiesIn(object types.Object) (system rule.Fact[bool], user rule.Fact[[]string]) {
	parts := object.Attributes()
	if kind, ok := parts["type"].(types.String); ok && !kind.IsUnknown() {
		system = rule.Known(strings.Contains(kind.ValueString(), attribute.SystemAssigned))
	}
	set, _ := parts["identity_ids"].(types.Set)
	if ids := IdentityIDs(object); !set.IsUnknown() && len(ids) == len(set.Elements()) {
		user = rule.Known(ids)
	}
	return system, user
}
