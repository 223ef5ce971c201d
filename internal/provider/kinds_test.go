// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/encryptionposture"
)

const (
	// root is the folder of the repository.
	root = "../.."
	// documents has Microsoft's OpenAPI documents.
	documents = "internal/rehearsal/test/openapi/testdata/azure-specs"
)

// kindTable is a place that has a row for each kind of account.
type kindTable struct {
	// where names the table and its file.
	where string
	// has reports whether the table has a row for the resource type.
	has func(resourceType string) bool
	// with names the table whose kinds alone need a row in this one; empty for all kinds.
	with string
}

// The tables that say what a kind of account is. A kind in one of them belongs in every other, unless
// [exempt] says why not.
const (
	resourceTypes = "the resource types in internal/azure/id.go"
	customerKeys  = "a function in internal/customerkey/kind.go"
	protections   = "kinds in internal/protection/kind.go, and a file beside it"
	keyHolders    = "Kinds in internal/keyholder/keyholder.go, and a file beside it"
	postures      = "kinds in internal/service/encryptionposture/kind.go"
	fixtures      = "an account to test with in internal/acctest/fixture"
)

// exempt says why a kind of account has no row in a table.
var exempt = map[string]map[string]string{
	azure.StorageAccountType: {
		keyHolders: "its keys are the ones that others hold",
	},
	azure.WorkspaceType: {
		customerKeys: "it keeps the key that it was created with",
		protections:  "it keeps the key that it was created with",
		postures:     "it keeps the key that it was created with",
	},
}

// noAccounts are the resource types of the provider that are no kind of account.
var noAccounts = []string{azure.ResourceGroupType, azure.UserAssignedIdentityType, azure.VaultType}

// TestKinds_haveARowEverywhere names every table and file in which a kind of account is missing.
func TestKinds_haveARowEverywhere(t *testing.T) {
	t.Parallel()
	constants := resourceTypeConstants(t)
	var traits, held []string
	for _, kind := range protection.Kinds() {
		traits = append(traits, kind.ResourceType)
	}
	for _, kind := range keyholder.Kinds(nil) {
		held = append(held, kind.ResourceType())
	}
	// mentions reports whether a text has the constant of a resource type, as azure.VaultType.
	mentions := func(text string) func(string) bool {
		return func(resourceType string) bool {
			name, ok := constants[canonical(constants, resourceType)]
			return ok && strings.Contains(text, "azure."+name)
		}
	}
	// tabled reports whether a table in a file has a row that begins with the service.
	tabled := func(file, end string) func(string) bool {
		return containing(read(t, file), func(resourceType string) string { return "| " + service(resourceType) + end })
	}
	client := reflect.TypeFor[*azure.Client]()
	furnished := readAll(t, "internal/acctest/fixture/*.go")
	tables := []kindTable{
		{where: resourceTypes, has: in(slices.Collect(maps.Keys(constants)))},
		{where: customerKeys, has: in(customerKeyTypes(t))},
		{where: protections, has: in(traits)},
		{where: keyHolders, has: in(held)},
		{where: postures, has: in(encryptionposture.ResourceTypes())},
		{where: "a client in internal/azure/client.go", has: func(resourceType string) bool {
			_, ok := client.MethodByName(clientOf(resourceType))
			return ok
		}},
		{
			where: "a service in internal/rehearsal/service, opened in internal/rehearsal/rehearsal.go",
			has:   in(rehearsedTypes(t)),
		},
		{
			where: "a document with its routes in " + documents,
			has: containing(documentedRoutes(t), func(resourceType string) string {
				return "/providers/" + resourceType + "/{"
			}),
		},
		{where: fixtures, has: func(resourceType string) bool {
			return mentions(furnished)(resourceType) ||
				strings.Contains(furnished, "."+clientOf(resourceType)+"(")
		}},
		{
			where: "TestOf in internal/protection/protection_test.go", with: protections,
			has: mentions(read(t, "internal/protection/protection_test.go")),
		},
		{
			where: "kinds in internal/service/customerkeyattachment/kind_test.go", with: protections,
			has: mentions(read(t, "internal/service/customerkeyattachment/kind_test.go")),
		},
		{
			where: "TestKinds in internal/keyholder/keyholder_test.go", with: keyHolders,
			has: containing(read(t, "internal/keyholder/keyholder_test.go"), strings.Clone),
		},
		{where: "the table of services in README.md", has: tabled("README.md", " |")},
		{where: "the table of services in templates/index.md.tmpl", has: tabled("templates/index.md.tmpl", " |")},
		{
			where: "the table in templates/guides/bring-your-own-key.md", with: protections,
			has: tabled("templates/guides/bring-your-own-key.md", ""),
		},
		{
			where: "the table in templates/guides/key-rotation.md", with: keyHolders,
			has: tabled("templates/guides/key-rotation.md", ""),
		},
		{
			where: "the services in .github/ISSUE_TEMPLATE/bug.yml",
			has: containing(read(t, ".github/ISSUE_TEMPLATE/bug.yml"), func(resourceType string) string {
				return "- " + service(resourceType) + "\n"
			}),
		},
	}

	for _, resourceType := range kindsOf(constants, customerKeyTypes(t), traits, held, encryptionposture.ResourceTypes()) {
		var missing, present []string
		for _, table := range tables {
			reason := exempt[canonical(constants, resourceType)][table.where]
			needed := table.with == "" || slices.ContainsFunc(tables, func(other kindTable) bool {
				return other.where == table.with && other.has(resourceType)
			})
			switch has := table.has(resourceType); {
			case has && reason != "":
				t.Errorf("%s has a row for %s: remove the exemption %q", table.where, resourceType, reason)
			case has:
				present = append(present, table.where)
			case needed && reason == "":
				missing = append(missing, table.where)
			}
		}
		if len(missing) > 0 {
			t.Errorf("the kind of account %s has a row in\n  %s\nbut none in\n  %s\n"+
				"Add the rows (CONTRIBUTING.md, \"Adding a kind of account\"), or say in exempt why it has none.",
				resourceType, strings.Join(present, "\n  "), strings.Join(missing, "\n  "))
		}
	}
}

