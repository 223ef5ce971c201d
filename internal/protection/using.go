// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// Using finds the accounts in the subscriptions that are attached to a key, in whatever version,
// and reach it. Accounts that the caller may not see are left out: that a key
// is in use can be known, that it is not cannot.
func Using(ctx context.Context, client *azure.Client, key customerkey.KeyID, subscriptions ...string,
) ([]customerkey.Use, error) {
	ids, err := accountIDs(ctx, client, subscriptions)
	if err != nil {
		return nil, fmt.Errorf("looking who uses the key %s: %w", key, err)
	}
	var found struct {
		sync.Mutex
		uses []customerkey.Use
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(azure.ConcurrentReads)
	for _, id := range ids {
		g.Go(func() error {
			kind, err := Of(client, id)
			if err != nil {
				return nil // A kind of account that no key can be attached to.
			}
			account, err := kind.Read(ctx, id)
			switch {
			case azure.IsNotFound(err), azure.IsForbidden(err):
				return nil
			case err != nil:
				return fmt.Errorf("looking who uses the key %s: %w", key, err)
			}
			use, uses := account.use(key)
			if !uses {
				return nil
			}
			access, err := Examine(ctx, client, account)
			if err != nil {
				return fmt.Errorf("looking who uses the key %s: %w", key, err)
			}
			if !access.Lost {
				found.Lock()
				defer found.Unlock()
				found.uses = append(found.uses, use)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(found.uses, func(a, b customerkey.Use) int {
		return strings.Compare(a.AccountID, b.AccountID)
	})
	return found.uses, nil
}

// use is how the account uses a key, where it does.
func (a Account) use(key customerkey.KeyID) (customerkey.Use, bool) {
	if !a.Encryption.CustomerKey || !a.Encryption.Key.SameKey(key) {
		return customerkey.Use{}, false
	}
	return customerkey.Use{
		AccountID: a.ID, Kind: a.Kind, Wanted: a.Encryption.Key, Current: a.Encryption.Current.Version,
	}, true
}

// accountIDs lists the accounts of every kind. Resource Manager itself answers that, of services
// as well that the subscription has never used.
func accountIDs(ctx context.Context, client *azure.Client, subscriptions []string) ([]string, error) {
	var found struct {
		sync.Mutex
		ids []string
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(azure.ConcurrentReads)
	for _, subscription := range distinct(subscriptions) {
		for _, kind := range Kinds() {
			g.Go(func() error {
				ids, err := resourceIDs(ctx, client, subscription, kind.ResourceType)
				found.Lock()
				defer found.Unlock()
				found.ids = append(found.ids, ids...)
				return err
			})
		}
	}
	err := g.Wait()
	return found.ids, err
}

func resourceIDs(ctx context.Context, client *azure.Client, subscription, resourceType string,
) (ids []string, err error) {
	resources, err := client.Resources(subscription)
	if err != nil {
		return nil, err
	}
	pages := resources.NewListPager(&armresources.ClientListOptions{
		Filter: to.Ptr(fmt.Sprintf("resourceType eq '%s'", resourceType)),
	})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		switch {
		case azure.IsNotFound(err), azure.IsForbidden(err):
			return ids, nil
		case err != nil:
			return nil, err
		}
		for _, resource := range page.Value {
			ids = append(ids, azure.Deref(resource.ID))
		}
	}
	return ids, nil
}

// distinct leaves out what is there already, in whatever casing.
func distinct(texts []string) []string {
	var kept []string
	for _, text := range texts {
		if !slices.ContainsFunc(kept, func(k string) bool { return strings.EqualFold(k, text) }) {
			kept = append(kept, text)
		}
	}
	return kept
}
