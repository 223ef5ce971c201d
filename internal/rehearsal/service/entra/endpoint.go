// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// authorityNames returns the host names of Entra ID in the public cloud.
func authorityNames() []string {
	return []string{
		"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net",
	}
}

// page is one of the paths below a tenant.
type page struct {
	method string
	serve  func(d *Directory, r *engine.Request, tenant string) (*engine.Response, error)
}

// pages returns what Entra ID answers, by the path after the tenant.
func pages() map[string]page {
	first := func(d *Directory, r *engine.Request, tenant string) (*engine.Response, error) {
		return d.serveToken(r, tenant, firstGeneration)
	}
	second := func(d *Directory, r *engine.Request, tenant string) (*engine.Response, error) {
		return d.serveToken(r, tenant, secondGeneration)
	}
	return map[string]page{
		"oauth2/token":                          {http.MethodPost, first},
		"oauth2/v2.0/token":                     {http.MethodPost, second},
		".well-known/openid-configuration":      {http.MethodGet, (*Directory).serveOpenID},
		"v2.0/.well-known/openid-configuration": {http.MethodGet, (*Directory).serveOpenIDv2},
		"discovery/instance":                    {http.MethodGet, (*Directory).serveInstance},
		"discovery/keys":                        {http.MethodGet, (*Directory).serveKeys},
		"discovery/v2.0/keys":                   {http.MethodGet, (*Directory).serveKeys},
	}
}

// tokenHost is Entra ID's endpoint.
func (d *Directory) tokenHost() engine.Host {
	known := pages()
	return engine.Host{
		Names: authorityNames(),
		Loopback: func(path string) bool {
			_, below := tenantOf(path)
			_, ok := known[below]
			return ok
		},
		Serve: func(r *engine.Request) (*engine.Response, error) {
			tenant, below := tenantOf(r.HTTP.URL.Path)
			page, ok := known[below]
			if !ok {
				r.Note("unknown route %s %s", r.HTTP.Method, r.HTTP.URL.Path)
				return &engine.Response{Status: http.StatusNotFound}, nil
			}
			if r.HTTP.Method != page.method {
				return refuse("invalid_request", 900561,
					"The endpoint only accepts %s requests. Received a %s request.",
					page.method, r.HTTP.Method).answer(r), nil
			}
			return page.serve(d, r, tenant)
		},
	}
}

// tenantOf takes a path apart into the tenant and what follows. Instance discovery goes without a
// tenant.
func tenantOf(path string) (tenant, below string) {
	path = strings.ToLower(strings.Trim(path, "/"))
	if path == "discovery/instance" {
		return "common", path
	}
	tenant, below, _ = strings.Cut(path, "/")
	return tenant, below
}

// resolve returns the ID of the tenant that a path names.
func (d *Directory) resolve(r *engine.Request, tenant string) (string, *refusal) {
	own := d.TenantID(r.Tx)
	switch {
	case strings.EqualFold(tenant, own), strings.EqualFold(tenant, Domain):
		return own, nil
	case anyTenant(tenant):
		return "", refuse("invalid_request", 50059,
			"No tenant-identifying information found in either the request or implied by any "+
				"provided credentials.")
	}
	if _, err := uuid.Parse(tenant); err != nil && !strings.Contains(tenant, ".") {
		return "", refuse("invalid_request", 900023,
			"Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external "+
				"domain.", tenant)
	}
	return "", tenantNotFound(tenant)
}

// anyTenant reports whether a path leaves open which tenant is meant.
func anyTenant(tenant string) bool {
	return tenant == "common" || tenant == "organizations" || tenant == "consumers"
}

// Domain is the tenant's initial domain name, which stands for its ID in paths.
const Domain = "rehearsal.onmicrosoft.com"

