// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

func newExec() *cobra.Command {
	var options server.Options
	var seeds []string
	command := &cobra.Command{
		Use:   "exec [--data FILE] -- COMMAND [ARGUMENT]...",
		Short: "Run a command in a rehearsal: serve, run, stop",
		Long: "Run a command in a rehearsal. It serves the rehearsal, points azurerm, azapi, this provider,\n" +
			"the Azure SDKs and curl to it by environment variables, runs the command, stops, and exits\n" +
			"with the command's exit code. Signals are passed on. The command signs in as the owner of\n" +
			"the subscription; your own login is kept out.\n\n" +
			"Without --data the rehearsal is empty at the start, and gone at the end.",
		Example: "  rehearsal exec -- terraform test\n" +
			"  rehearsal exec -- sh -c 'terraform init && terraform test'\n" +
			"  rehearsal exec --seed byok -- sh\n" +
			"  rehearsal exec --data rehearsal.db -- go test ./...",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("`%s` needs the command to run: write `%s -- terraform test`", c.CommandPath(), c.CommandPath())
			}
			for _, name := range seeds {
				if _, _, err := findSeed(strings.Fields(name)); err != nil {
					return err
				}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return execute(c, options, seeds, args) },
	}
	serving(command, &options)
	command.Flags().StringArrayVar(&seeds, "seed", nil,
		"`NAME` of a small world to begin with, as `rehearsal seed` makes it (repeatable)")
	command.Flags().SetInterspersed(false)
	return command
}

// execute serves a rehearsal for as long as a command runs.
func execute(c *cobra.Command, options server.Options, seeds, args []string) error {
	options.Log = warnings(c)
	running, err := server.Start(c.Context(), options)
	if err != nil {
		return err
	}
	run := func() error {
		for _, name := range seeds {
			if _, err := plant(c, running.Azure(), strings.Fields(name)); err != nil {
				return err
			}
		}
		variables, err := ofServer(running.Ready())
		if err != nil {
			return err
		}
		return runChild(c, args, inRehearsal(os.Environ(), variables))
	}
	return errors.Join(run(), running.Close())
}

// warnings returns a log of what a person must see beside what a command prints.
func warnings(c *cobra.Command) *slog.Logger {
	return slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// inRehearsal returns the environment of a command that runs in a rehearsal: a sign-in to the real Azure has
// no place in it.
func inRehearsal(environment []string, variables []variable) []string {
	var kept []string
	for _, one := range environment {
		name, _, _ := strings.Cut(one, "=")
		if !signsIn(name) {
			kept = append(kept, one)
		}
	}
	for _, v := range variables {
		kept = append(kept, v.name+"="+v.value)
	}
	return kept
}

// signsIn reports whether a variable chooses a cloud, a subscription or an identity.
func signsIn(name string) bool {
	setting, ok := strings.CutPrefix(name, "ARM_")
	if !ok {
		if setting, ok = strings.CutPrefix(name, "AZURE_"); !ok {
			return strings.HasPrefix(name, "AZUREMEDIA_")
		}
	}
	for _, word := range []string{
		"CLIENT", "TENANT", "SUBSCRIPTION", "OIDC", "MSI", "USE_", "CERTIFICATE", "TOKEN", "USERNAME", "PASSWORD",
		"AUTHORITY", "ENDPOINT", "AUDIENCE", "ENVIRONMENT", "METADATA", "INSTANCE_DISCOVERY",
	} {
		if strings.Contains(setting, word) {
			return true
		}
	}
	return false
}

// The exit codes of a shell for a command that does not run, and for one that a signal ends.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
	exitSignal        = 128
)

// runChild runs a command, passes signals on to it, and returns its exit code as an error.
func runChild(c *cobra.Command, args, environment []string) error {
	child := exec.CommandContext(c.Context(), args[0], args[1:]...) //nolint:gosec // The command is what a person asks for.
	child.Stdin, child.Stdout, child.Stderr = c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr()
	child.Env = environment
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, passedOn()...)
	defer signal.Stop(signals)
	if err := child.Start(); err != nil {
		code := exitNotExecutable
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			code = exitNotFound
		}
		return &ExitError{Code: code, Err: fmt.Errorf("running %s: %w", args[0], err)}
	}
	ended, end := context.WithCancel(c.Context())
	go func() {
		for {
			select {
			case s := <-signals:
				if !reached(s) {
					_ = child.Process.Signal(s)
				}
			case <-ended.Done():
				return
			}
		}
	}()
	err := child.Wait()
	end()
	if exited, ok := errors.AsType[*exec.ExitError](err); ok {
		return &ExitError{Code: exitCode(exited.ProcessState)}
	}
	if err != nil {
		return fmt.Errorf("running %s: %w", args[0], err)
	}
	return nil
}
