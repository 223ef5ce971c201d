// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package seed makes small worlds in a rehearsal, by the requests that anybody would send to Azure. It must
// not reach behind rehearsal's API.
package seed

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// Seed is a small world.
type Seed struct {
	Name  string
	Does  string // what it makes
	Sized bool   // whether its name is followed by a number
	plant func(p *planter, size int)
}

// Seeds returns all seeds.
func Seeds() []Seed {
	return []Seed{
		{Name: "storage-batch-ml", Does: "a storage account, and a Batch account and a workspace that hold its keys", plant: storageBatchML},
		{Name: "byok", Does: "a vault and a key, and a storage and a media account on it", plant: byok},
		{Name: "estate", Sized: true, Does: "N storage accounts on the keys of five vaults, each with a Batch account", plant: estate},
	}
}

// maxSize is how many accounts an estate has at most.
const maxSize = 1000

// Find returns the seed that the words name, and its size.
func Find(words []string) (Seed, int, error) {
	for _, seed := range Seeds() {
		switch {
		case len(words) == 0 || words[0] != seed.Name:
			continue
		case !seed.Sized && len(words) == 1:
			return seed, 0, nil
		case seed.Sized && len(words) == 2:
			if size, err := strconv.Atoi(words[1]); err == nil && size > 0 && size <= maxSize {
				return seed, size, nil
			}
		}
		break
	}
	return Seed{}, 0, fmt.Errorf("there is no seed %q: write %s", strings.Join(words, " "), strings.Join(Names(), ", "))
}

// Names returns the names of the seeds as they are written, with N for a number from 1 to 1000.
func Names() []string {
	var names []string
	for _, seed := range Seeds() {
		name := seed.Name
		if seed.Sized {
			name += " N"
		}
		names = append(names, name)
	}
	return names
}

// Plant makes the world, and returns the IDs of what it made, in that order. Planting it again changes nothing.
func (s Seed) Plant(ctx context.Context, on rehearsal.Asker, size int) ([]string, error) {
	p := &planter{ctx: ctx, on: on}
	s.plant(p, size)
	if p.err != nil {
		return nil, fmt.Errorf("planting %s: %w", s.Name, p.err)
	}
	return p.made, nil
}

const (
	location     = "westeurope"
	subscription = "/subscriptions/{subscriptionId}"
)

// planter sends requests until one fails.
type planter struct {
	ctx  context.Context //nolint:containedctx // for as long as one seed is planted
	on   rehearsal.Asker
	made []string
	err  error
}

// object is a JSON object.
type object map[string]any

// ask sends a request, waits for what it begins, and returns what the answer says.
func (p *planter) ask(method, url string, body object) answer {
	if p.err != nil {
		return answer{}
	}
	content, err := json.Marshal(body)
	if err != nil {
		p.err = err
		return answer{}
	}
	got, err := rehearsal.AskAndWait(p.ctx, p.on, rehearsal.Question{Method: method, URL: url, Body: content})
	switch {
	case err != nil:
		p.err = err
	case got.Refused():
		p.err = fmt.Errorf("%s %s: %d %s", method, url, got.Status, got.Body)
	}
	var said answer
	if p.err == nil && len(got.Body) > 0 {
		p.err = json.Unmarshal(got.Body, &said)
	}
	return said
}

// answer is what seeds need of an answer.
type answer struct {
	ID       string `json:"id"`
	Identity struct {
		PrincipalID string `json:"principalId"`
	} `json:"identity"`
}

// exists reports whether there is something at an address, and returns what it says.
func (p *planter) exists(url string) (answer, bool) {
	var said answer
	if p.err != nil {
		return said, false
	}
	got, err := p.on.Ask(p.ctx, rehearsal.Question{Method: http.MethodGet, URL: url})
	if p.err = err; err != nil || got.Refused() {
		return said, false
	}
	p.err = json.Unmarshal(got.Body, &said)
	return said, true
}

// put makes a resource of Resource Manager, unless it is there.
func (p *planter) put(id, version string, body object) answer {
	url := id + "?api-version=" + version
	said, ok := p.exists(url)
	if !ok {
		said = p.ask(http.MethodPut, url, body)
	}
	if p.err == nil {
		p.made = append(p.made, said.ID)
	}
	return said
}

func (p *planter) group(name string) string {
	return p.put(subscription+"/resourceGroups/"+name, "2021-04-01", object{"location": location}).ID
}

const storageVersion = "2023-01-01"

// storage makes a storage account with an identity of its own.
func (p *planter) storage(group, name string) answer {
	return p.put(group+"/providers/Microsoft.Storage/storageAccounts/"+name, storageVersion, object{
		"location": location, "kind": "StorageV2", "sku": object{"name": "Standard_LRS"},
		"identity": object{"type": "SystemAssigned"},
	})
}

const vaultVersion = "2023-07-01"

