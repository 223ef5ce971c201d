// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestMain(m *testing.M) {
	acctest.Main(m, acctest.Exercise{Resource: "azuremedia_customer_key_grant"})
}
