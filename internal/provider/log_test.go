// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
)

// TestQuietFramework leaves the framework's log alone as soon as somebody asks for any.
func TestQuietFramework(t *testing.T) {
	for _, setting := range os.Environ() {
		if name, _, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "TF_LOG") {
			t.Setenv(name, "") // It comes back after the test.
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, asked := range []string{"", "TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_PATH", "TF_LOG_SDK_FRAMEWORK"} {
		for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK"} {
			t.Setenv(name, "")
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
		if asked != "" {
			t.Setenv(asked, "TRACE")
		}
		provider.QuietFramework()
		if quiet := os.Getenv("TF_LOG_SDK") == "OFF"; quiet != (asked == "") {
			t.Errorf("with %q set, the framework is quiet: %t", asked, quiet)
		}
		if asked != "" {
			if err := os.Unsetenv(asked); err != nil {
				t.Fatal(err)
			}
		}
	}
}
