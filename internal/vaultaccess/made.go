// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaultaccess

import (
	"strings"
	"sync"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// Made holds the access that a vault gave to identities before it switched between roles and access
// policies. The grants of the same apply, which come later, take it up as their own.
type Made struct {
	mu          sync.Mutex
	permissions map[string][]string // By the ID of the grant in lower case.
}

// MadeOf returns what was made in the apply that the client was made for.
func MadeOf(client *azure.Client) *Made {
	return azure.PerRun(client, func() *Made { return &Made{permissions: map[string][]string{}} })
}

// Note notes the access to the keys of a vault that a principal was given: a role assignment, or these
// permissions of an access policy.
func (m *Made) Note(vaultID, principalID string, permissions []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.permissions[strings.ToLower(GrantID(vaultID, principalID))] = permissions
}

// For returns the permissions that a principal was given, and whether it was given access at all.
func (m *Made) For(vaultID, principalID string) (permissions []string, found bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	permissions, found = m.permissions[strings.ToLower(GrantID(vaultID, principalID))]
	return permissions, found
}
