// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// validName is the pattern of an account's name in the OpenAPI document.
var validName = regexp.MustCompile(`^[a-z0-9]{3,24}$`)

const invalidName = "Batch account names must be between 3 and 24 characters in length and must use " +
	"only numbers and lowercase letters."

func checkName(name string) *engine.Error {
	if validName.MatchString(name) {
		return nil
	}
	return engine.Ownf(http.StatusBadRequest, "AccountNameInvalid", invalidName)
}

// taken returns the message about a name in use, according to the OpenAPI document's example, or "". Names
// are part of host names, "NAME.REGION.batch.azure.com", and therefore unique in a region.
func taken(tx *engine.Tx, name, location string) string {
	for _, account := range tx.Named(Type, name) {
		if account.Location == location {
			return fmt.Sprintf("An account named '%s' is already in use.", name)
		}
	}
	return ""
}

func checkNameAvailability(r *engine.Request) (*engine.Response, error) {
	var asked struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := json.Unmarshal(r.Raw, &asked); err != nil || !strings.EqualFold(asked.Type, Type) {
		return nil, refuse(r, http.StatusBadRequest, "InvalidPropertyValue",
			"The value provided for one of the properties in the request body is invalid.",
			[2]string{"PropertyName", "type"}, because("The type has to be "+Type+"."))
	}
	answer := map[string]any{"nameAvailable": true}
	inUse := taken(r.Tx, asked.Name, engine.NormalizeLocation(r.Params["location"]))
	switch {
	case checkName(asked.Name) != nil:
		answer = map[string]any{"nameAvailable": false, "reason": "Invalid", "message": invalidName}
	case inUse != "":
		answer = map[string]any{"nameAvailable": false, "reason": "AlreadyExists", "message": inUse}
	}
	return &engine.Response{Status: http.StatusOK, Body: answer}, nil
}
