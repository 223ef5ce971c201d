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
	CheckSecrets              types.Bool                `tfsdk:"check_secrets"`
	Compliant                 types.Bool                `tfsdk:"compliant"`
	Known                     types.Bool                `tfsdk:"known"`
	Summary                   types.String              `tfsdk:"summary"`
	ObservedAt                timetypes.RFC3339         `tfsdk:"observed_at"`
	Account                   *accountModel             `tfsdk:"account"`
	StorageAccounts           []storageModel            `tfsdk:"storage_accounts"`
	Findings                  []findingModel            `tfsdk:"findings"`
}

// layerModel describes the key that protects an account. It is null where nothing is known.
type layerModel struct {
	ID     types.String   `tfsdk:"id"`
	Known  types.Bool     `tfsdk:"known"`
	Unseen []types.String `tfsdk:"unseen"`
	attribute.KeyInUse
	Expires      timetypes.RFC3339 `tfsdk:"expiration_date"`
	IdentityType types.String      `tfsdk:"identity_type"`
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

// findingModel is a broken rule, and the account that breaks it.
type findingModel struct {
	attribute.Problem
	Title     types.String `tfsdk:"title"`
	SubjectID types.String `tfsdk:"subject_id"`
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
			Problem: attribute.NewProblem(finding.Violation),
			Title:   types.StringValue(finding.Fault()), SubjectID: types.StringValue(finding.Subject),
		})
	}
}

func showAccount(found subject, facts posture.Encrypted, now time.Time) *accountModel {
	shown := &accountModel{
		layerModel: showLayer(found.Account, facts, now),
		Kind:       types.StringValue(found.Kind.Name),
		Status:     attribute.TextOrNull(found.Encryption.Status),
	}
	if !found.Kind.StatusUntold {
		// Nobody can configure it (Media Services, Bring your own key: double encryption).
		shown.SecondLayer = types.StringValue("Automatic")
	}
	return shown
}

func showStorage(found storageAccount, facts posture.Storage, now time.Time) storageModel {
	var shown storageModel
	if !found.alone {
		authentication := armmedia.StorageByManagedIdentity
		if found.byKeys {
			authentication = armmedia.StorageBySystem
		}
		shown.Primary = types.BoolValue(found.primary)
		shown.StorageAuthentication = types.StringValue(string(authentication))
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
	shown := layerModel{
		ID:     types.StringValue(found.id),
		Known:  types.BoolValue(false),
		Unseen: []types.String{types.StringValue("the storage account: " + found.unread)},
	}
	shown.Causes = []attribute.Cause{}
	shown.Summary = types.StringValue("Nothing is known about the storage account: " + found.unread + ".")
	return shown
}

func showLayer(account protection.Account, facts posture.Encrypted, now time.Time) layerModel {
	shown := layerModel{
		ID: types.StringValue(account.ID), Known: types.BoolValue(true), Unseen: []types.String{},
		KeyInUse: attribute.SystemKeyInUse(facts.Summary()),
	}
	key := facts.CustomerKey
	if key == nil {
		return shown
	}
	encryption, following := account.Encryption, key.Following
	for _, unseen := range key.Unseen(now) {
		shown.Unseen = append(shown.Unseen, types.StringValue(unseen))
	}
	shown.Known = types.BoolValue(len(shown.Unseen) == 0)
	shown.KeyInUse = attribute.CustomerKeyInUse(encryption.KeyID, encryption.CurrentKeyID, key.Facts, following)
	shown.Summary = types.StringValue(facts.Summary())
	if following.Current != "" && following.Newest != "" {
		shown.Outdated = types.BoolValue(following.Outdated())
	}
	if expires, known := key.Expires().Value(); known {
		shown.Expires = attribute.TimeOrNull(expires)
	} else {
		shown.Expires = attribute.TimeOrNull(encryption.KeyExpiresAt)
	}
	shown.IdentityType = types.StringValue(string(key.Identity.Kind))
	if reachable, known := key.Reachable(now).Value(); known {
		shown.Reachable = types.BoolValue(reachable)
	}
	if key.Lost {
		shown.Lose(key.Diagnosis)
	}
	return shown
}

// age returns the creation time of a key, and its age in whole days.
func age(made rule.Fact[time.Time], now time.Time) (timetypes.RFC3339, types.Int64) {
	created, known := made.Value()
	if !known {
		return timetypes.NewRFC3339Null(), types.Int64Null()
	}
	return attribute.TimeOrNull(created), types.Int64Value(int64(now.Sub(created) / day))
}
