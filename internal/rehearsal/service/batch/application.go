// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"crypto/sha1" //nolint:gosec // It names a container, and protects nothing.
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
)

// applicationType is the type of an application; its packages are nested in it.
const applicationType = Type + "/applications"

// applicationPackage is a version of an application: a blob in the auto-storage account that the customer
// uploads. When the account's copies of the storage keys are outdated, no package can be created or
// used.
type applicationPackage struct {
	State     string    `json:"state"`
	Format    string    `json:"format,omitempty"`
	Activated time.Time `json:"activated"`
	URL       string    `json:"url,omitempty"`
	Expires   time.Time `json:"expires"`
}

const (
	pending = "Pending"
	active  = "Active"
)

// urlLife is how long a package's URL is valid. In the OpenAPI document's example it expires; the time is
// rehearsal's own choice.
const urlLife = 4 * time.Hour

func (s *Service) addApplications(e *engine.Engine) {
	e.Register(&engine.ResourceType{
		Name: applicationType, Untracked: true, Created: http.StatusOK, Answer: head,
		Admit: func(r *engine.Request, account *engine.Resource) *engine.Error {
			return s.reachable(r, account)
		},
		Write: func(_ *engine.Request, _, next *engine.Resource) (engine.Outcome, error) {
			next.Default("allowUpdates", true)
			return engine.Outcome{}, nil
		},
		Remove: removeApplication,
		Routes: map[string]engine.Action{
			"PUT versions/{version}":           s.action("write", s.createPackage),
			"GET versions/{version}":           s.action("read", getPackage),
			"GET versions":                     s.action("read", listPackages),
			"DELETE versions/{version}":        s.action("delete", s.deletePackage),
			"POST versions/{version}/activate": s.action("activate/action", s.activatePackage),
		},
	})
}

// packages are an application's by version.
type packages map[string]*applicationPackage

func packagesOf(application *engine.Resource) packages {
	found := packages{}
	application.Reveal(&found)
	return found
}

func removeApplication(r *engine.Request, application *engine.Resource) (engine.Outcome, error) {
	if len(packagesOf(application)) > 0 {
		return engine.Outcome{}, refuse(r, http.StatusConflict, "ApplicationPackagesExist",
			"The application has packages. They have to be deleted first.")
	}
	return engine.Outcome{}, nil
}

// serving returns a handler for the actions on an application of an account.
type serving func(r *engine.Request, account, application *engine.Resource) (*engine.Response, error)

// action is an action on packages. An account that cannot access its key refuses it.
func (s *Service) action(verb string, serve serving) engine.Action {
	return engine.Action{
		Permission: applicationType + "/versions/" + verb,
		Serve: func(r *engine.Request, application *engine.Resource) (*engine.Response, error) {
			account := r.Resource(application.ID.Parent())
			if refused := s.reachable(r, account); refused != nil {
				return nil, refused
			}
			return serve(r, account, application)
		},
	}
}

// createPackage creates a package, and returns a URL to upload it to: "If the auto storage account was
// configured to use storage keys, the URL returned will contain a SAS" (the OpenAPI document).
func (s *Service) createPackage(
	r *engine.Request, account, application *engine.Resource,
) (*engine.Response, error) {
	known, version := packagesOf(application), r.Params["version"]
	var updates bool
	if application.Read("allowUpdates", &updates); known[version] != nil && !updates {
		return nil, refuse(r, http.StatusConflict, "ApplicationPackageAlreadyExists",
			"The application does not allow its packages to be overwritten.")
	}
	client, refused := s.AutoStorage(r.Tx, account)
	if refused != nil {
		return nil, refused
	}
	reply, err := client.CreateContainer(r.HTTP.Context(), r.Tx, container(application))
	if err != nil {
		return nil, fmt.Errorf("creating the container of an application: %w", err)
	}
	if reply.Code() != "" && reply.Code() != "ContainerAlreadyExists" {
		return nil, storageInaccessible(r, reply.Code())
	}
	made := &applicationPackage{
		State: pending, Expires: r.Now().Add(urlLife),
		URL: blob.URL(r.Tx, client.Account, container(application), version),
	}
	if len(client.Keys) > 0 {
		works := 0 // The keys before it were refused.
		for _, code := range reply.Refusals {
			if code == "AuthenticationFailed" {
				works++
			}
		}
		made.URL = blob.SAS{
			Account: client.Account, Container: container(application), Permissions: "rcw", Expiry: made.Expires,
		}.BlobURL(r.Tx, version, client.Keys[works])
	}
	known[version] = made
	return keepPackages(r, application, known, version)
}

