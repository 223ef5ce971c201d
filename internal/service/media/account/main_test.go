// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestMain(m *testing.M) {
	acctest.Main(m,
		acctest.Exercise{
			Resource: "azuremedia_account",
			Replaces: []string{"name", "resource_group_name", "location"},
		},
		acctest.Exercise{DataSource: "azuremedia_account"},
		acctest.Exercise{DataSource: "azuremedia_accounts"})
}
