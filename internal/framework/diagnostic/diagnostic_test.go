// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

func vault() diagnostic.Subject {
	return diagnostic.Subject{Noun: "Key Vault", Type: "azuremedia_key_vault", ID: "/subscriptions/s/v"}
}

func TestFromError_saysEverythingAPersonNeeds(t *testing.T) {
	t.Parallel()
	answer := func(status int, code string) error {
		return fmt.Errorf("doing it: %w", &azure.Error{
			Status: status, Code: code, InnerCode: "Inner", Message: "Azure's own words.",
			RequestID: "r-1", CorrelationID: "c-1",
		})
	}
	const nothing, unknown = "Nothing was changed.", "It is not known whether"
	for _, test := range []struct {
		name    string
		act     diagnostic.Act
		err     error
		summary string
		want    []string
	}{
		{
			"refused", diagnostic.Create, answer(403, "AuthorizationFailed"), "Key Vault Not Created",
			[]string{
				"Creating the key vault /subscriptions/s/v.", "403 Forbidden", "AuthorizationFailed",
				"(Inner)", "Azure's own words.", "request ID r-1", "correlation ID c-1",
				"a role with the action", nothing,
			},
		},
		{
			"server error", diagnostic.Update, answer(500, "InternalError"), "Key Vault Not Updated",
			[]string{"Updating", "fault on Azure's side", unknown},
		},
		{
			"server error while reading", diagnostic.Read, answer(503, "Busy"), "Key Vault Not Read",
			[]string{"Reading", nothing},
		},
		{
			"failed later", diagnostic.Create, answer(200, "BadRequest"), "Key Vault Not Created",
			[]string{"accepted it and failed later", unknown},
		},
		{
			"throttled", diagnostic.Delete, answer(429, "TooManyRequests"), "Key Vault Not Deleted",
			[]string{"-parallelism", nothing},
		},
		{
			"wrong subscription", diagnostic.Read, answer(404, "SubscriptionNotFound"),
			"Key Vault Not Read",
			[]string{"ARM_SUBSCRIPTION_ID"},
		},
		{
			"out of time", diagnostic.Delete, fmt.Errorf("waiting: %w", context.DeadlineExceeded),
			"Key Vault Not Deleted",
			[]string{"raise timeouts.delete", unknown},
		},
		{
			"interrupted", diagnostic.Update, context.Canceled,
			"Key Vault Not Updated",
			[]string{"The run was stopped.", unknown},
		},
		{
			"no answer", diagnostic.Create, &azure.NoAnswerError{Method: "PUT", URL: "https://a/v", Err: io.ErrUnexpectedEOF},
			"Key Vault Not Created",
			[]string{"PUT https://a/v: unexpected EOF", "network", "not known whether Azure created it", "how to import it"},
		},
		{
			"odd answer", diagnostic.Update, fmt.Errorf("listing: %w", &azure.AnswerError{
				Answer:  azure.Error{Method: "GET", URL: "https://a/v", Status: 200, RequestID: "r-1"},
				Problem: "it has no body",
			}),
			"Key Vault Not Updated",
			[]string{"Azure answered GET https://a/v with 200 OK, but it has no body.\n(request ID r-1)", "a proxy between", unknown},
		},
		{
			"anything else", diagnostic.Update, errors.New("unmarshalling type *T"),
			"Key Vault Not Updated",
			[]string{"It failed: unmarshalling type *T", "Apply again.", "/issues", unknown},
		},
		{
			"another kind of ID", diagnostic.Update, &azure.IDError{ID: "/subscriptions/s", ResourceType: azure.VaultType},
			"Key Vault Not Updated",
			[]string{"is not the ID of a Microsoft.KeyVault/vaults", "refer to its id attribute", nothing},
		},
		{
			"rehearsal's disk is full", diagnostic.Update, answer(507, "DataNotKept"), "Key Vault Not Updated",
			[]string{"Make room on the disk with rehearsal's data file", unknown},
		},
		{
			"stopped", diagnostic.Create, &azure.StoppedError{Err: context.Canceled},
			"Key Vault Not Created",
			[]string{"The run was stopped.", "The run was stopped before this change was sent to Azure."},
		},
		{
			"no token", diagnostic.Create,
			&azure.CredentialError{Method: "the Azure CLI", Err: errors.New("not logged in")},
			"Key Vault Not Created",
			[]string{"the Azure CLI: not logged in", "az login", nothing},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			diags := diagnostic.FromError(test.act, vault(), test.err)
			if diags.Severity() != diag.SeverityError || diags.Summary() != test.summary {
				t.Errorf("got %s %q, want %q", diags.Severity(), diags.Summary(), test.summary)
			}
			for _, want := range test.want {
				if !strings.Contains(diags.Detail(), want) {
					t.Errorf("lacks %q:\n%s", want, diags.Detail())
				}
			}
			if test.name != "no answer" && strings.Contains(diags.Detail(), "network") {
				t.Errorf("blames the network:\n%s", diags.Detail())
			}
		})
	}
}

