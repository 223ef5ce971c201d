// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package acctest gives each test an Azure of its own, a rehearsal in memory, and runs the provider
// against it. It is for tests only, and must not import a noun.
//
// Which harness for which test:
//
//   - [Azure.Proto] drives the provider in the test's process, for what a resource plans, warns of,
//     refuses and sends. It is fast, and sees what the CLI hides: warnings, private state, identity.
//   - [Azure.Factories] and plugin-testing run the real CLI, for a resource as people use it. The CLI
//     checks that a plan is consistent with its apply, and that the next plan is empty. These tests
//     are named TestAcc…; package check has their checks.
//   - Package fixture furnishes an Azure with accounts, vaults, keys and grants, for resources that
//     meet what exists already. Both harnesses run in it.
//   - [Azure.Client] is another user of Azure, for what changes outside of Terraform.
//   - [Azure.Calls] and [Azure.Requests] tell what Azure was sent.
//   - [Main] fails a package whose tests leave an attribute unseen or an argument unchanged.
//
// The services of rehearsal themselves are tested with rehearsal/test/azuretest, in which the owner of
// the subscription asks, or with rehearsal/test/resourcestest, in which tokens and permissions count.
// The example of this package is its test.
package acctest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
	t         testing.TB
	rehearsal *rehearsal.Azure
	// transport reaches the rehearsal and checks requests and answers against Microsoft's documents.
	transport http.RoundTripper
	wrap      func(http.RoundTripper) http.RoundTripper
	// byOthers counts what others than the provider changed, and how often time went by.
	byOthers atomic.Int64
}

// others counts the requests of others than the provider that may change something.
type others struct {
	through http.RoundTripper
	changes *atomic.Int64
}

func (o others) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet && !strings.HasPrefix(req.URL.Host, "login.") {
		o.changes.Add(1)
	}
	return o.through.RoundTrip(req)
}

// New opens the Azure of a test. The test fails if it sends a request that Azure would not understand:
// an unknown route or field, or no token where one is needed. It fails as well if a request or an
// answer differs from the OpenAPI documents, or if no document has the operation. Refusals, injected
// faults, and streams that fail while storage keys are rotated are no failures.
func New(tb testing.TB, options ...engine.Option) *Azure {
	tb.Helper()
	opened, err := rehearsal.Open(tb.Context(), "", options...)
	if err != nil {
		tb.Fatal(err)
	}
	if err := opened.Transact(func(tx *engine.Tx) error {
		tokentest.UseSharedKey(tb, tx)
		return nil
	}); err != nil {
		tb.Fatal(err)
	}
	validator, err := openapi.New()
	if err != nil {
		tb.Fatal(err)
	}
	a := &Azure{
		t: tb, rehearsal: opened, transport: validator.RoundTripper(opened),
		wrap: func(through http.RoundTripper) http.RoundTripper { return through },
	}
	tb.Cleanup(func() {
		for _, failure := range validator.Failures() {
			tb.Error(failure)
		}
		for request := range validator.Unknown() {
			if documented(request) {
				tb.Errorf("no OpenAPI document has the operation %s", request)
			}
		}
		for _, entry := range a.journal() {
			for _, note := range entry.Notes {
				if note == engine.NoteOwnWords || strings.HasPrefix(note, fault.NotePrefix) ||
					strings.HasPrefix(note, streaming.NotePrefix) {
					continue
				}
				tb.Errorf("%s %s: %s", entry.Method, entry.Path, note)
			}
		}
		if err := opened.Close(); err != nil {
			tb.Errorf("closing rehearsal: %v", err)
		}
	})
	return a
}

// documented reports whether a request goes to Resource Manager or to a vault. Entra ID, Blob storage and
// streaming endpoints have no documents here.
func documented(request string) bool {
	_, path, _ := strings.Cut(request, " ")
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return slices.Contains(
		[]string{"subscriptions", "providers", "keys", "deletedkeys"}, strings.ToLower(first))
}

// Config returns a configuration for this Azure.
func (a *Azure) Config(resources string) string {
	return "provider \"azuremedia\" {\n  environment = \"rehearsal\"\n}\n" + resources
}

// Factories returns the provider for plugin-testing.
func (a *Azure) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){"azuremedia": a.factory}
}

// Proto returns a driver of the provider without the CLI, configured for this Azure.
func (a *Azure) Proto() *Proto {
	a.t.Helper()
	return a.Configured(Value{})
}

// Configured returns a driver of the provider with more settings in its block.
func (a *Azure) Configured(block Value) *Proto {
	a.t.Helper()
	proto := NewProto(a.t, a.factory)
	proto.others = a.byOthers.Load
	block["environment"] = "rehearsal"
	if diags := proto.Configure(block); len(diags) > 0 {
		a.t.Fatalf("configuring the provider: %s", diags.Text())
	}
	return proto
}

// Client returns a client of another user than the provider.
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
		Transport:      others{a.transport, &a.byOthers},
		Clock:          clock{a.rehearsal},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return client
}

// Clock returns rehearsal's clock. Waiting moves it forward.
func (a *Azure) Clock() azure.Clock { return clock{a.rehearsal} }

// Transport returns the transport that reaches this Azure, for the provider and [Azure.Client].
func (a *Azure) Transport() http.RoundTripper { return a.transport }

// Rehearsal returns the rehearsal itself.
func (a *Azure) Rehearsal() *rehearsal.Azure { return a.rehearsal }

// SubscriptionID returns the subscription that everything is in.
func (a *Azure) SubscriptionID() string { return a.rehearsal.Access().SubscriptionID }

// Advance moves the clock forward.
func (a *Azure) Advance(d time.Duration) {
	a.t.Helper()
	a.byOthers.Add(1)
	if err := a.rehearsal.Advance(context.WithoutCancel(a.t.Context()), d); err != nil {
		a.t.Fatal(err)
	}
}

// Empty reports what is left in the subscription, for CheckDestroy.
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

// Requests returns the requests of one method whose path has the suffix, whatever its case.
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
	return a.server(a.rehearsal.Access(), a.rehearsal)
}

// server returns the provider, which signs in as somebody and sends its requests through a transport.
func (a *Azure) server(access rehearsal.Access, transport http.RoundTripper) (tfprotov6.ProviderServer, error) {
	server := provider.NewServer("test",
		provider.WithClock(clock{a.rehearsal}),
		provider.WithRehearsal(func(context.Context, string) (provider.Rehearsal, error) {
			return provider.Rehearsal{
				Transport:      a.wrap(transport),
				TenantID:       access.TenantID,
				SubscriptionID: access.SubscriptionID,
				ClientID:       access.ClientID,
				ClientSecret:   access.ClientSecret,

				FindSubscription: a.rehearsal.FindSubscription,
				HasClient:        a.rehearsal.HasClient,
			}, nil
		}))()
	return recordOf(context.WithoutCancel(a.t.Context()), server)
}

// clock is the clock of a test. Waiting moves rehearsal's clock forward.
type clock struct{ rehearsal *rehearsal.Azure }

// Now returns the time by rehearsal's clock: to advance it is to let time pass, here and in Azure.
func (c clock) Now() time.Time {
	now, err := c.rehearsal.Now(context.Background())
	if err != nil {
		panic(err)
	}
	return now
}

func (c clock) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.rehearsal.Advance(ctx, d)
}
