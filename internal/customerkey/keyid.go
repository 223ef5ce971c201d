// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// LoopbackSuffix stands for vaults that a local Azure serves at https://localhost:PORT/, one
// port for each: it is the vault suffix of such a cloud.
const LoopbackSuffix = "localhost"

// KnownSuffixes returns the DNS suffixes of the vaults in the public and the sovereign clouds.
func KnownSuffixes() []string {
	return []string{"vault.azure.net", "vault.usgovcloudapi.net", "vault.azure.cn"}
}

var (
	// vaultName is what Resource Manager accepts (KeyVault 2023-07-01, vaultName).
	vaultName = regexp.MustCompile(`^[a-zA-Z0-9-]{3,24}$`)
	// keyName is what Key Vault accepts (keys 7.4, CreateKey, key-name), which ends after 127
	// characters (About keys, secrets and certificates: object identifiers).
	keyName = regexp.MustCompile(`^[a-zA-Z0-9-]{1,127}$`)
	// keyVersion is what Key Vault makes up: "a system-generated, 32 character string".
	keyVersion = regexp.MustCompile(`^[a-fA-F0-9]{32}$`)
	// managedObject is the Resource Manager ID of a key or a secret, with its vault and its name.
	managedObject = regexp.MustCompile(
		`(?i)^/subscriptions/.+/providers/Microsoft\.KeyVault/vaults/([^/]+)/(keys|secrets)/([^/]+)`)
)

// KeyID identifies a key in a vault, or one version of it. Its zero value identifies nothing,
// as an identifier does that is not known yet.
type KeyID struct {
	// VaultURI is the vault's address with a slash at its end; its host is in lower case.
	VaultURI string
	// VaultName is the name of the vault or managed HSM; it is empty for a vault at a loopback
	// address, which does not tell it.
	VaultName string
	// Name is the key's name.
	Name string
	// Version is the version that is pinned, or empty where the newest one is meant.
	Version string
}

// String is the identifier as Key Vault writes it.
func (k KeyID) String() string {
	if k.IsZero() {
		return ""
	}
	id := k.VaultURI + "keys/" + k.Name
	if k.Version != "" {
		id += "/" + k.Version
	}
	return id
}

// IsZero reports whether the identifier identifies nothing.
func (k KeyID) IsZero() bool { return k == KeyID{} }

// Pinned reports whether the identifier names one version.
func (k KeyID) Pinned() bool { return k.Version != "" }

// Versionless returns the identifier of the key, whichever its version.
func (k KeyID) Versionless() KeyID {
	k.Version = ""
	return k
}

// Equal reports whether both identify the same key and version. Key Vault's object identifiers
// are case-insensitive ("Objects are uniquely identified within Key Vault using a
// case-insensitive identifier", About keys, secrets and certificates).
func (k KeyID) Equal(other KeyID) bool {
	return k.SameKey(other) && strings.EqualFold(k.Version, other.Version)
}

// SameKey reports whether both identify the same key, whichever its version.
func (k KeyID) SameKey(other KeyID) bool {
	return k.InVault(other.VaultURI) && strings.EqualFold(k.Name, other.Name)
}

// InManagedHSM reports whether the key lives in a managed HSM, which is a service of its own: it grants access
// by roles of its own, and has neither access policies nor a firewall of a vault.
func (k KeyID) InManagedHSM() bool { return strings.Contains(k.VaultURI, hsmInfix) }

const hsmInfix = ".managedhsm."

// InVault reports whether the key lives in the vault with the URI.
func (k KeyID) InVault(vaultURI string) bool {
	return strings.EqualFold(strings.TrimSuffix(k.VaultURI, "/"), strings.TrimSuffix(vaultURI, "/"))
}

// KeyIDError says why a text does not identify a key (CMK010), or a secret.
type KeyIDError struct {
	// Found says what was found instead of an identifier.
	Found string
	// Form is the right form, for the cloud that was asked about.
	Form string
	// Remedy says what to write instead.
	Remedy string
}

func (e *KeyIDError) Error() string {
	return fmt.Sprintf("found %s; an identifier of Key Vault reads %s; %s",
		e.Found, e.Form, e.Remedy)
}

