// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

type model struct {
	ID                    types.String              `tfsdk:"id"`
	Name                  attribute.NameValue       `tfsdk:"name"`
	KeyVaultID            attribute.ResourceIDValue `tfsdk:"key_vault_id"`
	KeyType               types.String              `tfsdk:"key_type"`
	KeySize               types.Int64               `tfsdk:"key_size"`
	KeyOpts               types.Set                 `tfsdk:"key_opts"`
	Enabled               types.Bool                `tfsdk:"enabled"`
	NotBeforeDate         timetypes.RFC3339         `tfsdk:"not_before_date"`
	ExpirationDate        timetypes.RFC3339         `tfsdk:"expiration_date"`
	RotationPolicy        *policyModel              `tfsdk:"rotation_policy"`
	RotateWhenChanged     types.Map                 `tfsdk:"rotate_when_changed"`
	Tags                  types.Map                 `tfsdk:"tags"`
	VersionlessID         types.String              `tfsdk:"versionless_id"`
	VersionedID           types.String              `tfsdk:"versioned_id"`
	Version               types.String              `tfsdk:"version"`
	ResourceVersionlessID types.String              `tfsdk:"resource_versionless_id"`
	VaultURI              types.String              `tfsdk:"vault_uri"`
	Timeouts              timeouts.Value            `tfsdk:"timeouts"`
}

// Identifier returns the ID in the state, which is not that of an Azure resource.
func (m *model) Identifier() string { return m.ID.ValueString() }

// Limits returns the configured timeouts.
func (m *model) Limits() timeouts.Value { return m.Timeouts }

// observe copies the newest version into the model.
func (m *model) observe(key version) {
	id := key.id
	importing := base.Imported(m.Name)
	m.Name = attribute.NewName(id.Name)
	m.ID = types.StringValue(id.Versionless().String())
	m.VersionlessID = m.ID
	m.VersionedID = types.StringValue(id.String())
	m.Version = types.StringValue(id.Version)
	m.VaultURI = types.StringValue(id.VaultURI)
	m.ResourceVersionlessID = types.StringValue(
		customerkey.KeyScope(m.KeyVaultID.ValueString(), id.Name))

	material := azure.Deref(key.Key)
	m.KeyType = types.StringValue(string(azure.Deref(material.Kty)))
	m.KeySize = types.Int64Value(int64(bits(material.N)))
	operations := []attr.Value{}
	for _, operation := range material.KeyOps {
		operations = append(operations, types.StringValue(string(azure.Deref(operation))))
	}
	m.KeyOpts = types.SetValueMust(types.StringType, operations)

	attributes := azure.Deref(key.Attributes)
	m.Enabled = types.BoolValue(azure.Deref(attributes.Enabled))
	m.NotBeforeDate = managedDate(attributes.NotBefore, m.NotBeforeDate, importing)
	m.ExpirationDate = managedDate(attributes.Expires, m.ExpirationDate, importing)

	tags := map[string]*string{}
	for name, value := range key.Tags {
		if name != rotationTag {
			tags[name] = value
		}
	}
	m.Tags = attribute.ManagedTags(tags, m.Tags, importing)
}

// bits returns the size of an RSA key by its modulus.
func bits(modulus []byte) int {
	for len(modulus) > 0 && modulus[0] == 0 {
		modulus = modulus[1:]
	}
	return len(modulus) * 8
}

// managedDate returns a date to show in the state: only one that the configuration manages, in its
// spelling if that means the same time.
func managedDate(current *time.Time, prior timetypes.RFC3339, importing bool) timetypes.RFC3339 {
	if prior.IsNull() && !importing || current == nil {
		return timetypes.NewRFC3339Null()
	}
	if sameSecond(instant(prior), current) {
		return prior
	}
	return timetypes.NewRFC3339TimeValue(current.UTC())
}

// instant returns the time of a date; nil if there is none.
func instant(date timetypes.RFC3339) *time.Time {
	if date.IsNull() || date.IsUnknown() {
		return nil
	}
	at, diags := date.ValueRFC3339Time()
	if diags.HasError() {
		return nil
	}
	return &at
}

// sameSecond reports whether two times are the same to Key Vault, which keeps dates to the second.
func sameSecond(a, b *time.Time) bool {
	return a != nil && b != nil && a.Unix() == b.Unix()
}

// withSlash returns an address with the slash that Azure omits while the vault's name is registered.
func withSlash(uri string) string { return strings.TrimSuffix(uri, "/") + "/" }
