// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
)

// TestStill leaves out an account that was deleted after the list.
func TestStill(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Account("contoso")
	storage := w.ID(azure.StorageAccountType, "contoso")
	w.BatchAccount("contosobatch", storage)
	survey, err := keyholder.NewSurvey(t.Context(), w.Client)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := survey.On(t.Context(), storage)
	if err != nil || len(listed) != 2 {
		t.Fatalf("%v: %v", listed, err)
	}
	w.DeleteBatchAccount("contosobatch")
	still, err := keyholder.Still(t.Context(), listed)
	if err != nil || len(still) != 1 || still[0].Name() != "Media Services account contoso" || !still[0].Bound {
		t.Errorf("%v: %v", still, err)
	}
}
