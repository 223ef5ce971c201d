// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

// run runs the command and returns what it prints.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var output bytes.Buffer
	root := command.New()
	root.SetArgs(args)
	root.SetOut(&output)
	root.SetErr(io.Discard)
	err := root.ExecuteContext(t.Context())
	return output.String(), err
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	output, err := run(t, args...)
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return output
}

// file makes a rehearsal in a data file.
func file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data")
	azure, err := rehearsal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := azure.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// serve runs the command that serves, until the test ends, and returns what it says when it is
// ready.
func serve(t *testing.T, args ...string) server.Ready {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	serving := command.New()
	serving.SetArgs(append([]string{"serve"}, args...))
	serving.SetOut(writer)
	serving.SetErr(io.Discard)
	ended := make(chan error, 1)
	go func() {
		err := serving.ExecuteContext(ctx)
		_ = writer.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	var ready server.Ready
	decoder := json.NewDecoder(reader)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&ready); err != nil {
		t.Fatalf("the line that says that it is ready: %v", err)
	}
	return ready
}

// targets are the two ways to name a rehearsal, which make no difference.
func targets(t *testing.T) map[string][]string {
	t.Helper()
	return map[string][]string{
		"a data file": {"--data", file(t)},
		"a server":    {"--control", serve(t).Control},
	}
}

func TestServe_saysWhenItIsReady(t *testing.T) {
	t.Parallel()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	data := file(t)
	ready := serve(t, "--listen", "127.0.0.1:0", "--data", data, "--ca-file", ca, "--loopback-uris")
	if ready.CAFile != ca || !strings.HasPrefix(ready.ResourceManager, "https://localhost:") ||
		ready.AuthorityHost != ready.ResourceManager || !strings.HasPrefix(ready.Control, "http://127.0.0.1:") {
		t.Errorf("ready: %+v", ready)
	}
	// The file can be driven while it is served.
	if output := must(t, "show", "--data", data, "-o", "json"); !strings.Contains(output, ready.SubscriptionID) {
		t.Errorf("show: %s", output)
	}
}

func TestServe_hasTheSubscriptionsThatAreNamed(t *testing.T) {
	t.Parallel()
	const second, third = "aaaaaaaa-0000-0000-0000-000000000002", "aaaaaaaa-0000-0000-0000-000000000003"
	ready := serve(t, "--subscription", second, "--subscription", third)
	listed := must(t, "request", "GET", "/subscriptions?api-version=2021-04-01", "--control", ready.Control)
	for _, id := range []string{ready.SubscriptionID, second, third} {
		if !strings.Contains(listed, `"subscriptionId": "`+id+`"`) {
			t.Errorf("lacks %s: %s", id, listed)
		}
	}
}

func TestServe_refuses(t *testing.T) {
	t.Parallel()
	for words, args := range map[string][]string{
		"this machine only":       {"serve", "--listen", "0.0.0.0:8443"},
		"takes no arguments":      {"serve", "now"},
		"unknown flag: --prot":    {"serve", "--prot", "1"},
		"reading the address":     {"serve", "--listen", "nowhere"},
		"opening rehearsal":       {"serve", "--data", t.TempDir()},
		"not a GUID":              {"serve", "--subscription", "security"},
		"writing the CA file":     {"serve", "--ca-file", filepath.Join(t.TempDir(), "no", "ca.pem")},
		`there is no command "x"`: {"x"},
	} {
		if output, err := run(t, args...); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v: %s, %v", args, output, err)
		}
	}
}

