// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package arrows_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

const (
	root   = "../.."
	config = ".golangci.yml"
	module = "github.com/azuremedia/terraform-provider-azuremedia"
)

// list is a rule of depguard: an import that begins with a text of Deny is forbidden in Files,
// unless a longer text of Allow begins it as well.
type list struct {
	Mode  string   `yaml:"list-mode"`
	Files []string `yaml:"files"`
	Allow []string `yaml:"allow"`
	Deny  []struct {
		Package string `yaml:"pkg"`
	} `yaml:"deny"`
}

// finding is an import that a rule forbids.
type finding struct{ File, Import, Rule string }

// TestEveryRuleBites copies the folders of this project, with two files in each that import
// everything that any rule mentions: one of the package and one of its tests. The linter has to
// report each import that a rule forbids there, and no other.
func TestEveryRuleBites(t *testing.T) {
	t.Parallel()
	linter := os.Getenv("GOLANGCI_LINT")
	if linter == "" {
		t.Skip("GOLANGCI_LINT does not name the golangci-lint to run: make test sets it")
	}
	rules := readRules(t)
	folders := foldersWithGo(t)
	imports := importsOf(rules)
	copied := t.TempDir()
	plant(t, copied, folders, imports)

	var want []finding
	for name, rule := range rules {
		bites := map[string]bool{}
		for _, folder := range folders {
			for _, file := range []string{"planted.go", "planted_test.go"} {
				file = path.Join(folder, file)
				for _, imported := range imports {
					if denied := rule.denies(copied+"/"+file, imported); denied != "" {
						want = append(want, finding{file, imported, name})
						bites[denied] = true
					}
				}
			}
		}
		for _, denied := range rule.Deny {
			if !bites[denied.Package] {
				t.Errorf("rule %s denies %s in no folder of this project", name, denied.Package)
			}
		}
	}
	got := lint(t, linter, copied)
	byFile := func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Import, b.Import), cmp.Compare(a.Rule, b.Rule))
	}
	slices.SortFunc(want, byFile)
	slices.SortFunc(got, byFile)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("forbidden imports (-want +reported):\n%s", diff)
	}
}

// Every rule speaks of folders that are there: a pattern with a mistake, or the path of a package
// that has moved, guards nothing.
func TestEveryRuleSpeaksOfFolders(t *testing.T) {
	t.Parallel()
	folders := foldersWithGo(t)
	for name, rule := range readRules(t) {
		if rule.Mode != "lax" {
			t.Errorf("rule %s has list-mode %q: this test knows lax alone", name, rule.Mode)
		}
		for _, pattern := range rule.Files {
			if pattern = strings.TrimPrefix(pattern, "!"); pattern == "$test" {
				continue
			}
			matches := func(folder string) bool {
				return glob(pattern).MatchString("/" + folder + "/planted.go")
			}
			if !slices.ContainsFunc(folders, matches) {
				t.Errorf("rule %s: no folder of this project has files that match %s", name, pattern)
			}
			named, _, _ := strings.Cut(strings.TrimPrefix(pattern, "**/"), "/*")
			if slices.Contains(folders, named) && !matches(named) {
				t.Errorf("rule %s: %s does not match the files of %s itself", name, pattern, named)
			}
		}
		for _, denied := range rule.Deny {
			own, ok := strings.CutPrefix(denied.Package, module+"/")
			within := func(folder string) bool { return strings.HasPrefix(folder+"/", own+"/") }
			if ok && !slices.ContainsFunc(folders, within) {
				t.Errorf("rule %s denies %s, which is no package of this project", name, denied.Package)
			}
		}
	}
}

func readRules(t *testing.T) map[string]list {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, config))
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Linters struct {
			Enable   []string `yaml:"enable"`
			Settings struct {
				Depguard struct {
					Rules map[string]list `yaml:"rules"`
				} `yaml:"depguard"`
			} `yaml:"settings"`
		} `yaml:"linters"`
	}
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	rules := read.Linters.Settings.Depguard.Rules
	if len(rules) == 0 || !slices.Contains(read.Linters.Enable, "depguard") {
		t.Fatalf("%s does not enable depguard, or gives it no rules", config)
	}
	return rules
}