// vault makes a vault with access policies, in which its owner manages keys.
func (p *planter) vault(group, name string) string {
	return p.put(group+"/providers/Microsoft.KeyVault/vaults/"+name, vaultVersion, object{
		"location": location,
		"properties": object{
			"tenantId": "{tenantId}", "sku": object{"family": "A", "name": "standard"},
			"enableSoftDelete": true, "enablePurgeProtection": true, "enableRbacAuthorization": false,
			"accessPolicies": []object{policy("{objectId}", "get", "list", "create", "update", "delete", "recover", "rotate")},
		},
	}).ID
}

func policy(principal string, keys ...string) object {
	return object{"tenantId": "{tenantId}", "objectId": principal, "permissions": object{"keys": keys}}
}

// key makes a key with one version, unless there is one.
func (p *planter) key(vault, name string) {
	const version = "?api-version=7.4"
	address := fmt.Sprintf("https://%s.vault.azure.net/keys/%s", nameOf(vault), name)
	if _, ok := p.exists(address + version); !ok {
		p.ask(http.MethodPost, address+"/create"+version, object{"kty": "RSA"})
	}
}

// grant lets the identities of accounts use the keys of a vault for encryption.
func (p *planter) grant(vault string, accounts ...answer) {
	var policies []object
	for _, account := range accounts {
		policies = append(policies, policy(account.Identity.PrincipalID, "get", "wrapKey", "unwrapKey"))
	}
	p.ask(http.MethodPut, vault+"/accessPolicies/add?api-version="+vaultVersion, object{
		"properties": object{"accessPolicies": policies},
	})
}

// encrypt attaches a key to a storage account, which follows its new versions.
func (p *planter) encrypt(account answer, vault, key string) {
	p.ask(http.MethodPatch, account.ID+"?api-version="+storageVersion, object{"properties": object{"encryption": object{
		"keySource":          "Microsoft.Keyvault",
		"keyvaultproperties": object{"keyvaulturi": "https://" + nameOf(vault) + ".vault.azure.net", "keyname": key},
	}}})
}

// batch makes a Batch account that holds the keys of a storage account.
func (p *planter) batch(group, name, storage string) {
	p.put(group+"/providers/Microsoft.Batch/batchAccounts/"+name, "2024-02-01", object{
		"location":   location,
		"properties": object{"autoStorage": object{"storageAccountId": storage}},
	})
}

func nameOf(id string) string { return id[strings.LastIndex(id, "/")+1:] }

func storageBatchML(p *planter, _ int) {
	group := p.group("app")
	storage := p.storage(group, "contosoapp").ID
	vault := p.vault(group, "contoso-app")
	p.batch(group, "contosobatch", storage)
	p.put(group+"/providers/Microsoft.MachineLearningServices/workspaces/contoso-ml", "2024-04-01", object{
		"location": location, "identity": object{"type": "SystemAssigned"},
		"properties": object{
			"storageAccount": storage, "keyVault": vault,
			"applicationInsights":      group + "/providers/Microsoft.Insights/components/contoso-ml",
			"systemDatastoresAuthMode": "accesskey",
		},
	})
}

func byok(p *planter, _ int) {
	group := p.group("byok")
	vault := p.vault(group, "contoso-byok")
	p.key(vault, "media")
	storage := p.storage(group, "contosobyok")
	p.grant(vault, storage)
	p.encrypt(storage, vault, "media")
	const version = "2021-06-01"
	media := p.put(group+"/providers/Microsoft.Media/mediaservices/contosobyok", version, object{
		"location": location, "identity": object{"type": "SystemAssigned"},
		"properties": object{"storageAccounts": []object{{"id": storage.ID, "type": "Primary"}}},
	})
	p.grant(vault, media)
	p.ask(http.MethodPatch, media.ID+"?api-version="+version, object{"properties": object{"encryption": object{
		"type":               "CustomerKey",
		"keyVaultProperties": object{"keyIdentifier": "https://contoso-byok.vault.azure.net/keys/media"},
	}}})
}

func estate(p *planter, size int) {
	const vaultCount = 5
	group := p.group("estate")
	vaults := make([]string, min(size, vaultCount))
	for i := range vaults {
		vaults[i] = p.vault(group, fmt.Sprintf("contoso-estate-%d", i))
		p.key(vaults[i], "storage")
	}
	accounts := make([]answer, size)
	of := map[string][]answer{}
	for i := range accounts {
		vault := vaults[i%len(vaults)]
		accounts[i] = p.storage(group, fmt.Sprintf("contosoestate%04d", i))
		of[vault] = append(of[vault], accounts[i])
	}
	for _, vault := range vaults {
		p.grant(vault, of[vault]...) // Each change of the policies has every account look whether it is still let in.
	}
	for i, account := range accounts {
		p.encrypt(account, vaults[i%len(vaults)], "storage")
		p.batch(group, fmt.Sprintf("contosoestate%04d", i), account.ID)
	}
}
