// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// method is one way to sign in.
type method struct {
	name     string // For a person.
	setting  string // The setting that chooses it.
	chosen   bool
	requires []requirement
	open     func(Config, azcore.ClientOptions, bool) (azcore.TokenCredential, error)
	bypass   string // The claims that have it ignore a cache that all credentials share.
}

// requirement is a setting without which a method cannot work.
type requirement struct{ setting, value string }

// methods returns every method, in the order of the documentation.
func methods(c Config) []method {
	principal := []requirement{{"tenant_id", c.TenantID}, {"client_id", c.ClientID}}
	return []method{
		{"a client secret", "client_secret", c.ClientSecret != "", principal, openSecret, ""},
		{
			"a client certificate", certificateSetting(c),
			c.ClientCertificatePath != "" || c.ClientCertificate != "", principal, openCertificate, "",
		},
		{"OIDC", "use_oidc", c.UseOIDC, principal, openOIDC, ""},
		{
			"AKS workload identity", "use_aks_workload_identity",
			c.UseAKSWorkloadIdentity, nil, openWorkloadIdentity, "",
		},
		{"a managed identity", "use_msi", c.UseMSI, nil, openManagedIdentity, "{}"},
	}
}

// newCredential opens the one method that the configuration chooses, or the Azure CLI's login if it
// chooses none. It refuses two methods rather than rank them: whose rights manage storage keys and
// encryption must not depend on an order that nobody remembers.
func newCredential(c Config, options azcore.ClientOptions, known bool) (*credential, error) {
	var chosen []method
	var unset []string // where nothing is chosen
	for _, m := range methods(c) {
		if m.chosen {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		if !c.UseCLI {
			return nil, &SettingError{
				Setting:  "use_cli",
				Problem:  "no way to sign in is configured and the Azure CLI is switched off",
				Required: "one way to sign in",
				Remedy: "Set client_id with client_secret or client_certificate_path, or " +
					"use_oidc, use_aks_workload_identity, use_msi or use_cli",
			}
		}
		for _, m := range methods(c) {
			unset = append(unset, m.setting)
		}
		chosen = []method{{name: "the Azure CLI", setting: "use_cli", open: openCLI}}
	}
	if m := chosen[0]; len(c.AuxiliaryTenantIDs) > 0 && m.setting == "use_msi" {
		return nil, &SettingError{
			Setting:  "auxiliary_tenant_ids",
			Problem:  "a managed identity gets no tokens of other tenants than its own",
			Required: "a service principal",
			Remedy:   "Sign in as a service principal of an application that these tenants have too",
		}
	}
	if len(chosen) > 1 {
		return nil, &SettingError{
			Setting: chosen[1].setting,
			Problem: fmt.Sprintf("two ways to sign in are configured: %s (%s) and %s (%s)",
				chosen[0].name, chosen[0].setting, chosen[1].name, chosen[1].setting),
			Required: "one way to sign in",
			Remedy:   "Keep one of them; mind that environment variables count too",
		}
	}
	use := chosen[0]
	for _, need := range use.requires {
		if need.value == "" {
			return nil, &SettingError{
				Setting:  need.setting,
				Problem:  "it is missing, and " + use.name + " needs it",
				Required: "a value for " + need.setting,
				Remedy:   "Set it",
			}
		}
	}
	open := func() (azcore.TokenCredential, error) { return use.open(c, options, known) }
	opened, err := open()
	if err != nil {
		var setting *SettingError
		if errors.As(err, &setting) {
			return nil, setting
		}
		return nil, &SettingError{
			Setting:  use.setting,
			Problem:  fmt.Sprintf("%s cannot be used: %v", use.name, err),
			Required: "credentials that can be read",
			Remedy:   "Correct it, or sign in another way",
		}
	}
	return &credential{
		TokenCredential: opened, method: use.name, unset: unset, open: open, bypass: use.bypass,
		issued: map[string]policy.TokenRequestOptions{}, successors: map[string]string{},
	}, nil
}

// certificateSetting returns the setting that has the client certificate.
func certificateSetting(c Config) string {
	if c.ClientCertificate != "" {
		return "client_certificate"
	}
	return "client_certificate_path"
}

func openSecret(c Config, options azcore.ClientOptions, known bool,
) (azcore.TokenCredential, error) {
	return azidentity.NewClientSecretCredential(c.TenantID, c.ClientID, c.ClientSecret,
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions: options, DisableInstanceDiscovery: !known, AdditionallyAllowedTenants: c.AuxiliaryTenantIDs,
		})
}

