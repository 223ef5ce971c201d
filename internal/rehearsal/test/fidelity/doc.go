// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package fidelity tests rehearsal against the work of others: Microsoft's clients for Go run the
// documented procedure against the served form, and recorded requests get the recorded answers. Every
// exchange is compared with Microsoft's OpenAPI documents. It holds tests only, and must not import
// the provider.
package fidelity
