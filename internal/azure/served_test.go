// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestClient_encodesQueries: over both versions of HTTP alike, whichever client of the SDK writes them.
func TestClient_encodesQueries(t *testing.T) {
	t.Parallel()
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", http2), func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var sent []string
			client := newClient(t, customCloud(serveOver(t, http2, nil, func(r *http.Request) *http.Response {
				mu.Lock()
				defer mu.Unlock()
				if r.ProtoMajor == 2 != http2 {
					t.Errorf("the request came by %s", r.Proto)
				}
				if r.Method == http.MethodGet && strings.Contains(r.RequestURI, "filter=") {
					sent = append(sent, r.RequestURI[strings.Index(r.RequestURI, "filter="):]+" "+r.URL.Query().Get("$filter"))
				}
				return answer(http.StatusOK, `{"value":[]}`)
			})))
			assignments, err := client.RoleAssignments(subscription)
			if err != nil {
				t.Fatal(err)
			}
			for _, filter := range []string{"principalId eq 'p'", "atScope() and assignedTo('p')", "a%20b", "50%", "ü#é", "\t\"<>|"} {
				pages := assignments.NewListForScopePager("subscriptions/"+subscription,
					&armauthorization.RoleAssignmentsClientListForScopeOptions{Filter: to.Ptr(filter)})
				if _, err := pages.NextPage(t.Context()); err != nil {
					t.Errorf("%s: %v", filter, err)
				}
			}
			want := []string{
				"filter=principalId%20eq%20'p' principalId eq 'p'",
				"filter=atScope()%20and%20assignedTo('p') atScope() and assignedTo('p')",
				"filter=a%20b a b", "filter=50%25 50%", "filter=%C3%BC%23%C3%A9 ü#é", "filter=%09%22%3C%3E%7C \t\"<>|",
			}
			if got := strings.Join(sent, "\n"); got != strings.Join(want, "\n") {
				t.Errorf("sent\n%s\nwant\n%s", got, strings.Join(want, "\n"))
			}
		})
	}
}

// holes accepts connections that go dead when told to: nothing arrives any more, and nothing is refused.
type holes struct {
	net.Listener
	mu   sync.Mutex
	open []*hole
}

type hole struct {
	net.Conn
	dead chan struct{}
}

func (h *holes) Accept() (net.Conn, error) {
	conn, err := h.Listener.Accept()
	if err != nil {
		return nil, err
	}
	accepted := &hole{conn, make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = append(h.open, accepted)
	return accepted, nil
}

// die has every connection so far go dead.
func (h *holes) die() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, each := range h.open {
		close(each.dead)
	}
	h.open = nil
}

func (h *hole) Read(p []byte) (int, error) {
	for {
		n, err := h.Conn.Read(p)
		select {
		case <-h.dead:
			if err != nil {
				return n, err // It was closed at the end of the test.
			}
		default:
			return n, err
		}
	}
}

func (h *hole) Write(p []byte) (int, error) {
	select {
	case <-h.dead:
		return len(p), nil
	default:
		return h.Conn.Write(p)
	}
}

// TestClient_leavesADeadConnection: one of HTTP/2, which the network no longer carries anywhere.
func TestClient_leavesADeadConnection(t *testing.T) {
	t.Parallel()
	var listener *holes
	config := customCloud(serveOver(t, true, func(l net.Listener) net.Listener {
		listener = &holes{Listener: l}
		return listener
	}, func(*http.Request) *http.Response { return answer(http.StatusOK, `{}`) }))
	config.Pings = azure.Pings{After: 50 * time.Millisecond, Patience: 50 * time.Millisecond}
	groups, err := newClient(t, config).ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := groups.Get(t.Context(), "rg", nil); err != nil {
		t.Fatal(err)
	}
	listener.die()
	began := time.Now() //nolint:forbidigo // A network has no other clock.
	if _, err := groups.Get(t.Context(), "rg", nil); err != nil {
		t.Errorf("the request was not sent again: %v", err)
	}
	if spent := time.Since(began); spent > 5*time.Second { //nolint:forbidigo // The same.
		t.Errorf("it took %s to notice", spent)
	}
	if by := (azure.Pings{}).OrDefault(); by.After+by.Patience > 20*time.Second {
		t.Errorf("without a setting, it takes %s", by.After+by.Patience)
	}
}

// TestClient_renewsARefusedToken once for each request, where the refusal asks for no claims.
func TestClient_renewsARefusedToken(t *testing.T) {
	t.Parallel()
	const claims = `Bearer error="insufficient_claims", claims="e30="`
	for _, test := range []struct {
		name      string
		challenge string
		good      int // The number of the first token that is accepted.
		sent      []int
		fails     bool
	}{
		{"expired", `Bearer error="invalid_token"`, 2, []int{1, 2, 2, 2}, false},
		{"no challenge", "", 2, []int{1, 2, 2, 2}, false},
		{"claims that azcore reads", claims, 2, []int{1, 2, 2, 2}, false},
		{"once only", `Bearer error="invalid_token"`, 9, []int{1, 2}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var sent []int
			fake := &fakeAzure{numbered: true}
			fake.answer = func(r *http.Request) *http.Response {
				number := numberOf(t, r)
				sent = append(sent, number)
				if body, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(body), "key1") {
					t.Errorf("the request was sent with the body %q: %v", body, err)
				}
				if number < test.good {
					return answer(http.StatusUnauthorized, `{"error":{"code":"ExpiredAuthenticationToken"}}`, "WWW-Authenticate", test.challenge)
				}
				return answer(http.StatusOK, `{"keys":[]}`)
			}
			client := newClient(t, signedIn(fake))
			for range 3 { // Each client of a service has its own copy of the token.
				accounts, err := client.StorageAccounts(subscription)
				if err != nil {
					t.Fatal(err)
				}
				_, err = accounts.RegenerateKey(azure.WithoutRetry(t.Context()), "rg", "sa",
					armstorage.AccountRegenerateKeyParameters{KeyName: to.Ptr("key1")}, nil)
				if (err != nil) != test.fails {
					t.Fatal(err)
				}
				if test.fails {
					break
				}
			}
			if fmt.Sprint(sent) != fmt.Sprint(test.sent) {
				t.Errorf("sent with the tokens %v, want %v", sent, test.sent)
			}
		})
	}
}
