// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package simulation holds a test that lives random lives: estates of accounts, vaults, keys and rotations that
// change in random ways, by the real CLI, while things fail around them. After every step the local Azure itself
// is asked whether all is well. It is for tests only, and no package must import it.
package simulation
