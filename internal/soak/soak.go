// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package soak holds how often each call of each resource survived what can happen to it, as its test found. The
// guide to reliability is made of that. It imports nothing of this module.
package soak

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed table.tsv
var table string

// The strikes that interrupt a run. All others are faults.
const (
	KilledBefore = "killed before"
	KilledAfter  = "killed after"
	Stopped      = "Ctrl-C"
)

// Row is what became of one thing that happened to one call.
type Row struct {
	Resource, Operation, Call, Strike string
	// Survived is how many of the Total went on without loss, Imported how many of these by the import block that
	// a message printed.
	Survived, Imported, Total int
}

// Rows returns the table of the last whole run.
func Rows() ([]Row, error) {
	var rows []Row
	for line := range strings.Lines(table) {
		row, err := parse(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		if err != nil {
			return nil, fmt.Errorf("reading the table of the soak: %q: %w", line, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func parse(cells []string) (row Row, err error) {
	if len(cells) != 7 {
		return row, fmt.Errorf("%d cells", len(cells))
	}
	row = Row{Resource: cells[0], Operation: cells[1], Call: cells[2], Strike: cells[3]}
	for i, number := range []*int{&row.Survived, &row.Imported, &row.Total} {
		if *number, err = strconv.Atoi(cells[4+i]); err != nil {
			return row, err
		}
	}
	return row, nil
}

// Write returns a table as a file holds it.
func Write(rows []Row) string {
	var text strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%d\t%d\t%d\n",
			row.Resource, row.Operation, row.Call, row.Strike, row.Survived, row.Imported, row.Total)
	}
	return text.String()
}

// group is the column of the overview that a strike belongs to.
func (r Row) group() int {
	if at := slices.Index([]string{KilledBefore, KilledAfter, Stopped}, r.Strike); at >= 0 {
		return at
	}
	return 3
}

// Overview returns the table that people read: a line for each operation of each resource.
func Overview(rows []Row) string {
	type operation struct{ resource, name string }
	var order []operation
	sums := map[operation]*[4]Row{}
	for _, row := range rows {
		of := operation{row.Resource, row.Operation}
		if sums[of] == nil {
			sums[of], order = new([4]Row), append(order, of)
		}
		sum := &sums[of][row.group()]
		sum.Survived, sum.Imported, sum.Total = sum.Survived+row.Survived, sum.Imported+row.Imported, sum.Total+row.Total
	}
	var text strings.Builder
	text.WriteString("| Resource | Operation | Killed before the call | Killed after it | Ctrl-C | Faults |\n|---|---|---|---|---|---|\n")
	for _, of := range order {
		fmt.Fprintf(&text, "| %s | %s |", of.resource, of.name)
		for _, sum := range sums[of] {
			text.WriteString(" " + sum.cell() + " |")
		}
		text.WriteString("\n")
	}
	return text.String()
}

// cell returns the numbers of a row.
func (r Row) cell() string {
	switch {
	case r.Total == 0:
		return "-"
	case r.Imported > 0:
		return fmt.Sprintf("%d of %d, %d by import", r.Survived, r.Total, r.Imported)
	default:
		return fmt.Sprintf("%d of %d", r.Survived, r.Total)
	}
}
