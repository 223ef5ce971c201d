// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"
)

// step is one thing that happens: a change of the configuration, or something outside of it. A step that no longer
// fits is skipped, so that others can be left out.
type step struct {
	Do      string
	Label   string // What it is about,
	Arg     string // what that gets,
	Number  int    // and a number.
	Add     *addition
	Disturb *disturbance
	Beside  int // How many resources Terraform changes beside each other; 0 is one.
}

// addition is an account that is added, with a key and an identity of its own where it needs them.
type addition struct {
	Account  account
	Key      *key
	Identity *identity
}

func (s step) String() string {
	text := strings.TrimSpace(fmt.Sprintf("%s %s %s", s.Do, s.Label, s.Arg))
	if s.Number != 0 {
		text += fmt.Sprintf(" %d", s.Number)
	}
	if s.Add != nil {
		text += fmt.Sprintf(" %+v", s.Add.Account)
	}
	if s.Disturb != nil {
		text += ", while " + s.Disturb.String()
	}
	if s.Beside > 0 {
		text += fmt.Sprintf(", %d resources at once", s.Beside)
	}
	return text
}

// configured are the changes of a configuration. Each gets a copy of the estate, and reports whether it fits.
func configured() map[string]func(*estate, step) bool {
	return map[string]func(*estate, step) bool{
		"apply":       func(*estate, step) bool { return true },
		"rename":      rename,
		"before":      before,
		"add":         add,
		"remove":      remove,
		"reorder":     func(e *estate, s step) bool { e.Order = uint64(s.Number); return true },
		"move":        ofKey(func(e *estate, s step, each *key) bool { each.Vault = s.Arg; return has(e.Vaults, s.Arg) }),
		"new version": ofKey(func(_ *estate, _ step, each *key) bool { each.Turn++; return true }),
		"resize":      ofKey(func(_ *estate, s step, each *key) bool { each.Size = s.Number; return true }),
		"switch": func(e *estate, s step) bool {
			return edit(e.Vaults, s.Label, func(each *vault) bool { each.Roles = !each.Roles; return true })
		},
		"use key": ofAccount(func(e *estate, s step, each *account) bool {
			each.Key = s.Arg
			each.Inline = each.Inline && s.Arg != ""
			return s.Arg == "" || has(e.Keys, s.Arg)
		}),
		"read by": ofAccount(func(e *estate, s step, each *account) bool {
			each.Identity = s.Arg
			possible := s.Arg != "" || each.Kind != video && !each.Inline
			return possible && each.Kind != batch && (s.Arg == "" || has(e.Identities, s.Arg))
		}),
		"pin":    ofAccount(func(_ *estate, _ step, each *account) bool { each.Pinned = !each.Pinned; return each.Key != "" }),
		"narrow": ofAccount(func(_ *estate, _ step, each *account) bool { each.Narrow = !each.Narrow; return true }),
		"inline": ofAccount(func(_ *estate, _ step, each *account) bool {
			each.Inline = !each.Inline
			return each.Key != "" && each.Identity != "" && (each.Kind == media || each.Kind == video)
		}),
		"second": ofAccount(func(e *estate, s step, each *account) bool {
			each.Second = s.Arg
			fits := each.Kind == media && s.Arg != each.Storage
			return fits && (s.Arg == "" || e.Accounts[s.Arg].Kind == storage)
		}),
		"rotate": func(e *estate, s step) bool {
			return edit(e.Rotations, s.Label, func(each *rotation) bool { each.Trigger++; return true })
		},
		"rotation": func(e *estate, s step) bool {
			e.Rotations[s.Label] = rotation{Storage: s.Arg}
			return e.Accounts[s.Arg].Kind == storage
		},
		"no rotation": func(e *estate, s step) bool {
			ok := has(e.Rotations, s.Label)
			delete(e.Rotations, s.Label)
			return ok
		},
	}
}

func has[T any](of map[string]T, label string) bool {
	_, ok := of[label]
	return ok
}

