// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/envelope"
)

const locatorType = Type + "/streamingLocators"

func (s *Service) locatorType() *engine.ResourceType {
	return &engine.ResourceType{
		Name: locatorType, Untracked: true,
		Write: s.writeLocator,
		Routes: map[string]engine.Action{
			"POST listPaths":       {Serve: s.listPaths},
			"POST listContentKeys": {Serve: listContentKeys},
		},
	}
}

// policy is what a streaming policy lets a locator do.
type policy struct{ download, stream bool }

// policies are the predefined streaming policies that do not encrypt. There are no others here.
func policies(name string) (policy, bool) {
	known, is := map[string]policy{
		"Predefined_DownloadOnly":              {download: true},
		"Predefined_ClearStreamingOnly":        {stream: true},
		"Predefined_DownloadAndClearStreaming": {download: true, stream: true},
	}[name]
	return known, is
}

// forever is when a locator ends that was given no end.
const forever = "9999-12-31T23:59:59.9999999Z"

// locator is what of a locator the caller says.
type locator struct {
	Asset       string   `json:"assetName"`
	Policy      string   `json:"streamingPolicyName"`
	Start       string   `json:"startTime"`
	End         string   `json:"endTime"`
	ID          string   `json:"streamingLocatorId"`
	Alternative string   `json:"alternativeMediaId"`
	Filters     []string `json:"filters"`
}

// locatorSecrets is what a locator knows and never shows.
type locatorSecrets struct {
	// ContentKey is under the account key. Azure has content keys where a policy encrypts; rehearsal
	// gives every locator one, so that its origins cannot do without the account key. That they
	// cannot is documented (concept-use-customer-managed-keys-byok.md: all requests but reading and
	// deleting the account fail), how it comes about is not.
	ContentKey []byte `json:"contentKey"`
}

// writeLocator creates a locator. Locators are never changed.
func (s *Service) writeLocator(
	r *engine.Request, old, next *engine.Resource,
) (engine.Outcome, error) {
	if old != nil {
		return engine.Outcome{}, engine.Ownf(http.StatusConflict, "Conflict",
			"The streaming locator '%s' exists. Streaming locators cannot be changed.", old.Name)
	}
	var sent locator
	if err := readProperties(r, &sent, "created", "contentKeys"); err != nil {
		return engine.Outcome{}, err
	}
	return engine.Outcome{}, s.makeLocator(r.Tx, r.Resource(next.ID.Parent()), next, sent)
}

// makeLocator makes of what was sent a locator.
func (s *Service) makeLocator(
	tx *engine.Tx, account, next *engine.Resource, sent locator,
) error {
	if tx.Resource(account.ID+engine.ID("/assets/"+sent.Asset)) == nil || sent.Asset == "" {
		return bad("The asset '%s' of the streaming locator does not exist.", sent.Asset)
	}
	if _, known := policies(sent.Policy); !known {
		return bad("Rehearsal does not have the streaming policy '%s'. It has Predefined_DownloadOnly, "+
			"Predefined_ClearStreamingOnly and Predefined_DownloadAndClearStreaming.", sent.Policy)
	}
	for name, value := range map[string]string{"startTime": sent.Start, "endTime": sent.End} {
		if _, err := time.Parse(time.RFC3339Nano, value); value != "" && err != nil {
			return bad("The %s '%s' is no time.", name, value)
		}
	}
	if sent.ID == "" {
		sent.ID = tx.NewID()
	} else if _, err := uuid.Parse(sent.ID); err != nil {
		return bad("The streamingLocatorId '%s' is no GUID.", sent.ID)
	}
	if _, taken := s.Locator(tx, sent.ID); taken {
		return engine.Ownf(http.StatusConflict, "Conflict",
			"The streamingLocatorId '%s' is in use.", sent.ID)
	}
	key, refused := s.accountKey(tx, account)
	if refused != nil {
		return refused
	}
	contentKey := make([]byte, 16)
	_, _ = rand.Read(contentKey) // never fails: crypto/rand ends the program instead
	next.Hide(locatorSecrets{ContentKey: envelope.Seal(key, contentKey)})
	next.ID = account.ID + engine.ID("/streamingLocators/"+next.Name)
	next.Properties = map[string]any{
		"assetName": sent.Asset, "created": engine.Timestamp(tx.Now()), "endTime": forever,
		"streamingLocatorId": sent.ID, "streamingPolicyName": sent.Policy, "contentKeys": []any{},
		"filters": []any{},
	}
	for name, value := range map[string]string{
		"startTime": sent.Start, "endTime": sent.End, "alternativeMediaId": sent.Alternative,
	} {
		if value != "" {
			next.Set(name, value)
		}
	}
	if len(sent.Filters) > 0 {
		next.Set("filters", sent.Filters)
	}
	return nil
}

