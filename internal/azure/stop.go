// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"errors"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// stopKey is the key under which a context holds the one that is canceled when the run is stopped.
type stopKey struct{}

// CarryOut returns a context for an operation that changes Azure. When the run is stopped, which cancels ctx, the
// request that was sent is carried to its end, so that its outcome is known: to break it off leaves open what
// Azure did. No other change begins then ([StoppedError]), and waits end.
func CarryOut(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), stopKey{}, ctx)
}

// stopped returns why the run of an operation was stopped, or nil.
func stopped(ctx context.Context) error {
	if run, ok := ctx.Value(stopKey{}).(context.Context); ok {
		return run.Err()
	}
	return nil
}

// waiting returns the context of a wait, which ends when the run is stopped as well.
func waiting(ctx context.Context) (context.Context, context.CancelFunc) {
	run, ok := ctx.Value(stopKey{}).(context.Context)
	if !ok {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	release := context.AfterFunc(run, cancel)
	return ctx, func() { release(); cancel() }
}

// StoppedError is the error of a change that was not sent, because the run had been stopped.
type StoppedError struct{ Err error }

// Error implements error.
func (e *StoppedError) Error() string { return "the run was stopped before: " + e.Err.Error() }

// Unwrap returns the error of the context.
func (e *StoppedError) Unwrap() error { return e.Err }

// NonRetriable tells azcore not to try again.
func (*StoppedError) NonRetriable() {}

// stopPolicy lets no change begin after the run was stopped. Sign-ins, which the request under way may need, and
// reads do begin.
type stopPolicy struct{}

func (stopPolicy) Do(req *policy.Request) (*http.Response, error) {
	if err := stopped(req.Raw().Context()); err != nil && !isRead(req.Raw()) {
		return nil, &StoppedError{err}
	}
	return req.Next()
}

// attemptsPolicy notes on an answer that an earlier attempt of the same request ended without one, or with a fault of
// the server: Azure may have carried that one out, whatever it answers to the last. It is a policy of each call, and
// [attemptPolicy] one of each attempt.
type attemptsPolicy struct{}

// attempts is what attempts of one request leave open.
type attempts struct{ open bool }

const headerOpenAttempt = "X-Open-Attempt"

func (attemptsPolicy) Do(req *policy.Request) (*http.Response, error) {
	all := new(attempts)
	req.SetOperationValue(all)
	resp, err := req.Next()
	if resp != nil && all.open {
		resp.Header.Set(headerOpenAttempt, "true")
	}
	return resp, err
}

type attemptPolicy struct{}

func (attemptPolicy) Do(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	var all *attempts
	if req.OperationValue(&all) && (err != nil || classOfStatus(resp.StatusCode) == ServerFault) {
		all.open = true
	}
	return resp, err
}

// AcceptedError is the error of an operation that Azure accepted, and whose end is not known or is a failure.
type AcceptedError struct{ Err error }

// Error implements error.
func (e *AcceptedError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e *AcceptedError) Unwrap() error { return e.Err }

// IsAccepted reports whether Azure accepted the operation that failed.
func IsAccepted(err error) bool {
	_, accepted := errors.AsType[*AcceptedError](err)
	return accepted
}

// LookAfter reads an object after an error that leaves open what became of a change of it. It reports false if the
// error leaves nothing open, or if the object cannot be read.
func LookAfter[T any](ctx context.Context, err error, get func(context.Context) (T, error)) (found T, ok bool) {
	if _, unsent := errors.AsType[*StoppedError](err); err == nil || unsent || IsRefused(err) {
		return found, false
	}
	ctx, cancel := LastLook(ctx)
	defer cancel()
	found, err = get(ctx)
	return found, err == nil
}
