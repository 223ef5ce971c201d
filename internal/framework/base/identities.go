// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

const keptIdentitiesKey = "kept_identities"

// KeepIdentities remembers in the private state whether an account keeps an identity that its plan takes
// away, because it still reads its key by it. The refresh shows the identity, and so the next plan takes it
// away again: it can say then why the last one did not.
func KeepIdentities(ctx context.Context, state PrivateState, kept bool) diag.Diagnostics {
	if !kept {
		return state.SetKey(ctx, keptIdentitiesKey, nil)
	}
	return state.SetKey(ctx, keptIdentitiesKey, []byte("true"))
}

// KeptIdentities reports what [KeepIdentities] remembers.
func KeptIdentities(ctx context.Context, state PrivateState) (kept bool, diags diag.Diagnostics) {
	value, diags := state.GetKey(ctx, keptIdentitiesKey)
	return len(value) > 0, diags
}
