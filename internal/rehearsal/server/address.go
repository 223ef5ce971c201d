// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"fmt"
	"log/slog"
	"net"
	"sync"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// loopback gives each vault and each blob endpoint its own port on the loopback address, for clients
// whose host names cannot be pointed at this machine.
type loopback struct {
	engine.KeptAddresses

	log *slog.Logger

	mu sync.Mutex
	// serve answers at a port. Until it is set, the ports in waiting accept no connection.
	serve   func(net.Listener)
	waiting []net.Listener
	// taken are the ports by host name in Azure. A transaction that took one may be dropped; the next
	// one then gives the account the same port.
	taken map[string]int
}

func newLoopback(log *slog.Logger) *loopback {
	return &loopback{log: log, taken: map[string]int{}}
}

// URI implements [engine.Addresses].
func (l *loopback) URI(tx *engine.Tx, domain engine.Domain, name string) string {
	l.give(tx, domain, name)
	return l.KeptAddresses.URI(tx, domain, name)
}

// give gives an account a place, unless it has one. Without a free port the account keeps its
// address in Azure.
func (l *loopback) give(tx *engine.Tx, domain engine.Domain, name string) {
	if _, ok := tx.Place(domain, name); ok {
		return
	}
	host := domain.Host(name)
	port, err := l.take(host)
	if err != nil {
		l.log.Error("no free port for a loopback address", "host", host, "error", err)
		return
	}
	given := engine.NewPlace(domain, name, port)
	tx.GivePlace(given)
	l.log.Info("loopback address", "host", host, "uri", given.URI())
}

// take listens at a free port.
func (l *loopback) take(account string) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if port, taken := l.taken[account]; taken {
		return port, nil
	}
	port, err := l.listen(0)
	if err != nil {
		return 0, err
	}
	l.taken[account] = port
	return port, nil
}

// begin serves the ports taken so far, and listens at those that an earlier run has given.
func (l *loopback) begin(tx *engine.Tx, serve func(net.Listener)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serve = serve
	for _, listener := range l.waiting {
		serve(listener)
	}
	for _, one := range tx.Places() {
		if l.taken[one.Kind+"/"+one.Name] == one.Port {
			continue
		}
		if _, err := l.listen(one.Port); err != nil {
			return fmt.Errorf("listening at %s, the address of the %s %q: %w",
				one.URI(), one.Kind, one.Name, err)
		}
	}
	return nil
}

// listen serves a port of the loopback address, any free one for port 0.
func (l *loopback) listen(port int) (int, error) {
	listener, err := listen("127.0.0.1", port)
	if err != nil {
		return 0, err
	}
	if l.serve == nil {
		l.waiting = append(l.waiting, listener)
	} else {
		l.serve(listener)
	}
	return portOf(listener), nil
}
