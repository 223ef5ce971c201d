// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

// project is a folder with a Terraform configuration and its state, the provider as a program of
// its own, and an Azure that is served on a port.
type project struct {
	t      *testing.T
	folder string
	calls  *calls
	server *server.Server
}

// buildProvider builds the provider, behind a script that takes down the number of each process.
func buildProvider(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	built, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, program),
		"github.com/azuremedia/terraform-provider-azuremedia").CombinedOutput()
	if err != nil {
		t.Fatalf("building the provider: %v\n%s", err, built)
	}
	script := "#!/bin/sh\necho $$ >> \"$PROVIDER_PROCESSES\"\nexec " + filepath.Join(folder, program) + " \"$@\"\n"
	write(t, filepath.Join(folder, "terraform-provider-azuremedia"), script, 0o700)
	write(t, filepath.Join(folder, "cli.tfrc"), fmt.Sprintf("provider_installation {\n"+
		"  dev_overrides {\n    \"azuremedia/azuremedia\" = %q\n  }\n  direct {}\n}\n", folder), 0o600)
	return folder
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

const (
	program   = "azuremedia-under-test"
	dataFile  = "azure.rehearsal"
	stateFile = "terraform.tfstate"
)

// open serves the Azure in a folder, which is left by another project or still empty.
func open(t *testing.T, folder string, calls *calls) *project {
	t.Helper()
	p := &project{t: t, folder: folder, calls: calls}
	calls.processes = filepath.Join(folder, "processes")
	started, err := server.Start(context.WithoutCancel(t.Context()), server.Options{
		Listen: "127.0.0.1:0", DataFile: filepath.Join(folder, dataFile), Around: calls.around,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.server = started
	t.Cleanup(p.close)
	return p
}

func (p *project) close() {
	if p.server != nil {
		if err := p.server.Close(); err != nil {
			p.t.Errorf("closing rehearsal: %v", err)
		}
		p.server = nil
	}
}

// copied opens a copy of a project that is closed.
func copied(t *testing.T, from string, calls *calls) *project {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{dataFile, stateFile} {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, name), string(content), 0o600)
	}
	return open(t, folder, calls)
}

// configure writes the configuration: the provider of this Azure, and what is given.
func (p *project) configure(resources string) {
	p.t.Helper()
	ready := p.server.Ready()
	write(p.t, filepath.Join(p.folder, "main.tf"), fmt.Sprintf(`
terraform {
  required_providers {
    azuremedia = { source = "azuremedia/azuremedia" }
  }
}

provider "azuremedia" {
  endpoint = {
    connect_to = %q
    ca_file    = %q
  }
}
%s`, strings.Replace(ready.ResourceManager, "https://localhost", "127.0.0.1", 1), ready.CAFile, resources), 0o600)
}

// run runs the command line, and returns what it says and its exit code.
func (p *project) run(environment []string, args ...string) (string, int) {
	p.t.Helper()
	ready := p.server.Ready()
	command := exec.CommandContext(context.WithoutCancel(p.t.Context()), p.calls.terraform, args...)
	command.Dir = p.folder
	command.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.folder, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"TF_CLI_CONFIG_FILE=" + filepath.Join(p.calls.provider, "cli.tfrc"),
		"PROVIDER_PROCESSES=" + p.calls.processes,
		"ARM_TENANT_ID=" + ready.TenantID, "ARM_SUBSCRIPTION_ID=" + ready.SubscriptionID,
		"ARM_CLIENT_ID=" + ready.ClientID, "ARM_CLIENT_SECRET=" + ready.ClientSecret,
	}, environment...)
	output, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("terraform %v: %v", args, err)
	}
	return string(output), command.ProcessState.ExitCode()
}

// apply applies, and returns what is said and whether it succeeded.
func (p *project) apply(environment ...string) (string, bool) {
	p.t.Helper()
	output, code := p.run(environment, "apply", "-auto-approve", "-input=false", "-no-color")
	return output, code == 0
}

// empty plans, and reports whether there is nothing to do.
func (p *project) empty() bool {
	p.t.Helper()
	output, code := p.run(nil, "plan", "-detailed-exitcode", "-input=false", "-no-color")
	if code == 1 {
		p.t.Fatalf("planning: %s", output)
	}
	return code == 0
}

