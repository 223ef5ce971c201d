// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
)

// examples is the folder whose files the registry documentation shows, seen from here.
const examples = "../../examples"

// exampleSubscription stands in the examples for the reader's own.
const exampleSubscription = "00000000-0000-0000-0000-000000000000"

// TestExamples_areThereForEveryKind holds the folders of examples against what the provider has.
func TestExamples_areThereForEveryKind(t *testing.T) {
	t.Parallel()
	server, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	has, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for folder, kinds := range map[string][]string{
		"resources":    slices.Sorted(maps.Keys(has.ResourceSchemas)),
		"data-sources": slices.Sorted(maps.Keys(has.DataSourceSchemas)),
		"functions":    slices.Sorted(maps.Keys(has.Functions)),

		"ephemeral-resources": slices.Sorted(maps.Keys(has.EphemeralResourceSchemas)),

		"actions": slices.Sorted(maps.Keys(has.ActionSchemas)),

		"list-resources": slices.Sorted(maps.Keys(has.ListResourceSchemas)),
	} {
		if diff := cmp.Diff(kinds, folders(t, folder)); diff != "" {
			t.Errorf("examples/%s (-kinds of the provider +folders):\n%s", folder, diff)
		}
	}
}

// TestExamples_importAllWaysAlike holds the ways to import a resource against each other: the
// command, which a test runs, and the blocks of newer Terraform versions.
func TestExamples_importAllWaysAlike(t *testing.T) {
	t.Parallel()
	for _, kind := range folders(t, "resources") {
		address, id := importExample(t, kind)
		for file, argument := range map[string]string{
			"import-by-string-id.tf": "id = " + strconv.Quote(id),
			"import-by-identity.tf":  "identity = {\n    id = " + strconv.Quote(id) + "\n  }",
		} {
			got := example(t, "resources", kind, file)
			want := "import {\n  to = " + address + "\n  " + argument + "\n}\n"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s/%s (-want +got):\n%s", kind, file, diff)
			}
		}
	}
}

// TestExamples_areCopyable has every example on a page of the registry say where the provider comes from:
// without it, Terraform looks for hashicorp/azuremedia.
func TestExamples_areCopyable(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "*", "azuremedia_*", "*.tf"))
	if err != nil || len(files) == 0 {
		t.Fatalf("found %v: %v", files, err)
	}
	functions, _ := filepath.Glob(filepath.Join(examples, "functions", "*", "*.tf"))
	providers, _ := filepath.Glob(filepath.Join(examples, "provider", "*.tf"))
	for _, file := range slices.Concat(files, functions, providers) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(filepath.Base(file), "import-") &&
			!strings.Contains(string(text), `source = "azuremedia/azuremedia"`) {
			t.Errorf("%s has no required_providers", file)
		}
	}
}

// unkept are the arguments that Azure keeps nothing of, so that an import cannot find them: a plan
// then takes note of them. Everything else a plan after an import has to find as it is.
func unkept(kind string) []string {
	switch kind {
	case "azuremedia_key_vault_key":
		return []string{"rotate_when_changed"}
	case "azuremedia_storage_key_rotation":
		return []string{"dependent_ids", "rotate_when_changed", "rotation_interval", "verify"}
	default:
		return nil
	}
}

// owns reports whether a resource is one of what there must be one owner of, so that an import needs the one that
// made it out of the way.
func owns(kind string) bool {
	switch kind {
	case "azuremedia_customer_key_attachment", "azuremedia_customer_key_grant", "azuremedia_storage_key_rotation":
		return true
	default:
		return false
	}
}

// TestAccExamples_resources applies every resource's examples, and imports what the first of them
// made: by the command, as its import.sh says, and by two plans, which have to be empty: of the example, and of
// the configuration that Terraform generates, from which a query generates the same.
func TestAccExamples_resources(t *testing.T) {
	t.Parallel()
	for _, kind := range folders(t, "resources") {
		for _, file := range configurations(t, "resources", kind) {
			t.Run(kind+"/"+file, func(t *testing.T) {
				t.Parallel()
				azure := acctest.New(t)
				config := azure.Config(example(t, "resources", kind, file))
				steps := []resource.TestStep{{Config: config}}
				if file == "resource.tf" {
					planned := importStep(t, kind, resource.ImportBlockWithID)
					planned.Config = withoutArguments(t, config, kind, unkept(kind)...)
					generated := importStep(t, kind, resource.ImportBlockWithID)
					generated.GenerateConfig = true
					if owns(kind) {
						generated.Config = withoutResource(t, config, generated.ResourceName)
					}
					steps = append(steps, importStep(t, kind, resource.ImportCommandWithID), planned, generated)
				}
				resource.Test(t, resource.TestCase{
					ProtoV6ProviderFactories: azure.Factories(),
					Steps:                    steps,
					CheckDestroy:             azure.Empty,
				})
			})
		}
	}
}

