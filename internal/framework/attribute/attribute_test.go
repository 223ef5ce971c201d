// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a"

// spelt is what all kinds of text have in common.
type spelt interface {
	basetypes.StringValuableWithSemanticEquals
	xattr.ValidateableAttribute
}

func TestKinds_knowTheSameValueInAnotherSpelling(t *testing.T) {
	t.Parallel()
	const version = "0123456789abcdef0123456789abcdef"
	for _, test := range []struct {
		name string
		a, b spelt
		want bool
	}{
		{"ID", attribute.NewResourceID("/SUBSCRIPTIONS/S/resourcegroups/g"), attribute.NewResourceID("/subscriptions/s/resourceGroups/G"), true},
		{"another ID", attribute.NewResourceID("/subscriptions/s"), attribute.NewResourceID("/subscriptions/t"), false},
		{"location", attribute.NewLocation("West US 2"), attribute.NewLocation("westus2"), true},
		{"another location", attribute.NewLocation("West US"), attribute.NewLocation("westus2"), false},
		{"name", attribute.NewName("Rg"), attribute.NewName("rG"), true},
		{"another name", attribute.NewName("rg"), attribute.NewName("r g"), false},
		{"key", attribute.NewKeyID("https://VLT.vault.azure.net/keys/k"), attribute.NewKeyID("https://vlt.vault.azure.net/keys/K"), true},
		{"version of a key", attribute.NewKeyID("https://vlt.vault.azure.net/keys/k"), attribute.NewKeyID("https://vlt.vault.azure.net/keys/k/" + version), false},
		{"port of a key", attribute.NewKeyID("https://vlt.vault.azure.net/keys/k"), attribute.NewKeyID("https://vlt.vault.azure.net:443/keys/k"), true},
		{"slash after a key", attribute.NewKeyID("https://vlt.vault.azure.net/keys/k/"), attribute.NewKeyID("https://vlt.vault.azure.net/keys/k"), true},
		{"query of a key", attribute.NewKeyID("https://vlt.vault.azure.net/keys/k"), attribute.NewKeyID("https://vlt.vault.azure.net/keys/k?x"), true},
		{"no key", attribute.NewKeyID("x"), attribute.NewKeyID("x"), true},
		{"null", attribute.NameValue{}, attribute.NewName(""), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, diags := test.a.StringSemanticEquals(t.Context(), test.b)
			if got != test.want || diags.HasError() {
				t.Errorf("%s and %s: %t, want %t (%v)", test.a, test.b, got, test.want, diags)
			}
		})
	}
}

func TestKinds_refuseWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		value spelt
		want  string
	}{
		{"ID", attribute.NewResourceID(id), ""},
		{"no ID", attribute.NewResourceID("a"), "Invalid Resource ID"},
		{"tenant's ID", attribute.NewResourceID("/providers/Microsoft.Media/x/y"), "Invalid Resource ID"},
		{"location", attribute.NewLocation("westus2"), ""},
		{"blank location", attribute.NewLocation(" "), "Invalid Location"},
		{"name", attribute.NewName(""), ""},
		{"key", attribute.NewKeyID("https://vlt.vault.azure.net/keys/k"), ""},
		{"whatever an account has", attribute.NewKeyID("https://vlt.vault.azure.net/secrets/k"), ""},
		{"null", attribute.ResourceIDValue{}, ""},
		{"unknown", attribute.ResourceIDValue{StringValue: types.StringUnknown()}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var resp xattr.ValidateAttributeResponse
			at := path.Root("it")
			test.value.ValidateAttribute(t.Context(), xattr.ValidateAttributeRequest{Path: at}, &resp)
			if test.want == "" {
				if len(resp.Diagnostics) > 0 {
					t.Errorf("refused: %v", resp.Diagnostics)
				}
				return
			}
			if len(resp.Diagnostics) != 1 || !strings.HasSuffix(resp.Diagnostics[0].Summary(), test.want) {
				t.Fatalf("got %v, want %q", resp.Diagnostics, test.want)
			}
			if with, ok := resp.Diagnostics[0].(diag.DiagnosticWithPath); !ok || !with.Path().Equal(at) {
				t.Errorf("not at %s: %v", at, resp.Diagnostics[0])
			}
		})
	}
}

func TestValidKeyID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://vlt.vault.azure.net/keys/k":     "",
		"https://vlt.vault.azure.net:443/keys/k": "",
		"https://localhost:8443/keys/k":          "",
		"https://vlt.vault.azure.net/secrets/k":  "(CMK010)",
		"https://vlt.vault.azure.net/keys/k?x":   "(CMK010)",
	} {
		var resp validator.StringResponse
		at := path.Root("it")
		attribute.ValidKeyID().ValidateString(t.Context(),
			validator.StringRequest{Path: at, ConfigValue: types.StringValue(text)}, &resp)
		switch {
		case want == "" && len(resp.Diagnostics) > 0:
			t.Errorf("%s is refused: %v", text, resp.Diagnostics)
		case want != "" && (len(resp.Diagnostics) != 1 || !strings.HasSuffix(resp.Diagnostics[0].Summary(), want)):
			t.Errorf("%s: want %s, got %v", text, want, resp.Diagnostics)
		}
	}
	for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
		var resp validator.StringResponse
		attribute.ValidKeyID().ValidateString(t.Context(), validator.StringRequest{ConfigValue: value}, &resp)
		if len(resp.Diagnostics) > 0 {
			t.Errorf("%s is refused: %v", value, resp.Diagnostics)
		}
	}
}

