// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

const publicCloud = "vault.azure.net"

func TestParseKeyID(t *testing.T) {
	t.Parallel()
	for text, test := range map[string]struct {
		suffixes []string
		want     customerkey.KeyID
		id       string // Where it is not the text.
	}{
		"https://contoso.vault.azure.net/keys/media": {
			[]string{publicCloud},
			customerkey.KeyID{VaultURI: "https://contoso.vault.azure.net/", VaultName: "contoso", Name: "media"},
			"",
		},
		"https://contoso.vault.azure.net/keys/Media-1/" + version1: {
			[]string{publicCloud},
			customerkey.KeyID{VaultURI: "https://contoso.vault.azure.net/", VaultName: "contoso", Name: "Media-1", Version: version1},
			"",
		},
		"HTTPS://Contoso-2.Vault.Azure.Net/keys/m": {
			[]string{"Vault.Azure.net"},
			customerkey.KeyID{VaultURI: "https://contoso-2.vault.azure.net/", VaultName: "contoso-2", Name: "m"},
			"https://contoso-2.vault.azure.net/keys/m",
		},
		"https://contoso.vault.usgovcloudapi.net/keys/media": {
			nil,
			customerkey.KeyID{VaultURI: "https://contoso.vault.usgovcloudapi.net/", VaultName: "contoso", Name: "media"},
			"",
		},
		"https://contoso.vault.azure.cn/keys/media": {
			[]string{publicCloud, "vault.azure.cn"},
			customerkey.KeyID{VaultURI: "https://contoso.vault.azure.cn/", VaultName: "contoso", Name: "media"},
			"",
		},
		"https://Contoso.managedhsm.azure.net/keys/media": {
			[]string{publicCloud},
			customerkey.KeyID{VaultURI: "https://contoso.managedhsm.azure.net/", VaultName: "contoso", Name: "media"},
			"https://contoso.managedhsm.azure.net/keys/media",
		},
		"https://contoso.managedhsm.usgovcloudapi.net/keys/media/" + version1: {
			nil,
			customerkey.KeyID{VaultURI: "https://contoso.managedhsm.usgovcloudapi.net/", VaultName: "contoso", Name: "media", Version: version1},
			"",
		},
		"https://localhost:8443/keys/media/" + version1: {
			[]string{customerkey.LoopbackSuffix},
			customerkey.KeyID{VaultURI: "https://localhost:8443/", Name: "media", Version: version1},
			"",
		},
		"https://localhost:8444/keys/media": {
			nil, customerkey.KeyID{VaultURI: "https://localhost:8444/", Name: "media"}, "",
		},
		"https://localhost:8445/keys/media": {
			[]string{publicCloud}, customerkey.KeyID{VaultURI: "https://localhost:8445/", Name: "media"}, "",
		},
		"https://contoso.vault.azure.net:443/keys/media": {
			[]string{publicCloud},
			customerkey.KeyID{VaultURI: "https://contoso.vault.azure.net/", VaultName: "contoso", Name: "media"},
			"https://contoso.vault.azure.net/keys/media",
		},
		"https://contoso.vault.azure.net/keys/media/": {
			[]string{publicCloud},
			customerkey.KeyID{VaultURI: "https://contoso.vault.azure.net/", VaultName: "contoso", Name: "media"},
			"https://contoso.vault.azure.net/keys/media",
		},
		"https://contoso.vault.azure.net:443/keys/media/" + version1 + "/": {
			[]string{publicCloud},
			customerkey.KeyID{VaultURI: "https://contoso.vault.azure.net/", VaultName: "contoso", Name: "media", Version: version1},
			"https://contoso.vault.azure.net/keys/media/" + version1,
		},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, err := customerkey.ParseKeyID(text, test.suffixes...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("key ID (-want +got):\n%s", diff)
			}
			want := test.id
			if want == "" {
				want = text
			}
			if got.String() != want {
				t.Errorf("it reads %s, want %s", got, want)
			}
		})
	}
}

