// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// IPRanges returns the addresses that a firewall allows.
func IPRanges(description string) schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: description,
		ElementType:         IPRangeType{},
		Optional:            true,
		Validators: []validator.Set{
			setvalidator.ValueStringsAre(validElement[ipRangeKind]{}),
		},
		PlanModifiers: []planmodifier.Set{keepSpelling[ipRangeKind]{}},
	}
}

type (
	// IPRangeValue is a range of IPv4 addresses. One address is a range too, with or without "/32".
	IPRangeValue = StringValue[ipRangeKind]
	// IPRangeType is its type.
	IPRangeType = StringType[ipRangeKind]
)

// NewIPRange returns a known range.
func NewIPRange(text string) IPRangeValue { return newString[ipRangeKind](text) }

// InIPRange reports whether an address is in a range.
func InIPRange(value IPRangeValue, address netip.Addr) bool {
	prefix, err := parseIPRange(value.ValueString())
	return err == nil && prefix.Contains(address)
}

type ipRangeKind struct{}

func (ipRangeKind) name() string { return "IPRangeType" }

func (ipRangeKind) same(a, b string) bool {
	one, err := parseIPRange(a)
	if err != nil {
		return a == b
	}
	other, err := parseIPRange(b)
	return err == nil && one == other
}

func (ipRangeKind) check(text string) diag.Diagnostic {
	if _, err := parseIPRange(text); err == nil {
		return nil
	}
	return diagnostic.Refusal{
		Title:    "Invalid IP Range",
		Found:    strconv.Quote(text),
		Required: "an IPv4 address, or a range in CIDR notation",
		Remedy:   "Write it like \"203.0.113.7\" or \"203.0.113.0/24\"",
	}.Diagnostic()
}

func parseIPRange(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		text += "/32"
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("reading an IP range: %w", err)
	}
	if !prefix.Addr().Is4() {
		return netip.Prefix{}, fmt.Errorf("reading an IP range: %s is not IPv4", text)
	}
	return prefix.Masked(), nil
}
