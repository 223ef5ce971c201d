// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
)

// Client controls a served rehearsal through its control interface, with the same methods as
// [rehearsal.Azure].
type Client struct {
	base string
	http *http.Client

	asking sync.Mutex
	token  string // of what changes something, once it is known
}

// NewClient returns a client of the control interface at base, the "control" of [Ready].
func NewClient(base string) (*Client, error) {
	parsed, err := url.Parse(base)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return nil, fmt.Errorf("reading the control URL %q: it is not like "+
			"http://127.0.0.1:PORT%s", base, controlPath)
	}
	if strings.Trim(parsed.Path, "/") == "" {
		parsed.Path = controlPath
	}
	return &Client{
		base: strings.TrimSuffix(parsed.String(), "/"),
		http: &http.Client{Timeout: time.Minute},
	}, nil
}

// Ready returns the addresses and credentials of the rehearsal.
func (c *Client) Ready(ctx context.Context) (ready Ready, err error) {
	err = c.call(ctx, http.MethodGet, "/ready", nil, &ready)
	return ready, err
}

// Advance moves rehearsal's clock forward and runs everything that becomes due.
func (c *Client) Advance(ctx context.Context, d time.Duration) error {
	return c.call(ctx, http.MethodPost, "/advance", step{fault.Duration(d)}, new(clock))
}

// Now returns the time by rehearsal's clock.
func (c *Client) Now(ctx context.Context) (time.Time, error) {
	var now clock
	err := c.call(ctx, http.MethodGet, "/clock", nil, &now)
	return now.Time, err
}

// Show returns the contents of the rehearsal.
func (c *Client) Show(ctx context.Context) (state rehearsal.State, err error) {
	err = c.call(ctx, http.MethodGet, "/show", nil, &state)
	return state, err
}

// Keys returns which account runs on which key, and who is behind.
func (c *Client) Keys(ctx context.Context) (keys rehearsal.Keys, err error) {
	err = c.call(ctx, http.MethodGet, "/keys", nil, &keys)
	return keys, err
}

// Journal returns the requests to the rehearsal, oldest first.
func (c *Client) Journal(ctx context.Context) (entries []engine.Entry, err error) {
	err = c.call(ctx, http.MethodGet, "/journal", nil, &entries)
	return entries, err
}

// AddFault adds a fault.
func (c *Client) AddFault(ctx context.Context, wanted fault.Fault) (added fault.Fault, err error) {
	err = c.call(ctx, http.MethodPost, "/faults", wanted, &added)
	return added, err
}

// Faults returns the faults.
func (c *Client) Faults(ctx context.Context) (faults []fault.Fault, err error) {
	err = c.call(ctx, http.MethodGet, "/faults", nil, &faults)
	return faults, err
}

// ClearFaults removes the fault with this ID, or all for "".
func (c *Client) ClearFaults(ctx context.Context, id string) (int, error) {
	path := "/faults"
	if id != "" {
		path += "/" + url.PathEscape(id)
	}
	var answer cleared
	err := c.call(ctx, http.MethodDelete, path, nil, &answer)
	return answer.Cleared, err
}

// AddPrincipal adds a service principal without permissions.
func (c *Client) AddPrincipal(ctx context.Context, name string) (access rehearsal.Access, err error) {
	err = c.call(ctx, http.MethodPost, "/principals", principal{name}, &access)
	return access, err
}

// Principals returns the service principals and managed identities.
func (c *Client) Principals(ctx context.Context) (principals []entra.Principal, err error) {
	err = c.call(ctx, http.MethodGet, "/principals", nil, &principals)
	return principals, err
}

// AddApplication adds an application that reads a secret of Key Vault.
func (c *Client) AddApplication(
	ctx context.Context, wanted application.Application,
) (added application.Record, err error) {
	err = c.call(ctx, http.MethodPost, "/applications", wanted, &added)
	return added, err
}

// Applications returns the records of the applications.
func (c *Client) Applications(ctx context.Context) (records []application.Record, err error) {
	err = c.call(ctx, http.MethodGet, "/applications", nil, &records)
	return records, err
}

// RemoveApplication removes the application with this ID.
func (c *Client) RemoveApplication(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, "/applications/"+url.PathEscape(id), nil, new(struct{}))
}

// AddSubscription adds a subscription to the tenant, unless it is there.
func (c *Client) AddSubscription(ctx context.Context, id, name string,
) (added rehearsal.Subscription, err error) {
	err = c.call(ctx, http.MethodPost, "/subscriptions", rehearsal.Subscription{ID: id, Name: name}, &added)
	return added, err
}

// Subscriptions returns the subscriptions.
func (c *Client) Subscriptions(ctx context.Context) (subscriptions []rehearsal.Subscription, err error) {
	err = c.call(ctx, http.MethodGet, "/subscriptions", nil, &subscriptions)
	return subscriptions, err
}

// Streaming makes a media account stream a small file and returns the file's URL under Azure's name.
func (c *Client) Streaming(ctx context.Context, accountID string) (string, error) {
	var made stream
	err := c.call(ctx, http.MethodPost, "/streaming", account{accountID}, &made)
	return made.URL, err
}

// Ask sends a request to the rehearsal as the owner of its subscription.
func (c *Client) Ask(ctx context.Context, question rehearsal.Question,
) (answer rehearsal.Answer, err error) {
	err = c.call(ctx, http.MethodPost, "/request", question, &answer)
	return answer, err
}

// controlToken returns the token that changes need.
func (c *Client) controlToken(ctx context.Context) (string, error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	if c.token == "" {
		ready, err := c.Ready(ctx)
		if err != nil {
			return "", err
		}
		c.token = ready.ControlToken
	}
	return c.token, nil
}

// Close ends the client's connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

func (c *Client) call(ctx context.Context, method, path string, body, into any) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return fmt.Errorf("writing the request: %w", err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, &content)
	if err != nil {
		return fmt.Errorf("asking the control interface: %w", err)
	}
	if method != http.MethodGet {
		token, err := c.controlToken(ctx)
		if err != nil {
			return err
		}
		request.Header.Set(tokenHeader, token)
	}
	response, err := c.http.Do(request)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("asking the control interface: nothing answers at %s: start `rehearsal serve`, and write "+
			"the control URL that it prints", c.base)
	}
	if err != nil {
		return fmt.Errorf("asking the control interface: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	decoder := json.NewDecoder(response.Body)
	if response.StatusCode != http.StatusOK {
		var reply problem
		if err := decoder.Decode(&reply); err != nil || reply.Error == "" {
			return fmt.Errorf("asking the control interface: %s %s answers %s",
				method, request.URL, response.Status)
		}
		return errors.New(reply.Error)
	}
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("reading the answer of the control interface: %w", err)
	}
	return nil
}
