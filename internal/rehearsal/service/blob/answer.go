// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"bytes"
	"encoding/xml"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// oldest is the version of answers to requests without x-ms-version.
const oldest = "2009-09-19"

// head adds the headers that all answers of the service have.
func (c *call) head(response *engine.Response) {
	if response.Header == nil {
		response.Header = http.Header{}
	}
	mark(c.Request, response.Header)
}

func mark(r *engine.Request, header http.Header) {
	header.Set("Server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0")
	version := r.HTTP.Header.Get("X-Ms-Version")
	if version == "" {
		version = oldest
	}
	header.Set("X-Ms-Version", version)
}

// failure is a refusal as the service writes it.
type failure struct {
	XMLName xml.Name `xml:"Error"`
	Code    string
	Message string
	// Detail says why an authentication failed.
	Detail string `xml:"AuthenticationErrorDetail,omitempty"`
}

// refuse writes a refusal in XML. Its message ends, as Azure's do, with the request and the time.
func refuse(r *engine.Request, refused *engine.Error) *engine.Response {
	header := refused.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	id := r.NewID()
	header.Set("X-Ms-Request-Id", id)
	header.Set("X-Ms-Error-Code", refused.Code)
	header.Set("Content-Type", "application/xml")
	mark(r, header)
	body := failure{
		Code: refused.Code,
		Message: refused.Message + "\nRequestId:" + id + "\nTime:" +
			r.Now().Format("2006-01-02T15:04:05.0000000Z"),
		Detail: refused.Target,
	}
	if r.HTTP.Method == http.MethodHead {
		return &engine.Response{Status: refused.Status, Header: header}
	}
	return &engine.Response{Status: refused.Status, Header: header, Body: encode(body)}
}

// encode writes XML with the mark that Azure's begins with.
func encode(document any) []byte {
	encoded, err := xml.Marshal(document)
	if err != nil {
		panic(err) // a defect: these are our own types
	}
	encoded = bytes.ReplaceAll(encoded, []byte("&#xA;"), []byte("\n"))
	return append([]byte("\xef\xbb\xbf"+`<?xml version="1.0" encoding="utf-8"?>`), encoded...)
}

func answer(document any) *engine.Response {
	return &engine.Response{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {"application/xml"}},
		Body:   encode(document),
	}
}

// unauthenticated returns the refusal of a signature. Its detail says which signature was
// expected for which text, as in Azure: without the key that is of no use.
func unauthenticated(format string, args ...any) *engine.Error {
	refused := engine.Errorf(http.StatusForbidden, "AuthenticationFailed",
		"Server failed to authenticate the request. Make sure the value of Authorization header is "+
			"formed correctly including the signature.")
	refused.Target = engine.Errorf(0, "", format, args...).Message
	return refused
}

// unauthorized returns the refusal of something that a good signature or token does not allow.
func unauthorized(code, using string) *engine.Error {
	return engine.Errorf(http.StatusForbidden, code,
		"This request is not authorized to perform this operation%s.", using)
}

func containerNotFound() *engine.Error {
	return engine.Errorf(http.StatusNotFound, "ContainerNotFound",
		"The specified container does not exist.")
}

func blobNotFound() *engine.Error {
	return engine.Errorf(http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
}

func conditionNotMet() *engine.Error {
	return engine.Errorf(http.StatusPreconditionFailed, "ConditionNotMet",
		"The condition specified using HTTP conditional header(s) is not met.")
}

func invalidHeader(name string) *engine.Error {
	refused := engine.Errorf(http.StatusBadRequest, "InvalidHeaderValue",
		"The value for one of the HTTP headers is not in the correct format.")
	refused.Target = name
	return refused
}
