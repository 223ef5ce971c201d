// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/shape"
)

// Request is one call to Azure, within its transaction.
type Request struct {
	*Tx
	// HTTP is the request; its body has been read into Raw.
	HTTP *http.Request
	// Raw is the body.
	Raw []byte
	// Host is the host name in lower case and without port.
	Host string
	// Query are the query parameters by lower-case name.
	Query map[string]string
	// Params are the parts of the path that a route's pattern names.
	Params map[string]string
	// Caller is the zero Caller at endpoints that need no token.
	Caller Caller
	// APIVersion is the requested version.
	APIVersion string
	// ID is the resource that the request is about, in Resource Manager.
	ID ID
	// Sent is the body of a Resource Manager request, Body the part of it that a client may set
	// according to the documents. Both are nil without a body.
	Sent, Body map[string]any

	entry Entry
	// kind is the resource type of the request, once it is known.
	kind *ResourceType
	// operation is the documented shape of the request, if documented.
	operation  shape.Operation
	documented bool
	// started is the ID of the operation that the request started, or "".
	started string
	// common are the headers of every answer of the endpoint, refusals included.
	common http.Header
}

// Response is an answer.
type Response struct {
	Status int
	Header http.Header
	// Body is encoded as JSON; nil sends no body, and []byte is sent as it is.
	Body any
}

// Handler answers a request. An error that is an [*Error] is sent as such; another is a defect
// and becomes 500.
type Handler func(*Request) (*Response, error)

// Host is an endpoint with host names of its own.
type Host struct {
	// Names are the host names, Domain the domain of the accounts' host names. An account may have an
	// address besides, "localhost:8444", from [Addresses].
	Names  []string
	Domain Domain
	// Loopback reports whether a request to the loopback address itself, whose host name says
	// nothing, is for this endpoint by its path.
	Loopback func(path string) bool
	// Serve answers.
	Serve Handler
	// Refuse writes a refusal as the endpoint does. nil stands for the JSON that most of Azure
	// writes.
	Refuse func(r *Request, refused *Error) *Response
	// Throttled is the endpoint's refusal of a client that asks too often. nil stands for Resource
	// Manager's.
	Throttled *Error
}

// HandleHost adds an endpoint.
func (e *Engine) HandleHost(h Host) { e.hosts = append(e.hosts, h) }

const maxBody = 4 << 20 // Resource Manager's own limit

// ServeHTTP implements [http.Handler]: one transaction, then the answer.
func (e *Engine) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	if strings.ContainsFunc(hr.RequestURI+hr.URL.RawQuery, isNoAddress) {
		refuseAddress(w)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, hr.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), unread(err))
		return
	}
	hr.Header = canonicalHeader(hr.Header)
	var response *Response
	var interceptions []Interception
	err = e.transact(func(tx *Tx) {
		r := &Request{Tx: tx, HTTP: hr, Raw: raw, Host: hostName(hr.Host), Query: query(hr.URL)}
		interceptions = e.intercept(r)
		response = e.respond(r, interceptions)
		for _, i := range interceptions {
			if i.Handled != nil {
				i.Handled(response)
			}
		}
		e.finish(r, response)
		r.record(response)
	})
	if err != nil {
		err = fmt.Errorf("keeping rehearsal's data: %w", err)
		if errors.Is(err, syscall.ENOSPC) {
			err = Ownf(http.StatusInsufficientStorage, "DiskFull", "%v", err)
		}
		response = failure(err)
	}
	for _, i := range interceptions {
		if i.Answer != nil && i.Answer(w) {
			return
		}
	}
	write(w, response)
}

// isNoAddress reports whether a character ends or breaks a request line. Over HTTP/2, and without a
// network, it would get through.
func isNoAddress(c rune) bool { return c <= ' ' || c == 0x7f }

// refuseAddress answers as Windows does in front of Azure's services.
func refuseAddress(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=us-ascii")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, "<h2>Bad Request - Invalid URL</h2>\n<hr><p>HTTP Error 400. The request URL is invalid.</p>\n")
}

