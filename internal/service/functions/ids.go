// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package functions

import (
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// resourceTypes returns the types of resource that the provider manages or refers to.
func resourceTypes() []string {
	return []string{
		azure.ResourceGroupType, azure.StorageAccountType, azure.VaultType, azure.UserAssignedIdentityType,
		azure.BatchAccountType, azure.WorkspaceType, azure.MediaAccountType, azure.VideoAnalyzerType,
	}
}

func listedTypes() string { return "`" + strings.Join(resourceTypes(), "`, `") + "`" }

func text(name, description string) function.StringParameter {
	return function.StringParameter{Name: name, MarkdownDescription: description}
}

// NewKeyID returns the function key_id.
func NewKeyID() function.Function {
	version := text("version", "The version to pin, or null to follow the newest.")
	version.AllowNullValue = true
	return ofTexts{
		name: "key_id",
		definition: function.Definition{
			Summary: "Builds the identifier of a Key Vault key.",
			MarkdownDescription: "Builds the identifier of a Key Vault key from the address of its vault and its name: " +
				"with a version, or versionless.",
			Parameters: []function.Parameter{
				text("vault_uri", "The address of the vault, such as `https://example.vault.azure.net/`."),
				text("name", "The name of the key."), version,
			},
			Return: function.StringReturn{},
		},
		result: func(texts []string) (attr.Value, error) {
			id := strings.TrimSuffix(texts[0], "/") + "/keys/" + texts[1]
			if texts[2] != "" {
				id += "/" + texts[2]
			}
			_, err := parseKeyID(id)
			return types.StringValue(id), err
		},
	}
}

// NewResourceID returns the function resource_id.
func NewResourceID() function.Function {
	return ofTexts{
		name: "resource_id",
		definition: function.Definition{
			Summary: "Builds the ID of an Azure resource.",
			MarkdownDescription: "Builds the ID of an Azure resource that this provider manages or refers to, in the " +
				"spelling that Azure documents: to import it for instance, or to refer to what another configuration made.",
			Parameters: []function.Parameter{
				text("type", "The type, in any casing: "+listedTypes()+"."),
				text("subscription_id", "The ID of the subscription."),
				text("resource_group_name", "The name of the resource group."),
				text("name", "The name of the resource; that of the group itself for a group."),
			},
			Return: function.StringReturn{},
		},
		result: func(texts []string) (attr.Value, error) {
			for i, one := range texts[1:] {
				if one == "" || strings.ContainsAny(one, "/ ") {
					return nil, argumentError{int64(i) + 1, diagnostic.Refusal{
						Title: "Invalid Part Of A Resource ID", Found: "\"" + one + "\"",
						Required: "a name without a slash and without a space",
						Remedy:   "Write the name alone; parse_resource_id takes an ID apart",
					}}
				}
			}
			for _, known := range resourceTypes() {
				if strings.EqualFold(known, texts[0]) {
					return types.StringValue(azure.ID(texts[1], texts[2], known, texts[3])), nil
				}
			}
			return nil, argumentError{0, diagnostic.Refusal{
				Title: "Unknown Resource Type", Found: "\"" + texts[0] + "\"", Required: "one of " + strings.Join(resourceTypes(), ", "),
				Remedy: "Write the type as `az resource show --query type` prints it",
			}}
		},
	}
}

// NewParseResourceID returns the function parse_resource_id.
func NewParseResourceID() function.Function {
	parts := map[string]attr.Type{
		"id": types.StringType, "type": types.StringType, "subscription_id": types.StringType,
		"resource_group_name": types.StringType, "name": types.StringType,
	}
	return ofTexts{
		name: "parse_resource_id",
		definition: function.Definition{
			Summary: "Splits the ID of an Azure resource into its parts.",
			MarkdownDescription: "Splits the ID of an Azure resource that this provider manages or refers to, in any " +
				"casing, into `subscription_id`, `resource_group_name`, `type` and `name`. `id` is the ID in the spelling " +
				"that Azure documents, so that IDs can be compared. The types are " + listedTypes() + ".",
			Parameters: []function.Parameter{text("id", "The resource ID.")},
			Return:     function.ObjectReturn{AttributeTypes: parts},
		},
		result: func(texts []string) (attr.Value, error) {
			for _, known := range resourceTypes() {
				at, err := azure.ParseID(texts[0], known)
				if err != nil {
					continue
				}
				id := azure.ID(at.SubscriptionID, at.ResourceGroupName, known, at.Name)
				return types.ObjectValueMust(parts, map[string]attr.Value{
					"id": types.StringValue(id), "type": types.StringValue(known),
					"subscription_id":     types.StringValue(at.SubscriptionID),
					"resource_group_name": types.StringValue(at.ResourceGroupName), "name": types.StringValue(at.Name),
				}), nil
			}
			example := &azure.IDError{ID: texts[0], ResourceType: azure.StorageAccountType}
			return nil, diagnostic.Refusal{
				Title: "Invalid Resource ID", Found: "\"" + texts[0] + "\"",
				Required: "the ID of one of " + strings.Join(resourceTypes(), ", ") + ", such as " + example.Form(),
				Remedy:   "Copy the resource ID from the portal's JSON view or from `az resource list`",
			}
		},
	}
}

// NewRotationDue returns the function rotation_due.
func NewRotationDue() function.Function {
	return ofTexts{
		name: "rotation_due",
		definition: function.Definition{
			Summary: "Returns when a rotation is due.",
			MarkdownDescription: "Returns when a key reaches the age at which it is to be rotated, as a timestamp in RFC " +
				"3339. `azuremedia_storage_key_rotation` goes by the age of key1 or, with the strategy `alternate`, by that " +
				"of the newer key.",
			Parameters: []function.Parameter{
				text("created_at", "When the key was made, as a timestamp in RFC 3339."),
				text("rotation_interval", "The age: an ISO 8601 duration of days, hours and minutes, such as `P90D`."),
			},
			Return: function.StringReturn{},
		},
		result: func(texts []string) (attr.Value, error) {
			created, err := time.Parse(time.RFC3339, texts[0])
			if err != nil {
				return nil, argumentError{0, diagnostic.Refusal{
					Title: "Invalid Timestamp", Found: "\"" + texts[0] + "\"", Required: "a timestamp in RFC 3339",
					Remedy: "Write it like 2026-12-01T12:00:00Z",
				}}
			}
			interval, ok := attribute.DurationOf(types.StringValue(texts[1]))
			if !ok {
				return nil, argumentError{1, attribute.InvalidDuration(texts[1])}
			}
			return types.StringValue(created.Add(interval).UTC().Format(time.RFC3339)), nil
		},
	}
}
