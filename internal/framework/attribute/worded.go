// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Text is a validator of the framework that refuses in the words of this provider.
type Text struct {
	validator.String
	words  diagnostic.Refusal
	rule   rule.Rule
	values []string // Those that are allowed, to suggest one.
}

// Number is a validator of the framework that refuses in the words of this provider.
type Number struct {
	validator.Int64
	words diagnostic.Refusal
	rule  rule.Rule
}

const (
	notAllowed       = "Value Not Allowed"
	missingArgument  = "Argument Missing"
	leaveOutOrChange = "Write such a value, or leave the argument out if it is optional"
)

// OneOf accepts the texts and no others.
func OneOf(values ...string) Text {
	return Text{String: stringvalidator.OneOf(values...), words: diagnostic.Refusal{
		Title: notAllowed, Required: quoted(values), Remedy: "Write one of them as it is spelled here",
	}, values: values}
}

// NoneOf accepts every text but some, which are taken.
func NoneOf(why string, values ...string) Text {
	return Text{String: stringvalidator.NoneOf(values...), words: diagnostic.Refusal{
		Title: notAllowed, Required: "another text", Why: why, Remedy: "Choose another one",
	}}
}

// Length accepts texts of a number of characters.
func Length(least, most int) Text {
	return Text{String: stringvalidator.LengthBetween(least, most), words: diagnostic.Refusal{
		Title: notAllowed, Required: fmt.Sprintf("a text of %d to %d characters", least, most), Remedy: leaveOutOrChange,
	}}
}

// Matching accepts the texts that the expression matches.
func Matching(expression *regexp.Regexp, required, remedy string) Text {
	return Text{String: stringvalidator.RegexMatches(expression, required), words: diagnostic.Refusal{
		Title: notAllowed, Required: required, Remedy: remedy,
	}}
}

var guid = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// GUID accepts the IDs of what Azure names by GUIDs.
func GUID(of, remedy string) Text {
	return Matching(guid, "the ID of "+of+", such as 00000000-0000-0000-0000-000000000000", remedy)
}

// Needs refuses an argument without another, which it leads to. The name is the other's.
func Needs(name string, other path.Expression) Text {
	return Text{String: stringvalidator.AlsoRequires(other), words: diagnostic.Refusal{
		Title: missingArgument, Found: "none for " + name, Required: name + " beside this argument",
		Remedy: "Set " + name + " too, or remove this argument",
	}}
}

// OneOfTwo requires an argument or another, which it leads to, and not both.
func OneOfTwo(name, otherName string, other path.Expression) Text {
	return Text{String: stringvalidator.ExactlyOneOf(other), words: diagnostic.Refusal{
		Title: "Not Exactly One Argument", Found: "both " + name + " and " + otherName, Required: "one of them",
		Remedy: "Set one of them, and remove the other",
	}}
}

// OneNumberOf accepts the numbers and no others.
func OneNumberOf(values ...int64) Number {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = strconv.FormatInt(value, 10)
	}
	return Number{Int64: int64validator.OneOf(values...), words: diagnostic.Refusal{
		Title: notAllowed, Required: listed(texts), Remedy: "Write one of them",
	}}
}

// Between accepts the numbers from the least to the most.
func Between(least, most int64) Number {
	return Number{Int64: int64validator.Between(least, most), words: diagnostic.Refusal{
		Title: notAllowed, Required: fmt.Sprintf("a number from %d to %d", least, most), Remedy: leaveOutOrChange,
	}}
}

// Under returns the validator for a rule, which the error then names.
func (t Text) Under(broken rule.Rule) Text { t.rule = broken; return t }

// Under returns the validator for a rule, which the error then names.
func (n Number) Under(broken rule.Rule) Number { n.rule = broken; return n }

// ValidateString refuses what the validator does.
func (t Text) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	var refused validator.StringResponse
	t.String.ValidateString(ctx, req, &refused)
	if refused.Diagnostics.HasError() {
		resp.Diagnostics.Append(worded(req.Path, t.said(req.ConfigValue), t.rule, strconv.Quote(req.ConfigValue.ValueString())))
	}
}

// said returns the words about a value, and suggests the allowed value that is most likely meant.
func (t Text) said(value types.String) diagnostic.Refusal {
	words := t.words
	if value.IsNull() {
		words.Found = strings.NewReplacer("both ", "neither ", " and ", " nor ").Replace(words.Found)
	}
	var meant []string
	for _, allowed := range t.values {
		if given := bare(value.ValueString()); given != "" && strings.Contains(bare(allowed), given) || len(t.values) == 1 {
			meant = append(meant, allowed)
		}
	}
	if len(meant) == 1 {
		words.Remedy = "Write " + strconv.Quote(meant[0])
	}
	return words
}

