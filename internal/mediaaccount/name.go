// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaaccount

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// AttributeName is the attribute that violations of ACC003 name.
const AttributeName = "name"

// Naming is what a service requires of the names of one of its nouns.
type Naming struct {
	// Noun is what carries the name, such as "storage account".
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

// AccountName is the naming of Media Services accounts, in the words of the service's own
// checkNameAvailability.
func AccountName() Naming {
	return Naming{
		Noun:     "Media Services account",
		Required: "3 to 24 lower-case letters and digits",
		Shortest: 3, Longest: 24,
		allowed: lowerOrDigit,
	}
}

// VideoAnalyzerName is the naming of Video Analyzer accounts.
func VideoAnalyzerName() Naming {
	naming := AccountName()
	naming.Noun = "Video Analyzer account"
	return naming
}

// StorageAccountName is the naming of storage accounts.
func StorageAccountName() Naming {
	naming := AccountName()
	naming.Noun = "storage account"
	return naming
}

// KeyVaultName is the naming of vaults.
func KeyVaultName() Naming {
	return Naming{
		Noun: "key vault",
		Required: "3 to 24 letters, digits and single hyphens, beginning with a letter and ending " +
			"with a letter or digit",
		Shortest: 3, Longest: 24,
		allowed: letterDigitOr("-"), first: asciiLetter, last: letterDigitOr(""),
	}
}

// KeyVaultKeyName is the naming of keys in a vault.
func KeyVaultKeyName() Naming {
	return Naming{
		Noun:     "key",
		Required: "1 to 127 letters, digits and hyphens",
		Shortest: 1, Longest: 127,
		allowed: letterDigitOr("-"), doubleHyphen: true,
	}
}

// ResourceGroupName is the naming of resource groups, which may hold letters of any script.
func ResourceGroupName() Naming {
	return Naming{
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

// UserAssignedIdentityName is the naming of user-assigned managed identities.
func UserAssignedIdentityName() Naming {
	return Naming{
		Noun: "user-assigned identity",
		Required: "3 to 128 letters, digits, hyphens and underscores, beginning with a letter or " +
			"digit",
		Shortest: 3, Longest: 128,
		allowed: letterDigitOr("-_"), first: letterDigitOr(""), doubleHyphen: true,
	}
}

// Check returns what breaks the naming, as one violation or none.
func (n Naming) Check(name string) []rule.Violation {
	problem := n.problem(name)
	if problem == "" {
		return nil
	}
	return []rule.Violation{{
		Rule:      Rule(ACC003),
		Severity:  rule.Error,
		Attribute: AttributeName,
		Found:     fmt.Sprintf("the %s name %q, which %s", n.Noun, name, problem),
		Required:  n.Required,
		Why:       "Azure refuses other names of a " + n.Noun,
		Remedy:    "Choose a name of " + n.Required,
	}}
}

// problem says, as a person would, the first thing that is wrong with the name, or "".
func (n Naming) problem(name string) string {
	var wrong []string
	for _, r := range name {
		if !n.allowed(r) && !strings.Contains(strings.Join(wrong, ""), fmt.Sprintf("%q", r)) {
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
	case length < n.Shortest || length > n.Longest:
		return fmt.Sprintf("has %d characters", length)
	case n.first != nil && !n.first(first):
		return fmt.Sprintf("begins with %q", first)
	case n.last != nil && !n.last(last):
		return fmt.Sprintf("ends with %q", last)
	case !n.doubleHyphen && strings.Contains(name, "--"):
		return "has two hyphens in a row"
	default:
		return ""
	}
}

// Availability is what a service's checkNameAvailability answers.
type Availability struct {
	Available bool
	Reason    string
	Message   string
}

// CheckAvailability returns what a service's answer about a name means for its creation.
func (n Naming) CheckAvailability(name string, answer Availability) []rule.Violation {
	if answer.Available {
		return nil
	}
	found := fmt.Sprintf("the %s name %q, which is not available", n.Noun, name)
	if detail := strings.TrimSuffix(strings.TrimSpace(answer.Message), "."); detail != "" {
		found += fmt.Sprintf(" (%s: %s)", answer.Reason, detail)
	}
	return []rule.Violation{{
		Rule:      Rule(ACC003),
		Title:     "Name Not Available",
		Severity:  rule.Error,
		Attribute: AttributeName,
		Found:     found,
		Required:  "a name that nobody else in Azure has",
		Why:       "The name becomes part of addresses that all of Azure shares",
		Remedy: fmt.Sprintf("Choose another name; if it is your own %s that has it, import that one",
			n.Noun),
	}}
}

func lowerOrDigit(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }

func asciiLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// letterDigitOr returns what allows letters and digits of ASCII, and those others.
func letterDigitOr(others string) func(rune) bool {
	return func(r rune) bool {
		return asciiLetter(r) || lowerOrDigit(r) || strings.ContainsRune(others, r)
	}
}
