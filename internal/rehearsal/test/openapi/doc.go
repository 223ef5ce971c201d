// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package openapi checks rehearsal against Microsoft's OpenAPI documents. It is
// for tests only, and must not import rehearsal's services.
//
// A [Validator] stands between a client and rehearsal and checks every request
// and every answer of the documented operations with kin-openapi.
// [Examples] gives the examples that Microsoft publishes with the documents,
// to be sent to rehearsal and compared.
//
// Where the documents are known to be wrong, the list in exceptions.go says
// so, with a reason each.
package openapi
