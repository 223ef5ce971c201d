// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

func TestIPRange_hasManySpellings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"203.0.113.7", "203.0.113.7/32", true},
		{"203.0.113.7/32", "203.0.113.7", true},
		{"203.0.113.0/24", "203.0.113.99/24", true},
		{"203.0.113.7", "203.0.113.8", false},
		{"203.0.113.0/24", "203.0.113.0/25", false},
		{"none", "none", true},
		{"none", "203.0.113.7", false},
		{"203.0.113.7", "none", false},
	} {
		same, _ := attribute.NewIPRange(test.a).StringSemanticEquals(t.Context(), attribute.NewIPRange(test.b))
		if same != test.same {
			t.Errorf("%s is %s: %t", test.a, test.b, same)
		}
	}
}

func TestIPRange_isIPv4(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"203.0.113.7": true, "203.0.113.0/24": true, "0.0.0.0/0": true,
		"": false, "203.0.113": false, "203.0.113.7/33": false, "2001:db8::1": false, "2001:db8::/32": false, "any": false,
	} {
		var resp xattr.ValidateAttributeResponse
		attribute.NewIPRange(text).ValidateAttribute(t.Context(),
			xattr.ValidateAttributeRequest{Path: path.Root("ip_rules")}, &resp)
		if resp.Diagnostics.HasError() == fine {
			t.Errorf("%q: %v", text, resp.Diagnostics)
		}
		if !fine && !strings.Contains(resp.Diagnostics[0].Detail(), "Required: an IPv4 address") {
			t.Errorf("%q: %v", text, resp.Diagnostics)
		}
	}
}

func TestIPRanges_keepTheirSpelling(t *testing.T) {
	t.Parallel()
	set := func(texts ...string) types.Set {
		var values []attribute.IPRangeValue
		for _, text := range texts {
			values = append(values, attribute.NewIPRange(text))
		}
		made, diags := types.SetValueFrom(t.Context(), attribute.IPRangeType{}, values)
		if diags.HasError() {
			t.Fatal(diags)
		}
		return made
	}
	modifier := attribute.IPRanges("The addresses.").PlanModifiers[0]
	state := set("203.0.113.7", "198.51.100.0/24")
	for _, test := range []struct {
		plan  types.Set
		keeps bool
	}{
		{set("198.51.100.0/24", "203.0.113.7/32"), true},
		{set("203.0.113.7/32"), false},
		{set("203.0.113.8", "198.51.100.0/24"), false},
	} {
		resp := planmodifier.SetResponse{PlanValue: test.plan}
		modifier.PlanModifySet(t.Context(), planmodifier.SetRequest{StateValue: state, PlanValue: test.plan}, &resp)
		if resp.PlanValue.Equal(state) != test.keeps {
			t.Errorf("%s is planned as %s", test.plan, resp.PlanValue)
		}
	}
}

func TestIDOf(t *testing.T) {
	t.Parallel()
	const subscription = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/"
	ok := attribute.IDOf(azure.VaultType)
	if ok.Description(t.Context()) != "must be the ID of a Microsoft.KeyVault/vaults" ||
		ok.MarkdownDescription(t.Context()) != ok.Description(t.Context()) {
		t.Errorf("describes itself as %q", ok.Description(t.Context()))
	}
	for _, test := range []struct {
		value types.String
		fine  bool
	}{
		{types.StringValue(subscription + "microsoft.keyvault/VAULTS/v"), true},
		{types.StringNull(), true},
		{types.StringUnknown(), true},
		{types.StringValue("v"), true}, // The type of the attribute refuses it.
		{types.StringValue(subscription + "Microsoft.Storage/storageAccounts/v"), false},
		{types.StringValue(subscription + "Microsoft.KeyVault/vaults/v/keys/k"), false},
	} {
		var resp validator.StringResponse
		ok.ValidateString(t.Context(), validator.StringRequest{
			Path: path.Root("key_vault_id"), ConfigValue: test.value,
		}, &resp)
		if resp.Diagnostics.HasError() == test.fine {
			t.Errorf("%s: %v", test.value, resp.Diagnostics)
		}
		if !test.fine && !strings.Contains(resp.Diagnostics[0].Detail(),
			"Required: the ID of a Microsoft.KeyVault/vaults, which looks like /subscriptions/<subscription ID>/") {
			t.Errorf("%s: %v", test.value, resp.Diagnostics)
		}
	}

	var resp validator.StringResponse
	attribute.IDOf(azure.VaultType, azure.StorageAccountType).ValidateString(t.Context(), validator.StringRequest{
		Path: path.Root("id"), ConfigValue: types.StringValue(subscription + "Microsoft.Media/mediaservices/m"),
	}, &resp)
	if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail(), "the ID of one of Microsoft.KeyVault/vaults, Microsoft.Storage/storageAccounts, which looks like") {
		t.Errorf("two types: %v", resp.Diagnostics)
	}
}