func TestParseKeyID_refuses(t *testing.T) {
	t.Parallel()
	const vault = "https://contoso.vault.azure.net"
	for name, test := range map[string]struct{ text, found, remedy string }{
		"nothing":             {"", "an empty text", "Write the identifier"},
		"spaces around":       {" " + vault + "/keys/media", "white space around the identifier", "Leave it out"},
		"a line end":          {vault + "/keys/media\n", "white space around the identifier", "Leave it out"},
		"no URI":              {"https://a b/\x7f", "a text that is not a URI", "Write the identifier"},
		"a name only":         {"media", "a text without https:// at its beginning", "whole identifier"},
		"no scheme":           {"contoso.vault.azure.net/keys/media", "a text without https:// at its beginning", "whole identifier"},
		"http":                {"http://contoso.vault.azure.net/keys/media", `the scheme "http"`, "https://"},
		"opaque":              {"https:contoso.vault.azure.net/keys/media", "a URI without // after https:", "https://"},
		"a user":              {"https://me:hunter2@contoso.vault.azure.net/keys/media", "a user name or password before the host", "Leave out"},
		"a query":             {vault + "/keys/media?api-version=7.4", "a query (a question mark and what follows it)", "question mark"},
		"an empty query":      {vault + "/keys/media?", "a query (a question mark and what follows it)", "question mark"},
		"a fragment":          {vault + "/keys/media#x", "a fragment (a number sign and what follows it)", "number sign"},
		"an empty fragment":   {vault + "/keys/media#", "a fragment (a number sign and what follows it)", "number sign"},
		"a port":              {"https://contoso.vault.azure.net:8443/keys/media", `the host "contoso.vault.azure.net:8443" with a port`, "Leave the port out"},
		"an empty port":       {"https://contoso.vault.azure.net:/keys/media", `the host "contoso.vault.azure.net:" with a port`, "Leave the port out"},
		"an HSM elsewhere":    {"https://contoso.managedhsm.azure.cn/keys/media", `the host "contoso.managedhsm.azure.cn"`, "a vault of this cloud, whose addresses end in vault.azure.net"},
		"an HSM in two":       {"https://a.contoso.managedhsm.azure.net/keys/media", `the vault name "a.contoso"`, "3 to 24"},
		"another cloud":       {"https://contoso.vault.azure.cn/keys/media", `the host "contoso.vault.azure.cn"`, "a vault of this cloud, whose addresses end in vault.azure.net"},
		"another host":        {"https://contoso.example.com/keys/media", `the host "contoso.example.com"`, "the vault's own host name"},
		"a lookalike":         {"https://contosovault.azure.net/keys/media", `the host "contosovault.azure.net"`, "the vault's own host name"},
		"a suffix in between": {"https://contoso.vault.azure.net.example.com/keys/media", `the host "contoso.vault.azure.net.example.com"`, "the vault's own host name"},
		"loopback":            {"https://localhost/keys/media", "the host localhost without a port", "Write the port as well"},
		"no host":             {"https:///keys/media", `the host ""`, "the vault's own host name"},
		"no vault":            {"https://vault.azure.net/keys/media", `the host "vault.azure.net"`, "the vault's own host name"},
		"a short vault name":  {"https://ab.vault.azure.net/keys/media", `the vault name "ab"`, "3 to 24"},
		"a long vault name":   {"https://" + strings.Repeat("a", 25) + ".vault.azure.net/keys/media", `the vault name "aaaaaaaaaaaaaaaaaaaaaaaaa"`, "3 to 24"},
		"a vault name in two": {"https://a.contoso.vault.azure.net/keys/media", `the vault name "a.contoso"`, "3 to 24"},
		"a vault alone":       {vault, "the address of a vault without a key", "Add /keys/"},
		"a vault and a slash": {vault + "/", "the address of a vault without a key", "Add /keys/"},
		"a secret":            {vault + "/secrets/media/" + version1, "the identifier of a secret", "/keys/ in place of /secrets/"},
		"a certificate":       {vault + "/certificates/media", "the identifier of a certificate", "/keys/ in place of /certificates/"},
		"a deleted key":       {vault + "/deletedkeys/media", "a path that begins with /deletedkeys/", "Write /keys/"},
		"keys in capitals":    {vault + "/Keys/media", "a path that begins with /Keys/", "Write /keys/"},
		"no name":             {vault + "/keys", "no name after /keys/", "Add the name"},
		"no name but a slash": {vault + "/keys/", "no name after /keys/", "Add the name"},
		"a strange name":      {vault + "/keys/my_media", `the key name "my_media"`, "1 to 127"},
		"a long name":         {vault + "/keys/" + strings.Repeat("k", 128), `the key name "` + strings.Repeat("k", 128) + `"`, "1 to 127"},
		"an escaped name":     {vault + "/keys/me%64ia", `the key name "me%64ia"`, "1 to 127"},
		"two slashes":         {vault + "/keys/media//", "two slashes at the end", "Leave them out"},
		"a short version":     {vault + "/keys/media/1", `the version "1"`, "32 hexadecimal digits"},
		"no hexadecimal":      {vault + "/keys/media/" + strings.Repeat("g", 32), `the version "` + strings.Repeat("g", 32) + `"`, "32 hexadecimal digits"},
		"more":                {vault + "/keys/media/" + version1 + "/wrapkey", `more after the version: "/wrapkey"`, "End the identifier"},
		"slashes after all":   {vault + "/keys/media/" + version1 + "//", `more after the version: "/"`, "End the identifier"},
		"a Resource Manager ID": {
			vaultID + "/keys/media", "the Resource Manager ID of a key",
			"https://contoso-vault.vault.azure.net/keys/media",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id, err := customerkey.ParseKeyID(test.text, publicCloud)
			var refused *customerkey.KeyIDError
			if !errors.As(err, &refused) {
				t.Fatalf("want a refusal, got %v, %v", id, err)
			}
			if !id.IsZero() || id.String() != "" {
				t.Errorf("a refused text identifies %s", id)
			}
			if refused.Found != test.found || !strings.Contains(refused.Remedy, test.remedy) {
				t.Errorf("want found %q and a remedy with %q, got\n%v", test.found, test.remedy, refused)
			}
			if strings.Contains(refused.Error(), "hunter2") {
				t.Errorf("a password is repeated: %v", refused)
			}
			const form = "https://VAULT.vault.azure.net/keys/NAME or https://VAULT.vault.azure.net/keys/NAME/VERSION"
			violation := refused.Violation()
			want := rule.Violation{
				Rule: customerkey.Rule(customerkey.CMK010), Severity: rule.Error, Attribute: customerkey.AttributeKey,
				Found: test.found, Required: "a Key Vault key identifier of the form " + form,
				Why: violation.Why, Remedy: refused.Remedy,
			}
			if diff := cmp.Diff(want, violation); diff != "" {
				t.Errorf("violation (-want +got):\n%s", diff)
			}
			if !strings.Contains(refused.Error(), form) {
				t.Errorf("the right form is missing from %v", refused)
			}
		})
	}
}

