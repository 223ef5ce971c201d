// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"os"
	"time"
)

// LockFile locks a file as another process would.
func LockFile(file *os.File, deadline time.Time) error { return lockFile(file, deadline) }
