// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

func newApplications() *cobra.Command {
	var at where
	command := group("applications", "Watch applications that read a storage key from a secret",
		newAddApplication(&at), newListApplications(&at), newRemoveApplication(&at))
	command.Long = "Watch applications that use a storage account with the key or connection string that a secret\n" +
		"of Key Vault holds. An application reads the newest version of the secret, works with it\n" +
		"until its cache is over, and then reads again. It lists the containers of the account after\n" +
		"every change and every hour by rehearsal's clock: it is up as long as that succeeds."
	at.flags(command)
	return command
}

func newAddApplication(at *where) *cobra.Command {
	var wanted application.Application
	var cache string
	command := &cobra.Command{
		Use:   "add",
		Short: "Add an application",
		Example: "  rehearsal applications add --secret https://VAULT.vault.azure.net/secrets/NAME\n" +
			"  rehearsal applications add --secret https://VAULT.vault.azure.net/secrets/NAME --account contoso --cache 6h",
		Args: NoArguments,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			if wanted.Secret == "" {
				return misuse("which secret? Write --secret and its identifier, " +
					"such as https://VAULT.vault.azure.net/secrets/NAME")
			}
			duration, err := parseDuration(cache)
			if err != nil {
				return err
			}
			wanted.Cache = fault.Duration(duration)
			added, err := on.AddApplication(c.Context(), wanted)
			if err != nil {
				return err
			}
			return printLine(c, added, "Added application %s: it is %s.", added.ID, state(added))
		}),
	}
	flags := command.Flags()
	flags.StringVar(&wanted.Secret, "secret", "", "`ID` of the secret, without a version for the newest")
	flags.StringVar(&wanted.Account, "account", "", "`NAME` of the storage account, if the secret holds a key alone")
	flags.StringVar(&wanted.Identity, "identity", "",
		"object, client or resource `ID` of who reads the secret (default the owner of the subscription)")
	flags.StringVar(&cache, "cache", "24h", "`DURATION` until the application reads the secret again")
	return command
}

func newListApplications(at *where) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the applications, whether they are up, and their first failures",
		Args:  NoArguments,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			records, err := on.Applications(c.Context())
			if err != nil {
				return err
			}
			return Print(c, records, func(w io.Writer) error { return listApplications(w, records) })
		}),
	}
}

func listApplications(w io.Writer, records []application.Record) error {
	if len(records) == 0 {
		_, err := fmt.Fprintln(w, "There are no applications.")
		return err
	}
	table := newTable(w, "ID", "SECRET", "CACHE", "SINCE", "STATE")
	for _, r := range records {
		table.row(r.ID, r.Secret, r.Cache.String(), r.Since.Format(time.RFC3339), state(r))
		if first := r.FirstFailure; first != nil && (r.Up || !first.Time.Equal(r.Since)) {
			table.row("", "", "", first.Time.Format(time.RFC3339), "first failure: "+first.Reason)
		}
	}
	return table.Flush()
}

// state says whether an application is up, and why not.
func state(r application.Record) string {
	if r.Up {
		return "up"
	}
	return "down: " + r.Reason
}

func newRemoveApplication(at *where) *cobra.Command {
	return &cobra.Command{
		Use:   "remove ID",
		Short: "Remove an application",
		Args:  needs("the ID of the application"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			if err := on.RemoveApplication(c.Context(), args[0]); err != nil {
				return err
			}
			return printLine(c, map[string]string{"removed": args[0]}, "Removed application %s.", args[0])
		}),
	}
}
