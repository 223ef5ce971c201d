// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

func newRequest() *cobra.Command {
	var at where
	var body string
	command := &cobra.Command{
		Use:   "request METHOD URL",
		Short: "Send one request as the owner of the subscription, as `az rest` does",
		Long: "Send one request to a rehearsal as the owner of its subscription, and print the answer, as\n" +
			"`az rest` does with Azure. Use it for what people do in the portal. URL is one of Azure's,\n" +
			"or a path of Resource Manager; {subscriptionId} in it stands for the subscription. The\n" +
			"command fails when the status of the answer is 400 or higher.",
		Example: "  rehearsal request DELETE 'https://VAULT.vault.azure.net/keys/KEY?api-version=7.4'\n" +
			"  rehearsal request PATCH 'https://VAULT.vault.azure.net/keys/KEY?api-version=7.4' \\\n" +
			"    --body '{\"attributes\": {\"enabled\": false}}'\n" +
			"  rehearsal request GET \\\n" +
			"    '/subscriptions/{subscriptionId}/resourceGroups?api-version=2021-04-01'",
		Args: needs("a method", "a URL"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			question := rehearsal.Question{Method: args[0], URL: args[1]}
			if body != "" {
				if question.Body = json.RawMessage(body); !json.Valid(question.Body) {
					return errors.New("--body is not JSON")
				}
			}
			answer, err := on.Ask(c.Context(), question)
			if err != nil {
				return err
			}
			if len(answer.Body) > 0 {
				if err := writeJSON(c.OutOrStdout(), answer.Body); err != nil {
					return err
				}
			}
			if answer.Status >= http.StatusBadRequest {
				return fmt.Errorf("the answer is %d %s", answer.Status, http.StatusText(answer.Status))
			}
			return nil
		}),
	}
	at.flags(command)
	command.Flags().StringVar(&body, "body", "", "body of the request, as `JSON`")
	return command
}
