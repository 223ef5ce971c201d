// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package commandline_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/commandline"
)

// outcome is what became of the program.
type outcome struct {
	code           int
	stdout, stderr string
	served         []bool // whether to a debugger
}

func run(t *testing.T, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	var o outcome
	o.code = commandline.Program{
		Version: commandline.VersionOf("1.2.3", nil),
		Serve:   func(debug bool) error { o.served = append(o.served, debug); return nil },
		Args:    append([]string{"/somewhere/azuremedia"}, args...),
		Stdin:   strings.NewReader(""), Stdout: &out, Stderr: &errs,
	}.Run(t.Context())
	o.stdout, o.stderr = out.String(), errs.String()
	return o
}

func TestRun_servesTheProviderToTerraform(t *testing.T) {
	t.Setenv("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
	if got := run(t); len(got.served) != 1 || got.served[0] || got.code != 0 || got.stdout+got.stderr != "" {
		t.Errorf("with Terraform's cookie: %+v", got)
	}
	// A command of a person whose environment has the cookie stays a command.
	if got := run(t, "version"); len(got.served) != 0 || got.code != 0 {
		t.Errorf("version: %+v", got)
	}
}

func TestRun_servesTheProviderToADebugger(t *testing.T) {
	for _, flag := range []string{"-debug", "--debug", "-debug=true"} {
		if got := run(t, flag); len(got.served) != 1 || !got.served[0] || got.code != 0 {
			t.Errorf("%s: %+v", flag, got)
		}
	}
}

func TestRun_saysWhatItIsToAPerson(t *testing.T) {
	got := run(t)
	if got.code != 2 || got.stdout != "" || len(got.served) != 0 {
		t.Errorf("%+v", got)
	}
	for _, want := range []string{"This is a Terraform provider", "terraform init", "azuremedia rehearsal --help", "completion"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("%q is missing from\n%s", want, got.stderr)
		}
	}
}

