// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// signature is a shared access signature as a URL carries it, and what the URL is about.
type signature struct {
	url.Values

	account, container, blob string
}

// ofAccount tells an account SAS from one of a service.
func (s signature) ofAccount() bool { return s.Has("ss") || s.Has("srt") }

// The versions that changed the text which is signed ("Create a service SAS", "Create an account
// SAS"). Rehearsal checks none older than the first.
const (
	firstChecked   = "2015-04-05"
	resourceSigned = "2018-11-09"
	scopeSigned    = "2020-12-06"
)

// text returns the text to sign, or false for signatures that rehearsal does not support: older than
// 2015, with a user delegation key, or for a directory.
func (s signature) text() (string, bool) {
	sv := s.Get("sv")
	if sv < firstChecked || s.Has("skoid") {
		return "", false
	}
	if s.ofAccount() {
		fields := []string{"sp", "ss", "srt", "st", "se", "sip", "spr", "sv"}
		if sv >= scopeSigned {
			fields = append(fields, "ses")
		}
		return s.account + "\n" + s.join(fields) + "\n", true
	}
	var resource string
	switch s.Get("sr") {
	case "c":
		resource = "/blob/" + s.account + "/" + s.container
	case "b":
		resource = "/blob/" + s.account + "/" + s.container + "/" + s.blob
	default:
		return "", false
	}
	middle, end := []string{"si", "sip", "spr", "sv"}, []string{"rscc", "rscd", "rsce", "rscl", "rsct"}
	if sv >= resourceSigned {
		middle = append(middle, "sr", "snapshot")
	}
	if sv >= scopeSigned {
		middle = append(middle, "ses")
	}
	return s.join([]string{"sp", "st", "se"}) + "\n" + resource + "\n" +
		s.join(slices.Concat(middle, end)), true
}

func (s signature) join(fields []string) string {
	values := make([]string, len(fields))
	for i, field := range fields {
		values[i] = s.Get(field)
	}
	return strings.Join(values, "\n")
}

// checkTime refuses a signature before and after its time.
func (s signature) checkTime(now time.Time) *engine.Error {
	outside := func() *engine.Error {
		const format = time.RFC1123
		start, _ := parseTime(s.Get("st"))
		expiry, _ := parseTime(s.Get("se"))
		return unauthenticated("Signature not valid in the specified time frame: Start [%s] - Expiry "+
			"[%s] - Current [%s]", start.Format(format), expiry.Format(format), now.Format(format))
	}
	expiry, valid := parseTime(s.Get("se"))
	if !valid {
		return unauthenticated("Signed expiry time [%s] has to be a valid time.", s.Get("se"))
	}
	if !now.Before(expiry) {
		return outside()
	}
	if sent := s.Get("st"); sent != "" {
		start, valid := parseTime(sent)
		if !valid {
			return unauthenticated("Signed start time [%s] has to be a valid time.", sent)
		}
		if now.Before(start) {
			return outside()
		}
	}
	return nil
}

func parseTime(text string) (time.Time, bool) {
	for _, format := range []string{time.RFC3339Nano, "2006-01-02T15:04Z", time.DateOnly} {
		if parsed, err := time.Parse(format, text); err == nil {
			return parsed.UTC(), true
		}
	}
	return time.Time{}, false
}

// checkSource refuses a request from an address that the signature is not for. All requests to
// rehearsal count as HTTPS, which all protocols that a signature may name include.
func (s signature) checkSource(r *engine.Request) *engine.Error {
	allowed := s.Get("sip")
	if allowed == "" {
		return nil
	}
	from := clientAddress(r)
	first, last, isRange := strings.Cut(allowed, "-")
	if !isRange {
		last = first
	}
	low, err1 := netip.ParseAddr(first)
	high, err2 := netip.ParseAddr(last)
	if err1 != nil || err2 != nil || from.Compare(low) < 0 || from.Compare(high) > 0 {
		return unauthorized("AuthorizationSourceIPMismatch", " using this source IP "+from.String())
	}
	return nil
}

// SAS is a shared access signature for a container.
type SAS struct {
	Account, Container string
	// Permissions are the letters of what it allows, in the order "rcwdl".
	Permissions string
	// Start may be zero.
	Start, Expiry time.Time
}

// Sign returns the query of a URL with the signature of an access key, or of a copy that may be
// outdated.
func (s SAS) Sign(key []byte) url.Values {
	const format = "2006-01-02T15:04:05Z"
	query := url.Values{
		"sv": {version}, "sr": {"c"}, "sp": {s.Permissions}, "spr": {"https"},
		"se": {s.Expiry.UTC().Format(format)},
	}
	if !s.Start.IsZero() {
		query.Set("st", s.Start.UTC().Format(format))
	}
	text, _ := signature{Values: query, account: s.Account, container: s.Container}.text()
	query.Set("sig", sign(key, text))
	return query
}

// URL returns the URL of the container with the signature.
func (s SAS) URL(tx *engine.Tx, key []byte) string {
	return URL(tx, s.Account, s.Container) + "?" + s.Sign(key).Encode()
}

// BlobURL returns the URL of a blob in the container with the signature.
func (s SAS) BlobURL(tx *engine.Tx, name string, key []byte) string {
	return URL(tx, s.Account, s.Container, name) + "?" + s.Sign(key).Encode()
}
