// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package blob is the Blob endpoint of rehearsal's storage accounts: containers and block blobs, as far
// as the official clients need them to write and read a file. Its purpose is the check of access:
// signatures by Shared Key or SAS are computed with the account's present keys, so that a regenerated
// key stops working when it does in Azure. It must not import the services that use storage. Sources
// without a mark are the pages of "Azure Storage Services REST API Reference"
// (learn.microsoft.com/rest/api/storageservices).
package blob

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
)

// Audience is the audience of tokens for storage. A token for one account has its endpoint instead.
const Audience = "https://storage.azure.com"

// Service is the Blob endpoint of every storage account.
type Service struct {
	accounts  *storage.Service
	directory *entra.Directory
	roles     *authorization.Service
}

// New adds the Blob endpoint to an engine.
func New(
	e *engine.Engine, accounts *storage.Service,
	directory *entra.Directory, roles *authorization.Service,
) *Service {
	s := &Service{accounts: accounts, directory: directory, roles: roles}
	e.HandleHost(engine.Host{
		Domain: storage.BlobDomain,
		Serve:  s.serve,
		Refuse: refuse,
	})
	e.Subscribe(storage.AccountRemoved, removeAll)
	return s
}

// call is one request to the endpoint of an account.
type call struct {
	*engine.Request
	service *Service
	account *engine.Resource
	// container and blob are what the path names.
	container, blob string
	operation       *operation
}

func (s *Service) serve(r *engine.Request) (*engine.Response, error) {
	name := r.Addresses().Account(r.Tx, storage.BlobDomain, r.HTTP.Host)
	if name == "" { // Azure's name at another port
		name = r.Addresses().Account(r.Tx, storage.BlobDomain, r.Host)
	}
	account := s.accounts.Named(r.Tx, name)
	if account == nil {
		r.Note("no storage account has the host name %q", r.HTTP.Host)
		return nil, engine.Ownf(http.StatusNotFound, "ResourceNotFound",
			"The specified resource does not exist.")
	}
	c := &call{Request: r, service: s, account: account}
	path := strings.TrimPrefix(r.HTTP.URL.Path, "/")
	c.container, c.blob, _ = strings.Cut(path, "/")
	response, err := c.serve()
	if err != nil {
		return nil, err
	}
	c.head(response)
	return response, nil
}

func (c *call) serve() (*engine.Response, error) {
	if c.operation = c.find(); c.operation == nil {
		c.Note("rehearsal does not have the operation %s %s", c.HTTP.Method, c.HTTP.URL.Path)
		return nil, engine.Ownf(http.StatusNotImplemented, "NotImplemented",
			"Rehearsal does not have this operation of the Blob service.")
	}
	if refused := c.admit(); refused != nil {
		return nil, refused
	}
	if c.needsAccountKey() {
		if refused := c.service.accounts.Reachable(c.Tx, c.account); refused != nil {
			return nil, refused
		}
	}
	return c.operation.serve(c)
}

// needsAccountKey reports whether the request reads or writes a blob or its metadata. Everything
// else goes on while the customer's key is out of reach (customer-managed-keys-overview.md, Revoke
// access to customer-managed keys, which lists the operations).
func (c *call) needsAccountKey() bool {
	return c.operation.encrypted ||
		c.operation.level == ofContainer && c.operation.comp == "list" && c.wantsMetadata()
}

// operation is an operation of the endpoint, and the permissions that it needs.
type operation struct {
	method string
	level  level
	// restype and comp are the query parameters that select it.
	restype, comp string
	// permissions are the letters of a SAS that allow it; one is enough.
	permissions string
	// resource is the resource type that an account SAS has to be for.
	resource string
	// action is the permission that a token's principal needs, data whether it is a data action.
	action string
	data   bool
	// public are the levels of public access that allow it to everybody.
	public []string
	// encrypted says that it always reads or writes a blob or its metadata.
	encrypted bool
	serve     func(c *call) (*engine.Response, error)
}

// level is what a path names.
type level string

