// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const (
	attachment     = "azuremedia_customer_key_attachment"
	nothingChanged = "Nothing was changed."
)

// world is an account with a system-assigned identity, a vault, a key in it and a grant: nothing is
// missing for an attachment.
type world struct {
	*fixture.World
	t       *testing.T
	kind    kindly
	account string
	key     string // With its version.
	// identity is the user-assigned identity that reads the key, unless it is "".
	identity string
	// reader is that identity's object ID.
	reader string
	// assignment is the role assignment that is the grant, where roles decide.
	assignment string
	// backup is one of the key.
	backup []byte
}

func newWorld(t *testing.T, vault ...func(*armkeyvault.VaultCreateOrUpdateParameters)) world {
	t.Helper()
	w := world{World: fixture.New(t), t: t, kind: kinds()["media"]}
	w.account = w.Account("contoso", "")
	w.Vault("keys", vault...)
	w.key = w.Key("keys", "media")
	w.Grant("keys", w.Principal("contoso"))
	return w
}

// principal is whom the account reads the key as.
func (w *world) principal() string {
	if w.identity != "" {
		return w.reader
	}
	return w.itself()
}

// grant lets the account use the keys of the vault.
func (w *world) grant() { w.Grant("keys", w.principal()) }

// readAs has the account read the key as a user-assigned identity, which is made for it.
func (w *world) readAs(name string) {
	w.identity, w.reader = w.Identity(name)
	if w.kind.system {
		w.kind.identify(w, "", w.identity)
	} else {
		w.kind.identify(w, w.identity)
	}
	w.grant()
}

// versionless is an identifier without its version.
func versionless(key string) string { return key[:strings.LastIndexByte(key, '/')] }

