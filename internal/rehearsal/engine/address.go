// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// Addresses tells where clients reach the services that have host names of their own, and which
// account a host name belongs to.
type Addresses interface {
	// ResourceManager is the endpoint of Resource Manager, "https://management.azure.com".
	ResourceManager() string
	// Authority is the endpoint of Entra ID, "https://login.microsoftonline.com".
	Authority() string
	// Vault is the URI of a vault, "https://NAME.vault.azure.net/".
	Vault(tx *Tx, name string) string
	// VaultName is the name of the vault at a host ("NAME.vault.azure.net", with its port where
	// there is one), or "".
	VaultName(tx *Tx, host string) string
	// Blob is the blob endpoint of a storage account, "https://NAME.blob.core.windows.net/".
	Blob(tx *Tx, account string) string
	// BlobAccount is the name of the storage account with the blob endpoint at a host, or "".
	BlobAccount(tx *Tx, host string) string
}

// PublicCloud has every service at the address that it has in Azure's public cloud.
type PublicCloud struct{}

// ResourceManager implements [Addresses].
func (PublicCloud) ResourceManager() string { return "https://management.azure.com" }

// Authority implements [Addresses].
func (PublicCloud) Authority() string { return "https://login.microsoftonline.com" }

// Vault implements [Addresses].
func (PublicCloud) Vault(_ *Tx, name string) string {
	return "https://" + strings.ToLower(name) + VaultSuffix + "/"
}

// VaultName implements [Addresses].
func (PublicCloud) VaultName(_ *Tx, host string) string {
	return accountAt(host, VaultSuffix)
}

// Blob implements [Addresses].
func (PublicCloud) Blob(_ *Tx, account string) string {
	return "https://" + strings.ToLower(account) + BlobSuffix + "/"
}

// BlobAccount implements [Addresses].
func (PublicCloud) BlobAccount(_ *Tx, host string) string {
	return accountAt(host, BlobSuffix)
}

// accountAt is the one label before the suffix of a host name, or "".
func accountAt(host, suffix string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ":443")
	name, ok := strings.CutSuffix(host, suffix)
	if !ok || strings.Contains(name, ".") {
		return ""
	}
	return name
}

// The host name suffixes of Azure's public cloud.
const (
	VaultSuffix = ".vault.azure.net"
	BlobSuffix  = ".blob.core.windows.net"
	// StreamingSuffix is what the names of streaming endpoints end in.
	StreamingSuffix = ".streaming.media.azure.net"
)

// KeptAddresses has every service where Azure has it, but for those that were given a port of the
// loopback address: that is kept with the documents, so that who opens them without serving them
// knows the same addresses.
type KeptAddresses struct{ PublicCloud }

// Place is a port of the loopback address that is a vault's or a blob endpoint's alone.
type Place struct {
	Kind string `json:"kind"` // VaultPlace or BlobPlace
	Name string `json:"name"` // of the vault or the storage account, in lower case
	Port int    `json:"port"`
}

// The kinds of places.
const (
	VaultPlace = "vault"
	BlobPlace  = "blob"
)

const (
	placePrefix = "place/of/" // by kind and name
	portPrefix  = "place/at/" // by port
)

// URI is the address.
func (p Place) URI() string { return fmt.Sprintf("https://localhost:%d/", p.Port) }

// Place returns the place that was given to a vault or a storage account.
func (tx *Tx) Place(kind, name string) (Place, bool) {
	var found Place
	ok := tx.Load(placePrefix+kind+"/"+strings.ToLower(name), &found)
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

// GivePlace keeps a place for good: identifiers of keys have it in them.
func (tx *Tx) GivePlace(given Place) {
	given.Name = strings.ToLower(given.Name)
	tx.Store(placePrefix+given.Kind+"/"+given.Name, given)
	tx.Store(portPrefix+strconv.Itoa(given.Port), given)
}

// Vault implements [Addresses].
func (k KeptAddresses) Vault(tx *Tx, name string) string {
	if given, ok := tx.Place(VaultPlace, name); ok {
		return given.URI()
	}
	return k.PublicCloud.Vault(tx, name)
}

// Blob implements [Addresses].
func (k KeptAddresses) Blob(tx *Tx, account string) string {
	if given, ok := tx.Place(BlobPlace, account); ok {
		return given.URI()
	}
	return k.PublicCloud.Blob(tx, account)
}

// VaultName implements [Addresses]. A vault with a place goes on to have Azure's name.
func (k KeptAddresses) VaultName(tx *Tx, host string) string {
	if name := placed(tx, VaultPlace, host); name != "" {
		return name
	}
	return k.PublicCloud.VaultName(tx, host)
}

// BlobAccount implements [Addresses].
func (k KeptAddresses) BlobAccount(tx *Tx, host string) string {
	if name := placed(tx, BlobPlace, host); name != "" {
		return name
	}
	return k.PublicCloud.BlobAccount(tx, host)
}

// placed is the name of whose place a loopback address with a port is, or "".
func placed(tx *Tx, kind, host string) string {
	name, port, err := net.SplitHostPort(host)
	if err != nil || !IsLoopback(name) {
		return ""
	}
	var found Place
	if !tx.Load(portPrefix+port, &found) || found.Kind != kind {
		return ""
	}
	return found.Name
}

// IsLoopback reports whether a host name or address is this machine's own.
func IsLoopback(name string) bool {
	address := net.ParseIP(strings.Trim(name, "[]"))
	return strings.EqualFold(name, "localhost") || address != nil && address.IsLoopback()
}
