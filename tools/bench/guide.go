// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/template"
)

//go:embed performance.md.tmpl
var guide string

//go:embed performance.svg.tmpl
var plot string

// series is one step over all sizes of the estate.
type series struct {
	Name  string
	Costs []cost
	// CallsGrow and TimeGrows are exponents: 0 does not grow, 1 grows as the estate does.
	CallsGrow, TimeGrows float64
	// Points are those of the plot, X and Y in its units.
	Points []point
	Class  int
}

type point struct{ X, Y float64 }

// seriesOf sorts the costs by their steps.
func seriesOf(costs []cost) []series {
	var all []series
	for _, step := range steps() {
		one := series{Name: step.name, Class: len(all)}
		for _, c := range costs {
			if c.Step == step.name {
				one.Costs = append(one.Costs, c)
			}
		}
		one.CallsGrow = exponent(one.Costs, func(c cost) float64 { return float64(c.Calls) })
		one.TimeGrows = exponent(one.Costs, func(c cost) float64 { return c.Wall.Seconds() })
		all = append(all, one)
	}
	return all
}

// exponent returns how fast a cost grows with the number of accounts: the slope of the line that fits the
// logarithms best.
func exponent(costs []cost, of func(cost) float64) float64 {
	var n, sumX, sumY, sumXX, sumXY float64
	for _, c := range costs {
		x, y := math.Log(float64(c.Accounts)), math.Log(of(c))
		n, sumX, sumY, sumXX, sumXY = n+1, sumX+x, sumY+y, sumXX+x*x, sumXY+x*y
	}
	if n < 2 {
		return 0
	}
	return (n*sumXY - sumX*sumY) / (n*sumXX - sumX*sumX)
}

// The plot has logarithmic axes: a decade of accounts or of calls is so many units.
const (
	plotWidth, plotHeight = 640.0, 360.0
	plotMargin            = 56.0
)

// tick is a line of the grid with its label.
type tick struct {
	At    float64
	Label string
}

// render fills the guide and the plot in.
func render(text string, costs []cost) (string, error) {
	all := seriesOf(costs)
	var most, accounts float64 = 10, 10
	for _, c := range costs {
		most, accounts = max(most, float64(c.Calls)), max(accounts, float64(c.Accounts))
	}
	decades, least := math.Ceil(math.Log10(most)), 10.0
	x := func(n float64) float64 {
		return plotMargin + (plotWidth-2*plotMargin)*math.Log(n/least)/math.Log(max(accounts, 100)/least)
	}
	y := func(calls float64) float64 {
		return plotHeight - plotMargin - (plotHeight-2*plotMargin)*math.Log10(max(calls, 1))/decades
	}
	var columns, rows []tick
	for i := range all {
		for _, c := range all[i].Costs {
			all[i].Points = append(all[i].Points, point{x(float64(c.Accounts)), y(float64(c.Calls))})
			label := tick{x(float64(c.Accounts)), fmt.Sprint(c.Accounts)}
			if !slices.Contains(columns, label) {
				columns = append(columns, label)
			}
		}
	}
	for calls := 1.0; calls <= math.Pow10(int(decades)); calls *= 10 {
		rows = append(rows, tick{y(calls), fmt.Sprint(int(calls))})
	}
	page, err := template.New("page").Funcs(template.FuncMap{
		"seconds": seconds, "mebibytes": mebibytes, "exponent": func(e float64) string { return fmt.Sprintf("%.2f", e) },
	}).Parse(text)
	if err != nil {
		return "", err
	}
	var filled strings.Builder
	err = page.Execute(&filled, map[string]any{
		"Series": all, "Columns": columns, "Rows": rows, "Vaults": vaults, "Latency": latency,
		"Left": plotMargin, "Right": plotWidth - plotMargin, "Top": plotMargin, "Bottom": plotHeight - plotMargin,
		"Width": plotWidth, "Height": plotHeight,
	})
	return filled.String(), err
}
