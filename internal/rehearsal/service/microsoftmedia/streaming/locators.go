// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming

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
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
)

const locatorType = mediaservices.Type + "/streamingLocators"

func (s *Service) locatorType() *engine.ResourceType {
	return &engine.ResourceType{
		Name: locatorType, Untracked: true,
		Terms: func(locator *engine.Resource) []string {
			return []string{locatorTerm(locator.String("streamingLocatorId"))}
		},
		Write: s.writeLocator,
		Routes: map[string]engine.Action{
			"POST listPaths":       {Serve: s.listPaths},
			"POST listContentKeys": {Serve: listContentKeys},
		},
	}
}

// policy is what a streaming policy lets a locator do.
type policy struct{ download, stream bool }

// policies returns the predefined streaming policies that do not encrypt. There are no others here.
func policies(name string) (policy, bool) {
	known, ok := map[string]policy{
		"Predefined_DownloadOnly":              {download: true},
		"Predefined_ClearStreamingOnly":        {stream: true},
		"Predefined_DownloadAndClearStreaming": {download: true, stream: true},
	}[name]
	return known, ok
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

// makeLocator creates the locator that was sent.
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
	if _, taken := s.locate(tx, sent.ID); taken {
		return engine.Ownf(http.StatusConflict, "Conflict",
			"The streamingLocatorId '%s' is in use.", sent.ID)
	}
	contentKey := make([]byte, 16)
	_, _ = rand.Read(contentKey) // never fails: crypto/rand ends the program instead
	sealed, refused := s.media.Seal(tx, account, contentKey)
	if refused != nil {
		return refused
	}
	next.Hide(locatorSecrets{ContentKey: sealed})
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

// delivery is what a streaming origin needs to know of a locator.
type delivery struct {
	account *engine.Resource
	// storage is where the container of the asset lies.
	storage   engine.ID
	container string
	// start is zero where the locator was good from its beginning.
	start, end time.Time
	policy     policy
	secrets    locatorSecrets
}

// locatorTerm is the term under which a locator is found by its ID.
func locatorTerm(id string) string { return "id " + id }

// locate returns what the locator with this ID delivers. Whose it is, the ID alone tells.
func (s *Service) locate(tx *engine.Tx, id string) (delivery, bool) {
	named := tx.With("", locatorType, locatorTerm(id))
	if len(named) == 0 {
		return delivery{}, false
	}
	locator := named[0]
	account := tx.Resource(locator.ID.Parent())
	asset := tx.Resource(account.ID + engine.ID("/assets/"+locator.String("assetName")))
	if asset == nil {
		return delivery{}, false
	}
	storage, refused := s.media.StorageNamed(account, asset.String("storageAccountName"))
	if refused != nil {
		return delivery{}, false
	}
	found := delivery{account: account, storage: storage, container: asset.String("container")}
	found.policy, _ = policies(locator.String("streamingPolicyName"))
	found.start, _ = time.Parse(time.RFC3339Nano, locator.String("startTime"))
	found.end, _ = time.Parse(time.RFC3339Nano, locator.String("endTime"))
	locator.Reveal(&found.secrets)
	return found, true
}

// unlock reads the locator's content key, and refuses where the account cannot.
func (s *Service) unlock(tx *engine.Tx, wanted delivery) *engine.Error {
	_, refused := s.media.Unseal(tx, wanted.account, wanted.secrets.ContentKey)
	return refused
}

// listPaths answers with the paths, on each streaming endpoint, of what a locator delivers: of each
// manifest that the service can stream from, and of each file.
func (s *Service) listPaths(
	r *engine.Request, found *engine.Resource,
) (*engine.Response, error) {
	wanted, ok := s.locate(r.Tx, found.String("streamingLocatorId"))
	if !ok {
		return nil, engine.Errorf(http.StatusNotFound, "NotFound", "The requested resource was not found.")
	}
	files, err := s.files(r.HTTP.Context(), r.Tx, wanted)
	if err != nil {
		return nil, err
	}
	base := "/" + found.String("streamingLocatorId") + "/"
	downloads := []any{}
	for _, file := range files {
		if wanted.policy.download && !isManifest(file) {
			downloads = append(downloads, base+file)
		}
	}
	streams := []any{}
	if wanted.policy.stream {
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

// files returns the names of what is in the container of a locator's asset.
func (s *Service) files(
	ctx context.Context, tx *engine.Tx, wanted delivery,
) ([]string, error) {
	blobs, refused := s.media.Blobs(tx, wanted.account, wanted.storage, tx.Now())
	if refused != nil {
		return nil, refused
	}
	files, reply, err := blobs.List(ctx, tx, wanted.container)
	if err != nil {
		return nil, fmt.Errorf("listing the files of a locator: %w", err)
	}
	if reply.Code() != "" {
		return nil, mediaservices.StorageInaccessible()
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
