// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
)

// write creates or changes a storage account.
func (s *Service) write(r *engine.Request, old, next *engine.Resource) (engine.Outcome, error) {
	if old == nil {
		if refused := taken(r.Tx, next); refused != nil {
			return engine.Outcome{}, refused
		}
	} else {
		keep(r, old, next)
	}
	if refused := checkKind(old, next); refused != nil {
		return engine.Outcome{}, refused
	}
	if refused := checkSettled(r, old); refused != nil {
		return engine.Outcome{}, refused
	}
	if refused := checkKeyTypes(next); refused != nil {
		return engine.Outcome{}, refused
	}
	known := secretsOf(next)
	if old == nil {
		known.Keys = [2]accessKey{newKey(r.Now()), newKey(r.Now())}
		known.AtRest = envelope.New(r.Tx)
		showKeyTimes(next, known.Keys)
		next.Set("creationTime", timestamp(r.Now()))
	}
	if next.Kind == "BlobStorage" && next.String("accessTier") == "" {
		// The OpenAPI document requires it of this kind; no public source has the refusal.
		return engine.Outcome{}, engine.Ownf(http.StatusBadRequest, "InvalidRequestContent",
			"The accessTier is required for a storage account of kind 'BlobStorage'.")
	}
	setDefaults(r, next)
	needKerb(next, known, r.Now())
	if refused := s.encrypt(r, old, next, known); refused != nil {
		return engine.Outcome{}, refused
	}
	next.Hide(known)
	if old != nil {
		return engine.Outcome{}, nil
	}
	// Recorded: a fresh account answers 202 without a body; the body comes when the operation at
	// Location is over. There is no Azure-AsyncOperation.
	next.Set("provisioningState", "Creating")
	return engine.Outcome{
		Status: http.StatusAccepted,
		Empty:  true,
		Async: &engine.Async{
			ResultPath: "/subscriptions/" + next.ID.Subscription() +
				"/providers/Microsoft.Storage/locations/" + next.Location +
				"/asyncoperations/{operation}?monitor=true",
		},
	}, nil
}

// taken refuses a name that another account has.
func taken(tx *engine.Tx, next *engine.Resource) *engine.Error {
	other := named(tx, next.Name)
	switch {
	case other == nil:
		return nil
	case other.ID.SubscriptionID().Is(next.ID.SubscriptionID()):
		return engine.Errorf(http.StatusConflict, "StorageAccountInAnotherResourceGroup",
			"The account %s is already in another resource group in this subscription.", next.Name)
	}
	return engine.Errorf(http.StatusConflict, "StorageAccountAlreadyTaken",
		"The storage account named %s is already taken.", next.Name) // hashicorp/terraform issue 11485
}

// keep makes a PUT on an existing account change only the properties that it names, as the service does
// (recorded: keyPolicy is kept when a later PUT leaves it out). A PATCH is merged already.
func keep(r *engine.Request, old, next *engine.Resource) {
	if r.HTTP.Method != http.MethodPut {
		return
	}
	next.Properties = engine.Merge(old.Properties, next.Properties)
	if _, sent := r.Body["identity"]; !sent {
		next.Identity = old.Identity
	}
}

// checkSettled refuses to change properties that are fixed at creation. A property that was left out then
// cannot be named later either, not even with its default value (Azure/ResourceModules issue 4466).
func checkSettled(r *engine.Request, old *engine.Resource) *engine.Error {
	if old == nil {
		return nil
	}
	for _, path := range []string{
		"isHnsEnabled", "isNfsV3Enabled", "dnsEndpointType", "immutableStorageWithVersioning.enabled",
		"encryption.requireInfrastructureEncryption",
		"encryption.services.queue.keyType", "encryption.services.table.keyType",
	} {
		var sent, settled any
		if engine.Read(r.Sent, "properties."+path, &sent) {
			if !old.Read(path, &settled) && strings.HasSuffix(path, ".keyType") {
				settled = "Service" // the default, which may be named
			}
			if !reflect.DeepEqual(sent, settled) {
				return readOnly(path[strings.LastIndexByte(path, '.')+1:])
			}
		}
	}
	return nil
}

// setDefaults fills in what the caller left out, as an account recorded in November 2023 shows it.
func setDefaults(r *engine.Request, account *engine.Resource) {
	if account.Tags == nil {
		account.Tags = map[string]string{}
	}
	account.Default("privateEndpointConnections", []any{})
	account.Default("minimumTlsVersion", "TLS1_0")
	account.Default("allowBlobPublicAccess", false)
	account.Default("supportsHttpsTrafficOnly", true)
	account.Default("networkAcls.bypass", "AzureServices")
	account.Default("networkAcls.defaultAction", "Allow")
	account.Default("networkAcls.virtualNetworkRules", []any{})
	account.Default("networkAcls.ipRules", []any{})
	if of, _ := kindOf(account.Kind); of.accessTier != "" {
		account.Default("accessTier", of.accessTier)
	}
	account.Default("encryption.keySource", sourceStorage)
	for _, service := range []string{"file", "blob"} {
		at := "encryption.services." + service
		account.Default(at+".keyType", "Account")
		account.Default(at+".enabled", true)
		account.Default(at+".lastEnabledTime", timestamp(r.Now()))
	}
	for _, service := range []string{"queue", "table"} {
		at := "encryption.services." + service
		var sent map[string]any
		if account.Read(at, &sent) {
			account.Default(at+".enabled", true)
			account.Default(at+".lastEnabledTime", timestamp(r.Now()))
		}
	}
}

// checkKeyTypes refuses to put queues and tables under the account's key in any but general-purpose
// v2 accounts (account-encryption-key-create.md; no public source has the refusal).
func checkKeyTypes(account *engine.Resource) *engine.Error {
	for _, service := range []string{"queue", "table"} {
		if account.String("encryption.services."+service+".keyType") == "Account" &&
			account.Kind != "StorageV2" {
			return engine.Ownf(http.StatusBadRequest, "InvalidRequestContent",
				"The encryption key type 'Account' of the service '%s' is not available for storage "+
					"accounts of kind '%s'.", service, account.Kind)
		}
	}
	return nil
}

// view adds what follows from the account's name, kind and place.
func view(r *engine.Request, shown *engine.Resource) {
	var layer bool
	if shown.Read("encryption.requireInfrastructureEncryption", &layer); !layer {
		shown.Set("encryption.requireInfrastructureEncryption", nil) // shown only when true
	}
	of, _ := kindOf(shown.Kind)
	blob := r.Addresses().URI(r.Tx, BlobDomain, shown.Name)
	endpoints := func(account string) map[string]any {
		all := map[string]any{}
		for _, service := range of.endpoints {
			all[service] = "https://" + account + "." + service + ".core.windows.net/"
		}
		return all
	}
	primary := endpoints(shown.Name)
	if _, has := primary["blob"]; has {
		primary["blob"] = blob
	}
	shown.Set("primaryEndpoints", primary)
	shown.Set("primaryLocation", shown.Location)
	shown.Set("statusOfPrimary", "available")
	sku := skuName(shown)
	second := pairedRegion(shown.Location)
	if second == "" || !strings.Contains(sku, "G") {
		return
	}
	shown.Set("secondaryLocation", second)
	shown.Set("statusOfSecondary", "available")
	if strings.Contains(sku, "_RA") {
		secondary := endpoints(shown.Name + "-secondary")
		delete(secondary, "file") // Azure Files is not readable at the second region
		shown.Set("secondaryEndpoints", secondary)
	}
}
