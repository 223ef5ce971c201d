// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Ownership is something of which there must be one owner, and what its planned owner knows of it.
type Ownership struct {
	// At is the attribute that claims it.
	At path.Path
	// Object names it, such as "the encryption of the account contoso"; ID is unmistakable, and empty as long as
	// it is not known.
	Object, ID string
	// Owner describes the resource with its type, and Wanted what it is to make of the object, if that is
	// known yet.
	Owner, Wanted string
	// Present is what Azure has. It is empty before the resource exists.
	Present string
	// GiveUp says how the resource leaves it to another owner.
	GiveUp string
}

const appliedKey = "applied"

// Applied keeps in the private state what a resource has made of what it owns. Terraform drops the private
// state of the plan of a creation, so the claim passes to the resource as it is from now on.
func (o Ownership) Applied(ctx context.Context, client *azure.Client, private PrivateState) diag.Diagnostics {
	var encoded []byte
	if o.Wanted != "" {
		encoded = []byte(strconv.Quote(o.Wanted))
	}
	token, diags := Token(ctx, private)
	diags.Append(private.SetKey(ctx, appliedKey, encoded)...)
	all := ownersOf(client)
	all.mu.Lock()
	defer all.mu.Unlock()
	if o.Wanted != "" {
		all.claims[o.object()] = claim{o.owner(), token}
	}
	return diags
}

// Release notes that a plan destroys the resource, which owns nothing any more then.
func (o Ownership) Release(ctx context.Context, client *azure.Client, private PrivateState) diag.Diagnostics {
	if client == nil {
		return nil
	}
	token, diags := Token(ctx, private)
	all := ownersOf(client)
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.claims[o.object()].token == token {
		delete(all.claims, o.object())
	}
	return diags
}

func (o Ownership) owner() Owner {
	owner := Owner{Description: o.Owner, GiveUp: o.GiveUp}
	if o.Wanted != "" {
		owner.Description += " (" + o.Wanted + ")"
	}
	return owner
}

func (o Ownership) object() string { return strings.ToLower(o.Object + " " + o.ID) }

// Claim refuses a second owner in the same plan, and warns if something else has changed what the resource
// applied last, unless that is what is wanted by now.
func (o Ownership) Claim(ctx context.Context, client *azure.Client, private PrivateState) diag.Diagnostics {
	if o.ID == "" {
		return nil
	}
	encoded, diags := private.GetKey(ctx, appliedKey)
	applied, _ := strconv.Unquote(string(encoded)) // It is empty without one.
	this := o.owner()
	this.New = applied == "" || !same(applied, o.Present)
	other, taken, more := Claim(ctx, client, private, o.object(), this)
	diags.Append(more...)
	if taken {
		diags.Append(o.refuse(this, other))
		return diags
	}
	if applied != "" && o.Present != "" && !same(applied, o.Present) && !same(o.Wanted, o.Present) {
		diags.Append(diagnostic.Refusal{
			Title:    "Changed By Somebody Else",
			Found:    o.Object + ", which is " + o.Present + " by now; this configuration applied " + applied,
			Required: "one owner",
			Why:      "Another configuration or a person has changed it since, and this plan changes it to " + o.Wanted,
			Remedy:   "If something else owns it: " + o.GiveUp + ". ID: " + o.ID,
		}.Warn(o.At))
	}
	return diags
}

func (o Ownership) refuse(this, other Owner) diag.Diagnostic {
	refusal := diagnostic.Refusal{
		Found:    o.Object + ", owned by " + this.Description + " and by " + other.Description,
		Required: "one owner",
		Why:      "Each would change what the other one applies, so that no plan is ever empty",
		Remedy:   "Keep one of them: " + this.GiveUp,
	}
	if other.GiveUp != this.GiveUp {
		refusal.Remedy += ", or " + other.GiveUp
	}
	if o.Present != "" || !other.New {
		refusal.Remedy += ". To destroy everything instead: terraform destroy -refresh=false"
	}
	refusal.Remedy += ". ID: " + o.ID
	return this.Refuse(o.At, other, refusal)
}

// Refuse says that another resource of the same plan owns the same, as severely as that is.
func (o Owner) Refuse(at path.Path, other Owner, refusal diagnostic.Refusal) diag.Diagnostic {
	refusal.Title = "Two Owners In One Configuration"
	if o.Conflicts(other) == rule.Error {
		return diagnostic.Refuse(at, refusal)
	}
	return refusal.Warn(at)
}

// same reports whether two texts mean the same: identifiers of keys have several spellings. One that Azure
// holds and nobody can read is not taken for another one.
func same(applied, present string) bool {
	unread := strings.HasPrefix(present, "https://") && customerkey.ReadKeyID(present).IsZero()
	return unread || strings.EqualFold(applied, present) || customerkey.SameKeyID(applied, present)
}
