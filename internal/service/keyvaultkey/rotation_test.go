// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

func rotated(value string) acctest.Value {
	return acctest.Value{"rotate_when_changed": acctest.Value{"quarter": value}}
}

const creation = "/keys/media/create"

// TestRotation_madeOnceWhateverIsInterrupted makes one new version, and has something happen to
// it that leaves Terraform without knowing.
func TestRotation_madeOnceWhateverIsInterrupted(t *testing.T) {
	t.Parallel()
	create := func(kind fault.Kind) fault.Fault {
		return fault.Fault{Kind: kind, Method: http.MethodPost, Path: "*" + creation}
	}
	for _, test := range []struct {
		name   string
		faults []fault.Fault
		change acctest.Value
		asked  int  // How often a version is asked for, the first one included.
		failed bool // The first apply fails.
	}{
		{"nothing", nil, rotated("2"), 2, false},
		{"answer lost", []fault.Fault{create(fault.Lost)}, rotated("2"), 2, false},
		{"answered with an error", []fault.Fault{create(fault.ErrorAfter)}, rotated("2"), 2, false},
		{"not done", []fault.Fault{create(fault.Error), create(fault.Reset)}, rotated("2"), 4, false},
		{"throttled", []fault.Fault{create(fault.Throttle)}, rotated("2"), 3, false},
		{
			"refused",
			[]fault.Fault{{Kind: fault.Error, Method: http.MethodPost, Path: "*" + creation, Status: 403}},
			rotated("2"), 3, true,
		},
		{
			"policy not written",
			[]fault.Fault{{Kind: fault.Error, Method: http.MethodPut, Path: "*/rotationpolicy", Status: 400}},
			acctest.Value{
				"rotate_when_changed": acctest.Value{"quarter": "2"},
				"rotation_policy":     acctest.Value{"expire_after": "P90D"},
			},
			2, true,
		},
		{"answer lost, by size", []fault.Fault{create(fault.Lost)}, acctest.Value{"key_size": 3072}, 2, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			proto := w.Proto()
			first := proto.Create(resourceType, w.config(rotated("1")))
			configured := w.config(test.change)
			for _, f := range test.faults {
				w.strike(f)
			}
			rolledBack := first
			object, diags := proto.Apply(proto.Plan(resourceType, first, configured))
			if (len(diags.Errors()) > 0) != test.failed {
				t.Fatalf("failed: %s", diags.Text())
			}
			if test.failed {
				object = proto.Update(w.read(proto, rolledBack), configured)
			}
			versions(t, w.World, 2)
			w.settled(proto, object, configured)
			// The same once more, by a Terraform that was killed before it wrote its state.
			again := proto.Update(w.read(proto, rolledBack), configured)
			versions(t, w.World, 2)
			w.settled(proto, again, configured)
			if diff := cmp.Diff(object.State, again.State); diff != "" {
				t.Errorf("the second apply ends otherwise: %s", diff)
			}
			if asked := w.Requests(http.MethodPost, creation); len(asked) != test.asked {
				t.Errorf("asked %d times for a version, want %d", len(asked), test.asked)
			}
		})
	}
}

func (w world) read(proto *acctest.Proto, object acctest.Object) acctest.Object {
	w.t.Helper()
	read, diags := proto.Read(object)
	return must(w.t, read, diags)
}

func TestRotation_givesUpOnWhatNeverAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	first := proto.Create(resourceType, w.config(nil))
	w.strike(fault.Fault{Kind: fault.Error, Method: http.MethodPost, Path: "*" + creation, Times: -1})
	before := len(w.Requests(http.MethodPost, creation))
	_, diags := proto.Apply(proto.Plan(resourceType, first, w.config(rotated("1"))))
	says(t, diags, "Key Vault Key Not Updated", identifier, "500", "It is not known whether Azure carried it out.")
	if asked := len(w.Requests(http.MethodPost, creation)) - before; asked != 4 {
		t.Errorf("asked %d times", asked)
	}
	versions(t, w.World, 1)
}

// TestRotation_startsAndEnds is about values that come and go.
func TestRotation_startsAndEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	object := proto.Create(resourceType, w.config(nil))
	for _, test := range []struct {
		change   acctest.Value
		versions int
	}{
		{rotated("1"), 2},
		{nil, 2},
		{rotated("1"), 2}, // The newest version was made for it.
		{rotated("2"), 3},
		{rotated("1"), 4},
	} {
		object = proto.Update(object, w.config(test.change))
		w.settled(proto, object, w.config(test.change))
		versions(t, w.World, test.versions)
	}
	unknown := proto.Plan(resourceType, object, w.config(acctest.Value{
		"rotate_when_changed": acctest.Value{"quarter": acctest.Unknown{}}, "rotation_policy": acctest.Unknown{},
	}))
	if _, ok := unknown.State["version"].(acctest.Unknown); !ok || len(unknown.Diagnostics) > 0 {
		t.Errorf("the version is planned as %v: %s", unknown.State["version"], unknown.Diagnostics.Text())
	}
}

