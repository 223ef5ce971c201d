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
	subscription, id := "/subscriptions/"+a.SubscriptionID(), uuid.NewString()
	definitions, err := a.Client().RoleDefinitions()
	a.must(err)
	role, err := definitions.CreateOrUpdate(a.t.Context(), subscription, id, armauthorization.RoleDefinition{
		Properties: &armauthorization.RoleDefinitionProperties{
			RoleName: to.Ptr("Custom " + id), RoleType: to.Ptr("CustomRole"), AssignableScopes: []*string{&subscription},
			Permissions: []*armauthorization.Permission{&permission},
		},
	}, nil)
	a.must(err)
	return a.somebody(subscription, *role.ID)
}

// Allowed returns a driver of the provider for somebody who has nothing but some built-in roles at a scope, by their names.
func (a *Azure) Allowed(scope string, roles ...string) *Proto {
	a.t.Helper()
	definitions, err := a.Client().RoleDefinitions()
	a.must(err)
	var ids []string
	for _, role := range roles {
		pages := definitions.NewListPager("/subscriptions/"+a.SubscriptionID(), &armauthorization.RoleDefinitionsClientListOptions{
			Filter: to.Ptr("roleName eq '" + role + "'"),
		})
		page, err := pages.NextPage(a.t.Context())
		a.must(err)
		if len(page.Value) != 1 {
			a.t.Fatalf("there are %d roles %s", len(page.Value), role)
		}
		ids = append(ids, *page.Value[0].ID)
	}
	return a.somebody(scope, ids...)
}

// somebody returns a driver of the provider for a principal of its own, which has some roles at a scope.
func (a *Azure) somebody(scope string, roleIDs ...string) *Proto {
	a.t.Helper()
	somebody, err := a.rehearsal.AddPrincipal(a.t.Context(), "somebody")
	a.must(err)
	assignments, err := a.Client().RoleAssignments(a.SubscriptionID())
	a.must(err)
	for _, id := range roleIDs {
		_, err = assignments.Create(a.t.Context(), scope, uuid.NewString(),
			armauthorization.RoleAssignmentCreateParameters{Properties: &armauthorization.RoleAssignmentProperties{
				PrincipalID: &somebody.ObjectID, RoleDefinitionID: &id,
				PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
			}}, nil)
		a.must(err)
	}
	proto := NewProto(a.t, func() (tfprotov6.ProviderServer, error) { return a.server(somebody, a.transport) })
	if diags := proto.Configure(Value{"environment": "rehearsal"}); len(diags) > 0 {
		a.t.Fatal(diags.Text())
	}
	return proto
}

func (a *Azure) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}
