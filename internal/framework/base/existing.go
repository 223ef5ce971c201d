// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// managed holds the IDs of what the state has, in lower case.
type managed struct{ sync.Map }

func managedBy(client *azure.Client) *managed {
	return azure.PerRun(client, func() *managed { return new(managed) })
}

// Managed notes that the state has the resource with an ID. Terraform plans a replacement as a creation, too.
func (r *Resource) Managed(id string) { managedBy(r.Client).Store(strings.ToLower(id), true) }

// RefuseExisting refuses the plan of a new resource whose ID a resource in Azure has, unless the state has that one.
func (r *Resource) RefuseExisting(id string) diag.Diagnostics {
	if _, ok := managedBy(r.Client).Load(strings.ToLower(id)); ok {
		return nil
	}
	return diag.Diagnostics{diagnostic.AlreadyExists(r.Subject(id))}
}

// PlanCreation refuses the plan of a new resource that exists already, as far as a plan can tell: [Create] looks
// again. At returns the ID of the planned resource, or "" as long as it is not known.
func PlanCreation[Answer, M any, P Model[M]](ctx context.Context, r *Resource, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse, at func(P) string, get func(ctx context.Context, id string) (Answer, error),
) {
	if r.Client == nil || req.Plan.Raw.IsNull() {
		return
	}
	if !req.State.Raw.IsNull() {
		r.Managed(IDOf(ctx, req.State))
		return
	}
	plan := P(new(M))
	resp.Diagnostics.Append(req.Plan.Get(ctx, plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if id := at(plan); id != "" {
		if _, err := get(ctx, id); err == nil {
			resp.Diagnostics.Append(r.RefuseExisting(id)...)
		}
	}
}