// TestVersion_keepsWhatOthersSet is about tags that somebody else gave the key.
func TestVersion_keepsWhatOthersSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	object := proto.Create(resourceType, w.config(acctest.Value{"tags": acctest.Value{"a": "1", "b": "1"}}))
	theirs := azkeys.UpdateKeyParameters{
		KeyAttributes: &azkeys.KeyAttributes{Expires: to.Ptr(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))},
		Tags:          map[string]*string{"a": to.Ptr("1"), "b": to.Ptr("1"), "policy": to.Ptr("theirs")},
	}
	plan := proto.Plan(resourceType, object, w.config(acctest.Value{"tags": acctest.Value{"a": "2"}}))
	if _, err := w.Keys("keys").UpdateKey(t.Context(), "media", "", theirs, nil); err != nil {
		t.Fatal(err)
	}
	object, diags := proto.Apply(plan)
	must(t, object, diags)
	want := map[string]*string{"a": to.Ptr("2"), "policy": to.Ptr("theirs")}
	shown := show(t, w.World)
	if diff := cmp.Diff(want, shown.Tags); diff != "" || shown.Attributes.Expires == nil {
		t.Errorf("after a change: %s %v", diff, shown.Attributes)
	}

	changes := rotated("1")
	changes["tags"] = acctest.Value{"c": "3"}
	object = proto.Update(object, w.config(changes))
	shown = show(t, w.World)
	delete(shown.Tags, "azuremedia-rotation")
	if diff := cmp.Diff(map[string]*string{"c": to.Ptr("3"), "policy": to.Ptr("theirs")}, shown.Tags); diff != "" {
		t.Errorf("after a rotation: %s", diff)
	}
	w.settled(proto, object, w.config(changes))
}

func TestPolicy_hasKeyVaultMakeVersions(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, test := range []struct {
		name     string
		change   acctest.Value
		after    time.Duration
		validity time.Duration
	}{
		{"after creation", acctest.Value{
			"rotation_policy": acctest.Value{"automatic": acctest.Value{"time_after_creation": "P30D"}},
		}, 30 * day, 0},
		{"before expiry", acctest.Value{
			"rotation_policy": acctest.Value{
				"expire_after": "P90D", "notify_before_expiry": "P30D",
				"automatic": acctest.Value{"time_before_expiry": "P30D"},
			},
			"rotate_when_changed": acctest.Value{"quarter": "1"},
			"tags":                acctest.Value{"a": "1"},
		}, 60 * day, 90 * day},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			configured := w.config(test.change)
			object := w.Proto().Create(resourceType, configured)
			w.settled(w.Proto(), object, configured)
			w.Advance(test.after + time.Minute)
			versions(t, w.World, 2)

			proto := w.Proto()
			read := w.settled(proto, object, configured)
			if read.State["version"] == object.State["version"] || read.State["id"] != object.State["id"] {
				t.Errorf("the version is %v", read.State["version"])
			}
			shown := show(t, w.World)
			if expires := shown.Attributes.Expires; test.validity > 0 &&
				(expires == nil || expires.Sub(*shown.Attributes.Created) != test.validity) {
				t.Errorf("the version expires %v", expires)
			}

			// What Key Vault does between a plan and its apply is not held against the plan.
			changes := acctest.Value{"enabled": false}
			for name, value := range test.change {
				changes[name] = value
			}
			plan := proto.Plan(resourceType, read, w.config(changes))
			if _, err := w.Keys("keys").RotateKey(t.Context(), "media", nil); err != nil {
				t.Fatal(err)
			}
			applied, diags := proto.Apply(plan)
			must(t, applied, diags)
			if diff := cmp.Diff(plan.State, applied.State); diff != "" {
				t.Errorf("applied is not what was planned: %s", diff)
			}
			if *show(t, w.World).Attributes.Enabled {
				t.Error("the newest version was left as it was")
			}
			w.settled(proto, applied, w.config(changes))
		})
	}
}

// TestPolicy_ofNobody is about a policy that is not managed here.
func TestPolicy_ofNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	managed := w.config(acctest.Value{"rotation_policy": acctest.Value{"expire_after": "P1Y1M1D"}})
	object := proto.Create(resourceType, managed)
	if got := *show(t, w.World).Attributes; !got.Expires.Equal(got.Created.AddDate(1, 1, 1)) {
		t.Errorf("expires %v, created %v", got.Expires, got.Created)
	}
	object = proto.Update(object, w.config(nil))
	w.settled(proto, object, w.config(nil))
	policy, err := w.Keys("keys").GetKeyRotationPolicy(t.Context(), "media", nil)
	if err != nil || *policy.Attributes.ExpiryTime != "P1Y1M1D" {
		t.Errorf("the policy that is no longer managed is %v, %v", policy.Attributes, err)
	}
}

