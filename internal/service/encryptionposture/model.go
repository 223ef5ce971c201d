// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/posture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

type model struct {
	ID                        attribute.ResourceIDValue `tfsdk:"id"`
	AccountID                 attribute.ResourceIDValue `tfsdk:"account_id"`
	RequireCustomerKey        types.Bool                `tfsdk:"require_customer_key"`
	RequireStorageCustomerKey types.Bool                `tfsdk:"require_storage_customer_key"`
	RequireInfrastructure     types.Bool                `tfsdk:"require_infrastructure_encryption"`
	MaxKeyAge                 types.Int64               `tfsdk:"max_key_age_days"`
	Compliant                 types.Bool                `tfsdk:"compliant"`
	Known                     types.Bool                `tfsdk:"known"`
	Summary                   types.String              `tfsdk:"summary"`
	ObservedAt                timetypes.RFC3339         `tfsdk:"observed_at"`
	Account                   *accountModel             `tfsdk:"account"`
	StorageAccounts           []storageModel            `tfsdk:"storage_accounts"`
	Findings                  []findingModel            `tfsdk:"findings"`
}

// layerModel describes the key that protects an account. It is null where nothing is known; the
// attributes of a customer's key are null while the system's key is in use.
type layerModel struct {
	ID                types.String      `tfsdk:"id"`
	Known             types.Bool        `tfsdk:"known"`
	Unseen            []types.String    `tfsdk:"unseen"`
	Type              types.String      `tfsdk:"type"`
	KeyID             types.String      `tfsdk:"key_vault_key_id"`
	CurrentKeyID      types.String      `tfsdk:"current_key_id"`
	CurrentKeyVersion types.String      `tfsdk:"current_key_version"`
	NewestKeyVersion  types.String      `tfsdk:"newest_key_version"`
	FollowsLatest     types.Bool        `tfsdk:"follows_latest_version"`
	Outdated          types.Bool        `tfsdk:"outdated"`
	Expires           timetypes.RFC3339 `tfsdk:"expiration_date"`
	IdentityType      types.String      `tfsdk:"identity_type"`
	IdentityID        types.String      `tfsdk:"user_assigned_identity_id"`
	PrincipalID       types.String      `tfsdk:"identity_principal_id"`
	KeyVaultID        types.String      `tfsdk:"key_vault_id"`
	Reachable         types.Bool        `tfsdk:"reachable"`
	Causes            []causeModel      `tfsdk:"causes"`
	Summary           types.String      `tfsdk:"summary"`
}

type accountModel struct {
	layerModel
	Kind        types.String `tfsdk:"kind"`
	Status      types.String `tfsdk:"status"`
	SecondLayer types.String `tfsdk:"second_layer"`
}

type storageModel struct {
	layerModel
	Primary                  types.Bool        `tfsdk:"is_primary"`
	StorageAuthentication    types.String      `tfsdk:"storage_authentication_type"`
	KeyRotatedAt             timetypes.RFC3339 `tfsdk:"key_rotated_at"`
	InfrastructureEncryption types.Bool        `tfsdk:"infrastructure_encryption_enabled"`
	SharedKeyAccess          types.Bool        `tfsdk:"shared_access_key_enabled"`
	KeyPolicyDays            types.Int64       `tfsdk:"key_expiration_period_in_days"`
	Key1CreatedAt            timetypes.RFC3339 `tfsdk:"key1_created_at"`
	Key2CreatedAt            timetypes.RFC3339 `tfsdk:"key2_created_at"`
	Key1AgeInDays            types.Int64       `tfsdk:"key1_age_in_days"`
	Key2AgeInDays            types.Int64       `tfsdk:"key2_age_in_days"`
}

// causeModel is one reason why the account cannot reach its key.
type causeModel struct {
	Cause    types.String `tfsdk:"cause"`
	Sentence types.String `tfsdk:"sentence"`
	Remedy   types.String `tfsdk:"remedy"`
	Final    types.Bool   `tfsdk:"final"`
}

// findingModel is a broken rule.
type findingModel struct {
	Rule      types.String `tfsdk:"rule"`
	Title     types.String `tfsdk:"title"`
	Severity  types.String `tfsdk:"severity"`
	SubjectID types.String `tfsdk:"subject_id"`
	Found     types.String `tfsdk:"found"`
	Required  types.String `tfsdk:"required"`
	Why       types.String `tfsdk:"why"`
	Remedy    types.String `tfsdk:"remedy"`
}

// requirements returns the requirements that the configuration does not waive.
func (m *model) requirements() posture.Requirements {
	return posture.Requirements{
		CustomerKey:              unlessWaived(m.RequireCustomerKey),
		StorageCustomerKey:       unlessWaived(m.RequireStorageCustomerKey),
		InfrastructureEncryption: unlessWaived(m.RequireInfrastructure),
		MaxKeyAge:                time.Duration(m.MaxKeyAge.ValueInt64()) * day,
	}
}

func unlessWaived(required types.Bool) bool { return required.IsNull() || required.ValueBool() }

// observe writes the reading and the report on it into the model.
func (m *model) observe(found reading, facts posture.Account, report posture.Report, now time.Time) {
	m.ID = m.AccountID
	m.Compliant = types.BoolValue(report.Compliant())
	m.Known = types.BoolValue(report.Known())
	m.Summary = types.StringValue(report.Summary())
	m.ObservedAt = attribute.TimeOrNull(now)
	m.Account = showAccount(found.subject, facts.Encrypted, now)
	m.StorageAccounts, m.Findings = []storageModel{}, []findingModel{}
	for i, one := range found.storage {
		m.StorageAccounts = append(m.StorageAccounts, showStorage(one, facts.Storage[i], now))
	}
	for _, finding := range report.Findings {
		m.Findings = append(m.Findings, findingModel{
			Rule:      types.StringValue(string(finding.Rule.ID)),
			Title:     types.StringValue(finding.Fault()),
			Severity:  types.StringValue(string(finding.Severity)),
			SubjectID: types.StringValue(finding.Subject),
			Found:     types.StringValue(finding.Found),
			Required:  types.StringValue(finding.Required),
			Why:       types.StringValue(finding.Why),
			Remedy:    types.StringValue(finding.Remedy),
		})
	}
}

