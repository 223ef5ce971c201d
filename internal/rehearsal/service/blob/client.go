// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Client lets another service of rehearsal use the endpoint of a storage account. Its requests go
// through the same checks of signature or token as all others.
type Client struct {
	// Account is the name of the storage account.
	Account string
	// Keys sign the requests: the next one is tried when one is refused.
	Keys [][]byte
	// Token authorizes the requests if there are no keys.
	Token string
}

// Reply is the answer of the endpoint, with the refusals before it.
type Reply struct {
	*engine.Response
	// Refusals are the codes of the failed attempts, the last one included.
	Refusals []string
}

// Code returns the code of the error in the answer, or "".
func (r *Reply) Code() string { return r.Header.Get("X-Ms-Error-Code") }

// refused reports whether another key may succeed.
func (r *Reply) refused() bool {
	return r.Status == http.StatusForbidden && r.Code() == "AuthenticationFailed"
}

// sasLife is how long the signatures of the client's own URLs are valid.
const sasLife = time.Hour

// ListContainers lists the containers of the account.
func (c Client) ListContainers(ctx context.Context, tx *engine.Tx) (*Reply, error) {
	return c.withRequest(ctx, tx, http.MethodGet, "", url.Values{"comp": {"list"}})
}

// CreateContainer makes a container.
func (c Client) CreateContainer(
	ctx context.Context, tx *engine.Tx, name string,
) (*Reply, error) {
	return c.withRequest(ctx, tx, http.MethodPut, name, url.Values{"restype": {"container"}})
}

// DeleteContainer removes a container with its blobs.
func (c Client) DeleteContainer(
	ctx context.Context, tx *engine.Tx, name string,
) (*Reply, error) {
	return c.withRequest(ctx, tx, http.MethodDelete, name, url.Values{"restype": {"container"}})
}

// List returns the names of the blobs in a container.
func (c Client) List(
	ctx context.Context, tx *engine.Tx, container string,
) ([]string, *Reply, error) {
	reply, err := c.withRequest(ctx, tx, http.MethodGet, container,
		url.Values{"restype": {"container"}, "comp": {"list"}})
	if err != nil || reply.Status != http.StatusOK {
		return nil, reply, err
	}
	var listed struct {
		Blobs struct {
			Blob []struct{ Name string }
		}
	}
	text, _ := reply.Body.([]byte)
	if err := xml.Unmarshal(text, &listed); err != nil {
		return nil, reply, fmt.Errorf("reading a list of blobs: %w", err)
	}
	var names []string
	for _, one := range listed.Blobs.Blob {
		names = append(names, one.Name)
	}
	return names, reply, nil
}

// Put writes a blob by a signed URL.
func (c Client) Put(
	ctx context.Context, tx *engine.Tx, container, name, contentType string, content []byte,
) (*Reply, error) {
	return c.withURL(ctx, tx, http.MethodPut, container, name, "cw", content,
		http.Header{"X-Ms-Blob-Type": {"BlockBlob"}, "Content-Type": {contentType}})
}

// Get reads a blob by a signed URL.
func (c Client) Get(
	ctx context.Context, tx *engine.Tx, method, container, name string, header http.Header,
) (*Reply, error) {
	return c.withURL(ctx, tx, method, container, name, "r", nil, header)
}

// Delete removes a blob by a signed URL.
func (c Client) Delete(
	ctx context.Context, tx *engine.Tx, container, name string,
) (*Reply, error) {
	return c.withURL(ctx, tx, http.MethodDelete, container, name, "d", nil, nil)
}

// withRequest signs the request itself.
func (c Client) withRequest(
	ctx context.Context, tx *engine.Tx, method, container string, query url.Values,
) (*Reply, error) {
	return c.attempt(tx, func(key []byte) (*http.Request, error) {
		request, err := http.NewRequestWithContext(ctx, method,
			URL(tx, c.Account, container)+"?"+query.Encode(), http.NoBody)
		if err == nil && key != nil {
			SignRequest(request, c.Account, key, tx.ClientNow())
		}
		return request, err //nolint:wrapcheck // the caller says what it was for
	})
}

// withURL signs the URL; the request has no other authorization.
func (c Client) withURL(
	ctx context.Context, tx *engine.Tx, method, container, name, permissions string,
	content []byte, header http.Header,
) (*Reply, error) {
	return c.attempt(tx, func(key []byte) (*http.Request, error) {
		address := URL(tx, c.Account, container, name)
		if key != nil {
			address = SAS{
				Account: c.Account, Container: container, Permissions: permissions,
				Expiry: tx.Now().Add(sasLife),
			}.BlobURL(tx, name, key)
		}
		request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(content))
		if err != nil {
			return nil, err //nolint:wrapcheck // the caller says what it was for
		}
		for of, values := range header {
			request.Header[of] = values
		}
		return request, nil
	})
}

// attempt sends the request with one key after the other until one is accepted.
func (c Client) attempt(
	tx *engine.Tx, sign func(key []byte) (*http.Request, error),
) (*Reply, error) {
	keys := c.Keys
	if len(keys) == 0 {
		keys = [][]byte{nil}
	}
	reply := new(Reply)
	for _, key := range keys {
		request, err := sign(key)
		if err != nil {
			return nil, fmt.Errorf("asking for blobs: %w", err)
		}
		if key == nil {
			request.Header.Set("Authorization", "Bearer "+c.Token)
			request.Header.Set("X-Ms-Version", version)
		}
		if reply.Response, err = tx.Ask(request); err != nil {
			return nil, fmt.Errorf("asking for blobs: %w", err)
		}
		if reply.Status >= http.StatusBadRequest {
			reply.Refusals = append(reply.Refusals, reply.Code())
		}
		if !reply.refused() {
			break
		}
	}
	return reply, nil
}
