// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
)

// The command prints the address of the console, of a served rehearsal and of one in a data file.
func TestConsole(t *testing.T) {
	ready := serve(t)
	data := filepath.Join(t.TempDir(), "new.db")
	for name, args := range map[string][]string{
		"served": {"console", "--no-browser", "--control", ready.Control},
		"a file": {"console", "--no-browser", "--data", data},
		"JSON":   {"console", "--no-browser", "--data", data, "-o", "json"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		reader, writer := io.Pipe()
		console := command.New()
		console.SetArgs(args)
		console.SetOut(writer)
		console.SetErr(io.Discard)
		ended := make(chan error, 1)
		go func() { ended <- console.ExecuteContext(ctx) }()
		output := bufio.NewReader(reader)
		line, err := output.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		address := strings.TrimPrefix(strings.TrimSpace(line), "The console is at ")
		if name == "JSON" {
			var said struct{ Console string }
			if err := json.NewDecoder(io.MultiReader(strings.NewReader(line), output)).Decode(&said); err != nil {
				t.Fatal(err)
			}
			address = said.Console
		}
		go func() { _, _ = io.Copy(io.Discard, output) }()
		if !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/_rehearsal/console/#[A-Z2-7]{26}$`).MatchString(address) {
			t.Errorf("%s: %q", name, line)
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s answers %d", name, address, response.StatusCode)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := run(t, "console", "--control", "nonsense"); err == nil {
		t.Error("nonsense is taken for a control URL")
	}
}
