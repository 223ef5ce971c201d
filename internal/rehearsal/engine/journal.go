// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// Entry is the journal's record of one request. Bodies are not kept: they hold secrets.
type Entry struct {
	Number    int       `json:"number"`
	Time      time.Time `json:"time"`
	RequestID string    `json:"requestId"`
	Method    string    `json:"method"`
	Host      string    `json:"host"`
	Path      string    `json:"path"`
	Query     string    `json:"query,omitempty"` // without signatures
	Caller    string    `json:"caller,omitempty"`
	Status    int       `json:"status"`
	Code      string    `json:"code,omitempty"` // of the error
	Notes     []string  `json:"notes,omitempty"`
}

const (
	journalPrefix = "journal/"
	journalCount  = "journalcount"
	journalLength = 10_000
)

func journalKey(number int) string { return fmt.Sprintf("%s%012d", journalPrefix, number) }

// record writes the request's entry. It is kept for refused requests too.
func (r *Request) record(response *Response) {
	entry := r.entry
	entry.Time = r.Now()
	entry.Method = r.HTTP.Method
	entry.Host = r.HTTP.Host
	entry.Path = r.HTTP.URL.Path
	entry.Query = redacted(r.HTTP.URL)
	entry.Caller = r.Caller.ObjectID
	entry.Status = response.Status
	entry.Code = response.Header.Get("X-Ms-Error-Code") // of services that do not write JSON
	if body, ok := response.Body.(map[string]any); ok && response.Status >= http.StatusBadRequest {
		if content, ok := body["error"].(interface{ errorCode() string }); ok {
			entry.Code = content.errorCode()
		}
	}
	// At the end, or every request would be in the way of every other.
	r.stored.AtEnd(func(stored store.Tx) {
		tx := &Tx{engine: r.engine, overlay: store.NewOverlay(stored)}
		tx.Load(journalCount, &entry.Number)
		entry.Number++
		tx.Store(journalCount, entry.Number)
		tx.Store(journalKey(entry.Number), entry)
		tx.Erase(journalKey(entry.Number - journalLength))
		tx.overlay.Flush()
	})
}

func redacted(u *url.URL) string {
	values := u.Query()
	for name := range values {
		switch strings.ToLower(name) {
		case "sig", "client_secret", "client_assertion", "access_token":
			values.Set(name, "REDACTED")
		}
	}
	return values.Encode()
}

// Journal returns the entries after the one with this number, oldest first.
func (tx *Tx) Journal(after int) []Entry {
	var entries []Entry
	tx.each(journalPrefix, journalKey(after), func(_ string, decode func(any)) {
		var entry Entry
		decode(&entry)
		entries = append(entries, entry)
	})
	return entries
}

// JournalEnd returns the number of the newest entry, or 0.
func (tx *Tx) JournalEnd() (number int) {
	tx.Load(journalCount, &number)
	return number
}
