// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// An action sees no state: neither the record of a rotation nor what it did before. It goes by the creation times
// of the keys and by what dependents report, and takes everything else for unknown, as an adoption does.

// again ends the message of every action that ended early.
const again = "Invoke the action again: it goes by the creation times of the keys, and does what is left. A rotation of " +
	"the same storage account in a state finds the keys that are new, and syncs them with its next apply (ROT005)."

// keysModel is the arguments that the actions on keys share.
type keysModel struct {
	StorageAccountID attribute.ResourceIDValue `tfsdk:"storage_account_id"`
	DependentIDs     types.Set                 `tfsdk:"dependent_ids"`
	Secrets          types.Set                 `tfsdk:"secrets"`
}

func (k *keysModel) keys() *keysModel { return k }

// model returns the rotation that an action is a part of.
func (k *keysModel) model(verify types.List) *model {
	return &model{
		StorageAccountID: k.StorageAccountID, DependentIDs: k.DependentIDs, Secrets: k.Secrets, Verify: verify,
		SettlingTime: settlingOf(k.Secrets),
	}
}

// keyAction is what the actions on keys embed.
type keyAction struct{ base.Action }

// newKeyAction returns an action with arguments of the rotation and with its own.
func newKeyAction(typeName, title, description string, own map[string]schema.Attribute, names ...string) keyAction {
	return keyAction{base.NewAction(base.Noun{Type: typeName, Title: title}, func() schema.Schema {
		arguments := base.Arguments(resourceSchema().Attributes, append(names, "storage_account_id", "secrets")...)
		id, _ := arguments["storage_account_id"].(schema.StringAttribute)
		id.MarkdownDescription = "The ID of the storage account."
		arguments["storage_account_id"] = id
		if waits, ok := arguments["wait_for_settle"].(schema.BoolAttribute); ok {
			waits.MarkdownDescription = "Whether the action waits for the settling time where a step needs it, and goes " +
				"on: it then takes up to twice that long. Default: `false`."
			arguments["wait_for_settle"] = waits
		}
		maps.Copy(arguments, own)
		return schema.Schema{MarkdownDescription: description, Attributes: arguments}
	})}
}

// plan warns of accounts that hold keys and are not among the dependents, and refuses a secret of another storage
// account.
func plan[M interface{ keys() *keysModel }](ctx context.Context, a *keyAction, given M, req action.ModifyPlanRequest,
	resp *action.ModifyPlanResponse,
) {
	resp.Diagnostics.Append(req.Config.Get(ctx, given)...)
	planned := given.keys().model(types.List{})
	if resp.Diagnostics.HasError() || a.Client == nil || planned.StorageAccountID.IsUnknown() || planned.DependentIDs.IsUnknown() {
		return
	}
	ctx = azure.Shared(ctx)
	opened, diags := openAccount(ctx, a.Client, planned)
	resp.Diagnostics.Append(diags...)
	switch _, err := opened.Observe(ctx); {
	case azure.IsNotFound(err): // It may be created by the same apply.
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, a.Subject(opened.id), err))
	default:
		if foreign, ok := errors.AsType[*ForeignSecretError](opened.foreign(ctx)); ok {
			resp.Diagnostics.Append(diagnostic.FromViolation(foreign.violation()))
		}
		resp.Diagnostics.Append(opened.undeclared(ctx)...)
	}
}

// run performs the steps of a rotation that are due by the record that begin makes of a reading.
func (a *keyAction) run(ctx context.Context, m *model, progress func(string),
	begin func(context.Context, *account, keyrotation.Observed) (keyrotation.Recorded, keyrotation.Wanted),
) diag.Diagnostics {
	limit := m.longestUpdate()
	if m.WaitForSettle.ValueBool() { // Each of the keys may have to settle, for all that is known.
		limit += m.wanted().Settling()
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, azure.TimeUpError{Limit: limit})
	defer cancel()
	opened, diags := openAccount(ctx, a.Client, m)
	if diags.HasError() {
		return diags
	}
	opened.strict, opened.progress = true, progress
	name := azure.NameOf(opened.id)
	unlock, err := a.Client.Lock(ctx, opened.id)
	if err != nil {
		return append(diags, diagnostic.FromErrorBefore(diagnostic.Invoke, a.Subject(opened.id), err))
	}
	defer unlock()
	observed, err := opened.Observe(ctx)
	if err != nil {
		return append(diags, diagnostic.FromErrorBefore(diagnostic.Invoke, a.Subject(opened.id), err))
	}
	recorded, wanted := begin(ctx, opened, observed)
	opened.dependents.kept = recorded.Kept(wanted)
	recorded, step, err := keyrotation.Run(ctx, opened, recorded, wanted, m.WaitForSettle.ValueBool(),
		func(step keyrotation.Step) { progress(announce(opened, step)) })
	switch {
	case err != nil:
		return append(diags, opened.failure(diagnostic.Invoke, a.Subject(opened.id), again, recorded, step, err))
	case step.Action == keyrotation.Wait:
		progress(fmt.Sprintf("Done for now with %s: %s.", name, step.Reason))
	default:
		progress(fmt.Sprintf("Done with %s.", name))
	}
	return diags
}

