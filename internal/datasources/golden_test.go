package datasources

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// nullInAllGoldenStates are the results that no golden state has a value for, and
// why.
var nullInAllGoldenStates = map[string]string{
	"partnercenter_azure_subscription_usage.currency_locale":              "only legacy records have one",
	"partnercenter_subscription_resource_usage.records[].currency_locale": "only legacy records have one",
}

// Every result has a value in some golden state. One that has none may have lost
// its line in the mapping: -update would write null, and nothing else would fail.
func TestGoldenStates_haveEveryResult(t *testing.T) {
	t.Parallel()
	if providertest.IsUpdate() {
		t.Skip("the golden states are being written")
	}
	for name, d := range eachDataSource(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var response datasource.SchemaResponse
			d.Schema(t.Context(), datasource.SchemaRequest{}, &response)
			files, err := filepath.Glob(filepath.Join("testdata", strings.TrimPrefix(name, "partnercenter_"), "*.golden.json"))
			if err != nil {
				t.Fatal(err)
			}
			present := map[string]bool{}
			for _, file := range files {
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				var state any
				if err := json.Unmarshal(content, &state); err != nil {
					t.Fatalf("%s: %s", file, err)
				}
				collectPresent(present, "", state)
			}
			for _, path := range resultPaths("", response.Schema.Attributes) {
				_, excused := nullInAllGoldenStates[name+path]
				switch {
				case !present[path] && !excused:
					t.Errorf("%s is null in all golden states", path)
				case present[path] && excused:
					t.Errorf("%s is not null in all golden states: delete its reason", path)
				}
			}
		})
	}
}

// resultPaths are those of all results, such as .records[].customer_id.
func resultPaths(prefix string, attributes map[string]schema.Attribute) []string {
	var paths []string
	for name, attribute := range attributes {
		if !attribute.IsComputed() {
			continue
		}
		path := prefix + "." + name
		paths = append(paths, path)
		switch a := attribute.(type) {
		case schema.SingleNestedAttribute:
			paths = append(paths, resultPaths(path, a.Attributes)...)
		case schema.ListNestedAttribute:
			paths = append(paths, resultPaths(path+"[]", a.NestedObject.Attributes)...)
		}
	}
	return paths
}

// collectPresent notes the paths whose values are not null.
func collectPresent(present map[string]bool, path string, value any) {
	if value == nil {
		return
	}
	present[path] = true
	switch v := value.(type) {
	case map[string]any:
		for name, field := range v {
			collectPresent(present, path+"."+name, field)
		}
	case []any:
		for _, element := range v {
			collectPresent(present, path+"[]", element)
		}
	}
}

// doc.go lists every file that is not a data source's own.
func TestDoc(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]bool{"doc.go": true}
	for name := range eachDataSource(t) {
		own[strings.TrimPrefix(name, "partnercenter_")+".go"] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !own[file] && !strings.HasSuffix(file, "_test.go") && !strings.Contains(string(doc), "- "+file+":") {
			t.Errorf("doc.go does not list %s", file)
		}
	}
}
