// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestShapesAreUpToDate(t *testing.T) {
	t.Parallel()
	fresh := filepath.Join(t.TempDir(), "shapes.json")
	if err := generate("../../test/openapi/testdata", fresh); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(fresh)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../shapes.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("shapes.json is not what the documents give: run go generate ./internal/rehearsal/shape")
	}
}

func TestGenerate_reportsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	output := filepath.Join(t.TempDir(), "shapes.json")
	if err := generate(t.TempDir(), output); err == nil {
		t.Error("generate took an empty folder")
	}
	if err := generate("../../test/openapi/testdata", filepath.Join(output, "none")); err == nil {
		t.Error("generate wrote into nothing")
	}
}
