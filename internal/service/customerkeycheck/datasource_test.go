// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeycheck_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const dataSource = "azuremedia_customer_key"

func versionless(key string) string { return key[:strings.LastIndexByte(key, '/')] }

// texts are the values of one attribute of each element of a list.
func texts(shown acctest.Value, list, name string) []string {
	var found []string
	elements, _ := shown[list].([]any)
	for _, element := range elements {
		value, _ := element.(acctest.Value)
		text, _ := value[name].(string)
		found = append(found, text)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestCustomerKey_eligible(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	account := w.Account("contoso", "")
	vault := w.Vault("keys")
	older := w.Key("keys", "media")
	newer := w.Key("keys", "media", func(p *azkeys.CreateKeyParameters) { p.KeySize = to.Ptr[int32](3072) })
	w.Grant("keys", w.Principal("contoso"))
	proto := w.Proto()
	for _, test := range []struct {
		key, version string
		size         float64
	}{
		{versionless(newer), newer, 3072},
		{older, older, 2048},
	} {
		shown, diags := proto.ReadData(dataSource, acctest.Value{"key_vault_key_id": test.key, "account_id": account})
		if len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		if diff := cmp.Diff(acctest.Value{
			"id": test.key, "key_vault_key_id": test.key, "account_id": account, "location": nil,
			"user_assigned_identity_id": nil, "eligible": true, "problems": []any{}, "unchecked": []any{},
			"key_type": "RSA", "key_size": test.size, "enabled": true, "not_before_date": nil, "expiration_date": nil,
			"version":        strings.TrimPrefix(test.version, versionless(test.version)+"/"),
			"newest_version": strings.TrimPrefix(newer, versionless(newer)+"/"),
			"key_vault_id":   vault, "key_vault_location": "westus2",
		}, shown); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestCustomerKey_listsEveryProblem of a key that breaks everything at once, and fails over none.
func TestCustomerKey_listsEveryProblem(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	account := w.Account("contoso")
	w.Vault("keys", fixture.WithoutPurgeProtection, func(p *armkeyvault.VaultCreateOrUpdateParameters) {
		p.Location = to.Ptr("northeurope")
		p.Properties.NetworkACLs = &armkeyvault.NetworkRuleSet{
			Bypass: to.Ptr(armkeyvault.NetworkRuleBypassOptionsNone),
		}
	})
	identity, _ := w.Identity("reader")
	key := w.Key("keys", "media", func(p *azkeys.CreateKeyParameters) {
		p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
	})
	w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
	shown, diags := w.Proto().ReadData(dataSource, acctest.Value{
		"key_vault_key_id": versionless(key), "account_id": account, "user_assigned_identity_id": identity,
	})
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if diff := cmp.Diff([]string{"CMK002", "CMK004", "CMK005", "CMK007", "CMK008", "CMK009"},
		texts(shown, "problems", "rule")); diff != "" || shown["eligible"] != false {
		t.Errorf("eligible %v (-want +got):\n%s", shown["eligible"], diff)
	}
	for _, name := range []string{"severity", "found", "required", "why", "remedy"} {
		if slices.Contains(texts(shown, "problems", name), "") {
			t.Errorf("a problem without %s: %v", name, shown["problems"])
		}
	}
}

// TestCustomerKey_asksOnlyAboutWhatIsGiven: without an account nothing is said about accounts.
func TestCustomerKey_asksOnlyAboutWhatIsGiven(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	key := versionless(w.Key("keys", "media"))
	identity, principal := w.Identity("reader")
	w.Grant("keys", principal)
	proto := w.Proto()
	for _, test := range []struct {
		name      string
		config    acctest.Value
		eligible  bool
		problems  []string
		unchecked []string
	}{
		{"key", acctest.Value{}, true, nil, []string{"CMK005", "CMK008", "CMK009"}},
		{"region", acctest.Value{"location": "West US 2"}, true, nil, []string{"CMK008", "CMK009"}},
		{"another region", acctest.Value{"location": "eastus"}, false, []string{"CMK005"}, []string{"CMK008", "CMK009"}},
		{"identity", acctest.Value{"user_assigned_identity_id": identity}, true, nil, []string{"CMK005", "CMK008"}},
		{"no key", acctest.Value{"key_vault_key_id": "https://keys.vault.azure.net/keys/none"}, false, []string{"CMK004"}, []string{"CMK005", "CMK008", "CMK009"}},
	} {
		config := acctest.Value{"key_vault_key_id": key}
		for name, value := range test.config {
			config[name] = value
		}
		shown, diags := proto.ReadData(dataSource, config)
		if len(diags) > 0 {
			t.Fatalf("%s: %s", test.name, diags.Text())
		}
		if shown["eligible"] != test.eligible {
			t.Errorf("%s: eligible %v", test.name, shown["eligible"])
		}
		if diff := cmp.Diff(test.problems, texts(shown, "problems", "rule")); diff != "" {
			t.Errorf("%s: problems: %s", test.name, diff)
		}
		if diff := cmp.Diff(test.unchecked, texts(shown, "unchecked", "rule")); diff != "" {
			t.Errorf("%s: unchecked: %s", test.name, diff)
		}
	}
}

// TestCustomerKey_isNotEligibleUnseen: what this login may not read is said to be unchecked.
func TestCustomerKey_isNotEligibleUnseen(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	account := w.Account("contoso", "")
	w.Vault("keys")
	key := versionless(w.Key("keys", "media"))
	w.Grant("keys", w.Principal("contoso"))
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindReplace, w.Owner(), "list")
	shown, diags := w.Proto().ReadData(dataSource, acctest.Value{"key_vault_key_id": key, "account_id": account})
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if diff := cmp.Diff([]string{"CMK002", "CMK003", "CMK004"}, texts(shown, "unchecked", "rule")); diff != "" ||
		shown["eligible"] != false || shown["version"] != nil {
		t.Errorf("%v %v: %s", shown["eligible"], shown["version"], diff)
	}
}

func TestCustomerKey_dates(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Vault("keys")
	w.Key("keys", "media")
	now, err := w.Rehearsal().Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	begins, ends := now.Add(-time.Hour).Truncate(time.Second), now.Add(240*time.Hour).Truncate(time.Second)
	w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{NotBefore: &begins, Expires: &ends})
	shown, diags := w.Proto().ReadData(dataSource, acctest.Value{"key_vault_key_id": "https://keys.vault.azure.net/keys/media"})
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if shown["not_before_date"] != begins.UTC().Format(time.RFC3339) ||
		shown["expiration_date"] != ends.UTC().Format(time.RFC3339) || shown["eligible"] != true {
		t.Errorf("%v", shown)
	}
	if diff := cmp.Diff([]string{"warning"}, texts(shown, "problems", "severity")); diff != "" {
		t.Error(diff)
	}
}

func TestCustomerKey_refusesWhatIsNone(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	for _, test := range []struct{ key, account, want string }{
		{"https://keys.vault.azure.cn/keys/media", "", "(CMK010)"},
		{"https://keys.vault.azure.net/keys/media", w.ID(azure.VaultType, "keys"), "Account Takes No Customer Key"},
		{"https://keys.vault.azure.net/keys/media", w.ID(azure.MediaAccountType, "none"), "Account Not Read"},
	} {
		config := acctest.Value{"key_vault_key_id": test.key}
		if test.account != "" {
			config["account_id"] = test.account
		}
		if _, diags := proto.ReadData(dataSource, config); len(diags) != 1 || !strings.Contains(diags.Text(), test.want) {
			t.Errorf("want %s: %s", test.want, diags.Text())
		}
	}
}
