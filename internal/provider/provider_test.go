// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
)

const (
	subscriptionID = "11111111-1111-1111-1111-111111111111"
	tenantID       = "22222222-2222-2222-2222-222222222222"
	clientID       = "33333333-3333-3333-3333-333333333333"
)

// start starts a provider whose environment variables are only those given.
func start(t *testing.T, variables map[string]string, options ...provider.Option) *acctest.Proto {
	t.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "ARM_") || strings.HasPrefix(name, "AZUREMEDIA_") {
			t.Setenv(name, "")
		}
	}
	for name, value := range variables {
		t.Setenv(name, value)
	}
	return acctest.NewProto(t, func() (tfprotov6.ProviderServer, error) {
		return providerserver.NewProtocol6WithError(provider.New("test", options...)())()
	})
}

func TestConfigure_saysWhatIsWrong(t *testing.T) {
	signedIn := acctest.Value{
		"subscription_id": subscriptionID, "tenant_id": tenantID, "client_id": clientID, "client_secret": "hunter2",
	}
	with := func(more acctest.Value) acctest.Value {
		block := acctest.Value{}
		for name, value := range signedIn {
			block[name] = value
		}
		for name, value := range more {
			block[name] = value
		}
		return block
	}
	for _, test := range []struct {
		name      string
		block     acctest.Value
		variables map[string]string
		want      []string // None is no error.
	}{
		{"a secret", signedIn, nil, nil},
		{
			"a secret from the environment",
			acctest.Value{},
			map[string]string{
				"ARM_SUBSCRIPTION_ID": subscriptionID, "ARM_TENANT_ID": tenantID, "ARM_CLIENT_ID": clientID,
				"ARM_CLIENT_SECRET": "hunter2",
			},
			nil,
		},
		{
			"a custom cloud that nothing describes", with(acctest.Value{"environment": "custom"}), nil,
			[]string{"endpoint", "does not say which cloud", "AZUREMEDIA_"},
		},
		{
			"a custom cloud", with(acctest.Value{"environment": "custom"}),
			map[string]string{"AZUREMEDIA_CONNECT_TO": "127.0.0.1:8443"},
			nil,
		},
		{"the Azure CLI", acctest.Value{"subscription_id": subscriptionID}, nil, nil},
		{
			"an ID token", with(acctest.Value{
				"client_secret": nil, "use_oidc": true, "oidc_token": "hunter2",
			}),
			nil, nil,
		},
		{
			"a workflow's ID token", with(acctest.Value{"client_secret": nil}),
			map[string]string{
				"ARM_USE_OIDC": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://token",
				"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "hunter2",
			},
			nil,
		},
		{"a managed identity", acctest.Value{"subscription_id": subscriptionID, "use_msi": true}, nil, nil},
		{
			"more tenants and a partner", with(acctest.Value{
				"auxiliary_tenant_ids": []any{tenantID}, "partner_id": clientID, "disable_correlation_request_id": true,
			}),
			nil, nil,
		},
		{
			"names of tenants and partners", with(acctest.Value{"auxiliary_tenant_ids": []any{"contoso.com"}}),
			map[string]string{"ARM_PARTNER_ID": "contoso"},
			[]string{`auxiliary_tenant_ids (ARM_AUXILIARY_TENANT_IDS): "contoso.com"`},
		},
		{
			"a partner's name", with(acctest.Value{"partner_id": "contoso"}), nil,
			[]string{`partner_id (ARM_PARTNER_ID): "contoso"`, "Required: a GUID"},
		},
		{
			"no subscription", with(acctest.Value{"subscription_id": nil}), nil,
			[]string{"subscription_id (ARM_SUBSCRIPTION_ID)", "Nothing was changed"},
		},
		{
			"a rehearsal block without its environment",
			acctest.Value{"rehearsal": acctest.Value{"data_file": "x.db"}},
			nil,
			[]string{
				`Found: environment (ARM_ENVIRONMENT): a rehearsal block, but environment is "public".`,
				`Remedy: Set environment = "rehearsal", or remove the block.`, "Nothing was changed",
			},
		},
		{
			"a rehearsal block, its environment from a variable",
			acctest.Value{"rehearsal": acctest.Value{}},
			map[string]string{"ARM_ENVIRONMENT": "rehearsal"},
			[]string{".azuremedia-rehearsal.db is broken"},
		},
		{
			"names in place of IDs", with(acctest.Value{"subscription_id": "my-sub", "client_id": "my-app"}),
			map[string]string{"ARM_TENANT_ID": "contoso.com"},
			[]string{
				`Found: subscription_id (ARM_SUBSCRIPTION_ID): "my-sub".`, "Required: a GUID, such as 00000000-",
				"Remedy: Write the ID instead of a name; `az account show --query id` prints it.",
				`Found: client_id (ARM_CLIENT_ID): "my-app".`, `AttributeName("client_id")`,
			},
		},
		{
			"a tenant's domain", with(acctest.Value{"tenant_id": nil}),
			map[string]string{"ARM_TENANT_ID": "contoso.onmicrosoft.com"},
			[]string{`Found: tenant_id (ARM_TENANT_ID): "contoso.onmicrosoft.com".`, "az account show --query tenantId"},
		},
		{
			"no tenant", with(acctest.Value{"tenant_id": nil}), nil,
			[]string{"tenant_id (ARM_TENANT_ID)", "a client secret needs it"},
		},
		{
			"two ways to sign in", with(acctest.Value{}),
			map[string]string{"ARM_USE_MSI": "true"},
			[]string{"use_msi (ARM_USE_MSI)", "client_secret", "environment variables count too"},
		},
		{
			"no way to sign in",
			acctest.Value{"subscription_id": subscriptionID, "use_cli": false},
			nil,
			[]string{"use_cli (ARM_USE_CLI)", "client_secret"},
		},
		{
			"a flag that is none", with(acctest.Value{}),
			map[string]string{"ARM_USE_CLI": "maybe"},
			[]string{"use_cli (ARM_USE_CLI)", `"maybe" is neither true nor false`},
		},
		{
			"an environment that is none", with(acctest.Value{}),
			map[string]string{"ARM_ENVIRONMENT": "mars"},
			[]string{"environment (ARM_ENVIRONMENT)", "usgovernment"},
		},
		{
			"a CA file that is not there",
			with(acctest.Value{"endpoint": acctest.Value{"ca_file": "/no/such.pem"}}), nil,
			[]string{"endpoint.ca_file (AZUREMEDIA_CA_FILE)", "/no/such.pem"},
		},
		{
			"an endpoint for rehearsal",
			acctest.Value{
				"environment": "rehearsal", "endpoint": acctest.Value{"connect_to": "x:1"},
			},
			nil,
			[]string{"Found: endpoint: environment = ", "rehearsal serve"},
		},
		{
			"a rehearsal that cannot be opened",
			acctest.Value{"environment": "rehearsal"},
			map[string]string{"AZUREMEDIA_REHEARSAL_FILE": "broken.db"},
			[]string{"rehearsal.data_file (AZUREMEDIA_REHEARSAL_FILE)", "broken.db is broken"},
		},
		{
			"what is not known yet",
			with(acctest.Value{
				"tenant_id": acctest.Unknown{},
				"endpoint":  acctest.Value{"connect_to": acctest.Unknown{}},
			}),
			nil,
			[]string{
				"tenant_id is not known", "ARM_TENANT_ID", "endpoint.connect_to is not known",
				`AttributeName("endpoint").AttributeName("connect_to")`, "-target",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			proto := start(t, test.variables, provider.WithRehearsal(openBroken))
			diags := proto.Configure(test.block)
			if (len(diags) > 0) != (len(test.want) > 0) {
				t.Fatalf("said %q, want %q", diags.Text(), test.want)
			}
			for _, want := range test.want {
				if !strings.Contains(diags.Text(), want) {
					t.Errorf("lacks %q:\n%s", want, diags.Text())
				}
			}
			inOurWords(t, test.name, diags)
			if strings.Contains(diags.Text(), "hunter2") {
				t.Errorf("holds the secret:\n%s", diags.Text())
			}
		})
	}
}

