// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package azure is the wire: the cloud, the credentials, the pipeline of every request, and the errors
// of every answer. It must not import the rules, and of Terraform only its log.
//
// [Client] opens the clients of Microsoft's Go SDK with the right options. The packages below this one
// have clients of our own, for services without an SDK or with a far too large one.
package azure

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmachinelearning"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

// Client reaches one Azure as one caller. It is safe for concurrent use.
//
// Its methods take the subscription of the resource, which may be another one than the configured one.
// Clients of Resource Manager are cheap and made for each use; the credential keeps the tokens. Clients
// of Key Vault are kept, because each learns from its vault's challenge which token to send.
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
	reads reads

	buckets buckets

	mu      sync.Mutex
	keys    map[string]*azkeys.Client // By vault URI.
	secrets map[string]*azsecrets.Client
}

// New checks the configuration and returns a client. It sends nothing.
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
	if config, err = config.withFiles(); err != nil {
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
		time:          &serverTime{clock: clock, seen: map[string]sighting{}},
		transport:     transport,
		correlationID: uuid.NewString(),
		keys:          map[string]*azkeys.Client{},
		secrets:       map[string]*azsecrets.Client{},
	}
	if config.OmitCorrelationID {
		client.correlationID = ""
	}
	client.reads.now = func() time.Time { return client.TimeOf("") }
	if address, err := url.Parse(client.cloud.ResourceManager); err == nil {
		client.time.main = address.Host
	}
	client.buckets.clock = clock
	client.credential, err = newCredential(config, client.pipeline(), client.cloud.Known)
	if err != nil {
		return nil, err
	}
	return client, nil
}

// SubscriptionID returns the subscription of new resources.
func (c *Client) SubscriptionID() string { return c.config.SubscriptionID }

// Cloud returns the names and addresses that the client uses.
func (c *Client) Cloud() Cloud { return c.cloud }

// TimeOf returns the time by the clock of a service: that of its latest answer, plus the time since. The
// service is that of a resource, by its ID, or that of a URL.
func (c *Client) TimeOf(service string) time.Time { return c.time.read(service).Now }

// ClockOf is [Client.TimeOf], and tells whether the clock of the service goes evenly.
func (c *Client) ClockOf(service string) Reading { return c.time.read(service) }

// HTTP returns the client that sends the requests, for requests without a token.
func (c *Client) HTTP() *http.Client { return c.transport }

// Wait waits for a change that Azure makes by itself and does not announce.
func (c *Client) Wait(ctx context.Context, d time.Duration) error {
	ctx, cancel := waiting(ctx)
	defer cancel()
	return c.clock.Wait(ctx, d)
}

// ResourceGroups returns the client of resource groups.
func (c *Client) ResourceGroups(subscriptionID string,
) (*armresources.ResourceGroupsClient, error) {
	return armresources.NewResourceGroupsClient(subscriptionID, c.credential, c.armOptions())
}

// Resources returns the client of resources of any type.
func (c *Client) Resources(subscriptionID string) (*armresources.Client, error) {
	return armresources.NewClient(subscriptionID, c.credential, c.armOptions())
}

// Providers returns the client of resource providers.
func (c *Client) Providers(subscriptionID string) (*armresources.ProvidersClient, error) {
	return armresources.NewProvidersClient(subscriptionID, c.credential, c.armOptions())
}

// UserAssignedIdentities returns the client of user-assigned identities.
func (c *Client) UserAssignedIdentities(subscriptionID string,
) (*armmsi.UserAssignedIdentitiesClient, error) {
	return armmsi.NewUserAssignedIdentitiesClient(subscriptionID, c.credential, c.armOptions())
}

// RoleAssignments returns the client of role assignments.
func (c *Client) RoleAssignments(subscriptionID string,
) (*armauthorization.RoleAssignmentsClient, error) {
	return armauthorization.NewRoleAssignmentsClient(subscriptionID, c.credential, c.armOptions())
}

