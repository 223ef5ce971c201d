// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package authorization

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// The IDs of Azure's built-in roles that rehearsal has
// (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles).
const (
	Owner                   = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	Contributor             = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	Reader                  = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	UserAccessAdministrator = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
	RBACAdministrator       = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"

	KeyVaultAdministrator               = "00482a5a-887f-4fb3-b363-3b7fe8e74483"
	KeyVaultContributor                 = "f25e0fa2-a7c8-4377-a976-54943a77a395"
	KeyVaultCryptoOfficer               = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603"
	KeyVaultCryptoServiceEncryptionUser = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
	KeyVaultCryptoServiceReleaseUser    = "08bbd89e-9f13-488c-ac41-acfcb10c90ab"
	KeyVaultCryptoUser                  = "12338af0-0e69-4776-bea7-57ae8d297424"
	KeyVaultReader                      = "21090545-7ca7-4776-b22c-e363652d74d2"
	KeyVaultSecretsOfficer              = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7" //nolint:gosec // No credential.
	KeyVaultSecretsUser                 = "4633458b-17de-408a-b874-0445c86b69e6" //nolint:gosec // No credential.

	StorageAccountContributor            = "17d1049b-9a84-46fb-8f53-869881c3d3ab"
	StorageAccountKeyOperatorServiceRole = "81a9662b-bebf-436f-a333-f67b29880f12"
	StorageBlobDataContributor           = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
	StorageBlobDataOwner                 = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
	StorageBlobDataReader                = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"

	ManagedIdentityContributor = "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59"
	ManagedIdentityOperator    = "f1a07417-d97a-45cb-824c-7a7467783830"

	MediaServicesAccountAdministrator            = "054126f8-9a2b-4f1c-a9ad-eca461f08466"
	MediaServicesLiveEventsAdministrator         = "532bc159-b25e-42c0-969e-a1d439f60d77"
	MediaServicesMediaOperator                   = "e4395492-1534-4db2-bedf-88c14621589c"
	MediaServicesPolicyAdministrator             = "c4bba371-dacd-4a26-b320-7250bca963ae"
	MediaServicesStreamingEndpointsAdministrator = "99dba123-b5fe-44d5-874c-ced7199a5804"
)

// builtIn returns the built-in roles as the documentation lists them.
func builtIn() []*role {
	var roles []*role
	for _, list := range [][]*role{
		generalRoles(), keyVaultRoles(), storageRoles(), identityRoles(), mediaRoles(),
	} {
		for _, r := range list {
			r.Type = builtInRole
			r.AssignableScopes = []engine.ID{"/"}
			r.CreatedOn = time.Date(2015, 2, 2, 21, 55, 9, 0, time.UTC)
			r.UpdatedOn = r.CreatedOn
			roles = append(roles, r)
		}
	}
	return roles
}

func one(id, name, description string, p permission) *role {
	return &role{ID: id, Name: name, Description: description, Permissions: []permission{p}}
}

func generalRoles() []*role {
	return []*role{
		one(Owner, "Owner", "Grants full access to manage all resources, including the ability to "+
			"assign roles in Azure RBAC.", permission{Actions: []string{"*"}}),
		one(Contributor, "Contributor", "Grants full access to manage all resources, but does not "+
			"allow you to assign roles in Azure RBAC, manage assignments in Azure Blueprints, or "+
			"share image galleries.", permission{
			Actions: []string{"*"},
			NotActions: []string{
				"Microsoft.Authorization/*/Delete",
				"Microsoft.Authorization/*/Write",
				"Microsoft.Authorization/elevateAccess/Action",
				"Microsoft.Blueprint/blueprintAssignments/write",
				"Microsoft.Blueprint/blueprintAssignments/delete",
				"Microsoft.Compute/galleries/share/action",
				"Microsoft.Purview/consents/write",
				"Microsoft.Purview/consents/delete",
				"Microsoft.Resources/deploymentStacks/manageDenySetting/action",
			},
		}),
		one(Reader, "Reader", "View all resources, but does not allow you to make any changes.",
			permission{Actions: []string{"*/read"}}),
		one(UserAccessAdministrator, "User Access Administrator",
			"Lets you manage user access to Azure resources.",
			permission{Actions: []string{
				"*/read", "Microsoft.Authorization/*", "Microsoft.Support/*",
			}}),
		one(RBACAdministrator, "Role Based Access Control Administrator",
			"Manage access to Azure resources by assigning roles using Azure RBAC. This role does "+
				"not allow you to manage access using other ways, such as Azure Policy.",
			permission{Actions: []string{
				"Microsoft.Authorization/roleAssignments/write",
				"Microsoft.Authorization/roleAssignments/delete",
				"*/read", "Microsoft.Support/*",
			}}),
	}
}

