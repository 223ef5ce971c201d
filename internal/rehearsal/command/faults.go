// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

func newFaults() *cobra.Command {
	var at where
	command := &cobra.Command{
		Use:   "faults",
		Short: "Inject faults",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	at.flags(command)
	command.AddCommand(newAddFault(&at), newListFaults(&at), newClearFaults(&at))
	return command
}

func newAddFault(at *where) *cobra.Command {
	var wanted fault.Fault
	var retryAfter, delay time.Duration
	var asJSON bool
	command := &cobra.Command{
		Use:   "add KIND",
		Short: "Add a fault",
		Long:  "Add a fault. KIND is one of:\n\n" + kinds() + "\nThe flags choose the requests that fail. Without flags, the next request does.",
		Example: "  rehearsal faults add throttle --method PUT --path '*/mediaservices/*' --retry-after 2s\n" +
			"  rehearsal faults add lost-answer --path '*/regenerateKey'\n" +
			"  rehearsal faults add error --host '*.vault.azure.net' --status 503 --times 3",
		Args: one("the kind of fault:\n\n" + kinds()),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			wanted.Kind = fault.Kind(args[0])
			wanted.RetryAfter, wanted.Delay = fault.Duration(retryAfter), fault.Duration(delay)
			added, err := on.AddFault(c.Context(), wanted)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), added)
			}
			fmt.Fprintf(c.OutOrStdout(), "Added fault %s: %s.\n", added.ID, describe(added))
			return nil
		}),
	}
	flags := command.Flags()
	flags.StringVar(&wanted.Method, "method", "", "HTTP `METHOD`")
	flags.StringVar(&wanted.Host, "host", "", "`PATTERN` of the host, * for any text")
	flags.StringVar(&wanted.Path, "path", "", "`PATTERN` of the path, * for any text")
	flags.StringVar(&wanted.Expression, "expression", "", "regular `EXPRESSION` for the path")
	flags.IntVar(&wanted.Skip, "skip", 0, "let `N` requests through first")
	flags.IntVar(&wanted.Times, "times", 1, "apply to `N` requests; -1 applies to all")
	flags.IntVar(&wanted.Status, "status", 0, "HTTP `STATUS` of the answer")
	flags.StringVar(&wanted.Code, "code", "", "`CODE` of the error")
	flags.StringVar(&wanted.Message, "message", "", "`MESSAGE` of the error")
	flags.BoolVar(&wanted.WithoutClaims, "without-claims", false, "refuse an expired token without asking for claims")
	flags.DurationVar(&retryAfter, "retry-after", 0, "`DURATION` that the client is asked to wait")
	flags.DurationVar(&delay, "delay", 0, "`DURATION` to delay an answer or a grant by")
	command.MarkFlagsMutuallyExclusive("path", "expression")
	jsonFlag(command, &asJSON)
	return command
}

func newListFaults(at *where) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "list",
		Short: "List the faults, used ones included",
		Args:  cobra.NoArgs,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			faults, err := on.Faults(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), faults)
			}
			if len(faults) == 0 {
				fmt.Fprintln(c.OutOrStdout(), "There are no faults.")
				return nil
			}
			table := newTable(c.OutOrStdout(), "ID", "FAULT", "USED")
			for _, f := range faults {
				table.row(f.ID, describe(f), strconv.Itoa(f.Struck))
			}
			return table.Flush()
		}),
	}
	jsonFlag(command, &asJSON)
	return command
}

func newClearFaults(at *where) *cobra.Command {
	return &cobra.Command{
		Use:   "clear [ID]",
		Short: "Remove one fault, or all",
		Args:  cobra.MaximumNArgs(1),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			cleared, err := on.ClearFaults(c.Context(), strings.Join(args, ""))
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "Removed %d.\n", cleared)
			return nil
		}),
	}
}

func kinds() string {
	var text strings.Builder
	for _, kind := range fault.Kinds() {
		fmt.Fprintf(&text, "  %-15s %s\n", kind.Kind, kind.Does)
	}
	return text.String()
}

// describe returns a line that says what a fault does to which requests.
func describe(f fault.Fault) string {
	words := []string{string(f.Kind)}
	add := func(ok bool, format string, args ...any) {
		if ok {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(f.Status != 0, "%d", f.Status)
	add(f.Code != "", "%s", f.Code)
	add(f.RetryAfter != 0, "retry after %v", f.RetryAfter)
	add(f.Delay != 0, "by %v", f.Delay)
	if f.Kind == fault.DelayedGrants || f.Kind == fault.Limits {
		return strings.Join(words, " ")
	}
	method := f.Method
	if method == "" {
		method = "any request"
	}
	add(true, "on %s", method)
	add(f.Host != "", "to %s", f.Host)
	add(f.Path != "", "at %s", f.Path)
	add(f.Expression != "", "at /%s/", f.Expression)
	add(f.Skip > 0, "after %d", f.Skip)
	add(f.Times < 0, "every time")
	add(f.Times > 1, "%d times", f.Times)
	return strings.Join(words, " ")
}
