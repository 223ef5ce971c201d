// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/shape"
)

// checkVersion refuses an api-version that does not exist, or does not have the operation. It
// finds the operation's documented shape for what comes after. Types without documents, which
// only tests have, take any version.
func (r *Request) checkVersion() *Error {
	named, operation, located := shape.Locate(r.HTTP.Method, r.HTTP.URL.Path)
	if !located {
		return r.checkListedVersion(named)
	}
	if _, exists := shape.Resolve(named, r.APIVersion); !exists {
		versions := shape.Versions(named)
		if len(versions) == 0 {
			return r.checkListedVersion(named)
		}
		slices.Reverse(versions) // newest first, as Azure lists them
		return r.versionUnknown(named, versions)
	}
	r.operation, r.documented = shape.For(named, r.APIVersion, operation)
	if r.documented || r.HTTP.Method == http.MethodHead {
		return nil
	}
	r.Note("%s has no operation %s in version %s", named, operation, r.APIVersion)
	return r.engine.unknownRoute(r)
}

// checkListedVersion refuses an api-version that a type without documents does not have.
func (r *Request) checkListedVersion(named string) *Error {
	t := r.engine.Type(named)
	if t == nil || t.Versions == nil || slices.Contains(t.Versions, r.APIVersion) {
		return nil
	}
	versions := slices.Clone(t.Versions)
	slices.Reverse(versions)
	return r.versionUnknown(t.Name, versions)
}

// versionUnknown is Azure's refusal of an api-version. Resource Manager says of its own types, and
// of what is no version at all, what the second sentence of Azure/azure-sdk-for-net issue 3160
// says; of the types of other providers what is in Azure/azure-cli issue 28496.
func (r *Request) versionUnknown(named string, versions []string) *Error {
	r.Note("%s has no version %q", named, r.APIVersion)
	namespace, path, _ := strings.Cut(named, "/")
	if !isVersion(r.APIVersion) {
		namespace, versions = ownNamespace, shape.Versions(ownNamespace+"/resources")
		slices.Reverse(versions)
	}
	if namespace == ownNamespace {
		return Gatewayf(http.StatusBadRequest, "InvalidApiVersionParameter",
			"The api-version '%s' is invalid. The supported versions are '%s'.",
			r.APIVersion, strings.Join(versions, ","))
	}
	return Gatewayf(http.StatusBadRequest, "NoRegisteredProviderFound",
		"No registered resource provider found for location '%s' and API version '%s' for type "+
			"'%s'. The supported api-versions are '%s'. The supported locations are '%s'.",
		r.location(), r.APIVersion, path, strings.Join(versions, ", "),
		strings.Join(Locations(), ", "))
}

// ownNamespace is the namespace of Resource Manager's own types.
const ownNamespace = "Microsoft.Resources"

func isVersion(text string) bool {
	date, _, _ := strings.Cut(text, "-preview")
	_, err := time.Parse(time.DateOnly, date)
	return err == nil && regexp.MustCompile(`^[\d-]+(-preview)?$`).MatchString(text)
}

// location returns the region that a request is about: the resource's or the group's.
func (r *Request) location() string {
	for _, id := range []ID{r.ID, r.ID.Parent(), r.ID.GroupID()} {
		if resource := r.Resource(id); resource != nil && resource.Location != "" {
			return resource.Location
		}
	}
	return ""
}

// checkShape checks a body against the documented shape. Problems go to the journal and refuse the
// request, unless the version may know more than its document. In Body, names are then spelled as
// documented, and read-only fields are removed.
func (r *Request) checkShape() error {
	if !r.documented || !r.operation.TakesBody() {
		return nil
	}
	var refused *Error
	problems := r.operation.CheckRequest(r.Body)
	for _, problem := range problems {
		if problem.Kind == shape.ReadOnly || r.answeredElsewhere(problem) {
			continue
		}
		r.Note("%s", problem)
		if refused == nil && !problem.Allowed {
			refused = r.misshapen(problem)
		}
	}
	if refused != nil {
		return refused
	}
	if body, ok := r.operation.DropReadOnly(r.Body).(map[string]any); ok {
		r.Body = body
	}
	return nil
}

