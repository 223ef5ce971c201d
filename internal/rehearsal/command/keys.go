// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

func newShowKeys(at *where) *cobra.Command {
	return &cobra.Command{
		Use:   "keys",
		Short: "Show which account runs on which key, how old the keys are, and who is behind",
		Long: "Show the customer-managed key of each account: the version that the account runs on, its vault,\n" +
			"the identity that reads it, and its age. An account is behind as long as there is a newer\n" +
			"version. Then show the access keys of each storage account, and who holds copies of them.",
		Args: NoArguments,
		RunE: at.drive(func(c *cobra.Command, on target, _ []string) error {
			keys, err := on.Keys(c.Context())
			if err != nil {
				return err
			}
			return Print(c, keys, func(w io.Writer) error { return listKeys(w, keys) })
		}),
	}
}

func listKeys(w io.Writer, keys rehearsal.Keys) error {
	table := newTable(w, "ACCOUNT", "TYPE", "VAULT", "KEY", "VERSION", "AGE", "IDENTITY", "STATE")
	for _, k := range keys.Accounts {
		created := ""
		if k.Created != nil {
			created = age(keys.Time, *k.Created)
		}
		table.row(k.Account.Name(), k.Type, k.Vault, k.Key, short(k.Version), created, k.Identity, keyState(k))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(w)
	table = newTable(w, "STORAGE ACCOUNT", "KEY", "AGE", "COPIES")
	for _, k := range keys.Storage {
		var holders []string
		for _, h := range k.Holders {
			name := h.Account.Name()
			if h.Behind {
				name += " (behind)"
			}
			holders = append(holders, name)
		}
		table.row(k.Account.Name(), k.Name, age(keys.Time, k.Created), strings.Join(holders, ", "))
	}
	return table.Flush()
}

// keyState says how an account stands to its key.
func keyState(k rehearsal.AccountKey) string {
	state := "current"
	if k.Behind {
		state = "behind " + short(k.Newest)
	}
	if k.Pinned {
		state = "pinned, " + state
	}
	if k.Lost != "" {
		state = "lost: " + strings.Join(strings.Fields(k.Lost), " ")
	}
	return state
}

// short returns as much of a version as tells it from others.
func short(version string) string { return version[:min(len(version), 8)] }

// age returns how long ago something was, in its largest unit.
func age(now, then time.Time) string {
	const day = 24 * time.Hour
	switch passed := now.Sub(then); {
	case passed >= day:
		return fmt.Sprintf("%dd", passed/day)
	case passed >= time.Hour:
		return fmt.Sprintf("%dh", passed/time.Hour)
	case passed >= time.Minute:
		return fmt.Sprintf("%dm", passed/time.Minute)
	default:
		return fmt.Sprintf("%ds", max(0, passed/time.Second))
	}
}
