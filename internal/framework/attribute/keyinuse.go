// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// KeyInUse is the key that protects an account, as data sources show it. Everything about a customer's key
// is null while the system's key is in use.
type KeyInUse struct {
	Type              types.String `tfsdk:"type"`
	KeyID             types.String `tfsdk:"key_vault_key_id"`
	CurrentKeyID      types.String `tfsdk:"current_key_id"`
	CurrentKeyVersion types.String `tfsdk:"current_key_version"`
	NewestKeyVersion  types.String `tfsdk:"newest_key_version"`
	FollowsLatest     types.Bool   `tfsdk:"follows_latest_version"`
	Outdated          types.Bool   `tfsdk:"outdated"`
	IdentityID        types.String `tfsdk:"user_assigned_identity_id"`
	PrincipalID       types.String `tfsdk:"identity_principal_id"`
	KeyVaultID        types.String `tfsdk:"key_vault_id"`
	Reachable         types.Bool   `tfsdk:"reachable"`
	Causes            []Cause      `tfsdk:"causes"`
	Summary           types.String `tfsdk:"summary"`
}

// Cause is one reason why an account cannot access its key.
type Cause struct {
	Cause    types.String `tfsdk:"cause"`
	Sentence types.String `tfsdk:"sentence"`
	Remedy   types.String `tfsdk:"remedy"`
	Final    types.Bool   `tfsdk:"final"`
}

// SystemKeyInUse returns the system's key.
func SystemKeyInUse(summary string) KeyInUse {
	return KeyInUse{
		Type: types.StringValue("SystemKey"), Reachable: types.BoolValue(true),
		Causes: []Cause{}, Summary: types.StringValue(summary),
	}
}

// CustomerKeyInUse returns a customer's key: its identifiers as Azure spells them, and the facts about it.
// Whether the account can access it is left open.
func CustomerKeyInUse(keyID, currentKeyID string, facts customerkey.Facts, following customerkey.Following,
) KeyInUse {
	principal, _ := facts.Identity.PrincipalID.Value()
	shown := KeyInUse{
		Type:              types.StringValue("CustomerKey"),
		KeyID:             TextOrNull(keyID),
		CurrentKeyID:      TextOrNull(currentKeyID),
		CurrentKeyVersion: TextOrNull(following.Current),
		NewestKeyVersion:  TextOrNull(following.Newest),
		IdentityID:        TextOrNull(facts.Identity.ID),
		PrincipalID:       TextOrNull(principal),
		KeyVaultID:        TextOrNull(facts.Vault.ID),
		Causes:            []Cause{},
	}
	if !following.Wanted.IsZero() {
		shown.FollowsLatest = types.BoolValue(following.FollowsLatest())
	}
	return shown
}

// Lose shows why the account cannot access its key.
func (k *KeyInUse) Lose(diagnosis customerkey.Diagnosis) {
	k.Reachable = types.BoolValue(false)
	for _, finding := range diagnosis.Findings {
		k.Causes = append(k.Causes, Cause{
			Cause:    types.StringValue(string(finding.Cause)),
			Sentence: types.StringValue(finding.Sentence + "."),
			Remedy:   types.StringValue(finding.Remedy + "."),
			Final:    types.BoolValue(finding.Final),
		})
	}
}

// KeyInUseAttributes returns the attributes of [KeyInUse].
func KeyInUseAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"type":                   ShownText("The key that protects the account: `SystemKey` or `CustomerKey`."),
		"key_vault_key_id":       ShownText("The identifier of the customer's key, as configured."),
		"current_key_id":         ShownText("The identifier of the key with the version in use. Null where that is not known."),
		"current_key_version":    ShownText("The version in use."),
		"newest_key_version":     ShownText("The newest version of the key in the vault. Null if this login may not read the key."),
		"follows_latest_version": ShownFlag("Whether the account follows the newest version, and none is pinned."),
		"outdated": ShownFlag("Whether the version in use is not the newest: it is pinned, or the service has not moved to " +
			"the newest yet."),
		"user_assigned_identity_id": ShownText("The ID of the user-assigned identity that reads the key. Null for the " +
			"system-assigned one."),
		"identity_principal_id": ShownText("The object ID of the identity that reads the key."),
		"key_vault_id":          ShownText("The ID of the vault. Null if this login cannot find it."),
		"reachable":             ShownFlag("Whether the account can access its key. Null where that is unknown."),
		"causes": schema.ListNestedAttribute{
			MarkdownDescription: "Why the account cannot access its key. The first is the cause; the others must be fixed " +
				"as well.",
			Computed: true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"cause":    ShownText("The cause, such as `key disabled`."),
				"sentence": ShownText("The cause as a sentence."),
				"remedy":   ShownText("What restores access."),
				"final":    ShownFlag("Whether no documented way restores access, except a backup of the key."),
			}},
		},
		"summary": ShownText("The key that protects the account, in one sentence."),
	}
}

// Problem is a broken rule, as data sources show it.
type Problem struct {
	Rule     types.String `tfsdk:"rule"`
	Severity types.String `tfsdk:"severity"`
	Found    types.String `tfsdk:"found"`
	Required types.String `tfsdk:"required"`
	Why      types.String `tfsdk:"why"`
	Remedy   types.String `tfsdk:"remedy"`
}

// NewProblem returns a broken rule.
func NewProblem(violation rule.Violation) Problem {
	return Problem{
		Rule:     types.StringValue(string(violation.Rule.ID)),
		Severity: types.StringValue(string(violation.Severity)),
		Found:    types.StringValue(violation.Found),
		Required: types.StringValue(violation.Required),
		Why:      types.StringValue(violation.Why),
		Remedy:   types.StringValue(violation.Remedy),
	}
}

// ProblemAttributes returns the attributes of [Problem]. severity describes the grades.
func ProblemAttributes(severity string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"rule":     ShownText("The ID of the rule, such as `CMK009`."),
		"severity": ShownText(severity),
		"found":    ShownText("What was found."),
		"required": ShownText("What is required."),
		"why":      ShownText("Why it is required."),
		"remedy":   ShownText("What to do."),
	}
}

// ShownText returns a text that a data source shows.
func ShownText(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true}
}

// ShownFlag returns a truth that a data source shows.
func ShownFlag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
}

// ShownDate returns a time that a data source shows.
func ShownDate(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true, CustomType: timetypes.RFC3339Type{}}
}
