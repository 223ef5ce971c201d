// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"fmt"
	"io"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// Ask is what one service asks of another: a request as it would go over the network between them,
// answered within this transaction. Faults do not strike it and the journal does not have it; the
// service that asks notes what is worth knowing. What a refused request wrote is dropped, and what
// the transaction wrote before stays.
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