// Locator is what a streaming origin needs to know of a locator.
type Locator struct {
	Account *engine.Resource
	// Storage is where the asset's container lies.
	Storage   engine.ID
	Container string
	// Start is zero where the locator was good from its beginning.
	Start, End time.Time
	// Download says that its files can be had as they are.
	Download bool

	secrets locatorSecrets
}

// Locator returns the locator with this ID. Whose it is, only its account's name tells.
func (*Service) Locator(tx *engine.Tx, id string) (Locator, bool) {
	for _, found := range tx.Resources("/subscriptions", locatorType) {
		if !strings.EqualFold(found.String("streamingLocatorId"), id) {
			continue
		}
		account := tx.Resource(found.ID.Parent())
		asset := tx.Resource(account.ID + engine.ID("/assets/"+found.String("assetName")))
		if asset == nil {
			return Locator{}, false
		}
		storage, refused := storageNamed(account, asset.String("storageAccountName"))
		if refused != nil {
			return Locator{}, false
		}
		can, _ := policies(found.String("streamingPolicyName"))
		start, _ := time.Parse(time.RFC3339Nano, found.String("startTime"))
		end, _ := time.Parse(time.RFC3339Nano, found.String("endTime"))
		delivery := Locator{
			Account: account, Storage: storage, Container: asset.String("container"),
			Start: start, End: end, Download: can.download,
		}
		found.Reveal(&delivery.secrets)
		return delivery, true
	}
	return Locator{}, false
}

// Unlock proves that the account can read the locator's content key, and refuses where it cannot.
func (s *Service) Unlock(tx *engine.Tx, l Locator) *engine.Error {
	key, refused := s.accountKey(tx, l.Account)
	if refused != nil {
		return refused
	}
	if _, sound := envelope.Unseal(key, l.secrets.ContentKey); !sound {
		return engine.Errorf(http.StatusInternalServerError, "InternalServerError",
			"The content key of the streaming locator is not under the key of its account.")
	}
	return nil
}

// listPaths answers with the paths, on each streaming endpoint, of what a locator delivers: of each
// manifest that the service can stream from, and of each file.
func (s *Service) listPaths(
	r *engine.Request, found *engine.Resource,
) (*engine.Response, error) {
	delivery, there := s.Locator(r.Tx, found.String("streamingLocatorId"))
	if !there {
		return nil, engine.Errorf(http.StatusNotFound, "NotFound", "The requested resource was not found.")
	}
	files, err := s.files(r.HTTP.Context(), r.Tx, delivery)
	if err != nil {
		return nil, err
	}
	base := "/" + found.String("streamingLocatorId") + "/"
	can, _ := policies(found.String("streamingPolicyName"))
	downloads := []any{}
	for _, file := range files {
		if can.download && !isManifest(file) {
			downloads = append(downloads, base+file)
		}
	}
	streams := []any{}
	if can.stream {
		for _, protocol := range [][2]string{
			{"Hls", "(format=m3u8-cmaf)"}, {"Dash", "(format=mpd-time-cmaf)"}, {"SmoothStreaming", ""},
		} {
			paths := []any{}
			for _, file := range files {
				if isServerManifest(file) {
					paths = append(paths, base+file+"/manifest"+protocol[1])
				}
			}
			streams = append(streams, map[string]any{
				"streamingProtocol": protocol[0], "encryptionScheme": "NoEncryption", "paths": paths,
			})
		}
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{
		"streamingPaths": streams, "downloadPaths": downloads,
	}}, nil
}

// files are the names of what is in the container of a locator's asset.
func (s *Service) files(
	ctx context.Context, tx *engine.Tx, delivery Locator,
) ([]string, error) {
	blobs, refused := s.Blobs(tx, delivery.Account, delivery.Storage, tx.Now())
	if refused != nil {
		return nil, refused
	}
	files, reply, err := blobs.List(ctx, tx, delivery.Container)
	if err != nil {
		return nil, fmt.Errorf("listing the files of a locator: %w", err)
	}
	if reply.Code() != "" {
		return nil, storageInaccessible()
	}
	return files, nil
}

// isServerManifest tells the manifests that the service streams from, isManifest all of them.
func isServerManifest(file string) bool { return strings.HasSuffix(file, ".ism") }

func isManifest(file string) bool {
	return slices.ContainsFunc([]string{".ism", ".ismc"}, func(suffix string) bool {
		return strings.HasSuffix(file, suffix)
	})
}

// listContentKeys answers with none: no policy here encrypts.
func listContentKeys(*engine.Request, *engine.Resource) (*engine.Response, error) {
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{"contentKeys": []any{}}}, nil
}
