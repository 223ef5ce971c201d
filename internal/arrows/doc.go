// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package arrows holds the test that the linter refuses each import that DESIGN.md's layout forbids.
// It holds no code, and must not import any other package of this project.
package arrows
