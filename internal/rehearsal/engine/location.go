// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"maps"
	"slices"
	"strings"
)

// displayNames returns the regions of the public cloud by short name
// (https://learn.microsoft.com/azure/reliability/regions-list).
func displayNames() map[string]string {
	return map[string]string{
		"australiacentral": "Australia Central", "australiacentral2": "Australia Central 2",
		"australiaeast": "Australia East", "australiasoutheast": "Australia Southeast",
		"austriaeast": "Austria East", "belgiumcentral": "Belgium Central",
		"brazilsouth": "Brazil South", "brazilsoutheast": "Brazil Southeast",
		"canadacentral": "Canada Central", "canadaeast": "Canada East",
		"centralindia": "Central India", "centralus": "Central US", "chilecentral": "Chile Central",
		"eastasia": "East Asia", "eastus": "East US", "eastus2": "East US 2",
		"francecentral": "France Central", "francesouth": "France South",
		"germanynorth": "Germany North", "germanywestcentral": "Germany West Central",
		"indonesiacentral": "Indonesia Central", "israelcentral": "Israel Central",
		"italynorth": "Italy North", "japaneast": "Japan East", "japanwest": "Japan West",
		"jioindiacentral": "Jio India Central", "jioindiawest": "Jio India West",
		"koreacentral": "Korea Central", "koreasouth": "Korea South",
		"malaysiawest": "Malaysia West", "mexicocentral": "Mexico Central",
		"newzealandnorth": "New Zealand North", "northcentralus": "North Central US",
		"northeurope": "North Europe", "norwayeast": "Norway East", "norwaywest": "Norway West",
		"polandcentral": "Poland Central", "qatarcentral": "Qatar Central",
		"southafricanorth": "South Africa North", "southafricawest": "South Africa West",
		"southcentralus": "South Central US", "southindia": "South India",
		"southeastasia": "Southeast Asia", "spaincentral": "Spain Central",
		"swedencentral": "Sweden Central", "switzerlandnorth": "Switzerland North",
		"switzerlandwest": "Switzerland West", "uaecentral": "UAE Central", "uaenorth": "UAE North",
		"uksouth": "UK South", "ukwest": "UK West", "westcentralus": "West Central US",
		"westeurope": "West Europe", "westindia": "West India", "westus": "West US",
		"westus2": "West US 2", "westus3": "West US 3",
	}
}

// NormalizeLocation returns the short name of a region, however it is spelled: "West US 2" and
// "westus2" are the same.
func NormalizeLocation(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}

// DisplayLocation returns the region's name for people.
func DisplayLocation(location string) string {
	if name, known := displayNames()[NormalizeLocation(location)]; known {
		return name
	}
	return location
}

// Locations returns the short names of all regions, sorted.
func Locations() []string { return slices.Sorted(maps.Keys(displayNames())) }
