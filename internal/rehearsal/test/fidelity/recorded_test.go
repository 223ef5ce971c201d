// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package fidelity_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// exchange is a request as it was recorded, with names of this test's own, and the shape of the
// answer that was recorded to it.
type exchange struct {
	method, path, version, body string

	status int
	// header has a pattern for each header that the recording has or has not ("").
	header map[string]string
	// answer is the body without whitespace. See [scenario.expand] for what stands in it for what
	// differs from one run to another.
	answer string
	// after is called when the answer has come, for what happens beside the requests.
	after func(s *scenario, said *answer)
}

// scenario is a served rehearsal and what its exchanges have made so far.
type scenario struct {
	*served
	// known are the texts that recur: addresses and names by placeholder.
	known map[string]string
}

func replay(t *testing.T, exchanges ...exchange) {
	t.Helper()
	s := &scenario{served: serve(t, byName)}
	s.known = map[string]string{
		"{subscription}": "/subscriptions/" + s.SubscriptionID, "{tenant}": s.TenantID,
		"{client}": s.ClientID, "{object}": s.ObjectID,
	}
	for i, e := range exchanges {
		reply := s.send(e.method, s.address(e), s.authorization(e), s.expand(e.body))
		if reply.Status != e.status {
			t.Fatalf("%d. %s %s: status %d, want %d: %s",
				i+1, e.method, e.path, reply.Status, e.status, reply.Raw)
		}
		s.compareHeader(i, e, reply)
		s.compareBody(i, e, reply)
		if e.after != nil {
			e.after(s, reply)
		}
	}
}

// address is where a request goes. Those without an api-version follow a link as it is.
func (s *scenario) address(e exchange) string {
	path := s.expand(e.path)
	if !strings.HasPrefix(path, "https://") {
		path = s.Manager + path
	}
	if e.version == "" {
		return path
	}
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return path + separator + "api-version=" + e.version
}

func (s *scenario) authorization(e exchange) map[string]string {
	audience := "https://management.azure.com/"
	if strings.Contains(s.expand(e.path), ".vault.azure.net") {
		audience = "https://vault.azure.net"
	}
	header := map[string]string{
		"Authorization": "Bearer " + s.token(audience), "Content-Type": "application/json",
	}
	if e.version != "" { // the Go SDK follows links without saying what it accepts
		header["Accept"] = "application/json"
	}
	return header
}

// expand puts what is known so far in the place of its placeholder.
func (s *scenario) expand(text string) string {
	for placeholder, value := range s.known {
		text = strings.ReplaceAll(text, placeholder, value)
	}
	return text
}

// remember keeps a text of an answer for later exchanges, under a placeholder.
func remember(placeholder, path string) func(*scenario, *answer) {
	return func(s *scenario, reply *answer) { s.known[placeholder] = reply.text(path) }
}

func (s *scenario) compareHeader(i int, e exchange, reply *answer) {
	s.t.Helper()
	for name, pattern := range e.header {
		got := reply.Header.Get(name)
		if pattern == "" && got != "" {
			s.t.Errorf("%d. %s %s: header %s: %s, want none", i+1, e.method, e.path, name, got)
		}
		if !s.pattern(pattern).MatchString(got) {
			s.t.Errorf("%d. %s %s: header %s: %q, want %s", i+1, e.method, e.path, name, got, pattern)
		}
	}
}

// compareBody compares every value of a body with the recorded one. The order of members and the
// whitespace between them mean nothing to a client, and are not compared.
func (s *scenario) compareBody(i int, e exchange, reply *answer) {
	s.t.Helper()
	want, got := s.expand(e.answer), string(reply.Raw)
	if e.answer != "" && e.answer != "<any>" {
		want, got = sorted(s.t, want), sorted(s.t, got)
	}
	if !s.pattern(want).MatchString(got) {
		s.t.Errorf("%d. %s %s: the answer is not as recorded (-want +got):\n%s",
			i+1, e.method, e.path, cmp.Diff(strings.Split(want, ","), strings.Split(got, ",")))
	}
}

func sorted(t *testing.T, document string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		t.Fatalf("%v: %s", err, document)
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	// Placeholders have angle brackets, which the encoder escapes.
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(encoded))
}

