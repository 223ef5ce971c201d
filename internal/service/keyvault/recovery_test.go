// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const (
	willBeRecovered = `WARNING: Key Vault Will Be Recovered
The vault ID was deleted and is still recoverable. This apply recovers it, with its keys and access policies, instead of creating a new one, and then updates it to match the configuration.
AttributeName("name")
`
	wasRecovered = `WARNING: Key Vault Recovered
The vault ID had been deleted and was still recoverable. It was recovered, with its keys and access policies, and is updated to match the configuration.

`
)

func TestCreate_recoversADeletedVault(t *testing.T) {
	t.Parallel()
	for _, byRole := range []bool{false, true} {
		w := fixture.New(t)
		proto := w.Proto()
		first := proto.Create(resourceType, config(acctest.Value{"rbac_authorization_enabled": byRole}))
		kept := w.Key("keys", "media")
		w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, stranger, "get")
		tag(t, w, map[string]*string{"a": to.Ptr("1"), "policy": to.Ptr("theirs")})
		if _, diags := proto.Apply(proto.Plan(resourceType, first, nil)); len(diags) > 0 {
			t.Fatal(diags.Text())
		}

		configured := config(acctest.Value{
			"rbac_authorization_enabled": byRole, "sku_name": "premium", "tags": acctest.Value{"b": "2"},
			"network_acls": acctest.Value{"default_action": "Allow"},
		})
		plan := proto.Plan(resourceType, acctest.Object{}, configured)
		reads(t, w, plan.Diagnostics, willBeRecovered)
		object, diags := proto.Apply(plan)
		reads(t, w, diags, wasRecovered)
		settled(t, proto, object, configured)
		got, err := w.Keys("keys").GetKey(t.Context(), "media", "", nil)
		if err != nil || string(*got.Key.KID) != kept {
			t.Errorf("the key is not back: %v", err)
		}
		vault := w.ShowVault("keys")
		want := map[string]*string{"a": to.Ptr("1"), "b": to.Ptr("2"), "policy": to.Ptr("theirs")}
		if diff := cmp.Diff(want, vault.Tags); diff != "" {
			t.Errorf("tags in Azure: %s", diff)
		}
		if diff := cmp.Diff([]string{"get"}, permissions(vault, stranger)); diff != "" {
			t.Errorf("their access policy: %s", diff)
		}
	}
}

