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
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// describe is an account of Microsoft.Media. Those of Media Services and of Video Analyzer say the
// same about identities and encryption in the same words.
func describe(kind customerkey.Kind, id string, location *string, identities *armmedia.Identity,
	wire *armmedia.Encryption,
) Account {
	identity := azure.Deref(identities)
	account := Account{Account: facts.Account{
		Target: customerkey.Target{
			ID:             id,
			Kind:           kind,
			Location:       rule.Known(azure.Deref(location)),
			SystemAssigned: rule.Known(strings.Contains(azure.Deref(identity.Type), "SystemAssigned")),
		},
		SystemPrincipalID: azure.Deref(identity.PrincipalID),
		UserPrincipalIDs:  map[string]string{},
	}}
	var listed []string
	for id, user := range identity.UserAssignedIdentities {
		listed = append(listed, id)
		account.UserPrincipalIDs[strings.ToLower(id)] = azure.Deref(azure.Deref(user).PrincipalID)
	}
	account.UserAssigned = rule.Known(listed)

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
	if azure.IsRetired(err) || azure.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// keyForbidden recognises the one refusal of a customer's key that is public: 400 BadRequest with
// this message. The code is that of every other mistake, so that only the message tells, as it
// does to the Azure command line (azure-cli, ams/operations/encryption.py). It is that of Media
// Services; what Video Analyzer says is not public, and taken to be the same.
func keyForbidden(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && strings.EqualFold(answer.Code, "BadRequest") &&
		strings.HasPrefix(answer.Message, "Access to the Customer Key was forbidden")
}
