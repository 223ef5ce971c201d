// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// An estate of a thousand accounts takes a thousand reads to plan, and Resource Manager lets a caller
// send 25 a second. So the reads of a plan share their answers, by these promises:
//
//   - Only a read whose context comes from [Shared] is answered by an earlier one. All others are sent:
//     those of a wait, of a poll, and of everything that changes something.
//   - No answer is older than the last request of this client that may have changed what it shows.
//   - No answer is older than [longestShared].
//   - Where two resources of a type are asked for, one list of the subscription answers for all. What the
//     list does not have is read by itself, and so is everything if the caller may not list.
const longestShared = time.Minute

type readingKey int

const (
	sharedReading  readingKey = iota // The read may be answered by an earlier one.
	pollingReading                   // The read asks whether a change has ended.
)

// Shared returns a context whose reads may be answered with what this client read less than a minute
// ago, and has not changed since. It is for plans and refreshes.
func Shared(ctx context.Context) context.Context { return context.WithValue(ctx, sharedReading, true) }

// polling returns a context whose reads ask whether a change has ended.
func polling(ctx context.Context) context.Context {
	return context.WithValue(Anew(ctx), pollingReading, true)
}

// Anew returns a context whose reads are sent, within one from [Shared].
func Anew(ctx context.Context) context.Context { return context.WithValue(ctx, sharedReading, false) }

func is(ctx context.Context, key readingKey) bool {
	value, _ := ctx.Value(key).(bool)
	return value
}

// reading is the answer to a read.
type reading struct {
	status int
	header http.Header
	body   []byte
	at     time.Time
}

// reads are the answers that the reads of a client share.
type reads struct {
	now     func() time.Time
	answers Memory[reading] // By URL.
	lists   Memory[bool]    // Whether the list at a URL answers for its items.
	// writes is how many requests changed something. Actions (POST) do not count: many only ask.
	writes atomic.Int64

	mu    sync.Mutex
	asked map[string]string // The first resource that was asked for, by the URL of its list.
	// How many requests may have changed something, and the number of the latest by resource and for all.
	changes    int
	changed    map[string]int
	allChanged int
}

// readsPolicy answers reads with what was read before, and forgets what requests may change.
type readsPolicy struct{ reads *reads }

func (p readsPolicy) Do(req *policy.Request) (*http.Response, error) {
	ctx := req.Raw().Context()
	switch {
	case !isRead(req.Raw()):
		// What is read meanwhile may be from before the change.
		p.reads.forget(req.Raw())
		defer func() {
			p.reads.forget(req.Raw())
			if req.Raw().Method != http.MethodPost {
				p.reads.writes.Add(1)
			}
		}()
		return req.Next()
	case is(ctx, pollingReading):
		defer p.reads.forgetAll()
		return req.Next()
	case !is(ctx, sharedReading) || req.Raw().Method != http.MethodGet || !isShareable(req.Raw().URL):
		return req.Next()
	default:
		return p.reads.get(req)
	}
}

// isRead reports whether a request changes nothing by its method.
func isRead(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead
}

// get answers a read with what is known, or reads it.
func (r *reads) get(req *policy.Request) (*http.Response, error) {
	ctx, subject := req.Raw().Context(), subjectOf(req.Raw().URL)
	now := r.now()
	// An answer from the future is from before the clock went back.
	tooOld := func(of reading) bool { return now.Sub(of.at).Abs() > longestShared }
	if known, ok, _ := r.answers.look(subject); ok && tooOld(known) {
		r.answers.Forget(func(_ string, of reading) bool { return tooOld(of) })
		r.lists.Forget(func(string, bool) bool { return true })
	}
	if list := r.listFor(req.Raw().URL, subject); list != nil {
		_, err := r.lists.Get(ctx, subjectOf(list), func() (bool, error) { return true, r.list(req, list) })
		if err != nil && subjectOf(list) == subject {
			return nil, err
		}
	}
	answer, err := r.answers.Get(ctx, subject, func() (reading, error) {
		answer, err := r.send(req)
		if err == nil && answer.status != http.StatusOK {
			err = &unkeptError{answer}
		}
		return answer, err
	})
	if unkept, ok := errors.AsType[*unkeptError](err); ok {
		answer, err = unkept.reading, nil
	}
	if err != nil {
		return nil, err
	}
	return answer.response(req.Raw()), nil
}

