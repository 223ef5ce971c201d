// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package provider holds the provider block and the table of contents of all nouns. It must not
// import rehearsal, which it reaches over the transport that main hands to it.
package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/blastradius"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/customerkeyattachment"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/customerkeycheck"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/customerkeygrant"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/encryptionposture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/functions"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyvaultkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media/account"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media/videoanalyzer"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/resourcegroup"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/storageaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/storageaccountkeys"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/storagekeyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/userassignedidentity"
)

var (
	_ provider.Provider                       = (*Provider)(nil)
	_ provider.ProviderWithActions            = (*Provider)(nil)
	_ provider.ProviderWithEphemeralResources = (*Provider)(nil)
	_ provider.ProviderWithFunctions          = (*Provider)(nil)
	_ provider.ProviderWithListResources      = (*Provider)(nil)
)

// Provider is the azuremedia provider.
type Provider struct {
	version       string
	openRehearsal func(ctx context.Context, dataFile string) (Rehearsal, error)
	clock         azure.Clock
}

// Rehearsal is a local Azure: a transport to it, and the credentials of a caller that owns its subscriptions.
type Rehearsal struct {
	Transport      http.RoundTripper
	TenantID       string
	SubscriptionID string // Of the subscription to use unless the configuration names one.
	ClientID       string
	ClientSecret   string

	// FindSubscription returns the ID of a subscription as the local Azure writes it, or "" if there is none.
	FindSubscription func(ctx context.Context, id string) (string, error)
	// HasClient reports whether the local Azure has a service principal with the client ID.
	HasClient func(ctx context.Context, clientID string) (bool, error)
}

// Option sets something that the configuration cannot.
type Option func(*Provider)

// WithRehearsal sets the function that opens the local Azure in a data file. This is the one place
// where the provider and rehearsal meet: to the provider it is Azure over another transport.
func WithRehearsal(open func(ctx context.Context, dataFile string) (Rehearsal, error)) Option {
	return func(p *Provider) { p.openRehearsal = open }
}

// WithClock replaces the machine's clock.
func WithClock(clock azure.Clock) Option {
	return func(p *Provider) { p.clock = clock }
}

// New returns a function that creates providers of a version. Each instance is configured separately.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &Provider{version: version}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

func (p *Provider) Metadata(_ context.Context, _ provider.MetadataRequest,
	resp *provider.MetadataResponse,
) {
	resp.TypeName = "azuremedia"
	resp.Version = p.version
}

func (p *Provider) Schema(_ context.Context, _ provider.SchemaRequest,
	resp *provider.SchemaResponse,
) {
	resp.Schema = providerSchema()
}

