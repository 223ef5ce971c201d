// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// advise says what to do about an answer of Azure's: by its code where the code is telling, by
// its status otherwise.
func advise(answer *azure.Error) string {
	switch answer.InnerCode { // It is Key Vault's, and tells more than the code.
	case "ForbiddenByFirewall":
		return "Let the client address named above in by the vault's firewall (network_acls of the " +
			"vault), or run Terraform from an address that it lets in. Where the vault is part of " +
			"this configuration, terraform apply -target changes it without reading what is in it."
	case "ForbiddenByConnection":
		return "Run Terraform where a private endpoint of the vault can be reached, or switch the " +
			"vault's public network access on (public_network_access_enabled). Where the vault is " +
			"part of this configuration, terraform apply -target changes it without reading what " +
			"is in it."
	}
	switch answer.Code {
	case "AuthorizationFailed", "LinkedAuthorizationFailed":
		return "Give the identity that runs Terraform a role that permits the action named " +
			"above, at that scope. A new role assignment takes some minutes to act."
	case "SubscriptionNotFound", "InvalidSubscriptionId":
		return "Check subscription_id (ARM_SUBSCRIPTION_ID), and that the credentials belong to " +
			"the tenant of that subscription."
	case "ResourceGroupNotFound", "ParentResourceNotFound":
		return "Create what it lies in first; in this configuration, refer to it by its " +
			"attributes, so that Terraform knows the order."
	case "MissingSubscriptionRegistration", "MissingRegistrationForResourceProvider":
		return "Register the resource provider in the subscription, or let the provider do it " +
			"by leaving resource_provider_registrations at \"automatic\"."
	case "ScopeLocked":
		return "Remove the lock in Azure, or leave the object as it is."
	case "RequestDisallowedByPolicy":
		return "Change the configuration so that the Azure Policy named above is content, or " +
			"ask for an exemption."
	}
	switch answer.Status {
	case http.StatusUnauthorized:
		return "Check the provider block's credentials: the tenant, and that they have not expired."
	case http.StatusForbidden:
		return "Give the identity that runs Terraform the permission named above. A new grant " +
			"takes some minutes to act."
	case http.StatusNotFound:
		return "Refresh the state (terraform plan) to see what is still there."
	case http.StatusConflict:
		return "Wait until what is being done to the object elsewhere is over, and apply again."
	case http.StatusTooManyRequests:
		return "Azure limits how many requests it takes: apply again in a few minutes, or with " +
			"a lower -parallelism."
	}
	if answer.Status >= http.StatusInternalServerError {
		return "This is a fault on Azure's side: apply again. If it stays, give Azure support " +
			"the IDs above."
	}
	return "Correct what Azure names above, and apply again."
}
