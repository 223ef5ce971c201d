// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package fault

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// limit is how many requests of some kind Azure accepts.
type limit struct {
	// name is the end of the header that says how many are left; empty where no header does.
	name string
	// burst is how many are accepted at once. Each second rate more are, or, with a window, all of them when
	// the window is over.
	burst, rate float64
	window      time.Duration
}

// limitsOf returns the limits that a request counts for, by what they are counted for.
//
// Resource Manager, per subscription and caller:
// https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling.
// Storage, per subscription (and region, which rehearsal leaves out):
// https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling#storage-throttling.
// Keys, per vault: https://learn.microsoft.com/azure/key-vault/general/service-limits; for RSA keys of 2048 bits.
func limitsOf(r *engine.Request) map[string]limit {
	path := strings.ToLower(strings.TrimSuffix(r.HTTP.URL.Path, "/"))
	parts := strings.Split(path, "/")
	if parts[min(1, len(parts)-1)] == "keys" {
		return map[string]limit{r.Host: {burst: 4000, window: 10 * time.Second}}
	}
	if len(parts) < 3 || parts[1] != "subscriptions" {
		return nil
	}
	const storage = "/providers/microsoft.storage/storageaccounts"
	_, account, inStorage := strings.Cut(path, storage)
	subscription, caller := parts[2], r.HTTP.Header.Get("Authorization")
	switch r.HTTP.Method {
	case http.MethodGet, http.MethodHead:
		limits := map[string]limit{"reads " + subscription + caller: {name: "reads", burst: 250, rate: 25}}
		if inStorage && account == "" {
			limits["storage lists "+subscription] = limit{burst: 100, window: 5 * time.Minute}
		} else if inStorage {
			limits["storage reads "+subscription] = limit{burst: 800, window: 5 * time.Minute}
		}
		return limits
	case http.MethodDelete:
		return map[string]limit{"deletes " + subscription + caller: {name: "deletes", burst: 200, rate: 10}}
	default:
		limits := map[string]limit{"writes " + subscription + caller: {name: "writes", burst: 200, rate: 10}}
		if inStorage {
			limits["storage writes "+subscription] = limit{burst: 10, window: time.Second}
		}
		return limits
	}
}

// level is how much is left of a limit.
type level struct {
	left float64
	at   time.Time // When it was counted, or when the window began.
}

// levels are those of one rehearsal. A restart fills them up.
type levels struct {
	mu sync.Mutex
	of map[string]level
}

// take counts a request. It returns how many are left by the header's name, or how long to wait.
func (l *levels) take(r *engine.Request) (left map[string]int, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[string]level{}
	}
	limits := limitsOf(r)
	now := map[string]level{}
	for key, limit := range limits {
		now[key] = limit.after(l.of[key], r.Now())
		if now[key].left < 1 {
			wait = max(wait, limit.wait(now[key], r.Now()))
		}
	}
	if wait > 0 {
		return nil, wait
	}
	left = map[string]int{}
	for key, level := range now {
		level.left--
		l.of[key] = level
		if name := limits[key].name; name != "" {
			left[name] = int(level.left)
		}
	}
	return left, 0
}

// after returns the level at a time.
func (l limit) after(before level, now time.Time) level {
	passed := now.Sub(before.at)
	switch {
	case before.at.IsZero(), l.window > 0 && passed >= l.window:
		return level{l.burst, now}
	case l.window > 0:
		return before
	default:
		return level{min(l.burst, before.left+l.rate*passed.Seconds()), now}
	}
}

// wait returns how long it takes until one more request is accepted, in whole seconds as Retry-After has them.
func (l limit) wait(at level, now time.Time) time.Duration {
	wait := at.at.Add(l.window).Sub(now)
	if l.window == 0 {
		wait = time.Duration((1 - at.left) / l.rate * float64(time.Second))
	}
	return time.Duration(max(1, math.Ceil(wait.Seconds()))) * time.Second
}

// hold holds a request to the documented limits.
func (f *Fault) hold(r *engine.Request, levels *levels) engine.Interception {
	left, wait := levels.take(r)
	if wait > 0 {
		r.Note(NotePrefix+"%s: %s", f.ID, f.Kind)
		refused := Fault{Kind: Throttle, Status: http.StatusTooManyRequests, RetryAfter: Duration(wait)}
		return engine.Interception{Refuse: refused.refusal(r)}
	}
	return engine.Interception{Handled: func(response *engine.Response) {
		for name, count := range left {
			if response.Header == nil {
				response.Header = http.Header{}
			}
			response.Header.Set("X-Ms-Ratelimit-Remaining-Subscription-"+name, strconv.Itoa(count))
		}
	}}
}