// pattern is the pattern of a text with placeholders for what differs from run to run: <guid>,
// <time> with trailing zeros of its fraction cut, <time7> with all seven digits, <time3> with
// three, <key> for an access key, <hex> for a version, <unix> for seconds, <moment>, <any>.
func (s *scenario) pattern(text string) *regexp.Regexp {
	s.t.Helper()
	const second = `20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d`
	quoted := regexp.QuoteMeta(s.expand(text))
	for placeholder, pattern := range map[string]string{
		"<guid>":  `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
		"<time>":  second + `(\.\d{0,6}[1-9])?Z`,
		"<time7>": second + `\.\d{7}Z`,
		"<time3>": second + `\.\d{3}Z`,
		"<key>":   `[A-Za-z0-9+/]{86}==`,
		"<hex>":   `[0-9a-f]{32}`,
		// A number, though it stands in quotes to be JSON here.
		`"<unix>"`: `[12]\d{9}`,
		// As the operations of Key Vault's Resource Manager side write it.
		"<moment>": `20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ`,
		"<any>":    `.*`,
	} {
		quoted = strings.ReplaceAll(quoted, placeholder, pattern)
	}
	return regexp.MustCompile("(?s)^" + quoted + "$")
}

// The names in the exchanges.
const (
	inGroup  = "{subscription}/resourceGroups/clitest"
	stores   = inGroup + "/providers/Microsoft.Storage/storageAccounts"
	store    = stores + "/clitest000002"
	accounts = inGroup + "/providers/Microsoft.Media/mediaservices"
	account  = accounts + "/ams000004"
	vaultID  = inGroup + "/providers/Microsoft.KeyVault/vaults/vault-name-000003"
	vaultURL = "https://vault-name-000003.vault.azure.net"
)

// createGroup and createStore are how most recordings begin.
func createGroup() exchange {
	return exchange{
		method: "PUT", path: "{subscription}/resourcegroups/clitest", version: "2021-04-01",
		body: `{"location":"westus2"}`, status: http.StatusCreated,
		answer: `{"id":"{subscription}/resourceGroups/clitest","name":"clitest",` +
			`"type":"Microsoft.Resources/resourceGroups","location":"westus2",` +
			`"properties":{"provisioningState":"Succeeded"}}`,
	}
}

// createStore answers 202 and nothing, and says where to look (azure-cli, ams and storage modules).
func createStore() exchange {
	return exchange{
		method: "PUT", path: store, version: "2023-01-01",
		body: `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",` +
			`"properties":{"encryption":{"services":{"blob":{}},"keySource":"Microsoft.Storage"}}}`,
		status: http.StatusAccepted,
		header: map[string]string{
			"Content-Type": "text/plain; charset=utf-8", "Azure-AsyncOperation": "",
			"Location": "https://management.azure.com{subscription}/providers/Microsoft.Storage/" +
				"locations/westus2/asyncoperations/<guid>?monitor=true&api-version=2023-01-01",
		},
		after: func(s *scenario, reply *answer) {
			s.known["{poll}"] = reply.Header.Get("Location")
		},
	}
}

// storeBody is an account of November 2023.
const storeBody = `{"sku":{"name":"Standard_LRS","tier":"Standard"},"kind":"StorageV2","id":"` + store +
	`","name":"clitest000002","type":"Microsoft.Storage/storageAccounts","location":"westus2",` +
	`"tags":{},"properties":{"keyCreationTime":{"key1":"<time7>","key2":"<time7>"},` +
	`"privateEndpointConnections":[],"minimumTlsVersion":"TLS1_0","allowBlobPublicAccess":false,` +
	`"networkAcls":{"bypass":"AzureServices","virtualNetworkRules":[],"ipRules":[],` +
	`"defaultAction":"Allow"},"supportsHttpsTrafficOnly":true,"encryption":{"services":{` +
	`"file":{"keyType":"Account","enabled":true,"lastEnabledTime":"<time7>"},` +
	`"blob":{"keyType":"Account","enabled":true,"lastEnabledTime":"<time7>"}},` +
	`"keySource":"Microsoft.Storage"},"accessTier":"Hot","provisioningState":"Succeeded",` +
	`"creationTime":"<time7>","primaryEndpoints":{"dfs":"https://clitest000002.dfs.core.windows.net/",` +
	`"web":"https://clitest000002.web.core.windows.net/",` +
	`"blob":"https://clitest000002.blob.core.windows.net/",` +
	`"queue":"https://clitest000002.queue.core.windows.net/",` +
	`"table":"https://clitest000002.table.core.windows.net/",` +
	`"file":"https://clitest000002.file.core.windows.net/"},"primaryLocation":"westus2",` +
	`"statusOfPrimary":"available"}}`

func createdStore() exchange {
	return exchange{
		method: "GET", path: "{poll}", status: http.StatusOK,
		header: map[string]string{"Content-Type": "application/json<any>"}, answer: storeBody,
	}
}

// headed are the headers of every answer of Microsoft.Media that has a body.
func headed(more map[string]string) map[string]string {
	header := map[string]string{
		"Odata-Version": "4.0", "Server": "Microsoft-HTTPAPI/2.0", "Cache-Control": "no-cache",
		"Content-Type": "application/json; odata.metadata=minimal", "Expires": "-1",
		"Pragma": "no-cache", "X-Content-Type-Options": "nosniff",
	}
	for name, pattern := range more {
		header[name] = pattern
	}
	return header
}

// streaming is the type of an answer to a client that does not say what it accepts.
func streaming() map[string]string {
	return map[string]string{
		"Content-Type": "application/json; odata.metadata=minimal; odata.streaming=true",
	}
}

// atOnce are the headers that a synchronous answer does not have.
func atOnce() map[string]string {
	return headed(map[string]string{"Azure-AsyncOperation": "", "Location": "", "Retry-After": ""})
}

