// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package diagnostic

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// Crashed returns the error of a panic while the provider did something. The stack is that of the recovery.
func Crashed(doing string, cause any, stack []byte) diag.Diagnostic {
	if elsewhere, ok := cause.(*azure.PanicError); ok {
		cause, stack = elsewhere.Cause, elsewhere.Stack
	}
	return ProviderBug(fmt.Sprintf("The provider crashed while it was %s: %v.\n\n"+
		"The state has this one as it was before. A change that was under way may be half done. Others are not "+
		"affected.\n\nWhere it happened:\n%s", doing, cause, frames(stack)))
}

// frames returns the calls that led to a panic, the last one first.
func frames(stack []byte) string {
	_, after, found := strings.Cut(string(stack), "\npanic(")
	if !found {
		after = string(stack)
	}
	lines := strings.Split(after, "\n")
	lines = lines[min(2, len(lines)):min(18, len(lines))]
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
