// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

type (
	// ResourceIDValue is the ID of an Azure resource, which has no case.
	ResourceIDValue = StringValue[resourceIDKind]
	// ResourceIDType is its type.
	ResourceIDType = StringType[resourceIDKind]
)

// NewResourceID returns a known ID.
func NewResourceID(id string) ResourceIDValue { return newString[resourceIDKind](id) }

type resourceIDKind struct{}

func (resourceIDKind) name() string          { return "ResourceIDType" }
func (resourceIDKind) same(a, b string) bool { return azure.SameID(a, b) }

func (resourceIDKind) check(text string) diag.Diagnostic {
	id, err := arm.ParseResourceID(text)
	if err == nil && id.SubscriptionID != "" && id.Name != "" {
		return nil
	}
	remedy := "Refer to the id attribute of a resource or a data source"
	if host, ok := strings.CutPrefix(text, "https://"); ok && strings.Contains(host, ".vault.") {
		name, _, _ := strings.Cut(host, ".")
		remedy = "Refer to the id attribute of the vault; az keyvault show --name " + name + " --query id prints it"
	}
	return diagnostic.Refusal{
		Title: "Invalid Resource ID",
		Found: strconv.Quote(text),
		Required: "the ID of an Azure resource, which looks like /subscriptions/<subscription ID>/" +
			"resourceGroups/<group>/providers/<namespace>/<type>/<name>",
		Remedy: remedy,
	}.Diagnostic()
}

type (
	// LocationValue is an Azure region, which has a name ("westus2") and a display name ("West US 2").
	LocationValue = StringValue[locationKind]
	// LocationType is its type.
	LocationType = StringType[locationKind]
)

// NewLocation returns a known region.
func NewLocation(location string) LocationValue { return newString[locationKind](location) }

type locationKind struct{}

func (locationKind) name() string          { return "LocationType" }
func (locationKind) same(a, b string) bool { return customerkey.SameLocation(a, b) }

func (locationKind) check(text string) diag.Diagnostic {
	if customerkey.NormalizeLocation(text) != "" {
		return nil
	}
	return diagnostic.Refusal{
		Title:    "Invalid Location",
		Found:    "an empty text",
		Required: "the name of an Azure region, such as \"westus2\"",
		Remedy:   "`az account list-locations --output table` lists them",
	}.Diagnostic()
}

type (
	// NameValue is the name of an Azure resource, which has no case.
	NameValue = StringValue[nameKind]
	// NameType is its type.
	NameType = StringType[nameKind]
)

// NewName returns a known name.
func NewName(name string) NameValue { return newString[nameKind](name) }

type nameKind struct{}

func (nameKind) name() string                 { return "NameType" }
func (nameKind) same(a, b string) bool        { return strings.EqualFold(a, b) }
func (nameKind) check(string) diag.Diagnostic { return nil }

type (
	// KeyIDValue is the identifier of a Key Vault key, with or without a version.
	KeyIDValue = StringValue[keyIDKind]
	// KeyIDType is its type.
	KeyIDType = StringType[keyIDKind]
)

// NewKeyID returns a known key identifier.
func NewKeyID(id string) KeyIDValue { return newString[keyIDKind](id) }

type keyIDKind struct{}

func (keyIDKind) name() string { return "KeyIDType" }

func (keyIDKind) same(a, b string) bool { return customerkey.SameKeyID(a, b) }

// check accepts any text: the framework checks what Azure answers as well, and what an account has
// already is shown as it is. [ValidKeyID] refuses what a configuration gets wrong.
func (keyIDKind) check(string) diag.Diagnostic { return nil }

// KeyOf returns the key that an identifier means; it is zero as long as that is not known.
func KeyOf(id KeyIDValue) customerkey.KeyID { return customerkey.ReadKeyID(id.ValueString()) }

// ValidKeyID accepts the identifiers of keys (rule CMK010), as far as they can be judged without
// knowing the cloud.
func ValidKeyID() validator.String { return validKeyID{} }

type validKeyID struct{}

func (validKeyID) Description(context.Context) string {
	return "must be the identifier of a Key Vault key"
}

func (v validKeyID) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (validKeyID) ValidateString(_ context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	if !isKnown(req.ConfigValue) {
		return
	}
	_, err := customerkey.ParseKeyID(req.ConfigValue.ValueString())
	if wrong, ok := errors.AsType[*customerkey.KeyIDError](err); ok {
		violation := wrong.Violation()
		violation.Attribute = "" // The framework knows the path.
		resp.Diagnostics.Append(diag.WithPath(req.Path, diagnostic.FromViolation(violation)))
	}
}
