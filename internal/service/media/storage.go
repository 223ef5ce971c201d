// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// listKeys is what whoever attaches a storage account must be permitted (Media Services, Storage
// accounts: the note on storage in the same subscription).
const listKeys = "Microsoft.Storage/storageAccounts/listkeys/action"

// atOnce is how many storage accounts are asked about at the same time.
const atOnce = 8

// AskStorage completes what is known of an account's storage accounts. What is not there yet, or
// what the caller may not see, stays unknown: it may be created by the same apply.
func AskStorage(ctx context.Context, client *azure.Client, facts mediaaccount.Facts) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
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
		return Seen(err)
	}
	fact.AccountKind = rule.Known(string(azure.Deref(found.Kind)))
	fact.SKU = rule.Known(string(azure.Deref(azure.Deref(found.SKU).Name)))
	fact.Hierarchical = rule.Known(azure.Deref(azure.Deref(found.Properties).IsHnsEnabled))
	return nil
}

// askPermission asks whether the caller may list the keys, which shows none of them.
func askPermission(ctx context.Context, client *azure.Client, id string,
	fact *mediaaccount.Storage,
) error {
	may, err := client.MayDo(ctx, id, azure.StorageAccountType, listKeys)
	if err != nil {
		return Seen(err)
	}
	fact.KeysListable = rule.Known(may)
	return nil
}

// MissingStorage refuses storage accounts that are not there when Azure is about to be told of
// them: Azure would find out only after the change has begun. They are those of an attribute.
func MissingStorage(ctx context.Context, client *azure.Client, subject diagnostic.Subject,
	attribute string, ids []string,
) diag.Diagnostics {
	missing := make([]bool, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, id := range ids {
		g.Go(func() error {
			_, err := storageAccount(ctx, client, id)
			missing[i] = azure.IsNotFound(err)
			return Seen(err)
		})
	}
	if err := g.Wait(); err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject, err)}
	}
	var diags diag.Diagnostics
	for i, id := range ids {
		if missing[i] {
			diags.Append(Refused(attribute, "Storage Account Not Found",
				"no storage account "+id, "a storage account that exists",
				"create it first; in this configuration, refer to its id attribute, so that "+
					"Terraform knows the order"))
		}
	}
	return diags
}

// ValidateStorageID refuses what is not the ID of a storage account, at an attribute.
func ValidateStorageID(attribute, id string) diag.Diagnostics {
	if _, err := azure.ParseID(id, azure.StorageAccountType); err == nil {
		return nil
	}
	return diag.Diagnostics{Refused(attribute, "Invalid Storage Account ID", `"`+id+`"`,
		"the ID of a storage account, which looks like "+azure.ID(
			"<subscription ID>", "<group>", azure.StorageAccountType, "<name>"),
		"refer to the id attribute of the resource or the data source of a storage account")}
}

func storageAccount(ctx context.Context, client *azure.Client, id string,
) (armstorage.Account, error) {
	at, err := azure.ParseID(id, azure.StorageAccountType)
	if err != nil {
		return armstorage.Account{}, err
	}
	accounts, err := client.StorageAccounts(at.SubscriptionID)
	if err != nil {
		return armstorage.Account{}, err
	}
	found, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	return found.Account, err
}

// Seen is the error, unless it only says that Azure has nothing to tell the caller: what is asked
// about is not there, or the caller may not see it, which may look the same from another
// subscription.
func Seen(err error) error {
	answer, ok := azure.AsError(err)
	if ok && (answer.Status == http.StatusForbidden || answer.Status == http.StatusNotFound) {
		return nil
	}
	return err
}
