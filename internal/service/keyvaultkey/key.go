// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

// vaultURI returns the address of the vault. Azure omits its slash while the name is registered.
func (r *Resource) vaultURI(ctx context.Context, vaultID string) (string, error) {
	vaults, at, err := azure.Open(vaultID, azure.VaultType, r.Client.Vaults)
	if err != nil {
		return "", err
	}
	vault, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	return withSlash(azure.Deref(azure.Deref(vault.Properties).VaultURI)), err
}

// orVaultGone returns the error of a request to the vault, or that the vault is gone if it is. Its keys
// cannot say so: their address is gone with it.
func (r *Resource) orVaultGone(ctx context.Context, vaultID string, err error) error {
	if err == nil || azure.IsNotFound(err) {
		return err
	}
	if _, gone := r.vaultURI(ctx, vaultID); azure.IsNotFound(gone) {
		return gone
	}
	return err
}

// read brings the state up to date.
func (r *Resource) read(ctx context.Context, state *model) error {
	id, err := protection.ParseKeyID(r.Client, state.Identifier())
	if err != nil {
		return err
	}
	importing := base.Imported(state.Name)
	key, err := r.newest(ctx, id.VaultURI, id.Name)
	if err == nil {
		configured := state.ExpirationDate
		state.observe(key)
		state.RotationPolicy, err = r.readPolicy(ctx, id, state.RotationPolicy, importing)
		if err == nil && !importing && !state.ExpirationDate.Equal(configured) &&
			r.rotated(ctx, id, state.RotationPolicy, azure.Deref(key.Attributes)) {
			state.ExpirationDate = configured
		}
	}
	if err == nil && importing && state.RotationPolicy.setsExpiry(azure.Deref(key.Attributes)) {
		state.ExpirationDate = timetypes.NewRFC3339Null()
	}
	vaultID := state.KeyVaultID.ValueString()
	err = r.orVaultGone(ctx, vaultID, err)
	switch {
	case importing:
		return err
	case r.keptOut(ctx, vaultID, err): // The state shows the key as it was last seen.
		protection.IntentsOf(r.Client).KeepsOut(id.String(), err)
		return nil
	case !azure.IsNotFound(err):
		return err
	}
	if returns, unknown := protection.ReturnsWithVault(ctx, r.Client, vaultID); returns || unknown != nil {
		return unknown
	}
	return err
}

// rotated reports whether Key Vault itself gave a version its expiry, by its rotation policy, which the
// configuration need not manage. It does so to each new version again.
func (r *Resource) rotated(ctx context.Context, id customerkey.KeyID, policy *policyModel,
	version azkeys.KeyAttributes,
) bool {
	if policy == nil {
		keys, err := r.Client.Keys(id.VaultURI)
		if err != nil {
			return false
		}
		found, err := keys.GetKeyRotationPolicy(ctx, id.Name, nil)
		if err != nil {
			return false
		}
		policy = flattenPolicy(found.KeyRotationPolicy)
	}
	return policy.made(version)
}

// delete deletes the key unless an account uses it.
func (r *Resource) delete(ctx context.Context, state *model) error {
	if err := r.refuseInUse(ctx, state); err != nil {
		return err
	}
	backoff := r.Backoff(ctx, diagnostic.Delete, state.Timeouts)
	err := r.remove(ctx, state.VaultURI.ValueString(), state.Name.ValueString(), backoff)
	return r.orVaultGone(ctx, state.KeyVaultID.ValueString(), err)
}

// newest returns the newest version of the key.
func (r *Resource) newest(ctx context.Context, vaultURI, name string) (version, error) {
	keys, err := r.Client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	got, err := keys.GetKey(ctx, name, "", nil)
	return r.identified(got.KeyBundle, err)
}

// awaitNewest returns the newest version to a caller who may have been granted access a moment ago, by
// the vault that was created before the key for instance. A policy or role takes minutes to act: while
// the vault refuses a caller who has one, awaitNewest asks again.
func (r *Resource) awaitNewest(ctx context.Context, vaultID, vaultURI, name string,
	backoff *azure.Backoff,
) (version, error) {
	found, err := r.newest(ctx, vaultURI, name)
	if !azure.IsVaultDenied(err) {
		return found, err
	}
	caller, unknown := r.Client.Caller(ctx)
	if unknown != nil {
		return found, err
	}
	grant, unknown := facts.New(r.Client).Grant(ctx, vaultID, name, caller.ObjectID)
	if unknown != nil || grant.Get != customerkey.Granted {
		return found, err
	}
	for azure.IsVaultDenied(err) &&
		backoff.Wait(ctx, "the vault to act on the access of these credentials") {
		found, err = r.newest(ctx, vaultURI, name)
	}
	return found, backoff.Ended(err)
}