func TestFromError_alwaysHasAnAdvice(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"AuthorizationFailed", "SubscriptionNotFound", "ResourceGroupNotFound",
		"MissingSubscriptionRegistration", "ScopeLocked", "RequestDisallowedByPolicy", "Whatever",
	} {
		for _, status := range []int{400, 401, 403, 404, 409, 429, 500} {
			err := &azure.Error{Status: status, Code: code}
			diags := diagnostic.FromError(diagnostic.Create, vault(), err).Detail()
			if paragraphs := strings.Split(diags, "\n\n"); len(paragraphs) != 4 {
				t.Errorf("%d %s: want four paragraphs:\n%s", status, code, diags)
			}
		}
	}
}

func TestFromError_goesByKeyVaultsInnerCode(t *testing.T) {
	t.Parallel()
	for inner, want := range map[string]string{
		"ForbiddenByFirewall":   "Allow the client address above in the vault's firewall",
		"ForbiddenByConnection": "switch the vault's public network access on",
		"ForbiddenByRbac":       "Grant the identity that runs Terraform the permission above.",
		"AccessDenied":          "Grant the identity that runs Terraform the permission above.",
	} {
		diags := diagnostic.FromError(diagnostic.Read, vault(),
			&azure.Error{Status: 403, Code: "Forbidden", InnerCode: inner}).Detail()
		if !strings.Contains(diags, want) {
			t.Errorf("%s lacks %q:\n%s", inner, want, diags)
		}
	}
}

func TestFromErrorAfter_saysWhatWasDone(t *testing.T) {
	t.Parallel()
	diags := diagnostic.FromErrorAfter("The vault was created.", diagnostic.Create, vault(),
		&azure.Error{Status: 400, Code: "BadRequest"}).Detail()
	if !strings.HasSuffix(diags, "The vault was created. Apply again to do the rest.") {
		t.Errorf("does not end with what was done:\n%s", diags)
	}
	if strings.Contains(diags, "Nothing was changed") {
		t.Errorf("denies what was done:\n%s", diags)
	}
}

func TestRefuseExisting(t *testing.T) {
	t.Parallel()
	if diags := diagnostic.RefuseExisting(vault(), &azure.Error{Status: 404, Code: "ResourceNotFound"}); len(diags) > 0 {
		t.Errorf("refuses what is not there: %v", diags)
	}
	diags := diagnostic.RefuseExisting(vault(), nil)
	if len(diags) != 1 || diags[0].Summary() != "Key Vault Already Exists" ||
		!strings.Contains(diags[0].Detail(), "to = azuremedia_key_vault.this\n    id = \"/subscriptions/s/v\"") {
		t.Errorf("does not say how to import: %v", diags)
	}
	if !strings.Contains(diags[0].Detail(), "ignores the import: delete the one above") {
		t.Errorf("does not say what to do where the import is ignored: %v", diags)
	}
	for _, status := range []int{403, 503} {
		diags = diagnostic.RefuseExisting(vault(), &azure.Error{Status: status, Code: "AnyCode"})
		if len(diags) != 1 || diags[0].Summary() != "Key Vault Not Created" || !strings.HasSuffix(diags[0].Detail(), diagnostic.NothingChanged) {
			t.Errorf("does not say that it could not look: %v", diags)
		}
	}
}

func TestFromViolation(t *testing.T) {
	t.Parallel()
	broken := rule.Violation{
		Rule:     rule.Rule{ID: "CMK003", Title: "Key Size"},
		Severity: rule.Error, Attribute: "encryption.key_vault_key_id",
		Found: "1024 bits", Required: "2048 bits", Why: "It is so", Remedy: "Make another key",
	}
	diags := diagnostic.FromViolation(broken)
	if diags.Severity() != diag.SeverityError || diags.Summary() != "Key Size (CMK003)" {
		t.Errorf("got %s %q", diags.Severity(), diags.Summary())
	}
	at, ok := diags.(diag.DiagnosticWithPath)
	if want := path.Root("encryption").AtName("key_vault_key_id"); !ok || !at.Path().Equal(want) {
		t.Errorf("not at %s: %v", want, diags)
	}
	want := "Found: 1024 bits.\nRequired: 2048 bits.\nWhy: It is so.\nRemedy: Make another key." +
		"\nRule: " + broken.Rule.URL() + "\n\nNothing was changed."
	if diags.Detail() != want {
		t.Errorf("got %q, want %q", diags.Detail(), want)
	}

	warning := broken
	warning.Severity, warning.Attribute = rule.Warning, ""
	report := rule.Report{Violations: []rule.Violation{warning, broken}}
	all := diagnostic.FromReport(report)
	if len(all) != 2 || all.WarningsCount() != 1 || all[0].Severity() != diag.SeverityError {
		t.Errorf("got %v, want the error before the warning", all)
	}
	if strings.Contains(all.Warnings()[0].Detail(), "Nothing was changed") {
		t.Error("a warning stops nothing")
	}
}

