// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// Blobs returns the account, or one of its streaming origins, at the endpoint of one of its storage
// accounts: with the copies of the access keys that were fetched last before asOf, or as the
// identity that the account goes to its storage with. It refuses a storage account that the account
// is not attached to.
func (s *Service) Blobs(
	tx *engine.Tx, account *engine.Resource, storage engine.ID, asOf time.Time,
) (blob.Client, *engine.Error) {
	listed := attached(storageOf(account), storage)
	if listed == nil {
		return blob.Client{}, StorageInaccessible()
	}
	client := blob.Client{Account: listed.ID.Name()}
	if account.String("storageAuthentication") == authenticationSystem {
		held, ok := secretsOf(account).StorageKeys[listed.ID.Key()]
		if !ok {
			return blob.Client{}, StorageInaccessible()
		}
		held = held.At(asOf)
		client.Keys = [][]byte{held.Key1, held.Key2}
		return client, nil
	}
	principal, refused := microsoftmedia.Principal(tx, account, listed.Identity)
	if refused != nil {
		return blob.Client{}, refused
	}
	token, err := s.tokens.Token(tx, principal, blob.Audience)
	if err != nil {
		return blob.Client{}, StorageInaccessible()
	}
	client.Token = token
	return client, nil
}

// StorageNamed returns the storage account of an account by its bare name; "" stands for the
// primary one.
func (*Service) StorageNamed(account *engine.Resource, name string) (engine.ID, *engine.Error) {
	list := storageOf(account)
	if name == "" {
		return primaryOf(list), nil
	}
	for _, listed := range list {
		if listed.ID.Name() == name {
			return listed.ID, nil
		}
	}
	return "", microsoftmedia.Bad("The storage account '%s' is not attached to the account '%s'.", name, account.Name)
}
