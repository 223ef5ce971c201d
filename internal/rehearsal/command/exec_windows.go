// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import "os"

// passedOn are the signals that do not end `exec` before its command.
func passedOn() []os.Signal { return []os.Signal{os.Interrupt} }

// reached reports that the command got the signal: a console sends Ctrl-C to everything that runs in it.
func reached(os.Signal) bool { return true }

// exitCode returns the exit code of a command.
func exitCode(state *os.ProcessState) int { return state.ExitCode() }