func keyVaultRoles() []*role {
	const only = " Only works for key vaults that use the 'Azure role-based access control' " +
		"permission model."
	reading := []string{
		"Microsoft.Authorization/*/read",
		"Microsoft.Insights/alertRules/*",
		"Microsoft.Resources/deployments/*",
		"Microsoft.Resources/subscriptions/resourceGroups/read",
		"Microsoft.Support/*",
		"Microsoft.KeyVault/checkNameAvailability/read",
		"Microsoft.KeyVault/deletedVaults/read",
		"Microsoft.KeyVault/locations/*/read",
		"Microsoft.KeyVault/vaults/*/read",
		"Microsoft.KeyVault/operations/read",
	}
	return []*role{
		one(KeyVaultAdministrator, "Key Vault Administrator",
			"Perform all data plane operations on a key vault and all objects in it, including "+
				"certificates, keys, and secrets. Cannot manage key vault resources or manage role "+
				"assignments."+only,
			permission{Actions: reading, DataActions: []string{"Microsoft.KeyVault/vaults/*"}}),
		one(KeyVaultContributor, "Key Vault Contributor",
			"Lets you manage key vaults, but not access to them.",
			permission{
				Actions: []string{
					"Microsoft.Authorization/*/read",
					"Microsoft.Insights/alertRules/*",
					"Microsoft.KeyVault/*",
					"Microsoft.Resources/deployments/*",
					"Microsoft.Resources/subscriptions/resourceGroups/read",
					"Microsoft.Support/*",
				},
				NotActions: []string{
					"Microsoft.KeyVault/locations/deletedVaults/purge/action",
					"Microsoft.KeyVault/hsmPools/*",
					"Microsoft.KeyVault/managedHsms/*",
				},
			}),
		one(KeyVaultCryptoOfficer, "Key Vault Crypto Officer",
			"Perform any action on the keys of a key vault, except manage permissions."+only,
			permission{Actions: reading, DataActions: []string{
				"Microsoft.KeyVault/vaults/keys/*",
				"Microsoft.KeyVault/vaults/keyrotationpolicies/*",
			}}),
		one(KeyVaultCryptoServiceEncryptionUser, "Key Vault Crypto Service Encryption User",
			"Read metadata of keys and perform wrap/unwrap operations."+only,
			permission{
				Actions: []string{
					"Microsoft.EventGrid/eventSubscriptions/write",
					"Microsoft.EventGrid/eventSubscriptions/read",
					"Microsoft.EventGrid/eventSubscriptions/delete",
				},
				DataActions: []string{
					"Microsoft.KeyVault/vaults/keys/read",
					"Microsoft.KeyVault/vaults/keys/wrap/action",
					"Microsoft.KeyVault/vaults/keys/unwrap/action",
				},
			}),
		one(KeyVaultCryptoServiceReleaseUser, "Key Vault Crypto Service Release User",
			"Release keys."+only, permission{DataActions: []string{
				"Microsoft.KeyVault/vaults/keys/release/action",
			}}),
		one(KeyVaultCryptoUser, "Key Vault Crypto User",
			"Perform cryptographic operations using keys."+only,
			permission{DataActions: []string{
				"Microsoft.KeyVault/vaults/keys/read",
				"Microsoft.KeyVault/vaults/keys/update/action",
				"Microsoft.KeyVault/vaults/keys/backup/action",
				"Microsoft.KeyVault/vaults/keys/encrypt/action",
				"Microsoft.KeyVault/vaults/keys/decrypt/action",
				"Microsoft.KeyVault/vaults/keys/wrap/action",
				"Microsoft.KeyVault/vaults/keys/unwrap/action",
				"Microsoft.KeyVault/vaults/keys/sign/action",
				"Microsoft.KeyVault/vaults/keys/verify/action",
			}}),
		one(KeyVaultReader, "Key Vault Reader",
			"Read metadata of key vaults and its certificates, keys, and secrets. Cannot read "+
				"sensitive values such as secret contents or key material."+only,
			permission{Actions: reading, DataActions: []string{
				"Microsoft.KeyVault/vaults/*/read",
				"Microsoft.KeyVault/vaults/secrets/readMetadata/action",
			}}),
		one(KeyVaultSecretsOfficer, "Key Vault Secrets Officer",
			"Perform any action on the secrets of a key vault, except manage permissions."+only,
			permission{Actions: reading, DataActions: []string{
				"Microsoft.KeyVault/vaults/secrets/*",
			}}),
		one(KeyVaultSecretsUser, "Key Vault Secrets User", "Read secret contents."+only,
			permission{DataActions: []string{
				"Microsoft.KeyVault/vaults/secrets/getSecret/action",
				"Microsoft.KeyVault/vaults/secrets/readMetadata/action",
			}}),
	}
}

