// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// accountKind is a kind of account that a row of protection or of keyholder names.
type accountKind struct {
	name, resourceType string
	// protected says that a customer-managed key can be attached; holder that it holds storage keys.
	protected, holder bool
}

// accountKinds returns every kind of account of the provider.
func accountKinds() []accountKind {
	var kinds []accountKind
	for _, kind := range protection.Kinds() {
		kinds = append(kinds, accountKind{name: kind.Name, resourceType: kind.ResourceType, protected: true})
	}
	for _, holder := range keyholder.Kinds(nil) {
		i := slices.IndexFunc(kinds, func(k accountKind) bool {
			return strings.EqualFold(k.resourceType, holder.ResourceType())
		})
		if i < 0 {
			i = len(kinds)
			kinds = append(kinds, accountKind{name: holder.Noun(), resourceType: holder.ResourceType()})
		}
		kinds[i].holder = true
	}
	return kinds
}

// service returns the name of the service in a table of the documentation: "Batch", "Storage".
func (k accountKind) service() string {
	words := strings.Fields(k.name)
	name := strings.Join(words[:len(words)-1], " ")
	return strings.ToUpper(name[:1]) + name[1:]
}

// TestKinds_haveARowEverywhere names each file in which a kind of account has no row. CONTRIBUTING.md,
// Adding a kind of account, says what to write there.
func TestKinds_haveARowEverywhere(t *testing.T) {
	t.Parallel()
	ids := contents(t, "../azure/id.go")
	documents := documentedRoutes(t)
	azure, err := rehearsal.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = azure.Close() })

	for _, kind := range accountKinds() {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			constant := regexp.MustCompile(`(\w+) += "` + kind.resourceType + `"`).FindStringSubmatch(ids)
			if constant == nil {
				t.Fatalf("internal/azure/id.go has no constant for %s", kind.resourceType)
			}
			row := "| " + kind.service()
			for _, want := range []struct {
				file, text string
				needed     bool
			}{
				{"README.md", row + " |", true},
				{"templates/index.md.tmpl", row + " |", true},
				{"templates/guides/bring-your-own-key.md", row, kind.protected},
				{"templates/guides/key-rotation.md", row, kind.holder},
				{".github/ISSUE_TEMPLATE/bug.yml", "- " + kind.service() + "\n", true},
				{"internal/service/customerkeyattachment/kind_test.go", "azure." + constant[1], kind.protected},
			} {
				if want.needed && !strings.Contains(contents(t, "../../"+want.file), want.text) {
					t.Errorf("%s has no %q", want.file, strings.TrimSpace(want.text))
				}
			}
			if !strings.Contains(documents, "/providers/"+strings.ToLower(kind.resourceType)+"/{") {
				t.Errorf("internal/rehearsal/test/openapi/testdata/azure-specs has no document with the routes of %s", kind.resourceType)
			}
			if !slices.Contains(servedBy(t, azure, kind.resourceType), strings.ToLower(kind.resourceType)) {
				t.Errorf("internal/rehearsal/rehearsal.go opens no service for %s", kind.resourceType)
			}
		})
	}
}

// servedBy returns the resource types that rehearsal lists for the namespace of a resource type.
func servedBy(t *testing.T, azure *rehearsal.Azure, resourceType string) []string {
	t.Helper()
	namespace, _, _ := strings.Cut(resourceType, "/")
	answer, err := azure.Ask(t.Context(), rehearsal.Question{
		Method: http.MethodGet,
		URL:    "/subscriptions/{subscriptionId}/providers/" + namespace + "?api-version=2021-04-01",
	})
	if err != nil {
		t.Fatal(err)
	}
	var provider struct {
		ResourceTypes []struct {
			ResourceType string `json:"resourceType"`
		} `json:"resourceTypes"`
	}
	if err := json.Unmarshal(answer.Body, &provider); err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, one := range provider.ResourceTypes {
		types = append(types, strings.ToLower(namespace+"/"+one.ResourceType))
	}
	return types
}

// documentedRoutes returns the text of Microsoft's OpenAPI documents, in lower case.
func documentedRoutes(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	folder := "../rehearsal/test/openapi/testdata/azure-specs"
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(file, ".json") {
			all.WriteString(strings.ToLower(contents(t, file)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func contents(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
