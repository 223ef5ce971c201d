// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// What every estate has, whatever its size, and how long Azure takes for an answer.
const (
	vaults  = 10
	latency = 40 * time.Millisecond
)

// root is the configuration of an estate, up to its accounts.
const root = `terraform {
  required_providers {
    azuremedia = { source = "azuremedia/azuremedia" }
  }
}
provider "azuremedia" {}
variable "generation" { default = 1 }
variable "tag" { default = "before" }
resource "azuremedia_resource_group" "estate" {
  name     = "estate"
  location = "westus2"
}
resource "azuremedia_key_vault" "estate" {
  count               = %d
  name                = "estate-vault-${count.index}"
  resource_group_name = azuremedia_resource_group.estate.name
  location            = "westus2"
}
resource "azuremedia_key_vault_key" "estate" {
  count        = %[1]d
  name         = "key"
  key_vault_id = azuremedia_key_vault.estate[count.index].id
}
`

// call is the module of one account in the configuration.
const call = `module "account_%d" {
  source     = "./account"
  name       = "estate%[1]d"
  group      = azuremedia_resource_group.estate.name
  vault_id   = azuremedia_key_vault.estate[%d].id
  key_id     = azuremedia_key_vault_key.estate[%[2]d].versionless_id
  generation = var.generation
  tag        = %s
}
`

// account is the module: a media account with two storage accounts, their rotations, and its key.
const account = `terraform {
  required_providers {
    azuremedia = { source = "azuremedia/azuremedia" }
  }
}
variable "name" {}
variable "group" {}
variable "vault_id" {}
variable "key_id" {}
variable "generation" {}
variable "tag" {}
resource "azuremedia_storage_account" "this" {
  for_each            = toset(["p", "s"])
  name                = "${var.name}${each.key}"
  resource_group_name = var.group
  location            = "westus2"
}
resource "azuremedia_account" "this" {
  name                = var.name
  resource_group_name = var.group
  location            = "westus2"
  tags                = { state = var.tag }
  identity            = { type = "SystemAssigned" }
  storage_accounts    = [for key, one in azuremedia_storage_account.this : { id = one.id, is_primary = key == "p" }]
}
resource "azuremedia_customer_key_grant" "this" {
  key_vault_id = var.vault_id
  principal_id = azuremedia_account.this.identity.principal_id
}
resource "azuremedia_customer_key_attachment" "this" {
  account_id       = azuremedia_account.this.id
  key_vault_key_id = var.key_id
  depends_on       = [azuremedia_customer_key_grant.this]
}
resource "azuremedia_storage_key_rotation" "this" {
  for_each            = azuremedia_storage_account.this
  storage_account_id  = each.value.id
  dependent_ids       = [azuremedia_account.this.id]
  rotate_when_changed = { generation = var.generation }
}
`

// floorRoot and floorAccount are as many resources in the same graph, which do nothing: what Terraform itself takes.
const (
	floorRoot = `variable "generation" { default = 1 }
variable "tag" { default = "before" }
resource "terraform_data" "group" {}
resource "terraform_data" "vault" {
  count = %d
  input = terraform_data.group.id
}
resource "terraform_data" "key" {
  count = %[1]d
  input = terraform_data.vault[count.index].id
}
`
	floorCall = `module "account_%d" {
  source     = "./account"
  name       = "estate%[1]d"
  group      = terraform_data.group.id
  vault_id   = terraform_data.vault[%d].id
  key_id     = terraform_data.key[%[2]d].id
  generation = var.generation
  tag        = %s
}
`
	floorAccount = `variable "name" {}
variable "group" {}
variable "vault_id" {}
variable "key_id" {}
variable "generation" {}
variable "tag" {}
resource "terraform_data" "storage" {
  for_each = toset(["p", "s"])
  input    = "${var.name}${each.key}${var.group}"
}
resource "terraform_data" "account" { input = [var.tag, [for one in terraform_data.storage : one.id]] }
resource "terraform_data" "grant" { input = [var.vault_id, terraform_data.account.id] }
resource "terraform_data" "attachment" {
  input      = [var.key_id, terraform_data.account.id]
  depends_on = [terraform_data.grant]
}
resource "terraform_data" "rotation" {
  for_each = terraform_data.storage
  input    = [each.value.id, var.generation, terraform_data.account.id]
}
`
)

// step is a command that is measured.
type step struct {
	name string
	args []string
}

// steps are the commands in their order.
func steps() []step {
	return []step{
		{"apply of all", []string{"apply", "-auto-approve"}},
		{"plan without a change", []string{"plan", "-detailed-exitcode"}},
		{"a tag of one account", []string{"apply", "-auto-approve", "-var=tag=after"}},
		{"first half of all rotations", []string{"apply", "-auto-approve", "-var=tag=after", "-var=generation=2"}},
		{"destroy", []string{"apply", "-destroy", "-auto-approve"}},
	}
}

// cost is what one step took.
type cost struct {
	Step      string        `json:"step"`
	Accounts  int           `json:"accounts"`
	Calls     int           `json:"calls"`
	Throttled int           `json:"throttled"`
	Wall      time.Duration `json:"wall"`
	Floor     time.Duration `json:"floor"` // What Terraform itself takes for as many resources.
	CPU       time.Duration `json:"cpu"`
	Memory    int64         `json:"memory"` // Of the largest provider process.
}

