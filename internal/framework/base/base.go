// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package base is what all resources and data sources have alike: the name of their type, and
// what the provider was configured with.
package base

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// client returns the client in what the framework passes to Configure. It is nil as long as the
// provider is not configured, as during validation, and then nothing may be asked of Azure.
func client(data any, diags *diag.Diagnostics) *azure.Client {
	if data == nil {
		return nil
	}
	found, ok := data.(*azure.Client)
	if !ok {
		diags.Append(diagnostic.ProviderBug(
			fmt.Sprintf("The provider handed a %T to one of its kinds.", data)))
	}
	return found
}
