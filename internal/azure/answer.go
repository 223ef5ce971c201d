// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armclient"
)

// AnswerError says that an answer with a status of success cannot be read: what it says is unknown, and
// for a change, what became of it.
type AnswerError struct {
	Answer  Error  // Without code and message, which only refusals have.
	Problem string // Such as "its body is no JSON object".
	err     error  // Why the body broke off, if it did.
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("%s %s answered %d, but %s", e.Answer.Method, e.Answer.URL, e.Answer.Status, e.Problem)
}

// Unwrap returns why the body broke off. It may say that the request must not be repeated.
func (e *AnswerError) Unwrap() error { return e.err }

func (e *AnswerError) cutOff() bool { return e.err != nil }

// NoAnswerError says that a request got no answer. Azure may have carried it out nevertheless.
type NoAnswerError struct {
	Method string
	URL    string // Without its query, which may have a signature.
	Err    error
}

func (e *NoAnswerError) Error() string { return fmt.Sprintf("%s %s: %v", e.Method, e.URL, e.Err) }

// Unwrap returns the cause.
func (e *NoAnswerError) Unwrap() error { return e.Err }

// answerPolicy refuses answers that no code after it should have to expect: those without the body that
// they need, with one that is no JSON object, and with lists whose elements are null.
type answerPolicy struct{}

func (answerPolicy) Do(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	sent := req.Raw()
	switch {
	case err != nil && resp != nil:
		return nil, unreadable(resp, "its body broke off: "+err.Error(), err)
	case err != nil:
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // Its text has the query.
		}
		return nil, &NoAnswerError{Method: sent.Method, URL: withoutQuery(sent.URL), Err: err}
	case resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated:
		return resp, nil
	}
	body, err := runtime.Payload(resp)
	if err != nil {
		return nil, unreadable(resp, "its body broke off: "+err.Error(), err)
	}
	problem := problemOf(body)
	if problem == noBody && mayBeEmpty(req) {
		problem = ""
	}
	if problem != "" {
		return nil, unreadable(resp, problem, nil)
	}
	return resp, nil
}

// mayBeEmpty reports whether Azure answers a request without a body.
func mayBeEmpty(req *policy.Request) bool {
	sent := req.Raw()
	return sent.Method == http.MethodDelete || armclient.IsSilent(sent.Context()) ||
		strings.HasSuffix(sent.URL.Path, "/purge")
}

func unreadable(resp *http.Response, problem string, cause error) error {
	answer := Error{
		Status: resp.StatusCode, RequestID: firstHeader(resp.Header, "x-ms-request-id"),
		CorrelationID: firstHeader(resp.Header, headerCorrelationID),
	}
	if resp.Request != nil {
		answer.Method, answer.URL = resp.Request.Method, withoutQuery(resp.Request.URL)
	}
	return &AnswerError{Answer: answer, Problem: problem, err: cause}
}

const noBody = "it has no body"

// problemOf returns why a body is not what Azure answers with, or "". It looks at the syntax and for
// null in lists; fields of another type than expected are left to whoever reads them.
func problemOf(body []byte) string {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0 || string(body) == "null":
		return noBody
	case body[0] != '{':
		return "its body is no JSON object"
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var open []json.Delim
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return ""
		}
		if err != nil {
			return "its body is no JSON object: " + err.Error()
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			open = append(open, token.(json.Delim)) //nolint:forcetypeassert // The case says so.
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		case nil:
			if open[len(open)-1] == '[' {
				return "a list in its body has null for an element"
			}
		}
	}
}
