// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// Domain is a domain in which each account of a service has a host name of its own, with the dot
// before it: ".vault.azure.net".
type Domain string

// Host returns the host name of an account.
func (d Domain) Host(name string) string { return strings.ToLower(name) + string(d) }

// Holds reports whether a host name is in the domain.
func (d Domain) Holds(host string) bool { return strings.HasSuffix(host, string(d)) }

// kind returns the first label, by which the data file knows the domain: "vault".
func (d Domain) kind() string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(string(d), "."), ".")
	return kind
}

// Addresses resolves the addresses of the services and of the accounts that have host names.
type Addresses interface {
	// ResourceManager returns the endpoint of Resource Manager, "https://management.azure.com".
	ResourceManager() string
	// Authority returns the endpoint of Entra ID, "https://login.microsoftonline.com".
	Authority() string
	// URI returns the address of an account in a domain, "https://NAME.vault.azure.net/".
	URI(tx *Tx, domain Domain, name string) string
	// Account returns the name of the account at a host of a domain ("NAME.vault.azure.net", with
	// its port if it has one), or "".
	Account(tx *Tx, domain Domain, host string) string
}

// PublicCloud has every service at its address in Azure's public cloud.
type PublicCloud struct{}

// ResourceManager implements [Addresses].
func (PublicCloud) ResourceManager() string { return "https://management.azure.com" }

// Authority implements [Addresses].
func (PublicCloud) Authority() string { return "https://login.microsoftonline.com" }

// URI implements [Addresses].
func (PublicCloud) URI(_ *Tx, domain Domain, name string) string {
	return "https://" + domain.Host(name) + "/"
}

// Account implements [Addresses].
func (PublicCloud) Account(_ *Tx, domain Domain, host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	name, ok := strings.CutSuffix(host, string(domain))
	if !ok || strings.Contains(name, ".") {
		return ""
	}
	return name
}

// KeptAddresses has every service at its address in Azure's public cloud, except accounts with a
// port of the loopback address. Those ports are kept with the documents, so that a process that
// only opens the file resolves the same addresses.
type KeptAddresses struct{ PublicCloud }

// Place is a port of the loopback address that serves one account alone.
type Place struct {
	Kind string `json:"kind"` // of the account: the first label of its domain
	Name string `json:"name"` // of the account, in lower case
	Port int    `json:"port"`
}

const (
	placePrefix = "place/of/" // by kind and name
	portPrefix  = "place/at/" // by port
)

// URI returns the address.
func (p Place) URI() string { return fmt.Sprintf("https://localhost:%d/", p.Port) }

// NewPlace returns a place for an account in a domain.
func NewPlace(domain Domain, name string, port int) Place {
	return Place{Kind: domain.kind(), Name: strings.ToLower(name), Port: port}
}

// Place returns the place of an account in a domain.
func (tx *Tx) Place(domain Domain, name string) (Place, bool) {
	var found Place
	ok := tx.Load(placePrefix+domain.kind()+"/"+strings.ToLower(name), &found)
	return found, ok
}

// Places returns all places.
func (tx *Tx) Places() []Place {
	var places []Place
	tx.Each(placePrefix, func(_ string, decode func(any)) {
		var one Place
		decode(&one)
		places = append(places, one)
	})
	return places
}

// GivePlace keeps a place for good: identifiers of keys contain it.
func (tx *Tx) GivePlace(given Place) {
	tx.Store(placePrefix+given.Kind+"/"+given.Name, given)
	tx.Store(portPrefix+strconv.Itoa(given.Port), given)
}

// URI implements [Addresses].
func (k KeptAddresses) URI(tx *Tx, domain Domain, name string) string {
	if given, ok := tx.Place(domain, name); ok {
		return given.URI()
	}
	return k.PublicCloud.URI(tx, domain, name)
}

// Account implements [Addresses]. An account with a place keeps Azure's host name as well.
func (k KeptAddresses) Account(tx *Tx, domain Domain, host string) string {
	if name := placed(tx, domain, host); name != "" {
		return name
	}
	return k.PublicCloud.Account(tx, domain, host)
}

// placed returns the name of the account with a place at a loopback address, or "".
func placed(tx *Tx, domain Domain, host string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil || !IsLoopback(name) {
		return ""
	}
	var found Place
	if !tx.Load(portPrefix+port, &found) || found.Kind != domain.kind() {
		return ""
	}
	return found.Name
}

// IsLoopback reports whether a host name or address is this machine's own.
func IsLoopback(name string) bool {
	address := net.ParseIP(strings.Trim(name, "[]"))
	return strings.EqualFold(name, "localhost") || address != nil && address.IsLoopback()
}
