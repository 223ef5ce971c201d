// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/diagnostic"
)

// recordKey is where the record lies in Terraform's private state. It is kept apart from what is
// refreshed: a refresh after an interruption would otherwise wipe out the only evidence of what
// the interrupted run had done.
const recordKey = "rotation"

// record is a [keyrotation.Recorded] as it is stored.
type record struct {
	Version     int       `json:"version"`
	Phase       string    `json:"phase"`
	Key1Created time.Time `json:"key1_created"`
	Key2Created time.Time `json:"key2_created"`
	Key1Synced  time.Time `json:"key1_synced"`
	Key2Synced  time.Time `json:"key2_synced"`
	LastSync    time.Time `json:"last_sync"`
	Trigger     string    `json:"trigger"`
	Emergency   bool      `json:"emergency"`
	Urgent      bool      `json:"urgent"`
}

const recordVersion = 1

type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// load reads the record; the zero value where there is none.
func load(ctx context.Context, private privateReader, diags *diag.Diagnostics) keyrotation.Recorded {
	encoded, problems := private.GetKey(ctx, recordKey)
	diags.Append(problems...)
	if len(encoded) == 0 {
		return keyrotation.Recorded{}
	}
	var stored record
	if err := json.Unmarshal(encoded, &stored); err != nil || stored.Version != recordVersion {
		diags.Append(diagnostic.ProviderBug(fmt.Sprintf("The record of the rotation cannot be read: "+
			"%q (%v).", encoded, err)))
		return keyrotation.Recorded{}
	}
	return keyrotation.Recorded{
		Phase:     keyrotation.Phase(stored.Phase),
		Created:   keyrotation.Keys[time.Time]{Key1: stored.Key1Created, Key2: stored.Key2Created},
		Synced:    keyrotation.Keys[time.Time]{Key1: stored.Key1Synced, Key2: stored.Key2Synced},
		LastSync:  stored.LastSync,
		Trigger:   stored.Trigger,
		Emergency: stored.Emergency,
		Urgent:    stored.Urgent,
	}
}

// save stores the record.
func save(ctx context.Context, private privateWriter, r keyrotation.Recorded) diag.Diagnostics {
	encoded, err := json.Marshal(record{
		Version: recordVersion, Phase: string(r.Phase),
		Key1Created: r.Created.Key1, Key2Created: r.Created.Key2,
		Key1Synced: r.Synced.Key1, Key2Synced: r.Synced.Key2,
		LastSync: r.LastSync, Trigger: r.Trigger, Emergency: r.Emergency, Urgent: r.Urgent,
	})
	if err != nil {
		return diag.Diagnostics{diagnostic.ProviderBug(
			fmt.Sprintf("The record of the rotation cannot be written: %v.", err))}
	}
	return private.SetKey(ctx, recordKey, encoded)
}
