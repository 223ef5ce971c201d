// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"maps"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// rotationTag marks the version that was added for a value of rotate_when_changed.
const rotationTag = "azuremedia-rotation"

// rotation returns the value of the rotation tag for rotate_when_changed; empty if that is not set.
func (m *model) rotation() string { return attribute.Trigger(m.RotateWhenChanged) }

// settle changes the key from its state to the plan. The newest version tells what is left to do: one
// with the mark of the planned rotation was added for it.
func (r *Resource) settle(ctx context.Context, state model, plan *model, newest version,
	backoff *azure.Backoff,
) error {
	present := state
	present.observe(newest)
	var err error
	if needsVersion(state, plan, present, newest) {
		tags := attribute.MergedTags(newest.Tags, state.Tags, plan.Tags)
		newest, err = r.add(ctx, newest.id.VaultURI, plan, newest,
			plan.newVersion(r.Client.TimeOf(newest.id.VaultURI), tags), backoff)
	} else if update, differs := changes(state, present, plan, newest); differs {
		newest, err = r.change(ctx, newest.id, update)
	}
	if err == nil && !plan.RotationPolicy.equal(state.RotationPolicy) {
		err = r.setPolicy(ctx, newest.id, plan.RotationPolicy)
	}
	if err == nil {
		expires := plan.ExpirationDate
		plan.observe(newest)
		plan.ExpirationDate = expires
	}
	return err
}

// needsVersion reports whether the plan needs a new version.
func needsVersion(state model, plan *model, present model, newest version) bool {
	if !plan.KeyType.Equal(present.KeyType) || !plan.KeySize.Equal(present.KeySize) {
		return true
	}
	mark := plan.rotation()
	return mark != "" && mark != state.rotation() && azure.Deref(newest.Tags[rotationTag]) != mark
}

// newVersion returns a version to add now. Key Vault applies the policy's expiry only to versions that
// it adds by itself, so newVersion sets it.
func (m *model) newVersion(now time.Time, tags map[string]*string) azkeys.CreateKeyParameters {
	expires := instant(m.ExpirationDate)
	if expires == nil && m.RotationPolicy != nil {
		expires = m.RotationPolicy.expiry(now)
	}
	return azkeys.CreateKeyParameters{
		Kty:     to.Ptr(azkeys.KeyType(m.KeyType.ValueString())),
		KeySize: to.Ptr(int32(m.KeySize.ValueInt64())), //nolint:gosec // At most 4096.
		KeyOps:  m.operations(),
		KeyAttributes: &azkeys.KeyAttributes{
			Enabled:   m.Enabled.ValueBoolPointer(),
			NotBefore: instant(m.NotBeforeDate),
			Expires:   expires,
		},
		Tags: m.marked(tags),
	}
}

// changes returns what differs in the newest version, and whether anything does. A date that the
// configuration no longer names stays: Key Vault cannot remove one. So does an expiry that differs from an
// unchanged plan: Key Vault gave it to the version.
func changes(state, present model, plan *model, key version) (azkeys.UpdateKeyParameters, bool) {
	update, differs := azkeys.UpdateKeyParameters{KeyAttributes: &azkeys.KeyAttributes{}}, false
	if !plan.KeyOpts.Equal(present.KeyOpts) {
		update.KeyOps, differs = plan.operations(), true
	}
	if !plan.Enabled.Equal(present.Enabled) {
		update.KeyAttributes.Enabled, differs = plan.Enabled.ValueBoolPointer(), true
	}
	if at := instant(plan.NotBeforeDate); at != nil && !sameSecond(key.Attributes.NotBefore, at) {
		update.KeyAttributes.NotBefore, differs = at, true
	}
	if at := instant(plan.ExpirationDate); at != nil && !sameSecond(key.Attributes.Expires, at) &&
		!sameSecond(instant(state.ExpirationDate), at) {
		update.KeyAttributes.Expires, differs = at, true
	}
	tags := plan.marked(attribute.MergedTags(key.Tags, present.Tags, plan.Tags))
	if !maps.EqualFunc(tags, key.Tags, func(a, b *string) bool {
		return azure.Deref(a) == azure.Deref(b)
	}) {
		update.Tags, differs = tags, true
	}
	return update, differs
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

// marked returns the tags with the rotation's mark.
func (m *model) marked(tags map[string]*string) map[string]*string {
	if mark := m.rotation(); mark != "" {
		tags[rotationTag] = &mark
	}
	return tags
}