func storageRoles() []*role {
	const (
		containers = "Microsoft.Storage/storageAccounts/blobServices/containers"
		blobs      = containers + "/blobs"
		delegation = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
	)
	return []*role{
		one(StorageAccountContributor, "Storage Account Contributor",
			"Lets you manage storage accounts, including accessing storage account keys which "+
				"provide full access to storage account data.",
			permission{Actions: []string{
				"Microsoft.Authorization/*/read",
				"Microsoft.Insights/alertRules/*",
				"Microsoft.Insights/diagnosticSettings/*",
				"Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
				"Microsoft.ResourceHealth/availabilityStatuses/read",
				"Microsoft.Resources/deployments/*",
				"Microsoft.Resources/subscriptions/resourceGroups/read",
				"Microsoft.Storage/storageAccounts/*",
				"Microsoft.Support/*",
			}}),
		one(StorageAccountKeyOperatorServiceRole, "Storage Account Key Operator Service Role",
			"Storage Account Key Operators are allowed to list and regenerate keys on Storage "+
				"Accounts",
			permission{Actions: []string{
				"Microsoft.Storage/storageAccounts/listkeys/action",
				"Microsoft.Storage/storageAccounts/regeneratekey/action",
			}}),
		one(StorageBlobDataContributor, "Storage Blob Data Contributor",
			"Allows for read, write and delete access to Azure Storage blob containers and data",
			permission{
				Actions: []string{
					containers + "/delete", containers + "/read", containers + "/write", delegation,
				},
				DataActions: []string{
					blobs + "/delete", blobs + "/read", blobs + "/write",
					blobs + "/move/action", blobs + "/add/action",
				},
			}),
		one(StorageBlobDataOwner, "Storage Blob Data Owner",
			"Allows for full access to Azure Storage blob containers and data, including assigning "+
				"POSIX access control.",
			permission{
				Actions:     []string{containers + "/*", delegation},
				DataActions: []string{blobs + "/*"},
			}),
		one(StorageBlobDataReader, "Storage Blob Data Reader",
			"Allows for read access to Azure Storage blob containers and data",
			permission{
				Actions:     []string{containers + "/read", delegation},
				DataActions: []string{blobs + "/read"},
			}),
	}
}

