// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// minimalResources returns a smallest configuration of every resource.
func minimalResources() map[string]guarded {
	rows := guardedResources()
	rows["key"] = guarded{"azuremedia_key_vault_key", func(w *fixture.World) (configured, change acctest.Value) {
		return acctest.Value{"name": "media", "key_vault_id": w.Vault("keys")}, nil
	}}
	rows["rotation"] = guarded{"azuremedia_storage_key_rotation", func(w *fixture.World) (configured, change acctest.Value) {
		w.Account("contoso")
		return acctest.Value{"storage_account_id": w.ID(azure.StorageAccountType, "contoso")}, nil
	}}
	return rows
}

// minimalDataSources returns a smallest configuration of every data source with arguments to try.
func minimalDataSources() map[string]func(w *fixture.World) acctest.Value {
	storage := func(argument string) func(w *fixture.World) acctest.Value {
		return func(w *fixture.World) acctest.Value {
			w.Account("contoso")
			return acctest.Value{argument: w.ID(azure.StorageAccountType, "contoso")}
		}
	}
	return map[string]func(w *fixture.World) acctest.Value{
		"azuremedia_accounts":             func(*fixture.World) acctest.Value { return acctest.Value{} },
		"azuremedia_blast_radius":         storage("resource_id"),
		"azuremedia_encryption_posture":   storage("account_id"),
		"azuremedia_storage_key_rotation": storage("storage_account_id"),
	}
}

// argument is an attribute that a configuration can set, at the names that lead to it.
type argument struct {
	names []string
	kind  tftypes.Type
}

func (a argument) String() string { return strings.Join(a.names, ".") }

// arguments returns the arguments in a schema, also those inside of others.
func arguments(attributes []*tfprotov6.SchemaAttribute, parents ...string) (found []argument) {
	for _, attribute := range attributes {
		if !attribute.Optional && !attribute.Required {
			continue
		}
		names := append(slices.Clone(parents), attribute.Name)
		found = append(found, argument{names, attribute.ValueType()})
		if attribute.NestedType != nil {
			found = append(found, arguments(attribute.NestedType.Attributes, names...)...)
		}
	}
	return found
}

// around returns what an argument inside of another needs beside it.
func around(w *fixture.World, name string) acctest.Value {
	switch name {
	case "identity":
		id, _ := w.Identity("other")
		return acctest.Value{"type": "UserAssigned", "identity_ids": []any{id}}
	case "network_acls", "key_delivery_access_control":
		return acctest.Value{"default_action": "Deny"}
	case "verify":
		return acctest.Value{"url": "https://contoso.example/"}
	case "secrets":
		w.Vault("contoso-kv")
		return acctest.Value{"id": "https://contoso-kv.vault.azure.net/secrets/storage-key"}
	default:
		return acctest.Value{}
	}
}

// good returns an element that a collection accepts.
func good(w *fixture.World, configured acctest.Value, name string) any {
	switch name {
	case "identity_ids":
		id, _ := w.Identity("more")
		return id
	case "key_opts":
		return "wrapKey"
	case "ip_rules", "ip_allow_list":
		return "203.0.113.7"
	case "dependent_ids":
		return w.ID(azure.MediaAccountType, "contoso")
	case "secret_ids":
		return "https://contoso-kv.vault.azure.net/secrets/storage-key"
	case "subscription_ids":
		return w.SubscriptionID()
	case "storage_accounts":
		primary := maps.Clone(configured[name].([]any)[0].(acctest.Value))
		primary["user_assigned_identity_id"] = nil
		return primary
	case "verify":
		return acctest.Value{
			"url": "https://contoso.example/", "expected_status": float64(200), "expected_body": nil,
			"expected_headers": nil, "attempts": float64(3), "signed": nil,
		}
	case "secrets":
		secret := acctest.Value{
			"name": "storage-key", "key_vault_id": w.Vault("contoso-kv"), "id": nil, "disable_old_versions": nil,
		}
		for _, text := range []string{"holds", "endpoint_suffix", "content_type", "expires_after", "tags"} {
			secret[text] = nil
		}
		return secret
	default:
		return "a"
	}
}

// set returns the configuration with an argument set.
func (a argument) set(w *fixture.World, configured acctest.Value, value any) acctest.Value {
	configured = maps.Clone(configured)
	name := a.names[0]
	if len(a.names) == 1 {
		configured[name] = value
		return configured
	}
	inner := around(w, name)
	if given, ok := configured[name].(acctest.Value); ok {
		inner = given
	}
	inner = argument{names: a.names[1:]}.set(w, inner, value)
	configured[name] = inner
	if name == "verify" || name == "storage_accounts" || name == "secrets" {
		configured[name] = []any{inner}
	}
	return configured
}