// edit changes what has a label, if anything has.
func edit[T any](of map[string]T, label string, change func(*T) bool) bool {
	each, ok := of[label]
	ok = ok && change(&each)
	of[label] = each
	return ok
}

func ofKey(change func(*estate, step, *key) bool) func(*estate, step) bool {
	return func(e *estate, s step) bool {
		return edit(e.Keys, s.Label, func(each *key) bool { return change(e, s, each) })
	}
}

func ofAccount(change func(*estate, step, *account) bool) func(*estate, step) bool {
	return func(e *estate, s step) bool {
		return edit(e.Accounts, s.Label, func(each *account) bool { return change(e, s, each) })
	}
}

func rename(e *estate, s step) bool {
	if e.heldOutside(s.Label) {
		return false
	}
	return has(e.Vaults, s.Label) && edit(e.Vaults, s.Label, func(each *vault) bool { each.Name = s.Arg; return true }) ||
		has(e.Identities, s.Label) && edit(e.Identities, s.Label, func(each *identity) bool { each.Name = s.Arg; return true }) ||
		has(e.Keys, s.Label) && edit(e.Keys, s.Label, func(each *key) bool { each.Name = s.Arg; return true }) ||
		has(e.Accounts, s.Label) && edit(e.Accounts, s.Label, func(each *account) bool { each.Name = s.Arg; return each.Kind != batch })
}

// heldOutside reports whether a Batch account stores in a storage account. It does not follow when that is replaced,
// since nothing here manages it.
func (e *estate) heldOutside(label string) bool {
	for _, user := range e.users(label) {
		if e.Accounts[user].Kind == batch {
			return true
		}
	}
	return false
}

func before(e *estate, s step) bool {
	return has(e.Vaults, s.Label) && edit(e.Vaults, s.Label, func(each *vault) bool { each.Before = !each.Before; return true }) ||
		has(e.Identities, s.Label) && edit(e.Identities, s.Label, func(each *identity) bool { each.Before = !each.Before; return true }) ||
		has(e.Keys, s.Label) && edit(e.Keys, s.Label, func(each *key) bool { each.Before = !each.Before; return true }) ||
		has(e.Accounts, s.Label) && edit(e.Accounts, s.Label, func(each *account) bool { each.Before = !each.Before; return true })
}

func add(e *estate, s step) bool {
	each := s.Add.Account
	if has(e.Accounts, s.Label) || each.Storage != "" && e.Accounts[each.Storage].Kind != storage {
		return false
	}
	if s.Add.Key != nil {
		e.Keys[each.Key] = *s.Add.Key
	}
	if s.Add.Identity != nil {
		e.Identities[each.Identity] = *s.Add.Identity
	}
	e.Accounts[s.Label] = each
	return (each.Key == "" || has(e.Keys, each.Key) && has(e.Vaults, e.Keys[each.Key].Vault)) &&
		(each.Identity == "" || has(e.Identities, each.Identity))
}

func remove(e *estate, s step) bool {
	if !has(e.Accounts, s.Label) || len(e.users(s.Label)) > 0 {
		return false
	}
	*e = e.without(s.Label)
	return true
}

// outage is what happens outside of the configuration.
type outage struct {
	// act does it, and reports whether it fits.
	act func(l *life, s step) (bool, error)
	// undo takes it back, unless an apply has done so. It is nil where an apply has to.
	undo func(l *life, s step) error
}

