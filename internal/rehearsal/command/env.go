// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

func newEnv() *cobra.Command {
	var at where
	command := &cobra.Command{
		Use:   "env",
		Short: "Print the environment variables that point clients to a rehearsal",
		Long: "Print export lines that point clients to a rehearsal. For a served one, the clients are\n" +
			"azurerm, azapi, this provider, the Azure SDKs and curl; for a data file, this provider.",
		Example: "  eval \"$(rehearsal env --control http://127.0.0.1:40001/_rehearsal)\"",
		Args:    NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			lines, err := at.environment(c)
			if err != nil {
				return err
			}
			values := map[string]string{}
			for _, line := range lines {
				values[line.name] = line.value
			}
			return Print(c, values, func(w io.Writer) error {
				for _, line := range lines {
					if _, err := fmt.Fprintf(w, "export %s=%s\n", line.name, quoted(line.value)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	at.flags(command)
	return command
}

type variable struct{ name, value string }

func (w *where) environment(c *cobra.Command) ([]variable, error) {
	control, data, err := w.resolve()
	if err != nil {
		return nil, err
	}
	if control == "" {
		return ofFile(c, data)
	}
	client, err := server.NewClient(control)
	if err != nil {
		return nil, err
	}
	defer func() { _ = client.Close() }()
	ready, err := client.Ready(c.Context())
	if err != nil {
		return nil, err
	}
	return ofServer(ready)
}

// ofFile makes the provider keep its rehearsal in the file, which needs no credentials.
func ofFile(c *cobra.Command, data string) ([]variable, error) {
	azure, err := openFile(c.Context(), data)
	if err != nil {
		return nil, err
	}
	defer func() { _ = azure.Close() }()
	if data, err = filepath.Abs(data); err != nil {
		return nil, fmt.Errorf("naming the data file: %w", err)
	}
	return []variable{
		{"ARM_ENVIRONMENT", "rehearsal"},
		{"ARM_SUBSCRIPTION_ID", azure.Access().SubscriptionID},
		{"ARM_TENANT_ID", azure.Access().TenantID},
		{fileVariable, data},
	}, nil
}

func ofServer(ready server.Ready) ([]variable, error) {
	manager, err := url.Parse(ready.ResourceManager)
	if err != nil {
		return nil, fmt.Errorf("reading the address of Resource Manager: %w", err)
	}
	return []variable{
		// azurerm finds everything else in the metadata at this host.
		{"ARM_METADATA_HOSTNAME", manager.Host},
		// azapi takes each endpoint. Tokens are for Azure's own audience at every address.
		{"ARM_ENVIRONMENT", "custom"},
		{"ARM_RESOURCE_MANAGER_ENDPOINT", ready.ResourceManager},
		{"ARM_RESOURCE_MANAGER_AUDIENCE", "https://management.azure.com"},
		{"ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST", ready.AuthorityHost},
		{"ARM_DISABLE_INSTANCE_DISCOVERY", "true"},
		{"ARM_TENANT_ID", ready.TenantID},
		{"ARM_SUBSCRIPTION_ID", ready.SubscriptionID},
		{"ARM_CLIENT_ID", ready.ClientID},
		{"ARM_CLIENT_SECRET", ready.ClientSecret},
		// This provider dials rehearsal under Azure's names.
		{"AZUREMEDIA_CONNECT_TO", manager.Host},
		{"AZUREMEDIA_CA_FILE", ready.CAFile},
		// The SDKs.
		{"AZURE_AUTHORITY_HOST", ready.AuthorityHost},
		{"AZURE_TENANT_ID", ready.TenantID},
		{"AZURE_SUBSCRIPTION_ID", ready.SubscriptionID},
		{"AZURE_CLIENT_ID", ready.ClientID},
		{"AZURE_CLIENT_SECRET", ready.ClientSecret},
		// Go, Node.js, Python and curl trust the certificate authority.
		{"SSL_CERT_FILE", ready.CAFile},
		{"NODE_EXTRA_CA_CERTS", ready.CAFile},
		{"REQUESTS_CA_BUNDLE", ready.CAFile},
		{"CURL_CA_BUNDLE", ready.CAFile},
		{controlVariable, ready.Control},
	}, nil
}

// quoted returns the value as a POSIX shell reads it.
func quoted(value string) string {
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
