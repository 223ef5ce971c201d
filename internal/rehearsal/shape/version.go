// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Version is an api-version of a resource type and the shapes that it has.
type Version struct {
	// Name is the version that was asked for.
	Name string
	// Documented is the version whose document describes it.
	Documented string
	// Lenient tells that Name may have fields and values that Documented does
	// not have, so that an unknown one proves nothing.
	Lenient bool
}

// Resolve finds the shapes for an api-version of a resource type. Versions newer
// than every documented one have the shapes of the newest; other versions that
// nothing is known of do not exist.
func Resolve(resourceType, version string) (Version, bool) {
	t, ok := loaded().types[strings.ToLower(resourceType)]
	if !ok {
		return Version{}, false
	}
	return t.resolve(version)
}

// Versions lists the api-versions of a resource type that are known by name,
// oldest first. It is empty for an unknown type.
func Versions(resourceType string) []string {
	t, ok := loaded().types[strings.ToLower(resourceType)]
	if !ok {
		return nil
	}
	return t.known()
}

func (t *typeEntry) resolve(version string) (Version, bool) {
	version = strings.ToLower(version)
	if _, ok := t.Versions[version]; ok {
		return Version{Name: version, Documented: version}, true
	}
	for _, served := range t.served {
		if slices.Contains(served.Versions, version) {
			return Version{Name: version, Documented: served.As, Lenient: served.Lenient}, true
		}
	}
	if asked, ok := parseVersion(version); ok && t.isNewer(asked) {
		return Version{Name: version, Documented: t.newest(), Lenient: true}, true
	}
	return Version{}, false
}

// known lists the versions that the documents or the served lists name.
func (t *typeEntry) known() []string {
	versions := slices.Collect(maps.Keys(t.Versions))
	for _, served := range t.served {
		versions = append(versions, served.Versions...)
	}
	slices.SortFunc(versions, compareVersions)
	return versions
}

func (t *typeEntry) newest() string {
	return slices.MaxFunc(slices.Collect(maps.Keys(t.Versions)), compareVersions)
}

// isNewer tells that a version came after the documents: after the newest
// document on its own scale, after every known version on the other one.
func (t *typeEntry) isNewer(version parsedVersion) bool {
	newest, _ := parseVersion(t.newest())
	if version.dated == newest.dated {
		return version.compare(newest) > 0
	}
	for _, name := range slices.Backward(t.known()) {
		if known, ok := parseVersion(name); ok && known.dated == version.dated {
			return version.compare(known) > 0
		}
	}
	return false
}

// versionPattern takes Resource Manager's dates and the numbers that Key Vault's
// data plane used until 2025.
var versionPattern = regexp.MustCompile(
	`^(?:(\d{4}-\d{2}-\d{2})|(\d{1,3})\.(\d{1,3}))(-(?:preview|alpha|beta)(?:\.\d{1,3})?)?$`)

// parsedVersion orders versions. Numbers are older than the dates that
// followed them.
type parsedVersion struct {
	dated        bool
	major, minor int
	stable       bool
	suffix       string
}

func parseVersion(version string) (parsedVersion, bool) {
	match := versionPattern.FindStringSubmatch(version)
	if match == nil {
		return parsedVersion{}, false
	}
	parsed := parsedVersion{stable: match[4] == "", suffix: match[4]}
	if match[1] != "" {
		date, err := time.Parse(time.DateOnly, match[1])
		if err != nil {
			return parsedVersion{}, false
		}
		parsed.dated, parsed.major, parsed.minor = true, date.Year(), date.YearDay()
		return parsed, true
	}
	// The pattern leaves only short runs of digits.
	parsed.major, _ = strconv.Atoi(match[2])
	parsed.minor, _ = strconv.Atoi(match[3])
	return parsed, true
}

func (v parsedVersion) compare(other parsedVersion) int {
	return cmp.Or(
		compareBool(v.dated, other.dated),
		cmp.Compare(v.major, other.major),
		cmp.Compare(v.minor, other.minor),
		compareBool(v.stable, other.stable),
		cmp.Compare(v.suffix, other.suffix),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

func compareVersions(a, b string) int {
	first, _ := parseVersion(a)
	second, _ := parseVersion(b)
	return first.compare(second)
}
