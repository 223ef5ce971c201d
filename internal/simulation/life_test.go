// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// life is an estate and what happens to it.
type life struct {
	*project
	ctx         context.Context //nolint:containedctx // It is the life's own.
	azure       *acctest.Azure
	watch       *watcher
	current     estate            // What was applied last,
	wanted      estate            // and what the configuration says.
	imports     map[string]string // The import blocks that messages have printed, by address.
	beside      int               // How many resources Terraform changes beside each other.
	refused     []diagnostic      // What the last refusal said.
	entangled   bool              // Whether the life ended early.
	cut         bool              // Whether the step was disturbed, so that something may have to be imported.
	reasons     map[string]int
	outsideKeys map[string]int // How often a key was regenerated elsewhere, by the account's label and the key.
	elsewhere   bool           // Whether any was.
	session     *session
	script      script
	story       []string
	done        int // Steps that were taken.
	skipped     int
}

// finding is something that is not as it must be. Two findings of the same class have the same cause as far as
// shrinking is concerned.
type finding struct{ class, text string }

func (f *finding) Error() string { return f.class + ": " + f.text }

// found ends a life with a finding.
func found(class, format string, values ...any) error {
	return &finding{class, fmt.Sprintf(format, values...)}
}

// recorder is the test of one life. What fails in it is a finding of the life.
type recorder struct {
	testing.TB
	ctx    context.Context //nolint:containedctx // It is that of a test.
	mu     sync.Mutex
	failed []string
	ends   []func()
}

func (r *recorder) Context() context.Context { return r.ctx }
func (r *recorder) Helper()                  {}
func (r *recorder) Cleanup(end func())       { r.ends = append(r.ends, end) }
func (r *recorder) Error(values ...any)      { r.fail(fmt.Sprint(values...)) }
func (r *recorder) Errorf(format string, values ...any) {
	r.fail(fmt.Sprintf(format, values...))
}

func (r *recorder) Fatal(values ...any) {
	r.fail(fmt.Sprint(values...))
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, values ...any) {
	r.fail(fmt.Sprintf(format, values...))
	runtime.Goexit()
}

func (r *recorder) fail(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = append(r.failed, text)
}

// close ends the test, and returns what has failed in it.
func (r *recorder) close() []string {
	for i := len(r.ends) - 1; i >= 0; i-- {
		r.ends[i]()
	}
	return r.failed
}

// live lives a life from its beginning, and returns what it finds, or nil, and its story.
func live(t *testing.T, terraform string, script script) (l *life, err error) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "cli.tfrc"), nil, 0o600); err != nil {
		return nil, err
	}
	test := &recorder{TB: t, ctx: t.Context()}
	opened := acctest.New(test)
	l = &life{
		project: &project{terraform: terraform, folder: folder, provider: opened.Factories()["azuremedia"]},
		ctx:     t.Context(), azure: opened, watch: newWatcher(opened.Rehearsal()), reasons: map[string]int{},
		outsideKeys: map[string]int{}, imports: map[string]string{},
	}
	opened.Wrap(l.through)
	l.script = script
	err = l.run(script)
	if failed := test.close(); err == nil && len(failed) > 0 {
		err = found("azure", "%s", strings.Join(failed, "\n"))
	}
	return l, err
}

// script is what a life begins with, and the steps that it takes.
type script struct {
	begin estate
	steps []step
}

func (l *life) run(s script) error {
	if err := l.open(); err != nil {
		return err
	}
	for _, each := range []estate{s.begin.withoutBatch(), s.begin} { // Batch accounts store in what is there.
		if err := l.change(each, nil); err != nil {
			return err
		}
	}
	for _, each := range s.steps {
		if err := l.take(each); errors.Is(err, errEntangled) {
			l.entangled = true
			break
		} else if err != nil {
			return err
		}
	}
	return l.end()
}

