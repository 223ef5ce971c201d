// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Resource Manager has a bucket of requests for each subscription, caller and kind of request: 250 reads, 200
// writes and 200 deletions, to which 25 reads, 10 writes and 10 deletions are added each second. Its answers
// say how many are left, and a refusal says when to come back. Ten workers that learn this each for itself are
// refused ten times at once: here they share it. They slow down to what is added before the bucket is empty,
// and nobody sends while one of them is asked to wait.
//
// https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
const (
	pauseOfReads  = time.Second / 25
	pauseOfWrites = time.Second / 10
	// scarce is how few requests may be left before the workers slow down: those that are under way do not
	// show in an answer yet.
	scarce = 2 * parallelism
	// parallelism is how many resources Terraform works on at a time, unless it is told otherwise.
	parallelism = 10
)

// bucket is what is known about the requests of one kind that are left in a subscription, or at another host.
type bucket struct {
	pause  time.Duration // Between two requests while few are left.
	scarce bool
	// refused says that a request was refused. Storage has limits of its own, of which no header tells.
	refused bool
	next    time.Time // When the next request may be sent.
}

// buckets are those of a client.
type buckets struct {
	clock Clock

	mu    sync.Mutex
	known map[string]*bucket
}

// throttlePolicy has an attempt wait for its turn, and learns from its answer.
type throttlePolicy struct{ buckets *buckets }

func (p throttlePolicy) Do(req *policy.Request) (*http.Response, error) {
	name, pause := bucketOf(req.Raw())
	if wait := p.buckets.take(name, pause); wait > 0 {
		if err := p.buckets.clock.Wait(req.Raw().Context(), wait); err != nil {
			return nil, err
		}
	}
	resp, err := req.Next()
	if err == nil {
		p.buckets.learn(name, resp)
	}
	return resp, err
}

// bucketOf returns the bucket that a request is taken from, and the pause between two of its requests while few
// are left.
func bucketOf(req *http.Request) (name string, pause time.Duration) {
	where := req.URL.Host
	if parts := strings.Split(strings.ToLower(req.URL.Path), "/"); len(parts) > 2 && parts[1] == "subscriptions" {
		where += "/" + parts[2]
		if strings.Contains(req.URL.Path, "/providers/Microsoft.Storage/") {
			where += " storage"
		}
	}
	switch {
	case isRead(req):
		return where + " reads", pauseOfReads
	case req.Method == http.MethodDelete:
		return where + " deletes", pauseOfWrites
	default:
		return where + " writes", pauseOfWrites
	}
}

// take takes a turn, and returns how long to wait for it.
func (b *buckets) take(name string, pause time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil {
		b.known = map[string]*bucket{}
	}
	from, ok := b.known[name]
	if !ok {
		from = &bucket{pause: pause}
		b.known[name] = from
	}
	now := b.clock.Now()
	turn := from.next
	if turn.Before(now) {
		turn = now
	}
	if from.next = turn; from.scarce {
		from.next = turn.Add(from.pause)
	}
	return turn.Sub(now)
}

// learn notes how much is left in a bucket, and when to come back to an empty one.
func (b *buckets) learn(name string, resp *http.Response) {
	b.mu.Lock()
	defer b.mu.Unlock()
	from := b.known[name]
	if left, ok := remaining(resp.Header); ok {
		from.scarce = left < scarce || from.refused
	}
	if resp.StatusCode != http.StatusTooManyRequests {
		return
	}
	from.scarce, from.refused = true, true
	if back := b.clock.Now().Add(retryAfter(resp)); back.After(from.next) {
		from.next = back
	}
}

// retryAfter returns how long a refusal asks to wait, or 0.
func retryAfter(resp *http.Response) time.Duration {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// RetryAfter returns how long Azure asks to wait with its refusal of a request that was sent too often, or 0 if it
// does not say. A request that was refused so has changed nothing.
func RetryAfter(err error) time.Duration {
	refused, ok := errors.AsType[*azcore.ResponseError](err)
	if !ok || refused.StatusCode != http.StatusTooManyRequests || refused.RawResponse == nil {
		return 0
	}
	return retryAfter(refused.RawResponse)
}

// remaining returns how many requests an answer says are left.
func remaining(header http.Header) (int, bool) {
	for _, kind := range []string{"reads", "writes", "deletes"} {
		for _, of := range []string{"subscription", "subscription-global"} {
			if left, err := strconv.Atoi(header.Get("x-ms-ratelimit-remaining-" + of + "-" + kind)); err == nil {
				return left, true
			}
		}
	}
	return 0, false
}
