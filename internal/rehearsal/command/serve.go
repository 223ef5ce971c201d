// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

func newServe() *cobra.Command {
	var options server.Options
	var console bool
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve a rehearsal on this machine, over TLS",
		Long: "Serve a rehearsal on this machine, over TLS with a certificate authority of its own.\n\n" +
			"It answers at Azure's host names (management.azure.com, login.microsoftonline.com,\n" +
			"NAME.vault.azure.net, NAME.blob.core.windows.net) and at localhost. When it is ready it\n" +
			"prints one line of JSON: the addresses, the CA file to trust, and credentials that own a\n" +
			"subscription. Logs go to standard error. Ctrl-C stops it.",
		Example: "  rehearsal serve --listen 127.0.0.1:8443 --data rehearsal.db\n" +
			"  rehearsal serve --loopback-uris",
		Args: NoArguments,
		RunE: func(c *cobra.Command, _ []string) error { return serve(c, options, console) },
	}
	serving(command, &options)
	command.Flags().BoolVar(&console, "console", false, "open the console in a browser")
	return command
}

// serving gives a command the flags that say how a rehearsal is served.
func serving(command *cobra.Command, options *server.Options) {
	flags := command.Flags()
	flags.StringVar(&options.Listen, "listen", "127.0.0.1:0",
		"loopback `ADDRESS` to listen at; port 0 takes any that is free")
	flags.StringVar(&options.DataFile, "data", "",
		"`FILE` to keep the rehearsal in (default: memory)")
	flags.StringArrayVar(&options.Subscriptions, "subscription", nil,
		"`ID` of a subscription to have besides the first one, which the credentials own too (repeatable)")
	flags.StringVar(&options.CAFile, "ca-file", "",
		"`FILE` to write the CA certificate to (default: beside the data file)")
	flags.BoolVar(&options.Limits, "limits", false, "hold clients to the request limits that Azure documents")
	flags.BoolVar(&options.LoopbackURIs, "loopback-uris", false,
		"give each vault and each blob endpoint its own loopback port, for clients whose host names "+
			"cannot be pointed at this machine")
}

// serve prints the line of JSON when it is ready, and serves until it is interrupted.
func serve(c *cobra.Command, options server.Options, console bool) error {
	ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	options.Log = slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
	running, err := server.Start(ctx, options)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(c.OutOrStdout()).Encode(running.Ready()); err != nil {
		return errors.Join(fmt.Errorf("printing the addresses: %w", err), running.Close())
	}
	if console {
		browse(c, running.Ready().Console)
	}
	return running.Wait(ctx)
}
