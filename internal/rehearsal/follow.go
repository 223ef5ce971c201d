// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Asker sends requests to a rehearsal as the owner of its subscription: [Azure] or a client of a served one.
type Asker interface {
	Ask(ctx context.Context, question Question) (Answer, error)
}

// An operation is looked at again after the first pause, and then ever less often: most end at once, and each look is
// an entry in the journal.
const (
	firstPause = 2 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// AskAndWait sends a request, waits for the end of the operation that it begins, as Azure's clients do, and
// returns the last answer: of a PUT or a PATCH the resource.
func AskAndWait(ctx context.Context, on Asker, question Question) (Answer, error) {
	answer, err := on.Ask(ctx, question)
	if err != nil || answer.Refused() {
		return answer, err
	}
	resource := Question{Method: http.MethodGet, URL: question.URL}
	changes := strings.EqualFold(question.Method, http.MethodPut) || strings.EqualFold(question.Method, http.MethodPatch)
	switch {
	case answer.Operation != "":
		location := answer.Location
		if answer, err = poll(ctx, on, answer.Operation, working); err != nil || answer.Refused() {
			return answer, err
		}
		if failed := failure(answer); failed != nil {
			return answer, failed
		}
		if changes {
			return on.Ask(ctx, resource)
		}
		if location == "" {
			return answer, nil
		}
		return on.Ask(ctx, Question{Method: http.MethodGet, URL: location})
	case answer.Status == http.StatusAccepted && answer.Location != "":
		answer, err = poll(ctx, on, answer.Location, func(a Answer) bool { return a.Status == http.StatusAccepted })
		if err != nil || answer.Refused() || !changes {
			return answer, err
		}
		return on.Ask(ctx, resource)
	case changes && working(answer):
		if answer, err = poll(ctx, on, question.URL, working); err == nil {
			err = failure(answer)
		}
	}
	return answer, err
}

// poll reads an address until the answer says that the work has ended.
func poll(ctx context.Context, on Asker, address string, working func(Answer) bool) (Answer, error) {
	for wait := firstPause; ; wait = min(2*wait, lastPause) {
		answer, err := on.Ask(ctx, Question{Method: http.MethodGet, URL: address})
		if err != nil || answer.Refused() || !working(answer) {
			return answer, err
		}
		pause := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			pause.Stop()
			return answer, context.Cause(ctx)
		case <-pause.C:
		}
	}
}

// progress is what operations and resources say about work in progress.
type progress struct {
	Status     string `json:"status"`
	Properties struct {
		ProvisioningState string `json:"provisioningState"`
	} `json:"properties"`
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func progressOf(answer Answer) (said progress, state string) {
	_ = json.Unmarshal(answer.Body, &said) // A list or a text says nothing of progress.
	if said.Status != "" {
		return said, said.Status
	}
	return said, said.Properties.ProvisioningState
}

// working reports whether an operation or a resource is still in a state that will end.
func working(answer Answer) bool {
	_, state := progressOf(answer)
	switch state {
	case "", "Succeeded", "Failed", "Canceled":
		return false
	}
	return true
}

// failure returns the error that an operation or a resource ended with.
func failure(answer Answer) error {
	said, state := progressOf(answer)
	if state != "Failed" && state != "Canceled" {
		return nil
	}
	return fmt.Errorf("the operation ended with %s: %s %s", state, said.Error.Code, said.Error.Message)
}
