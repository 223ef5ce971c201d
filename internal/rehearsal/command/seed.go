// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/seed"
)

func newSeed() *cobra.Command {
	var at where
	var about strings.Builder
	var names []string
	for i, known := range seed.Seeds() {
		fmt.Fprintf(&about, "  %-17s %s\n", seed.Names()[i], known.Does)
		names = append(names, known.Name)
	}
	command := &cobra.Command{
		Use:   "seed NAME",
		Short: "Make a small world at once",
		Long: "Make a small world in a rehearsal at once, by ordinary requests as the owner of the\n" +
			"subscription. Seeding again changes nothing. NAME is one of:\n\n" + about.String() +
			"\n`exec --seed NAME` seeds the rehearsal before its command runs.",
		Example:   "  rehearsal seed byok\n  rehearsal seed estate 40",
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			_, _, err := findSeed(args)
			return err
		},
		RunE: at.driveNew(func(c *cobra.Command, on target, args []string) error {
			made, err := plant(c, on, args)
			if err != nil {
				return err
			}
			return Print(c, map[string]any{"seed": strings.Join(args, " "), "resources": made}, func(w io.Writer) error {
				for _, id := range made {
					if _, err := fmt.Fprintln(w, id); err != nil {
						return err
					}
				}
				return nil
			})
		}),
	}
	at.flags(command)
	return command
}

func findSeed(words []string) (seed.Seed, int, error) {
	found, size, err := seed.Find(words)
	if err != nil {
		return found, size, misuse("%v", err)
	}
	return found, size, nil
}

// plant makes the world that the words name.
func plant(c *cobra.Command, on rehearsal.Asker, words []string) ([]string, error) {
	found, size, err := findSeed(words)
	if err != nil {
		return nil, err
	}
	return found.Plant(c.Context(), on, size)
}
