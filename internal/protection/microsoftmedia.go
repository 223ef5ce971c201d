// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// describe returns an account of Microsoft.Media: Media Services and Video Analyzer describe
// identities and encryption alike.
func describe(kind customerkey.Kind, id string, location *string, identities *armmedia.Identity,
	wire *armmedia.Encryption,
) Account {
	identity := azure.Deref(identities)
	account := describeAccount(kind, id, location, azure.Deref(identity.Type), identity.PrincipalID,
		identity.UserAssignedIdentities,
		func(user armmedia.UserAssignedIdentity) *string { return user.PrincipalID })

	encryption := azure.Deref(wire)
	if azure.Deref(encryption.Type) != armmedia.CustomerKey {
		return account
	}
	key := azure.Deref(encryption.KeyVaultProperties)
	account.Encryption = encryptedWith(
		azure.Deref(key.KeyIdentifier), azure.Deref(key.CurrentKeyIdentifier),
		azure.Deref(azure.Deref(encryption.Identity).UserAssignedIdentity))
	account.Encryption.Status = azure.Deref(encryption.Status)
	return account
}

// listed reads the accounts of Microsoft.Media in a subscription. Both services are retired in the
// public cloud: where the list itself is not found, there are no accounts.
func listed[Properties any](ctx context.Context, pages *runtime.Pager[armmedia.Page[Properties]],
	describe func(id string, wire armmedia.Resource[Properties]) Account,
) (found []Account, err error) {
	err = azure.EachPage(ctx, pages, func(page armmedia.Page[Properties]) {
		for _, wire := range page.Value {
			found = append(found, describe(azure.Deref(wire.ID), wire))
		}
	})
	return found, azure.UnlessRetired(err)
}

// keyForbidden recognizes the only refusal of a customer-managed key that is public: 400 BadRequest
// with this message. Every other mistake has the same code, so only the message tells, as for the
// Azure command line (azure-cli, ams/operations/encryption.py). It is the message of Media Services;
// that of Video Analyzer is not public, and assumed to be the same.
func keyForbidden(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && strings.EqualFold(answer.Code, "BadRequest") &&
		strings.HasPrefix(answer.Message, "Access to the Customer Key was forbidden")
}
