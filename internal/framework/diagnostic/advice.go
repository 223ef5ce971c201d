// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// advise returns what to do about an error of Azure's, by its code if the code says enough, and
// otherwise by its status.
func advise(answer *azure.Error) string {
	switch answer.InnerCode { // Key Vault's, which says more than the code.
	case "ForbiddenByFirewall":
		return "Allow the client address above in the vault's firewall (network_acls of the vault), or " +
			"run Terraform from an address that it allows. If the vault is part of this " +
			"configuration, terraform apply -target changes it without reading its keys."
	case "ForbiddenByConnection":
		return "Run Terraform where it can reach a private endpoint of the vault, or switch the " +
			"vault's public network access on (public_network_access_enabled). If the vault is " +
			"part of this configuration, terraform apply -target changes it without reading its keys."
	}
	switch answer.Code {
	case "AuthorizationFailed", "LinkedAuthorizationFailed":
		return "Grant the identity that runs Terraform a role with the action above, at that scope. A " +
			"new role assignment takes some minutes to take effect."
	case "SubscriptionNotFound", "InvalidSubscriptionId":
		return "Check subscription_id (ARM_SUBSCRIPTION_ID), and that the credentials belong to " +
			"the tenant of that subscription."
	case "ResourceGroupNotFound", "ParentResourceNotFound":
		return "Create the parent resource first; in this configuration, refer to its attributes, so " +
			"that Terraform knows the order."
	case "MissingSubscriptionRegistration", "MissingRegistrationForResourceProvider":
		return "Register the resource provider in the subscription, or set " +
			"resource_provider_registrations to \"automatic\", so that the provider does it."
	case "ScopeLocked":
		return "Remove the lock in Azure, or leave the resource as it is."
	case "RequestDisallowedByPolicy":
		return "Change the configuration so that it complies with the Azure Policy above, or ask for " +
			"an exemption."
	}
	switch answer.Status {
	case http.StatusUnauthorized:
		return "Check the provider block's credentials: the tenant, and that they have not expired."
	case http.StatusForbidden:
		return "Grant the identity that runs Terraform the permission above. A new grant takes some " +
			"minutes to take effect."
	case http.StatusNotFound:
		return "Run terraform plan to see what still exists."
	case http.StatusConflict:
		return "Wait until the other operation on the resource has finished, and apply again."
	case http.StatusTooManyRequests:
		return "Azure limits the rate of requests: apply again in a few minutes, or with a lower " +
			"-parallelism."
	}
	if answer.Status >= http.StatusInternalServerError {
		return "This is a fault on Azure's side: apply again. If it persists, give Azure support the " +
			"IDs above."
	}
	return "Correct what Azure reports above, and apply again."
}
