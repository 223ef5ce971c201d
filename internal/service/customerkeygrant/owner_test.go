// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

// TestAccOwners refuses two grants of the same access at plan, and neither two of different access nor one
// that takes the place of another one.
func TestAccOwners(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	roles := w.Vault("roles", fixture.ByRoles)
	_, other := w.Identity("other")
	one := func(name, vault, principal, more string) string {
		return fmt.Sprintf("resource %q %q {\n  key_vault_id = %q\n  principal_id = %q\n%s}\n", grant, name, vault, principal, more)
	}
	const key = "  key_name = \"media\"\n"
	different := one("vault", roles, w.principal, "") + one("key", roles, w.principal, key) + one("other", roles, other, key)
	refused := regexp.MustCompile(`Two Owners In One Configuration`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{
				Config:   w.Config(one("one", w.vault, w.principal, "") + one("two", w.vault, w.principal, "")),
				PlanOnly: true, ExpectError: refused,
			},
			{Config: w.Config(different)},
			{Config: w.Config(different + one("again", roles, other, key)), PlanOnly: true, ExpectError: refused},
			{ // Two grants swap their principals.
				Config: w.Config(one("vault", roles, other, "") + one("key", roles, other, key) +
					one("other", roles, w.principal, key)),
				PlanOnly: true, ExpectNonEmptyPlan: true,
			},
		},
	})
}
