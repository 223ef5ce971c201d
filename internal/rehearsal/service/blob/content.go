// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"bytes"
	"crypto/md5" //nolint:gosec // a checksum of the protocol
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// settings returns the headers of a blob's content: those that set them carry a prefix.
func settings() []string {
	return []string{
		"Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition", "Cache-Control",
	}
}

// putBlob writes a whole block blob. The engine takes no bodies beyond 4 MiB, which limits
// its size.
func putBlob(c *call) (*engine.Response, error) {
	if _, refused := c.inContainer(); refused != nil {
		return nil, refused
	}
	switch kind := c.HTTP.Header.Get("X-Ms-Blob-Type"); kind {
	case "BlockBlob":
	case "":
		return nil, engine.Errorf(http.StatusBadRequest, "MissingRequiredHeader",
			"An HTTP header that's mandatory for this request is not specified.")
	default:
		return nil, engine.Ownf(http.StatusNotImplemented, "NotImplemented",
			"Rehearsal keeps block blobs only, and no blob of type '%s'.", kind)
	}
	if c.HTTP.Header.Get("X-Ms-Copy-Source") != "" {
		return nil, engine.Ownf(http.StatusNotImplemented, "NotImplemented", "Rehearsal copies no blobs.")
	}
	old := loadBlob(c.Tx, c.account.Name, c.container, c.blob)
	if refused := c.checkConditions(old); refused != nil {
		return nil, refused
	}
	next, refused := c.newBlob()
	if refused != nil {
		return nil, refused
	}
	if old != nil {
		next.Created = old.Created
	}
	sealed, refused := c.service.accounts.Seal(c.Tx, c.account, c.Raw)
	if refused != nil {
		return nil, refused
	}
	c.Store(blobKey(c.account.Name, c.container, c.blob), next)
	c.Store(contentKey(c.account.Name, c.container, c.blob), content{Sealed: sealed})
	header := next.header()
	header.Set("Content-Md5", base64.StdEncoding.EncodeToString(next.MD5))
	header.Set("X-Ms-Request-Server-Encrypted", "true")
	return &engine.Response{Status: http.StatusCreated, Header: header}, nil
}

// newBlob returns the blob that the request describes.
func (c *call) newBlob() (*blob, *engine.Error) {
	sum := md5.Sum(c.Raw) //nolint:gosec // a checksum of the protocol
	if sent := c.HTTP.Header.Get("Content-Md5"); sent != "" {
		decoded, err := base64.StdEncoding.DecodeString(sent)
		if err != nil || len(decoded) != len(sum) {
			return nil, engine.Errorf(http.StatusBadRequest, "InvalidMd5",
				"The MD5 value specified in the request is invalid. MD5 value must be 128 bits and "+
					"base64-encoded.")
		}
		if !bytes.Equal(decoded, sum[:]) {
			return nil, engine.Errorf(http.StatusBadRequest, "Md5Mismatch",
				"The MD5 value specified in the request did not match with the MD5 value calculated by "+
					"the server.")
		}
	}
	made := &blob{
		Name: c.blob, Size: len(c.Raw), MD5: sum[:], Settings: map[string]string{},
		Metadata: metadataOf(c.HTTP.Header),
		ETag:     newETag(c.Tx), Created: c.Now(), Modified: c.Now(),
	}
	for _, name := range settings() {
		own := "X-Ms-Blob-" + name
		if name == "Cache-Control" || name == "Content-Disposition" {
			made.Settings[name] = c.HTTP.Header.Get(own)
			continue
		}
		made.Settings[name] = c.HTTP.Header.Get(own)
		if made.Settings[name] == "" {
			made.Settings[name] = c.HTTP.Header.Get(name)
		}
	}
	if made.Settings["Content-Type"] == "" {
		made.Settings["Content-Type"] = "application/octet-stream"
	}
	return made, nil
}

func (b *blob) header() http.Header {
	return http.Header{
		"Etag": {b.ETag}, "Last-Modified": {b.Modified.UTC().Format(http.TimeFormat)},
	}
}

// inBlob returns the blob that the request is about.
func (c *call) inBlob() (*blob, *engine.Error) {
	if _, refused := c.inContainer(); refused != nil {
		return nil, refused
	}
	kept := loadBlob(c.Tx, c.account.Name, c.container, c.blob)
	if kept == nil {
		return nil, blobNotFound()
	}
	return kept, nil
}

func getBlob(c *call) (*engine.Response, error) {
	kept, refused := c.inBlob()
	if refused != nil {
		return nil, refused
	}
	if refused := c.checkConditions(kept); refused != nil {
		return nil, refused
	}
	var stored content
	c.Load(contentKey(c.account.Name, c.container, c.blob), &stored)
	text, refused := c.service.accounts.Unseal(c.Tx, c.account, stored.Sealed)
	if refused != nil {
		return nil, refused
	}
	response := &engine.Response{Status: http.StatusOK, Header: kept.properties(c), Body: text}
	if c.HTTP.Method == http.MethodGet {
		if refused := c.cut(response, text); refused != nil {
			return nil, refused
		}
	}
	return response, nil
}

