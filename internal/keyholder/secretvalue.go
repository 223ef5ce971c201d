// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// value reads a key of the storage account in the form that the secret holds, and when it was made.
func (s secretKind) value(ctx context.Context, storageAccountID string, key keyrotation.Key,
) (value string, created time.Time, err error) {
	accounts, at, err := azure.Open(storageAccountID, azure.StorageAccountType, s.client.StorageAccounts)
	if err != nil {
		return "", time.Time{}, err
	}
	listed, err := accounts.ListKeys(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return "", time.Time{}, err
	}
	i := slices.IndexFunc(listed.Keys, func(one *armstorage.AccountKey) bool {
		return strings.EqualFold(azure.Deref(azure.Deref(one).KeyName), string(key))
	})
	if i < 0 || azure.Deref(listed.Keys[i].Value) == "" || azure.Deref(listed.Keys[i].CreationTime).IsZero() {
		return "", time.Time{}, fmt.Errorf("the answer does not have %s of %s with its creation time", key, at.Name)
	}
	value, created = *listed.Keys[i].Value, *listed.Keys[i].CreationTime
	if !s.ConnectionString {
		return value, created, nil
	}
	endpoints := "EndpointSuffix=" + s.EndpointSuffix
	if s.EndpointSuffix == "" {
		account, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
		if err != nil {
			return "", time.Time{}, err
		}
		endpoints = endpointsOf(at.Name, azure.Deref(azure.Deref(account.Properties).PrimaryEndpoints))
	}
	return fmt.Sprintf("DefaultEndpointsProtocol=https;AccountName=%s;AccountKey=%s;%s", at.Name, value, endpoints),
		created, nil
}

// endpointsOf returns what a connection string says of an account's addresses: the suffix that they share
// or, where an account has addresses of its own, as one in a DNS zone has, each of them (Storage, Configure
// connection strings).
func endpointsOf(name string, endpoints armstorage.Endpoints) string {
	address := azure.Deref(endpoints.Blob)
	if suffix, ok := strings.CutPrefix(address, "https://"+name+".blob."); ok && !strings.Contains(suffix, ":") &&
		!strings.HasSuffix(suffix, ".storage.azure.net/") {
		return "EndpointSuffix=" + strings.TrimSuffix(suffix, "/")
	}
	var each []string
	for _, one := range []struct{ service, address string }{
		{"Blob", address},
		{"File", azure.Deref(endpoints.File)},
		{"Queue", azure.Deref(endpoints.Queue)},
		{"Table", azure.Deref(endpoints.Table)},
	} {
		if one.address != "" {
			each = append(each, one.service+"Endpoint="+one.address)
		}
	}
	return strings.Join(each, ";")
}

// HeldKey reads the key that the newest version of the secret holds. A connection string holds it among
// other things.
func (s secretKind) HeldKey(ctx context.Context) (string, error) {
	secrets, err := s.open(ctx)
	if err != nil {
		return "", err
	}
	newest, err := secrets.GetSecret(ctx, s.Name, "", nil)
	if err != nil {
		return "", err
	}
	value := azure.Deref(newest.Value)
	if !s.ConnectionString {
		return value, nil
	}
	for setting := range strings.SplitSeq(value, ";") {
		if key, ok := strings.CutPrefix(setting, "AccountKey="); ok {
			return key, nil
		}
	}
	return "", errors.New("the secret holds no connection string with a key")
}