func outages() map[string]outage {
	return map[string]outage{
		"disable key": {
			act:  func(l *life, s step) (bool, error) { return l.ofKey(s, http.MethodPatch, "", enabled(false)) },
			undo: func(l *life, s step) error { _, err := l.ofKey(s, http.MethodPatch, "", enabled(true)); return err },
		},
		"delete key": {
			act: func(l *life, s step) (bool, error) { return l.ofKey(s, http.MethodDelete, "", nil) },
			undo: func(l *life, s step) error {
				each := l.current.Keys[s.Label]
				_, _, err := l.watch.ask(l.ctx, http.MethodPost, vaultURL(l.current.Vaults[each.Vault])+"deletedkeys/"+each.Name+
					"/recover?api-version=7.4", nil)
				return err
			},
		},
		"new version outside": {
			act: func(l *life, s step) (bool, error) { return l.ofKey(s, http.MethodPost, "/rotate", nil) },
		},
		"delete vault": {
			act: func(l *life, s step) (bool, error) {
				return l.outside(has(l.current.Vaults, s.Label), http.MethodDelete,
					l.id("Microsoft.KeyVault/vaults", l.current.Vaults[s.Label].Name)+"?api-version=2023-07-01", nil)
			},
			undo: func(l *life, s step) error { return l.recoverVault(l.current.Vaults[s.Label]) },
		},
		"delete account": {act: func(l *life, s step) (bool, error) {
			each, ok := l.current.Accounts[s.Label]
			fits := ok && each.Kind != batch && len(l.current.users(s.Label)) == 0
			return l.outside(fits, http.MethodDelete, accountIn(l.azure.SubscriptionID(), each)+
				"?api-version="+versions()[strings.ToLower(providers()[each.Kind])], nil)
		}},
		"revoke":     {act: (*life).revoke},
		"regenerate": {act: (*life).regenerate},
		"advance": {act: func(l *life, s step) (bool, error) {
			for label, each := range l.current.Rotations {
				if days(each.Every) > 0 && s.Number >= 24 {
					l.reasons[l.current.Rotations[label].Storage]++
				}
			}
			l.tell("$ terraform-provider-azuremedia rehearsal advance %dh", s.Number)
			return true, l.azure.Rehearsal().Advance(l.ctx, time.Duration(s.Number)*time.Hour)
		}},
	}
}

func days(period string) (number int) {
	_, _ = fmt.Sscanf(period, "P%dD", &number) // None is no days.
	return number
}

func enabled(is bool) any { return map[string]any{"attributes": map[string]any{"enabled": is}} }

func vaultURL(v vault) string { return "https://" + v.Name + ".vault.azure.net/" }

func (l *life) id(resourceType, name string) string {
	return "/subscriptions/" + l.azure.SubscriptionID() + "/resourceGroups/" + group + "/providers/" + resourceType + "/" + name
}

// outside sends a request past the provider, if the step fits and Azure accepts it.
func (l *life) outside(fits bool, method, url string, body any) (bool, error) {
	if !fits {
		return false, nil
	}
	status, answer, err := l.watch.ask(l.ctx, method, url, body)
	l.tell("$ terraform-provider-azuremedia rehearsal request %s '%s' %s\n  %d %v", method, url, quoted(body), status, answer)
	return status < http.StatusBadRequest, err
}

func quoted(body any) string {
	if body == nil {
		return ""
	}
	written, err := json.Marshal(body)
	if err != nil {
		return err.Error()
	}
	return "'" + string(written) + "'"
}

func (l *life) ofKey(s step, method, action string, body any) (bool, error) {
	each, ok := l.current.Keys[s.Label]
	return l.outside(ok, method, vaultURL(l.current.Vaults[each.Vault])+"keys/"+each.Name+action+"?api-version=7.4", body)
}

func (l *life) recoverVault(v vault) error {
	_, _, err := l.watch.ask(l.ctx, http.MethodPut, l.id("Microsoft.KeyVault/vaults", v.Name)+"?api-version=2023-07-01",
		map[string]any{"location": location, "properties": map[string]any{
			"createMode": "recover", "tenantId": l.azure.Rehearsal().Access().TenantID,
			"sku": map[string]any{"family": "A", "name": "standard"},
		}})
	return err
}