func TestCreate_recoversNoVaultThatCannotBecomeThePlannedOne(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		deleted func(*armkeyvault.VaultCreateOrUpdateParameters)
		change  acctest.Value
		want    string
	}{
		{
			"retention",
			func(p *armkeyvault.VaultCreateOrUpdateParameters) {
				p.Properties.SoftDeleteRetentionInDays = to.Ptr[int32](7)
			},
			nil,
			`ERROR: Soft Delete Retention Is Fixed
Found: 90.
Required: 7, as on the deleted vault ID that would be recovered.
Why: Azure lets nobody change the retention of a vault.
Remedy: Set it to 7, or use another vault.

Nothing was changed.
AttributeName("soft_delete_retention_days")
`,
		},
		{
			"purge protection",
			func(*armkeyvault.VaultCreateOrUpdateParameters) {},
			acctest.Value{"purge_protection_enabled": false},
			`ERROR: Purge Protection Is Irreversible
Found: false.
Required: true, as on the deleted vault ID that would be recovered.
Why: Azure lets nobody switch purge protection off.
Remedy: Set it to true, or use another vault.

Nothing was changed.
AttributeName("purge_protection_enabled")
`,
		},
		{
			"resource group and no purge protection",
			fixture.WithoutPurgeProtection,
			acctest.Value{"resource_group_name": "other"},
			`ERROR: Key Vault Name Stays Taken
Found: the name of the vault keys in westus2, which was deleted on DELETED and is purged on UNTIL (ID).
Required: a name that no deleted vault keeps, or the location and the resource group of that vault.
Why: A deleted vault keeps its name until it is purged, and can only be recovered where it was.
Remedy: Choose another name; or set location = "westus2" and resource_group_name = "media", which recovers the vault with its keys, as az keyvault recover --name keys does; or free the name by purging the vault, which destroys its keys: az keyvault purge --name keys --location westus2.

Nothing was changed.
AttributeName("name")
`,
		},
		{
			"resource group",
			func(*armkeyvault.VaultCreateOrUpdateParameters) {},
			acctest.Value{"resource_group_name": "other"},
			`ERROR: Key Vault Name Stays Taken
Found: the name of the vault keys in westus2, which was deleted on DELETED and is purged on UNTIL (ID).
Required: a name that no deleted vault keeps, or the location and the resource group of that vault.
Why: A deleted vault keeps its name until it is purged, and can only be recovered where it was.
Remedy: Choose another name; or set location = "westus2" and resource_group_name = "media", which recovers the vault with its keys, as az keyvault recover --name keys does. Its purge protection lets nobody purge it earlier.

Nothing was changed.
AttributeName("name")
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			group(t, w, "other")
			proto := w.Proto()
			early := proto.Plan(resourceType, acctest.Object{}, config(test.change)) // Before it was deleted.
			w.Vault("keys", test.deleted)
			w.DeleteVault("keys")
			deleted, until := deletedUntil(t, w)

			late := proto.Plan(resourceType, acctest.Object{}, config(test.change))
			_, diags := proto.Apply(early)
			for _, found := range []acctest.Diagnostics{late.Diagnostics, diags} {
				for _, one := range found {
					one.Detail = strings.NewReplacer(deleted, "DELETED", until, "UNTIL").Replace(one.Detail)
				}
				reads(t, w, found, test.want)
			}
			deletedUntil(t, w) // It still is.
		})
	}
}

// deletedUntil returns when the vault was deleted, and until when it can be recovered. The test fails if there
// is no deleted vault.
func deletedUntil(t *testing.T, w *fixture.World) (deleted, until string) {
	t.Helper()
	vaults, err := w.Client.Vaults(w.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	gone, err := vaults.GetDeleted(t.Context(), "keys", fixture.Location, nil)
	if err != nil {
		t.Fatal(err)
	}
	const form = "2006-01-02T15:04:05Z07:00"
	return gone.Properties.DeletionDate.UTC().Format(form), gone.Properties.ScheduledPurgeDate.UTC().Format(form)
}

func group(t *testing.T, w *fixture.World, name string) {
	t.Helper()
	groups, err := w.Client.ResourceGroups(w.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := groups.CreateOrUpdate(t.Context(), name,
		armresources.ResourceGroup{Location: to.Ptr(fixture.Location)}, nil); err != nil {
		t.Fatal(err)
	}
}

// TestCreate_thatFailsHalfway is about a vault that was made without the role. An error would have Terraform replace
// it, with keys that accounts use if it was recovered: a warning says what is left, and the next apply does it.
func TestCreate_thatFailsHalfway(t *testing.T) {
	t.Parallel()
	for _, recovers := range []bool{false, true} {
		w := fixture.New(t)
		configured := config(acctest.Value{"rbac_authorization_enabled": true})
		if recovers {
			w.Vault("keys")
			w.DeleteVault("keys")
		}
		if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: "PUT", Path: "*/roleAssignments/*", Status: 403, Code: "AuthorizationFailed",
		}); err != nil {
			t.Fatal(err)
		}
		proto := w.Proto()
		half, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, configured))
		says(t, diags.Warnings(), "Key Vault Not Complete", "AuthorizationFailed", "The vault itself was created. Apply again to do the rest.")
		if half.State["id"] != w.ID(azure.VaultType, "keys") || half.Identity["id"] != half.State["id"] || len(diags.Errors()) > 0 {
			t.Fatalf("it is not kept: %v: %s", half, diags.Text())
		}
		proto = w.Proto()
		read, _ := proto.Read(half)
		if !recovers && read.State["caller_key_access_enabled"] != false {
			t.Errorf("a refresh does not see what is left: %v", read.State)
		}
		settled(t, proto, proto.Update(read, configured), configured)
	}
}

// TestCreate_accepted has Azure accept a vault and answer nothing more: the state has it, and is not tainted.
func TestCreate_accepted(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Method: "GET", Path: "*/vaults/keys", Status: 403, Code: "AuthorizationFailed", Times: -1, Skip: 1,
	}); err != nil {
		t.Fatal(err)
	}
	proto := w.Proto()
	begun, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, config(nil)))
	says(t, diags.Warnings(), "Key Vault Not Complete", "Azure accepted the creation, so the state has the vault.")
	if begun.State["vault_uri"] != "https://keys.vault.azure.net/" || len(diags.Errors()) > 0 {
		t.Fatalf("%v: %s", begun.State, diags.Text())
	}
	if _, err := w.Rehearsal().ClearFaults(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	settled(t, w.Proto(), begun, config(nil))
}

func TestCreate_whereTheNameIsTakenMeanwhile(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	plan := proto.Plan(resourceType, acctest.Object{}, config(nil))
	w.Vault("keys", func(p *armkeyvault.VaultCreateOrUpdateParameters) { p.Location = to.Ptr("northeurope") })
	w.DeleteVault("keys")
	_, diags := proto.Apply(plan)
	says(t, diags, "Key Vault Name Stays Taken", "the vault keys in northeurope", "Nothing was changed.")
}
