// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"errors"
	"os"
	"time"
)

// errBusy reports that another process has locked a file.
var errBusy = errors.New("the file is locked")

// lockFile locks a file, and waits until the deadline for others to let go of it.
func lockFile(file *os.File, deadline time.Time) error {
	for pause := 100 * time.Microsecond; ; pause = min(2*pause, 10*time.Millisecond) {
		ok, err := tryLock(file)
		switch {
		case ok || err != nil:
			return err
		case !now().Before(deadline):
			return errBusy
		}
		time.Sleep(pause) //nolint:forbidigo // other processes do not wake this one
	}
}
