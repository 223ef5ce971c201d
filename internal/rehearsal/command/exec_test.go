// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package command_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
)

// inRehearsal is set in the process of a test that `exec` runs.
const inRehearsal = "TEST_IN_REHEARSAL"

// runsInRehearsal has `exec` run this test in a process of its own, and reports whether this is that process.
func runsInRehearsal(t *testing.T) bool {
	t.Helper()
	if os.Getenv(inRehearsal) != "" {
		return true
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(inRehearsal, "yes")
	t.Setenv("ARM_CLIENT_ID", "of a real subscription")
	t.Setenv("ARM_USE_OIDC", "true")
	t.Setenv("AZURE_CLIENT_CERTIFICATE_PATH", "/of/a/real/subscription.pem")
	t.Setenv("TF_VAR_mine", "stays")
	output, err := run(t, "exec", "--", program, "-test.run=^"+t.Name()+"$", "-test.v")
	if err != nil || !strings.Contains(output, "--- PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, output)
	}
	return false
}

// A program with Azure's SDKs, which knows nothing of rehearsal.
func TestExec_pointsTheSDKs(t *testing.T) {
	if !runsInRehearsal(t) {
		return
	}
	for name, want := range map[string]string{"ARM_USE_OIDC": "", "AZURE_CLIENT_CERTIFICATE_PATH": "", "TF_VAR_mine": "stays"} {
		if got := os.Getenv(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	credential, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		t.Fatal(err)
	}
	location, subscription := "westeurope", os.Getenv("AZURE_SUBSCRIPTION_ID")
	groups, err := armresources.NewResourceGroupsClient(subscription, credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := groups.CreateOrUpdate(t.Context(), "app", armresources.ResourceGroup{Location: &location}, nil); err != nil {
		t.Fatal(err)
	}
	vaults, err := armkeyvault.NewVaultsClient(subscription, credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	tenant, object := os.Getenv("AZURE_TENANT_ID"), os.Getenv("ARM_OBJECT_ID")
	family, sku := armkeyvault.SKUFamilyA, armkeyvault.SKUNameStandard
	create, byRole := armkeyvault.KeyPermissionsCreate, false
	_, err = vaults.BeginCreateOrUpdate(t.Context(), "app", "contoso-app", armkeyvault.VaultCreateOrUpdateParameters{
		Location: &location,
		Properties: &armkeyvault.VaultProperties{
			EnableRbacAuthorization: &byRole,
			TenantID:                &tenant, SKU: &armkeyvault.SKU{Family: &family, Name: &sku},
			AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
				TenantID: &tenant, ObjectID: &object,
				Permissions: &armkeyvault.Permissions{Keys: []*armkeyvault.KeyPermissions{&create}},
			}},
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := azkeys.NewClient("https://contoso-app.vault.azure.net", credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	kind := azkeys.KeyTypeRSA
	created, err := keys.CreateKey(t.Context(), "storage", azkeys.CreateKeyParameters{Kty: &kind}, nil)
	if err != nil || !strings.HasPrefix(string(*created.Key.KID), "https://contoso-app.vault.azure.net/keys/storage/") {
		t.Errorf("%+v, %v", created, err)
	}
}

func TestExec_pointsThisProvider(t *testing.T) {
	if !runsInRehearsal(t) {
		return
	}
	for name, block := range map[string]acctest.Value{
		"public": {},
		// A block that would have a rehearsal of its own joins this one.
		"rehearsal": {"environment": "rehearsal"},
	} {
		proto := acctest.NewProto(t, func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test")(), nil })
		if diags := proto.Configure(block); len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		group := proto.Create("azuremedia_resource_group", acctest.Value{"name": name, "location": "westeurope"})
		if id, _ := group.State["id"].(string); !strings.HasPrefix(id, "/subscriptions/"+os.Getenv("ARM_SUBSCRIPTION_ID")+"/") {
			t.Errorf("%+v", group.State)
		}
	}
}

func TestExec_pointsCurl(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip(err)
	}
	for words, address := range map[string]string{
		"The 'Authorization' header is missing": "https://management.azure.com/subscriptions?api-version=2022-12-01",
		"401":                                   "$ARM_RESOURCE_MANAGER_ENDPOINT/subscriptions?api-version=2022-12-01",
		"VaultNotFound":                         "https://none.vault.azure.net/keys",
		// What rehearsal has not, the real Azure does not get.
		"CONNECT 502": "https://account.queue.core.windows.net/",
	} {
		output, _ := run(t, "exec", "--", "sh", "-c",
			`curl --silent --show-error --write-out "%{http_code} CONNECT %{http_connect}" `+address)
		if !strings.Contains(output, words) {
			t.Errorf("%s: %s", address, output)
		}
	}
}

func TestExec_exitsAsItsCommandDoes(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	for _, test := range []struct {
		code int
		args []string
	}{
		{0, []string{"--data", data, "--", "true"}},
		{7, []string{"sh", "-c", "exit 7"}},
		{128 + 15, []string{"--", "sh", "-c", "kill -TERM $$"}},
		{127, []string{"--", "no-such-command"}},
		{127, []string{"--", "/no/such/command"}},
		{126, []string{"--", t.TempDir()}},
	} {
		_, err := run(t, append([]string{"exec"}, test.args...)...)
		code := 0
		if exited, ok := errors.AsType[*command.ExitError](err); ok {
			code = exited.Code
		} else if err != nil {
			t.Errorf("%v: %v", test.args, err)
		}
		if code != test.code {
			t.Errorf("%v: %d", test.args, code)
		}
	}
	if _, err := os.Stat(data); err != nil {
		t.Error(err)
	}
	if _, err := run(t, "exec"); err == nil || !strings.Contains(err.Error(), "write `rehearsal exec -- terraform test`") {
		t.Errorf("without a command: %v", err)
	}
}

// A signal to the program reaches the command, which ends as it likes; the program waits for it.
func TestExec_passesSignalsOn(t *testing.T) {
	if os.Getenv(inRehearsal) != "" {
		root := command.New()
		root.SetArgs([]string{"exec", "--", "sh", "-c", "trap 'echo stopping; exit 3' TERM; echo ready; while :; do sleep 0.02; done"})
		if exited, ok := errors.AsType[*command.ExitError](root.ExecuteContext(t.Context())); ok {
			os.Exit(exited.Code) //nolint:forbidigo // This process is the program.
		}
		return
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), program, "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), inRehearsal+"=yes")
	// A session of its own has no terminal.
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(time.Minute, func() { _ = syscall.Kill(-child.Process.Pid, syscall.SIGKILL) }).Stop()
	said := make([]byte, len("ready\n"))
	if _, err := io.ReadFull(output, said); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(output)
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); child.ProcessState.ExitCode() != 3 || !bytes.Contains(rest, []byte("stopping")) {
		t.Errorf("%v, %s", err, rest)
	}
}