func openBroken(_ context.Context, file string) (provider.Rehearsal, error) {
	return provider.Rehearsal{}, errors.New(file + " is broken")
}

// silent is a rehearsal that does not answer.
type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }

func TestConfigure_opensRehearsalWithItsOwnCredentials(t *testing.T) {
	var opened string
	proto := start(t, map[string]string{"ARM_CLIENT_SECRET": "of the real Azure", "ARM_USE_MSI": "true"},
		provider.WithRehearsal(func(_ context.Context, file string) (provider.Rehearsal, error) {
			opened = file
			return provider.Rehearsal{
				Transport: silent{}, TenantID: "t", SubscriptionID: "s", ClientID: "c", ClientSecret: "x",
			}, nil
		}))
	for file, block := range map[string]acctest.Value{
		".azuremedia-rehearsal.db": {"environment": "rehearsal"},
		"mine.db": {
			"environment": "rehearsal", "rehearsal": acctest.Value{"data_file": "mine.db"},
		},
	} {
		if diags := proto.Configure(block); len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		if opened != file {
			t.Errorf("opened %q, want %q", opened, file)
		}
	}
}

// TestConfigure_usesTheSubscriptionThatIsNamed has a rehearsal used in the subscription that the block or
// the environment names, and in its own one without a name.
func TestConfigure_usesTheSubscriptionThatIsNamed(t *testing.T) {
	const own, other = "00000000-0000-0000-0000-000000000001", "AAAAAAAA-0000-0000-0000-000000000002"
	for name, test := range map[string]struct {
		variables map[string]string
		block     acctest.Value
		opens     string
		says      []string
	}{
		"no name":            {nil, acctest.Value{}, "", nil},
		"in the block":       {nil, acctest.Value{"subscription_id": other}, other, nil},
		"in the environment": {map[string]string{"ARM_SUBSCRIPTION_ID": other}, acctest.Value{}, other, nil},
		"its own":            {nil, acctest.Value{"subscription_id": own}, "", nil},
		"no ID":              {nil, acctest.Value{"subscription_id": "my-sub"}, "", []string{`subscription_id (ARM_SUBSCRIPTION_ID): "my-sub"`, "Required: a GUID"}},
		"one that is not there": {
			nil,
			acctest.Value{"subscription_id": subscriptionID},
			subscriptionID,
			[]string{
				`subscription_id (ARM_SUBSCRIPTION_ID): the subscription "` + subscriptionID +
					`" could not be found in the rehearsal (SubscriptionNotFound)`,
				"`terraform-provider-azuremedia rehearsal subscriptions add " + subscriptionID + " --data .azuremedia-rehearsal.db`",
			},
		},
		"a file that fails": {
			map[string]string{"ARM_SUBSCRIPTION_ID": "ffffffff-0000-0000-0000-000000000002"},
			acctest.Value{},
			"ffffffff-0000-0000-0000-000000000002",
			[]string{"reading the subscriptions of the rehearsal: gone"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			opened := ""
			proto := start(t, test.variables, provider.WithRehearsal(
				func(context.Context, string) (provider.Rehearsal, error) {
					return provider.Rehearsal{
						Transport: silent{}, TenantID: "t", SubscriptionID: own, ClientID: "c", ClientSecret: "x",
						FindSubscription: func(_ context.Context, id string) (string, error) {
							opened = id
							switch id {
							case other:
								return strings.ToLower(id), nil
							case subscriptionID:
								return "", nil
							}
							return "", errors.New("gone")
						},
					}, nil
				}))
			test.block["environment"] = "rehearsal"
			diags := proto.Configure(test.block)
			if opened != test.opens || len(diags) > 0 != (len(test.says) > 0) {
				t.Errorf("opened %q, want %q: %s", opened, test.opens, diags.Text())
			}
			for _, text := range test.says {
				if !strings.Contains(diags.Text(), text) {
					t.Errorf("lacks %q: %s", text, diags.Text())
				}
			}
		})
	}
}

