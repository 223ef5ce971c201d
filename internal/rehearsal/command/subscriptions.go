// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
)

func newSubscriptions() *cobra.Command {
	var at where
	var name string
	list := &cobra.Command{
		Use:   "list",
		Short: "List the subscriptions",
		Args:  NoArguments,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			subscriptions, err := on.Subscriptions(c.Context())
			if err != nil {
				return err
			}
			return Print(c, subscriptions, func(w io.Writer) error {
				table := newTable(w, "ID", "NAME")
				for _, s := range subscriptions {
					table.row(s.ID, s.Name)
				}
				return table.Flush()
			})
		}),
	}
	add := &cobra.Command{
		Use:   "add [ID]",
		Short: "Add a subscription, which the owner of the first one owns too",
		Long: "Add a subscription, which the owner of the first one owns too. Without an ID it gets a new one.\n" +
			"A subscription that is there stays as it is. Where there is no data file yet, this begins one.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return needs("the ID of one subscription")(c, args)
			}
			return nil
		},
		RunE: at.driveNew(func(c *cobra.Command, on target, args []string) error {
			added, err := on.AddSubscription(c.Context(), strings.Join(args, ""), name)
			if err != nil {
				return err
			}
			return printLine(c, added, "%s", added.ID)
		}),
	}
	add.Flags().StringVar(&name, "name", "Rehearsal", "display `NAME` of the subscription")
	command := group("subscriptions", "List subscriptions, and add some", list, add)
	at.flags(command)
	return command
}
