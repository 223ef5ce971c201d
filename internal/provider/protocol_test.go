// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestProtocol_keepsSecretsOut: a secret that goes in is write-only, and what a state or a plan keeps holds none.
// Only the provider block, which Terraform keeps nowhere, takes secrets, and only an ephemeral resource shows any.
func TestProtocol_keepsSecretsOut(t *testing.T) {
	t.Parallel()
	schemas := acctest.New(t).Proto().Schemas()
	for kind, all := range map[string]map[string]*tfprotov6.Schema{
		"resource": schemas.ResourceSchemas, "data source": schemas.DataSourceSchemas,
		"ephemeral resource": schemas.EphemeralResourceSchemas, "list": schemas.ListResourceSchemas,
		"action": actionSchemas(schemas),
	} {
		for name, schema := range all {
			for path, attribute := range attributesOf("", schema.Block.Attributes) {
				argument := attribute.Optional || attribute.Required
				switch {
				case argument && attribute.Sensitive && !attribute.WriteOnly:
					t.Errorf("the %s %s takes a secret that is not write-only: %s", kind, name, path)
				case !argument && attribute.Sensitive && kind != "ephemeral resource":
					t.Errorf("the %s %s keeps a secret: %s", kind, name, path)
				}
			}
		}
	}
}

func actionSchemas(schemas *tfprotov6.GetProviderSchemaResponse) map[string]*tfprotov6.Schema {
	found := map[string]*tfprotov6.Schema{}
	for name, action := range schemas.ActionSchemas {
		found[name] = action.Schema
	}
	return found
}

// attributesOf are all attributes by their paths.
func attributesOf(around string, attributes []*tfprotov6.SchemaAttribute) map[string]*tfprotov6.SchemaAttribute {
	found := map[string]*tfprotov6.SchemaAttribute{}
	for _, attribute := range attributes {
		found[around+attribute.Name] = attribute
		if attribute.NestedType != nil {
			maps.Copy(found, attributesOf(around+attribute.Name+".", attribute.NestedType.Attributes))
		}
	}
	return found
}

// TestProtocol_identities: every resource has an identity, sets it when it is created, read and updated, and is
// imported by it as by its ID.
func TestProtocol_identities(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	identities, err := proto.Server().GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	kinds := slices.Sorted(maps.Keys(proto.Schemas().ResourceSchemas))
	if diff := cmp.Diff(kinds, slices.Sorted(maps.Keys(identities.IdentitySchemas))); diff != "" {
		t.Errorf("the identities (-resources +identities):\n%s", diff)
	}
	made := everyKind(w, 1)
	for _, kind := range kinds {
		if len(made[kind]) == 0 {
			t.Errorf("there is no %s to import", kind)
			continue
		}
		object := made[kind][0]
		want := map[string]string{"id": fmt.Sprint(object.State["id"])}
		byID, diags := proto.ImportByID(kind, want["id"])
		byIdentity, more := proto.ImportByIdentity(kind, object.Identity)
		if diags = append(diags, more...); len(diags) > 0 {
			t.Errorf("%s: %s", kind, diags.Text())
		}
		read, _ := proto.Read(object)
		for when, identity := range map[string]map[string]string{
			"creation": object.Identity, "refresh": read.Identity, "import by ID": byID.Identity,
			"import by identity": byIdentity.Identity,
		} {
			if diff := cmp.Diff(want, identity); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", kind, when, diff)
			}
		}
		if diff := cmp.Diff(byID.State, byIdentity.State); diff != "" {
			t.Errorf("%s is imported differently (-by ID +by identity):\n%s", kind, diff)
		}
	}
}

// everyKind makes an estate of so many accounts, and what else there is one of: all resources by their types.
func everyKind(w *fixture.World, size int) map[string][]acctest.Object {
	proto, made := w.Proto(), map[string][]acctest.Object{}
	for _, one := range estateOf(w, size) {
		made[one.Type] = append(made[one.Type], one.Object)
	}
	reader := proto.Create("azuremedia_user_assigned_identity", acctest.Value{
		"name": "reader", "resource_group_name": fixture.Group, "location": fixture.Location,
	})
	w.VideoAnalyzer("analyzer", w.ID(azure.StorageAccountType, "estate0p"), reader.Identity["id"],
		fmt.Sprint(reader.State["principal_id"]))
	analyzer, _ := proto.ImportByID("azuremedia_video_analyzer", w.ID(azure.VideoAnalyzerType, "analyzer"))
	group, _ := proto.ImportByID("azuremedia_resource_group", w.ID(azure.ResourceGroupType, ""))
	for _, one := range []acctest.Object{reader, analyzer, group} {
		made[one.Type] = append(made[one.Type], one)
	}
	return made
}