// properties returns the headers that tell of a blob. What a SAS says of the content's headers goes
// before what the blob says.
func (b *blob) properties(c *call) http.Header {
	header := b.header()
	for name, value := range b.Settings {
		if value != "" {
			header.Set(name, value)
		}
	}
	for name, parameter := range map[string]string{
		"Content-Type": "rsct", "Content-Encoding": "rsce", "Content-Language": "rscl",
		"Content-Disposition": "rscd", "Cache-Control": "rscc",
	} {
		if value := c.Query[parameter]; value != "" && c.Query["sig"] != "" {
			header.Set(name, value)
		}
	}
	header.Set("Content-Md5", base64.StdEncoding.EncodeToString(b.MD5))
	header.Set("Accept-Ranges", "bytes")
	header.Set("X-Ms-Blob-Type", "BlockBlob")
	header.Set("X-Ms-Creation-Time", b.Created.UTC().Format(http.TimeFormat))
	header.Set("X-Ms-Lease-State", "available")
	header.Set("X-Ms-Lease-Status", "unlocked")
	header.Set("X-Ms-Server-Encrypted", "true")
	showMetadata(header, b.Metadata)
	return header
}

// cut reduces an answer to the requested range.
func (c *call) cut(response *engine.Response, text []byte) *engine.Error {
	asked := c.HTTP.Header.Get("X-Ms-Range")
	if asked == "" {
		asked = c.HTTP.Header.Get("Range")
	}
	first, last, ok := parseRange(asked)
	if !ok {
		return nil
	}
	if first >= len(text) {
		refused := engine.Errorf(http.StatusRequestedRangeNotSatisfiable, "InvalidRange",
			"The range specified is invalid for the current size of the resource.")
		refused.Header = http.Header{"Content-Range": {fmt.Sprintf("bytes */%d", len(text))}}
		return refused
	}
	if last < 0 || last >= len(text) {
		last = len(text) - 1
	}
	response.Status = http.StatusPartialContent
	response.Body = text[first : last+1]
	response.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, len(text)))
	response.Header.Set("X-Ms-Blob-Content-Md5", response.Header.Get("Content-Md5"))
	response.Header.Del("Content-Md5") // it would be that of the range
	return nil
}

// parseRange reads "bytes=FIRST-" and "bytes=FIRST-LAST", the forms that the service knows; last is
// negative in the first.
func parseRange(asked string) (first, last int, ok bool) {
	span, ok := strings.CutPrefix(asked, "bytes=")
	if !ok {
		return 0, 0, false
	}
	from, to, _ := strings.Cut(span, "-")
	first, err := strconv.Atoi(from)
	if err != nil || first < 0 {
		return 0, 0, false
	}
	if to == "" {
		return first, -1, true
	}
	last, err = strconv.Atoi(to)
	return first, last, err == nil && last >= first
}

func deleteBlob(c *call) (*engine.Response, error) {
	kept, refused := c.inBlob()
	if refused != nil {
		return nil, refused
	}
	if refused := c.checkConditions(kept); refused != nil {
		return nil, refused
	}
	c.Erase(blobKey(c.account.Name, c.container, c.blob))
	c.Erase(contentKey(c.account.Name, c.container, c.blob))
	return &engine.Response{
		Status: http.StatusAccepted, Header: http.Header{"X-Ms-Delete-Type-Permanent": {"true"}},
	}, nil
}

// checkConditions refuses a request whose conditions on the blob do not hold ("Specifying Conditional Headers for Blob Service Operations").
func (c *call) checkConditions(now *blob) *engine.Error {
	match, noneMatch := c.HTTP.Header.Get("If-Match"), c.HTTP.Header.Get("If-None-Match")
	if match != "" && (now == nil || !names(match, now.ETag)) {
		return conditionNotMet()
	}
	if noneMatch == "" || now == nil || !names(noneMatch, now.ETag) {
		return nil
	}
	switch {
	case c.HTTP.Method == http.MethodGet || c.HTTP.Method == http.MethodHead:
		refused := conditionNotMet()
		refused.Status = http.StatusNotModified
		return refused
	case noneMatch == "*":
		return engine.Errorf(http.StatusConflict, "BlobAlreadyExists", "The specified blob already exists.")
	}
	return conditionNotMet()
}

// names reports whether a list of marks has one in it.
func names(list, mark string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(one string) bool {
		one = strings.TrimSpace(one)
		return one == "*" || strings.Trim(one, `"`) == strings.Trim(mark, `"`)
	})
}
