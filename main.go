// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-azuremedia is a Terraform provider for customer-managed keys and storage
// key rotation on Azure. It joins the provider and rehearsal, the local Azure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
)

// address is the provider's address in the registry.
const address = "registry.terraform.io/azuremedia/azuremedia"

// version is set by the linker.
var version = "dev"

const usage = `This is a Terraform provider: terraform starts it. By hand you can start:

  %[1]s rehearsal ...   run a local Azure, and look into it
  %[1]s -debug          serve the provider to a debugger
`

// errUsage reports wrong arguments. The message is printed already.
var errUsage = errors.New("usage")

func main() {
	switch err := run(context.Background(), os.Args[1:]); {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "rehearsal" {
		return rehearse(ctx, args[1:])
	}
	flags := flag.NewFlagSet(os.Args[0], flag.ContinueOnError)
	debug := flags.Bool("debug", false, "serve the provider to a debugger")
	flags.Usage = func() { fmt.Fprintf(flags.Output(), usage, filepath.Base(os.Args[0])) }
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return errUsage
	}
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve(address, provider.NewServer(version, provider.WithRehearsal(openRehearsal)), options...)
	if err != nil {
		return fmt.Errorf("serving the provider: %w", err)
	}
	return nil
}

// rehearse runs a command on rehearsal, the local Azure.
func rehearse(ctx context.Context, args []string) error {
	root := &cobra.Command{Use: filepath.Base(os.Args[0]), SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(command.New()) //nolint:contextcheck // Cobra hands the context to the command.
	root.SetArgs(append([]string{"rehearsal"}, args...))
	return root.ExecuteContext(ctx)
}

// openRehearsal joins the provider and rehearsal, which do not import each other. It never closes the
// data file: Terraform may end the process at any moment, and the file is consistent at every one.
func openRehearsal(ctx context.Context, dataFile string) (provider.Rehearsal, error) {
	azure, err := rehearsal.Open(ctx, dataFile)
	if err != nil {
		return provider.Rehearsal{}, err
	}
	access := azure.Access()
	return provider.Rehearsal{
		Transport:      azure,
		TenantID:       access.TenantID,
		SubscriptionID: access.SubscriptionID,
		ClientID:       access.ClientID,
		ClientSecret:   access.ClientSecret,

		OpenSubscription: azure.OpenSubscription,
	}, nil
}