// following are the headers of an answer that starts an operation. How long clients are asked to
// wait is rehearsal's own.
func following(version string) map[string]string {
	at := "https://management.azure.com{subscription}/providers/Microsoft.Media/locations/westus2/"
	return headed(map[string]string{
		"Azure-AsyncOperation": at + "mediaServicesOperationStatuses/<guid>?api-version=" + version,
		"Location":             at + "mediaServicesOperationResults/<guid>?api-version=" + version,
		"Retry-After":          "<any>",
	})
}

// The parts of an account's body.
const (
	named = `"name":"ams000004","id":"` + account +
		`","type":"Microsoft.Media/mediaservices","location":"West US 2"`
	stored      = `"storageAccounts":[{"id":"` + store + `","type":"Primary"}]`
	keyDelivery = `"keyDelivery":{"accessControl":{"defaultAction":"Allow","ipAllowList":[]}}`
	systemData  = `"systemData":{"createdBy":"{client}","createdByType":"Application",` +
		`"createdAt":"<time>","lastModifiedBy":"{client}","lastModifiedByType":"Application",` +
		`"lastModifiedAt":"<time>"}`
	systemAssigned = `"identity":{"type":"SystemAssigned","principalId":"<guid>","tenantId":"{tenant}"}`
)

// synchronous is the whole body of an account at a synchronous version with these encryption
// properties.
func synchronous(encryption string) string {
	return `"properties":{"mediaServiceId":"<guid>",` + stored + `,"storageAuthentication":"System",` +
		`"encryption":` + encryption + `,` + keyDelivery + `,"publicNetworkAccess":"Enabled"}`
}

// azure-cli, ams module, at 2021-06-01: an account is made, shown, listed, changed, synchronized and
// deleted. No tags were sent: none are shown. The region has its display name whatever was sent.
func TestRecorded_accountAtTheLastSynchronousVersion(t *testing.T) {
	t.Parallel()
	const version = "2021-06-01"
	shown := `{` + named + `,` + synchronous(`{"type":"SystemKey"}`) + `,` + systemData + `}`
	tagged := strings.Replace(shown, `"West US 2"`, `"West US 2","tags":{"key":"value"}`, 1)
	replay(t, createGroup(), createStore(), createdStore(),
		exchange{
			method: "PUT", path: account, version: version, body: `{"location":"westus2","properties":{` +
				`"storageAccounts":[{"id":"` + store + `","type":"Primary"}]}}`,
			status: http.StatusCreated, header: atOnce(), answer: shown,
		},
		exchange{
			method: "GET", path: account, version: version, status: http.StatusOK, header: atOnce(),
			answer: shown,
		},
		exchange{ // Clients spell the type in either way.
			method: "GET", path: strings.Replace(account, "mediaservices", "mediaServices", 1),
			version: version, status: http.StatusOK, answer: shown,
		},
		exchange{
			method: "GET", path: accounts, version: version, status: http.StatusOK,
			answer: `{"value":[` + shown + `]}`,
		},
		exchange{
			method: "GET", path: "{subscription}/providers/Microsoft.Media/mediaservices",
			version: version, status: http.StatusOK, answer: `{"value":[` + shown + `]}`,
		},
		exchange{
			method: "PATCH", path: account, version: version, body: `{"tags":{"key":"value"}}`,
			status: http.StatusOK, header: atOnce(), answer: tagged,
		},
		exchange{
			method: "POST", path: account + "/syncStorageKeys", version: version,
			body: `{"id":"` + store + `"}`, status: http.StatusOK,
			header: map[string]string{
				"Content-Length": "0", "Azure-AsyncOperation": "", "Location": "", "Retry-After": "",
			},
		},
		exchange{
			method: "DELETE", path: account, version: version, status: http.StatusOK,
			header: map[string]string{
				"Content-Length": "0", "Content-Type": "", "Odata-Version": "", "Azure-AsyncOperation": "",
				"Server": "Microsoft-HTTPAPI/2.0", "Expires": "-1",
			},
		},
		exchange{method: "DELETE", path: account, version: version, status: http.StatusNoContent},
		exchange{
			method: "GET", path: account, version: version, status: http.StatusNotFound,
			header: map[string]string{
				"X-Ms-Failure-Cause": "gateway", "Content-Type": "application/json; charset=utf-8",
			},
			answer: `{"error":{"code":"ResourceNotFound","message":"The Resource ` +
				`'Microsoft.Media/mediaservices/ams000004' under resource group 'clitest' was not found. ` +
				`For more details please go to https://aka.ms/ARMResourceNotFoundFix"}}`,
		},
	)
}

// azure-cli, ams module, "identity": an identity is made with the account and switched off.
func TestRecorded_identityIsSwitchedOff(t *testing.T) {
	t.Parallel()
	const version = "2021-06-01"
	replay(t, createGroup(), createStore(), createdStore(),
		exchange{
			method: "PUT", path: account, version: version,
			body: `{"location":"West US 2","identity":{"type":"SystemAssigned"},"properties":{` +
				`"storageAccounts":[{"id":"` + store + `","type":"Primary"}]}}`,
			status: http.StatusCreated,
			answer: `{` + named + `,` + synchronous(`{"type":"SystemKey"}`) + `,` + systemData + `,` +
				systemAssigned + `}`,
		},
		exchange{
			method: "PUT", path: account, version: version,
			body: `{"location":"West US 2","identity":{"type":"None"},"properties":{` +
				`"storageAccounts":[{"id":"` + store + `","type":"Primary"}]}}`,
			status: http.StatusOK,
			answer: `{` + named + `,` + synchronous(`{"type":"SystemKey"}`) + `,` + systemData +
				`,"identity":{"type":"None"}}`,
		},
	)
}

