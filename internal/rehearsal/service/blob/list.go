// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// pageSize is how much is in one answer unless the caller wants less.
const pageSize = 5000

// page is what the lists of containers and of blobs have in common.
type page struct {
	XMLName         xml.Name `xml:"EnumerationResults"`
	ServiceEndpoint string   `xml:",attr"`
	ContainerName   string   `xml:",attr,omitempty"`
	Prefix          string   `xml:",omitempty"`
	Marker          string   `xml:",omitempty"`
	MaxResults      int      `xml:",omitempty"`
	Delimiter       string   `xml:",omitempty"`
	Containers      *listedContainers
	Blobs           *listedBlobs
	NextMarker      string
}

type listedContainers struct {
	Container []listedContainer
}

type listedContainer struct {
	Name       string
	Properties properties
	Metadata   *metadata
}

type listedBlobs struct {
	Items []any // listedBlob or listedPrefix, in the order of the names
}

type listedBlob struct {
	XMLName    xml.Name `xml:"Blob"`
	Name       string
	Properties properties
	Metadata   *metadata
}

type listedPrefix struct {
	XMLName xml.Name `xml:"BlobPrefix"`
	Name    string
}

// properties are those of a container or a blob; what one of them lacks is left out.
type properties struct {
	Created            string `xml:"Creation-Time,omitempty"`
	Modified           string `xml:"Last-Modified"`
	ETag               string `xml:"Etag"`
	Length             *int   `xml:"Content-Length"`
	ContentType        string `xml:"Content-Type,omitempty"`
	ContentEncoding    string `xml:"Content-Encoding,omitempty"`
	ContentLanguage    string `xml:"Content-Language,omitempty"`
	MD5                string `xml:"Content-MD5,omitempty"`
	CacheControl       string `xml:"Cache-Control,omitempty"`
	ContentDisposition string `xml:"Content-Disposition,omitempty"`
	BlobType           string `xml:",omitempty"`
	AccessTier         string `xml:",omitempty"`
	LeaseStatus        string
	LeaseState         string
	ServerEncrypted    bool   `xml:",omitempty"`
	PublicAccess       string `xml:",omitempty"`
}

// metadata are values under names of the caller's own.
type metadata map[string]string

// MarshalXML implements [xml.Marshaler]: each name is an element.
func (m metadata) MarshalXML(encoder *xml.Encoder, start xml.StartElement) error {
	if err := encoder.EncodeToken(start); err != nil {
		return err //nolint:wrapcheck // the encoder's own
	}
	for name, value := range m {
		element := xml.StartElement{Name: xml.Name{Local: name}}
		if err := encoder.EncodeElement(value, element); err != nil {
			return err //nolint:wrapcheck // the encoder's own
		}
	}
	return encoder.EncodeToken(start.End()) //nolint:wrapcheck // the encoder's own
}

// list is a list as it was asked for.
type list struct {
	page

	limit        int
	withMetadata bool
	count        int
}

func (c *call) newList() (*list, *engine.Error) {
	asked := &list{limit: pageSize, page: page{
		ServiceEndpoint: URL(c.Tx, c.account.Name) + "/", Prefix: c.Query["prefix"],
		Marker: c.Query["marker"], Delimiter: c.Query["delimiter"],
	}}
	if sent := c.Query["maxresults"]; sent != "" {
		limit, err := strconv.Atoi(sent)
		if err != nil || limit < 1 {
			return nil, engine.Errorf(http.StatusBadRequest, "OutOfRangeQueryParameterValue",
				"One of the query parameters specified in the request URI is outside the permissible range.")
		}
		asked.limit, asked.MaxResults = min(limit, pageSize), limit
	}
	asked.withMetadata = c.wantsMetadata()
	return asked, nil
}

// takes reports whether a name belongs on this page. The first that does not fit any more is where
// the next page begins.
func (l *list) takes(name string) bool {
	if l.NextMarker != "" || !strings.HasPrefix(name, l.Prefix) || name < l.Marker {
		return false
	}
	if l.count == l.limit {
		l.NextMarker = name
		return false
	}
	l.count++
	return true
}

func (l *list) metadata(kept map[string]string) *metadata {
	if !l.withMetadata {
		return nil
	}
	shown := metadata(kept)
	return &shown
}

func listContainers(c *call) (*engine.Response, error) {
	asked, refused := c.newList()
	if refused != nil {
		return nil, refused
	}
	asked.Containers = &listedContainers{}
	c.Each(containerPrefix+c.account.Name+"/", func(_ string, decode func(any)) {
		var kept container
		decode(&kept)
		if !asked.takes(kept.Name) {
			return
		}
		asked.Containers.Container = append(asked.Containers.Container, listedContainer{
			Name: kept.Name, Metadata: asked.metadata(kept.Metadata),
			Properties: properties{
				Modified: kept.Modified.UTC().Format(http.TimeFormat), ETag: kept.ETag,
				LeaseStatus: "unlocked", LeaseState: "available", PublicAccess: kept.Public,
			},
		})
	})
	return answer(asked.page), nil
}

func listBlobs(c *call) (*engine.Response, error) {
	if _, refused := c.inContainer(); refused != nil {
		return nil, refused
	}
	asked, refused := c.newList()
	if refused != nil {
		return nil, refused
	}
	asked.ContainerName, asked.Blobs = c.container, &listedBlobs{}
	seen := ""
	c.Each(blobKey(c.account.Name, c.container, ""), func(_ string, decode func(any)) {
		var kept blob
		decode(&kept)
		if folder := asked.folder(kept.Name); folder != "" {
			if folder != seen && asked.takes(folder) {
				asked.Blobs.Items = append(asked.Blobs.Items, listedPrefix{Name: folder})
			}
			seen = folder
			return
		}
		if asked.takes(kept.Name) {
			asked.Blobs.Items = append(asked.Blobs.Items, asked.blob(&kept))
		}
	})
	return answer(asked.page), nil
}

// folder returns what stands for a blob in a list that goes no deeper than the delimiter, or "" where the
// blob stands for itself.
func (l *list) folder(name string) string {
	below, within := strings.CutPrefix(name, l.Prefix)
	if l.Delimiter == "" || !within {
		return ""
	}
	first, _, deeper := strings.Cut(below, l.Delimiter)
	if !deeper {
		return ""
	}
	return l.Prefix + first + l.Delimiter
}

func (l *list) blob(kept *blob) listedBlob {
	return listedBlob{
		Name: kept.Name, Metadata: l.metadata(kept.Metadata),
		Properties: properties{
			Created:  kept.Created.UTC().Format(http.TimeFormat),
			Modified: kept.Modified.UTC().Format(http.TimeFormat), ETag: strings.Trim(kept.ETag, `"`),
			Length:             &kept.Size,
			ContentType:        kept.Settings["Content-Type"],
			ContentEncoding:    kept.Settings["Content-Encoding"],
			ContentLanguage:    kept.Settings["Content-Language"],
			ContentDisposition: kept.Settings["Content-Disposition"],
			CacheControl:       kept.Settings["Cache-Control"],
			MD5:                base64.StdEncoding.EncodeToString(kept.MD5),
			BlobType:           "BlockBlob", AccessTier: "Hot",
			LeaseStatus: "unlocked", LeaseState: "available", ServerEncrypted: true,
		},
	}
}

// wantsMetadata reports whether a list is to show the metadata of what it lists.
func (c *call) wantsMetadata() bool { return strings.Contains(c.Query["include"], "metadata") }
