// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// listKeys is the action that a caller needs to attach a storage account (Media Services, Storage
// accounts: the note on storage in the same subscription).
const listKeys = "Microsoft.Storage/storageAccounts/listkeys/action"

// AskStorage asks Azure for the facts about storage accounts. A fact stays unknown where the storage
// account does not exist yet, which this apply may create, or where the caller may not see it.
func AskStorage(ctx context.Context, client *azure.Client, facts mediaaccount.Facts) error {
	g, ctx := azure.Together(ctx)
	g.SetLimit(azure.ConcurrentReads)
	for i := range facts.Storage {
		id, known := facts.Storage[i].ID.Value()
		if !known {
			continue
		}
		g.Go(func() error { return askKind(ctx, client, id, &facts.Storage[i]) })
		if facts.NeedKeys() {
			g.Go(func() error { return askPermission(ctx, client, id, &facts.Storage[i]) })
		}
	}
	return g.Wait()
}

func askKind(ctx context.Context, client *azure.Client, id string, fact *mediaaccount.Storage,
) error {
	found, err := storageAccount(ctx, client, id)
	if err != nil {
		return unlessHidden(err)
	}
	fact.AccountKind = rule.Known(string(azure.Deref(found.Kind)))
	fact.SKU = rule.Known(string(azure.Deref(azure.Deref(found.SKU).Name)))
	fact.Hierarchical = rule.Known(azure.Deref(azure.Deref(found.Properties).IsHnsEnabled))
	return nil
}

// askPermission asks whether the caller may list the keys. It does not list them.
func askPermission(ctx context.Context, client *azure.Client, id string,
	fact *mediaaccount.Storage,
) error {
	permissions, err := client.Permissions(ctx, id, azure.StorageAccountType)
	if err != nil {
		return unlessHidden(err)
	}
	fact.KeysListable = rule.Known(customerkey.Permits(permissions, listKeys))
	return nil
}

// missingStorage refuses storage accounts that the plan adds and that do not exist: Azure would find
// out only after it has begun the change.
func (l *Lifecycle[M, P, Properties]) missingStorage(ctx context.Context, id string,
	plan, state P,
) diag.Diagnostics {
	planned, _ := l.Facts(plan)
	attached, _ := l.Facts(state)
	var added []string
	for _, wanted := range storageIDs(planned) {
		if !azure.ContainsID(storageIDs(attached), wanted) {
			added = append(added, wanted)
		}
	}
	return missing(ctx, l.Client, l.Subject(id), l.StorageIDs, added)
}

// foreignStorage returns the storage accounts that Azure has attached and that neither the state nor
// the plan has: something else attached them after the plan was made, and nobody agreed to detach
// them.
func (l *Lifecycle[M, P, Properties]) foreignStorage(current armmedia.Resource[Properties],
	plan, state P,
) []*armmedia.StorageAccount {
	properties := azure.Deref(current.Properties)
	planned, _ := l.Facts(plan)
	attached, _ := l.Facts(state)
	known := append(storageIDs(planned), storageIDs(attached)...)
	var foreign []*armmedia.StorageAccount
	for _, found := range *l.Kind.Storage(&properties) {
		if !azure.ContainsID(known, azure.Deref(found.ID)) {
			foreign = append(foreign, &armmedia.StorageAccount{
				ID: found.ID, Type: found.Type, Identity: found.Identity,
			})
		}
	}
	return foreign
}

// storageIDs returns the known IDs of the storage accounts.
func storageIDs(facts mediaaccount.Facts) []string {
	var ids []string
	for _, storage := range facts.Storage {
		if id, known := storage.ID.Value(); known {
			ids = append(ids, id)
		}
	}
	return ids
}

// missing refuses the storage accounts that do not exist, at the attribute that names them.
func missing(ctx context.Context, client *azure.Client, subject diagnostic.Subject,
	at path.Path, ids []string,
) diag.Diagnostics {
	absent := make([]bool, len(ids))
	g, ctx := azure.Together(ctx)
	g.SetLimit(azure.ConcurrentReads)
	for i, id := range ids {
		g.Go(func() error {
			_, err := storageAccount(ctx, client, id)
			absent[i] = azure.IsNotFound(err)
			return unlessHidden(err)
		})
	}
	if err := g.Wait(); err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject, err)}
	}
	var diags diag.Diagnostics
	for i, id := range ids {
		if absent[i] {
			diags.Append(diagnostic.Refuse(at, diagnostic.Refusal{
				Title:    "Storage Account Not Found",
				Found:    "no storage account " + id,
				Required: "a storage account that exists",
				Remedy: "Create it first; in this configuration, refer to its id attribute, so that " +
					"Terraform knows the order",
			}))
		}
	}
	return diags
}

// ValidateStorageID refuses an ID that is not a storage account's, at the attribute that holds it.
func ValidateStorageID(at path.Path, id string) diag.Diagnostics {
	if _, err := azure.ParseID(id, azure.StorageAccountType); err == nil || id == "" {
		return nil // One that is left out is refused as such.
	}
	return diag.Diagnostics{diagnostic.Refuse(at, diagnostic.Refusal{
		Title: "Invalid Storage Account ID",
		Found: `"` + id + `"`,
		Required: "the ID of a storage account, which looks like " + azure.ID(
			"<subscription ID>", "<group>", azure.StorageAccountType, "<name>"),
		Remedy: "Refer to the id attribute of the resource or the data source of a storage account",
	})}
}

func storageAccount(ctx context.Context, client *azure.Client, id string,
) (armstorage.Account, error) {
	accounts, at, err := azure.Open(id, azure.StorageAccountType, client.StorageAccounts)
	if err != nil {
		return armstorage.Account{}, err
	}
	found, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	return found.Account, err
}

// unlessHidden returns the error, or nil if Azure only hides the object from the caller.
func unlessHidden(err error) error {
	if azure.IsHidden(err) {
		return nil
	}
	return err
}
