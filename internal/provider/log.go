// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"slices"
	"strings"
)

// QuietFramework has the framework log nothing, unless somebody has asked Terraform for a log. It would write
// every step of each call and leave it to Terraform to drop it, which is a third of the work of a large plan.
func QuietFramework() {
	if slices.ContainsFunc(os.Environ(), func(setting string) bool { return strings.HasPrefix(setting, "TF_LOG") }) {
		return
	}
	for _, logger := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK"} {
		_ = os.Setenv(logger, "OFF") // An environment that cannot be changed costs time alone.
	}
}