// answeredElsewhere reports whether Azure has a more exact refusal for a problem than "invalid content":
// the engine refuses a missing location itself.
func (r *Request) answeredElsewhere(problem shape.Problem) bool {
	return problem.Kind == shape.Missing && problem.Path == "location"
}

// misshapen returns the refusal of a body. Azure reads bodies with Json.NET, whose words it passes on:
// those on an unknown field are in Azure/azure-sdk-for-net issue 3487, those on a text that is
// none in microsoft/azure-tools-for-java issue 1014.
func (r *Request) misshapen(problem shape.Problem) *Error {
	object := problem.Object
	if !strings.ContainsAny(problem.Path, ".[") && r.operation.Method != http.MethodPost {
		object = "ResourceDefinition"
	}
	where := fmt.Sprintf("Path '%s', %s", problem.Path, position(r.Raw, problem.Path))
	own := true
	var found string
	switch {
	case problem.Kind == shape.Unknown:
		own = false
		found = fmt.Sprintf("Could not find member '%s' on object of type '%s'. %s",
			problem.Path[strings.LastIndexByte(problem.Path, '.')+1:], object, where)
	case problem.Kind == shape.WrongType && problem.Expected == "string" &&
		(problem.Found == "object" || problem.Found == "array"):
		own = false
		found = fmt.Sprintf("Error reading string. Unexpected token: Start%s. %s",
			strings.ToUpper(problem.Found[:1])+problem.Found[1:], where)
	case problem.Kind == shape.Missing:
		found = fmt.Sprintf("Required property '%s' not found in JSON. %s",
			problem.Path[strings.LastIndexByte(problem.Path, '.')+1:], where)
	default:
		found = fmt.Sprintf("Error converting value: found %s, expected %s. %s",
			problem.Found, problem.Expected, where)
	}
	refused := Gatewayf(http.StatusBadRequest, "InvalidRequestContent",
		"The request content was invalid and could not be deserialized: '%s.'.", found)
	refused.Own = own
	return refused
}

// position returns where in a document the member at path ends, counted as Json.NET does, or where the
// document ends if it has no such member.
func position(document []byte, path string) string {
	decoder := json.NewDecoder(bytes.NewReader(document))
	end := memberEnd(decoder, "", path)
	if end == 0 {
		end = int64(len(document))
	}
	before := document[:end]
	line := 1 + bytes.Count(before, []byte("\n"))
	return fmt.Sprintf("line %d, position %d", line, len(before)-1-bytes.LastIndexByte(before, '\n'))
}

// memberEnd reads one value, whose own path is at, and returns the offset behind the name and the colon
// of the member at path, or 0 if there is none.
func memberEnd(decoder *json.Decoder, at, path string) int64 {
	bracket, _ := decoder.Token()
	if bracket != json.Delim('{') && bracket != json.Delim('[') {
		return 0
	}
	for i := 0; decoder.More(); i++ {
		item := fmt.Sprintf("%s[%d]", at, i)
		odd := item
		if bracket == json.Delim('{') {
			name, err := decoder.Token()
			if err != nil {
				return 0
			}
			item = strings.TrimPrefix(fmt.Sprintf("%s.%s", at, name), ".")
			odd = fmt.Sprintf("%s['%s']", at, name)
		}
		if item == path || odd == path {
			return decoder.InputOffset() + 1
		}
		if end := memberEnd(decoder, item, path); end > 0 {
			return end
		}
	}
	_, _ = decoder.Token() // the closing bracket; what ends too early ends the loops above
	return 0
}

// prune removes from an answer what the operation does not show at the request's version.
func (r *Request) prune(response *Response) {
	if !r.documented || !r.operation.HasResponse() || response.Body == nil {
		return
	}
	var body map[string]any
	decoder := json.NewDecoder(bytes.NewReader(encode(response.Body)))
	decoder.UseNumber()
	if decoder.Decode(&body) == nil { // what is no object has no fields to lose
		response.Body = r.operation.Prune(body)
	}
}