func TestAdvance(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := func() time.Time {
				var state rehearsal.State
				if err := json.Unmarshal([]byte(must(t, append(at, "show", "-o", "json")...)), &state); err != nil {
					t.Fatal(err)
				}
				return state.Time
			}
			before := read()
			output := must(t, append([]string{"advance", "30d"}, at...)...)
			passed := read().Sub(before)
			if !strings.Contains(output, "It is now ") || passed < 30*24*time.Hour || passed > 30*24*time.Hour+time.Minute {
				t.Errorf("%s: passed %v", output, passed)
			}
			for words, args := range map[string][]string{
				"needs how far, such as 6h": {"advance"},
				"is not a duration":         {"advance", "soon"},
				"\"d\" is not a duration":   {"advance", "d"},
				"time only moves forward":   {"advance", "--", "-6h"},
			} {
				if _, err := run(t, append(at, args...)...); err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("%v: %v", args, err)
				}
			}
		})
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output := must(t, append(at, "show")...)
			for _, want := range []string{"Time ", "Tenant ", "TYPE ", "Microsoft.Resources/subscriptions"} {
				if !strings.Contains(output, want) {
					t.Errorf("%q is missing from\n%s", want, output)
				}
			}
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := func(args ...string) string { return must(t, append(append([]string{"faults"}, at...), args...)...) }
			if got := faults("list"); got != "There are no faults.\n" {
				t.Errorf("list: %s", got)
			}
			added := faults("add", "throttle", "--method", "put", "--path", "*/toys/*", "--host", "*.net",
				"--retry-after", "2s", "--skip", "1", "--times", "3")
			const want = "throttle 429 retry after 2s on PUT to *.net at */toys/* after 1 3 times"
			if added != "Added fault 1: "+want+".\n" {
				t.Errorf("add: %s", added)
			}
			var written fault.Fault
			if err := json.Unmarshal([]byte(faults("add", "error", "--status", "503", "--code", "Busy",
				"--message", "Later.", "--expression", "toys$", "--times", "-1", "-o", "json")), &written); err != nil {
				t.Fatal(err)
			}
			if written.Status != 503 || written.Code != "Busy" || written.Expression != "toys$" || written.ID != "2" {
				t.Errorf("add --json: %+v", written)
			}
			faults("add", "delayed-grants", "--delay", "10m")
			listed := faults("list")
			for _, line := range []string{want, "error 503 Busy on any request at /toys$/ every time", "delayed-grants by 10m"} {
				if !strings.Contains(listed, line) {
					t.Errorf("%q is missing from\n%s", line, listed)
				}
			}
			var all []fault.Fault
			if err := json.Unmarshal([]byte(faults("list", "-o", "json")), &all); err != nil || len(all) != 3 {
				t.Errorf("list --json: %v, %v", all, err)
			}
			if got := faults("clear", "1"); got != "Removed 1.\n" {
				t.Errorf("clear 1: %s", got)
			}
			if got := faults("clear"); got != "Removed 2.\n" {
				t.Errorf("clear: %s", got)
			}
			for words, args := range map[string][]string{
				"lost-answer":     {"add"},
				`no fault "fire"`: {"add", "fire"},
				`no fault "9"`:    {"clear", "9"},
			} {
				args = append(append([]string{"faults"}, at...), args...)
				if _, err := run(t, args...); err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("%v: %v", args, err)
				}
			}
			if help := faults(); !strings.Contains(help, "Inject faults") {
				t.Errorf("help: %s", help)
			}
		})
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	path := file(t)
	azure, err := rehearsal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	request, err := newRequest(t, "https://management.azure.com/subscriptions?api-version=2022-12-01&sig=secret")
	if err != nil {
		t.Fatal(err)
	}
	response, err := azure.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	odd, err := newRequest(t, "https://elsewhere.example/")
	if err != nil {
		t.Fatal(err)
	}
	if response, err = azure.RoundTrip(odd); err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	output := must(t, "journal", "--data", path)
	for _, want := range []string{
		"GET", "management.azure.com/subscriptions (2022-12-01)", "401 AuthenticationFailed",
		`unknown host "elsewhere.example"`,
	} {
		if !strings.Contains(output, want) {
			t.Errorf("%q is missing from\n%s", want, output)
		}
	}
	var entries []engine.Entry
	if err := json.Unmarshal([]byte(must(t, "journal", "--data", path, "-o", "json")), &entries); err != nil || len(entries) != 2 {
		t.Errorf("--json: %v, %v", entries, err)
	}
	if strings.Contains(output, "secret") {
		t.Errorf("a signature: %s", output)
	}
}

func TestPrincipals(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			principals := func(args ...string) string {
				return must(t, append(append([]string{"principals"}, at...), args...)...)
			}
			var access rehearsal.Access
			if err := json.Unmarshal([]byte(principals("add", "guest")), &access); err != nil || access.ClientSecret == "" {
				t.Errorf("add: %+v, %v", access, err)
			}
			if list := principals("list"); !strings.Contains(list, "guest") || !strings.Contains(list, access.ClientID) {
				t.Errorf("list: %s", list)
			}
			if list := principals("list", "-o", "json"); !strings.Contains(list, access.ObjectID) || strings.Contains(list, access.ClientSecret) {
				t.Errorf("list --json: %s", list)
			}
			if help := principals(); !strings.Contains(help, "managed identities") {
				t.Errorf("help: %s", help)
			}
		})
	}
}

