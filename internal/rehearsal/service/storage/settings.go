// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage

import (
	"net/http"
	"slices"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// addServices adds the settings of an account's Blob and File service. They have no effect in rehearsal;
// azurerm reads them with every storage account.
func addServices(accounts *engine.ResourceType) {
	for service, name := range map[string]string{"blob": "Blob", "file": "File"} {
		below := service + "Services"
		serve := func(r *engine.Request, account *engine.Resource) (*engine.Response, error) {
			if of, _ := kindOf(account.Kind); !slices.Contains(of.endpoints, service) {
				return nil, engine.Ownf(http.StatusBadRequest, "FeatureNotSupportedForAccount",
					"%s is not supported for the account.", name)
			}
			return serveService(r, account, below)
		}
		accounts.Routes["GET "+below+"/default"] = engine.Action{
			Permission: Type + "/" + below + "/read", Serve: serve,
		}
		accounts.Routes["PUT "+below+"/default"] = engine.Action{
			Permission: Type + "/" + below + "/write", Serve: serve,
		}
	}
}

// serveService answers with the settings of one of the account's services, after changing those
// that a PUT names.
func serveService(
	r *engine.Request, account *engine.Resource, service string,
) (*engine.Response, error) {
	known := secretsOf(account)
	settings, changed := known.Services[service]
	if !changed {
		settings = defaultSettings(service)
	}
	if r.HTTP.Method == http.MethodPut {
		sent, _ := r.Body["properties"].(map[string]any)
		settings = engine.Merge(settings, sent)
		if known.Services == nil {
			known.Services = map[string]map[string]any{}
		}
		known.Services[service] = settings
		account.Hide(known)
		r.Save(account)
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{
		"sku": account.SKU, "id": string(account.ID) + "/" + service + "/default", "name": "default",
		"type": Type + "/" + service, "properties": settings,
	}}, nil
}

// defaultSettings returns the settings of a service that nobody has changed.
func defaultSettings(service string) map[string]any {
	settings := map[string]any{"cors": map[string]any{"corsRules": []any{}}}
	if service == "blobServices" {
		settings["deleteRetentionPolicy"] = map[string]any{
			"allowPermanentDelete": false, "enabled": false,
		}
		return settings
	}
	settings["protocolSettings"] = map[string]any{"smb": map[string]any{}}
	settings["shareDeleteRetentionPolicy"] = map[string]any{"enabled": true, "days": 7}
	return settings
}
