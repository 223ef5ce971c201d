// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package azure is the wire: which Azure is meant, who asks, and what every request and every
// error goes through. It knows nothing of Terraform but its log.
//
// Services that Microsoft maintains a Go SDK for are reached by that SDK's clients, which
// [Client] opens with the right options; for Microsoft.Media there is package media.
package azure

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmachinelearning"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

// Client reaches one Azure as one caller. It is safe for concurrent use.
//
// Its accessors take the subscription that the wanted resource is in: IDs may point into others
// than the configured one. Clients of Resource Manager are cheap and are made for each use; tokens
// are kept by the credential. Clients of Key Vault are kept, because each learns from a vault's
// challenge which token it wants.
type Client struct {
	config        Config
	cloud         Cloud
	clock         Clock
	time          *serverTime
	transport     *http.Client
	credential    *credential
	correlationID string

	locks locks
	run   run

	mu   sync.Mutex
	keys map[string]*azkeys.Client // By vault URI.
}

// New checks the configuration and returns a client of it. Nothing is sent before it is used.
func New(config Config) (*Client, error) {
	if config.SubscriptionID == "" {
		return nil, &SettingError{
			Setting:  "subscription_id",
			Problem:  "it is missing",
			Required: "the ID of the subscription to create resources in",
			Remedy:   "Set it; `az account show --query id` prints the one that the Azure CLI uses",
		}
	}
	known, err := CloudOf(config.Environment)
	if err != nil {
		return nil, err
	}
	transport, err := newTransport(config)
	if err != nil {
		return nil, err
	}
	clock := config.Clock
	if clock == nil {
		clock = systemClock{}
	}
	client := &Client{
		config:        config,
		cloud:         known.at(config.Endpoint),
		clock:         clock,
		time:          &serverTime{clock: clock},
		transport:     transport,
		correlationID: uuid.NewString(),
		keys:          map[string]*azkeys.Client{},
	}
	client.credential, err = newCredential(config, client.pipeline(), client.cloud.Known)
	if err != nil {
		return nil, err
	}
	return client, nil
}

// SubscriptionID is the subscription that new resources are created in.
func (c *Client) SubscriptionID() string { return c.config.SubscriptionID }

// Cloud is the set of names that the client uses.
func (c *Client) Cloud() Cloud { return c.cloud }

// ServerTime is Azure's time: that of the newest answer, and what has passed since.
func (c *Client) ServerTime() time.Time { return c.time.now() }

// HTTP is what carries the requests, for those that are made without a token: they take the same
// way as all others.
func (c *Client) HTTP() *http.Client { return c.transport }

// Wait waits, for something that Azure brings about by itself and does not announce.
func (c *Client) Wait(ctx context.Context, d time.Duration) error { return c.clock.Wait(ctx, d) }

// ResourceGroups is the client of resource groups.
func (c *Client) ResourceGroups(subscriptionID string,
) (*armresources.ResourceGroupsClient, error) {
	return armresources.NewResourceGroupsClient(subscriptionID, c.credential, c.armOptions())
}

// Resources is the client of resources of any type.
func (c *Client) Resources(subscriptionID string) (*armresources.Client, error) {
	return armresources.NewClient(subscriptionID, c.credential, c.armOptions())
}

// Providers is the client of resource providers.
func (c *Client) Providers(subscriptionID string) (*armresources.ProvidersClient, error) {
	return armresources.NewProvidersClient(subscriptionID, c.credential, c.armOptions())
}

// UserAssignedIdentities is the client of user-assigned identities.
func (c *Client) UserAssignedIdentities(subscriptionID string,
) (*armmsi.UserAssignedIdentitiesClient, error) {
	return armmsi.NewUserAssignedIdentitiesClient(subscriptionID, c.credential, c.armOptions())
}

