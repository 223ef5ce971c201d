// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package acctest is what acceptance tests share: a rehearsal of its own for each test, the
// provider that works on it, and somebody else who works on it as well.
package acctest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/provider"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/tokentest"
)

// Azure is the Azure of one test: a rehearsal in memory.
type Azure struct {
	t         *testing.T
	rehearsal *rehearsal.Azure
	// transport reaches the rehearsal and holds all that passes against Microsoft's documents.
	transport http.RoundTripper
}

// New opens the Azure of a test. The test fails if a request was made that Azure would not
// understand: a route or a field that does not exist, or no token where one is needed. What Azure
// understands and refuses is no such request, in whatever words; nor is what a fault of the test's
// own strikes, nor a film whose storage keys are being rolled. It fails as well if a request or an
// answer is not as the OpenAPI documents have it, or if no document has the operation.
func New(t *testing.T, options ...engine.Option) *Azure {
	t.Helper()
	opened, err := rehearsal.Open(t.Context(), "", options...)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.Transact(func(tx *engine.Tx) error {
		tokentest.UseSharedKey(t, tx)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	validator, err := openapi.New()
	if err != nil {
		t.Fatal(err)
	}
	a := &Azure{t: t, rehearsal: opened, transport: validator.RoundTripper(opened)}
	t.Cleanup(func() {
		for _, failure := range validator.Failures() {
			t.Error(failure)
		}
		for request := range validator.Unknown() {
			if documented(request) {
				t.Errorf("no OpenAPI document has the operation %s", request)
			}
		}
		for _, entry := range a.journal() {
			for _, note := range entry.Notes {
				if note == engine.NoteOwnWords || strings.HasPrefix(note, fault.NotePrefix) ||
					strings.HasPrefix(note, streaming.NotePrefix) {
					continue
				}
				t.Errorf("%s %s: %s", entry.Method, entry.Path, note)
			}
		}
		if err := opened.Close(); err != nil {
			t.Errorf("closing rehearsal: %v", err)
		}
	})
	return a
}

// documented reports whether a request, its method and its path, is one to Resource Manager or to
// a vault. Entra ID, Blob storage and streaming endpoints have no documents here.
func documented(request string) bool {
	_, path, _ := strings.Cut(request, " ")
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return slices.Contains(
		[]string{"subscriptions", "providers", "keys", "deletedkeys"}, strings.ToLower(first))
}

// Config is a configuration for this Azure.
func (a *Azure) Config(resources string) string {
	return "provider \"azuremedia\" {\n  environment = \"rehearsal\"\n}\n" + resources
}

// Factories are what plugin-testing starts the provider with.
func (a *Azure) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){"azuremedia": a.factory}
}

// Proto drives the provider without the command line. It is configured for this Azure.
func (a *Azure) Proto() *Proto {
	a.t.Helper()
	proto := NewProto(a.t, a.factory)
	if diags := proto.Configure(Value{"environment": "rehearsal"}); len(diags) > 0 {
		a.t.Fatalf("configuring the provider: %s", diags.Text())
	}
	return proto
}

// Client is somebody else: what it does, the provider has not done.
func (a *Azure) Client() *azure.Client {
	a.t.Helper()
	access := a.rehearsal.Access()
	client, err := azure.New(azure.Config{
		Environment:    azure.Rehearsal,
		SubscriptionID: access.SubscriptionID,
		TenantID:       access.TenantID,
		ClientID:       access.ClientID,
		ClientSecret:   access.ClientSecret,
		UserAgent:      "somebody-else",
		Transport:      a.transport,
		Clock:          clock{a.rehearsal},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return client
}

// Clock is rehearsal's: whoever waits by it moves it on instead.
func (a *Azure) Clock() azure.Clock { return clock{a.rehearsal} }

// Transport reaches this Azure as the provider and [Azure.Client] do.
func (a *Azure) Transport() http.RoundTripper { return a.transport }

// Rehearsal is the rehearsal itself.
func (a *Azure) Rehearsal() *rehearsal.Azure { return a.rehearsal }

// SubscriptionID is the subscription that everything is in.
func (a *Azure) SubscriptionID() string { return a.rehearsal.Access().SubscriptionID }

// Advance lets time pass.
func (a *Azure) Advance(d time.Duration) {
	a.t.Helper()
	if err := a.rehearsal.Advance(context.WithoutCancel(a.t.Context()), d); err != nil {
		a.t.Fatal(err)
	}
}

// Empty is for CheckDestroy: it reports what is left in the subscription.
func (a *Azure) Empty(*terraform.State) error {
	a.t.Helper()
	ctx, client := context.WithoutCancel(a.t.Context()), a.Client()
	resources, err := client.Resources(a.SubscriptionID())
	if err != nil {
		return err
	}
	groups, err := client.ResourceGroups(a.SubscriptionID())
	if err != nil {
		return err
	}
	var left []string
	for pages := resources.NewListPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("listing what is left: %w", err)
		}
		for _, found := range page.Value {
			left = append(left, azure.Deref(found.ID))
		}
	}
	for pages := groups.NewListPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("listing the groups that are left: %w", err)
		}
		for _, found := range page.Value {
			left = append(left, azure.Deref(found.ID))
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("left in Azure:\n%s", strings.Join(left, "\n"))
	}
	return nil
}

// Requests are the requests of one method whose path ends so, without regard to case.
func (a *Azure) Requests(method, suffix string) []engine.Entry {
	a.t.Helper()
	return slices.DeleteFunc(a.journal(), func(entry engine.Entry) bool {
		return entry.Method != method ||
			!strings.HasSuffix(strings.ToLower(entry.Path), strings.ToLower(suffix))
	})
}

func (a *Azure) journal() []engine.Entry {
	a.t.Helper()
	entries, err := a.rehearsal.Journal(context.WithoutCancel(a.t.Context()))
	if err != nil {
		a.t.Fatal(err)
	}
	return entries
}

func (a *Azure) factory() (tfprotov6.ProviderServer, error) {
	server, err := providerserver.NewProtocol6WithError(provider.New("test",
		provider.WithClock(clock{a.rehearsal}),
		provider.WithRehearsal(func(context.Context, string) (provider.Rehearsal, error) {
			access := a.rehearsal.Access()
			return provider.Rehearsal{
				Transport:      renewing{a.rehearsal},
				TenantID:       access.TenantID,
				SubscriptionID: access.SubscriptionID,
				ClientID:       access.ClientID,
				ClientSecret:   access.ClientSecret,
			}, nil
		}))())()
	if err != nil {
		return nil, err
	}
	return recordOf(context.WithoutCancel(a.t.Context()), server)
}

// clock is the clock of a test: whoever waits by it moves rehearsal's clock on instead.
type clock struct{ rehearsal *rehearsal.Azure }

func (c clock) Now() time.Time { return time.Now() } //nolint:forbidigo // As the machine's clock.

func (c clock) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.rehearsal.Advance(ctx, d)
}
