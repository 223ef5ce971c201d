// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// guarded is a resource that Azure refuses to create, change and delete.
type guarded struct {
	resource string
	// prepare makes what the resource needs, and returns its configuration and a change of it.
	prepare func(w *fixture.World) (config, change acctest.Value)
}

// guardedResources returns a row for every resource, and for every way in which it sends its requests.
func guardedResources() map[string]guarded {
	tags := acctest.Value{"tags": acctest.Value{"a": "1"}}
	named := func(name string, more acctest.Value) acctest.Value {
		config := acctest.Value{
			"name": name, "resource_group_name": fixture.Group, "location": fixture.Location,
		}
		maps.Copy(config, more)
		return config
	}
	grant := func(vault string, w *fixture.World) acctest.Value {
		_, principal := w.Identity("reader")
		return acctest.Value{"key_vault_id": vault, "principal_id": principal}
	}
	attached := func(w *fixture.World, account, principal string) (config, change acctest.Value) {
		w.Vault("keys")
		w.Grant("keys", principal)
		key, _ := versionless(w.Key("keys", "media")), w.Key("keys", "second")
		return acctest.Value{"account_id": account, "key_vault_key_id": key},
			acctest.Value{"key_vault_key_id": strings.Replace(key, "/media", "/second", 1)}
	}
	return map[string]guarded{
		"resource group": {"azuremedia_resource_group", func(*fixture.World) (config, change acctest.Value) {
			return acctest.Value{"name": "guarded", "location": fixture.Location}, tags
		}},
		"identity": {"azuremedia_user_assigned_identity", func(*fixture.World) (config, change acctest.Value) {
			return named("guarded", nil), tags
		}},
		"storage account": {"azuremedia_storage_account", func(*fixture.World) (config, change acctest.Value) {
			return named("guarded", nil), tags
		}},
		"vault": {"azuremedia_key_vault", func(*fixture.World) (config, change acctest.Value) {
			return named("guarded", nil), tags
		}},
		"grant by policy": {"azuremedia_customer_key_grant", func(w *fixture.World) (config, change acctest.Value) {
			return grant(w.Vault("keys"), w), nil
		}},
		"grant by role": {"azuremedia_customer_key_grant", func(w *fixture.World) (config, change acctest.Value) {
			return grant(w.Vault("keys", fixture.ByRoles), w), nil
		}},
		"media account": {"azuremedia_account", func(w *fixture.World) (config, change acctest.Value) {
			w.Account("other")
			return named("guarded", acctest.Value{"storage_accounts": []any{
				acctest.Value{"id": w.ID(azure.StorageAccountType, "other"), "is_primary": true},
			}}), tags
		}},
		"video analyzer": {"azuremedia_video_analyzer", func(w *fixture.World) (config, change acctest.Value) {
			w.Account("other")
			identity, _ := w.Identity("reader")
			return named("guarded", acctest.Value{
				"identity":        acctest.Value{"type": "UserAssigned", "identity_ids": []any{identity}},
				"storage_account": acctest.Value{"id": w.ID(azure.StorageAccountType, "other")},
			}), tags
		}},
		"attachment to a media account": {
			"azuremedia_customer_key_attachment", func(w *fixture.World) (config, change acctest.Value) {
				account := w.Account("contoso", "")
				return attached(w, account, w.Principal("contoso"))
			},
		},
		"attachment to a Batch account": {
			"azuremedia_customer_key_attachment", func(w *fixture.World) (config, change acctest.Value) {
				account := w.BatchAccount("contoso", "")
				return attached(w, account, azure.Deref(w.ShowBatchAccount("contoso").Identity.PrincipalID))
			},
		},
	}
}

func versionless(key string) string { return key[:strings.LastIndexByte(key, '/')] }

