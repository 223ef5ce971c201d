// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestPlan_changes: only another account, of whatever kind, replaces an attachment.
func TestPlan_changes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := w.Timeouts(proto, attachment, w.config())
	proto.Replaces(made, w.config(), acctest.Value{
		"account_id": w.ID(azure.StorageAccountType, "contoso"),
	})
}