// revoke takes away what an account may do with its key.
func (l *life) revoke(s step) (bool, error) {
	each, ok := l.current.Accounts[s.Label]
	if !ok || each.Key == "" {
		return false, nil
	}
	holder := l.current.Vaults[l.current.Keys[each.Key].Vault]
	id := l.id("Microsoft.KeyVault/vaults", holder.Name)
	principal, err := l.principal(each)
	if err != nil || principal == "" {
		return false, err
	}
	if !holder.Roles {
		return l.outside(true, http.MethodPut, id+"/accessPolicies/remove?api-version=2023-07-01",
			map[string]any{"properties": map[string]any{"accessPolicies": []any{map[string]any{
				"tenantId": l.azure.Rehearsal().Access().TenantID, "objectId": principal,
				"permissions": map[string]any{"keys": []string{"get", "wrapKey", "unwrapKey"}},
			}}}})
	}
	assigned, err := l.assignments(id)
	for _, assignment := range assigned {
		if text(assignment, "properties.principalId") == principal {
			return l.outside(true, http.MethodDelete, text(assignment, "id")+"?api-version=2022-04-01", nil)
		}
	}
	return false, err
}

// principal returns the object ID of the identity by which an account reads its key.
func (l *life) principal(a account) (string, error) {
	id, version, path := accountIn(l.azure.SubscriptionID(), a), versions()[strings.ToLower(providers()[a.Kind])], "identity.principalId"
	if a.Identity != "" {
		id, version = l.id("Microsoft.ManagedIdentity/userAssignedIdentities", l.current.Identities[a.Identity].Name), "2023-01-31"
		path = "properties.principalId"
	}
	_, read, err := l.watch.ask(l.ctx, http.MethodGet, id+"?api-version="+version, nil)
	return text(read, path), err
}

// assignments returns the role assignments at a scope and below.
func (l *life) assignments(scope string) (found []map[string]any, err error) {
	_, listed, err := l.watch.ask(l.ctx, http.MethodGet, scope+"/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01", nil)
	values, _ := listed["value"].([]any)
	for _, each := range values {
		assignment, ok := each.(map[string]any)
		if ok && strings.HasPrefix(strings.ToLower(text(assignment, "properties.scope")), strings.ToLower(scope)) {
			found = append(found, assignment)
		}
	}
	return found, err
}

func (l *life) regenerate(s step) (bool, error) {
	each, ok := l.current.Accounts[s.Label]
	done, err := l.outside(ok && each.Kind == storage, http.MethodPost,
		accountIn(l.azure.SubscriptionID(), each)+"/regenerateKey?api-version=2023-01-01", map[string]any{"keyName": s.Arg})
	if done {
		l.elsewhere = true
		l.outsideKeys[s.Label+" "+s.Arg]++
	}
	return done, err
}

// take takes a step.
func (l *life) take(s step) error {
	l.tell("--- %s", s)
	l.cut, l.beside = false, max(1, s.Beside)
	if change, ok := configured()[s.Do]; ok {
		next := l.current.clone()
		if !change(&next, s) {
			l.tell("skipped")
			l.skipped++
			return nil
		}
		l.done++
		return l.change(next, s.Disturb)
	}
	happens := outages()[s.Do]
	if fits, err := happens.act(l, s); err != nil || !fits {
		l.tell("skipped")
		l.skipped++
		return err
	}
	l.done++
	if worse, err := l.watch.look(l.ctx); err != nil || s.Do == "advance" && len(worse) > 0 && !l.elsewhere {
		return found("harm", "as time passes: %s %v", strings.Join(worse, "; "), err)
	}
	return l.recoverFrom(s, happens)
}

// recoverFrom has applies put right what happened outside. If they are refused, it is taken back outside.
func (l *life) recoverFrom(s step, happened outage) error {
	if s.Disturb != nil {
		if err := l.disturbed(s.Disturb); err != nil {
			return err
		}
	}
	refused, err := l.settle()
	if err != nil {
		return err
	}
	if happened.undo != nil {
		l.tell("undone outside")
		if err := happened.undo(l, s); err != nil {
			return err
		}
		if _, err := l.watch.look(l.ctx); err != nil {
			return err
		}
		if refused, err = l.settle(); err != nil {
			return err
		}
	}
	if refused {
		return found("no recovery", "after it was undone, or where an apply has to put it right, the apply is refused")
	}
	return l.inspect()
}

// without batch accounts, an estate is what Terraform makes.
func (e estate) withoutBatch() estate {
	e = e.clone()
	maps.DeleteFunc(e.Accounts, func(_ string, each account) bool { return each.Kind == batch })
	return e
}
