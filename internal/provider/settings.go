// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// model is the provider block.
type model struct {
	Environment    types.String `tfsdk:"environment"`
	SubscriptionID types.String `tfsdk:"subscription_id"`
	TenantID       types.String `tfsdk:"tenant_id"`
	ClientID       types.String `tfsdk:"client_id"`

	AuxiliaryTenantIDs   types.Set    `tfsdk:"auxiliary_tenant_ids"`
	ClientIDFilePath     types.String `tfsdk:"client_id_file_path"`
	ClientSecretFilePath types.String `tfsdk:"client_secret_file_path"`

	ClientSecret              types.String `tfsdk:"client_secret"`
	ClientCertificate         types.String `tfsdk:"client_certificate"`
	ClientCertificatePath     types.String `tfsdk:"client_certificate_path"`
	ClientCertificatePassword types.String `tfsdk:"client_certificate_password"`

	UseOIDC           types.Bool   `tfsdk:"use_oidc"`
	OIDCToken         types.String `tfsdk:"oidc_token"`
	OIDCTokenFilePath types.String `tfsdk:"oidc_token_file_path"`
	OIDCRequestURL    types.String `tfsdk:"oidc_request_url"`
	OIDCRequestToken  types.String `tfsdk:"oidc_request_token"`

	ADOServiceConnectionID types.String `tfsdk:"ado_pipeline_service_connection_id"`

	UseAKSWorkloadIdentity types.Bool `tfsdk:"use_aks_workload_identity"`
	UseMSI                 types.Bool `tfsdk:"use_msi"`
	UseCLI                 types.Bool `tfsdk:"use_cli"`

	MSIEndpoint                 types.String `tfsdk:"msi_endpoint"`
	PartnerID                   types.String `tfsdk:"partner_id"`
	DisableCorrelationRequestID types.Bool   `tfsdk:"disable_correlation_request_id"`

	ResourceProviderRegistrations types.String `tfsdk:"resource_provider_registrations"`
	DependentSubscriptionIDs      types.Set    `tfsdk:"dependent_subscription_ids"`

	Endpoint  *endpointModel  `tfsdk:"endpoint"`
	Rehearsal *rehearsalModel `tfsdk:"rehearsal"`
}

type endpointModel struct {
	ResourceManager         types.String `tfsdk:"resource_manager"`
	ResourceManagerAudience types.String `tfsdk:"resource_manager_audience"`
	AuthorityHost           types.String `tfsdk:"authority_host"`
	KeyVaultSuffix          types.String `tfsdk:"key_vault_suffix"`
	StorageSuffix           types.String `tfsdk:"storage_suffix"`
	ConnectTo               types.String `tfsdk:"connect_to"`
	CAFile                  types.String `tfsdk:"ca_file"`
}

type rehearsalModel struct {
	DataFile types.String `tfsdk:"data_file"`
}

// variables returns the environment variables of a setting; the first one set counts. They are
// azurerm's if azurerm has the setting.
func variables(setting string) []string {
	switch setting {
	case "oidc_request_url":
		return []string{"ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"}
	case "oidc_request_token":
		return []string{"ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"}
	case "ado_pipeline_service_connection_id":
		return []string{"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"}
	case "rehearsal.data_file":
		return []string{"AZUREMEDIA_REHEARSAL_FILE"}
	case "dependent_subscription_ids":
		return []string{"AZUREMEDIA_DEPENDENT_SUBSCRIPTION_IDS"}
	}
	if name, ok := strings.CutPrefix(setting, "endpoint."); ok {
		return []string{"AZUREMEDIA_" + strings.ToUpper(name)}
	}
	return []string{"ARM_" + strings.ToUpper(setting)}
}

