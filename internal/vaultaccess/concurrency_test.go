// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaultaccess_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// TestPolicy_losesNothing where sixty principals are granted access to one vault at once, by one run and by two.
func TestPolicy_losesNothing(t *testing.T) {
	t.Parallel()
	for name, runs := range map[string]int{"one run": 1, "two runs": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t, long)
			w.Vault("keys")
			clients := []*azure.Client{w.Client}
			for len(clients) < runs {
				clients = append(clients, w.Azure.Client())
			}
			var principals []string
			var all sync.WaitGroup
			for i := range 60 {
				principal := uuid.NewString()
				principals = append(principals, principal)
				all.Go(func() {
					client := clients[i%runs]
					grant := vaultaccess.Policy{
						Client: client, VaultID: w.ID(azure.VaultType, "keys"),
						TenantID: w.Rehearsal().Access().TenantID, PrincipalID: principal,
					}
					if err := grant.Add(t.Context(), []string{"get"}, azure.NewBackoff(client, 24*time.Hour)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			vault := w.ShowVault("keys")
			for _, principal := range principals {
				if len(vaultaccess.Held(vault, principal, []string{"get"})) != 1 {
					t.Errorf("the grant to %s is lost", principal)
				}
			}
			refused := 0
			for _, entry := range w.Requests(http.MethodPut, "/accessPolicies/add") {
				if entry.Status == http.StatusConflict {
					refused++
				}
			}
			if (refused > 0) != (runs > 1) {
				t.Errorf("%d conflicts of %d runs", refused, runs)
			}
		})
	}
}

// long makes changes of access policies take a while, during which Azure refuses others.
func long(e *engine.Engine) {
	e.Intercept(func(r *engine.Request) engine.Interception {
		if !strings.Contains(r.HTTP.URL.Path, "/accessPolicies/") {
			return engine.Interception{}
		}
		return engine.Interception{Handled: func(*engine.Response) {
			time.Sleep(time.Millisecond) //nolint:forbidigo // Azure takes its time
		}}
	})
}
