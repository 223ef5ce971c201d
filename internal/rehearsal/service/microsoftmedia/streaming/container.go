// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming

import (
	"context"
	"fmt"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
)

// blobsOf returns the account at the storage of an asset, with what it knows now.
func (s *Service) blobsOf(
	tx *engine.Tx, account, asset *engine.Resource,
) (blob.Client, *engine.Error) {
	storage, refused := s.media.StorageNamed(account, asset.String("storageAccountName"))
	if refused != nil {
		return blob.Client{}, refused
	}
	return s.media.Blobs(tx, account, storage, tx.Now())
}

// createContainer makes the container of an asset, or takes the one that is there.
func (s *Service) createContainer(
	ctx context.Context, tx *engine.Tx, account, asset *engine.Resource,
) error {
	blobs, refused := s.blobsOf(tx, account, asset)
	if refused != nil {
		return refused
	}
	reply, err := blobs.CreateContainer(ctx, tx, asset.String("container"))
	if err != nil {
		return fmt.Errorf("creating the container of an asset: %w", err)
	}
	if reply.Code() != "" && reply.Code() != "ContainerAlreadyExists" {
		return mediaservices.StorageInaccessible()
	}
	return nil
}

func (s *Service) deleteContainer(
	ctx context.Context, tx *engine.Tx, account, asset *engine.Resource,
) error {
	blobs, refused := s.blobsOf(tx, account, asset)
	if refused != nil {
		return refused
	}
	reply, err := blobs.DeleteContainer(ctx, tx, asset.String("container"))
	if err != nil {
		return fmt.Errorf("deleting the container of an asset: %w", err)
	}
	if reply.Code() != "" && reply.Code() != "ContainerNotFound" {
		return mediaservices.StorageInaccessible()
	}
	return nil
}
