// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package batch is Microsoft.Batch in rehearsal: Batch accounts with their auto-storage account and
// their encryption. No other service may import it. Where a comment says "recorded", the behaviour
// is that of the traffic of Microsoft's own client tests (azure-cli's recordings of its batch
// module, 2022-10-01 and 2024-02-01).
package batch

import (
	"net/http"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
)

// Type is the type of a Batch account.
const Type = "Microsoft.Batch/batchAccounts"

// Service is Microsoft.Batch.
type Service struct {
	vaults  Vaults
	storage StorageAccounts
	tokens  Tokens
	kind    *engine.ResourceType
}

// Tokens gives the accounts' identities tokens.
type Tokens interface {
	Token(tx *engine.Tx, objectID, audience string) (string, error)
}

// New adds Microsoft.Batch to an engine. Customers' keys are used through vaults; accounts are the
// storage accounts that Batch accounts keep their files in.
func New(e *engine.Engine, vaults Vaults, accounts StorageAccounts, tokens Tokens) *Service {
	s := &Service{vaults: vaults, storage: accounts, tokens: tokens}
	s.kind = &engine.ResourceType{
		Name:        Type,
		HasIdentity: true,
		CheckName:   checkName,
		Busy: engine.Ownf(http.StatusConflict, "OperationInProgress",
			"There is another operation already in progress on the account."),
		Terms: envelope.UsersTerms(func(account *engine.Resource) string {
			return account.String("encryption.keyVaultProperties.keyIdentifier")
		}),
		Write:    s.write,
		Complete: s.complete,
		View:     view,
		Remove:   remove,
		Answer:   head,
		Routes: map[string]engine.Action{
			"POST syncAutoStorageKeys": {Serve: s.syncAutoStorageKeys},
			"POST listKeys":            {Serve: s.listKeys},
			"POST regenerateKeys":      {Serve: s.regenerateKeys},
			"GET operationResults/{operation}": {
				Permission: Type + "/operationResults/read",
				Serve: func(r *engine.Request, _ *engine.Resource) (*engine.Response, error) {
					return engine.ServeOperationResult(r)
				},
			},
		},
	}
	e.Register(s.kind)
	s.addRoutes(e)
	s.addApplications(e)
	s.followers().Follow(e)
	return s
}

func (s *Service) addRoutes(e *engine.Engine) {
	const location = "/subscriptions/{subscription}/providers/Microsoft.Batch/locations/{location}"
	e.Handle(engine.Route{
		Pattern:    "POST " + location + "/checkNameAvailability",
		Permission: "Microsoft.Batch/locations/checkNameAvailability/read",
		Serve: func(r *engine.Request) (*engine.Response, error) {
			r.AnswerAs(s.kind)
			return checkNameAvailability(r)
		},
	})
	e.Handle(engine.Route{
		Pattern:    "GET " + location + "/accountOperationResults/{operation}",
		Permission: "Microsoft.Batch/locations/accountOperationResults/read",
		Serve: func(r *engine.Request) (*engine.Response, error) {
			r.AnswerAs(s.kind)
			// The OpenAPI document's example has the account's name before the operation's ID.
			_, r.Params["operation"], _ = strings.Cut(r.Params["operation"], "-")
			return engine.ServeOperationResult(r)
		},
	})
}

// head adds the headers of Microsoft.Batch (recorded).
func head(_ *engine.Request, response *engine.Response) {
	response.Header.Set("Server", "Microsoft-HTTPAPI/2.0")
}

// refuse returns a refusal of the service in its own form: the request and the time stand in the message,
// and what it is about in target and details (recorded in Azure/azure-cli issues 24007 and 18208).
// Its codes and sentences are rehearsal's own unless a comment names their source.
func refuse(r *engine.Request, status int, code, sentence string, reasons ...[2]string) *engine.Error {
	refused := engine.Ownf(status, code, "%s\nRequestId:%s\nTime:%s",
		sentence, r.NewID(), engine.Timestamp(r.Now()))
	refused.Target = "BatchAccount"
	for _, reason := range reasons {
		refused.Details = append(refused.Details, &engine.Error{Code: reason[0], Message: reason[1]})
	}
	return refused
}

// because returns the reason in the details of a refusal (Azure/azure-cli issue 18208).
func because(sentence string) [2]string { return [2]string{"Reason", sentence} }
