// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blastradius_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestAccExample walks through the example as its README says.
func TestAccExample(t *testing.T) {
	t.Parallel()
	acctest.Readme(t, "blast-radius")
}
