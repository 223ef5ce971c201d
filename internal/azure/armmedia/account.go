// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package armmedia

import (
	"context"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
)

// AccountAPIVersion is the version of the service that is spoken for Media Services accounts.
// Customer keys need 2020-05-01 or later (rule CMK001); this is the newest that there is.
const AccountAPIVersion = "2023-01-01"

// AccountsClient is the client of Media Services accounts.
type AccountsClient struct {
	client[AccountProperties]
}

// NewAccountsClient returns a client of the accounts in a subscription.
func NewAccountsClient(subscriptionID string, credential azcore.TokenCredential,
	options *arm.ClientOptions,
) (*AccountsClient, error) {
	inner, err := newClient[AccountProperties](
		kind{"Microsoft.Media/mediaservices", AccountAPIVersion},
		subscriptionID, credential, options)
	if err != nil {
		return nil, err
	}
	return &AccountsClient{inner}, nil
}

// SyncStorageKeys makes an account read the keys of an attached storage account again.
func (c *AccountsClient) SyncStorageKeys(ctx context.Context, group, name, storageAccountID string,
) error {
	return c.inner.Call(ctx, http.MethodPost, c.account(group, name)+"/syncStorageKeys",
		map[string]string{"id": storageAccountID}, nil, http.StatusOK)
}

// Account is a Media Services account (MediaService in the service's own documents).
type Account = Resource[AccountProperties]

// AccountUpdate changes a Media Services account (MediaServiceUpdate).
type AccountUpdate = Update[AccountProperties]

// AccountProperties are the properties of an account. While an account is being created, the
// service answers without Encryption, StorageAuthentication and MinimumTLSVersion.
type AccountProperties struct {
	MediaServiceID             *string                     `json:"mediaServiceId,omitempty"` // Read-only.
	StorageAccounts            []*StorageAccount           `json:"storageAccounts,omitempty"`
	StorageAuthentication      *StorageAuthentication      `json:"storageAuthentication,omitempty"`
	Encryption                 *Encryption                 `json:"encryption,omitempty"`
	KeyDelivery                *KeyDelivery                `json:"keyDelivery,omitempty"`
	PublicNetworkAccess        *PublicNetworkAccess        `json:"publicNetworkAccess,omitempty"`
	MinimumTLSVersion          *MinimumTLSVersion          `json:"minimumTlsVersion,omitempty"`
	ProvisioningState          *ProvisioningState          `json:"provisioningState,omitempty"`          // Read-only.
	PrivateEndpointConnections []PrivateEndpointConnection `json:"privateEndpointConnections,omitempty"` // Read-only.
}

// StorageAccount is a storage account that is attached to an account. The list is a set: the
// service answers in an order of its own.
type StorageAccount struct {
	ID       *string             `json:"id,omitempty"`
	Type     *StorageAccountType `json:"type,omitempty"`
	Identity *ResourceIdentity   `json:"identity,omitempty"`
	Status   *string             `json:"status,omitempty"` // Read-only.
}

// StorageAccountType says what an attached storage account is to the account.
type StorageAccountType string

// An account has one primary storage account and any number of secondary ones.
const (
	Primary   StorageAccountType = "Primary"
	Secondary StorageAccountType = "Secondary"
)

// StorageAuthentication says how an account reaches its storage.
type StorageAuthentication string

// With System, the account holds a copy of the storage keys; with ManagedIdentity it holds none.
const (
	StorageBySystem          StorageAuthentication = "System"
	StorageByManagedIdentity StorageAuthentication = "ManagedIdentity"
)

// Encryption says which key wraps the account key.
type Encryption struct {
	Type               *EncryptionType     `json:"type,omitempty"`
	KeyVaultProperties *KeyVaultProperties `json:"keyVaultProperties,omitempty"`
	Identity           *ResourceIdentity   `json:"identity,omitempty"`
	Status             *string             `json:"status,omitempty"` // Read-only; absent while all is well.
}

// EncryptionType is whose key wraps the account key.
type EncryptionType string

// The account key is wrapped by the system's key or by the customer's.
const (
	SystemKey   EncryptionType = "SystemKey"
	CustomerKey EncryptionType = "CustomerKey"
)

