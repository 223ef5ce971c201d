// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package microsoftmedia

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// takenName is the service's message about a name in use (recorded).
const takenName = "Already in use by another account. Please try again with a name that is not " +
	"likely to be in use."

var validName = regexp.MustCompile(`^[a-z0-9]{3,24}$`)

// Naming holds the rules of the names of one type of account. Two types may use the same name (own
// choice: no public source says).
type Naming struct {
	// Type is the type of the accounts.
	Type string
	// Noun is what the service calls an account: "Media Account".
	Noun string
	// Called are other words that callers have for the type, in lower case.
	Called []string
}

// Check refuses a name that the service does not allow (recorded for Media Services).
func (n Naming) Check(name string) *engine.Error {
	if validName.MatchString(name) {
		return nil
	}
	return Bad("The %s account name should be between 3 and 24 characters and may contain only "+
		"lowercase letters and numbers.", n.Noun)
}

// Named returns the account with this name in any subscription, or nil.
func (n Naming) Named(tx *engine.Tx, name string) *engine.Resource {
	for _, account := range tx.Named(n.Type, name) {
		return account
	}
	return nil
}

// CheckFree refuses a name that is in use.
func (n Naming) CheckFree(tx *engine.Tx, name string) *engine.Error {
	if n.Named(tx, name) == nil {
		return nil
	}
	return engine.Ownf(http.StatusConflict, "Conflict", takenName)
}

// is reports whether a caller means the type. The CLI sends it in capitals (recorded), the OpenAPI
// documents' examples leave the namespace out, or have words of their own.
func (n Naming) is(asked string) bool {
	asked = strings.TrimPrefix(strings.ToLower(asked), "microsoft.media/")
	for _, called := range append([]string{strings.ToLower(n.Type)}, n.Called...) {
		if asked == strings.TrimPrefix(called, "microsoft.media/") {
			return true
		}
	}
	return false
}

// CheckAvailability answers checkNameAvailability for all the types.
func CheckAvailability(r *engine.Request, namings []Naming) (*engine.Response, error) {
	var asked struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := json.Unmarshal(r.Raw, &asked); err != nil {
		return nil, engine.Gatewayf(http.StatusBadRequest, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: '%v'.", err)
	}
	var types []string
	for _, naming := range namings {
		if naming.is(asked.Type) {
			return &engine.Response{
				Status: http.StatusOK, Body: naming.availability(r.Tx, asked.Name),
			}, nil
		}
		types = append(types, naming.Type)
	}
	return nil, Bad("The type '%s' has no names to check; these have: %s.",
		asked.Type, strings.Join(types, ", "))
}

func (n Naming) availability(tx *engine.Tx, name string) map[string]any {
	unavailable := func(reason, message string) map[string]any {
		return map[string]any{"nameAvailable": false, "reason": reason, "message": message}
	}
	if invalid := n.Check(name); invalid != nil {
		return unavailable("Invalid", invalid.Message)
	}
	if taken := n.CheckFree(tx, name); taken != nil {
		return unavailable("AlreadyExists", taken.Message)
	}
	return map[string]any{"nameAvailable": true}
}