// version is one version of a key as Key Vault shows it, with the identifier in it.
type version struct {
	azkeys.KeyBundle
	id customerkey.KeyID
}

// identified returns Key Vault's answer with the identifier in it.
func (r *Resource) identified(key azkeys.KeyBundle, err error) (version, error) {
	if err != nil {
		return version{}, err
	}
	text := string(azure.Deref(azure.Deref(key.Key).KID))
	id, err := protection.ParseKeyID(r.Client, text)
	if err != nil {
		return version{}, fmt.Errorf("reading the identifier %q that Key Vault answered: %w", text, err)
	}
	return version{key, id}, nil
}

// attempts is how often a version is asked for if Key Vault does not answer.
const attempts = 4

// add adds a version of the key after the version before, which is empty for the first one. Key Vault
// adds one for every request, so add asks again only if it is certain that none was added; if an
// answer was lost, the newest version tells.
func (r *Resource) add(ctx context.Context, vaultURI string, plan *model, before version,
	parameters azkeys.CreateKeyParameters, backoff *azure.Backoff,
) (version, error) {
	keys, err := r.Client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	for attempt := 1; ; attempt++ {
		made, err := keys.CreateKey(azure.WithoutRetry(ctx), plan.Name.ValueString(), parameters, nil)
		if err == nil || azure.IsRefused(err) && !azure.Passes(err) {
			return r.identified(made.KeyBundle, err)
		}
		if newest, unseen := r.newest(ctx, vaultURI, plan.Name.ValueString()); unseen == nil &&
			newest.id.Version != before.id.Version {
			return newest, nil
		}
		if attempt == attempts || !backoff.Wait(ctx, "Key Vault to answer") {
			return version{}, backoff.Ended(err)
		}
	}
}

// deletedKey returns the deleted key with a name in a vault. It reports false if there is none, or if the
// vault does not tell: it need not exist yet. The error says which of the two it is.
func (r *Resource) deletedKey(ctx context.Context, vaultID, name string) (customerkey.KeyID, bool, error) {
	keys, err := r.Client.Keys(r.Client.Cloud().VaultURI(azure.NameOf(vaultID)))
	if err != nil {
		return customerkey.KeyID{}, false, err
	}
	got, err := keys.GetDeletedKey(azure.WithoutRetry(ctx), name, nil)
	found, err := r.identified(azkeys.KeyBundle{Key: got.Key}, err)
	return found.id.Versionless(), err == nil, err
}

// restore recovers the deleted key, and waits until it can be used: Key Vault answers before it
// recovers it.
func (r *Resource) restore(ctx context.Context, vaultURI, name string, backoff *azure.Backoff,
) (version, error) {
	keys, err := r.Client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	_, err = keys.RecoverDeletedKey(ctx, name, nil)
	// If the answer was lost, the request was sent again and the key is no longer deleted.
	if err != nil && !azure.HasCode(err, "RequestNotAllowedOnNonDeletedObject") {
		return version{}, err
	}
	for {
		key, err := r.newest(ctx, vaultURI, name)
		if err == nil {
			return key, nil
		}
		if !azure.IsNotFound(err) || !backoff.Wait(ctx, "Key Vault to recover the key "+name) {
			return version{}, &azure.AcceptedError{Err: backoff.Ended(err)}
		}
	}
}

func (r *Resource) change(ctx context.Context, id customerkey.KeyID,
	update azkeys.UpdateKeyParameters,
) (version, error) {
	keys, err := r.Client.Keys(id.VaultURI)
	if err != nil {
		return version{}, err
	}
	updated, err := keys.UpdateKey(ctx, id.Name, id.Version, update, nil)
	return r.identified(updated.KeyBundle, err)
}

// remove deletes the key, and waits until it is deleted: Key Vault answers before it deletes it.
func (r *Resource) remove(ctx context.Context, vaultURI, name string, backoff *azure.Backoff,
) error {
	keys, err := r.Client.Keys(vaultURI)
	if err != nil {
		return err
	}
	if _, err := keys.DeleteKey(ctx, name, nil); err != nil {
		return err
	}
	for {
		_, err := keys.GetDeletedKey(ctx, name, nil)
		if !azure.IsNotFound(err) || !backoff.Wait(ctx, "Key Vault to delete the key "+name) {
			return backoff.Ended(err)
		}
	}
}
