// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Environment names a cloud, as azurerm does.
type Environment string

// The environments.
const (
	Public       Environment = "public"
	USGovernment Environment = "usgovernment"
	China        Environment = "china"
	// Custom is a cloud that the endpoint describes, as azapi calls it. The public cloud's names fill
	// what the endpoint leaves out.
	Custom Environment = "custom"
	// Rehearsal is the local Azure: it has the public cloud's names and a transport of its own.
	Rehearsal Environment = "rehearsal"
)

// Environments returns every environment.
func Environments() []Environment {
	return []Environment{Public, USGovernment, China, Custom, Rehearsal}
}

// Cloud has the names and addresses of one Azure.
type Cloud struct {
	ResourceManager         string // The base URL of Azure Resource Manager.
	ResourceManagerAudience string // What its tokens are issued for.
	AuthorityHost           string // The base URL of Microsoft Entra ID.
	KeyVaultSuffix          string // NAME.suffix is a vault's host.
	StorageSuffix           string // NAME.blob.suffix is a blob endpoint's host.
	// Known says that Microsoft Entra ID vouches for the authority host. Otherwise credentials do not
	// ask it to.
	Known bool
}

// CloudOf returns the names of an environment. The sources are the Azure SDK's clouds and, for
// the suffixes, the clouds' metadata endpoints.
func CloudOf(environment Environment) (Cloud, error) {
	known := Cloud{
		ResourceManager:         "https://management.azure.com",
		ResourceManagerAudience: "https://management.core.windows.net/",
		AuthorityHost:           "https://login.microsoftonline.com/",
		KeyVaultSuffix:          "vault.azure.net",
		StorageSuffix:           "core.windows.net",
		Known:                   true,
	}
	switch environment {
	case Public, Custom:
		return known, nil
	case Rehearsal:
		known.Known = false
		return known, nil
	case USGovernment:
		return Cloud{
			ResourceManager:         "https://management.usgovcloudapi.net",
			ResourceManagerAudience: "https://management.core.usgovcloudapi.net/",
			AuthorityHost:           "https://login.microsoftonline.us/",
			KeyVaultSuffix:          "vault.usgovcloudapi.net",
			StorageSuffix:           "core.usgovcloudapi.net",
			Known:                   true,
		}, nil
	case China:
		return Cloud{
			ResourceManager:         "https://management.chinacloudapi.cn",
			ResourceManagerAudience: "https://management.core.chinacloudapi.cn/",
			AuthorityHost:           "https://login.chinacloudapi.cn/",
			KeyVaultSuffix:          "vault.azure.cn",
			StorageSuffix:           "core.chinacloudapi.cn",
			Known:                   true,
		}, nil
	default:
		return Cloud{}, &SettingError{
			Setting:  "environment",
			Problem:  fmt.Sprintf("%q is not an environment", environment),
			Required: "the name of a cloud",
			Remedy:   "Use one of public, usgovernment, china, custom and rehearsal",
		}
	}
}

// at returns the cloud with the names of the endpoint instead of its own.
func (c Cloud) at(endpoint Endpoint) Cloud {
	for _, name := range []struct {
		given string
		own   *string
	}{
		{endpoint.ResourceManager, &c.ResourceManager},
		{endpoint.ResourceManagerAudience, &c.ResourceManagerAudience},
		{endpoint.AuthorityHost, &c.AuthorityHost},
		{strings.Trim(endpoint.KeyVaultSuffix, "."), &c.KeyVaultSuffix},
		{strings.Trim(endpoint.StorageSuffix, "."), &c.StorageSuffix},
	} {
		if name.given != "" {
			*name.own = name.given
		}
	}
	if endpoint.AuthorityHost != "" || endpoint.ConnectTo != "" {
		c.Known = false
	}
	return c
}

// VaultURI returns the address of a vault's data plane.
func (c Cloud) VaultURI(name string) string {
	return "https://" + name + "." + c.KeyVaultSuffix + "/"
}

func (c Cloud) configuration() cloud.Configuration {
	return cloud.Configuration{
		ActiveDirectoryAuthorityHost: c.AuthorityHost,
		Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {
				Audience: c.ResourceManagerAudience,
				Endpoint: strings.TrimSuffix(c.ResourceManager, "/"),
			},
		},
	}
}
