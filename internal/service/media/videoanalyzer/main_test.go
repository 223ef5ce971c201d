// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestMain(m *testing.M) {
	acctest.Main(m,
		acctest.Exercise{
			Resource: resourceType,
			Replaces: []string{"name", "resource_group_name", "location"},
			Except: map[string]string{
				"identity.type": "there is one value that it can have",
			},
		},
		acctest.Exercise{DataSource: resourceType})
}