func TestRun_commands(t *testing.T) {
	for words, args := range map[string][]string{
		"This is a Terraform provider":              {"help"},
		"--debug":                                   {"-help"},
		"azuremedia 1.2.3 (go1":                     {"--version"},
		"azuremedia 1.2.3 (go":                      {"-version"},
		"azuremedia 1.2.3 (":                        {"version"},
		`"version": "1.2.3"`:                        {"version", "-o", "json"},
		"Move a rehearsal's clock forward and":      {"help", "rehearsal", "advance"},
		"azuremedia rehearsal advance DURATION":     {"rehearsal", "advance", "--help"},
		"bash completion V2 for azuremedia":         {"completion", "bash"},
		"#compdef azuremedia":                       {"completion", "zsh"},
		"fish completion for azuremedia":            {"completion", "fish"},
		"powershell completion for azuremedia":      {"completion", "powershell"},
		"throttle\n":                                {"__complete", "rehearsal", "faults", "add", "thr"},
		"json\n":                                    {"__complete", "rehearsal", "show", "-o", ""},
		"advance\tMove a rehearsal's clock forward": {"__complete", "help", "rehearsal", "a"},
	} {
		if got := run(t, args...); got.code != 0 || !strings.Contains(got.stdout, words) {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

func TestRun_refusesInOneLine(t *testing.T) {
	t.Chdir(t.TempDir())
	for words, args := range map[string][]string{
		"there is no command \"rehearse\": write `azuremedia rehearsal`":                    {"rehearse"},
		"there is no command \"shwo\": write `azuremedia rehearsal show`":                   {"rehearsal", "shwo"},
		"there is no command \"lst\": write `azuremedia rehearsal faults list`":             {"rehearsal", "faults", "lst"},
		"there is no command \"nothing\": `azuremedia rehearsal --help` lists the commands": {"rehearsal", "nothing"},
		"there is no command \"serv\": write `azuremedia rehearsal serve`":                  {"help", "rehearsal", "serv"},
		"unknown flag: --dta: write --data":                                                 {"rehearsal", "show", "--dta", "x"},
		"unknown flag: --nonsense: `azuremedia rehearsal show --help` lists the flags":      {"rehearsal", "show", "--nonsense"},
		"write text or json": {"rehearsal", "show", "-o", "yaml"},
		"`azuremedia rehearsal journal` takes no arguments":                       {"rehearsal", "journal", "it"},
		"needs how far, such as 6h: write `azuremedia rehearsal advance DURATION": {"rehearsal", "advance"},
		"has no place for \"6h\"":                                                 {"rehearsal", "advance", "1h", "6h"},
		"needs a URL: write `azuremedia rehearsal request METHOD URL":             {"rehearsal", "request", "GET"},
		"needs the kind of fault (":                                               {"rehearsal", "faults", "add"},
		"--control and --data each name a rehearsal: write one of them":           {"rehearsal", "show", "--control", "x", "--data", "y"},
		"--path and --expression both":                                            {"rehearsal", "faults", "add", "error", "--path", "x", "--expression", "y", "--control", "http://127.0.0.1:1"},
		"which rehearsal?":                                                        {"rehearsal", "show"},
		"\"soon\" is not a duration: write 90s":                                   {"rehearsal", "advance", "soon", "--control", "http://127.0.0.1:1"},
		"`azuremedia version` takes no arguments":                                 {"version", "now"},
		"invalid argument \"x\" for \"--times\" flag":                             {"rehearsal", "faults", "add", "error", "--times", "x"},
	} {
		got := run(t, args...)
		if got.code != 2 || !strings.Contains(got.stderr, words) || strings.Count(got.stderr, "\n") != 1 || got.stdout != "" {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

func TestRun_writesErrorsAsJSON(t *testing.T) {
	for _, args := range [][]string{
		{"rehearsal", "shwo", "-o", "json"},
		{"rehearsal", "show", "--data", "nowhere", "-o=json"},
		{"rehearsal", "show", "--output=json", "--data", "nowhere"},
		{"rehearsal", "show", "--output", "json", "--nonsense"},
		{"rehearsal", "show", "-ojson", "--control", "http://127.0.0.1:1"},
	} {
		got := run(t, args...)
		var written struct{ Error string }
		if err := json.Unmarshal([]byte(got.stderr), &written); err != nil || written.Error == "" || got.code == 0 {
			t.Errorf("%v: %+v, %v", args, got, err)
		}
	}
	if got := run(t, "rehearsal", "show", "--data", "nowhere", "--", "-o", "json"); strings.HasPrefix(got.stderr, "{") {
		t.Errorf("arguments are no flags: %+v", got)
	}
}

func TestRun_failsWithOne(t *testing.T) {
	t.Setenv("TF_PLUGIN_MAGIC_COOKIE", "x")
	var errs bytes.Buffer
	code := commandline.Program{
		Args: []string{"azuremedia"}, Stderr: &errs,
		Serve: func(bool) error { return errors.New("no terminal") },
	}.Run(t.Context())
	if code != 1 || errs.String() != "no terminal\n" {
		t.Errorf("%d, %q", code, errs.String())
	}
}

func TestVersionOf(t *testing.T) {
	for _, test := range []struct {
		linked string
		info   *debug.BuildInfo
		want   string
	}{
		{"1.2.3", nil, "1.2.3 (go"},
		{"", nil, "dev (go"},
		{"", &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "1.2.3 (go"},
		{"", &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "dev (go"},
		{"2.0.0", &debug.BuildInfo{Main: debug.Module{Version: "v0.0.0-20261128"}}, "2.0.0 (go"},
		{"2.0.0", &debug.BuildInfo{Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"},
		}}, "2.0.0 (commit 0123456789ab with changes, go"},
		{"2.0.0", &debug.BuildInfo{Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "0123"}, {Key: "vcs.modified", Value: "false"},
		}}, "2.0.0 (commit 0123, go"},
	} {
		if got := commandline.VersionOf(test.linked, test.info).String(); !strings.HasPrefix(got, test.want) {
			t.Errorf("%q, %+v: %s", test.linked, test.info, got)
		}
	}
}
