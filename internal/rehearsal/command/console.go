// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

func newConsole() *cobra.Command {
	var at where
	var quiet bool
	command := &cobra.Command{
		Use:   "console",
		Short: "Watch and drive a rehearsal in a browser",
		Long: "Watch and drive a rehearsal in a browser, at an address of this machine: the envelope of keys, who\n" +
			"holds which storage key, requests, rotations, the clock, faults and locks.\n\n" +
			"With --control it opens the console of a served rehearsal. Otherwise it serves the one in a data\n" +
			"file until Ctrl-C; other processes may use the file meanwhile. It begins one if there is none.",
		Example: "  rehearsal console\n  rehearsal console --control http://127.0.0.1:40001/_rehearsal",
		Args:    NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			control, data, err := at.named()
			if err != nil {
				return err
			}
			show := func(address string) error {
				if err := printLine(c, map[string]string{"console": address}, "The console is at %s", address); err != nil {
					return err
				}
				if !quiet {
					browse(c, address)
				}
				return nil
			}
			if control != "" {
				ready, err := served(c.Context(), control)
				if err != nil {
					return err
				}
				return show(ready.Console)
			}
			return console(c, cmp.Or(data, defaultFile), show)
		},
	}
	at.flags(command)
	command.Flags().BoolVar(&quiet, "no-browser", false, "print the address and open no browser")
	return command
}

// console serves the rehearsal in a data file, and shows its console.
func console(c *cobra.Command, data string, show func(address string) error) error {
	ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	running, err := server.Start(ctx, server.Options{
		Listen: "127.0.0.1:0", DataFile: data,
		Log: warnings(c),
	})
	if err != nil {
		return err
	}
	if err := show(running.Ready().Console); err != nil {
		return errors.Join(err, running.Close())
	}
	return running.Wait(ctx)
}

// browse opens a browser, if there is one.
func browse(c *cobra.Command, address string) {
	program := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		program = []string{"open"}
	case "windows":
		program = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	opening := exec.CommandContext(context.WithoutCancel(c.Context()), //nolint:gosec // the address is our own
		program[0], append(program[1:], address)...)
	if opening.Start() == nil {
		go func() { _ = opening.Wait() }()
	}
}
