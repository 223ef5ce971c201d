// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"slices"
	"strings"
)

// document is one OpenAPI document and the api-versions that it stands for.
type document struct {
	file string // Under testdata.
	// dataPlane names the type of a document outside Resource Manager.
	dataPlane string
	// served are the api-versions that are answered with this document's shapes.
	// The published lists are those of the providers' "resourceTypes[].apiVersions".
	served []string
	// lenient says that the served versions may have fields that this document
	// does not have.
	lenient bool
	// types are the resource types that are taken from a document of many more; nil
	// takes them all.
	types []string
	// newer are texts that served versions have in definitions of this document, by definition.
	newer map[string][]string
}

// The folders: Microsoft's documents, unmodified, and those written here for
// want of Microsoft's.
const (
	microsoft = "azure-specs/"
	written   = "written/"
)

func documents() []document {
	return []document{
		{file: microsoft + "mediaservices/2020-05-01/Accounts.json"},
		{file: microsoft + "mediaservices/2021-05-01/Accounts.json"},
		{file: microsoft + "mediaservices/2021-06-01/Accounts.json"},
		{file: microsoft + "mediaservices/2021-11-01/Accounts.json"},
		{file: microsoft + "mediaservices/2023-01-01/Accounts.json"},
		{file: microsoft + "videoanalyzer/2021-05-01-preview/VideoAnalyzers.json"},
		{file: microsoft + "videoanalyzer/2021-11-01-preview/VideoAnalyzers.json"},
		{
			file: microsoft + "storage/2023-01-01/storage.json", lenient: true,
			served: storageVersions(),
		},
		{file: written + "storage-polling.json", lenient: true, served: storageVersions()},
		{file: written + "storage-services.json", lenient: true, served: storageVersions()},
		{
			file: microsoft + "keyvault-rm/2023-07-01/keyvault.json", lenient: true,
			served: vaultVersions(),
		},
		{
			file: microsoft + "keyvault-rm/2023-07-01/keys.json", lenient: true,
			served: vaultVersions(),
		},
		{file: written + "keyvault-polling.json", lenient: true, served: vaultVersions()},
		{
			file: microsoft + "keyvault-keys/7.4/keys.json", dataPlane: "keyvault", lenient: true,
			served: dataPlaneVersions(),
		},
		{
			file: microsoft + "keyvault-secrets/7.4/secrets.json", dataPlane: "keyvault", lenient: true,
			served: dataPlaneVersions(),
		},
		{
			file: microsoft + "batch/2023-05-01/BatchManagement.json", lenient: true,
			types: []string{
				"Microsoft.Batch/batchAccounts", "Microsoft.Batch/locations",
				"Microsoft.Batch/batchAccounts/applications",
				"Microsoft.Batch/batchAccounts/applications/versions",
			},
			served: batchVersions(),
		},
		{file: written + "batch-polling.json", lenient: true, served: batchVersions()},
		{
			file: microsoft + "machinelearning/2023-10-01/machineLearningServices.json", lenient: true,
			types: []string{"Microsoft.MachineLearningServices/workspaces"},
			// azurerm's client of 2025-06-01 sends and reads it; so do the previews since 2022-12-01.
			newer: map[string][]string{
				"WorkspaceProperties":                 {"systemDatastoresAuthMode"},
				"WorkspacePropertiesUpdateParameters": {"systemDatastoresAuthMode"},
			},
			served: workspaceVersions(),
		},
		{file: written + "machinelearning-polling.json", lenient: true, served: workspaceVersions()},
		{
			file:   microsoft + "locks/2020-05-01/locks.json",
			types:  []string{"Microsoft.Authorization/locks"},
			served: []string{"2015-01-01", "2016-09-01", "2017-04-01"},
		},
		// What the versions of these add to one another is in the document written here.
		{
			file: written + "resources.json",
			served: []string{
				"2015-11-01", "2016-02-01", "2016-06-01", "2016-07-01", "2016-09-01", "2017-05-10",
				"2018-02-01", "2018-05-01", "2018-06-01", "2019-03-01", "2019-05-01", "2019-05-10",
				"2019-06-01", "2019-07-01", "2019-08-01", "2019-10-01", "2019-11-01", "2020-01-01",
				"2020-06-01", "2020-08-01", "2020-10-01", "2021-01-01", "2021-04-01", "2021-10-01",
				"2022-09-01", "2022-12-01", "2023-07-01", "2024-03-01", "2024-07-01", "2024-11-01",
				"2025-03-01",
			},
		},
		{
			file: written + "managedidentity.json",
			served: []string{
				"2015-08-31-preview", "2018-11-30", "2021-09-30-preview", "2022-01-31-preview",
				"2023-01-31", "2023-07-31-preview",
			},
		},
		{
			file: written + "authorization.json",
			served: []string{
				"2015-07-01", "2016-07-01", "2017-05-01", "2017-10-01-preview", "2018-01-01-preview",
				"2018-07-01", "2018-09-01-preview", "2018-12-01-preview", "2019-04-01-preview",
				"2020-03-01-preview", "2020-04-01-preview", "2020-08-01-preview", "2020-10-01-preview",
				"2021-04-01-preview", "2022-01-01-preview", "2022-05-01-preview",
			},
		},
	}
}