var guid = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// importStep imports a resource by its ID, which has the form that import.sh shows: only the
// subscription and the principal are others.
func importStep(t *testing.T, kind string, way resource.ImportStateKind) resource.TestStep {
	t.Helper()
	address, shown := importExample(t, kind)
	return resource.TestStep{
		ResourceName:    address,
		ImportState:     true,
		ImportStateKind: way,
		ImportStateIdFunc: func(state *terraform.State) (string, error) {
			made, ok := state.RootModule().Resources[address]
			if !ok {
				return "", fmt.Errorf("the example makes no %s", address)
			}
			id := made.Primary.Attributes["id"]
			if guid.ReplaceAllString(id, "") != guid.ReplaceAllString(shown, "") {
				return "", fmt.Errorf("the ID is %s, which has another form than %s", id, shown)
			}
			return id, nil
		},
	}
}

// TestAccExamples_dataSources reads every data source's and every ephemeral resource's example from what the quickstart made, or
// from the example of its resource where the quickstart makes none.
func TestAccExamples_dataSources(t *testing.T) {
	t.Parallel()
	for folder, file := range map[string]string{
		"data-sources": "data-source.tf", "ephemeral-resources": "ephemeral-resource.tf",
	} {
		for _, kind := range folders(t, folder) {
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				azure := acctest.New(t)
				made := azure.Config(example(t, "quickstart", "main.tf"))
				if kind == "azuremedia_video_analyzer" {
					made = azure.Config(example(t, "resources", kind, "resource.tf"))
				}
				read := strings.ReplaceAll(example(t, folder, kind, file), exampleSubscription, azure.SubscriptionID())
				resource.Test(t, resource.TestCase{
					ProtoV6ProviderFactories: azure.Factories(),
					Steps:                    []resource.TestStep{{Config: made}, {Config: made + read}},
				})
			})
		}
	}
}

// TestExamples_listResources lists what every list's example asks for.
func TestExamples_listResources(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	estateOf(w, 1)
	proto := w.Proto()
	for _, kind := range folders(t, "list-resources") {
		list := blockOf(t, filepath.Join(examples, "list-resources", kind, "list-resource.tfquery.hcl"), "list", kind)
		var filters acctest.Value
		for _, block := range list.Body.Blocks {
			filters = valuesOf(t, block.Body.Attributes)
		}
		_, include := list.Body.Attributes["include_resource"]
		if _, diags := proto.List(kind, acctest.Query{Config: filters, Include: include}); len(diags) > 0 || len(filters) == 0 {
			t.Errorf("%s %v: %s", kind, filters, diags.Text())
		}
	}
}

// TestAccExamples_listResources runs every list's example with a Terraform that can: 1.14 or later.
// TestExamples_listResources does so with any.
func TestAccExamples_listResources(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	steps := []resource.TestStep{{Config: azure.Config(example(t, "quickstart", "main.tf"))}}
	for _, kind := range folders(t, "list-resources") {
		steps = append(steps, resource.TestStep{
			Query:  true,
			Config: azure.Config(example(t, "list-resources", kind, "list-resource.tfquery.hcl")),
		})
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps:                    steps,
	})
}

// TestExamples_actions invokes every action's example on what the quickstart makes.
func TestExamples_actions(t *testing.T) {
	t.Parallel()
	for _, kind := range folders(t, "actions") {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			w.Account("contosomediastorage")
			action := blockOf(t, filepath.Join(examples, "actions", kind, "action.tf"), "action", kind)
			config := valuesOf(t, action.Body.Blocks[0].Body.Attributes)
			account := w.ID("Microsoft.Media/mediaservices", "contosomediastorage")
			for name, value := range config {
				switch name {
				case "storage_account_id":
					config[name] = strings.Replace(fmt.Sprint(value), exampleSubscription, w.SubscriptionID(), 1)
				case "dependent_ids":
					config[name] = []any{account}
				case "leaked_at":
					config[name] = w.Client.TimeOf("").UTC().Format(time.RFC3339)
				}
			}
			progress, diags := w.Proto().Invoke(kind, config)
			if len(diags) > 0 || len(progress) == 0 {
				t.Errorf("%v %s", progress, diags.Text())
			}
		})
	}
}

// TestAccExamples_actions plans every action's example with a Terraform that has actions: 1.14 or later.
// TestExamples_actions invokes them with any.
func TestAccExamples_actions(t *testing.T) {
	t.Parallel()
	for _, kind := range folders(t, "actions") {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			opened := acctest.New(t)
			made := opened.Config(example(t, "quickstart", "main.tf"))
			acts := strings.ReplaceAll(example(t, "actions", kind, "action.tf"), exampleSubscription, opened.SubscriptionID())
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: opened.Factories(),
				TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
				Steps:                    []resource.TestStep{{Config: made}, {Config: made + acts}},
			})
		})
	}
}