func version(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

func (w world) config() acctest.Value {
	config := acctest.Value{"account_id": w.account, "key_vault_key_id": versionless(w.key)}
	if w.identity != "" {
		config["user_assigned_identity_id"] = w.identity
	}
	return config
}

// with is a configuration with something else in it.
func with(config acctest.Value, name string, value any) acctest.Value {
	changed := acctest.Value{name: value}
	for other, kept := range config {
		if other != name {
			changed[other] = kept
		}
	}
	return changed
}

// encryption is the account's, as type and key.
func (w world) encryption() (kind, key string) {
	found := azure.Deref(w.ShowAccount("contoso").Properties.Encryption)
	return string(azure.Deref(found.Type)), azure.Deref(azure.Deref(found.KeyVaultProperties).KeyIdentifier)
}

// says fails the test unless there is exactly one diagnostic of a rule, with all the texts.
func says(t *testing.T, diags acctest.Diagnostics, rule string, texts ...string) {
	t.Helper()
	if len(diags) != 1 || !strings.HasSuffix(diags[0].Summary, "("+rule+")") {
		t.Fatalf("want one diagnostic of %s, got %d:\n%s", rule, len(diags), diags.Text())
	}
	for _, text := range append(texts, "Found: ", "Required: ", "Remedy: ") {
		if !strings.Contains(diags.Text(), text) {
			t.Errorf("%s lacks %q:\n%s", rule, text, diags.Text())
		}
	}
}

// TestRules breaks each rule alone, and reads what is said while planning and while applying.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, rule string
		// arrange breaks the rule and returns the configuration.
		arrange func(world) acctest.Value
		// warned says that the plan only warns, because the apply may put it right.
		warned bool
		texts  []string
	}{
		{
			"type", "CMK002", func(w world) acctest.Value {
				key := w.Key("keys", "curve", func(p *azkeys.CreateKeyParameters) {
					p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
				})
				return with(w.config(), "key_vault_key_id", versionless(key))
			},
			false,
			[]string{"key_vault_key_id", "a key of type EC", "RSA or RSA-HSM", "az keyvault key create"},
		},
		{
			"no key", "CMK004", func(w world) acctest.Value {
				return with(w.config(), "key_vault_key_id", "https://keys.vault.azure.net/keys/none")
			},
			false,
			[]string{"key_vault_key_id", "no key none in the vault", "a key that exists", "Create the key first"},
		},
		{
			"no vault", "CMK004", func(w world) acctest.Value {
				return with(w.config(), "key_vault_key_id", "https://nokeys.vault.azure.net/keys/media")
			},
			false,
			[]string{"key_vault_key_id", "no vault nokeys", "Create the vault"},
		},
		{
			"deleted key", "CMK004", func(w world) acctest.Value {
				w.DeleteKey("keys", "media")
				return w.config()
			},
			false,
			[]string{"key_vault_key_id", "deleted, but recoverable", "az keyvault key recover"},
		},
		{
			"deleted vault", "CMK004", func(w world) acctest.Value {
				w.DeleteVault("keys")
				return w.config()
			},
			false,
			[]string{"key_vault_key_id", "the vault keys deleted, but recoverable", "az keyvault recover"},
		},
		{
			"disabled", "CMK004", func(w world) acctest.Value {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
				return w.config()
			},
			true,
			[]string{"key_vault_key_id", "a disabled key", "a key that is enabled", "--enabled true"},
		},
		{
			"not active", "CMK004", func(w world) acctest.Value {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{NotBefore: to.Ptr(w.now().Add(time.Hour))})
				return w.config()
			},
			true,
			[]string{"key_vault_key_id", "that is not active before", "a key that is active now", "--not-before"},
		},
		{
			"expired", "CMK004", func(w world) acctest.Value {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Expires: to.Ptr(w.now().Add(time.Hour))})
				w.Advance(2 * time.Hour)
				return w.config()
			},
			true,
			[]string{"key_vault_key_id", "that expired on", "a key that expires later than now", "--expires"},
		},
		{
			"operations", "CMK004", func(w world) acctest.Value {
				key := w.Key("keys", "narrow", func(p *azkeys.CreateKeyParameters) {
					p.KeyOps = []*azkeys.KeyOperation{to.Ptr(azkeys.KeyOperationWrapKey)}
				})
				return with(w.config(), "key_vault_key_id", versionless(key))
			},
			true,
			[]string{"key_vault_key_id", "does not permit unwrapKey", "--ops wrapKey unwrapKey"},
		},
		{
			"region", "CMK005", func(w world) acctest.Value {
				w.Vault("far", func(p *armkeyvault.VaultCreateOrUpdateParameters) {
					p.Location = to.Ptr("northeurope")
				})
				w.Grant("far", w.Principal("contoso"))
				return with(w.config(), "key_vault_key_id", versionless(w.Key("far", "media")))
			},
			false,
			[]string{
				"key_vault_key_id", "a vault in northeurope for a Media Services account in westus2",
				"a vault in westus2", "Use a key in a vault in westus2",
			},
		},
		{
			"purge protection", "CMK007", func(w world) acctest.Value {
				w.Vault("weak", fixture.WithoutPurgeProtection)
				w.Grant("weak", w.Principal("contoso"))
				return with(w.config(), "key_vault_key_id", versionless(w.Key("weak", "media")))
			},
			true,
			[]string{
				"key_vault_key_id", "the vault weak without purge protection",
				"a vault with purge protection on", "purge_protection_enabled = true",
			},
		},
		{
			"no system-assigned identity", "CMK008", func(w world) acctest.Value {
				w.Identify("contoso")
				return w.config()
			},
			true,
			[]string{
				"user_assigned_identity_id", "no system-assigned identity on the account",
				"an identity of the account itself", `identity = { type = "SystemAssigned" }`,
			},
		},
		{
			"identity of somebody else", "CMK008", func(w world) acctest.Value {
				id, principal := w.Identity("other")
				w.Grant("keys", principal)
				return with(w.config(), "user_assigned_identity_id", id)
			},
			true,
			[]string{"user_assigned_identity_id", "which the account does not list", "identity.identity_ids"},
		},
		{
			"no such identity", "CMK008", func(w world) acctest.Value {
				return with(w.config(), "user_assigned_identity_id",
					w.ID(azure.UserAssignedIdentityType, "none"))
			},
			false,
			[]string{"user_assigned_identity_id", "no user-assigned identity", "Create the identity first"},
		},
		{
			"no grant", "CMK009", func(w world) acctest.Value {
				w.Revoke("keys", w.Principal("contoso"))
				return w.config()
			},
			true,
			[]string{
				"key_vault_key_id", "the account's system-assigned identity without get, wrapKey, unwrapKey",
				"an identity that may get, wrapKey and unwrapKey", "azuremedia_customer_key_grant",
				"az keyvault set-policy",
			},
		},
		{
			"part of a grant", "CMK009", func(w world) acctest.Value {
				w.Policy("keys", armkeyvault.AccessPolicyUpdateKindReplace, w.Principal("contoso"), "get", "wrapKey")
				return w.config()
			},
			true,
			[]string{"key_vault_key_id", "identity without unwrapKey"},
		},
		{
			"no role", "CMK009", func(w world) acctest.Value {
				w.Vault("roles", fixture.ByRoles)
				return with(w.config(), "key_vault_key_id", versionless(w.Key("roles", "media")))
			},
			true,
			[]string{"key_vault_key_id", "without get, wrapKey, unwrapKey", "az role assignment create"},
		},
		{
			"secret", "CMK010", func(w world) acctest.Value {
				return with(w.config(), "key_vault_key_id", "https://keys.vault.azure.net/secrets/media")
			},
			false,
			[]string{"key_vault_key_id", "the identifier of a secret", "https://VAULT.vault.azure.net/keys/NAME"},
		},
		{
			"another cloud", "CMK010", func(w world) acctest.Value {
				return with(w.config(), "key_vault_key_id", "https://keys.vault.azure.cn/keys/media")
			},
			false,
			[]string{"key_vault_key_id", `the host "keys.vault.azure.cn"`, "Use a key in a vault of this cloud"},
		},
	} {
		t.Run(test.rule+" "+test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			config := test.arrange(w)
			proto := w.Proto()
			plan := proto.Plan(attachment, acctest.Object{}, config)
			if !test.warned {
				says(t, plan.Diagnostics, test.rule, append(test.texts, nothingChanged, "ERROR")...)
				return
			}
			says(t, plan.Diagnostics, test.rule, append(test.texts, "WARNING", "If another resource does so in this apply")...)
			_, diags := proto.Apply(plan)
			says(t, diags.Errors(), test.rule, append(test.texts, nothingChanged)...)
			if kind, _ := w.encryption(); kind != "SystemKey" {
				t.Errorf("the account was changed to %s", kind)
			}
		})
	}
}

