// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// authority is the certificate authority of a served rehearsal. It is kept with rehearsal's data, so
// that it has to be trusted only once.
type authority struct {
	Certificate []byte `json:"certificate"` // X.509, DER
	Key         []byte `json:"key"`         // SEC 1, DER
}

const authorityKey = "server/authority"

// hostNames returns the host names that rehearsal serves.
func hostNames() []string {
	return []string{
		"localhost", "management.azure.com", "login.microsoftonline.com", "login.windows.net",
		"login.microsoft.com", "sts.windows.net", "graph.microsoft.com", "graph.windows.net",
		vaults.Domain.Host("*"), storage.BlobDomain.Host("*"), streaming.Domain.Host("*"),
	}
}

func loopbackAddresses() []net.IP {
	return []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
}

// loadAuthority returns the certificate authority, and creates it if there is none. Its certificate is
// valid for the names that rehearsal serves and for no other, so that trusting it puts nothing else at
// risk. One that an earlier version created for fewer names is replaced.
func loadAuthority(tx *engine.Tx, now time.Time) (*authority, error) {
	kept := new(authority)
	if tx.Load(authorityKey, kept) && kept.covers(hostNames()) {
		return kept, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key of the certificate authority: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "Rehearsal of Azure, for this machine only"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(10, 0, 0),
		IsCA:                  true,
		MaxPathLenZero:        true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,

		PermittedDNSDomainsCritical: true,
	}
	for _, name := range hostNames() {
		if name[0] == '*' {
			name = name[2:]
		}
		template.PermittedDNSDomains = append(template.PermittedDNSDomains, name)
	}
	for _, address := range loopbackAddresses() {
		bits := 8 * len(shortest(address))
		template.PermittedIPRanges = append(template.PermittedIPRanges,
			&net.IPNet{IP: shortest(address), Mask: net.CIDRMask(bits, bits)})
	}
	if kept.Certificate, err = x509.CreateCertificate(
		rand.Reader, template, template, key.Public(), key); err != nil {
		return nil, fmt.Errorf("making the certificate of the certificate authority: %w", err)
	}
	if kept.Key, err = x509.MarshalECPrivateKey(key); err != nil {
		return nil, fmt.Errorf("keeping the key of the certificate authority: %w", err)
	}
	tx.Store(authorityKey, kept)
	return kept, nil
}

// covers reports whether the authority may sign for all these names.
func (a *authority) covers(names []string) bool {
	certificate, err := x509.ParseCertificate(a.Certificate)
	if err != nil {
		return false
	}
	for _, name := range names {
		if !slices.Contains(certificate.PermittedDNSDomains, strings.TrimPrefix(name, "*.")) {
			return false
		}
	}
	return true
}

// issue returns a certificate for all the names, with a key that lives as long as the server. It is
// valid for a year: some clients accept no longer one.
func (a *authority) issue(now time.Time) (*tls.Certificate, error) {
	parent, err := x509.ParseCertificate(a.Certificate)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of the certificate authority: %w", err)
	}
	signer, err := x509.ParseECPrivateKey(a.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the key of the certificate authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the server's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "localhost"},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.AddDate(1, 0, 0),
		DNSNames:     hostNames(),
		IPAddresses:  loopbackAddresses(),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leaf, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("making the server's certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{leaf, a.Certificate}, PrivateKey: key}, nil
}

// trusted returns the certificates that programs of this machine trust, as far as they are in files: those of the
// system, and those that the environment names for some programs.
func trusted() []byte {
	var all []byte
	read := map[string]bool{}
	add := func(file string) bool {
		if read[file] {
			return true
		}
		content, err := os.ReadFile(file) //nolint:gosec // The person who runs the program names it.
		if err == nil {
			all = append(append(all, content...), '\n')
			read[file] = true
		}
		return err == nil
	}
	for _, variable := range []string{"NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} {
		add(os.Getenv(variable))
	}
	for _, file := range []string{
		os.Getenv("SSL_CERT_FILE"),
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Alpine, Arch
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
		"/etc/ssl/ca-bundle.pem",                            // SUSE
		"/etc/ssl/cert.pem",                                 // macOS, BSD
	} {
		if add(file) {
			break
		}
	}
	return all
}

// write puts the authority's certificate into a file, after others, whole or not at all.
func (a *authority) write(file string, others []byte) error {
	unfinished, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return fmt.Errorf("writing the CA file: %w", err)
	}
	defer func() { _ = os.Remove(unfinished.Name()) }() // which is gone when all went well
	if _, err = unfinished.Write(others); err == nil {
		err = pem.Encode(unfinished, &pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate})
	}
	if closed := unfinished.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(unfinished.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("writing the CA file: %w", err)
	}
	return nil
}

func serial() *big.Int {
	bytes := make([]byte, 16)
	_, _ = rand.Read(bytes) // never fails: crypto/rand ends the process first
	bytes[0] &= 0x7f
	return new(big.Int).SetBytes(bytes)
}

func shortest(address net.IP) net.IP {
	if short := address.To4(); short != nil {
		return short
	}
	return address
}
