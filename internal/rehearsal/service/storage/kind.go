// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage

import (
	"net/http"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// kind describes a kind of storage account.
type kind struct {
	// skus are the redundancies that it may have, without the marks for reading in the second region.
	skus []string
	// endpoints are the services that it has.
	endpoints []string
	// accessTier is the tier that it has by default, "" where it has none.
	accessTier string
	// upgrades says that the account can become a StorageV2.
	upgrades bool
}

// kindOf returns the description of a kind of storage account (storage-account-overview.md and the
// examples of the OpenAPI document).
func kindOf(name string) (kind, bool) {
	all := []string{"dfs", "web", "blob", "queue", "table", "file"}
	switch name {
	case "StorageV2":
		return kind{
			skus:      []string{"Standard_LRS", "Standard_GRS", "Standard_ZRS", "Standard_GZRS", "Premium_LRS"},
			endpoints: all, accessTier: "Hot",
		}, true
	case "Storage":
		return kind{
			skus:      []string{"Standard_LRS", "Standard_GRS", "Standard_ZRS", "Premium_LRS"},
			endpoints: []string{"blob", "queue", "table", "file"}, upgrades: true,
		}, true
	case "BlobStorage":
		return kind{
			skus:      []string{"Standard_LRS", "Standard_GRS"},
			endpoints: []string{"dfs", "blob", "table"}, upgrades: true,
		}, true
	case "BlockBlobStorage":
		return kind{
			skus:      []string{"Premium_LRS", "Premium_ZRS"},
			endpoints: []string{"dfs", "web", "blob"}, accessTier: "Premium",
		}, true
	case "FileStorage":
		return kind{
			skus:      []string{"Premium_LRS", "Premium_ZRS"},
			endpoints: []string{"file"},
		}, true
	}
	return kind{}, false
}

// checkKind refuses a kind with a SKU that it does not come with, and a change from one kind or
// performance tier to another that Azure does not make.
func checkKind(old, next *engine.Resource) *engine.Error {
	sku := skuName(next)
	of, known := kindOf(next.Kind)
	if !known || sku == "" {
		return engine.Ownf(http.StatusBadRequest, "InvalidRequestContent",
			"A storage account needs a sku and one of the kinds Storage, StorageV2, BlobStorage, "+
				"FileStorage and BlockBlobStorage.")
	}
	if !slices.Contains(of.skus, strings.Replace(sku, "_RAG", "_G", 1)) {
		return engine.Ownf(http.StatusBadRequest, "InvalidSku",
			"The sku '%s' is not available for storage accounts of kind '%s'.", sku, next.Kind)
	}
	next.SKU = map[string]any{"name": sku, "tier": tier(sku)}
	if old == nil {
		return nil
	}
	if was, _ := kindOf(old.Kind); old.Kind != next.Kind &&
		(!was.upgrades || next.Kind != "StorageV2") {
		return readOnly("kind")
	}
	// Copies in other zones are added and removed by a conversion, not by an update
	// (redundancy-migration.md); no public source has the refusal.
	if tier(skuName(old)) != tier(sku) || zoned(skuName(old)) != zoned(sku) {
		return engine.Ownf(http.StatusConflict, "StorageAccountTypeConversionNotAllowed",
			"The storage account '%s' cannot be changed from '%s' to '%s'.",
			old.Name, skuName(old), sku)
	}
	return nil
}

func skuName(account *engine.Resource) string {
	name, _ := account.SKU["name"].(string)
	return name
}

func tier(sku string) string {
	name, _, _ := strings.Cut(sku, "_")
	return name
}

// zoned reports whether the copies lie in several zones of a region.
func zoned(sku string) bool { return strings.HasSuffix(sku, "ZRS") }

// readOnly returns the refusal of a change to what is settled at creation (Azure/ResourceModules
// issues 3106 and 4466; the status and the code from jenkins-infra/azure pull request 125).
func readOnly(property string) *engine.Error {
	return engine.Errorf(http.StatusBadRequest, "AccountPropertyCannotBeUpdated",
		"The property '%s' was specified in the input, but it cannot be updated as it is read-only. "+
			"For more information, see - https://aka.ms/storageaccountupdate", property)
}

// pairedRegion returns the region that holds the second copy of what geo-redundant accounts keep
// (cross-region-replication-azure.md), or "" for regions without a pair.
func pairedRegion(location string) string {
	pairs := [][2]string{
		{"eastus", "westus"},
		{"eastus2", "centralus"},
		{"northcentralus", "southcentralus"},
		{"westus2", "westcentralus"},
		{"westus3", "eastus"},
		{"canadacentral", "canadaeast"},
		{"northeurope", "westeurope"},
		{"uksouth", "ukwest"},
		{"francecentral", "francesouth"},
		{"germanywestcentral", "germanynorth"},
		{"norwayeast", "norwaywest"},
		{"switzerlandnorth", "switzerlandwest"},
		{"swedencentral", "swedensouth"},
		{"eastasia", "southeastasia"},
		{"australiaeast", "australiasoutheast"},
		{"australiacentral", "australiacentral2"},
		{"japaneast", "japanwest"},
		{"koreacentral", "koreasouth"},
		{"centralindia", "southindia"},
		{"westindia", "southindia"},
		{"brazilsouth", "southcentralus"},
		{"southafricanorth", "southafricawest"},
		{"uaenorth", "uaecentral"},
	}
	for _, pair := range pairs {
		switch location {
		case pair[0]:
			return pair[1]
		case pair[1]:
			return pair[0]
		}
	}
	return ""
}
