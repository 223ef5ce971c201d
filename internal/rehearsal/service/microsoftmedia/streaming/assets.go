// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
)

const assetType = mediaservices.Type + "/assets"

// bad returns a refusal in the manner of the service, in rehearsal's own words.
func bad(format string, args ...any) *engine.Error {
	return engine.Ownf(http.StatusBadRequest, "BadRequest", format, args...)
}

func (s *Service) assetType() *engine.ResourceType {
	return &engine.ResourceType{
		Name: assetType, Untracked: true,
		Write: s.writeAsset, Remove: s.removeAsset,
		Routes: map[string]engine.Action{
			"POST listContainerSas":      {Serve: s.listContainerSAS},
			"POST listStreamingLocators": {Serve: listStreamingLocators},
		},
	}
}

// asset is what of an asset the caller says; a GET's other properties are passed over in a PUT.
type asset struct {
	AlternateID    *string `json:"alternateId"`
	Description    *string `json:"description"`
	Container      string  `json:"container"`
	StorageAccount string  `json:"storageAccountName"`
}

// readProperties reads the properties of a body. A name that neither requests nor answers have is
// refused, as for types with documents.
func readProperties(r *engine.Request, into any, others ...string) error {
	sent, _ := r.Sent["properties"].(map[string]any)
	taken := map[string]any{}
	for name, value := range sent {
		taken[name] = value
	}
	for _, other := range others {
		delete(taken, other)
	}
	encoded, err := json.Marshal(taken)
	if err != nil {
		return bad("The properties cannot be read: %v", err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(encoded)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return misread(err)
	}
	return nil
}

func misread(err error) *engine.Error {
	return engine.Gatewayf(http.StatusBadRequest, "InvalidRequestContent",
		"The request content was invalid and could not be deserialized: '%v'.", err)
}

// writeAsset creates or changes an asset. Its container and where that is are settled at creation.
func (s *Service) writeAsset(
	r *engine.Request, old, next *engine.Resource,
) (engine.Outcome, error) {
	account := r.Resource(next.ID.Parent())
	var sent asset
	if err := readProperties(r, &sent,
		"assetId", "created", "lastModified", "storageEncryptionFormat"); err != nil {
		return engine.Outcome{}, err
	}
	if old == nil {
		return engine.Outcome{}, s.makeAsset(r.HTTP.Context(), r.Tx, account, next, sent)
	}
	for name, value := range map[string]string{
		"container": sent.Container, "storageAccountName": sent.StorageAccount,
	} {
		if value != "" && value != old.String(name) {
			return engine.Outcome{}, bad("The property '%s' of an asset cannot be changed.", name)
		}
	}
	properties := old.Clone().Properties
	next.Properties = properties
	for name, value := range map[string]*string{
		"alternateId": sent.AlternateID, "description": sent.Description,
	} {
		switch {
		case value != nil:
			next.Set(name, *value)
		case r.HTTP.Method == http.MethodPut:
			next.Set(name, nil)
		}
	}
	next.Set("lastModified", engine.Timestamp(r.Now()))
	return engine.Outcome{}, nil
}

// makeAsset creates the asset that was sent, with its container.
func (s *Service) makeAsset(
	ctx context.Context, tx *engine.Tx, account, next *engine.Resource, sent asset,
) error {
	storage, refused := s.media.StorageNamed(account, sent.StorageAccount)
	if refused != nil {
		return refused
	}
	next.ID = account.ID + engine.ID("/assets/"+next.Name)
	id := tx.NewID()
	if sent.Container == "" {
		sent.Container = "asset-" + id
	}
	now := engine.Timestamp(tx.Now())
	next.Properties = map[string]any{
		"assetId": id, "created": now, "lastModified": now, "container": sent.Container,
		"storageAccountName": storage.Name(), "storageEncryptionFormat": "None",
	}
	if sent.AlternateID != nil {
		next.Set("alternateId", *sent.AlternateID)
	}
	if sent.Description != nil {
		next.Set("description", *sent.Description)
	}
	return s.createContainer(ctx, tx, account, next)
}

// removeAsset deletes the asset's container with it.
func (s *Service) removeAsset(
	r *engine.Request, asset *engine.Resource,
) (engine.Outcome, error) {
	account := r.Resource(asset.ID.Parent())
	return engine.Outcome{}, s.deleteContainer(r.HTTP.Context(), r.Tx, account, asset)
}

// longestSAS is how far ahead the expiry of an asset's URLs may be (ListContainerSasInput).
const longestSAS = 24 * time.Hour

// listContainerSAS answers with a URL of the asset's container for each access key of its storage
// account, signed with the copy of the key that the account has.
func (s *Service) listContainerSAS(
	r *engine.Request, asset *engine.Resource,
) (*engine.Response, error) {
	var sent struct {
		Permissions string    `json:"permissions"`
		Expiry      time.Time `json:"expiryTime"`
	}
	if err := json.Unmarshal(r.Raw, &sent); err != nil {
		return nil, misread(err)
	}
	letters, known := map[string]string{
		"": "rl", "Read": "rl", "ReadWrite": "rcwl", "ReadWriteDelete": "rcwdl",
	}[sent.Permissions]
	if !known {
		return nil, bad("'%s' is none of Read, ReadWrite and ReadWriteDelete.", sent.Permissions)
	}
	if !sent.Expiry.After(r.Now()) || sent.Expiry.After(r.Now().Add(longestSAS)) {
		return nil, bad("The expiryTime has to be within the next 24 hours.")
	}
	blobs, refused := s.blobsOf(r.Tx, r.Resource(asset.ID.Parent()), asset)
	if refused != nil {
		return nil, refused
	}
	if len(blobs.Keys) == 0 {
		return nil, engine.Ownf(http.StatusNotImplemented, "NotImplemented",
			"An account with managed identity storage authentication signs with a user delegation key, "+
				"which rehearsal does not have.")
	}
	given := blob.SAS{
		Account: blobs.Account, Container: asset.String("container"), Permissions: letters,
		Expiry: sent.Expiry,
	}
	urls := []string{}
	for _, key := range blobs.Keys {
		urls = append(urls, given.URL(r.Tx, key))
	}
	return &engine.Response{
		Status: http.StatusOK, Body: map[string]any{"assetContainerSasUrls": urls},
	}, nil
}

// listStreamingLocators answers with the locators of an asset.
func listStreamingLocators(
	r *engine.Request, asset *engine.Resource,
) (*engine.Response, error) {
	listed := []any{}
	for _, locator := range r.Resources(asset.ID.Parent(), locatorType) {
		if !strings.EqualFold(locator.String("assetName"), asset.Name) {
			continue
		}
		entry := map[string]any{"name": locator.Name}
		for _, name := range []string{
			"assetName", "created", "startTime", "endTime", "streamingLocatorId", "streamingPolicyName",
			"defaultContentKeyPolicyName",
		} {
			if value := locator.String(name); value != "" {
				entry[name] = value
			}
		}
		listed = append(listed, entry)
	}
	return &engine.Response{
		Status: http.StatusOK, Body: map[string]any{"streamingLocators": listed},
	}, nil
}
