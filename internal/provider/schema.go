// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// defaultDataFile holds rehearsal unless the configuration names another file.
const defaultDataFile = ".azuremedia-rehearsal.db"

// Whether resource providers that a subscription has not registered are registered when needed.
const (
	registerAutomatically = "automatic"
	registerNone          = "none"
)

func providerSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Customer-managed keys and storage key rotation for Azure, checked at " +
			"plan. With `environment = \"rehearsal\"` everything happens in a local Azure inside the " +
			"provider: no subscription, no login, no network.",
		Attributes: map[string]schema.Attribute{
			"environment": text("environment",
				"The cloud: `public` (the default), `usgovernment`, `china`, `custom` "+
					"(the one that `endpoint` describes) or `rehearsal`, the local Azure inside "+
					"the provider.",
				attribute.OneOf("public", "usgovernment", "china", "custom", "rehearsal")),
			"subscription_id": text("subscription_id",
				"The ID of the subscription to create resources in. Required, except in rehearsal, which "+
					"begins with one; `rehearsal subscriptions add` adds others."),
			"tenant_id": text("tenant_id",
				"The ID of the tenant to sign in to. Required with `client_secret`, "+
					"`client_certificate_path` and `use_oidc`."),
			"client_id": text("client_id",
				"The client ID of the service principal, or of the user-assigned identity that "+
					"`use_msi` signs in with."),
			"auxiliary_tenant_ids": schema.SetAttribute{
				MarkdownDescription: "The IDs of up to three more tenants whose resources a request may refer to, such as the " +
					"vault of a customer's key. The service principal's application must be in them." +
					alsoFrom("auxiliary_tenant_ids"),
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Set{attribute.AtMost(3)},
			},
			"client_id_file_path": text("client_id_file_path",
				"The file that holds the client ID."),
			"client_secret": secret("client_secret",
				"Sign in with this client secret."),
			"client_secret_file_path": text("client_secret_file_path",
				"Sign in with the client secret in this file."),
			"client_certificate": secret("client_certificate",
				"Sign in with this client certificate (PEM or PKCS#12), in base64."),
			"client_certificate_path": text("client_certificate_path",
				"Sign in with the client certificate in this file (PEM or PKCS#12)."),
			"client_certificate_password": secret("client_certificate_password",
				"The password of the client certificate."),
			"use_oidc": flag("use_oidc",
				"Sign in with an ID token that the service principal trusts (OpenID Connect)."),
			"oidc_token": secret("oidc_token",
				"The ID token."),
			"oidc_token_file_path": text("oidc_token_file_path",
				"The file that holds the ID token."),
			"oidc_request_url": text("oidc_request_url",
				"The URL to request an ID token from: a GitHub workflow's token service."),
			"oidc_request_token": secret("oidc_request_token",
				"The bearer token for that request."),
			"ado_pipeline_service_connection_id": text("ado_pipeline_service_connection_id",
				"With `use_oidc`: the ID of the service connection of an Azure DevOps pipeline to sign in with. The step needs "+
					"`SYSTEM_ACCESSTOKEN: $(System.AccessToken)` in its environment."),
			"use_aks_workload_identity": flag("use_aks_workload_identity",
				"Sign in with the workload identity of the Kubernetes pod."),
			"use_msi": flag("use_msi",
				"Sign in with the managed identity of the machine."),
			"msi_endpoint": text("msi_endpoint",
				"With `use_msi`: the address of the token service, if it is not that of Azure's machines."),
			"use_cli": flag("use_cli",
				"Use the login of the Azure CLI if no other way to sign in is configured. "+
					"Default: `true`."),
			"partner_id": text("partner_id",
				"The GUID of a Microsoft partner, which each request names (customer usage attribution)."),
			"disable_correlation_request_id": flag("disable_correlation_request_id",
				"Whether to leave out the header `x-ms-correlation-request-id`, by which Azure's activity log finds all "+
					"requests of a run. Default: `false`."),
			"resource_provider_registrations": text("resource_provider_registrations",
				"Whether to register a resource provider that the subscription lacks when it "+
					"is needed: `automatic` (the default) or `none`.",
				attribute.OneOf(registerAutomatically, registerNone)),
			"dependent_subscription_ids": schema.SetAttribute{
				MarkdownDescription: "The IDs of more subscriptions whose accounts may use the keys, vaults, grants, " +
					"identities and storage accounts of this provider block. Before one of these is taken away, the " +
					"provider lists the accounts in the subscription of the block, in that of the resource and in these. If " +
					"omitted, in all subscriptions that the login sees, if they are no more than 25." +
					alsoFrom("dependent_subscription_ids"),
				ElementType: types.StringType,
				Optional:    true,
			},
			"endpoint": schema.SingleNestedAttribute{
				MarkdownDescription: "The addresses of a custom cloud or of a served rehearsal. " +
					"Those left out are the `environment`'s.",
				Optional: true,
				Attributes: map[string]schema.Attribute{
					"resource_manager": text("endpoint.resource_manager",
						"The base URL of Azure Resource Manager."),
					"resource_manager_audience": text("endpoint.resource_manager_audience",
						"The audience of tokens for Azure Resource Manager."),
					"authority_host": text("endpoint.authority_host",
						"The base URL of Microsoft Entra ID."),
					"key_vault_suffix": text("endpoint.key_vault_suffix",
						"The DNS suffix of vaults, such as `vault.azure.net`."),
					"storage_suffix": text("endpoint.storage_suffix",
						"The DNS suffix of storage accounts, such as `core.windows.net`."),
					"connect_to": text("endpoint.connect_to",
						"Connect to this host and port for every request, such as "+
							"`127.0.0.1:8443`. Host names and certificates are still verified."),
					"ca_file": text("endpoint.ca_file",
						"A PEM file of certificates to trust in addition to the system's."),
				},
			},
			"rehearsal": schema.SingleNestedAttribute{
				MarkdownDescription: "The local Azure of `environment = \"rehearsal\"`.",
				Optional:            true,
				Attributes: map[string]schema.Attribute{
					"data_file": text("rehearsal.data_file",
						"The file that holds it. Default: `"+defaultDataFile+
							"` in the working directory."),
				},
			},
		},
	}
}

func text(setting, description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description + alsoFrom(setting),
		Optional:            true,
		Validators:          validators,
	}
}

func secret(setting, description string) schema.StringAttribute {
	hidden := text(setting, description)
	hidden.Sensitive = true
	return hidden
}

func flag(setting, description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description + alsoFrom(setting),
		Optional:            true,
	}
}

// alsoFrom documents the environment variables of a setting.
func alsoFrom(setting string) string {
	return " Environment: `" + strings.Join(variables(setting), "` or `") + "`."
}
