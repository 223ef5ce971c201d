// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package command_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
)

// action is a composite action of GitHub.
type action struct {
	Inputs map[string]struct{ Default string }
	Runs   struct {
		Steps []struct {
			Uses, Run        string
			WorkingDirectory string `yaml:"working-directory"`
			Env              map[string]string
		}
	}
}

// TestAccPipeline builds the program as the action does, and runs it as the action and as Terraform do.
func TestAccPipeline(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("acceptance tests are skipped unless TF_ACC is set")
	}
	runner := t.TempDir()
	t.Run("the action", func(t *testing.T) { testAction(t, runner) })
	t.Run("what init writes", func(t *testing.T) { testInit(t, filepath.Join(runner, "rehearsal")) })
}

// testAction runs the steps of the action as GitHub does, but for those that install tools.
func testAction(t *testing.T, runner string) {
	t.Helper()
	file, err := filepath.Abs(root + "/.github/actions/rehearsal/action.yml")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var about action
	if err := yaml.Unmarshal(content, &about); err != nil {
		t.Fatal(err)
	}
	steps := func(inputs map[string]string) (string, int) {
		filled := func(text string) string {
			return regexp.MustCompile(`\$\{\{ *([a-z_.-]+) *\}\}`).ReplaceAllStringFunc(text, func(found string) string {
				name := strings.Trim(found, "${} ")
				input, ok := strings.CutPrefix(name, "inputs.")
				if !ok {
					return map[string]string{"github.action_path": filepath.Dir(file)}[name]
				}
				if _, ok := about.Inputs[input]; !ok {
					t.Errorf("the action has no input %s", input)
				}
				if given, ok := inputs[input]; ok {
					return given
				}
				return about.Inputs[input].Default
			})
		}
		said, ran := "", 0
		for _, step := range about.Runs.Steps {
			if step.Run == "" {
				continue
			}
			ran++
			shell := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", filled(step.Run))
			shell.Dir = filled(step.WorkingDirectory)
			shell.Env = append(os.Environ(), "RUNNER_TEMP="+runner)
			for name, value := range step.Env {
				shell.Env = append(shell.Env, name+"="+filled(value))
			}
			output, err := shell.CombinedOutput()
			said += string(output)
			if err != nil {
				return said, shell.ProcessState.ExitCode()
			}
		}
		if ran != 2 {
			t.Errorf("%d steps ran", ran)
		}
		return said, 0
	}
	said, code := steps(map[string]string{
		"working-directory": runner, "seed": "estate 1", "data": "kept.db",
		"run": `pwd; curl --silent "$AZUREMEDIA_REHEARSAL_CONTROL/show" | grep -o contosoestate0000 | head -1` + "\necho 'quo\"ted' \"$ARM_CLIENT_ID\"",
	})
	if code != 0 || !strings.Contains(said, runner+"\n") || !strings.Contains(said, "contosoestate0000\nquo\"ted ") {
		t.Errorf("%d: %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(runner, "kept.db")); err != nil {
		t.Error(err)
	}
	if said, code = steps(map[string]string{"working-directory": runner, "run": "false\necho went on"}); code != 1 || strings.Contains(said, "went on") {
		t.Errorf("a command that fails: %d, %s", code, said)
	}
}

// TestImage holds the image against the command line that it starts, and against the files that it copies.
func TestImage(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(root + "/tools/image/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	var started []string
	for line := range strings.Lines(string(content)) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "ENTRYPOINT" || words[0] == "CMD":
			var list []string
			if err := json.Unmarshal([]byte(strings.TrimPrefix(strings.TrimSpace(line), words[0])), &list); err != nil {
				t.Errorf("%s: %v", line, err)
			}
			started = append(started, list...)
		case words[0] == "COPY" && !strings.HasPrefix(words[1], "--"):
			for _, name := range words[1 : len(words)-1] {
				if _, err := os.Stat(filepath.Join(root, name)); err != nil {
					t.Error(err)
				}
			}
		}
	}
	const want = "terraform-provider-azuremedia rehearsal exec -- sh -c terraform init && terraform test"
	if got := strings.Join(started, " "); got != want {
		t.Fatalf("the image starts %s", got)
	}
	if found, _, err := command.New().Find(started[2:]); err != nil || found.Name() != "exec" {
		t.Errorf("%v, %v", found, err)
	}
}
