// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// Kind is a kind of account that a customer-managed key can protect.
type Kind interface {
	// Traits returns what the rules need to know about the kind.
	Traits() customerkey.Kind
	// Read reads an account. The error of an account that does not exist is azure.IsNotFound.
	Read(ctx context.Context, id string) (Account, error)
	// List reads the accounts in a subscription. A list shows all that [Kind.Read] shows. Where the
	// cloud no longer has the service, there are none.
	List(ctx context.Context, subscriptionID string) ([]Account, error)
	// Attach makes an account use a key, and changes nothing else of it.
	Attach(ctx context.Context, id string, attachment Attachment) (Account, error)
	// Revert makes an account use the system key again, and changes nothing else of it.
	Revert(ctx context.Context, id string) error
	// Forbidden reports whether the service refused a key because the vault did not let the account's
	// identity in. A grant that does not act yet is refused in the same way.
	Forbidden(err error) bool
}

// kinds is the table of all kinds. One more kind is one more row, and a file that implements it.
func kinds(client *azure.Client) []Kind {
	return []Kind{
		mediaServices(client), videoAnalyzers(client), storageAccounts{client}, batchAccounts{client},
	}
}

// Kinds returns what the rules need to know about every kind of account.
func Kinds() []customerkey.Kind {
	var found []customerkey.Kind
	for _, kind := range kinds(nil) {
		found = append(found, kind.Traits())
	}
	return found
}

// Of returns the kind of the account with the resource ID.
func Of(client *azure.Client, id string) (Kind, error) {
	resourceType := ""
	if at, err := arm.ParseResourceID(id); err == nil && isTopLevel(at) && !strings.HasSuffix(id, "/") {
		resourceType = at.ResourceType.String()
	}
	var names []string
	for _, kind := range kinds(client) {
		name := kind.Traits().ResourceType
		if strings.EqualFold(name, resourceType) {
			return kind, nil
		}
		names = append(names, name)
	}
	return nil, notOf(id, resourceType, strings.Join(names, ", "))
}

// KindError says why a key cannot be attached to what has an ID.
type KindError struct{ Found, Required, Remedy string }

func (e *KindError) Error() string { return e.Found + "; required is " + e.Required }

func notOf(id, resourceType, accepted string) *KindError {
	wrong := &KindError{Required: "the resource ID of an account of type " + accepted, Remedy: "Refer to the id attribute of such an account"}
	elsewhere, known := azurermKeys()[strings.ToLower(resourceType)]
	switch {
	case resourceType == "":
		wrong.Found = fmt.Sprintf("%q, which is not the resource ID of an account", id)
		wrong.Required = "an ID like /subscriptions/ID/resourceGroups/GROUP/providers/TYPE/NAME, TYPE being one of " + accepted
	case strings.EqualFold(resourceType, azure.WorkspaceType):
		// An update has no property for the key (Machine Learning, Workspaces, Update).
		wrong.Found = "a Machine Learning workspace, which gets its customer-managed key when it is created, and keeps it: no " +
			"other can be attached"
		wrong.Remedy = "Set the key where the workspace is created: the encryption block of azurerm_machine_learning_workspace"
	case known:
		wrong.Found = "a " + resourceType + ", which this provider does not support yet"
		wrong.Remedy = "Use " + elsewhere
	default:
		wrong.Found = "a " + resourceType + ", whose key this provider cannot manage"
	}
	return wrong
}

// azurermKeys returns azurerm's resources that attach a key, by the resource types of the accounts that only azurerm
// supports.
func azurermKeys() map[string]string {
	return map[string]string{
		"microsoft.cognitiveservices/accounts":   "azurerm_cognitive_account_customer_managed_key",
		"microsoft.databricks/workspaces":        "azurerm_databricks_workspace_root_dbfs_customer_managed_key",
		"microsoft.datafactory/factories":        "azurerm_data_factory_customer_managed_key",
		"microsoft.dataprotection/backupvaults":  "azurerm_data_protection_backup_vault_customer_managed_key",
		"microsoft.eventhub/namespaces":          "azurerm_eventhub_namespace_customer_managed_key",
		"microsoft.kusto/clusters":               "azurerm_kusto_cluster_customer_managed_key",
		"microsoft.operationalinsights/clusters": "azurerm_log_analytics_cluster_customer_managed_key",
		"microsoft.servicebus/namespaces":        "azurerm_servicebus_namespace_customer_managed_key",
	}
}

func isTopLevel(id *arm.ResourceID) bool {
	return id.ResourceGroupName != "" && id.Parent != nil &&
		id.Parent.ResourceType.String() == arm.ResourceGroupResourceType.String()
}

// Read reads an account of any kind.
func Read(ctx context.Context, client *azure.Client, id string) (Account, error) {
	kind, err := Of(client, id)
	if err != nil {
		return Account{}, err
	}
	return kind.Read(ctx, id)
}
