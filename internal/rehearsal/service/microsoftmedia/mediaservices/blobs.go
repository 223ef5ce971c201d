// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia"
)

// Blobs returns a client of one of the account's storage accounts for the account or one of its streaming
// origins: with the copy of the access keys that was in use at asOf, or with the account's identity
// for its storage. It refuses a storage account that is not attached.
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