// kindsOf returns every kind of account that a table has, each once.
func kindsOf(constants map[string]string, tables ...[]string) []string {
	all := slices.Concat(tables...)
	for resourceType := range constants {
		if !slices.Contains(noAccounts, resourceType) {
			all = append(all, resourceType)
		}
	}
	slices.Sort(all)
	return slices.CompactFunc(all, strings.EqualFold)
}

// canonical returns the resource type in the casing of internal/azure/id.go.
func canonical(constants map[string]string, resourceType string) string {
	for known := range constants {
		if strings.EqualFold(known, resourceType) {
			return known
		}
	}
	return resourceType
}

// resourceTypeConstants returns the names of the constants of internal/azure/id.go, by their values.
func resourceTypeConstants(t *testing.T) map[string]string {
	t.Helper()
	constants := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^\t(\w+Type)\s+= "([^"]+)"$`).
		FindAllStringSubmatch(read(t, "internal/azure/id.go"), -1) {
		constants[match[2]] = match[1]
	}
	return constants
}

// customerKeyTypes returns the resource types of internal/customerkey/kind.go.
func customerKeyTypes(t *testing.T) (found []string) {
	t.Helper()
	for _, match := range regexp.MustCompile(`ResourceType:\s+"([^"]+)"`).
		FindAllStringSubmatch(read(t, "internal/customerkey/kind.go"), -1) {
		found = append(found, match[1])
	}
	return found
}

// rehearsedTypes returns the resource types that rehearsal serves.
func rehearsedTypes(t *testing.T) (found []string) {
	t.Helper()
	client := acctest.New(t).Client()
	providers, err := client.Providers(client.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	for pages := providers.NewListPager(nil); pages.More(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, provider := range page.Value {
			for _, one := range provider.ResourceTypes {
				found = append(found, azure.Deref(provider.Namespace)+"/"+azure.Deref(one.ResourceType))
			}
		}
	}
	return found
}

// clientOf returns the name of the method of [azure.Client] for a resource type: its last segment, but
// for Media Services, whose accounts Azure names after the service.
func clientOf(resourceType string) string {
	if strings.EqualFold(resourceType, azure.MediaAccountType) {
		return "MediaAccounts"
	}
	name := resourceType[strings.LastIndexByte(resourceType, '/')+1:]
	return strings.ToUpper(name[:1]) + name[1:]
}

// service returns the name of the service of a resource type, as readers know it.
func service(resourceType string) string {
	switch {
	case strings.EqualFold(resourceType, azure.MediaAccountType):
		return "Media Services"
	case strings.EqualFold(resourceType, azure.VideoAnalyzerType):
		return "Video Analyzer"
	case strings.EqualFold(resourceType, azure.WorkspaceType):
		return "Machine Learning"
	default:
		namespace, _, _ := strings.Cut(resourceType, "/")
		return strings.TrimPrefix(namespace, "Microsoft.")
	}
}

func in(known []string) func(string) bool {
	return func(resourceType string) bool {
		return slices.ContainsFunc(known, func(one string) bool { return strings.EqualFold(one, resourceType) })
	}
}

// containing reports whether a text has the form of a resource type, in any casing.
func containing(text string, form func(string) string) func(string) bool {
	lower := strings.ToLower(text)
	return func(resourceType string) bool { return strings.Contains(lower, strings.ToLower(form(resourceType))) }
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readAll returns the files that a pattern matches, as one text.
func readAll(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	var all strings.Builder
	for _, path := range paths {
		relative, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(read(t, relative))
	}
	return all.String()
}

// documentedRoutes returns the text of Microsoft's OpenAPI documents.
func documentedRoutes(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := fs.WalkDir(os.DirFS(root), documents, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(file, ".json") {
			all.WriteString(read(t, file))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
