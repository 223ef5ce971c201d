// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"fmt"
	"io"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// Ask sends a request from one service to another, as it would go over the network between them, and
// returns the answer within this transaction. Faults do not apply to it and the journal does not
// record it; the calling service adds its own notes. The writes of a refused request are dropped;
// earlier writes of the transaction stay.
func (tx *Tx) Ask(request *http.Request) (*Response, error) {
	var raw []byte
	if request.Body != nil {
		var err error
		if raw, err = io.ReadAll(request.Body); err != nil {
			return nil, fmt.Errorf("reading a request between services: %w", err)
		}
	}
	if request.Host == "" {
		request.Host = request.URL.Host
	}
	inner := *tx
	inner.overlay = store.NewOverlay(tx.overlay)
	r := &Request{
		Tx: &inner, HTTP: request, Raw: raw, Host: hostName(request.Host), Query: query(request.URL),
	}
	response := tx.engine.respond(r, nil)
	tx.engine.finish(r, response)
	inner.overlay.Flush()
	return response, nil
}
