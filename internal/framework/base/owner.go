// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// PrivateState is the private state that a plan leaves: resp.Private in ModifyPlan.
type PrivateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// owners holds which planned resource owns what, by the object in lower case.
type owners struct {
	mu     sync.Mutex
	claims map[string]claim
}

type claim struct{ token, owner string }

// Claim notes that a planned resource owns an object, such as the access keys of a storage account, of
// which there must be one owner. If another resource of the same plan has claimed the object, it
// returns how that one described itself; else "".
//
// Terraform tells a provider no addresses, and plans a replacement twice: as a change, then as a
// creation that is handed the private state of the first plan. A token in there tells that creation
// from another resource. A noun claims what it owns after the plan, and nothing when it is destroyed.
func Claim(ctx context.Context, client *azure.Client, planned PrivateState, object, owner string,
) (other string, diags diag.Diagnostics) {
	const key = "claimant"
	token, diags := planned.GetKey(ctx, key)
	if len(token) == 0 {
		token = []byte(strconv.Quote(rand.Text()))
		diags.Append(planned.SetKey(ctx, key, token)...)
	}
	all := azure.PerRun(client, func() *owners { return &owners{claims: map[string]claim{}} })
	all.mu.Lock()
	defer all.mu.Unlock()
	object = strings.ToLower(object)
	if first, ok := all.claims[object]; ok && first.token != string(token) {
		return first.owner, diags
	}
	all.claims[object] = claim{string(token), owner}
	return "", diags
}