func openCertificate(c Config, options azcore.ClientOptions, known bool,
) (azcore.TokenCredential, error) {
	data, err := certificate(c)
	if err != nil {
		return nil, err
	}
	certificates, key, err := azidentity.ParseCertificates(data, []byte(c.ClientCertificatePassword))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", cmp.Or(c.ClientCertificatePath, "the certificate"), err)
	}
	return azidentity.NewClientCertificateCredential(c.TenantID, c.ClientID, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{
			ClientOptions: options, DisableInstanceDiscovery: !known, AdditionallyAllowedTenants: c.AuxiliaryTenantIDs,
		})
}

// certificate returns the client certificate with its key.
func certificate(c Config) ([]byte, error) {
	switch {
	case c.ClientCertificate == "":
		return os.ReadFile(c.ClientCertificatePath)
	case c.ClientCertificatePath != "":
		return nil, &SettingError{
			Setting:  "client_certificate",
			Problem:  "there are two certificates: this one and client_certificate_path",
			Required: "one certificate",
			Remedy:   "Keep one of them; mind that environment variables count too",
		}
	}
	data, err := base64.StdEncoding.DecodeString(c.ClientCertificate)
	if err != nil {
		return nil, errors.New("it is not in base64") // The error would show a part of it.
	}
	return data, nil
}

func openOIDC(c Config, options azcore.ClientOptions, known bool,
) (azcore.TokenCredential, error) {
	if c.ADOServiceConnectionID != "" {
		return openPipeline(c, options, known)
	}
	assertion, err := oidcAssertion(c)
	if err != nil {
		return nil, err
	}
	return azidentity.NewClientAssertionCredential(c.TenantID, c.ClientID, assertion,
		&azidentity.ClientAssertionCredentialOptions{
			ClientOptions: options, DisableInstanceDiscovery: !known, AdditionallyAllowedTenants: c.AuxiliaryTenantIDs,
		})
}

// openPipeline signs in with the service connection of an Azure DevOps pipeline.
func openPipeline(c Config, options azcore.ClientOptions, known bool) (azcore.TokenCredential, error) {
	if c.OIDCRequestToken == "" {
		return nil, &SettingError{
			Setting:  "oidc_request_token",
			Problem:  "it is missing, and ado_pipeline_service_connection_id needs it",
			Required: "the token of the pipeline",
			Remedy:   "Map the pipeline's token into the environment of the step: `SYSTEM_ACCESSTOKEN: $(System.AccessToken)`",
		}
	}
	return azidentity.NewAzurePipelinesCredential(c.TenantID, c.ClientID, c.ADOServiceConnectionID, c.OIDCRequestToken,
		&azidentity.AzurePipelinesCredentialOptions{
			ClientOptions: options, DisableInstanceDiscovery: !known, AdditionallyAllowedTenants: c.AuxiliaryTenantIDs,
		})
}

func openWorkloadIdentity(c Config, options azcore.ClientOptions, known bool,
) (azcore.TokenCredential, error) {
	return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: options, DisableInstanceDiscovery: !known,
		ClientID: c.ClientID, TenantID: c.TenantID, TokenFilePath: c.OIDCTokenFilePath,
		AdditionallyAllowedTenants: c.AuxiliaryTenantIDs,
	})
}

func openManagedIdentity(c Config, options azcore.ClientOptions, _ bool,
) (azcore.TokenCredential, error) {
	if c.MSIEndpoint != "" {
		address, err := url.Parse(c.MSIEndpoint)
		if err != nil || address.Host == "" {
			return nil, &SettingError{
				Setting: "msi_endpoint", Problem: fmt.Sprintf("%q is no address", c.MSIEndpoint),
				Required: "an address",
				Remedy:   "Write it like http://169.254.169.254/metadata/identity/oauth2/token",
			}
		}
		options.PerRetryPolicies = append(slices.Clone(options.PerRetryPolicies), tokenService{address})
	}
	identity := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
	if c.ClientID != "" {
		identity.ID = azidentity.ClientID(c.ClientID)
	}
	return azidentity.NewManagedIdentityCredential(identity)
}

// tokenService sends the requests for a managed identity's token to another address.
type tokenService struct{ address *url.URL }

// machineTokens is the address of the token service of Azure's machines.
const machineTokens = "169.254.169.254"

func (p tokenService) Do(req *policy.Request) (*http.Response, error) {
	if raw := req.Raw(); raw.URL.Host == machineTokens {
		raw.URL.Scheme, raw.URL.Host, raw.Host = p.address.Scheme, p.address.Host, p.address.Host
		if path := strings.TrimSuffix(p.address.Path, "/"); path != "" {
			raw.URL.Path = path
		}
	}
	return req.Next()
}

func openCLI(c Config, _ azcore.ClientOptions, _ bool) (azcore.TokenCredential, error) {
	return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{
		TenantID: c.TenantID, Subscription: c.SubscriptionID, AdditionallyAllowedTenants: c.AuxiliaryTenantIDs,
	})
}