// announce says what a step does, and why.
func announce(opened *account, step keyrotation.Step) string {
	name, does := azure.NameOf(opened.id), ""
	switch step.Action {
	case keyrotation.Sync:
		does = fmt.Sprintf("Syncing the keys of %s to %s", name, syncTargets(opened.dependents))
	case keyrotation.Regenerate:
		does = fmt.Sprintf("Regenerating %s of %s", step.Key, name)
	case keyrotation.Verify:
		does = "Verifying clients of " + name
	case keyrotation.Wait:
		does = "Waiting until " + step.Until.UTC().Format(time.RFC3339)
	case keyrotation.Nothing:
	}
	return does + ". " + step.Reason + "."
}

// reported returns since when every dependent reports that it has both keys. It reports false if one does not say
// so: it may hold a key that is no longer valid.
func (d *dependents) reported(created keyrotation.Keys[time.Time]) (since time.Time, all bool) {
	found := d.found()
	for _, one := range found {
		switch {
		case !one.UsesKeys, one.Kind.HoldsOneKey(): // It tells in each reading which key that is.
		case one.LastSync.IsZero(), one.Behind(created.Key1, created.Key2):
			return time.Time{}, false
		case one.LastSync.After(since):
			since = one.LastSync
		}
	}
	return since, len(found) == len(d.holders)
}

// rotateAction is azuremedia_rotate_storage_keys.
type rotateAction struct{ keyAction }

type rotateModel struct {
	keysModel
	Strategy      types.String `tfsdk:"strategy"`
	SettlingTime  types.String `tfsdk:"settling_time"`
	WaitForSettle types.Bool   `tfsdk:"wait_for_settle"`
	Verify        types.List   `tfsdk:"verify"`
}

var _ action.ActionWithModifyPlan = (*rotateAction)(nil)

// NewRotateAction returns the action that takes the next step of a rotation.
func NewRotateAction() action.Action {
	return &rotateAction{newKeyAction("azuremedia_rotate_storage_keys", "Storage Key Rotation",
		"Takes the next step of a rotation of a storage account's access keys, without a state: it goes by the creation "+
			"times of the keys in Azure, so that it can be repeated at any time. Where key1 is newer than key2, key2 "+
			"follows; otherwise a rotation begins. Each new key is synced at once, and nothing is regenerated before the "+
			"other key has settled (rule ROT002).\n\nWithout a state, only dependents tell since when they have a key: "+
			"Batch accounts and `secrets` do. With any other dependent that uses the keys, the action syncs all of them "+
			"and the settling time begins anew: set `wait_for_settle`, and one action takes the step after it as well. "+
			"An `azuremedia_storage_key_rotation` has a record in its state, and does not wait for what it knows.\n\n"+
			"If one manages the same storage account, its next plan says that a key is new, and syncs it (rule ROT005).",
		nil, "dependent_ids", "strategy", "settling_time", "wait_for_settle", "verify")}
}

func (a *rotateAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	plan(ctx, &a.keyAction, new(rotateModel), req, resp)
}

func (a *rotateAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	base.Invoke(ctx, req.Config, resp, func(ctx context.Context, given *rotateModel, progress func(string)) diag.Diagnostics {
		m := given.model(given.Verify)
		m.Strategy, m.WaitForSettle = given.Strategy, given.WaitForSettle
		if !given.SettlingTime.IsNull() {
			m.SettlingTime = given.SettlingTime
		}
		wanted := m.wanted()
		wanted.RotateOnCreate, wanted.Asked = true, "The action"
		return a.run(ctx, m, progress, func(ctx context.Context, opened *account, observed keyrotation.Observed,
		) (keyrotation.Recorded, keyrotation.Wanted) {
			// What cannot be read is not known: the sync that follows reports why.
			_ = opened.dependents.look(ctx)
			since, all := opened.dependents.reported(observed.Created)
			if !all {
				return keyrotation.Recorded{}, wanted
			}
			return keyrotation.Reported(observed, since, wanted), wanted
		})
	})
}

// emergencyAction is azuremedia_emergency_rotation.
type emergencyAction struct{ keyAction }

type emergencyModel struct {
	keysModel
	LeakedAt timetypes.RFC3339 `tfsdk:"leaked_at"`
	Verify   types.List        `tfsdk:"verify"`
}

var _ action.ActionWithModifyPlan = (*emergencyAction)(nil)

// NewEmergencyAction returns the action that rotates both keys at once.
func NewEmergencyAction() action.Action {
	return &emergencyAction{newKeyAction("azuremedia_emergency_rotation", "Emergency Rotation",
		"Regenerates both access keys of a storage account after one has leaked, one after the other, and syncs every "+
			"dependent after each. It skips the settling time (rule ROT002): a client that has not read the first new key "+
			"when the second is regenerated fails until it has. It regenerates only keys that were made before "+
			"`leaked_at`, so that it can be repeated: an action that was interrupted does what is left, and one that was "+
			"not syncs once more.\n\nIf an `azuremedia_storage_key_rotation` manages the same storage account, its next "+
			"plan says that the keys are new, and syncs them (rule ROT005).",
		map[string]schema.Attribute{
			"leaked_at": schema.StringAttribute{
				MarkdownDescription: "When the leak was found, in RFC 3339, such as `2026-12-01T12:00:00Z`: keys that were " +
					"made before are regenerated. It must not be in the future. Set a new time for each leak.",
				CustomType: timetypes.RFC3339Type{},
				Required:   true,
			},
		}, "dependent_ids", "verify")}
}

