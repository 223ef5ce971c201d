// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
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

type policyModel struct {
	ExpireAfter        types.String    `tfsdk:"expire_after"`
	NotifyBeforeExpiry types.String    `tfsdk:"notify_before_expiry"`
	Automatic          *automaticModel `tfsdk:"automatic"`
}

type automaticModel struct {
	TimeAfterCreation types.String `tfsdk:"time_after_creation"`
	TimeBeforeExpiry  types.String `tfsdk:"time_before_expiry"`
}

// rotationTag marks the version that was made for a value of rotate_when_changed.
const rotationTag = "azuremedia-rotation"

// rotation is the value of the rotation tag for what rotate_when_changed says; empty where it says
// nothing.
func (m *model) rotation() string {
	if m.RotateWhenChanged.IsNull() {
		return ""
	}
	texts := map[string]string{}
	for name, value := range m.RotateWhenChanged.Elements() {
		if text, ok := value.(types.String); ok {
			texts[name] = text.ValueString()
		}
	}
	encoded, err := json.Marshal(texts) // Sorted by name.
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

// version is one version of a key as Key Vault shows it, with the identifier in it.
type version struct {
	azkeys.KeyBundle
	id customerkey.KeyID
}

// observe takes over what Key Vault says about the newest version.
func (m *model) observe(key version) {
	id := key.id
	importing := attribute.Imported(m.Name)
	m.Name = attribute.NewName(id.Name)
	m.ID = types.StringValue(id.Versionless().String())
	m.VersionlessID = m.ID
	m.VersionedID = types.StringValue(id.String())
	m.Version = types.StringValue(id.Version)
	m.VaultURI = types.StringValue(id.VaultURI)
	m.ResourceVersionlessID = types.StringValue(m.KeyVaultID.ValueString() + "/keys/" + id.Name)

	material := azure.Deref(key.Key)
	m.KeyType = types.StringValue(string(azure.Deref(material.Kty)))
	m.KeySize = types.Int64Value(int64(bits(material.N)))
	var operations []attr.Value
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

// bits is the size of an RSA key by its modulus.
func bits(modulus []byte) int {
	for len(modulus) > 0 && modulus[0] == 0 {
		modulus = modulus[1:]
	}
	return len(modulus) * 8
}

// managedDate is a date to show in state: only one that the configuration manages, in its own
// spelling where that means the same.
func managedDate(current *time.Time, prior timetypes.RFC3339, importing bool) timetypes.RFC3339 {
	if prior.IsNull() && !importing || current == nil {
		return timetypes.NewRFC3339Null()
	}
	if spelt, diags := prior.ValueRFC3339Time(); !diags.HasError() && spelt.Equal(*current) {
		return prior
	}
	return timetypes.NewRFC3339TimeValue(current.UTC())
}

// wanted is a new version as it is asked for, at the given time.
func (m *model) wanted(now time.Time) azkeys.CreateKeyParameters {
	return azkeys.CreateKeyParameters{
		Kty:           to.Ptr(azkeys.KeyType(m.KeyType.ValueString())),
		KeySize:       to.Ptr(int32(m.KeySize.ValueInt64())), //nolint:gosec // At most 4096.
		KeyOps:        m.operations(),
		KeyAttributes: m.attributes(now),
		Tags:          m.tags(attribute.WireTags(m.Tags)),
	}
}

func (m *model) operations() []*azkeys.KeyOperation {
	var operations []*azkeys.KeyOperation
	for _, element := range m.KeyOpts.Elements() {
		if text, ok := element.(types.String); ok {
			operations = append(operations, to.Ptr(azkeys.KeyOperation(text.ValueString())))
		}
	}
	return operations
}

// attributes are those of a new version. Key Vault gives a version that it makes by itself the
// expiry that the rotation policy says; one that is made here gets it here.
func (m *model) attributes(now time.Time) *azkeys.KeyAttributes {
	attributes := &azkeys.KeyAttributes{Enabled: m.Enabled.ValueBoolPointer()}
	attributes.NotBefore = instant(m.NotBeforeDate)
	attributes.Expires = instant(m.ExpirationDate)
	if attributes.Expires == nil && m.RotationPolicy != nil {
		attributes.Expires = after(now, m.RotationPolicy.ExpireAfter.ValueString())
	}
	return attributes
}

// tags adds the rotation's mark.
func (m *model) tags(tags map[string]*string) map[string]*string {
	if mark := m.rotation(); mark != "" {
		tags[rotationTag] = &mark
	}
	return tags
}

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

// after is the time a duration after another; nil where there is no duration.
func after(now time.Time, text string) *time.Time {
	parts := isoDuration.FindStringSubmatch(text)
	if parts == nil {
		return nil
	}
	var numbers [3]int
	for i := range numbers {
		numbers[i], _ = strconv.Atoi(parts[i+1]) // The expression has only digits, or nothing.
	}
	return to.Ptr(now.AddDate(numbers[0], numbers[1], numbers[2]))
}

// observePolicy takes over the rotation policy, where the configuration manages one.
func (m *model) observePolicy(policy azkeys.KeyRotationPolicy) {
	if m.RotationPolicy == nil {
		return
	}
	shown := &policyModel{
		ExpireAfter: types.StringPointerValue(azure.Deref(policy.Attributes).ExpiryTime),
	}
	for _, action := range policy.LifetimeActions {
		trigger := azure.Deref(action.Trigger)
		switch azure.Deref(azure.Deref(action.Action).Type) {
		case azkeys.KeyRotationPolicyActionRotate:
			shown.Automatic = &automaticModel{
				TimeAfterCreation: types.StringPointerValue(trigger.TimeAfterCreate),
				TimeBeforeExpiry:  types.StringPointerValue(trigger.TimeBeforeExpiry),
			}
		case azkeys.KeyRotationPolicyActionNotify:
			// Without an expiry there is nothing to announce: it is Key Vault's default entry.
			if !shown.ExpireAfter.IsNull() && !m.RotationPolicy.NotifyBeforeExpiry.IsNull() {
				shown.NotifyBeforeExpiry = types.StringPointerValue(trigger.TimeBeforeExpiry)
			}
		}
	}
	m.RotationPolicy = shown
}

func (p *policyModel) wire() azkeys.KeyRotationPolicy {
	policy := azkeys.KeyRotationPolicy{
		Attributes: &azkeys.KeyRotationPolicyAttributes{
			ExpiryTime: p.ExpireAfter.ValueStringPointer(),
		},
		LifetimeActions: []*azkeys.LifetimeAction{},
	}
	add := func(kind azkeys.KeyRotationPolicyAction, afterCreation, beforeExpiry types.String) {
		policy.LifetimeActions = append(policy.LifetimeActions, &azkeys.LifetimeAction{
			Action: &azkeys.LifetimeActionType{Type: &kind},
			Trigger: &azkeys.LifetimeActionTrigger{
				TimeAfterCreate:  afterCreation.ValueStringPointer(),
				TimeBeforeExpiry: beforeExpiry.ValueStringPointer(),
			},
		})
	}
	if p.Automatic != nil {
		add(azkeys.KeyRotationPolicyActionRotate,
			p.Automatic.TimeAfterCreation, p.Automatic.TimeBeforeExpiry)
	}
	if !p.NotifyBeforeExpiry.IsNull() {
		add(azkeys.KeyRotationPolicyActionNotify, types.StringNull(), p.NotifyBeforeExpiry)
	}
	return policy
}

func (p *policyModel) equal(other *policyModel) bool {
	if p == nil || other == nil {
		return p == other
	}
	automatic := p.Automatic == nil && other.Automatic == nil ||
		p.Automatic != nil && other.Automatic != nil &&
			p.Automatic.TimeAfterCreation.Equal(other.Automatic.TimeAfterCreation) &&
			p.Automatic.TimeBeforeExpiry.Equal(other.Automatic.TimeBeforeExpiry)
	return automatic && p.ExpireAfter.Equal(other.ExpireAfter) &&
		p.NotifyBeforeExpiry.Equal(other.NotifyBeforeExpiry)
}
