// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package naming holds the rules of names (ACC003): what Azure accepts as the name of a resource, and
// whether a name that must be unique in all of Azure is free. It must not import Terraform.
package naming

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// ACC003 is the rule of names.
const ACC003 rule.ID = "ACC003"

// attributeName is the attribute that a violation names.
const attributeName = "name"

// Rules returns the rules of names.
func Rules() rule.List {
	return rule.List{
		{
			ID:    ACC003,
			Name:  "Names",
			Title: "Name Not Allowed",
			Sentence: "A name follows the rules of its service; whether a name that must be unique in all " +
				"of Azure is free is checked with the service while planning.",
			Source: "Azure Resource Manager, Naming rules and restrictions; checkNameAvailability",
			Found:  []rule.Moment{rule.Schema, rule.Plan, rule.Rehearsal},
		},
	}
}

// Format is what a service requires of the names of one type of resource.
type Format struct {
	// Noun is the type as a person calls it, such as "storage account".
	Noun string
	// Required says what is required, for a person.
	Required string
	// Shortest and Longest are in characters.
	Shortest, Longest int
	allowed           func(rune) bool
	first             func(rune) bool // nil where any allowed character may be the first.
	last              func(rune) bool // nil where any allowed character may be the last.
	doubleHyphen      bool
}

// MediaServices returns the format of the names of Media Services accounts, in the words of the
// service's own checkNameAvailability.
func MediaServices() Format { return lowerCase("Media Services account") }

// VideoAnalyzer returns the format of the names of Video Analyzer accounts.
func VideoAnalyzer() Format { return lowerCase("Video Analyzer account") }

// StorageAccount returns the format of the names of storage accounts.
func StorageAccount() Format { return lowerCase("storage account") }

func lowerCase(noun string) Format {
	return Format{
		Noun:     noun,
		Required: "3 to 24 lower-case letters and digits",
		Shortest: 3, Longest: 24,
		allowed: lowerOrDigit,
	}
}

// KeyVault returns the format of the names of vaults.
func KeyVault() Format {
	return Format{
		Noun: "key vault",
		Required: "3 to 24 letters, digits and single hyphens, beginning with a letter and ending " +
			"with a letter or digit",
		Shortest: 3, Longest: 24,
		allowed: letterDigitOr("-"), first: asciiLetter, last: letterDigitOr(""),
	}
}

// KeyVaultKey returns the format of the names of keys in a vault.
func KeyVaultKey() Format {
	return Format{
		Noun:     "key",
		Required: "1 to 127 letters, digits and hyphens",
		Shortest: 1, Longest: 127,
		allowed: letterDigitOr("-"), doubleHyphen: true,
	}
}

// ResourceGroup returns the format of the names of resource groups, which may have letters of any
// script.
func ResourceGroup() Format {
	return Format{
		Noun: "resource group",
		Required: "1 to 90 letters, digits, underscores, hyphens, periods and parentheses, not ending " +
			"with a period",
		Shortest: 1, Longest: 90,
		allowed: func(r rune) bool {
			return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.()", r)
		},
		last:         func(r rune) bool { return r != '.' },
		doubleHyphen: true,
	}
}

// UserAssignedIdentity returns the format of the names of user-assigned managed identities.
func UserAssignedIdentity() Format {
	return Format{
		Noun: "user-assigned identity",
		Required: "3 to 128 letters, digits, hyphens and underscores, beginning with a letter or " +
			"digit",
		Shortest: 3, Longest: 128,
		allowed: letterDigitOr("-_"), first: letterDigitOr(""), doubleHyphen: true,
	}
}

// Check returns what breaks the format, as one violation or none.
func (f Format) Check(name string) []rule.Violation {
	problem := f.problem(name)
	if problem == "" {
		return nil
	}
	return []rule.Violation{{
		Rule:      Rules().Get(ACC003),
		Severity:  rule.Error,
		Attribute: attributeName,
		Found:     fmt.Sprintf("the %s name %q, which %s", f.Noun, name, problem),
		Required:  f.Required,
		Why:       "Azure refuses other names of a " + f.Noun,
		Remedy:    "Choose a name of " + f.Required,
	}}
}

// problem says, as a person would, the first thing that is wrong with the name, or "".
func (f Format) problem(name string) string {
	var wrong []string
	for _, r := range name {
		if !f.allowed(r) && !strings.Contains(strings.Join(wrong, ""), fmt.Sprintf("%q", r)) {
			wrong = append(wrong, fmt.Sprintf("%q", r))
		}
	}
	length := utf8.RuneCountInString(name)
	first, _ := utf8.DecodeRuneInString(name)
	last, _ := utf8.DecodeLastRuneInString(name)
	switch {
	case name == "":
		return "is empty"
	case len(wrong) > 0:
		return "has " + strings.Join(wrong, ", ")
	case length < f.Shortest || length > f.Longest:
		return fmt.Sprintf("has %d characters", length)
	case f.first != nil && !f.first(first):
		return fmt.Sprintf("begins with %q", first)
	case f.last != nil && !f.last(last):
		return fmt.Sprintf("ends with %q", last)
	case !f.doubleHyphen && strings.Contains(name, "--"):
		return "has two hyphens in a row"
	default:
		return ""
	}
}

func lowerOrDigit(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }

func asciiLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// letterDigitOr returns what allows letters and digits of ASCII, and those others.
func letterDigitOr(others string) func(rune) bool {
	return func(r rune) bool {
		return asciiLetter(r) || lowerOrDigit(r) || strings.ContainsRune(others, r)
	}
}
