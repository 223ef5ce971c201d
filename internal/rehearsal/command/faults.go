// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

func newFaults() *cobra.Command {
	var at where
	command := group("faults", "Inject faults", newAddFault(&at), newListFaults(&at), newClearFaults(&at))
	at.flags(command)
	return command
}

func newAddFault(at *where) *cobra.Command {
	var wanted fault.Fault
	var retryAfter, delay time.Duration
	command := &cobra.Command{
		Use:   "add KIND",
		Short: "Add a fault",
		Long:  "Add a fault. KIND is one of:\n\n" + kinds() + "\nThe flags choose the requests that fail. Without flags, the next request does.",
		Example: "  rehearsal faults add throttle --method PUT --path '*/mediaservices/*' --retry-after 2s\n" +
			"  rehearsal faults add lost-answer --path '*/regenerateKey'\n" +
			"  rehearsal faults add error --host '*.vault.azure.net' --status 503 --times 3",
		ValidArgs: kindNames(),
		Args:      needs("the kind of fault (" + strings.Join(kindNames(), ", ") + ")"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			if wanted.Path != "" && wanted.Expression != "" {
				return misuse("--path and --expression both choose the path: write one of them")
			}
			wanted.Kind = fault.Kind(args[0])
			wanted.RetryAfter, wanted.Delay = fault.Duration(retryAfter), fault.Duration(delay)
			added, err := on.AddFault(c.Context(), wanted)
			if err != nil {
				return err
			}
			return printLine(c, added, "Added fault %s: %s.", added.ID, describe(added))
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
	return command
}

func newListFaults(at *where) *cobra.Command {
	command := &cobra.Command{
		Use:   "list",
		Short: "List the faults, used ones included",
		Args:  NoArguments,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			faults, err := on.Faults(c.Context())
			if err != nil {
				return err
			}
			return Print(c, faults, func(w io.Writer) error { return listFaults(w, faults) })
		}),
	}
	return command
}

func listFaults(w io.Writer, faults []fault.Fault) error {
	if len(faults) == 0 {
		_, err := fmt.Fprintln(w, "There are no faults.")
		return err
	}
	table := newTable(w, "ID", "FAULT", "USED")
	for _, f := range faults {
		table.row(f.ID, describe(f), strconv.Itoa(f.Struck))
	}
	return table.Flush()
}

func newClearFaults(at *where) *cobra.Command {
	return &cobra.Command{
		Use:   "clear [ID]",
		Short: "Remove one fault, or all",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return needs("the ID of one fault")(c, args)
			}
			return nil
		},
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			cleared, err := on.ClearFaults(c.Context(), strings.Join(args, ""))
			if err != nil {
				return err
			}
			return printLine(c, map[string]int{"cleared": cleared}, "Removed %d.", cleared)
		}),
	}
}

func kindNames() []string {
	var names []string
	for _, kind := range fault.Kinds() {
		names = append(names, string(kind.Kind))
	}
	return names
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
