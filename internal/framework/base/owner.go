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
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// PrivateState is the private state of a request or a response: what a plan leaves is resp.Private in
// ModifyPlan.
type PrivateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// Owner is a planned resource that owns an object.
type Owner struct {
	// Description tells it from another owner of the same object: Terraform tells a provider no addresses.
	Description string
	// GiveUp says how it leaves the object to the other one, if there is something to say.
	GiveUp string
	// New says that the state does not have it as the owner yet.
	New bool
}

// Conflicts returns how severe it is that another resource owns the same object: an error if either is
// new. Before Terraform destroys two old ones, it plans them as they are, and an error would stop it.
func (o Owner) Conflicts(other Owner) rule.Severity {
	if o.New || other.New {
		return rule.Error
	}
	return rule.Warning
}

// owners holds which planned resource owns what, by the object in lower case.
type owners struct {
	mu     sync.Mutex
	claims map[string]claim
}

type claim struct {
	Owner
	token string
}

// Claim notes that a planned resource owns an object, such as the access keys of a storage account, of
// which there must be one owner. It returns the other resource of the same plan that has claimed the
// object before, if there is one.
//
// Terraform plans a replacement twice: as a change, then as a creation that is handed the private state
// of the first plan. A token in there tells that creation from another resource. A noun claims what it
// owns after the plan, and nothing when it is destroyed.
func Claim(ctx context.Context, client *azure.Client, planned PrivateState, object string, owner Owner,
) (other Owner, taken bool, diags diag.Diagnostics) {
	token, diags := Token(ctx, planned)
	all := ownersOf(client)
	all.mu.Lock()
	defer all.mu.Unlock()
	object = strings.ToLower(object)
	if first, ok := all.claims[object]; ok && first.token != token {
		return first.Owner, true, diags
	}
	all.claims[object] = claim{owner, token}
	return Owner{}, false, diags
}

func ownersOf(client *azure.Client) *owners {
	return azure.PerRun(client, func() *owners { return &owners{claims: map[string]claim{}} })
}

// Recognize gives a resource that has no token one, in the private state that outlives the plan.
func Recognize(ctx context.Context, private PrivateState) diag.Diagnostics {
	_, diags := Token(ctx, private)
	return diags
}

// Token returns what tells a resource from others of the same run. It gets one if it has none.
func Token(ctx context.Context, private PrivateState) (string, diag.Diagnostics) {
	const key = "claimant"
	token, diags := private.GetKey(ctx, key)
	if len(token) == 0 {
		token = []byte(strconv.Quote(rand.Text()))
		diags.Append(private.SetKey(ctx, key, token)...)
	}
	return string(token), diags
}
