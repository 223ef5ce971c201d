// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestMain(m *testing.M) {
	acctest.Main(m,
		acctest.Exercise{
			Resource: "azuremedia_storage_key_rotation",
			Replaces: []string{"storage_account_id"},
		},
		acctest.Exercise{DataSource: "azuremedia_storage_key_rotation"})
}
