// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package fidelity holds rehearsal against what others wrote: Microsoft's clients for Go run the
// documented procedure against the served form, and the requests of recorded traffic get answers
// of the recorded shape. It has nothing but tests. Every exchange in them is compared with
// Microsoft's OpenAPI documents.
package fidelity