// config returns the client's configuration from the block and the environment.
func (m model) config() (azure.Config, error) {
	var read settings
	endpoint := endpointModel{}
	if m.Endpoint != nil {
		endpoint = *m.Endpoint
	}
	config := azure.Config{
		Environment:    azure.Environment(read.text("environment", m.Environment)),
		SubscriptionID: read.text("subscription_id", m.SubscriptionID),
		TenantID:       read.text("tenant_id", m.TenantID),
		ClientID:       read.text("client_id", m.ClientID),

		AuxiliaryTenantIDs:   read.texts("auxiliary_tenant_ids", m.AuxiliaryTenantIDs),
		ClientIDFilePath:     read.text("client_id_file_path", m.ClientIDFilePath),
		ClientSecretFilePath: read.text("client_secret_file_path", m.ClientSecretFilePath),

		ClientSecret:          read.text("client_secret", m.ClientSecret),
		ClientCertificate:     read.text("client_certificate", m.ClientCertificate),
		ClientCertificatePath: read.text("client_certificate_path", m.ClientCertificatePath),
		ClientCertificatePassword: read.text(
			"client_certificate_password", m.ClientCertificatePassword),

		UseOIDC:           read.flag("use_oidc", m.UseOIDC, false),
		OIDCToken:         read.text("oidc_token", m.OIDCToken),
		OIDCTokenFilePath: read.text("oidc_token_file_path", m.OIDCTokenFilePath),
		OIDCRequestURL:    read.text("oidc_request_url", m.OIDCRequestURL),
		OIDCRequestToken:  read.text("oidc_request_token", m.OIDCRequestToken),

		ADOServiceConnectionID: read.text("ado_pipeline_service_connection_id", m.ADOServiceConnectionID),

		UseAKSWorkloadIdentity: read.flag(
			"use_aks_workload_identity", m.UseAKSWorkloadIdentity, false),
		UseMSI: read.flag("use_msi", m.UseMSI, false),
		UseCLI: read.flag("use_cli", m.UseCLI, true),

		MSIEndpoint:       read.text("msi_endpoint", m.MSIEndpoint),
		OmitCorrelationID: read.flag("disable_correlation_request_id", m.DisableCorrelationRequestID, false),

		KeepProvidersUnregistered: read.text("resource_provider_registrations",
			m.ResourceProviderRegistrations) == registerNone,
		DependentSubscriptionIDs: read.texts("dependent_subscription_ids", m.DependentSubscriptionIDs),

		Endpoint: azure.Endpoint{
			ResourceManager: read.text("endpoint.resource_manager", endpoint.ResourceManager),
			ResourceManagerAudience: read.text(
				"endpoint.resource_manager_audience", endpoint.ResourceManagerAudience),
			AuthorityHost:  read.text("endpoint.authority_host", endpoint.AuthorityHost),
			KeyVaultSuffix: read.text("endpoint.key_vault_suffix", endpoint.KeyVaultSuffix),
			StorageSuffix:  read.text("endpoint.storage_suffix", endpoint.StorageSuffix),
			ConnectTo:      read.text("endpoint.connect_to", endpoint.ConnectTo),
			CAFile:         read.text("endpoint.ca_file", endpoint.CAFile),
		},
	}
	if config.Environment == "" {
		config.Environment = azure.Public
	}
	if config.Environment == azure.Rehearsal && m.Rehearsal == nil && m.Endpoint == nil && config.Endpoint.ConnectTo != "" {
		config.Environment = azure.Custom // The rehearsal that `rehearsal exec` serves is the one that is meant.
	}
	if m.Rehearsal != nil && config.Environment != azure.Rehearsal {
		read.refuse(azure.SettingError{
			Setting:  "environment",
			Problem:  fmt.Sprintf("a rehearsal block, but environment is %q", config.Environment),
			Required: "environment = \"rehearsal\" with a rehearsal block",
			Remedy:   "Set environment = \"rehearsal\", or remove the block",
		})
	}
	read.requireGUID("subscription_id", config.SubscriptionID, "az account show --query id")
	for _, id := range config.DependentSubscriptionIDs {
		read.requireGUID("dependent_subscription_ids", id, "az account show --query id")
	}
	if config.Environment != azure.Rehearsal {
		read.requireGUID("tenant_id", config.TenantID, "az account show --query tenantId")
		for _, id := range config.AuxiliaryTenantIDs {
			read.requireGUID("auxiliary_tenant_ids", id, "az account list --query [].tenantId")
		}
		read.requireGUID("client_id", config.ClientID, "az ad sp list --display-name NAME --query [].appId")
	}
	if config.Environment == azure.Custom && config.Endpoint == (azure.Endpoint{}) {
		read.refuse(azure.SettingError{
			Setting:  "endpoint",
			Problem:  "environment = \"custom\" does not say which cloud is meant",
			Required: "the endpoints of that cloud",
			Remedy:   "Set endpoint, or the AZUREMEDIA_* variables that `rehearsal env` prints",
		})
	}
	if m.Endpoint != nil && config.Environment == azure.Rehearsal {
		read.refuse(azure.SettingError{
			Setting:  "endpoint",
			Problem:  "environment = \"rehearsal\" runs inside the provider and has no endpoint",
			Required: "one of environment = \"rehearsal\" and endpoint",
			Remedy: "Remove endpoint; or, to use a rehearsal that is served, leave environment at " +
				"\"public\" and set the credentials that `rehearsal serve` prints",
		})
	}
	return config, errors.Join(read.problems...)
}

// userAgent names the program in every request, and who else wants to be named there.
func (m model) userAgent(version, terraform string) (string, error) {
	var read settings
	name := fmt.Sprintf("terraform-provider-azuremedia/%s Terraform/%s", version, terraform)
	partner := read.text("partner_id", m.PartnerID)
	read.requireGUID("partner_id", strings.TrimPrefix(partner, "pid-"), "")
	if partner != "" {
		name += " pid-" + strings.TrimPrefix(partner, "pid-")
	}
	if more := os.Getenv("TF_APPEND_USER_AGENT"); more != "" { // Terraform documents it for every provider.
		name += " " + strings.TrimSpace(more)
	}
	return name, errors.Join(read.problems...)
}