func identityRoles() []*role {
	const identities = "Microsoft.ManagedIdentity/userAssignedIdentities"
	around := []string{
		"Microsoft.Authorization/*/read",
		"Microsoft.Insights/alertRules/*",
		"Microsoft.Resources/subscriptions/resourceGroups/read",
		"Microsoft.Resources/deployments/*",
		"Microsoft.Support/*",
	}
	return []*role{
		one(ManagedIdentityContributor, "Managed Identity Contributor",
			"Create, Read, Update, and Delete User Assigned Identity",
			permission{Actions: append([]string{
				identities + "/read", identities + "/write", identities + "/delete",
				identities + "/federatedIdentityCredentials/read",
				identities + "/federatedIdentityCredentials/write",
				identities + "/federatedIdentityCredentials/delete",
				identities + "/revokeTokens/action",
			}, around...)}),
		one(ManagedIdentityOperator, "Managed Identity Operator",
			"Read and Assign User Assigned Identity",
			permission{Actions: append([]string{
				identities + "/*/read", identities + "/*/assign/action",
			}, around...)}),
	}
}

func mediaRoles() []*role {
	const (
		media = "Microsoft.Media/mediaservices"
		rest  = "; read-only access to other Media Services resources."
	)
	with := func(actions ...string) []string {
		return append([]string{
			"Microsoft.Authorization/*/read",
			"Microsoft.Insights/alertRules/*",
			"Microsoft.Insights/metrics/read",
			"Microsoft.Insights/metricDefinitions/read",
			"Microsoft.Resources/deployments/*",
			"Microsoft.Resources/subscriptions/resourceGroups/read",
			"Microsoft.ResourceHealth/availabilityStatuses/read",
			media + "/*/read",
		}, actions...)
	}
	lists := []string{
		media + "/assets/listStreamingLocators/action",
		media + "/streamingLocators/listPaths/action",
	}
	secrets := []string{
		media + "/assets/getEncryptionKey/action",
		media + "/streamingLocators/listContentKeys/action",
	}
	return []*role{
		one(MediaServicesAccountAdministrator, "Media Services Account Administrator",
			"Create, read, modify, and delete Media Services accounts"+rest,
			permission{Actions: with(append(lists,
				media+"/write", media+"/delete",
				media+"/privateEndpointConnectionsApproval/action",
				media+"/privateEndpointConnections/*")...)}),
		one(MediaServicesLiveEventsAdministrator, "Media Services Live Events Administrator",
			"Create, read, modify, and delete Live Events, Assets, Asset Filters, and Streaming "+
				"Locators"+rest,
			permission{
				Actions: with(media+"/assets/*", media+"/assets/assetfilters/*",
					media+"/streamingLocators/*", media+"/liveEvents/*"),
				NotActions: secrets,
			}),
		one(MediaServicesMediaOperator, "Media Services Media Operator",
			"Create, read, modify, and delete Assets, Asset Filters, Streaming Locators, and Jobs"+rest,
			permission{
				Actions: with(media+"/assets/*", media+"/assets/assetfilters/*",
					media+"/streamingLocators/*", media+"/transforms/jobs/*"),
				NotActions: secrets,
			}),
		one(MediaServicesPolicyAdministrator, "Media Services Policy Administrator",
			"Create, read, modify, and delete Account Filters, Streaming Policies, Content Key "+
				"Policies, and Transforms"+rest+" Cannot create Jobs, Assets or Streaming resources.",
			permission{
				Actions: with(append(lists, media+"/accountFilters/*", media+"/streamingPolicies/*",
					media+"/contentKeyPolicies/*", media+"/transforms/*")...),
				NotActions: []string{
					media + "/contentKeyPolicies/getPolicyPropertiesWithSecrets/action",
				},
			}),
		one(MediaServicesStreamingEndpointsAdministrator,
			"Media Services Streaming Endpoints Administrator",
			"Create, read, modify, and delete Streaming Endpoints"+rest,
			permission{Actions: with(append(lists, media+"/streamingEndpoints/*")...)}),
	}
}