// Violation is the error as a broken rule.
func (e *KeyIDError) Violation() rule.Violation {
	return rule.Violation{
		Rule:      Rule(CMK010),
		Severity:  rule.Error,
		Attribute: AttributeKey,
		Found:     e.Found,
		Required:  "a Key Vault key identifier of the form " + e.Form,
		Why:       "The service reads the key at this address, and accepts nothing but a key",
		Remedy:    e.Remedy,
	}
}

// ParseKeyID reads the identifier of a Key Vault key that a person wrote. The vault must belong to
// a cloud with one of the vault suffixes, such as "vault.azure.net"; without any, the vaults of
// every known cloud are accepted, as long as the cloud is not known yet. A vault at a loopback
// address is always accepted. Port 443 and a slash at the end are accepted and left out of the
// result: with and without them an identifier means the same key. The error is a [*KeyIDError].
func ParseKeyID(text string, suffixes ...string) (KeyID, error) {
	if len(suffixes) == 0 {
		suffixes = KnownSuffixes()
	}
	return keyIDParser{"key", suffixes}.parse(text)
}

// ReadKeyID reads the identifier of a key that Azure holds, which is never judged: an identifier
// that cannot be read is zero, so that what depends on it stays unknown. A query does not change
// which key an identifier means, although nobody should write one.
func ReadKeyID(text string) KeyID {
	address, _, _ := strings.Cut(text, "?")
	id, err := ParseKeyID(address)
	if err != nil {
		return KeyID{}
	}
	return id
}

// SameKeyID reports whether two identifiers mean the same key and version, in whatever spelling.
func SameKeyID(a, b string) bool {
	one := ReadKeyID(a)
	if one.IsZero() {
		return a == b
	}
	return one.Equal(ReadKeyID(b))
}

// keyIDParser reads identifiers of keys, or of secrets, in the vaults of one cloud.
type keyIDParser struct {
	noun     string // "key" or "secret"
	suffixes []string
}

func (p keyIDParser) parse(text string) (KeyID, error) {
	if text == "" {
		return KeyID{}, p.refuse("an empty text", "Write the identifier of the "+p.noun)
	}
	if strings.TrimSpace(text) != text {
		return KeyID{}, p.refuse("white space around the identifier", "Leave it out")
	}
	if vault, name, ok := p.managed(text); ok {
		return KeyID{}, p.refuse("the Resource Manager ID of a "+p.noun,
			fmt.Sprintf("Write the %s's identifier instead: https://%s.%s/%ss/%s",
				p.noun, vault, p.suffixes[0], p.noun, name))
	}
	address, err := url.Parse(text)
	if err != nil {
		return KeyID{}, p.refuse("a text that is not a URI", "Write the identifier of the "+p.noun)
	}
	switch {
	case address.Scheme == "":
		return KeyID{}, p.refuse("a text without https:// at its beginning",
			"Write the whole identifier, as Key Vault shows it")
	case address.Scheme != "https":
		return KeyID{}, p.refuse(fmt.Sprintf("the scheme %q", address.Scheme),
			"Write https://, which is all that Key Vault speaks")
	case address.Opaque != "":
		return KeyID{}, p.refuse("a URI without // after https:", "Write https://")
	case address.User != nil:
		return KeyID{}, p.refuse("a user name or password before the host",
			"Leave out everything between https:// and the vault's name")
	case address.RawQuery != "" || address.ForceQuery:
		return KeyID{}, p.refuse("a query (a question mark and what follows it)",
			"Leave out the question mark and everything after it")
	case strings.Contains(text, "#"):
		return KeyID{}, p.refuse("a fragment (a number sign and what follows it)",
			"Leave out the number sign and everything after it")
	}

	id, err := p.vault(address)
	if err != nil {
		return KeyID{}, err
	}
	id.Name, id.Version, err = p.key(address.EscapedPath())
	if err != nil {
		return KeyID{}, err
	}
	return id, nil
}