// odd is a value with a null, with an unknown part, or with nothing in it.
type odd struct {
	name  string
	value any
}

// oddities returns what a collection is tried with, or nothing for what is none.
func (a argument) oddities(element any) []odd {
	switch a.kind.(type) {
	case tftypes.Map:
		return []odd{
			{"a null beside another", acctest.Value{"a": element, "b": nil}},
			{"only a null", acctest.Value{"b": nil}},
			{"empty", acctest.Value{}},
			{"an unknown", acctest.Value{"a": element, "b": acctest.Unknown{}}},
			{"only an unknown", acctest.Value{"b": acctest.Unknown{}}},
			{"all unknown", acctest.Unknown{}},
		}
	case tftypes.Set, tftypes.List:
		return []odd{
			{"a null beside another", []any{element, nil}},
			{"only a null", []any{nil}},
			{"empty", []any{}},
			{"an unknown", []any{element, acctest.Unknown{}}},
			{"only an unknown", []any{acctest.Unknown{}}},
			{"all unknown", acctest.Unknown{}},
		}
	case tftypes.Object:
		return []odd{{"all unknown", acctest.Unknown{}}}
	default:
		return nil
	}
}

// refusedByName reports whether something was refused, and fails the test unless that names the argument
// and blames nobody else.
func refusedByName(t *testing.T, at argument, when string, diags acctest.Diagnostics) bool {
	t.Helper()
	diags = diags.Errors()
	for _, one := range diags {
		text := acctest.Diagnostics{one}.Text()
		if !strings.Contains(one.Attribute.String(), `"`+at.names[0]+`"`) && !strings.Contains(text, at.names[len(at.names)-1]) {
			t.Errorf("%s does not name %s: %s", when, at, text)
		}
		for _, blame := range []string{"error in the provider", "provider developer", "Provider Bug"} {
			if strings.Contains(text, blame) {
				t.Errorf("%s blames the provider: %s", when, text)
			}
		}
	}
	return len(diags) > 0
}

// same compares two states whose sets may be in another order.
func same(a, b acctest.Value) string {
	return cmp.Diff(a, b, cmpopts.SortSlices(func(a, b any) bool { return fmt.Sprint(a) < fmt.Sprint(b) }))
}

// at returns the value of an argument in a configuration or a state.
func (a argument) at(value any) any {
	for _, name := range a.names {
		if list, ok := value.([]any); ok && len(list) > 0 {
			value = list[0]
		}
		object, _ := value.(acctest.Value)
		value = object[name]
	}
	return value
}

// TestCollections_withNullsAndUnknowns tries every collection of every resource with nulls, empty and not
// known yet, at creation and on change: it is refused when it is planned, or the next plan is empty.
func TestCollections_withNullsAndUnknowns(t *testing.T) {
	t.Parallel()
	for row, noun := range minimalResources() {
		schema := acctest.New(t).Proto().Schemas().ResourceSchemas[noun.resource]
		for _, tried := range arguments(schema.Block.Attributes) {
			for i, variant := range tried.oddities("") {
				t.Run(strings.Join([]string{row, tried.String(), variant.name}, " "), func(t *testing.T) {
					t.Parallel()
					w := fixture.New(t)
					base, _ := noun.prepare(w)
					value := tried.oddities(good(w, base, tried.names[len(tried.names)-1]))[i].value
					configured := tried.set(w, base, value)
					if refusedByName(t, tried, "the validation", w.Proto().Validate(noun.resource, configured)) {
						if strings.Contains(variant.name, "unknown") {
							t.Error("refused what is not known yet")
						}
						return
					}
					object := acctest.Object{Type: noun.resource}
					for _, step := range []struct {
						name       string
						configured acctest.Value
					}{{"the creation", configured}, {"the change back", base}, {"the change", configured}} {
						plan := w.Proto().Plan(noun.resource, object, step.configured)
						if refusedByName(t, tried, step.name, plan.Diagnostics) {
							return
						}
						if diff := same(acctest.Value{"": tried.at(step.configured)}, acctest.Value{"": tried.at(plan.State)}); diff != "" &&
							tried.at(step.configured) != nil {
							t.Errorf("%s is planned otherwise than configured (-want +got):\n%s", step.name, diff)
						}
						if len(plan.Replace) > 0 {
							t.Errorf("%s replaces the resource: %v", step.name, plan.Replace)
						}
						if strings.Contains(variant.name, "unknown") {
							return // What it turns out to be is validated and planned once more.
						}
						applied, diags := w.Proto().Apply(plan)
						if len(diags.Errors()) > 0 {
							t.Fatalf("%s fails at apply: %s", step.name, diags.Text())
						}
						if planned := tried.at(plan.State); planned != nil {
							if diff := same(acctest.Value{"": planned}, acctest.Value{"": tried.at(applied.State)}); diff != "" {
								t.Errorf("%s: inconsistent result after apply (-planned +applied):\n%s", step.name, diff)
							}
						}
						read, diags := w.Proto().Read(applied)
						if diff := same(applied.State, read.State); diff != "" || len(diags.Errors()) > 0 {
							t.Errorf("%s: a refresh finds (-applied +read):\n%s%s", step.name, diff, diags.Text())
						}
						again := w.Proto().Plan(noun.resource, read, step.configured)
						if diff := same(read.State, again.State); diff != "" || len(again.Replace) > 0 {
							t.Errorf("%s: the next plan is not empty, replaces %v (-state +plan):\n%s", step.name, again.Replace, diff)
						}
						object = read
					}
				})
			}
		}
	}
}

