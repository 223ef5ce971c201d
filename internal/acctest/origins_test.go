// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest_test

import (
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
)

func TestDownApplications(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t).Rehearsal()
	if down := acctest.DownApplications(t.Context(), azure); len(down) != 0 {
		t.Errorf("none is there, and down are %v", down)
	}
	if _, err := azure.AddApplication(t.Context(), application.Application{
		Secret: "https://nowhere.vault.azure.net/secrets/key",
	}); err != nil {
		t.Fatal(err)
	}
	down := acctest.DownApplications(t.Context(), azure)
	if len(down) != 1 || !strings.Contains(down[0], ": reading the secret: 404 VaultNotFound: There is no vault nowhere.") {
		t.Errorf("down are %v", down)
	}
}
