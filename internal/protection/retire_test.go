// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestRetire takes access away when the last account has moved, and only then, once.
func TestRetire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pinned, analyzer := w.ID(azure.MediaAccountType, "pinned"), w.ID(azure.VideoAnalyzerType, "analyzer")
	undone, failure := 0, error(nil)
	protection.RetirementsOf(w.Client).Keep([]string{pinned, analyzer}, "the grant of the reader", w.readers,
		func(context.Context) error { undone++; return failure })

	retire := func(name, id string, wantUndone int, wantSaid string) {
		t.Helper()
		var said strings.Builder
		for _, err := range protection.Retire(t.Context(), w.Client, id) {
			said.WriteString(err.Error())
		}
		if undone != wantUndone || said.String() != wantSaid {
			t.Errorf("%s: undone %d times, said %q", name, undone, said.String())
		}
	}
	if calls := w.Calls(func() { retire("an account of no concern", w.ID(azure.MediaAccountType, "following"), 0, "") }); len(calls) > 0 {
		t.Errorf("an account of no concern asks Azure: %v", calls)
	}
	retire("both still read by it", pinned, 0, "")
	w.revert(pinned)
	retire("the other one still reads by it", pinned, 0, "")
	w.revert(analyzer)
	failure = errors.New("no answer")
	retire("it cannot be taken away", analyzer, 1, "taking away the grant of the reader: no answer")
	failure = nil
	retire("it is tried again", strings.ToUpper(pinned), 2, "")
	retire("it is gone", analyzer, 2, "")
}

// TestRetire_atOnce has accounts that moved at the same time take turns.
func TestRetire_atOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	moved := []string{w.ID(azure.MediaAccountType, "pinned"), w.ID(azure.VideoAnalyzerType, "analyzer")}
	undone := 0 // The race detector sees two at once.
	protection.RetirementsOf(w.Client).Keep(moved, "the grant of the reader",
		w.readers,
		func(context.Context) error { undone++; return nil })
	var accounts sync.WaitGroup
	for _, id := range moved {
		accounts.Go(func() {
			w.revert(id)
			for _, err := range protection.Retire(t.Context(), w.Client, id) {
				t.Error(err)
			}
		})
	}
	accounts.Wait()
	if undone != 1 {
		t.Errorf("undone %d times", undone)
	}
}

// TestRetire_cannotLook keeps what nobody may need where Azure does not say.
func TestRetire_cannotLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pinned := w.ID(azure.MediaAccountType, "pinned")
	protection.RetirementsOf(w.Client).Keep([]string{pinned}, "the grant of the reader",
		func(context.Context, protection.Survey) ([]protection.Account, error) { return nil, nil },
		func(context.Context) error { t.Error("taken away"); return nil })
	_, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: http.MethodGet, Path: "*/batchAccounts", Status: 400, Code: "BadRequest", Times: -1,
	})
	w.must(err)
	if errs := protection.Retire(t.Context(), w.Client, pinned); len(errs) != 1 || !strings.Contains(errs[0].Error(), "BadRequest") {
		t.Errorf("said %v", errs)
	}
}

// TestRetire_waitsForWhomNoListShows reads an account that is waited for and whose list is forbidden,
// and leaves everything as it is where it may not read it either.
func TestRetire_waitsForWhomNoListShows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pinned, analyzer := w.ID(azure.MediaAccountType, "pinned"), w.ID(azure.VideoAnalyzerType, "analyzer")
	undone := 0
	protection.RetirementsOf(w.Client).Keep([]string{pinned, analyzer}, "the grant of the reader",
		w.readers,
		func(context.Context) error { undone++; return nil })
	w.revert(pinned)
	forbidden := func(path string) {
		_, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: http.MethodGet, Path: path, Status: 403, Code: "AuthorizationFailed", Times: -1,
		})
		w.must(err)
	}
	forbidden("*/videoAnalyzers")
	if errs := protection.Retire(t.Context(), w.Client, pinned); len(errs) > 0 || undone > 0 {
		t.Errorf("said %v, undone %d times", errs, undone)
	}
	w.revert(analyzer)
	forbidden("*/videoAnalyzers/analyzer")
	if errs := protection.Retire(t.Context(), w.Client, pinned); len(errs) != 1 || undone > 0 {
		t.Errorf("said %v, undone %d times", errs, undone)
	}
	_, err := w.Rehearsal().ClearFaults(t.Context(), "")
	w.must(err)
	if errs := protection.Retire(t.Context(), w.Client, analyzer); len(errs) > 0 || undone != 1 {
		t.Errorf("said %v, undone %d times", errs, undone)
	}
}

// readers returns the accounts that read their key by the reader.
func (w *world) readers(_ context.Context, survey protection.Survey) ([]protection.Account, error) {
	return survey.ByIdentity(w.reader), nil
}

func (w *world) revert(id string) {
	w.t.Helper()
	kind, err := protection.Of(w.Client, id)
	w.must(err)
	w.must(kind.Revert(w.t.Context(), id))
}
