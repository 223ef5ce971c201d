// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// advise returns what to do about an error of Azure's about the resource with the ID, by its code if the code says enough, and
// otherwise by its status.
func advise(answer *azure.Error, id string) string {
	switch answer.InnerCode { // Key Vault's, which says more than the code.
	case "ForbiddenByFirewall":
		return "Allow the client address above in the vault's firewall (network_acls of the vault), or " +
			"run Terraform from an address that it allows."
	case "ForbiddenByConnection":
		return "Run Terraform where it can reach a private endpoint of the vault, or switch the " +
			"vault's public network access on (public_network_access_enabled)."
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
		return unlock(answer, id)
	case "RequestDisallowedByPolicy":
		return "Change the configuration so that it complies with the Azure Policy above, or ask for " +
			"an exemption (az policy exemption create). Applying again changes nothing before that."
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
	if answer.Status == http.StatusInsufficientStorage { // Azure has no such answer; rehearsal has.
		return "Make room on the disk with rehearsal's data file, or move the file to another one, and apply again."
	}
	if answer.Status >= http.StatusInternalServerError {
		return "This is a fault on Azure's side: apply again. If it persists, give Azure support the " +
			"IDs above."
	}
	return "Correct what Azure reports above, and apply again."
}

// unlock returns how to find and delete a lock. Azure names the scopes that are locked; if it does not,
// the lock is on the resource or on what contains it.
func unlock(answer *azure.Error, id string) string {
	where, scopes := "the resource, its resource group or its subscription", answer.LockedScopes()
	if len(scopes) > 0 {
		where = strings.Join(scopes, " and ")
	} else if scopes = containing(answer.URL); len(scopes) == 0 {
		scopes = containing(id)
	}
	var commands []string
	for _, scope := range scopes {
		commands = append(commands, "  "+listLocks(scope))
	}
	if len(commands) == 0 {
		commands = []string{"  az lock list"}
	}
	return "Remove the lock, or leave the resource as it is. The lock is on " + where + ". Find it:\n" +
		strings.Join(commands, "\n") + "\nDelete it, and apply again:\n  az lock delete --ids LOCK_ID"
}

// containing returns the resource that a URL or an ID begins with, its group and its subscription.
func containing(address string) []string {
	_, path, _ := strings.Cut(address, "/subscriptions/")
	parts := strings.Split(path, "/")
	if len(parts) < 3 || !strings.EqualFold(parts[1], "resourceGroups") {
		return nil
	}
	subscription := "/subscriptions/" + parts[0]
	scopes := []string{subscription + "/resourceGroups/" + parts[2], subscription}
	if len(parts) < 7 {
		return scopes
	}
	return append([]string{"/subscriptions/" + strings.Join(parts[:7], "/")}, scopes...)
}

// listLocks returns the command that lists the locks at a scope.
func listLocks(scope string) string {
	id, err := arm.ParseResourceID(scope)
	switch {
	case err != nil:
		return "az lock list"
	case id.ResourceType.String() == arm.SubscriptionResourceType.String():
		return "az lock list --subscription " + id.SubscriptionID
	case id.ResourceType.String() == arm.ResourceGroupResourceType.String():
		return "az lock list --resource-group " + id.ResourceGroupName
	default:
		return "az lock list --resource " + scope
	}
}
