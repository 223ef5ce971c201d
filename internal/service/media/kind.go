// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package media holds what the accounts of Media Services and Video Analyzer share as Terraform
// nouns: their lifecycle (lifecycle.go reads from plan to delete), their data source, and the checks
// of their names, storage accounts and keys. It imports neither of its two kinds, account and
// videoanalyzer, which embed it.
package media

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
)

// Kind is one of the two kinds of account. Properties is its properties on the wire.
type Kind[Properties any] struct {
	// Title is the noun in title case, such as "Media Services Account".
	Title string
	// Type is the Terraform type, such as "azuremedia_account".
	Type string
	// ResourceType is the type in Resource Manager.
	ResourceType string
	// Rules says which rules hold for the storage accounts.
	Rules mediaaccount.Kind
	// Naming is the rule for the name.
	Naming mediaaccount.Naming
	// Open returns the client for a subscription.
	Open func(client *azure.Client, subscriptionID string) (Client[Properties], error)
	// State returns the state of the last change.
	State func(Properties) *armmedia.ProvisioningState
	// Storage returns the attached storage accounts.
	Storage func(*Properties) *[]*armmedia.StorageAccount
}

// Subject returns the account with the ID, or with the name, as diagnostics call it.
func (k Kind[Properties]) Subject(id string) diagnostic.Subject {
	return diagnostic.Subject{Noun: k.Title, Type: k.Type, ID: id}
}

// DefaultTimeouts returns how long each operation may take unless the configuration says otherwise.
func DefaultTimeouts() attribute.TimeoutDefaults {
	return attribute.TimeoutDefaults{
		Create: 30 * time.Minute,
		Read:   5 * time.Minute,
		Update: 30 * time.Minute,
		Delete: 30 * time.Minute,
	}
}