// unkeptError is an answer that nobody may be given later.
type unkeptError struct{ reading }

func (e *unkeptError) Error() string { return fmt.Sprintf("the answer has the status %d", e.status) }

// send sends a read.
func (r *reads) send(req *policy.Request) (reading, error) {
	resp, err := req.Next()
	if err != nil {
		return reading{}, err
	}
	body, err := runtime.Payload(resp)
	if err != nil {
		return reading{}, err
	}
	return reading{status: resp.StatusCode, header: resp.Header, body: body, at: r.now()}, nil
}

// response returns the answer as if it had just come.
func (a reading) response(req *http.Request) *http.Response {
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)),
		StatusCode:    a.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.header.Clone(),
		Body:          io.NopCloser(bytes.NewReader(a.body)),
		ContentLength: int64(len(a.body)),
		Request:       req,
	}
}

// listFor returns the list to read for a URL that nothing is known about: the list that it names, or that
// in which its resource is, if another one was asked for before. It returns nil if there is none.
func (r *reads) listFor(u *url.URL, subject string) *url.URL {
	if _, ok, _ := r.answers.look(subject); ok {
		return nil
	}
	list := listOf(u)
	if list == nil || subjectOf(list) == subject {
		return list
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.allChanged > 0 { // An apply would forget the list before it is of use.
		return nil
	}
	if r.asked == nil {
		r.asked = map[string]string{}
	}
	first, ok := r.asked[subjectOf(list)]
	if !ok {
		r.asked[subjectOf(list)] = subject
	}
	if ok && first != subject {
		return list
	}
	return nil
}

// list reads all pages of a list, and keeps its items as the answers to their own reads.
func (r *reads) list(req *policy.Request, list *url.URL) error {
	r.mu.Lock()
	since := r.changes
	r.mu.Unlock()
	for next := list; next != nil; {
		page := req.Clone(req.Raw().Context())
		page.Raw().URL = next
		answer, err := r.send(page)
		if err != nil {
			return err
		}
		var items struct {
			Value        []json.RawMessage `json:"value"`
			NextLink     string            `json:"nextLink"`
			NextLinkODat string            `json:"@odata.nextLink"`
		}
		decoded := json.Unmarshal(answer.body, &items) == nil
		if answer.status != http.StatusOK || !decoded {
			return nil // Who may not list reads each resource by itself.
		}
		r.keepUnlessChanged(next, since, answer)
		for _, item := range items.Value {
			var named struct{ ID string }
			if json.Unmarshal(item, &named) != nil {
				continue
			}
			own := *list
			own.Path = named.ID
			r.keepUnlessChanged(&own, since,
				reading{status: answer.status, header: answer.header, body: item, at: answer.at})
		}
		if next, err = following(list, items.NextLink+items.NextLinkODat); err != nil {
			return err
		}
	}
	return nil
}

// following returns the address of the next page of a list. It must be at the host of the list, since the
// token is sent along.
func following(list *url.URL, link string) (*url.URL, error) {
	if link == "" {
		return nil, nil
	}
	next, err := url.Parse(link)
	if err == nil && (next.Host != list.Host || next.Scheme != list.Scheme) {
		err = fmt.Errorf("the list of %s goes on at another host, %s", list.Host, next.Host)
	}
	return next, err
}

// forget forgets what a request may change.
func (r *reads) forget(req *http.Request) {
	name := strings.ToLower(req.URL.Path)
	resource, provider := resourceIn(name)
	action := path.Base(name)
	switch { // No answer that is kept shows anything of a secret.
	case req.Method == http.MethodPost && onlyAsks(action), strings.HasPrefix(name, "/secrets/"):
	case changesAlone(provider, action):
		r.mu.Lock()
		r.changes++
		if r.changed == nil {
			r.changed = map[string]int{}
		}
		r.changed[resource] = r.changes
		r.mu.Unlock()
		r.answers.Forget(func(subject string, _ reading) bool {
			_, name, _ := strings.Cut(subject, "/")
			own, _ := resourceIn("/" + name)
			return own == resource || own == "" // Lists and searches may show it, too.
		})
	default:
		r.forgetAll()
	}
}

// forgetAll forgets every answer.
func (r *reads) forgetAll() {
	r.mu.Lock()
	r.changes++
	r.asked, r.changed, r.allChanged = nil, nil, r.changes
	r.mu.Unlock()
	r.answers.Forget(func(string, reading) bool { return true })
	r.lists.Forget(func(string, bool) bool { return true })
}

// keepUnlessChanged keeps the answer to a read, unless a request may have changed what it shows since there
// were so many changes.
func (r *reads) keepUnlessChanged(read *url.URL, since int, answer reading) {
	r.mu.Lock()
	defer r.mu.Unlock()
	latest := r.changes // A list may show whatever changed.
	if resource, _ := resourceIn(strings.ToLower(read.Path)); resource != "" {
		latest = max(r.allChanged, r.changed[resource])
	}
	if latest <= since {
		r.answers.Keep(subjectOf(read), answer)
	}
}

// onlyAsks reports whether an action changes nothing that an answer shows. A Media Services account shows no
// time of its syncs.
func onlyAsks(action string) bool {
	return action == "checknameavailability" || action == "listkeys" || action == "syncstoragekeys"
}

// changesAlone reports whether a change of a resource shows in its own answers alone: nothing depends on
// accounts of these providers, nor on which keys a storage account has.
func changesAlone(provider, action string) bool {
	switch provider {
	case "microsoft.media", "microsoft.batch", "microsoft.machinelearningservices":
		return true
	default:
		return action == "regeneratekey"
	}
}

var (
	resourcePath = regexp.MustCompile(`^/subscriptions/[^/]+/resourcegroups/[^/]+/providers/([^/]+)/[^/?]+/[^/?]+`)
	listPath     = regexp.MustCompile(`^/subscriptions/[^/]+/(providers/[^/]+/[^/]+|resourcegroups)$`)
	// The keys of a vault. Its secrets are never kept.
	vaultKey = regexp.MustCompile(`^/keys/[^/]+(/[^/]*)?$`)
)

// resourceIn returns the resource of Resource Manager that a path in lower case is about, and its provider.
func resourceIn(name string) (resource, provider string) {
	if found := resourcePath.FindStringSubmatch(name); found != nil {
		return found[0], found[1]
	}
	return "", ""
}

// isShareable reports whether a read of the URL may be shared.
func isShareable(u *url.URL) bool {
	name := strings.ToLower(u.Path)
	return strings.HasPrefix(name, "/subscriptions/") || vaultKey.MatchString(name)
}

// listOf returns the address of the list of a subscription that a URL names, or in which its resource is,
// at the same api-version. It returns nil for other URLs.
func listOf(u *url.URL) *url.URL {
	name, query := strings.ToLower(u.Path), u.Query()
	if len(query) != 1 || !query.Has("api-version") {
		return nil
	}
	if listPath.MatchString(name) {
		return u
	}
	if resource, _ := resourceIn(name); resource != name {
		return nil
	}
	parts := strings.Split(u.Path, "/") // "", subscriptions, S, resourceGroups, G, providers, NS, TYPE, NAME
	list := *u
	list.Path = "/subscriptions/" + parts[2] + "/providers/" + parts[6] + "/" + parts[7]
	list.RawPath = ""
	return &list
}

// subjectOf returns a URL as the answers are kept by: host, path and query.
func subjectOf(u *url.URL) string {
	return strings.ToLower(u.Host + strings.TrimSuffix(u.Path, "/") + "?" + u.Query().Encode())
}
