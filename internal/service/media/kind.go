// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package media holds what the accounts of Media Services and Video Analyzer share as Terraform
// nouns: their lifecycle (lifecycle.go reads from plan to delete), their data source, and the checks
// of their names, storage accounts and keys. It imports neither of its two kinds, account and
// videoanalyzer, which embed it.
package media

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

// Kind is one of the two kinds of account. Properties is its properties on the wire.
type Kind[Properties any] struct {
	// Title is the noun in title case, such as "Media Services Account".
	Title string
	// Type is the Terraform type, such as "azuremedia_account".
	Type string
	// ResourceType is the type in Resource Manager.
	ResourceType string
	// Schema returns the schema of the resource, without its timeouts.
	Schema func() schema.Schema
	// Rules says which rules hold for the storage accounts.
	Rules mediaaccount.Kind
	// Naming is the rule for the name.
	Naming naming.Format
	// Open returns the client for a subscription.
	Open func(client *azure.Client, subscriptionID string) (Client[Properties], error)
	// State returns the state of the last change.
	State func(Properties) *armmedia.ProvisioningState
	// Encryption returns the key that wraps the account's own.
	Encryption func(Properties) *armmedia.Encryption
	// Storage returns the attached storage accounts.
	Storage func(*Properties) *[]*armmedia.StorageAccount
}

// Noun returns the kind as its resource embeds it.
func (k Kind[Properties]) Noun() base.Noun {
	return base.Noun{
		Type:          k.Type,
		Title:         k.Title,
		ResourceTypes: []string{k.ResourceType},
		Schema:        k.Schema,
		Timeouts: base.Timeouts{
			Create: 30 * time.Minute, Read: 5 * time.Minute,
			Update: 30 * time.Minute, Delete: 30 * time.Minute,
		},
	}
}