// open lets the owner read blobs.
func (l *life) open() error {
	access := l.azure.Rehearsal().Access()
	scope := "/subscriptions/" + access.SubscriptionID
	_, err := l.request(http.MethodPut, scope+"/providers/Microsoft.Authorization/roleAssignments/"+
		"00000000-0000-0000-0000-000000000001?api-version=2022-04-01", map[string]any{"properties": map[string]any{
		"principalId": access.ObjectID, "principalType": "ServicePrincipal",
		// Storage Blob Data Reader.
		"roleDefinitionId": scope + "/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
	}})
	return err
}

// request does something past the provider.
func (l *life) request(method, url string, body any) (map[string]any, error) {
	status, answer, err := l.watch.ask(l.ctx, method, url, body)
	if err == nil && status >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %d %v", method, url, status, answer)
	}
	return answer, err
}

// tell adds a line to the story.
func (l *life) tell(format string, values ...any) {
	l.story = append(l.story, fmt.Sprintf(format, values...))
}

// write writes the configuration of an estate.
func (l *life) write(e estate) error {
	l.tell("configuration:%s", changed(l.text(l.wanted), l.text(e)))
	l.wanted = e
	return os.WriteFile(filepath.Join(l.folder, "main.tf"), []byte(l.text(e)), 0o600)
}

func (l *life) text(e estate) string {
	text := writing{e, l.azure.SubscriptionID(), l.principals(e)}.text()
	for _, address := range labels(l.imports) {
		noun, label, _ := strings.Cut(address, ".")
		if strings.Contains(text, fmt.Sprintf("resource %q %q", noun, label)) && l.imports[address] != "" {
			text += "\n" + l.imports[address]
		}
	}
	return text
}

// principals returns the object IDs of the system-assigned identities of Batch accounts, by their names.
func (l *life) principals(e estate) map[string]string {
	found := map[string]string{}
	for _, each := range e.Accounts {
		if each.Kind == batch {
			_, read, _ := l.watch.ask(l.ctx, http.MethodGet, accountIn(l.azure.SubscriptionID(), each)+"?api-version=2023-05-01", nil)
			found[each.Name] = text(read, "identity.principalId")
		}
	}
	return found
}

// change brings the estate to what the next one says, with a disturbance or without. A change that is refused is
// taken back.
func (l *life) change(next estate, d *disturbance) error {
	if err := l.makeBatch(next); err != nil {
		return err
	}
	if err := l.write(next); err != nil {
		return err
	}
	l.count(next)
	if d != nil {
		if err := l.disturbed(d); err != nil {
			return err
		}
	}
	refused, err := l.settle()
	if err != nil {
		return err
	}
	if !refused {
		was := l.current
		l.current = next
		return errors.Join(l.dropBatch(was, next), l.inspect())
	}
	if len(l.current.Accounts) == 0 {
		return found("no beginning", "the beginning is refused")
	}
	l.tell("refused, and taken back")
	if err := errors.Join(l.dropBatch(next, l.current), l.write(l.current)); err != nil {
		return err
	}
	l.count(l.current)
	if refused, err = l.settle(); err != nil {
		return err
	}
	if !refused {
		return l.inspect()
	}
	for _, each := range l.refused {
		if !strings.Contains(each.Summary, "(CMK016)") {
			return found("no way back", "what was refused cannot be taken back: %s", each)
		}
	}
	return errEntangled
}

// errEntangled ends a life early: a part of a refused change was done, and to take that back in one apply would remove a
// grant before its account has moved, which takes two (CMK016). Destroying everything takes one all the same.
var errEntangled = errors.New("a grant has to stay until its account has moved back")