// azure-cli, ams module, "encryption set" at three versions: a version of a key is attached by a PUT
// of the whole account, and the system's key again. What is in force is shown beside what was sent;
// which identity reads the key is shown, though not sent, from the version on that has a choice.
func TestRecorded_customerKey(t *testing.T) {
	t.Parallel()
	for version, shape := range map[string]struct{ properties, identity string }{
		"2020-05-01": {``, ``},
		"2021-05-01": {`,` + keyDelivery, ``},
		"2021-06-01": {
			`,` + keyDelivery + `,"publicNetworkAccess":"Enabled"`,
			`,"identity":{"useSystemAssignedIdentity":true}`,
		},
	} {
		put := func(encryption string) string {
			return `{"location":"West US 2","identity":{"type":"SystemAssigned"},"properties":{` +
				`"storageAccounts":[{"id":"` + store + `","type":"Primary"}],` +
				`"storageAuthentication":"System","encryption":` + encryption + `}}`
		}
		body := func(encryption string) string {
			return `{` + named + `,"properties":{"mediaServiceId":"<guid>",` + stored +
				`,"storageAuthentication":"System","encryption":` + encryption + shape.properties + `},` +
				systemData + `,` + systemAssigned + `}`
		}
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			replay(t, createGroup(), createStore(), createdStore(),
				exchange{
					method: "PUT", path: account, version: version, body: put(`{"type":"SystemKey"}`),
					status: http.StatusCreated, answer: body(`{"type":"SystemKey"}`),
					after: remember("{principal}", "identity.principalId"),
				},
				createVault(`{"tenantId":"{tenant}","objectId":"{principal}",`+
					`"permissions":{"keys":["get","wrapKey","unwrapKey"]}}`),
				createKey(),
				exchange{
					method: "PUT", path: account, version: version, status: http.StatusOK, header: atOnce(),
					body: put(`{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"{kid}"}}`),
					answer: body(`{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"{kid}",` +
						`"currentKeyIdentifier":"{kid}"}` + shape.identity + `}`),
				},
				exchange{
					method: "GET", path: account, version: version, status: http.StatusOK,
					answer: body(`{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"{kid}",` +
						`"currentKeyIdentifier":"{kid}"}` + shape.identity + `}`),
				},
				exchange{
					method: "PUT", path: account, version: version, status: http.StatusOK,
					body:   put(`{"type":"SystemKey","keyVaultProperties":null}`),
					answer: body(`{"type":"SystemKey"}`),
				},
			)
		})
	}
}

// azure-cli compares the text of this refusal, the one of the service about a customer's key that
// is known word for word.
func TestRecorded_customerKeyWithoutAccess(t *testing.T) {
	t.Parallel()
	const version = "2021-06-01"
	replay(t, createGroup(), createStore(), createdStore(), createVault(""), createKey(),
		exchange{
			method: "PUT", path: account, version: version,
			body: `{"location":"westus2","identity":{"type":"SystemAssigned"},"properties":{` +
				`"storageAccounts":[{"id":"` + store + `","type":"Primary"}]}}`,
			status: http.StatusCreated,
			answer: `{` + named + `,` + synchronous(`{"type":"SystemKey"}`) + `,` + systemData + `,` +
				systemAssigned + `}`,
		},
		exchange{
			method: "PUT", path: account, version: version,
			body: `{"location":"westus2","identity":{"type":"SystemAssigned"},"properties":{` +
				`"storageAccounts":[{"id":"` + store + `","type":"Primary"}],"encryption":{` +
				`"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"{kid}"}}}}`,
			status: http.StatusBadRequest, header: map[string]string{"X-Ms-Failure-Cause": ""},
			answer: `{"error":{"code":"BadRequest",` +
				`"message":"Access to the Customer Key was forbidden."}}`,
		},
	)
}

