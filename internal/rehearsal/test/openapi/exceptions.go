// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi

import (
	"net/http"
	"regexp"
	"strings"
)

// exception is a place where a document is wrong about the service.
type exception struct {
	document  string // All of a service's versions.
	operation string // Empty for all.
	place     place
	pointer   string // A regular expression for the whole pointer.
	field     string
	reason    string
}

// exceptions lists the known flaws of the documents.
func exceptions() []exception {
	return []exception{
		{
			"mediaservices", "", inRequest, `properties\.storageAccounts\.\d+\.type`, "required",
			"Microsoft's tutorial and Postman sample leave the type out, and the service takes it",
		},
		{
			"mediaservices", "Mediaservices_Update", inRequest, `location`, "required",
			"documented as the whole resource in 2020-05-01; our own choice, as in later versions",
		},
		{
			"mediaservices", "", inResponse, metricSpecifications, "enum",
			"the service's own list of operations has more units and aggregations than the document",
		},
		{
			"videoanalyzer", "", inResponse, metricSpecifications, "enum",
			"as for mediaservices: it is the same list",
		},
		{
			"machinelearning", "", inResponse, "", "minimum",
			"the document has clients look again after 10 seconds or more; rehearsal asks them to do " +
				"so at its own pace",
		},
		{
			"videoanalyzer", "VideoAnalyzers_CreateOrUpdate", inRequest, `properties\.encryption`, "required",
			"azurerm 3 leaves the encryption out at 2021-05-01-preview, and the service takes it",
		},
		{
			"keyvault-keys", "", inResponse, `nextLink`, "nullable",
			"the last page has nextLink null in recorded traffic",
		},
		{
			"keyvault-secrets", "", inResponse, `nextLink`, "nullable",
			"as for keyvault-keys",
		},
		{
			"keyvault-rm", "", inResponse, `nextLink`, "nullable",
			"the last page has nextLink null in the document's own example",
		},
		{
			"storage", "", inResponse, `(value\.\d+\.)?properties\.networkAcls\.ipv6Rules`, "properties",
			"recorded answers of 2023 have it; the document of 2023-01-01 does not",
		},
		{
			"storage", "", inResponse, `keys\.\d+\.permissions`, "enum",
			"recorded answers have FULL; the document has Full",
		},
	}
}

const metricSpecifications = `value\.\d+\.properties\.serviceSpecification\.metricSpecifications` +
	`\.\d+\.(unit|aggregationType)`

// tolerates reports whether a finding is a flaw of the document.
func (m match) tolerates(e exchange, f finding) bool {
	switch {
	// What the document does not know may be in a newer version.
	case m.version.Lenient && (f.field == "enum" || isUnsupported(f)):
		return true
	// Resource Manager itself answers for any provider, with "details" and
	// "innererror" where a provider's own schema may have none.
	case e.status >= http.StatusBadRequest && f.place == inResponse && isUnsupported(f):
		return true
	}
	for _, known := range exceptions() {
		if known.document == m.document.name &&
			(known.operation == "" || known.operation == m.operation.ID) &&
			known.place == f.place && known.field == f.field &&
			regexp.MustCompile("^(?:"+known.pointer+")$").MatchString(f.pointer) {
			return true
		}
	}
	return false
}

func isUnsupported(f finding) bool {
	return f.field == "properties" && strings.HasSuffix(f.text, "is unsupported")
}
