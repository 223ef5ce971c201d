// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"fmt"
	"net/http"
)

// Config is what it takes to reach an Azure as somebody. The settings are azurerm's, and mean
// what they mean there.
type Config struct {
	Environment    Environment
	Endpoint       Endpoint
	SubscriptionID string
	TenantID       string
	ClientID       string

	ClientSecret              string
	ClientCertificatePath     string
	ClientCertificatePassword string

	UseOIDC           bool
	OIDCToken         string
	OIDCTokenFilePath string
	OIDCRequestURL    string
	OIDCRequestToken  string

	UseAKSWorkloadIdentity bool

	UseMSI bool
	// UseCLI lets the login of the Azure CLI serve where no other way is configured.
	UseCLI bool

	// KeepProvidersUnregistered leaves a resource provider that the subscription has not
	// registered as it is, so that the request which needs it fails.
	KeepProvidersUnregistered bool

	// UserAgent names the caller in every request.
	UserAgent string

	// Transport carries the requests in place of the network.
	Transport http.RoundTripper

	// Clock tells the time and waits; it is the machine's own where it is left out.
	Clock Clock
}

// Endpoint is where a custom cloud is found. What is left out is the environment's own.
type Endpoint struct {
	ResourceManager         string
	ResourceManagerAudience string
	AuthorityHost           string
	KeyVaultSuffix          string
	StorageSuffix           string
	// ConnectTo is a host and port that is dialled whatever host a request names. The name
	// stays what it is for everything else, certificates included.
	ConnectTo string
	// CAFile holds certificates, in PEM form, that are trusted besides the system's.
	CAFile string
}

// SettingError says what is wrong with one setting of a [Config], by the name that the provider
// block gives the setting.
type SettingError struct {
	Setting  string
	Problem  string
	Required string // Empty if the problem says it.
	Remedy   string
}

func (e *SettingError) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.Setting, e.Problem, e.Remedy)
}
