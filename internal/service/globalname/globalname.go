// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package globalname checks, while planning, the names that all of Azure shares: those of storage
// accounts, vaults and media accounts (rule ACC003).
package globalname

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
)

// Check asks the service whether the name of what is to be created is free. A name that is taken
// within the subscription is not reported: that may be what this very plan replaces, and if it is
// not, creation says so and shows how to import it.
//
// Asking takes a permission at the subscription, which an identity that may only work in a
// resource group does not have. For such a one the name is not checked, and creation has the last
// word.
func Check(ctx context.Context, client *azure.Client, subject diagnostic.Subject,
	naming mediaaccount.Naming, resourceType string,
	ask func(context.Context) (mediaaccount.Availability, error),
) diag.Diagnostics {
	answer, err := ask(ctx)
	if err == nil && !answer.Available {
		var own bool
		if own, err = taken(ctx, client, resourceType, subject.ID); own {
			return nil
		}
	}
	switch {
	case azure.HasCode(err, "AuthorizationFailed"):
		return nil
	case err != nil:
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject, err)}
	}
	var found diag.Diagnostics
	for _, violation := range naming.CheckAvailability(subject.ID, answer) {
		found.Append(diagnostic.FromViolation(violation))
	}
	return found
}

// taken reports whether a resource of the type in the subscription has the name.
func taken(ctx context.Context, client *azure.Client, resourceType, name string) (bool, error) {
	resources, err := client.Resources(client.SubscriptionID())
	if err != nil {
		return false, err
	}
	pages := resources.NewListPager(&armresources.ClientListOptions{
		Filter: to.Ptr(fmt.Sprintf("resourceType eq '%s' and name eq '%s'", resourceType, name)),
	})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, err
		}
		if len(page.Value) > 0 {
			return true, nil
		}
	}
	return false, nil
}
