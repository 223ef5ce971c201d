// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// patched keeps the bodies of the PATCHes that pass.
type patched struct {
	through http.RoundTripper
	bodies  []any
}

func (p *patched) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPatch {
		sent, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		request.Body = io.NopCloser(bytes.NewReader(sent))
		var body any
		if err := json.Unmarshal(sent, &body); err != nil {
			return nil, err
		}
		p.bodies = append(p.bodies, body)
	}
	return p.through.RoundTrip(request)
}

// TestStorage_asksForTheEncryptionAlone: a PATCH names the encryption and nothing else of the account.
// It names an empty version and an empty identity, which Azure would keep if they were left out.
func TestStorage_asksForTheEncryptionAlone(t *testing.T) {
	t.Parallel()
	w := newStore(t)
	passed := &patched{through: w.Transport()}
	proto := w.protoOver(t, passed)
	made := proto.Create(attachment, w.changed(w.key, w.reader))
	made = proto.Update(made, w.config())
	if _, diags := proto.Apply(proto.Plan(attachment, made, nil)); len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	type object = map[string]any
	encryption := func(encryption object) object {
		return object{"properties": object{"encryption": encryption}}
	}
	key := func(version string) object {
		return object{"keyvaulturi": "https://keys.vault.azure.net/", "keyname": "media", "keyversion": version}
	}
	if diff := cmp.Diff([]any{
		encryption(object{
			"keySource": "Microsoft.Keyvault", "keyvaultproperties": key(version(w.key)),
			"identity": object{"userAssignedIdentity": w.reader},
		}),
		encryption(object{
			"keySource": "Microsoft.Keyvault", "keyvaultproperties": key(""),
			"identity": object{"userAssignedIdentity": ""},
		}),
		encryption(object{"keySource": "Microsoft.Storage"}),
	}, passed.bodies); diff != "" {
		t.Errorf("PATCHes (-want +got):\n%s", diff)
	}
}
