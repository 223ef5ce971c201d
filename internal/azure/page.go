// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// EachPage reads all pages of a list.
func EachPage[Page any](ctx context.Context, pages *runtime.Pager[Page], each func(Page)) error {
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		each(page)
	}
	return nil
}
