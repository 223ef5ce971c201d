// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package fault injects faults into rehearsal: throttling, errors before and after the work is done,
// lost answers, expired tokens, failed operations, late grants. Faults are kept with rehearsal's
// documents, so they apply to every process that shares the data file. It must not import a service.
package fault

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Kind is a kind of fault.
type Kind string

// The kinds of faults.
const (
	// Throttle answers 429 with Retry-After, and nothing happens.
	Throttle Kind = "throttle"
	// Error answers with a status of failure, and nothing happens.
	Error Kind = "error"
	// ErrorAfter answers with a status of failure although the work was done.
	ErrorAfter Kind = "error-after"
	// Lost does the work and breaks the connection off instead of answering.
	Lost Kind = "lost-answer"
	// Reset resets the connection, and nothing happens.
	Reset Kind = "reset"
	// Slow does the work and answers late, by the machine's clock.
	Slow Kind = "slow"
	// FailOperation lets the request through and fails the operation that it starts.
	FailOperation Kind = "fail-operation"
	// ExpiredToken treats the request's token as expired.
	ExpiredToken Kind = "expired-token"
	// DelayedGrants delays the effect of role assignments and access policies, by rehearsal's
	// clock. It lasts until it is cleared, whatever the requests.
	DelayedGrants Kind = "delayed-grants"
	// Limits holds all callers to the request limits that Azure documents, by rehearsal's clock. It lasts
	// until it is cleared.
	Limits Kind = "limits"
)

// Description says what a kind of fault does.
type Description struct {
	Kind Kind   `json:"kind"`
	Does string `json:"does"`
}

// Kinds returns every kind.
func Kinds() []Description {
	return []Description{
		{Throttle, "answers 429 with Retry-After; nothing happens"},
		{Error, "answers with a status of failure (500); nothing happens"},
		{ErrorAfter, "answers with a status of failure (500) although the work was done"},
		{Lost, "does the work and breaks the connection off instead of answering"},
		{Reset, "resets the connection; nothing happens"},
		{Slow, "does the work and answers late (30s)"},
		{FailOperation, "fails the asynchronous operation that the request starts"},
		{ExpiredToken, "treats the request's token as expired"},
		{DelayedGrants, "delays the effect of grants (5m); lasts until cleared"},
		{Limits, "holds callers to Azure's documented request limits; lasts until cleared"},
	}
}

// Fault is an error to inject, and the choice of requests that it applies to.
type Fault struct {
	// ID names the fault; Add sets it.
	ID   string `json:"id"`
	Kind Kind   `json:"kind"`

	// Method, Host and Path choose the requests; an empty one chooses all. In Host and Path, *
	// stands for any text and case does not matter.
	Method string `json:"method,omitempty"`
	Host   string `json:"host,omitempty"`
	Path   string `json:"path,omitempty"`
	// Expression is a regular expression (RE2) for the path, instead of Path.
	Expression string `json:"expression,omitempty"`

	// Skip is how many of the chosen requests pass before the fault applies.
	Skip int `json:"skip,omitempty"`
	// Times is how many requests it applies to: 0 stands for one, a negative number for all.
	Times int `json:"times,omitempty"`

	// Status, Code and Message are the answer of a fault that answers.
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	// RetryAfter is how long the answer asks the client to wait.
	RetryAfter Duration `json:"retryAfter,omitzero"`
	// WithoutClaims has an expired token refused as on any day: the challenge has no claims, which
	// Azure sends where access was withdrawn early.
	WithoutClaims bool `json:"withoutClaims,omitempty"`
	// Delay is how late a slow answer or a grant comes.
	Delay Duration `json:"delay,omitzero"`

	// Seen counts the chosen requests so far, Struck those that the fault applied to.
	Seen   int `json:"seen"`
	Struck int `json:"struck"`
}

// Duration is a [time.Duration] that is written as "1m30s".
type Duration time.Duration

// String returns the duration as it is written.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("reading a duration: %w", err)
	}
	*d = Duration(parsed)
	return nil
}

