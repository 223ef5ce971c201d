// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package commandline is what a person can run of this program: help, its version, shell completion and
// rehearsal. Terraform starts the same program as a plugin. It must not import the provider.
package commandline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
)

// Program is the program as it was started.
type Program struct {
	// Version is the version of the build.
	Version Version
	// Serve serves the provider, to a debugger if asked to.
	Serve func(debug bool) error
	// Args are the program's name and its arguments.
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// The exit codes: a failure, and a command line that makes no sense.
const (
	exitFailure = 1
	exitMisuse  = 2
)

// cookie is the variable with which Terraform starts a plugin.
const cookie = "TF_PLUGIN_MAGIC_COOKIE"

// Run serves the provider if Terraform started the program, and runs the command of a person otherwise. It
// returns the exit code. The commands are made for a person alone: Terraform starts the plugin often.
func (p Program) Run(ctx context.Context) int {
	if len(p.Args) == 1 && os.Getenv(cookie) != "" {
		return p.report(p.Serve(false))
	}
	root := p.root() //nolint:contextcheck // Cobra hands the context to the command.
	root.SetArgs(spelled(p.Args[1:]))
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	return p.report(root.ExecuteContext(ctx))
}

// report writes an error as one line, and returns the exit code.
func (p Program) report(err error) int {
	if err == nil {
		return 0
	}
	exited, ok := errors.AsType[*command.ExitError](err)
	if ok && exited.Err == nil {
		return exited.Code
	}
	if command.WantsJSON(p.Args) {
		_ = json.NewEncoder(p.Stderr).Encode(map[string]string{"error": err.Error()})
	} else {
		_, _ = fmt.Fprintln(p.Stderr, err)
	}
	if ok {
		return exited.Code
	}
	if _, ok := errors.AsType[*command.MisuseError](err); ok {
		return exitMisuse
	}
	return exitFailure
}

func (p Program) root() *cobra.Command {
	name := strings.TrimSuffix(filepath.Base(p.Args[0]), ".exe")
	var debug bool
	root := &cobra.Command{
		Use:   name,
		Short: "The Terraform provider azuremedia, and rehearsal, a local Azure",
		Long: "This is a Terraform provider, for customer-managed keys and storage key rotation on Azure.\n" +
			"Terraform starts it: name azuremedia/azuremedia in required_providers, and run `terraform init`.\n" +
			"By hand you can run rehearsal, a local Azure for trying a configuration without a subscription:\n\n" +
			"  " + name + " rehearsal --help",
		Version:       p.Version.String(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          command.NoSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error {
			if debug {
				return p.Serve(true)
			}
			c.SetOut(c.ErrOrStderr())
			// What starts a plugin without Terraform's cookie must see it fail.
			return errors.Join(c.Help(), &command.ExitError{Code: exitMisuse})
		},
	}
	root.Flags().BoolVar(&debug, "debug", false, "serve the provider to a debugger")
	root.SetVersionTemplate("{{.DisplayName}} {{.Version}}\n")
	root.SetFlagErrorFunc(command.NoSuchFlag)
	root.AddCommand(command.New(), p.versionCommand())
	root.SetHelpCommand(helpCommand())
	return root
}

// spelled returns the arguments as the flags are written today: Terraform's people write -version and -help,
// and debuggers start a provider with -debug.
func spelled(args []string) []string {
	if len(args) > 0 {
		switch first := args[0]; first {
		case "-debug", "-debug=true", "-version", "-help":
			return append([]string{"-" + first}, args[1:]...)
		}
	}
	return args
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if about, _, err := c.Root().Find(args); err == nil {
				for _, below := range about.Commands() {
					if below.IsAvailableCommand() {
						names = append(names, cobra.CompletionWithDesc(below.Name(), below.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return command.NoSuchCommand(about, rest)
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}
