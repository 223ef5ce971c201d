// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// encodingPolicy percent-encodes what a query must not hold. Clients of the SDK write some filters as
// they are (azure-sdk-for-go issue 20847), and a space ends the address in a request line of HTTP/1.1.
type encodingPolicy struct{}

func (encodingPolicy) Do(req *policy.Request) (*http.Response, error) {
	address := req.Raw().URL
	address.RawQuery = encoded(address.RawQuery)
	return req.Next()
}

// encoded returns a query in which every character is one that RFC 3986 allows there. What is encoded
// already stays as it is.
func encoded(query string) string {
	const allowed = "-._~!$&'()*+,;=:@/?%"
	var text strings.Builder
	for i := range len(query) {
		c := query[i]
		switch {
		case c == '%' && (!isHex(query, i+1) || !isHex(query, i+2)),
			!isAlphanumeric(c) && !strings.ContainsRune(allowed, rune(c)):
			fmt.Fprintf(&text, "%%%02X", c)
		default:
			text.WriteByte(c)
		}
	}
	return text.String()
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isHex(text string, at int) bool {
	return at < len(text) && strings.ContainsRune("0123456789abcdefABCDEF", rune(text[at]))
}
