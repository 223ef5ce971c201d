// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
)

// Stream is what a locator delivers, and how each origin answers for it.
type Stream struct {
	Account engine.ID `json:"account"`
	Locator string    `json:"locator"` // its name
	Storage engine.ID `json:"storage"`
	File    string    `json:"file"`
	// Stopped says that the streaming endpoint isn't running.
	Stopped bool     `json:"stopped,omitempty"`
	Origins []Origin `json:"origins"`
}

// Origin is how one origin answers.
type Origin struct {
	Number int  `json:"number"`
	Up     bool `json:"up"`
	// Reason is the code of the failure.
	Reason string `json:"reason,omitempty"`
	// Follows is when it takes over the keys of the last sync, if it works with earlier ones.
	Follows *time.Time `json:"follows,omitempty"`
}

// Watch asks every origin for a file of each locator, without a player and without taking turns.
func (s *Service) Watch(ctx context.Context, tx *engine.Tx) ([]Stream, error) {
	streams := []Stream{}
	for _, named := range tx.Resources("", locatorType) {
		wanted, ok := s.locate(tx, named.String("streamingLocatorId"))
		if !ok {
			continue
		}
		stream := Stream{
			Account: wanted.account.ID, Locator: named.Name, Storage: wanted.storage,
			Stopped: !isRunning(tx, wanted.account.ID), Origins: []Origin{},
		}
		// Without a way in there is no list; whether an origin is let in shows all the same.
		if files, err := s.files(ctx, tx, wanted); err == nil && len(files) > 0 {
			stream.File = files[0]
		}
		for number := 1; number <= Origins; number++ {
			origin, err := s.probe(ctx, tx, wanted, stream.File, number)
			if err != nil {
				return nil, err
			}
			stream.Origins = append(stream.Origins, origin)
		}
		streams = append(streams, stream)
	}
	return streams, nil
}

// probe asks one origin for the headers of a file.
func (s *Service) probe(ctx context.Context, tx *engine.Tx, wanted delivery, file string, number int) (Origin, error) {
	origin := Origin{Number: number}
	blobs, refusal := s.way(tx, wanted, number)
	if refusal != "" {
		origin.Reason = refusal
		return origin, nil
	}
	if latest, refused := s.media.Blobs(tx, wanted.account, wanted.storage, tx.Now()); refused == nil &&
		!reflect.DeepEqual(latest.Keys, blobs.Keys) {
		_, _, synced, _ := s.media.StorageKeys(tx, wanted.account.ID, wanted.storage)
		follows := synced.Add(Lag(wanted.account.ID, number))
		origin.Follows = &follows
	}
	reply, err := blobs.Get(ctx, tx, http.MethodHead, wanted.container, cmp.Or(file, "unknown"), nil)
	if err != nil {
		return origin, err
	}
	origin.Up = reply.Status < http.StatusBadRequest || file == "" && reply.Status == http.StatusNotFound
	if !origin.Up {
		origin.Reason = reason(reply).Code
	}
	return origin, nil
}

// way returns an origin's client of the storage account, or the code for why it has none.
func (s *Service) way(tx *engine.Tx, wanted delivery, number int) (blobs blob.Client, refusal string) {
	if refused := s.unlock(tx, wanted); refused != nil {
		return blobs, refused.Code
	}
	blobs, refused := s.media.Blobs(tx, wanted.account, wanted.storage, tx.Now().Add(-Lag(wanted.account.ID, number)))
	if refused != nil {
		return blobs, string(storageAuthenticationFailed)
	}
	return blobs, ""
}
