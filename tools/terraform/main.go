// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Command terraform prints the path of the Terraform or OpenTofu that this project's tests and
// examples run, and installs Terraform into the folder named by its argument where there is none.
//
// It looks, in this order, at the environment variable TF_ACC_TERRAFORM_PATH, for terraform and for
// tofu on the PATH, and in the folder. It reports everything else on standard error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

const (
	// oldest is the first version, of Terraform and of OpenTofu alike, with write-only attributes.
	oldest = "1.11.0"
	// installed is the Terraform that is fetched where there is none.
	installed = "1.11.4"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: terraform FOLDER")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	path, err := find(ctx, os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
	fmt.Println(path)
}

// find returns the path of a command line that is new enough, installing one if need be.
func find(ctx context.Context, folder string) (string, error) {
	if named := os.Getenv("TF_ACC_TERRAFORM_PATH"); named != "" {
		if err := newEnough(ctx, named); err != nil {
			return "", fmt.Errorf("TF_ACC_TERRAFORM_PATH names no Terraform or OpenTofu %s or later: %w", oldest, err)
		}
		return named, nil
	}
	for _, name := range []string{"terraform", "tofu", filepath.Join(folder, "terraform")} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if err := newEnough(ctx, path); err != nil {
			fmt.Fprintf(os.Stderr, "passing over %s: %v\n", path, err)
			continue
		}
		return filepath.Abs(path)
	}
	return install(ctx, folder)
}

// newEnough reports why the command line at path cannot be used, or nil.
func newEnough(ctx context.Context, path string) error {
	command := exec.CommandContext(ctx, path, "version", "-json")
	// A CLI configuration that does not exist makes Terraform warn before the JSON begins.
	command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	out, err := command.Output()
	if err != nil {
		return fmt.Errorf("asking its version: %w", err)
	}
	// OpenTofu answers with Terraform's field name too.
	var answer struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return fmt.Errorf("reading its version: %w", err)
	}
	have, err := version.NewVersion(answer.Version)
	if err != nil {
		return fmt.Errorf("reading its version: %w", err)
	}
	if have.Core().LessThan(version.Must(version.NewVersion(oldest))) {
		return fmt.Errorf("it is %s, and %s or later is needed", have, oldest)
	}
	return nil
}

// install fetches Terraform from HashiCorp, its checksum and signature verified, into folder.
func install(ctx context.Context, folder string) (string, error) {
	fmt.Fprintf(os.Stderr, "no terraform or tofu on the PATH: installing Terraform %s into %s\n", installed, folder)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return "", fmt.Errorf("making %s: %w", folder, err)
	}
	release := releases.ExactVersion{
		Product:    product.Terraform,
		Version:    version.Must(version.NewVersion(installed)),
		InstallDir: folder,
	}
	path, err := release.Install(ctx)
	if err != nil {
		return "", fmt.Errorf("put Terraform %s or later (https://developer.hashicorp.com/terraform/install) "+
			"or OpenTofu %s or later (https://opentofu.org/docs/intro/install) on the PATH: "+
			"it could not be fetched: %w", oldest, oldest, cause(err))
	}
	return filepath.Abs(path)
}

// cause is the innermost error: those around it repeat the address at every attempt.
func cause(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