// makeBatch makes the Batch accounts of an estate that are not there yet. The provider does not.
func (l *life) makeBatch(next estate) error {
	for _, label := range labels(next.Accounts) {
		each := next.Accounts[label]
		if each.Kind != batch || has(l.current.Accounts, label) {
			continue
		}
		_, err := l.request(http.MethodPut, accountIn(l.azure.SubscriptionID(), each)+"?api-version=2023-05-01", map[string]any{
			"location": location, "identity": map[string]any{"type": "SystemAssigned"},
			"properties": map[string]any{"autoStorage": map[string]any{
				"storageAccountId": accountIn(l.azure.SubscriptionID(), next.Accounts[each.Storage]),
			}},
		})
		if err != nil {
			return err
		}
		// It is there with the next request.
		if _, err := l.request(http.MethodGet, accountIn(l.azure.SubscriptionID(), each)+"?api-version=2023-05-01", nil); err != nil {
			return err
		}
	}
	return nil
}

// dropBatch deletes the Batch accounts that an estate no longer has.
func (l *life) dropBatch(was, next estate) error {
	for _, label := range labels(was.Accounts) {
		if each := was.Accounts[label]; each.Kind == batch && !has(next.Accounts, label) {
			if _, err := l.request(http.MethodDelete, accountIn(l.azure.SubscriptionID(), each)+"?api-version=2023-05-01", nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// count counts the reasons to regenerate the keys of storage accounts that a configuration adds.
func (l *life) count(next estate) {
	for label, each := range next.Rotations {
		if was, ok := l.current.Rotations[label]; ok && was.Trigger != each.Trigger {
			l.reasons[each.Storage]++
		}
	}
}

// settle applies until the plan is empty, which two applies have to do. It reports whether one was refused.
func (l *life) settle() (refused bool, err error) {
	defer func() { l.imports = map[string]string{} }() // Each is needed once.
	for range 2 {
		for {
			applied, err := l.command(nil, "apply", "-auto-approve")
			if err != nil {
				return false, err
			}
			if applied.code == 0 {
				break
			}
			if again, err := l.takeOver(applied); err != nil {
				return false, err
			} else if again {
				continue
			}
			return true, l.reasoned(applied)
		}
		planned, err := l.command(nil, "plan", "-detailed-exitcode")
		switch {
		case err != nil:
			return false, err
		case planned.code == 0:
			return false, nil
		case planned.code == 1:
			return true, l.reasoned(planned)
		}
	}
	return false, found("never empty", "the plan is not empty after two applies")
}

// takeOver does what the messages say of what an apply that was disturbed has left behind: what is there already is
// imported. It reports whether that was done. Where the state has another one at its address, since it was to take that
// one's place, Terraform imports nothing, and it is deleted.
func (l *life) takeOver(refused output) (done bool, err error) {
	if !l.cut {
		return false, nil
	}
	state, err := l.instances()
	if err != nil {
		return false, err
	}
	for address, id := range refused.existing() {
		known := slices.ContainsFunc(state, func(each instance) bool { return each.address() == address })
		switch {
		case has(l.imports, address):
			continue
		case known && strings.HasPrefix(id, "/subscriptions/"):
			kind := strings.ToLower(strings.Join(strings.Split(id, "/")[6:8], "/"))
			if _, err := l.outside(true, http.MethodDelete, id+"?api-version="+versions()[kind], nil); err != nil {
				return false, err
			}
		case known:
			continue
		}
		if l.imports[address], done = "", true; !known {
			l.imports[address] = fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
		}
	}
	if !done {
		return false, nil
	}
	return true, l.write(l.wanted)
}

// reason matches the ID of a rule, or the code of an error of Azure.
var reason = regexp.MustCompile(`\((CMK|ACC|ROT|POS)\d{3}\)|Grant Already Exists`)

// reasoned returns a finding if an error has no reason.
func (l *life) reasoned(refused output) error {
	l.refused = refused.errors()
	for _, each := range refused.errors() {
		if !reason.MatchString(each.Summary + each.Detail) {
			return found("no reason", "%s", each)
		}
	}
	return nil
}

// disturbed applies once while something happens.
func (l *life) disturbed(d *disturbance) error {
	l.cut = true
	if d.Fault.Kind != "" {
		if _, err := l.azure.Rehearsal().AddFault(l.ctx, d.Fault); err != nil {
			return err
		}
	}
	_, err := l.command(d, "apply", "-auto-approve")
	if _, cleared := l.azure.Rehearsal().ClearFaults(l.ctx, ""); cleared != nil {
		err = errors.Join(err, cleared)
	}
	return err
}

// end destroys everything.
func (l *life) end() error {
	l.tell("--- destroy")
	if next := l.current.withoutBatch(); !l.entangled {
		if err := l.change(next, nil); err != nil {
			return err
		}
	} else if len(next.Accounts) < len(l.current.Accounts) {
		return nil // What Batch accounts store in cannot go.
	}
	for range 2 {
		destroyed, err := l.command(nil, "apply", "-destroy", "-auto-approve")
		if err != nil {
			return err
		}
		if destroyed.code == 0 {
			break
		}
	}
	l.current = estate{}
	state, err := l.instances()
	if err == nil && len(state) > 0 {
		err = found("destroy", "%d resources are left in the state", len(state))
	}
	return errors.Join(err, l.orphans(state))
}

// disturbance is what happens during an apply: the provider is killed or stopped at one of its changes, or a fault
// strikes.
type disturbance struct {
	Kill, Stop bool
	At         int  // The number of the change.
	After      bool // Whether it takes effect.
	Fault      fault.Fault
}

func (d *disturbance) String() string {
	moment := map[bool]string{false: "before", true: "after"}[d.After]
	switch {
	case d.Kill:
		return fmt.Sprintf("the provider is killed %s its change %d", moment, d.At)
	case d.Stop:
		return fmt.Sprintf("Ctrl-C %s change %d of the provider", moment, d.At)
	default:
		return fmt.Sprintf("fault %s at %s %s, request %d", d.Fault.Kind, d.Fault.Method, d.Fault.Path, d.Fault.Skip+1)
	}
}

// session is a command that is running, and what its provider requests.
type session struct {
	life    *life
	command *command
	disturb *disturbance
	mu      sync.Mutex
	changes []string
	failure error
}

// command runs a command of the CLI, and checks what it prints and does.
func (l *life) command(d *disturbance, args ...string) (output, error) {
	l.session = &session{life: l, disturb: d}
	plain := args
	args = append(slices.Clone(args), "-json", "-input=false", "-no-color")
	if args[0] == "apply" || args[0] == "plan" {
		args = append(args, fmt.Sprintf("-parallelism=%d", max(1, l.beside)))
	}
	out, err := l.project.run(l.ctx, func(running *command) { l.session.command = running }, args...)
	if err != nil {
		return out, err
	}
	l.tell("$ terraform %s\n  exit code %d", strings.Join(plain, " "), out.code)
	for _, each := range l.session.changes {
		l.tell("  %s", each)
	}
	for _, each := range out.errors() {
		l.tell("  %s", strings.ReplaceAll(each.String(), "\n", "\n  "))
	}
	if l.session.failure != nil {
		return out, l.session.failure
	}
	if args[0] == "plan" && len(l.session.changes) > 0 {
		return out, found("plan changes", "a plan requests %v", l.session.changes)
	}
	return out, l.proper(out)
}

// improper matches what no command may print.
var improper = regexp.MustCompile(`(?i)panic|provider produced|bug in the provider|inconsistent|Provider Bug|did not respond|eyJ0eX`)

// proper checks what a command has printed, and the state that it has written.
func (l *life) proper(out output) error {
	printed := out.text
	if l.session.command.isDead() {
		printed = strings.ReplaceAll(printed, "did not respond", "")
	}
	if bad := improper.FindString(printed); bad != "" {
		return found("says "+strings.ToLower(bad), "%s", out.errors())
	}
	state, err := os.ReadFile(filepath.Join(l.folder, "terraform.tfstate"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for secret := range l.watch.secret {
		if strings.Contains(out.text, secret) || strings.Contains(string(state), secret) {
			return found("secret", "a secret is in the output or in the state")
		}
	}
	return nil
}

// through is the way of a provider's requests to Azure.
func (l *life) through(azure http.RoundTripper) http.RoundTripper {
	s := l.session
	return acctest.RoundTripper(func(req *http.Request) (*http.Response, error) { return s.roundTrip(azure, req) })
}

var errKilled = errors.New("the provider was killed")

// lost is the error of a request that nobody repeats.
type lost struct{ error }

func (lost) NonRetriable() {}

func (s *session) roundTrip(azure http.RoundTripper, req *http.Request) (*http.Response, error) {
	if s.command.isDead() {
		return nil, lost{errKilled}
	}
	if !changes(req) {
		return hurried(azure.RoundTrip(req))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := req.Method + " " + req.URL.Path
	s.changes = append(s.changes, name)
	now := s.disturb != nil && s.disturb.At == len(s.changes)
	if now && !s.disturb.After {
		if err := s.strike(req.Context()); err != nil {
			return nil, err
		}
	}
	resp, err := hurried(azure.RoundTrip(req))
	if err == nil {
		s.changes[len(s.changes)-1] = fmt.Sprintf("%s: %s", name, resp.Status)
	}
	worse, looked := s.life.lookAside()
	switch {
	case s.failure != nil:
	case looked != nil:
		s.failure = looked
	case len(worse) > 0:
		s.failure = found("harm", "after %s: %s", name, strings.Join(worse, "; "))
	}
	if now && s.disturb.After {
		if err := s.strike(req.Context()); err != nil {
			return nil, err
		}
	}
	return resp, err
}

// lookAside looks at the accounts while no fault strikes.
func (l *life) lookAside() (worse []string, err error) {
	azure := l.azure.Rehearsal()
	faults, err := azure.Faults(l.ctx)
	if err != nil {
		return nil, err
	}
	if _, err := azure.ClearFaults(l.ctx, ""); err != nil {
		return nil, err
	}
	worse, err = l.watch.look(l.ctx)
	for _, each := range faults {
		each.Skip, each.Times = max(0, each.Skip-each.Seen), each.Times-each.Struck
		if each.Times > 0 && err == nil {
			_, err = azure.AddFault(l.ctx, each)
		}
	}
	return worse, err
}

// hurried has a request that failed for now be sent again at once, so that no life waits.
func hurried(resp *http.Response, err error) (*http.Response, error) {
	if err == nil && resp.StatusCode >= http.StatusTooManyRequests {
		resp.Header.Set("x-ms-retry-after-ms", "1")
	}
	return resp, err
}

// strike kills or stops the command.
func (s *session) strike(ctx context.Context) error {
	switch {
	case s.disturb.Kill:
		s.changes = append(s.changes, "(killed)")
		s.command.kill()
		return lost{errKilled}
	case s.disturb.Stop:
		s.changes = append(s.changes, "(Ctrl-C)")
		s.command.interrupt(ctx)
	}
	return nil
}

// changed returns the blocks of a configuration that another does not have, and the titles of those that it has lost.
func changed(was, next string) string {
	before, after := strings.Split(was, "\n\n"), strings.Split(next, "\n\n")
	var written strings.Builder
	for _, each := range after {
		if !slices.Contains(before, each) {
			written.WriteString("\n" + strings.TrimSpace(each) + "\n")
		}
	}
	for _, each := range before {
		title, _, _ := strings.Cut(strings.TrimSpace(each), "\n")
		if title != "" && !strings.Contains(next, title) {
			written.WriteString("\n# removed: " + strings.TrimSuffix(title, " {"))
		}
	}
	return written.String()
}

// changes reports whether a request changes something.
func changes(req *http.Request) bool {
	switch req.Method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	case http.MethodPost:
		path := strings.ToLower(req.URL.Path)
		for _, asks := range []string{"/token", "/listkeys", "/checknameavailability", "/liststorageaccountkeys"} {
			if strings.HasSuffix(path, asks) {
				return false
			}
		}
		return true
	default:
		return false
	}
}
