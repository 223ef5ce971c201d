// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// start is the configuration that `init` writes.
//
//go:embed start
var start embed.FS

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a small configuration to start from, with a test that runs in rehearsal",
		Long: "Write a small configuration to start from into this folder, or into FOLDER: a storage account\n" +
			"on a key of its own, and a file for `terraform test`. It never overwrites a file, and writes\n" +
			"nothing where a configuration is already.",
		Example: "  rehearsal init module && cd module\n" +
			"  rehearsal exec -- sh -c 'terraform init && terraform test'",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return needs("one folder")(c, args)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			folder, into := ".", ""
			if len(args) == 1 {
				folder, into = args[0], "cd "+args[0]+" && "
			}
			written, err := writeStart(folder)
			if err != nil {
				return err
			}
			return printLine(c, map[string][]string{"files": written},
				"Wrote %s. Next:\n\n  %s%s exec -- sh -c 'terraform init && terraform test'",
				strings.Join(written, " and "), into, c.Parent().CommandPath())
		},
	}
}

// writeStart writes the files of a configuration to start from, and returns their names.
func writeStart(folder string) ([]string, error) {
	contents, err := startFiles(folder)
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(contents))
	taken := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, err := os.Lstat(name)
		return errors.Is(err, fs.ErrNotExist)
	})
	for _, pattern := range []string{"*.tf", "*.tf.json", "*.tofu"} {
		found, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return nil, fmt.Errorf("looking for a configuration: %w", err)
		}
		taken = append(taken, found...)
	}
	if len(taken) > 0 {
		return nil, misuse("there is a configuration already, %s: name a new folder", taken[0])
	}
	for _, name := range names {
		err := os.MkdirAll(filepath.Dir(name), 0o750)
		if err == nil {
			err = os.WriteFile(name, contents[name], 0o600)
		}
		if err != nil {
			return nil, fmt.Errorf("writing a configuration: %w", err)
		}
	}
	return names, nil
}

// startFiles returns the files of the configuration by their names in a folder.
func startFiles(folder string) (map[string][]byte, error) {
	contents := map[string][]byte{}
	err := fs.WalkDir(start, "start", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := start.ReadFile(name)
		contents[filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(name, "start/")))] = content
		return err
	})
	return contents, err
}