const (
	ofService   level = "service"
	ofContainer level = "container"
	ofBlob      level = "blob"
)

const (
	containers = "Microsoft.Storage/storageAccounts/blobServices/containers/"
	blobs      = containers + "blobs/"
)

func operations() []operation {
	everybody, readers := []string{"container"}, []string{"container", "blob"}
	return []operation{
		{
			method: http.MethodGet, level: ofService, comp: "list", permissions: "l", resource: "s",
			action: containers + "read", serve: listContainers,
		},
		{
			method: http.MethodGet, level: ofService, restype: "service", comp: "properties",
			permissions: "r", resource: "s",
			action: "Microsoft.Storage/storageAccounts/blobServices/read", serve: serviceProperties,
		},
		{
			method: http.MethodPut, level: ofContainer, restype: "container", permissions: "cw",
			resource: "c", action: containers + "write", serve: createContainer,
		},
		{
			method: http.MethodGet, level: ofContainer, restype: "container", permissions: "r",
			resource: "c", action: containers + "read", public: everybody, serve: getContainer,
		},
		{
			method: http.MethodHead, level: ofContainer, restype: "container", permissions: "r",
			resource: "c", action: containers + "read", public: everybody, serve: getContainer,
		},
		{
			method: http.MethodDelete, level: ofContainer, restype: "container", permissions: "d",
			resource: "c", action: containers + "delete", serve: deleteContainer,
		},
		{
			method: http.MethodGet, level: ofContainer, restype: "container", comp: "list",
			permissions: "l", resource: "c", action: blobs + "read", data: true, public: everybody,
			serve: listBlobs,
		},
		{
			method: http.MethodPut, level: ofBlob, permissions: "cw", resource: "o",
			action: blobs + "write", data: true, encrypted: true, serve: putBlob,
		},
		{
			method: http.MethodGet, level: ofBlob, permissions: "r", resource: "o",
			action: blobs + "read", data: true, public: readers, encrypted: true, serve: getBlob,
		},
		{
			method: http.MethodHead, level: ofBlob, permissions: "r", resource: "o",
			action: blobs + "read", data: true, public: readers, encrypted: true, serve: getBlob,
		},
		{
			method: http.MethodDelete, level: ofBlob, permissions: "d", resource: "o",
			action: blobs + "delete", data: true, serve: deleteBlob,
		},
	}
}

// find returns the operation that a request asks for, or nil.
func (c *call) find() *operation {
	at := ofBlob
	switch {
	case c.container == "":
		at = ofService
	case c.blob == "":
		at = ofContainer
	}
	for _, candidate := range operations() {
		if candidate.method == c.HTTP.Method && candidate.level == at &&
			strings.EqualFold(candidate.comp, c.Query["comp"]) &&
			(candidate.restype == "" || strings.EqualFold(candidate.restype, c.Query["restype"])) {
			return &candidate
		}
	}
	return nil
}

// scope returns the identifier of what the request is about, as role assignments name it.
func (c *call) scope() engine.ID {
	if c.container == "" {
		return c.account.ID
	}
	return c.account.ID + engine.ID("/blobServices/default/containers/"+c.container)
}

// isPublic reports whether the container lets everybody do this.
func (c *call) isPublic() bool {
	kept := loadContainer(c.Tx, c.account.Name, c.container)
	return kept != nil && slices.Contains(c.operation.public, kept.Public)
}

// allows returns the value of a switch of the account, or fallback if it is not set.
func (c *call) allows(property string, fallback bool) bool {
	allowed := fallback
	c.account.Read(property, &allowed)
	return allowed
}

// URL returns the URL of an account's endpoint, of a container or of a blob.
func URL(tx *engine.Tx, account string, path ...string) string {
	endpoint := strings.TrimSuffix(tx.Addresses().URI(tx, storage.BlobDomain, account), "/")
	for _, segment := range path {
		endpoint += "/" + (&url.URL{Path: segment}).EscapedPath()
	}
	return endpoint
}
