// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

// vaultURI is the address of the vault. Azure leaves off its slash while the name is registered.
func (r *Resource) vaultURI(ctx context.Context, vaultID string) (string, error) {
	at, err := azure.ParseID(vaultID, azure.VaultType)
	if err != nil {
		return "", err
	}
	vaults, err := r.Client.Vaults(at.SubscriptionID)
	if err != nil {
		return "", err
	}
	vault, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	return withSlash(azure.Deref(azure.Deref(vault.Properties).VaultURI)), err
}

// vaultGone reports whether the vault does not exist any more. Its keys cannot say so themselves:
// their address is gone with it.
func (r *Resource) vaultGone(ctx context.Context, vaultID string) bool {
	_, err := r.vaultURI(ctx, vaultID)
	return azure.IsNotFound(err)
}

// newest is the newest version of the key.
func (r *Resource) newest(ctx context.Context, vaultURI, name string) (version, error) {
	keys, err := r.Client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	got, err := keys.GetKey(ctx, name, "", nil)
	return r.identified(got.KeyBundle, err)
}

// newestSoon is newest for a caller who may have been given access a moment ago, by the vault that
// was made before the key for instance: as long as the vault turns away a caller whom its policies
// or roles let in, it is asked again. It takes them minutes to act.
func (r *Resource) newestSoon(ctx context.Context, vaultID, vaultURI, name string,
	backoff *azure.Backoff,
) (version, error) {
	found, err := r.newest(ctx, vaultURI, name)
	if !azure.HasCode(err, "ForbiddenByRbac", "AccessDenied") {
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
	for azure.HasCode(err, "ForbiddenByRbac", "AccessDenied") && backoff.Wait(ctx) {
		found, err = r.newest(ctx, vaultURI, name)
	}
	return found, err
}

// version is one version of a key as Key Vault shows it, with the identifier in it.
type version struct {
	azkeys.KeyBundle
	id customerkey.KeyID
}

// identified adds to what Key Vault answered the identifier in it.
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

// attempts is how often a version is asked for where Key Vault does not answer.
const attempts = 4

// add makes a version of the key, the first one where before is empty and otherwise the one after
// it. Asked twice, Key Vault makes two: so it is asked again only when it is certain that it made
// none, and where its answer is lost the newest version tells.
func (r *Resource) add(ctx context.Context, vaultURI string, plan *model, before version,
	parameters azkeys.CreateKeyParameters, backoff *azure.Backoff,
) (version, error) {
	keys, err := r.Client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	for attempt := 1; ; attempt++ {
		made, err := keys.CreateKey(azure.WithoutRetry(ctx), plan.Name.ValueString(), parameters, nil)
		if err == nil || azure.IsRefused(err) && !isThrottled(err) {
			return r.identified(made.KeyBundle, err)
		}
		if newest, unseen := r.newest(ctx, vaultURI, plan.Name.ValueString()); unseen == nil &&
			newest.id.Version != before.id.Version {
			return newest, nil
		}
		if attempt == attempts || !backoff.Wait(ctx) {
			return version{}, err
		}
	}
}

func isThrottled(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && answer.Status == http.StatusTooManyRequests
}

// restore recovers the deleted key, and waits until it can be used: Key Vault recovers it after it
// has answered.
func (r *Resource) restore(ctx context.Context, vaultURI, name string, backoff *azure.Backoff,
) (version, error) {
	keys, err := r.Client.Keys(vaultURI)
	if err != nil {
		return version{}, err
	}
	_, err = keys.RecoverDeletedKey(ctx, name, nil)
	// Where its answer was lost, the request was sent again, and the key is not deleted any more.
	if err != nil && !azure.HasCode(err, "RequestNotAllowedOnNonDeletedObject") {
		return version{}, err
	}
	for {
		key, err := r.newest(ctx, vaultURI, name)
		if !azure.IsNotFound(err) || !backoff.Wait(ctx) {
			return key, err
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

// remove deletes the key, and waits until it is deleted: Key Vault carries that out after it has
// answered.
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
		if !azure.IsNotFound(err) || !backoff.Wait(ctx) {
			return err
		}
	}
}
