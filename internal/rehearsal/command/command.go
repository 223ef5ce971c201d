// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package command is the command line of rehearsal: it serves a rehearsal, and acts on a served one or
// on one in a data file. It must not import anything of the provider.
package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
)

// New returns the command "rehearsal".
func New() *cobra.Command {
	command := group("rehearsal", "Run a local Azure for storage, keys and the accounts that use them",
		newServe(), newExec(), newConsole(), newEnv(), newInit(), newSeed(), newAdvance(), newShow(), newFaults(), newJournal(),
		newPrincipals(), newSubscriptions(), newStream(), newApplications(), newRequest())
	command.Long = "Rehearsal is a local Azure: Entra ID, Resource Manager, Key Vault, Storage, Batch, Machine\n" +
		"Learning, Media Services and Video Analyzer, as far as customer-managed keys and storage\n" +
		"key rotation need them.\n\n" +
		"`exec` runs one command of any client in a rehearsal; `serve` serves one to the clients on\n" +
		"this machine. The other commands act on a served rehearsal (--control URL, as `serve` prints\n" +
		"it) or on one in a data file (--data FILE), where the provider keeps it with\n" +
		"environment = \"rehearsal\"."
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetFlagErrorFunc(NoSuchFlag)
	OutputFlag(command)
	return command
}

// target is the rehearsal that a command acts on: [rehearsal.Azure] or [server.Client].
type target interface {
	Advance(ctx context.Context, d time.Duration) error
	Now(ctx context.Context) (time.Time, error)
	Show(ctx context.Context) (rehearsal.State, error)
	Keys(ctx context.Context) (rehearsal.Keys, error)
	Journal(ctx context.Context) ([]engine.Entry, error)
	AddFault(ctx context.Context, wanted fault.Fault) (fault.Fault, error)
	Faults(ctx context.Context) ([]fault.Fault, error)
	ClearFaults(ctx context.Context, id string) (int, error)
	AddPrincipal(ctx context.Context, name string) (rehearsal.Access, error)
	AddSubscription(ctx context.Context, id, name string) (rehearsal.Subscription, error)
	Subscriptions(ctx context.Context) ([]rehearsal.Subscription, error)
	Principals(ctx context.Context) ([]entra.Principal, error)
	Streaming(ctx context.Context, accountID string) (url string, err error)
	AddApplication(ctx context.Context, wanted application.Application) (application.Record, error)
	Applications(ctx context.Context) ([]application.Record, error)
	RemoveApplication(ctx context.Context, id string) error
	Ask(ctx context.Context, question rehearsal.Question) (rehearsal.Answer, error)
	Close() error
}

// The environment variables that stand in for flags. The provider reads the second one too.
const (
	controlVariable = "AZUREMEDIA_REHEARSAL_CONTROL"
	fileVariable    = "AZUREMEDIA_REHEARSAL_FILE"
)

// defaultFile is the provider's default data file.
const defaultFile = ".azuremedia-rehearsal.db"

// where holds the flags that choose the rehearsal.
type where struct{ control, data string }

func (w *where) flags(command *cobra.Command) {
	flags := command.PersistentFlags()
	flags.StringVar(&w.control, "control", "",
		"control URL of a served rehearsal, as `URL` (or "+controlVariable+")")
	flags.StringVar(&w.data, "data", "",
		"data file of a rehearsal, as `FILE` (or "+fileVariable+")")
}

// named returns the rehearsal that a flag or the environment names, or nothing.
func (w *where) named() (control, data string, err error) {
	switch {
	case w.control != "" && w.data != "":
		return "", "", misuse("--control and --data each name a rehearsal: write one of them")
	case w.control != "" || w.data != "":
		return w.control, w.data, nil
	case os.Getenv(controlVariable) != "":
		return os.Getenv(controlVariable), "", nil
	}
	return "", os.Getenv(fileVariable), nil
}

// resolve chooses the rehearsal: by flag, by environment, or the provider's file in this folder.
func (w *where) resolve() (control, data string, err error) {
	if control, data, err = w.named(); err != nil || control != "" || data != "" {
		return control, data, err
	}
	if _, err := os.Stat(defaultFile); err == nil {
		return "", defaultFile, nil
	}
	return "", "", misuse("which rehearsal? Name a served one with --control URL, or "+
		"a data file with --data FILE; there is no %s here", defaultFile)
}

// open opens the chosen rehearsal.
func (w *where) open(ctx context.Context) (target, error) {
	control, data, err := w.resolve()
	if err != nil {
		return nil, err
	}
	if control != "" {
		return server.NewClient(control)
	}
	return openFile(ctx, data)
}

// openNew opens the chosen rehearsal. It begins one if there is none, as the provider does.
func (w *where) openNew(ctx context.Context) (target, error) {
	control, data, err := w.named()
	if err != nil {
		return nil, err
	}
	if control != "" {
		return server.NewClient(control)
	}
	return rehearsal.Open(ctx, cmp.Or(data, defaultFile))
}

func openFile(ctx context.Context, data string) (*rehearsal.Azure, error) {
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no rehearsal in %s: the provider creates one with "+
			"environment = \"rehearsal\", and `rehearsal serve --data %s` does", data, data)
	}
	return rehearsal.Open(ctx, data)
}

// drive returns a function that runs a command on the chosen rehearsal.
func (w *where) drive(run func(c *cobra.Command, on target, args []string) error) func(*cobra.Command, []string) error {
	return drive(w.open, run)
}

// driveNew is drive for a command that begins a rehearsal if there is none.
func (w *where) driveNew(run func(c *cobra.Command, on target, args []string) error) func(*cobra.Command, []string) error {
	return drive(w.openNew, run)
}

func drive(
	open func(context.Context) (target, error), run func(c *cobra.Command, on target, args []string) error,
) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		on, err := open(c.Context())
		if err != nil {
			return err
		}
		return errors.Join(run(c, on, args), on.Close())
	}
}
