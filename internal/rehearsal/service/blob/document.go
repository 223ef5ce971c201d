// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"net/http"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// container is a container as it is kept.
type container struct {
	Name     string            `json:"name"`
	Public   string            `json:"public,omitempty"` // "container" or "blob"
	Metadata map[string]string `json:"metadata,omitempty"`
	ETag     string            `json:"etag"`
	Modified time.Time         `json:"modified"`
}

// blob is a stored blob without its content.
type blob struct {
	Name     string            `json:"name"`
	Size     int               `json:"size"`
	MD5      []byte            `json:"md5"`
	Settings map[string]string `json:"settings"` // headers of its content, by canonical name
	Metadata map[string]string `json:"metadata,omitempty"`
	ETag     string            `json:"etag"`
	Created  time.Time         `json:"created"`
	Modified time.Time         `json:"modified"`
}

// content is the content of a blob, encrypted with the account key.
type content struct {
	Sealed []byte `json:"sealed"`
}

// The keys of the documents. Names of containers have no slash in them, names of blobs may.
const (
	containerPrefix = "blob/container/"
	blobPrefix      = "blob/blob/"
	contentPrefix   = "blob/content/"
)

func containerKey(account, name string) string { return containerPrefix + account + "/" + name }

func blobKey(account, in, name string) string { return blobPrefix + account + "/" + in + "/" + name }

func contentKey(account, in, name string) string {
	return contentPrefix + account + "/" + in + "/" + name
}

func loadContainer(tx *engine.Tx, account, name string) *container {
	kept := new(container)
	if !tx.Load(containerKey(account, name), kept) {
		return nil
	}
	return kept
}

func loadBlob(tx *engine.Tx, account, in, name string) *blob {
	kept := new(blob)
	if !tx.Load(blobKey(account, in, name), kept) {
		return nil
	}
	return kept
}

func removeContainer(tx *engine.Tx, account, name string) {
	tx.Erase(containerKey(account, name))
	for _, prefix := range []string{blobKey(account, name, ""), contentKey(account, name, "")} {
		eraseAll(tx, prefix)
	}
}

// removeAll removes all that is in an account which is going.
func removeAll(tx *engine.Tx, account string) {
	for _, prefix := range []string{containerPrefix, blobPrefix, contentPrefix} {
		eraseAll(tx, prefix+account+"/")
	}
}

func eraseAll(tx *engine.Tx, prefix string) {
	var keys []string
	tx.Each(prefix, func(key string, _ func(any)) { keys = append(keys, key) })
	for _, key := range keys {
		tx.Erase(key)
	}
}

// newETag returns the mark of a version of something: it never comes again.
func newETag(tx *engine.Tx) string {
	return `"0x` + strings.ToUpper(strings.ReplaceAll(tx.NewID(), "-", "")[:15]) + `"`
}

const metadataPrefix = "X-Ms-Meta-"

// metadataOf returns the values that a request names of the caller's own.
func metadataOf(header http.Header) map[string]string {
	metadata := map[string]string{}
	for name, values := range header {
		if own, ok := strings.CutPrefix(http.CanonicalHeaderKey(name), metadataPrefix); ok {
			metadata[strings.ToLower(own)] = strings.Join(values, ",")
		}
	}
	return metadata
}

func showMetadata(header http.Header, metadata map[string]string) {
	for name, value := range metadata {
		header.Set(metadataPrefix+name, value)
	}
}
