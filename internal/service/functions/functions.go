// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package functions holds the provider's functions, which need neither Azure nor a configuration.
package functions

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// parseKeyID parses a function's only argument as the identifier of a key, by rule CMK010 as in an
// attribute.
func parseKeyID(text string) (customerkey.KeyID, *function.FuncError) {
	id, err := customerkey.ParseKeyID(text)
	var wrong *customerkey.KeyIDError
	switch {
	case errors.As(err, &wrong):
		violation := wrong.Violation()
		return id, function.NewArgumentFuncError(0,
			violation.Summary()+"\n\n"+violation.Detail())
	case err != nil:
		return id, function.NewArgumentFuncError(0, err.Error())
	}
	return id, nil
}

// keyIDParameter returns the parameter of functions that take the identifier of a key.
func keyIDParameter() function.Parameter {
	return function.StringParameter{
		Name: "id",
		MarkdownDescription: "The identifier of a Key Vault key, with or without a version, such " +
			"as `https://example.vault.azure.net/keys/media`.",
	}
}
