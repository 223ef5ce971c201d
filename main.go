// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-azuremedia is a Terraform provider for encryption and key rotation of
// Azure media accounts.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// address is where the registry knows the provider.
const address = "registry.terraform.io/azuremedia/azuremedia"

// version is set by the linker.
var version = "dev"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet(os.Args[0], flag.ContinueOnError)
	debug := flags.Bool("debug", false, "serve the provider to a debugger")
	if err := flags.Parse(args); err != nil {
		return err
	}
	err := providerserver.Serve(ctx, provider.New(version, provider.WithRehearsal(openRehearsal)),
		providerserver.ServeOpts{Address: address, Debug: *debug, ProtocolVersion: 6})
	if err != nil {
		return fmt.Errorf("serving the provider: %w", err)
	}
	return nil
}

// openRehearsal joins the provider and rehearsal, which know nothing of each other. The data file
// is never closed: Terraform ends the process as it likes, and the file is whole at any moment.
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
	}, nil
}
