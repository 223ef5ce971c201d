// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// formats are the values of the flag --output.
func formats() []string { return []string{formatText, formatJSON} }

const (
	outputFlag = "output"
	formatText = "text"
	formatJSON = "json"
)

// format is the value of the flag --output. It implements [github.com/spf13/pflag.Value].
type format string

func (f *format) String() string { return string(*f) }

func (f *format) Type() string { return "FORMAT" }

func (f *format) Set(text string) error {
	if !slices.Contains(formats(), text) {
		return fmt.Errorf("write %s", strings.Join(formats(), " or "))
	}
	*f = format(text)
	return nil
}

// OutputFlag gives a command and those below it the flag --output, which [Print] obeys.
func OutputFlag(c *cobra.Command) {
	chosen := format(formatText)
	c.PersistentFlags().VarP(&chosen, outputFlag, "o", "`FORMAT` of the output and of errors: text or json")
	complete(c, outputFlag, formats()...)
}

// complete has a shell complete a flag with these values.
func complete(c *cobra.Command, flag string, values ...string) {
	if err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // There is no such flag.
	}
}

// WantsJSON reports whether a command line asks for JSON. It needs no command line that makes sense: errors
// of one that makes none are JSON too.
func WantsJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	for i, arg := range args {
		switch arg {
		case "-o" + formatJSON, "-o=" + formatJSON, "--" + outputFlag + "=" + formatJSON:
			return true
		case formatJSON:
			if i > 0 && (args[i-1] == "-o" || args[i-1] == "--"+outputFlag) {
				return true
			}
		}
	}
	return false
}

// Print prints the content as JSON if the flag --output asks for that, and otherwise has text written.
func Print(c *cobra.Command, content any, text func(w io.Writer) error) error {
	if flag := c.Flag(outputFlag); flag != nil && flag.Value.String() == formatJSON {
		return writeJSON(c.OutOrStdout(), content)
	}
	return text(c.OutOrStdout())
}

// printLine prints the content as JSON, or a line about it.
func printLine(c *cobra.Command, content any, line string, args ...any) error {
	return Print(c, content, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, line+"\n", args...)
		return err
	})
}

func writeJSON(w io.Writer, content any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(content)
}

func written(t time.Time) string { return t.Format("Mon 2 January 2006 15:04:05 MST") }

// table aligns columns.
type table struct{ *tabwriter.Writer }

func newTable(w io.Writer, head ...string) table {
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	t.row(head...)
	return t
}

// row adds a row. Errors of writing appear when the table is flushed.
func (t table) row(cells ...string) { _, _ = fmt.Fprintln(t.Writer, strings.Join(cells, "\t")) }
