// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// proxied answers CONNECT, so that a client whose HTTPS_PROXY is the control interface's address reaches
// rehearsal under Azure's names. Everything else on the network stays as it is for the client.
func (s *Server) proxied(control http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			control.ServeHTTP(w, r)
			return
		}
		far, err := s.reach(r.Context(), r.Host)
		if err != nil {
			s.log.Warn("no way for a client", "to", r.Host, "error", err)
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = far.Close() }()
		near, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer func() { _ = near.Close() }()
		if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
			return
		}
		go func() {
			_, _ = io.Copy(far, buffered)
			halfClose(far)
		}()
		_, _ = io.Copy(near, far)
	})
}

// halfClose says that no more is coming, and leaves the other direction open.
func halfClose(connection net.Conn) {
	if half, ok := connection.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	_ = connection.Close()
}

// reach connects to what a client means by an address.
func (s *Server) reach(ctx context.Context, address string) (net.Conn, error) {
	host := strings.ToLower(nameOf(address))
	switch {
	case s.serves(host):
		return dial(ctx, net.JoinHostPort("localhost", strconv.Itoa(s.port)))
	case isAzure(host):
		return nil, fmt.Errorf("rehearsal has no %s, and what it has not it keeps from the real Azure", host)
	}
	through, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: address}})
	if err != nil {
		return nil, fmt.Errorf("reading the proxy of this machine: %w", err)
	}
	if through == nil || through.Scheme != "http" {
		return dial(ctx, address)
	}
	return dialThrough(ctx, through, address)
}

// serves reports whether a host is one of those that rehearsal stands in for.
func (s *Server) serves(host string) bool {
	for _, name := range hostNames() {
		if suffix, ok := strings.CutPrefix(name, "*"); ok && strings.HasSuffix(host, suffix) {
			return true
		}
		if host == name && name != "localhost" {
			return true
		}
	}
	return false
}

// isAzure reports whether a host belongs to Azure. Azure DevOps holds people's modules, not resources.
func isAzure(host string) bool {
	if host == "dev.azure.com" || strings.HasSuffix(host, ".dev.azure.com") {
		return false
	}
	for _, domain := range []string{".azure.com", ".azure.net", ".windows.net", ".microsoftonline.com"} {
		if strings.HasSuffix(host, domain) {
			return true
		}
	}
	return false
}

const dialPatience = 30 * time.Second

func dial(ctx context.Context, address string) (net.Conn, error) {
	return (&net.Dialer{Timeout: dialPatience}).DialContext(ctx, "tcp", address)
}

// dialThrough connects by the proxy of this machine.
func dialThrough(ctx context.Context, proxy *url.URL, address string) (net.Conn, error) {
	at := proxy.Host
	if proxy.Port() == "" {
		at = net.JoinHostPort(proxy.Hostname(), "80")
	}
	connection, err := dial(ctx, at)
	if err != nil {
		return nil, err
	}
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if user := proxy.User; user != nil {
		password, _ := user.Password()
		request.Header.Set("Proxy-Authorization",
			"Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	reader := bufio.NewReader(connection)
	err = request.Write(connection)
	if err == nil {
		var response *http.Response
		if response, err = http.ReadResponse(reader, request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				err = errors.New(response.Status)
			}
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to %s by the proxy %s: %w", address, at, err), connection.Close())
	}
	return connection, nil
}
