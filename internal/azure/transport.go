// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

// newTransport returns the configuration's transport, or the network as the endpoint describes it.
func newTransport(config Config) (*http.Client, error) {
	if config.Transport != nil {
		return &http.Client{Transport: config.Transport}, nil
	}
	roots, err := trustedRoots(config.Endpoint.CAFile)
	if err != nil {
		return nil, err
	}
	config.Pings = config.Pings.orDefault()
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	network := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          100,
		MaxIdleConnsPerHost:   10,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		HTTP2: &http.HTTP2Config{
			SendPingTimeout:  config.Pings.After,
			PingTimeout:      config.Pings.Patience,
			WriteByteTimeout: config.Pings.Patience,
		},
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
	}
	if address := config.Endpoint.ConnectTo; address != "" {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return nil, &SettingError{
				Setting:  "endpoint.connect_to",
				Problem:  fmt.Sprintf("%q is not a host and a port", address),
				Required: "a host and a port",
				Remedy:   `Write it like "127.0.0.1:8443"`,
			}
		}
		network.Proxy = nil
		network.DialContext = func(ctx context.Context, kind, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, kind, address)
		}
	}
	return &http.Client{Transport: network}, nil
}

// trustedRoots returns the system's certificates and those of the file. Without a file it returns nil,
// which stands for the system's.
func trustedRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, &SettingError{
			Setting:  "endpoint.ca_file",
			Problem:  err.Error(),
			Required: "a file of certificates in PEM form",
			Remedy:   "Name a file of PEM certificates that can be read",
		}
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, &SettingError{
			Setting:  "endpoint.ca_file",
			Problem:  fmt.Sprintf("%s holds no certificate in PEM form", file),
			Required: "a file of certificates in PEM form",
			Remedy:   "Name the CA file that `rehearsal serve` prints, or your cloud's",
		}
	}
	return roots, nil
}
