// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// Exercise demands that the tests of a package give every argument of a resource or a data source a
// value, change it in a plan, and see every computed attribute.
type Exercise struct {
	// Resource or DataSource is the type.
	Resource, DataSource string
	// Replaces are the arguments, with those around them ("identity.type"), whose change replaces
	// the resource. All others are changed in place.
	Replaces []string
	// Either are the arguments that do one or the other, depending on the change.
	Either []string
	// Except are the arguments and attributes that cannot be exercised, each with the reason.
	Except map[string]string
}

// Main runs the tests of a package for TestMain, and fails if they leave out what an [Exercise] demands.
// It checks only runs of all tests of the package.
func Main(m *testing.M, exercises ...Exercise) {
	// A developer's own settings are not the test's, which uses the subscription that a rehearsal begins with.
	_ = os.Unsetenv("ARM_SUBSCRIPTION_ID")
	code := m.Run()
	if code == 0 && whole() {
		for _, exercise := range exercises {
			for _, missed := range exercise.missed(&recorded) {
				code = 1
				_, _ = fmt.Fprintln(os.Stderr, "FAIL:", missed)
			}
		}
	}
	os.Exit(code) //nolint:forbidigo // As the testing package does after m.Run.
}

// whole reports whether all tests of the package were to run, and Terraform with them.
func whole() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if chosen := flag.Lookup(name); chosen != nil && chosen.Value.String() != "" {
			return false
		}
	}
	return os.Getenv("TF_ACC") != "" && !testing.Short()
}

// missed returns what the tests have left out.
func (e Exercise) missed(r *record) []string {
	kind, seen := r.resources[e.Resource], "resource "+e.Resource
	if e.DataSource != "" {
		kind, seen = r.dataSources[e.DataSource], "data source "+e.DataSource
	}
	if kind == nil {
		return []string{"no test uses the " + seen}
	}
	var missed []string
	say := func(path, format string, args ...any) {
		if _, excepted := e.Except[path]; !excepted {
			missed = append(missed, fmt.Sprintf("%s: %s: ", seen, path)+fmt.Sprintf(format, args...))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(kind.attributes)) {
		attribute := kind.attributes[path]
		switch {
		case !attribute.seen:
			say(path, "no test has it with a value")
		case attribute.argument && !attribute.configured:
			say(path, "no test gives it a value")
		case attribute.argument && attribute.leaf && e.Resource != "":
			e.missedChange(path, attribute, say)
		}
	}
	for _, path := range slices.Concat(e.Replaces, e.Either, slices.Collect(maps.Keys(e.Except))) {
		if kind.attributes[path] == nil {
			missed = append(missed, fmt.Sprintf("%s has no %s", seen, path))
		}
	}
	return missed
}

// missedChange reports the ways to change an argument that the tests have left out.
func (e Exercise) missedChange(path string, a *exercised, say func(string, string, ...any)) {
	replaces, either := slices.Contains(e.Replaces, path), slices.Contains(e.Either, path)
	switch {
	case !a.inPlace && !a.replaced:
		say(path, "no test changes it")
	case either && a.inPlace != a.replaced:
		say(path, "it is to be changed in place and by a replacement, and a test sees one only")
	case !either && replaces && a.inPlace:
		say(path, "it was changed in place, and was to replace the resource")
	case !either && !replaces && a.replaced:
		say(path, "it replaced the resource, and was to be changed in place")
	}
}

// under reports whether a path is another one, or lies within it.
func under(path, other string) bool {
	return path == other || strings.HasPrefix(path, other+".")
}
