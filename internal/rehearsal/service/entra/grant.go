// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// generation is which of the two token endpoints is spoken to.
type generation int

const (
	firstGeneration  generation = iota + 1 // resource=…, numbers as strings
	secondGeneration                       // scope=…/.default, JSON numbers
)

// serveToken answers a token request.
func (d *Directory) serveToken(
	r *engine.Request, tenant string, generation generation,
) (*engine.Response, error) {
	id, refused := d.resolve(r, tenant)
	if refused != nil {
		return refused.answer(r), nil
	}
	form, refused := readForm(r)
	if refused != nil {
		return refused.answer(r), nil
	}
	audience, refused := requested(form, generation, tenant)
	if refused != nil {
		return refused.answer(r), nil
	}
	principal, acr, refused := d.signIn(r, id, form)
	if refused != nil {
		return refused.answer(r), nil
	}
	token, err := d.issue(r.Tx, principal, audience, acr)
	if err != nil {
		return nil, err
	}
	r.Caller = engine.Caller{
		TenantID: id, ObjectID: principal.ObjectID, AppID: principal.AppID,
	}
	seconds := int64(lifetime.Seconds())
	body := map[string]any{"token_type": "Bearer", "access_token": token}
	if generation == firstGeneration {
		text := func(n int64) string { return strconv.FormatInt(n, 10) }
		body["expires_in"], body["ext_expires_in"] = text(seconds), text(seconds)
		body["expires_on"] = text(r.Now().Add(lifetime).Unix())
		body["not_before"] = text(r.Now().Unix())
		body["resource"] = audience
	} else {
		body["expires_in"], body["ext_expires_in"] = seconds, seconds
	}
	return &engine.Response{
		Status: http.StatusOK, Body: body,
		Header: http.Header{"Cache-Control": {"no-store, no-cache"}, "Pragma": {"no-cache"}},
	}, nil
}

// readForm reads the parameters of a token request. Beside the encoding that OAuth asks for,
// multipart/form-data is understood, as Entra ID does.
func readForm(r *engine.Request) (url.Values, *refusal) {
	kind, params, err := mime.ParseMediaType(r.HTTP.Header.Get("Content-Type"))
	form := url.Values{}
	switch {
	case err == nil && kind == "multipart/form-data":
		form, err = readMultipart(r.Raw, params["boundary"])
	case err == nil && kind == "application/x-www-form-urlencoded", len(r.Raw) == 0:
		form, err = url.ParseQuery(string(r.Raw))
	}
	if err != nil || form.Get("grant_type") == "" {
		return nil, missingParameter("grant_type")
	}
	if id, secret, ok := r.HTTP.BasicAuth(); ok {
		// RFC 6749, section 2.3.1: both are form-encoded first.
		if plain, err := url.QueryUnescape(id); err == nil && form.Get("client_id") == "" {
			form.Set("client_id", plain)
		}
		if plain, err := url.QueryUnescape(secret); err == nil {
			form.Set("client_secret", plain)
		}
	}
	if grant := form.Get("grant_type"); grant != "client_credentials" {
		return nil, refuse("unsupported_grant_type", 70003,
			"The app requested an unsupported grant type '%s'.", grant)
	}
	if form.Get("client_id") == "" {
		return nil, missingParameter("client_id")
	}
	return form, nil
}

func readMultipart(raw []byte, boundary string) (url.Values, error) {
	form := url.Values{}
	reader := multipart.NewReader(bytes.NewReader(raw), boundary)
	for {
		part, err := reader.NextPart()
		switch {
		case err == io.EOF: //nolint:errorlint // the reader documents the bare value
			return form, nil
		case err != nil:
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		form.Add(part.FormName(), string(value))
	}
}

// requested returns the audience that a token is asked for.
func requested(form url.Values, generation generation, tenant string) (string, *refusal) {
	if generation == firstGeneration {
		resource := form.Get("resource")
		if resource == "" {
			return "", missingParameter("resource")
		}
		return knownResource(resource, tenant)
	}
	if form.Get("resource") != "" {
		return "", refuse("invalid_request", 901002,
			"The 'resource' request parameter is not supported.")
	}
	if form.Get("scope") == "" {
		return "", missingParameter("scope")
	}
	var resource string
	for _, scope := range strings.Fields(form.Get("scope")) {
		switch scope {
		case "openid", "profile", "email", "offline_access":
			continue // asked for by habit; an application has nothing to sign out of
		}
		parsed, err := url.Parse(scope)
		if err != nil || resource != "" {
			return "", refuse("invalid_scope", 70011,
				"The provided request must include a 'scope' input parameter. The provided value "+
					"for the input parameter 'scope' is not valid. The scope %s is not valid.",
				form.Get("scope"))
		}
		without, ok := strings.CutSuffix(scope, "/.default")
		if !ok || parsed.Path == "" {
			return "", refuse("invalid_scope", 1002012,
				"The provided value for scope %s is not valid. Client credential flows must have a "+
					"scope value with /.default suffixed to the resource identifier (application "+
					"ID URI).", form.Get("scope"))
		}
		resource = without
	}
	if resource == "" {
		return "", refuse("invalid_scope", 70011,
			"The provided request must include a 'scope' input parameter. The provided value for "+
				"the input parameter 'scope' is not valid. The scope %s is not valid.",
			form.Get("scope"))
	}
	return knownResource(resource, tenant)
}

// resources returns the services that tokens can be had for, by identifier without the slash at its
// end, which callers may add.
func resources() map[string]bool {
	return map[string]bool{
		"https://management.azure.com":         true,
		"https://management.core.windows.net":  true,
		"https://vault.azure.net":              true,
		"https://graph.windows.net":            true,
		"https://graph.microsoft.com":          true,
		"https://storage.azure.com":            true,
		"https://rest.media.azure.net":         true,
		"797f4846-ba00-4fd7-ba43-dac1f8f63013": true, // Resource Manager
		"cfa8b339-82a2-471a-a3c9-0fc0be7a4093": true, // Key Vault
		"00000003-0000-0000-c000-000000000000": true, // Microsoft Graph
		"e406a681-f3d4-42a8-90b6-c2b029497af1": true, // Storage
	}
}

func knownResource(resource, tenant string) (string, *refusal) {
	name := strings.ToLower(strings.TrimRight(resource, "/"))
	if resources()[name] {
		return resource, nil
	}
	// A storage account is a resource of its own, and so is what is served on loopback.
	if at, err := url.Parse(name); err == nil && at.Scheme == "https" {
		host := at.Hostname()
		switch {
		case strings.HasSuffix(host, ".blob.core.windows.net"),
			host == "localhost", host == "127.0.0.1", host == "::1":
			return resource, nil
		}
	}
	return "", refuse("invalid_resource", 500011,
		"The resource principal named %s was not found in the tenant named %s. This can happen if "+
			"the application has not been installed by the administrator of the tenant or "+
			"consented to by any user in the tenant. You might have sent your authentication "+
			"request to the wrong tenant.", resource, tenant)
}
