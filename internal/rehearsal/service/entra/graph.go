// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra

import (
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// graphHost returns as much of Microsoft Graph as finds a service principal: people who grant access
// know an application's ID and need its object ID.
func (d *Directory) graphHost() engine.Host {
	return engine.Host{
		Names: []string{"graph.microsoft.com"},
		Loopback: func(path string) bool {
			return strings.HasPrefix(strings.ToLower(path), "/v1.0/serviceprincipals")
		},
		Serve: d.serveGraph,
	}
}

func (d *Directory) serveGraph(r *engine.Request) (*engine.Response, error) {
	caller, refused := d.Authenticate(r.Tx, r.HTTP.Header,
		"https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000", r.Origin())
	if refused != nil {
		return nil, engine.Errorf(http.StatusUnauthorized, "InvalidAuthenticationToken",
			"Access token validation failure.")
	}
	r.Caller = caller
	version, rest, _ := strings.Cut(strings.Trim(r.HTTP.URL.Path, "/"), "/")
	name, id, one := strings.Cut(rest, "/")
	if app, ok := between(rest, "(appId='", "')"); ok {
		name, id, one = "servicePrincipals", "", true
		if found, ok := d.ByAppID(r.Tx, app); ok {
			id = found.ObjectID
		}
	}
	if r.HTTP.Method != http.MethodGet || !strings.EqualFold(name, "servicePrincipals") {
		r.Note("unknown route %s %s", r.HTTP.Method, r.HTTP.URL.Path)
		return nil, engine.Errorf(http.StatusBadRequest, "BadRequest",
			"Resource not found for the segment '%s'.", name)
	}
	context := "https://graph.microsoft.com/" + version + "/$metadata#servicePrincipals"
	if one {
		found, ok := d.Principal(r.Tx, id)
		if !ok {
			return nil, engine.Errorf(http.StatusNotFound, "Request_ResourceNotFound",
				"Resource '%s' does not exist or one of its queried reference-property objects "+
					"are not present.", id)
		}
		body := found.graph()
		body["@odata.context"] = context + "/$entity"
		return &engine.Response{Status: http.StatusOK, Body: body}, nil
	}
	found, known := d.find(r)
	if !known {
		return nil, engine.Errorf(http.StatusBadRequest, "Request_UnsupportedQuery",
			"Unsupported or invalid query filter clause specified.")
	}
	value := []any{}
	for _, principal := range found {
		value = append(value, principal.graph())
	}
	return &engine.Response{
		Status: http.StatusOK, Body: map[string]any{"@odata.context": context, "value": value},
	}, nil
}

func (p Principal) graph() map[string]any {
	return map[string]any{
		"id": p.ObjectID, "appId": p.AppID, "displayName": p.Name, "appDisplayName": p.Name,
		"accountEnabled": true, "appOwnerOrganizationId": p.TenantID,
		"servicePrincipalType": p.Kind, "alternativeNames": p.alternativeNames(),
	}
}

func (p Principal) alternativeNames() []string {
	if p.ResourceID == "" {
		return []string{}
	}
	return []string{"isExplicit=False", string(p.ResourceID)}
}

// olderGraphHost returns the same of Azure AD Graph, which the documents of Media Services still send
// people to.
func (d *Directory) olderGraphHost() engine.Host {
	return engine.Host{
		Names: []string{"graph.windows.net"},
		Loopback: func(path string) bool {
			_, below := tenantOf(path)
			return below == "serviceprincipals"
		},
		Serve: d.serveOlderGraph,
	}
}

func (d *Directory) serveOlderGraph(r *engine.Request) (*engine.Response, error) {
	refuse := func(status int, code, message string) (*engine.Response, error) {
		return &engine.Response{Status: status, Body: map[string]any{
			"odata.error": map[string]any{
				"code":    code,
				"message": map[string]string{"lang": "en", "value": message},
			},
		}}, nil
	}
	caller, refused := d.Authenticate(r.Tx, r.HTTP.Header, "https://graph.windows.net", r.Origin())
	if refused != nil {
		return refuse(http.StatusUnauthorized, "Authentication_MissingOrMalformed",
			"Access Token missing or malformed.")
	}
	r.Caller = caller
	tenant, below := tenantOf(r.HTTP.URL.Path)
	if _, unknown := d.resolve(r, tenant); unknown != nil && tenant != "myorganization" {
		return refuse(http.StatusBadRequest, "Request_BadRequest", "Invalid domain name in the request url.")
	}
	if r.HTTP.Method != http.MethodGet || below != "serviceprincipals" {
		r.Note("unknown route %s %s", r.HTTP.Method, r.HTTP.URL.Path)
		return refuse(http.StatusBadRequest, "Request_BadRequest",
			"Resource not found for the segment '"+below+"'.")
	}
	if r.Query["api-version"] == "" {
		return refuse(http.StatusBadRequest, "Request_MissingApiVersion",
			"The api-version query parameter is missing.")
	}
	found, known := d.find(r)
	if !known {
		return refuse(http.StatusBadRequest, "Request_UnsupportedQuery",
			"Unsupported or invalid query filter clause specified.")
	}
	value := []any{}
	for _, p := range found {
		value = append(value, map[string]any{
			"odata.type": "Microsoft.DirectoryServices.ServicePrincipal",
			"objectType": "ServicePrincipal", "objectId": p.ObjectID, "appId": p.AppID,
			"displayName": p.Name, "appDisplayName": p.Name, "accountEnabled": true,
			"appOwnerTenantId": p.TenantID, "servicePrincipalType": p.Kind,
			"alternativeNames": p.alternativeNames(),
		})
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{
		"odata.metadata": r.Origin() + "/" + tenant +
			"/$metadata#directoryObjects/Microsoft.DirectoryServices.ServicePrincipal",
		"value": value,
	}}, nil
}

// find returns the principals that the filter of a request asks for, or false where the filter is
// one that rehearsal does not know.
func (d *Directory) find(r *engine.Request) ([]Principal, bool) {
	filter := strings.TrimSpace(r.Query["$filter"])
	if filter == "" {
		return d.principals(r.Tx, func(Principal) bool { return true }), true
	}
	// Azure CLI asks for one of a principal's names; its application ID is the one it always has.
	named, ok := between(filter, "servicePrincipalNames/any(c:c eq '", "')")
	if ok {
		filter = "appId eq '" + named + "'"
	}
	property, rest, _ := strings.Cut(filter, " eq ")
	wanted, quoted := between(rest, "'", "'")
	of := map[string]func(Principal) string{
		"appId":       func(p Principal) string { return p.AppID },
		"id":          func(p Principal) string { return p.ObjectID },
		"objectId":    func(p Principal) string { return p.ObjectID },
		"displayName": func(p Principal) string { return p.Name },
	}[strings.TrimSpace(property)]
	if of == nil || !quoted {
		return nil, false
	}
	return d.principals(r.Tx, func(p Principal) bool {
		return strings.EqualFold(of(p), wanted)
	}), true
}

func (d *Directory) principals(tx *engine.Tx, wanted func(Principal) bool) []Principal {
	var found []Principal
	tx.Each(principalPrefix, func(_ string, decode func(any)) {
		var one account
		if decode(&one); wanted(one.Principal) {
			found = append(found, one.Principal)
		}
	})
	return found
}

// between returns what stands between the two marks, where the first begins or ends the text's
// head and the second ends it.
func between(text, before, after string) (string, bool) {
	_, rest, ok := strings.Cut(text, before)
	inside, ends := strings.CutSuffix(strings.TrimSpace(rest), after)
	return inside, ok && ends
}