// The Go SDK at 2021-11-01 and the .NET SDK at 2023-01-01: creating and changing take an operation.
// While it creates, half of the properties are missing and tags are there although none were sent;
// while it changes, all are there. A service principal's account has no systemData before its first
// change, and then only what tells of the last one. Tags are replaced as a whole.
func TestRecorded_accountAtTheAsynchronousVersions(t *testing.T) {
	t.Parallel()
	for version, tls := range map[string]string{
		"2021-11-01": ``, "2023-01-01": `,"minimumTlsVersion":"Tls12"`,
	} {
		const ended = `,"privateEndpointConnections":[]}`
		settled := func(state string) string {
			return `"properties":{"mediaServiceId":"<guid>",` + stored +
				`,"storageAuthentication":"System","encryption":{"type":"SystemKey"},` + keyDelivery +
				`,"publicNetworkAccess":"Enabled"` + tls + `,"provisioningState":"` + state + `"` + ended
		}
		modified := `,"systemData":{"lastModifiedBy":"{client}","lastModifiedByType":"Application",` +
			`"lastModifiedAt":"<time>"}}`
		follow := func(s *scenario, reply *answer) {
			s.known["{status}"] = reply.Header.Get("Azure-AsyncOperation")
			s.known["{result}"] = reply.Header.Get("Location")
		}
		status := exchange{
			method: "GET", path: "{status}", status: http.StatusOK, header: headed(streaming()),
			answer: `{"name":"<guid>","id":"{subscription}/providers/Microsoft.Media/locations/westus2/` +
				`mediaServicesOperationStatuses/<guid>","startTime":"<time>","endTime":"<time>",` +
				`"status":"Succeeded"}`,
		}
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			replay(t, createGroup(), createStore(), createdStore(),
				exchange{
					method: "PUT", path: account, version: version, body: `{"location":"westus2",` +
						`"properties":{"storageAccounts":[{"id":"` + store + `","type":"Primary"}]}}`,
					status: http.StatusCreated, header: following(version),
					answer: `{` + named + `,"tags":{},"properties":{"mediaServiceId":"<guid>",` + stored + `,` +
						keyDelivery + `,"publicNetworkAccess":"Enabled","provisioningState":"InProgress"` +
						ended + `}`,
					after: follow,
				},
				status,
				exchange{
					method: "GET", path: account, version: version, status: http.StatusOK, header: atOnce(),
					answer: `{` + named + `,` + settled("Succeeded") + `}`,
				},
				exchange{
					method: "GET", path: "{result}", status: http.StatusOK, header: headed(streaming()),
					answer: `{` + named + `,` + settled("Succeeded") + `}`,
				},
				exchange{
					method: "PATCH", path: account, version: version,
					body:   `{"tags":{"key1":"value1","key2":"value2"}}`,
					status: http.StatusAccepted, header: following(version),
					answer: `{` + named + `,"tags":{"key1":"value1","key2":"value2"},` +
						settled("InProgress") + modified,
					after: follow,
				},
				status,
				exchange{
					method: "GET", path: account, version: version, status: http.StatusOK,
					answer: `{` + named + `,"tags":{"key1":"value1","key2":"value2"},` +
						settled("Succeeded") + modified,
				},
				exchange{
					method: "PATCH", path: account, version: version, body: `{"tags":{"key1":"value1"}}`,
					status: http.StatusAccepted, header: following(version),
					answer: `{` + named + `,"tags":{"key1":"value1"},` + settled("InProgress") + modified,
				},
				exchange{
					method: "POST", path: account + "/syncStorageKeys", version: version,
					body: `{"id":"` + store + `"}`, status: http.StatusOK,
					header: map[string]string{"Content-Length": "0", "Azure-AsyncOperation": ""},
				},
				exchange{
					method: "DELETE", path: account, version: version, status: http.StatusOK,
					header: map[string]string{"Content-Length": "0", "Azure-AsyncOperation": "", "Location": ""},
				},
			)
		})
	}
}

// azure-cli, ams module, "check-name": taken, badly formed and free.
func TestRecorded_namesOfAccounts(t *testing.T) {
	t.Parallel()
	const version = "2021-06-01"
	check := func(name, verdict string) exchange {
		return exchange{
			method: "POST", version: version,
			path:   "{subscription}/providers/Microsoft.Media/locations/westus2/checkNameAvailability",
			body:   `{"name":"` + name + `","type":"MICROSOFT.MEDIA/MEDIASERVICES"}`,
			status: http.StatusOK, header: headed(nil), answer: verdict,
		}
	}
	replay(t, createGroup(), createStore(), createdStore(),
		check("ams000004", `{"nameAvailable":true}`),
		exchange{
			method: "PUT", path: account, version: version, body: `{"location":"westus2",` +
				`"properties":{"storageAccounts":[{"id":"` + store + `","type":"Primary"}]}}`,
			status: http.StatusCreated,
			answer: `{` + named + `,` + synchronous(`{"type":"SystemKey"}`) + `,` + systemData + `}`,
		},
		check("ams000004", `{"nameAvailable":false,"reason":"AlreadyExists","message":"Already in use `+
			`by another account. Please try again with a name that is not likely to be in use."}`),
		check("AMS-1", `{"nameAvailable":false,"reason":"Invalid","message":"The Media Account account `+
			`name should be between 3 and 24 characters and may contain only lowercase letters and `+
			`numbers."}`),
	)
}