// TestCollections_ofDataSources tries the same with every data source.
func TestCollections_ofDataSources(t *testing.T) {
	t.Parallel()
	for name, schema := range acctest.New(t).Proto().Schemas().DataSourceSchemas {
		for _, tried := range arguments(schema.Block.Attributes) {
			for i, variant := range tried.oddities("") {
				prepare, ok := minimalDataSources()[name]
				if !ok {
					t.Fatalf("no row of minimalDataSources has the arguments of %s", name)
				}
				t.Run(strings.Join([]string{name, tried.String(), variant.name}, " "), func(t *testing.T) {
					t.Parallel()
					w := fixture.New(t)
					base := prepare(w)
					configured := tried.set(w, base, tried.oddities(good(w, base, tried.names[0]))[i].value)
					refused := refusedByName(t, tried, "the validation", w.Proto().ValidateData(name, configured))
					if refused && strings.Contains(variant.name, "unknown") {
						t.Error("refused what is not known yet")
					}
					if refused || strings.Contains(variant.name, "unknown") {
						return // Terraform reads a data source when all of its configuration is known.
					}
					if _, diags := w.Proto().ReadData(name, configured); len(diags.Errors()) > 0 {
						t.Errorf("reading: %s", diags.Text())
					}
				})
			}
		}
	}
}

// TestRotations_startForNoValue has rotate_when_changed be set to what is no value: it adds no version of a key, and
// regenerates none of a storage account.
func TestRotations_startForNoValue(t *testing.T) {
	t.Parallel()
	for _, row := range []string{"key", "rotation"} {
		w := fixture.New(t)
		noun := minimalResources()[row]
		configured, _ := noun.prepare(w)
		object := w.Proto().Create(noun.resource, configured)
		before := object.State["version"]
		for _, values := range []any{acctest.Value{}, acctest.Value{"a": nil}, nil} {
			configured["rotate_when_changed"] = values
			object = w.Proto().Update(object, configured)
		}
		made := len(w.Requests("POST", "/regenerateKey"))
		if object.State["version"] != before || made > 0 {
			t.Errorf("%s: version %v became %v, %d keys were regenerated", row, before, object.State["version"], made)
		}
	}
}

// TestElements_lackWhatEachNeeds tries objects in a list and in a set without the attribute that each needs.
func TestElements_lackWhatEachNeeds(t *testing.T) {
	t.Parallel()
	for row, element := range map[string]struct {
		tried argument
		value acctest.Value
	}{
		"media account": {argument{names: []string{"storage_accounts", "id"}}, acctest.Value{"is_primary": true}},
		"rotation":      {argument{names: []string{"verify", "url"}}, acctest.Value{"attempts": 1}},
	} {
		w := fixture.New(t)
		noun := minimalResources()[row]
		configured, _ := noun.prepare(w)
		configured[element.tried.names[0]] = []any{element.value}
		if !refusedByName(t, element.tried, row, w.Proto().Validate(noun.resource, configured)) {
			t.Errorf("%s has an element without %s", row, element.tried)
		}
	}
}