// TestRefusals_thatLastEndAtOnce has Azure refuse every change for a reason that waiting does not remove.
func TestRefusals_thatLastEndAtOnce(t *testing.T) {
	t.Parallel()
	for _, refusal := range []struct {
		status        int
		code, message string
		texts         []string
	}{
		{
			http.StatusConflict, "ScopeLocked", "The scope cannot perform the operation because following scope(s) are " +
				"locked: '/subscriptions/s/resourceGroups/media'. Please remove the lock and try again.",
			[]string{
				"Remove the lock", "The lock is on /subscriptions/s/resourceGroups/media.",
				"az lock list --resource-group media", "az lock delete --ids LOCK_ID",
			},
		},
		{
			http.StatusConflict, "ScopeLocked", "The scope is locked. Please remove the lock and try again.",
			[]string{"az lock list --resource", "az lock delete --ids LOCK_ID"},
		},
		{
			http.StatusForbidden, "RequestDisallowedByPolicy", "Resource 'guarded' was disallowed by policy.",
			[]string{"complies with the Azure Policy above", "exemption"},
		},
		{
			http.StatusForbidden, "AuthorizationFailed", "The client does not have authorization.",
			[]string{"Grant the identity that runs Terraform a role"},
		},
		{http.StatusConflict, "QuotaExceeded", "Operation results in exceeding quota limits.", nil},
	} {
		for name, noun := range guardedResources() {
			t.Run(refusal.code+" "+name, func(t *testing.T) {
				t.Parallel()
				w := fixture.New(t)
				config, change := noun.prepare(w)
				guard := func(act string, apply func() acctest.Diagnostics) {
					t.Helper()
					lifted := refuse(t, w, refusal.status, refusal.code, refusal.message)
					before := refused(t, w, refusal.code)
					diags := apply().Errors()
					lifted()
					if sent := refused(t, w, refusal.code) - before; sent != 1 {
						t.Errorf("%s sent %d requests that were refused", act, sent)
					}
					for _, want := range append([]string{refusal.message, "Nothing was changed."}, refusal.texts...) {
						if noun.resource == "azuremedia_resource_group" && want == "az lock list --resource" {
							want = "az lock list --resource-group guarded"
						}
						if len(diags) != 1 || !strings.Contains(diags.Text(), want) {
							t.Errorf("%s lacks %q:\n%s", act, want, diags.Text())
						}
					}
					if strings.Contains(diags.Text(), "Waited ") {
						t.Errorf("%s waited:\n%s", act, diags.Text())
					}
				}
				apply := func(prior acctest.Object, config acctest.Value) func() acctest.Diagnostics {
					proto := w.Proto() // Each change is a run of its own.
					plan := proto.Plan(noun.resource, prior, config)
					return func() acctest.Diagnostics {
						_, diags := proto.Apply(plan)
						return diags
					}
				}
				guard("create", apply(acctest.Object{}, config))
				made := w.Proto().Create(noun.resource, config)
				if change != nil {
					changed := maps.Clone(config)
					maps.Copy(changed, change)
					guard("update", apply(made, changed))
				}
				guard("delete", apply(made, nil))
			})
		}
	}
}

// TestRefusals_coverEveryResource names the resource that no row tests.
func TestRefusals_coverEveryResource(t *testing.T) {
	t.Parallel()
	covered := []string{
		"azuremedia_key_vault_key",        // Locks, policies and quotas are Resource Manager's; a key is not.
		"azuremedia_storage_key_rotation", // It regenerates keys once, and never waits for a refusal.
	}
	for _, noun := range guardedResources() {
		covered = append(covered, noun.resource)
	}
	for name := range acctest.New(t).Proto().Schemas().ResourceSchemas {
		if !slices.Contains(covered, name) {
			t.Errorf("no row of guardedResources tests %s", name)
		}
	}
}

// refuse has Azure refuse all changes, until the returned function is called.
func refuse(t *testing.T, w *fixture.World, status int, code, message string) (lifted func()) {
	t.Helper()
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: method, Times: -1, Status: status, Code: code, Message: message,
		}); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		t.Helper()
		if _, err := w.Rehearsal().ClearFaults(context.WithoutCancel(t.Context()), ""); err != nil {
			t.Fatal(err)
		}
	}
}

// refused returns how many requests were refused by a code.
func refused(t *testing.T, w *fixture.World, code string) (count int) {
	t.Helper()
	entries, err := w.Rehearsal().Journal(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Code == code {
			count++
		}
	}
	return count
}
