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
)

// address is where the registry knows the provider.
const address = "registry.terraform.io/azuremedia/azuremedia"

// version is set by the linker.
var version = "dev"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	debug := flag.Bool("debug", false, "serve the provider to a debugger")
	flag.Parse()
	err := providerserver.Serve(context.Background(), provider.New(version),
		providerserver.ServeOpts{Address: address, Debug: *debug, ProtocolVersion: 6})
	if err != nil {
		return fmt.Errorf("serving the provider: %w", err)
	}
	return nil
}
