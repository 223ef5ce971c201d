// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

func newAdvance() *cobra.Command {
	var at where
	command := &cobra.Command{
		Use:   "advance DURATION",
		Short: "Move a rehearsal's clock forward",
		Long: "Move a rehearsal's clock forward and run everything that becomes due: operations end,\n" +
			"accounts pick up new key versions, streaming origins drop old keys.",
		Example: "  rehearsal advance 6h\n  rehearsal advance 5m30s",
		Args:    one("how far, 6h for one"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			d, err := parseDuration(args[0])
			if err != nil {
				return err
			}
			if err := on.Advance(c.Context(), d); err != nil {
				return err
			}
			now, err := on.Now(c.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "It is now %s in rehearsal.\n", written(now))
			return nil
		}),
	}
	at.flags(command)
	return command
}

// parseDuration reads a duration. Days are 24 hours.
func parseDuration(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if number, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(number) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration: write 90s, 5m, 6h or 30d", text)
	}
	return d, nil
}

func newShow() *cobra.Command {
	var at where
	var asJSON bool
	command := &cobra.Command{
		Use:   "show",
		Short: "Show the time and the resources of a rehearsal",
		Args:  cobra.NoArgs,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			state, err := on.Show(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), state)
			}
			fmt.Fprintf(c.OutOrStdout(), "Time         %s\nTenant       %s\nSubscription %s\n\n",
				written(state.Time), state.Access.TenantID, state.Access.SubscriptionID)
			table := newTable(c.OutOrStdout(), "TYPE", "NAME", "GROUP", "LOCATION", "STATE")
			for _, r := range state.Resources {
				provisioning, _ := r.Properties["provisioningState"].(string)
				table.row(r.Type, r.ID.Name(), r.ID.Group(), r.Location, provisioning)
			}
			return table.Flush()
		}),
	}
	at.flags(command)
	jsonFlag(command, &asJSON)
	return command
}

func newJournal() *cobra.Command {
	var at where
	var asJSON bool
	command := &cobra.Command{
		Use:   "journal",
		Short: "List requests, with notes on anything suspicious",
		Long: "List the requests to a rehearsal, oldest first, with notes on what an answer does not show:\n" +
			"unknown fields and routes, faults, refusals that rehearsal has worded itself.\n" +
			"Bodies and signatures are not kept.",
		Args: cobra.NoArgs,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			entries, err := on.Journal(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), entries)
			}
			return listEntries(c.OutOrStdout(), entries)
		}),
	}
	at.flags(command)
	jsonFlag(command, &asJSON)
	return command
}

func listEntries(w io.Writer, entries []engine.Entry) error {
	table := newTable(w, "TIME", "REQUEST", "", "ANSWER")
	for _, entry := range entries {
		status := strconv.Itoa(entry.Status)
		if entry.Code != "" {
			status += " " + entry.Code
		}
		address := entry.Host + entry.Path
		if version := queryVersion(entry.Query); version != "" {
			address += " (" + version + ")"
		}
		table.row(entry.Time.Format(time.RFC3339), entry.Method, address, status)
		for _, note := range entry.Notes {
			table.row("", "", "  "+note, "")
		}
	}
	return table.Flush()
}

func queryVersion(query string) string {
	for _, parameter := range strings.Split(query, "&") {
		if version, ok := strings.CutPrefix(parameter, "api-version="); ok {
			return version
		}
	}
	return ""
}

func newPrincipals() *cobra.Command {
	var at where
	command := &cobra.Command{
		Use:   "principals",
		Short: "List service principals and managed identities, and add service principals",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	at.flags(command)
	var asJSON bool
	list := &cobra.Command{
		Use:   "list",
		Short: "List the principals",
		Args:  cobra.NoArgs,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			principals, err := on.Principals(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), principals)
			}
			table := newTable(c.OutOrStdout(), "NAME", "KIND", "OBJECT ID", "CLIENT ID")
			for _, p := range principals {
				table.row(p.Name, string(p.Kind), p.ObjectID, p.AppID)
			}
			return table.Flush()
		}),
	}
	jsonFlag(list, &asJSON)
	add := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a service principal without permissions, and print its credentials as JSON",
		Args:  one("the name of the principal"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			access, err := on.AddPrincipal(c.Context(), args[0])
			if err != nil {
				return err
			}
			return writeJSON(c.OutOrStdout(), access)
		}),
	}
	command.AddCommand(list, add)
	return command
}

func newStream() *cobra.Command {
	var at where
	command := &cobra.Command{
		Use:   "stream ACCOUNT_ID",
		Short: "Make a media account stream a small file, and print the file's URL",
		Long: "Make a media account stream a small file, and print the file's URL, to watch while storage\n" +
			"keys are rotated. Six origins answer at the URL in turn, each with the storage keys that\n" +
			"it last read; ?origin=3 chooses one.",
		Args: one("the resource ID of a media account"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			url, err := on.Streaming(c.Context(), args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), url)
			return nil
		}),
	}
	at.flags(command)
	return command
}

// one requires one argument, and names it in the error.
func one(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("`%s` needs %s", c.CommandPath(), what)
		}
		return nil
	}
}

func jsonFlag(command *cobra.Command, asJSON *bool) {
	command.Flags().BoolVar(asJSON, "json", false, "print JSON")
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