// Parse reads a fault as JSON and refuses unknown fields.
func Parse(document []byte) (Fault, error) {
	decoder := json.NewDecoder(strings.NewReader(string(document)))
	decoder.DisallowUnknownFields()
	var f Fault
	if err := decoder.Decode(&f); err != nil {
		return Fault{}, fmt.Errorf("reading a fault: %w", err)
	}
	return f, nil
}

// prepared returns the fault with its defaults, or an error if it is not valid.
func (f Fault) prepared() (Fault, error) {
	f.Seen, f.Struck = 0, 0
	f.Method = strings.ToUpper(f.Method)
	if f.Times == 0 {
		f.Times = 1
	}
	var known []string
	for _, kind := range Kinds() {
		known = append(known, string(kind.Kind))
	}
	switch f.Kind {
	case Throttle:
		f.set(http.StatusTooManyRequests, "", "")
		if f.RetryAfter == 0 {
			f.RetryAfter = Duration(6 * time.Second)
		}
	case Error, ErrorAfter:
		f.set(http.StatusInternalServerError, "InternalServerError",
			"An internal server error occurred.")
	case FailOperation:
		f.set(http.StatusConflict, "OperationFailed", "The operation failed: rehearsal was asked for it.")
	case Slow:
		f.delay(30 * time.Second)
	case DelayedGrants:
		f.delay(5 * time.Minute)
	case Lost, Reset, ExpiredToken, Limits:
	default:
		return f, fmt.Errorf("there is no fault %q; there are %s", f.Kind, strings.Join(known, ", "))
	}
	switch {
	case f.Skip < 0:
		return f, fmt.Errorf("skipping %d requests: the number must not be negative", f.Skip)
	case f.RetryAfter < 0 || f.Delay < 0:
		return f, fmt.Errorf("waiting %v, delaying %v: time only moves forward", f.RetryAfter, f.Delay)
	case f.WithoutClaims && f.Kind != ExpiredToken:
		return f, fmt.Errorf("only %s can come without claims", ExpiredToken)
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return f, fmt.Errorf("status %d is not a failure: 400 to 599 are", f.Status)
	case f.Path != "" && f.Expression != "":
		return f, fmt.Errorf("the path is given twice, as the pattern %q and as the expression %q",
			f.Path, f.Expression)
	}
	if _, err := regexp.Compile(f.Expression); err != nil {
		return f, fmt.Errorf("reading the expression %q: %w", f.Expression, err)
	}
	return f, nil
}

func (f *Fault) set(status int, code, message string) {
	if f.Status == 0 {
		f.Status = status
	}
	if f.Code == "" {
		f.Code = code
	}
	if f.Message == "" {
		f.Message = message
	}
}

func (f *Fault) delay(usual time.Duration) {
	if f.Delay == 0 {
		f.Delay = Duration(usual)
	}
}

// chooses reports whether a request is one of those that the fault is about.
func (f *Fault) chooses(r *http.Request, host string) bool {
	switch {
	case f.Kind == DelayedGrants, f.Method != "" && f.Method != r.Method:
		return false
	case f.Kind == ExpiredToken && r.Header.Get("Authorization") == "":
		return false // there is nothing to expire
	case f.Host != "" && !fits(f.Host, host):
		return false
	case f.Expression != "":
		found, err := regexp.MatchString("(?i)"+f.Expression, r.URL.Path)
		return err == nil && found
	}
	return f.Path == "" || fits(f.Path, r.URL.Path)
}

// fits reports whether text is what the pattern says, with * for any text.
func fits(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	found, err := regexp.MatchString("(?is)^"+strings.Join(parts, ".*")+"$", text)
	return err == nil && found
}

// spent reports whether the fault has struck as often as it was to.
func (f *Fault) spent() bool { return f.Times > 0 && f.Struck >= f.Times }

// strikes counts one more chosen request and reports whether it is struck.
func (f *Fault) strikes() bool {
	f.Seen++
	if f.Seen <= f.Skip || f.spent() {
		return false
	}
	f.Struck++
	return true
}
