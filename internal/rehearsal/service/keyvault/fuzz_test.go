// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

func FuzzParseKeyID(f *testing.F) {
	for _, seed := range []string{
		"https://v.vault.azure.net/keys/k", "https://v.vault.azure.net:443/keys/k/0123",
		"https://v.vault.azure.net/keys//", "http://[::1]:x/keys/k", "",
	} {
		f.Add(seed)
	}
	e := engine.New(new(store.Memory))
	f.Fuzz(func(t *testing.T, id string) {
		err := e.Transact(func(tx *engine.Tx) error {
			parsed, ok := keyvault.ParseKeyID(tx, id)
			if !ok {
				return nil
			}
			if parsed.Vault == "" || parsed.Key == "" || strings.Contains(parsed.Key, "/") {
				t.Errorf("%q is %+v", id, parsed)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