// foldersWithGo returns the folders of the module with Go files that are no tests.
func foldersWithGo(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != root {
			_, err := os.Stat(filepath.Join(name, "go.mod"))
			if err == nil || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" {
				return filepath.SkipDir
			}
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			folder, err := filepath.Rel(root, filepath.Dir(name))
			found[filepath.ToSlash(folder)] = true
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

// importsOf returns an import for each one that a rule mentions. Of this project's own packages, it
// is a folder beneath that nobody else has: packages that import each other would not build.
func importsOf(rules map[string]list) []string {
	found := map[string]bool{"fmt": true}
	for _, rule := range rules {
		for _, allowed := range rule.Allow {
			found[leaf(allowed)] = true
		}
		for _, denied := range rule.Deny {
			found[leaf(denied.Package)] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func leaf(imported string) string {
	if strings.HasPrefix(imported, module) {
		return imported + "/planted"
	}
	return imported
}

// denies returns the longest text that forbids the import in the file, or "".
func (l list) denies(file, imported string) string {
	if !l.covers(file) {
		return ""
	}
	longest := ""
	for _, denied := range l.Deny {
		if strings.HasPrefix(imported, denied.Package) && len(denied.Package) > len(longest) {
			longest = denied.Package
		}
	}
	for _, allowed := range l.Allow {
		if strings.HasPrefix(imported, allowed) && len(allowed) > len(longest) {
			return ""
		}
	}
	return longest
}

// covers reports whether the rule is about a file.
func (l list) covers(file string) bool {
	var in, out []string
	for _, pattern := range l.Files {
		if pattern, not := strings.CutPrefix(pattern, "!"); not {
			out = append(out, pattern)
		} else {
			in = append(in, pattern)
		}
	}
	matches := func(pattern string) bool {
		if pattern == "$test" {
			return strings.HasSuffix(file, "_test.go")
		}
		return glob(pattern).MatchString(file)
	}
	return (len(in) == 0 || slices.ContainsFunc(in, matches)) && !slices.ContainsFunc(out, matches)
}

// glob returns the pattern as depguard reads it: * stands for anything but a slash, ** for anything.
func glob(pattern string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*\*`, ".*", `\*`, "[^/]*").Replace(quoted)
	return regexp.MustCompile("^" + quoted + "$")
}

// plant writes a module with the planted files, and with all that they import.
func plant(t *testing.T, copied string, folders, imports []string) {
	t.Helper()
	goMod := "module " + module + "\n\ngo 1.26\n"
	for i, imported := range imports {
		switch domain, _, _ := strings.Cut(imported, "/"); {
		case strings.HasPrefix(imported, module):
			write(t, copied, strings.TrimPrefix(imported, module+"/"), "leaf.go", "package planted\n")
		case strings.Contains(domain, "."): // another module
			version := "v0.0.0"
			if major := regexp.MustCompile(`/(v\d+)$`).FindStringSubmatch(imported); major != nil {
				version = major[1] + ".0.0"
			}
			folder := fmt.Sprintf("modules/%d", i)
			goMod += fmt.Sprintf("require %s %s\nreplace %[1]s => ./%[3]s\n", imported, version, folder)
			write(t, copied, folder, "go.mod", "module "+imported+"\n")
			write(t, copied, folder, "leaf.go", "package planted\n")
		}
	}
	write(t, copied, ".", "go.mod", goMod)
	text := "package planted\n\nimport (\n"
	for _, imported := range imports {
		text += fmt.Sprintf("\t_ %q\n", imported)
	}
	text += ")\n"
	for _, folder := range folders {
		write(t, copied, folder, "planted.go", text)
		write(t, copied, folder, "planted_test.go", text)
	}
	rules, err := os.ReadFile(filepath.Join(root, config))
	if err != nil {
		t.Fatal(err)
	}
	write(t, copied, ".", config, string(rules))
}

func write(t *testing.T, copied, folder, name, text string) {
	t.Helper()
	folder = filepath.Join(copied, folder)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// lint runs the linter and returns what depguard reports.
func lint(t *testing.T, linter, copied string) []finding {
	t.Helper()
	command := exec.CommandContext(t.Context(), linter, "run", "--enable-only", "depguard",
		"--uniq-by-line=false", "--output.json.path", "stdout", "--show-stats=false", "./...")
	command.Dir = copied
	command.Env = append(os.Environ(), "GOLANGCI_LINT_CACHE="+t.TempDir(), "GOFLAGS=-mod=mod", "GOWORK=off")
	var failure strings.Builder
	command.Stderr = &failure
	output, _ := command.Output() // it fails because it reports
	var report struct {
		Issues []struct {
			FromLinter, Text string
			Pos              struct {
				Filename string
				Line     int
			}
		}
	}
	if err := json.Unmarshal(output, &report); err != nil {
		t.Fatalf("reading what %s reports: %v\n%s%s", linter, err, output, failure.String())
	}
	message := regexp.MustCompile(`^import '(.+)' is not allowed from list '(.+?)'`)
	var found []finding
	for _, issue := range report.Issues {
		parts := message.FindStringSubmatch(issue.Text)
		if issue.FromLinter != "depguard" || parts == nil {
			t.Fatalf("%s:%d: %s: %s", issue.Pos.Filename, issue.Pos.Line, issue.FromLinter, issue.Text)
		}
		found = append(found, finding{filepath.ToSlash(issue.Pos.Filename), parts[1], parts[2]})
	}
	return found
}
