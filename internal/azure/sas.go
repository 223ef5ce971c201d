// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// AccountSAS is a shared access signature of a storage account (Storage, Create an account SAS). Microsoft's
// SDK signs them as well, in a module that makes the provider larger by a seventh.
type AccountSAS struct {
	// Account is the name of the storage account.
	Account string
	// Services, ResourceTypes and Permissions are letters, such as "b", "sco" and "rl".
	Services, ResourceTypes, Permissions string
	// Start is when it begins to be valid; the zero time is at once. Expiry is when it ends.
	Start, Expiry time.Time
}

// sasVersion is the version of the storage services that the signature is made for.
const sasVersion = "2023-11-03"

// Sign signs with an access key, and returns the query of the requests that it is for.
func (s AccountSAS) Sign(key string) (url.Values, error) {
	secret, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil, fmt.Errorf("signing for %s: the key is not base64", s.Account) // The error would show a part of it.
	}
	query := url.Values{
		"sv": {sasVersion}, "ss": {s.Services}, "srt": {s.ResourceTypes}, "sp": {s.Permissions},
		"se": {s.Expiry.UTC().Format(time.RFC3339)}, "spr": {"https"},
	}
	if !s.Start.IsZero() {
		query.Set("st", s.Start.UTC().Format(time.RFC3339))
	}
	mac := hmac.New(sha256.New, secret)
	fields := []string{
		s.Account, s.Permissions, s.Services, s.ResourceTypes, query.Get("st"), query.Get("se"),
		"", "https", sasVersion, "", // No range of addresses, and no encryption scope.
	}
	mac.Write([]byte(strings.Join(fields, "\n") + "\n"))
	query.Set("sig", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return query, nil
}