// unread returns the status of the answer to a request whose body could not be read.
func unread(err error) int {
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

func (e *Engine) intercept(r *Request) []Interception {
	var interceptions []Interception
	for _, interceptor := range e.interceptors {
		interceptions = append(interceptions, interceptor(r))
	}
	r.overlay.Flush() // a refusal does not drop it
	return interceptions
}

// respond runs the handler and turns an error into an answer. The writes of a refused request are
// dropped.
func (e *Engine) respond(r *Request, interceptions []Interception) *Response {
	host := e.hostOf(r)
	for _, i := range interceptions {
		if i.Refuse != nil {
			return host.refusal(r, i.Refuse)
		}
	}
	response, err := host.Serve(r)
	if err != nil {
		r.overlay.Drop()
		var refused *Error
		if errors.As(err, &refused) && refused.Own {
			r.Note(NoteOwnWords)
		}
		response = host.refusal(r, err)
	}
	if r.kind != nil && r.kind.Answer != nil && response.Header.Get("X-Ms-Failure-Cause") == "" {
		if response.Header == nil {
			response.Header = http.Header{}
		}
		r.kind.Answer(r, response)
	}
	return response
}

// hostOf returns the endpoint that a request is for.
func (e *Engine) hostOf(r *Request) Host {
	for _, h := range e.hosts {
		if h.serves(r.Host) {
			return h
		}
	}
	for _, h := range e.hosts {
		if h.Domain != "" && e.addresses.Account(r.Tx, h.Domain, r.HTTP.Host) != "" {
			return h
		}
	}
	for _, h := range e.hosts {
		if h.Loopback != nil && h.Loopback(r.HTTP.URL.Path) {
			return h
		}
	}
	return Host{Serve: func(r *Request) (*Response, error) {
		r.Note("unknown host %q", r.Host)
		return nil, Ownf(http.StatusNotFound, "HostNotFound",
			"Rehearsal has no service at the host name %q.", r.Host)
	}}
}

// refusal turns an error into an answer as the endpoint writes it.
func (h Host) refusal(r *Request, err error) *Response {
	if h.Refuse == nil {
		return failure(err)
	}
	return h.Refuse(r, refusalOf(err))
}

func (h Host) serves(name string) bool {
	for _, own := range h.Names {
		if own == name {
			return true
		}
	}
	return h.Domain != "" && h.Domain.Holds(name) && name != string(h.Domain)
}

// NoteOwnWords marks a refusal that Azure makes too, in words that no public source has.
const NoteOwnWords = "the words of this refusal are rehearsal's own: no public source has Azure's"

// Note adds a remark to the request's journal entry, about something that the answer does not show:
// an unknown field, an unknown route.
func (r *Request) Note(format string, args ...any) {
	r.entry.Notes = append(r.entry.Notes, fmt.Sprintf(format, args...))
}

// Origin returns the scheme and host that the client reached the endpoint at, for links in answers.
func (r *Request) Origin() string { return "https://" + r.HTTP.Host }

// finish adds the headers that every answer of Azure has.
func (e *Engine) finish(r *Request, response *Response) {
	if response.Header == nil {
		response.Header = http.Header{}
	}
	set := func(name, value string) {
		if response.Header.Get(name) == "" {
			response.Header.Set(name, value)
		}
	}
	for name := range r.common {
		set(name, r.common.Get(name))
	}
	set("Date", r.Now().Format(http.TimeFormat))
	set("Cache-Control", "no-cache")
	set("X-Ms-Request-Id", uuid.NewString())
	r.entry.RequestID = response.Header.Get("X-Ms-Request-Id")
	if correlation := r.HTTP.Header.Get("X-Ms-Correlation-Request-Id"); correlation != "" {
		set("X-Ms-Correlation-Request-Id", correlation)
	} else {
		set("X-Ms-Correlation-Request-Id", uuid.NewString())
	}
	if client := r.HTTP.Header.Get("X-Ms-Client-Request-Id"); client != "" {
		set("X-Ms-Client-Request-Id", client)
	}
}

// Throttled returns how the endpoint that the request is for refuses a client that asks too often, or
// nil where it does so as Resource Manager.
func (r *Request) Throttled() *Error { return r.engine.hostOf(r).Throttled }

// Refusal returns a refusal as the endpoint writes it that the request is for.
func (r *Request) Refusal(refused *Error) *Response { return r.engine.hostOf(r).refusal(r, refused) }

// refusalOf returns the [*Error] in err, or the refusal that reports a defect.
func refusalOf(err error) *Error {
	var refused *Error
	if !errors.As(err, &refused) {
		refused = Errorf(http.StatusInternalServerError, "InternalServerError", "%v", err)
	}
	return refused
}

func failure(err error) *Response {
	refused := refusalOf(err)
	header := refused.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if refused.Gateway {
		header.Set("X-Ms-Failure-Cause", "gateway")
	}
	return &Response{Status: refused.Status, Header: header, Body: refused.body()}
}

func write(w http.ResponseWriter, response *Response) {
	header := w.Header()
	for name, values := range response.Header {
		header[name] = values
	}
	var body []byte
	switch content := response.Body.(type) {
	case nil:
	case []byte:
		body = content
	default:
		body = encode(content)
		if header.Get("Content-Type") == "" {
			header.Set("Content-Type", "application/json; charset=utf-8")
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(response.Status)
	_, _ = w.Write(body) // a client that has gone away is no fault of ours
}

func encode(content any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(content); err != nil {
		return fmt.Appendf(nil, `{"error":{"code":"InternalServerError","message":%q}}`, err)
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
}

// canonicalHeader spells the names of headers as a server reads them from the network. A client in the
// same process may spell them otherwise.
func canonicalHeader(sent http.Header) http.Header {
	header := make(http.Header, len(sent))
	for name, values := range sent {
		name = http.CanonicalHeaderKey(name)
		header[name] = append(header[name], values...)
	}
	return header
}

func hostName(host string) string {
	host = strings.ToLower(host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// query returns the query parameters by lower-case name: Azure does not mind their case.
func query(u *url.URL) map[string]string {
	values := map[string]string{}
	for name, all := range u.Query() {
		values[strings.ToLower(name)] = all[0]
	}
	return values
}
