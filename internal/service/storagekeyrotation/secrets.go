// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// secretModel is a Key Vault secret that holds one of the keys.
type secretModel struct {
	ID                 types.String              `tfsdk:"id"`
	KeyVaultID         attribute.ResourceIDValue `tfsdk:"key_vault_id"`
	Name               types.String              `tfsdk:"name"`
	Holds              types.String              `tfsdk:"holds"`
	EndpointSuffix     types.String              `tfsdk:"endpoint_suffix"`
	ContentType        types.String              `tfsdk:"content_type"`
	ExpiresAfter       types.String              `tfsdk:"expires_after"`
	Tags               types.Map                 `tfsdk:"tags"`
	DisableOldVersions types.Bool                `tfsdk:"disable_old_versions"`
}

// secretsPath returns the attribute of the secrets.
func secretsPath() path.Path { return path.Root("secrets") }

// What a secret can hold.
const (
	holdsKey              = "key"
	holdsConnectionString = "connection_string"
)

func secrets() schema.SetNestedAttribute {
	key := attribute.ReferenceID("The ID of the secret's vault, with `name` in place of `id`.", azure.VaultType)
	key.Required, key.Optional = false, true
	return schema.SetNestedAttribute{
		MarkdownDescription: "The Key Vault secrets that applications read a key from. A secret holds one key, the one " +
			"that is not regenerated next: it gets a new version before the key is regenerated that it holds, and its " +
			"readers have the settling time to follow (rule ROT010). A secret that does not exist is made. The tags " +
			"`" + strings.Join(keyholder.Tags(), "`, `") + "` of a version tell which key it holds, so that the plan sees, " +
			"without reading the value, if somebody else has set it.",
		Optional:   true,
		Validators: []validator.Set{validSecrets{}},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The secret's identifier without a version, such as " +
					"`https://contoso.vault.azure.net/secrets/storage-key`.",
				Optional: true,
			},
			"key_vault_id": key,
			"name": schema.StringAttribute{
				MarkdownDescription: "The secret's name in the vault `key_vault_id`.",
				Optional:            true,
			},
			"holds": schema.StringAttribute{
				MarkdownDescription: "What the value is: `key` (the default) or `connection_string`.",
				Optional:            true,
				Validators:          []validator.String{attribute.OneOf(holdsKey, holdsConnectionString)},
			},
			"endpoint_suffix": schema.StringAttribute{
				MarkdownDescription: "The `EndpointSuffix` of the connection string, such as `core.windows.net`. If " +
					"omitted, the addresses of the storage account tell it.",
				Optional: true,
			},
			"content_type": schema.StringAttribute{
				MarkdownDescription: "The content type of the secret, of up to 255 characters.",
				Optional:            true,
				Validators:          []validator.String{attribute.Length(1, 255)},
			},
			"expires_after": schema.StringAttribute{
				MarkdownDescription: "How long after it was made a version expires, such as `P180D`. A version that has " +
					"expired is replaced by the next apply.",
				Optional:   true,
				Validators: []validator.String{interval{atLeast: 2 * keyrotation.Settle}},
			},
			"tags": schema.MapAttribute{
				MarkdownDescription: "More tags of each version, up to " +
					fmt.Sprint(keyholder.MostTags-len(keyholder.Tags())) + ".",
				ElementType: types.StringType,
				Optional:    true,
			},
			"disable_old_versions": schema.BoolAttribute{
				MarkdownDescription: "Whether a sync disables the versions that another one replaced a settling time " +
					"ago or earlier. The version before the present one so stays enabled until the next rotation.",
				Optional: true,
			},
		}},
	}
}

// validSecrets refuses secrets that cannot be told apart, found or set.
type validSecrets struct{}

func (validSecrets) Description(context.Context) string {
	return "must name each secret once, by id or by key_vault_id and name"
}

func (v validSecrets) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (validSecrets) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	named := map[string]bool{}
	for _, element := range req.ConfigValue.Elements() {
		one, ok := secretOf(ctx, element)
		if !ok {
			continue
		}
		for _, problem := range one.problems() {
			resp.Diagnostics.Append(diag.WithPath(req.Path, refusal(problem)))
		}
		secret := strings.ToLower(one.secret(0).Path())
		if one.isNamed() && named[secret] {
			resp.Diagnostics.Append(diag.WithPath(req.Path, refusal(rule.Violation{
				Found:    "the secret " + secret + " twice",
				Required: "each secret once",
				Why:      "A secret holds one value",
				Remedy:   "Remove one of the two, or give it another name",
			})))
		}
		named[secret] = true
	}
}