func (w world) now() time.Time {
	now, err := w.Rehearsal().Now(context.Background())
	if err != nil {
		panic(err)
	}
	return now
}

// TestRules_whatNoVaultHasAnyMore is about sizes that no Key Vault makes, and about vaults without
// soft delete: Azure's answers are changed on their way.
func TestRules_whatNoVaultHasAnyMore(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rule, path, old, new string
		errors               bool
		texts                []string
	}{
		{
			"CMK003", "/keys/media/", `"n":"`, `"n":"AAAA`, true,
			[]string{"key_vault_key_id", "bits", "a key of 2048, 3072 or 4096 bits", "Create a key of a supported size"},
		},
		{
			"CMK006", "/vaults/keys", `"enableSoftDelete":true`, `"enableSoftDelete":false`, false,
			[]string{
				"key_vault_key_id", "the vault keys without soft delete", "a vault with soft delete on",
				"properties.enableSoftDelete=true",
			},
		},
	} {
		t.Run(test.rule, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proto := w.protoThrough(t, func(request *http.Request, body []byte) []byte {
				path := strings.ToLower(request.URL.Path)
				if !strings.HasSuffix(path, test.path) && (test.rule != "CMK006" || !strings.HasSuffix(path, "/vaults")) {
					return body
				}
				if test.rule == "CMK003" { // Half of the modulus is one of 1024 bits.
					at := bytes.Index(body, []byte(test.old)) + len(test.old)
					return append(bytes.Clone(body[:at]), body[at+171:]...)
				}
				return bytes.ReplaceAll(body, []byte(test.old), []byte(test.new))
			})
			plan := proto.Plan(attachment, acctest.Object{}, w.config())
			if test.errors {
				says(t, plan.Diagnostics, test.rule, append(test.texts, nothingChanged)...)
				return
			}
			says(t, plan.Diagnostics.Warnings(), test.rule, test.texts...)
			_, diags := proto.Apply(plan)
			says(t, diags.Errors(), test.rule, append(test.texts, nothingChanged)...)
		})
	}
}

// protoThrough drives a provider whose answers from Azure are changed on their way.
func (w world) protoThrough(t *testing.T, change func(*http.Request, []byte) []byte) *acctest.Proto {
	t.Helper()
	return w.protoOver(t, changing{w.Transport(), change})
}

