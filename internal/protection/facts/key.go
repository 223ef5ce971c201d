// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"math/big"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// keys reads the key in the version that is asked for and in the one that is in use. Mostly these
// are the same, and one call tells both.
func (r Reader) keys(ctx context.Context, q Question, answer *Answer) error {
	var err error
	if answer.Key, err = r.key(ctx, q.Key); err != nil {
		return err
	}
	version, _ := answer.Key.Version.Value()
	switch {
	case !q.Key.Pinned():
		answer.Newest = version
	case q.WithNewest:
		if answer.Newest, err = r.Newest(ctx, q.Key); err != nil {
			return err
		}
	}

	switch {
	case q.InUse.IsZero():
	case !q.InUse.SameKey(q.Key):
		answer.InUse, err = r.key(ctx, q.InUse)
	case answer.Key.Presence == customerkey.SoftDeleted,
		answer.Key.Presence == customerkey.PresenceUnknown,
		strings.EqualFold(q.InUse.Version, version):
		answer.InUse = answer.Key
	default:
		answer.InUse, err = r.key(ctx, q.InUse)
	}
	return err
}

// Newest reads which version of a key is the newest. It is empty if that cannot be seen.
func (r Reader) Newest(ctx context.Context, key customerkey.KeyID) (string, error) {
	newest, err := r.key(ctx, key.Versionless())
	version, _ := newest.Version.Value()
	return version, err
}

// key reads a key in one version, the newest one if the identifier names none.
func (r Reader) key(ctx context.Context, id customerkey.KeyID) (customerkey.Key, error) {
	return r.known.keys.Get(ctx, id.String(), func() (customerkey.Key, error) {
		return r.readKey(ctx, id)
	})
}

func (r Reader) readKey(ctx context.Context, id customerkey.KeyID) (customerkey.Key, error) {
	keys, err := r.client.Keys(id.VaultURI)
	if err != nil {
		return customerkey.Key{}, err
	}
	got, err := keys.GetKey(ctx, id.Name, id.Version, nil)
	switch {
	case err == nil:
		return describe(got.KeyBundle), nil
	case closed(err), id.InManagedHSM() && !azure.HasCode(err, "KeyNotFound"):
		return customerkey.Key{}, nil
	case !azure.IsNotFound(err):
		return customerkey.Key{}, err
	}

	_, err = keys.GetDeletedKey(ctx, id.Name, nil)
	switch {
	case err == nil:
		return customerkey.Key{Presence: customerkey.SoftDeleted}, nil
	case azure.IsNotFound(err):
		return customerkey.Key{Presence: customerkey.Absent}, nil
	case closed(err):
		return customerkey.Key{}, nil // It is gone, and it cannot be seen whether for good.
	default:
		return customerkey.Key{}, err
	}
}

// closed reports whether a vault keeps the caller out, who may be one of another tenant, or cannot be reached
// from here.
func closed(err error) bool {
	answer, ok := azure.AsError(err)
	return azure.IsUnreachable(err) || ok && (answer.Status == http.StatusForbidden || answer.Status == http.StatusUnauthorized)
}

// describe is the key as Key Vault shows it.
func describe(bundle azkeys.KeyBundle) customerkey.Key {
	key, attributes := azure.Deref(bundle.Key), azure.Deref(bundle.Attributes)
	described := customerkey.Key{
		Presence:   customerkey.Present,
		Type:       rule.Known(string(azure.Deref(key.Kty))),
		Enabled:    rule.Known(attributes.Enabled == nil || *attributes.Enabled),
		NotBefore:  rule.Known(azure.Deref(attributes.NotBefore)),
		Expires:    rule.Known(azure.Deref(attributes.Expires)),
		Operations: rule.Known(operations(key.KeyOps)),
	}
	if attributes.Created != nil {
		described.Created = rule.Known(*attributes.Created)
	}
	if key.KID != nil {
		described.Version = rule.Known(key.KID.Version())
	}
	if len(key.N) > 0 { // The modulus, which only RSA keys have.
		described.Size = rule.Known(new(big.Int).SetBytes(key.N).BitLen())
	}
	return described
}

func operations(permitted []*azkeys.KeyOperation) []string {
	names := make([]string, 0, len(permitted))
	for _, operation := range permitted {
		names = append(names, string(azure.Deref(operation)))
	}
	return names
}
