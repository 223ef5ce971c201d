// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package machinelearning is Microsoft.MachineLearningServices in rehearsal: workspaces, and the copy of
// a storage key that each holds. No other service may import it.
package machinelearning

import (
	"net/http"
	"regexp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Type is the type of a workspace.
const Type = "Microsoft.MachineLearningServices/workspaces"

// Service is Microsoft.MachineLearningServices.
type Service struct {
	storage StorageAccounts
	tokens  Tokens
	kind    *engine.ResourceType
}

// StorageAccounts is the part of Microsoft.Storage that workspaces use.
type StorageAccounts interface {
	// Keys returns the values of a storage account's access keys.
	Keys(tx *engine.Tx, id engine.ID) (key1, key2 []byte, ok bool)
}

// Tokens gives the workspaces' identities tokens.
type Tokens interface {
	Token(tx *engine.Tx, objectID, audience string) (string, error)
}

// New adds Microsoft.MachineLearningServices to an engine. accounts are the storage accounts that
// workspaces keep their files in.
func New(e *engine.Engine, accounts StorageAccounts, tokens Tokens) *Service {
	s := &Service{storage: accounts, tokens: tokens}
	s.kind = &engine.ResourceType{
		Name:        Type,
		HasIdentity: true,
		CheckName:   checkName,
		Busy: engine.Ownf(http.StatusConflict, "Conflict",
			"There is another operation already in progress on the workspace."),
		Write:    s.write,
		Complete: s.complete,
		View:     view,
		Remove:   remove,
		Routes: map[string]engine.Action{
			"POST resyncKeys":             {Serve: s.resyncKeys},
			"POST listStorageAccountKeys": {Serve: listStorageAccountKeys},
			"POST listKeys":               {Serve: listKeys},
		},
	}
	e.Register(s.kind)
	e.Handle(engine.Route{
		Pattern: "GET /subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/" +
			"locations/{location}/workspaceOperationsStatus/{operation}",
		Permission: "Microsoft.MachineLearningServices/locations/workspaceOperationsStatus/read",
		Serve: func(r *engine.Request) (*engine.Response, error) {
			r.AnswerAs(s.kind)
			return serveOperation(r)
		},
	})
	return s
}

// serveOperation answers a GET of Location. That of a resync has no body: the OpenAPI document has
// none.
func serveOperation(r *engine.Request) (*engine.Response, error) {
	response, err := engine.ServeOperationResult(r)
	operation := r.Operation(r.Params["operation"])
	if err == nil && operation.Method == http.MethodPost {
		response.Body = nil
	}
	return response, err
}

// async returns where clients follow an operation on a workspace.
func async(workspace *engine.Resource) *engine.Async {
	return &engine.Async{ResultPath: "/subscriptions/" + workspace.ID.Subscription() +
		"/providers/Microsoft.MachineLearningServices/locations/" + workspace.Location +
		"/workspaceOperationsStatus/{operation}"}
}

// validName is the pattern of a workspace's name in the OpenAPI document.
var validName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$`)

func checkName(name string) *engine.Error {
	if validName.MatchString(name) {
		return nil
	}
	return invalid("The name '%s' has to begin with a letter or a digit, and has 3 to 33 letters, "+
		"digits, hyphens and underscores.", name)
}

// invalid returns a refusal of a request's content. The form is that of Azure/azure-rest-api-specs issue
// 15878, the sentence is rehearsal's own.
func invalid(format string, args ...any) *engine.Error {
	refused := engine.Ownf(http.StatusBadRequest, "ValidationError", format, args...)
	refused.Target = "workspace"
	refused.Details = []*engine.Error{{Code: "Invalid", Message: refused.Message, Target: "workspace"}}
	return refused
}
