// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// MisuseError reports a command line that makes no sense: what is wrong, and what to write, in one line.
type MisuseError struct{ text string }

// Error implements [error].
func (e *MisuseError) Error() string { return e.text }

func misuse(format string, args ...any) error { return &MisuseError{fmt.Sprintf(format, args...)} }

// ExitError ends the program with an exit code. Without an error of its own, everything is said already.
type ExitError struct {
	Code int
	Err  error
}

// Error implements [error].
func (e *ExitError) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return fmt.Sprintf("exit code %d", e.Code)
}

// Unwrap returns the error of its own.
func (e *ExitError) Unwrap() error { return e.Err }

// group returns a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: NoSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(commands...)
	return c
}

// NoSuchCommand refuses arguments of a command that only holds others: they are misspelled commands.
func NoSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	help := fmt.Sprintf("`%s --help` lists the commands", c.CommandPath())
	if near := closest(c, args[0]); near != "" {
		help = fmt.Sprintf("write `%s %s`", c.CommandPath(), near)
	}
	return misuse("there is no command %q: %s", args[0], help)
}

// NoSuchFlag adds to an error in the flags of a command what to write.
func NoSuchFlag(c *cobra.Command, err error) error {
	help := fmt.Sprintf("`%s --help` lists the flags", c.CommandPath())
	var names cobra.Command
	c.Flags().VisitAll(func(flag *pflag.Flag) {
		names.AddCommand(&cobra.Command{Use: flag.Name, Run: func(*cobra.Command, []string) {}})
	})
	if name, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
		if near := closest(&names, name); near != "" {
			help = "write --" + near
		}
	}
	return misuse("%v: %s", err, help)
}

// closest returns the name of the command that a misspelled one means, if there is one.
func closest(c *cobra.Command, name string) string {
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(name); len(near) > 0 {
		return near[0]
	}
	return ""
}

// NoArguments refuses arguments.
func NoArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return misuse("`%s` takes no arguments, and %q is one", c.CommandPath(), args[0])
}

// needs requires as many arguments as there are descriptions of them, which the error quotes.
func needs(what ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(what):
			return misuse("`%s` needs %s: write `%s`", c.CommandPath(), strings.Join(what[len(args):], " and "), c.UseLine())
		case len(args) > len(what):
			return misuse("`%s` has no place for %q: write `%s`", c.CommandPath(), args[len(what)], c.UseLine())
		}
		return nil
	}
}
