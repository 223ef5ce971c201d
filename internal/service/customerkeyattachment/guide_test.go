// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// guide is what the registry shows about recovering keys.
const guide = "../../../templates/guides/recovery.md"

// TestGuide does what the guide says, section by section: its requests bring the loss about, a plan
// prints what the guide has word for word, and the guide's command is the one that the plan tells.
func TestGuide(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, d := range drills() {
		name, _, _ := strings.Cut(d.name, ", and there is a backup")
		if told[name] {
			continue
		}
		told[name] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			section := sectionOf(t, string(text), name)
			w := newWorld(t)
			if d.arrange != nil {
				d.arrange(&w)
			}
			made := w.Proto().Create(attachment, w.config())
			w.rehearse(t, block(t, section, "**Rehearse it**", "sh"))

			diags := w.Proto().Plan(attachment, made, w.config()).Diagnostics
			if len(diags) != 1 {
				t.Fatal(diags.Text())
			}
			printed := "Warning: " + diags[0].Summary + " with " + attachment + ".media, " + diags[0].Detail
			if got, want := plain(block(t, section, "**Symptom**", "text")), plain(printed); got != want {
				t.Errorf("the guide has\n%s\na plan prints\n%s", got, want)
			}
			if !strings.Contains(section, "Run this, and plan again:") {
				return // Nothing is documented that would bring the key back.
			}
			remedy := strings.TrimSpace(block(t, section, "Run this, and plan again:", "sh"))
			remedy = placeholder.ReplaceAllString(regexp.QuoteMeta(plain(remedy)), `\S+`)
			if !regexp.MustCompile(remedy).MatchString(plain(diags[0].Detail)) {
				t.Errorf("a plan does not tell to run\n%s", remedy)
			}
		})
	}
}

// placeholder is a word of a command that the reader fills in.
var placeholder = regexp.MustCompile(`VERSION|PRINCIPAL_ID|VAULT_ID`)

func sectionOf(t *testing.T, text, name string) string {
	t.Helper()
	_, after, found := strings.Cut(text, "\n## "+name+"\n")
	if !found {
		t.Fatalf("the guide has no section %q", name)
	}
	section, _, _ := strings.Cut(after, "\n## ")
	return section
}

// block is the first fenced block of a language after a heading.
func block(t *testing.T, section, heading, language string) string {
	t.Helper()
	_, after, found := strings.Cut(section, heading)
	_, after, fenced := strings.Cut(after, "```"+language+"\n")
	content, _, closed := strings.Cut(after, "```")
	if !found || !fenced || !closed {
		t.Fatalf("no %s after %q", language, heading)
	}
	return content
}

// invented is what Azure makes up.
var invented = regexp.MustCompile(`[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}`)

// plain is a text without line breaks, and with nothing in it that Azure makes up.
func plain(text string) string {
	return strings.Join(strings.Fields(invented.ReplaceAllString(text, "ID")), " ")
}

// rehearse runs the commands of rehearsal in a block.
func (w *world) rehearse(t *testing.T, commands string) {
	t.Helper()
	access := w.Rehearsal().Access()
	// Version and assignment differ from one rehearsal to the next.
	known := strings.NewReplacer("VERSION", version(w.key), "PRINCIPAL_ID", w.principal(),
		"TENANT_ID", access.TenantID, "ASSIGNMENT_ID", w.assignment)
	commands = strings.ReplaceAll(commands, "\\\n", " ")
	for line := range strings.Lines(strings.TrimSpace(commands)) {
		words := regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(line, -1)
		for i := range words {
			words[i] = known.Replace(strings.Trim(words[i], `'"`))
		}
		switch {
		case len(words) == 4 && words[2] == "advance" && words[3] == "90d":
			w.Advance(retention)
		case (len(words) == 5 || len(words) == 7 && words[5] == "--body") && words[2] == "request":
			question := rehearsal.Question{Method: words[3], URL: words[4]}
			if len(words) == 7 {
				question.Body = json.RawMessage(words[6])
			}
			answer, err := w.Rehearsal().Ask(t.Context(), question)
			if err != nil || answer.Status >= 300 {
				t.Fatalf("%s: %d %s, %v", line, answer.Status, answer.Body, err)
			}
		default:
			t.Fatalf("nobody knows how to run %q", line)
		}
	}
}
