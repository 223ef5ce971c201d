// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
)

// root is the folder of the repository.
const root = "../../.."

// leaves returns the commands that have no others below them.
func leaves(c *cobra.Command) []string {
	var found []string
	for _, below := range c.Commands() {
		found = append(found, leaves(below)...)
	}
	if len(found) == 0 || c.Name() == "show" {
		_, path, _ := strings.Cut(c.CommandPath(), " ")
		found = append(found, path)
	}
	return found
}

// Every command prints JSON if it is asked to, and every error is JSON then. A new command needs a row.
func TestEveryCommand_printsJSON(t *testing.T) {
	t.Parallel()
	at := []string{"--data", file(t)}
	media := account(t, at[1])
	must(t, append([]string{"request", "PUT", "/subscriptions/{subscriptionId}/resourceGroups/g?api-version=2021-04-01", "--body", `{"location":"westus2"}`}, at...)...)
	rows := map[string][]string{
		"advance": {"1s"}, "show": nil, "show keys": nil, "journal": nil, "env": nil, "stream": {media},
		"faults add": {"throttle"}, "faults list": nil, "faults clear": nil,
		"principals add": {"guest"}, "principals list": nil,
		"subscriptions add": nil, "subscriptions list": nil,
		"applications add": {"--secret", "https://none.vault.azure.net/secrets/s"}, "applications list": nil, "applications remove": {"1"},
		"request": {"GET", "/subscriptions?api-version=2022-12-01"}, "seed": {"estate", "1"},
		"init": {t.TempDir()},
		// What they print is the command's own, and JSON always.
		"exec": nil, "serve": nil,
		"console": nil, // TestConsole runs it, until it is stopped
	}
	for _, path := range leaves(command.New()) {
		args, ok := rows[path]
		switch {
		case !ok:
			t.Errorf("`rehearsal %s` has no row here", path)
			continue
		case path == "exec" || path == "serve" || path == "console":
			continue
		}
		line := append(append(strings.Fields(path), args...), "-o", "json")
		if path != "init" {
			line = append(line, at...)
		}
		if output, err := run(t, line...); err != nil || !json.Valid([]byte(output)) {
			t.Errorf("%v: %v\n%s", line, err, output)
		}
	}
}

func TestEveryCommand_isInTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(root + "/templates/guides/rehearsal.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range leaves(command.New()) {
		if !strings.Contains(string(guide), "rehearsal "+path) && !strings.Contains(string(guide), "`"+path) {
			t.Errorf("the guide says nothing of `rehearsal %s`", path)
		}
	}
}

// Help says what each command and each flag is for, and commands that need arguments show how.
func TestEveryCommand_explainsItself(t *testing.T) {
	t.Parallel()
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: short help %q", c.CommandPath(), c.Short)
		}
		for _, line := range slices.Concat(strings.Split(c.Long, "\n"), strings.Split(c.Example, "\n")) {
			if len(line) > 120 {
				t.Errorf("%s: a long line of help: %s", c.CommandPath(), line)
			}
		}
		for _, below := range c.Commands() {
			check(below)
		}
	}
	check(command.New())
}
