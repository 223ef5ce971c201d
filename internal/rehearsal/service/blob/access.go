// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// admit refuses a request that neither a key, a signature, a token nor public access allows.
func (c *call) admit() *engine.Error {
	version := c.HTTP.Header.Get("X-Ms-Version")
	if _, err := time.Parse(time.DateOnly, version); version != "" && err != nil {
		return invalidHeader("x-ms-version")
	}
	scheme, credential, _ := strings.Cut(c.HTTP.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "SharedKey"):
		return c.admitSharedKey(credential)
	case strings.EqualFold(scheme, "Bearer"):
		return c.admitToken()
	case scheme != "":
		return unauthenticated("The authorization scheme %s is not one of rehearsal's.", scheme)
	case c.Query["sig"] != "":
		return c.admitSAS()
	}
	return c.admitAnonymous()
}

// keyBased refuses a signature by an access key if the account does not allow shared keys.
func (c *call) keyBased() *engine.Error {
	if c.allows("allowSharedKeyAccess", true) {
		return nil
	}
	return engine.Errorf(http.StatusForbidden, "KeyBasedAuthenticationNotPermitted",
		"Key based authentication is not permitted on this storage account.")
}

// keys returns the access keys that the account has now.
func (c *call) keys() [][]byte {
	key1, key2, _ := c.service.accounts.Keys(c.Tx, c.account.ID)
	return [][]byte{key1, key2}
}

// clockSkew is how far a client's clock may be off.
const clockSkew = 15 * time.Minute

func (c *call) admitSharedKey(credential string) *engine.Error {
	if refused := c.keyBased(); refused != nil {
		return refused
	}
	name, signature, _ := strings.Cut(credential, ":")
	if !strings.EqualFold(name, c.account.Name) {
		return unauthenticated("The account %s is not the one of the endpoint.", name)
	}
	sent := c.HTTP.Header.Get("X-Ms-Date")
	if sent == "" {
		sent = c.HTTP.Header.Get("Date")
	}
	dated, err := http.ParseTime(sent)
	if err != nil {
		return unauthenticated("Request date header not specified")
	}
	// The client dates its request by its own clock, which does not include the advances of rehearsal's.
	if age := c.ClientNow().Sub(dated); age > clockSkew || age < -clockSkew {
		return unauthenticated("Request date header too old: '%s'", sent)
	}
	texts := requestTexts(c.HTTP, len(c.Raw), c.account.Name)
	for _, text := range texts {
		for _, key := range c.keys() {
			if signed(key, text, signature) {
				return nil
			}
		}
	}
	return unauthenticated("The MAC signature found in the HTTP request '%s' is not the same as any "+
		"computed signature. Server used following string to sign: '%s'.", signature, texts[0])
}

// admitSAS checks a shared access signature: that one of the account's keys made it, and that it allows
// this request.
func (c *call) admitSAS() *engine.Error {
	if refused := c.keyBased(); refused != nil {
		return refused
	}
	sent := c.HTTP.URL.Query()
	given := signature{Values: sent, account: c.account.Name, container: c.container, blob: c.blob}
	text, known := given.text()
	if !known {
		return unauthenticated("Rehearsal does not check signatures of this kind or version '%s'.",
			sent.Get("sv"))
	}
	if !slices.ContainsFunc(c.keys(), func(key []byte) bool { return signed(key, text, sent.Get("sig")) }) {
		return unauthenticated("Signature did not match. String to sign used was %s", text)
	}
	if refused := given.checkTime(c.Now()); refused != nil {
		return refused
	}
	if refused := given.checkSource(c.Request); refused != nil {
		return refused
	}
	if given.ofAccount() {
		if !strings.Contains(sent.Get("ss"), "b") {
			return unauthorized("AuthorizationServiceMismatch", " using this service")
		}
		if !strings.Contains(sent.Get("srt"), c.operation.resource) {
			return unauthorized("AuthorizationResourceTypeMismatch", " using this resource type")
		}
	} else if refused := c.checkResource(sent.Get("sr")); refused != nil {
		return refused
	}
	if !strings.ContainsAny(sent.Get("sp"), c.operation.permissions) {
		return unauthorized("AuthorizationPermissionMismatch", " using this permission")
	}
	return c.checkOverwrite(sent.Get("sp"))
}

// checkResource refuses what no service SAS allows: creating, reading and deleting containers, and
// operations on the account.
func (c *call) checkResource(signedFor string) *engine.Error {
	within := c.operation.level == ofBlob || c.operation.comp == "list" && c.container != ""
	if !within || signedFor == "b" && c.operation.level != ofBlob {
		return unauthorized("AuthorizationFailure", "")
	}
	return nil
}

// checkOverwrite refuses to overwrite a blob with the permission to create one.
func (c *call) checkOverwrite(permissions string) *engine.Error {
	if c.operation.level == ofBlob && c.HTTP.Method == http.MethodPut &&
		!strings.Contains(permissions, "w") &&
		loadBlob(c.Tx, c.account.Name, c.container, c.blob) != nil {
		return unauthorized("AuthorizationPermissionMismatch", " using this permission")
	}
	return nil
}

func (c *call) admitToken() *engine.Error {
	endpoint := strings.TrimSuffix(c.Addresses().URI(c.Tx, storage.BlobDomain, c.account.Name), "/")
	caller, refused := c.service.directory.Authenticate(c.Tx, c.HTTP.Header, Audience, endpoint)
	if refused != nil {
		answer := engine.Errorf(http.StatusUnauthorized, "InvalidAuthenticationInfo",
			"Server failed to authenticate the request. Please refer to the information in the "+
				"www-authenticate header.")
		answer.Target = refused.Message
		answer.Header = c.challenge()
		return answer
	}
	c.Caller = caller
	allowed := c.service.roles.Allowed
	if c.operation.data {
		allowed = c.service.roles.AllowedData
	}
	if !allowed(c.Tx, caller.ObjectID, c.operation.action, c.scope()) {
		return unauthorized("AuthorizationPermissionMismatch", " using this permission")
	}
	return nil
}

// challenge returns the header that tells a client where to get a token.
func (c *call) challenge() http.Header {
	return http.Header{"Www-Authenticate": {"Bearer authorization_uri=" + c.Addresses().Authority() +
		"/" + c.service.directory.TenantID(c.Tx) + "/oauth2/authorize resource_id=" + Audience}}
}

// challengedSince is the first version that answers anonymous requests with WWW-Authenticate.
const challengedSince = "2019-12-12"

func (c *call) admitAnonymous() *engine.Error {
	open := c.allows("allowBlobPublicAccess", false)
	if open && c.isPublic() {
		return nil
	}
	if c.HTTP.Header.Get("X-Ms-Version") >= challengedSince || len(c.operation.public) == 0 {
		refused := engine.Errorf(http.StatusUnauthorized, "NoAuthenticationInformation",
			"Server failed to authenticate the request. Please refer to the information in the "+
				"www-authenticate header.")
		refused.Header = c.challenge()
		return refused
	}
	if !open {
		return engine.Errorf(http.StatusConflict, "PublicAccessNotPermitted",
			"Public access is not permitted on this storage account.")
	}
	return engine.Errorf(http.StatusNotFound, "ResourceNotFound",
		"The specified resource does not exist.")
}

// clientAddress returns where a request comes from.
func clientAddress(r *engine.Request) netip.Addr {
	if from, err := netip.ParseAddrPort(r.HTTP.RemoteAddr); err == nil {
		return from.Addr().Unmap()
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}
