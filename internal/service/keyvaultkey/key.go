// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
)

// Key Vault carries out deletion and recovery after it has answered, and a role that was just
// assigned takes minutes to act.
const betweenLooks = 5 * time.Second

// vaultURI is the address of the vault.
func (r *Resource) vaultURI(ctx context.Context, vaultID string) (string, error) {
	at, err := azure.ParseID(vaultID, azure.VaultType)
	if err != nil {
		return "", err
	}
	vaults, err := r.client.Vaults(at.SubscriptionID)
	if err != nil {
		return "", err
	}
	vault, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	return azure.Deref(azure.Deref(vault.Properties).VaultURI), err
}

// vaultGone reports whether the vault does not exist any more. Its keys cannot say so themselves:
// their address is gone with it.
func (r *Resource) vaultGone(ctx context.Context, vaultID string) bool {
	_, err := r.vaultURI(ctx, vaultID)
	return azure.IsNotFound(err)
}

// newest is the newest version of the key.
func (r *Resource) newest(ctx context.Context, vaultURI, name string,
) (version, error) {
	keys, err := r.client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	got, err := keys.GetKey(ctx, name, "", nil)
	return identified(got.KeyBundle, err)
}

// identified adds to what Key Vault answered the identifier in it.
func identified(key azkeys.KeyBundle, err error) (version, error) {
	if err != nil {
		return version{}, err
	}
	text := string(azure.Deref(azure.Deref(key.Key).KID))
	id, err := customerkey.ParseKeyID(text)
	if err != nil {
		return version{}, fmt.Errorf("reading the identifier %q that Key Vault answered: %w", text, err)
	}
	return version{key, id}, nil
}

// add makes a version of the key. Where a role is what permits it, and it is not permitted, the
// role may have been assigned a moment ago: it is tried again until the time is up.
func (r *Resource) add(ctx context.Context, vaultURI string, plan *model,
) (version, error) {
	keys, err := r.client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	for {
		made, err := keys.CreateKey(ctx, plan.Name.ValueString(),
			plan.wanted(r.client.ServerTime()), nil)
		if !azure.HasCode(err, "ForbiddenByRbac") {
			return identified(made.KeyBundle, err)
		}
		if waited := r.client.Wait(ctx, betweenLooks); waited != nil {
			return version{}, err
		}
	}
}

// restore recovers the deleted key, and waits until it can be used.
func (r *Resource) restore(ctx context.Context, vaultURI, name string,
) (version, error) {
	keys, err := r.client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	if _, err := keys.RecoverDeletedKey(ctx, name, nil); err != nil {
		return version{}, err
	}
	for {
		key, err := r.newest(ctx, vaultURI, name)
		if !azure.IsNotFound(err) {
			return key, err
		}
		if err := r.client.Wait(ctx, betweenLooks); err != nil {
			return version{}, err
		}
	}
}

// bring brings the key from the state that it is in to what is planned. The newest version tells
// what is left to do: one that carries the mark of the planned rotation was made for it.
func (r *Resource) bring(ctx context.Context, state model, plan *model, newest version) error {
	uri := state.VaultURI.ValueString()
	present := state
	present.observe(newest)
	var err error
	if wantsVersion(state, plan, present, newest) {
		newest, err = r.add(ctx, uri, plan)
	} else if update, any := changes(present, plan, newest); any {
		newest, err = r.change(ctx, uri, newest.id, update)
	}
	if err == nil && !plan.RotationPolicy.equal(state.RotationPolicy) {
		err = r.setPolicy(ctx, uri, plan)
	}
	if err == nil {
		plan.observe(newest)
	}
	return err
}

// wantsVersion reports whether a new version is to be made.
func wantsVersion(state model, plan *model, present model, newest version) bool {
	if !plan.KeyType.Equal(present.KeyType) || !plan.KeySize.Equal(present.KeySize) {
		return true
	}
	mark := plan.rotation()
	return mark != "" && mark != state.rotation() && azure.Deref(newest.Tags[rotationTag]) != mark
}

// changes is what of the newest version is to be changed.
func changes(present model, plan *model, key version) (azkeys.UpdateKeyParameters, bool) {
	update, any := azkeys.UpdateKeyParameters{KeyAttributes: &azkeys.KeyAttributes{}}, false
	if !plan.KeyOpts.Equal(present.KeyOpts) {
		update.KeyOps, any = plan.operations(), true
	}
	if !plan.Enabled.Equal(present.Enabled) {
		update.KeyAttributes.Enabled, any = plan.Enabled.ValueBoolPointer(), true
	}
	if !plan.NotBeforeDate.Equal(present.NotBeforeDate) {
		update.KeyAttributes.NotBefore, any = orNull(instant(plan.NotBeforeDate)), true
	}
	if !plan.ExpirationDate.Equal(present.ExpirationDate) {
		update.KeyAttributes.Expires, any = orNull(instant(plan.ExpirationDate)), true
	}
	tags := plan.tags(attribute.MergedTags(key.Tags, present.Tags, plan.Tags))
	if !maps.EqualFunc(tags, key.Tags, func(a, b *string) bool {
		return azure.Deref(a) == azure.Deref(b)
	}) {
		update.Tags, any = tags, true
	}
	return update, any
}

// orNull is a time, or the null that takes it away.
func orNull(at *time.Time) *time.Time {
	if at == nil {
		return azcore.NullValue[*time.Time]()
	}
	return at
}

func (r *Resource) change(ctx context.Context, vaultURI string, id customerkey.KeyID,
	update azkeys.UpdateKeyParameters,
) (version, error) {
	keys, err := r.client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	updated, err := keys.UpdateKey(ctx, id.Name, id.Version, update, nil)
	return identified(updated.KeyBundle, err)
}

// setPolicy writes the rotation policy. A policy that the configuration no longer names is left as
// it is.
func (r *Resource) setPolicy(ctx context.Context, vaultURI string, plan *model) error {
	if plan.RotationPolicy == nil {
		return nil
	}
	keys, err := r.client.Keys(vaultURI)
	if err != nil {
		return err
	}
	_, err = keys.UpdateKeyRotationPolicy(ctx, plan.Name.ValueString(), plan.RotationPolicy.wire(), nil)
	return err
}

// readPolicy takes over the rotation policy, where the configuration manages one.
func (r *Resource) readPolicy(ctx context.Context, state *model) error {
	if state.RotationPolicy == nil {
		return nil
	}
	keys, err := r.client.Keys(state.VaultURI.ValueString())
	if err != nil {
		return err
	}
	policy, err := keys.GetKeyRotationPolicy(ctx, state.Name.ValueString(), nil)
	if err == nil {
		state.observePolicy(policy.KeyRotationPolicy)
	}
	return err
}

// remove deletes the key, and waits until its name is free for recovery.
func (r *Resource) remove(ctx context.Context, vaultURI, name string) error {
	keys, err := r.client.Keys(vaultURI)
	if err != nil {
		return err
	}
	if _, err := keys.DeleteKey(ctx, name, nil); err != nil {
		return err
	}
	for {
		_, err := keys.GetDeletedKey(ctx, name, nil)
		if !azure.IsNotFound(err) {
			return err
		}
		if err := r.client.Wait(ctx, betweenLooks); err != nil {
			return err
		}
	}
}

// owner finds the resource ID of the vault that a key identifier speaks of.
func (r *Resource) owner(ctx context.Context, id customerkey.KeyID) (string, error) {
	found, err := r.client.VaultID(ctx, id.VaultURI)
	if err == nil && found == "" {
		err = errors.New("no vault of the subscription has the address " + id.VaultURI)
	}
	return found, err
}
