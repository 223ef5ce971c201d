// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package server serves a rehearsal of Azure on the loopback address: over TLS with its own certificate
// authority, under Azure's host names and under the address itself, with a control interface beside
// it. It must not import anything of the provider.
package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// Options say how a rehearsal is served.
type Options struct {
	// Listen is the address to listen at, "127.0.0.1:8443". Its host has to be this machine's
	// own; port 0 takes any that is free.
	Listen string
	// DataFile is where the rehearsal is kept; "" stands for memory.
	DataFile string
	// Subscriptions are the IDs of those to have besides the first one.
	Subscriptions []string
	// CAFile is where the certificate of the certificate authority is written. "" stands for a
	// file beside the data file or, without one, a file that is removed at the end.
	CAFile string
	// LoopbackURIs gives each vault and each blob endpoint a loopback port of its own.
	LoopbackURIs bool
	// Limits holds clients to the request limits that Azure documents.
	Limits bool
	// Log receives the log. nil discards it.
	Log *slog.Logger
	// Engine are further options of the rehearsal.
	Engine []engine.Option
	// Stall is how long a request may take to arrive, its headers and then its body; 0 stands for half a
	// minute.
	Stall time.Duration
	// Around wraps the handler of Azure's hosts: tests count and hold requests with it.
	Around func(http.Handler) http.Handler
}

// Ready holds the addresses and credentials of a served rehearsal. `rehearsal serve` prints it as one
// line of JSON once requests are answered.
type Ready struct {
	ResourceManager string `json:"resource_manager"`
	AuthorityHost   string `json:"authority_host"`
	CAFile          string `json:"ca_file"`
	// CABundle is a file of that certificate and of those that this machine trusts, for clients that
	// download from elsewhere as well. It is removed at the end.
	CABundle string `json:"ca_bundle"`
	// Proxy is the URL of a proxy for HTTPS. Azure's names lead to the rehearsal there, all others to
	// where they lead without it.
	Proxy string `json:"proxy"`
	rehearsal.Access
	// Control is the base URL of the control interface, over plain HTTP: it needs no certificate.
	Control string `json:"control"`
	// ControlToken is sent along with what changes something there, in the header X-Rehearsal-Token: a page
	// in a browser can reach the interface, but not read this.
	ControlToken string `json:"control_token"`
	// Console is the URL of the console, with that token, which the browser keeps to itself.
	Console string `json:"console"`
}

// Server is a rehearsal that is being served.
type Server struct {
	azure     *rehearsal.Azure
	http      *http.Server
	control   *http.Server
	log       *slog.Logger
	ready     Ready
	port      int    // of the loopback address, for all of Azure's names
	temporary string // the folder of the CA bundle, and of a CA file that nobody named
	stall     time.Duration

	serving sync.WaitGroup
	failed  chan error
}

// Start opens a rehearsal and serves it. The caller must call [Server.Wait] or [Server.Close].
func Start(ctx context.Context, options Options) (*Server, error) {
	s := &Server{
		log: options.Log, failed: make(chan error, 1), stall: cmp.Or(options.Stall, 30*time.Second),
	}
	s.ready.ControlToken = rand.Text()
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.start(ctx, options); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, options Options) error {
	host, port, err := splitAddress(options.Listen)
	if err != nil {
		return err
	}
	chosen := options.Engine
	var ports *loopback
	if options.LoopbackURIs {
		ports = newLoopback(s.log)
		chosen = append(chosen, engine.WithAddresses(ports))
	}
	if s.azure, err = rehearsal.Open(ctx, options.DataFile, chosen...); err != nil {
		return err
	}
	for _, id := range options.Subscriptions {
		if _, err := s.azure.AddSubscription(ctx, id, "Rehearsal "+id); err != nil {
			return err
		}
	}
	if options.Limits {
		if err := s.limit(ctx); err != nil {
			return err
		}
	}
	certificate, err := s.certify(options)
	if err != nil {
		return err
	}
	var answers http.Handler = s.azure
	if options.Around != nil {
		answers = options.Around(answers)
	}
	s.http = s.newServer(s.handler(answers))
	s.http.TLSConfig = &tls.Config{
		Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12,
	}
	s.control = s.newServer(s.proxied(s.controlHandler()))
	if err := s.listen(host, port); err != nil {
		return err
	}
	if ports != nil {
		return s.azure.Transact(func(tx *engine.Tx) error { return ports.begin(tx, s.serve) })
	}
	return nil
}

// splitAddress returns the host and the port of an address to listen at, and refuses one that other
// machines can reach: rehearsal is not made to be safe on a network.
func splitAddress(address string) (host string, port int, err error) {
	host, number, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("reading the address to listen at: %w", err)
	}
	if port, err = strconv.Atoi(number); err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("reading the address to listen at: %q has no port number", address)
	}
	if !engine.IsLoopback(host) {
		return "", 0, fmt.Errorf("listening at %s: rehearsal serves this machine only; "+
			"name 127.0.0.1, [::1] or localhost", address)
	}
	return host, port, nil
}

// limit holds clients to the documented limits, unless the data file does so already.
func (s *Server) limit(ctx context.Context) error {
	faults, err := s.azure.Faults(ctx)
	if err != nil || slices.ContainsFunc(faults, func(f fault.Fault) bool { return f.Kind == fault.Limits }) {
		return err
	}
	_, err = s.azure.AddFault(ctx, fault.Fault{Kind: fault.Limits})
	return err
}