func TestProviderBug_asksForAReport(t *testing.T) {
	t.Parallel()
	if diags := diagnostic.ProviderBug("It broke."); !strings.Contains(diags.Detail(), "/issues") {
		t.Errorf("got %q", diags.Detail())
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	refusal := diagnostic.Refusal{
		Title: "Key Never Valid", Found: "yesterday", Required: "a time to come", Remedy: "Correct it",
	}
	const want = "Found: yesterday.\nRequired: a time to come.\nRemedy: Correct it.\n\nNothing was changed."
	at := path.Root("expiration_date")
	for name, diags := range map[string]diag.Diagnostic{
		"at an attribute": diagnostic.Refuse(at, refusal),
		"as an error":     diagnostic.FromError(diagnostic.Delete, vault(), fmt.Errorf("deleting: %w", refusal)),
	} {
		if diags.Severity() != diag.SeverityError || diags.Summary() != refusal.Title || diags.Detail() != want {
			t.Errorf("%s: got %q\n%s", name, diags.Summary(), diags.Detail())
		}
		with, ok := diags.(diag.DiagnosticWithPath)
		if (name == "at an attribute") != ok || ok && !with.Path().Equal(at) {
			t.Errorf("%s: at %v", name, diags)
		}
	}
	broken := rule.Violation{Rule: rule.Rule{ID: "CMK014", Title: "Key In Use"}, Severity: rule.Error, Found: "an account"}
	if diags := diagnostic.FromError(diagnostic.Delete, vault(), broken); diags.Summary() != broken.Summary() {
		t.Errorf("a broken rule is called %q", diags.Summary())
	}
}

// TestFromError_namesTheLock says which scope is locked, and with which commands to find and delete the
// lock.
func TestFromError_namesTheLock(t *testing.T) {
	t.Parallel()
	const (
		group = "/subscriptions/s/resourceGroups/g"
		media = group + "/providers/Microsoft.Media/mediaservices/a"
	)
	for _, test := range []struct {
		name, message, url string
		want               []string
	}{
		{
			"the group", "The scope '" + media + "' cannot perform delete operation because following scope(s) are " +
				"locked: '" + group + "'. Please remove the lock and try again.", "https://management.azure.com" + media,
			[]string{"The lock is on " + group + ".", "az lock list --resource-group g\n"},
		},
		{
			"the resource", "because following scope(s) are locked: '" + media + "'.", "",
			[]string{"The lock is on " + media + ".", "az lock list --resource " + media + "\n"},
		},
		{
			"the subscription", "because following scope(s) are locked: '/subscriptions/s'.", "",
			[]string{"The lock is on /subscriptions/s.", "az lock list --subscription s\n"},
		},
		{
			"not named", "The scope is locked.", "https://management.azure.com" + media + "/syncStorageKeys",
			[]string{
				"az lock list --resource " + media + "\n", "az lock list --resource-group g\n",
				"az lock list --subscription s\n",
			},
		},
		{"not named anywhere", "", "", []string{"az lock list --resource " + media + "\n"}},
		{
			"not named by an operation", "The scope is locked.",
			"https://management.azure.com/subscriptions/s/providers/Microsoft.Media/locations/l/operations/o",
			[]string{"az lock list --resource " + media + "\n"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			account := diagnostic.Subject{Noun: "Media Services Account", ID: media}
			detail := diagnostic.FromError(diagnostic.Delete, account, &azure.Error{
				Status: 409, Code: "ScopeLocked", Message: test.message, URL: test.url,
			}).Detail()
			for _, want := range append(test.want, "az lock delete --ids LOCK_ID", diagnostic.NothingChanged) {
				if !strings.Contains(detail, want) {
					t.Errorf("lacks %q:\n%s", want, detail)
				}
			}
		})
	}
}

func TestFromError_saysWhatWasWaitedFor(t *testing.T) {
	t.Parallel()
	detail := diagnostic.FromError(diagnostic.Update, vault(), azure.NewWaitError(30*time.Minute,
		"another change of the vault keys to end", &azure.Error{Status: 409, Code: "Conflict"})).Detail()
	if !strings.Contains(detail, "Waited 30m for another change of the vault keys to end.") ||
		!strings.Contains(detail, diagnostic.NothingChanged) {
		t.Error(detail)
	}
}