// azure-cli, storage module: keys, their renewal, and the names. Times of keys have all their
// digits, and one renewed key leaves the other as it was.
func TestRecorded_storageKeys(t *testing.T) {
	t.Parallel()
	const version = "2023-01-01"
	list := func(key1, key2, time1, time2 string) string {
		return `{"keys":[{"creationTime":"` + time1 + `","keyName":"key1","value":"` + key1 +
			`","permissions":"FULL"},{"creationTime":"` + time2 + `","keyName":"key2","value":"` + key2 +
			`","permissions":"FULL"}]}`
	}
	replay(t, createGroup(), createStore(), createdStore(),
		exchange{
			method: "POST", path: store + "/listKeys", version: version, status: http.StatusOK,
			answer: list("<key>", "<key>", "<time7>", "<time7>"),
			after: func(s *scenario, reply *answer) {
				var listed struct {
					Keys []struct{ Value, CreationTime string } `json:"keys"`
				}
				if err := json.Unmarshal(reply.Raw, &listed); err != nil {
					s.t.Fatal(err)
				}
				if listed.Keys[0].CreationTime != listed.Keys[1].CreationTime {
					s.t.Error("the keys are not of the same age")
				}
				s.known["{key2}"], s.known["{born}"] = listed.Keys[1].Value, listed.Keys[1].CreationTime
				s.advance(time.Hour)
			},
		},
		exchange{
			method: "POST", path: store + "/regenerateKey", version: version, status: http.StatusOK,
			body: `{"keyName":"key1"}`, answer: list("<key>", "{key2}", "<time7>", "{born}"),
		},
		exchange{
			method: "PATCH", path: store, version: version, status: http.StatusOK,
			body: `{"properties":{"keyPolicy":{"keyExpirationPeriodInDays":100000}}}`,
			answer: strings.Replace(storeBody, `"privateEndpointConnections"`,
				`"keyPolicy":{"keyExpirationPeriodInDays":100000},"privateEndpointConnections"`, 1),
		},
		exchange{
			method: "PUT", path: store, version: version, status: http.StatusOK, // kept, though not sent
			body: `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2","properties":{}}`,
			answer: strings.Replace(storeBody, `"privateEndpointConnections"`,
				`"keyPolicy":{"keyExpirationPeriodInDays":100000},"privateEndpointConnections"`, 1),
		},
		exchange{
			method: "POST", path: "{subscription}/providers/Microsoft.Storage/checkNameAvailability",
			version: version, status: http.StatusOK,
			body: `{"name":"clitest000002","type":"Microsoft.Storage/storageAccounts"}`,
			answer: `{"nameAvailable":false,"reason":"AlreadyExists",` +
				`"message":"The storage account named clitest000002 is already taken."}`,
		},
		exchange{
			method: "DELETE", path: store, version: version, status: http.StatusOK,
			header: map[string]string{"Content-Type": "text/plain; charset=utf-8"},
		},
		exchange{method: "DELETE", path: store, version: version, status: http.StatusNoContent},
	)
}

// createVault creates a vault whose keys the caller may use, and whoever an entry lets.
func createVault(entry string) exchange {
	own := `{"tenantId":"{tenant}","objectId":"{object}","permissions":{"keys":` +
		`["get","create","delete","list","recover"]}}`
	if entry != "" {
		own += "," + entry
	}
	return exchange{
		method: "PUT", path: vaultID, version: "2022-07-01", status: http.StatusOK,
		body: `{"location":"westus2","properties":{"tenantId":"{tenant}",` +
			`"sku":{"family":"A","name":"standard"},"accessPolicies":[` + own + `],` +
			`"enableSoftDelete":true,"softDeleteRetentionInDays":7,"enablePurgeProtection":true}}`,
		header: map[string]string{"Azure-AsyncOperation": "", "Location": ""},
		// While the name is being registered the address lacks its slash.
		answer: strings.Replace(vaultBody(own, "RegisteringDns"),
			vaultURL+"/", vaultURL, 1),
	}
}

func vaultBody(policies, state string) string {
	return `{"id":"` + vaultID + `","name":"vault-name-000003","type":"Microsoft.KeyVault/vaults",` +
		`"location":"westus2","tags":{},"systemData":{"createdBy":"<any>","createdByType":"Application",` +
		`"createdAt":"<time3>","lastModifiedBy":"<any>","lastModifiedByType":"Application",` +
		`"lastModifiedAt":"<time3>"},"properties":{"sku":{"family":"A","name":"standard"},` +
		`"tenantId":"{tenant}","accessPolicies":[` + policies + `],"enabledForDeployment":false,` +
		`"enableSoftDelete":true,"softDeleteRetentionInDays":7,"enableRbacAuthorization":false,` +
		`"enablePurgeProtection":true,"vaultUri":"` + vaultURL + `/","provisioningState":"` + state +
		`","publicNetworkAccess":"Enabled"}}`
}

func createKey() exchange {
	return exchange{
		method: "POST", path: vaultURL + "/keys/key000005/create", version: "7.5-preview.1",
		body:   `{"kty":"RSA","key_size":2048,"attributes":{"enabled":true}}`,
		status: http.StatusOK, answer: keyBundle(""), after: remember("{kid}", "key.kid"),
	}
}

func keyBundle(before string) string {
	return `{` + before + `"key":{"kid":"` + vaultURL + `/keys/key000005/<hex>","kty":"RSA",` +
		`"key_ops":["encrypt","decrypt","sign","verify","wrapKey","unwrapKey"],"n":"<any>","e":"AQAB"},` +
		`"attributes":{"enabled":true,"created":"<unix>","updated":"<unix>",` +
		`"recoveryLevel":"CustomizedRecoverable","recoverableDays":7,"exportable":false,` +
		`"hsmPlatform":"0"}}`
}

