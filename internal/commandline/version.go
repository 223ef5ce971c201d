// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package commandline

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
)

// Version says which build this is.
type Version struct {
	Number   string `json:"version"` // without the v of the tag
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // since the commit
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// unknown is the number of a build that has none.
const unknown = "dev"

// VersionOf returns the version that the linker was given. `go install` gives it none; Go then knows the
// module's version and, for a build in a checkout, the commit.
func VersionOf(linked string, info *debug.BuildInfo) Version {
	v := Version{Number: linked, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info != nil {
		if module := info.Main.Version; module != "(devel)" {
			v.Number = cmp.Or(linked, strings.TrimPrefix(module, "v"))
		}
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision":
				v.Commit = setting.Value
			case "vcs.modified":
				v.Modified = setting.Value == "true"
			}
		}
	}
	v.Number = cmp.Or(v.Number, unknown)
	return v
}

// String implements [fmt.Stringer].
func (v Version) String() string {
	commit := ""
	if v.Commit != "" {
		commit = "commit " + v.Commit[:min(len(v.Commit), 12)] + ", "
	}
	if v.Modified {
		commit = strings.TrimSuffix(commit, ", ") + " with changes, "
	}
	return fmt.Sprintf("%s (%s%s, %s)", v.Number, commit, v.Go, v.Platform)
}

func (p Program) versionCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  command.NoArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			return command.Print(c, p.Version, func(w io.Writer) error {
				_, err := fmt.Fprintln(w, c.Root().DisplayName(), p.Version)
				return err
			})
		},
	}
	command.OutputFlag(c)
	return c
}