// secretIDs accepts the identifiers of secrets.
type secretIDs struct{}

func (secretIDs) Description(context.Context) string {
	return "must be the identifiers of Key Vault secrets"
}

func (v secretIDs) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (secretIDs) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	for _, element := range req.ConfigValue.Elements() {
		text, ok := element.(types.String)
		if !ok || text.IsUnknown() || text.IsNull() { // Null is refused in every set.
			continue
		}
		for _, problem := range identifierProblem(text.ValueString()) {
			resp.Diagnostics.Append(diag.WithPath(req.Path, refusal(problem)))
		}
	}
}

// refusal is the error about a secret.
func refusal(problem rule.Violation) diag.Diagnostic {
	problem.Rule, problem.Severity = keyrotation.Rule(keyrotation.ROT010), rule.Error
	return diagnostic.FromViolation(problem)
}

// secretOf returns a secret of the configuration; false where it is not known, or null.
func secretOf(ctx context.Context, element any) (one secretModel, ok bool) {
	object, ok := element.(types.Object)
	if !ok || object.IsNull() || object.IsUnknown() {
		return one, false
	}
	return one, !object.As(ctx, &one, basetypes.ObjectAsOptions{}).HasError()
}

// isNamed reports whether it is known which secret it is.
func (m secretModel) isNamed() bool {
	return m.ID.ValueString() != "" || m.KeyVaultID.ValueString() != "" && m.Name.ValueString() != ""
}

// isUnknown reports whether something is not known that the secret depends on.
func (m secretModel) isUnknown() bool {
	tags := m.Tags.IsUnknown() || slices.ContainsFunc(slices.Collect(elements(m.Tags)), types.String.IsUnknown)
	return tags || slices.ContainsFunc([]interface{ IsUnknown() bool }{
		m.ID, m.KeyVaultID, m.Name, m.Holds, m.EndpointSuffix, m.ContentType, m.ExpiresAfter, m.DisableOldVersions,
	}, func(value interface{ IsUnknown() bool }) bool { return value.IsUnknown() })
}

// elements yields the texts of a map.
func elements(of types.Map) func(yield func(types.String) bool) {
	return func(yield func(types.String) bool) {
		for _, element := range of.Elements() {
			if text, ok := element.(types.String); ok && !yield(text) {
				return
			}
		}
	}
}

// problems returns why the secret cannot be found or set.
func (m secretModel) problems() (problems []rule.Violation) {
	byName := !m.KeyVaultID.IsNull() || !m.Name.IsNull()
	switch {
	case !m.ID.IsNull() && byName:
		problems = append(problems, rule.Violation{
			Found:    "a secret with id, and with key_vault_id or name",
			Required: "id alone, or key_vault_id and name",
			Why:      "They may mean two secrets",
			Remedy:   "Remove id, or the other two",
		})
	case m.ID.IsNull() && (m.KeyVaultID.IsNull() || m.Name.IsNull()):
		problems = append(problems, rule.Violation{
			Found:    "a secret without id, and without both key_vault_id and name",
			Required: "id, or key_vault_id and name",
			Why:      "They tell which secret it is",
			Remedy:   "Set id to the identifier of the secret without its version, or key_vault_id and name",
		})
	}
	if !m.ID.IsUnknown() && !m.ID.IsNull() {
		problems = append(problems, identifierProblem(m.ID.ValueString())...)
	} else if name := m.Name.ValueString(); name != "" {
		problems = append(problems, identifierProblem("https://vault.vault.azure.net/secrets/"+name)...)
	}
	if !m.EndpointSuffix.IsNull() && m.Holds.ValueString() != holdsConnectionString && !m.Holds.IsUnknown() {
		problems = append(problems, rule.Violation{
			Found:    "endpoint_suffix for a secret that holds a key",
			Required: "endpoint_suffix with holds = \"connection_string\" alone",
			Why:      "A key has no endpoints",
			Remedy:   "Remove endpoint_suffix, or set holds",
		})
	}
	return append(problems, m.tagProblems()...)
}

