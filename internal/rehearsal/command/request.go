// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

func newRequest() *cobra.Command {
	var at where
	var body string
	var wait bool
	command := &cobra.Command{
		Use:   "request METHOD URL",
		Short: "Send one request as the owner of the subscription, as `az rest` does",
		Long: "Send one request to a rehearsal as the owner of its subscription, and print the answer, as\n" +
			"`az rest` does with Azure. Use it for what people do in the portal. URL is one of Azure's,\n" +
			"or a path of Resource Manager. In it and in the body, {subscriptionId}, {tenantId},\n" +
			"{clientId} and {objectId} stand for the subscription and its owner. The command fails when\n" +
			"the status of the answer is 400 or higher.",
		Example: "  rehearsal request DELETE 'https://VAULT.vault.azure.net/keys/KEY?api-version=7.4'\n" +
			"  rehearsal request PATCH 'https://VAULT.vault.azure.net/keys/KEY?api-version=7.4' \\\n" +
			"    --body '{\"attributes\": {\"enabled\": false}}'\n" +
			"  rehearsal request PUT --wait --body @vault.json \\\n" +
			"    '/subscriptions/{subscriptionId}/resourceGroups/RG/providers/Microsoft.KeyVault/vaults/V?api-version=2023-07-01'",
		Args: needs("a method", "a URL"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			question := rehearsal.Question{Method: args[0], URL: args[1]}
			var err error
			if question.Body, err = readBody(c, body); err != nil {
				return err
			}
			ask := on.Ask
			if wait {
				ask = func(ctx context.Context, q rehearsal.Question) (rehearsal.Answer, error) {
					return rehearsal.AskAndWait(ctx, on, q)
				}
			}
			answer, failed := ask(c.Context(), question)
			if len(answer.Body) > 0 {
				if err := writeJSON(c.OutOrStdout(), answer.Body); err != nil {
					return err
				}
			}
			if failed == nil && answer.Refused() {
				failed = fmt.Errorf("the answer is %d %s", answer.Status, http.StatusText(answer.Status))
			}
			return failed
		}),
	}
	at.flags(command)
	command.Flags().StringVar(&body, "body", "", "body of the request, as `JSON`, or @FILE, or @- for standard input")
	command.Flags().BoolVar(&wait, "wait", false, "wait for the end of the operation that the request begins")
	return command
}

// readBody returns the body that a flag names.
func readBody(c *cobra.Command, flag string) (json.RawMessage, error) {
	file, named := strings.CutPrefix(flag, "@")
	body := []byte(flag)
	var err error
	switch {
	case flag == "":
		return nil, nil
	case named && file == "-":
		file = "standard input"
		body, err = io.ReadAll(c.InOrStdin())
	case named:
		body, err = os.ReadFile(file)
	default:
		file = "--body"
	}
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	if !json.Valid(body) {
		return nil, misuse("%s is not JSON: write {\"name\": \"value\"} or @FILE", file)
	}
	return body, nil
}