func TestParseKeyID_loopback(t *testing.T) {
	t.Parallel()
	_, err := customerkey.ParseKeyID("https://localhost/keys/media", customerkey.LoopbackSuffix)
	var refused *customerkey.KeyIDError
	if !errors.As(err, &refused) || refused.Found != "the host localhost without a port" ||
		!strings.HasPrefix(refused.Form, "https://localhost:PORT/keys/NAME") {
		t.Errorf("want a refusal that asks for a port, got %v", err)
	}
	if id, err := customerkey.ParseKeyID("https://contoso.vault.azure.net/keys/media", customerkey.LoopbackSuffix); err == nil {
		t.Errorf("a cloud at loopback addresses has no vault %s", id)
	}
	if id, err := customerkey.ParseKeyID("https://contoso.localhost/keys/media", customerkey.LoopbackSuffix); err == nil {
		t.Errorf("a vault at a loopback address has no name of its own, but %s", id)
	}
}

// TestReadKeyID reads what Azure holds, and never refuses it.
func TestReadKeyID(t *testing.T) {
	t.Parallel()
	const id = "https://contoso.vault.azure.net/keys/media"
	for text, want := range map[string]string{
		id:                         id,
		id + "/":                   id,
		id + "?api-version=7.4":    id,
		id + "/" + version1 + "/?": id + "/" + version1,
		"https://contoso.vault.azure.net:443/keys/media?": id,
		"https://contoso.vault.azure.net/secrets/media":   "",
		"https://contoso.managedhsm.azure.net/keys/media": "https://contoso.managedhsm.azure.net/keys/media",
		"x": "",
		"":  "",
	} {
		if got := customerkey.ReadKeyID(text).String(); got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{id, id + "/", true},
		{id + "?", "https://CONTOSO.vault.azure.net:443/keys/MEDIA", true},
		{id, id + "/" + version1, false},
		{"x", "x", true},
		{"x", "y", false},
		{"x", id, false},
		{id, "x", false},
	} {
		if got := customerkey.SameKeyID(test.a, test.b); got != test.want {
			t.Errorf("%s and %s: %t", test.a, test.b, got)
		}
	}
}

