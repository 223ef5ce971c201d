// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// command is a command of the Azure command line as a diagnostic has it.
type command struct {
	words string // "keyvault key recover"
	flags map[string][]string
}

func (c command) flag(name string) string { return strings.Join(c.flags["--"+name], " ") }

// commandText finds the commands in a text. They end where prose goes on: at a comma, a parenthesis,
// a semicolon, or the end of the sentence.
var commandText = regexp.MustCompile(`az (?:keyvault|role|ams|storage)(?: (?:'[^']*'|[A-Za-z0-9_/@-](?:[A-Za-z0-9_./:@-]*[A-Za-z0-9_/@-])?))+`)

// commands are the commands in a text.
func commands(text string) []command {
	var found []command
	for _, line := range commandText.FindAllString(text, -1) {
		words := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1)[1:]
		c := command{flags: map[string][]string{}}
		var name string
		for _, word := range words {
			switch word = strings.Trim(word, "'"); {
			case strings.HasPrefix(word, "--"):
				name = word
				c.flags[name] = []string{}
			case name == "":
				c.words = strings.TrimSpace(c.words + " " + word)
			default:
				c.flags[name] = append(c.flags[name], word)
			}
		}
		found = append(found, c)
	}
	return found
}

// az runs a command that a diagnostic told to run, to the letter.
func (w world) az(t *testing.T, c command) {
	t.Helper()
	switch c.words {
	case "keyvault recover":
		w.RecoverVault(c.flag("name"))
	case "keyvault set-policy":
		w.Policy(c.flag("name"), armkeyvault.AccessPolicyUpdateKindAdd, c.flag("object-id"), c.flags["--key-permissions"]...)
	case "keyvault update":
		w.azUpdate(t, c)
	case "keyvault key recover":
		w.RecoverKey(c.flag("vault-name"), c.flag("name"))
	case "keyvault key restore":
		w.RestoreKey(c.flag("vault-name"), w.backup)
	case "keyvault key set-attributes":
		w.azSetAttributes(t, c)
	case "role assignment create":
		role := map[string]string{
			customerkey.RoleCryptoServiceEncryptionUser: customerkey.RoleCryptoServiceEncryptionUserID,
		}[c.flag("role")]
		w.Assign(c.flag("scope"), c.flag("assignee-object-id"), role)
	default:
		t.Fatalf("nobody knows how to run az %s", c.words)
	}
}

func (w world) azUpdate(t *testing.T, c command) {
	t.Helper()
	properties := armkeyvault.VaultPatchProperties{NetworkACLs: w.ShowVault(c.flag("name")).Properties.NetworkACLs}
	for name, values := range c.flags {
		switch value := strings.Join(values, " "); name {
		case "--name":
		case "--bypass":
			properties.NetworkACLs.Bypass = to.Ptr(armkeyvault.NetworkRuleBypassOptions(value))
		case "--default-action":
			properties.NetworkACLs.DefaultAction = to.Ptr(armkeyvault.NetworkRuleAction(value))
		case "--public-network-access":
			properties.PublicNetworkAccess = to.Ptr(value)
		default:
			t.Fatalf("az keyvault update has no %s here", name)
		}
	}
	w.UpdateVault(c.flag("name"), properties)
}

func (w world) azSetAttributes(t *testing.T, c command) {
	t.Helper()
	var attributes azkeys.KeyAttributes
	for name, values := range c.flags {
		switch value := strings.Join(values, " "); name {
		case "--vault-name", "--name", "--version":
		case "--enabled":
			attributes.Enabled = to.Ptr(value == "true")
		case "--expires":
			at, err := time.Parse(time.RFC3339, value)
			if err != nil {
				t.Fatal(err)
			}
			attributes.Expires = &at
		default:
			t.Fatalf("az keyvault key set-attributes has no %s here", name)
		}
	}
	w.UpdateKey(c.flag("vault-name"), c.flag("name"), c.flag("version"), attributes)
}
