// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"
)

// TestPosture_calls counts what it costs: one call for each account, and two for a vault and one for
// a key, however many accounts share them.
var storageAccount = regexp.MustCompile(`(storageAccounts/).+`)

func TestPosture_calls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	reads := func() []string {
		t.Helper()
		proto.NextRun()
		calls := w.Calls(func() { w.posture(proto, nil) })
		for i, call := range calls {
			calls[i] = storageAccount.ReplaceAllString(call, "$1{first}") // Whichever that is.
		}
		slices.Sort(calls)
		return calls
	}
	shared := []string{"GET keys.vault.azure.net/keys/media"}
	want := func(more ...string) {
		t.Helper()
		all := append(slices.Clone(shared), more...)
		slices.Sort(all)
		if diff := cmp.Diff(all, reads()); diff != "" {
			t.Errorf("the calls differ (-want +got):\n%s", diff)
		}
	}
	vault, account := "GET Microsoft.KeyVault/vaults", "GET Microsoft.Media/mediaservices/contoso"
	want(vault, account, "GET Microsoft.Storage/storageAccounts/{first}")

	// More storage accounts on the same key: one list answers for all but the first.
	second, third := w.store("archive"), w.store("recordings")
	w.beneath(second, third)
	for _, name := range []string{"archive", "recordings"} {
		w.Grant("keys", w.storagePrincipal(name))
	}
	w.attach(second, w.following)
	w.attach(third, w.following)
	storage := []string{"GET Microsoft.Storage/storageAccounts", "GET Microsoft.Storage/storageAccounts/{first}"}
	want(append(storage, vault, account)...)

	// Roles decide: one more for each of the identities, since each has assignments of its own.
	w.UpdateVault("keys", armkeyvault.VaultPatchProperties{EnableRbacAuthorization: to.Ptr(true)})
	assignments := 0
	for _, call := range reads() {
		if strings.HasSuffix(call, "Microsoft.Authorization/roleAssignments") {
			assignments++
		}
	}
	if assignments != 4 {
		t.Errorf("role assignments were listed %d times, for 4 identities", assignments)
	}
}