// phase is the phase of the rotation in the state.
func (p *project) phase() string {
	p.t.Helper()
	content, err := os.ReadFile(filepath.Join(p.folder, stateFile))
	if err != nil {
		p.t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Instances []struct {
				Attributes struct {
					Phase string `json:"phase"`
				} `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(content, &state); err != nil {
		p.t.Fatal(err)
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if phase := instance.Attributes.Phase; phase != "" {
				return phase
			}
		}
	}
	return ""
}

// edit changes the resources in the state.
func (p *project) edit(change func(resource map[string]any)) {
	p.t.Helper()
	file := filepath.Join(p.folder, stateFile)
	content, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	var state map[string]any
	if err := json.Unmarshal(content, &state); err != nil {
		p.t.Fatal(err)
	}
	for _, resource := range state["resources"].([]any) {
		change(resource.(map[string]any))
	}
	if content, err = json.Marshal(state); err != nil {
		p.t.Fatal(err)
	}
	write(p.t, file, string(content), 0o600)
}

// advance lets time pass, an hour at a time, and looks at the invariants after each.
func (p *project) advance(hours int) {
	p.t.Helper()
	for range hours {
		if err := p.server.Azure().Advance(context.WithoutCancel(p.t.Context()), time.Hour); err != nil {
			p.t.Fatal(err)
		}
		p.calls.look()
	}
}

// calls are the calls of the provider to a served Azure, in their order. The process that makes
// a certain one can be killed, before it takes effect or after.
type calls struct {
	t         *testing.T
	terraform string // the command line,
	provider  string // the folder of the provider,
	processes string // and the file with the numbers of its processes
	// probe is called after each call: it fails the test where an invariant does not hold.
	probe func()

	mu     sync.Mutex
	made   []string
	killAt occurrence
	after  bool
	killed string
}

func (c *calls) around(azure http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.made = append(c.made, named(r))
		kills := c.kills(named(r))
		if kills {
			c.killed = named(r)
		}
		c.mu.Unlock()
		if !kills {
			azure.ServeHTTP(w, r)
			c.look()
			return
		}
		if c.after {
			azure.ServeHTTP(discarded{}, r)
		}
		c.kill()
		<-r.Context().Done() // The connection ends with the process.
		c.look()
		panic(http.ErrAbortHandler)
	})
}

// take returns the calls that were made since it was called before.
func (c *calls) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := c.made
	c.made = nil
	return made
}

// lastKilled is the call that a process was killed at.
func (c *calls) lastKilled() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.killed
}

// occurrence is a call, and how many of its name come until it: those of different names are made at once.
type occurrence struct {
	call  string
	count int
}

// occurrenceOf returns the occurrence of the call with the index.
func occurrenceOf(made []string, i int) occurrence {
	found := occurrence{call: made[i]}
	for _, call := range made[:i+1] {
		if call == found.call {
			found.count++
		}
	}
	return found
}

// kills reports whether the call that was just made is the one to kill the process at.
func (c *calls) kills(call string) bool {
	if call == c.killAt.call {
		c.killAt.count--
	}
	return call == c.killAt.call && c.killAt.count == 0
}

// killIn has the process killed at an occurrence, counted from here; the zero value is never.
func (c *calls) killIn(at occurrence) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.killAt = at
}

// named says which call a request is: "POST regenerateKey".
func named(r *http.Request) string {
	parts := strings.Split(strings.TrimSuffix(r.URL.Path, "/"), "/")
	last := parts[len(parts)-1]
	if r.Method == http.MethodGet && len(parts) > 2 {
		last = parts[len(parts)-2] + "/" + last
	}
	return r.Method + " " + last
}

// kill kills the provider's processes that are still running.
func (c *calls) kill() {
	content, err := os.ReadFile(c.processes)
	if err != nil {
		c.t.Error(err)
		return
	}
	for line := range strings.Lines(string(content)) {
		number, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			c.t.Error(err)
			continue
		}
		// Those of earlier commands have ended, and their numbers may be others' by now.
		running, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", number))
		if err == nil && filepath.Base(running) == program && filepath.Dir(running) == c.provider {
			if err := syscall.Kill(number, syscall.SIGKILL); err != nil {
				c.t.Error(err)
			}
		}
	}
}

func (c *calls) look() {
	if c.probe != nil {
		c.probe()
	}
}

// discarded is an answer that nobody gets.
type discarded struct{}

func (discarded) Header() http.Header               { return http.Header{} }
func (discarded) Write(content []byte) (int, error) { return len(content), nil }
func (discarded) WriteHeader(int)                   {}

// ground is the media account "contoso" and the storage account of that name beneath it.
const ground = `
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_storage_account" "test" {
  name                = "contoso"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location
}

resource "azuremedia_account" "test" {
  name                = "contoso"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location
  storage_accounts    = [{ id = azuremedia_storage_account.test.id, is_primary = true }]
}
`

// vault is a vault in which the provider may set secrets.
const vault = `
resource "azuremedia_key_vault" "test" {
  name                         = "contoso-kv"
  resource_group_name          = azuremedia_resource_group.test.name
  location                     = azuremedia_resource_group.test.location
  caller_secret_access_enabled = true
}
`

// rotating is a rotation of the keys of the media account "contoso".
func rotating(subscription, trigger, more string) string {
	group := "/subscriptions/" + subscription + "/resourceGroups/" + fixture.Group
	return fmt.Sprintf(`
resource "azuremedia_storage_key_rotation" "test" {
  storage_account_id  = "%[1]s/providers/Microsoft.Storage/storageAccounts/contoso"
  dependent_ids       = ["%[1]s/providers/Microsoft.Media/mediaservices/contoso"]
  rotate_when_changed = { n = %[2]q }
  %[3]s
}
`, group, trigger, more)
}