// measureEstates measures estates of several sizes, prints a table, and returns it.
func measureEstates(ctx context.Context, provider, terraform string, sizes []int, out io.Writer) ([]cost, error) {
	var costs []cost
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "accounts\tstep\tcalls\t429\twall\tfloor\tprovider CPU\tprovider memory\t")
	for _, size := range sizes {
		measured, err := measureEstate(ctx, provider, terraform, size)
		if err != nil {
			return nil, fmt.Errorf("measuring %d accounts: %w", size, err)
		}
		for _, one := range measured {
			_, _ = fmt.Fprintf(table, "%d\t%s\t%d\t%d\t%s\t%s\t%s\t%s\t\n", one.Accounts, one.Step, one.Calls, one.Throttled,
				seconds(one.Wall), seconds(one.Floor), seconds(one.CPU), mebibytes(one.Memory))
		}
		costs = append(costs, measured...)
		if err := table.Flush(); err != nil { // An estate takes minutes: show each as it comes.
			return nil, err
		}
	}
	return costs, nil
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func measureEstate(ctx context.Context, provider, terraform string, size int) (costs []cost, err error) {
	folder, err := os.MkdirTemp("", "azuremedia-bench-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	estate, floor := filepath.Join(folder, "estate"), filepath.Join(folder, "floor")
	if err := errors.Join(
		write(estate, size, fmt.Sprintf(root, vaults), call, account),
		write(floor, size, fmt.Sprintf(floorRoot, vaults), floorCall, floorAccount),
	); err != nil {
		return nil, err
	}
	served, err := serve(ctx, provider, folder)
	if err != nil {
		return nil, err
	}
	defer served.stop()
	configuration, err := standIn(folder)
	if err != nil {
		return nil, err
	}
	run := func(in string, args []string, environment ...string) (time.Duration, error) {
		command := exec.CommandContext(ctx, terraform, args...)
		command.Dir, command.Env = in, append(os.Environ(), environment...)
		began := time.Now() //nolint:forbidigo // a stopwatch
		output, err := command.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("terraform %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(output))
		}
		return time.Since(began), err //nolint:forbidigo // a stopwatch
	}
	if _, err := run(estate, []string{"get"}); err != nil {
		return nil, err
	}
	if _, err := run(floor, []string{"init"}); err != nil {
		return nil, err
	}
	for i, step := range steps() {
		record := filepath.Join(folder, fmt.Sprintf("usage-%d", i))
		before, err := served.journal(ctx)
		if err != nil {
			return nil, err
		}
		wall, err := run(estate, append(step.args, "-no-color", "-input=false"), append(served.environment,
			"TF_CLI_CONFIG_FILE="+configuration, "CHECKPOINT_DISABLE=1", envProvider+"="+provider, envUsage+"="+record)...)
		if err != nil {
			return nil, err
		}
		after, err := served.journal(ctx)
		if err != nil {
			return nil, err
		}
		used, err := total(record)
		if err != nil {
			return nil, err
		}
		least, err := run(floor, append(step.args, "-no-color", "-input=false"), "CHECKPOINT_DISABLE=1")
		if err != nil {
			return nil, err
		}
		costs = append(costs, cost{
			Step: step.name, Accounts: size, Calls: after.calls - before.calls, Throttled: after.throttled - before.throttled,
			Wall: wall, Floor: least, CPU: used.CPU, Memory: used.Memory,
		})
	}
	return costs, nil
}

// write writes the configuration of an estate.
func write(folder string, size int, root, call, account string) error {
	if err := os.MkdirAll(filepath.Join(folder, "account"), 0o700); err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString(root)
	for i := range size {
		tag := `"before"`
		if i == 0 {
			tag = "var.tag"
		}
		_, _ = fmt.Fprintf(&text, call, i, i%vaults, tag)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(folder, "main.tf"), []byte(text.String()), 0o600),
		os.WriteFile(filepath.Join(folder, "account", "main.tf"), []byte(account), 0o600),
	)
}

// served is a rehearsal that answers as late as Azure.
type served struct {
	provider, control string
	environment       []string
	stop              func()
}

func serve(ctx context.Context, provider, folder string) (*served, error) {
	command := exec.CommandContext(ctx, provider, "rehearsal", "serve", "--ca-file", filepath.Join(folder, "ca.pem"))
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	started := &served{provider: provider, stop: func() { _ = command.Process.Kill(); _ = command.Wait() }}
	var ready struct{ Control string }
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err = errors.Join(err, json.Unmarshal(line, &ready)); err != nil {
		started.stop()
		return nil, fmt.Errorf("serving a rehearsal: %w", err)
	}
	started.control = ready.Control
	exports, err := started.ask(ctx, "env")
	if err == nil {
		_, err = started.ask(ctx, "faults", "add", "slow", "--delay", latency.String(), "--times", "-1")
	}
	if err != nil {
		started.stop()
		return nil, err
	}
	for export := range strings.Lines(string(exports)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(export), "export "), "=")
		started.environment = append(started.environment, name+"="+strings.Trim(value, "'"))
	}
	return started, nil
}

// ask runs a command on the rehearsal.
func (s *served) ask(ctx context.Context, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, s.provider, append(append([]string{"rehearsal"}, args...), "--control", s.control)...)
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("rehearsal %s: %w", args[0], err)
	}
	return output, nil
}

// tally counts the requests that a rehearsal was sent.
type tally struct{ calls, throttled int }

func (s *served) journal(ctx context.Context) (tally, error) {
	var entries []struct{ Number, Status int }
	output, err := s.ask(ctx, "journal", "-o", "json")
	if err == nil {
		err = json.Unmarshal(output, &entries)
	}
	var counted tally
	for _, entry := range entries {
		counted.calls = max(counted.calls, entry.Number) // The journal forgets the oldest.
		if entry.Status == 429 {
			counted.throttled++
		}
	}
	return counted, err
}
