// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Shell returns a function that runs a script in a folder with some files, with the real command line and this
// provider in its path. It returns what the script prints, and its error.
func Shell(t *testing.T, files fs.FS) (run func(script string) (output []byte, err error)) {
	t.Helper()
	terraform := CommandLine(t)
	folder, programs := t.TempDir(), t.TempDir()
	if err := os.CopyFS(folder, files); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(terraform, filepath.Join(programs, "terraform")); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", programs,
		"github.com/azuremedia/terraform-provider-azuremedia")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the provider: %v\n%s", err, output)
	}
	overrides := filepath.Join(programs, "cli.tfrc")
	if err := os.WriteFile(overrides, fmt.Appendf(nil, "provider_installation {\n  dev_overrides {\n"+
		"    \"azuremedia/azuremedia\" = %q\n  }\n  direct {}\n}\n", programs), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(text string) ([]byte, error) {
		script := exec.CommandContext(t.Context(), "bash", "-c", "exec 2>&1\n"+text)
		script.Dir = folder
		script.Env = []string{
			"PATH=" + programs + ":" + os.Getenv("PATH"), "HOME=" + folder, "TF_CLI_CONFIG_FILE=" + overrides,
			"TF_IN_AUTOMATION=1", "TF_CLI_ARGS=-no-color", "CHECKPOINT_DISABLE=1",
		}
		return script.CombinedOutput()
	}
}

// Readme runs the commands of an example's README, in their order, with the real command line, and compares
// their output with what the README shows of it. The folder is one of examples.
func Readme(t *testing.T, example string) {
	t.Helper()
	files := os.DirFS(filepath.Join("../../../examples", example))
	readme, err := fs.ReadFile(files, "README.md")
	if err != nil {
		t.Fatal(err)
	}
	Commands(t, files, string(readme))
}

// Commands runs the commands of a page in a folder with some files, and compares their output with what the page shows.
func Commands(t *testing.T, files fs.FS, page string) {
	t.Helper()
	commands := commandsOf(page)
	output, err := Shell(t, files)(scriptOf(commands))
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	diags := bytes.Split(output, []byte(mark+"\n"))
	if len(diags) != len(commands)+1 {
		t.Fatalf("%d commands said %d things:\n%s", len(commands), len(diags), output)
	}
	for i, command := range commands {
		if missing := command.missing(string(diags[i+1])); missing != "" {
			t.Errorf("%s does not say, after what goes before:\n%s\nbut:\n%s", command.line, missing, diags[i+1])
		}
	}
}

// CommandLine returns the terraform under test. Without one it skips the test, as plugin-testing does.
func CommandLine(t *testing.T) string {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("acceptance tests are skipped unless TF_ACC is set")
	}
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	path, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("there is no terraform")
	}
	return path
}

// command is a command of the README, and what is shown of its output.
type command struct {
	line  string
	shown []string
}

var block = regexp.MustCompile("(?ms)^```(sh|console)\n(.*?)^```$")

// commandsOf returns the commands in its blocks: each line of shell, and what follows a prompt.
func commandsOf(readme string) []command {
	var commands []command
	for _, found := range block.FindAllStringSubmatch(readme, -1) {
		for line := range strings.Lines(found[2]) {
			line = strings.TrimSuffix(line, "\n")
			prompted, ok := strings.CutPrefix(line, "$ ")
			switch {
			case found[1] == "sh":
				commands = append(commands, command{line: line})
			case ok:
				commands = append(commands, command{line: prompted})
			default:
				last := &commands[len(commands)-1]
				last.shown = append(last.shown, line)
			}
		}
	}
	return commands
}

// mark comes before what each command says.
const mark = "~~~~~~~~"

func scriptOf(commands []command) string {
	var script strings.Builder
	for _, command := range commands {
		fmt.Fprintf(&script, "echo '%s'\n%s || exit\n", mark, command.line)
	}
	return script.String()
}

// missing returns the first line that is shown and that the output does not have, after those before.
func (c command) missing(output string) string {
	diags := strings.Split(same(output), "\n")
	for _, shown := range c.shown {
		for found := false; !found; {
			if len(diags) == 0 {
				return shown
			}
			found = strings.TrimRight(diags[0], " ") == same(shown)
			diags = diags[1:]
		}
	}
	return ""
}

var different = regexp.MustCompile(`[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// same returns a text without what differs each time.
func same(text string) string { return different.ReplaceAllString(text, "…") }
