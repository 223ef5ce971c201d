// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-azuremedia is a Terraform provider for customer-managed keys and storage
// key rotation on Azure. It joins the provider, rehearsal, the local Azure, and the command line.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/commandline"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// address is the provider's address in the registry.
const address = "registry.terraform.io/azuremedia/azuremedia"

// version is set by the linker.
var version string

func main() {
	info, _ := debug.ReadBuildInfo()
	build := commandline.VersionOf(version, info)
	os.Exit(commandline.Program{
		Version: build,
		Serve:   func(debugged bool) error { return serve(build.Number, debugged) },
		Args:    os.Args,
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
	}.Run(context.Background()))
}

// serve serves the provider to Terraform, or to a debugger.
func serve(number string, debugged bool) error {
	provider.QuietFramework()
	var options []tf6server.ServeOpt
	if debugged {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve(address, provider.NewServer(number, provider.WithRehearsal(openRehearsal)), options...)
	if err != nil {
		return fmt.Errorf("serving the provider: %w", err)
	}
	return nil
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

		FindSubscription: azure.FindSubscription,
		HasClient:        azure.HasClient,
	}, nil
}