// vault reads the vault from the host of the address.
func (p keyIDParser) vault(address *url.URL) (KeyID, error) {
	host := strings.ToLower(address.Hostname())
	if host == LoopbackSuffix {
		if address.Port() == "" {
			return KeyID{}, p.refuse("the host localhost without a port",
				"Write the port as well: each vault has one of its own there")
		}
		return KeyID{VaultURI: "https://" + host + ":" + address.Port() + "/"}, nil
	}
	if strings.Contains(address.Host, ":") && address.Port() != "443" {
		return KeyID{}, p.refuse(fmt.Sprintf("the host %q with a port", address.Host),
			"Leave the port out: Key Vault answers at port 443 only")
	}
	for _, suffix := range p.suffixes {
		suffix = strings.ToLower(suffix)
		name, found := strings.CutSuffix(host, "."+suffix)
		if !found {
			name, found = strings.CutSuffix(host, hsmInfix+strings.TrimPrefix(suffix, "vault."))
		}
		if !found || suffix == LoopbackSuffix {
			continue
		}
		if !vaultName.MatchString(name) {
			return KeyID{}, p.refuse(fmt.Sprintf("the vault name %q", name),
				"Write the vault's name: 3 to 24 letters, digits and hyphens")
		}
		return KeyID{VaultURI: "https://" + host + "/", VaultName: name}, nil
	}
	return KeyID{}, p.refuse(fmt.Sprintf("the host %q", host), p.otherHost(host))
}

// otherHost says what to do about a host that is no vault of this cloud.
func (p keyIDParser) otherHost(host string) string {
	for _, known := range KnownSuffixes() {
		if strings.HasSuffix(host, "."+known) || strings.HasSuffix(host, hsmInfix+strings.TrimPrefix(known, "vault.")) {
			return fmt.Sprintf("Use a %s in a vault of this cloud, whose addresses end in %s, "+
				"or let the provider speak to the cloud of %s", p.noun, p.suffixes[0], known)
		}
	}
	return "Write the vault's own host name, the way its vault URI shows it"
}

// key reads name and version from the path of the address.
func (p keyIDParser) key(path string) (name, version string, err error) {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	collection := p.noun + "s"
	switch segments[0] {
	case collection:
	case "":
		return "", "", p.refuse("the address of a vault without a "+p.noun,
			fmt.Sprintf("Add /%s/ and the name of the %s", collection, p.noun))
	case "keys", "secrets", "certificates":
		remedy := "Write the identifier of a " + p.noun
		if p.noun == "key" {
			remedy += "; that of a certificate's key has /keys/ in place of /" + segments[0] + "/"
		}
		return "", "", p.refuse("the identifier of a "+strings.TrimSuffix(segments[0], "s"), remedy)
	default:
		return "", "", p.refuse(fmt.Sprintf("a path that begins with /%s/", segments[0]),
			fmt.Sprintf("Write /%s/ and the name of the %s after the host", collection, p.noun))
	}
	if len(segments) == 1 || segments[1] == "" {
		return "", "", p.refuse("no name after /"+collection+"/", "Add the name of the "+p.noun)
	}
	if last := len(segments) - 1; last > 1 && segments[last] == "" {
		segments = segments[:last]
	}
	name = segments[1]
	if !keyName.MatchString(name) {
		return "", "", p.refuse(fmt.Sprintf("the %s name %q", p.noun, name),
			fmt.Sprintf("Write the %s's name: 1 to 127 letters, digits and hyphens", p.noun))
	}
	switch {
	case len(segments) == 2:
		return name, "", nil
	case segments[2] == "":
		return "", "", p.refuse("two slashes at the end", "Leave them out")
	case !keyVersion.MatchString(segments[2]):
		return "", "", p.refuse(fmt.Sprintf("the version %q", segments[2]),
			"Write the version's 32 hexadecimal digits, or leave it out to follow the newest version")
	case len(segments) > 3:
		return "", "", p.refuse(fmt.Sprintf("more after the version: %q", "/"+strings.Join(segments[3:], "/")),
			"End the identifier with its version")
	}
	return name, segments[2], nil
}

// refuse makes the error that says what was found, and what to do about it.
func (p keyIDParser) refuse(found, remedy string) error {
	host := "VAULT." + p.suffixes[0]
	if p.suffixes[0] == LoopbackSuffix {
		host = "localhost:PORT"
	}
	return &KeyIDError{
		Found:  found,
		Form:   fmt.Sprintf("https://%s/%ss/NAME or https://%s/%ss/NAME/VERSION", host, p.noun, host, p.noun),
		Remedy: remedy,
	}
}

// managed recognises the ID that Resource Manager gives a key or a secret, which people take for
// its identifier because the portal shows both.
func (p keyIDParser) managed(text string) (vault, name string, ok bool) {
	match := managedObject.FindStringSubmatch(text)
	if match == nil || match[2] != p.noun+"s" {
		return "", "", false
	}
	return match[1], match[3], true
}
