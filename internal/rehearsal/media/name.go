// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// What the service says of names that cannot be had (recorded).
const (
	invalidName = "The Media Account account name should be between 3 and 24 characters and may " +
		"contain only lowercase letters and numbers."
	takenName = "Already in use by another account. Please try again with a name that is not " +
		"likely to be in use."
)

// accountLimit is how many media accounts a subscription may have
// (limits-quotas-constraints-reference.md).
const accountLimit = 100

var validName = regexp.MustCompile(`^[a-z0-9]{3,24}$`)

func checkName(name string) *engine.Error {
	if validName.MatchString(name) {
		return nil
	}
	return bad(invalidName)
}

// Named returns the account with this name, or nil.
func (*Service) Named(tx *engine.Tx, name string) *engine.Resource { return named(tx, name) }

// named returns the account with this name, wherever it lies.
func named(tx *engine.Tx, name string) *engine.Resource {
	for _, account := range tx.Resources("/subscriptions", Type) {
		if strings.EqualFold(account.Name, name) {
			return account
		}
	}
	return nil
}

// checkNew refuses an account whose name is in use elsewhere, and one too many.
func checkNew(tx *engine.Tx, next *engine.Resource) *engine.Error {
	if named(tx, next.Name) != nil {
		return engine.Ownf(http.StatusConflict, "Conflict", takenName)
	}
	if len(tx.Resources(next.ID.SubscriptionID(), Type)) >= accountLimit {
		return bad("The subscription has %d Media Services accounts already, which is the limit.",
			accountLimit)
	}
	return nil
}

// isChecked reports whether a type is one that names are checked for. The CLI sends it in capitals
// (recorded), the OpenAPI documents' examples have Microsoft.Media/MediaService, and videoAnalyzers
// without the namespace: the two services share their names.
func isChecked(asked string) bool {
	name := strings.TrimPrefix(strings.ToLower(asked), "microsoft.media/")
	return name == "mediaservices" || name == "mediaservice" || name == "videoanalyzers"
}

func checkNameAvailability(r *engine.Request) (*engine.Response, error) {
	var asked struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := decode(r, &asked); err != nil {
		return nil, err
	}
	if !isChecked(asked.Type) {
		return nil, bad("The type '%s' has no names to check; '%s' has.", asked.Type, Type)
	}
	answer := map[string]any{"nameAvailable": true}
	switch {
	case checkName(asked.Name) != nil:
		answer = map[string]any{
			"nameAvailable": false, "reason": "Invalid", "message": invalidName,
		}
	case named(r.Tx, asked.Name) != nil:
		answer = map[string]any{
			"nameAvailable": false, "reason": "AlreadyExists", "message": takenName,
		}
	}
	return &engine.Response{Status: http.StatusOK, Body: answer}, nil
}