// RoleDefinitions returns the client of role definitions.
func (c *Client) RoleDefinitions() (*armauthorization.RoleDefinitionsClient, error) {
	return armauthorization.NewRoleDefinitionsClient(c.credential, c.armOptions())
}

// StorageAccounts returns the client of storage accounts.
func (c *Client) StorageAccounts(subscriptionID string) (*armstorage.AccountsClient, error) {
	return armstorage.NewAccountsClient(subscriptionID, c.credential, c.armOptions())
}

// Vaults returns the client of key vaults.
func (c *Client) Vaults(subscriptionID string) (*armkeyvault.VaultsClient, error) {
	return armkeyvault.NewVaultsClient(subscriptionID, c.credential, c.armOptions())
}

// MediaAccounts returns the client of Media Services accounts.
func (c *Client) MediaAccounts(subscriptionID string) (*armmedia.AccountsClient, error) {
	return armmedia.NewAccountsClient(subscriptionID, c.credential, c.armOptions())
}

// VideoAnalyzers returns the client of Video Analyzer accounts.
func (c *Client) VideoAnalyzers(subscriptionID string) (*armmedia.VideoAnalyzersClient, error) {
	return armmedia.NewVideoAnalyzersClient(subscriptionID, c.credential, c.armOptions())
}

// BatchAccounts returns the client of Batch accounts.
func (c *Client) BatchAccounts(subscriptionID string) (*armbatch.AccountClient, error) {
	return armbatch.NewAccountClient(subscriptionID, c.credential, c.armOptions())
}

// Workspaces returns the client of Machine Learning workspaces.
func (c *Client) Workspaces(subscriptionID string) (*armmachinelearning.WorkspacesClient, error) {
	return armmachinelearning.NewWorkspacesClient(subscriptionID, c.credential, c.armOptions())
}

// Keys returns the client of the keys in the vault at the URI.
func (c *Client) Keys(vaultURI string) (*azkeys.Client, error) {
	return ofVault(c, c.keys, vaultURI, func(vaultURI string) (*azkeys.Client, error) {
		return azkeys.NewClient(vaultURI, c.credential, &azkeys.ClientOptions{
			ClientOptions: c.requests(), DisableChallengeResourceVerification: c.hasOwnVaultNames(),
		})
	})
}

// Secrets returns the client of the secrets in the vault at the URI.
func (c *Client) Secrets(vaultURI string) (*azsecrets.Client, error) {
	return ofVault(c, c.secrets, vaultURI, func(vaultURI string) (*azsecrets.Client, error) {
		return azsecrets.NewClient(vaultURI, c.credential, &azsecrets.ClientOptions{
			ClientOptions: c.requests(), DisableChallengeResourceVerification: c.hasOwnVaultNames(),
		})
	})
}

// hasOwnVaultNames reports whether vaults may ask for a token of another address than their cloud's, which
// the SDK checks. Only a custom cloud gives its vaults other names.
func (c *Client) hasOwnVaultNames() bool { return c.config.Endpoint.KeyVaultSuffix != "" }

// ofVault returns the client of a vault among those that are kept, and opens it if it is the first.
func ofVault[C any](c *Client, kept map[string]C, vaultURI string, open func(vaultURI string) (C, error)) (C, error) {
	vaultURI = strings.ToLower(strings.TrimSuffix(vaultURI, "/"))
	c.mu.Lock()
	defer c.mu.Unlock()
	if client, ok := kept[vaultURI]; ok {
		return client, nil
	}
	client, err := open(vaultURI)
	if err != nil {
		return client, fmt.Errorf("opening the vault %s: %w", vaultURI, err)
	}
	kept[vaultURI] = client
	return client, nil
}

// Caller identifies the identity that sends the requests.
type Caller struct {
	TenantID string
	ObjectID string
}

// Caller reads the caller's IDs from a token. Entra ID sends the token over TLS, so its signature is
// not checked here: Azure does that.
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
