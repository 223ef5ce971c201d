// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package tokentest holds the key that signs the tokens of every test's Azure, since generating one
// takes longer than most tests. It is for tests only, and must not import any service but Entra ID.
package tokentest

import (
	"sync"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
)

// sharedKey returns a key that is valid at the time of every test's clock.
var sharedKey = sync.OnceValues(func() (*entra.SigningKey, error) {
	return entra.NewSigningKey(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
})

// UseSharedKey makes the tenant of a test sign with the key of all tests.
func UseSharedKey(tb testing.TB, tx *engine.Tx) {
	tb.Helper()
	key, err := sharedKey()
	if err != nil {
		tb.Fatal(err)
	}
	entra.UseSigningKey(tx, key)
}