// TestAccCollections_withNullsAndUnknowns has the real CLI do what people do: a variable that nobody sets, and
// objects that are known after something else has been made.
func TestAccCollections_withNullsAndUnknowns(t *testing.T) {
	t.Parallel()
	w := acctest.New(t)
	all := w.Config(`
		variable "owner" {
			type    = string
			default = null
		}
		variable "verified" {
			type    = object({ url = string, expected_headers = map(string) })
			default = { url = "https://contoso.example/", expected_headers = { "X-Cache" = null } }
		}
		locals {
			tags = { owner = var.owner }
		}
		resource "terraform_data" "none" {
			input = null
		}
		resource "azuremedia_resource_group" "media" {
			name     = "media"
			location = "westus2"
			tags     = { owner = terraform_data.none.output, env = "dev" }
		}
		resource "azuremedia_user_assigned_identity" "media" {
			name                = "media"
			resource_group_name = azuremedia_resource_group.media.name
			location            = azuremedia_resource_group.media.location
			tags                = local.tags
		}
		resource "azuremedia_storage_account" "media" {
			name                = "contosonulls"
			resource_group_name = azuremedia_resource_group.media.name
			location            = azuremedia_resource_group.media.location
			tags                = local.tags
		}
		resource "azuremedia_key_vault" "media" {
			name                = "contosonulls"
			resource_group_name = azuremedia_resource_group.media.name
			location            = azuremedia_resource_group.media.location
			tags                = local.tags
			network_acls        = { default_action = "Allow", ip_rules = [] }
		}
		resource "azuremedia_key_vault_key" "media" {
			name         = "media"
			key_vault_id = azuremedia_key_vault.media.id
			tags         = local.tags
		}
		resource "terraform_data" "storage" {
			input = { id = azuremedia_storage_account.media.id, is_primary = true }
		}
		resource "azuremedia_account" "media" {
			name                = "contosonulls"
			resource_group_name = azuremedia_resource_group.media.name
			location            = azuremedia_resource_group.media.location
			storage_accounts    = [terraform_data.storage.output]
			identity            = { type = "UserAssigned", identity_ids = [azuremedia_user_assigned_identity.media.id, null] }
			tags                = local.tags
		}
		resource "azuremedia_storage_key_rotation" "media" {
			storage_account_id  = azuremedia_storage_account.media.id
			dependent_ids       = [azuremedia_account.media.id]
			rotate_when_changed = { a = null }
			verify              = [var.verified]
		}`)
	owned := config.Variables{"owner": config.StringVariable("me")}
	tagged := check.Resource("azuremedia_account.media")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy:             w.Empty,
		Steps: []resource.TestStep{
			{Config: all},
			{Config: all, ConfigVariables: owned, ConfigPlanChecks: tagged.Updates()},
			{Config: all, ConfigPlanChecks: tagged.Updates()},
		},
	})
}

// TestNumbers_thatMakeNoSense tries every number and every timeout with what is none: it is refused when it is
// validated, in words that name the argument.
func TestNumbers_thatMakeNoSense(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	schemas := proto.Schemas()
	try := func(noun string, attributes []*tfprotov6.SchemaAttribute, configured acctest.Value,
		validate func(string, acctest.Value) acctest.Diagnostics,
	) {
		for _, tried := range arguments(attributes) {
			var values []any
			switch {
			case tried.kind.Is(tftypes.Number):
				values = []any{1.5, -0.5, 1e40, -1e40, -1, 9e18}
			case tried.names[0] == "timeouts" && len(tried.names) == 2:
				values = []any{"0s", "-5m", "999999h", "99999999999h", "1ns", "", "soon", "5"}
			case slices.Contains([]string{"settling_time", "rotation_interval"}, tried.names[0]):
				values = []any{"P0D", "PT0H", "-PT6H", "P9999D", "PT99999H", "P1.5D", "", "P", "PT", "6h"}
			case tried.names[0] == "rotation_policy" && tried.kind.Is(tftypes.String):
				values = []any{"P0D", "-P90D", "P9999Y", "P99999D", "P1.5Y", "", "P", "90d"}
			}
			for _, value := range values {
				when := fmt.Sprintf("%s with %s = %v", noun, tried, value)
				if !refusedByName(t, tried, when, validate(noun, tried.set(w, configured, value))) {
					t.Errorf("%s is accepted", when)
				}
			}
		}
	}
	done := map[string]bool{}
	for _, noun := range minimalResources() {
		if done[noun.resource] {
			continue
		}
		done[noun.resource] = true
		w = fixture.New(t)
		configured, _ := noun.prepare(w)
		try(noun.resource, schemas.ResourceSchemas[noun.resource].Block.Attributes, configured, proto.Validate)
	}
	for name, prepare := range minimalDataSources() {
		w = fixture.New(t)
		try(name, schemas.DataSourceSchemas[name].Block.Attributes, prepare(w), proto.ValidateData)
	}
}