func storageVersions() []string {
	return []string{
		"2016-01-01", "2016-05-01", "2016-12-01", "2017-06-01", "2017-10-01", "2018-02-01",
		"2018-03-01-preview", "2018-07-01", "2018-11-01", "2019-04-01", "2019-06-01",
		"2020-08-01-preview", "2021-01-01", "2021-02-01", "2021-04-01", "2021-05-01",
		"2021-06-01", "2021-08-01", "2021-09-01", "2022-05-01", "2022-09-01", "2023-04-01",
		"2023-05-01", "2024-01-01", "2025-01-01", "2025-06-01",
	}
}

func vaultVersions() []string {
	return []string{
		"2015-06-01", "2016-10-01", "2018-02-14-preview", "2018-02-14", "2019-09-01",
		"2020-04-01-preview", "2021-04-01-preview", "2021-06-01-preview", "2021-10-01",
		"2021-11-01-preview", "2022-02-01-preview", "2022-07-01", "2022-11-01", "2023-02-01",
		"2024-04-01-preview", "2024-11-01", "2024-12-01-preview", "2025-05-01", "2026-02-01",
	}
}

func dataPlaneVersions() []string {
	return []string{
		"7.0", "7.1", "7.2", "7.3", "7.5-preview.1", "7.5",
		"7.6-preview.1", "7.6-preview.2", "7.6", "2025-06-01-preview", "2025-07-01",
	}
}

func batchVersions() []string {
	return []string{
		"2015-12-01", "2017-01-01", "2017-05-01", "2017-09-01", "2018-12-01", "2019-04-01",
		"2019-08-01", "2020-03-01", "2020-05-01", "2020-09-01", "2021-01-01", "2021-06-01",
		"2022-01-01", "2022-06-01", "2022-10-01", "2023-11-01", "2024-02-01", "2024-07-01",
	}
}

func workspaceVersions() []string {
	return []string{
		"2018-11-19", "2019-05-01", "2019-06-01", "2019-11-01", "2020-01-01", "2020-03-01",
		"2020-04-01", "2020-06-01", "2020-08-01", "2021-01-01", "2021-04-01", "2021-07-01",
		"2022-05-01", "2022-10-01", "2023-04-01", "2024-04-01", "2024-10-01", "2025-06-01",
	}
}

// keptAsSent is the definition whose enum values are answered in the spelling
// of the request: vaults show "Get" in the policies that the portal wrote and
// "get" in those that the CLI wrote.
const keptAsSent = "Permissions"

// waived tells that a field is required by the document and not by the service.
func waived(operation, definition, field string) bool {
	switch definition + "." + field {
	case "StorageAccount.type":
		// Microsoft's tutorial and its Postman sample send storage accounts
		// without a type; a single one is then the primary.
		return true
	case "VideoAnalyzerProperties.encryption":
		// azurerm 3 made accounts at 2021-05-01-preview without an encryption,
		// and its acceptance tests got them.
		return true
	case "MediaService.location":
		// In 2020-05-01 the body of PATCH is documented as the whole resource.
		// Our own choice, no source tells: a change may leave the location out,
		// as it may in every later version.
		return operation == "Mediaservices_Update"
	default:
		return false
	}
}

// skipped tells that an operation belongs to another provider than the document, or is in it twice.
func skipped(d document, path string) bool {
	// Locks of nested resources: "/{scope}/providers/…" stands for these too.
	if strings.Contains(path, "{parentResourcePath}") {
		return true
	}
	// The vaults of a subscription are also listed by Resource Manager's own
	// generic list, with an api-version of its own.
	return strings.HasPrefix(d.file, microsoft) && strings.HasSuffix(path, "/resources")
}

// takes tells that the operations of a resource type are wanted.
func (d document) takes(typ string) bool {
	return d.types == nil || slices.ContainsFunc(d.types, func(taken string) bool {
		return strings.EqualFold(taken, typ)
	})
}
