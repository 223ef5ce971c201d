// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package videoanalyzer holds azuremedia_video_analyzer: a Video Analyzer account with its storage
// account. Its lifecycle is package media's; what only Video Analyzer has stands here. The
// customer-managed key can be a part of the account, or an azuremedia_customer_key_attachment of its
// own.
package videoanalyzer

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// kind returns the kind of Video Analyzer accounts.
func kind() media.Kind[armmedia.VideoAnalyzerProperties] {
	return media.Kind[armmedia.VideoAnalyzerProperties]{
		Title:        "Video Analyzer Account",
		Type:         "azuremedia_video_analyzer",
		ResourceType: azure.VideoAnalyzerType,
		Schema:       resourceSchema,
		Rules:        mediaaccount.VideoAnalyzer(),
		Naming:       naming.VideoAnalyzer(),
		Open: func(client *azure.Client, subscriptionID string,
		) (media.Client[armmedia.VideoAnalyzerProperties], error) {
			return client.VideoAnalyzers(subscriptionID)
		},
		State: func(p armmedia.VideoAnalyzerProperties) *armmedia.ProvisioningState {
			return p.ProvisioningState
		},
		Encryption: func(p armmedia.VideoAnalyzerProperties) *armmedia.Encryption { return p.Encryption },
		Storage: func(p *armmedia.VideoAnalyzerProperties) *[]*armmedia.StorageAccount {
			return &p.StorageAccounts
		},
	}
}

var (
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithMoveState      = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
)

// Resource is azuremedia_video_analyzer.
type Resource struct {
	media.Lifecycle[model, *model, armmedia.VideoAnalyzerProperties]
}

// NewListResource returns the list of accounts.
func NewListResource() list.ListResource {
	return media.NewListResource(kind(), NewResource, "Lists the Video Analyzer accounts of a subscription. "+retired)
}

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{media.Lifecycle[model, *model, armmedia.VideoAnalyzerProperties]{
		Resource:         base.NewResource(kind().Noun()),
		Kind:             kind(),
		Attributes:       func(m *model) *media.Attributes { return &m.Attributes },
		Validate:         (*model).validate,
		Facts:            (*model).facts,
		StorageChanges:   (*model).storageChanges,
		StorageIDs:       path.Root("storage_account").AtName("id"),
		StorageForbidden: storageForbidden,
		ExplainStorage:   explainStorage,
		Created:          (*model).created,
		Changed:          (*model).changed,
		Observe:          (*model).observe,
		Fill:             fill,
	}}
}

// storageForbidden recognizes that the account cannot access its storage. The OpenAPI document's
// example of a failed operation has 400 BadRequest with this message; every other mistake has the
// same code, so that only the message tells. A role assigned a moment ago may be the reason:
// Microsoft's own test of the service waits two minutes after it assigns roles.
func storageForbidden(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && strings.EqualFold(answer.Code, "BadRequest") &&
		strings.HasPrefix(answer.Message, "Storage account cannot be accessed")
}

// explainStorage says what the account needs to access its storage.
func explainStorage(plan *model, waited string) diag.Diagnostic {
	planned := storageIn(plan.StorageAccount)
	if planned.UserAssignedIdentityID.IsNull() {
		return diagnostic.Refuse(path.Root("storage_account"), diagnostic.Refusal{
			Title:    "Storage Account Not Accessible",
			Found:    `Azure said "Storage account cannot be accessed"`,
			Required: "a storage account that exists, and whose keys the service can list",
			Remedy:   "Check " + planned.ID.ValueString(),
		})
	}
	why := "A new role assignment takes some minutes to act"
	if waited != "" {
		why = waited + ". " + why
	}
	return diagnostic.Refuse(storageIdentity(), diagnostic.Refusal{
		Title: "Storage Account Not Accessible",
		Found: `Azure said "Storage account cannot be accessed"`,
		Required: "the roles Storage Blob Data Contributor and Reader at the storage account, for the " +
			"identity " + planned.UserAssignedIdentityID.ValueString(),
		Why: why,
		Remedy: "Assign the roles at " + planned.ID.ValueString() + "; if they are assigned, apply " +
			"again, or raise timeouts",
	})
}