// activatePackage activates a package that was uploaded.
func (s *Service) activatePackage(
	r *engine.Request, account, application *engine.Resource,
) (*engine.Response, error) {
	known, version := packagesOf(application), r.Params["version"]
	found := known[version]
	if found == nil {
		return nil, packageMissing(r)
	}
	client, refused := s.AutoStorage(r.Tx, account)
	if refused != nil {
		return nil, refused
	}
	reply, err := client.Get(r.HTTP.Context(), r.Tx, http.MethodHead, container(application), version, nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("looking for an application package: %w", err)
	case reply.Status == http.StatusNotFound:
		return nil, refuse(r, http.StatusConflict, "ApplicationPackageBlobNotFound",
			"The application package has not been uploaded.")
	case reply.Status != http.StatusOK:
		return nil, storageInaccessible(r, reply.Code())
	}
	found.State, found.Activated, found.URL = active, r.Now(), ""
	found.Format, _ = r.Body["format"].(string)
	return keepPackages(r, application, known, version)
}

// deletePackage deletes a package and its blob.
func (s *Service) deletePackage(
	r *engine.Request, account, application *engine.Resource,
) (*engine.Response, error) {
	known, version := packagesOf(application), r.Params["version"]
	if known[version] == nil {
		return &engine.Response{Status: http.StatusNoContent}, nil
	}
	delete(known, version)
	if client, refused := s.AutoStorage(r.Tx, account); refused == nil { // What is not reached stays.
		if _, err := client.Delete(r.HTTP.Context(), r.Tx, container(application), version); err != nil {
			return nil, fmt.Errorf("deleting an application package: %w", err)
		}
	}
	application.Hide(known)
	r.Save(application)
	return &engine.Response{Status: http.StatusOK}, nil
}

func getPackage(r *engine.Request, _, application *engine.Resource) (*engine.Response, error) {
	found := packagesOf(application)[r.Params["version"]]
	if found == nil {
		return nil, packageMissing(r)
	}
	return &engine.Response{
		Status: http.StatusOK, Body: found.show(application, r.Params["version"]),
	}, nil
}

func listPackages(r *engine.Request, _, application *engine.Resource) (*engine.Response, error) {
	known, shown := packagesOf(application), []any{}
	for _, version := range slices.Sorted(maps.Keys(known)) {
		shown = append(shown, known[version].show(application, version))
	}
	return r.Page(shown, "nextLink"), nil
}

func keepPackages(
	r *engine.Request, application *engine.Resource, known packages, version string,
) (*engine.Response, error) {
	application.Hide(known)
	r.Save(application)
	return &engine.Response{
		Status: http.StatusOK, Body: known[version].show(application, version),
	}, nil
}

func (p *applicationPackage) show(application *engine.Resource, version string) map[string]any {
	properties := map[string]any{"state": p.State}
	if p.State == pending {
		properties["storageUrl"] = p.URL
		properties["storageUrlExpiry"] = engine.Timestamp(p.Expires)
	} else {
		properties["format"] = p.Format
		properties["lastActivationTime"] = engine.Timestamp(p.Activated)
	}
	return map[string]any{
		"id": string(application.ID) + "/versions/" + version, "name": version,
		"type": applicationType + "/versions", "properties": properties,
	}
}

func packageMissing(r *engine.Request) *engine.Error {
	return refuse(r, http.StatusNotFound, "ApplicationPackageNotFound",
		"The specified application package does not exist.")
}

// storageInaccessible returns the refusal of requests that need the auto-storage account.
func storageInaccessible(r *engine.Request, code string) *engine.Error {
	return refuse(r, http.StatusConflict, "AutoStorageNotAccessible",
		"The auto-storage account cannot be accessed. If its keys were regenerated, synchronize them.",
		because("The storage account said: "+code))
}

// container returns the container of an application's packages.
func container(application *engine.Resource) string {
	sum := sha1.Sum([]byte(strings.ToLower(application.Name))) //nolint:gosec // As above.
	return "app-" + hex.EncodeToString(sum[:])
}
