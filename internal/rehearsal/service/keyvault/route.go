// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// route is an operation of Key Vault's data plane.
type route struct {
	// operation is the identifier of the OpenAPI document.
	operation  string
	method     string
	path       []string // "{name}" and "{version}" take any segment
	permission permission
	// serve answers; nil is an operation that rehearsal does not have.
	serve func(*call) (*engine.Response, error)
}

// dataRoutes returns the operations on keys. The first that fits is taken: those whose last segment is
// a word come before those that have a version there.
func dataRoutes() []route {
	routes := []route{
		on("GetKeys", "GET keys", permissionList, serveListKeys),
		on("GetKeyVersions", "GET keys/{name}/versions", permissionList, serveListVersions),
		on("GetKeyRotationPolicy", "GET keys/{name}/rotationpolicy",
			permissionGetRotationPolicy, serveGetPolicy),
		on("UpdateKeyRotationPolicy", "PUT keys/{name}/rotationpolicy",
			permissionSetRotationPolicy, serveSetPolicy),
		on("GetKey", "GET keys/{name}", permissionGet, serveGetKey),
		on("GetKey", "GET keys/{name}/{version}", permissionGet, serveGetKey),
		on("CreateKey", "POST keys/{name}/create", permissionCreate, serveCreateKey),
		on("RotateKey", "POST keys/{name}/rotate", permissionRotate, serveRotate),
		on("UpdateKey", "PATCH keys/{name}", permissionUpdate, serveUpdateKey),
		on("UpdateKey", "PATCH keys/{name}/{version}", permissionUpdate, serveUpdateKey),
		on("DeleteKey", "DELETE keys/{name}", permissionDelete, serveDeleteKey),

		on("GetDeletedKeys", "GET deletedkeys", permissionList, serveListDeleted),
		on("GetDeletedKey", "GET deletedkeys/{name}", permissionGet, serveGetDeleted),
		on("PurgeDeletedKey", "DELETE deletedkeys/{name}", permissionPurge, servePurgeKey),
		on("RecoverDeletedKey", "POST deletedkeys/{name}/recover",
			permissionRecover, serveRecoverKey),
		on("BackupKey", "POST keys/{name}/backup", permissionBackup, serveBackup),
		on("RestoreKey", "POST keys/restore", permissionRestore, serveRestore),

		on("ImportKey", "PUT keys/{name}", "", nil),
		on("release", "POST keys/{name}/{version}/release", "", nil),
		on("release", "POST keys/{name}/release", "", nil),
		on("GetRandomBytes", "POST rng", "", nil),
	}
	for operation, serve := range map[string]func(*call) (*engine.Response, error){
		encrypt: serveCipher, decrypt: serveCipher, wrapKey: serveCipher, unwrapKey: serveCipher,
		sign: serveSign, verify: serveVerify,
	} {
		// Clients that mean the latest version leave it out, or send it empty.
		for _, path := range []string{"keys/{name}/{version}/", "keys/{name}/"} {
			routes = append(routes, on(operation, "POST "+path+operation,
				permission(operation), serve))
		}
	}
	return routes
}

func on(
	operation, pattern string, p permission, serve func(*call) (*engine.Response, error),
) route {
	method, path, _ := strings.Cut(pattern, " ")
	return route{
		operation: operation, method: method, path: segments(path), permission: p, serve: serve,
	}
}

func (o route) match(method string, path []string) (map[string]string, bool) {
	if o.method != method || len(o.path) != len(path) {
		return nil, false
	}
	params := map[string]string{}
	for i, segment := range o.path {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			params[strings.TrimSuffix(name, "}")] = path[i]
		} else if !strings.EqualFold(segment, path[i]) {
			return nil, false
		}
	}
	return params, true
}