func TestKeyID_compares(t *testing.T) {
	t.Parallel()
	id := customerkey.KeyID{VaultURI: "https://contoso.vault.azure.net/", VaultName: "contoso", Name: "media", Version: version1}
	other := func(change func(*customerkey.KeyID)) customerkey.KeyID {
		changed := id
		change(&changed)
		return changed
	}

	shouting := other(func(k *customerkey.KeyID) {
		k.VaultURI, k.Name, k.Version = "https://CONTOSO.vault.azure.net", "MEDIA", strings.ToUpper(version1)
	})
	if !id.Equal(shouting) || !id.SameKey(shouting) {
		t.Error("identifiers are case-insensitive")
	}
	versionless := id.Versionless()
	if versionless.Pinned() || !id.Pinned() || versionless.String() != "https://contoso.vault.azure.net/keys/media" {
		t.Errorf("versionless is %s", versionless)
	}
	if id.Equal(versionless) || !id.SameKey(versionless) {
		t.Error("a version makes a difference to the identifier, and none to the key")
	}
	for _, different := range []customerkey.KeyID{
		other(func(k *customerkey.KeyID) { k.Name = "media2" }),
		other(func(k *customerkey.KeyID) { k.VaultURI = "https://fabrikam.vault.azure.net/" }),
	} {
		if id.SameKey(different) || id.Equal(different) {
			t.Errorf("%s is not %s", id, different)
		}
	}
	if !id.InVault("https://Contoso.vault.azure.net") || id.InVault("https://contoso2.vault.azure.net/") {
		t.Error("a key is in the vault of its URI")
	}
}

// FuzzParseKeyID checks that what is accepted is written back in the one form that is accepted
// again, and that what is refused says why.
func FuzzParseKeyID(f *testing.F) {
	for _, seed := range []string{
		"https://contoso.vault.azure.net/keys/media",
		"https://contoso.vault.azure.net/keys/media/" + version1,
		"HTTPS://CONTOSO.VAULT.AZURE.NET/keys/media/" + strings.ToUpper(version1),
		"https://contoso.vault.azure.net:443/keys/media",
		"https://localhost:8443/keys/media",
		"https://localhost:/keys/media",
		"https://[::1]:8443/keys/media",
		"https://contoso.managedhsm.azure.net/keys/media",
		"https://contoso.vault.azure.net/secrets/media",
		"https://contoso.vault.azure.net/keys/media?x#y",
		"https://user:password@contoso.vault.azure.net/keys/media",
		vaultID + "/keys/media",
		"", "https:", "https://", "//contoso.vault.azure.net/keys/media", "%", "\x00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := customerkey.ParseKeyID(text)
		if err != nil {
			var refused *customerkey.KeyIDError
			if !errors.As(err, &refused) || refused.Found == "" || refused.Form == "" || refused.Remedy == "" {
				t.Errorf("%q is refused without a reason: %v", text, err)
			}
			return
		}
		again, err := customerkey.ParseKeyID(id.String())
		if err != nil || again != id {
			t.Errorf("%q is %s, which reads again as %v, %v", text, id, again, err)
		}
		scheme, rest, _ := strings.Cut(strings.TrimSuffix(text, "/"), "://")
		host, path, _ := strings.Cut(rest, "/")
		if id.VaultName != "" {
			host = strings.TrimSuffix(host, ":443")
		}
		if !strings.EqualFold(scheme+"://"+host+"/"+path, id.String()) {
			t.Errorf("%q is written as %s", text, id)
		}
		if read := customerkey.ReadKeyID(text + "?api-version=7.4"); read != id {
			t.Errorf("with a query %q is read as %s", text, read)
		}
		if !id.Equal(again) || id.Versionless().Pinned() {
			t.Errorf("%s is not itself", id)
		}
	})
}
