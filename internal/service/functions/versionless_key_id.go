// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// NewVersionlessKeyID returns the function versionless_key_id.
func NewVersionlessKeyID() function.Function { return versionlessKeyIDFunction{} }

type versionlessKeyIDFunction struct{}

func (versionlessKeyIDFunction) Metadata(_ context.Context, _ function.MetadataRequest,
	resp *function.MetadataResponse,
) {
	resp.Name = "versionless_key_id"
}

func (versionlessKeyIDFunction) Definition(_ context.Context, _ function.DefinitionRequest,
	resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Takes the version off the identifier of a Key Vault key.",
		MarkdownDescription: "Takes the version off the identifier of a Key Vault key. An account " +
			"that is encrypted with the result follows the newest version of the key.",
		Parameters: []function.Parameter{keyIDParameter()},
		Return:     function.StringReturn{},
	}
}

func (versionlessKeyIDFunction) Run(ctx context.Context, req function.RunRequest,
	resp *function.RunResponse,
) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	id, problem := parseKeyID(text)
	if problem != nil {
		resp.Error = problem
		return
	}
	resp.Error = resp.Result.Set(ctx, id.Versionless().String())
}
