// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// checkNew checks the plan of a new account: its name, its storage accounts and its key.
func (l *Lifecycle[M, P, Properties]) checkNew(ctx context.Context, plan P) diag.Diagnostics {
	var name, storage, key diag.Diagnostics
	var g azure.Group
	g.Go(func() error { name = l.checkName(ctx, l.Attributes(plan)); return nil })
	g.Go(func() error { storage = l.checkNewStorage(ctx, plan); return nil })
	g.Go(func() error { key = l.keys().CheckNew(ctx, l.Attributes(plan).keyed()); return nil })
	_ = g.Wait() // They return what they find.
	return append(append(name, storage...), key...)
}

// checkChange checks the plan of an update: the key and the storage accounts that it changes, and
// whether the account can access the key that it has.
func (l *Lifecycle[M, P, Properties]) checkChange(ctx context.Context, plan, state P, managed, kept bool,
) diag.Diagnostics {
	var storage, key diag.Diagnostics
	var g azure.Group
	g.Go(func() error { storage = l.checkChangedStorage(ctx, plan, state); return nil })
	g.Go(func() error {
		key = l.keys().CheckChange(ctx, l.Attributes(plan).keyed(), l.Attributes(state).keyed(), managed, kept)
		return nil
	})
	_ = g.Wait() // The same.
	return append(storage, key...)
}

// checkName checks that the name is free in all of Azure (ACC003).
func (l *Lifecycle[M, P, Properties]) checkName(ctx context.Context, planned *Attributes,
) diag.Diagnostics {
	if planned.Name.IsUnknown() || planned.Location.IsUnknown() {
		return nil
	}
	name := planned.Name.ValueString()
	own, err := l.Kind.Naming.CheckFree(ctx, l.Client, l.Kind.ResourceType, name,
		func(ctx context.Context) (naming.Availability, error) {
			return l.calls().Availability(ctx, planned.Location.ValueString(), name)
		})
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, l.Subject(name), err)}
	}
	if own != "" && azure.SameID(own, planned.At(l.Client.SubscriptionID(), l.Kind.ResourceType)) {
		return l.RefuseExisting(own)
	}
	return nil
}

// checkNewStorage checks the storage accounts of a new account, and that the subscription may have
// one more account.
func (l *Lifecycle[M, P, Properties]) checkNewStorage(ctx context.Context, plan P,
) diag.Diagnostics {
	facts, ok := l.Facts(plan)
	if !ok {
		return nil
	}
	facts.SubscriptionID = rule.Known(l.Client.SubscriptionID())
	facts.Primary = rule.Known("")
	var siblings rule.Fact[int]
	g, gctx := azure.Together(ctx)
	g.Go(func() error { return AskStorage(gctx, l.Client, facts) })
	if l.Kind.Rules.Limited {
		g.Go(func() error {
			accounts, err := l.calls().List(gctx, "")
			if err == nil {
				siblings = rule.Known(len(accounts))
			}
			return unlessHidden(err)
		})
	}
	if err := g.Wait(); err != nil {
		return l.notRead(l.Attributes(plan).Name.ValueString(), err)
	}
	facts.Siblings = siblings
	return diagnostic.FromReport(mediaaccount.Check(facts))
}

// checkChangedStorage checks the storage accounts that an account changes to.
func (l *Lifecycle[M, P, Properties]) checkChangedStorage(ctx context.Context, plan, state P,
) diag.Diagnostics {
	facts, ok := l.Facts(plan)
	if !ok || !l.StorageChanges(plan, state) {
		return nil
	}
	id := l.Attributes(state).ID.ValueString()
	at, err := azure.ParseID(id, l.Kind.ResourceType)
	if err != nil {
		return l.notRead(id, err)
	}
	facts.SubscriptionID = rule.Known(at.SubscriptionID)
	before, _ := l.Facts(state)
	for _, attached := range before.Storage {
		if primary, _ := attached.Primary.Value(); primary {
			facts.Primary = attached.ID
		}
	}
	if primary, known := facts.Primary.Value(); known {
		facts.PrimaryGoes = protection.IntentsOf(l.Client).Destroyed(primary)
	}
	if err := AskStorage(ctx, l.Client, facts); err != nil {
		return l.notRead(id, err)
	}
	return diagnostic.FromReport(mediaaccount.Check(facts))
}

// notRead says that a check could not read what it needs from Azure.
func (l *Lifecycle[M, P, Properties]) notRead(id string, err error) diag.Diagnostics {
	return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, l.Subject(id), err)}
}