// bare returns the letters and digits of a text, without their case.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// ValidateInt64 refuses what the validator does.
func (n Number) ValidateInt64(ctx context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	var refused validator.Int64Response
	n.Int64.ValidateInt64(ctx, req, &refused)
	if refused.Diagnostics.HasError() {
		resp.Diagnostics.Append(worded(req.Path, n.words, n.rule, req.ConfigValue.String()))
	}
}

// worded returns the refusal of a value, of a rule if one is named.
func worded(at path.Path, words diagnostic.Refusal, broken rule.Rule, value string) diag.Diagnostic {
	if words.Found == "" {
		words.Found = value
	}
	if broken.ID == "" {
		return diagnostic.Refuse(at, words)
	}
	return diag.WithPath(at, diagnostic.FromViolation(rule.Violation{
		Rule: broken, Severity: rule.Error, Found: words.Found, Required: words.Required, Why: words.Why, Remedy: words.Remedy,
	}))
}

// NotEmpty accepts sets with an element.
func NotEmpty() validator.Set {
	return sized{setvalidator.SizeAtLeast(1), diagnostic.Refusal{
		Title: "Set Without Elements", Required: "one element or more", Remedy: "Add an element, or leave the argument out if it is optional",
	}}
}

// AtMost accepts sets of a number of elements or fewer.
func AtMost(most int) validator.Set {
	return sized{setvalidator.SizeAtMost(most), diagnostic.Refusal{
		Title: "Too Many Elements", Required: fmt.Sprintf("%d or fewer", most), Remedy: "Remove some",
	}}
}

type sized struct {
	validator.Set
	words diagnostic.Refusal
}

func (v sized) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	var refused validator.SetResponse
	v.Set.ValidateSet(ctx, req, &refused)
	if refused.Diagnostics.HasError() {
		v.words.Found = fmt.Sprintf("%d elements", len(req.ConfigValue.Elements()))
		resp.Diagnostics.Append(diagnostic.Refuse(req.Path, v.words))
	}
}

// ValidTags returns what a map of tags must be like: how many there are, and how long names and values are.
func ValidTags(most, name int, names ...validator.String) []validator.Map {
	const value = 256
	return []validator.Map{
		fewTags{mapvalidator.SizeAtMost(most), most},
		mapvalidator.KeysAre(append(names, Length(1, name))...),
		mapvalidator.ValueStringsAre(Length(0, value)),
	}
}

type fewTags struct {
	validator.Map
	most int
}

func (v fewTags) ValidateMap(ctx context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	var refused validator.MapResponse
	v.Map.ValidateMap(ctx, req, &refused)
	if refused.Diagnostics.HasError() {
		resp.Diagnostics.Append(diagnostic.Refuse(req.Path, diagnostic.Refusal{
			Title: "Too Many Tags", Found: fmt.Sprintf("%d tags", len(req.ConfigValue.Elements())),
			Required: fmt.Sprintf("%d or fewer", v.most), Remedy: "Remove some",
		}))
	}
}

// ExactlyOneOf requires one of the arguments of a data source.
func ExactlyOneOf(names ...string) datasource.ConfigValidator {
	return together{datasourcevalidator.ExactlyOneOf(roots(names)...), diagnostic.Refusal{
		Title: "Not Exactly One Argument", Required: "one of " + strings.Join(names, " and "), Remedy: "Set one of them, and remove the other",
	}, names}
}

// AtMostOneOf refuses more than one of the arguments of a data source.
func AtMostOneOf(names ...string) datasource.ConfigValidator {
	return together{datasourcevalidator.Conflicting(roots(names)...), diagnostic.Refusal{
		Title: "Conflicting Arguments", Required: "no more than one of them", Remedy: "Remove all but one",
	}, names}
}

type together struct {
	datasource.ConfigValidator
	words diagnostic.Refusal
	names []string
}

func (v together) ValidateDataSource(ctx context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse,
) {
	var refused datasource.ValidateConfigResponse
	v.ConfigValidator.ValidateDataSource(ctx, req, &refused)
	if refused.Diagnostics.HasError() {
		v.words.Found = given(req.Config.Raw, v.names)
		resp.Diagnostics.Append(diagnostic.Refuse(path.Root(v.names[len(v.names)-1]), v.words))
	}
}

// given returns which of the arguments a configuration sets.
func given(config tftypes.Value, names []string) string {
	var values map[string]tftypes.Value
	_ = config.As(&values) // A configuration is an object.
	var found []string
	for _, name := range names {
		if !values[name].IsNull() {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		return "none of " + strings.Join(names, " and ")
	}
	return strings.Join(found, " and ")
}

func roots(names []string) (found []path.Expression) {
	for _, name := range names {
		found = append(found, path.MatchRoot(name))
	}
	return found
}

func quoted(values []string) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = strconv.Quote(value)
	}
	return listed(texts)
}

// listed returns "a, b or c".
func listed(texts []string) string {
	last := len(texts) - 1
	if last == 0 {
		return texts[0]
	}
	return strings.Join(texts[:last], ", ") + " or " + texts[last]
}
