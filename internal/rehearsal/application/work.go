// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package application

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
)

// work reads the secret if the cache is over, and lists the containers of the storage account with a
// request that the cached key signs. An application that cannot read the secret stops until it can: what it
// had cached is over.
func (a *Applications) work(ctx context.Context, tx *engine.Tx, app *kept) error {
	if !tx.Now().Before(app.Read.Add(time.Duration(app.Cache))) {
		app.Version, app.Value = "", ""
		if err := a.read(ctx, tx, app); err != nil {
			return fmt.Errorf("reading the secret: %w", err)
		}
	}
	account, signing, err := Parse(tx, app.Value)
	if account = cmp.Or(account, app.Account); err == nil && account == "" {
		err = errors.New("the secret holds no connection string, and the application names no storage account")
	}
	if err != nil {
		return err
	}
	reply, err := blob.Client{Account: account, Keys: [][]byte{signing}}.ListContainers(ctx, tx)
	switch {
	case err != nil:
		return err
	case reply.Status != http.StatusOK:
		return fmt.Errorf("storage account %s answers %d %s", account, reply.Status, reply.Code())
	}
	return nil
}

// read reads the secret with the rights of the application's identity.
func (a *Applications) read(ctx context.Context, tx *engine.Tx, app *kept) error {
	token, err := a.directory.Token(tx, app.Identity, keyvault.Audience)
	if err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, app.Secret+"?api-version=7.4", http.NoBody)
	if err != nil {
		return err //nolint:wrapcheck // The caller says what it was for.
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := tx.Ask(request)
	if err != nil {
		return err //nolint:wrapcheck // The same.
	}
	body, _ := response.Body.(map[string]any)
	if response.Status != http.StatusOK {
		return refusal(response.Status, body)
	}
	app.Version, _ = body["id"].(string)
	app.Value, _ = body["value"].(string)
	app.Read = tx.Now()
	return nil
}

// refusal is an answer of Key Vault that is an error.
func refusal(status int, body map[string]any) error {
	var answer struct {
		Error struct {
			Code, Message string
			Inner         struct{ Code string } `json:"innererror"`
		}
	}
	encoded, err := json.Marshal(body)
	if err == nil {
		err = json.Unmarshal(encoded, &answer)
	}
	code := strings.TrimSpace(answer.Error.Code + " " + answer.Error.Inner.Code)
	return errors.Join(err, fmt.Errorf("%d %s: %s", status, code, strings.Join(strings.Fields(answer.Error.Message), " ")))
}

// Parse returns the key in the value of a secret: a key of a storage account or, with the name of the account, a
// connection string.
func Parse(tx *engine.Tx, value string) (account string, signing []byte, err error) {
	if strings.Contains(value, ";") {
		settings := map[string]string{"endpointsuffix": "core.windows.net"}
		for setting := range strings.SplitSeq(value, ";") {
			of, text, _ := strings.Cut(setting, "=")
			settings[strings.ToLower(strings.TrimSpace(of))] = strings.TrimSpace(text)
		}
		value = settings["accountkey"]
		host := settings["accountname"] + ".blob." + settings["endpointsuffix"]
		if endpoint, err := url.Parse(settings["blobendpoint"]); err == nil && endpoint.Host != "" {
			host = endpoint.Host
		}
		if account = tx.Addresses().Account(tx, storage.BlobDomain, host); account == "" {
			return "", nil, fmt.Errorf("the connection string names the host %q, at which there is no Blob endpoint", host)
		}
	}
	signing, err = base64.StdEncoding.DecodeString(value)
	if err != nil || len(signing) == 0 {
		return "", nil, errors.New("the secret holds neither a storage key nor a connection string with one")
	}
	return account, signing, nil
}