func tags(pairs ...string) types.Map {
	if pairs == nil {
		return types.MapNull(types.StringType)
	}
	values := map[string]basetypes.StringValue{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = types.StringValue(pairs[i+1])
	}
	m, _ := types.MapValueFrom(context.Background(), types.StringType, values)
	return m
}

// nullTag returns the tags with one more, which is null.
func nullTag(others types.Map, name string) types.Map {
	values := map[string]attr.Value{name: types.StringNull()}
	maps.Copy(values, others.Elements())
	return types.MapValueMust(types.StringType, values)
}

func wire(pairs ...string) map[string]*string {
	tags := map[string]*string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		tags[pairs[i]] = &pairs[i+1]
	}
	return tags
}

func TestManagedTags_showOnlyWhatTheConfigurationManages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		current   map[string]*string
		prior     types.Map
		importing bool
		want      types.Map
	}{
		{"none at all", wire(), tags(), false, tags()},
		{"only others'", wire("policy", "x"), tags(), false, tags()},
		{"ours and others'", wire("a", "1", "policy", "x"), tags("a", "1"), false, tags("a", "1")},
		{"ours, changed elsewhere", wire("a", "2"), tags("a", "1"), false, tags("a", "2")},
		{"ours, deleted elsewhere", wire("b", "2"), tags("a", "1", "b", "2"), false, tags("b", "2")},
		{"ours, all deleted", wire(), tags("a", "1"), false, tags([]string{}...)},
		{"ours, spelt otherwise", wire("A", "1"), tags("a", "1"), false, tags("a", "1")},
		{"null", wire("a", "1", "policy", "x"), nullTag(tags("a", "1"), "policy"), false, nullTag(tags("a", "1"), "policy")},
		{"only null", wire(), nullTag(tags([]string{}...), "a"), false, nullTag(tags([]string{}...), "a")},
		{"an import", wire("a", "1", "policy", "x"), tags(), true, tags("a", "1", "policy", "x")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := attribute.ManagedTags(test.current, test.prior, test.importing)
			if test.name == "ours, all deleted" {
				if got.IsNull() || len(got.Elements()) != 0 {
					t.Errorf("got %s, want an empty map, so that the difference is planned", got)
				}
				return
			}
			if !got.Equal(test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestMergedTags_keepWhatOthersSet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		current     map[string]*string
		state, plan types.Map
		want        map[string]*string
	}{
		{"added", wire("policy", "x"), tags(), tags("a", "1"), wire("policy", "x", "a", "1")},
		{"changed", wire("policy", "x", "a", "1"), tags("a", "1"), tags("a", "2"), wire("policy", "x", "a", "2")},
		{"taken out", wire("policy", "x", "a", "1", "b", "1"), tags("a", "1", "b", "1"), tags("b", "1"), wire("policy", "x", "b", "1")},
		{"all taken out", wire("policy", "x", "a", "1"), tags("a", "1"), tags(), wire("policy", "x")},
		{"taken over", wire("A", "x"), tags(), tags("a", "1"), wire("a", "1")},
		{"made null", wire("policy", "x", "a", "1"), tags("a", "1"), nullTag(tags(), "a"), wire("policy", "x")},
		{"null, and others'", wire("policy", "x"), tags(), nullTag(tags("a", "1"), "policy"), wire("policy", "x", "a", "1")},
		{"no longer null", wire("policy", "x"), nullTag(tags(), "policy"), tags(), wire("policy", "x")},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := attribute.MergedTags(test.current, test.state, test.plan)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWireTags(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(wire("a", "1"), attribute.WireTags(nullTag(tags("a", "1"), "b"))); diff != "" {
		t.Error(diff)
	}
}

func TestIdentity_goesToTheWireAndBack(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		identity attribute.ManagedIdentity
		wire     string
		hcl      string
	}{
		{"none", attribute.ManagedIdentity{}, "None", ""},
		{
			"system",
			attribute.ManagedIdentity{SystemAssigned: true, PrincipalID: "p", TenantID: "t"},
			"SystemAssigned", "SystemAssigned",
		},
		{
			"user",
			attribute.ManagedIdentity{UserAssignedIDs: []string{id + "1", id + "2"}},
			"UserAssigned", "UserAssigned",
		},
		{
			"both",
			attribute.ManagedIdentity{
				SystemAssigned: true, PrincipalID: "p", TenantID: "t", UserAssignedIDs: []string{id},
			},
			"SystemAssigned,UserAssigned", "SystemAssigned, UserAssigned",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := test.identity.WireType(); got != test.wire {
				t.Errorf("the wire says %q, want %q", got, test.wire)
			}
			object := attribute.FlattenIdentity(test.identity, types.Object{})
			if object.IsNull() != (test.hcl == "") {
				t.Fatalf("got %s", object)
			}
			if got, ok := object.Attributes()["type"].(types.String); ok && got.ValueString() != test.hcl {
				t.Errorf("the configuration says %s, want %q", got, test.hcl)
			}
			back, diags := attribute.ExpandIdentity(t.Context(), object)
			if diags.HasError() {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(test.identity, back); diff != "" {
				t.Error(diff)
			}
		})
	}
}
