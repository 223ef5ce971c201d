// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/shape"
)

// Audience is the resource that a vault's tokens are for.
const Audience = "https://vault.azure.net"

// ofDataPlane reports whether a path is one of a vault's, where the host name does not tell.
func ofDataPlane(path string) bool {
	switch strings.ToLower(segments(path)[0]) {
	case "keys", "deletedkeys", "rng",
		"secrets", "deletedsecrets", "certificates", "deletedcertificates":
		return true
	}
	return false
}

// segments returns the parts of a path. Clients that leave a key's version out send an empty one.
func segments(path string) []string {
	parts := []string{}
	for part := range strings.SplitSeq(path, "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return []string{""}
	}
	return parts
}

// call is a request to a vault.
type call struct {
	*engine.Request
	service *Service
	vault   *engine.Resource
	route   route
	// name and version are the key's or secret's, as the path has them.
	name, version string
	// known are the fields of the operation at the version asked for.
	known shape.Operation
}

// serveVault answers at the host name of a vault.
func (s *Service) serveVault(r *engine.Request) (*engine.Response, error) {
	if strings.Contains(r.HTTP.Host, ".managedhsm.") {
		return nil, engine.Ownf(http.StatusNotFound, CodeVaultNotFound,
			"Rehearsal has no managed HSMs. In Azure, the host name of one that is missing would not resolve.")
	}
	name := r.Addresses().Account(r.Tx, vaults.Domain, r.HTTP.Host)
	vault := vaults.Named(r.Tx, name)
	if vault == nil {
		if !vaults.Deleted(r.Tx, name) { // Whoever has a key's identifier can try one that is.
			r.Note("no vault has the host name %q", r.HTTP.Host)
		}
		return nil, vaultNotFound(name)
	}
	c := &call{Request: r, service: s, vault: vault}
	response, err := c.serve()
	var refused *engine.Error
	if errors.As(err, &refused) {
		if refused.Header == nil {
			refused.Header = http.Header{}
		}
		c.head(refused.Header)
	} else if response != nil {
		if response.Header == nil {
			response.Header = http.Header{}
		}
		c.head(response.Header)
	}
	return response, err
}

// head adds what all answers of a vault have (recorded).
func (c *call) head(header http.Header) {
	header.Set("Pragma", "no-cache")
	header.Set("Expires", "-1")
	header.Set("X-Ms-Keyvault-Region", c.vault.Location)
	header.Set("X-Ms-Keyvault-Service-Version", "1.9.1116.1")
	header.Set("X-Ms-Keyvault-Network-Info",
		"conn_type=Ipv4;addr="+clientAddress(c.Request)+";act_addr_fam=InterNetwork;")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Strict-Transport-Security", "max-age=31536000;includeSubDomains")
}

func (c *call) serve() (*engine.Response, error) {
	if refused := c.authenticate(); refused != nil {
		return nil, refused
	}
	if refused := enter(c.vault, c.Caller, clientAddress(c.Request)); refused != nil {
		return nil, refused
	}
	if refused := c.checkVersion(); refused != nil {
		return nil, refused
	}
	if refused := c.findRoute(); refused != nil {
		return nil, refused
	}
	if refused := c.checkBody(); refused != nil {
		return nil, refused
	}
	refused := c.service.permit(
		c.Tx, c.vault, c.Caller, c.route.kind, c.route.permission, c.name)
	if refused != nil {
		return nil, refused
	}
	return c.route.serve(c)
}

// authenticate identifies the caller. The challenge for a caller without a token names the tenant of the
// vault.
func (c *call) authenticate() *engine.Error {
	caller, refused := c.service.directory.Authenticate(c.Tx, c.HTTP.Header, Audience)
	tenant := c.vault.String("tenantId")
	if refused == nil && !strings.EqualFold(caller.TenantID, tenant) {
		refused = &engine.Error{Code: "InvalidAuthenticationTokenTenant"}
	}
	if refused == nil {
		c.Caller = caller
		return nil
	}
	challenge := fmt.Sprintf(`Bearer authorization="%s/%s", resource="%s"`,
		c.Addresses().Authority(), tenant, Audience)
	claims := unverified(c.HTTP.Header.Get("Authorization"))
	answer := engine.Errorf(http.StatusUnauthorized, "Unauthorized",
		"AKV10000: Request is missing a Bearer or PoP token.")
	switch refused.Code {
	case "AuthenticationFailed":
	case "InvalidAuthenticationTokenAudience":
		answer.Message = fmt.Sprintf("AKV10022: Invalid audience. Expected %s, found: %s.",
			Audience, claims.Audience)
	case "InvalidAuthenticationTokenTenant":
		answer.Message = fmt.Sprintf("AKV10032: Invalid issuer. Expected one of "+
			"https://sts.windows.net/%s/, found %s.", tenant, claims.Issuer)
	case "ExpiredAuthenticationToken":
		// Azure's words are not known; that a newer token is wanted, clients understand.
		answer.Own = true
		answer.Message = "AKV10000: The token has expired."
		challenge += entra.ClaimsChallenge(c.Tx)
	default:
		answer.Message = "AKV10046: Unable to resolve the key used for signature validation."
	}
	answer.Header = http.Header{"Www-Authenticate": {challenge}}
	return answer
}