// blockOf is the one block of a file, which has a type and a first label.
func blockOf(t *testing.T, file, blockType, label string) *hclsyntax.Block {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, diags := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	body, _ := parsed.Body.(*hclsyntax.Body)
	for _, block := range body.Blocks {
		if block.Type == blockType && block.Labels[0] == label {
			return block
		}
	}
	t.Fatalf("%s has no %s of %s", file, blockType, label)
	return nil
}

// valuesOf are the values of arguments that refer to nothing.
func valuesOf(t *testing.T, arguments hclsyntax.Attributes) acctest.Value {
	t.Helper()
	values := acctest.Value{}
	for name, argument := range arguments {
		value, diags := argument.Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		encoded, err := ctyjson.Marshal(value, value.Type())
		if err != nil {
			t.Fatal(err)
		}
		var decoded any
		if err := json.Unmarshal(encoded, &decoded); err != nil {
			t.Fatal(err)
		}
		values[name] = objects(decoded)
	}
	return values
}

// objects are the objects within a value as the driver writes them.
func objects(value any) any {
	switch value := value.(type) {
	case map[string]any:
		object := acctest.Value{}
		for name, one := range value {
			object[name] = objects(one)
		}
		return object
	case []any:
		for i, one := range value {
			value[i] = objects(one)
		}
	}
	return value
}

// TestAccExamples_functions evaluates every function's example.
func TestAccExamples_functions(t *testing.T) {
	t.Parallel()
	for _, name := range folders(t, "functions") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.New(t).Factories(),
				Steps:                    []resource.TestStep{{Config: example(t, "functions", name, "function.tf")}},
			})
		})
	}
}

// TestAccExamples_provider validates the examples of the provider block.
func TestAccExamples_provider(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(examples, "provider", "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("there is no example of the provider block")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.New(t).Factories(),
				Steps: []resource.TestStep{{
					Config:   without(t, file, "terraform"),
					PlanOnly: true,
				}},
			})
		})
	}
}

// folders lists the kinds that there is an example of.
func folders(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(examples, folder))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names
}

// configurations lists the examples of a kind that can be applied, which import blocks alone
// cannot.
func configurations(t *testing.T, folder, kind string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(examples, folder, kind, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		if name := filepath.Base(file); !strings.HasPrefix(name, "import-") {
			names = append(names, name)
		}
	}
	return names
}

// example is a file of the examples, less the blocks that a test has of its own.
func example(t *testing.T, path ...string) string {
	t.Helper()
	return without(t, filepath.Join(append([]string{examples}, path...)...), "terraform", "provider")
}

// without is a Terraform file without the top-level blocks of some types.
func without(t *testing.T, file string, types ...string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, diags := hclwrite.ParseConfig(text, file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, block := range parsed.Body().Blocks() {
		if slices.Contains(types, block.Type()) {
			parsed.Body().RemoveBlock(block)
		}
	}
	return string(parsed.Bytes())
}

// withoutArguments is a configuration without some arguments of the resources of a type.
func withoutArguments(t *testing.T, config, kind string, arguments ...string) string {
	t.Helper()
	parsed, diags := hclwrite.ParseConfig([]byte(config), "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, block := range parsed.Body().Blocks() {
		if block.Type() == "resource" && block.Labels()[0] == kind {
			for _, argument := range arguments {
				block.Body().RemoveAttribute(argument)
			}
		}
	}
	return string(parsed.Bytes())
}

// withoutResource is a configuration that forgets one resource.
func withoutResource(t *testing.T, config, address string) string {
	t.Helper()
	parsed, diags := hclwrite.ParseConfig([]byte(config), "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, block := range parsed.Body().Blocks() {
		if block.Type() == "resource" && strings.Join(block.Labels(), ".") == address {
			parsed.Body().RemoveBlock(block)
		}
	}
	return string(parsed.Bytes()) + "removed {\n  from = " + address + "\n  lifecycle {\n    destroy = false\n  }\n}\n"
}

var importCommand = regexp.MustCompile(`(?m)^terraform import (\S+) ['"]?([^\s'"]+)['"]?$`)

// importExample is the resource and the ID of a resource's import.sh.
func importExample(t *testing.T, kind string) (address, id string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, "resources", kind, "import.sh"))
	if err != nil {
		t.Fatal(err)
	}
	found := importCommand.FindStringSubmatch(string(text))
	if found == nil {
		t.Fatalf("import.sh of %s holds no terraform import:\n%s", kind, text)
	}
	return found[1], found[2]
}
