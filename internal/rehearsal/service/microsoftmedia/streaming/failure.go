// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// failure is one of the documented reasons why an origin does not deliver.
type failure string

// The failures that can happen here.
const (
	badURLSyntax                   failure = "MPE_BAD_URL_SYNTAX"
	unauthorized                   failure = "MPE_UNAUTHORIZED"
	outputFormatBlocked            failure = "MPE_OUTPUT_FORMAT_BLOCKED"
	resourceNotFound               failure = "MPE_RESOURCE_NOT_FOUND"
	storageAuthenticationFailed    failure = "MPE_STORAGE_AUTHENTICATION_FAILED"
	storageInsufficientPermissions failure = "MPE_STORAGE_INSUFFICIENT_ACCOUNT_PERMISSIONS"
	storageAuthenticationFailure   failure = "MPE_STORAGE_AUTHENTICATION_FAILURE"
	storageResourceNotFound        failure = "MPE_STORAGE_RESOURCE_NOT_FOUND"
	storageInvalidRange            failure = "MPE_STORAGE_INVALID_RANGE"
	storageFailure                 failure = "MPE_STORAGE_FAILURE"
)

// meaning returns the number and the sentence that the documentation has for it.
func (f failure) meaning() (number uint32, sentence string) {
	switch f {
	case badURLSyntax:
		return 0x80890201, "A URL syntax or format error."
	case unauthorized:
		return 0x80890244, "Access is not authorized."
	case outputFormatBlocked:
		return 0x80890207, "The output format is blocked due to the configuration in the StreamingPolicy."
	case resourceNotFound:
		return 0x808901F9, "The requested resource is not found."
	case storageAuthenticationFailed:
		return 0x808900EA, "The request to storage to fulfill the request failed with an Authentication " +
			"failure. This can happen if the storage keys were rotated and the service was unable to " +
			"sync the storage keys."
	case storageInsufficientPermissions:
		return 0x808900EB, "Storage Operation error, access failed due to Insufficient Account Permissions."
	case storageAuthenticationFailure:
		return 0x808900F3, "Storage Operation error, access failed due to generic errors."
	case storageResourceNotFound:
		return 0x808900ED, "Storage Operation error, resource not found."
	case storageInvalidRange:
		return 0x808900F1, "Storage Operation error, returned http 416 error, invalid range."
	default:
		return 0x808900F2, "Storage Operation error, other http 500 errors than InternalError or " +
			"OperationTimedOut."
	}
}

func failed(status int, why failure) *engine.Error {
	number, meaning := why.meaning()
	return engine.Errorf(status, string(why), "%s (0x%08X) %s", why, number, meaning)
}

// refuse writes a refusal. The documentation has the statuses and the codes; how Azure writes them
// into an answer it does not say.
func refuse(_ *engine.Request, refused *engine.Error) *engine.Response {
	header := refused.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("X-Ms-Error-Code", refused.Code)
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Access-Control-Allow-Origin", "*")
	body, err := json.Marshal(map[string]any{
		"error": map[string]string{"code": refused.Code, "message": refused.Message},
	})
	if err != nil {
		body = fmt.Appendf(nil, `{"error":{"code":%q}}`, refused.Code)
	}
	return &engine.Response{Status: refused.Status, Header: header, Body: body}
}
