// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sign returns the signature of a text with an access key.
func sign(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(text)) // a hash takes everything
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func signed(key []byte, text, signature string) bool {
	return hmac.Equal([]byte(sign(key, text)), []byte(signature))
}

// requestTexts returns the texts that the signature of a request may be of ("Authorize with Shared
// Key"): they differ in the order of the headers. Azure and the newer clients sort as Windows
// does, which ignores hyphens; the documentation and the older clients sort by bytes.
func requestTexts(r *http.Request, length int, account string) []string {
	header := func(name string) string { return r.Header.Get(name) }
	var size, date string
	if length > 0 {
		size = strconv.Itoa(length)
	}
	if header("X-Ms-Date") == "" {
		date = header("Date")
	}
	before := strings.Join([]string{
		r.Method, header("Content-Encoding"), header("Content-Language"), size,
		header("Content-Md5"), header("Content-Type"), date, header("If-Modified-Since"),
		header("If-Match"), header("If-None-Match"), header("If-Unmodified-Since"),
		header("Range"), "",
	}, "\n")
	after := resourceText(r.URL, account)
	texts := []string{before + headerText(r.Header, windowsOrder) + after}
	if other := before + headerText(r.Header, strings.Compare) + after; other != texts[0] {
		texts = append(texts, other)
	}
	return texts
}

// headerText returns the canonical form of the headers of the service.
func headerText(header http.Header, order func(a, b string) int) string {
	values := map[string]string{}
	var names []string
	for name, sent := range header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-ms-") {
			names = append(names, name)
			values[name] = strings.TrimSpace(strings.Join(sent, ","))
		}
	}
	slices.SortFunc(names, order)
	var text strings.Builder
	for _, name := range names {
		text.WriteString(name + ":" + values[name] + "\n")
	}
	return text.String()
}

// windowsOrder compares names without their hyphens first. Where only those differ, the name whose
// hyphen comes later is first.
func windowsOrder(a, b string) int {
	weigh := strings.NewReplacer("-", "", "_", " ")
	if order := strings.Compare(weigh.Replace(a), weigh.Replace(b)); order != 0 {
		return order
	}
	return -strings.Compare(strings.ReplaceAll(a, "-", "\x00"), strings.ReplaceAll(b, "-", "\x00"))
}

// resourceText returns the canonical form of what a request is about.
func resourceText(u *url.URL, account string) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	text := "/" + account + path
	query := map[string][]string{}
	var names []string
	for name, values := range u.Query() {
		name = strings.ToLower(name)
		if _, again := query[name]; !again {
			names = append(names, name)
		}
		query[name] = append(query[name], values...)
	}
	slices.Sort(names)
	for _, name := range names {
		slices.Sort(query[name])
		text += "\n" + name + ":" + strings.Join(query[name], ",")
	}
	return text
}

// version is the version of the service that rehearsal's own services speak.
const version = "2021-12-02"

// SignRequest signs a request of another service to the endpoint of an account with one of the
// account's access keys, or with a copy that may be outdated. date is the time by the machine's clock.
func SignRequest(r *http.Request, account string, key []byte, date time.Time) {
	r.Header.Set("X-Ms-Version", version)
	r.Header.Set("X-Ms-Date", date.UTC().Format(http.TimeFormat))
	texts := requestTexts(r, int(r.ContentLength), account)
	r.Header.Set("Authorization", "SharedKey "+account+":"+sign(key, texts[0]))
}
