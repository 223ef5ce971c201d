// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const prefix = "/subscriptions/s/resourceGroups/g"

func TestCanonicalID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, resourceType, want string }{
		{
			"group", "/SUBSCRIPTIONS/s/resourcegroups/g", azure.ResourceGroupType, prefix,
		},
		{
			"account",
			"/subscriptions/s/resourcegroups/g/providers/microsoft.media/MediaServices/a",
			azure.MediaAccountType, prefix + "/providers/Microsoft.Media/mediaservices/a",
		},
		{"slash at the end", prefix + "/", azure.ResourceGroupType, prefix},
		{"another type", prefix + "/providers/Microsoft.KeyVault/vaults/v", azure.MediaAccountType, ""},
		{"child", prefix + "/providers/Microsoft.Media/mediaservices/a/assets/x", azure.MediaAccountType, ""},
		{"child of a group", prefix + "/providers/Microsoft.KeyVault/vaults/v", azure.ResourceGroupType, ""},
		{
			"extension",
			prefix + "/providers/Microsoft.KeyVault/vaults/v/providers/Microsoft.Media/mediaservices/a",
			azure.MediaAccountType, "",
		},
		{"no group", "/subscriptions/s/providers/Microsoft.Media/mediaservices/a", azure.MediaAccountType, ""},
		{"subscription", "/subscriptions/s", azure.ResourceGroupType, ""},
		{"no name", prefix + "/providers/Microsoft.Media/mediaservices", azure.MediaAccountType, ""},
		{"a name only", "a", azure.MediaAccountType, ""},
		{"nothing", "", azure.MediaAccountType, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := azure.CanonicalID(test.text, test.resourceType)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q and %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestIDs_areCompared(t *testing.T) {
	t.Parallel()
	if !azure.SameID(prefix, "/SUBSCRIPTIONS/S/resourcegroups/G/") || azure.SameID(prefix, prefix+"2") {
		t.Error("IDs are not compared without regard to case")
	}
	if name := azure.NameOf(prefix + "/providers/Microsoft.KeyVault/vaults/v"); name != "v" {
		t.Errorf("the name is %q", name)
	}
	if name := azure.NameOf("no ID"); name != "no ID" {
		t.Errorf("the name of a text that is no ID is %q", name)
	}
	if group := azure.GroupOf(prefix + "/providers/Microsoft.KeyVault/vaults/v"); group != "g" {
		t.Errorf("the group is %q", group)
	}
	_, err := azure.ParseID("x", azure.VaultType)
	if err == nil || !strings.Contains(err.Error(), "/providers/Microsoft.KeyVault/vaults/<name>") {
		t.Errorf("does not show the form: %v", err)
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(prefix)
	f.Add(prefix + "/providers/Microsoft.Media/mediaservices/a")
	f.Add("/providers//")
	f.Fuzz(func(t *testing.T, text string) {
		for _, resourceType := range []string{azure.ResourceGroupType, azure.MediaAccountType} {
			id, err := azure.CanonicalID(text, resourceType)
			if err != nil {
				continue
			}
			again, err := azure.CanonicalID(id, resourceType)
			if err != nil || again != id {
				t.Errorf("%q became %q, which became %q (%v)", text, id, again, err)
			}
		}
		azure.GroupOf(text)
	})
}
