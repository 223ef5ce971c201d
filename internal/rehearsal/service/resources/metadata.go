// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"net"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// serveMetadata answers with a cloud's endpoints, the first request of clients of a cloud that they do not
// know. Versions from 2022-09-01 describe one cloud, older ones list clouds, and the oldest has fields
// of its own.
func serveMetadata(r *engine.Request) (*engine.Response, error) {
	version := r.Query["api-version"]
	if version == "" {
		return nil, engine.Gatewayf(http.StatusBadRequest, "MissingApiVersionParameter",
			"The api-version query parameter (?api-version=) is required for all requests.")
	}
	var body any
	switch {
	case version == "1.0" || version < "2019-01-01":
		body = oldestMetadata(r)
	case version < "2022-09-01":
		body = []any{metadata(r)}
	default:
		body = metadata(r)
	}
	return &engine.Response{Status: http.StatusOK, Body: body}, nil
}

// endpoints returns the endpoints of rehearsal's services. A client at a loopback address finds all of
// them at that address.
func endpoints(r *engine.Request) (manager, authority, graph, olderGraph string) {
	if r.Host == "localhost" || net.ParseIP(r.Host) != nil {
		origin := r.Origin()
		return origin, origin, origin + "/", origin + "/"
	}
	return r.Addresses().ResourceManager(), r.Addresses().Authority(),
		"https://graph.microsoft.com/", "https://graph.windows.net/"
}

func metadata(r *engine.Request) map[string]any {
	manager, authority, graph, olderGraph := endpoints(r)
	return map[string]any{
		"name":   "AzureCloud",
		"portal": "https://portal.azure.com",
		"authentication": map[string]any{
			"loginEndpoint":    authority,
			"audiences":        audiences(),
			"tenant":           "common",
			"identityProvider": "AAD",
		},
		"resourceManager":          manager + "/",
		"graph":                    olderGraph,
		"graphAudience":            olderGraph,
		"microsoftGraphResourceId": graph,
		"media":                    "https://rest.media.azure.net",
		"batch":                    "https://batch.core.windows.net/",
		"sqlManagement":            "https://management.core.windows.net:8443/",
		"activeDirectoryDataLake":  "https://datalake.azure.net/",
		"attestationResourceId":    "https://attest.azure.net",
		"appInsightsResourceId":    "https://api.applicationinsights.io",
		"logAnalyticsResourceId":   "https://api.loganalytics.io",
		"ossrDbmsResourceId":       "https://ossrdbms-aad.database.windows.net",
		"vmImageAliasDoc": "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/main/" +
			"arm-compute/quickstart-templates/aliases.json",
		"synapseAnalyticsResourceId":            "https://dev.azuresynapse.net",
		"appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
		"suffixes": map[string]any{
			"acrLoginServer":                      "azurecr.io",
			"attestationEndpoint":                 "attest.azure.net",
			"azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
			"azureDataLakeStoreFileSystem":        "azuredatalakestore.net",
			"azureFrontDoorEndpointSuffix":        "azurefd.net",
			"keyVaultDns":                         "vault.azure.net",
			"mariadbServerEndpoint":               "mariadb.database.azure.com",
			"mhsmDns":                             "managedhsm.azure.net",
			"mysqlServerEndpoint":                 "mysql.database.azure.com",
			"postgresqlServerEndpoint":            "postgres.database.azure.com",
			"sqlServerHostname":                   "database.windows.net",
			"storage":                             "core.windows.net",
			"storageSyncEndpointSuffix":           "afs.azure.net",
			"synapseAnalytics":                    "dev.azuresynapse.net",
		},
	}
}

func oldestMetadata(r *engine.Request) map[string]any {
	_, authority, _, olderGraph := endpoints(r)
	return map[string]any{
		"galleryEndpoint": "https://gallery.azure.com/",
		"graphEndpoint":   olderGraph,
		"portalEndpoint":  "https://portal.azure.com/",
		"authentication": map[string]any{
			"loginEndpoint": authority, "audiences": audiences(),
		},
	}
}

// audiences returns the resources for which Resource Manager accepts tokens. They have Azure's names
// at every address.
func audiences() []string {
	return []string{"https://management.core.windows.net/", "https://management.azure.com/"}
}