func (m model) dataFile() string {
	var read settings
	file := ""
	if m.Rehearsal != nil {
		file = read.text("rehearsal.data_file", m.Rehearsal.DataFile)
	} else {
		file = read.text("rehearsal.data_file", types.StringNull())
	}
	if file == "" {
		return defaultDataFile
	}
	return file
}

// settings reads settings from the block, or from the environment if the block omits them.
type settings struct{ problems []error }

func (s *settings) text(setting string, attribute types.String) string {
	if !attribute.IsNull() {
		return attribute.ValueString()
	}
	for _, variable := range variables(setting) {
		if value := os.Getenv(variable); value != "" {
			return value
		}
	}
	return ""
}

// texts reads a set of texts, which the environment separates by commas.
func (s *settings) texts(setting string, attribute types.Set) (texts []string) {
	for _, element := range attribute.Elements() {
		if text, ok := element.(types.String); ok && text.ValueString() != "" {
			texts = append(texts, text.ValueString())
		}
	}
	if attribute.IsNull() {
		texts = strings.FieldsFunc(s.text(setting, types.StringNull()), func(r rune) bool { return r == ',' || r == ' ' })
	}
	return texts
}

func (s *settings) flag(setting string, attribute types.Bool, otherwise bool) bool {
	if !attribute.IsNull() {
		return attribute.ValueBool()
	}
	value := s.text(setting, types.StringNull())
	if value == "" {
		return otherwise
	}
	set, err := strconv.ParseBool(value)
	if err != nil {
		s.refuse(azure.SettingError{
			Setting:  setting,
			Problem:  fmt.Sprintf("%q is neither true nor false", value),
			Required: "true or false",
			Remedy:   "Write true or false",
		})
	}
	return set
}

func (s *settings) refuse(problem azure.SettingError) { s.problems = append(s.problems, &problem) }

// requireGUID refuses an ID that is set and not a GUID; the command prints the right one.
func (s *settings) requireGUID(setting, value, command string) {
	if value == "" || uuid.Validate(value) == nil && len(value) == len(uuid.UUID{}.String()) {
		return
	}
	remedy := "Write the ID instead of a name"
	if command != "" {
		remedy += "; `" + command + "` prints it"
	}
	s.refuse(azure.SettingError{
		Setting:  setting,
		Problem:  strconv.Quote(value),
		Required: "a GUID, such as 00000000-0000-0000-0000-000000000000",
		Remedy:   remedy,
	})
}

// refuseUnknown refuses settings that come from something that is yet to be created.
func refuseUnknown(block tftypes.Value, diags *diag.Diagnostics) {
	var unknown []string
	var look func(value tftypes.Value, name string)
	look = func(value tftypes.Value, name string) {
		object := value.Type().Is(tftypes.Object{})
		if !value.IsKnown() || !object && !value.IsFullyKnown() {
			unknown = append(unknown, name)
			return
		}
		parts := map[string]tftypes.Value{}
		if !object || value.As(&parts) != nil {
			return
		}
		for part, inner := range parts {
			look(inner, strings.TrimPrefix(name+"."+part, "."))
		}
	}
	look(block, "")
	sort.Strings(unknown)
	for _, name := range unknown {
		diags.Append(diagnostic.Refuse(diagnostic.Path(name), diagnostic.Refusal{
			Title:    "Unknown Provider Setting",
			Found:    name + " is not known until something else has been applied",
			Required: "a value that is known during the plan",
			Why:      "Without it the provider cannot read Azure",
			Remedy: "Give it a known value, such as a variable, set " +
				strings.Join(variables(name), " or ") + ", or apply what it depends on first with -target",
		}))
	}
}

// settingDiagnostics says what is wrong with the settings, by attribute and environment variable.
func settingDiagnostics(err error) (diags diag.Diagnostics) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			diags.Append(settingDiagnostics(one)...)
		}
		return diags
	}
	const title = "Provider Not Configured"
	setting, ok := errors.AsType[*azure.SettingError](err)
	if !ok {
		return diag.Diagnostics{diag.NewErrorDiagnostic(title, err.Error())}
	}
	name := setting.Setting
	if name != "endpoint" {
		name += " (" + strings.Join(variables(name), ", ") + ")"
	}
	return diag.Diagnostics{diagnostic.Refuse(diagnostic.Path(setting.Setting), diagnostic.Refusal{
		Title:    title,
		Found:    name + ": " + setting.Problem,
		Required: setting.Required,
		Remedy:   setting.Remedy,
	})}
}
