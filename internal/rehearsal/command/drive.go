// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// clock is the time in rehearsal, as JSON.
type clock struct {
	Time time.Time `json:"time"`
}

func newAdvance() *cobra.Command {
	var at where
	command := &cobra.Command{
		Use:   "advance DURATION",
		Short: "Move a rehearsal's clock forward",
		Long: "Move a rehearsal's clock forward and run everything that becomes due: operations end,\n" +
			"accounts pick up new key versions, streaming origins drop old keys.",
		Example: "  rehearsal advance 6h\n  rehearsal advance 5m30s",
		Args:    needs("how far, such as 6h"),
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
			return printLine(c, clock{now}, "It is now %s in rehearsal.", written(now))
		}),
	}
	at.flags(command)
	// "-6h" looks like flags.
	command.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if back := regexp.MustCompile(`^unknown shorthand flag: '[0-9.]' in (-\S+)$`).FindStringSubmatch(err.Error()); back != nil {
			_, err := parseDuration(back[1])
			return err
		}
		return NoSuchFlag(c, err)
	})
	return command
}

// parseDuration reads a duration. Days are 24 hours.
func parseDuration(text string) (time.Duration, error) {
	if strings.HasPrefix(text, "-") {
		return 0, misuse("time only moves forward, and %s goes back: write a duration such as 6h. "+
			"To have an earlier time, begin another rehearsal", text)
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if number, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(number) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, misuse("%q is not a duration: write 90s, 5m, 6h or 30d", text)
	}
	return d, nil
}

func newShow() *cobra.Command {
	var at where
	command := &cobra.Command{
		Use:   "show",
		Short: "Show the time and the resources of a rehearsal",
		Args:  NoSuchCommand,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			state, err := on.Show(c.Context())
			if err != nil {
				return err
			}
			return Print(c, state, func(w io.Writer) error { return listState(w, state) })
		}),
	}
	command.AddCommand(newShowKeys(&at))
	at.flags(command)
	return command
}

func listState(w io.Writer, state rehearsal.State) error {
	if _, err := fmt.Fprintf(w, "Time         %s\nTenant       %s\nSubscription %s\n\n",
		written(state.Time), state.Access.TenantID, state.Access.SubscriptionID); err != nil {
		return err
	}
	table := newTable(w, "TYPE", "NAME", "GROUP", "LOCATION", "STATE")
	for _, r := range state.Resources {
		provisioning, _ := r.Properties["provisioningState"].(string)
		table.row(r.Type, r.ID.Name(), r.ID.Group(), r.Location, provisioning)
	}
	return table.Flush()
}

func newJournal() *cobra.Command {
	var at where
	command := &cobra.Command{
		Use:   "journal",
		Short: "List requests, with notes on anything suspicious",
		Long: "List the requests to a rehearsal, oldest first, with notes on what an answer does not show:\n" +
			"unknown fields and routes, faults, refusals that rehearsal has worded itself.\n" +
			"Bodies and signatures are not kept.",
		Args: NoArguments,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			entries, err := on.Journal(c.Context())
			if err != nil {
				return err
			}
			return Print(c, entries, func(w io.Writer) error { return listEntries(w, entries) })
		}),
	}
	at.flags(command)
	return command
}

func listEntries(w io.Writer, entries []engine.Entry) error {
	if len(entries) > 0 && entries[0].Number > 1 {
		if _, err := fmt.Fprintf(w, "The first %d requests are dropped: the journal keeps the last %d.\n\n",
			entries[0].Number-1, len(entries)); err != nil {
			return err
		}
	}
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
	list := &cobra.Command{
		Use:   "list",
		Short: "List the principals",
		Args:  NoArguments,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			principals, err := on.Principals(c.Context())
			if err != nil {
				return err
			}
			return Print(c, principals, func(w io.Writer) error {
				table := newTable(w, "NAME", "KIND", "OBJECT ID", "CLIENT ID")
				for _, p := range principals {
					table.row(p.Name, string(p.Kind), p.ObjectID, p.AppID)
				}
				return table.Flush()
			})
		}),
	}
	add := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a service principal without permissions, and print its credentials as JSON",
		Args:  needs("the name of the principal"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			access, err := on.AddPrincipal(c.Context(), args[0])
			if err != nil {
				return err
			}
			return writeJSON(c.OutOrStdout(), access)
		}),
	}
	command := group("principals", "List service principals and managed identities, and add service principals", list, add)
	at.flags(command)
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
		Args: needs("the resource ID of a media account"),
		RunE: at.drive(func(c *cobra.Command, on target, args []string) error {
			url, err := on.Streaming(c.Context(), args[0])
			if err != nil {
				return err
			}
			return printLine(c, map[string]string{"url": url}, "%s", url)
		}),
	}
	at.flags(command)
	return command
}
