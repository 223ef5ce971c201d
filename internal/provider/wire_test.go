// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestWire_renewsAToken of Resource Manager and of a vault, whether the refusal asks for claims or not.
func TestWire_renewsAToken(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	vault := w.Vault("keys")
	for _, without := range []bool{false, true} {
		for _, host := range []string{"management.azure.com", "keys.vault.azure.net"} {
			added, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
				Kind: fault.ExpiredToken, Host: host, WithoutClaims: without,
			})
			if err != nil {
				t.Fatal(err)
			}
			proto := w.Proto()
			created := proto.Create("azuremedia_key_vault_key", acctest.Value{
				"name": "k" + added.ID, "key_vault_id": vault, "key_type": "RSA", "key_size": 2048,
			})
			if created.State == nil {
				t.Errorf("%s, without claims %t: nothing was created", host, without)
			}
			if left, err := w.Rehearsal().Faults(t.Context()); err != nil || left[len(left)-1].Struck != 1 {
				t.Errorf("%s, without claims %t: the fault did not strike: %v", host, without, err)
			}
		}
	}
}
