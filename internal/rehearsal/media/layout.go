// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// order is the order in which Microsoft.Media writes the members of its objects (recorded). One
// list does for all of them.
const order = " name id type location tags properties systemData keyVaultProperties identity " +
	"mediaServiceId storageAccounts storageAuthentication encryption keyDelivery " +
	"publicNetworkAccess minimumTlsVersion provisioningState privateEndpointConnections " +
	"keyIdentifier currentKeyIdentifier userAssignedIdentity useSystemAssignedIdentity " +
	"clientId principalId tenantId userAssignedIdentities defaultAction ipAllowList " +
	"createdBy createdByType createdAt lastModifiedBy lastModifiedByType lastModifiedAt " +
	"assetName assetId created lastModified alternateId description container storageAccountName " +
	"storageEncryptionFormat streamingProtocol encryptionScheme paths streamingPaths downloadPaths " +
	"startTime endTime streamingLocatorId streamingPolicyName status error code nameAvailable reason message value @odata.nextLink "

// layout writes an answer as Microsoft.Media does, to the byte: its members in their order, with
// a line break and two spaces for each level after each opening bracket and before each closing
// one, and no other space (recorded: the content lengths come out exactly).
func layout(body any) ([]byte, error) {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, fmt.Errorf("encoding an answer: %w", err)
	}
	var value any
	decoder := json.NewDecoder(&encoded)
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading an encoded answer: %w", err)
	}
	var out bytes.Buffer
	write(&out, value, lineBreak)
	return out.Bytes(), nil
}

const (
	lineBreak = "\r\n"
	indent    = "  "
)

// write writes a value, the lines of which begin with margin.
func write(out *bytes.Buffer, value any, margin string) {
	switch value := value.(type) {
	case map[string]any:
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		slices.SortFunc(names, compareNames)
		out.WriteString("{" + margin + indent)
		for i, name := range names {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, name, margin)
			out.WriteByte(':')
			write(out, value[name], margin+indent)
		}
		out.WriteString(margin + "}")
	case []any:
		out.WriteString("[" + margin + indent)
		for i, item := range value {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, item, margin+indent)
		}
		out.WriteString(margin + "]")
	default:
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(value) // what came from JSON goes back to it
		out.Truncate(out.Len() - 1)
	}
}

// compareNames puts the names that are not in the list, those of tags for one, after the others
// and in their alphabetical order.
func compareNames(a, b string) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}

func rank(name string) int {
	if at := strings.Index(order, " "+name+" "); at >= 0 {
		return at
	}
	return len(order)
}
