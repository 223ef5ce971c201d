// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Command cover checks a coverage profile against the floors that this project promises.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"text/tabwriter"
)

const module = "github.com/azuremedia/terraform-provider-azuremedia/"

// A floor is the least part of the statements of some packages, taken together, that tests run.
type floor struct {
	name    string
	percent float64
	folders []string
}

func floors() []floor {
	return []floor{
		{name: "customer key rules", percent: 95, folders: []string{"internal/customerkey"}},
		{name: "rehearsal", percent: 80, folders: []string{"internal/rehearsal"}},
		{name: "provider", percent: 80, folders: []string{
			"internal/provider", "internal/service", "internal/framework", "internal/protection", "internal/keyholder",
			"internal/vaultaccess", "internal/naming",
		}},
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: cover PROFILE")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(profile string, out io.Writer) error {
	file, err := os.Open(profile)
	if err != nil {
		return fmt.Errorf("opening the coverage profile: %w", err)
	}
	defer func() { _ = file.Close() }()
	blocks, err := read(file)
	if err != nil {
		return fmt.Errorf("reading %s: %w", profile, err)
	}

	var below []error
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range floors() {
		covered, total := f.count(blocks)
		if total == 0 {
			below = append(below, fmt.Errorf("%s: the profile holds no statement of it", f.name))
			continue
		}
		percent := 100 * float64(covered) / float64(total)
		_, _ = fmt.Fprintf(table, "%s\t%.1f %%\tof %d statements\tfloor %.0f %%\n", f.name, percent, total, f.percent)
		if percent < f.percent {
			below = append(below, fmt.Errorf("%s: %.1f %% of the statements are tested, %.0f %% is the floor",
				f.name, percent, f.percent))
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return errors.Join(below...)
}

// A block is a run of statements, as a line of the profile names it.
type block struct {
	statements int
	covered    bool
}

// read returns the blocks by file and position. One block has a line for each test binary that
// was linked with it: it is covered if any of them ran it.
func read(profile io.Reader) (map[string]block, error) {
	blocks := make(map[string]block)
	lines := bufio.NewScanner(profile)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "mode: ") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			return nil, fmt.Errorf("line %q is not of a coverage profile", line)
		}
		statements, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, fmt.Errorf("line %q: %w", line, err)
		}
		covered := fields[2] != "0" || blocks[fields[0]].covered
		blocks[fields[0]] = block{statements: statements, covered: covered}
	}
	return blocks, lines.Err()
}

func (f floor) count(blocks map[string]block) (covered, total int) {
	for position, b := range blocks {
		file, _, _ := strings.Cut(position, ":")
		if !f.holds(path.Dir(strings.TrimPrefix(file, module))) {
			continue
		}
		total += b.statements
		if b.covered {
			covered += b.statements
		}
	}
	return covered, total
}

// holds reports whether the floor is about a folder. What tests share is no part of the product.
func (f floor) holds(folder string) bool {
	if strings.HasSuffix(folder, "test") {
		return false
	}
	for _, own := range f.folders {
		if folder == own || strings.HasPrefix(folder, own+"/") {
			return true
		}
	}
	return false
}
