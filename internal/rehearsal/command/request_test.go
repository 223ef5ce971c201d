// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"strings"
	"testing"
)

func TestRequest(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := func(args ...string) (string, error) {
				return run(t, append(append([]string{}, at...), append([]string{"request"}, args...)...)...)
			}
			const group = "/subscriptions/{subscriptionId}/resourceGroups/g?api-version=2021-04-01"
			output, err := request("PUT", group, "--body", `{"location": "westus2"}`)
			if err != nil || !strings.Contains(output, `"location": "westus2"`) {
				t.Fatalf("%s, %v", output, err)
			}
			if output, err = request("get", "https://management.azure.com"+group); err != nil || !strings.Contains(output, `"name": "g"`) {
				t.Errorf("%s, %v", output, err)
			}
			output, err = request("GET", "https://none.vault.azure.net/keys/media?api-version=7.4")
			if err == nil || !strings.Contains(err.Error(), "the answer is 404") || !strings.Contains(output, "VaultNotFound") {
				t.Errorf("a refusal: %s, %v", output, err)
			}
			output, err = request("GET", "https://none.blob.core.windows.net/?comp=list")
			if err == nil || output == "" {
				t.Errorf("a blob endpoint: %s, %v", output, err)
			}
			for words, args := range map[string][]string{
				"needs a URL":         {"GET"},
				"--body is not JSON":  {"PUT", group, "--body", "x"},
				"reading the URL":     {"GET", "https://a b/"},
				"writing the request": {"G ET", group},
			} {
				if output, err := request(args...); err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("%v: %s, %v", args, output, err)
				}
			}
		})
	}
}