// serveInstance answers which host names are the same authority. MSAL asks before it trusts one.
func (d *Directory) serveInstance(
	r *engine.Request, _ string,
) (*engine.Response, error) {
	endpoint := r.Query["authorization_endpoint"]
	if endpoint == "" {
		return missingParameter("authorization_endpoint").answer(r), nil
	}
	_, rest, _ := strings.Cut(endpoint, "://")
	host, path, _ := strings.Cut(rest, "/")
	tenant, _, _ := strings.Cut(path, "/")
	authorities := []map[string]any{{
		"preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net",
		"aliases": authorityNames(),
	}}
	if host != "" && !isAuthority(host) {
		if !strings.EqualFold(host, r.HTTP.Host) {
			return refuse("invalid_instance", 50049, "Unknown or invalid instance.").answer(r), nil
		}
		authorities = append(authorities, map[string]any{
			"preferred_network": host, "preferred_cache": host, "aliases": []string{host},
		})
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{
		"tenant_discovery_endpoint": fmt.Sprintf(
			"https://%s/%s/v2.0/.well-known/openid-configuration", host, tenant),
		"api-version": "1.1",
		"metadata":    authorities,
	}}, nil
}

func isAuthority(host string) bool {
	for _, name := range authorityNames() {
		if strings.EqualFold(host, name) {
			return true
		}
	}
	return false
}

func (d *Directory) serveOpenID(r *engine.Request, tenant string) (*engine.Response, error) {
	return d.openID(r, tenant, firstGeneration)
}

func (d *Directory) serveOpenIDv2(r *engine.Request, tenant string) (*engine.Response, error) {
	return d.openID(r, tenant, secondGeneration)
}

// openID answers the OpenID Connect discovery document, with addresses at the host that the
// client came to.
func (d *Directory) openID(
	r *engine.Request, tenant string, generation generation,
) (*engine.Response, error) {
	id := "{tenantid}"
	if !anyTenant(tenant) {
		resolved, refused := d.resolve(r, tenant)
		if refused != nil {
			return refused.answer(r), nil
		}
		id, tenant = resolved, resolved
	}
	base := r.Origin() + "/" + tenant
	oauth, keys, iss := base+"/oauth2", base+"/discovery/keys", issuer(id)
	if generation == secondGeneration {
		oauth, keys = base+"/oauth2/v2.0", base+"/discovery/v2.0/keys"
		iss = r.Origin() + "/" + id + "/v2.0"
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{
		"token_endpoint": oauth + "/token",
		"token_endpoint_auth_methods_supported": []string{
			"client_secret_post", "private_key_jwt", "client_secret_basic",
		},
		"jwks_uri":                              keys,
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported": []string{
			"code", "id_token", "code id_token", "id_token token",
		},
		"scopes_supported":                []string{"openid", "profile", "email", "offline_access"},
		"issuer":                          iss,
		"request_uri_parameter_supported": false,
		"userinfo_endpoint":               "https://graph.microsoft.com/oidc/userinfo",
		"authorization_endpoint":          oauth + "/authorize",
		"device_authorization_endpoint":   oauth + "/devicecode",
		"http_logout_supported":           true,
		"frontchannel_logout_supported":   true,
		"end_session_endpoint":            oauth + "/logout",
		"claims_supported": []string{
			"sub", "iss", "aud", "exp", "iat", "nonce", "tid", "ver",
		},
		"tenant_region_scope":   nil,
		"cloud_instance_name":   "microsoftonline.com",
		"cloud_graph_host_name": "graph.windows.net",
		"msgraph_host":          "graph.microsoft.com",
		"rbac_url":              "https://pas.windows.net",
	}}, nil
}

// serveKeys answers the keys by which anybody can check the tenant's tokens.
func (d *Directory) serveKeys(r *engine.Request, tenant string) (*engine.Response, error) {
	if !anyTenant(tenant) {
		if _, refused := d.resolve(r, tenant); refused != nil {
			return refused.answer(r), nil
		}
	}
	signer, err := d.signer(r.Tx)
	if err != nil {
		return nil, err
	}
	key, err := signer.jwk(issuer(d.TenantID(r.Tx)))
	if err != nil {
		return nil, err
	}
	return &engine.Response{
		Status: http.StatusOK, Body: map[string]any{"keys": []any{key}},
	}, nil
}
