// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

func newEnv() *cobra.Command {
	var at where
	var shell string
	command := &cobra.Command{
		Use:   "env",
		Short: "Print the environment variables that point clients to a rehearsal",
		Long: "Print lines that point clients to a rehearsal, as a shell or a pipeline reads them. For a\n" +
			"served one, the clients are azurerm, azapi, this provider, the Azure SDKs and curl; for a\n" +
			"data file, this provider. `rehearsal exec` runs one command with these variables.",
		Example: "  eval \"$(rehearsal env --control http://127.0.0.1:40001/_rehearsal)\"\n" +
			"  rehearsal env --shell fish | source\n" +
			"  rehearsal env --shell powershell | Out-String | Invoke-Expression\n" +
			"  rehearsal env --shell github >> \"$GITHUB_ENV\"",
		Args: NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			line, ok := lines()[shell]
			if !ok {
				return misuse("--shell %q is unknown: write %s", shell, strings.Join(shells(), ", "))
			}
			variables, err := at.environment(c)
			if err != nil {
				return err
			}
			values := map[string]string{}
			for _, v := range variables {
				values[v.name] = v.value
			}
			return Print(c, values, func(w io.Writer) error {
				for _, v := range variables {
					if _, err := fmt.Fprintln(w, line(v)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	at.flags(command)
	command.Flags().StringVar(&shell, "shell", "bash", "`SHELL` to print for: "+strings.Join(shells(), ", "))
	complete(command, "shell", shells()...)
	return command
}

// shells are what --shell takes. Any POSIX shell reads what bash reads.
func shells() []string { return slices.Sorted(maps.Keys(lines())) }

// lines returns, by shell, the function that writes the line which sets a variable.
func lines() map[string]func(variable) string {
	return map[string]func(variable) string{
		"bash": func(v variable) string {
			return "export " + v.name + "='" + strings.ReplaceAll(v.value, "'", `'\''`) + "'"
		},
		"fish": func(v variable) string {
			return "set -gx " + v.name + " '" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(v.value) + "'"
		},
		"powershell": func(v variable) string {
			return "$Env:" + v.name + " = '" + strings.ReplaceAll(v.value, "'", "''") + "'"
		},
		// The file $GITHUB_ENV takes a value as it is.
		"github": func(v variable) string { return v.name + "=" + v.value },
		"dotenv": func(v variable) string {
			if strings.ContainsAny(v.value, "' \"#$\\") {
				return v.name + "=\"" + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`).Replace(v.value) + "\""
			}
			return v.name + "=" + v.value
		},
	}
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
	ready, err := served(c.Context(), control)
	if err != nil {
		return nil, err
	}
	return ofServer(ready)
}

// served returns what a served rehearsal says of itself.
func served(ctx context.Context, control string) (server.Ready, error) {
	client, err := server.NewClient(control)
	if err != nil {
		return server.Ready{}, err
	}
	defer func() { _ = client.Close() }()
	return client.Ready(ctx)
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
		{"ARM_OBJECT_ID", ready.ObjectID}, // for configurations that grant something to their own caller
		{"ARM_CLIENT_SECRET", ready.ClientSecret},
		// This provider dials rehearsal under Azure's names.
		{"AZUREMEDIA_CONNECT_TO", manager.Host},
		{"AZUREMEDIA_CA_FILE", ready.CAFile},
		// The SDKs sign in under Azure's own name: they verify every other one with Entra ID.
		{"AZURE_TENANT_ID", ready.TenantID},
		{"AZURE_SUBSCRIPTION_ID", ready.SubscriptionID},
		{"AZURE_CLIENT_ID", ready.ClientID},
		{"AZURE_CLIENT_SECRET", ready.ClientSecret},
		// Go, Node.js, Python and curl trust the certificate authority, and those of the rest of the network.
		{"SSL_CERT_FILE", ready.CABundle},
		{"NODE_EXTRA_CA_CERTS", ready.CABundle},
		{"REQUESTS_CA_BUNDLE", ready.CABundle},
		{"CURL_CA_BUNDLE", ready.CABundle},
		// Azure's own names lead to rehearsal: clients of vaults and blobs have no setting for it.
		{"HTTPS_PROXY", ready.Proxy},
		{"https_proxy", ready.Proxy},
		{"NO_PROXY", "localhost,127.0.0.1,::1"},
		{"no_proxy", "localhost,127.0.0.1,::1"},
		{controlVariable, ready.Control},
	}, nil
}
