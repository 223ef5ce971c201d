// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package facts reads from Azure what the rules of customer-managed keys are checked against: the
// vault, the key, the identity, and the identity's permissions on the key. It must import neither
// Terraform nor package protection; package customerkey says what the facts mean.
//
// What the caller may not read is unknown, which is no error: the rules then leave open what depends
// on it, and Azure decides.
package facts

import (
	"context"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Account is an account as the rules see it, and the object IDs under which vaults know its
// identities.
type Account struct {
	customerkey.Target
	// SystemPrincipalID is the system-assigned identity's; it is empty without one.
	SystemPrincipalID string
	// UserPrincipalIDs are the user-assigned identities', by resource ID in lower case.
	UserPrincipalIDs map[string]string
}

// Question says which facts are wanted. What is left out is not known yet.
type Question struct {
	Account Account
	// Key is the key that the account is to use, or uses.
	Key customerkey.KeyID
	// InUse is the version that the account runs on, if a key is attached.
	InUse customerkey.KeyID
	// Identity says by kind, and by resource ID if it is user-assigned, which identity is to read
	// the key.
	Identity customerkey.Identity
	// WithNewest asks for the newest version even if the identifier pins another one.
	WithNewest bool
}

// Answer is what Azure showed.
type Answer struct {
	customerkey.Facts
	// Newest is the newest version of the key, or empty if it could not be read.
	Newest string
	// GrantMayBeIndirect says that a group may have the permissions that the identity seems to
	// lack: access policies name groups by object ID, like any other principal.
	GrantMayBeIndirect bool
}

// Reader reads facts from one Azure. It reads nothing twice, so that what it says is as of the
// moment at which it was asked first: it is made anew for each use.
type Reader struct {
	client *azure.Client
	known  *known
}

// New returns a reader that has read nothing yet.
func New(client *azure.Client) Reader { return Reader{client: client, known: new(known)} }

// Read gathers the facts. The vault comes first, since there is no asking a vault that is gone;
// key, identity and grant are then read side by side.
func (r Reader) Read(ctx context.Context, q Question) (Answer, error) {
	answer := Answer{Facts: customerkey.Facts{
		Target: q.Account.Target, KeyID: q.Key, Identity: q.Identity,
	}}
	var found vault
	g, gctx := azure.Together(ctx)
	g.Go(func() (err error) {
		answer.Identity, err = r.identity(gctx, q)
		return err
	})
	if !q.Key.IsZero() {
		g.Go(func() (err error) {
			found, err = r.vault(gctx, q)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return Answer{}, err
	}
	answer.Vault = found.Vault
	if q.Key.IsZero() || found.Presence == customerkey.SoftDeleted || found.Presence == customerkey.Absent {
		return answer, nil
	}

	g, gctx = azure.Together(ctx)
	g.Go(func() error { return r.keys(gctx, q, &answer) })
	g.Go(func() (err error) {
		principal, _ := answer.Identity.PrincipalID.Value()
		answer.Grant, answer.GrantMayBeIndirect, err = r.grant(gctx, found, q.Key.Name, principal)
		return err
	})
	if err := g.Wait(); err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// identity completes the identity that is to read the key. A user-assigned one is looked up even
// if the account lists it: an account goes on listing an identity that was deleted.
func (r Reader) identity(ctx context.Context, q Question) (customerkey.Identity, error) {
	who := q.Identity
	switch {
	case who.Kind == customerkey.SystemAssignedIdentity:
		if q.Account.SystemPrincipalID != "" {
			who.Presence = customerkey.Present
			who.PrincipalID = rule.Known(q.Account.SystemPrincipalID)
		}
		return who, nil
	case who.Kind != customerkey.UserAssignedIdentity || who.ID == "":
		return who, nil
	}
	found, err := r.known.identities.Get(ctx, q.Identity.ID, func() (identity, error) {
		return r.userAssigned(ctx, q.Identity.ID)
	})
	switch {
	case err != nil:
		return who, err
	case found.absent:
		who.Presence = customerkey.Absent
		return who, nil
	}
	principal, given := found.principal, q.Account.UserPrincipalIDs[strings.ToLower(who.ID)]
	who.Replaced = principal != "" && given != "" && !strings.EqualFold(principal, given)
	if principal == "" {
		principal = given
	}
	if principal != "" {
		who.Presence = customerkey.Present
		who.PrincipalID = rule.Known(principal)
	}
	return who, nil
}

// identity is a user-assigned identity as Azure shows it. Neither its absence nor its principal is
// known of one that the caller may not see.
type identity struct {
	absent    bool
	principal string
}

func (r Reader) userAssigned(ctx context.Context, id string) (identity, error) {
	identities, at, err := azure.Open(id, azure.UserAssignedIdentityType, r.client.UserAssignedIdentities)
	if err != nil {
		return identity{}, err
	}
	got, err := identities.Get(ctx, at.ResourceGroupName, at.Name, nil)
	switch {
	case azure.IsNotFound(err):
		return identity{absent: true}, nil
	case err != nil:
		return identity{}, unless(azure.IsForbidden(err), err)
	}
	return identity{principal: azure.Deref(azure.Deref(got.Properties).PrincipalID)}, nil
}

// known holds what a reader has read already. Accounts share vaults, keys and identities, and what
// was read for one of them is not read again for another.
type known struct {
	vaults        azure.Memory[vault]
	missingVaults azure.Memory[vault]
	keys          azure.Memory[customerkey.Key]
	identities    azure.Memory[identity]
	assignments   azure.Memory[[]customerkey.RoleAssignment]
	roles         azure.Memory[rule.Fact[[]customerkey.ActionBlock]]
}
