// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"regexp"
	"strconv"
)

// SignInRefusal is why Entra ID refuses a sign-in, in words, and what to do about it.
type SignInRefusal struct {
	Code            int // Of AADSTS7000215, 7000215.
	Problem, Remedy string
}

// signInCode matches the code of a refusal (Microsoft Entra authentication and authorization error codes).
var signInCode = regexp.MustCompile(`AADSTS(\d+)`)

// Refusal returns why Entra ID refused the sign-in; false where it was something else, or a code that needs its
// own words.
func (e *CredentialError) Refusal() (refusal SignInRefusal, ok bool) {
	if e.Err == nil {
		return refusal, false
	}
	found := signInCode.FindStringSubmatch(e.Err.Error())
	if found == nil {
		return refusal, false
	}
	code, err := strconv.Atoi(found[1])
	if err != nil {
		return refusal, false
	}
	refusal, ok = signInRefusals()[code]
	refusal.Code = code
	return refusal, ok
}

// signInRefusals are the codes that people meet, by the documentation of the codes.
func signInRefusals() map[int]SignInRefusal {
	const reset = "Create a new one with `az ad app credential reset --id CLIENT_ID`, and set client_secret (ARM_CLIENT_SECRET) to it."
	const trust = "Compare its issuer, subject and audience with `az ad app federated-credential list --id CLIENT_ID`."
	const login = "Sign in again with `az login --tenant TENANT_ID`."
	return map[int]SignInRefusal{
		7000215: {Problem: "The client secret is wrong: client_secret takes its value, not its ID", Remedy: reset},
		7000222: {Problem: "The client secret has expired", Remedy: reset},
		90002: {
			Problem: "There is no such tenant in this cloud",
			Remedy:  "Set tenant_id (ARM_TENANT_ID) to the ID that `az account show --query tenantId` prints, and check environment.",
		},
		700016: {
			Problem: "The tenant does not have the application with this client ID",
			Remedy: "Set client_id (ARM_CLIENT_ID) to the ID that `az ad sp list --display-name NAME --query [].appId` prints, and " +
				"check tenant_id.",
		},
		50034: {Problem: "The tenant does not have the account that signs in", Remedy: "Check tenant_id (ARM_TENANT_ID). " + login},
		53003: {
			Problem: "A policy for conditional access does not let this sign-in pass",
			Remedy:  "Ask an administrator of the tenant which policy that is, by the IDs in the log, or sign in as a service principal.",
		},
		700024: {
			Problem: "The ID token or the certificate's assertion is not valid at this time",
			Remedy: "An ID token lives for some minutes: have oidc_request_url or oidc_token_file_path give a fresh one in place of " +
				"oidc_token, and check the clock of this machine.",
		},
		70021:   {Problem: "The application trusts no ID token like this one", Remedy: trust},
		700211:  {Problem: "The application trusts no ID token of this issuer", Remedy: trust},
		700212:  {Problem: "The application trusts no ID token for this audience", Remedy: trust},
		700213:  {Problem: "The application trusts no ID token with this subject", Remedy: trust},
		700027:  {Problem: "The application does not have the certificate that signed", Remedy: "Add it with `az ad app credential reset --id CLIENT_ID --cert @FILE --append`."},
		50076:   {Problem: "The sign-in needs another factor", Remedy: login},
		50079:   {Problem: "The sign-in needs another factor", Remedy: login},
		700082:  {Problem: "The login has expired", Remedy: login},
		70043:   {Problem: "The login has expired", Remedy: login},
		50173:   {Problem: "The login was revoked", Remedy: login},
		7000112: {Problem: "The application is disabled", Remedy: "Enable it with `az ad sp update --id CLIENT_ID --set accountEnabled=true`."},
	}
}
