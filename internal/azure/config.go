// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"fmt"
	"net/http"
	"time"
)

// Config says which Azure to reach, and as whom. The settings are azurerm's and mean the same.
type Config struct {
	Environment    Environment
	Endpoint       Endpoint
	SubscriptionID string
	TenantID       string
	// AuxiliaryTenantIDs are tenants whose resources a request of Resource Manager may refer to as well.
	AuxiliaryTenantIDs []string
	ClientID           string
	ClientIDFilePath   string // Holds the client ID.

	ClientSecret              string
	ClientSecretFilePath      string // Holds the client secret.
	ClientCertificate         string // PKCS#12 or PEM, in base64.
	ClientCertificatePath     string
	ClientCertificatePassword string

	UseOIDC           bool
	OIDCToken         string
	OIDCTokenFilePath string
	OIDCRequestURL    string
	OIDCRequestToken  string
	// ADOServiceConnectionID is the service connection of an Azure DevOps pipeline that signs in.
	ADOServiceConnectionID string

	UseAKSWorkloadIdentity bool

	UseMSI bool
	// MSIEndpoint is the address of another token service than that of Azure's machines.
	MSIEndpoint string
	// UseCLI signs in with the login of the Azure CLI if no other way is configured.
	UseCLI bool

	// KeepProvidersUnregistered never registers a resource provider in the subscription: a request
	// that needs an unregistered one fails.
	KeepProvidersUnregistered bool

	// DependentSubscriptionIDs are more subscriptions whose accounts may depend on what is changed.
	DependentSubscriptionIDs []string

	// UserAgent names the program in every request.
	UserAgent string

	// OmitCorrelationID sends no ID that all requests of a run share.
	OmitCorrelationID bool

	// Pings find connections that are dead. The zero value stands for the default.
	Pings Pings

	// Transport sends the requests instead of the network.
	Transport http.RoundTripper

	// Clock tells the time and waits. The default is the machine's clock.
	Clock Clock
}

// Pings say how a connection of HTTP/2 that has gone dead is found: requests on it would wait for ever.
type Pings struct {
	// After is how long a connection may be silent before it is tried.
	After time.Duration
	// Patience is how long it may take to answer then, or to take what is sent.
	Patience time.Duration
}

// orDefault returns pings that find a dead connection within 15 seconds, where none are given.
func (p Pings) orDefault() Pings {
	if p == (Pings{}) {
		return Pings{After: 10 * time.Second, Patience: 5 * time.Second}
	}
	return p
}

// Endpoint says where a custom cloud is. The environment's own names fill what it leaves out.
type Endpoint struct {
	ResourceManager         string
	ResourceManagerAudience string
	AuthorityHost           string
	KeyVaultSuffix          string
	StorageSuffix           string
	// ConnectTo is a host and port to dial for every request. Everything else, certificates
	// included, goes by the host that the request names.
	ConnectTo string
	// CAFile has certificates, in PEM form, to trust besides the system's.
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