// KeyVaultProperties name the customer's key.
type KeyVaultProperties struct {
	// KeyIdentifier is the key, with a version to pin it or without one to follow the newest.
	KeyIdentifier *string `json:"keyIdentifier,omitempty"`
	// CurrentKeyIdentifier is the version in use. Read-only.
	CurrentKeyIdentifier *string `json:"currentKeyIdentifier,omitempty"`
}

// ResourceIdentity is the identity of the account that it reads a key or a storage account with.
type ResourceIdentity struct {
	UserAssignedIdentity      *string `json:"userAssignedIdentity,omitempty"`
	UseSystemAssignedIdentity *bool   `json:"useSystemAssignedIdentity,omitempty"`
}

// Identity holds the managed identities of an account.
type Identity struct {
	Type        *string `json:"type,omitempty"`
	PrincipalID *string `json:"principalId,omitempty"` // Read-only.
	TenantID    *string `json:"tenantId,omitempty"`    // Read-only.
	// UserAssignedIdentities are named by their IDs. In an update, a nil value takes the
	// identity off the account.
	UserAssignedIdentities map[string]*UserAssignedIdentity `json:"userAssignedIdentities,omitempty"`
}

// UserAssignedIdentity is what the service tells of a user-assigned identity.
type UserAssignedIdentity struct {
	ClientID    *string `json:"clientId,omitempty"`    // Read-only.
	PrincipalID *string `json:"principalId,omitempty"` // Read-only.
}

// KeyDelivery says who may ask the account for content keys.
type KeyDelivery struct {
	AccessControl *AccessControl `json:"accessControl,omitempty"`
}

// AccessControl lists the addresses that are let in where the default is to deny.
type AccessControl struct {
	DefaultAction *DefaultAction `json:"defaultAction,omitempty"`
	IPAllowList   []*string      `json:"ipAllowList,omitempty"`
}

// DefaultAction is what happens to a request that no list names.
type DefaultAction string

// Requests are let in or kept out.
const (
	Allow DefaultAction = "Allow"
	Deny  DefaultAction = "Deny"
)

// PublicNetworkAccess says whether an account can be reached from the internet.
type PublicNetworkAccess string

// Public access is on or off.
const (
	Enabled  PublicNetworkAccess = "Enabled"
	Disabled PublicNetworkAccess = "Disabled"
)

// MinimumTLSVersion is the oldest TLS version that an account accepts.
type MinimumTLSVersion string

// The TLS versions.
const (
	TLS10 MinimumTLSVersion = "Tls10"
	TLS11 MinimumTLSVersion = "Tls11"
	TLS12 MinimumTLSVersion = "Tls12"
	TLS13 MinimumTLSVersion = "Tls13"
)

// ProvisioningState is where the last change of an account stands.
type ProvisioningState string

// A change is going on, done, or failed.
const (
	InProgress ProvisioningState = "InProgress"
	Succeeded  ProvisioningState = "Succeeded"
	Failed     ProvisioningState = "Failed"
)

// PrivateEndpointConnection is a private endpoint that leads to the account.
type PrivateEndpointConnection struct {
	ID   *string `json:"id,omitempty"`
	Name *string `json:"name,omitempty"`
}

// SystemData says who made and last changed an account.
type SystemData struct {
	CreatedBy      *string    `json:"createdBy,omitempty"`
	CreatedAt      *time.Time `json:"createdAt,omitempty"`
	LastModifiedBy *string    `json:"lastModifiedBy,omitempty"`
	LastModifiedAt *time.Time `json:"lastModifiedAt,omitempty"`
}

// The types that are sent leave out what is nil and send what is azcore's null as null.

func (p AccountProperties) MarshalJSON() ([]byte, error)  { return marshal(p) }
func (s StorageAccount) MarshalJSON() ([]byte, error)     { return marshal(s) }
func (e Encryption) MarshalJSON() ([]byte, error)         { return marshal(e) }
func (i Identity) MarshalJSON() ([]byte, error)           { return marshal(i) }
func (d KeyDelivery) MarshalJSON() ([]byte, error)        { return marshal(d) }
func (k KeyVaultProperties) MarshalJSON() ([]byte, error) { return marshal(k) }
func (r ResourceIdentity) MarshalJSON() ([]byte, error)   { return marshal(r) }
func (c AccessControl) MarshalJSON() ([]byte, error)      { return marshal(c) }
