// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// watcher asks Azure itself how the accounts are.
type watcher struct {
	azure   *rehearsal.Azure
	access  map[string]bool                // Of accounts with a customer-managed key, by ID: whether they reach it.
	streams map[string]string              // The URLs of what media accounts stream, by ID,
	playing map[string]bool                // and whether every origin delivers it.
	keys    map[string]map[string][]string // The values that the keys of storage accounts have had, by ID and key.
	secret  map[string]bool                // Every value that must not be seen.
}

func newWatcher(azure *rehearsal.Azure) *watcher {
	return &watcher{
		azure: azure, access: map[string]bool{}, streams: map[string]string{}, playing: map[string]bool{},
		keys: map[string]map[string][]string{}, secret: map[string]bool{azure.Access().ClientSecret: true},
	}
}

// ask asks Azure as the owner of the subscription.
func (w *watcher) ask(ctx context.Context, method, url string, body any) (int, map[string]any, error) {
	question := rehearsal.Question{Method: method, URL: url}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		question.Body = text
	}
	answer, err := w.azure.Ask(ctx, question)
	if err != nil {
		return 0, nil, err
	}
	var read map[string]any
	_ = json.Unmarshal(answer.Body, &read) // Not every answer is an object.
	return answer.Status, read, nil
}

// at returns what a document has at a path, or nil.
func at(document any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		object, ok := document.(map[string]any)
		if !ok {
			return nil
		}
		document = object[name]
	}
	return document
}

func text(document any, path string) string {
	found, _ := at(document, path).(string)
	return found
}

// versions are the API versions in which the simulation asks for resources.
func versions() map[string]string {
	return map[string]string{
		"microsoft.media/mediaservices": "2021-11-01", "microsoft.media/videoanalyzers": "2021-11-01-preview",
		"microsoft.storage/storageaccounts": "2023-01-01", "microsoft.batch/batchaccounts": "2023-05-01",
		"microsoft.keyvault/vaults": "2023-07-01", "microsoft.managedidentity/userassignedidentities": "2023-01-31",
	}
}

// look looks at every account, and returns what is worse than at the look before.
func (w *watcher) look(ctx context.Context) (worse []string, err error) {
	shown, err := w.azure.Show(ctx)
	if err != nil {
		return nil, err
	}
	access, playing, streams, keys := map[string]bool{}, map[string]bool{}, map[string]string{}, map[string]map[string][]string{}
	for _, each := range shown.Resources {
		id := strings.ToLower(string(each.ID))
		if reached, protected, err := w.reaches(ctx, each); err != nil {
			return nil, err
		} else if protected {
			access[id] = reached
			if had, known := w.access[id]; known && had && !reached {
				worse = append(worse, each.ID.Name()+" has lost access to its key")
			}
		}
		if err := w.list(ctx, each); err != nil {
			return nil, err
		}
		keys[id] = w.keys[id] // Those of an account that was deleted meanwhile are no longer its own.
		if url := w.streams[id]; url != "" {
			down := acctest.DownOrigins(ctx, w.azure, url)
			streams[id] = url // One that was deleted meanwhile streams no more.
			playing[id] = len(down) == 0
			if w.playing[id] && len(down) > 0 {
				worse = append(worse, each.ID.Name()+" does not stream: "+down[0])
			}
		}
	}
	w.access, w.playing, w.streams, w.keys = access, playing, streams, keys
	return worse, nil
}

// reaches reports whether an account has a customer-managed key, and whether it reaches it.
func (w *watcher) reaches(ctx context.Context, account rehearsal.Resource) (reached, protected bool, err error) {
	kind := strings.ToLower(account.Type)
	address := string(account.ID) + "?api-version=" + versions()[kind]
	switch kind {
	case "microsoft.media/mediaservices", "microsoft.media/videoanalyzers":
		if text(account.Properties, "encryption.type") != "CustomerKey" {
			return false, false, nil
		}
		status, read, err := w.ask(ctx, http.MethodGet, address, nil)
		return status == http.StatusOK && text(read, "properties.encryption.status") == "", true, err
	case "microsoft.batch/batchaccounts":
		if text(account.Properties, "encryption.keySource") != "Microsoft.KeyVault" {
			return false, false, nil
		}
		status, _, err := w.ask(ctx, http.MethodPost, strings.Replace(address, "?", "/listKeys?", 1), nil)
		return status == http.StatusOK, true, err
	case "microsoft.storage/storageaccounts":
		if !strings.EqualFold(text(account.Properties, "encryption.keySource"), "Microsoft.Keyvault") {
			return false, false, nil
		}
		// The account key is needed to say that there is no such blob.
		status, _, err := w.ask(ctx, http.MethodGet, "https://"+account.ID.Name()+".blob.core.windows.net/none/none", nil)
		return status == http.StatusNotFound, true, err
	default:
		return false, false, nil
	}
}

// list takes down the keys of a storage account.
func (w *watcher) list(ctx context.Context, account rehearsal.Resource) error {
	if !strings.EqualFold(account.Type, "Microsoft.Storage/storageAccounts") {
		return nil
	}
	_, listed, err := w.ask(ctx, http.MethodPost, string(account.ID)+"/listKeys?api-version=2023-01-01", nil)
	if err != nil {
		return err
	}
	id := strings.ToLower(string(account.ID))
	if w.keys[id] == nil {
		w.keys[id] = map[string][]string{}
	}
	listedKeys, _ := listed["keys"].([]any)
	for _, each := range listedKeys {
		name, value := text(each, "keyName"), text(each, "value")
		if had := w.keys[id][name]; len(had) == 0 || had[len(had)-1] != value {
			w.keys[id][name] = append(had, value)
			w.secret[value] = true
		}
	}
	return nil
}

// stream has the media accounts that do not stream anything yet stream a file.
func (w *watcher) stream(ctx context.Context) error {
	shown, err := w.azure.Show(ctx)
	if err != nil {
		return err
	}
	for _, each := range shown.Resources {
		id := strings.ToLower(string(each.ID))
		if !strings.EqualFold(each.Type, "Microsoft.Media/mediaServices") {
			continue
		}
		if w.streams[id] == "" {
			if url, err := w.azure.Streaming(ctx, string(each.ID)); err == nil { // Else it has no access to its key.
				w.streams[id] = url
			}
		}
	}
	return nil
}