// certify issues the server's certificate and writes the file of the authority that clients trust.
func (s *Server) certify(options Options) (certificate *tls.Certificate, err error) {
	now := time.Now() //nolint:forbidigo // clients hold certificates against the machine's clock
	var issuer *authority
	err = s.azure.Transact(func(tx *engine.Tx) error {
		issuer, err = loadAuthority(tx, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	if certificate, err = issuer.issue(now); err != nil {
		return nil, err
	}
	if s.temporary, err = os.MkdirTemp("", "rehearsal-"); err != nil {
		return nil, fmt.Errorf("making a folder for the CA bundle: %w", err)
	}
	file := options.CAFile
	switch {
	case file != "":
	case options.DataFile != "":
		file = options.DataFile + ".ca.pem"
	default:
		file = filepath.Join(s.temporary, "ca.pem")
	}
	if s.ready.CAFile, err = filepath.Abs(file); err != nil {
		return nil, fmt.Errorf("naming the CA file: %w", err)
	}
	s.ready.CABundle = filepath.Join(s.temporary, "ca-bundle.pem")
	return certificate, errors.Join(
		issuer.write(s.ready.CAFile, nil), issuer.write(s.ready.CABundle, trusted()))
}

func (s *Server) newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           s.timed(handler),
		ReadHeaderTimeout: s.stall,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}

// timed cuts off a body that does not arrive. The server's own ReadTimeout would count the time that the
// answer takes as well.
func (s *Server) timed(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != http.NoBody {
			connection := http.NewResponseController(w)
			deadline := time.Now().Add(s.stall) //nolint:forbidigo // the network's clock
			if err := connection.SetReadDeadline(deadline); err != nil {
				s.log.Warn("a body may take for ever", "error", err)
			}
			r.Body = &timedBody{ReadCloser: r.Body, connection: connection}
		}
		handler.ServeHTTP(w, r)
	})
}

// timedBody is a body with a deadline, which ends with it.
type timedBody struct {
	io.ReadCloser

	connection *http.ResponseController
}

// Read implements [io.Reader].
func (b *timedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	if err == io.EOF {
		_ = b.connection.SetReadDeadline(time.Time{}) // what was set can be taken back
	}
	return n, err
}

// handler answers under every name; the control interface only under the machine's own.
func (s *Server) handler(answers http.Handler) http.Handler {
	control := s.controlHandler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isControl(r) {
			control.ServeHTTP(w, r)
			return
		}
		answers.ServeHTTP(w, r)
	})
}

// listen serves at the address, and at the same port of the machine's other loopback address if that is
// free: clients do not agree on which one "localhost" is.
func (s *Server) listen(host string, port int) error {
	main, err := listen(host, port)
	if err != nil {
		return fmt.Errorf("listening at %s: %w", net.JoinHostPort(host, strconv.Itoa(port)), err)
	}
	s.port = portOf(main)
	s.serve(main)
	for _, other := range []string{"127.0.0.1", "::1"} {
		if listener, err := listen(other, s.port); err == nil {
			s.serve(listener)
		}
	}
	control, err := listen("127.0.0.1", 0)
	if err != nil {
		return fmt.Errorf("listening for the control interface: %w", err)
	}
	s.run(func() error { return s.control.Serve(control) })
	origin := fmt.Sprintf("https://localhost:%d", s.port)
	s.ready.ResourceManager, s.ready.AuthorityHost = origin, origin
	s.ready.Access = s.azure.Access()
	s.ready.Proxy = fmt.Sprintf("http://127.0.0.1:%d", portOf(control))
	s.ready.Control = s.ready.Proxy + controlPath
	s.ready.Console = s.ready.Proxy + consolePath + "#" + s.ready.ControlToken
	s.log.Info("serving", "at", origin)
	return nil
}

func listen(host string, port int) (net.Listener, error) {
	return net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port))) //nolint:noctx // at once
}

func portOf(listener net.Listener) int {
	if address, is := listener.Addr().(*net.TCPAddr); is {
		return address.Port
	}
	return 0
}

// serve answers at a listener until the server is closed.
func (s *Server) serve(listener net.Listener) {
	s.run(func() error { return s.http.ServeTLS(listener, "", "") })
}

func (s *Server) run(serve func() error) {
	s.serving.Go(func() {
		if err := serve(); !errors.Is(err, http.ErrServerClosed) {
			select {
			case s.failed <- fmt.Errorf("serving: %w", err):
			default: // one failure ends the server
			}
		}
	})
}

// Ready returns the addresses and credentials.
func (s *Server) Ready() Ready { return s.ready }

// Azure returns the rehearsal that is served.
func (s *Server) Azure() *rehearsal.Azure { return s.azure }

// patience is how long requests may take to end when the server stops.
const patience = 5 * time.Second

// Wait serves until ctx is done, waits for the requests in progress, and closes the server.
func (s *Server) Wait(ctx context.Context) error {
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-s.failed:
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for _, server := range []*http.Server{s.http, s.control} {
		if err := server.Shutdown(ending); err != nil {
			s.log.Warn("requests were cut off", "error", err)
		}
	}
	return errors.Join(failed, s.Close())
}

// Close ends the server at once.
func (s *Server) Close() error {
	var errs []error
	for _, server := range []*http.Server{s.http, s.control} {
		if server != nil {
			errs = append(errs, server.Close())
		}
	}
	s.serving.Wait()
	if s.azure != nil {
		errs = append(errs, s.azure.Close())
	}
	if s.temporary != "" {
		errs = append(errs, os.RemoveAll(s.temporary))
	}
	return errors.Join(errs...)
}
