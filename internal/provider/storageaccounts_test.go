// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestAccExample_storageAccounts leads the example through what its README says: a second storage
// account, the keys of both rolled while the media account streams, and everything destroyed.
func TestAccExample_storageAccounts(t *testing.T) {
	t.Parallel()
	const primary, second = "contosomediastorage", "contosomediaarchive"
	opened := acctest.New(t)
	main := opened.Config(example(t, "storage-accounts", "main.tf"))
	each := func(kind, name string, action plancheck.ResourceActionType) plancheck.PlanCheck {
		return plancheck.ExpectResourceAction(kind+`["`+name+`"]`, action)
	}
	both := func(phase string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("phases", knownvalue.MapExact(
			map[string]knownvalue.Check{
				primary: knownvalue.StringExact(phase), second: knownvalue.StringExact(phase),
			}))}
	}
	rotates := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		each("azuremedia_storage_key_rotation.media", primary, plancheck.ResourceActionUpdate),
		each("azuremedia_storage_key_rotation.media", second, plancheck.ResourceActionUpdate),
		plancheck.ExpectResourceAction("azuremedia_account.media", plancheck.ResourceActionNoop),
	}}
	added := config.Variables{"secondary_storage": config.SetVariable(config.StringVariable(second))}
	rolled := config.Variables{
		"secondary_storage": added["secondary_storage"], "rotation": config.StringVariable("june"),
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: opened.Factories(),
		Steps: []resource.TestStep{
			{Config: main},
			{
				Config: main, ConfigVariables: added,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					each("azuremedia_storage_account.media", second, plancheck.ResourceActionCreate),
					plancheck.ExpectResourceAction("azuremedia_account.media", plancheck.ResourceActionUpdate),
					each("azuremedia_customer_key_attachment.storage", primary, plancheck.ResourceActionNoop),
				}},
				ConfigStateChecks: both("complete"),
			},
			{
				PreConfig: func() {
					account := azure.ID(opened.SubscriptionID(), "media", azure.MediaAccountType, "contosomedia")
					url, err := opened.Rehearsal().Streaming(t.Context(), account)
					if err != nil {
						t.Error(err)
					}
					rolled["streaming_urls"] = config.ListVariable(config.StringVariable(url))
				},
				Config: main, ConfigVariables: rolled,
				ConfigPlanChecks: rotates, ConfigStateChecks: both("settling"),
			},
			{
				PreConfig: func() { opened.Advance(6*time.Hour + time.Minute) },
				Config:    main, ConfigVariables: rolled,
				ConfigPlanChecks: rotates, ConfigStateChecks: both("complete"),
			},
			{Config: opened.Config("")}, // It is all removed.
		},
	})
	if err := opened.Empty(nil); err != nil { // CheckDestroy does not know for_each.
		t.Error(err)
	}
	if keys := len(opened.Requests(http.MethodPost, "/regenerateKey")); keys != 4 {
		t.Errorf("%d keys were regenerated, want both of both storage accounts", keys)
	}
	if looks := len(opened.Requests(http.MethodGet, "/film.txt")); looks < 4 {
		t.Errorf("the stream was looked at %d times, want before and after each second key", looks)
	}
}
