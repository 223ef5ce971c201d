// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package shape

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Kind is a kind of problem.
type Kind string

// The kinds of problem.
const (
	// Unknown is a field that the operation does not have.
	Unknown Kind = "unknown field"
	// WrongType is a value of another JSON type than the documented one.
	WrongType Kind = "wrong type"
	// NotInEnum is a text that is none of the documented values.
	NotInEnum Kind = "not in enum"
	// Missing is a required field that is absent or null.
	Missing Kind = "missing"
	// ReadOnly is a field that only the service sets. It is dropped.
	ReadOnly Kind = "read-only"
)

// Problem is one place where a request is not what the operation documents.
type Problem struct {
	// Path leads from the root of the body to the place, such as
	// "properties.storageAccounts[0].type". It is empty for the body itself.
	Path string
	Kind Kind
	// Object is the documented name of the object that the field is in.
	Object string
	// Expected is what may stand there, and Found what does.
	Expected, Found string
	// Allowed tells that the request is not to be refused for it: the field is
	// read-only, or the version may know more than the document.
	Allowed bool
}

// String says the problem in one line.
func (p Problem) String() string {
	place := p.Path
	if place == "" {
		place = "body"
	}
	text := fmt.Sprintf("%s: %s", place, p.Kind)
	if p.Found != "" {
		text += " " + p.Found
	}
	if p.Expected != "" {
		text += ", expected " + p.Expected
	}
	return text
}

// Refused returns the problems for which a request is refused.
func Refused(problems []Problem) []Problem {
	var refused []Problem
	for _, p := range problems {
		if !p.Allowed {
			refused = append(refused, p)
		}
	}
	return refused
}

// CheckRequest compares a decoded JSON body with the documented one. Field
// names and enum values match in any case, as they do for Azure's services.
// The problems come in the order of their paths. A body that the operation has
// no use for is no problem: clients send an empty object with many actions.
func (o Operation) CheckRequest(body any) []Problem {
	if o.request == nil {
		return nil
	}
	if body == nil {
		if !o.NeedsBody {
			return nil
		}
		return []Problem{{Kind: Missing, Object: o.request.Name, Expected: o.request.expected()}}
	}
	c := checker{operation: o}
	c.check("", o.request, o.response, body)
	return c.problems
}

// checker walks a body and notes problems.
type checker struct {
	operation Operation
	problems  []Problem
}

// check compares a value with its shape. The answer's shape at the same place
// tells which unknown fields the client has only read and sends back.
func (c *checker) check(path string, n, answer *node, value any) {
	if value == nil {
		return // Null takes a field away or leaves it out; either may be meant.
	}
	if found := kindOf(value); !n.takes(found) {
		c.note(Problem{Path: path, Kind: WrongType, Expected: n.expected(), Found: found})
		return
	}

	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			switch n.Kind {
			case kindMap:
				c.check(join(path, key), n.item, answer.itemOf(), value[key])
			case kindObject:
				c.checkField(join(path, key), key, n, answer, value[key])
			}
		}
		c.checkRequired(path, n, value)

	case []any:
		if n.item == nil {
			return
		}
		for i, item := range value {
			c.check(fmt.Sprintf("%s[%d]", path, i), n.item, answer.itemOf(), item)
		}

	case string:
		if len(n.Enum) > 0 && n.enumValue(value) == "" {
			c.note(Problem{
				Path: path, Kind: NotInEnum, Expected: n.expected(), Found: value,
				Allowed: c.operation.Lenient,
			})
		}
	}
}

func (c *checker) checkField(path, key string, n, answer *node, value any) {
	f, known := n.field(key)
	read, readable := answer.field(key)
	switch {
	case known && f.readOnly, !known && readable && c.operation.resource():
		c.note(Problem{Path: path, Kind: ReadOnly, Object: n.Name, Allowed: true})
	case known:
		c.check(path, f.node, read.node, value)
	default:
		c.note(Problem{
			Path: path, Kind: Unknown, Object: n.Name,
			Expected: "one of " + strings.Join(n.names(), ", "),
			Allowed:  c.operation.Lenient,
		})
	}
}

func (c *checker) checkRequired(path string, n *node, value map[string]any) {
	for _, name := range n.names() {
		f, _ := n.field(name)
		if f.required && !f.readOnly && isAbsent(value, name) {
			c.note(Problem{
				Path: join(path, name), Kind: Missing, Object: n.Name, Expected: f.node.expected(),
			})
		}
	}
}

func (c *checker) note(p Problem) { c.problems = append(c.problems, p) }

func isAbsent(value map[string]any, name string) bool {
	for key, given := range value {
		if strings.EqualFold(key, name) && given != nil {
			return false
		}
	}
	return true
}

func (n *node) itemOf() *node {
	if n == nil {
		return nil
	}
	return n.item
}

// takes tells whether a shape takes a JSON value of a kind.
func (n *node) takes(found string) bool {
	switch n.Kind {
	case kindAny:
		return true
	case kindMap:
		return found == kindObject
	case kindNumber:
		return found == kindNumber || found == kindInteger
	default:
		return found == n.Kind
	}
}

// expected says in words what a shape takes.
func (n *node) expected() string {
	switch {
	case len(n.Enum) > 0:
		return "one of " + strings.Join(n.Enum, ", ")
	case n.Kind == kindMap:
		return kindObject
	default:
		return n.Kind
	}
}

// enumValue returns the documented spelling of a value, or "".
func (n *node) enumValue(value string) string {
	for _, documented := range n.Enum {
		if strings.EqualFold(documented, value) {
			return documented
		}
	}
	return ""
}

func kindOf(value any) string {
	switch value := value.(type) {
	case map[string]any:
		return kindObject
	case []any:
		return kindArray
	case string:
		return kindString
	case bool:
		return kindBoolean
	case json.Number:
		if _, err := value.Int64(); err == nil {
			return kindInteger
		}
		return kindNumber
	case float64:
		if value == math.Trunc(value) {
			return kindInteger
		}
		return kindNumber
	case int, int32, int64:
		return kindInteger
	default:
		return fmt.Sprintf("%T", value)
	}
}

var plainKey = regexp.MustCompile(`^[\w@$-]+$`)

// join spells a path as the errors of Azure's services do.
func join(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return path + "['" + key + "']"
	case path == "":
		return key
	default:
		return path + "." + key
	}
}
