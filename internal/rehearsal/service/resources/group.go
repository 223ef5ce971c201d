// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resources

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

func (s *Service) groups() *engine.ResourceType {
	return &engine.ResourceType{
		Name: groupType, Permission: groupPermission, Untracked: true,
		CheckName: checkGroupName, Write: writeGroup, Remove: removeGroup,
	}
}

// checkGroupName checks a name against the naming rules
// (https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules).
func checkGroupName(name string) *engine.Error {
	if len(name) > 90 {
		return engine.Gatewayf(http.StatusBadRequest, "InvalidResourceGroup",
			"The provided resource group name '%s' has these invalid characters: ''. The name "+
				"must not be longer than 90 characters.", name)
	}
	strange := regexp.MustCompile(`[^\p{L}\p{N}_.()-]`).FindAllString(name, -1)
	if len(strange) == 0 && strings.HasSuffix(name, ".") {
		strange = []string{"."}
	}
	if len(strange) > 0 {
		return engine.Gatewayf(http.StatusBadRequest, "InvalidResourceGroup",
			"The provided resource group name '%s' has these invalid characters: '%s'. The name "+
				"can only be a letter, digit, '-', '.', '(', ')' or '_'.",
			name, strings.Join(strange, ""))
	}
	return nil
}

func writeGroup(r *engine.Request, old, next *engine.Resource) (engine.Outcome, error) {
	switch {
	case next.Location == "":
		return engine.Outcome{}, engine.Gatewayf(http.StatusBadRequest, "LocationRequired",
			"The location property is required for this definition.")
	case old != nil && next.Location != old.Location:
		return engine.Outcome{}, engine.Gatewayf(http.StatusConflict, "InvalidResourceGroupLocation",
			"Invalid resource group location '%s'. The Resource group already exists in location "+
				"'%s'.", next.Location, old.Location)
	case !slices.Contains(engine.Locations(), next.Location):
		return engine.Outcome{}, engine.Gatewayf(http.StatusBadRequest,
			"LocationNotAvailableForResourceGroup",
			"The provided location '%s' is not available for resource group. List of available "+
				"regions is '%s'.", next.Location, strings.Join(engine.Locations(), ","))
	}
	if old == nil {
		next.ID = r.ID.GroupID()
	}
	next.Properties = map[string]any{"provisioningState": engine.Succeeded}
	return engine.Outcome{}, nil
}

// removeGroup deletes the resources of a group and starts the operation that deletes the group.
func removeGroup(r *engine.Request, group *engine.Resource) (engine.Outcome, error) {
	if err := r.RemoveAll(group); err != nil {
		return engine.Outcome{}, err
	}
	group.Set("provisioningState", "Deleting")
	return engine.Outcome{Async: &engine.Async{
		ResultPath: string(group.ID.SubscriptionID()) + "/operationresults/{operation}",
	}}, nil
}

// listGroups answers with the groups of a subscription that the caller may read.
func (s *Service) listGroups(r *engine.Request) (*engine.Response, error) {
	wanted, err := parseFilter(r)
	if err != nil {
		return nil, err
	}
	t := s.engine.Type(groupType)
	return r.PageOf(r.ID.SubscriptionID(), groupType, "nextLink", func(group *engine.Resource) any {
		if !wanted(group) || r.Permit(groupPermission+"/read", group.ID) != nil {
			return nil
		}
		return r.Show(t, group)
	}), nil
}
