// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// anAccount names the kinds of account that a key can be attached to.
func anAccount() string { return oneOf(protection.Kinds()) }

// following says how soon each kind of account moves to a new version of its key.
func following() string {
	var delays []string
	kinds := map[string][]customerkey.Kind{}
	for _, kind := range protection.Kinds() {
		delay := kind.FollowDelay()
		if len(kinds[delay]) == 0 {
			delays = append(delays, delay)
		}
		kinds[delay] = append(kinds[delay], kind)
	}
	for i, delay := range delays {
		delays[i] = oneOf(kinds[delay]) + " within " + delay
	}
	return strings.Join(delays, ", ")
}

// withoutSystemAssigned returns a sentence about the kinds of account that cannot read a key with a
// system-assigned identity; it is empty if there are none.
func withoutSystemAssigned() string {
	var kinds []customerkey.Kind
	for _, kind := range protection.Kinds() {
		if !kind.SystemAssigned {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return ""
	}
	return " It cannot be left out for " + oneOf(kinds) + "."
}

func oneOf(kinds []customerkey.Kind) string {
	names := make([]string, 0, len(kinds))
	for _, kind := range kinds {
		names = append(names, "a "+kind.Name)
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
