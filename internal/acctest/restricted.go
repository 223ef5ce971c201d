// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Restricted returns a driver of the provider for somebody who may do everything in the subscription
// but some actions.
func (a *Azure) Restricted(actions ...string) *Proto {
	a.t.Helper()
	return a.Permitted(armauthorization.Permission{
		Actions: []*string{to.Ptr("*")}, NotActions: to.SliceOfPtrs(actions...),
	})
}

// Permitted returns a driver of the provider for somebody who may do in the subscription what a role permits.
func (a *Azure) Permitted(permission armauthorization.Permission) *Proto {
	a.t.Helper()
	must := func(err error) {
		a.t.Helper()
		if err != nil {
			a.t.Fatal(err)
		}
	}
	somebody, err := a.rehearsal.AddPrincipal(a.t.Context(), "somebody")
	must(err)
	subscription, id := "/subscriptions/"+a.SubscriptionID(), uuid.NewString()
	definitions, err := a.Client().RoleDefinitions()
	must(err)
	role, err := definitions.CreateOrUpdate(a.t.Context(), subscription, id, armauthorization.RoleDefinition{
		Properties: &armauthorization.RoleDefinitionProperties{
			RoleName: to.Ptr("Custom " + id), RoleType: to.Ptr("CustomRole"), AssignableScopes: []*string{&subscription},
			Permissions: []*armauthorization.Permission{&permission},
		},
	}, nil)
	must(err)
	assignments, err := a.Client().RoleAssignments(a.SubscriptionID())
	must(err)
	_, err = assignments.Create(a.t.Context(), subscription, uuid.NewString(),
		armauthorization.RoleAssignmentCreateParameters{Properties: &armauthorization.RoleAssignmentProperties{
			PrincipalID: &somebody.ObjectID, RoleDefinitionID: role.ID,
			PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
		}}, nil)
	must(err)
	proto := NewProto(a.t, func() (tfprotov6.ProviderServer, error) { return a.server(somebody, a.transport) })
	if diags := proto.Configure(Value{"environment": "rehearsal"}); len(diags) > 0 {
		a.t.Fatal(diags.Text())
	}
	return proto
}