func showAccount(found subject, facts posture.Encrypted, now time.Time) *accountModel {
	return &accountModel{
		layerModel: showLayer(found.Account, facts, now),
		Kind:       types.StringValue(found.Kind.Name),
		Status:     attribute.TextOrNull(found.Encryption.Status),
		// Nobody can configure it (Media Services, Bring your own key: double encryption).
		SecondLayer: types.StringValue("Automatic"),
	}
}

func showStorage(found storageAccount, facts posture.Storage, now time.Time) storageModel {
	shown := storageModel{
		Primary:               types.BoolValue(found.primary),
		StorageAuthentication: types.StringValue(string(armmedia.StorageByManagedIdentity)),
	}
	if found.byKeys {
		shown.StorageAuthentication = types.StringValue(string(armmedia.StorageBySystem))
	}
	if found.unread != "" {
		shown.layerModel = showUnread(found)
		return shown
	}
	shown.layerModel = showLayer(found.Account, facts.Encrypted, now)
	shown.KeyRotatedAt = attribute.TimeOrNull(found.Encryption.KeyRotatedAt)
	shown.InfrastructureEncryption = types.BoolValue(facts.InfrastructureEncryption)
	shown.SharedKeyAccess = types.BoolValue(facts.SharedKeyAccess)
	if facts.KeyPolicy > 0 {
		shown.KeyPolicyDays = types.Int64Value(int64(facts.KeyPolicy / day))
	}
	shown.Key1CreatedAt, shown.Key1AgeInDays = age(facts.Key1, now)
	shown.Key2CreatedAt, shown.Key2AgeInDays = age(facts.Key2, now)
	return shown
}

func showUnread(found storageAccount) layerModel {
	return layerModel{
		ID:      types.StringValue(found.id),
		Known:   types.BoolValue(false),
		Unseen:  []types.String{types.StringValue("the storage account: " + found.unread)},
		Causes:  []causeModel{},
		Summary: types.StringValue("Nothing is known about the storage account: " + found.unread + "."),
	}
}

func showLayer(account protection.Account, facts posture.Encrypted, now time.Time) layerModel {
	shown := layerModel{
		ID:      types.StringValue(account.ID),
		Known:   types.BoolValue(true),
		Unseen:  []types.String{},
		Type:    types.StringValue("SystemKey"),
		Causes:  []causeModel{},
		Summary: types.StringValue(facts.Summary()),
	}
	key := facts.CustomerKey
	if key == nil {
		shown.Reachable = types.BoolValue(true)
		return shown
	}
	encryption, following := account.Encryption, key.Following
	for _, unseen := range key.Unseen(now) {
		shown.Unseen = append(shown.Unseen, types.StringValue(unseen))
	}
	shown.Known = types.BoolValue(len(shown.Unseen) == 0)
	shown.Type = types.StringValue("CustomerKey")
	shown.KeyID = attribute.TextOrNull(encryption.KeyID)
	shown.CurrentKeyID = attribute.TextOrNull(encryption.CurrentKeyID)
	shown.CurrentKeyVersion = attribute.TextOrNull(following.Current)
	shown.NewestKeyVersion = attribute.TextOrNull(following.Newest)
	if !key.KeyID.IsZero() {
		shown.FollowsLatest = types.BoolValue(following.FollowsLatest())
	}
	if following.Current != "" && following.Newest != "" {
		shown.Outdated = types.BoolValue(following.Outdated())
	}
	if expires, known := key.Expires().Value(); known {
		shown.Expires = attribute.TimeOrNull(expires)
	} else {
		shown.Expires = attribute.TimeOrNull(encryption.KeyExpiresAt)
	}
	shown.IdentityType = types.StringValue(string(key.Identity.Kind))
	shown.IdentityID = attribute.TextOrNull(encryption.UserAssignedIdentityID)
	principal, _ := key.Identity.PrincipalID.Value()
	shown.PrincipalID = attribute.TextOrNull(principal)
	shown.KeyVaultID = attribute.TextOrNull(key.Vault.ID)
	shown.reach(key, now)
	return shown
}

// reach shows whether the account reaches its key, and why not. It is null where that is unknown.
func (m *layerModel) reach(key *posture.Key, now time.Time) {
	if reachable, known := key.Reachable(now).Value(); known {
		m.Reachable = types.BoolValue(reachable)
	}
	if !key.Lost {
		return
	}
	for _, cause := range key.Diagnosis.Findings {
		m.Causes = append(m.Causes, causeModel{
			Cause:    types.StringValue(string(cause.Cause)),
			Sentence: types.StringValue(cause.Sentence + "."),
			Remedy:   types.StringValue(cause.Remedy + "."),
			Final:    types.BoolValue(cause.Final),
		})
	}
}

// age returns the creation time of a key, and its age in whole days.
func age(made rule.Fact[time.Time], now time.Time) (timetypes.RFC3339, types.Int64) {
	created, known := made.Value()
	if !known {
		return timetypes.NewRFC3339Null(), types.Int64Null()
	}
	return attribute.TimeOrNull(created), types.Int64Value(int64(now.Sub(created) / day))
}