func TestEnv(t *testing.T) {
	t.Parallel()
	ready := serve(t)
	output := must(t, "env", "--control", ready.Control)
	for _, want := range []string{
		"export ARM_METADATA_HOSTNAME='" + strings.TrimPrefix(ready.ResourceManager, "https://") + "'",
		"export ARM_CLIENT_SECRET='" + ready.ClientSecret + "'",
		"export ARM_RESOURCE_MANAGER_ENDPOINT='" + ready.ResourceManager + "'",
		"export AZURE_TENANT_ID='" + ready.TenantID + "'",
		"export SSL_CERT_FILE='" + ready.CABundle + "'",
		"export NODE_EXTRA_CA_CERTS='" + ready.CABundle + "'",
		"export REQUESTS_CA_BUNDLE='" + ready.CABundle + "'",
		"export HTTPS_PROXY='" + ready.Proxy + "'",
	} {
		if !strings.Contains(output, want+"\n") {
			t.Errorf("%s is missing from\n%s", want, output)
		}
	}
	if _, err := run(t, "env", "--shell", "csh", "--control", ready.Control); err == nil ||
		!strings.Contains(err.Error(), "write bash, dotenv, fish, github, powershell") {
		t.Errorf("an unknown shell: %v", err)
	}
}

// Every shell reads the value that is meant, even one that is full of what shells interpret.
func TestEnv_quotes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(filepath.Dir(file(t)), `o'data $HOME "x" \ #`)
	if _, err := rehearsal.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(path)
	for shell, want := range map[string][]string{
		"bash":       {"export ARM_ENVIRONMENT='rehearsal'", "export AZUREMEDIA_REHEARSAL_FILE='" + folder + `/o'\''data $HOME "x" \ #'`},
		"fish":       {"set -gx ARM_ENVIRONMENT 'rehearsal'", "set -gx AZUREMEDIA_REHEARSAL_FILE '" + folder + `/o\'data $HOME "x" \\ #'`},
		"powershell": {"$Env:ARM_ENVIRONMENT = 'rehearsal'", "$Env:AZUREMEDIA_REHEARSAL_FILE = '" + folder + `/o''data $HOME "x" \ #'`},
		"github":     {"ARM_ENVIRONMENT=rehearsal", "AZUREMEDIA_REHEARSAL_FILE=" + path},
		"dotenv":     {"ARM_ENVIRONMENT=rehearsal", `AZUREMEDIA_REHEARSAL_FILE="` + folder + `/o'data \$HOME \"x\" \\ #"`},
	} {
		lines := strings.Split(must(t, "env", "--data", path, "--shell", shell), "\n")
		for _, line := range want {
			if !slices.Contains(lines, line) {
				t.Errorf("%s: %s is missing from\n%s", shell, line, strings.Join(lines, "\n"))
			}
		}
	}
	var values map[string]string
	if err := json.Unmarshal([]byte(must(t, "env", "--data", path, "-o", "json")), &values); err != nil ||
		values["AZUREMEDIA_REHEARSAL_FILE"] != path {
		t.Errorf("-o json: %v, %v", values, err)
	}
}

func TestTarget_isNamedOrFound(t *testing.T) {
	path := file(t)
	t.Chdir(t.TempDir())
	for words, args := range map[string][]string{
		"which rehearsal?":                   {"show"},
		"there is no rehearsal in nowhere":   {"show", "--data", "nowhere"},
		"there is no rehearsal in elsewhere": {"env", "--data", "elsewhere"},
		"reading the control URL":            {"env", "--control", "nonsense"},
		"reading the control":                {"show", "--control", "nonsense"},
		"write one of them":                  {"show", "--control", "x", "--data", "y"},
		"which rehearsal":                    {"env"},
		"asking the control interface":       {"env", "--control", "http://127.0.0.1:1"},
	} {
		if _, err := run(t, args...); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if _, err := os.Stat("nowhere"); err == nil {
		t.Error("a rehearsal was made where one was asked for")
	}

	t.Setenv("AZUREMEDIA_REHEARSAL_FILE", path)
	must(t, "show")
	ready := serve(t)
	t.Setenv("AZUREMEDIA_REHEARSAL_CONTROL", ready.Control)
	if output := must(t, "show"); !strings.Contains(output, ready.TenantID) {
		t.Errorf("the server's variable does not come first: %s", output)
	}
	t.Setenv("AZUREMEDIA_REHEARSAL_FILE", "")
	t.Setenv("AZUREMEDIA_REHEARSAL_CONTROL", "")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(".azuremedia-rehearsal.db", content, 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "show")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	if output := must(t); !strings.Contains(output, "serve") || !strings.Contains(output, "--control URL") {
		t.Errorf("help: %s", output)
	}
	if output := must(t, "faults", "add", "--help"); !strings.Contains(output, "fail-operation") {
		t.Errorf("help: %s", output)
	}
}

func newRequest(t *testing.T, url string) (*http.Request, error) {
	t.Helper()
	return http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
}
