// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestMain(m *testing.M) {
	acctest.Main(m,
		acctest.Exercise{
			Resource: "azuremedia_storage_account",
			Replaces: []string{
				"name", "resource_group_name", "location", "account_tier",
				"infrastructure_encryption_enabled", "queue_encryption_key_type", "table_encryption_key_type",
			},
			Either: []string{"account_kind"},
		})
}