// claims are the parts of a token that refusals quote.
type claims struct {
	Audience string `json:"aud"`
	Issuer   string `json:"iss"`
}

// unverified reads the claims of a token that was refused, to quote them in the refusal.
func unverified(authorization string) claims {
	var reply claims
	parts := strings.Split(authorization, ".")
	if len(parts) != 3 {
		return reply
	}
	if decoded, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil {
		_ = json.Unmarshal(decoded, &reply) // what cannot be read is not quoted
	}
	return reply
}

func (c *call) checkVersion() *engine.Error {
	c.APIVersion = c.Query["api-version"]
	if c.APIVersion == "" {
		return engine.Errorf(http.StatusBadRequest, "BadParameter",
			"api-version must be specified")
	}
	if _, known := shape.Resolve(shape.KeyVault, c.APIVersion); !known {
		c.Note("unknown api-version %q", c.APIVersion)
		versions := shape.Versions(shape.KeyVault)
		return engine.Ownf(http.StatusBadRequest, "BadParameter",
			"The specified version (%s) is not recognized. Consider using the latest supported "+
				"version (%s).", c.APIVersion, versions[len(versions)-1])
	}
	return nil
}

// validName is the pattern of a key's and a secret's name (OpenAPI, CreateKey, SetSecret); it ends after
// 127 characters (About keys, secrets and certificates: object identifiers).
var validName = regexp.MustCompile(`^[0-9a-zA-Z-]{1,127}$`)

// contacts are the certificate contacts of a vault. azurerm reads them for every vault, and copes with
// a vault without any.
const contacts = "certificates/contacts"

// findRoute finds the operation that the request asks for.
func (c *call) findRoute() *engine.Error {
	path := segments(c.HTTP.URL.Path)
	for _, candidate := range c.service.routes {
		params, ok := candidate.match(c.HTTP.Method, path)
		if !ok {
			continue
		}
		c.route, c.name, c.version = candidate, params["name"], params["version"]
		if candidate.serve == nil {
			return c.missing(candidate.operation)
		}
		if c.name != "" && !validName.MatchString(c.name) {
			return engine.Errorf(http.StatusBadRequest, "BadParameter",
				"The request URI contains an invalid name: %s", c.name)
		}
		return nil
	}
	if c.HTTP.Method == http.MethodGet && strings.EqualFold(strings.Join(path, "/"), contacts) {
		return engine.Ownf(http.StatusNotFound, "ContactsNotFound", "Contacts not found")
	}
	switch kind := strings.ToLower(path[0]); kind {
	case "certificates", "deletedcertificates":
		return c.missing("on " + kind)
	}
	c.Note("unknown route %s %s", c.HTTP.Method, c.HTTP.URL.Path)
	return engine.Ownf(http.StatusMethodNotAllowed, "MethodNotAllowed",
		"Key Vault has no operation %s %s.", c.HTTP.Method, c.HTTP.URL.Path)
}

// missing refuses an operation that Key Vault has and rehearsal does not.
func (c *call) missing(operation string) *engine.Error {
	c.Note("rehearsal does not have Key Vault's operation %s", operation)
	return engine.Ownf(http.StatusNotImplemented, "NotImplemented",
		"Rehearsal does not have Key Vault's operation %s.", operation)
}

// checkBody checks the body against the documented shape. An unknown field is refused, so that a typo
// cannot pass; at a version newer than the documents it is noted in the journal.
func (c *call) checkBody() *engine.Error {
	known, ok := shape.For(shape.KeyVault, c.APIVersion, c.route.operation)
	if !ok || !known.TakesBody() {
		return nil
	}
	c.known = known
	var body any
	decoder := json.NewDecoder(bytes.NewReader(c.Raw))
	decoder.UseNumber()
	if err := decoder.Decode(&body); err != nil && len(c.Raw) > 0 {
		return badParameter("The request body is no JSON: %v", err)
	}
	problems := known.CheckRequest(body)
	for _, problem := range problems {
		c.Note("%s", problem)
	}
	if refused := shape.Refused(problems); len(refused) > 0 {
		return badParameter("The request body is not what %s takes: %s",
			c.route.operation, refused[0])
	}
	return nil
}

// read decodes the body into document.
func (c *call) read(document any) error {
	if len(c.Raw) == 0 {
		return nil
	}
	var body any
	if err := json.Unmarshal(c.Raw, &body); err != nil {
		return badParameter("The request body is no JSON: %v", err)
	}
	canonical, err := json.Marshal(c.known.DropReadOnly(body))
	if err != nil {
		return fmt.Errorf("reading a body: %w", err)
	}
	if err := json.Unmarshal(canonical, document); err != nil {
		return badParameter("The request body has a value that does not fit: %v", err)
	}
	return nil
}

func (c *call) answer(body any) (*engine.Response, error) {
	return &engine.Response{Status: http.StatusOK, Body: body}, nil
}

// find returns the version of the object that the path names.
func (c *call) find() (*located, error) {
	found, refused := findVersion(c.Tx, c.vault, c.route.kind, c.name, c.version)
	if refused != nil {
		return nil, refused
	}
	return found, nil
}