// identifierProblem returns what is wrong with the identifier of a secret.
func identifierProblem(text string) []rule.Violation {
	_, err := customerkey.ParseSecretID(text)
	refused, ok := errors.AsType[*customerkey.KeyIDError](err)
	if !ok {
		return nil
	}
	return []rule.Violation{{
		Found:    fmt.Sprintf("%s: %q", refused.Found, text),
		Required: "the identifier of a secret without its version: https://VAULT.vault.azure.net/secrets/NAME",
		Why:      "Each sync makes a new version of the secret",
		Remedy:   refused.Remedy,
	}}
}

// tagProblems returns what is wrong with the tags.
func (m secretModel) tagProblems() (problems []rule.Violation) {
	for name, value := range m.Tags.Elements() {
		own := slices.ContainsFunc(keyholder.Tags(), func(tag string) bool { return strings.EqualFold(tag, name) })
		text, ok := value.(types.String)
		if own {
			problems = append(problems, rule.Violation{
				Found:    "the tag " + name,
				Required: "other names than " + strings.Join(keyholder.Tags(), ", "),
				Why:      "The rotation tells with these tags which key a version holds",
				Remedy:   "Give the tag another name",
			})
		}
		if !ok || text.IsNull() {
			problems = append(problems, rule.Violation{
				Found:    "the tag " + name + " without a value",
				Required: "a value for each tag",
				Why:      "Key Vault keeps no tag without one",
				Remedy:   "Set a value, or leave the tag out",
			})
		}
	}
	if most := keyholder.MostTags - len(keyholder.Tags()); len(m.Tags.Elements()) > most {
		problems = append(problems, rule.Violation{
			Found:    fmt.Sprintf("%d tags", len(m.Tags.Elements())),
			Required: fmt.Sprintf("%d tags or fewer", most),
			Why: fmt.Sprintf("A secret has up to %d tags, and the rotation sets %d of them", keyholder.MostTags,
				len(keyholder.Tags())),
			Remedy: "Remove tags",
		})
	}
	return problems
}

// secret returns what the secret is to hold.
func (m secretModel) secret(settle time.Duration) keyholder.Secret {
	found := keyholder.Secret{
		VaultID: m.KeyVaultID.ValueString(), Name: m.Name.ValueString(),
		ConnectionString: m.Holds.ValueString() == holdsConnectionString,
		EndpointSuffix:   m.EndpointSuffix.ValueString(), ContentType: m.ContentType.ValueString(),
		Tags: map[string]string{}, DisablesOld: m.DisableOldVersions.ValueBool(), Settle: settle,
	}
	if id, err := customerkey.ParseSecretID(m.ID.ValueString()); err == nil {
		found.VaultID, found.VaultURI, found.Name = "", id.VaultURI, id.Name
	}
	found.Lifetime, _ = keyrotation.ParseInterval(m.ExpiresAfter.ValueString())
	for name, value := range m.Tags.Elements() {
		if text, ok := value.(types.String); ok {
			found.Tags[name] = text.ValueString()
		}
	}
	return found
}

// settlingDefault sets the settling time that is not configured to that of the slowest dependents.
type settlingDefault struct{}

func (settlingDefault) Description(context.Context) string {
	return "the longest settling time of the dependents"
}

func (d settlingDefault) MarkdownDescription(ctx context.Context) string { return d.Description(ctx) }

func (settlingDefault) PlanModifyString(ctx context.Context, req planmodifier.StringRequest,
	resp *planmodifier.StringResponse,
) {
	if !req.ConfigValue.IsNull() {
		return
	}
	var secrets types.Set
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, secretsPath(), &secrets)...)
	if resp.PlanValue = settlingOf(secrets); secrets.IsUnknown() {
		resp.PlanValue = types.StringUnknown()
	}
}

// settlingOf returns the settling time of dependents of which some are these secrets.
func settlingOf(secrets types.Set) types.String {
	if len(secrets.Elements()) > 0 {
		return types.StringValue(secretSettling)
	}
	return types.StringValue(defaultSettling)
}
