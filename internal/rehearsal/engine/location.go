// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"maps"
	"slices"
	"strings"
)

// displayNames are regions by short name. A region that is missing here is shown by its short
// name.
var displayNames = map[string]string{
	"australiacentral": "Australia Central", "australiaeast": "Australia East",
	"australiasoutheast": "Australia Southeast", "brazilsouth": "Brazil South",
	"canadacentral": "Canada Central", "canadaeast": "Canada East",
	"centralindia": "Central India", "centralus": "Central US", "eastasia": "East Asia",
	"eastus": "East US", "eastus2": "East US 2", "francecentral": "France Central",
	"germanywestcentral": "Germany West Central", "italynorth": "Italy North",
	"japaneast": "Japan East", "japanwest": "Japan West", "koreacentral": "Korea Central",
	"koreasouth": "Korea South", "northcentralus": "North Central US",
	"northeurope": "North Europe", "norwayeast": "Norway East", "polandcentral": "Poland Central",
	"qatarcentral": "Qatar Central", "southafricanorth": "South Africa North",
	"southcentralus": "South Central US", "southindia": "South India",
	"southeastasia": "Southeast Asia", "spaincentral": "Spain Central",
	"swedencentral": "Sweden Central", "switzerlandnorth": "Switzerland North",
	"switzerlandwest": "Switzerland West", "uaenorth": "UAE North", "uksouth": "UK South",
	"ukwest": "UK West", "westcentralus": "West Central US", "westeurope": "West Europe",
	"westindia": "West India", "westus": "West US", "westus2": "West US 2",
	"westus3": "West US 3",
}

// NormalizeLocation is the short name of a region, however it is spelled: "West US 2" and
// "westus2" are the same.
func NormalizeLocation(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}

// DisplayLocation is the region's name for people.
func DisplayLocation(location string) string {
	if name, known := displayNames[NormalizeLocation(location)]; known {
		return name
	}
	return location
}

// Locations returns the short names of all regions, sorted.
func Locations() []string { return slices.Sorted(maps.Keys(displayNames)) }
