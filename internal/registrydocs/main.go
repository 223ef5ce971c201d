// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Command registrydocs writes the inputs of the registry documentation that are generated: the
// provider's schemas as JSON, and the guides to the rules and to reliability. Nothing imports it.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/posture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/soak"
)

// shortName is the name that tfplugindocs looks the schemas up by.
const shortName = "azuremedia"

//go:embed rules.md.tmpl
var rulesGuide string

//go:embed reliability.md.tmpl
var reliabilityGuide string

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "registrydocs:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("registrydocs", flag.ContinueOnError)
	schemas := flags.String("schemas", "", "the file to write the provider's schemas to, as JSON")
	guides := flags.String("guides", "", "the folder to write the generated guides to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *schemas == "" || *guides == "" {
		return errors.New("both -schemas and -guides are needed")
	}
	return errors.Join(writeSchemas(ctx, *schemas), writeRules(filepath.Join(*guides, "rules.md")),
		writeReliability(filepath.Join(*guides, "reliability.md")))
}

func writeSchemas(ctx context.Context, file string) error {
	server, err := providerserver.NewProtocol6WithError(provider.New("dev")())()
	if err != nil {
		return fmt.Errorf("starting the provider: %w", err)
	}
	schemas, err := schemasOf(ctx, server)
	if err != nil {
		return fmt.Errorf("reading the provider's schemas: %w", err)
	}
	text, err := json.MarshalIndent(tfjson.ProviderSchemas{
		FormatVersion: "1.0",
		Schemas:       map[string]*tfjson.ProviderSchema{shortName: schemas},
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the provider's schemas: %w", err)
	}
	return os.WriteFile(file, text, 0o600)
}

func writeRules(file string) error {
	return writeGuide(file, rulesGuide, map[string]any{
		"CustomerKey":  catalogue(customerkey.Rules()),
		"MediaAccount": catalogue(slices.Concat(mediaaccount.Rules(), naming.Rules())),
		"KeyRotation":  catalogue(keyrotation.Rules()),
		"Posture":      catalogue(posture.Rules()),
		"Weights":      weights(),
	})
}

// writeReliability writes what the last whole soak found.
func writeReliability(file string) error {
	rows, err := soak.Rows()
	if err != nil {
		return err
	}
	var all soak.Row
	var faults []string
	for _, row := range rows {
		all.Survived, all.Imported, all.Total = all.Survived+row.Survived, all.Imported+row.Imported, all.Total+row.Total
		if !slices.Contains([]string{soak.KilledBefore, soak.KilledAfter, soak.Stopped}, row.Strike) {
			faults = append(faults, row.Strike)
		}
	}
	slices.Sort(faults)
	return writeGuide(file, reliabilityGuide, map[string]any{
		"Survived": all.Survived, "Imported": all.Imported, "Total": all.Total,
		"Faults": strings.Join(slices.Compact(faults), ", "), "Table": soak.Overview(rows),
	})
}

// writeGuide writes a guide from its template.
func writeGuide(file, guide string, values map[string]any) error {
	name := filepath.Base(file)
	page, err := template.New(name).Funcs(template.FuncMap{"lower": strings.ToLower}).Parse(guide)
	if err != nil {
		return fmt.Errorf("reading the template of %s: %w", name, err)
	}
	var text strings.Builder
	if err := page.Execute(&text, values); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return os.WriteFile(file, []byte(text.String()), 0o600)
}

// catalogue returns the table of rules, sorted by ID.
func catalogue(rules []rule.Rule) string {
	sorted := slices.SortedFunc(slices.Values(rules), func(a, b rule.Rule) int {
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return rule.Catalogue(sorted)
}

// weights returns the table of severities that a posture gives to broken rules.
func weights() string {
	var table strings.Builder
	table.WriteString("| Rule | Severity | When |\n|---|---|---|\n")
	for _, weight := range posture.Weights() {
		fmt.Fprintf(&table, "| [%s](#%s) %s | %s | %s |\n", weight.Rule, strings.ToLower(string(weight.Rule)),
			posture.Rule(weight.Rule).Name, weight.Severity, weight.When)
	}
	return table.String()
}
