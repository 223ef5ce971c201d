// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// instance is a resource in the state.
type instance struct {
	noun, label string
	attributes  map[string]any
}

func (i instance) address() string { return "azuremedia_" + i.noun + "." + i.label }

// instances returns what the state has.
func (l *life) instances() (found []instance, err error) {
	content, err := os.ReadFile(filepath.Join(l.folder, "terraform.tfstate"))
	if err != nil {
		return nil, err
	}
	var state struct {
		Resources []struct {
			Type      string `json:"type"`
			Name      string `json:"name"`
			Instances []struct {
				Attributes map[string]any `json:"attributes"`
			} `json:"instances"`
		} `json:"resources"`
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return nil, err
	}
	for _, resource := range state.Resources {
		for _, each := range resource.Instances {
			found = append(found, instance{strings.TrimPrefix(resource.Type, "azuremedia_"), resource.Name, each.Attributes})
		}
	}
	return found, nil
}

// inspect compares the state with Azure: nothing is in Azure alone, and what both have is the same.
func (l *life) inspect() error {
	if err := l.watch.stream(l.ctx); err != nil {
		return err
	}
	if _, err := l.watch.look(l.ctx); err != nil {
		return err
	}
	for id, reached := range l.watch.access {
		if !reached {
			return found("no access", "the plan is empty, and %s does not reach its key", id)
		}
	}
	if err := l.regenerations(); err != nil {
		return err
	}
	state, err := l.instances()
	if err != nil {
		return err
	}
	if err := l.orphans(state); err != nil {
		return err
	}
	for _, each := range state {
		if err := l.agrees(each); err != nil {
			return err
		}
	}
	return nil
}

// regenerations returns a finding if a key was regenerated more often than there were reasons.
func (l *life) regenerations() error {
	for label, each := range l.current.Accounts {
		for name, had := range l.watch.keys[strings.ToLower(accountIn(l.azure.SubscriptionID(), each))] {
			elsewhere := l.outsideKeys[label+" "+name]
			if times := len(had) - 1 - elsewhere; times > l.reasons[label] {
				return found("regenerated", "%s of %s was regenerated %d times for %d reasons", name, each.Name, times, l.reasons[label])
			}
		}
	}
	return nil
}

// managed are the types of resources that the provider makes.
func managed() []string {
	return []string{
		"microsoft.resources/resourcegroups", "microsoft.keyvault/vaults", "microsoft.media/mediaservices", "microsoft.media/videoanalyzers",
		"microsoft.storage/storageaccounts", "microsoft.managedidentity/userassignedidentities",
	}
}

// orphans returns a finding if something is in Azure that the state does not mention.
func (l *life) orphans(state []instance) error {
	known := map[string]bool{}
	for _, each := range state {
		mentions(each.attributes, known)
	}
	shown, err := l.azure.Rehearsal().Show(l.ctx)
	if err != nil {
		return err
	}
	owner := l.azure.Rehearsal().Access().ObjectID
	for _, each := range shown.Resources {
		id := strings.ToLower(string(each.ID))
		if !slices.Contains(managed(), strings.ToLower(each.Type)) {
			continue
		}
		if !known[id] {
			return found("orphan", "%s is in Azure and not in the state", each.ID)
		}
		if !strings.EqualFold(each.Type, "Microsoft.KeyVault/vaults") {
			continue
		}
		policies, _ := at(each.Properties, "accessPolicies").([]any)
		for _, policy := range policies {
			if holder := text(policy, "objectId"); holder != owner && !known[strings.ToLower(id+"/objectId/"+holder)] {
				return found("orphan", "the access policy for %s in %s is in Azure and not in the state", holder, each.ID)
			}
		}
		assigned, err := l.assignments(string(each.ID))
		if err != nil {
			return err
		}
		for _, assignment := range assigned {
			if text(assignment, "properties.principalId") != owner && !known[strings.ToLower(text(assignment, "id"))] {
				return found("orphan", "the role assignment %v is in Azure and not in the state", assignment)
			}
		}
		_, listed, err := l.watch.ask(l.ctx, http.MethodGet, "https://"+each.ID.Name()+".vault.azure.net/keys?api-version=7.4", nil)
		if err != nil {
			return err
		}
		keys, _ := listed["value"].([]any)
		for _, one := range keys {
			if kid := text(one, "kid"); !known[strings.ToLower(kid)] {
				return found("orphan", "the key %s is in Azure and not in the state", kid)
			}
		}
	}
	return nil
}

// mentions takes down every text in a document.
func mentions(document any, known map[string]bool) {
	switch value := document.(type) {
	case string:
		known[strings.ToLower(value)] = true
	case []any:
		for _, each := range value {
			mentions(each, known)
		}
	case map[string]any:
		for _, each := range value {
			mentions(each, known)
		}
	}
}

// agrees returns a finding if the state of a resource is not what Azure says.
func (l *life) agrees(each instance) error {
	id := text(each.attributes, "id")
	differ := func(path string, state, azure any) error {
		if strings.EqualFold(fmt.Sprint(state), fmt.Sprint(azure)) {
			return nil
		}
		return found("state", "%s of %s.%s is %v in the state and %v in Azure", path, each.noun, each.label, state, azure)
	}
	read := func(id, version string) (map[string]any, error) {
		status, read, err := l.watch.ask(l.ctx, http.MethodGet, id+"?api-version="+version, nil)
		if err == nil && status != http.StatusOK {
			err = found("state", "%s.%s is in the state, and Azure answers %d", each.noun, each.label, status)
		}
		return read, err
	}
	switch each.noun {
	case "key_vault":
		azure, err := read(id, "2023-07-01")
		if err != nil {
			return err
		}
		return differ("rbac_authorization_enabled", each.attributes["rbac_authorization_enabled"], at(azure, "properties.enableRbacAuthorization"))
	case "key_vault_key":
		azure, err := read(id, "7.4")
		if err != nil {
			return err
		}
		return differ("versioned_id", each.attributes["versioned_id"], text(azure, "key.kid"))
	case "account", "video_analyzer", "storage_account", "user_assigned_identity":
		kind := strings.ToLower(strings.Join(strings.Split(id, "/")[6:8], "/"))
		azure, err := read(id, versions()[kind])
		if err != nil {
			return err
		}
		if each.noun == "user_assigned_identity" {
			return differ("principal_id", each.attributes["principal_id"], text(azure, "properties.principalId"))
		}
		return differ("identity.principal_id", empty(at(each.attributes, "identity.principal_id")), text(azure, "identity.principalId"))
	case "customer_key_attachment":
		account := text(each.attributes, "account_id")
		azure, err := read(account, versions()[strings.ToLower(strings.Join(strings.Split(account, "/")[6:8], "/"))])
		if err != nil {
			return err
		}
		return differ("key_vault_key_id", each.attributes["key_vault_key_id"], keyOf(azure))
	default:
		return nil
	}
}

func empty(value any) any {
	if value == nil {
		return ""
	}
	return value
}

// keyOf returns the identifier of the key of an account, as the account has it.
func keyOf(account map[string]any) string {
	if identifier := text(account, "properties.encryption.keyVaultProperties.keyIdentifier"); identifier != "" {
		return identifier
	}
	const own = "properties.encryption.keyvaultproperties."
	identifier := text(account, own+"keyvaulturi") + "keys/" + text(account, own+"keyname")
	if version := text(account, own+"keyversion"); version != "" {
		identifier += "/" + version
	}
	return identifier
}