func (a *emergencyAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	plan(ctx, &a.keyAction, new(emergencyModel), req, resp)
}

func (a *emergencyAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	base.Invoke(ctx, req.Config, resp, func(ctx context.Context, given *emergencyModel, progress func(string)) diag.Diagnostics {
		m, leaked := given.model(given.Verify), timeOf(given.LeakedAt)
		if _, err := newAccount(a.Client, m.StorageAccountID.ValueString(), nil).readKeys(ctx); err != nil {
			return diag.Diagnostics{diagnostic.FromErrorBefore(diagnostic.Invoke, a.Subject(m.StorageAccountID.ValueString()), err)}
		}
		if now := a.Client.TimeOf(m.StorageAccountID.ValueString()); leaked.After(now) {
			return diag.Diagnostics{diagnostic.Refuse(path.Root("leaked_at"), diagnostic.Refusal{
				Title:    "Leak In The Future",
				Found:    strconv.Quote(given.LeakedAt.ValueString()) + ", while Azure's clock shows " + now.UTC().Format(time.RFC3339),
				Required: "a time that has passed",
				Why:      "A key that this action makes would count as leaked, and the next one would regenerate it again",
				Remedy:   "Write the time at which the leak was found",
			})}
		}
		return a.run(ctx, m, progress, func(_ context.Context, _ *account, observed keyrotation.Observed,
		) (keyrotation.Recorded, keyrotation.Wanted) {
			return keyrotation.Leaked(observed, leaked, m.wanted())
		})
	})
}

// syncAction is azuremedia_sync_storage_keys.
type syncAction struct{ keyAction }

var _ action.ActionWithModifyPlan = (*syncAction)(nil)

// NewSyncAction returns the action that syncs the dependents.
func NewSyncAction() action.Action {
	return &syncAction{newKeyAction("azuremedia_sync_storage_keys", "Storage Key Sync",
		"Has every account that holds a copy of a storage account's access keys read them again, and every secret hold "+
			"the newer one. It regenerates nothing and can be repeated.", nil, "dependent_ids")}
}

func (a *syncAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	plan(ctx, &a.keyAction, new(keysModel), req, resp)
}

func (a *syncAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	base.Invoke(ctx, req.Config, resp, func(ctx context.Context, given *keysModel, progress func(string)) diag.Diagnostics {
		return a.run(ctx, given.model(types.List{}), progress, func(context.Context, *account, keyrotation.Observed,
		) (keyrotation.Recorded, keyrotation.Wanted) {
			// An adoption syncs, and nothing asks it for more. By this strategy secrets get the newer key.
			return keyrotation.Recorded{}, keyrotation.Wanted{Strategy: keyrotation.Alternate}
		})
	})
}

// verifyAction is azuremedia_verify.
type verifyAction struct{ keyAction }

type verifyActionModel struct {
	StorageAccountID attribute.ResourceIDValue `tfsdk:"storage_account_id"`
	Secrets          types.Set                 `tfsdk:"secrets"`
	Verify           types.List                `tfsdk:"verify"`
}

// NewVerifyAction returns the action that verifies that clients work.
func NewVerifyAction() action.Action {
	return &verifyAction{newKeyAction("azuremedia_verify", "Verification",
		"Verifies that clients of a storage account work, as a rotation does before its second key (rule ROT004): it "+
			"requests addresses, without credentials or signed with the key that each secret holds. It changes nothing.",
		nil, "verify")}
}

func (a *verifyAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	base.Invoke(ctx, req.Config, resp, func(ctx context.Context, given *verifyActionModel, progress func(string)) diag.Diagnostics {
		m := (&keysModel{StorageAccountID: given.StorageAccountID, Secrets: given.Secrets}).model(given.Verify)
		opened, diags := openAccount(ctx, a.Client, m)
		if diags.HasError() {
			return diags
		}
		progress(announce(opened, keyrotation.Step{
			Action: keyrotation.Verify, Reason: "Every address must answer as expected",
		}))
		err := opened.Verify(ctx)
		failed, ok := errors.AsType[*VerificationError](err)
		untold, isUntold := errors.AsType[*UntoldError](err)
		switch {
		case err == nil:
			progress("Every address answers as expected.")
		case ok:
			diags.Append(diagnostic.FromViolation(failed.violation("Find out why the address does not answer as expected; " +
				"azuremedia_sync_storage_keys has the dependents read the keys")))
		case isUntold:
			diags.Append(untold.diagnose(diagnostic.NothingChanged))
		default:
			diags.Append(diagnostic.FromErrorBefore(diagnostic.Invoke, a.Subject(opened.id), err))
		}
		return diags
	})
}