// protoOver drives a provider that reaches Azure over a transport of the test's own.
func (w world) protoOver(t *testing.T, transport http.RoundTripper) *acctest.Proto {
	t.Helper()
	access := w.Rehearsal().Access()
	proto := acctest.NewProto(t, func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(provider.New("test",
			provider.WithClock(w.Clock()),
			provider.WithRehearsal(func(context.Context, string) (provider.Rehearsal, error) {
				return provider.Rehearsal{
					Transport:      transport,
					TenantID:       access.TenantID,
					SubscriptionID: access.SubscriptionID,
					ClientID:       access.ClientID,
					ClientSecret:   access.ClientSecret,
				}, nil
			}))())()
	})
	proto.Configure(acctest.Value{"environment": "rehearsal"})
	return proto
}

type changing struct {
	through http.RoundTripper
	change  func(*http.Request, []byte) []byte
}

func (c changing) RoundTrip(request *http.Request) (*http.Response, error) {
	answer, err := c.through.RoundTrip(request)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	body = c.change(request, body)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	return answer, nil
}

// TestRules_expiryIsAWarning: a key that expires within 30 days is attached all the same.
func TestRules_expiryIsAWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Expires: to.Ptr(w.now().Add(24 * time.Hour))})
	proto := w.Proto()
	plan := proto.Plan(attachment, acctest.Object{}, w.config())
	says(t, plan.Diagnostics, "CMK004", "WARNING", "that expires on")
	made, diags := proto.Apply(plan)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}

	// It has expired since, and the account lives on: Key Vault still unwraps.
	w.Advance(48 * time.Hour)
	proto = w.Proto()
	read, diags := proto.Read(made)
	if len(diags) > 0 || read.State["status"] != nil {
		t.Fatalf("status %v: %s", read.State["status"], diags.Text())
	}
	plan = proto.Plan(attachment, read, w.config())
	says(t, plan.Diagnostics, "CMK004", "WARNING", "that expired on", "an account that runs on it keeps working")
	unchanged(t, read, plan)
}

// TestRules_whatIsUnknownWaitsForTheApply plans an attachment of what is still to be created.
func TestRules_whatIsUnknownWaitsForTheApply(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Identify("contoso")
	proto := w.Proto()
	for _, config := range []acctest.Value{
		{"account_id": acctest.Unknown{}, "key_vault_key_id": acctest.Unknown{}},
		{"account_id": acctest.Unknown{}, "key_vault_key_id": versionless(w.key)},
		{"account_id": w.account, "key_vault_key_id": versionless(w.key), "user_assigned_identity_id": acctest.Unknown{}},
		{
			"account_id": w.account, "key_vault_key_id": acctest.Unknown{},
			"user_assigned_identity_id": acctest.Unknown{},
		},
	} {
		plan := w.Proto().Plan(attachment, acctest.Object{}, config)
		if len(plan.Diagnostics) > 0 {
			t.Errorf("%v: %s", config, plan.Diagnostics.Text())
		}
	}

	// What is known of the key is held against the rules even so.
	weak := versionless(w.Key("keys", "curve", func(p *azkeys.CreateKeyParameters) {
		p.Kty, p.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
	}))
	says(t, proto.Plan(attachment, acctest.Object{}, acctest.Value{
		"account_id": acctest.Unknown{}, "key_vault_key_id": weak,
	}).Diagnostics, "CMK002")
}

// unchanged fails the test if a plan changes anything.
func unchanged(t *testing.T, before acctest.Object, plan acctest.Plan) {
	t.Helper()
	for name, value := range plan.State {
		if before.State[name] != value {
			t.Errorf("%s is planned to go from %v to %v", name, before.State[name], value)
		}
	}
}

// withoutStatus takes the encryption's status out of Azure's answers.
func withoutStatus(_ *http.Request, body []byte) []byte {
	return bytes.ReplaceAll(body, []byte(`"status":"CustomerKeyInaccessible"`), []byte(`"status":""`))
}

// delayGrants has grants take effect late.
func (w world) delayGrants(t *testing.T, d time.Duration) {
	t.Helper()
	if _, err := w.Rehearsal().AddFault(t.Context(),
		fault.Fault{Kind: fault.DelayedGrants, Delay: fault.Duration(d)}); err != nil {
		t.Fatal(err)
	}
}
