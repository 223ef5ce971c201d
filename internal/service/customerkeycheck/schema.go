// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeycheck

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// configValidators refuses a region beside an account, which has its own.
func configValidators() []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		attribute.AtMostOneOf("account_id", "location"),
	}
}

func dataSourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Checks a Key Vault key and its vault against every rule of " +
			"customer-managed keys. Read-only: reports problems instead of failing, for a check block " +
			"or a precondition to judge.",
		Attributes: map[string]schema.Attribute{
			"key_vault_key_id": schema.StringAttribute{
				MarkdownDescription: "The identifier of the key, with or without a version.",
				CustomType:          attribute.KeyIDType{},
				Required:            true,
				Validators:          []validator.String{attribute.ValidKeyID()},
			},
			"account_id": schema.StringAttribute{
				MarkdownDescription: "The ID of the account to protect with the key. Without it the " +
					"rules about the account are not checked.",
				CustomType: attribute.ResourceIDType{},
				Optional:   true,
				Validators: []validator.String{attribute.IDOf(accountTypes()...)},
			},
			"location": schema.StringAttribute{
				MarkdownDescription: "The region of a Media Services account to protect with the key, " +
					"instead of the account itself.",
				CustomType: attribute.LocationType{},
				Optional:   true,
			},
			"user_assigned_identity_id": schema.StringAttribute{
				MarkdownDescription: "The ID of the user-assigned identity that reads the key. Default: " +
					"the system-assigned identity of the account.",
				CustomType: attribute.ResourceIDType{},
				Optional:   true,
				Validators: []validator.String{attribute.IDOf(azure.UserAssignedIdentityType)},
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "The identifier of the key.",
				CustomType:          attribute.KeyIDType{},
				Computed:            true,
			},
			"eligible": schema.BoolAttribute{
				MarkdownDescription: "Whether the key can protect the account: every rule that applies " +
					"could be decided, and none is broken.",
				Computed: true,
			},
			"problems": schema.ListNestedAttribute{
				MarkdownDescription: "The broken rules, errors first.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: attribute.ProblemAttributes(
					"`error` if Azure would refuse the key, `warning` if a person should decide.")},
			},
			"unchecked": schema.ListNestedAttribute{
				MarkdownDescription: "The rules that could not be decided, because a fact is missing in " +
					"the configuration or this login may not read it.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"rule":    attribute.ShownText("The ID of the rule."),
					"missing": attribute.ShownText("The missing fact."),
				}},
			},
			"key_type": attribute.ShownText("The type of the key, such as `RSA`."),
			"key_size": schema.Int64Attribute{
				MarkdownDescription: "The size of an RSA key, in bits.", Computed: true,
			},
			"enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether the key is enabled.", Computed: true,
			},
			"not_before_date":    attribute.ShownDate("When the key becomes active. Null if it always was."),
			"expiration_date":    attribute.ShownDate("When the key expires. Null if it never does."),
			"version":            attribute.ShownText("The version that the identifier pins, or the newest."),
			"newest_version":     attribute.ShownText("The newest version of the key."),
			"key_vault_id":       attribute.ShownText("The ID of the vault. Null if this login cannot find it."),
			"key_vault_location": attribute.ShownText("The region of the vault."),
		},
	}
}

// accountTypes returns the types of the accounts that a customer-managed key can protect.
func accountTypes() (resourceTypes []string) {
	for _, kind := range protection.Kinds() {
		resourceTypes = append(resourceTypes, kind.ResourceType)
	}
	return resourceTypes
}
