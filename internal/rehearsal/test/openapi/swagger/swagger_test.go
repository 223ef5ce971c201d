// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package swagger_test

import (
	"encoding/json"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi/swagger"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	const (
		main   = "azure-specs/mediaservices/2021-05-01/Accounts.json"
		common = "azure-specs/mediaservices/2020-05-01/Common.json"
		types  = "azure-specs/common-types/resource-management/v1/types.json"
		links  = "azure-specs/common-types/resource-management/v1/privatelinks.json"
	)
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{
			name: "definitions and parameters of other documents",
			files: map[string]string{
				main: `{"info":{"version":"1"},"produces":["application/json"],"paths":{"/a":{"get":{
					"parameters":[{"$ref":"#/parameters/Version"},
						{"$ref":"../../../../common-types/resource-management/v1/types.json#/parameters/Top"}],
					"responses":{
						"200":{"schema":{"$ref":"../../../../common-types/resource-management/v1/privatelinks.json#/definitions/Link"}},
						"default":{"schema":{"$ref":"../../../Accounts/stable/2020-05-01/Common.json#/definitions/Error"}}},
					"x-ms-examples":{"x":{"$ref":"./examples/missing.json"}}}}},
					"parameters":{"Version":{"name":"api-version","in":"query"}}}`,
				common: `{"definitions":{"Error":{"type":"object"}}}`,
				types:  `{"parameters":{"Top":{"name":"$top"}},"definitions":{"Resource":{"type":"string"}}}`,
				links: `{"definitions":{"Link":{"properties":{
					"r":{"$ref":"./types.json#/definitions/Resource","readOnly":true}}}}}`,
			},
			want: `{"swagger":"2.0","info":{"version":"1"},"produces":["application/json"],
				"paths":{"/a":{"get":{
					"parameters":[{"name":"api-version","in":"query"},{"name":"$top"}],
					"responses":{"200":{"schema":{"$ref":"#/definitions/v1.privatelinks.Link"}},
						"default":{"schema":{"$ref":"#/definitions/2020-05-01.Common.Error"}}}}}},
				"definitions":{
					"v1.privatelinks.Link":{"properties":{
						"r":{"$ref":"#/definitions/v1.types.Resource","readOnly":true}}},
					"v1.types.Resource":{"type":"string"},
					"2020-05-01.Common.Error":{"type":"object"}}}`,
		},
		{
			name: "composition, in depth",
			files: map[string]string{main: `{"info":{},"paths":{},"definitions":{
				"A":{"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"]},
				"B":{"allOf":[{"$ref":"#/definitions/A"}],"properties":{"b":{"type":"integer"}},"required":["a","b"]},
				"C":{"properties":{"c":{"description":"d","allOf":[{"$ref":"#/definitions/B"}]}}}}}`},
			want: `{"swagger":"2.0","info":{},"paths":{},"definitions":{
				"A":{"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"]},
				"B":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"]},
				"C":{"properties":{"c":{"type":"object","description":"d",
					"properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"]}}}}}`,
		},
		{
			name: "a definition that contains itself",
			files: map[string]string{main: `{"info":{},"paths":{},"definitions":{
				"E":{"properties":{"details":{"type":"array","items":{"$ref":"#/definitions/E"}}}}}}`},
			want: `{"swagger":"2.0","info":{},"paths":{},"definitions":{
				"E":{"properties":{"details":{"type":"array","items":{"$ref":"#/definitions/E"}}}}}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{}
			for name, content := range test.files {
				files[name] = &fstest.MapFile{Data: []byte(content)}
			}
			got, err := swagger.Load(files, main)
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoad_reportsDeadReferences(t *testing.T) {
	t.Parallel()
	for _, reference := range []string{
		"#/definitions/None", "#/parameters/None", "other.json#/definitions/None",
		"broken.json#/parameters/None", "#/responses/None",
	} {
		for _, document := range []string{
			`{"paths":{"/a":[{"$ref":"` + reference + `"}]}}`,
			`{"definitions":{"A":{"items":{"$ref":"` + reference + `"}}}}`,
		} {
			files := fstest.MapFS{
				"a.json":      {Data: []byte(document)},
				"broken.json": {Data: []byte(`{`)},
			}
			if _, err := swagger.Load(files, "a.json"); err == nil {
				t.Errorf("Load took %s", document)
			}
		}
	}
}
