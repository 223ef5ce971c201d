// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

func TestPlan_changes(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	made := w.Timeouts(proto, "azuremedia_storage_account", config(nil))
	proto.Replaces(made, config(nil), acctest.Value{
		"name": "other", "resource_group_name": "other", "location": "northeurope",
		"queue_encryption_key_type": "Account", "table_encryption_key_type": "Account",
	})
}