// withFiles returns the configuration with what the files hold that it names.
func (c Config) withFiles() (Config, error) {
	for _, from := range []struct {
		setting, path string
		value         *string
	}{
		{"client_id", c.ClientIDFilePath, &c.ClientID},
		{"client_secret", c.ClientSecretFilePath, &c.ClientSecret},
	} {
		if from.path == "" {
			continue
		}
		content, err := os.ReadFile(from.path)
		if err != nil {
			return c, &SettingError{
				Setting: from.setting + "_file_path", Problem: fmt.Sprintf("the file cannot be read: %v", err),
				Required: "a file that can be read",
				Remedy:   "Correct the path, or set " + from.setting,
			}
		}
		text := strings.TrimSpace(string(content))
		if *from.value != "" && *from.value != text {
			return c, &SettingError{
				Setting:  from.setting + "_file_path",
				Problem:  fmt.Sprintf("the file holds another value than %s has", from.setting),
				Required: "one value",
				Remedy:   "Keep one of them; mind that environment variables count too",
			}
		}
		*from.value = text
	}
	return c, nil
}

// oidcAssertion returns a function that fetches the ID token to exchange for Azure's. It reads the file
// or asks the request URL each time, since such tokens live for minutes.
func oidcAssertion(c Config) (func(context.Context) (string, error), error) {
	switch {
	case c.OIDCToken != "":
		return func(context.Context) (string, error) { return c.OIDCToken, nil }, nil
	case c.OIDCTokenFilePath != "":
		return func(context.Context) (string, error) {
			token, err := os.ReadFile(c.OIDCTokenFilePath)
			return strings.TrimSpace(string(token)), err
		}, nil
	case c.OIDCRequestURL != "" && c.OIDCRequestToken != "":
		return func(ctx context.Context) (string, error) {
			return requestIDToken(ctx, c.OIDCRequestURL, c.OIDCRequestToken)
		}, nil
	default:
		return nil, &SettingError{
			Setting:  "use_oidc",
			Problem:  "there is no ID token to sign in with",
			Required: "an ID token, or where to get one",
			Remedy: "Set oidc_token, oidc_token_file_path, or oidc_request_url together with " +
				"oidc_request_token (a GitHub workflow needs `permissions: id-token: write`); an Azure DevOps pipeline sets " +
				"ado_pipeline_service_connection_id",
		}
	}
}

// requestIDToken asks a GitHub workflow's token service for an ID token for Azure.
func requestIDToken(ctx context.Context, address, bearer string) (string, error) {
	service, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("reading oidc_request_url: %w", err)
	}
	query := service.Query()
	query.Set("audience", "api://AzureADTokenExchange")
	service.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, service.String(), nil)
	if err != nil {
		return "", fmt.Errorf("requesting an ID token: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("requesting an ID token: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("requesting an ID token: %s answered %s", service.Host, resp.Status)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&answer); err != nil {
		return "", fmt.Errorf("reading the ID token: %w", err)
	}
	if answer.Value == "" {
		return "", fmt.Errorf("requesting an ID token: %s answered without one", service.Host)
	}
	return answer.Value, nil
}

// credential marks its errors, which sets them apart from those of the services. It renews a token
// that a service refuses.
type credential struct {
	method string
	unset  []string
	open   func() (azcore.TokenCredential, error)
	bypass string

	renewing sync.Mutex // One renewal at a time.

	mu sync.Mutex
	azcore.TokenCredential
	issued     map[string]policy.TokenRequestOptions // What each token was requested with.
	successors map[string]string                     // The newer tokens, by the refused ones.
}

// GetToken implements [azcore.TokenCredential].
func (c *credential) GetToken(ctx context.Context, options policy.TokenRequestOptions,
) (azcore.AccessToken, error) {
	c.mu.Lock()
	opened := c.TokenCredential
	c.mu.Unlock()
	token, err := opened.GetToken(ctx, options)
	if err != nil {
		tflog.Debug(ctx, "signing in failed", map[string]any{"method": c.method, "error": err.Error()})
		return token, &CredentialError{Method: c.method, Unset: c.unset, Err: err}
	}
	options.Claims = "" // Those of a challenge are for one token.
	c.mu.Lock()
	defer c.mu.Unlock()
	c.issued[token.Token] = options
	return token, nil
}

// CredentialError says that signing in failed.
type CredentialError struct {
	Method string // Such as "a client secret".
	// Unset are the settings of which none is set, where the Azure CLI is what is left.
	Unset []string
	Err   error
}

func (e *CredentialError) Error() string {
	return fmt.Sprintf("signing in with %s: %v", e.Method, e.Err)
}

func (e *CredentialError) Unwrap() error { return e.Err }

// NonRetriable tells azcore not to retry the request: azidentity has already done so.
func (e *CredentialError) NonRetriable() {}
