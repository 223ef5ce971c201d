// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"google.golang.org/grpc"
)

const providerAddress = "azuremedia/azuremedia"

// project is a folder with a configuration and its state, and the CLI to run in it.
type project struct {
	terraform, folder string
	provider          func() (tfprotov6.ProviderServer, error)
}

// output is what a command came to.
type output struct {
	command string
	code    int
	text    string // All of it, with the diagnostics as JSON.
	diags   []diagnostic
}

// diagnostic is an error or a warning of the CLI.
type diagnostic struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Address  string `json:"address"`
}

func (d diagnostic) String() string {
	return fmt.Sprintf("%s: %s (%s)\n%s", d.Severity, d.Summary, d.Address, d.Detail)
}

func (o output) errors() (found []diagnostic) {
	for _, each := range o.diags {
		if each.Severity == "error" {
			found = append(found, each)
		}
	}
	return found
}

// command is a command of the CLI that is running, with the providers that it has started.
type command struct {
	mu        sync.Mutex
	process   *os.Process
	listener  net.Listener
	provider  func() (tfprotov6.ProviderServer, error)
	providers []*grpc.Server
	serving   sync.WaitGroup
	stopped   chan struct{} // Closed as Terraform asks a provider to stop.
	dead      bool
}

// run runs a command of the CLI. begun gets the command before it starts.
func (p *project) run(ctx context.Context, begun func(*command), args ...string) (output, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return output{}, err
	}
	running := &command{listener: listener, provider: p.provider, stopped: make(chan struct{})}
	begun(running)
	go running.accept()
	defer running.close()

	reattach, err := json.Marshal(map[string]any{providerAddress: map[string]any{
		"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.Getpid(), "Test": true,
		"Addr": map[string]string{"Network": "tcp", "String": listener.Addr().String()},
	}})
	if err != nil {
		return output{}, err
	}
	process := exec.CommandContext(ctx, p.terraform, args...)
	process.Dir = p.folder
	process.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.folder, "TMPDIR=" + os.TempDir(), "CHECKPOINT_DISABLE=1",
		"TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_CONFIG_FILE=" + filepath.Join(p.folder, "cli.tfrc"),
		"TF_REATTACH_PROVIDERS=" + string(reattach),
	}
	var written bytes.Buffer
	process.Stdout, process.Stderr = &written, &written
	if err := process.Start(); err != nil {
		return output{}, err
	}
	running.started(process.Process)
	err = process.Wait()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		return output{}, err
	}
	out := output{command: strings.Join(args, " "), code: process.ProcessState.ExitCode(), text: written.String()}
	for line := range strings.Lines(out.text) {
		var message struct {
			Diagnostic *diagnostic `json:"diagnostic"`
		}
		if json.Unmarshal([]byte(line), &message) == nil && message.Diagnostic != nil {
			out.diags = append(out.diags, *message.Diagnostic)
		}
	}
	return out, nil
}

func (c *command) started(process *os.Process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.process = process
}

// accept serves a provider of its own to each connection: Terraform starts one for each walk of its graph.
func (c *command) accept() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		c.serve(conn)
	}
}

func (c *command) serve(conn net.Conn) {
	server := grpc.NewServer(grpc.WaitForHandlers(true), grpc.MaxRecvMsgSize(64<<20), grpc.MaxSendMsgSize(64<<20))
	plugin := tf6server.GRPCProviderPlugin{Name: providerAddress, GRPCProvider: func() tfprotov6.ProviderServer {
		served, err := c.provider()
		if err != nil {
			panic(err) // The provider of this very program always starts.
		}
		return stoppable{served, c}
	}}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := plugin.GRPCServer(nil, server); err != nil || c.dead {
		_ = conn.Close()
		return
	}
	c.providers = append(c.providers, server)
	only := newSingle(conn)
	c.serving.Go(func() { _ = server.Serve(only) }) // It ends with the connection.
}

// kill breaks off the connections to the providers, which is all that Terraform notices of a SIGKILL. What they
// send afterwards reaches nobody.
func (c *command) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = true
	_ = c.listener.Close()
	for _, each := range c.providers {
		go each.Stop()
	}
}

func (c *command) isDead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dead
}

// interrupt sends Ctrl-C, and waits until Terraform asks the providers to stop.
func (c *command) interrupt(ctx context.Context) {
	c.mu.Lock()
	err := c.process.Signal(syscall.SIGINT)
	c.mu.Unlock()
	if err != nil {
		return
	}
	select {
	case <-c.stopped:
	case <-ctx.Done():
	}
}

func (c *command) close() {
	_ = c.listener.Close()
	c.mu.Lock()
	providers := c.providers
	c.mu.Unlock()
	for _, each := range providers {
		each.Stop()
	}
	c.serving.Wait()
}

// stoppable is a provider that says when Terraform asks it to stop.
type stoppable struct {
	tfprotov6.ProviderServer
	command *command
}

func (s stoppable) StopProvider(ctx context.Context, req *tfprotov6.StopProviderRequest,
) (*tfprotov6.StopProviderResponse, error) {
	resp, err := s.ProviderServer.StopProvider(ctx, req)
	s.command.mu.Lock()
	defer s.command.mu.Unlock()
	select {
	case <-s.command.stopped:
	default:
		close(s.command.stopped)
	}
	return resp, err
}

// single is a listener for one connection, and is closed with it.
type single struct {
	conn chan net.Conn
	addr net.Addr
	once sync.Once
	done chan struct{}
}

func newSingle(conn net.Conn) *single {
	s := &single{conn: make(chan net.Conn, 1), addr: conn.LocalAddr(), done: make(chan struct{})}
	s.conn <- ending{conn, s}
	return s
}

func (s *single) Accept() (net.Conn, error) {
	select {
	case conn := <-s.conn:
		return conn, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}

func (s *single) Close() error {
	s.once.Do(func() { close(s.done) })
	return nil
}

func (s *single) Addr() net.Addr { return s.addr }

type ending struct {
	net.Conn
	listener *single
}

func (e ending) Close() error {
	_ = e.listener.Close()
	return e.Conn.Close()
}

// existing returns the IDs of what messages say to import, by the addresses that they are about.
func (o output) existing() map[string]string {
	ids := map[string]string{}
	for _, each := range o.errors() {
		if block := importBlock.FindStringSubmatch(each.Detail); block != nil {
			ids[each.Address] = block[1]
		}
	}
	return ids
}

var importBlock = regexp.MustCompile(`import \{\s*to = \S+\s*id = "([^"]+)"\s*\}`)
