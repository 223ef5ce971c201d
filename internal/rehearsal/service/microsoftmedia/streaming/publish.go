// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming

import (
	"context"
	"fmt"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
)

// File is something to stream.
type File struct {
	Name, Type string
	Content    []byte
}

// publication is the name of the asset and the locator that [Service.Publish] creates.
const publication = "rehearsal"

// Publish makes an account stream a file: it creates an asset with the file and a locator, starts the
// streaming endpoint, and returns the file's URL. Called again, it keeps what exists and starts the
// endpoint if it was stopped.
func (s *Service) Publish(
	ctx context.Context, tx *engine.Tx, id engine.ID, file File,
) (string, error) {
	account := tx.Resource(id)
	if account == nil || account.Type != mediaservices.Type {
		return "", fmt.Errorf("there is no Media Services account %s", id)
	}
	asset, err := s.publishedAsset(ctx, tx, account, file)
	if err != nil {
		return "", err
	}
	look, err := s.publishedLocator(tx, account, asset)
	if err != nil {
		return "", err
	}
	endpoint := tx.Resource(endpointOf(account.ID))
	endpoint.Set("resourceState", running)
	endpoint.Set("provisioningState", engine.Succeeded)
	endpoint.Pending = ""
	tx.Save(endpoint)
	return "https://" + hostName(account) + "/" + look.String("streamingLocatorId") + "/" + file.Name, nil
}

func (s *Service) publishedAsset(
	ctx context.Context, tx *engine.Tx, account *engine.Resource, file File,
) (*engine.Resource, error) {
	id := account.ID + engine.ID("/assets/"+publication)
	if found := tx.Resource(id); found != nil {
		return found, nil
	}
	made := &engine.Resource{
		ID: id, Type: assetType, Name: publication, Created: tx.Now(), Modified: tx.Now(),
	}
	if err := s.makeAsset(ctx, tx, account, made, asset{}); err != nil {
		return nil, err
	}
	blobs, refused := s.blobsOf(tx, account, made)
	if refused != nil {
		return nil, refused
	}
	reply, err := blobs.Put(ctx, tx, made.String("container"), file.Name, file.Type, file.Content)
	if err != nil {
		return nil, fmt.Errorf("putting a file into an asset: %w", err)
	}
	if reply.Code() != "" {
		return nil, mediaservices.StorageInaccessible()
	}
	tx.Save(made)
	return made, nil
}

func (s *Service) publishedLocator(
	tx *engine.Tx, account, of *engine.Resource,
) (*engine.Resource, error) {
	id := account.ID + engine.ID("/streamingLocators/"+publication)
	if found := tx.Resource(id); found != nil {
		return found, nil
	}
	made := &engine.Resource{
		ID: id, Type: locatorType, Name: publication, Created: tx.Now(), Modified: tx.Now(),
	}
	err := s.makeLocator(tx, account, made, locator{
		Asset: of.Name, Policy: "Predefined_DownloadAndClearStreaming",
	})
	if err != nil {
		return nil, err
	}
	tx.Save(made)
	return made, nil
}
