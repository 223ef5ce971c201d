// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package naming

import (
	"context"
	"fmt"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Availability is the answer of a service's checkNameAvailability.
type Availability struct {
	Available bool
	Reason    string
	Message   string
}

// CheckFree asks the service whether the name of a new resource is free. The error is a
// [rule.Violation] if it is not. A name that the subscription itself uses is no error: CheckFree returns the ID of
// the resource that has it, which this plan may replace.
//
// Asking takes a permission at the subscription. An identity that may only work in a resource group
// lacks it; its names are not checked, and Azure decides on creation.
func (f Format) CheckFree(ctx context.Context, client *azure.Client, resourceType, name string,
	ask func(context.Context) (Availability, error),
) (own string, err error) {
	answer, err := ask(ctx)
	if err == nil && !answer.Available {
		own, err = client.Find(ctx, client.SubscriptionID(), resourceType, name)
	}
	switch {
	case azure.HasCode(err, "AuthorizationFailed"):
		return "", nil
	case err != nil:
		return "", err
	case answer.Available || own != "":
		return own, nil
	default:
		return "", f.Unavailable(name, answer)
	}
}

// Unavailable returns the violation that a service's answer amounts to.
func (f Format) Unavailable(name string, answer Availability) rule.Violation {
	found := fmt.Sprintf("the %s name %q, which is not available", f.Noun, name)
	if detail := strings.TrimSuffix(strings.TrimSpace(answer.Message), "."); detail != "" {
		found += fmt.Sprintf(" (%s: %s)", answer.Reason, detail)
	}
	return rule.Violation{
		Rule:      Rules().Get(ACC003),
		Title:     "Name Not Available",
		Severity:  rule.Error,
		Attribute: attributeName,
		Found:     found,
		Required:  "a name that nobody else in Azure has",
		Why:       "The name becomes part of addresses that all of Azure shares",
		Remedy: fmt.Sprintf("Choose another name; if it is your own %s that has it, import that one",
			f.Noun),
	}
}