// Configure creates the client that every noun uses. It sends nothing to Azure.
func (p *Provider) Configure(ctx context.Context, req provider.ConfigureRequest,
	resp *provider.ConfigureResponse,
) {
	refuseUnknown(req.Config.Raw, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var block model
	resp.Diagnostics.Append(req.Config.Get(ctx, &block)...)
	if resp.Diagnostics.HasError() {
		return
	}
	config, err := block.config()
	if err == nil && config.Environment == azure.Rehearsal {
		err = p.rehearse(ctx, block, &config)
	}
	if err != nil {
		resp.Diagnostics.Append(settingDiagnostics(err)...)
		return
	}
	config.Clock = p.clock
	config.UserAgent, err = block.userAgent(p.version, req.TerraformVersion)
	if err != nil {
		resp.Diagnostics.Append(settingDiagnostics(err)...)
		return
	}
	client, err := azure.New(config)
	if err != nil {
		resp.Diagnostics.Append(settingDiagnostics(err)...)
		return
	}
	resp.ResourceData = client
	resp.DataSourceData = client
	resp.EphemeralResourceData = client
	resp.ListResourceData = client
	resp.ActionData = client
}

// unknownSubscription refuses a subscription that the local Azure has not, as Azure does at the first request.
func unknownSubscription(id, dataFile string) error {
	return &azure.SettingError{
		Setting:  "subscription_id",
		Problem:  fmt.Sprintf("the subscription %q could not be found in the rehearsal (SubscriptionNotFound)", id),
		Required: "a subscription that the rehearsal has",
		Remedy: fmt.Sprintf("Add it with `terraform-provider-azuremedia rehearsal subscriptions add %s --data %s`, "+
			"or remove the setting to use the subscription that every rehearsal begins with", id, dataFile),
	}
}

// rehearse points the configuration at the local Azure. It ignores all settings of the sign-in, so a
// configuration needs no other change to be rehearsed, unless they name a service principal of the local Azure.
func (p *Provider) rehearse(ctx context.Context, block model, config *azure.Config) error {
	if p.openRehearsal == nil {
		return errors.New("this build of the provider has no rehearsal")
	}
	rehearsal, err := p.openRehearsal(ctx, block.dataFile())
	if err != nil {
		return &azure.SettingError{
			Setting:  "rehearsal.data_file",
			Problem:  fmt.Sprintf("the rehearsal cannot be opened: %v", err),
			Required: "a file of rehearsal, or the name of a file that can be created",
			Remedy:   "Correct that, or name another file",
		}
	}
	if wanted := config.SubscriptionID; wanted != "" && !strings.EqualFold(wanted, rehearsal.SubscriptionID) {
		if rehearsal.SubscriptionID, err = rehearsal.FindSubscription(ctx, wanted); err != nil {
			return fmt.Errorf("reading the subscriptions of the rehearsal: %w", err)
		}
		if rehearsal.SubscriptionID == "" {
			return unknownSubscription(wanted, block.dataFile())
		}
	}
	if config.ClientID != "" && config.ClientSecret != "" && rehearsal.HasClient != nil {
		known, err := rehearsal.HasClient(ctx, config.ClientID)
		if err != nil {
			return fmt.Errorf("reading the service principals of the rehearsal: %w", err)
		}
		if known {
			rehearsal.ClientID, rehearsal.ClientSecret = config.ClientID, config.ClientSecret
		}
	}
	*config = azure.Config{
		Environment:               azure.Rehearsal,
		SubscriptionID:            rehearsal.SubscriptionID,
		TenantID:                  rehearsal.TenantID,
		ClientID:                  rehearsal.ClientID,
		ClientSecret:              rehearsal.ClientSecret,
		KeepProvidersUnregistered: config.KeepProvidersUnregistered,
		DependentSubscriptionIDs:  config.DependentSubscriptionIDs,
		Transport:                 rehearsal.Transport,
	}
	return nil
}

func (p *Provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		account.NewResource,
		customerkeyattachment.NewResource,
		customerkeygrant.NewResource,
		keyvault.NewResource,
		keyvaultkey.NewResource,
		resourcegroup.NewResource,
		storageaccount.NewResource,
		storagekeyrotation.NewResource,
		userassignedidentity.NewResource,
		videoanalyzer.NewResource,
	}
}

func (p *Provider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		account.NewDataSource,
		account.NewListDataSource,
		blastradius.NewDataSource,
		customerkeycheck.NewDataSource,
		customerkeyattachment.NewDataSource,
		encryptionposture.NewDataSource,
		storagekeyrotation.NewDataSource,
		videoanalyzer.NewDataSource,
	}
}

func (p *Provider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		account.NewListResource,
		customerkeyattachment.NewListResource,
		customerkeygrant.NewListResource,
		keyvault.NewListResource,
		keyvaultkey.NewListResource,
		resourcegroup.NewListResource,
		storageaccount.NewListResource,
		storagekeyrotation.NewListResource,
		userassignedidentity.NewListResource,
		videoanalyzer.NewListResource,
	}
}

func (p *Provider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		storagekeyrotation.NewEmergencyAction,
		storagekeyrotation.NewRotateAction,
		storagekeyrotation.NewSyncAction,
		storagekeyrotation.NewVerifyAction,
	}
}

func (p *Provider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{storageaccountkeys.NewEphemeralResource}
}

func (p *Provider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		functions.NewKeyID,
		functions.NewNormalizeLocation,
		functions.NewParseKeyID,
		functions.NewParseResourceID,
		functions.NewResourceID,
		functions.NewRotationDue,
		functions.NewVersionlessKeyID,
	}
}