// automatic is a policy that has Key Vault add versions.
func automatic(expire, when, after string) acctest.Value {
	policy := acctest.Value{"automatic": acctest.Value{when: after}}
	if expire != "" {
		policy["expire_after"] = expire
	}
	return acctest.Value{"rotation_policy": policy}
}

// TestPolicy_thatCannotBeFollowed is refused at plan: beside an expiry (CMK019), or due at once (CMK020).
func TestPolicy_thatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.Proto().Create(resourceType, w.config(nil))
	w.Advance(100 * 24 * time.Hour)
	yearly := automatic("P365D", "time_before_expiry", "P60D")
	dated := w.config(yearly)
	dated["expiration_date"] = "2100-11-01T00:00:00Z"
	monthly := automatic("", "time_after_creation", "P90D")
	for name, test := range map[string]struct {
		prior  acctest.Object
		config acctest.Value
		want   []string
	}{
		"with an expiry":            {acctest.Object{}, dated, []string{"ERROR: Expiry Contradicts The Rotation Policy (CMK019)", "Remove expiration_date"}},
		"with an expiry later":      {old, dated, []string{"(CMK019)", `AttributeName("expiration_date")`}},
		"due at creation":           {acctest.Object{}, w.config(automatic("P30D", "time_before_expiry", "P30D")), []string{"ERROR: Rotation Due Too Early (CMK020)", "due 0 days after"}},
		"after the expiry":          {acctest.Object{}, w.config(automatic("P30D", "time_after_creation", "P30D")), []string{"ERROR: Rotation Too Close To The Expiry (CMK020)"}},
		"due for the version there": {old, w.config(monthly), []string{"ERROR: Rotation Due Too Early (CMK020)", "change a value of rotate_when_changed"}},
		"not due":                   {old, w.config(automatic("", "time_after_creation", "P101D")), nil},
		"a new key":                 {acctest.Object{}, w.config(monthly), nil},
		"never due":                 {old, w.config(yearly), nil},
		"unknown": {old, w.config(acctest.Value{"rotation_policy": acctest.Value{
			"automatic": acctest.Unknown{}, "expire_after": acctest.Unknown{},
		}}), nil},
	} {
		if test.prior.State == nil {
			test.config = maps.Clone(test.config)
			test.config["name"] = "other"
		}
		diags := w.Proto().Plan(resourceType, test.prior, test.config).Diagnostics
		if len(test.want) == 0 && len(diags) > 0 || len(test.want) > 0 && len(diags) != 1 {
			t.Errorf("%s: %s", name, diags.Text())
		}
		says(t, diags, test.want...)
	}

	// A version that the same apply adds is not due.
	both := w.config(monthly)
	both["rotate_when_changed"] = acctest.Value{"quarter": "1"}
	w.settled(w.Proto(), w.Proto().Update(old, both), both)
	versions(t, w.World, 2)
}

// TestPolicy_givesAVersionItsExpiry, not the configuration, which plans nothing then, nor sets it again with
// another change: Key Vault would add a version at once.
func TestPolicy_givesAVersionItsExpiry(t *testing.T) {
	t.Parallel()
	for name, policy := range map[string]azkeys.KeyRotationPolicy{
		"before expiry": {
			Attributes: &azkeys.KeyRotationPolicyAttributes{ExpiryTime: to.Ptr("P365D")},
			LifetimeActions: []*azkeys.LifetimeAction{{
				Action:  &azkeys.LifetimeActionType{Type: to.Ptr(azkeys.KeyRotationPolicyActionRotate)},
				Trigger: &azkeys.LifetimeActionTrigger{TimeBeforeExpiry: to.Ptr("P60D")},
			}},
		},
		"by age, without an expiry": {
			LifetimeActions: []*azkeys.LifetimeAction{{
				Action:  &azkeys.LifetimeActionType{Type: to.Ptr(azkeys.KeyRotationPolicyActionRotate)},
				Trigger: &azkeys.LifetimeActionTrigger{TimeAfterCreate: to.Ptr("P300D")},
			}},
		},
	} {
		w := newWorld(t)
		expires := w.Client.TimeOf("").AddDate(0, 0, 340).UTC().Format(time.RFC3339)
		configured := w.config(acctest.Value{"expiration_date": expires})
		object := w.Proto().Create(resourceType, configured)
		if _, err := w.Keys("keys").UpdateKeyRotationPolicy(t.Context(), "media", policy, nil); err != nil {
			t.Fatal(err)
		}
		w.Advance(320 * 24 * time.Hour)
		versions(t, w.World, 2)
		proto := w.Proto()
		object = w.settled(proto, object, configured)
		configured["enabled"] = false
		w.settled(proto, proto.Update(object, configured), configured)
		if versions(t, w.World, 2); *show(t, w.World).Attributes.Enabled {
			t.Errorf("%s: the version was not changed", name)
		}
		// What somebody else sets is noticed.
		w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Expires: to.Ptr(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))})
		if read, _ := proto.Read(object); read.State["expiration_date"] == expires {
			t.Errorf("%s: another expiry is not noticed", name)
		}
	}
}
