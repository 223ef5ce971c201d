// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"encoding/xml"
	"net/http"
	"regexp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// validContainer is the rule for names: 3 to 63 lower-case letters, digits and single hyphens
// between them ("Naming and Referencing Containers, Blobs, and Metadata").
var validContainer = regexp.MustCompile(`^(\$root|\$web|[a-z0-9](-?[a-z0-9]){2,62})$`)

func createContainer(c *call) (*engine.Response, error) {
	if !validContainer.MatchString(c.container) || len(c.container) > 63 {
		return nil, engine.Errorf(http.StatusBadRequest, "InvalidResourceName",
			"The specified resource name contains invalid characters.")
	}
	public := c.HTTP.Header.Get("X-Ms-Blob-Public-Access")
	switch public {
	case "", "container", "blob":
	default:
		return nil, invalidHeader("x-ms-blob-public-access")
	}
	if public != "" && !c.allows("allowBlobPublicAccess", false) {
		return nil, engine.Errorf(http.StatusConflict, "PublicAccessNotPermitted",
			"Public access is not permitted on this storage account.")
	}
	if loadContainer(c.Tx, c.account.Name, c.container) != nil {
		return nil, engine.Errorf(http.StatusConflict, "ContainerAlreadyExists",
			"The specified container already exists.")
	}
	made := &container{
		Name: c.container, Public: public, Metadata: metadataOf(c.HTTP.Header),
		ETag: newETag(c.Tx), Modified: c.Now(),
	}
	c.Store(containerKey(c.account.Name, c.container), made)
	return &engine.Response{Status: http.StatusCreated, Header: made.header()}, nil
}

func (c *container) header() http.Header {
	return http.Header{
		"Etag": {c.ETag}, "Last-Modified": {c.Modified.UTC().Format(http.TimeFormat)},
	}
}

// inContainer returns the container that the request is about.
func (c *call) inContainer() (*container, *engine.Error) {
	kept := loadContainer(c.Tx, c.account.Name, c.container)
	if kept == nil {
		return nil, containerNotFound()
	}
	return kept, nil
}

func getContainer(c *call) (*engine.Response, error) {
	kept, refused := c.inContainer()
	if refused != nil {
		return nil, refused
	}
	header := kept.header()
	header.Set("X-Ms-Lease-State", "available")
	header.Set("X-Ms-Lease-Status", "unlocked")
	header.Set("X-Ms-Has-Immutability-Policy", "false")
	header.Set("X-Ms-Has-Legal-Hold", "false")
	header.Set("X-Ms-Default-Encryption-Scope", "$account-encryption-key")
	header.Set("X-Ms-Deny-Encryption-Scope-Override", "false")
	if kept.Public != "" {
		header.Set("X-Ms-Blob-Public-Access", kept.Public)
	}
	showMetadata(header, kept.Metadata)
	return &engine.Response{Status: http.StatusOK, Header: header}, nil
}

// deleteContainer removes a container at once. Azure takes up to 30 seconds, in which the name
// cannot be used again.
func deleteContainer(c *call) (*engine.Response, error) {
	if _, refused := c.inContainer(); refused != nil {
		return nil, refused
	}
	removeContainer(c.Tx, c.account.Name, c.container)
	return &engine.Response{Status: http.StatusAccepted}, nil
}

// serviceProperties answers with the settings that an account has from the start; rehearsal has no
// way to change them.
func serviceProperties(*call) (*engine.Response, error) {
	type retention struct {
		Enabled bool
	}
	type logging struct {
		Version             string
		Delete, Read, Write bool
		RetentionPolicy     retention
	}
	type metrics struct {
		Version         string
		Enabled         bool
		IncludeAPIs     *bool
		RetentionPolicy retention
	}
	included := true
	return answer(struct {
		XMLName               xml.Name `xml:"StorageServiceProperties"`
		Logging               logging
		HourMetrics           metrics
		MinuteMetrics         metrics
		Cors                  string
		DefaultServiceVersion string `xml:",omitempty"`
		DeleteRetentionPolicy retention
		StaticWebsite         retention
	}{
		Logging:       logging{Version: "1.0"},
		HourMetrics:   metrics{Version: "1.0", Enabled: true, IncludeAPIs: &included},
		MinuteMetrics: metrics{Version: "1.0"},
	}), nil
}