func TestSchema_documentsTheVariableOfEverySetting(t *testing.T) {
	proto := start(t, nil)
	var check func(prefix string, attributes []*tfprotov6.SchemaAttribute)
	check = func(prefix string, attributes []*tfprotov6.SchemaAttribute) {
		for _, attribute := range attributes {
			if attribute.NestedType != nil {
				check(prefix+attribute.Name+".", attribute.NestedType.Attributes)
				continue
			}
			if !strings.Contains(attribute.Description, "Environment: `A") {
				t.Errorf("%s%s does not name its variable: %q",
					prefix, attribute.Name, attribute.Description)
			}
			secret := !strings.HasSuffix(attribute.Name, "_path") && (strings.Contains(attribute.Name, "secret") ||
				strings.Contains(attribute.Name, "password") || strings.HasSuffix(attribute.Name, "certificate") ||
				strings.HasSuffix(attribute.Name, "token"))
			if attribute.Sensitive != secret {
				t.Errorf("%s%s: sensitive is %t", prefix, attribute.Name, attribute.Sensitive)
			}
		}
	}
	check("", proto.Schemas().Provider.Block.Attributes)
}

// Every resource has what the design promises of each: identity, import, timeouts, and a first
// sentence that can stand alone as the page's description.
func TestResources_keepTheirPromises(t *testing.T) {
	proto := start(t, nil)
	identities, err := proto.Server().GetResourceIdentitySchemas(t.Context(),
		&tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range proto.Schemas().ResourceSchemas {
		if _, ok := identities.IdentitySchemas[name]; !ok {
			t.Errorf("%s has no identity", name)
		}
		if !strings.Contains(schema.Block.Description, ".") {
			t.Errorf("%s is described by %q", name, schema.Block.Description)
		}
		has := map[string]bool{}
		for _, attribute := range schema.Block.Attributes {
			has[attribute.Name] = true
			if attribute.Description == "" && attribute.Name != "timeouts" {
				t.Errorf("%s.%s is not described", name, attribute.Name)
			}
		}
		for _, wanted := range []string{"id", "timeouts"} {
			if !has[wanted] {
				t.Errorf("%s has no %s", name, wanted)
			}
		}
	}
}
