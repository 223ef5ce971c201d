// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"sort"
	"strings"
)

const registrationPrefix = "registration/"

// Registered reports whether the subscription may use the namespace.
func (tx *Tx) Registered(subscription, namespace string) bool {
	registered := true
	tx.Load(registrationKey(subscription, namespace), &registered)
	return registered
}

// SetRegistered registers or unregisters a namespace. A subscription begins with all registered.
func (tx *Tx) SetRegistered(subscription, namespace string, registered bool) {
	tx.Store(registrationKey(subscription, namespace), registered)
}

func registrationKey(subscription, namespace string) string {
	return registrationPrefix + strings.ToLower(subscription+"/"+namespace)
}

// Namespaces returns the namespaces that have resource types, as answers spell them.
func (e *Engine) Namespaces() []string {
	seen := map[string]bool{}
	var names []string
	for _, t := range e.types {
		if namespace := t.namespace(); !seen[namespace] {
			seen[namespace] = true
			names = append(names, namespace)
		}
	}
	sort.Strings(names)
	return names
}
