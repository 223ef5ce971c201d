// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// page is the console: it is served as it is, nothing is built.
//
//go:embed console
var page embed.FS

// consolePath is where the console is, below the control interface.
const consolePath = controlPath + "/console/"

// consoleHandler serves the files of the console. The page loads nothing from elsewhere and no other page can
// frame it.
func consoleHandler() http.Handler {
	files, err := fs.Sub(page, "console")
	if err != nil {
		panic(err) // the folder is embedded
	}
	serve := http.StripPrefix(consolePath, http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "+
			"connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		serve.ServeHTTP(w, r)
	})
}

// view is what the console shows, and what its requests trust as curl sends them.
type view struct {
	rehearsal.View

	CAFile string `json:"caFile"`
}

// view answers with what the console shows.
func (s *Server) view(r *http.Request) (any, error) {
	from, unreadable := number(r, "from", 0)
	count, uncounted := number(r, "count", accountsAtOnce)
	after, unplaced := number(r, "after", -journalAtFirst)
	err := errors.Join(unreadable, uncounted, unplaced)
	if err == nil && (from < 0 || count < 0) {
		err = errors.New("from and count are not negative")
	}
	if err != nil {
		return nil, refused(err)
	}
	seen, err := s.azure.View(r.Context(), from, min(count, accountsAtOnce), after)
	return view{seen, s.ready.CAFile}, err
}

const (
	// accountsAtOnce is how many accounts a view has at most.
	accountsAtOnce = 50
	// journalAtFirst is how many entries of the journal a view begins with.
	journalAtFirst = 100
)

func number(r *http.Request, name string, otherwise int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("reading %s: %q is no number", name, text)
	}
	return value, nil
}