// azure-cli, keyvault module: a key is read in the ways that clients write its address, deleted and
// recovered; a vault is deleted, purged, and gone.
func TestRecorded_keysAndVaults(t *testing.T) {
	t.Parallel()
	const (
		version      = "7.5-preview.1"
		vaultVersion = "2022-07-01"
		deleted      = "{subscription}/providers/Microsoft.KeyVault/locations/westus2/deletedVaults/" +
			"vault-name-000003"
		key     = vaultURL + "/keys/key000005"
		gone    = vaultURL + "/deletedkeys/key000005"
		tracked = `"recoveryId":"` + gone + `","deletedDate":"<unix>","scheduledPurgeDate":"<unix>",`
	)
	unprotected := createVault("")
	unprotected.body = strings.Replace(unprotected.body, `,"enablePurgeProtection":true`, "", 1)
	unprotected.answer = strings.Replace(unprotected.answer, `"enablePurgeProtection":true,`, "", 1)
	purgeable := func(e exchange) exchange {
		e.answer = strings.Replace(e.answer, "CustomizedRecoverable", "CustomizedRecoverable+Purgeable", 1)
		return e
	}
	get := func(path string) exchange {
		return purgeable(exchange{
			method: "GET", path: path, version: version, status: http.StatusOK, answer: keyBundle(""),
		})
	}
	attributes := keyBundle("")
	attributes = attributes[strings.Index(attributes, `"attributes"`) : len(attributes)-1]
	replay(t, createGroup(), unprotected, purgeable(createKey()),
		get(key), get(key+"/"), get("{kid}"),
		purgeable(exchange{
			method: "GET", path: key + "/versions?maxresults=25", version: version,
			status: http.StatusOK,
			answer: `{"value":[{"kid":"{kid}",` + attributes + `}],"nextLink":null}`,
		}),
		purgeable(exchange{
			method: "DELETE", path: key, version: version, status: http.StatusOK,
			answer: keyBundle(tracked),
		}),
		exchange{
			method: "GET", path: key + "/", version: version, status: http.StatusNotFound,
			answer: `{"error":{"code":"KeyNotFound","message":"A key with (name/id) key000005 was not ` +
				`found in this key vault. If you recently deleted this key you may be able to recover it ` +
				`using the correct recovery command. For help resolving this issue, please see ` +
				`https://go.microsoft.com/fwlink/?linkid=2125182"}}`,
		},
		purgeable(exchange{
			method: "GET", path: gone, version: version, status: http.StatusOK,
			answer: keyBundle(tracked),
		}),
		purgeable(exchange{
			method: "POST", path: gone + "/recover", version: version, status: http.StatusOK,
			answer: keyBundle(""),
		}),
		get("{kid}"),
		exchange{
			method: "DELETE", path: vaultID, version: vaultVersion, status: http.StatusOK,
			header: map[string]string{"Content-Length": "0", "Location": ""},
		},
		exchange{
			method: "GET", path: deleted, version: vaultVersion, status: http.StatusOK,
			answer: `{"id":"` + deleted + `","name":"vault-name-000003",` +
				`"type":"Microsoft.KeyVault/deletedVaults","properties":{"vaultId":"` + vaultID + `",` +
				`"location":"westus2","tags":{},"deletionDate":"<any>","scheduledPurgeDate":"<any>"}}`,
		},
		exchange{
			method: "PUT", path: vaultID, version: vaultVersion, status: http.StatusConflict,
			body: unprotected.body,
			answer: `{"error":{"code":"ConflictError","message":"A vault with the same name already ` +
				`exists in deleted state. You need to either recover or purge existing key vault. Follow ` +
				`this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft ` +
				`delete."}}`,
		},
		exchange{
			method: "POST", path: deleted + "/purge", version: vaultVersion,
			status: http.StatusAccepted,
			header: map[string]string{
				"Content-Length": "0",
				"Location": "https://management.azure.com{subscription}/providers/Microsoft.KeyVault/" +
					"locations/westus2/operationResults/<any>?api-version=" + vaultVersion,
			},
			after: func(s *scenario, reply *answer) { s.known["{poll}"] = reply.Header.Get("Location") },
		},
		exchange{
			method: "GET", path: "{poll}", status: http.StatusOK,
			answer: `{"createdDateTime":"<moment>","lastActionDateTime":"<moment>",` +
				`"status":"Succeeded"}`,
		},
		exchange{
			method: "GET", path: deleted, version: vaultVersion, status: http.StatusNotFound,
			answer: `{"error":{"code":"DeletedVaultNotFound","message":"<any>"}}`,
		},
	)
}

