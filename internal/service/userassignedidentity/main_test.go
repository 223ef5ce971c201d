// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package userassignedidentity_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestMain(m *testing.M) {
	acctest.Main(m, acctest.Exercise{
		Resource: "azuremedia_user_assigned_identity",
		Replaces: []string{"name", "resource_group_name", "location"},
	})
}