// RoleAssignments is the client of role assignments.
func (c *Client) RoleAssignments(subscriptionID string,
) (*armauthorization.RoleAssignmentsClient, error) {
	return armauthorization.NewRoleAssignmentsClient(subscriptionID, c.credential, c.armOptions())
}

// RoleDefinitions is the client of role definitions.
func (c *Client) RoleDefinitions() (*armauthorization.RoleDefinitionsClient, error) {
	return armauthorization.NewRoleDefinitionsClient(c.credential, c.armOptions())
}

// StorageAccounts is the client of storage accounts.
func (c *Client) StorageAccounts(subscriptionID string) (*armstorage.AccountsClient, error) {
	return armstorage.NewAccountsClient(subscriptionID, c.credential, c.armOptions())
}

// Vaults is the client of key vaults.
func (c *Client) Vaults(subscriptionID string) (*armkeyvault.VaultsClient, error) {
	return armkeyvault.NewVaultsClient(subscriptionID, c.credential, c.armOptions())
}

// MediaAccounts is the client of Media Services accounts.
func (c *Client) MediaAccounts(subscriptionID string) (*armmedia.AccountsClient, error) {
	return armmedia.NewAccountsClient(subscriptionID, c.credential, c.armOptions())
}

// VideoAnalyzers is the client of Video Analyzer accounts.
func (c *Client) VideoAnalyzers(subscriptionID string) (*armmedia.VideoAnalyzersClient, error) {
	return armmedia.NewVideoAnalyzersClient(subscriptionID, c.credential, c.armOptions())
}

// BatchAccounts is the client of Batch accounts.
func (c *Client) BatchAccounts(subscriptionID string) (*armbatch.AccountClient, error) {
	return armbatch.NewAccountClient(subscriptionID, c.credential, c.armOptions())
}

// Workspaces is the client of Machine Learning workspaces.
func (c *Client) Workspaces(subscriptionID string) (*armmachinelearning.WorkspacesClient, error) {
	return armmachinelearning.NewWorkspacesClient(subscriptionID, c.credential, c.armOptions())
}

// Keys is the client of the keys in the vault at the URI.
func (c *Client) Keys(vaultURI string) (*azkeys.Client, error) {
	vaultURI = strings.ToLower(strings.TrimSuffix(vaultURI, "/"))
	c.mu.Lock()
	defer c.mu.Unlock()
	if client, ok := c.keys[vaultURI]; ok {
		return client, nil
	}
	client, err := azkeys.NewClient(vaultURI, c.credential, &azkeys.ClientOptions{
		ClientOptions: c.pipeline(),
		// The SDK checks that a vault asks for a token of its own cloud. A custom cloud may
		// name its vaults as it likes; everywhere else the check stands.
		DisableChallengeResourceVerification: c.config.Endpoint.KeyVaultSuffix != "",
	})
	if err != nil {
		return nil, fmt.Errorf("opening the keys of %s: %w", vaultURI, err)
	}
	c.keys[vaultURI] = client
	return client, nil
}

// Caller is who the requests are made as.
type Caller struct {
	TenantID string
	ObjectID string
}

// Caller reads from a token who the caller is. The token comes from Entra ID over TLS and is only
// looked into, so its signature is Azure's business and is not checked here.
func (c *Client) Caller(ctx context.Context) (Caller, error) {
	token, err := c.credential.GetToken(ctx, policy.TokenRequestOptions{
		Scopes: []string{c.cloud.ResourceManagerAudience + "/.default"},
	})
	if err != nil {
		return Caller{}, err
	}
	var claims struct {
		TenantID string `json:"tid"`
		ObjectID string `json:"oid"`
	}
	parts := strings.Split(token.Token, ".")
	if len(parts) != 3 {
		return Caller{}, errors.New("reading the caller's token: it is not a JSON Web Token")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(payload, &claims)
	}
	if err != nil {
		return Caller{}, fmt.Errorf("reading the caller's token: %w", err)
	}
	return Caller(claims), nil
}