// What Resource Manager says in front of every service (azure-cli, ams module; issues).
func TestRecorded_refusalsOfResourceManager(t *testing.T) {
	t.Parallel()
	const version = "2021-06-01"
	gateway := map[string]string{
		"X-Ms-Failure-Cause": "gateway", "Content-Type": "application/json; charset=utf-8",
	}
	replay(t,
		exchange{
			method: "GET", path: accounts, version: version, status: http.StatusNotFound, header: gateway,
			answer: `{"error":{"code":"ResourceGroupNotFound",` +
				`"message":"Resource group 'clitest' could not be found."}}`,
		},
		createGroup(),
		exchange{
			method: "GET", path: account, version: version, status: http.StatusNotFound, header: gateway,
			answer: `{"error":{"code":"ResourceNotFound","message":"The Resource ` +
				`'Microsoft.Media/mediaservices/ams000004' under resource group 'clitest' was not found. ` +
				`For more details please go to https://aka.ms/ARMResourceNotFoundFix"}}`,
		},
		exchange{
			method: "POST", path: account + "/syncStorageKeys", version: version,
			body: `{"id":"` + store + `"}`, status: http.StatusNotFound, header: gateway,
			answer: `{"error":{"code":"ResourceNotFound","message":"The Resource ` +
				`'Microsoft.Media/mediaservices/ams000004' under resource group 'clitest' was not found. ` +
				`For more details please go to https://aka.ms/ARMResourceNotFoundFix"}}`,
		},
		exchange{
			method: "GET", path: account + "/streamingEndpoints/default", version: version,
			status: http.StatusNotFound, header: gateway,
			answer: `{"error":{"code":"ParentResourceNotFound","message":"Can not perform requested ` +
				`operation on nested resource. Parent resource 'mediaservices/ams000004' not found."}}`,
		},
		exchange{
			method: "POST", path: "{subscription}/providers/Microsoft.Media/unregister",
			version: "2021-04-01", status: http.StatusOK, answer: "<any>",
		},
		exchange{
			method: "PUT", path: account, version: version, status: http.StatusConflict, header: gateway,
			body: `{"location":"westus2","properties":{"storageAccounts":[]}}`,
			answer: `{"error":{"code":"MissingSubscriptionRegistration","message":"The subscription is ` +
				`not registered to use namespace 'Microsoft.Media'. See https://aka.ms/rps-not-found for ` +
				`how to register subscriptions.","details":[{"code":"MissingSubscriptionRegistration",` +
				`"target":"Microsoft.Media","message":"The subscription is not registered to use ` +
				`namespace 'Microsoft.Media'. See https://aka.ms/rps-not-found for how to register ` +
				`subscriptions."}]}}`,
		},
	)
}

// A caller who brings no token learns where to get one.
func TestRecorded_challenges(t *testing.T) {
	t.Parallel()
	s := serve(t, byName)
	reply := s.send("GET", s.Manager+"/subscriptions/"+s.SubscriptionID+
		"/providers/Microsoft.Media/mediaservices?api-version=2021-06-01", nil, "")
	if challenge := reply.Header.Get("Www-Authenticate"); reply.Status != http.StatusUnauthorized ||
		reply.text("error.code") != "AuthenticationFailed" ||
		reply.text("error.message") !=
			"Authentication failed. The 'Authorization' header is missing." ||
		challenge != `Bearer authorization_uri="https://login.windows.net/`+s.TenantID+
			`", error="invalid_token", error_description="The authentication failed because of `+
			`missing 'Authorization' header."` {
		t.Errorf("%d %s\n%s", reply.Status, reply.Raw, challenge)
	}
}

// A PUT answers with every value of the account, and an empty list is a list (Go SDK,
// TestAccountsTestSuite; azure-cli, ams module).
func TestRecorded_answers(t *testing.T) {
	t.Parallel()
	const (
		group   = "{subscription}/resourceGroups/rg-of-14-chars"
		media   = group + "/providers/Microsoft.Media/mediaservices"
		storage = group + "/providers/Microsoft.Storage/storageAccounts/storageaccountk5cgwu"
		tags    = `"tags":{"key1":"value1","key2":"value2"}`
		version = "2021-11-01"
	)
	replay(t,
		exchange{
			method: "PUT", path: group, version: "2021-04-01", body: `{"location":"westus"}`,
			status: http.StatusCreated, answer: "<any>",
		},
		exchange{
			method: "GET", path: media, version: version, status: http.StatusOK, answer: `{"value":[]}`,
		},
		exchange{
			method: "PUT", path: storage, version: "2023-01-01", status: http.StatusAccepted,
			body: `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus"}`,
		},
		exchange{
			method: "PUT", path: media + "/accountnya8lp3", version: version, status: http.StatusCreated,
			body: `{"location":"westus","properties":{"storageAccounts":[{"id":"` + storage +
				`","type":"Primary"}]},` + tags + `}`,
			answer: `{"name":"accountnya8lp3","id":"` + media + `/accountnya8lp3",` +
				`"type":"Microsoft.Media/mediaservices","location":"West US",` + tags + `,` +
				`"properties":{"mediaServiceId":"<guid>","storageAccounts":[{"id":"` + storage +
				`","type":"Primary"}],"keyDelivery":{"accessControl":{"defaultAction":"Allow",` +
				`"ipAllowList":[]}},"publicNetworkAccess":"Enabled","provisioningState":"InProgress",` +
				`"privateEndpointConnections":[]}}`,
		},
	)
}
