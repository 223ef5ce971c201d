// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaults

import (
	"net/http"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// deletedVault is a vault that can be recovered until it is purged.
type deletedVault struct {
	Vault *engine.Resource `json:"vault"`
	At    time.Time        `json:"at"`    // when it was deleted
	Purge time.Time        `json:"purge"` // when it will be gone for good
}

// The timers of deleted vaults.
const (
	retentionTimer = "keyvault.purgevault" // the retention is over
	purgingTimer   = "keyvault.purging"    // a purge that was asked for is done
)

const deletedPrefix = "keyvault/deletedvault/"

func deletedDocument(name string) string { return deletedPrefix + strings.ToLower(name) }

// Deleted reports whether there is a deleted vault with this name that can be recovered.
func Deleted(tx *engine.Tx, name string) bool { return deletedNamed(tx, name) != nil }

func deletedNamed(tx *engine.Tx, name string) *deletedVault {
	found := new(deletedVault)
	if !tx.Load(deletedDocument(name), found) {
		return nil
	}
	return found
}

func (s *service) registerDeleted(e *engine.Engine) {
	const provider = "/subscriptions/{subscription}/providers/Microsoft.KeyVault"
	const deleted = provider + "/locations/{location}/deletedVaults/{name}"
	e.Handle(engine.Route{
		Pattern:    "GET " + provider + "/deletedVaults",
		Permission: "Microsoft.KeyVault/deletedVaults/read",
		Serve:      listDeletedVaults,
	})
	e.Handle(engine.Route{
		Pattern:    "GET " + deleted,
		Permission: "Microsoft.KeyVault/locations/deletedVaults/read",
		Serve:      getDeletedVault,
	})
	e.Handle(engine.Route{
		Pattern:    "POST " + deleted + "/purge",
		Permission: "Microsoft.KeyVault/locations/deletedVaults/purge/action",
		Serve:      purgeVault,
	})
	e.Handle(engine.Route{
		Pattern:    "GET " + provider + "/locations/{location}/operationResults/{operation}",
		Permission: "Microsoft.KeyVault/locations/operationResults/read",
		Serve:      servePurging,
	})
	e.OnTimer(retentionTimer, "deleted vault is purged", s.purgeDue)
	e.OnTimer(purgingTimer, "vault is purged", s.finishPurging)
}

// removeVault puts a vault into the state from which it can be recovered, which every vault goes
// through: there is no deletion without it.
func removeVault(r *engine.Request, vault *engine.Resource) (engine.Outcome, error) {
	gone := &deletedVault{Vault: vault, At: r.Now(), Purge: r.Now().Add(Retention(vault))}
	r.Store(deletedDocument(vault.Name), gone)
	r.Schedule(gone.Purge, retentionTimer, vault.Name)
	// Subscribers must see it gone. The role assignments on it go too.
	r.Erase(nameDocument(vault.Name))
	r.Remove(vault.ID)
	r.Publish(AccessChanged, string(vault.ID))
	return engine.Outcome{}, nil
}

// recover brings a deleted vault back with what it had, whatever else the request says. On a
// vault that is there it changes nothing.
func (s *service) recover(r *engine.Request, old, next *engine.Resource) error {
	if old != nil {
		*next = *old
		return nil
	}
	gone := deletedNamed(r.Tx, next.Name)
	if gone == nil || !gone.Vault.ID.Is(next.ID) || gone.Vault.Location != next.Location {
		return engine.Errorf(http.StatusBadRequest, "SoftDeletedVaultDoesNotExist",
			"A soft deleted vault with the given name does not exist. Ensure that the name for "+
				"the vault that is being attempted to recover is in a recoverable state. For more "+
				"information on soft delete please follow this link "+
				"https://go.microsoft.com/fwlink/?linkid=2149745")
	}
	*next = *gone.Vault
	next.Modified = r.Now()
	stamp(r, gone.Vault, next)
	r.Erase(deletedDocument(next.Name))
	r.Save(next)
	r.Store(nameDocument(next.Name), next.ID)
	s.contents.Recovered(r.Tx, next.Name)
	r.Publish(AccessChanged, string(next.ID))
	return nil
}

// deletedID returns the identifier of a deleted vault, which is in a region instead of a group.
func (d *deletedVault) id() string {
	return string(d.Vault.ID.SubscriptionID()) + "/providers/Microsoft.KeyVault/locations/" +
		d.Vault.Location + "/deletedVaults/" + d.Vault.Name
}

func (d *deletedVault) shown() map[string]any {
	const format = "2006-01-02T15:04:05Z"
	properties := map[string]any{
		"vaultId":            string(d.Vault.ID),
		"location":           d.Vault.Location,
		"tags":               d.Vault.Tags,
		"deletionDate":       d.At.Format(format),
		"scheduledPurgeDate": d.Purge.Format(format),
	}
	if PurgeProtected(d.Vault) {
		properties["purgeProtectionEnabled"] = true
	}
	return map[string]any{
		"id": d.id(), "name": d.Vault.Name, "type": "Microsoft.KeyVault/deletedVaults",
		"properties": properties,
	}
}

func listDeletedVaults(r *engine.Request) (*engine.Response, error) {
	shown := []any{}
	r.Each(deletedPrefix, func(_ string, decode func(any)) {
		found := new(deletedVault)
		decode(found)
		if found.Vault.ID.SubscriptionID().Is(r.ID.SubscriptionID()) {
			shown = append(shown, found.shown())
		}
	})
	return r.Page(shown, "nextLink"), nil
}

// findDeleted returns the deleted vault that the path names.
func findDeleted(r *engine.Request) (*deletedVault, error) {
	found := deletedNamed(r.Tx, r.Params["name"])
	if found == nil || !found.Vault.ID.SubscriptionID().Is(r.ID.SubscriptionID()) ||
		found.Vault.Location != engine.NormalizeLocation(r.Params["location"]) {
		return nil, engine.Ownf(http.StatusNotFound, "DeletedVaultNotFound",
			"The specified deleted vault '%s' does not exist.", r.Params["name"])
	}
	return found, nil
}

func getDeletedVault(r *engine.Request) (*engine.Response, error) {
	found, err := findDeleted(r)
	if err != nil {
		return nil, err
	}
	return &engine.Response{Status: http.StatusOK, Body: found.shown()}, nil
}

// purging is a purge that was asked for.
type purging struct {
	Vault   string    `json:"vault"`
	Deleted time.Time `json:"deleted"` // tells one deletion of the vault from another
	Created time.Time `json:"created"`
	Done    time.Time `json:"done"` // zero until it is
}

const purgingPrefix = "keyvault/purging/"

// purgeVault starts to remove a deleted vault for good.
func purgeVault(r *engine.Request) (*engine.Response, error) {
	found, err := findDeleted(r)
	if err != nil {
		return nil, err
	}
	if PurgeProtected(found.Vault) {
		return nil, engine.Errorf(http.StatusMethodNotAllowed, "MethodNotAllowed",
			"Operation 'DeletedVaultPurge' is not allowed.")
	}
	id := r.NewID()
	r.Store(purgingPrefix+id, purging{
		Vault: found.Vault.Name, Deleted: found.At, Created: r.Now(),
	})
	r.Schedule(r.Now().Add(r.Pace().Operation), purgingTimer, id)
	header := http.Header{}
	header.Set("Location", r.Origin()+string(found.Vault.ID.SubscriptionID())+
		"/providers/Microsoft.KeyVault/locations/"+found.Vault.Location+
		"/operationResults/"+id+"?api-version="+r.APIVersion)
	r.Pace().AskToWait(header)
	return &engine.Response{Status: http.StatusAccepted, Header: header}, nil
}

// finishPurging is called when the time of a purge has come.
func (s *service) finishPurging(tx *engine.Tx, id string) {
	var asked purging
	if !tx.Load(purgingPrefix+id, &asked) {
		return
	}
	found := deletedNamed(tx, asked.Vault)
	if found != nil && found.At.Equal(asked.Deleted) {
		s.purge(tx, found)
	}
	asked.Done = tx.Now()
	tx.Store(purgingPrefix+id, asked)
}

// servePurging answers how a purge is doing (recorded).
func servePurging(r *engine.Request) (*engine.Response, error) {
	var asked purging
	if !r.Load(purgingPrefix+strings.ToLower(r.Params["operation"]), &asked) {
		return nil, engine.Ownf(http.StatusNotFound, "NotFound",
			"There is no operation '%s'.", r.Params["operation"])
	}
	const format = "2006-01-02 15:04:05Z"
	body := map[string]any{
		"createdDateTime": asked.Created.Format(format), "status": "NotStarted",
	}
	if asked.Done.IsZero() {
		header := http.Header{}
		r.Pace().AskToWait(header)
		return &engine.Response{Status: http.StatusAccepted, Header: header, Body: body}, nil
	}
	body["lastActionDateTime"] = asked.Done.Format(format)
	body["status"] = engine.Succeeded
	return &engine.Response{Status: http.StatusOK, Body: body}, nil
}

// purge removes the vault and all that was in it for good.
func (s *service) purge(tx *engine.Tx, d *deletedVault) {
	s.contents.Purged(tx, d.Vault.Name)
	tx.Erase(deletedDocument(d.Vault.Name))
	tx.Publish(AccessChanged, string(d.Vault.ID))
}

// purgeDue is called when the retention of a deleted vault may be over.
func (s *service) purgeDue(tx *engine.Tx, name string) {
	found := deletedNamed(tx, name)
	if found != nil && !tx.Now().Before(found.Purge) {
		s.purge(tx, found)
	}
}
