// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// route is an operation of Key Vault's data plane.
type route struct {
	// operation is the identifier of the OpenAPI document.
	operation  string
	method     string
	path       []string // "{name}" and "{version}" take any segment
	kind       kind     // of the objects that it is about
	permission permission
	// serve answers; nil is an operation that rehearsal does not have.
	serve func(*call) (*engine.Response, error)
}

// dataRoutes returns the operations on keys and secrets. The first that fits is taken: those whose last
// segment is a word come before those that have a version there.
func dataRoutes() []route {
	routes := slices.Concat(objectRoutes(keys), objectRoutes(secrets), []route{
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

		on("GetSecret", "GET secrets/{name}", permissionGet, serveGetSecret),
		on("GetSecret", "GET secrets/{name}/{version}", permissionGet, serveGetSecret),
		on("SetSecret", "PUT secrets/{name}", permissionSet, serveSetSecret),
		on("UpdateSecret", "PATCH secrets/{name}", permissionUpdate, serveUpdateSecret),
		on("UpdateSecret", "PATCH secrets/{name}/{version}", permissionUpdate, serveUpdateSecret),

		on("ImportKey", "PUT keys/{name}", "", nil),
		on("release", "POST keys/{name}/{version}/release", "", nil),
		on("release", "POST keys/{name}/release", "", nil),
		on("GetRandomBytes", "POST rng", "", nil),
	})
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

// objectRoutes returns the operations that keys and secrets have alike.
func objectRoutes(k kind) []route {
	title, all, one := k.title(), string(k), string(k)+"/{name}"
	return []route{
		on("Get"+title+"s", "GET "+all, permissionList, serveList),
		on("Get"+title+"Versions", "GET "+one+"/versions", permissionList, serveVersions),
		on("Delete"+title, "DELETE "+one, permissionDelete, serveDelete),
		on("GetDeleted"+title+"s", "GET deleted"+all, permissionList, serveListDeleted),
		on("GetDeleted"+title, "GET deleted"+one, permissionGetDeleted, serveGetDeleted),
		on("PurgeDeleted"+title, "DELETE deleted"+one, permissionPurge, servePurge),
		on("RecoverDeleted"+title, "POST deleted"+one+"/recover", permissionRecover, serveRecover),
		on("Backup"+title, "POST "+one+"/backup", permissionBackup, serveBackup),
		on("Restore"+title, "POST "+all+"/restore", permissionRestore, serveRestore),
	}
}

func on(
	operation, pattern string, p permission, serve func(*call) (*engine.Response, error),
) route {
	method, path, _ := strings.Cut(pattern, " ")
	parts := segments(path)
	return route{
		operation: operation, method: method, path: parts, permission: p, serve: serve,
		kind: kind(strings.TrimPrefix(parts[0], "deleted")),
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
